"""What the page shows, computed from the map: no HTML here, and nothing that the rows do not also say.

A *summary square* is area × country over all functions and years of the period: overlapping if any of its squares is,
covered if a record stands there for sure (whatever its function), else a gap if any is in the last year, else not
needed if all are. A gap of an earlier year alone is no gap to close: nobody can say that it still is one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from accord.coverage import STATES, places
from accord.coverage._make import Map
from accord.coverage.cells import COVERED, GAP, NOT_NEEDED, OVERLAPPING, UNKNOWN, Grid
from accord.coverage.horizon import MAY_GO_ON, horizon_rows
from accord.coverage.label import STATED, Labelled
from accord.coverage.need import Indicator, parts, rank_stability
from accord.coverage.overlaps import COMPLEMENTARY, DUPLICATE, JOINT, KINDS, overlapping_cells
from accord.coverage.reasons import OPEN, open_reason
from accord.coverage.reporting import Seen
from accord.coverage.rows import Filter, duplicate_rows, need_of, summaries
from accord.coverage.words import Words
from accord.errors import Problem

SIGNS = {"covered": "1", "overlapping": "2+", "gap": "!", "unknown": "?", "not-needed": "–"}
KIND_KEYS = {DUPLICATE: "duplicate", JOINT: "joint", COMPLEMENTARY: "complementary"}
_PROBLEMS = 100
Ints = npt.NDArray[np.int8]


@dataclass(frozen=True, slots=True)
class Square:
    """A summary square that the page speaks of; `settle` says what would change it, `top` how stable its rank is.

    Of a gap, `doubt` is the highest chance of work that nobody recorded, and `parts` what makes its need, by indicator.
    """

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
    top: float = 0.0
    doubt: float = 0.0
    parts: tuple[tuple[Indicator, tuple[float, float]], ...] = ()


@dataclass(frozen=True, slots=True)
class Ask:
    """One question about a country and the squares of high need that its answer would settle, highest need first."""

    country: str
    question: str
    squares: tuple[Square, ...]


@dataclass(frozen=True, slots=True)
class Threat:
    """One emerging threat: the records that belong to it, those that speak of the internet, where, and by year."""

    title: str
    records: tuple[int, ...]
    online: tuple[int, ...]
    partners: tuple[str, ...]
    countries: tuple[str, ...]
    by_year: dict[int, int]


@dataclass(frozen=True, slots=True)
class Area:
    """One crime area: its records, partners, how its countries stand, and those of highest need."""

    records: tuple[int, ...]
    partners: tuple[str, ...]
    counts: dict[str, int]
    highest: tuple[Square, ...]


@dataclass(frozen=True, slots=True)
class View:
    """Everything on the page."""

    grid: Grid
    words: Words
    matrix: dict[str, list[tuple[str, list[str]]]]
    square_of: dict[tuple[str, str], Square]
    state_of: dict[tuple[str, str], str]
    worked: dict[str, int]
    gaps: list[Square]
    overlaps: list[Square]
    duplicates: list[dict[str, object]]
    endings: list[dict[str, object]]
    rising: list[dict[str, object]]
    asks: list[Ask]
    threats: list[Threat]
    by_area: dict[str, Area]
    by_country: dict[str, list[Square]]
    records: list[tuple[int, Labelled]]
    number_of: dict[str, int]
    reported: list[Seen]
    counts: dict[str, int]
    squares: int
    undated: int
    on_summaries: int
    problems: tuple[Problem, ...]
    signs: dict[str, str] = field(default_factory=lambda: SIGNS)
    stated = STATED
    tiles = places.TILES
    columns = places.GRID_COLUMNS
    rows = places.GRID_ROWS

    def name(self, code: str) -> str:
        """A country's name in the language of the page."""
        return places.name(code, self.words.language)

    @property
    def asked(self) -> int:
        """How many squares of high need are unknown."""
        return sum(len(ask.squares) for ask in self.asks)

    @property
    def sure_endings(self) -> int:
        """In how many of the areas that end nothing else may go on."""
        return sum(row["sure"] != MAY_GO_ON for row in self.endings)

    @property
    def first_endings(self) -> list[dict[str, object]]:
        """The endings, those first in which nothing else may go on."""
        return sorted(self.endings, key=lambda row: row["sure"] == MAY_GO_ON)

    @property
    def silent(self) -> frozenset[str]:
        """The countries of whose squares nothing is known."""
        return frozenset(
            code for rows in self.matrix.values() for code, states in rows if {*states} == {STATES[UNKNOWN]}
        )

    @property
    def period(self) -> str:
        """The years in words."""
        years = self.grid.years
        return (
            f"{years[0]}–{years[-1]}" if len(years) > 1 else str(years[0]) if years else self.words("report.no-years")
        )


