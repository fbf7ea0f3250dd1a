"""What nobody answered, and whose time is over, ends: session keys, comparison fields, letters, received fields.

Invariants: a date that has passed ends a thing whether or not anybody looked, and opening the desk looks; what is ended
keeps a stub without personal data; a recall that still waits for its receipt is never given up, nor is the receipt.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from accord.errors import InputError
from accord.exchange import once, preparing, state
from accord.exchange.derived import over
from accord.exchange.party import Party
from accord.exchange.release import forget_fields, last_word
from accord.exchange.state import UNDECIDED, Derived, Onward, Release, Session, Wish

if TYPE_CHECKING:
    from sqlalchemy import Connection

NO_REVIEW, OVER, NO_ANSWER, AUDITABLE = (
    "no review by the date",
    "the time for which it was given is over",
    "nobody answered in time",
    "the time in which it could be audited is over",
)
_WAITING = ("asked", "answered", "matched", "mixed", "drawn", "opened")  # all but requests
_ENDED = frozenset({"closed", "refused", "lapsed", "declined", "returned", "expired", "consented"})


@dataclass(frozen=True, slots=True)
class Due:
    """Something whose date comes or has passed.

    `kind` is record, received, derived, request, question, letter or audit.
    """

    kind: str
    id: str
    by: dt.date
    why: str

    def to_dict(self) -> dict[str, object]:
        return {"kind": self.kind, "id": self.id, "by": self.by.isoformat(), "why": self.why}


def dated(party: Party, connection: Connection) -> Iterator[Due]:
    """Everything of the exchange that has a last day, in no order."""
    retention = party.accord.retention
    for row in state.find(connection, Release, role="receiver", state="held"):
        expires = dt.date.fromisoformat(row.expires)
        reviewed = _day(row.since) + dt.timedelta(days=retention.review_days)
        yield Due("received", row.id, min(expires, reviewed), OVER if expires <= reviewed else NO_REVIEW)
    for item, ends in over(connection):
        yield Due("derived", item.id, ends, OVER)
    answered = dt.timedelta(days=retention.unanswered_days)
    for wish in (one for moved in UNDECIDED for one in state.find(connection, Wish, state=moved)):
        yield Due("request", wish.id, _day(wish.since) + answered, NO_ANSWER)
    auditable = state.audited_questions(connection)
    kept = state.written(connection)
    for session in state.find(connection, Session):
        if session.id in auditable and session.state in _ENDED:
            days = party.accord.audit.days if session.state == "closed" else 0
            yield Due("audit", session.id, _day(session.since) + dt.timedelta(days=days), AUDITABLE)
        if session.topic != "request" and session.state in _WAITING:
            yield Due("question", session.id, _day(session.since) + answered, NO_ANSWER)
        elif session.state in _ENDED and session.id in kept and not last_word(session.role, session.state):
            yield Due("letter", session.id, _day(session.since) + answered, "long delivered, or never asked for again")


def end(party: Party, connection: Connection, one: Due) -> None:
    """End one of these, inside the caller's transaction."""
    if one.kind == "received" and (row := state.get(connection, Release, one.id)) and row.fields is not None:
        forget_fields(connection, party, row, "expired")
    elif one.kind == "derived" and (item := state.get(connection, Derived, one.id)):
        state.put(connection, replace(item, data=None, state="expired", since=party.stamp))
    elif one.kind == "letter":
        state.forget_letters(connection, one.id)
    elif one.kind == "audit":
        state.forget_kept(connection, one.id)
        party.note(connection, "audit-over", one.id, {"destroyed": "what an opening of this question would rest on"})
    elif one.kind in ("request", "question"):
        _lapse(party, connection, one)


def sweep(party: Party) -> dict[str, int]:
    """End what is over today; how many of each kind. Nothing is written when there is nothing."""
    preparing.clear(party)
    once.clear(party)
    party.holding.tidy()
    today = party.now.date()
    with party.reading() as connection:
        if not any(one.by < today for one in dated(party, connection)):
            return {}
    with party.writing() as connection:
        found = [one for one in dated(party, connection) if one.by < today]
        for one in found:
            end(party, connection, one)
        counts = dict(Counter(one.kind for one in found))
        party.note(connection, "swept", "sweep", counts)
    return counts


def sweep_daily(party: Party, last: dt.date | None) -> dt.date | None:
    """`sweep`, for a desk that stays open: once a day. `last` is the day of the last one; returns that of this one."""
    today = party.now.date()
    if last == today:
        return last
    try:
        sweep(party)
    except InputError:  # another command is writing: soon again
        return last
    return today


def _lapse(party: Party, connection: Connection, one: Due) -> None:
    session = state.get(connection, Session, one.id)
    if session is not None:
        details = {name: value for name, value in session.details.items() if name != "tags"}
        ended = replace(session, state="lapsed", secret=None, since=party.stamp, details=details)
        state.put(connection, ended)
    if one.kind == "request" and (wish := state.get(connection, Wish, one.id)) is not None:
        state.put(connection, replace(wish, state="lapsed", shown=None, compared=None, box=None))
    if (asking := state.get(connection, Onward, one.id)) is not None:
        state.put(connection, replace(asking, state="lapsed"))
    state.forget_letters(connection, one.id)


def _day(stamp: str) -> dt.date:
    return dt.datetime.fromisoformat(stamp).astimezone(dt.UTC).date()
