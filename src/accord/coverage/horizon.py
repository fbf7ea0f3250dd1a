"""What is ending, what is rising, and how the five emerging threats stand, over the years.

Invariants: coverage *ends* only where every record of an area in a country states its end, and no other may go on
there; need *rises* only by the same indicator in two of its years, never across a change of its scale, and a count of
events only by more than chance; a threat is a view over records, nothing is added to it. Rows are ranked: endings by
need, rises by how many places a country moved.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from math import sqrt

import numpy as np
import numpy.typing as npt

from accord.coverage.cells import Grid
from accord.coverage.classify import THREATS
from accord.coverage.need import Indicator
from accord.coverage.rows import Filter, need_of, sure_of
from accord.errors import several

KINDS = ("ending", "rising", "threat")
MAY_GO_ON = "may go on"  # what `sure` says of an ending where a record without an end, a place or a function may go on
_LEAST_RISE = 0.1  # of all places, that a country must move up for its need to count as rising
_BEYOND_CHANCE = 1.645 / sqrt(2)  # the root of a count has a standard deviation of 1/2, so a difference has 1/sqrt(2)


def horizon_rows(grid: Grid, chosen: Filter | None = None) -> list[dict[str, object]]:
    """Rows of the three kinds, each ranked within its kind, with `kind`, `area` or `threat`, evidence and `sure`."""
    wanted = chosen or Filter()
    found: list[dict[str, object]] = []
    for rows in (_ending(grid, wanted), _rising(grid, wanted), list(_threats(grid, wanted))):
        found.extend({"rank": rank, **row} for rank, row in enumerate(rows, start=1))
    return found


def _records(grid: Grid, chosen: Filter) -> dict[tuple[int, int], list[int]]:
    """(area, country) -> the records there that the filter takes."""
    at_area = {area: at for at, area in enumerate(grid.areas)}
    at_country = {code: at for at, code in enumerate(grid.countries)}
    found: dict[tuple[int, int], list[int]] = {}
    for index, one in enumerate(grid.labelled):
        if not chosen.takes_work(one.functions, one.activity.partners):
            continue
        for area in one.areas:
            for place in one.activity.countries:
                if chosen.takes_square(area, place.country):
                    found.setdefault((at_area[area], at_country[place.country]), []).append(index)
    return found


def _ending(grid: Grid, chosen: Filter) -> list[dict[str, object]]:
    """Squares (area and country) whose last stated end is in the last year of the map or the one after."""
    if not grid.years:
        return []
    last, rows = grid.years[-1], []
    for (area, country), records in _records(grid, chosen).items():
        ends = [grid.labelled[index].activity.end for index in records]
        known = [end for end in ends if end is not None]
        if len(known) < len(ends) or not last <= max(known).year <= last + 1:
            continue
        if chosen.years and max(known).year not in chosen.years:
            continue
        need = need_of(grid, area, country)
        may_go_on = _open_records(grid, area, country)
        rows.append(
            {
                "kind": "ending",
                "area": grid.areas[area],
                "country": grid.countries[country],
                "year": max(known).year,
                "ends": max(known).isoformat(),
                "partners": sorted({name for index in records for name in grid.labelled[index].activity.partners}),
                "need": need,
                "evidence": [grid.labelled[index].activity.id for index in records],
                "why": _why_ending(len(records), max(known)),
                "sure": MAY_GO_ON if may_go_on else sure_of(need),
            }
        )
    return sorted(rows, key=lambda row: (-_low(row), str(row["ends"]), str(row["country"]), str(row["area"])))


def _why_ending(records: int, end: date) -> str:
    return (
        f"its only record ends on {end}" if records == 1 else f"the last of its {records} records ends on {end}"
    ) + ", and no other follows"


def _open_records(grid: Grid, area: int, country: int) -> bool:
    """Whether a record without a stated end or place may belong to this area and country in the last year."""
    cells = [
        int(np.ravel_multi_index((area, country, function, len(grid.years) - 1), grid.shape))
        for function in range(len(grid.functions))
    ]
    return any(len(grid.possible.of(cell)) for cell in cells)


def _low(row: Mapping[str, object]) -> float:
    need = row["need"]
    return float(need[0]) if isinstance(need, list) else -1.0


def _rising(grid: Grid, chosen: Filter) -> list[dict[str, object]]:
    """Where an area's need rose by the same indicator while the number of records did not."""
    records = _records(grid, chosen)
    rows = []
    for indicator in grid.need.indicators:
        for country, (before, after, change) in rises(indicator).items():
            for area in indicator.areas:
                if change < _LEAST_RISE or not chosen.takes_square(area, country) or chosen.partners:
                    continue
                square = grid.areas.index(area), grid.countries.index(country)
                here = records.get(square, [])
                counts = _by_year(grid, here)
                rows.append(
                    {
                        "kind": "rising",
                        "area": area,
                        "country": country,
                        "year": after,
                        "since": before,
                        "change": round(change, 3),
                        "records": counts,
                        "need": need_of(grid, *square),
                        "evidence": [f"indicator:{indicator.name}"],
                        "why": f"up {change:.0%} of all places since {before}, with "
                        + ("no record" if not here else several(len(here), "record")),
                        "sure": "one indicator, two years",
                    }
                )
    return sorted(rows, key=lambda row: (bool(sum(_counts(row))), -float(str(row["change"])), str(row["country"])))


