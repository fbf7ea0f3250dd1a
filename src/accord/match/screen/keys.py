"""What a record can be found by: agreements that few records of a holding share, as 64-bit numbers.

Invariants: the keys are those of `match.v1.block`, sort by sort, as hashes of texts instead of numbers of a table, so
that equal records give equal keys at every time and place; a key of one sort never meets a key of another sort.

>>> from accord.match.v1.analyse import analyse
>>> from accord.records.model import Entity
>>> table = analyse([Entity("a", "Person", {"name": ("Муаммар Каддафи",)}),
...                  Entity("b", "Person", {"name": ("Qadhafi, Muammar",)})])
>>> first, second = keys_of(table)
>>> len(first & second) > 2
True
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from enum import IntEnum
from hashlib import blake2b

from accord.match.screen.rows import lists
from accord.match.v1 import describe
from accord.match.v1.analyse import Table
from accord.match.v1.block import (
    COARSE_CAP,
    DATE_CAP,
    DESCRIPTION_CAP,
    IDENTIFIER_CAP,
    NAME_CAP,
    PAIR_CAP,
    WORD_CAP,
    WordKeys,
)

__all__ = ["CAPS", "SORT_BITS", "Sort", "keys_of"]

SORT_BITS = 5


class Sort(IntEnum):
    """The sorts of keys, in the last `SORT_BITS` bits of each."""

    IDENTIFIER = 0
    BONES = 1  # two skeletons of one name
    BEGINNINGS = 2
    FORM = 3  # one word
    BONE = 4
    NAME = 5  # a whole name: as written, sorted, and the same of its skeletons
    SORTED_NAME = 6
    NAME_BONES = 7
    SORTED_NAME_BONES = 8
    YEAR = 9  # with a skeleton
    DAY = 10  # with a beginning
    POSTCODE = 11
    DESCRIPTION = 12
    COARSE_BEGINNINGS = 13  # these are for a record without a Latin name beside one that has some
    SHORTEST_BEGINNINGS = 14
    COARSE = 15
    PLAIN = 16


# how many records, the one that is asked for among them, may share a key before it stops telling them apart
CAPS = (
    IDENTIFIER_CAP, PAIR_CAP, PAIR_CAP, WORD_CAP, WORD_CAP, NAME_CAP, NAME_CAP, NAME_CAP, NAME_CAP,
    DATE_CAP, DATE_CAP, DATE_CAP, DESCRIPTION_CAP, COARSE_CAP, COARSE_CAP, COARSE_CAP, COARSE_CAP,
)  # fmt: skip


def keys_of(table: Table) -> list[set[int]]:
    """For each record its keys."""
    words = WordKeys.of(table.vocabulary)
    wholes = list(zip(*table.whole_names(), strict=True))
    rows_of_name = lists(table.name_words)
    of_names = [
        {_key(sort, text) for sort, text in (*_of_name(words, rows), *_whole(whole))}
        for rows, whole in zip(rows_of_name, wholes, strict=True)
    ]
    columns = (table.names, table.identifiers, table.dates, table.postcodes)
    found = []
    for row, (names, identifiers, dates, codes) in enumerate(zip(*map(lists, columns), strict=True)):
        keys: set[int] = set().union(*(of_names[name] for name in names))
        keys |= {_key(Sort.IDENTIFIER, "\0".join(table.identifier_values[value])) for value in identifiers}
        if dates or codes:
            spelled = {word for name in names for word in rows_of_name[name]}
            bones, beginnings = {words.bones[word] for word in spelled}, {words.beginnings[word] for word in spelled}
            for date in dates:
                keys |= {_key(Sort.YEAR, f"{date // 10000}\0{part}") for part in bones}
                if date % 100:
                    keys |= {_key(Sort.DAY, f"{date}\0{part}") for part in beginnings}
            for code in codes:
                keys |= {_key(Sort.POSTCODE, f"{table.labels[code]}\0{part}") for part in beginnings}
        if said := table.descriptions.get(row):
            keys |= {_key(Sort.DESCRIPTION, text) for text in describe.keys(said)}
        found.append(keys)
    return found


def _key(sort: int, text: str) -> int:
    digest = int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "little")
    return digest >> SORT_BITS << SORT_BITS | sort


def _of_name(words: WordKeys, rows: Sequence[int]) -> Iterator[tuple[int, str]]:
    for sort, column in (
        (Sort.BONES, words.bones),
        (Sort.BEGINNINGS, words.beginnings),
        (Sort.COARSE_BEGINNINGS, words.coarse_beginnings),
        (Sort.SHORTEST_BEGINNINGS, words.shortest_beginnings),
    ):
        for text in _pairs(column[row] for row in rows):
            yield sort, text
    for row in rows:
        if words.rare[row]:
            for sort, text in (
                (Sort.FORM, words.forms[row]),
                (Sort.BONE, words.bones[row]),
                (Sort.COARSE, words.coarse[row]),
                (Sort.PLAIN, words.plain[row]),
            ):
                if text:
                    yield sort, text


def _pairs(parts: Iterable[str]) -> Iterator[str]:
    """Every two different parts of one name; the word without consonants is none."""
    distinct = sorted({part for part in parts if part})
    return (f"{first}\0{second}" for at, first in enumerate(distinct) for second in distinct[at + 1 :])


def _whole(texts: Sequence[str]) -> Iterator[tuple[int, str]]:
    return ((sort, text) for sort, text in enumerate(texts, Sort.NAME) if text)
