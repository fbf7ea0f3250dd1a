"""Answers prepared beforehand: session keys with the outputs of all own marks, each for one question of one partner.

    prepare → … → receive (a question: the oldest one that fits is used up, and the answer takes seconds)

Invariants: a prepared answer is used for one question, or for none. Its key is destroyed in the transaction that keeps
the message m2, and also in the one that changes any record (`accord.records.made`); the log has each use; a file that
is not the one that was written (a restored backup has copies) is not used. It serves one partner and purpose, under the
accord and mark scheme it was made under, until the first day on which one of its records may not enter any more.
The outputs lie in a sealed file with a key of its own: in the secret of the answer, then in that of the conversation.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import asdict, dataclass, field
from functools import partial
from typing import TYPE_CHECKING

import orjson

from accord.arrangement import Action, Request
from accord.engine import uncollected
from accord.errors import InputError, TrustError
from accord.exchange import drawing, limits, selection, state
from accord.exchange.marks import MARKS_HELD, Drawn, scheme
from accord.exchange.party import Own, Party
from accord.exchange.protocol import Answering, Held, MarkSet, bucket
from accord.exchange.state import Session
from accord.ledger import Report
from accord.records import made

if TYPE_CHECKING:
    from sqlalchemy import Connection


DAYS = 14  # for which one is kept: a key that waits longer is a risk without a use
MOST = 100  # at once
SECRET_BYTES = 32
SPENT = "prepare.spent"
_LOGGED = frozenset({"exchange.prepared", "exchange.spent", "exchange.damaged"})
_FOLDER, _QUIET, _MARKS = "prepared/", ".quiet", ".marks"
_IDLE_SECONDS = 3600.0  # a file without a row that is younger may belong to a step that is under way


@dataclass(frozen=True, slots=True)
class Prepared:
    """An answer that waits: for whom and for what, how many marks it shows, until which day, and what it needs.

    `made_of`: the state of the records. `place`: what tells its file from a copy. `key` opens the file, `seed` is the
    session key.
    """

    id: str
    partner: str
    purpose: str
    since: str
    until: str
    shown: int
    accord: str
    scheme: str
    made_of: str
    place: str
    key: str = field(repr=False)
    seed: str = field(repr=False)

    def to_dict(self) -> dict[str, object]:
        """What a person may see of it."""
        return {name: getattr(self, name) for name in ("id", "partner", "purpose", "shown", "since", "until")}


@uncollected()
def prepare(party: Party, partner: str, purpose: str, count: int = 1) -> list[Prepared]:
    """Prepare answers to the next `count` questions of a partner for a purpose. Others may work at the desk meanwhile.

    Raises `PolicyError` for a purpose or partner with which nothing may be exchanged, or for more marks than an answer
    may show; `InputError` `prepare.count`, `prepare.self`, or `records.changed` when a record changed meanwhile.
    """
    if not 1 <= count <= MOST:
        raise InputError("prepare.count", f"{count} answers cannot be prepared at once", f"prepare 1 to {MOST}")
    if party.accord.party(partner).id == party.id:
        raise InputError("prepare.self", "a desk does not ask itself", "name the partner that asks, with --with")
    limits.check_purpose(party, partner, purpose)
    limits.check_in_force(party, partner)
    made_of = made.state(party.folder)
    sets = _Sets.drawn(party, partner, purpose)
    ready = []
    for _ in range(count):
        one = _make(party, partner, purpose, sets, made_of, party.randomness(SECRET_BYTES))
        with party.writing() as connection:  # each by itself: who interrupts this keeps what is ready
            made.keep(connection, {one.id: orjson.dumps(asdict(one))}, made_of)
            party.note(connection, "prepared", one.id, {"for": partner, "purpose": purpose, "marks": one.shown})
        ready.append(one)
    return ready


def prepared(party: Party) -> list[Prepared]:
    """The answers that wait and are still good, the oldest first."""
    found = map(_written, made.kept(party.folder).values())
    return sorted((one for one in found if one and _good(party, one)), key=lambda one: (one.since, one.id))


def fitting(party: Party, partner: str, purpose: str, ledger: object) -> Prepared | None:
    """The oldest answer that fits a question; none when the asker has seen more of this desk's log (its `ledger`) than
    there is: then this desk was put back to an earlier day, and what is here may have been used.

    One that cannot be read to its end any more is ended, and the log says so: the asker would learn the answer, and
    this desk could not check what matched.
    """
    if Report.from_dict(ledger).seen > len(party.log):
        return None
    for one in prepared(party):
        if (one.partner, one.purpose) == (partner, purpose):
            party.log.check(dt.datetime.fromisoformat(one.since), kinds=_LOGGED)  # what `_good` read of it there
            if _whole(party, one):
                return one
            with party.writing() as connection:
                _end_damaged(connection, party, one.id)
    return None


def unprepared(party: Party, partner: str, purpose: str, seed: bytes) -> Prepared:
    """An answer made now, for the question at hand, under its key `seed`: nothing of it is kept but its file."""
    return _make(party, partner, purpose, _Sets.drawn(party, partner, purpose), "", seed)


def spend(connection: Connection, one: Prepared) -> None:
    """Use an answer up, inside the transaction that keeps the message.

    Raises `InputError` `prepare.spent` when another question was faster, or a record changed: choose again.
    """
    if not made.drop(connection, one.id):
        raise InputError(SPENT, "the prepared answer was used up meanwhile; nothing was changed", "run this again")


def move_on(party: Party, name: str) -> None:
    """Let the file of an answer that was given, and not sent yet, come to another place (`Pages.place`): when the
    database alone is put back to an earlier day, no row in it fits the file any more."""
    with suppress(InputError):  # it is gone: then none fits, either
        party.folder.touch_pages(_FOLDER + name)


@contextmanager
def held(party: Party, name: str, key: bytes) -> Iterator[Held]:
    """What the holder keeps of an answer, read from its file as far as it is asked for.

    Raises `InputError` `prepare.elsewhere` when the file is not here, as on another machine with the same state.
    """
    try:
        pages = party.folder.open_pages(_FOLDER + name, key)
    except InputError:
        raise InputError(
            "prepare.elsewhere",
            "what this desk kept of its answer is not in this folder",
            "run this on the machine that answered the question; if the file is lost, the partner may ask again",
        ) from None
    with closing(pages):
        yield Held.from_bytes(pages)


def marks(party: Party, one: Prepared) -> bytes:
    """The marks that it holds, which an audit may need; kept where the accord names an auditor."""
    return _read(party, one, _MARKS)


def quiet(party: Party, one: Prepared) -> MarkSet:
    """The marks of the silent records, where the accord speaks of silence."""
    return MarkSet.from_bytes(_read(party, one, _QUIET))


def clear(party: Party) -> None:
    """Destroy the keys of answers that are not good any more, and the files whose keys are gone."""
    waiting = made.kept(party.folder)
    good = {one.id for one in prepared(party)}
    ended, altered = waiting.keys() - good - _elsewhere(party, waiting), made.altered(party.folder)
    if ended or altered:
        with party.writing() as connection:
            for name in ended:
                made.drop(connection, name)
            for name in altered:
                _end_damaged(connection, party, name)
    if party.folder.paged_files(_FOLDER):
        with party.reading() as connection:
            answered = state.find(connection, Session, topic="question", role="holder", state="answered")
        given = {str(one.details.get("file")) for one in answered}
        for name in given:  # again: a desk that was killed before has not
            move_on(party, name)
        used = given | (waiting.keys() - ended)
        for name in party.folder.paged_files(_FOLDER, _IDLE_SECONDS):
            if name.removeprefix(_FOLDER).partition(".")[0] not in used:
                with suppress(InputError):  # another command, which opens the desk too, was first
                    party.folder.remove(name)


@dataclass(frozen=True, slots=True)
class _Sets:
    """The marks that an answer is made of, and the last day on which all of them may enter."""

    held: MarkSet
    quiet: MarkSet | None
    until: dt.date

    @classmethod
    def drawn(cls, party: Party, partner: str, purpose: str) -> _Sets:
        ends = [min(party.now.date() + dt.timedelta(days=DAYS), party.accord.ends)]
        taking_part = partial(_taking_part, party, partner, purpose, ends)
        enough = partial(limits.check_own_records, party)  # at once: how long a refusal takes would tell how many more
        most = party.accord.quotas.marks_per_answer
        admitted, at_once = taking_part(selection.ANSWER), most // MARKS_HELD
        contact = drawing.gathered(drawing.drawn(party, "holder", admitted, enough, at_once), most)
        limits.check_own_answer(party, bucket(len(contact.marks), party.accord.quotas.smallest_set))
        silent = None
        if _QUIET in _beside(party, partner):
            told = set(contact.records)
            rest = (one for one in taking_part(selection.QUIET) if one.entity.id not in told)
            at_once = party.accord.quotas.questions_per_day
            silent = drawing.gathered(_few(party, drawing.drawn(party, "holder", rest, at_once=at_once)))
        return cls(contact, silent, ends[0])


def _few(party: Party, chunks: Iterable[Drawn]) -> Iterator[Drawn]:
    """The same, until their marks are more than may be asked back about."""
    distinct: set[bytes] = set()
    for some in chunks:
        distinct.update(mark for marks in some.values() for _, mark in marks)
        limits.check_own_back(party, bucket(len(distinct), party.accord.quotas.smallest_set))
        yield some


def _taking_part(
    party: Party, partner: str, purpose: str, ends: list[dt.date], action: Action
) -> Iterator[selection.Admitted]:
    today = party.now.date()

    def watched(records: Iterable[Own]) -> Iterator[Own]:
        for own in records:
            if own.terms.until is not None and today <= own.terms.until < ends[0]:
                ends[0] = own.terms.until
            yield own

    request = Request(action, party.id, partner, "", (), purpose)
    return selection.permitted(watched(party.records()), selection.Gate(party.accord, request, party.now))


def _make(party: Party, partner: str, purpose: str, sets: _Sets, made_of: str, seed: bytes) -> Prepared:
    name, key = party.new_id(), party.randomness(SECRET_BYTES)
    answering = Answering(sets.held, seed, party.accord.quotas.smallest_set, party.workers)
    _write(party, name, key, answering.held.to_bytes())
    if _MARKS in _beside(party, partner):
        _write(party, name + _MARKS, key, sets.held.to_bytes())
    if sets.quiet is not None:
        _write(party, name + _QUIET, key, sets.quiet.to_bytes())
    with closing(party.folder.open_pages(_FOLDER + name, key)) as pages:
        place = pages.place
    return Prepared(
        name, partner, purpose, party.stamp, sets.until.isoformat(), len(answering.held.shown), party.accord.digest,
        scheme(), made_of, place, key.hex(), seed.hex(),
    )  # fmt: skip


def _written(row: bytes) -> Prepared | None:
    """The answer of a row; None of one that another version of Accord wrote, which is good for nothing here."""
    try:
        return Prepared(**orjson.loads(row))
    except TypeError:
        return None


def _write(party: Party, name: str, key: bytes, data: bytes) -> None:
    with party.folder.write_pages(_FOLDER + name, key) as file:
        file.write(data)


def _read(party: Party, one: Prepared, part: str) -> bytes:
    with closing(party.folder.open_pages(_FOLDER + one.id + part, bytes.fromhex(one.key))) as pages:
        return pages[:]


def _good(party: Party, one: Prepared) -> bool:
    """Whether an answer may be used today: its row is there, so only time, accord, scheme, file and log can say no."""
    current = (party.accord.digest, scheme(), made.state(party.folder))
    if (one.accord, one.scheme, one.made_of) != current or party.now.date().isoformat() > one.until:
        return False
    if _place(party, one) != one.place or None in (_place(party, one, part) for part in _beside(party, one.partner)):
        return False
    # an insider who made the log silent about its use made it silent about its preparing too
    return [entry.kind for entry in party.log.entries(about=one.id)] == ["exchange.prepared"]


def _place(party: Party, one: Prepared, part: str = "") -> str | None:
    """What tells a file of an answer from a copy; None when it is gone, or not as it was written."""
    try:
        with closing(party.folder.open_pages(_FOLDER + one.id + part, bytes.fromhex(one.key))) as pages:
            return pages.place
    except (InputError, TrustError):  # the answer can be made again
        return None


def _end_damaged(connection: Connection, party: Party, name: str) -> None:
    if made.drop(connection, name):
        party.note(connection, "damaged", name, {})


def _whole(party: Party, one: Prepared) -> bool:
    """Whether every page of its files can be read."""
    try:
        for part in ("", *_beside(party, one.partner)):
            with closing(party.folder.open_pages(_FOLDER + one.id + part, bytes.fromhex(one.key))) as pages:
                pages.check()
    except (InputError, TrustError):
        return False
    return True


def _beside(party: Party, partner: str) -> list[str]:
    """Which files lie beside the outputs of an answer to that partner, under this accord."""
    audited = party.accord.auditor_of(partner, party.id) not in ("", party.id)
    return [_MARKS] * audited + [_QUIET] * selection.speaks_of_silence(party.accord, party.id, partner)


def _elsewhere(party: Party, names: Iterable[str]) -> set[str]:
    """Those whose files are at another machine that works with this state (on a server): only it can use them."""
    if party.folder.server() is None:
        return set()
    here = set(party.folder.paged_files(_FOLDER))
    return {name for name in names if _FOLDER + name not in here}
