"""What a person says an activity is, where the reader of texts was wrong.

A corrections file is CSV or XLSX with a line per corrected activity: `id` (or `title`, for every activity of that
title), `areas`, `functions`, and for the record `by`, `date`, `note`. Words are divided by `|`; `none` means there is
none; an empty cell leaves that part as it was read. Invariants: a correction wins over what the book states and over
what its text suggests; it is used for every other record of the same text; of two corrections of one activity the one
made last holds; a correction that fits no activity is told, never dropped in silence.

>>> correction = Correction(("drugs",), None, by="A. Officer", day=date(2026, 1, 5))
>>> correct(Labels(("corruption",), ("legal",)), correction).areas
('drugs',)
>>> correction.told
'corrected by A. Officer, 2026-01-05'
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from accord.coverage._tables import read_rows
from accord.coverage.activity import Activity
from accord.coverage.classify import AREAS, FUNCTIONS, Evidence, Labels
from accord.coverage.classify.words import words
from accord.coverage.read import _values
from accord.errors import InputError, Problem

_NONE = "none"
_REMEDY = f"one or more of these, divided by |, or none: {', '.join(AREAS)}; {', '.join(FUNCTIONS)}"


@dataclass(frozen=True, slots=True)
class Correction:
    """The right areas and functions of an activity; None leaves them as they were read."""

    areas: tuple[str, ...] | None
    functions: tuple[str, ...] | None
    by: str = ""
    day: date | None = None
    line: int | None = None

    @property
    def told(self) -> str:
        """Who corrected it, and when."""
        who = f"corrected by {self.by or 'a person'}"
        return f"{who}, {self.day.isoformat()}" if self.day else who


@dataclass(frozen=True, slots=True)
class Corrections:
    """All corrections of a file, by the id and by the folded title of an activity."""

    file: str = ""
    by_id: Mapping[str, Correction] = field(default_factory=dict)
    by_title: Mapping[str, Correction] = field(default_factory=dict)

    def of(self, identity: str, title: str) -> Correction | None:
        """The correction of one activity, by its id, else by its title."""
        return self.by_id.get(identity) or (self.by_title.get(_folded(title)) if self.by_title else None)

    def joined(self, said: Mapping[str, Correction]) -> Corrections:
        """With corrections by id that were made elsewhere; of two of one activity the one made last holds."""
        by_id = dict(self.by_id)
        for identity, correction in said.items():
            by_id[identity] = _later(by_id.get(identity), correction)
        return replace(self, by_id=by_id)

    def match(self, activities: Sequence[Activity]) -> tuple[list[Correction | None], list[Problem]]:
        """One entry per activity, records of the same text as a corrected one included; and what fits none."""
        found = [self.of(one.id, one.title) for one in activities]
        if not (self.by_id or self.by_title):
            return found, []
        text = [_folded(f"{one.title}\n{one.description}") for one in activities]
        known = {key: correction for key, correction in zip(text, found, strict=True) if correction and key}
        used = {correction.line for correction in found if correction}
        problems = [
            Problem("coverage.correction-unused", "no activity has this id or title", "see whether it changed",
                    self.file, correction.line)
            for correction in (*self.by_id.values(), *self.by_title.values())
            if correction.line not in used
        ]  # fmt: skip
        return [correction or known.get(key) for key, correction in zip(text, found, strict=True)], problems


def read_corrections(path: Path) -> Corrections:
    """Read a corrections file; raises `InputError` (`coverage.corrections`) with every line that is wrong."""
    by_id: dict[str, Correction] = {}
    by_title: dict[str, Correction] = {}
    problems: list[Problem] = []
    for line, row in read_rows(path):
        plain = {name.strip().lower(): value for name, value in row.items()}
        if not plain.keys() & {"id", "title"} or not plain.keys() & {"areas", "functions"}:
            message = f"{path.name} is no corrections file: it needs id or title, and areas or functions"
            raise InputError(
                "coverage.corrections", message, "its first line names the columns: id,areas,functions,by,date"
            )
        correction, problem = _correction(plain, line)
        identity, title = plain.get("id", ""), _folded(plain.get("title", ""))
        if problem or not (identity or title):
            message, remedy = problem or "the line names no activity", _REMEDY if problem else "give its id or title"
            problems.append(Problem("coverage.corrections", message, remedy, path.name, line))
        elif identity:
            by_id[identity] = _later(by_id.get(identity), correction)
        else:
            by_title[title] = _later(by_title.get(title), correction)
    if problems:
        message = f"{path.name}: {len(problems)} line(s) cannot be used"
        raise InputError("coverage.corrections", message, "mend them", problems)
    return Corrections(path.name, by_id, by_title)


def correct(labels: Labels, correction: Correction) -> Labels:
    """Labels as the person says, with who said so as their evidence; the words that were read stay with what stays."""
    areas = labels.areas if correction.areas is None else correction.areas
    functions = labels.functions if correction.functions is None else correction.functions
    functions = functions if areas else ()
    said = (*(correction.areas or ()), *((correction.functions or ()) if areas else ()))
    told = correction.told
    evidence = [Evidence(label, told, "correction", 0, len(told), 1.0, group="correction") for label in said]
    kept = [
        one for one in labels.evidence if one.label in (*areas, *functions) and one.label not in said and one.weight
    ]
    return Labels(areas, functions, (*evidence, *kept))


def _correction(row: Mapping[str, str], line: int) -> tuple[Correction, str]:
    """The correction of a line, and what is wrong with it."""
    parts: list[tuple[str, ...] | None] = []
    wrong = ""
    for column, read, order in (("areas", _values.areas_in, AREAS), ("functions", _values.functions_in, FUNCTIONS)):
        text = row.get(column, "").strip()
        known, unknown = read(text) if text.lower() != _NONE else ((), ())
        wrong = f"a word in `{column}` is not known" if unknown else wrong
        parts.append(tuple(name for name in order if name in known) if text else None)
    if parts == [None, None]:
        wrong = "the line corrects nothing"
    return Correction(parts[0], parts[1], row.get("by", ""), _values.first_day(row.get("date", "")), line), wrong


def _later(earlier: Correction | None, correction: Correction) -> Correction:
    first = date.min
    return correction if earlier is None or (correction.day or first) >= (earlier.day or first) else earlier


def _folded(text: str) -> str:
    return " ".join(words(text).folded)
