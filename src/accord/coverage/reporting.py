"""Would a partner have reported? The chance that somebody works in a square although no record says so.

Invariants: a gap is possible only where every source declares its reporting for that area, country and year, for each
of its parties that work in the area; a declaration is a claim, which spending without records wears down; a year
without a table of spending is judged by the nearest year that has one, never by a declaration alone; a book without a
single record of a year says nothing about that year, unless its declaration names it, and neither does a party of the
accord or of the plan that stands in no book and no table; a book that has many records in its usual country and none of
any kind in one says nothing about that country, unless its declaration names it.

Method. For each body and year, P(reported | active) is the share of the countries with spending in which the body has
a record, shrunk towards its source's share; a declaration counts as `CLAIM` countries seen, `DECLARED` of them with a
record. Where a body has records, it is the money that they state over the money spent. P(active) is 1 where it
spent; where it did not, it follows from how often bodies have records outside the countries of their spending. A body
that is in no book reports nothing: then the areas of its mandate are in doubt wherever it may be. The doubts of all
bodies combine as independent chances.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from accord.coverage._books import Books
from accord.coverage.label import Labelled
from accord.coverage.plan import Plan, Reports, Source
from accord.coverage.spending import MANDATES, SAME_BODY, Spent, party_key

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Axes = tuple[Sequence[str], Sequence[str], Sequence[int]]  # areas, countries, years

DECLARED = 0.95  # what a declaration of complete reporting is worth when nothing else is known
CLAIM = 10.0  # and how many countries with spending weigh as much as the declaration
STAYS = 0.94  # of the bodies that spent 100,000 USD in a country, this share does so a year later (UN, 2022 to 2024)
LITTLE = 0.5  # P(active) where a body spent something, but less than `spending_at_least`
_SEEN_IN = 5  # countries with spending that a body needs before others are judged by it


@dataclass(frozen=True, slots=True)
class Seen:
    """How completely a body is seen to report in a year: countries with spending, with a record as well, with a record
    only; `reported` is P(reported | active); `judged_by` is the year of the table used, None without one."""

    party: str
    year: int
    spent_in: int
    recorded_too: int
    recorded_only: int
    reported: float
    judged_by: int | None = None


@dataclass(frozen=True, slots=True)
class Reporting:
    """For each (area, country, year): is reporting declared, and how likely is work that no record shows.

    `silent` names, for each year index, the sources and parties that say nothing about that year, with the indices of
    the areas concerned. `doubt` is that chance, 0 to 1; `doubters` the body that adds most to it (index into `parties`,
    -1 nobody).
    `unseen` maps (country index, year index) to the spending without a record there; `works` maps a party's key to the
    chance, for each area, that it works on it where it is active; `seen` maps (party, year)
    to how completely that body reports; `absent` maps a country's index to the books that have no record of any kind
    there, though they have many in other countries.
    """

    declared: Bools
    doubt: Floats
    at_most: float
    doubters: npt.NDArray[np.int16]
    parties: tuple[str, ...] = ()
    unseen: Mapping[tuple[int, int], tuple[Spent, ...]] = field(default_factory=dict)
    works: Mapping[str, Floats] = field(default_factory=dict)
    seen: Mapping[tuple[str, int], Seen] = field(default_factory=dict)
    silent: Mapping[int, Mapping[str, frozenset[int]]] = field(default_factory=dict)
    absent: Mapping[int, tuple[str, ...]] = field(default_factory=dict)

    @property
    def complete(self) -> Bools:
        """Where a missing record means that there was no activity."""
        return self.declared & (self.doubt <= self.at_most)


def assess(
    plan: Plan,
    labelled: Sequence[Labelled],
    spending: Sequence[Spent],
    axes: Axes,
    parties: Sequence[str] = (),
) -> Reporting:
    """Decide for each area, country and year whether a record would have been there; `parties` are the accord's."""
    books = Books(labelled, axes)
    declared = np.full(tuple(map(len, axes)), bool(plan.sources))
    for source in plan.sources:
        declared &= _declared(source, books.of_source.get(source.name, {}), axes)
    evidence = _Evidence(plan, books, spending, axes)
    absent = _absent(plan, books, axes[1])
    declared[:, list(absent)] = False
    silent = _silent(plan, books, {*evidence.tables}, axes, parties)
    for year, names in silent.items():
        for numbers in names.values():
            declared[sorted(numbers), :, year] = False
    certain = np.ones(declared.shape)
    most = np.zeros(declared.shape)
    doubters = np.full(declared.shape, -1, dtype=np.int16)
    for number, party in enumerate(evidence.parties):
        doubt = evidence.doubt(party)
        certain *= 1 - doubt
        doubters[doubt > most] = number
        np.maximum(most, doubt, out=most)
    return Reporting(
        declared=declared,
        doubt=1 - certain,
        at_most=plan.doubt_at_most,
        doubters=doubters,
        parties=tuple(evidence.names[party] for party in evidence.parties),
        unseen=evidence.unseen,
        works={party: evidence.works(party) for party in evidence.parties},
        seen={(one.party, one.year): one for one in evidence.seen},
        silent=silent,
        absent=absent,
    )