def _counts(row: Mapping[str, object]) -> Sequence[int]:
    counts = row["records"]
    return list(counts.values()) if isinstance(counts, Mapping) else []


def rises(indicator: Indicator) -> dict[str, tuple[int, int, float]]:
    """Country -> (earlier year, later year, places risen as a share of all), for countries with a value in both.

    Compared are the earliest and the latest year of the indicator's history, over the countries of both. From no attack
    to one is half of all places where most countries have none; so of counts a rise is what two draws of one Poisson
    distribution would not give at 5 % (by the roots of the counts; Anscombe, 1948).
    """
    years = sorted(indicator.history)
    if len(years) < 2 or indicator.measures != "need":
        return {}
    first, last = indicator.history[years[0]], indicator.history[years[-1]]
    both = sorted(first.keys() & last.keys())
    if len(both) < 2:
        return {}
    sign = 1 if indicator.higher_is_worse else -1
    # A rise is counted by a value that surely moved: the later lower end above the earlier upper end.
    moved = {code: sign * (sum(last[code]) - sum(first[code])) / 2 for code in both}
    surely = {code for code in both if _apart(first[code], last[code], sign)}
    if indicator.counts:
        surely = {code for code in surely if _beyond_chance(first[code][1], last[code][0])}
    old = np.sort([sum(first[code]) / 2 for code in both])
    return {
        code: (years[0], years[-1], _places(old, sum(first[code]) / 2, sum(last[code]) / 2))
        for code in sorted(surely)
        if moved[code] > 0
    }


def _apart(before: tuple[float, float], after: tuple[float, float], sign: int) -> bool:
    return after[0] > before[1] if sign > 0 else after[1] < before[0]


def _beyond_chance(before: float, after: float) -> bool:
    return abs(sqrt(after + 3 / 8) - sqrt(before + 3 / 8)) >= _BEYOND_CHANCE


def _places(values: npt.NDArray[np.float64], before: float, after: float) -> float:
    """How many of the earlier values lie between the two, as a share."""
    low, high = min(before, after), max(before, after)
    return float(np.searchsorted(values, high, "left") - np.searchsorted(values, low, "left")) / len(values)


def _by_year(grid: Grid, records: Sequence[int]) -> dict[str, int]:
    years = [year for index in records for year in _years(grid, index)]
    return {str(year): years.count(year) for year in grid.years}


def _years(grid: Grid, record: int) -> tuple[int, ...]:
    """The years of the map in which a record surely ran."""
    return grid.labelled[record].activity.years(grid.years)[0]


def _threats(grid: Grid, chosen: Filter) -> Iterator[dict[str, object]]:
    """The five emerging threats: records of each year, where, whose, and how many speak of the internet."""
    for threat, title in THREATS.items():
        records = [
            index
            for index, one in enumerate(grid.labelled)
            if threat in one.threats
            and chosen.takes_work(one.functions, one.activity.partners)
            and (not chosen.areas or chosen.areas & {*one.areas})
            and (not chosen.countries or chosen.countries & {place.country for place in one.activity.countries})
        ]
        countries = sorted({place.country for index in records for place in grid.labelled[index].activity.countries})
        yield {
            "kind": "threat",
            "threat": threat,
            "title": title,
            "records": _by_year(grid, records),
            "online": sum(grid.labelled[index].threats[threat] for index in records),
            "partners": sorted({name for index in records for name in grid.labelled[index].activity.partners}),
            "countries": countries,
            "evidence": [grid.labelled[index].activity.id for index in records],
            "why": f"{several(len(records), 'record')} in {several(len(countries), 'country', 'countries')}",
            "sure": f"{sum(not _years(grid, index) for index in records)} without a year",
        }
