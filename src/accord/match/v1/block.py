"""Candidates: which pairs of records are worth comparing. A union of many cheap agreements, at a bounded cost.

Invariants: a pair is a candidate when the two records share a *key* that few records share (identifier, pair of
consonant skeletons, pair of skeleton beginnings, rare word, whole name, date with a skeleton, postcode with a
skeleton; for things what they are described by; for records without a Latin name coarser forms of these, too); keys
that more than `cap` records share are left out, so the cost grows with the number of records, not with its square;
each record keeps its `MOST_CANDIDATES` best partners by the rarity of the keys they share. Independent of record order
up to ties, and of threads.

>>> from accord.match.v1.analyse import analyse
>>> from accord.records.model import Entity
>>> names = ("Муаммар Каддафи", "Qadhafi, Muammar", "Angela Merkel")
>>> candidates(analyse([Entity(name, "Person", {"name": (name,)}) for name in names])).tolist()
[[0, 1]]
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from accord.match.v1 import describe
from accord.match.v1.analyse import Table
from accord.match.v1.columns import Floats, Ints
from accord.match.v1.script import Script
from accord.match.v1.vocabulary import Role, Vocabulary

MOST_CANDIDATES = 60
PAIR_CAP, WORD_CAP, NAME_CAP, DATE_CAP, IDENTIFIER_CAP = 60, 30, 80, 40, 100
COARSE_CAP, DESCRIPTION_CAP = 50, 60
_PREFIX = 3
_COARSE = str.maketrans("sk", "tt", "fh")
_DOUBLE = re.compile(r"(.)\1+")


@dataclass(frozen=True, slots=True)
class WordKeys:
    """What records are found by, for each word of a vocabulary; an empty text stands for none.

    A generic word of a body's name goes by what it means in any language, and never alone.
    """

    bones: list[str]
    beginnings: list[str]
    forms: list[str]
    rare: list[bool]
    coarse: list[str]
    plain: list[str]
    coarse_beginnings: list[str]
    shortest_beginnings: list[str]

    @classmethod
    def of(cls, words: Vocabulary) -> WordKeys:
        meanings = words.group_labels()
        rare = [role != Role.GENERIC for role in words.role]
        generic = ["" if own else f"={meanings[group]}" for own, group in zip(rare, words.group, strict=True)]
        coarse = [_DOUBLE.sub(r"\1", bones.translate(_COARSE).removeprefix("a")) for bones in words.skeleton]

        def named(parts: Iterable[str]) -> list[str]:
            return [label or part for label, part in zip(generic, parts, strict=True)]

        return cls(
            bones=named(words.skeleton),
            beginnings=named(bones[:_PREFIX] for bones in words.skeleton),
            forms=words.latin,
            rare=rare,
            coarse=[form if own and len(form) >= _PREFIX else "" for form, own in zip(coarse, rare, strict=True)],
            plain=[bones if own else "" for bones, own in zip(words.skeleton, rare, strict=True)],
            coarse_beginnings=named(form[:_PREFIX] for form in coarse),
            shortest_beginnings=named(bones[: _PREFIX - 1] for bones in words.skeleton),
        )


def candidates(table: Table, split: int | None = None) -> Ints:
    """Candidate pairs as an (n, 2) array of record rows, sorted.

    With `split`, records before it are the left side and the others the right, and only pairs across come back;
    without, all pairs with the first row smaller.
    """
    pairs: list[Ints] = []
    gains: list[Floats] = []
    for cap, records, keys in _key_columns(table):
        found, gain = _pairs_of(records, keys, cap, len(table), split)
        pairs.append(found)
        gains.append(gain)
    foreign = without_latin(table)
    for cap, records, keys in _coarse_columns(table) if foreign.any() and not foreign.all() else ():
        found, gain = _pairs_of(records, keys, cap, len(table), split)
        across = foreign[found // len(table)] != foreign[found % len(table)]
        pairs.append(found[across])
        gains.append(gain[across])
    if not pairs:
        return np.zeros((0, 2), dtype=np.int64)
    codes = np.concatenate(pairs)
    unique, inverse = np.unique(codes, return_inverse=True)
    gain = np.bincount(inverse, weights=np.concatenate(gains), minlength=len(unique)).astype(np.float64)
    left, right = np.divmod(unique, max(len(table), 1))
    keep = _best(left, gain) | _best(right, gain)
    keep &= may_be_one(table.families[left], table.families[right])
    return np.stack([left[keep], right[keep]], axis=1)


def may_be_one(a: Ints, b: Ints) -> np.ndarray:
    """Per pair of families: a person is never a vessel; unknown goes with all, a legal entity with persons, bodies."""
    low, high = np.minimum(a, b), np.maximum(a, b)
    allowed: np.ndarray = (low == high) | (low == 0) | (high == 3)
    return allowed


def _best(owner: Ints, gain: Floats) -> np.ndarray:
    """True for the `MOST_CANDIDATES` highest gains of each owner (ties by position)."""
    order = np.lexsort((np.arange(len(owner)), -gain, owner))
    sorted_owner = owner[order]
    starts = np.flatnonzero(np.r_[True, sorted_owner[1:] != sorted_owner[:-1]]) if len(owner) else np.zeros(0, np.int64)
    rank = np.arange(len(owner)) - np.repeat(starts, np.diff(np.r_[starts, len(owner)]))
    keep = np.zeros(len(owner), dtype=bool)
    keep[order[rank < MOST_CANDIDATES]] = True
    return keep


def _codes(values: list[str]) -> Ints:
    """Equal texts get equal numbers; -1 for the empty text."""
    numbers: dict[str, int] = {}
    return np.array([numbers.setdefault(value, len(numbers)) if value else -1 for value in values], dtype=np.int64)


def _key_columns(table: Table) -> Iterator[tuple[int, Ints, Ints]]:
    """(cap, records, keys): parallel arrays of who has which key, one triple per sort of key."""
    words = WordKeys.of(table.vocabulary)
    bones, beginnings, forms = _codes(words.bones), _codes(words.beginnings), _codes(words.forms)
    rows = np.arange(len(table))
    record, name = table.names.expand(rows)

    yield IDENTIFIER_CAP, *table.identifiers.expand(rows)
    numbers = np.arange(len(table.name_words.starts) - 1)
    owner, first, second = table.name_words.products(numbers, numbers)
    for column in (bones, beginnings):
        a, b = column[first], column[second]
        chosen = (a < b) & (a >= 0)
        key = a[chosen] * (len(bones) + 1) + b[chosen]
        yield PAIR_CAP, *_lift(owner[chosen], key, record, name)
    owner, word = table.name_words.expand(numbers)
    rare = np.array(words.rare, dtype=bool)[word] if len(word) else word.astype(bool)
    for column in (forms, bones):
        yield WORD_CAP, *_lift(owner[rare], column[word[rare]], record, name)
    for texts in table.whole_names():
        yield NAME_CAP, *_lift(numbers, _codes(texts), record, name)
    word_record, word_name = record, name
    at, word = table.name_words.expand(word_name)
    holder, bone = word_record[at], bones[word]
    yield from _with_context(table, rows, holder, bone, beginnings[word])
    described = [(row, key) for row, said in table.descriptions.items() for key in describe.keys(said)]
    holders = np.array([row for row, _ in described], dtype=np.int64)
    yield DESCRIPTION_CAP, holders, _codes([key for _, key in described])


def without_latin(table: Table) -> np.ndarray:
    """True for records with names, none of them in Latin letters."""
    script = np.array(table.vocabulary.script, dtype=np.int64)
    foreign = np.zeros(len(table.name_words.starts) - 1, dtype=bool)
    owner, word = table.name_words.expand(np.arange(len(foreign)))
    foreign[owner[(script[word] != Script.LATIN) & (script[word] != Script.NUMBER)]] = True
    record, name = table.names.expand(np.arange(len(table)))
    latin_names = np.bincount(record, weights=~foreign[name], minlength=len(table))
    found: np.ndarray = (table.names.lengths > 0) & (latin_names == 0)
    return found


def _coarse_columns(table: Table) -> Iterator[tuple[int, Ints, Ints]]:
    """Keys in which more spellings agree than in skeletons, for records that bear no Latin name beside those that do.

    Another script leaves open which of t, k and s (th, ch, z, ...) a letter stands for, and whether w or h is heard.
    """
    words = WordKeys.of(table.vocabulary)
    record, name = table.names.expand(np.arange(len(table)))
    numbers = np.arange(len(table.name_words.starts) - 1)
    owner, first, second = table.name_words.products(numbers, numbers)
    for parts in (words.coarse_beginnings, words.shortest_beginnings):
        column = _codes(parts)
        a, b = column[first], column[second]
        chosen = (a < b) & (a >= 0)
        yield COARSE_CAP, *_lift(owner[chosen], a[chosen] * (len(parts) + 1) + b[chosen], record, name)
    owner, word = table.name_words.expand(numbers)
    for parts in (words.coarse, words.plain):
        yield COARSE_CAP, *_lift(owner, _codes(parts)[word], record, name)


def _with_context(
    table: Table, rows: Ints, holder: Ints, bone: Ints, beginning: Ints
) -> Iterator[tuple[int, Ints, Ints]]:
    """A date or a postcode together with a (beginning of a) skeleton of the name."""
    width = int(max(bone.max(initial=0), beginning.max(initial=0))) + 2
    for column, year_only in ((table.dates, True), (table.dates, False), (table.postcodes, False)):
        record, item = column.expand(rows)
        if column is table.dates:
            known = np.ones(len(item), bool) if year_only else (item % 100 > 0)
            record, item = record[known], (item[known] // 10000 if year_only else item[known])
        order = np.argsort(holder, kind="stable")
        counts = np.bincount(holder, minlength=len(rows))
        starts = np.cumsum(counts) - counts
        owner = np.repeat(np.arange(len(record)), counts[record])
        inside = np.arange(len(owner)) - np.repeat(np.cumsum(counts[record]) - counts[record], counts[record])
        word = order[starts[record][owner] + inside]
        part = bone[word] if year_only else beginning[word]
        yield DATE_CAP, record[owner], item[owner] * width + part + 1  # a word without consonants has part -1


def _lift(name_of_key: Ints, keys: Ints, record: Ints, name: Ints) -> tuple[Ints, Ints]:
    """Keys of names become keys of the records that bear those names."""
    usable = keys >= 0
    name_of_key, keys = name_of_key[usable], keys[usable]
    order = np.argsort(name_of_key, kind="stable")
    sorted_names = name_of_key[order]
    starts = np.searchsorted(sorted_names, name, "left")
    counts = np.searchsorted(sorted_names, name, "right") - starts
    owner = np.repeat(np.arange(len(name)), counts)
    inside = np.arange(len(owner)) - np.repeat(np.cumsum(counts) - counts, counts)
    return record[owner], keys[order[starts[owner] + inside]]


def _pairs_of(records: Ints, keys: Ints, cap: int, total: int, split: int | None) -> tuple[Ints, Floats]:
    """Pair codes (`first * total + second`) of all records that share a key, and the rarity of that key in nats."""
    usable = keys >= 0
    order = np.lexsort((records[usable], keys[usable]))
    keys, records = keys[usable][order], records[usable][order]
    if not len(keys):
        return np.zeros(0, dtype=np.int64), np.zeros(0)
    fresh = np.r_[True, (keys[1:] != keys[:-1]) | (records[1:] != records[:-1])]
    keys, records = keys[fresh], records[fresh]
    starts = np.flatnonzero(np.r_[True, keys[1:] != keys[:-1]])
    sizes = np.diff(np.r_[starts, len(keys)])
    codes: list[Ints] = []
    gains: list[Floats] = []
    for size in np.unique(sizes[(sizes > 1) & (sizes <= cap)]).tolist():
        members = records[starts[sizes == size][:, None] + np.arange(size)]
        i, j = np.triu_indices(size, 1)
        first, second = members[:, i].ravel(), members[:, j].ravel()
        if split is not None:
            across = (first < split) & (second >= split)
            first, second = first[across], second[across]
        codes.append(first * total + second)
        gains.append(np.full(len(first), np.log(total / size + 1)))
    if not codes:
        return np.zeros(0, dtype=np.int64), np.zeros(0)
    return np.concatenate(codes), np.concatenate(gains)
