"""Would a partner have reported? What decides between a gap and not knowing.

Invariants: reporting counts as complete only when every source declares it for that area, country and year, for each
of its parties that work in that area at all; and spending by a party that has no record in that country and year
overrules the declaration ("no record" was an active partner in about half of the high-need countries looked at).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from accord.coverage import places
from accord.coverage._tables import read_rows
from accord.coverage.classify.words import words
from accord.coverage.label import Labelled
from accord.coverage.plan import Plan, Reports, Source, Spending
from accord.coverage.read._values import money_in
from accord.coverage.read.organisations import one_name
from accord.errors import InputError

Bools = npt.NDArray[np.bool_]
Axes = tuple[Sequence[str], Sequence[str], Sequence[int]]  # areas, countries, years
_YEAR_IN_NAME = re.compile(r"(?<!\d)(20\d\d)(?!\d)")
_COUNTRY, _PARTY = ("iso3", "country", "code", "country_code"), ("entity", "agency", "party", "organisation", "partner")
_AMOUNT, _YEAR = ("amount", "spending", "expenses", "spent", "value"), ("year", "calendar_year")

# What the expense tables of the UN system call one body, and the bodies that report their projects under own names:
# as long as one of them has records in a country, the body is seen to report there.
SAME_BODY: Mapping[str, frozenset[str]] = {
    "un": frozenset(
        [
            *("ohchr", "ocha", "unoct", "undrr", "unep", "unctad", "unhabitat", "undco", "unrco", "undppa", "undesa"),
            *("uneca", "uneclac", "unece", "unescap", "unescwa", "unsmil", "binuh", "unmiss"),
        ]
    ),
    "undpo": frozenset({"unmiss", "unsmil", "unmas", "binuh"}),
    "who": frozenset({"paho"}),
}


@dataclass(frozen=True, slots=True)
class Spent:
    """One party's spending in one country and year, in USD."""

    party: str
    country: str
    year: int
    amount: float
    source: str


@dataclass(frozen=True, slots=True)
class Reporting:
    """For each (area, country, year): is reporting declared complete, and is there spending that contradicts it.

    `unseen` maps (country index, year index) to the spending without a record there; `relevant` maps a party's key to
    the area indices for which it counts.
    """

    declared: Bools
    contradicted: Bools
    unseen: Mapping[tuple[int, int], tuple[Spent, ...]] = field(default_factory=dict)
    relevant: Mapping[str, frozenset[int]] = field(default_factory=dict)

    @property
    def complete(self) -> Bools:
        """Where a missing record means that there was no activity."""
        return self.declared & ~self.contradicted


def party_key(name: str) -> str:
    """How two tables that write a body differently are matched: its one name, letters and digits in lower case.

    >>> party_key("UN-Habitat") == party_key("UN-HABITAT"), party_key("UNOCT/UNCCT")
    (True, 'unoct')
    """
    return "".join(words(one_name(name)).folded)


def read_spending(plan: Plan) -> list[Spent]:
    """Read every [[spending]] table; raises `InputError` when one has no country, party or amount."""
    return [spent for table in plan.spending for spent in _read(table)]


def _read(table: Spending) -> list[Spent]:
    year = table.year or (int(found[1]) if (found := _YEAR_IN_NAME.search(table.file.name)) else None)
    wanted = {party_key(party) for party in table.parties}
    rows = _json(table) if table.file.suffix == ".json" else _columns(table)
    found_rows = []
    for party, country, stated, amount in rows:
        code, when = places.country(country), stated or year
        if code and when and (not wanted or party_key(party) in wanted):
            found_rows.append(Spent(party, code, when, amount, table.name))
    return found_rows


def _json(table: Spending) -> list[tuple[str, str, int | None, float]]:
    try:
        data = json.loads(table.file.read_text(encoding="utf-8"))
        return [
            (str(party), str(row["iso3"]), None, float(amount))
            for row in data
            for party, amount in row["entities"].items()
        ]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(
            "coverage.spending",
            f"{table.file.name} is no table of spending per country and entity",
            'give [{"iso3": "KEN", "entities": {"UNODC": 1000.0}}], or a CSV with iso3, entity, year, amount',
        ) from error


