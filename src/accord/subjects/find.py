"""Where does a person appear: records, questions, possible matches, requests, what was given and received, exports.

Invariants: looking changes nothing but the log, which says that somebody looked and never for whom; a question keeps no
list of the records in it, so it is said of those that led to a possible match, and only how many others there were.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from accord.errors import UsageError
from accord.exchange import Party, state
from accord.exchange.state import Derived, Hit, Onward, Release, Session, Wish
from accord.match import link
from accord.records import Entity
from accord.records.model import ERASED
from accord.review import Queue
from accord.subjects import _register

if TYPE_CHECKING:
    from sqlalchemy import Connection

_POSSIBLE = 0.05  # far below what counts as a match: here nobody must be missed, and a person looks at each


@dataclass(frozen=True, slots=True)
class Sought:
    """Whom to look for: any of an own record's id, a name with or without a birth date, a number of any kind."""

    record: str = ""
    name: str = ""
    birth_date: str = ""
    number: str = ""


@dataclass(frozen=True, slots=True)
class Appearance:
    """One place: `kind` is record, pair, question, match, request, given, onward, received, derived or export.

    `score`: how alike (records)."""

    kind: str
    id: str
    record: str
    party: str
    what: str
    since: str = ""
    score: float | None = None

    def to_dict(self) -> dict[str, object]:
        return {name: getattr(self, name) for name in self.__slots__}


def find(party: Party, sought: Sought) -> list[Appearance]:
    """Every place where the person may appear, own records first. Raises `UsageError` when nobody is named."""
    if not (sought.record or sought.name or sought.number):
        raise UsageError("subject.nobody", "nothing says whom to look for", "give --name, --number or --record")
    _register.ready(party.folder)
    pairs = Queue(party.folder, party.log, party.clock)
    records = list(_records(party, sought))
    details = {"records": len(records), **party.acting}
    with party.writing() as connection:
        party.log.append("subject.sought", "subject", details, at=party.now, within=connection)
    with party.reading() as connection:
        found = [*records]
        removed = {sought.record} - {one.id for one in records} - {"", ERASED}  # its fields may be at a partner still
        for record in (*(one.id for one in records), *removed):
            found += of_record(connection, record)
            found += [
                Appearance("pair", one.id, record, party.id, f"compared with another record: {one.state}")
                for one in pairs.of_record(record)
            ]
        found += _received(connection, sought, {one.id for one in found if one.kind == "received"})
    return found


def _records(party: Party, sought: Sought) -> Iterator[Appearance]:
    for entity, score in _alike(sought, (own.entity for own in party.records())):
        yield Appearance("record", entity.id, entity.id, party.id, f"{entity.schema}: {entity.caption}", score=score)


def _alike(sought: Sought, entities: Iterable[Entity]) -> list[tuple[Entity, float]]:
    """The entities that may be the one sought, the likeliest first."""
    held = {entity.id: entity for entity in entities}
    scores: dict[str, float] = {}
    if sought.name:
        born = {"birthDate": (sought.birth_date,)} if sought.birth_date else {}
        wanted = Entity("sought", "Person", {"name": (sought.name,), **born})
        renamed = [Entity(f"held:{one.id}", one.schema, one.properties) for one in held.values()]
        for match in link([wanted], renamed, threshold=_POSSIBLE):
            scores[match.right.removeprefix("held:")] = match.score
    plain = _plain(sought.number)
    for identity, entity in held.items():
        values = (value for values in entity.properties.values() for value in values)
        named = sought.name and sought.name.casefold() in (value.casefold() for value in entity.get("name"))
        if identity == sought.record or named or (plain and any(_plain(value) == plain for value in values)):
            scores[identity] = 1.0 if identity == sought.record or plain else max(scores.get(identity, 0.0), _POSSIBLE)
    return sorted(((held[one], score) for one, score in scores.items()), key=lambda pair: (-pair[1], pair[0].id))


def _plain(text: str) -> str:
    return "".join(sign for sign in text.casefold() if sign.isalnum())


def of_record(connection: Connection, record: str) -> Iterator[Appearance]:
    """What the desk's conversations and exports hold of one own record."""
    for hit in state.find(connection, Hit, record=record):
        question = state.get(connection, Session, hit.session)
        case = f"«{question.purpose}», case {question.case}" if question else ""
        yield Appearance("question", hit.session, record, hit.party, case, hit.since)
        yield Appearance("match", hit.id, record, hit.party, hit.state, hit.since)
        for wish in state.find(connection, Wish, hit=hit.id):
            fields = ", ".join(wish.properties)
            yield Appearance("request", wish.id, record, wish.party, f"{wish.state}: {fields}", wish.since)
            for row in state.find(connection, Release, wish=wish.id):
                kind = "given" if row.role == "giver" else "received"
                yield Appearance(kind, row.id, record, row.party, f"{row.state}, until {row.expires}", row.since)
                yield from _further(connection, row, record)
    for item in state.find(connection, Derived):
        if record in item.records:
            yield Appearance("derived", item.id, record, "", f"{item.state}: {item.name}", item.since)
    for identity, recipient, code in _register.with_record(connection, record):
        yield Appearance("export", identity, record, recipient, code)


def _further(connection: Connection, row: Release, record: str) -> Iterator[Appearance]:
    """Where released fields went on to: third parties, and items made from them."""
    for one in state.find(connection, Onward, release=row.id):
        yield Appearance("onward", one.id, record, one.recipient, one.state, one.since)
    for item in state.find(connection, Derived):
        if row.id in item.sources and record not in item.records:
            yield Appearance("derived", item.id, record, row.party, f"{item.state}: {item.name}", item.since)


def _received(connection: Connection, sought: Sought, known: set[str]) -> Iterator[Appearance]:
    """Fields of partners that speak of the person although no own record does."""
    rows = {
        row.id: row for row in state.find(connection, Release, role="receiver") if row.fields and row.id not in known
    }
    held = [
        Entity(row.id, str(row.conditions["request"]["schema"]), {k: tuple(v) for k, v in (row.fields or {}).items()})
        for row in rows.values()
    ]
    for entity, score in _alike(sought, held):
        row = rows[entity.id]
        what = f"{row.state}, until {row.expires}"
        yield Appearance("received", row.id, row.record, row.party, what, row.since, score)
        yield from _further(connection, row, row.record)
