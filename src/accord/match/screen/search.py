"""One record against an index: candidates by shared keys, then the probability that `match link` gives them.

Invariants: the score of a pair is that of `match.v1`, whatever the index; at most `MOST_CANDIDATES` records are
compared, those that share the rarest keys; answers come best first, then by id.

>>> from accord.match.screen.index import build
>>> holding = build([Entity("k", "Person", {"name": ("Муаммар Каддафи",)}), Entity("m", "Person", {"name": ("Ana",)})])
>>> [hit.match.right for hit in screen(named("Muammar Qadhafi"), holding, threshold=0.5)]
['k']
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from accord.match.model import Match
from accord.match.screen.index import Index
from accord.match.screen.keys import keys_of
from accord.match.v1.analyse import analyse
from accord.match.v1.block import MOST_CANDIDATES
from accord.match.v1.columns import Ints
from accord.match.v1.score import Scorer
from accord.records.model import Entity

__all__ = ["Hit", "Query", "named", "screen"]

_ANYTHING = ("Person", "Organization", "Vessel")  # what a bare name may be


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked for; `entity.schema` does not count when `anything` is true: it is taken for what it is beside."""

    entity: Entity
    anything: bool = False

    def beside(self, schema: str) -> Entity:
        """The record to compare with one of that schema."""
        if not self.anything:
            return self.entity
        return Entity(self.entity.id, schema, self.entity.properties)


@dataclass(frozen=True, slots=True)
class Hit:
    """A record that may be the one asked for, and what it is called."""

    match: Match
    name: str


def named(name: str) -> Query:
    """A bare name, of a person, a body or a vessel."""
    return Query(Entity(name, "Thing", {"name": (name,)}), anything=True)


def screen(query: Query, index: Index, *, threshold: float) -> list[Hit]:
    """The records of the index that may be the one asked for, at or above a probability."""
    rows = _candidates(query, index)
    if not len(rows):
        return []
    entities = [index.entity(row) for row in rows.tolist()]
    schemas = list(dict.fromkeys(entity.schema for entity in entities)) if query.anything else [query.entity.schema]
    sides = [query.beside(schema) for schema in schemas]
    table = analyse([*sides, *entities])
    left = np.array([schemas.index(entity.schema) if query.anything else 0 for entity in entities], dtype=np.int64)
    scores = Scorer.of(table).scores(left, np.arange(len(sides), len(sides) + len(entities)), 1)
    found = [
        Hit(Match(query.entity.id, entity.id, score), entity.caption)
        for entity, score in zip(entities, scores.tolist(), strict=True)
        if score >= threshold
    ]
    return sorted(found, key=lambda hit: (-hit.match.score, hit.match.right))


def _candidates(query: Query, index: Index) -> Ints:
    """Records that share a key with the query, those with the rarest keys first."""
    asked = [query.beside(schema) for schema in _ANYTHING] if query.anything else [query.entity]
    wanted = np.array(sorted({number for keys in keys_of(asked) for number, _ in keys}), dtype=np.uint64)
    if not len(index.keys) or not len(wanted):
        return np.zeros(0, dtype=np.int64)
    place = np.minimum(np.searchsorted(index.keys, wanted), len(index.keys) - 1)
    place = place[index.keys[place] == wanted]
    starts, ends = index.starts[place].astype(np.int64), index.starts[place + 1].astype(np.int64)
    rows = np.concatenate([index.rows[a:b] for a, b in zip(starts, ends, strict=True)]) if len(place) else starts
    gains = np.repeat(np.log(len(index) / np.maximum(ends - starts, 1) + 1), ends - starts)
    unique, inverse = np.unique(rows, return_inverse=True)
    total = np.bincount(inverse, weights=gains, minlength=len(unique))
    best: Ints = unique[np.lexsort((unique, -total))[:MOST_CANDIDATES]].astype(np.int64)
    return best
