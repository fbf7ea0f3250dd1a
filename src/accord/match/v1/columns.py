"""Columns of lists: many short lists of integers in two arrays, and what pairs of them have in common.

Invariants: `items[starts[i]:starts[i + 1]]` is list `i`; all work is numpy over whole arrays.

>>> lists = Lists.of([[3, 5], [], [5]])
>>> lists.lengths.tolist(), lists.common(np.array([0, 0]), np.array([2, 1])).tolist()
([2, 0, 1], [1.0, 0.0])
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


def blocks(number: int, size: int) -> list[slice]:
    """Cut `number` rows into slices of `size`."""
    return [slice(start, start + size) for start in range(0, number, size)]


def spans(costs: Ints, most: int) -> list[slice]:
    """Cut rows into slices that each cost about `most` (a row that costs more stands alone)."""
    if not len(costs):
        return []
    total = np.cumsum(costs) - costs
    cuts = np.flatnonzero(np.diff(total // most)) + 1
    ends = [0, *cuts.tolist(), len(costs)]
    return [slice(start, end) for start, end in pairwise(ends)]


def distinct(codes: Ints) -> tuple[Ints, Ints, Ints]:
    """As `np.unique`: the unique codes (-1 and up), where each stands first, and the number of each code's unique one.

    Code and position are sorted as one integer where they fit, which is several times faster than sorting positions.
    """
    bits = max(len(codes), 1).bit_length()
    if int(codes.max(initial=0)) >= 1 << (62 - bits):
        unique, first, inverse = np.unique(codes, return_index=True, return_inverse=True)
        return unique, first, inverse
    packed = (codes << bits) | np.arange(len(codes))
    packed.sort()
    place = packed & ((1 << bits) - 1)
    packed >>= bits
    fresh = np.ones(len(codes), dtype=bool)
    np.not_equal(packed[1:], packed[:-1], out=fresh[1:])
    inverse = np.empty(len(codes), dtype=np.int64)
    inverse[place] = np.cumsum(fresh) - 1
    return packed[fresh], place[fresh], inverse


@dataclass(frozen=True, slots=True)
class Lists:
    """A column whose cells are lists of integers."""

    starts: Ints
    items: Ints
    # (list, item) as one number, sorted: made when it is first asked for
    _sorted: list[Ints] = field(default_factory=list, init=False, repr=False, compare=False)

    @classmethod
    def of(cls, rows: Iterable[Sequence[int]]) -> Lists:
        starts: list[int] = [0]
        items: list[int] = []
        for row in rows:
            items.extend(row)
            starts.append(len(items))
        return cls(np.array(starts, dtype=np.int64), np.array(items, dtype=np.int64))

    @property
    def lengths(self) -> Ints:
        return self.starts[1:] - self.starts[:-1]

    def expand(self, rows: Ints) -> tuple[Ints, Ints]:
        """All items of the given rows: (position in `rows`, item), in order."""
        lengths = self.lengths[rows]
        owner = np.repeat(np.arange(len(rows)), lengths)
        inside = np.arange(len(owner)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
        return owner, self.items[self.starts[rows][owner] + inside]

    def products(self, left: Ints, right: Ints) -> tuple[Ints, Ints, Ints]:
        """Every (left item, right item) of each pair of rows: (position of the pair, left item, right item)."""
        pair, first = self.expand(left)
        at, second = self.expand(right[pair])
        return pair[at], first[at], second

    def common(self, left: Ints, right: Ints, weights: Floats | None = None) -> Floats:
        """Per pair of rows, how many items both lists hold (each list without repeats), or the sum of their weights."""
        width = int(self.items.max(initial=0)) + 1
        if not self._sorted:
            self._sorted.append(np.sort(np.repeat(np.arange(len(self.starts) - 1), self.lengths) * width + self.items))
        keys = self._sorted[0]
        pair, item = self.expand(left)
        wanted = right[pair] * width + item
        if not len(keys):
            return np.zeros(len(left))
        found = keys[np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)] == wanted
        value = found.astype(np.float64) if weights is None else np.where(found, weights[item], 0.0)
        return np.bincount(pair, weights=value, minlength=len(left)).astype(np.float64)