def _absent(plan: Plan, books: Books, countries: Sequence[str]) -> dict[int, tuple[str, ...]]:
    """The sources that say nothing about a country: country index -> names.

    A book that has many records elsewhere and not one of any kind there, unless its declaration names the country. A
    summary shows squares and not the book, so none is missing from it.
    """
    found: dict[int, tuple[str, ...]] = {}
    for source in plan.sources:
        if source.format != "summary":
            named = {code for entry in source.reports for code in entry.countries or ()}
            for row in books.absent(source.name):
                if countries[row] not in named:
                    found[row] = (*found.get(row, ()), source.name)
    return found


def _silent(
    plan: Plan, books: Books, in_tables: set[str], axes: Axes, parties: Sequence[str]
) -> dict[int, dict[str, frozenset[int]]]:
    """Who says nothing about a year: year index -> name -> indices of the areas concerned.

    A source whose book has no record of that year, unless its declaration names the year; and a party of the accord or
    the plan, in no table of spending, without a record of that year: for one, nobody can tell whether it did nothing or
    reported nothing.
    """
    areas, _, years = axes
    every = frozenset(range(len(areas)))
    mandates = {body.name: frozenset(at for at in every if areas[at] in body.areas) for body in plan.parties}
    expected = {**dict.fromkeys(parties, every), **mandates}
    found: dict[int, dict[str, frozenset[int]]] = {}
    for year in range(len(years)):
        silent = {
            source.name: every
            for source in plan.sources
            if not any(entry.years and years[year] in entry.years for entry in source.reports)
            and year not in books.years_of.get(source.name, ())
        }
        for name, concerned in expected.items():
            key = party_key(name)
            bodies = {key} | SAME_BODY.get(key, frozenset())
            if not bodies & in_tables and not any(year in books.years_by.get(body, ()) for body in bodies):
                silent[name] = concerned
        if silent:
            found[year] = silent
    return found


