"""Two desks under one accord with people at them, and browsers that speak to each without a socket."""

from __future__ import annotations

import datetime as dt
import re
import socket
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import uvicorn
from starlette.testclient import TestClient

from accord.arrangement import NewParty, card, conclude, create_desk, draft
from accord.arrangement.model import Contact
from accord.cli.demo.world import write_world
from accord.desk import Office, Role, application
from accord.records import Entity
from accord.vault import TESTS

if TYPE_CHECKING:
    from playwright.sync_api import Browser as Chromium
    from playwright.sync_api import Page

Serve = Callable[..., AbstractContextManager[str]]
DESK_PASSPHRASE = "correct horse battery staple"
PASSWORD = "seven wet stones by the ferry"
BEGUN = dt.datetime.now(dt.UTC) - dt.timedelta(minutes=5)
PEOPLE = {
    "ana": (Role.ANALYST, "analyst"),
    "paul": (Role.APPROVER, "approver"),
    "mina": (Role.PROGRAMME_MANAGER, ""),
    "root": (Role.ADMINISTRATOR, ""),
    "otto": (Role.AUDITOR, ""),
    "rita": (Role.READ_ONLY, ""),
}
OURS = [
    Entity("u1", "Person", {"name": ("Amina Diallo-Traoré",), "birthDate": ("1980-05-17",), "nationality": ("sn",)}),
    Entity("u2", "Company", {"name": ("Quarzo Negro Trading SA",), "jurisdiction": ("pa",)}),
    Entity("u3", "Person", {"name": ("Bodil Ingrid Fredriksen",), "birthDate": ("1971-01-09",)}),
]
THEIRS = [
    Entity("i1", "Person", {"name": ("TRAORE, Amina Diallo",), "birthDate": ("17 May 1980",),
                            "passportNumber": ("A0774123",), "religion": ("hidden",)}),
    Entity("i2", "Company", {"name": ("Quarzo Negro Trading S.A.",), "jurisdiction": ("Panama",),
                             "phone": ("+5072223344",)}),
    Entity("i3", "Person", {"name": ("Kwame Boateng",), "birthDate": ("1990-12-01",)}),
]  # fmt: skip
TOKEN = re.compile(r'name="token" value="([0-9a-f]+)"')


@dataclass
class Browser:
    """Somebody at a desk: follows redirects, sends forms with the token of the page they stand on."""

    client: TestClient
    office: Office
    last: str = ""

    def get(self, path: str, expect: int = 200) -> str:
        answer = self.client.get(path)
        assert answer.status_code == expect, (path, answer.status_code, answer.text[:2000])
        self.last = answer.text
        return answer.text

    def post(self, path: str, fields: dict[str, Any] | None = None, *, on: str = "/", expect: int = 200,
             files: dict[str, Any] | None = None) -> str:  # fmt: skip
        token = TOKEN.search(self.get(on))
        assert token is not None
        answer = self.client.post(path, data={"token": token[1], **(fields or {})}, files=files)
        assert answer.status_code == expect, (path, answer.status_code, answer.text[:3000])
        self.last = answer.text
        return answer.text

    def sign_in(self, name: str, password: str = PASSWORD, expect: int = 200) -> Browser:
        self.post("/sign-in", {"name": name, "password": password}, on="/sign-in", expect=expect)
        return self

    def message(self, conversation: str) -> bytes:
        answer = self.client.get(f"/exchange/{conversation}/message")
        assert answer.status_code == 200, answer.text
        return answer.content

    def receive(self, data: bytes, expect: int = 200, **fields: str) -> str:
        return self.post("/exchange/receive", fields, on="/exchange", files={"message": ("m", data)}, expect=expect)

    @property
    def conversation(self) -> str:
        """The id of the conversation whose page this is."""
        found = re.search(r"/exchange/([0-9a-f]{16})", self.last)
        assert found is not None
        return found[1]


