"""The map as rows: every square, the ranked gaps, the ranked overlaps; each with its evidence and its reasoning.

Rows have `area`, `country` (alpha-3), `function`, `year`, `state`, `partners`, `need` ([low, high] or null),
`evidence` and `why`. Evidence is a list of texts: ids of records; `possible:ID` of records that may belong here;
`spent:PARTY`, `reports:SOURCE` and `indicator:NAME` for what else decided. Overlapping squares also say which kind
(`overlap`); squares whose records state money that can be placed have a `budget` per currency.
Invariant: a state other than unknown always has evidence.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from accord.coverage import STATES
from accord.coverage.cells import COVERED, GAP, NOT_NEEDED, OVERLAPPING, Grid
from accord.coverage.overlaps import DUPLICATE, JOINT, KINDS, overlapping_cells

COLUMNS = ("area", "country", "function", "year", "state", "partners", "need", "evidence", "why")
_MOST_POSSIBLE = 5
_WHY = {
    JOINT: "several partners, in a project that they declare as joint",
    DUPLICATE: "several partners whose records say much the same; look whether it is one project or two",
    "complementary": "several partners whose records say different things",
}


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
        row["why"] = _WHY[overlap[0]] if overlap else f"{row['partners'][0]} has a record here"  # type: ignore[index]
    else:
        row["evidence"], row["why"] = _silent(grid, cell, (area, country, year))
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


def _silent(grid: Grid, cell: int, at: tuple[int, int, int]) -> tuple[list[str], str]:
    """Evidence and reasoning of a square without records."""
    area, country, year = at
    indicators = [f"indicator:{one.name}" for one in grid.need.speaking.get(grid.areas[area], ())]
    state = int(grid.state[cell])
    if state in (GAP, NOT_NEEDED):
        declared = [f"reports:{source.name}" for source in grid.plan.sources]
        level = "high" if state == GAP else "low"
        return [*indicators, *declared], f"need is {level}, and every partner would have reported a record"
    possible = grid.possible.of(cell)
    if len(possible):
        named = [f"possible:{grid.labelled[index].activity.id}" for index in possible[:_MOST_POSSIBLE]]
        return named, "a record may belong here: its places, years or functions are not fully stated"
    spent = spent_unseen(grid, area, country, year)
    if spent:
        named = [f"spent:{party} {amount:,.0f} USD" for party, amount in spent]
        return named, f"{spent[0][0]} spent money here and has no record of this country and year"
    if not grid.reporting.declared[area, country, year]:
        return [], "no record, and nobody says that all work is reported here"
    if not grid.need.known[area, country]:
        return [], "no record, and no table says how much need there is"
    return indicators, "no record, and need is not known well enough to call it high or low"


def spent_unseen(grid: Grid, area: int, country: int, year: int) -> list[tuple[str, float]]:
    """Who spent money in this country and year without a record there, largest first."""
    from accord.coverage.reporting import party_key

    found = [
        (spent.party, spent.amount)
        for spent in grid.reporting.unseen.get((country, year), ())
        if area in grid.reporting.relevant.get(party_key(spent.party), frozenset())
    ]
    return sorted(found, key=lambda pair: (-pair[1], pair[0]))


def _need(row: Mapping[str, object]) -> tuple[float, float]:
    need = row["need"]
    return (float(need[0]), float(need[1])) if isinstance(need, list) else (0.0, 0.0)


def _sure(row: Mapping[str, object]) -> str:
    """How sure: by how wide the need's interval is."""
    low, high = _need(row)
    return "well known" if high - low <= 0.15 else "fairly known" if high - low <= 0.4 else "loosely known"