class _Evidence:
    """What spending says of each party beside its records."""

    def __init__(self, plan: Plan, books: Books, spending: Sequence[Spent], axes: Axes) -> None:
        self.areas, self.countries, self.years = axes
        self.books, self.least = books, plan.spending_at_least
        self.names = dict(books.names)
        self.said = {party_key(one.name): one.areas for one in plan.parties}
        self.tables: dict[str, dict[int, Floats]] = {}
        at_country = {code: at for at, code in enumerate(self.countries)}
        self.table_years = sorted({spent.year for spent in spending})
        for spent in spending:
            key = party_key(spent.party)
            self.names.setdefault(key, spent.party)
            by_year = self.tables.setdefault(key, {})
            if spent.country in at_country:
                row = by_year.setdefault(spent.year, np.zeros(len(self.countries)))
                row[at_country[spent.country]] += spent.amount
        self._present_in = {key: self._presence(key) for key in {*books.present, *self.tables}}
        self.parties = sorted(key for key in self._present_in if self.works(key).any())
        self.unseen = self._unseen(spending)
        self._counts = {(key, year): self._count(key, year) for key in self._present_in for year in self.table_years}
        self._ratio = self._outside()
        self.seen: list[Seen] = []

    def _presence(self, key: str) -> Bools:
        """(countries, years): has the body, or one that it reports under another name, a record there."""
        found = np.zeros((len(self.countries), len(self.years)), dtype=bool)
        for body in {key} | SAME_BODY.get(key, frozenset()):
            if body in self.books.present:
                found |= self.books.present[body]
        return found

    def works(self, key: str) -> Floats:
        """The chance, for each area, that the body works on it in a country where it is active.

        The share of its records, one record without the area added; an area it never worked on is 0. Of a body in no
        book its mandate says so, else all areas are 1.
        """
        bodies = [body for body in {key} | SAME_BODY.get(key, frozenset()) if body in self.books.worked]
        allowed = self.said.get(key, MANDATES.get(key) if not bodies else None)
        mandate = np.array([allowed is None or area in allowed for area in self.areas], dtype=float)
        if not bodies:
            return mandate
        worked = sum((self.books.worked[body] for body in bodies), Counter[int]())
        share: Floats = np.array([worked[at] / (worked[-1] + 1) for at in range(len(self.areas))])
        return np.asarray(share * mandate)

    def _unseen(self, spending: Sequence[Spent]) -> dict[tuple[int, int], tuple[Spent, ...]]:
        found: dict[tuple[int, int], list[Spent]] = {}
        at_country = {code: at for at, code in enumerate(self.countries)}
        for spent in spending:
            if spent.amount < self.least or spent.year not in self.years or spent.country not in at_country:
                continue
            square = at_country[spent.country], spent.year - self.years[0]
            if not self._present_in[party_key(spent.party)][square]:
                found.setdefault(square, []).append(spent)
        return {square: tuple(some) for square, some in found.items()}

    def _count(self, key: str, year: int) -> tuple[int, int, int]:
        """Countries with spending, with a record as well, with a record only, in a year that has a table."""
        spent = self._spent(key, year) >= self.least
        if year not in self.years:
            return int(spent.sum()), 0, 0
        there = self._present_in[key][:, year - self.years[0]]
        return int(spent.sum()), int((spent & there).sum()), int((there & ~spent).sum())

    def _spent(self, key: str, year: int) -> Floats:
        return self.tables.get(key, {}).get(year, np.zeros(len(self.countries)))

    def _outside(self) -> float:
        """Records outside the countries of spending per record inside: what nine of ten bodies stay under."""
        ratios = [
            only / both
            for (_, year), (spent, both, only) in self._counts.items()
            if year in self.years and spent >= _SEEN_IN and both
        ]
        return float(np.quantile(ratios, 0.9)) if ratios else 1.0

    def nearest(self, key: str, year: int) -> int | None:
        """The year of the table that judges a year; None for a body in no table."""
        if key not in self.tables:
            return None
        within = [one for one in self.table_years if one in self.years] or self.table_years
        return min(within, key=lambda one: (abs(one - year), one))

    def reported(self, key: str, year: int) -> float:
        """P(reported | active) of a body in a year; 0 for a body in no book, under its own name or another."""
        bodies = [body for body in (key, *sorted(SAME_BODY.get(key, ()))) if body in self.books.source_of]
        if not bodies:
            return 0.0
        source = self.books.source_of[bodies[0]]
        peers = [peer for peer in self.books.of_source.get(source, {}) if peer in self.tables]
        judge = self._judge(year)
        if judge is None or not (peers or key in self.tables):
            return DECLARED
        spent, both = (sum(self._counts[peer, judge][at] for peer in peers) for at in (0, 1))
        usual = (CLAIM * DECLARED + both) / (CLAIM + spent) * self._lag(source, year, judge)
        if key not in self.tables:
            return float(usual)
        spent, both, _ = self._counts[key, judge]
        return float((CLAIM * usual + both * self._lag(source, year, judge)) / (CLAIM + spent))

    def _judge(self, year: int) -> int | None:
        within = [one for one in self.table_years if one in self.years]
        return min(within, key=lambda one: (abs(one - year), one)) if within else None

    def _lag(self, source: str, year: int, judge: int) -> float:
        """Less than 1 where a source has fewer (body, country) with records than in the year that judges it."""
        if year == judge:
            return 1.0
        present = [self.books.present[key] for key in self.books.of_source.get(source, {})]
        here, there = (sum(int(one[:, at - self.years[0]].sum()) for one in present) for at in (year, judge))
        return min(1.0, here / there) if there else 1.0

    def doubt(self, key: str) -> Floats:
        """(areas, countries, years): the chance that this body works there and no record says so."""
        works = self.works(key)[:, None]
        found = np.zeros((len(self.areas), len(self.countries), len(self.years)))
        for column, year in enumerate(self.years):
            active, reported = self._active_and_reported(key, year)
            hidden = works * active * (1 - reported)
            found[:, :, column] = hidden / (hidden + 1 - works * active + 1e-12)
        return found

    def _active_and_reported(self, key: str, year: int) -> tuple[Floats, Floats]:
        """(countries,) each: P(active) and P(reported | active, where it is)."""
        there = self._present_in[key][:, year - self.years[0]]
        usual, judge = self.reported(key, year), self.nearest(key, year)
        spent_in, both, only = self._counts.get((key, judge), (0, 0, 0)) if judge is not None else (0, 0, 0)
        self.seen.append(Seen(self.names[key], year, spent_in, both, only, usual, judge))
        reported = np.full(len(self.countries), usual)
        if judge is None:
            active = np.full(len(self.countries), min(1.0, there.sum() / len(there) / max(usual, 0.01)))
            reported[there] = DECLARED
        else:
            spent = self._spent(key, judge)
            stays = STAYS ** abs(year - judge)
            outside = max(1, int((spent < self.least).sum()))
            elsewhere = only / max(usual, 0.01) if usual else spent_in * self._ratio
            active = np.full(len(self.countries), min(1.0, elsewhere / outside))
            active = np.maximum(active, np.where(spent > 0, LITTLE * stays, 0.0))
            active = np.where(spent >= self.least, stays, active)
            judged = self._present_in[key][:, judge - self.years[0]] if judge in self.years else there
            reported[(spent >= self.least) & ~judged] = 0.0
            reported[there] = self._within(key, spent, year)[there]
        active[there] = 1.0
        return active, reported

    def _within(self, key: str, spent: Floats, year: int) -> Floats:
        """Where a body has records: the money they state over the money spent, at most `DECLARED`."""
        stated = sum(
            (self.books.money[body][:, year - self.years[0]] for body in {key} | SAME_BODY.get(key, frozenset())
             if body in self.books.money),
            np.zeros(len(self.countries)),
        )  # fmt: skip
        known = (stated > 0) & (spent >= self.least)
        return np.where(known, np.minimum(DECLARED, stated / np.where(known, spent, 1.0)), DECLARED)


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
