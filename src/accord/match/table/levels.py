"""How two cells of one column agree: a level per pair of rows, -1 when one of them is empty.

Invariants: symmetric; level 0 is always «equal», the last one «different»; absence is never contradiction; each
unique pair of values is compared once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import OSA, JaroWinkler
from rapidfuzz.fuzz import token_set_ratio
from rapidfuzz.process import cpdist

from accord.match.table.columns import Column, Ints, Sort
from accord.records import clean

_NEW_YEAR = 101
_FAR = 0.55  # below this likeness two texts have nothing in common that is worth a closer look

Levels = NDArray[np.int8]


class DateLevel(IntEnum):
    EQUAL = 0
    SLIP = 1  # one digit wrong, or two neighbouring ones exchanged
    SWAPPED = 2  # day and month exchanged
    TWO_PARTS = 3  # two of year, month and day
    YEAR = 4  # or less is known on one side, and that agrees
    NEAR = 5  # at most a year apart
    DIFFERENT = 6


class CodeLevel(IntEnum):
    EQUAL = 0
    SLIP = 1
    BEGINNING = 2  # the first half, at least three characters
    DIFFERENT = 3


class TextLevel(IntEnum):
    EQUAL = 0
    SLIP = 1
    PART = 2  # the words of one are among those of the other, or most are alike
    DIFFERENT = 3


LEVELS: dict[Sort, type[IntEnum]] = {Sort.DATE: DateLevel, Sort.CODE: CodeLevel, Sort.TEXT: TextLevel}


@dataclass(frozen=True, slots=True)
class Dates:
    """The dates of a column: eight digits per value, 0 for what is unknown."""

    number: Ints

    @classmethod
    def of(cls, column: Column) -> Dates:
        return cls(np.array([_digits(value) for value in column.values] or [0], dtype=np.int64))


def _digits(value: str) -> int:
    """yyyymmdd; a day that no calendar has (a typing error) is kept as its digits stand."""
    found = clean.date(value)
    if found:
        return found.year * 10000 + (found.month or 0) * 100 + (found.day or 0)
    bare = value.replace("-", "").replace("/", "").replace(".", "").replace(" ", "")
    return int(bare) if len(bare) == 8 and bare.isdecimal() else 0


def date_levels(dates: Dates, column: Column, left: Ints, right: Ints) -> Levels:
    """Level of each pair of rows by their dates."""
    known = (column.codes[left] >= 0) & (column.codes[right] >= 0)
    a, b = dates.number[column.codes[left]], dates.number[column.codes[right]]
    known &= (a > 0) & (b > 0)
    level = np.full(len(left), DateLevel.DIFFERENT, dtype=np.int8)
    level[a == b] = DateLevel.EQUAL
    open_ = np.flatnonzero((a != b) & known)
    level[open_] = _unequal_dates(a[open_], b[open_])
    level[~known] = -1
    return level


def _unequal_dates(a: Ints, b: Ints) -> Levels:
    year_a, month_a, day_a = a // 10000, a // 100 % 100, a % 100
    year_b, month_b, day_b = b // 10000, b // 100 % 100, b % 100
    level = np.full(len(a), DateLevel.DIFFERENT, dtype=np.int8)
    level[np.abs(year_a - year_b) <= 1] = DateLevel.NEAR
    same_year = year_a == year_b
    rough = (day_a == 0) | (day_b == 0)
    # the first of January often stands for «year known only»: two of them are two years, not two dates with a slip
    rough |= (a % 10000 == _NEW_YEAR) & (b % 10000 == _NEW_YEAR)
    level[same_year] = DateLevel.YEAR
    parts = same_year.astype(np.int8) + (month_a == month_b) + ((day_a == day_b) & ~rough)
    level[(parts >= 2) & ~rough] = DateLevel.TWO_PARTS
    level[same_year & ((a % 10000 == _NEW_YEAR) | (b % 10000 == _NEW_YEAR))] = DateLevel.YEAR
    level[same_year & (month_a == day_b) & (day_a == month_b) & ~rough] = DateLevel.SWAPPED
    digits_a = a[:, None] // 10 ** np.arange(8) % 10
    digits_b = b[:, None] // 10 ** np.arange(8) % 10
    wrong = digits_a != digits_b
    count = wrong.sum(axis=1)
    crossed = (digits_a[:, 1:] == digits_b[:, :-1]) & (digits_a[:, :-1] == digits_b[:, 1:])
    exchanged = (crossed & wrong[:, 1:] & wrong[:, :-1]).any(axis=1) & (count == 2)
    level[((count == 1) | exchanged) & ~rough] = DateLevel.SLIP
    return level


def _unequal(column: Column, left: Ints, right: Ints) -> tuple[Levels, Ints, Ints, Ints, Ints]:
    """(levels so far, rows that are open, their place among the unique pairs, the pairs' values)."""
    a, b = column.codes[left], column.codes[right]
    level = np.zeros(len(left), dtype=np.int8)
    level[(a < 0) | (b < 0)] = -1
    open_ = np.flatnonzero((a != b) & (a >= 0) & (b >= 0))
    low, high = np.minimum(a[open_], b[open_]), np.maximum(a[open_], b[open_])
    unique, inverse = np.unique(low * (len(column.values) + 1) + high, return_inverse=True)
    first, second = np.divmod(unique, len(column.values) + 1)
    return level, open_, inverse, first, second


def code_levels(column: Column, left: Ints, right: Ints) -> Levels:
    """Level of each pair of rows by a number or a code; spaces and hyphens do not count."""
    level, open_, inverse, first, second = _unequal(column, left, right)
    bare = [value.replace(" ", "").replace("-", "") for value in column.values]
    a, b = [bare[row] for row in first.tolist()], [bare[row] for row in second.tolist()]
    slips = cpdist(a, b, scorer=OSA.distance, score_cutoff=1, dtype=np.uint8)
    found = np.full(len(first), CodeLevel.DIFFERENT, dtype=np.int8)
    begin = beginnings(column)
    found[(begin[first] == begin[second]) & (begin[first] >= 0)] = CodeLevel.BEGINNING
    found[slips <= 1] = CodeLevel.SLIP
    found[slips == 0] = CodeLevel.EQUAL
    level[open_] = found[inverse]
    return level


def beginnings(column: Column) -> Ints:
    """Per value a number for its first half (a postcode's district), -1 when that is shorter than three characters."""
    numbers: dict[str, int] = {}
    found = []
    for value in column.values:
        head = value.split(" ")[0] if " " in value else value[: (len(value) + 1) // 2]
        found.append(numbers.setdefault(head, len(numbers)) if len(head) >= 2 else -1)
    return np.array(found or [-1], dtype=np.int64)


def text_levels(column: Column, left: Ints, right: Ints) -> Levels:
    """Level of each pair of rows by free text."""
    level, open_, inverse, first, second = _unequal(column, left, right)
    a, b = [column.values[row] for row in first.tolist()], [column.values[row] for row in second.tolist()]
    likeness = cpdist(a, b, scorer=JaroWinkler.similarity, score_cutoff=_FAR, dtype=np.float32)
    length = np.array([len(value) for value in column.values] or [0], dtype=np.int64)
    several = np.array([" " in value for value in column.values] or [False])
    found = np.full(len(first), TextLevel.DIFFERENT, dtype=np.int8)
    found[likeness >= 0.85] = TextLevel.PART
    words = np.flatnonzero((several[first] | several[second]) & (likeness < 0.85) & (likeness > 0))
    share = _of_pairs(a, b, words, token_set_ratio)
    found[words[share >= 85]] = TextLevel.PART
    close = np.flatnonzero((likeness >= 0.7) & (np.minimum(length[first], length[second]) >= 4))
    found[close[_of_pairs(a, b, close, OSA.distance) <= 1]] = TextLevel.SLIP
    found[likeness >= 0.93] = TextLevel.SLIP
    level[open_] = found[inverse]
    return level


def _of_pairs(a: list[str], b: list[str], chosen: Ints, scorer: Callable[..., float]) -> NDArray[np.float32]:
    """What a scorer says of some of the pairs."""
    picked = chosen.tolist()
    found: NDArray[np.float32] = cpdist([a[n] for n in picked], [b[n] for n in picked], scorer=scorer, dtype=np.float32)
    return found
