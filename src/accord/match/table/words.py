"""Names in a flat table: their words, and how the words of two names go together.

Invariants: symmetric; one-to-one, whatever the word order; a word is as telling as it is rare in this table; each
pair of words is compared once.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import OSA, JaroWinkler
from rapidfuzz.process import cpdist

from accord.match.table.columns import Field, Floats, Ints, Sort
from accord.match.v1 import lexicon
from accord.match.v1.vocabulary import DROPPED, Kind, Role, Vocabulary

MOST_WORDS = 6
_UNTOLD = (*DROPPED, Role.GENERIC)
_WORD = re.compile(r"[a-z0-9]+")
_CLOSE, _NEAR, _FAR = 0.9, 0.8, 0.6
_SURE_LENGTH = 4  # from this length on, one slip of the pen makes the same word


class Slot(IntEnum):
    """How two words that were put side by side go together, best first; `APART` is a contradiction."""

    EXACT = 0
    VARIANT = 1
    CLOSE = 2
    NEAR = 3
    INITIAL = 4
    APART = 5


@dataclass(frozen=True, slots=True)
class Words:
    """The words of all names of a table."""

    text: list[str]
    skeleton: list[str]
    role: Ints
    group: Ints
    second_group: Ints
    share: Floats  # of the rows that have the word
    kind: Kind
    rows: NDArray[np.int32]  # (rows, width): words of each row, the rarest first, -1 for none

    @classmethod
    def of(cls, fields: tuple[Field, ...], count: int, kind: Kind) -> Words:
        """Read the names of a table: the whole name if there is one, else its parts."""
        names = [field for field in fields if field.sort is Sort.NAME]
        names = [field for field in names if field.part == "whole"][:1] or names
        vocabulary = Vocabulary()
        tables = [_words_of(field.column.values, vocabulary, kind) for field in names]
        joined = _row_words([table[field.column.codes] for table, field in zip(tables, names, strict=True)], count)
        # a whole name that stands there twice is probably one thing: its words count once; parts of names are reused
        counted = tables[0] if len(names) == 1 else joined
        share = np.bincount(counted[counted >= 0], minlength=len(vocabulary)) / max(len(counted), 1)
        if kind is not Kind.PERSON:
            # one body may stand there hundreds of times in as many spellings: a proper word is rare all the same
            share = np.minimum(share, np.exp(-np.array(vocabulary.rarity)))
        order = np.argsort(np.where(joined >= 0, np.append(share, 9.0)[joined], 9.0), axis=1, kind="stable")
        rows = np.take_along_axis(joined, order, axis=1)[:, :MOST_WORDS]
        width = max(int((rows >= 0).any(axis=0).sum()), 1) if count else 1
        return cls(
            vocabulary.latin,
            [bones or form for bones, form in zip(vocabulary.skeleton, vocabulary.latin, strict=True)],
            np.array(vocabulary.role, dtype=np.int64),
            np.array(vocabulary.group, dtype=np.int64),
            np.array(vocabulary.second_group, dtype=np.int64),
            np.maximum(share, 1.0 / max(count, 1)),
            kind,
            rows[:, :width].astype(np.int32),
        )


def _words_of(values: list[str], vocabulary: Vocabulary, kind: Kind) -> NDArray[np.int32]:
    """(values + 1, width) words of each value, -1 for none; the last row is empty, for the cell that is not there.

    Forms, generic words, honorifics and particles are taken only where nothing else stands.
    """
    found: list[list[int]] = []
    for value in values:
        parts = _WORD.findall(value)
        rows = list(dict.fromkeys(vocabulary.add(word, kind) for word in (_without_form(parts, kind) or parts)))
        kept = [row for row in rows if vocabulary.role[row] not in _UNTOLD]
        found.append((kept or rows)[: 2 * MOST_WORDS])
    width = max((len(words) for words in found), default=1) or 1
    table = np.full((len(found) + 1, width), -1, dtype=np.int32)
    for number, words in enumerate(found):
        table[number, : len(words)] = words
    return table


def _without_form(parts: list[str], kind: Kind) -> list[str]:
    """The words of a body's name without its legal form («n v», «gmbh»), which clerks write or leave out."""
    if kind not in (Kind.BODY, Kind.OTHER):
        return parts
    kept, at = [], 0
    while at < len(parts):
        phrase = lexicon.phrase_at(parts, at)
        if phrase is None:
            kept.append(parts[at])
        at += phrase[0] if phrase else 1
    return kept


def _row_words(parts: list[NDArray[np.int32]], count: int) -> NDArray[np.int32]:
    """The words of all parts of a row side by side, without repeats."""
    if not parts:
        return np.full((count, 1), -1, dtype=np.int32)
    joined = np.concatenate(parts, axis=1)
    for column in range(1, joined.shape[1]):
        again = (joined[:, :column] == joined[:, column : column + 1]).any(axis=1)
        joined[again, column] = -1
    return joined


