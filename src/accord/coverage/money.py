"""Budgets spread over the squares of the map, to the cent; what cannot be placed is kept apart, never spread anyway.

Method: by the stated percentages of countries (100 % is the whole: 90 % leave 10 % unplaced, 110 % are scaled down),
else in equal parts; by days over years; in equal parts over areas and functions. Invariant: per currency, the placed
and the unplaced cents add up to what the books state.

>>> from accord.coverage.activity import Activity, Money, Place
>>> from datetime import date
>>> activity = Activity("A", ("X",), "T", countries=(Place("KEN", 50), Place("UGA", 40)), money=(Money(1000, "USD"),),
...     start=date(2023, 1, 1), end=date(2023, 12, 31))
>>> shares(activity, ("drugs",), ("legal",), (2023, 2024))
[(('drugs', 'KEN', 'legal', 2023), 0.5), (('drugs', 'UGA', 'legal', 2023), 0.4), (None, 0.1)]
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from accord.coverage.activity import Activity, allocate

Square = tuple[str, str, str, int]
_WHOLE = 100.0


def shares(
    activity: Activity, areas: Sequence[str], functions: Sequence[str], years: Sequence[int]
) -> list[tuple[Square | None, float]]:
    """Each square with its share of an activity, summing to 1; None is what belongs to no square of the map."""
    in_countries, in_years = _countries(activity), _years(activity, years)
    if not areas or not functions or not in_countries or not in_years:
        return [(None, 1.0)]
    parts: list[tuple[Square | None, float]] = [
        ((area, country, function, year), place * time / (len(areas) * len(functions)))
        for area in areas
        for country, place in in_countries
        for function in functions
        for year, time in in_years
    ]
    left = round(1.0 - sum(share for _, share in parts), 9)
    return [*parts, (None, left)] if left > 0 else parts


def place(
    activity: Activity, areas: Sequence[str], functions: Sequence[str], years: Sequence[int]
) -> list[tuple[Square | None, str, int]]:
    """The budget of an activity as (square, currency, cents)."""
    parts = shares(activity, areas, functions, years)
    return [
        (square, money.currency, cents)
        for money in activity.money
        if money.kind == "budget"
        for (square, _), cents in zip(parts, allocate(money.cents, [share for _, share in parts]), strict=True)
        if cents
    ]


def _countries(activity: Activity) -> list[tuple[str, float]]:
    """Countries with their shares; none when part of it may be elsewhere and nobody says how much."""
    stated = {one.country: one.percent for one in activity.countries if one.percent is not None}
    if stated:
        total = max(_WHOLE, sum(stated.values()))
        return [(country, percent / total) for country, percent in stated.items()]
    if activity.possible or not activity.countries:
        return []
    return [(one.country, 1 / len(activity.countries)) for one in activity.countries]


def _years(activity: Activity, years: Sequence[int]) -> list[tuple[int, float]]:
    """Years of the map with their share of the days; the days before and after it stay unplaced."""
    if activity.start is None or activity.end is None:
        return []
    whole = (activity.end - activity.start).days + 1
    found = []
    for year in years:
        first, last = max(activity.start, date(year, 1, 1)), min(activity.end, date(year, 12, 31))
        if first <= last:
            found.append((year, ((last - first).days + 1) / whole))
    return found
