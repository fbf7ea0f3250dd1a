"""From pairs to clusters: which records are one thing, without blind transitivity.

Every scored pair votes with its log-odds, for or against; the two groups that have most in favour of being one are
joined, again and again, until nothing more speaks for joining any two. A pair that contradicts (its score is below
`CONTRADICTION`) is a veto: its two records never end in one cluster, however many friends they have in common.

Invariants: the same pairs give the same clusters in whatever order they come; each record is in one cluster at most;
no cluster holds a contradicting pair; each cluster is connected by pairs at or above the threshold and keeps them, so
that every join can be undone; `cut` tells which pairs at or above the threshold it gave up, and loses none.

>>> from accord.match.model import Match
>>> pairs = [Match("a", "b", 0.99), Match("b", "c", 0.9), Match("a", "c", 0.0001), Match("c", "d", 0.8)]
>>> [(cluster.members, len(cluster.cut)) for cluster in clusters(pairs, threshold=0.5)]
[(('a', 'b'), 1), (('c', 'd'), 1)]
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterable
from dataclasses import dataclass

from accord.match.model import Match

__all__ = ["CONTRADICTION", "Cluster", "clusters"]

CONTRADICTION = 0.001
_FARTHEST = 14.0  # log-odds of the surest vote: scores are rounded to six decimals


@dataclass(frozen=True, slots=True)
class Cluster:
    """Records that are one thing.

    `members` are sorted ids; `pairs` the matches that hold them together; `cut` the matches that lead out of it and
    were given up. `score` is that of the weakest link: the highest threshold at which the cluster still hangs together.
    """

    members: tuple[str, ...]
    pairs: tuple[Match, ...]
    cut: tuple[Match, ...]
    score: float

    @property
    def id(self) -> str:
        """Its first member's id: stable as long as that record stays in it."""
        return self.members[0]

    def to_dict(self) -> dict[str, object]:
        """One output row; `pairs` made it and `cut` were given up, each as left, right and score."""
        listed = {
            kind: [{"left": match.left, "right": match.right, "score": match.score} for match in matches]
            for kind, matches in (("pairs", self.pairs), ("cut", self.cut))
        }
        return {"cluster": self.id, "members": list(self.members), "score": self.score, **listed}


def clusters(pairs: Iterable[Match], *, threshold: float) -> list[Cluster]:
    """Clusters of two records and more, sorted by id.

    `pairs` are the scored pairs of one dedupe, those below `threshold` included: they are the votes against. A pair
    that is missing votes neither way.
    """
    votes = _votes(pairs)
    friends = [match for match in votes if match.score >= threshold]
    if not friends:
        return []
    group = _joined(votes, threshold)
    inside: dict[int, list[Match]] = {}
    across: dict[int, list[Match]] = {}
    for match in friends:
        left, right = group[match.left], group[match.right]
        if left == right:
            inside.setdefault(left, []).append(match)
        else:
            across.setdefault(left, []).append(match)
            across.setdefault(right, []).append(match)
    found = []
    for number, held in inside.items():
        members = {identity for match in held for identity in (match.left, match.right)}
        cut = tuple(across.get(number, ()))
        found.append(Cluster(tuple(sorted(members)), tuple(held), cut, _weakest(held)))
    return sorted(found, key=lambda cluster: cluster.members)


def _votes(pairs: Iterable[Match]) -> list[Match]:
    """Each pair once, the best first; of a pair that was scored twice, the lower score counts."""
    lowest: dict[tuple[str, str], Match] = {}
    for match in pairs:
        key = (min(match.left, match.right), max(match.left, match.right))
        known = lowest.get(key)
        if known is None or (match.score, match.left) < (known.score, known.left):
            lowest[key] = match
    return [match for _, match in sorted(lowest.items(), key=lambda item: (-item[1].score, item[0]))]


def _weight(score: float, threshold: float) -> float:
    """Log-odds above the threshold, for or against; minus infinity for a contradiction."""
    if score < CONTRADICTION and score < threshold:
        return -math.inf
    return _log_odds(score) - _log_odds(threshold)


def _log_odds(score: float) -> float:
    if score <= 0.0 or score >= 1.0:
        return math.copysign(_FARTHEST, score - 0.5)
    return max(-_FARTHEST, min(_FARTHEST, math.log(score / (1.0 - score))))


def _joined(votes: list[Match], threshold: float) -> dict[str, int]:
    """Group of each record: greedy additive joining (Keuper et al. 2015, section 4.1) with vetoes.

    A join takes a positive sum of votes, hence a match between the two groups: that keeps clusters connected.
    """
    names = sorted({identity for match in votes for identity in (match.left, match.right)})
    rank = {name: number for number, name in enumerate(names)}
    near: list[dict[int, float]] = [{} for _ in names]
    group = list(range(len(names)))
    for match in votes:
        a, b = rank[match.left], rank[match.right]
        if a != b:
            near[a][b] = near[b][a] = _weight(match.score, threshold)
    queue = [(-weight, a, b) for a, others in enumerate(near) for b, weight in others.items() if a < b and weight > 0]
    heapq.heapify(queue)
    while queue:
        negative, a, b = heapq.heappop(queue)
        if near[a].get(b) != -negative:
            continue  # one of the two has been joined since
        group[b] = a
        for other, weight in near[b].items():
            del near[other][b]
            if other != a:
                total = near[a].get(other, 0.0) + weight
                near[a][other] = near[other][a] = total
                if total > 0:
                    heapq.heappush(queue, (-total, min(a, other), max(a, other)))
        near[b] = {}
    return {name: _root(group, number) for name, number in rank.items()}


def _root(group: list[int], number: int) -> int:
    while group[number] != number:
        group[number] = group[group[number]]
        number = group[number]
    return number


def _weakest(held: list[Match]) -> float:
    """The lowest score on a strongest tree through the cluster: `held` is sorted, the best first."""
    names = {identity for match in held for identity in (match.left, match.right)}
    rank = {name: number for number, name in enumerate(sorted(names))}
    group = list(range(len(rank)))
    lowest = 1.0
    for match in held:
        a, b = _root(group, rank[match.left]), _root(group, rank[match.right])
        if a != b:
            group[max(a, b)] = min(a, b)
            lowest = match.score
    return lowest
