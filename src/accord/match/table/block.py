"""Candidates of a flat table: pairs of rows that agree in two things that few rows share.

Every rule puts parts of two or three cells together into one key: a date with a word of the name, a postcode with a
word, two words, … Rows with one key are candidates. What is too common is left out, so the cost grows with the rows.

Invariants: a pair comes once, the lower row first; one rule brings at most `ALL_PAIRS`, or `LEAST_BUDGET` a row in a
large table, those of its smallest groups; and of a loose rule in a large table only the pairs that agree once more.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import numpy as np

from accord.match.table.columns import Field, Ints, Sort, Table
from accord.match.table.levels import Dates, beginnings
from accord.match.table.words import Words

LARGEST_GROUP, LEAST_BUDGET, ALL_PAIRS = 1_000, 3, 1_500_000
LARGE, LOOSE = 100_000, 0.6  # in a table of so many rows, a rule that brings so many pairs a row proves little alone
_WORDS_USED = 3
_TELLING = 0.2  # a code with so many different values among the filled cells tells records apart by itself
# two odd numbers without pattern, to mix two codes into one; products wrap around
_FIRST, _SECOND, _POSITIVE = np.int64(-7046029254386353131), np.int64(-4417276706812531889), np.int64(2**62 - 1)

Key = list[Ints]  # parallel to the rows; several when a row has several, -1 for none


def candidates(table: Table, words: Words, dates: dict[str, Dates]) -> tuple[Ints, Ints]:
    """(left, right) rows of the candidate pairs, sorted."""
    count = len(table)
    marked = []
    for key in _keys(table, words, dates):
        pairs = _pairs(key, count, table.split)
        marked.append(pairs * 2 + (count > LARGE and len(pairs) > LOOSE * count))
    codes = np.sort(np.concatenate(marked)) if marked else np.zeros(0, dtype=np.int64)
    first = np.flatnonzero(np.r_[True, codes[1:] // 2 != codes[:-1] // 2]) if len(codes) else codes
    again = np.diff(np.r_[first, len(codes)]) > 1
    left, right = np.divmod(codes[first][again | (codes[first] % 2 == 0)] // 2, max(count, 1))
    return left, right


def _keys(table: Table, words: Words, dates: dict[str, Dates]) -> Iterator[Key]:
    bones = _word_codes(words.skeleton)[words.rows[:, :_WORDS_USED]]
    heads = _word_codes([text[:2] for text in words.text])[words.rows[:, :_WORDS_USED]]
    sounds, starts = list(bones.T), list(heads.T)
    codes = [field for field in table.fields if field.sort is Sort.CODE]
    texts = [field.column.codes for field in table.fields if field.sort is Sort.TEXT]
    days = [
        np.append(dates[field.label].number, 0)[field.column.codes] for field in table.fields if field.sort is Sort.DATE
    ]
    days = [np.where(day > 0, day, -1) for day in days]
    years = [np.where(day > 0, day // 10000, -1) for day in days]
    whole = [field.column.codes for field in codes]
    areas = [np.append(beginnings(field.column), -1)[field.column.codes] for field in codes]
    yield from ([field.column.codes] for field in codes if _is_telling(field))
    yield sounds
    if len(sounds) > 1:
        yield [both(a, b, ordered=False) for a, b in combinations(sounds, 2)]
    for day in days:
        yield [both(day, word) for word in sounds]
        yield from ([both(day, other)] for other in (*areas, *texts))
    for code, area in zip(whole, areas, strict=True):
        yield [both(code, word) for word in starts]
        yield from ([both(code, other)] for other in (*years, *texts))
        yield [both(area, word) for word in sounds]
        yield from ([both(both(area, year), word) for word in starts] for year in years)
    for text in texts:
        yield [both(text, word) for word in sounds]
        yield from ([both(both(text, year), word) for word in starts] for year in years)
    for year in years:
        yield [both(year, word) for word in sounds]
    for first, second in combinations(texts, 2):
        yield [both(both(first, second), word) for word in starts]


def _days(field: Field, dates: dict[str, Dates]) -> Ints:
    day = np.append(dates[field.label].number, 0)[field.column.codes]
    return np.where(day > 0, day, -1)


def _is_telling(field: Field) -> bool:
    filled = int((field.column.codes >= 0).sum())
    return len(field.column.values) > _TELLING * filled


def _word_codes(texts: list[str]) -> Ints:
    """Equal texts get equal numbers; the last one is -1, for the word that is not there."""
    numbers: dict[str, int] = {}
    return np.array([*(numbers.setdefault(text, len(numbers)) for text in texts), -1], dtype=np.int64)


def both(first: Ints, second: Ints, *, ordered: bool = True) -> Ints:
    """One key of two: equal when both are (and else once in 2^62 times); -1 when one is missing."""
    low, high = (first, second) if ordered else (np.minimum(first, second), np.maximum(first, second))
    key = ((low + 1) * _FIRST ^ (high + 1) * _SECOND) >> 1 & _POSITIVE
    return np.where((first >= 0) & (second >= 0), key, -1)


def _pairs(key: Key, count: int, split: int | None) -> Ints:
    """Pairs (`low * count + high`) of rows that share a key, of the smallest groups within the budget."""
    keys = np.stack(key, axis=1).ravel()
    rows = np.repeat(np.arange(count), len(key))  # ascending, so that a stable sort leaves each group in row order
    usable = np.flatnonzero(keys >= 0)
    order = usable[np.argsort(keys[usable], kind="stable")]
    keys, rows = keys[order], rows[order]
    if len(key) > 1 and len(keys):
        fresh = np.r_[True, (keys[1:] != keys[:-1]) | (rows[1:] != rows[:-1])]
        keys, rows = keys[fresh], rows[fresh]
    if not len(keys):
        return np.zeros(0, dtype=np.int64)
    starts = np.flatnonzero(np.r_[True, keys[1:] != keys[:-1]])
    sizes = np.diff(np.r_[starts, len(keys)])
    volume = np.bincount(np.minimum(sizes, LARGEST_GROUP + 1), minlength=LARGEST_GROUP + 2)[: LARGEST_GROUP + 1]
    cost = np.cumsum(volume * np.arange(len(volume)) * (np.arange(len(volume)) - 1) // 2)
    budget = max(LEAST_BUDGET, ALL_PAIRS // max(count, 1))
    cap = int(np.searchsorted(cost, budget * count, side="right")) - 1
    found = [np.zeros(0, dtype=np.int64)]
    for size in np.unique(sizes[(sizes > 1) & (sizes <= cap)]).tolist():
        chosen = starts[sizes == size]
        members = rows[chosen[:, None] + np.arange(size)]
        i, j = np.triu_indices(size, 1)
        first, second = members[:, i].ravel(), members[:, j].ravel()
        if split is not None:
            across = (first < split) & (second >= split)
            first, second = first[across], second[across]
        found.append(first * count + second)
    return np.concatenate(found)
