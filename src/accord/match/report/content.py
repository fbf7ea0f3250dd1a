"""What a report says, before it is a page: groups of matches, overlap by schema, scores in bands.

Invariants: pure; every match given is counted; matches are ordered by score, then ids; at most `MAX_EXPLAINED` are
explained (those near the threshold first, because they need a person) and at most `MAX_LISTED` listed.

>>> from accord.records.model import Entity
>>> person = Entity("p1", "Person", {"name": ("Amina Diallo",)})
>>> report = build("link", Source("a.jsonl", [person]), Source("b.jsonl", []), [], explain=None, threshold=0.5)
>>> report.counted, report.overlap[0]
(0, Overlap(schema='Person', left=1, right=0, left_matched=0, right_matched=0))
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from accord.match.model import Explanation, Match
from accord.records.model import Entity

NEAR = 0.2  # a score this close to the threshold wants a person's eye
MAX_NEAR = 200
MAX_EXPLAINED = 500
MAX_LISTED = 5_000
BANDS = 20

Kind = Literal["link", "dedupe"]
Explain = Callable[[Entity, Entity], Explanation]


@dataclass(frozen=True, slots=True)
class Source:
    """One side: what to call it, and its records."""

    name: str
    entities: Sequence[Entity]


@dataclass(frozen=True, slots=True)
class Shown:
    """One match as the page shows it; `explanation` is None for those that are only listed."""

    number: int
    left: Entity
    right: Entity
    score: float
    explanation: Explanation | None


@dataclass(frozen=True, slots=True)
class Overlap:
    """How many records of one schema each side holds, and how many of them have a match."""

    schema: str
    left: int
    right: int
    left_matched: int
    right_matched: int


@dataclass(frozen=True, slots=True)
class Band:
    """How many of the pairs lie in one band of scores, `low` included."""

    low: float
    high: float
    pairs: int


@dataclass(frozen=True, slots=True)
class Report:
    """Everything the page says.

    `counted` matches reach the threshold; `near` holds pairs on both sides of it, `sure` the explained rest of the
    matches, `listed` those that are only listed; `unlisted` more exist.
    """

    kind: Kind
    left: Source
    right: Source
    threshold: float
    made: datetime | None
    counted: int
    near_total: int
    near: tuple[Shown, ...]
    sure: tuple[Shown, ...]
    listed: tuple[Shown, ...]
    unlisted: int
    overlap: tuple[Overlap, ...]
    bands: tuple[Band, ...]

    @property
    def left_matched(self) -> int:
        """Records of the left side (of the file, for duplicates) that have at least one match."""
        return sum(row.left_matched for row in self.overlap)

    @property
    def right_matched(self) -> int:
        return sum(row.right_matched for row in self.overlap)


def build(
    kind: Kind,
    left: Source,
    right: Source,
    matches: Iterable[Match],
    *,
    explain: Explain | None,
    threshold: float,
    made: datetime | None = None,
) -> Report:
    """Arrange scored pairs into a report.

    For duplicates give the same source on both sides. `matches` may hold pairs below the threshold: those within
    `NEAR` of it are shown apart, as not counted; the others are left out. `explain` is called for the pairs that are
    explained only. `made` is the time to print, if any.
    """
    ours = _by_id(left.entities)
    theirs = ours if kind == "dedupe" else _by_id(right.entities)
    ordered = sorted(matches, key=lambda match: (-match.score, match.left, match.right))
    counted = [match for match in ordered if match.score >= threshold]
    near = [match for match in ordered if abs(match.score - threshold) < NEAR]
    shown_near = sorted(near, key=lambda match: abs(match.score - threshold))[:MAX_NEAR]
    chosen = {(match.left, match.right) for match in shown_near}
    rest = [match for match in counted if (match.left, match.right) not in chosen]
    explained = 0 if explain is None else MAX_EXPLAINED - len(shown_near)
    listed = rest[explained : explained + MAX_LISTED]

    def show(group: Iterable[Match], first: int, explainer: Explain | None) -> tuple[Shown, ...]:
        return tuple(
            Shown(number, one, other, match.score, explainer(one, other) if explainer else None)
            for number, match in enumerate(group, first)
            for one, other in [(ours[match.left], theirs[match.right])]
        )

    by_score = sorted(shown_near, key=lambda match: (-match.score, match.left, match.right))
    return Report(
        kind=kind,
        left=left,
        right=right,
        threshold=threshold,
        made=made,
        counted=len(counted),
        near_total=len(near),
        near=show(by_score, 1, explain),
        sure=show(rest[:explained], len(by_score) + 1, explain),
        listed=show(listed, len(by_score) + explained + 1, None),
        unlisted=len(rest) - min(explained, len(rest)) - len(listed),
        overlap=_overlap(kind, left, right, counted),
        bands=_bands([match for match in ordered if match.score >= threshold - NEAR]),
    )


def _by_id(entities: Iterable[Entity]) -> dict[str, Entity]:
    found: dict[str, Entity] = {}
    for entity in entities:
        found.setdefault(entity.id, entity)
    return found


def _overlap(kind: Kind, left: Source, right: Source, counted: Sequence[Match]) -> tuple[Overlap, ...]:
    held = [Counter(entity.schema for entity in source.entities) for source in (left, right)]
    matched = [{match.left for match in counted}, {match.right for match in counted}]
    if kind == "dedupe":
        matched = [matched[0] | matched[1]] * 2
    met = [
        Counter(entity.schema for entity in source.entities if entity.id in ids)
        for source, ids in zip((left, right), matched, strict=True)
    ]
    schemata = sorted(set(held[0]) | set(held[1]), key=lambda schema: (-held[0][schema] - held[1][schema], schema))
    return tuple(
        Overlap(schema, held[0][schema], held[1][schema], met[0][schema], met[1][schema]) for schema in schemata
    )


def _bands(matches: Sequence[Match]) -> tuple[Band, ...]:
    """Bands from the lowest that holds a pair up to 1."""
    counts = Counter(min(int(match.score * BANDS), BANDS - 1) for match in matches)
    return tuple(
        Band(band / BANDS, (band + 1) / BANDS, counts[band]) for band in range(min(counts, default=BANDS), BANDS)
    )
