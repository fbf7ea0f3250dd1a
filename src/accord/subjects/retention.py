"""Rule 7: what nobody affirms by its date is purged, and a stub that names nobody stays.

Invariants: a date that has passed purges, whether or not anybody looked; a review is a person's act for named records
and sets a new date, no further off than the accord lets; purging destroys the log's keys with the record.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import replace
from typing import TYPE_CHECKING

from accord.errors import InputError
from accord.exchange import Party, state
from accord.exchange.state import Release
from accord.exchange.sweep import NO_REVIEW, Due, dated, end
from accord.subjects import _register, act

if TYPE_CHECKING:
    pass

_KINDS = ("record", "received", "derived", "request", "question")


def due(party: Party, within_days: int = 0) -> list[Due]:
    """What is purged unless somebody affirms it within so many days (0: what is over already), the oldest first."""
    last = party.now.date() + dt.timedelta(days=within_days)
    found = [
        Due("record", held.entity.id, held.terms.until, NO_REVIEW)
        for held in party.holding.iterate()
        if held.terms.until is not None
    ]
    with party.reading() as connection:
        found += [one for one in dated(party, connection) if one.kind in _KINDS]
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
    with party.holding.alone():
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
    receipt = act.erase(party, records, NO_REVIEW) if records else None
    with party.writing() as connection:
        for one in over:
            row = state.get(connection, Release, one.id) if one.kind == "received" else None
            if row is not None and row.fields is not None:
                _register.leave_stubs(connection, [str(row.conditions["request"]["schema"])], party.stamp, one.why)
            end(party, connection, one)
        counts = {kind: sum(one.kind == kind for one in over) for kind in _KINDS}
        if over:
            details: dict[str, object] = dict(counts)
            act.note(party, connection, "purged", details)
    return counts, receipt