@dataclass
class Desks:
    """Two offices; `at(party, name)` is that person signed in there."""

    unodc: Office
    interpol: Office
    clock: list[dt.datetime]
    open: list[TestClient] = field(default_factory=list)

    def office(self, party: str) -> Office:
        return self.unodc if party == "unodc" else self.interpol

    def browser(self, party: str) -> Browser:
        client = TestClient(application(self.office(party), {"desk.test"}), base_url="http://desk.test")
        self.open.append(client)
        return Browser(client, self.office(party))

    def at(self, party: str, name: str) -> Browser:
        return self.browser(party).sign_in(name)

    def asked(self) -> tuple[Browser, Browser]:
        """A whole blind question through both desks; the analysts of both."""
        ours, theirs = self.at("unodc", "ana"), self.at("interpol", "ana")
        ours.post("/exchange/ask", {"to": "interpol", "purpose": "investigation", "case": "case-7"}, on="/exchange/ask")
        session = ours.conversation
        for giver, taker in ((ours, theirs), (theirs, ours), (ours, theirs), (theirs, ours)):
            taker.receive(giver.message(session))
        return ours, theirs

    def requested(self) -> tuple[Browser, Browser, str]:
        """A request for two fields that has come to interpol."""
        ours, theirs = self.asked()
        hits = ours.get("/exchange/hits")
        path = re.search(r"u1.*?(/exchange/hits/[0-9a-f]{16}/request)", hits, re.S)
        assert path is not None
        wanted = {"property": ["birthDate", "passportNumber"], "purpose": "investigation"}
        ours.post(path[1], wanted, on=path[1])
        wish = ours.conversation
        theirs.receive(ours.message(wish))
        return ours, theirs, wish

    def release(self, ours: Browser, theirs: Browser, wish: str) -> Browser:
        """Interpol's analyst compares, its approver approves and releases, unodc receives; the approver."""
        page, paul = f"/exchange/{wish}", self.at("interpol", "paul")
        theirs.post(f"{page}/identify", {"verdict": "same"}, on=page)
        neutral = {f"neutral-{word}": "no" for word in ("political", "military", "religious", "racial")}
        paul.post(f"{page}/approve", neutral, on=page)
        paul.post(f"{page}/release", on=page)
        ours.receive(paul.message(wish))
        return paul


def make_desks(
    root: Path,
    ours: Iterable[Entity] = OURS,
    theirs: Iterable[Entity] = THEIRS,
    officer: str = "",
    state: str = "",
    more: Sequence[tuple[str, tuple[str, ...]]] = (),
) -> Desks:
    """Two desks under one accord; `more` are officers that both have besides one analyst and one approver."""
    clock = [BEGUN]
    folders = []
    for name in ("unodc", "interpol"):
        contact = Contact(f"Desk of {name}", f"desk@{name}.example")
        officers = (("analyst", ("request",)), ("approver", ("approve",)), *more)
        folder = create_desk(root / name, DESK_PASSPHRASE, NewParty(name, name.upper(), contact, officers), cost=TESTS,
                             officer_passphrase=officer, state=state)  # fmt: skip
        folders.append(folder)
    conclude(folders, draft([card(folder) for folder in folders], BEGUN.date()))
    for folder in folders:
        folder.close()
    made = Desks(*(open_office(root / name, clock) for name in ("unodc", "interpol")), clock)
    made.unodc.holding.load(ours, source="ours.jsonl", at=BEGUN)
    made.interpol.holding.load(theirs, source="theirs.jsonl", at=BEGUN)
    for office in (made.unodc, made.interpol):
        for name, (role, key) in PEOPLE.items():
            office.accounts.add(name, role, PASSWORD, key, BEGUN)
    return made


def open_office(path: Path, clock: list[dt.datetime]) -> Office:
    return Office.open(path, DESK_PASSPHRASE, clock=lambda: clock[0], cost=TESTS)


@pytest.fixture
def build(tmp_path: Path, state: str) -> Iterator[Callable[..., Desks]]:
    made: list[Desks] = []

    def make(**wishes: Any) -> Desks:
        made.append(make_desks(tmp_path / f"world{len(made)}", state=state, **wishes))
        return made[-1]

    yield make
    for desks in made:
        for client in desks.open:
            client.close()
        desks.unodc.folder.close()
        desks.interpol.folder.close()


@pytest.fixture
def desks(build: Callable[..., Desks]) -> Desks:
    return build()


