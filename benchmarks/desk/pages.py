"""How long pages of the desk take over a large holding: search, one record, Today.

    python benchmarks/desk/pages.py --records 100000

The peer in the same run is the plainest thing that could answer: the same search over the captions in a Python list in
memory, without a desk, an account or encryption. Times are of the second and later calls; p95 of `--calls` calls.
"""

from __future__ import annotations

import argparse
import datetime as dt
import re
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from starlette.testclient import TestClient

from accord.arrangement import NewParty, create_desk
from accord.arrangement.model import Contact
from accord.desk import Office, Role, application
from accord.records import Entity
from accord.vault import TESTS

PASSPHRASE = PASSWORD = "a passphrase for made-up data"


def people(count: int) -> list[Entity]:
    """Made-up persons, numbered names."""
    return [Entity(f"p{n}", "Person", {"name": (f"Person {n:07d} Example",)}) for n in range(count)]


def p95(calls: int, call: Callable[[], object]) -> float:
    """Milliseconds."""
    call()
    times = []
    for _ in range(calls):
        begun = time.perf_counter()
        call()
        times.append((time.perf_counter() - begun) * 1000)
    return statistics.quantiles(times, n=20)[-1]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--calls", type=int, default=20)
    given = parser.parse_args()
    now = dt.datetime.now(dt.UTC)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "desk"
        create_desk(folder, PASSPHRASE, NewParty("desk", "Desk", Contact("Desk")), cost=TESTS).close()
        office = Office.open(folder, PASSPHRASE, cost=TESTS)
        entities = people(given.records)
        office.holding.load(entities, source="made.jsonl", at=now)
        office.accounts.add("ana", Role.ANALYST, PASSWORD, "analyst", now)
        client = TestClient(application(office, {"desk.test"}), base_url="http://desk.test")
        token = re.search(r'name="token" value="(\w+)"', client.get("/sign-in").text)
        assert token is not None
        client.post("/sign-in", data={"name": "ana", "password": PASSWORD, "token": token[1]})
        last = given.records - 1
        captions = [entity.caption.casefold() for entity in entities]
        print(f"{given.records:,} records, p95 of {given.calls} calls")
        for name, call in (
            ("search, found early", lambda: client.get("/records", params={"text": "0000007"})),
            ("search, found last", lambda: client.get("/records", params={"text": f"{last:07d}"})),
            ("one record", lambda: client.get(f"/records/p{last}")),
            ("Today", lambda: client.get("/")),
            ("peer: a list in memory", lambda: [text for text in captions if f"{last:07d}" in text]),
        ):
            print(f"  {name:<24} {p95(given.calls, call):8.1f} ms")
        office.folder.close()


if __name__ == "__main__":
    main()