def _columns(table: Spending) -> list[tuple[str, str, int | None, float]]:
    found = []
    for line, row in read_rows(table.file):
        country, party, amount, year = (
            next((row[name] for name in names if name in row), None) for names in (_COUNTRY, _PARTY, _AMOUNT, _YEAR)
        )
        if country is None or party is None or amount is None:
            raise InputError(
                "coverage.spending",
                f"{table.file.name}:{line}: the columns for country, entity or amount are missing",
                "name them iso3, entity, year, amount",
            )
        money = money_in(amount, "USD")
        when = int(year[:4]) if year and year[:4].isdigit() else None
        found.append((party, country, when, money.cents / 100 if money else 0.0))
    return found


def assess(
    plan: Plan,
    labelled: Sequence[Labelled],
    spending: Sequence[Spent],
    axes: Axes,
) -> Reporting:
    """Decide for each area, country and year whether a record would have been there."""
    areas, countries, years = axes
    worked: dict[str, set[int]] = {}
    of_source: dict[str, dict[str, set[int]]] = {}
    present: set[tuple[str, str, int]] = set()
    for one in labelled:
        numbers = {areas.index(area) for area in one.areas}
        sure, _ = one.activity.years(years)
        for partner in one.activity.partners:
            key = party_key(partner)
            worked.setdefault(key, set()).update(numbers)
            of_source.setdefault(one.activity.origin.source, {}).setdefault(key, set()).update(numbers)
            present.update((key, place.country, year) for place in one.activity.countries for year in sure)
    declared = np.ones((len(areas), len(countries), len(years)), dtype=bool)
    for source in plan.sources:
        declared &= _declared(source, of_source.get(source.name, {}), axes)
    if not plan.sources:
        declared[:] = False
    unseen: dict[tuple[int, int], list[Spent]] = {}
    relevant: dict[str, frozenset[int]] = {}
    contradicted = np.zeros_like(declared)
    at_country = {code: at for at, code in enumerate(countries)}
    for spent in spending:
        if spent.amount < plan.spending_at_least or spent.year not in years or spent.country not in at_country:
            continue
        key = party_key(spent.party)
        bodies = {key} | SAME_BODY.get(key, frozenset())
        if any((body, spent.country, spent.year) in present for body in bodies):
            continue
        numbers = set().union(*(worked.get(body, set()) for body in bodies))
        if not any(body in worked for body in bodies):
            numbers = set(range(len(areas)))  # never seen in a book: nobody can say what it works on
        if numbers:
            square = at_country[spent.country], years.index(spent.year)
            unseen.setdefault(square, []).append(spent)
            relevant[key] = frozenset(numbers)
            contradicted[sorted(numbers), square[0], square[1]] = True
    return Reporting(declared, contradicted, {square: tuple(found) for square, found in unseen.items()}, relevant)


def _declared(source: Source, parties: Mapping[str, set[int]], axes: Axes) -> Bools:
    areas, countries, years = axes
    shape = (len(areas), len(countries), len(years))
    if not source.reports:
        return np.zeros(shape, dtype=bool)
    everyone = np.zeros(shape, dtype=bool)
    named: dict[str, Bools] = {}
    for entry in source.reports:
        mask = _mask(entry, axes)
        if entry.party is None or (source.party and party_key(entry.party) == party_key(source.party)):
            everyone |= mask
        else:
            key = party_key(entry.party)
            named[key] = named.get(key, np.zeros(shape, dtype=bool)) | mask
    found = np.ones(shape, dtype=bool)
    if not named:
        return everyone
    for number in range(len(areas)):
        working = {key for key, numbers in parties.items() if number in numbers} | set(named)
        for key in working:
            found[number] &= everyone[number] | named.get(key, np.zeros(shape, dtype=bool))[number]
    return found


def _mask(entry: Reports, axes: Axes) -> Bools:
    areas, countries, years = axes
    in_area = np.array([entry.areas is None or area in entry.areas for area in areas])
    in_country = np.array([entry.countries is None or code in entry.countries for code in countries])
    in_year = np.array([entry.years is None or year in entry.years for year in years])
    return np.asarray(in_area[:, None, None] & in_country[None, :, None] & in_year[None, None, :])
