"""Where two partners work on the same square: declared joint, complementary, or possibly a duplicate.

Invariants: the same area, place, function and year is an overlap, which is not yet a duplicate; a project that names
the other partner is joint; whether two records may be one project is `likeness`'s word, and only people decide.

Each overlap is scored on place, time, function and beneficiary: the mean of the shares that two records have in
common, of those dimensions that both state.

>>> from datetime import date
>>> from accord.coverage.activity import Activity, Place
>>> one, other = (Activity(x, (x,), x, countries=(Place("KEN"),), start=date(2024, 1, 1), end=date(2024, month, 1))
...               for x, month in (("A", 12), ("B", 3)))
>>> {name: round(share, 2) for name, share in shares((one, ("legal",)), (other, ("legal",))).items()}
{'place': 1.0, 'time': 1.0, 'function': 1.0}
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from accord.coverage.activity import Activity
from accord.coverage.cells import OVERLAPPING, Grid
from accord.coverage.duplicates import says_joint
from accord.coverage.label import Labelled
from accord.coverage.likeness import AT_LEAST, Measure

JOINT, COMPLEMENTARY, DUPLICATE = "declared joint", "complementary", "possible duplicate"
KINDS = (DUPLICATE, JOINT, COMPLEMENTARY)
_MOST_PAIRS = 200
Done = tuple[Activity, Sequence[str]]  # an activity and its functions


@dataclass(frozen=True, slots=True)
class Overlap:
    """How two partners meet: the kind, how alike the likest two records are, and what they share.

    `pair` are the two records that decide, `score` the mean of `shares`. `mandates`: one is legal, one operational, as
    (partner, function) of each; `in_accord` where that is the accord's word and not only what the records do.
    """

    kind: str
    likeness: float = 0.0
    pair: tuple[int, int] | None = None
    shares: Mapping[str, float] | None = None
    mandates: tuple[tuple[str, str], ...] = ()
    in_accord: bool = False

    @property
    def score(self) -> float:
        """0 to 1: how much of place, time, function and beneficiary the two records have in common."""
        return sum(self.shares.values()) / len(self.shares) if self.shares else 1.0


class Kinds:
    """Decides the kind of an overlap; remembers pairs, since the same two projects meet in many squares."""

    def __init__(self, labelled: Sequence[Labelled], mandates: Mapping[str, Sequence[str]]) -> None:
        self._labelled, self._mandates = labelled, mandates
        self._number = {index: at for at, index in enumerate(at for at, one in enumerate(labelled) if one.areas)}
        self._measure = Measure([labelled[index].activity for index in self._number])
        self._known: dict[tuple[int, int], Overlap | None] = {}

    def of(self, activities: Sequence[int]) -> Overlap:
        """The overlap of a square; a possible duplicate is told first, since it is what somebody should look at."""
        found: list[Overlap] = []
        if any(len(self._labelled[index].activity.partners) > 1 for index in activities):
            found.append(Overlap(JOINT, 1.0))
        for first, second in list(combinations(activities, 2))[:_MOST_PAIRS]:
            if pair := self._pair(first, second):
                found.append(pair)
        return min(
            found, key=lambda one: (KINDS.index(one.kind), -one.likeness, -one.score), default=Overlap(COMPLEMENTARY)
        )

    def _pair(self, first: int, second: int) -> Overlap | None:
        if (first, second) not in self._known:
            self._known[first, second] = self._compare(first, second)
        return self._known[first, second]

    def _compare(self, first: int, second: int) -> Overlap | None:
        one, other = self._labelled[first], self._labelled[second]
        if set(one.activity.partners) & set(other.activity.partners):
            return None  # a partner's own second project is no overlap between partners
        likeness = self._measure.compare(self._number[first], self._number[second]).score
        shared = shares((one.activity, one.functions), (other.activity, other.functions))
        if says_joint(one.activity, other.activity):
            return Overlap(JOINT, likeness, (first, second), shared)
        if done := _legal_and_operational(one.functions, other.functions):
            partners = one.activity.partners[0], other.activity.partners[0]
            return Overlap(COMPLEMENTARY, likeness, (first, second), shared, tuple(zip(partners, done, strict=True)))
        if likeness >= AT_LEAST:
            return Overlap(DUPLICATE, likeness, (first, second), shared)
        named = self._by_accord(one, other)
        return Overlap(COMPLEMENTARY, likeness, (first, second), shared, named, in_accord=bool(named))

    def _by_accord(self, one: Labelled, other: Labelled) -> tuple[tuple[str, str], ...]:
        """The two partners with their mandates, where the accord makes one legal and the other operational and each
        record keeps to its partner's mandate; a mandate alone never says that two like records are two projects."""
        for partner in one.activity.partners:
            for second in other.activity.partners:
                theirs, others = (self._mandates.get(name, ()) for name in (partner, second))
                kept = {*one.functions} <= {*theirs} and {*other.functions} <= {*others}
                if kept and (done := _legal_and_operational(theirs, others)):
                    return (partner, done[0]), (second, done[1])
        return ()


def _legal_and_operational(one: Sequence[str], other: Sequence[str]) -> tuple[str, str] | None:
    """Which side makes law and which operates, each without the other's work; None when it is not so."""
    law, work = "legal", "operations"
    for mine, yours in ((law, work), (work, law)):
        if mine in one and yours not in one and yours in other and mine not in other:
            return mine, yours
    return None


def shares(one: Done, other: Done) -> dict[str, float]:
    """What two activities have in common of each dimension that both state, 0 to 1; time as a share of the shorter."""
    (first, does), (second, also) = one, other
    found = {}
    for name, a, b in (
        ("place", {place.country for place in first.countries}, {place.country for place in second.countries}),
        ("function", set(does), set(also)),
        ("beneficiary", _folded(first.beneficiaries), _folded(second.beneficiaries)),
    ):
        if a and b:
            found[name] = len(a & b) / len(a | b)
    if first.start and first.end and second.start and second.end:
        together = (min(first.end, second.end) - max(first.start, second.start)).days + 1
        shorter = min((first.end - first.start).days, (second.end - second.start).days) + 1
        found["time"] = max(0, together) / shorter
    return {name: found[name] for name in ("place", "time", "function", "beneficiary") if name in found}


def _folded(names: Sequence[str]) -> set[str]:
    return {" ".join(name.lower().split()) for name in names}


def overlapping_cells(grid: Grid) -> Iterator[tuple[int, Overlap]]:
    """Every overlapping square with its overlap, in the order of the grid."""
    kinds = Kinds(grid.labelled, grid.mandates)
    for cell in np.flatnonzero(grid.state == OVERLAPPING):
        yield int(cell), kinds.of(grid.sure.of(int(cell)).tolist())
