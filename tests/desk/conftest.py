"""Two desks under one accord with people at them, and browsers that speak to each without a socket."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from accord.arrangement import NewParty, adopt, card, create_desk, draft, keys
from accord.arrangement.document import read_document
from accord.arrangement.model import Contact
from accord.arrangement.signatures import add_signature
from accord.desk import Office, Role, application
from accord.records import Entity
from accord.vault import TESTS

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
    cards = []
    for name in ("unodc", "interpol"):
        contact = Contact(f"Desk of {name}", f"desk@{name}.example")
        officers = (("analyst", ("request",)), ("approver", ("approve",)), *more)
        folder = create_desk(root / name, DESK_PASSPHRASE, NewParty(name, name.upper(), contact, officers), cost=TESTS,
                             officer_passphrase=officer, state=state)  # fmt: skip
        cards.append((folder, card(folder)))
    text = draft([party for _, party in cards], BEGUN.date())
    document, signed = read_document(text), None
    for folder, party in cards:
        signed = add_signature(document, signed, party.id, keys(folder).sign)
    assert signed is not None
    for folder, _ in cards:
        adopt(folder, text, signed.to_bytes())
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
