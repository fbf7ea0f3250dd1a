"""Why a square has its state, and what would change it: each as a key of the catalogue with its values.

Invariant: every square has both, and what is said follows from the grid alone, so that a row, a page and a workbook
say the same in each language.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from accord.coverage.cells import COVERED, GAP, NOT_NEEDED, OVERLAPPING, Grid
from accord.coverage.spending import Spent, party_key
from accord.coverage.words import Words

_SHARES, _NUMBERS = ("doubt", "reported"), ("low", "high", "limit")
# the strongest reason first
OPEN = ("absent", "spent", "spent-evenly", "possible", "undeclared", "silent", "doubt", "need-unknown", "need-wide")


@dataclass(frozen=True, slots=True)
class Reason:
    """One sentence: its key, and the values that it takes."""

    key: str
    values: Mapping[str, object] = field(default_factory=dict)

    def text(self, words: Words, section: str) -> str:
        """The sentence in a language; `section` is `why` or `settle`."""
        return words(f"{section}.{self.key}", **{name: self._said(words, name) for name in self.values})

    def _said(self, words: Words, name: str) -> object:
        value = self.values[name]
        if name in _SHARES:
            return words.percent(float(str(value)))
        if name in _NUMBERS:
            return words.number(float(str(value)), 2)
        if name == "amount":
            return words.dollars(float(str(value)))
        if name == "mandates" and isinstance(value, tuple):
            return "; ".join(f"{partner} {words(f'mandate.{function}')}" for partner, function in value)
        return words(f"area.{value}") if name == "area" else value


def open_reason(grid: Grid, cell: int) -> Reason:
    """What keeps a square without records from being known, the strongest reason first; its values serve both texts."""
    area, country, _, year = grid.at(cell)
    absent = grid.reporting.absent.get(country)
    if absent and not grid.reporting.complete[area, country, year]:
        return Reason("absent", {"sources": ", ".join(absent)})
    if spent := spent_unseen(grid, area, country, year):
        first = spent[0]
        values = {"party": first.party, "amount": first.amount, "year": first.year}
        return Reason("spent-evenly", {**values, "others": first.same_in}) if first.same_in else Reason("spent", values)
    if len(possible := grid.possible.of(cell)):
        one = grid.labelled[int(possible[0])].activity
        return Reason("possible", {"party": one.partners[0], "record": one.id})
    if not grid.reporting.declared[area, country, year]:
        silent = [name for name, areas in grid.reporting.silent.get(year, {}).items() if area in areas]
        if silent and not _unclaimed(grid, area, country, year):
            return Reason("silent", {"sources": ", ".join(silent), "year": grid.years[year]})
        return Reason("undeclared", {"sources": ", ".join(undeclared(grid, area, country, year))})
    if not grid.reporting.complete[area, country, year]:
        number = int(grid.reporting.doubters[area, country, year])
        party = grid.reporting.parties[number]
        reported = grid.reporting.seen[party, grid.years[year]].reported
        doubt = float(grid.reporting.doubt[area, country, year])
        return Reason("doubt", {"party": party, "doubt": doubt, "reported": reported})
    if not grid.need.known[area, country]:
        return Reason("need-unknown", {"area": grid.areas[area]})
    low, high = grid.need.low[area, country], grid.need.high[area, country]
    return Reason("need-wide", {"low": low, "high": high, "limit": grid.plan.need_at_least})


def settle(grid: Grid, cell: int) -> Reason:
    """What would change the state of a square."""
    state = int(grid.state[cell])
    if state == COVERED:
        return Reason("covered", {"record": grid.labelled[int(grid.sure.of(cell)[0])].activity.id})
    if state == OVERLAPPING:
        return Reason("overlapping")
    if state == GAP:
        return Reason("gap")
    if state == NOT_NEEDED:
        return Reason("not-needed", {"limit": grid.plan.need_at_least})
    return open_reason(grid, cell)


def undeclared(grid: Grid, area: int, country: int, year: int) -> list[str]:
    """The sources that do not declare this area, country and year; all of them when each declares a part only."""
    return _unclaimed(grid, area, country, year) or [one.name for one in grid.plan.sources]


def _unclaimed(grid: Grid, area: int, country: int, year: int) -> list[str]:
    """The sources none of whose declarations takes in this area, country and year."""
    at = grid.areas[area], grid.countries[country], grid.years[year]
    return [one.name for one in grid.plan.sources if not any(entry.covers(*at) for entry in one.reports)]


def spent_unseen(grid: Grid, area: int, country: int, year: int) -> list[Spent]:
    """Who spent in this country and year without a record there: who works most on the area first, then who spent."""
    works = grid.reporting.works
    found = [
        (float(works[party_key(spent.party)][area]), spent)
        for spent in grid.reporting.unseen.get((country, year), ())
        if party_key(spent.party) in works and works[party_key(spent.party)][area] > 0
    ]
    return [spent for _, spent in sorted(found, key=lambda pair: (-pair[0], -pair[1].amount, pair[1].party))]
