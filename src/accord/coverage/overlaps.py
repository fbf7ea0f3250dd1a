"""Where two partners work on the same square: declared joint, complementary, or possibly a duplicate.

Invariants: the same area, place, function and year is an overlap, which is not yet a duplicate; a project that names
the other partner is joint; a *possible duplicate* also needs texts that say much the same, and only people decide.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

import numpy as np

from accord.coverage.cells import OVERLAPPING, Grid
from accord.coverage.label import Labelled
from accord.coverage.reporting import party_key

JOINT, COMPLEMENTARY, DUPLICATE = "declared joint", "complementary", "possible duplicate"
KINDS = (DUPLICATE, JOINT, COMPLEMENTARY)
SIMILAR = 0.5  # of a title's weight of rare words shared; chosen by reading the overlaps of the UN INFO table
_WORD = re.compile(r"\w{3,}")
_MOST_PAIRS = 200


class Kinds:
    """Decides the kind of an overlap; remembers pairs, since the same two projects meet in many squares."""

    def __init__(self, labelled: Sequence[Labelled]) -> None:
        self._labelled = labelled
        words = [frozenset(_WORD.findall(one.activity.title.lower())) if one.areas else frozenset() for one in labelled]
        self._words: list[frozenset[str]] = words
        seen = Counter(word for some in words for word in some)
        total = max(1, sum(1 for one in labelled if one.areas))
        self._rarity: Mapping[str, float] = {word: math.log(1 + total / count) for word, count in seen.items()}
        self._known: dict[tuple[int, int], tuple[str, float] | None] = {}

    def of(self, activities: Sequence[int]) -> tuple[str, float]:
        """The kind of a square's overlap and the highest likeness (0 to 1) of two of its titles.

        A possible duplicate is told first, since it is what somebody should look at.
        """
        found: list[tuple[str, float]] = []
        if any(len(self._labelled[index].activity.partners) > 1 for index in activities):
            found.append((JOINT, 1.0))
        for first, second in list(combinations(activities, 2))[:_MOST_PAIRS]:
            if pair := self._pair(int(first), int(second)):
                found.append(pair)
        return min(found, key=lambda kind: (KINDS.index(kind[0]), -kind[1]), default=(COMPLEMENTARY, 0.0))

    def _pair(self, first: int, second: int) -> tuple[str, float] | None:
        if (first, second) not in self._known:
            self._known[first, second] = self._compare(first, second)
        return self._known[first, second]

    def _compare(self, first: int, second: int) -> tuple[str, float] | None:
        one, other = self._labelled[first].activity, self._labelled[second].activity
        if set(one.partners) & set(other.partners):
            return None  # a partner's own second project is no overlap between partners
        if _names(one.joint_with, other.partners) or _names(other.joint_with, one.partners):
            return JOINT, self._likeness(first, second)
        likeness = self._likeness(first, second)
        same_work = self._labelled[first].functions == self._labelled[second].functions
        return (DUPLICATE if same_work and likeness >= SIMILAR else COMPLEMENTARY), likeness

    def _likeness(self, first: int, second: int) -> float:
        """Share of the rare words of two titles that both have (weighted Jaccard)."""
        both, either = self._words[first] & self._words[second], self._words[first] | self._words[second]
        weight = sum(self._rarity[word] for word in either)
        return sum(self._rarity[word] for word in both) / weight if weight else 0.0


def _names(named: Sequence[str], partners: Sequence[str]) -> bool:
    return any(party_key(partner) and party_key(partner) in party_key(name) for name in named for partner in partners)


def overlapping_cells(grid: Grid) -> Iterator[tuple[int, str, float]]:
    """Every overlapping square with its kind and likeness, in the order of the grid."""
    kinds = Kinds(grid.labelled)
    for cell in np.flatnonzero(grid.state == OVERLAPPING):
        kind, likeness = kinds.of(grid.sure.of(int(cell)).tolist())
        yield int(cell), kind, likeness
