"""Activity books in: one reader per format, one shape out."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from accord.coverage.activity import Activity
from accord.coverage.plan import Plan, Source
from accord.coverage.read.book import Book, merge
from accord.coverage.read.once import money_once
from accord.coverage.read.organisations import Organisations
from accord.coverage.read.rates import convert_all, read_rates
from accord.errors import Problem

if TYPE_CHECKING:
    from accord.arrangement import Accord

__all__ = ["Book", "read_activities", "read_source"]


def read_source(source: Source) -> Book:
    """Read one book; raises `InputError` when the file as a whole cannot be used.

    A book without any activity is a problem to be told: with `reports`, its silence makes gaps of the squares it names.
    """
    reader = import_module(f"accord.coverage.read.{'ftm' if source.entities else source.format}")
    book: Book = reader.read(source)
    if book.activities:
        return book
    message = "the book holds no activity, and its silence counts as a report of no work where it declares `reports`"
    remedy = "see that it is the right file, whole; if not, take `reports` off this source"
    return Book((), (Problem("activity.none", message, remedy, source.file.name), *book.problems))


def read_activities(plan: Plan, progress: Callable[[int], None] | None = None) -> Book:
    """Read all books of a plan into one, each id counted once per partner; `progress` gets 1 per book.

    Raises `InputError` when a book, the table of rates or the accord cannot be used as a whole.
    """
    known = Organisations(_accord(plan.accord) if plan.accord else None)
    activities: list[Activity] = []
    problems: list[Problem] = []
    for source in plan.sources:
        book = read_source(source)
        activities.extend(book.activities)
        problems.extend(book.problems)
        if progress:
            progress(1)
    merged, repeated = merge(known.in_all(activities))
    unpaid: list[Problem] = []
    if plan.rates:
        merged, unpaid = convert_all(merged, read_rates(plan.rates), plan.currency)
    return Book(tuple(money_once(merged)), (*problems, *repeated, *unpaid), known.mandates)


def _accord(path: Path) -> Accord:
    from accord.arrangement import load  # late: keys and signatures take their time to import

    return load(path)
