"""Two desks under one accord, in folders of their own, with a clock that the test moves."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from accord import exchange
from accord.arrangement import NewParty, adopt, card, conclude, create_desk, draft, keys, signing_keys
from accord.arrangement._kept import load_kept
from accord.arrangement.amend import Changes, amend
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
    state: str = "",
) -> Desks:
    """Two desks that have signed and adopted a draft (changed by `edit`) and loaded their records."""
    parties, clock = make_parties(root, {"unodc": ours, "interpol": theirs}, edit, their_terms, state)
    return Desks(root, parties["unodc"], parties["interpol"], clock)


def make_parties(
    root: Path,
    holdings: dict[str, Iterable[Entity]],
    edit: Callable[[str], str] = lambda text: text,
    terms: RecordTerms | None = None,
    state: str = "",
) -> tuple[dict[str, Party], list[dt.datetime]]:
    """Desks under one accord, by name, with their records; `terms` are those of the last one's, `state` of each."""
    clock = [BEGUN]
    folders = []
    for name in holdings:
        contact = Contact(f"Desk of {name}", f"desk@{name}.example")
        party = NewParty(name, name.upper(), contact)
        folders.append(create_desk(root / name, PASSPHRASE, party, cost=TESTS, state=state))
    conclude(folders, edit(draft([card(folder) for folder in folders], BEGUN.date())))
    for folder in folders:
        folder.close()
    parties = {name: open_desk(root / name, clock) for name in holdings}
    for name, records in holdings.items():
        last = name == list(holdings)[-1]
        parties[name].holding.load(
            records, source=f"{name}.jsonl", at=BEGUN, terms=(terms if last else None) or RecordTerms()
        )
    return parties, clock


def amend_all(
    parties: dict[str, Party],
    now: dt.datetime,
    only: str = "",
    edit: Callable[[str], str] = lambda text: text,
    **changes: Any,
) -> dict[str, Party]:
    """All parties sign the next version; all adopt it, or `only` one. Returns the desks as they are then."""
    text = amend(read_document(load_kept(next(iter(parties.values())).folder).versions[-1].text), Changes(**changes))
    text = edit(text)
    document, signed = read_document(text), None
    for name, party in parties.items():
        own = signing_keys(party.folder, document.accord.party(name))
        signed = add_signature(document, signed, name, *own)
    assert signed is not None
    fresh = dict(parties)
    for name, party in parties.items():
        if only in ("", name):
            accord, held = adopt(party.folder, text, signed.to_bytes()), keys(party.folder)
            log = type(party.log)(party.folder.engine(), held.sign, name)
            log.append("accord-adopted", "accord", {"version": accord.version}, at=now)
            fresh[name] = replace(party, accord=accord, sign=held.sign, decrypt=held.decrypt, log=log)
    return fresh


@dataclass
class Three:
    """An originator (interpol), a middle party (unodc) and a third (europol) that all know the same person."""

    root: Path
    parties: dict[str, Party]
    clock: list[dt.datetime]
    carried: list[bytes] = field(default_factory=list)

    def __getattr__(self, name: str) -> Party:
        return self.parties[name]

    def of(self, name: str) -> Party:
        return self.parties[name]

    def carry(self, message: bytes | None, to: str) -> list[Received]:
        """Hand a message over, then all replies, and everything that follows from them to others."""
        waiting, said = [(message, to)], []
        while waiting:
            data, to = waiting.pop(0)
            if data is None:
                continue
            self.carried.append(data)
            got = exchange.receive(self.parties[to], data)
            said.append(got)
            waiting += [(got.reply, got.partner), *((each.data, each.partner) for each in got.further)]
        return said

    def amended(self, **changes: Any) -> None:
        """All sign and adopt the next version."""
        self.parties = amend_all(self.parties, self.clock[0], **changes)

    def requested(self, asker: str, holder: str, fields: tuple[str, ...], purpose: str = "investigation") -> str:
        """A blind question, and a request for fields of the person that they both know; its id."""
        party = self.parties[asker]
        self.carry(exchange.ask(party, holder, purpose, "case-7"), holder)
        own = {"unodc": "u1", "europol": "e1"}[asker]
        found = [row for row in exchange.hits(party) if row["party"] == holder and row["record"] == own]
        hit = str(found[0]["hit"])
        return self.carry(exchange.request(party, hit, fields, purpose), holder)[0].session

    def approved(self, holder: str, wish: str) -> str:
        exchange.identify(self.parties[holder], wish, "same")
        exchange.approve(self.parties[holder], wish, "approver", NEUTRAL)
        return wish

    def first(self, fields: tuple[str, ...] = ("passportNumber",)) -> str:
        """What interpol released to unodc."""
        wish = self.approved("interpol", self.requested("unodc", "interpol", fields))
        self.carry(exchange.release(self.interpol, wish), "unodc")
        return wish

    def onward(self, first: str, yes: bool = True) -> str:
        """europol's request at unodc, for which interpol was asked to let its fields go on, and answered."""
        wish = self.requested("europol", "unodc", ("passportNumber",))
        asked = self.carry(exchange.ask_onward(self.unodc, wish, first), "interpol")[0].session
        self.carry(exchange.consent(self.interpol, asked, yes, "approver"), "unodc")
        return wish

    def second(self, first: str) -> str:
        """The same, consented, approved and handed on to europol."""
        wish = self.approved("unodc", self.onward(first))
        self.carry(exchange.release(self.unodc, wish), "europol")
        return wish


@pytest.fixture
def three(tmp_path: Path, state: str) -> Iterator[Three]:
    theirs = [Entity("e1", "Person", {"name": ("Diallo-Traore Amina",), "birthDate": ("1980-05-17",)})]
    holdings: dict[str, Iterable[Entity]] = {"interpol": THEIRS, "unodc": OURS, "europol": theirs}
    parties, clock = make_parties(tmp_path / "three", holdings, state=state)
    yield Three(tmp_path / "three", parties, clock)
    for party in parties.values():
        party.folder.close()


@pytest.fixture
def make(tmp_path: Path, state: str) -> Iterator[MakeDesks]:
    made: list[Desks] = []

    def build(**wishes: object) -> Desks:
        made.append(make_desks(tmp_path / f"world{len(made)}", state=state, **wishes))  # type: ignore[arg-type]
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
