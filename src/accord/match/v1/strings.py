"""Distances of many pairs of short words at once: bit-parallel over numpy arrays instead of a call for each pair.

Invariants: exact: the same numbers as the textbook algorithms (and as rapidfuzz, which takes over for the rare string
of more than `LONGEST` letters, and where there are few pairs); symmetric. A string holds `a-z` and `0-9` only. Pairs
are worked on a block at a time, sorted by length, so that memory stays small and little is computed beyond the ends.

>>> strings = Strings.of(["kitten", "sitting", ""])
>>> strings.ratio(np.array([0, 0]), np.array([1, 2])).round(3).tolist()
[0.615, 0.0]
>>> strings.likeness(np.array([0, 0]), np.array([1, 2])).round(3).tolist()
[0.571, 0.0]
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import JaroWinkler, LCSseq, Levenshtein
from rapidfuzz.process import cpdist

from accord.match.v1.columns import Floats, Ints

LONGEST = 64
_SIZE = 37  # letters and digits; code 0 is none
_BLOCK = 1 << 14
_FEW = 1_500  # pairs, below which the cost of a call outweighs that of a numpy operation for each letter
_CODES = np.zeros(256, dtype=np.uint8)
_CODES[np.frombuffer(b"abcdefghijklmnopqrstuvwxyz0123456789", dtype=np.uint8)] = np.arange(1, _SIZE)
_Bits = NDArray[np.uint64]
_ONE, _ALL = np.uint64(1), np.uint64(2**64 - 1)


@dataclass(frozen=True, slots=True)
class Strings:
    """A column of strings; `codes` is (letters of the longest, at most `LONGEST`; strings), 0 after the end."""

    texts: list[str]
    lengths: Ints
    codes: NDArray[np.uint8]

    @classmethod
    def of(cls, texts: list[str]) -> Strings:
        lengths = np.array([len(text) for text in texts], dtype=np.int64)
        codes = np.zeros((min(int(lengths.max(initial=0)), LONGEST), len(texts)), dtype=np.uint8)
        letters = np.frombuffer("".join(texts).encode("ascii"), dtype=np.uint8)
        row = np.repeat(np.arange(len(texts)), lengths)
        place = np.arange(len(letters)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
        fits = place < LONGEST
        codes[place[fits], row[fits]] = _CODES[letters[fits]]
        return cls(texts, lengths, codes)

    @property
    def firsts(self) -> NDArray[np.uint8]:
        """The code of the first letter of each string, 0 for an empty one."""
        return self.codes[0] if len(self.codes) else np.zeros(len(self.texts), dtype=np.uint8)

    def ratio(self, left: Ints, right: Ints) -> Floats:
        """Indel similarity in [0, 1]: twice the letters in common over the letters of both; 1 for two empty strings."""
        common = self._pairwise(left, right, _longest_common, LCSseq.similarity)
        both = self.lengths[left] + self.lengths[right]
        found: Floats = 1.0 - (both - 2 * common) / np.maximum(both, 1)
        return found

    def likeness(self, left: Ints, right: Ints) -> Floats:
        """Levenshtein similarity in [0, 1]: 1 less the edits over the letters of the longer; 1 for empty strings."""
        edits = self._pairwise(left, right, _edits, Levenshtein.distance)
        longer = np.maximum(self.lengths[left], self.lengths[right])
        found: Floats = 1.0 - edits / np.maximum(longer, 1)
        return found

    def jaro_winkler(self, left: Ints, right: Ints) -> Floats:
        """Jaro-Winkler similarity in [0, 1]."""
        texts = (list(map(self.texts.__getitem__, rows.tolist())) for rows in (left, right))
        found: Floats = cpdist(*texts, scorer=JaroWinkler.similarity, dtype=np.float64, workers=1)
        return found

    def _pairwise(self, left: Ints, right: Ints, kernel: Callable[[_Pairs], Ints], scorer: Callable[..., int]) -> Ints:
        if len(left) <= _FEW:
            texts = ([self.texts[row] for row in rows.tolist()] for rows in (left, right))
            few: Ints = cpdist(*texts, scorer=scorer, dtype=np.int64, workers=1)
            return few
        masks, number = self._masks(left)
        out = np.empty(len(left), dtype=np.int64)
        for start in range(0, len(left), _BLOCK):
            a, b = left[start : start + _BLOCK], right[start : start + _BLOCK]
            steps = self.lengths[b]
            order = np.argsort(np.minimum(steps, 255).astype(np.uint8), kind="stable")[::-1]
            a, b, steps = a[order], b[order], steps[order]
            sizes = self.lengths[a]
            part = out[start : start + _BLOCK]
            part[order] = kernel(_Pairs(masks, number[a] * _SIZE, sizes, self.codes, b, steps.clip(max=LONGEST)))
            if len(self.codes) == LONGEST and (long := (sizes > LONGEST) | (steps > LONGEST)).any():
                texts = ([self.texts[row] for row in rows[long].tolist()] for rows in (a, b))
                part[order[long]] = cpdist(*texts, scorer=scorer, dtype=np.int64, workers=1)
        return out

    def _masks(self, rows: Ints) -> tuple[_Bits, Ints]:
        """For each string in `rows` and each letter, the places of that letter as bits; and where each row is."""
        used = np.zeros(len(self.lengths), dtype=bool)
        used[rows] = True
        chosen = np.flatnonzero(used)
        masks = np.zeros(len(chosen) * _SIZE, dtype=np.uint64)
        base = np.arange(len(chosen)) * _SIZE
        for place, codes in enumerate(self.codes):
            masks[base + codes[chosen]] |= _ONE << np.uint64(place)
        masks[base] = 0  # what comes after the end is like nothing
        return masks, np.cumsum(used) - 1


@dataclass(frozen=True, slots=True)
class _Pairs:
    """Pairs of a string (masks at `base`, `sizes` letters) and another (row of `codes`), sorted by `steps` downward."""

    masks: _Bits
    base: Ints
    sizes: Ints
    codes: NDArray[np.uint8]
    other: Ints
    steps: Ints

    def active(self) -> list[int]:
        """How many of the other strings have a letter number 0, 1, 2, ..."""
        counts = np.bincount(self.steps, minlength=1)
        found: list[int] = (len(self.steps) - np.cumsum(counts))[:-1].tolist()
        return found

    def places(self, step: int, active: int) -> _Bits:
        """Where the strings have letter number `step` of the others, for the first `active` pairs."""
        found: _Bits = self.masks.take(self.base[:active] + self.codes[step].take(self.other[:active]))
        return found


def _longest_common(pairs: _Pairs) -> Ints:
    """Length of the longest common subsequence (Hyyrö 2004, "Bit-parallel LCS-length computation revisited")."""
    state = np.full(len(pairs.steps), _ALL)
    for step, active in enumerate(pairs.active()):
        now, places = state[:active], pairs.places(step, active)
        places &= now
        np.bitwise_or(now + places, now - places, out=now)
    return np.bitwise_count(~state).astype(np.int64)


def _edits(pairs: _Pairs) -> Ints:
    """Levenshtein distance (Hyyrö 2003, "A bit-vector algorithm for computing Levenshtein ... edit distances")."""
    found = pairs.sizes.copy()
    last = (pairs.sizes - 1).clip(0, LONGEST - 1).astype(np.uint64)
    plus, minus = np.full(len(found), _ALL), np.zeros(len(found), dtype=np.uint64)
    for step, active in enumerate(pairs.active()):
        places, up, down, end = pairs.places(step, active), plus[:active], minus[:active], last[:active]
        diagonal = (((places & up) + up) ^ up) | places | down
        more, less = down | ~(diagonal | up), diagonal & up
        found[:active] += ((more >> end) & _ONE).astype(np.int64) - ((less >> end) & _ONE).astype(np.int64)
        more = (more << _ONE) | _ONE
        np.bitwise_or(less << _ONE, ~(diagonal | more), out=up)
        np.bitwise_and(more, diagonal, out=down)
    return np.where(pairs.sizes == 0, pairs.steps, found)
