"""What reading the sources gives: activities, and everything that was wrong with a record.

Invariants: one bad record never stops a book; a problem names file, line and record but never a value; an id that
stands in several files of one partner is one activity, the one updated last.

>>> old, new = (Activity("A1", ("X",), title, updated=year) for title, year in (("old", "2023"), ("new", "2024")))
>>> merged, problems = merge([old, new])
>>> [activity.title for activity in merged], problems[0].code
(['new'], 'coverage.repeated-id')
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from accord.coverage.activity import Activity
from accord.errors import Problem


@dataclass(frozen=True, slots=True)
class Book:
    """Activities of one or all sources, in the order read, with the problems found on the way.

    `mandates`: the functions that each party of the accord has, by its one name; empty without an accord.
    """

    activities: tuple[Activity, ...]
    problems: tuple[Problem, ...] = ()
    mandates: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(slots=True)
class Notes:
    """Collects the problems of one file while it is read."""

    file: str
    problems: list[Problem] = field(default_factory=list)

    def add(self, code: str, message: str, remedy: str, line: int | None = None, entity: str | None = None) -> None:
        """Note one problem of this file."""
        self.problems.append(Problem(f"coverage.{code}", message, remedy, self.file, line, entity))


def merge(activities: Iterable[Activity]) -> tuple[list[Activity], list[Problem]]:
    """Keep one activity per partner and id: the one updated last, else the one read first."""
    kept: dict[tuple[tuple[str, ...], str], Activity] = {}
    problems = []
    for activity in activities:
        key = (activity.partners, activity.id)
        earlier = kept.get(key)
        if earlier is not None:
            problems.append(
                Problem(
                    "coverage.repeated-id",
                    "this id stands more than once; the record updated last is counted",
                    "give each activity one id, or leave out the older file",
                    activity.origin.file,
                    activity.origin.line,
                    activity.id,
                )
            )
        if earlier is None or activity.updated > earlier.updated:
            kept[key] = activity
    return list(kept.values()), problems
