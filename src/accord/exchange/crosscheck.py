"""What the log says was done, held against the rows of the exchange: what was removed, or put back as it once was?

Whoever may write in the database can remove a row, or replace it by an earlier version of itself; each value of it is
as the desk wrote it once, so no seal breaks. The log has what was done since: an entry cannot be removed or altered
unseen (`accord.ledger.verify`), and it is written in the same transaction as the row.

Invariants: nothing here changes the desk; what was erased with a person is no contradiction; a doubt that the log has
counts until the officer who had it takes it back, whether or not the row still has it.
"""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from accord.arrangement import Accord, adopted
from accord.arrangement.statement import Kind
from accord.errors import TrustError, UsageError
from accord.exchange import state
from accord.exchange.state import UNDECIDED, Onward, Release, Session, Standing, Wish
from accord.ledger import Entry, Envelope, Log
from accord.records.model import ERASED

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from accord.vault import Folder

_Kept: TypeAlias = type[Session | Release | Standing]
_Said: TypeAlias = tuple[dict[tuple[_Kept, str], tuple[int, str]], Counter[tuple[str, str]]]
_ANY: tuple[str, ...] = ()
# what an entry tells of the row that it is about: which kind of row, and the states it can have from then on
_TOLD: Mapping[str, tuple[_Kept, tuple[str, ...]]] = {
    "asked": (Session, _ANY),
    "answered": (Session, _ANY),
    "compared": (Session, ("matched", "closed", "refused", "lapsed")),
    "told": (Session, ("closed",)),
    "learned": (Session, ("closed",)),
    "count-asked": (Session, _ANY),
    "count-answered": (Session, _ANY),
    "count-told": (Session, ("closed",)),
    "count-learned": (Session, ("closed",)),
    "requested": (Session, _ANY),
    "asked-for": (Session, _ANY),
    "released": (Release, ("released", "recalled", "returned")),
    "held": (Release, ("held", "expired", "returned")),
    "recalled": (Release, ("recalled", "returned")),
    "receipt": (Release, ("returned",)),
    "returned": (Release, ("returned",)),
    "erased": (Release, ("expired", "returned")),
    "stands": (Standing, _ANY),
    "stands-no-more": (Standing, ("ended",)),
}
_HELD = "exchange.held"
_ERASED = ("exchange.erased", "exchange.returned")
_DOUBTS = ("exchange.identified", "exchange.assessed", "exchange.approved")
_CONSENT = "exchange.consented"
_KINDS = frozenset({_CONSENT, *(f"exchange.{word}" for word in _TOLD)})  # entries that tell of a row
_KEEP = "stop working with this desk, keep it as it is, and compare its database with a backup"
_REMEDY = "run `accord ledger verify`, which says what else is not as it was"
_MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class Contradiction:
    """A row that is not what the log says was done: `about` is its id, `what` is wrong with it."""

    about: str
    what: str

    def __str__(self) -> str:
        return f"{self.about}: {self.what}"


def contradictions(connection: Connection, log: Log, accord: Accord, now: dt.datetime) -> list[Contradiction]:
    """Every row of the exchange that does not fit the log, in the order of the log."""
    return _against(connection, log, accord, now, _told(log.checked(kinds=_KINDS, within=connection)))


def _against(connection: Connection, log: Log, accord: Accord, now: dt.datetime, said: _Said) -> list[Contradiction]:
    told, consents = said
    states = {kind: state.states(connection, kind) for kind in (Session, Release, Standing)}
    found = [
        Contradiction(about, wrong)
        for (kind, about), (index, word) in told.items()
        if (wrong := _wrong(index, word, states[kind].get(about)))
    ]
    found += _without_words(connection, {about for _, about in told})
    found += _consents_lost(connection, consents)
    for wish in (one for moved in UNDECIDED for one in state.find(connection, Wish, role="holder", state=moved)):
        lost = _lost(connection, log, accord, now, wish)
        found += [Contradiction(wish.id, f"the log has a doubt of {who}; its row has none") for who in lost]
    return found


def check_rows(connection: Connection, log: Log, accord: Accord, now: dt.datetime) -> None:
    """Raise `TrustError` `ledger.rows`, which names them, when rows do not fit the log."""
    refuse(contradictions(connection, log, accord, now))


def check_desk(folder: Folder, log: Log, now: dt.datetime) -> None:
    """The same of a desk; of one that has adopted no accord nothing, since nothing was exchanged there.

    Others may write while the log is read. When then a row does not fit, all is read again in one transaction.
    """
    try:
        accord = adopted(folder)
    except UsageError:
        return
    said = _told(log.checked(kinds=_KINDS))
    with state.opened(folder).connect() as connection:
        if not _against(connection, log, accord, now, said):
            return
    with state.opened(folder).connect() as connection:
        check_rows(connection, log, accord, now)


def refuse(found: Sequence[Contradiction]) -> None:
    """Raise `TrustError` `ledger.rows`, which names the first of them, unless there is none."""
    if found:
        shown = "; ".join(map(str, found[:_MOST_NAMED])) + ("; …" if len(found) > _MOST_NAMED else "")
        raise TrustError("ledger.rows", f"rows of the database are not what the log says was done: {shown}", _KEEP)


def check_recent(connection: Connection, log: Log, since: dt.datetime) -> None:
    """Raise `TrustError` `ledger.rows` when a conversation that the log speaks of since then has no row that fits it,
    as such a one counts against no quota any more; and as `Log.checked` does.
    """
    told, _ = _told(log.checked(since, kinds=_KINDS, within=connection))
    said = {about: last for (kind, about), last in told.items() if kind is Session}
    rows = state.named(connection, Session, said)
    moved = {about: rows[about].state if about in rows else None for about in said}
    refuse([Contradiction(about, wrong) for about, last in said.items() if (wrong := _wrong(*last, moved[about]))])


