"""TOML tables read strictly: every problem is collected, with the line it stands on; unknown words are problems too.

Invariants: policy is not descriptive data, so a misspelt key must never be skipped in silence; a reader goes on after a
problem, so that a person sees all of them at once.
"""

from __future__ import annotations

import datetime as dt
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from accord.errors import Problem

_HEADER = re.compile(r"\s*\[\[?\s*([A-Za-z0-9_.-]+)\s*\]\]?")
_TURNS = re.compile("[\u202a-\u202e\u2066-\u2069]")  # Unicode Standard Annex 9: embeddings, overrides, isolates
_KEY = re.compile(r"\s*([A-Za-z0-9_-]+)\s*=")


Place = tuple[
    tuple[str, int], ...
]  # a table by name and number, from the outermost in: (("party", 0), ("party.officer", 1))


@dataclass(slots=True)
class Report:
    """The problems found so far in one document, and where its words stand.

    `bounded`: whether a number above the most that an accord may have today is one.
    """

    file: str
    text: str
    bounded: bool = True
    problems: list[Problem] = field(default_factory=list)

    def add(self, code: str, message: str, remedy: str, place: Place = (), key: str = "") -> None:
        """Note a problem at `key` of the table at `place`."""
        line = find_line(self.text, place, key) if self.text else None
        self.problems.append(Problem(f"arrangement.{code}", message, remedy, file=self.file or None, line=line))

    def add_turned(self) -> None:
        """Note each line that reads otherwise than it is: a sign in it turns the order of the letters around it."""
        for number, line in enumerate(self.text.split("\n"), 1):
            if _TURNS.search(line):
                message = "a sign that does not show turns the order of letters in this line around"
                remedy = "delete the line and type it anew"
                self.problems.append(
                    Problem("arrangement.turned", message, remedy, file=self.file or None, line=number)
                )


@dataclass(frozen=True, slots=True)
class Table:
    """One table of the document, read key by key."""

    report: Report
    data: Mapping[str, object]
    place: Place = ()

    def only(self, *known: str) -> None:
        """Note every key that is not one of `known`."""
        for key in self.data:
            if key not in known:
                self.wrong(key, f"«{key}» means nothing here", f"use one of: {', '.join(known)}", "unknown")

    def wrong(self, key: str, message: str, remedy: str, code: str = "shape") -> None:
        """Note a problem at a key of this table."""
        where = f"[{self.place[-1][0]}] " if self.place else ""
        self.report.add(code, where + message, remedy, self.place, key)

    def text(self, key: str, default: str | None = None) -> str:
        """A text; without `default` it must be there and not empty."""
        value = self.data.get(key, default)
        if isinstance(value, str) and (value.strip() or default is not None):
            return value
        self.wrong(key, f"{key} is missing or is no text", f'write {key} = "…"')
        return ""

    def number(self, key: str, default: float, least: float = 0, most: float = 100) -> float:
        """A number from `least` to `most`."""
        value, highest = self.data.get(key, default), most if self.report.bounded else sys.float_info.max
        if isinstance(value, int | float) and not isinstance(value, bool) and least <= value <= highest:
            return value
        self.wrong(key, f"{key} must be a number from {least:,} to {most:,}", f"write {key} = {default}, for example")
        return default

    def whole(self, key: str, default: int, least: int = 0, *, most: int) -> int:
        """A whole number from `least` to `most`."""
        value = self.number(key, default, least, most)
        if value != int(value):
            self.wrong(key, f"{key} must be a whole number", f"write {key} = {default}, for example")
        return int(value)

    def flag(self, key: str) -> bool:
        """true or false; false when it is not there."""
        value = self.data.get(key, False)
        if isinstance(value, bool):
            return value
        self.wrong(key, f"{key} must be true or false", f"write {key} = false")
        return False

    def words(self, key: str, required: bool = False) -> tuple[str, ...]:
        """A list of texts."""
        value = self.data.get(key, [])
        if (
            isinstance(value, list)
            and all(isinstance(each, str) and each for each in value)
            and (value or not required)
        ):
            return tuple(value)
        self.wrong(key, f"{key} must be a list of words", f'write {key} = ["…", "…"]')
        return ()

    def day(self, key: str, required: bool = True) -> dt.date | None:
        """A date."""
        value = self.data.get(key)
        if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
            return value
        if value is not None or required:
            self.wrong(key, f"{key} must be a date", f"write {key} = 2026-12-31 (without quotes)")
        return None

    def table(self, key: str) -> Table:
        """A table inside this one; empty when it is not there."""
        value = self.data.get(key, {})
        if not isinstance(value, dict):
            self.wrong(key, f"{key} must be a table", f"write [{key}] and its lines below")
            value = {}
        return Table(self.report, value, (*self.place, (self._name(key), 0)))

    def tables(self, key: str) -> Iterator[Table]:
        """The tables of a list."""
        value = self.data.get(key, [])
        if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
            self.wrong(key, f"{key} must be a list of tables", f"write [[{key}]] above each of them")
            return
        for index, each in enumerate(value):
            yield Table(self.report, each, (*self.place, (self._name(key), index)))

    def _name(self, key: str) -> str:
        return f"{self.place[-1][0]}.{key}" if self.place else key


def find_line(text: str, place: Place, key: str = "") -> int | None:
    """The line (from 1) of `key` in the table at `place`; of the table's header when the key is not there."""
    seen: dict[str, int] = {}
    current, header = "", None
    for number, line in enumerate(text.splitlines(), start=1):
        if found := _HEADER.match(line):
            current = found.group(1)
            seen = {name: count for name, count in seen.items() if not name.startswith(f"{current}.")}
            seen[current] = seen.get(current, -1) + 1
        here = current == (place[-1][0] if place else "") and all(seen.get(name) == index for name, index in place)
        if here and found:
            header = number
        elif here and (word := _KEY.match(line)) and word.group(1) == key:
            return number
    return header
