"""Records: what this desk holds, a search over it, and the page of one record."""

from __future__ import annotations

from itertools import islice

from starlette.responses import Response

from accord import exchange
from accord.desk import render
from accord.desk.roles import Can
from accord.desk.visit import Page, Visit
from accord.records.schemata import schema

_ROWS = 50


def records(visit: Visit) -> Response:
    """The holding: its loads, and the records that fit a search."""
    holding, text, where = (
        visit.office.holding,
        visit.query.get("text", "").strip(),
        visit.query.get("where", "").strip(),
    )
    first = int(visit.query.get("from", "0")) if visit.query.get("from", "0").isdigit() else 0
    chosen = holding.listed(where or None, text)
    rows = list(islice(chosen, first, first + _ROWS + 1))
    return render.page(
        visit, "records.html.j2", visit.words("Records"), rows=rows[:_ROWS], more=len(rows) > _ROWS, first=first,
        text=text, where=where, size=len(holding), loads=holding.loads()[::-1][:20], step=_ROWS,
    )  # fmt: skip


def record(visit: Visit) -> Response:
    """One record, the terms it is held under, and its possible matches at partners."""
    held = visit.office.holding.get(visit.place["id"])
    known = schema(held.entity.schema)
    sensitive = {name for name, one in known.properties.items() if one.sensitive} if known else set()
    matches = []
    if visit.office.has_accord and visit.may(Can.EXCHANGE):
        matches = [row for row in exchange.hits(visit.office.party) if row["record"] == held.entity.id]
    marks = exchange.marks_of([held.entity])[held.entity.id]
    return render.page(
        visit, "record.html.j2", visit.words("Record"), held=held, sensitive=sensitive, matches=matches, marks=marks
    )


PAGES = (
    Page("/records", Can.RECORDS, get=records),
    Page("/records/{id:path}", Can.RECORDS, get=record),
)