def view(made: Map, words: Words) -> View:
    """Compute what the page shows."""
    grid = made.grid
    where = _where(grid)
    summary = _summary(grid, where)
    top = rank_stability(grid.need, grid.areas, grid.countries)
    squares = [
        _square(grid, words, (row, column), where.get((row, column), ()), int(summary[row, column]))
        for row in range(len(grid.areas))
        for column in range(len(grid.countries))
    ]
    state_of = {(square.area, square.country): square.state for square in squares}
    horizon = horizon_rows(grid)
    return View(
        grid=grid,
        words=words,
        matrix=_matrix(grid, state_of, words),
        square_of={(one.area, one.country): one for one in squares},
        state_of=state_of,
        worked={
            code: sum(state_of[area, code] in ("covered", "overlapping") for area in grid.areas)
            for code in grid.countries
        },
        gaps=[one for one in _gaps(grid, top) if state_of[one.area, one.country] == "gap"],
        overlaps=_overlaps(grid),
        duplicates=duplicate_rows(grid, Filter(areas=frozenset(grid.areas)), words),
        endings=[row for row in horizon if row["kind"] == "ending"],
        rising=[row for row in horizon if row["kind"] == "rising"],
        asks=_asks(squares, grid.plan.need_at_least),
        threats=_threats(grid, words),
        by_area={area: _area(grid, area, squares) for area in grid.areas},
        by_country=_by_country(squares, grid.plan.need_at_least, words),
        records=[(index, one) for index, one in enumerate(grid.labelled) if one.areas],
        number_of={one.activity.id: index for index, one in enumerate(grid.labelled)},
        reported=_reported(grid),
        counts={state: int((summary == number).sum()) for number, state in enumerate(STATES)},
        squares=summary.size,
        undated=sum(1 for one in grid.labelled if one.areas and not (one.activity.start or one.activity.end)),
        on_summaries=_on_summaries(grid, where),
        problems=made.problems[:_PROBLEMS],
    )


