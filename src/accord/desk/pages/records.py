"""Records: what this desk holds, a search over it, and the page of one record."""

from __future__ import annotations

from starlette.responses import Response

from accord import exchange
from accord.desk import render
from accord.desk.roles import Can
from accord.desk.visit import Page, Visit
from accord.match import placeholders
from accord.records.schemata import schema

_ROWS = 50


def records(visit: Visit) -> Response:
    """The holding: its loads, and the records that fit a search."""
    holding, query = visit.office.holding, visit.query
    text, where, start = query.get("text", "").strip(), query.get("where", "").strip(), query.get("from", "")
    first = int(start) if start.isascii() and start.isdigit() and len(start) < 10 else 0
    found = holding.page(text, where or None, first, _ROWS)
    return render.page(
        visit, "records.html.j2", visit.words("Records"), rows=found.rows, more=found.all > first + _ROWS, first=first,
        text=text, where=where, size=len(holding), loads=holding.loads()[::-1][:20], step=_ROWS,
        fitting=found.all if text and not where else None,
    )  # fmt: skip


def record(visit: Visit) -> Response:
    """One record, the terms it is held under, and its possible matches at partners."""
    held = visit.office.holding.get(visit.place["id"])
    known = schema(held.entity.schema)
    sensitive = {name for name, one in known.properties.items() if one.sensitive} if known else set()
    matches = []
    if visit.office.has_accord and visit.may(Can.EXCHANGE):
        matches = exchange.hits(visit.party, record=held.entity.id)
    pairs = visit.office.queue.of_record(held.entity.id) if visit.may(Can.REVIEW) else []
    largest = visit.party.largest if visit.office.has_accord else exchange.MILLION
    marks = exchange.marks_of([held.entity], "asker", largest)[held.entity.id]
    return render.page(
        visit,
        "record.html.j2",
        visit.words("Record"),
        held=held,
        sensitive=sensitive,
        matches=matches,
        marks=marks,
        placeholders=placeholders(held.entity),
        pairs=pairs,
    )


PAGES = (
    Page("/records", Can.RECORDS, get=records),
    Page("/records/{id:path}", Can.RECORDS, get=record),
)
