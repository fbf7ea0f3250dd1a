"""The pipeline of a flat table: candidates -> what is seen of them -> the model -> matches.

Invariants: the same table gives the same matches, whatever the number of threads; scores are probabilities, rounded to
six decimals; the lower row stands on the left.

>>> from accord.match.table.columns import Sort, table_of
>>> people = [(f"name{n} of{n % 97}", f"19{n % 80 + 10}-05-17") for n in range(2000)] + [("of9 name106", "1936-05-17")]
>>> cells = {"name": [name for name, _ in people], "born": [born for _, born in people]}
>>> table = table_of([*map(str, range(2001))], cells, {"name": (Sort.NAME, "whole"), "born": (Sort.DATE, "")}, "Person")
>>> [(match.left, match.right) for match in match_table(table).matches(0.5)]
[('106', '2000')]
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from accord.match.model import Match
from accord.match.table.block import candidates
from accord.match.table.columns import Floats, Ints, Sort, Table
from accord.match.table.levels import Dates
from accord.match.table.model import Model, Prepared, first_model, learn, probability, with_prior
from accord.match.table.words import Words
from accord.match.v1.reading import kind_of
from accord.records.model import Entity

CHUNK = 200_000

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Matched:
    """Scored candidates of a table: `left` and `right` are rows."""

    prepared: Prepared
    model: Model
    left: Ints
    right: Ints
    scores: Floats

    def matches(self, threshold: float) -> list[Match]:
        """The pairs at or above a threshold, best first, then by ids."""
        ids = self.prepared.table.ids
        kept = np.flatnonzero(self.scores >= threshold)
        rows = zip(self.left[kept].tolist(), self.right[kept].tolist(), self.scores[kept].tolist(), strict=True)
        found = [Match(ids[left], ids[right], score) for left, right, score in rows]
        return sorted(found, key=lambda match: (-match.score, match.left, match.right))


def prepare(table: Table) -> Prepared:
    """Read the words and dates of a table."""
    kind = kind_of(Entity("-", table.schema, {}))
    words = Words.of(table.fields, len(table), kind)
    return Prepared(
        table, words, {field.label: Dates.of(field.column) for field in table.fields if field.sort is Sort.DATE}
    )


def match_table(table: Table, *, learned: bool = False, threads: int = 1, progress: Progress | None = None) -> Matched:
    """Find the pairs of rows that are one thing; with `learned`, the weights are fitted to this table first."""
    prepared = prepare(table)
    left, right = candidates(table, prepared.words, prepared.dates)
    model = first_model(prepared)
    if learned:
        model = learn(model, prepared, left, right)
    evidence = np.zeros(len(left))
    for part in _done(prepared, model, (left, right), evidence, threads):
        if progress:
            progress(part, len(left))
    model = with_prior(model, evidence, table)
    return Matched(prepared, model, left, right, np.round(probability(evidence + model.prior), 6))


def _done(prepared: Prepared, model: Model, pairs: tuple[Ints, Ints], evidence: Floats, threads: int) -> Iterator[int]:
    """Fill `evidence` chunk by chunk; yields how many pairs are done."""
    left, right = pairs

    def work(start: int) -> int:
        part = slice(start, start + CHUNK)
        evidence[part] = model.evidence(prepared.observe(left[part], right[part]))
        return min(start + CHUNK, len(left))

    starts = range(0, len(left), CHUNK)
    if threads <= 1:
        yield from map(work, starts)
        return
    with ThreadPoolExecutor(threads) as pool:
        yield from pool.map(work, starts)