def _square(grid: Grid, words: Words, at: tuple[int, int], records: tuple[int, ...], state: int) -> Square:
    return Square(
        area=grid.areas[at[0]],
        country=grid.countries[at[1]],
        state=STATES[state],
        need=need_of(grid, *at),
        partners=_partners(grid, records),
        records=records,
        functions=_functions(grid, records),
        settle=_settle(grid, *at, words) if state == UNKNOWN else "",
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
    if states.shape[2]:
        found[(states == NOT_NEEDED).all(axis=2)] = NOT_NEEDED
    if grid.years:
        found[(states[:, :, len(grid.years) - 1 :: len(grid.years)] == GAP).any(axis=2)] = GAP
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


def _settle(grid: Grid, area: int, country: int, words: Words) -> str:
    """What would settle an unknown summary square: the strongest reason of its squares, of the latest year.

    The functions of one year differ in nothing but whether a record may stand there, so one of each sort is asked.
    """
    functions, years = grid.shape[2:]
    first = (area * len(grid.countries) + country) * functions * years
    reasons = []
    for year in reversed(range(years)):
        sorts: dict[bool, int] = {}
        for cell in range(first + year, first + year + functions * years, years):
            if grid.state[cell] == UNKNOWN:
                sorts.setdefault(bool(grid.possible.starts[cell] < grid.possible.starts[cell + 1]), cell)
        reasons += [open_reason(grid, cell) for cell in sorted(sorts.values())]
    return min(reasons, key=lambda reason: OPEN.index(reason.key)).text(words, "settle") if reasons else ""


def _asks(squares: Iterable[Square], at_least: float) -> list[Ask]:
    """The unknown squares of high need by what would settle them; the question that would settle most need first."""
    found: dict[tuple[str, str], list[Square]] = {}
    for one in sorted(squares, key=lambda one: (-_low(one), one.country, one.area)):
        if one.state == "unknown" and _low(one) >= at_least:
            found.setdefault((one.country, one.settle), []).append(one)
    asks = [Ask(country, question, tuple(some)) for (country, question), some in found.items()]
    return sorted(asks, key=lambda ask: -sum(map(_low, ask.squares)))


def _low(one: Square) -> float:
    return one.need[0] if one.need else 0.0


def _matrix(grid: Grid, state_of: dict[tuple[str, str], str], words: Words) -> dict[str, list[tuple[str, list[str]]]]:
    regions: dict[str, list[tuple[str, list[str]]]] = {}
    for code in sorted(grid.countries, key=lambda code: places.name(code, words.language)):
        row = [state_of[area, code] for area in grid.areas]
        regions.setdefault(places.region_name(code, words.language), []).append((code, row))
    return dict(sorted(regions.items()))


def _gaps(grid: Grid, top: npt.NDArray[np.float64]) -> list[Square]:
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
            top=float(top[area, country]),
            doubt=max(float(grid.reporting.doubt[area, country, year]) for _, year in cells),
            parts=parts(grid.need, grid.areas[area], grid.countries[country]),
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


def _threats(grid: Grid, words: Words) -> list[Threat]:
    found = []
    for threat, title in words.names("threat").items():
        records = [index for index, one in enumerate(grid.labelled) if threat in one.threats]
        years = [year for index in records for year in grid.labelled[index].activity.years(grid.years)[0]]
        countries = {place.country for index in records for place in grid.labelled[index].activity.countries}
        found.append(
            Threat(
                title,
                tuple(records),
                tuple(index for index in records if grid.labelled[index].threats[threat]),
                _partners(grid, records),
                tuple(sorted(countries, key=lambda code: places.name(code, words.language))),
                {year: years.count(year) for year in grid.years},
            )
        )
    return found


def _area(grid: Grid, area: str, squares: Sequence[Square]) -> Area:
    mine = [one for one in squares if one.area == area]
    records = tuple(index for index, one in enumerate(grid.labelled) if area in one.areas)
    highest = sorted((one for one in mine if one.need), key=lambda one: (-(one.need or [0])[0], one.country))
    return Area(
        records,
        _partners(grid, records),
        {state: sum(one.state == state for one in mine) for state in STATES},
        tuple(highest[:10]),
    )


def _by_country(squares: Sequence[Square], at_least: float, words: Words) -> dict[str, list[Square]]:
    """Of each country the squares worth a line: with records, a gap, or high need that nobody can place."""
    found: dict[str, list[Square]] = {}
    for one in squares:
        if one.records or one.state == "gap" or (one.need and one.need[0] >= at_least):
            found.setdefault(one.country, []).append(one)
    return dict(sorted(found.items(), key=lambda pair: places.name(pair[0], words.language)))


def _reported(grid: Grid) -> list[Seen]:
    """How completely the bodies with records are seen to report, in the last year that a table of spending covers."""
    seen = [one for one in grid.reporting.seen.values() if one.judged_by == one.year and one.spent_in and one.reported]
    last = max((one.year for one in seen), default=0)
    return sorted((one for one in seen if one.year == last), key=lambda one: (-one.spent_in, one.party))


def _on_summaries(grid: Grid, where: dict[tuple[int, int], tuple[int, ...]]) -> int:
    told = summaries(grid)
    return sum(all(grid.labelled[at].activity.origin.source in told for at in records) for records in where.values())
