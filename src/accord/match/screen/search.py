"""One record against an index: candidates by shared keys, then the probability that `match link` gives them.

Invariants: the answer is the one of `match.link` for that record alone against the records of the holding, whatever
the index; answers come best first, then by id.

>>> from accord.match.screen.index import build
>>> holding = build([Entity("k", "Person", {"name": ("Муаммар Каддафи",)}), Entity("m", "Person", {"name": ("Ana",)})])
>>> [hit.match.right for hit in screen(named("Muammar Qadhafi"), holding, threshold=0.5)]
['k']
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from accord.match.model import Match
from accord.match.screen.index import Index
from accord.match.screen.keys import keys_of
from accord.match.screen.rows import Row, limits_of, pack, unpack
from accord.match.v1.analyse import analyse
from accord.match.v1.block import may_be_one, without_latin
from accord.match.v1.columns import Ints
from accord.match.v1.score import Scorer, best_case, probability
from accord.records.model import Entity

__all__ = ["Hit", "Query", "candidates", "named", "screen"]

_ANYTHING = ("Person", "Organization", "Vessel")  # what a bare name may be


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked for; `entity.schema` does not count when `anything` is true: it is taken for what it is beside."""

    entity: Entity
    anything: bool = False

    def as_one_of(self, schemas: tuple[str, ...]) -> list[Entity]:
        """The record as it may be: of its own schema, or of any of those given."""
        if not self.anything:
            return [self.entity]
        return [Entity(self.entity.id, schema, self.entity.properties) for schema in schemas]


@dataclass(frozen=True, slots=True)
class Hit:
    """A record that may be the one asked for, and its main name; `match.names` are those that agree best."""

    match: Match
    name: str


def named(name: str) -> Query:
    """A bare name, of a person, a body or a vessel."""
    return Query(Entity(name, "Thing", {"name": (name,)}), anything=True)


def screen(query: Query, index: Index, *, threshold: float) -> list[Hit]:
    """The records of the index that may be the one asked for, at or above a probability."""
    sides, rows = _candidates(query, index)
    if not rows:
        return []
    if query.anything:
        schemas = tuple(dict.fromkeys(row.schema for row in rows))
        sides = pack(analyse(query.as_one_of(schemas)), [""] * len(schemas))
        left = np.array([schemas.index(row.schema) for row in rows], dtype=np.int64)
    else:
        left = np.zeros(len(rows), dtype=np.int64)
    found = [
        Hit(Match(query.entity.id, row.id, score, names), row.caption)
        for row, score, names in _judged(sides, rows, left, threshold)
    ]
    return sorted(found, key=lambda hit: (-hit.match.score, hit.match.right))


def candidates(query: Query, index: Index) -> list[str]:
    """The ids of the records that are compared with the query."""
    return [row.id for row in _candidates(query, index)[1]]


def _candidates(query: Query, index: Index) -> tuple[list[Row], list[Row]]:
    """The query as it may be, and the records that share a key with it."""
    table = analyse(query.as_one_of(_ANYTHING))
    foreign, keys = without_latin(table), keys_of(table)
    numbers = sorted({
        number for own, mark in zip(keys, foreign.tolist(), strict=True) for number in index.holders(own, foreign=mark)
    })  # fmt: skip
    rows = [index.row(number) for number in numbers]
    if not query.anything and rows:
        families = np.array([row.family for row in rows])
        able = may_be_one(np.full(len(rows), table.families[0]), families)
        rows = [row for row, allowed in zip(rows, able.tolist(), strict=True) if allowed]
    return pack(table, [""] * len(table)), rows


def _judged(
    sides: list[Row], rows: list[Row], left: Ints, least: float
) -> Iterator[tuple[Row, float, tuple[str, str] | None]]:
    """The rows at or above `least` beside their sides: their probability, and the two names that agree best.

    Names are looked at only of those that are left by everything else.
    """
    both = [*sides, *rows]
    found = best_case(unpack(both, named=False), limits_of(both), left, np.arange(len(sides), len(both)))
    able = np.flatnonzero(probability(found.total) >= least)
    if not len(able):
        return
    kept = [rows[row] for row in able.tolist()]
    scorer = Scorer.of(unpack([*sides, *kept]))
    named = scorer.with_names(found.rows(able), left[able], np.arange(len(sides), len(sides) + len(able)))
    for row, score, names in zip(kept, probability(named.total).tolist(), named.best.tolist(), strict=True):
        if score >= least:
            yield row, score, scorer.table.texts_of(names)
