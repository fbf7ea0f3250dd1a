"""Who spent what in which country: evidence that a body was active, whether or not it recorded anything.

Invariants: a table that cannot be used is an error, never an empty table; an amount such as 250.000 is read as the
others of its table are written, and where none says which, the table cannot be used; a row without a country, a party
or an amount that is known is passed over; the year stands in the row, in the plan or in the file's name.

>>> party_key("UN-Habitat") == party_key("UN-HABITAT"), party_key("UNOCT/UNCCT")
(True, 'unoct')
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache

from accord.coverage import places
from accord.coverage._tables import read_rows
from accord.coverage.classify.words import words
from accord.coverage.plan import Plan, Spending
from accord.coverage.read._values import is_ambiguous, money_in, points_group
from accord.coverage.read.organisations import one_name
from accord.errors import InputError

_ROUND = 1000  # USD: the same multiple of it in two countries may be two budgets
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

# Bodies that are in no activity book, by their public mandates: the crime areas that they may work on. A body that is
# neither here, nor in a book, nor in a [[party]] of the plan may work on any area.
MANDATES: Mapping[str, frozenset[str]] = {
    **dict.fromkeys(
        ("upu", "wfp", "wmo", "unu", "uncdf", "itc", "unv", "unrwa", "untourism", "unwto", "wipo", "ifad", "icc"),
        frozenset(),
    ),
    "icao": frozenset({"terrorism", "foreign-terrorist-fighters"}),
    "opcw": frozenset({"terrorism", "explosives"}),
    "undpo": frozenset({"organised-crime", "firearms", "terrorism", "violent-extremism", "explosives"}),
}


@dataclass(frozen=True, slots=True)
class Spent:
    """One party's spending in one country and year, in USD.

    `same_in`: in how many other countries the very same amount is booked for the party and year. But for round amounts
    that is no chance: a cost of several countries was split evenly, which does not show work in each.
    """

    party: str
    country: str
    year: int
    amount: float
    source: str
    same_in: int = 0


@cache
def party_key(name: str) -> str:
    """How two tables that write a body differently are matched: its one name, letters and digits in lower case."""
    return "".join(words(one_name(name)).folded)


def read_spending(plan: Plan) -> list[Spent]:
    """Read every [[spending]] table; raises `InputError` when one has no country, party or amount."""
    found = [spent for table in plan.spending for spent in _read(table)]
    countries = Counter(booked for booked, _ in {(_booked(one), one.country) for one in found})
    return [replace(one, same_in=countries[_booked(one)] - 1) if one.amount % _ROUND else one for one in found]


def _booked(one: Spent) -> tuple[str, int, float]:
    return party_key(one.party), one.year, one.amount


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
    lines = [(line, *_cells(table, line, row)) for line, row in read_rows(table.file)]
    grouped = points_group([amount for *_, amount in lines])
    found = []
    for line, party, country, year, amount in lines:
        if grouped is None and is_ambiguous(amount):
            raise InputError(
                "coverage.spending",
                f"{table.file.name}:{line}: the amount is thousands or a fraction (as 250.000), no other says which",
                "write the amounts as 250000 or 250.00",
            )
        money = money_in(amount, "USD", grouped=bool(grouped))
        found.append((party, country, year, money.cents / 100 if money else 0.0))
    return found


def _cells(table: Spending, line: int, row: Mapping[str, str]) -> tuple[str, str, int | None, str]:
    """Party, country, year and amount as a line writes them."""
    party, country, amount, year = (
        next((row[name] for name in names if name in row), None) for names in (_PARTY, _COUNTRY, _AMOUNT, _YEAR)
    )
    if party is None or country is None or amount is None:
        raise InputError(
            "coverage.spending",
            f"{table.file.name}:{line}: the columns for country, entity or amount are missing",
            "name them iso3, entity, year, amount",
        )
    return party, country, int(year[:4]) if year and year[:4].isdigit() else None, amount