@dataclass(frozen=True, slots=True)
class Aligned:
    """What the alignment of each pair of names says."""

    counts: NDArray[np.int8]  # (pairs, len(Slot)): how many words went together in each way
    rarity: Floats  # nats of the words that agree


def align(words: Words, left: Ints, right: Ints) -> Aligned:
    """Align the names of each pair of rows: equal words first, then variants, slips, initials."""
    a, b = words.rows[left].copy(), words.rows[right].copy()
    known = np.asarray((a >= 0).any(axis=1) & (b >= 0).any(axis=1))
    counts = np.zeros((len(left), len(Slot)), dtype=np.int8)
    rarity = np.zeros(len(left))
    nats = -np.log(words.share)
    width = a.shape[1]
    for i in range(width):
        for j in range(width):
            same = (a[:, i] == b[:, j]) & (a[:, i] >= 0)
            if same.any():
                counts[same, Slot.EXACT] += 1
                rarity[same] += nats[a[same, i]]
                a[same, i] = b[same, j] = -1
    open_ = np.flatnonzero((a >= 0).any(axis=1) & (b >= 0).any(axis=1))
    _align_rest(words, open_, a, b, counts, rarity)
    counts[:, Slot.APART] = np.where(known, np.minimum((a >= 0).sum(axis=1), (b >= 0).sum(axis=1)), 0)
    return Aligned(counts, rarity)


def _align_rest(
    words: Words, open_: Ints, a: NDArray[np.int32], b: NDArray[np.int32], counts: NDArray[np.int8], rarity: Floats
) -> None:
    """Words that are not equal: one class of likeness after the other, the best first. Takes what went together out."""
    width, size = a.shape[1], len(words.text) + 1
    nats = -np.log(words.share)
    ra, rb = a[open_], b[open_]
    left = np.repeat(ra[:, :, None], width, axis=2)
    right = np.repeat(rb[:, None, :], width, axis=1)
    valid = (left >= 0) & (right >= 0)
    low, high = np.minimum(left[valid], right[valid]).astype(np.int64), np.maximum(left[valid], right[valid])
    unique, inverse = np.unique(low * size + high, return_inverse=True)
    classes = np.full(left.shape, Slot.APART, dtype=np.int8)
    classes[valid] = word_classes(words, *np.divmod(unique, size))[inverse]
    for slot in (Slot.VARIANT, Slot.CLOSE, Slot.NEAR, Slot.INITIAL):
        present = np.flatnonzero((classes == slot).any(axis=(1, 2)))
        for i in range(width):
            for j in range(width):
                at = present[classes[present, i, j] == slot]
                at = at[(ra[at, i] >= 0) & (rb[at, j] >= 0)]
                if len(at):
                    counts[open_[at], slot] += 1
                    if slot is not Slot.INITIAL:
                        rarity[open_[at]] += np.minimum(nats[ra[at, i]], nats[rb[at, j]])
                    ra[at, i] = rb[at, j] = -1
    a[open_], b[open_] = ra, rb


def word_classes(words: Words, left: Ints, right: Ints) -> NDArray[np.int8]:
    """The class of each pair of different words."""
    first, second = [words.text[row] for row in left.tolist()], [words.text[row] for row in right.tolist()]
    likeness = cpdist(first, second, scorer=JaroWinkler.similarity, score_cutoff=_FAR, dtype=np.float32)
    length = np.array([len(text) for text in words.text], dtype=np.int64)
    shorter = np.minimum(length[left], length[right])
    close = np.flatnonzero((likeness > 0) & (shorter >= _SURE_LENGTH)).tolist()
    slips = np.full(len(left), 9, dtype=np.uint8)
    slips[close] = cpdist([first[n] for n in close], [second[n] for n in close], scorer=OSA.distance, dtype=np.uint8)
    found = np.full(len(left), Slot.APART, dtype=np.int8)
    found[(likeness >= _NEAR) | ((slips <= 2) & (shorter > 2 * _SURE_LENGTH - 3))] = Slot.NEAR
    found[(likeness >= _CLOSE) | (slips <= 1)] = Slot.CLOSE
    g1, h1, g2, h2 = words.group[left], words.second_group[left], words.group[right], words.second_group[right]
    found[((g1 >= 0) & ((g1 == g2) | (g1 == h2))) | ((h1 >= 0) & ((h1 == g2) | (h1 == h2)))] = Slot.VARIANT
    number = (words.role[left] == Role.NUMBER) | (words.role[right] == Role.NUMBER)
    found[number] = Slot.APART
    initial = (length[left] == 1) | (length[right] == 1)
    initial &= words.kind is Kind.PERSON
    if initial.any():
        at = np.flatnonzero(initial)
        agree = np.array([first[n][:1] == second[n][:1] for n in at.tolist()], dtype=bool)
        found[at] = np.where(agree, Slot.INITIAL, Slot.APART)
    return found
