"""A party's own cell summary: which squares it works in, without a word of its activity book.

Two parties that may not show each other their books exchange these instead. Invariants: a summary holds squares and,
where the accord lets it, the number of records in each; never an id, a title, a date or an amount; nothing is made for
a partner without a `Permit` for exactly that detail (a clause on `summaryStates`, `summaryCounts` of `Activity`); a
signed summary is read only with the signature of the party that it speaks for.

>>> parse(Summary("unit-a", "counts", (2024,), ((("drugs", "KEN", "legal", 2024), 3),)).to_bytes()).squares
((('drugs', 'KEN', 'legal', 2024), 3),)
"""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from accord.arrangement import Accord, Action, Permit, Refusal, Request, decide
from accord.coverage import places
from accord.coverage.cells import Grid, footprints
from accord.coverage.classify import AREAS, FUNCTIONS
from accord.coverage.spending import party_key
from accord.errors import InputError, UsageError
from accord.ledger import canonical

TYPE = "application/vnd.accord.coverage-summary+json"
DETAILS = ("states", "counts")
_PROPERTIES = {"states": ("summaryStates",), "counts": ("summaryStates", "summaryCounts")}
_MOST_SQUARES = 1_000_000
Square = tuple[str, str, str, int]  # area, country, function, year


@dataclass(frozen=True, slots=True)
class Summary:
    """The squares in which a party has records; `possible` those in which one may be. Counts are 1 for `states`."""

    party: str
    detail: str
    years: tuple[int, ...]
    squares: tuple[tuple[Square, int], ...]
    possible: tuple[Square, ...] = ()

    def to_bytes(self) -> bytes:
        """Canonical JSON; the same summary gives the same bytes."""
        return canonical(
            {
                "kind": TYPE,
                "version": 1,
                "party": self.party,
                "detail": self.detail,
                "years": list(self.years),
                "squares": [[*square, count] for square, count in self.squares],
                "possible": [list(square) for square in self.possible],
            }
        )


def summarise(grid: Grid, party: str, detail: str) -> Summary:
    """The summary of one party; raises `UsageError` (`coverage.party`) when it has no record in the map."""
    theirs = [party_key(party) in map(party_key, one.activity.partners) for one in grid.labelled]
    if not any(theirs):
        names = sorted({name for one in grid.labelled for name in one.activity.partners})
        raise UsageError("coverage.party", "no record is this party's", f"one of: {', '.join(names[:20])}")
    sure = Counter(int(cell) for cell, at in zip(grid.sure.cell, grid.sure.activity, strict=True) if theirs[at])
    axes = grid.areas, grid.countries, grid.functions, grid.years
    own = [one for one, mine in zip(grid.labelled, theirs, strict=True) if mine]
    maybe = {int(cell) for _, _, around in footprints(own, axes) for cell in around}
    return Summary(
        party,
        detail,
        grid.years,
        tuple((_square(grid, cell), count if detail == "counts" else 1) for cell, count in sorted(sure.items())),
        tuple(_square(grid, cell) for cell in sorted(maybe - sure.keys())),
    )


def _square(grid: Grid, cell: int) -> Square:
    area, country, function, year = grid.at(cell)
    return grid.areas[area], grid.countries[country], grid.functions[function], grid.years[year]


def permit(accord: Accord, owner: str, recipient: str, purpose: str, now: dt.datetime) -> tuple[str, Permit] | Refusal:
    """The most detail that the accord lets `owner` show `recipient`, with its permit; the refusal of the least."""
    refusal: Refusal | None = None
    for detail in reversed(DETAILS):
        request = Request(Action.CONTACT, owner, recipient, "Activity", _PROPERTIES[detail], purpose)
        answer = decide(request, accord, now)
        if isinstance(answer, Permit):
            answer.honour(request, now)
            return detail, answer
        refusal = answer
    assert refusal is not None
    return refusal


def parse(data: bytes) -> Summary:
    """Read `Summary.to_bytes`; raises `InputError` (`coverage.summary`) when anything in it is not as it must be."""
    try:
        found = json.loads(data)
        if found["kind"] != TYPE or found["version"] != 1 or found["detail"] not in DETAILS:
            raise ValueError
        years = tuple(found["years"])
        squares = tuple((_checked(row[:4], years), _count(row[4:])) for row in _rows(found["squares"]))
        possible = tuple(_checked(row, years) for row in _rows(found["possible"]))
        if not isinstance(found["party"], str) or not found["party"].strip():
            raise ValueError
        return Summary(found["party"], found["detail"], years, squares, possible)
    except (ValueError, KeyError, TypeError, IndexError, RecursionError):
        raise InputError(
            "coverage.summary",
            "the file is no whole summary of squares",
            "ask the party for the file that `accord coverage summary` wrote",
        ) from None


def _rows(rows: object) -> list[list[object]]:
    if not isinstance(rows, list) or len(rows) > _MOST_SQUARES or not all(isinstance(row, list) for row in rows):
        raise ValueError
    return rows


def _checked(row: Sequence[object], years: Sequence[int]) -> Square:
    area, country, function, year = row
    if area not in AREAS or country not in places.ALPHA2 or function not in FUNCTIONS or year not in years:
        raise ValueError
    if isinstance(year, bool) or not isinstance(year, int):
        raise TypeError
    return str(area), str(country), str(function), year


def _count(rest: Sequence[object]) -> int:
    (count,) = rest
    if isinstance(count, bool) or not isinstance(count, int) or count < 1:
        raise ValueError
    return count
