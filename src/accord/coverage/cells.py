"""The map: area × country × function × year, each square with its state, its evidence and its reasoning.

States (the names that rows carry): `covered` one partner has a record · `overlapping` two or more partners have ·
`gap` need is known to be high and a record would have been there · `not-needed` the same with need known to be low ·
`unknown` everything else. Invariants: a square without records is *unknown* unless every partner would have reported
it; what may be there (a region, an open date, an unread function) also makes a square unknown, never a gap.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from accord.coverage import places
from accord.coverage.classify import AREAS, FUNCTIONS
from accord.coverage.label import Labelled
from accord.coverage.money import place
from accord.coverage.need import Indicator, Need, combine
from accord.coverage.plan import Plan
from accord.coverage.reporting import Reporting, assess
from accord.coverage.spending import Spent

COVERED, OVERLAPPING, GAP, UNKNOWN, NOT_NEEDED = range(5)
Ints = npt.NDArray[np.int64]
FourAxes = tuple[Sequence[str], Sequence[str], Sequence[str], Sequence[int]]  # areas, countries, functions, years
POSSIBLE_KEPT = 5
_EMPTY = np.zeros(0, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Links:
    """Which activity stands in which square, sorted by square; those of square c are `starts[c]:starts[c+1]`."""

    cell: Ints
    activity: Ints
    starts: Ints

    def of(self, cell: int) -> Ints:
        """The activities of one square, as indices."""
        return self.activity[self.starts[cell] : self.starts[cell + 1]]


@dataclass(frozen=True, slots=True)
class Grid:
    """The whole map. `state` and `partners` (their number) have one entry per square, in the order of the axes.

    `sure` links every record; `possible` the first `POSSIBLE_KEPT` that may belong to a square.
    """

    plan: Plan
    areas: tuple[str, ...]
    countries: tuple[str, ...]
    functions: tuple[str, ...]
    years: tuple[int, ...]
    labelled: tuple[Labelled, ...]
    state: npt.NDArray[np.int8]
    partners: npt.NDArray[np.int16]
    sure: Links
    possible: Links
    need: Need
    reporting: Reporting
    money: Mapping[int, Mapping[str, int]]
    mandates: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @property
    def shape(self) -> tuple[int, int, int, int]:
        """(areas, countries, functions, years)."""
        return len(self.areas), len(self.countries), len(self.functions), len(self.years)

    def at(self, cell: int) -> tuple[int, int, int, int]:
        """Indices of the area, country, function and year of a square."""
        _, countries, functions, years = self.shape
        rest, year = divmod(int(cell), years)
        rest, function = divmod(rest, functions)
        return *divmod(rest, countries), function, year


def compute(
    plan: Plan,
    labelled: Sequence[Labelled],
    indicators: Sequence[Indicator] = (),
    spending: Sequence[Spent] = (),
    mandates: Mapping[str, Sequence[str]] = MappingProxyType({}),
) -> Grid:
    """Compute the map of labelled activities; all squares, whether anything is known of them or not.

    `mandates` are the functions of each party of the accord, by its one name: a gap needs every party to have reported.
    """
    areas, functions, countries = tuple(AREAS), tuple(FUNCTIONS), places.COUNTRIES
    years = plan.years or _years_of(labelled)
    shape = len(areas), len(countries), len(functions), len(years)
    size = int(np.prod(shape))
    sure, possible = _links(labelled, (areas, countries, functions, years), size)
    need = combine(indicators, areas, countries)
    reporting = assess(plan, labelled, spending, (areas, countries, years), tuple(mandates))
    partners = _partners(labelled, sure, size)
    return Grid(
        plan=plan,
        areas=areas,
        countries=countries,
        functions=functions,
        years=years,
        labelled=tuple(labelled),
        state=_states(partners, possible, need, reporting, shape, plan.need_at_least),
        partners=partners,
        sure=sure,
        possible=possible,
        need=need,
        reporting=reporting,
        money=_money(labelled, (areas, countries, functions, years)),
        mandates=mandates,
    )


def _years_of(labelled: Sequence[Labelled]) -> tuple[int, ...]:
    dates = [date.year for one in labelled if one.areas for date in (one.activity.start, one.activity.end) if date]
    return tuple(range(min(dates), max(dates) + 1)) if dates else ()


def _links(labelled: Sequence[Labelled], axes: FourAxes, size: int) -> tuple[Links, Links]:
    """Which activities surely stand in each square, and the first `POSSIBLE_KEPT` that may.

    One activity without a country may stand in thousands of squares: to keep all such pairs would cost more memory
    than everything else, and nobody reads the hundredth record that may belong to a square.
    """
    sure: list[tuple[Ints, int]] = []
    maybe: list[tuple[Ints, int]] = []
    kept = np.zeros(size, dtype=np.int8)
    for index, certain, around in footprints(labelled, axes):
        sure.append((certain, index))
        open_squares = around[kept[around] < POSSIBLE_KEPT]
        if len(open_squares):
            kept[open_squares] += 1
            maybe.append((open_squares, index))
    return _sorted(sure, size), _sorted(maybe, size)


def footprints(labelled: Sequence[Labelled], axes: FourAxes) -> Iterator[tuple[int, Ints, Ints]]:
    """Each activity that has an area: its index, the squares where it surely stands, and those where it may."""
    areas, countries, functions, years = axes
    shape = tuple(map(len, axes))
    number = [{name: at for at, name in enumerate(axis)} for axis in (areas, countries, functions)]
    for index, one in enumerate(labelled):
        if not one.areas:
            continue
        in_areas = [number[0][area] for area in one.areas]
        stated = [number[1][place.country] for place in one.activity.countries if place.country in number[1]]
        region = [number[1][code] for code in one.activity.possible if code in number[1]]
        does = [number[2][name] for name in one.functions]
        ran, may_run = ([year - years[0] for year in some] for some in one.activity.years(years))
        certain = _squares((in_areas, stated, does, ran), shape)
        if does and not region and not may_run:
            yield index, certain, _EMPTY
            continue
        everywhere = (in_areas, sorted({*stated, *region}), does or range(len(functions)), [*ran, *may_run])
        yield index, certain, np.setdiff1d(_squares(everywhere, shape), certain, assume_unique=True)


def _squares(picked: tuple[Sequence[int], ...], shape: tuple[int, ...]) -> Ints:
    if not all(len(axis) for axis in picked):
        return _EMPTY
    axes = np.meshgrid(*(np.asarray(axis, dtype=np.int64) for axis in picked), indexing="ij")
    return np.asarray(np.ravel_multi_index([axis.ravel() for axis in axes], shape), dtype=np.int64)


def _sorted(parts: Sequence[tuple[Ints, int]], size: int) -> Links:
    """By square, then by activity: the parts come in the order of the activities."""
    cell = np.concatenate([cells for cells, _ in parts]) if parts else _EMPTY
    activity = np.repeat(
        np.array([index for _, index in parts], dtype=np.int64), np.array([len(cells) for cells, _ in parts], dtype=int)
    )
    order = np.argsort(cell, kind="stable")
    starts = np.searchsorted(cell[order], np.arange(size + 1))
    return Links(cell[order], activity[order], starts)


def _partners(labelled: Sequence[Labelled], sure: Links, size: int) -> npt.NDArray[np.int16]:
    """How many partners have a record in each square."""
    names = sorted({partner for one in labelled for partner in one.activity.partners})
    number = {name: at for at, name in enumerate(names)}
    counts = np.array([len(one.activity.partners) for one in labelled], dtype=np.int64)
    flat = np.array([number[name] for one in labelled for name in one.activity.partners], dtype=np.int64)
    first = np.concatenate(([0], np.cumsum(counts)))
    each = counts[sure.activity] if len(sure.activity) else _EMPTY
    if not each.sum():
        return np.zeros(size, dtype=np.int16)
    offsets = np.arange(int(each.sum())) - np.repeat(np.cumsum(each) - each, each)
    partner = flat[np.repeat(first[sure.activity], each) + offsets]
    pairs = np.unique(np.repeat(sure.cell, each) * len(names) + partner)
    return np.bincount(pairs // len(names), minlength=size).astype(np.int16)


def _money(labelled: Sequence[Labelled], axes: FourAxes) -> dict[int, dict[str, int]]:
    """Cents per square and currency, of the budgets that can be placed."""
    numbers = [{value: at for at, value in enumerate(axis)} for axis in axes]
    sizes = tuple(map(len, axes))
    found: dict[int, dict[str, int]] = {}
    for one in labelled:
        for square, currency, cents in place(one.activity, one.areas, one.functions, axes[3]):
            if square is not None:
                at = [number[value] for number, value in zip(numbers, square, strict=True)]
                cell = ((at[0] * sizes[1] + at[1]) * sizes[2] + at[2]) * sizes[3] + at[3]
                of_cell = found.setdefault(cell, {})
                of_cell[currency] = of_cell.get(currency, 0) + cents
    return found


def _states(
    partners: npt.NDArray[np.int16],
    possible: Links,
    need: Need,
    reporting: Reporting,
    shape: tuple[int, int, int, int],
    at_least: float,
) -> npt.NDArray[np.int8]:
    silent = np.diff(possible.starts) == 0
    would_have = np.broadcast_to(reporting.complete[:, :, None, :], shape).ravel() & silent
    high = np.broadcast_to((need.known & (need.low >= at_least))[:, :, None, None], shape).ravel()
    low = np.broadcast_to((need.known & (need.high < at_least))[:, :, None, None], shape).ravel()
    choices = [partners >= 2, partners == 1, would_have & high, would_have & low]
    return np.select(choices, [OVERLAPPING, COVERED, GAP, NOT_NEEDED], default=UNKNOWN).astype(np.int8)
