"""The desk in a real Chromium: accessible, quiet, whole at every width, and worked by keyboard alone."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
import uvicorn

from accord.cli.demo.world import write_world
from accord.desk import Office, application, words

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, Page

    from conftest import Desks

PASSWORD = "seven wet stones by the ferry"


@contextmanager
def served(office: Office) -> Iterator[str]:
    """The desk on a free port of this machine; its address."""
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    listening.listen(20)
    port = listening.getsockname()[1]
    app = application(office, {f"127.0.0.1:{port}"})
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off", access_log=False))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join()


class Seen:
    """A browser at the desk, and what it complained of or asked for elsewhere."""

    def __init__(self, browser: Browser, address: str, width: int = 1280, scheme: str = "light") -> None:
        self.context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)  # type: ignore[arg-type]
        self.page: Page = self.context.new_page()
        self.address = address
        self.complaints: list[str] = []
        self.page.on("console", lambda entry: self.complaints.append(entry.text) if entry.type == "error" else None)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on(
            "request",
            lambda asked: None if asked.url.startswith(f"{address}/") else self.complaints.append(asked.url),
        )

    def sign_in(self, name: str) -> None:
        """By keyboard: the name has the focus when the page opens."""
        self.page.goto(f"{self.address}/sign-in")
        self.page.wait_for_selector("#name:focus")
        self.page.keyboard.type(name)
        self.page.keyboard.press("Tab")
        self.page.keyboard.type(PASSWORD)
        self.page.keyboard.press("Enter")
        self.page.wait_for_selector("nav")

    def tab_to(self, text: str) -> None:
        """Press Tab until what has the focus says `text`."""
        said = "(document.activeElement.labels?.[0] ?? document.activeElement).innerText"
        for _ in range(80):
            self.page.keyboard.press("Tab")
            if text in str(self.page.evaluate(said)):
                return
        raise AssertionError(f"Tab never came to «{text}»")

    def violations(self) -> list[str]:
        from axe_playwright_python.sync_playwright import Axe

        found = Axe().run(self.page).response["violations"]
        return [f"{rule['id']}: {rule['nodes'][0]['html'][:120]}" for rule in found]

    @property
    def overflows(self) -> bool:
        return bool(self.page.evaluate("document.documentElement.scrollWidth > window.innerWidth + 1"))


@pytest.fixture
def world(build: Callable[..., Desks], tmp_path: Path) -> Iterator[tuple[Desks, str, str]]:
    """A desk with a request to decide, a map and people; its address and the request."""
    desks = build()
    _, _, wish = desks.requested()
    desks.interpol.maps.plan = write_world(tmp_path / "map", ordinary=20).plan
    with served(desks.interpol) as address:
        yield desks, address, wish


def test_every_page_is_accessible_quiet_and_whole(world: tuple[Desks, str, str], browser: Browser) -> None:
    _, address, wish = world
    visits = {
        "ana": ["/", "/exchange", f"/exchange/{wish}", "/exchange/hits", "/exchange/ask", "/records", "/records/i1",
                "/ledger", "/ledger/0", "/account", "/review", "/load", "/accord/versions/1",
                "/accord?from=interpol&to=unodc&level=contact&schema=Person&property=religion&purpose=investigation"],
        "mina": ["/coverage", "/coverage/country/KEN", "/coverage/area/firearms", "/coverage/gaps",
                 "/coverage/activity/0"],
        "paul": ["/persons", "/persons/correct/i1"],
        "root": ["/people", "/"],
    }  # fmt: skip
    for width, scheme in ((1280, "light"), (1280, "dark"), (390, "light")):
        for name, paths in visits.items():
            seen = Seen(browser, address, width, scheme)
            seen.sign_in(name)
            for path in paths:
                seen.page.goto(address + path)
                assert not seen.overflows, (path, width)
                if width == 1280:
                    assert seen.violations() == [], (path, width, scheme)
            assert seen.complaints == []
            seen.context.close()


def test_review_and_approval_by_keyboard_alone(world: tuple[Desks, str, str], browser: Browser) -> None:
    desks, address, wish = world
    analyst = Seen(browser, address)
    analyst.sign_in("ana")
    analyst.tab_to("Compare")
    analyst.page.keyboard.press("Enter")
    analyst.page.wait_for_selector("text=Are these two the same?")
    analyst.page.keyboard.press("s")
    analyst.page.wait_for_selector("text=Noted: the same")

    approver = Seen(browser, address)
    approver.sign_in("paul")
    approver.tab_to("Approve")
    approver.page.keyboard.press("Enter")
    approver.page.wait_for_selector("text=Approve this release?")
    for _ in range(4):
        approver.tab_to("no")
        approver.page.keyboard.press("Space")
    approver.tab_to("Approve")
    approver.page.keyboard.press("Enter")
    approver.page.wait_for_selector("text=Approved. The fields can be handed over now.")
    approver.tab_to("Write the release")
    approver.page.keyboard.press("Enter")
    approver.page.wait_for_selector("text=Carry this file to unodc")
    assert analyst.complaints == approver.complaints == []
    assert desks.interpol.party.id == "interpol"
    analyst.page.goto(f"{address}/exchange/{wish}")
    assert "We released fields" in analyst.page.inner_text("h1")


def test_script_of_a_record_never_runs(build: Callable[..., Desks], browser: Browser) -> None:
    from accord.records import Entity

    trick = "<img src=x onerror=\"document.title='run'\"><script>document.title='run'</script>"
    desks = build(theirs=[Entity("i1", "Person", {"name": (trick,), "notes": (trick,), trick: (trick,)})])
    with served(desks.interpol) as address:
        seen = Seen(browser, address)
        seen.sign_in("ana")
        for path in ("/records", "/records/i1"):
            seen.page.goto(address + path)
            assert "run" not in seen.page.title()
            assert seen.page.locator("img[src=x]").count() == 0
        assert seen.complaints == []


def test_right_to_left_pages_stay_whole(
    world: tuple[Desks, str, str], browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(words.LANGUAGES, "ar", "العربية")
    monkeypatch.setattr(words, "_catalogue", lambda _language: {"Today": "اليوم"})
    _, address, wish = world
    for width in (1280, 390):
        seen = Seen(browser, address, width)
        seen.context.set_extra_http_headers({"Accept-Language": "ar"})
        seen.sign_in("ana")
        for path in ("/", "/exchange", f"/exchange/{wish}"):
            seen.page.goto(address + path)
            assert seen.page.evaluate("getComputedStyle(document.body).direction") == "rtl"
            assert not seen.overflows, (path, width)
            assert seen.violations() == [], (path, width)
        seen.context.close()
