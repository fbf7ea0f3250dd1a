"""What the page shows, computed from the map: no HTML here, and nothing that the rows do not also say.

A *summary square* is area × country over all functions and years of the period: overlapping if any of its squares is,
covered if a record stands there for sure (whatever its function), else a gap if any is, else not needed if all are.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from accord.coverage import STATES, places
from accord.coverage._make import Map
from accord.coverage.cells import COVERED, GAP, NOT_NEEDED, OVERLAPPING, UNKNOWN, Grid
from accord.coverage.classify import AREAS, FUNCTIONS, THREATS
from accord.coverage.label import Labelled
from accord.coverage.overlaps import DUPLICATE, KINDS, overlapping_cells
from accord.coverage.reasons import OPEN, open_reason
from accord.coverage.rows import need_of
from accord.coverage.words import words
from accord.errors import Problem

SIGNS = {"covered": "C", "overlapping": "O", "gap": "G", "unknown": "?", "not-needed": "–"}
_PROBLEMS = 100
Ints = npt.NDArray[np.int8]


@dataclass(frozen=True, slots=True)
class Square:
    """A summary square that the page speaks of; `settle` says what would change it."""

    area: str
    country: str
    state: str
    need: list[float] | None
    partners: tuple[str, ...] = ()
    records: tuple[int, ...] = ()
    functions: tuple[str, ...] = ()
    years: tuple[int, ...] = ()
    kind: str = ""
    likeness: float = 0.0
    settle: str = ""


@dataclass(frozen=True, slots=True)
class Threat:
    """One emerging threat: the records that belong to it, those that speak of the internet, and where."""

    title: str
    records: tuple[int, ...]
    online: tuple[int, ...]
    partners: tuple[str, ...]
    countries: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class View:
    """Everything on the page."""

    grid: Grid
    areas: dict[str, str]
    functions: dict[str, str]
    matrix: dict[str, list[tuple[str, list[str]]]]
    state_of: dict[tuple[str, str], str]
    worked: dict[str, int]
    gaps: list[Square]
    overlaps: list[Square]
    asks: list[Square]
    threats: list[Threat]
    by_country: dict[str, list[Square]]
    records: list[tuple[int, Labelled]]
    counts: dict[str, int]
    squares: int
    undated: int
    problems: tuple[Problem, ...]
    signs: dict[str, str] = field(default_factory=lambda: SIGNS)
    name = staticmethod(places.name)
    tiles = places.TILES
    columns = places.GRID_COLUMNS
    rows = places.GRID_ROWS

    @property
    def period(self) -> str:
        """The years in words."""
        years = self.grid.years
        return f"{years[0]}–{years[-1]}" if len(years) > 1 else str(years[0]) if years else "no years"

    @property
    def duplicates(self) -> list[Square]:
        """The overlaps that somebody should look at."""
        return [square for square in self.overlaps if square.kind == DUPLICATE]


def view(made: Map) -> View:
    """Compute what the page shows."""
    grid = made.grid
    where = _where(grid)
    summary = _summary(grid, where)
    squares = [
        Square(
            area=area,
            country=country,
            state=STATES[summary[row, column]],
            need=need_of(grid, row, column),
            partners=_partners(grid, where.get((row, column), ())),
            records=where.get((row, column), ()),
            functions=_functions(grid, where.get((row, column), ())),
            settle=_settle(grid, row, column) if summary[row, column] == UNKNOWN else "",
        )
        for row, area in enumerate(grid.areas)
        for column, country in enumerate(grid.countries)
    ]
    state_of = {(square.area, square.country): square.state for square in squares}
    asks = [one for one in squares if one.state == "unknown" and one.need and one.need[0] >= grid.plan.need_at_least]
    asks.sort(key=lambda one: (-(one.need or [0, 0])[0], one.country, one.area))
    return View(
        grid=grid,
        areas=dict(AREAS),
        functions=dict(FUNCTIONS),
        matrix=_matrix(grid, state_of),
        state_of=state_of,
        worked={
            code: sum(state_of[area, code] in ("covered", "overlapping") for area in grid.areas)
            for code in grid.countries
        },
        gaps=_gaps(grid),
        overlaps=_overlaps(grid),
        asks=asks,
        threats=_threats(grid),
        by_country=_by_country(squares, grid.plan.need_at_least),
        records=[(index, one) for index, one in enumerate(grid.labelled) if one.areas],
        counts={state: int((summary == number).sum()) for number, state in enumerate(STATES)},
        squares=summary.size,
        undated=sum(1 for one in grid.labelled if one.areas and not (one.activity.start or one.activity.end)),
        problems=made.problems[:_PROBLEMS],
    )


def _where(grid: Grid) -> dict[tuple[int, int], tuple[int, ...]]:
    """(area, country) -> the records that stand there for sure in the period, whatever their function."""
    found: dict[tuple[int, int], list[int]] = {}
    for index, one in enumerate(grid.labelled):
        if not one.areas or not one.activity.years(grid.years)[0]:
            continue
        for area in one.areas:
            for place in one.activity.countries:
                found.setdefault((grid.areas.index(area), grid.countries.index(place.country)), []).append(index)
    return {square: tuple(indices) for square, indices in found.items()}


def _summary(grid: Grid, where: Iterable[tuple[int, int]]) -> Ints:
    states = grid.state.reshape(grid.shape).reshape(len(grid.areas), len(grid.countries), -1)
    found = np.full(states.shape[:2], UNKNOWN, dtype=np.int8)
    found[(states == NOT_NEEDED).all(axis=2)] = NOT_NEEDED
    found[(states == GAP).any(axis=2)] = GAP
    for square in where:
        found[square] = COVERED
    found[(states == COVERED).any(axis=2)] = COVERED
    found[(states == OVERLAPPING).any(axis=2)] = OVERLAPPING
    return found


def _partners(grid: Grid, records: Iterable[int]) -> tuple[str, ...]:
    return tuple(sorted({partner for index in records for partner in grid.labelled[index].activity.partners}))


def _functions(grid: Grid, records: Iterable[int]) -> tuple[str, ...]:
    done = {function for index in records for function in grid.labelled[index].functions}
    return tuple(function for function in grid.functions if function in done)


def _settle(grid: Grid, area: int, country: int) -> str:
    """What would settle an unknown summary square: the strongest reason of its squares, of the latest year."""
    shape = grid.shape
    reasons = [
        open_reason(grid, int(np.ravel_multi_index((area, country, function, year), shape)))
        for year in reversed(range(shape[3]))
        for function in range(shape[2])
        if grid.state[np.ravel_multi_index((area, country, function, year), shape)] == UNKNOWN
    ]
    return min(reasons, key=lambda reason: OPEN.index(reason.key)).text(words("en"), "settle")


def _matrix(grid: Grid, state_of: dict[tuple[str, str], str]) -> dict[str, list[tuple[str, list[str]]]]:
    regions: dict[str, list[tuple[str, list[str]]]] = {}
    for code in sorted(grid.countries, key=places.name):
        row = [state_of[area, code] for area in grid.areas]
        regions.setdefault(places.SUBREGION[code], []).append((code, row))
    return dict(sorted(regions.items()))


def _gaps(grid: Grid) -> list[Square]:
    found: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for cell in np.flatnonzero(grid.state == GAP):
        area, country, function, year = grid.at(int(cell))
        found.setdefault((area, country), []).append((function, year))
    squares = [
        Square(
            grid.areas[area],
            grid.countries[country],
            "gap",
            need_of(grid, area, country),
            functions=tuple(grid.functions[number] for number in sorted({function for function, _ in cells})),
            years=tuple(grid.years[number] for number in sorted({year for _, year in cells})),
        )
        for (area, country), cells in found.items()
    ]
    return sorted(squares, key=lambda one: (tuple(-end for end in one.need or ()), -len(one.functions), one.country))


def _overlaps(grid: Grid) -> list[Square]:
    found: dict[tuple[int, int, str], list[tuple[int, float]]] = {}
    for cell, overlap in overlapping_cells(grid):
        area, country, _, _ = grid.at(cell)
        found.setdefault((area, country, overlap.kind), []).append((cell, overlap.likeness))
    squares = []
    for (area, country, kind), cells in found.items():
        records = tuple(sorted({int(index) for cell, _ in cells for index in grid.sure.of(cell)}))
        axes = [grid.at(cell) for cell, _ in cells]
        squares.append(
            Square(
                grid.areas[area],
                grid.countries[country],
                "overlapping",
                need_of(grid, area, country),
                _partners(grid, records),
                records,
                tuple(grid.functions[number] for number in sorted({at[2] for at in axes})),
                tuple(grid.years[number] for number in sorted({at[3] for at in axes})),
                kind,
                max(likeness for _, likeness in cells),
            )
        )
    return sorted(squares, key=lambda one: (KINDS.index(one.kind), -one.likeness, one.country, one.area))


def _threats(grid: Grid) -> list[Threat]:
    found = []
    for threat, title in THREATS.items():
        records = [index for index, one in enumerate(grid.labelled) if threat in one.threats]
        found.append(
            Threat(
                title,
                tuple(records),
                tuple(index for index in records if grid.labelled[index].threats[threat]),
                _partners(grid, records),
                tuple(sorted({p.country for index in records for p in grid.labelled[index].activity.countries})),
            )
        )
    return found


def _by_country(squares: Sequence[Square], at_least: float) -> dict[str, list[Square]]:
    """Of each country the squares worth a line: with records, a gap, or high need that nobody can place."""
    found: dict[str, list[Square]] = {}
    for one in squares:
        if one.records or one.state == "gap" or (one.need and one.need[0] >= at_least):
            found.setdefault(one.country, []).append(one)
    return dict(sorted(found.items(), key=lambda pair: places.name(pair[0])))
