"""What the activity books say of each party: where it has records, on which areas, with how much money.

Invariants: only what a record states for sure counts as a place or a year; a party is known by its key
(`spending.party_key`), whatever its books call it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from statistics import median

import numpy as np
import numpy.typing as npt

from accord.coverage.label import Labelled
from accord.coverage.spending import party_key

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Axes = tuple[Sequence[str], Sequence[str], Sequence[int]]  # areas, countries, years

_MANY = 10  # records in its usual country from which a book would have some wherever it is kept


class Books:
    """What the activity books say of each party: where it has records, on which areas, with how much money."""

    def __init__(self, labelled: Sequence[Labelled], axes: Axes) -> None:
        areas, countries, years = axes
        self.names: dict[str, str] = {}
        self.source_of: dict[str, str] = {}
        self.of_source: dict[str, dict[str, set[int]]] = {}
        self.present: dict[str, Bools] = {}
        self.money: dict[str, Floats] = {}
        self.worked: dict[str, Counter[int]] = {}
        self.years_of: dict[str, set[int]] = {}  # source -> the years of which it has a record, wherever that was
        self.years_by: dict[str, set[int]] = {}  # party -> the same
        self.records_in = {one.activity.origin.source: [0] * len(countries) for one in labelled}
        at_area = {area: at for at, area in enumerate(areas)}
        at_country = {code: at for at, code in enumerate(countries)}
        shape = len(countries), len(years)
        for one in labelled:
            numbers = {at_area[area] for area in one.areas}
            activity = one.activity
            rows = [at_country[place.country] for place in activity.countries]
            columns = [year - years[0] for year in activity.years(years)[0]]
            stated = _dollars_a_year(one) / max(1, len(rows)) / len(activity.partners)
            self.years_of.setdefault(activity.origin.source, set()).update(columns)
            for row in rows:
                self.records_in[activity.origin.source][row] += 1
            for partner in activity.partners:
                key = party_key(partner)
                self.years_by.setdefault(key, set()).update(columns)
                self.names.setdefault(key, partner)
                self.source_of.setdefault(key, activity.origin.source)
                self.of_source.setdefault(activity.origin.source, {}).setdefault(key, set()).update(numbers)
                if key not in self.present:
                    self.present[key], self.money[key] = np.zeros(shape, dtype=bool), np.zeros(shape)
                    self.worked[key] = Counter()
                present, money = self.present[key], self.money[key]
                for row in rows:
                    for column in columns:
                        present[row, column] = True
                        if stated:
                            money[row, column] += stated
                worked = self.worked[key]
                for number in numbers:
                    worked[number] += 1
                worked[-1] += 1

    def absent(self, source: str) -> list[int]:
        """Indices of the countries where a source has no record, of any area and year, though it usually has many."""
        records = self.records_in.get(source, [])
        if median([count for count in records if count] or [0]) < _MANY:
            return []
        return [row for row, count in enumerate(records) if not count]


def _dollars_a_year(one: Labelled) -> float:
    activity = one.activity
    cents = sum(money.cents for money in activity.money if money.kind == "budget" and money.currency in ("USD", ""))
    if not cents or activity.start is None or activity.end is None:
        return 0.0
    return cents / 100 / (activity.end.year - activity.start.year + 1)
