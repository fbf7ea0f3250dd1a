"""From a coverage.toml to the map, in one call: read, label, compare with need and reporting, compute."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from accord.coverage.cells import Grid, compute
from accord.coverage.corrections import Correction, Corrections, read_corrections
from accord.coverage.indicators import read_indicators
from accord.coverage.label import label, outside_mandates, unread
from accord.coverage.plan import read_plan
from accord.coverage.read import read_activities
from accord.coverage.spending import read_spending
from accord.errors import Problem

Step = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Map:
    """A computed map, and everything that was odd with what it was made from."""

    grid: Grid
    problems: tuple[Problem, ...]


def make(path: Path, step: Step | None = None, corrected: Mapping[str, Correction] | None = None) -> Map:
    """Make the map of a coverage.toml; `step` is told what is being done, `corrected` by people elsewhere, by id.

    Raises `InputError` with all problems of the plan, or with what makes a file unusable; odd records do not stop it.
    """
    tell = step or (lambda _text: None)
    plan = read_plan(path)
    tell("reading activities")
    book = read_activities(plan)
    tell(f"reading {len(book.activities):,} texts for areas and functions")
    corrections = read_corrections(plan.corrections) if plan.corrections else Corrections()
    corrections = corrections.joined(corrected or {})
    matched, unused = corrections.match(book.activities)
    labelled = label(book.activities, corrections=matched)
    tell("reading need and spending")
    indicators, odd = read_indicators(plan)
    spending = read_spending(plan)
    tell("computing the map")
    grid = compute(plan, labelled, indicators, spending, book.mandates)
    said = (*outside_mandates(labelled, book.mandates), *unread(labelled))
    return Map(grid, (*plan.doubts, *book.problems, *unused, *said, *odd))