# what has the focus: what it says, and what is wrong with how it is seen
FOCUS = """() => {
  const one = document.activeElement, box = one.getBoundingClientRect(), faults = [];
  if (one === document.body) return {says: "", faults};  // between the last stop of the page and the first
  const drawn = one.querySelector("rect") ?? one, style = getComputedStyle(drawn);
  const ring = style.outlineStyle !== "none" ? parseFloat(style.outlineWidth) : parseFloat(style.strokeWidth);
  if (!one.matches(":focus-visible") || !(ring >= 2)) faults.push("no ring");
  if (box.bottom < 1 || box.top > innerHeight - 1 || box.right < 1 || box.left > innerWidth - 1) faults.push("outside");
  const within = (low, high, most) => (Math.max(low, 0) + Math.min(high, most)) / 2;
  const top = document.elementFromPoint(within(box.left, box.right, innerWidth), within(box.top, box.bottom, innerHeight));
  if (!top || !(one.contains(top) || top.contains(one) || one.labels?.[0]?.contains(top))) faults.push("covered");
  const named = one.labels?.[0] ?? document.getElementById(one.getAttribute("aria-labelledby")) ?? one;
  const says = one.getAttribute("aria-label") ?? named.textContent;
  if (!says.trim()) faults.push("nameless");
  return {says: says.trim(), faults};
}"""


@contextmanager
def served(office: Office, name: str = "127.0.0.1") -> Iterator[str]:
    """The desk on a free port of this machine; the address by which it calls itself."""
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    listening.listen(20)
    port = listening.getsockname()[1]
    app = application(office, {f"{name}:{port}"})
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off", access_log=False))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        yield f"http://{name}:{port}"
    finally:
        server.should_exit = True
        thread.join()


class Seen:
    """A browser at the desk, and what it complained of or asked for elsewhere."""

    def __init__(self, browser: Chromium, address: str, width: int = 1280, scheme: str = "light") -> None:
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

    def press(self, key: str) -> str:
        """Press a key; what has the focus then says. Fails when one would not see where the focus is."""
        self.page.keyboard.press(key)
        stop = self.page.evaluate(FOCUS)
        assert stop["faults"] == [], (self.page.url, key, stop)
        return str(stop["says"])

    def tab_to(self, text: str, most: int = 60) -> None:
        """Press Tab until what has the focus says `text`; every stop on the way must be seen."""
        passed = []
        for _ in range(most):
            passed.append(self.press("Tab"))
            if text in passed[-1]:
                return
        raise AssertionError(f"Tab never came to «{text}», only to {passed}")

    def choose(self, label: str, wanted: str) -> None:
        """In the list of that label, go down to what is wanted."""
        self.tab_to(label)
        chosen = "document.activeElement.selectedOptions[0].text"
        for _ in range(300):
            if self.page.evaluate(chosen) == wanted:
                return
            self.press("ArrowDown")
        raise AssertionError(f"«{wanted}» is not in the list")

    def shows(self, selector: str) -> None:
        """Wait until the page shows it."""
        from playwright.sync_api import expect

        expect(self.page.locator(selector).first).to_be_visible(timeout=30_000)

    def enter(self, text: str, then: str) -> None:
        """Tab to `text` and press Enter; the page must say `then`."""
        self.tab_to(text)
        self.page.keyboard.press("Enter")
        self.shows(f"main >> text={then}")

    def told(self, text: str, by: str = "") -> None:
        """Wait until the page tells what was done, `by` a key if one is named, with the focus there."""
        if by:
            self.page.wait_for_load_state()  # a key pressed before the page listens is lost
            self.page.keyboard.press(by)
        self.shows(f"[data-said]:focus >> text={text}")

    def violations(self) -> list[str]:
        from axe_playwright_python.sync_playwright import Axe

        found = Axe().run(self.page).response["violations"]
        return [f"{rule['id']}: {rule['nodes'][0]['html'][:120]}" for rule in found]

    @property
    def overflows(self) -> bool:
        return bool(self.page.evaluate("document.documentElement.scrollWidth > window.innerWidth + 1"))


@pytest.fixture
def look(browser: Chromium) -> Callable[..., Seen]:
    """Opens a browser at an address: `look(address, width, scheme)`."""
    return partial(Seen, browser)


@pytest.fixture
def serve() -> Serve:
    """Serves a desk: `with serve(office) as address`."""
    return served


@pytest.fixture
def world(build: Callable[..., Desks], tmp_path: Path) -> Iterator[tuple[Desks, str, str]]:
    """A desk with a request to decide, a map and people; its address and the request."""
    desks = build()
    _, _, wish = desks.requested()
    desks.interpol.maps.plan = write_world(tmp_path / "map", ordinary=20).plan
    with served(desks.interpol) as address:
        yield desks, address, wish
