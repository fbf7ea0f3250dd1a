"""One activity of a partner, as its book states it, with where it was read.

Invariants: what the book does not state stays unstated (no country, no year and no function is ever guessed);
`countries` are certain, `possible` are places where it may be ("West Africa", "116 countries, not named");
money is whole cents in the currency given.

>>> activity = Activity("P1", ("UNODC",), "Training", start=date(2023, 5, 1), end=date(2024, 2, 1))
>>> activity.years(range(2022, 2026))
((2023, 2024), ())
>>> Activity("P2", ("UNODC",), "No dates").years(range(2022, 2024))
((), (2022, 2023))
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

_FINE = 1 << 40  # steps in which shares are weighed against the largest


@dataclass(frozen=True, slots=True)
class Money:
    """An amount as stated: `cents` (hundredths) of `currency`, `kind` is `budget` or `spent`.

    `start` and `end` are the days that the amount is for, where the book says so; `valued` is the day whose exchange
    rate holds for it. `given` is what the book states, where `cents` and `currency` are a conversion of it.
    """

    cents: int
    currency: str
    kind: str = "budget"
    start: date | None = None
    end: date | None = None
    valued: date | None = None
    given: tuple[int, str] | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """A country (alpha-3) and the share of the activity stated for it, in percent; None when no share is stated."""

    country: str
    percent: float | None = None


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a record was read: the source's name, its file and the line or the position in it."""

    source: str
    file: str
    line: int | None = None
    url: str = ""


@dataclass(frozen=True, slots=True)
class Activity:
    """A project, operation or training of one or more partners.

    `partners` are those whose own record this is (two or more: a declared joint project); `joint_with` are others that
    the record names. `areas` and `functions` are only what the book itself states; `area_shares` and
    `function_shares` are the percentages that it states for some of them. `parents` and `children` are ids of records
    whose money contains this one's, or is contained in it; `same_as` are other partners' records of the same work.
    """

    id: str
    partners: tuple[str, ...]
    title: str
    description: str = ""
    context: str = ""
    areas: tuple[str, ...] = ()
    functions: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    countries: tuple[Place, ...] = ()
    possible: frozenset[str] = frozenset()
    start: date | None = None
    end: date | None = None
    money: tuple[Money, ...] = ()
    joint_with: tuple[str, ...] = ()
    beneficiaries: tuple[str, ...] = ()
    parents: tuple[str, ...] = ()
    children: tuple[str, ...] = ()
    same_as: tuple[str, ...] = ()
    area_shares: tuple[tuple[str, float], ...] = ()
    function_shares: tuple[tuple[str, float], ...] = ()
    updated: str = ""
    origin: Origin = field(default_factory=lambda: Origin("", ""))

    def years(self, period: Sequence[int]) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """The years of the period in which it surely ran, and those in which it may have run.

        With both dates every year between is sure. With one date only that year is; later ones (earlier ones) are
        possible, because nobody wrote when it ended (began). Without dates every year is possible.
        """
        first = self.start.year if self.start else None
        last = self.end.year if self.end else None
        if first is not None and last is not None:
            return tuple(year for year in period if first <= year <= last), ()
        if first is not None:
            return tuple(year for year in period if year == first), tuple(year for year in period if year > first)
        if last is not None:
            return tuple(year for year in period if year == last), tuple(year for year in period if year < last)
        return (), tuple(period)


def allocate(cents: int, shares: Sequence[float]) -> list[int]:
    """Split whole cents by shares so that the parts add up to the whole, to the cent (largest remainder).

    `shares` are non-negative and need not sum to 1; all zero means equal parts. Ties go to the earlier part, so that
    the same input always splits the same way. No shares: nothing to split, an empty list. All in whole numbers, so
    that it holds for any amount.

    >>> allocate(100, [1, 1, 1])
    [34, 33, 33]
    >>> sum(allocate(-7, [0.2, 0.3, 0.5]))
    -7
    """
    if not shares:
        return []
    largest = max(shares)
    weights = [round(share / largest * _FINE) for share in shares] if largest > 0 else [1] * len(shares)
    total = sum(weights)
    sign, whole = (-1, -cents) if cents < 0 else (1, cents)
    parts = [whole * weight // total for weight in weights]
    order = sorted(range(len(parts)), key=lambda at: (-(whole * weights[at] % total), at))
    for at in order[: whole - sum(parts)]:
        parts[at] += 1
    return [sign * part for part in parts]
