"""Dates as people write them -> year, month and day as far as they are known.

A date is read only if it can be read in one way, with two conventions: a numeric date with the year last is day first
(most of the world writes it so) unless that is impossible, and "circa" or "approximately" keeps the year, month and
day and sets `approximate`. A range gives the part that both its ends share ("1962-03/1962-05" -> 1962), or nothing.
Years run from 1500 to 2100: below lie mostly years of other calendars (1342 in Iran is 1963), which are not converted.
"""

from __future__ import annotations

import calendar
import re
import unicodedata
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files

from accord.engine import once

EARLIEST_YEAR, LATEST_YEAR = 1500, 2100
_CIRCA = re.compile(
    r"^(?:circa|ca?\.?|c\.|approx(?:imately|\.)?|about|around|est(?:imated|\.)?|vers|environ|um|около|прибл\.?|~|±)\s*(?=\d|\w)",
    re.IGNORECASE,
)
_BETWEEN = re.compile(
    r"^(?:between|from|entre|zwischen|между|с)\s+(.+?)\s+(?:and|to|et|y|e|und|и|по)\s+(.+)$", re.IGNORECASE
)
_TO = re.compile(r"^(.+?)(?:\s+(?:to|until|-|–|—|or|and)\s+|\s*[/–—]\s*|(?<=\d{4})-(?=\d{4}$))(.+)$", re.IGNORECASE)
_ISO = re.compile(r"^(\d{4})(?:[-/.](\d{1,2})(?:[-/.](\d{1,2}))?)?(?:[T ]\d{1,2}:\d{2}.*)?(?:Z|\+\d{2}:?\d{2})?$")
_DAY = re.compile(r"^([0-9]{4})-([0-9]{2})-([0-9]{2})$")
_COMPACT = re.compile(r"^(\d{4})(\d{2})(\d{2})$")
_YEAR_LAST = re.compile(r"^(\d{1,2})\s*[-/.]\s*(\d{1,2})\s*[-/.]\s*(\d{4})\.?(?: \d{1,2}:\d{2}.*)?$")
_MONTH_YEAR = re.compile(r"^(\d{1,2})\s*[-/.]\s*(\d{4})$")
_HAN = re.compile(r"^(\d{4})\s*[年년]\s*(?:(\d{1,2})\s*[月월]\s*(?:(\d{1,2})\s*[日号號일])?)?$")
_WORDS = re.compile(r"\d+|[^\W\d_]+", re.UNICODE)
_FILLER = frozenset(
    "of de del do den der the th st nd rd er le la a el в г г. года год року u í year né born dob on".split()  # noqa: SIM905
)


@dataclass(frozen=True, slots=True, order=True)
class Date:
    """A day, a month or a year of the Gregorian calendar.

    >>> Date(1963, 3).precision, str(Date(1963, 3))
    ('month', '1963-03')
    """

    year: int
    month: int | None = None
    day: int | None = None
    approximate: bool = field(default=False, compare=False, repr=False)

    @property
    def precision(self) -> str:
        """How exactly it is known: `day`, `month` or `year`."""
        return "day" if self.day else "month" if self.month else "year"

    def __str__(self) -> str:
        parts = [f"{self.year:04d}"] + [f"{part:02d}" for part in (self.month, self.day) if part]
        return "-".join(parts)


@lru_cache(maxsize=1 << 16)
def date(text: str) -> Date | None:
    """Read one date; None if there is none, more than one, or none that exists in the calendar."""
    if m := _DAY.match(text):  # most dates, without further ado
        return _checked(m[1], m[2], m[3])
    plain = _plain(text)
    if not plain or len(plain) > 100:
        return None
    if found := _numeric(plain) or _in_words(plain):
        return found
    if start := _CIRCA.match(plain):
        found = date(plain[start.end() :])
        return Date(found.year, found.month, found.day, approximate=True) if found else None
    return _range(plain)


def _plain(text: str) -> str:
    text = unicodedata.normalize("NFKC", text).strip()
    digits = (str(unicodedata.digit(c)) if c.isdigit() and not c.isascii() else c for c in text)
    return " ".join("".join(digits).split())


def _numeric(text: str) -> Date | None:
    if (m := _ISO.match(text)) or (m := _COMPACT.match(text)) or (m := _HAN.match(text)):
        return _checked(m[1], m[2], m[3])
    if m := _YEAR_LAST.match(text):
        return _checked(m[3], m[2], m[1]) or _checked(m[3], m[1], m[2])
    if m := _MONTH_YEAR.match(text):
        return _checked(m[2], m[1], None)
    return None


def _checked(year: str, month: str | None, day: str | None) -> Date | None:
    """A date that exists; "00" for month or day means not known."""
    y, m, d = int(year), int(month or 0), int(day or 0)
    if not EARLIEST_YEAR <= y <= LATEST_YEAR or m > 12 or (d and not m):
        return None
    if d and d > calendar.monthrange(y, m)[1]:
        return None
    return Date(y, m or None, d or None)


def _in_words(text: str) -> Date | None:
    """ "12 Mar 1963", "March 12th, 1963", "mars 1963", "12-MAR-1963", "12 марта 1963 г." """
    year = month = day = None
    for word in _WORDS.findall(text.casefold()):
        if word.isdigit():
            if len(word) == 4 and year is None:
                year = word
            elif len(word) <= 2 and day is None:
                day = word
            else:
                return None
        elif (number := month_names().get(_bare(word))) and month is None:
            month = str(number)
        elif word not in _FILLER:
            return None
    return _checked(year, month, day) if year and month else None


def _range(text: str) -> Date | None:
    parts = _BETWEEN.match(text) or _TO.match(text)
    if not parts:
        return None
    start, end = date(parts[1]), date(parts[2])
    if not start or not end or start.year != end.year:
        return None
    return Date(start.year, start.month if start.month == end.month else None, approximate=True)


def _bare(word: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", word.casefold()) if not unicodedata.combining(c))


@once
def month_names() -> dict[str, int]:
    """Names and abbreviations of months in 25 languages -> number (`months.txt`, once written from CLDR)."""
    lines = files(__package__).joinpath("months.txt").read_text("utf-8").splitlines()
    numbered = [line.partition(" ") for line in lines if not line.startswith("#")]
    return {name: int(number) for number, _, listed in numbered for name in listed.split(";")}
