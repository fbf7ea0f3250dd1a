"""Rule 7: what nobody affirms by its date is purged, and a stub that names nobody stays.

Invariants: a date that has passed purges, whether or not anybody looked; a review is a person's act for named records
and sets a new date, no further off than the accord lets; purging destroys the log's keys with the record.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from accord.errors import InputError
from accord.exchange import Party, state
from accord.exchange.derived import over as over_derived
from accord.exchange.release import forget_fields
from accord.exchange.state import Derived, Release, Session, Wish
from accord.subjects import _register, act

if TYPE_CHECKING:
    from sqlalchemy import Connection

_REASON = "no review by the date"
_OVER = "the time for which it was given is over"
_KINDS = ("record", "received", "derived", "request", "question")


@dataclass(frozen=True, slots=True)
class Due:
    """Something whose date comes or has passed: `kind` is record, received, derived, request or question."""

    kind: str
    id: str
    by: dt.date
    why: str

    def to_dict(self) -> dict[str, object]:
        return {"kind": self.kind, "id": self.id, "by": self.by.isoformat(), "why": self.why}


def due(party: Party, within_days: int = 0) -> list[Due]:
    """What is purged unless somebody affirms it within so many days (0: what is over already), the oldest first."""
    last = party.now.date() + dt.timedelta(days=within_days)
    found = [
        Due("record", held.entity.id, held.terms.until, _REASON)
        for held in party.holding.iterate()
        if held.terms.until is not None
    ]
    with party.reading() as connection:
        found += _received(party, connection) + _waiting(party, connection)
        found += [Due("derived", item.id, ends, _OVER) for item, ends in over_derived(connection)]
    return sorted((one for one in found if one.by < last), key=lambda one: (one.by, one.kind, one.id))


def review(party: Party, records: Collection[str], until: dt.date, officer: str, reason: str) -> None:
    """An officer affirms that these records are still needed, until a day. Raises `InputError` `retention.until` for a
    day that is past or further off than the accord's `review_days`, and what `signer` raises for the officer."""
    signer, today = party.signer(officer), party.now.date()
    last = today + dt.timedelta(days=party.accord.retention.review_days)
    if not today <= until <= last:
        raise InputError("retention.until", "the new date is past, or too far off", f"give one up to {last}")
    if not reason.strip():
        raise InputError("retention.reason", "a review needs its reason", "say why the records are still needed")
    with party.folder.lock():
        held = [party.holding.get(record) for record in sorted(set(records))]
        over = [one for one in held if one.terms.until is not None and one.terms.until < today]
        if over:
            raise InputError(
                "retention.over", f"the date of {len(over)} of these records has passed", "they are purged; load anew"
            )
        details: dict[str, object] = {"records": len(held), "until": until.isoformat(), "officer": signer.id}
        party.holding.revise(
            [replace(one, terms=replace(one.terms, until=until)) for one in held],
            lambda connection: act.note(party, connection, "reviewed", details | {"reason": reason}),
        )


def purge(party: Party) -> tuple[dict[str, int], act.Receipt | None]:
    """Purge all that is over: how many of each kind, and the receipt of the records among them, if any."""
    _register.ready(party.folder)
    over = due(party)
    records = [one.id for one in over if one.kind == "record"]
    receipt = act.erase(party, records, _REASON) if records else None
    with party.writing() as connection:
        for one in over:
            if one.kind == "received" and (row := state.get(connection, Release, one.id)) and row.fields is not None:
                forget_fields(connection, party, row, "expired")
                _register.leave_stubs(connection, [str(row.conditions["request"]["schema"])], party.stamp, one.why)
            elif one.kind == "derived" and (item := state.get(connection, Derived, one.id)):
                state.put(connection, replace(item, data=None, state="expired", since=party.stamp))
            elif one.kind in ("request", "question"):
                _lapse(party, connection, one)
        counts = {kind: sum(one.kind == kind for one in over) for kind in _KINDS}
        if over:
            details: dict[str, object] = dict(counts)
            act.note(party, connection, "purged", details)
    return counts, receipt


def _received(party: Party, connection: Connection) -> list[Due]:
    """Fields of partners: by their expiry, or by the accord's review of what was received."""
    found = []
    for row in state.find(connection, Release, role="receiver", state="held"):
        expires = dt.date.fromisoformat(row.expires)
        reviewed = _day(row.since) + dt.timedelta(days=party.accord.retention.review_days)
        why = _OVER if expires <= reviewed else _REASON
        found.append(Due("received", row.id, min(expires, reviewed), why))
    return found


def _waiting(party: Party, connection: Connection) -> list[Due]:
    """Requests and questions that nobody answered: their comparison fields and secrets are personal data, too."""
    days = dt.timedelta(days=party.accord.retention.unanswered_days)
    wishes = [w for s in ("requested", "compared", "approved") for w in state.find(connection, Wish, state=s)]
    sessions = [s for s in state.find(connection, Session, topic="question") if s.secret is not None]
    why = "nobody answered in time"
    return [Due("request", wish.id, _day(wish.since) + days, why) for wish in wishes] + [
        Due("question", session.id, _day(session.since) + days, why) for session in sessions
    ]


def _lapse(party: Party, connection: Connection, one: Due) -> None:
    session = state.get(connection, Session, one.id)
    if one.kind == "question" and session is not None:
        state.put(connection, replace(session, state="closed", secret=None, since=party.stamp))
    if one.kind == "request" and (wish := state.get(connection, Wish, one.id)) is not None:
        state.put(connection, replace(wish, state="declined", shown=None, box=None))
        if session is not None:
            state.put(connection, replace(session, state="declined", since=party.stamp))
    state.forget_letters(connection, one.id)


def _day(stamp: str) -> dt.date:
    return dt.datetime.fromisoformat(stamp).astimezone(dt.UTC).date()
