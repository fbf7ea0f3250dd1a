"""The map as rows: every square, the ranked gaps, the ranked overlaps; each with its evidence and its reasoning.

Rows have `area`, `country` (alpha-3), `function`, `year`, `state`, `partners`, `need` ([low, high] or null),
`evidence`, `why` and `settle` (what would change the state). Evidence is a list of texts: ids of records;
`possible:ID` of records that may belong here; `spent:PARTY`, `reports:SOURCE` and `indicator:NAME` for what else
decided. Overlapping squares also say which kind (`overlap`); squares whose records state money that can be placed have
a `budget` per currency.
Invariant: a state other than unknown always has evidence.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from accord.coverage import STATES
from accord.coverage.cells import COVERED, GAP, NOT_NEEDED, OVERLAPPING, Grid
from accord.coverage.overlaps import COMPLEMENTARY, DUPLICATE, JOINT, KINDS, overlapping_cells
from accord.coverage.reasons import Reason, open_reason, percent, settle, spent_unseen
from accord.coverage.words import words

COLUMNS = ("area", "country", "function", "year", "state", "partners", "need", "evidence", "why", "settle")
_MOST_POSSIBLE = 5
_WHY = {JOINT: "joint", DUPLICATE: "duplicate", COMPLEMENTARY: "complementary"}
_ENGLISH = words("en")


@dataclass(frozen=True, slots=True)
class Filter:
    """Which squares to take; an empty field takes all."""

    areas: frozenset[str] = frozenset()
    countries: frozenset[str] = frozenset()
    functions: frozenset[str] = frozenset()
    years: frozenset[int] = frozenset()
    states: frozenset[str] = frozenset()


def cell_rows(grid: Grid, chosen: Filter | None = None) -> Iterator[dict[str, object]]:
    """Rows of all squares, or of those chosen, in the order of area, country, function, year."""
    kinds = {cell: (kind, likeness) for cell, kind, likeness in overlapping_cells(grid)}
    for cell in _cells(grid, chosen or Filter()):
        yield _row(grid, cell, kinds.get(cell))


def gap_rows(grid: Grid, chosen: Filter | None = None) -> list[dict[str, object]]:
    """The gaps, the surest and highest need first: by the lower end of need, then by how narrow it is."""
    cells = [cell for cell in _cells(grid, chosen or Filter()) if grid.state[cell] == GAP]
    rows = [_row(grid, cell, None) for cell in cells]
    rows.sort(key=lambda row: tuple(-end for end in _need(row)))
    return [{"rank": rank, **row, "sure": _sure(row)} for rank, row in enumerate(rows, start=1)]


def overlap_rows(grid: Grid, chosen: Filter | None = None) -> list[dict[str, object]]:
    """The overlaps: possible duplicates first, then declared joint, then complementary; the likest first."""
    kinds = {cell: (kind, likeness) for cell, kind, likeness in overlapping_cells(grid)}
    cells = [cell for cell in _cells(grid, chosen or Filter()) if cell in kinds]
    cells.sort(key=lambda cell: (KINDS.index(kinds[cell][0]), -kinds[cell][1], -int(grid.partners[cell]), cell))
    return [
        {"rank": rank, **_row(grid, cell, kinds[cell]), "likeness": round(kinds[cell][1], 3)}
        for rank, cell in enumerate(cells, start=1)
    ]


def _cells(grid: Grid, chosen: Filter) -> list[int]:
    axes: Sequence[tuple[Sequence[object], frozenset[object]]] = (
        (grid.areas, frozenset(chosen.areas)),
        (grid.countries, frozenset(chosen.countries)),
        (grid.functions, frozenset(chosen.functions)),
        (grid.years, frozenset(chosen.years)),
    )
    taken = [np.array([not wanted or value in wanted for value in axis], dtype=bool) for axis, wanted in axes]
    mask = taken[0][:, None, None, None] & taken[1][:, None, None] & taken[2][:, None] & taken[3]
    flat = mask.ravel()
    if chosen.states:
        flat = flat & np.isin(grid.state, [STATES.index(state) for state in chosen.states])
    return [int(cell) for cell in np.flatnonzero(flat)]


def _row(grid: Grid, cell: int, overlap: tuple[str, float] | None) -> dict[str, object]:
    area, country, function, year = grid.at(cell)
    records = [grid.labelled[index].activity for index in grid.sure.of(cell)]
    state = int(grid.state[cell])
    row: dict[str, object] = {
        "area": grid.areas[area],
        "country": grid.countries[country],
        "function": grid.functions[function],
        "year": grid.years[year],
        "state": STATES[state],
        "partners": sorted({partner for record in records for partner in record.partners}),
        "need": need_of(grid, area, country),
    }
    if state in (COVERED, OVERLAPPING):
        row["evidence"] = [record.id for record in records]
        reason = Reason(_WHY[overlap[0]]) if overlap else Reason("one", {"party": records[0].partners[0]})
    else:
        row["evidence"], reason = _silent(grid, cell, (area, country, year))
    row["why"], row["settle"] = reason.text(_ENGLISH, "why"), settle(grid, cell).text(_ENGLISH, "settle")
    if overlap:
        row["overlap"] = overlap[0]
    if money := grid.money.get(cell):
        row["budget"] = {currency or "currency not stated": cents / 100 for currency, cents in money.items()}
    return row


def need_of(grid: Grid, area: int, country: int) -> list[float] | None:
    """Need as [low, high], 0 (least) to 1 (most); None where no table says anything."""
    if not grid.need.known[area, country]:
        return None
    return [round(float(grid.need.low[area, country]), 3), round(float(grid.need.high[area, country]), 3)]


def _silent(grid: Grid, cell: int, at: tuple[int, int, int]) -> tuple[list[str], Reason]:
    """Evidence and reasoning of a square without records."""
    area, country, year = at
    indicators = [f"indicator:{one.name}" for one in grid.need.speaking.get(grid.areas[area], ())]
    state = int(grid.state[cell])
    if state in (GAP, NOT_NEEDED):
        declared = [f"reports:{source.name}" for source in grid.plan.sources]
        doubt = percent(float(grid.reporting.doubt[area, country, year]))
        return [*indicators, *declared], Reason(STATES[state], {"doubt": doubt})
    reason = open_reason(grid, cell)
    evidence: list[str] = []
    if reason.key == "spent":
        evidence = [f"spent:{one.party} {one.amount:,.0f} USD" for one in spent_unseen(grid, area, country, year)]
    elif reason.key == "possible":
        evidence = [f"possible:{grid.labelled[at].activity.id}" for at in grid.possible.of(cell)[:_MOST_POSSIBLE]]
    elif reason.key == "need-wide":
        evidence = indicators
    return evidence, reason


def _need(row: Mapping[str, object]) -> tuple[float, float]:
    need = row["need"]
    return (float(need[0]), float(need[1])) if isinstance(need, list) else (0.0, 0.0)


def _sure(row: Mapping[str, object]) -> str:
    """How sure: by how wide the need's interval is."""
    low, high = _need(row)
    return "well known" if high - low <= 0.15 else "fairly known" if high - low <= 0.4 else "loosely known"