def check_held(connection: Connection, log: Log, row: Release) -> None:
    """Raise `TrustError` `release.again` for received fields that the log says were erased, or says nothing of."""
    if row.role == "receiver" and row.fields is not None:
        said = {entry.kind for entry in log.entries(about=row.id, kinds=(_HELD, *_ERASED), within=connection)}
        if said != {_HELD}:
            raise TrustError(
                "release.again",
                "by the log these fields were erased, or never came, and the database has them",
                _REMEDY,
            )


def check_doubts(connection: Connection, log: Log, accord: Accord, now: dt.datetime, wish: Wish) -> None:
    """Raise `TrustError` `request.doubt` when an officer's doubt about a request is in the log and not in its row, or
    when what the log said of the request cannot be read any more."""
    log.check(dt.datetime.fromisoformat(wish.since), kinds=_DOUBTS, within=connection)  # older ones are in the row
    if next(log.entries(about=wish.id, within=connection), None) is None:
        raise TrustError("request.doubt", "the log says nothing of this request, so doubts may be gone", _REMEDY)
    for who in _lost(connection, log, accord, now, wish):
        raise TrustError(
            "request.doubt",
            f"the log has a doubt of {who} about this request, and the database has lost it",
            f"{_REMEDY}; {who} may compare or assess again",
        )


def _lost(connection: Connection, log: Log, accord: Accord, now: dt.datetime, wish: Wish) -> list[str]:
    """Officers whose last word on a request, under this version of the accord, was a doubt that its row does not have.

    A key that has ended speaks no more, as everywhere.
    """
    versions = log.entries(about="accord", kinds=("accord-adopted",), within=connection)
    version = max((one.index for one in versions), default=-1)
    doubts: dict[tuple[str, Kind], bool] = {}
    for entry in log.entries(version + 1, about=wish.id, kinds=_DOUBTS, within=connection):
        said = entry.details or {}
        kind = Kind.IDENTITY if _word(entry) == "identified" else Kind.ASSESSMENT
        doubts[str(said.get("officer")), kind] = _word(entry) == "assessed" or said.get("verdict", "same") != "same"
    kept = set(_doubts_in(wish))
    gone = [who for (who, kind), doubt in doubts.items() if doubt and (who, kind) not in kept]
    return [who for who in gone if _speaks(accord, who, now)]


def _doubts_in(wish: Wish) -> Iterator[tuple[str, Kind]]:
    """Who doubts in the signed statements of a request; what holds of them is for the accord to say."""
    for each in wish.evidence:
        signed = Envelope.from_dict(each)
        claim = json.loads(signed.payload)
        for kind, certain in ((Kind.IDENTITY, "same"), (Kind.ASSESSMENT, "no")):
            if signed.payload_type == kind.payload_type and set(claim["says"].values()) != {certain}:
                yield claim["signer"], kind


def _speaks(accord: Accord, who: str, now: dt.datetime) -> bool:
    party, _, name = who.partition("/")
    officers = [one for each in accord.parties if each.id == party for one in each.officers if one.name == name]
    return any(officer.valid_on(now.date()) for officer in officers)


def _told(entries: Iterator[Entry]) -> _Said:
    """The last entry about each row (its number, its word), and the consents given (release, recipient)."""
    last: dict[tuple[_Kept, str], tuple[int, str]] = {}
    consents: Counter[tuple[str, str]] = Counter()
    for entry in entries:
        if entry.about is None or entry.details is None:
            continue
        if entry.kind == _CONSENT:
            consents[entry.about, str(entry.details.get("to", ""))] += 1
        else:
            word = _word(entry)
            last[_TOLD[word][0], entry.about] = entry.index, word
    return last, consents


def _wrong(index: int, word: str, moved: str | None) -> str:
    """What is wrong with a row in the state `moved` (None: it is gone) after that entry; empty when nothing is."""
    said, allowed = f"the log says «{word}» (entry {index})", _TOLD[word][1]
    if moved is None:
        return f"{said}; its row is gone"
    return f"{said}; its row was put back to «{moved}»" if allowed and moved not in allowed else ""


def _without_words(connection: Connection, known: set[str]) -> Iterator[Contradiction]:
    """Open requests and fields in use of which the log says nothing (any more), though their record was not erased."""
    for row in (one for moved in ("held", "released") for one in state.find(connection, Release, state=moved)):
        if row.record != ERASED and row.id not in known:
            yield Contradiction(row.id, f"the log does not say that these fields were {row.state}")
    for wish in (one for moved in UNDECIDED for one in state.find(connection, Wish, state=moved)):
        if wish.id not in known:
            yield Contradiction(wish.id, "the log says nothing of this request")


def _consents_lost(connection: Connection, consents: Mapping[tuple[str, str], int]) -> Iterator[Contradiction]:
    """Consents to hand fields on that this desk gave, and whose rows are gone or say otherwise."""
    given = state.find(connection, Onward, role="originator", state="consented")
    rows = Counter((one.release, one.recipient) for one in given)
    for (release, recipient), number in consents.items():
        if recipient and rows[release, recipient] < number:
            yield Contradiction(release, f"the log says that its fields may go on to {recipient}; that row is gone")


def _word(entry: Entry) -> str:
    return entry.kind.removeprefix("exchange.")
