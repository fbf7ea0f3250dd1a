"""Activity books in: one reader per format, one shape out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from importlib import import_module

from accord.coverage.activity import Activity
from accord.coverage.plan import Plan, Source
from accord.coverage.read.book import Book, merge
from accord.errors import Problem

__all__ = ["Book", "read_activities", "read_source"]


def read_source(source: Source) -> Book:
    """Read one book; raises `InputError` when the file as a whole cannot be used.

    A book without any activity is a problem to be told: with `reports`, its silence makes gaps of the squares it names.
    """
    reader = import_module(f"accord.coverage.read.{source.format}")
    book: Book = reader.read(source)
    if book.activities:
        return book
    message = "the book holds no activity, and its silence counts as a report of no work where it declares `reports`"
    remedy = "see that it is the right file, whole; if not, take `reports` off this source"
    return Book((), (Problem("activity.none", message, remedy, source.file.name), *book.problems))


def read_activities(plan: Plan, progress: Callable[[int], None] | None = None) -> Book:
    """Read all books of a plan into one, each id counted once per partner; `progress` gets 1 per book."""
    activities: list[Activity] = []
    problems: list[Problem] = []
    for source in plan.sources:
        book = read_source(source)
        activities.extend(book.activities)
        problems.extend(book.problems)
        if progress:
            progress(1)
    merged, repeated = merge(activities)
    kept = _money_once(merged)
    return Book(tuple(kept), (*problems, *repeated))


def _money_once(activities: list[Activity]) -> list[Activity]:
    """Take the money off a parent whose children are here too: their budgets are parts of its own."""
    ids = {activity.id for activity in activities}
    parents = {parent for activity in activities for parent in activity.parents}
    return [
        replace(activity, money=())
        if activity.id in parents or any(child in ids for child in activity.children)
        else activity
        for activity in activities
    ]
