"""Two desks under one accord, in folders of their own, with a clock that the test moves."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from accord import exchange
from accord.arrangement import NewParty, adopt, card, create_desk, draft, keys
from accord.arrangement.document import read_document
from accord.arrangement.model import Contact
from accord.arrangement.signatures import add_signature
from accord.exchange import Party, Received
from accord.records import Entity
from accord.records.terms import RecordTerms
from accord.vault import TESTS

PASSPHRASE = "correct horse battery staple"
# commands run by the true clock, so the desks of the tests begin a little before it
BEGUN = dt.datetime.now(dt.UTC) - dt.timedelta(minutes=5)

OURS = [  # what the asker holds
    Entity("u1", "Person", {"name": ("Amina Diallo-Traoré",), "birthDate": ("1980-05-17",), "nationality": ("sn",)}),
    Entity("u2", "Company", {"name": ("Quarzo Negro Trading SA",), "jurisdiction": ("pa",)}),
    Entity("u3", "Person", {"name": ("Bodil Ingrid Fredriksen",), "birthDate": ("1971-01-09",)}),
    Entity("u4", "CryptoWallet", {"publicKey": ("0x52908400098527886E0F7030069857D2E4169EE7",)}),
]
THEIRS = [  # what the holder holds: u1, u2 and u4 in other spellings, and others
    Entity(
        "i1",
        "Person",
        {
            "name": ("TRAORE, Amina Diallo",),
            "birthDate": ("17 May 1980",),
            "passportNumber": ("A0774123",),
            "address": ("Rue des Baobabs 12, Dakar",),
        },
    ),
    Entity(
        "i2",
        "Company",
        {"name": ("Quarzo Negro Trading S.A.",), "jurisdiction": ("Panama",), "phone": ("+5072223344",)},
    ),
    Entity("i3", "Person", {"name": ("Kwame Boateng",), "birthDate": ("1990-12-01",)}),
    Entity("i4", "CryptoWallet", {"publicKey": ("0x52908400098527886e0f7030069857d2e4169ee7",)}),
]


@dataclass
class Desks:
    """Both parties, open; `carry` hands messages to and fro until none is due."""

    root: Path
    unodc: Party
    interpol: Party
    clock: list[dt.datetime]
    carried: list[bytes] = field(default_factory=list)

    def of(self, name: str) -> Party:
        return self.unodc if name == "unodc" else self.interpol

    def reopen(self) -> Desks:
        """The same folders, opened anew, as after a restart."""
        for party in (self.unodc, self.interpol):
            party.folder.close()
        return Desks(
            self.root, *(open_desk(self.root / name, self.clock) for name in ("unodc", "interpol")), self.clock
        )

    def carry(self, message: bytes, to: str, most: int = 9) -> list[Received]:
        """Let `to` receive, then the other, and so on; returns what each said."""
        said: list[Received] = []
        reply: bytes | None = message
        while reply is not None and len(said) < most:
            self.carried.append(reply)
            said.append(exchange.receive(self.of(to), reply))
            reply, to = said[-1].reply, "interpol" if to == "unodc" else "unodc"
        return said

    def ask(self) -> list[Received]:
        """A whole blind question from unodc to interpol."""
        return self.carry(exchange.ask(self.unodc, "interpol", "investigation", "case-7"), "interpol")

    def hit(self, record: str, desk: str = "unodc") -> str:
        """The id of the possible match of that own record."""
        return next(str(row["hit"]) for row in exchange.hits(self.of(desk)) if row["record"] == record)

    def requested(self, record: str = "u1", properties: tuple[str, ...] = ("birthDate", "passportNumber")) -> str:
        """A request by unodc that has come to interpol; its id."""
        message = exchange.request(self.unodc, self.hit(record), properties, "investigation")
        return self.carry(message, "interpol")[0].session

    def approved(self) -> str:
        """The same, identified and approved."""
        wish = self.requested()
        exchange.identify(self.interpol, wish, "same")
        exchange.approve(self.interpol, wish, "approver", NEUTRAL)
        return wish

    def released(self) -> str:
        """The same, and the fields have come to unodc."""
        wish = self.approved()
        self.carry(exchange.release(self.interpol, wish), "unodc")
        return wish


NEUTRAL = {"political": "no", "military": "no", "religious": "no", "racial": "no"}
MakeDesks = Callable[..., Desks]


def open_desk(path: Path, clock: list[dt.datetime]) -> Party:
    return Party.open(path, PASSPHRASE, clock=lambda: clock[0])


def make_desks(
    root: Path,
    ours: Iterable[Entity] = OURS,
    theirs: Iterable[Entity] = THEIRS,
    edit: Callable[[str], str] = lambda text: text,
    their_terms: RecordTerms | None = None,
) -> Desks:
    """Two desks that have signed and adopted a draft (changed by `edit`) and loaded their records."""
    clock = [BEGUN]
    cards = []
    for name in ("unodc", "interpol"):
        contact = Contact(f"Desk of {name}", f"desk@{name}.example")
        folder = create_desk(root / name, PASSPHRASE, NewParty(name, name.upper(), contact), cost=TESTS)
        cards.append((folder, card(folder)))
    text = edit(draft([party for _, party in cards], BEGUN.date()))
    document, signed = read_document(text), None
    for folder, party in cards:
        signed = add_signature(document, signed, party.id, keys(folder).sign)
    assert signed is not None
    for folder, _ in cards:
        adopt(folder, text, signed.to_bytes())
        folder.close()
    desks = Desks(root, open_desk(root / "unodc", clock), open_desk(root / "interpol", clock), clock)
    desks.unodc.holding.load(ours, source="ours.jsonl", at=BEGUN)
    desks.interpol.holding.load(theirs, source="theirs.jsonl", at=BEGUN, terms=their_terms or RecordTerms())
    return desks


@pytest.fixture
def make(tmp_path: Path) -> Iterator[MakeDesks]:
    made: list[Desks] = []

    def build(**wishes: object) -> Desks:
        made.append(make_desks(tmp_path / f"world{len(made)}", **wishes))  # type: ignore[arg-type]
        return made[-1]

    yield build
    for desks in made:
        desks.unodc.folder.close()
        desks.interpol.folder.close()


@pytest.fixture
def desks(make: MakeDesks) -> Desks:
    return make()


@pytest.fixture
def asked(desks: Desks) -> Desks:
    """Two desks between which a blind question has been asked and answered."""
    desks.ask()
    return desks


@pytest.fixture
def neutral() -> dict[str, str]:
    return dict(NEUTRAL)
