"""What was found while an input was read: problems (a record could not be used) and notes (a value is kept as given).

Invariants: a problem names file, line, entity, property and remedy, and never a value; notes of one kind are counted
together, so that a million odd dates make one line and not a million; what is kept is bounded, what is counted is not.

>>> report = Report()
>>> report.note("records.date", "Person", "birthDate", "no date that can be read", "fine as it is", line=7)
>>> [(str(note), note.count) for note in report.notes]
[('Person birthDate: no date that can be read (first in line 7)', 1)]
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from accord.errors import InputError, Problem, several

KEPT_PROBLEMS = 1000


@dataclass(slots=True)
class Note:
    """Something worth knowing that stops nothing, how often it was seen, and in which line first."""

    code: str
    schema: str
    property: str | None
    message: str
    remedy: str
    line: int | None
    count: int = 0

    def __str__(self) -> str:
        where = " ".join(part for part in (self.schema, self.property) if part)
        first = f" (first in line {self.line})" if self.line else ""
        return f"{where}: {self.message}{first}"

    def to_dict(self) -> dict[str, object]:
        return {name: getattr(self, name) for name in self.__slots__ if getattr(self, name) is not None}


@dataclass(slots=True)
class Report:
    """Collects what reading found. Pass one to a reader to go on after problems; without one, a reader raises.

    `teller` is told at once what was detected.
    """

    teller: Callable[[str], object] | None = None
    problems: list[Problem] = field(default_factory=list)
    problem_count: int = 0
    said: list[str] = field(default_factory=list)
    _notes: dict[tuple[str, str, str | None], Note] = field(default_factory=dict)

    @property
    def notes(self) -> list[Note]:
        """All notes, the most frequent first."""
        return sorted(self._notes.values(), key=lambda note: (-note.count, note.code, note.schema, note.property or ""))

    def problem(self, problem: Problem) -> None:
        """Count a problem, and keep it if there are not too many already."""
        self.problem_count += 1
        if len(self.problems) < KEPT_PROBLEMS:
            self.problems.append(problem)

    def note(
        self, code: str, schema: str, prop: str | None, message: str, remedy: str, line: int | None = None
    ) -> None:
        """Count a note of this code on this property of this schema."""
        kept = self._notes.setdefault((code, schema, prop), Note(code, schema, prop, message, remedy, line))
        kept.count += 1

    def say(self, text: str) -> None:
        """Tell what was detected (an encoding, a delimiter)."""
        self.said.append(text)
        if self.teller is not None:
            self.teller(text)

    def raise_problems(self, source: str) -> None:
        """Raise `InputError` `records.invalid` with all problems, if there are any."""
        if not self.problem_count:
            return
        some = several(self.problem_count, "problem")
        raise InputError(
            "records.invalid",
            f"{source}: {some}; nothing was used",
            "mend the lines named, or leave them out with --skip-invalid",
            self.problems,
        )
