"""Correct, restrict, erase: in the record, in what was handed out of it, and in what was received about it.

Invariants: a partner is told before the own record goes, so that a kill between leaves work to repeat and nothing
forgotten; each act may be repeated; what other people hold (exports, printouts) is listed for a person to attest.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from accord import exchange
from accord.errors import AccordError, several
from accord.exchange import Party, state
from accord.exchange.release import forget_fields, last_word
from accord.exchange.state import Derived, Hit, Release, Session, Wish
from accord.records import Entity
from accord.review import Queue
from accord.subjects import _register
from accord.subjects.find import of_record

if TYPE_CHECKING:
    from sqlalchemy import Connection

_OF_RECORDS = "exchange.audit-shown"  # the one kind of entry that has the id of a record for its name


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was done: by software here (`done`), by a message to carry (`messages`: release -> bytes), and what only
    people can do and attest (`to_attest`). `failed`: releases whose partner could not be written to, and why."""

    act: str
    at: str
    done: tuple[str, ...]
    messages: Mapping[str, bytes] = field(repr=False)
    partners: Mapping[str, str]
    to_attest: tuple[str, ...]
    failed: Mapping[str, str] = field(default_factory=dict)

    def to_dict(self) -> dict[str, object]:
        """JSON-ready data, without the messages' bytes."""
        return {
            "act": self.act,
            "at": self.at,
            "software_did": list(self.done),
            "partners_to_tell": dict(self.partners),
            "failed": dict(self.failed),
            "a_person_must_attest": list(self.to_attest),
        }


def correct(party: Party, entity: Entity) -> Receipt:
    """Put the corrected record in the place of the one with its id, and send the fields again to whoever has them."""
    extra = {name: value for name, value in entity.extra.items() if name != "accord"}  # its terms stay as they are
    entity = replace(entity, extra=extra)
    _register.ready(party.folder)
    with party.holding.alone():
        held = party.holding.get(entity.id)
        party.holding.revise(
            [replace(held, entity=entity)], lambda connection: note(party, connection, "corrected", {"records": 1})
        )
    messages, failed = _tell(party, {entity.id}, "correct", "")
    return _receipt(party, "correct", {entity.id}, ("the record in this desk",), messages, failed)


def restrict(party: Party, records: Collection[str], reason: str, *, lift: bool = False) -> Receipt:
    """Stop the use of records: nothing asks about them, nothing is told or handed over, and what was is taken back.

    With `lift`, they may be used again; what was taken back stays so.
    """
    wanted = set(records)
    _register.ready(party.folder)
    word = "unrestricted" if lift else "restricted"
    with party.holding.alone():
        held = [party.holding.get(record) for record in sorted(wanted)]
        changed = [replace(one, terms=replace(one.terms, restricted=not lift)) for one in held]
        party.holding.revise(changed, lambda connection: note(party, connection, word, {"records": len(held)}))
    messages, failed = ({}, {}) if lift else _tell(party, wanted, "recall", reason)
    done = f"{'in use again' if lift else 'restricted'} in this desk: {several(len(held), 'record')}"
    return _receipt(party, "lift" if lift else "restrict", wanted, (done,), messages, failed)


def erase(party: Party, records: Collection[str], reason: str) -> Receipt:
    """Erase records here and take back what was handed out of them; stubs without personal data stay.

    One that was removed is erased from what was asked, matched, given and received of it. Raises `InputError`
    `records.absent` when there is nothing of one; then nothing has changed.
    """
    wanted = set(records)
    _register.ready(party.folder)
    pairs = Queue(party.folder, party.log, party.clock)
    with party.holding.alone():  # so that nothing is called back for records that cannot be removed now
        held = {own.entity.id: own.entity.schema for own in party.among(wanted)}
        with party.reading() as connection:
            for record in sorted(wanted - held.keys()):
                gone = next(of_record(connection, record), None) is None and not pairs.of_record(record)
                if record == _register.GONE or gone:
                    party.holding.get(record)  # raises what is said of one that is not there
        schemata = [schema for _, schema in sorted(held.items())]
        messages, failed = _tell(party, wanted, "recall", reason)
        receipt = _receipt(party, "erase", wanted, (), messages, failed)
        done: list[str] = []

        def forget(connection: Connection, count: int) -> None:
            done.append(f"{several(count, 'record')}, from the disk too")
            done.extend(_forget(party, connection, wanted))
            done.append(
                f"{several(pairs.forget(wanted, connection), 'pair')} that people compared, and what they said of it"
            )
            _register.strike_out(connection, wanted)
            _register.leave_stubs(connection, schemata, party.stamp, reason)
            note(party, connection, "erased", {"records": count, "schemata": sorted(set(schemata))})

        if held:
            party.holding.remove(wanted, forget)
        else:
            with party.writing() as connection:
                forget(connection, 0)
    return replace(receipt, done=tuple(done))


