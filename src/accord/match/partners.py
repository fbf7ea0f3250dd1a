"""From pairs to partners: at most one for each record, where both sides hold each thing once.

The pairs are chosen that together are surest: the sum of their log-odds is the highest there is. So a record gives up a
partner that another record needs more, and a pair is never taken for being a hair surer at the cost of two others.

Invariants: optimal and deterministic: the same pairs give the same partners in whatever order they come (integers only,
records by id); every pair that comes back was given; a record stands on each side once at most.

>>> pairs = [Match("a", "x", 0.99), Match("a", "y", 0.98), Match("b", "x", 0.98)]
>>> [(match.left, match.right) for match in one_to_one(pairs, threshold=0.5)]
[('a', 'y'), ('b', 'x')]
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterable

from accord.match.model import Match

__all__ = ["one_to_one"]

_SURELY = 14.0  # log-odds of the surest score: scores are rounded to six decimals
_UNIT = 1_000_000


def one_to_one(pairs: Iterable[Match], *, threshold: float) -> list[Match]:
    """The pairs at or above `threshold` that together are surest, no record in two of them on its side; best first."""
    best: dict[tuple[str, str], Match] = {}
    for pair in pairs:
        if pair.score >= threshold:
            best.setdefault((pair.left, pair.right), pair)
    lefts, rights = (sorted({side[place] for side in best}) for place in (0, 1))
    number = {identity: row for row, identity in enumerate(rights)}
    edges: dict[str, dict[int, int]] = {left: {} for left in lefts}
    for (left, right), pair in best.items():
        edges[left][number[right]] = _worth(pair.score, threshold)
    chosen = [
        best[lefts[row], rights[partner]]
        for row, partner in enumerate(_assigned(list(edges.values()), len(rights)))
        if partner < len(rights)
    ]
    return sorted(chosen, key=lambda pair: (-pair.score, pair.left, pair.right))


def _worth(score: float, threshold: float) -> int:
    """What a pair adds, in millionths of a nat above the threshold; always something."""
    return max(1, round(_UNIT * (_log_odds(score) - _log_odds(threshold))))


def _log_odds(score: float) -> float:
    if 0.0 < score < 1.0:
        return max(-_SURELY, min(_SURELY, math.log(score / (1.0 - score))))
    return _SURELY if score >= 1.0 else -_SURELY


def _assigned(worths: list[dict[int, int]], rights: int) -> list[int]:
    """For each row of worths its column in the best assignment; `rights` plus the row when it is best left alone.

    One row after the other takes its cheapest augmenting path: Dijkstra's search over reduced costs (Tomizawa 1971,
    Edmonds and Karp 1972), on the edges that there are. A pair costs what it lacks to the dearest, staying alone all.
    """
    dearest = max((worth for row in worths for worth in row.values()), default=0)
    state = _State(
        [
            {**{column: dearest - worth for column, worth in sorted(row.items())}, rights + number: dearest}
            for number, row in enumerate(worths)
        ]
    )
    for row in range(len(worths)):
        state.place(row)
    return state.column


class _State:
    """A growing assignment with its potentials, which keep all reduced costs at zero or more."""

    __slots__ = ("column", "costs", "of_column", "of_row", "row")

    def __init__(self, costs: list[dict[int, int]]) -> None:
        self.costs = costs
        self.column = [-1] * len(costs)
        self.row: dict[int, int] = {}
        self.of_row = [0] * len(costs)
        self.of_column: dict[int, int] = {}

    def place(self, start: int) -> None:
        """Give a row its column, and other rows new ones where that is cheaper."""
        nearest: dict[int, int] = {}
        came_from: dict[int, int] = {}
        done: list[int] = []
        settled: set[int] = set()
        heap: list[tuple[int, int]] = []
        row, far = start, 0
        while True:
            base = far - self.of_row[row]
            for column, cost in self.costs[row].items():
                near = base + cost - self.of_column.get(column, 0)
                if column not in settled and near < nearest.get(column, near + 1):
                    nearest[column], came_from[column] = near, row
                    heapq.heappush(heap, (near, column))
            far, end = heapq.heappop(heap)
            while end in settled:
                far, end = heapq.heappop(heap)
            settled.add(end)
            if end not in self.row:
                break
            done.append(end)
            row = self.row[end]
        self.of_row[start] += far
        for column in done:
            self.of_row[self.row[column]] += far - nearest[column]
            self.of_column[column] = self.of_column.get(column, 0) - far + nearest[column]
        while end >= 0:  # turn the path round: each row on it takes the column that it came to
            row = came_from[end]
            self.row[end], self.column[row], end = row, end, self.column[row] if row != start else -1
