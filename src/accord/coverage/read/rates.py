"""Amounts in one currency, by a dated table of exchange rates that the user supplies.

The table is CSV or XLSX with the columns `date`, `from`, `to`, `rate`: on that day one unit of `from` was `rate` units
of `to`. A day, a month ("2024-03") or a year may be given; a month and a year hold from their first day. Method: the
newest rate on or before the day of the amount, at most `_OLDEST_DAYS` old, as it stands or turned round; no chains over
a third currency. Invariants: what is given stays with the amount; without a rate nothing is converted, and that is
told; half a cent goes to the even cent.

>>> rates = Rates({("EUR", "USD"): [(date(2024, 1, 1), Decimal("1.10"))]})
>>> found = rates.convert(Money(1000, "EUR", valued=date(2024, 2, 1)), "USD")
>>> (found.cents, found.currency, found.given) if found else None
(1100, 'USD', (1000, 'EUR'))
>>> rates.convert(Money(1000, "CHF", valued=date(2024, 2, 1)), "USD") is None
True
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation
from pathlib import Path

from accord.coverage._tables import read_rows
from accord.coverage.activity import Activity, Money
from accord.coverage.read import _values
from accord.errors import InputError, Problem

_COLUMNS = ("date", "from", "to", "rate")
_OLDEST_DAYS = 400  # a table of yearly rates reaches over its year and a little more


@dataclass(frozen=True, slots=True)
class Rates:
    """Rates by pair of currencies, each list by day."""

    pairs: Mapping[tuple[str, str], list[tuple[date, Decimal]]]

    def convert(self, money: Money, into: str, on: date | None = None) -> Money | None:
        """The amount in another currency; None where no rate holds. `on` is the day where the amount has none."""
        if money.currency == into:
            return money
        day = money.valued or money.start or on
        rate = self._rate(money.currency, into, day) if day else None
        if rate is None:
            return None
        cents = int((money.cents * rate).to_integral_value(ROUND_HALF_EVEN))
        return replace(money, cents=cents, currency=into, given=(money.cents, money.currency))

    def _rate(self, currency: str, into: str, day: date) -> Decimal | None:
        direct, back = self._newest(currency, into, day), self._newest(into, currency, day)
        if direct and (not back or direct[0] >= back[0]):
            return direct[1]
        return 1 / back[1] if back else None

    def _newest(self, currency: str, into: str, day: date) -> tuple[date, Decimal] | None:
        known = self.pairs.get((currency, into), [])
        at = bisect_right(known, day, key=lambda rate: rate[0])
        found = known[at - 1] if at else None
        return found if found and (day - found[0]).days <= _OLDEST_DAYS else None


def read_rates(path: Path) -> Rates:
    """Read a table of rates; raises `InputError` (`coverage.rates`) with every line that is none."""
    pairs: dict[tuple[str, str], list[tuple[date, Decimal]]] = {}
    problems = []
    for line, row in read_rows(path):
        plain = {name.strip().lower(): value.strip() for name, value in row.items()}
        if absent := [column for column in _COLUMNS if column not in plain]:
            message = f"{path.name} is no table of rates: it lacks {', '.join(absent)}"
            raise InputError("coverage.rates", message, f"its columns are {', '.join(_COLUMNS)}")
        day, rate = _values.first_day(plain["date"]), _positive(plain["rate"])
        if day is None or rate is None or not (plain["from"] and plain["to"]):
            message, remedy = "the line is no rate", "write such as 2024-01-31,EUR,USD,1.0837"
            problems.append(Problem("coverage.rates", message, remedy, path.name, line))
        else:
            pairs.setdefault((plain["from"].upper(), plain["to"].upper()), []).append((day, rate))
    if problems:
        raise InputError("coverage.rates", f"{len(problems)} line(s) are no rates", "mend them", problems)
    return Rates({pair: sorted(known) for pair, known in pairs.items()})


def _positive(text: str) -> Decimal | None:
    try:
        rate = Decimal(text.replace(",", ".") if "." not in text else text)
    except InvalidOperation:
        return None
    return rate if rate.is_finite() and rate > 0 else None


def convert_all(activities: list[Activity], rates: Rates, into: str) -> tuple[list[Activity], list[Problem]]:
    """Every amount in one currency where a rate holds; one problem per currency and file that has none."""
    found = []
    without: dict[tuple[str, str], int] = {}
    for activity in activities:
        amounts = []
        for money in activity.money:
            changed = rates.convert(money, into, activity.start)
            if changed is None:
                key = (activity.origin.file, money.currency or "no currency stated")
                without[key] = without.get(key, 0) + 1
            amounts.append(changed or money)
        found.append(replace(activity, money=tuple(amounts)) if activity.money else activity)
    problems = [
        Problem(
            "coverage.no-rate",
            f"{count} amount(s) in {currency} stay as given: no rate into {into} holds on their day",
            "add lines to the table of rates",
            file,
        )
        for (file, currency), count in without.items()
    ]
    return found, problems
