"""Budgets spread over the squares of the map, to the cent; what cannot be placed is kept apart, never spread anyway.

Method: by the stated percentages of countries, areas and functions (100 % is the whole: 90 % leave 10 % unplaced, 110 %
are scaled down); what has no percentage shares what is left in equal parts. Over years by days: those of the budget
where the book states them, else those of the activity. Invariant: per currency, the placed and the unplaced cents add
up to what the books state.

>>> from accord.coverage.activity import Activity, Money, Place
>>> from datetime import date
>>> activity = Activity("A", ("X",), "T", countries=(Place("KEN", 50), Place("UGA", 40)), money=(Money(1000, "USD"),),
...     start=date(2023, 1, 1), end=date(2023, 12, 31))
>>> shares(activity, ("drugs",), ("legal",), (2023, 2024))
[(('drugs', 'KEN', 'legal', 2023), 0.5), (('drugs', 'UGA', 'legal', 2023), 0.4), (None, 0.1)]
>>> place(activity, ("drugs",), ("legal",), (2023,))[0]
(('drugs', 'KEN', 'legal', 2023), 'USD', 500)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from accord.coverage.activity import Activity, Money, allocate

Square = tuple[str, str, str, int]
_WHOLE = 100.0
_LEAST = 1e-9  # a share below this is nothing but rounding


def shares(
    activity: Activity,
    areas: Sequence[str],
    functions: Sequence[str],
    years: Sequence[int],
    money: Money | None = None,
) -> list[tuple[Square | None, float]]:
    """Each square with its share of an activity, summing to 1; None is what belongs to no square of the map.

    `money` is the amount that is shared: it may be for other days than the activity.
    """
    in_areas = _stated(areas, dict(activity.area_shares))
    in_functions = _stated(functions, dict(activity.function_shares))
    in_countries, in_years = _countries(activity), _years(activity, years, money)
    parts: list[tuple[Square | None, float]] = [
        ((area, country, function, year), ours * place * does * time)
        for area, ours in in_areas
        for country, place in in_countries
        for function, does in in_functions
        for year, time in in_years
    ]
    left = round(1.0 - sum(share for _, share in parts), 9)
    return [*parts, (None, left)] if left > _LEAST or not parts else parts


def place(
    activity: Activity, areas: Sequence[str], functions: Sequence[str], years: Sequence[int]
) -> list[tuple[Square | None, str, int]]:
    """The budget of an activity as (square, currency, cents)."""
    found = []
    for money in activity.money:
        if money.kind == "budget":
            parts = shares(activity, areas, functions, years, money)
            split = allocate(money.cents, [share for _, share in parts])
            found += [(square, money.currency, cents) for (square, _), cents in zip(parts, split, strict=True) if cents]
    return found


def _stated(names: Sequence[str], percents: Mapping[str, float]) -> list[tuple[str, float]]:
    """Names with their shares: as stated, the others in equal parts of what the stated ones leave."""
    stated = {name: percents[name] for name in names if name in percents}
    total = sum(stated.values())
    whole = max(_WHOLE, total)
    rest = (whole - total) / max(1, len(names) - len(stated))
    return [(name, stated.get(name, rest) / whole) for name in names]


def _countries(activity: Activity) -> list[tuple[str, float]]:
    """Countries with their shares; none when part of it may be elsewhere and nobody says how much."""
    stated = {one.country: one.percent for one in activity.countries if one.percent is not None}
    if stated:
        total = max(_WHOLE, sum(stated.values()))
        return [(country, percent / total) for country, percent in stated.items()]
    if activity.possible or not activity.countries:
        return []
    return [(one.country, 1 / len(activity.countries)) for one in activity.countries]


def _years(activity: Activity, years: Sequence[int], money: Money | None) -> list[tuple[int, float]]:
    """Years of the map with their share of the days; the days before and after it stay unplaced."""
    start, end = activity.start, activity.end
    if money is not None and money.start and money.end:
        start, end = money.start, money.end
    if start is None or end is None:
        return []
    whole = (end - start).days + 1
    found = []
    for year in years:
        first, last = max(start, date(year, 1, 1)), min(end, date(year, 12, 31))
        if first <= last:
            found.append((year, ((last - first).days + 1) / whole))
    return found