def _forget(party: Party, connection: Connection, records: set[str]) -> list[str]:
    """Strike the records out of this desk's conversations, and destroy the keys of what the log says of them."""
    received, about = 0, {record for record in records if _names_it_alone(party, connection, record)}
    for record in records:
        for hit in state.find(connection, Hit, record=record):
            for wish in state.find(connection, Wish, hit=hit.id):
                for row in state.find(connection, Release, wish=wish.id):
                    if row.role == "receiver" and row.fields is not None:
                        forget_fields(connection, party, row, "expired")
                        received += 1
                given = state.find(connection, Release, wish=wish.id)
                for row in given:
                    state.put(connection, replace(row, record=_register.GONE))
                now = state.get(connection, Wish, wish.id) or wish
                now = replace(now, shown=None, compared=None)
                state.put(connection, now)
                session = state.get(connection, Session, wish.id)
                if wish.state in state.UNDECIDED and session is not None:
                    state.put(connection, replace(now, box=None, state="declined"))
                    state.put(connection, replace(session, state="declined", since=party.stamp))
                if not any(last_word(row.role, row.state) for row in given):
                    state.forget_letters(connection, wish.id)
                about.add(wish.id)
            state.put(connection, replace(hit, record=_register.GONE, marks=None))
    keys = party.log.forget(*about, at=party.now, within=connection)
    items = [item for item in state.find(connection, Derived) if records & set(item.records)]
    made = sum(item.data is not None for item in items)
    for item in items:
        left = [_register.GONE if record in records else record for record in item.records]
        state.put(connection, replace(item, records=left, data=None, state="erased" if item.data else item.state))
    return [
        f"{several(received, 'set')} of fields received about them, and what was made from those",
        f"{several(made, 'item')} made from them",
        "their ids in possible matches, requests, releases and the register of exports",
        f"the keys of {several(keys, 'log entry', 'log entries')}, whose proofs still hold",
    ]


def _names_it_alone(party: Party, connection: Connection, record: str) -> bool:
    """Whether nothing else has the id of a record for its name in the log: whoever writes a file chooses the ids in it,
    and may choose the name of a conversation or an account, of which no erasure of a record takes the entries away."""
    return all(entry.kind == _OF_RECORDS for entry in party.log.entries(about=record, within=connection))


def _tell(party: Party, records: set[str], act: str, reason: str) -> tuple[dict[str, bytes], dict[str, str]]:
    """A correction or a recall for each release of these records that a partner holds; a recall that was written before
    and whose receipt has not come is among them, as it was."""
    with party.reading() as connection:
        given = [row for row in state.find(connection, Release, role="giver") if row.record in records]
    messages, failed = {}, {}
    for row in given:
        try:
            if row.state == "released":
                correct_ = act == "correct"
                messages[row.id] = (
                    exchange.correct(party, row.id) if correct_ else exchange.recall(party, row.id, reason)
                )
            elif row.state == "recalled" and act == "recall":
                messages[row.id] = exchange.resend(party, row.wish)
        except AccordError as error:
            failed[row.id] = error.message
    return messages, failed


def _receipt(
    party: Party,
    act: str,
    records: set[str],
    done: tuple[str, ...],
    messages: Mapping[str, bytes],
    failed: Mapping[str, str],
) -> Receipt:
    with party.reading() as connection:
        rows = [state.get(connection, Release, release) for release in messages]
        lines = [line for record in sorted(records) for line in _register.with_record(connection, record)]
    partners = {row.id: row.party for row in rows if row is not None}
    told = [f"{recipient} has export {identity} ({code})" for identity, recipient, code in dict.fromkeys(lines)]
    told.append("notes, printouts, screenshots and backups made here before")
    return Receipt(act, party.stamp, done, messages, partners, tuple(told), failed)


def note(party: Party, connection: Connection, kind: str, details: dict[str, object]) -> None:
    """An entry about what was done for a data subject; it names nobody."""
    party.log.append(f"subject.{kind}", "subject", details | party.acting, at=party.now, within=connection)
