"""How long the coverage matrix of the desk takes from the start of the navigation to the last paint in a browser.

    python benchmarks/desk/matrix.py [--activities 20000] [--runs 15] [--seed 7] [--chromium /usr/bin/chromium]

Two made-up activity books over all countries of the map and all crime areas (at least 200 × 18) are served by a desk on
this machine; a signed-in headless Chromium opens the page. The last paint is the end of the first frame after the load
event in which the whole matrix is laid out. The peer in the same run is the same table as a bare HTML file, without a
desk, a style or a script: what the browser alone needs. The first opening, which computes the map, is told apart.
"""

from __future__ import annotations

import argparse
import csv
import random
import re
import socket
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn
from pages import PASSWORD, desk
from playwright.sync_api import Page, sync_playwright

from accord.coverage import places
from accord.coverage.classify import AREAS, FUNCTIONS
from accord.desk import Office, Role, application

_COLUMNS = ("id", "partner", "title", "areas", "functions", "country", "start", "end", "beneficiaries")
_PLAN = """[period]
from = 2022
to = 2025
""" + "".join(
    f'\n[[source]]\nfile = "{name}.csv"\nformat = "table"\nparty = "{name}"\nname = "{name}"\n' for name in ("a", "b")
)
# the time of the frame that follows the load event, once every square has its place
_LAST_PAINT = """() => new Promise((done) => {
  const squares = document.querySelectorAll("table td").length;
  document.querySelector("tr:last-child td:last-child").getBoundingClientRect();
  const answered = performance.getEntriesByType("navigation")[0].responseEnd;
  requestAnimationFrame(() => setTimeout(() => done([performance.now(), squares, answered])));
})"""


def books(folder: Path, number: int, seed: int) -> Path:
    """Two books of half the activities each; the plan that makes a map of them."""
    chance = random.Random(seed)
    countries = sorted(places.COUNTRIES)
    for party in ("a", "b"):
        with (folder / f"{party}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(_COLUMNS)
            for index in range(number // 2):
                year = chance.randint(2022, 2025)
                writer.writerow((f"{party}-{index}", party, f"Project {index}", chance.choice(list(AREAS)),
                                 chance.choice(list(FUNCTIONS)), chance.choice(countries), f"{year}-01-15",
                                 f"{year}-11-30", ""))  # fmt: skip
    plan = folder / "coverage.toml"
    plan.write_text(_PLAN, encoding="utf-8")
    return plan


@contextmanager
def served(office: Office) -> Iterator[str]:
    """The desk on a free port of this machine; its address."""
    listening = socket.create_server(("127.0.0.1", 0))
    host = f"127.0.0.1:{listening.getsockname()[1]}"
    server = uvicorn.Server(uvicorn.Config(application(office, {host}), log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        yield f"http://{host}"
    finally:
        server.should_exit = True
        thread.join()


def opened(page: Page, address: str) -> tuple[float, int, float]:
    """Milliseconds from the start of the navigation to the last paint, the squares drawn, and when the HTML was there."""
    page.goto(address, wait_until="load", timeout=120_000)
    painted, squares, answered = page.evaluate(_LAST_PAINT)
    return float(painted), int(squares), float(answered)


def told(name: str, times: list[float]) -> None:
    p95 = statistics.quantiles(times, n=20, method="inclusive")[-1]
    print(f"  {name:<34} {statistics.median(times):8.0f} {p95:8.0f} ms", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--activities", type=int, default=20_000)
    parser.add_argument("--runs", type=int, default=15)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--chromium", default="/usr/bin/chromium")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as made, sync_playwright() as playwright:
        folder = Path(made)
        office = desk(folder)
        office.maps.plan = books(folder, given.activities, given.seed)
        office.accounts.add("mina", Role.PROGRAMME_MANAGER, PASSWORD, "", office.now)
        browser = playwright.chromium.launch(executable_path=given.chromium)
        with served(office) as address:
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            page.goto(f"{address}/sign-in")
            page.fill("#name", "mina")
            page.fill("#password", PASSWORD)
            page.press("#password", "Enter")
            page.wait_for_selector("nav")
            begun = time.perf_counter()
            page.goto(f"{address}/coverage", timeout=600_000)
            print(f"first opening, with the map computed: {time.perf_counter() - begun:.1f} s")
            html = page.content()
            table = re.search(r"<table class=\"matrix\".*</table>", html, re.S)
            assert table is not None
            bare = folder / "bare.html"
            bare.write_text(f"<!doctype html><meta charset=utf-8><title>bare</title>{table[0]}", encoding="utf-8")
            ours, answers, peer = [], [], []
            for _ in range(given.runs):
                painted, squares, answered = opened(page, f"{address}/coverage")
                ours.append(painted)
                answers.append(answered)
                peer.append(opened(page, bare.as_uri())[0])
            print(f"{squares} squares, {len(html) // 1000} kB of HTML; median and p95 of {given.runs}:")
            told("the desk's page (target 1000)", ours)
            told("of it, until the HTML was there", answers)
            told("peer: the same table, bare", peer)
        browser.close()
        office.folder.close()


if __name__ == "__main__":
    main()
