"""Which records, and which of their properties, may take part in what: the accord decides for each.

Invariants: a record enters a question or an answer only through `admitted`, which takes the permit of the accord and
keeps exactly the properties that the permit names; what the accord refuses is absent, without a trace of its number.

>>> from accord.arrangement import Terms
>>> Group("Person", ("name",), Terms()) == Group("Person", ("name",), Terms())
True
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice

from accord.arrangement import Accord, Action, Level, Permit, Refusal, Request, Terms, decide, require
from accord.engine import spread
from accord.errors import InternalError
from accord.exchange.marks import Drawn, draw
from accord.exchange.protocol import MarkSet
from accord.records import Entity

_BATCH, _BATCHES_FOR_CORES = 500, 4  # records analysed at once; from how many batches a second core pays
_CHUNK = 20_000  # records whose marks are gathered before the next are read


@dataclass(frozen=True, slots=True)
class Group:
    """Records that the accord cannot tell apart: it decides once for all of them."""

    schema: str
    properties: tuple[str, ...]
    terms: Terms


class Gate:
    """The decisions of one accord about one direction, purpose and action, each made once."""

    def __init__(self, accord: Accord, request: Request, now: dt.datetime) -> None:
        self._accord, self._request, self._now = accord, request, now
        self._properties: dict[Group, bool] = {}
        self._permits: dict[Group, Permit | None] = {}

    def permit(self, entity: Entity, terms: Terms) -> Permit | None:
        """Leave for as many properties of the record as the accord lets through; None when it lets none."""
        group = Group(entity.schema, tuple(sorted(entity.properties)), terms)
        if group not in self._permits:
            allowed = tuple(name for name in group.properties if self._allows(Group(group.schema, (name,), terms)))
            request = self._about(Group(group.schema, allowed, terms))
            self._permits[group] = require(request, self._accord, self._now) if allowed else None
        return self._permits[group]

    def _allows(self, group: Group) -> bool:
        if group not in self._properties:
            self._properties[group] = isinstance(decide(self._about(group), self._accord, self._now), Permit)
        return self._properties[group]

    def _about(self, group: Group) -> Request:
        return replace(self._request, schema=group.schema, properties=group.properties, terms=group.terms)


def admitted(entity: Entity, permit: Permit) -> Entity:
    """The record with nothing in it but what the permit lets through."""
    if entity.schema != permit.request.schema:
        raise InternalError("selection.schema", "a permit for one schema was used for another")
    names = permit.request.properties
    return Entity(entity.id, entity.schema, {name: entity.properties[name] for name in names if entity.get(name)})


def permitted(records: Iterable[tuple[Entity, Terms]], gate: Gate) -> Iterator[Entity]:
    """The records that may take part, each reduced to the properties that may."""
    for entity, terms in records:
        if (permit := gate.permit(entity, terms)) is not None:
            yield admitted(entity, permit)


def marked(entities: Iterable[Entity], largest: int, workers: int = 1) -> Drawn:
    """The marks of the records that give any, by record id; `largest`: as in `marks_of`."""
    taking_part = list(entities)
    batches = [taking_part[start : start + _BATCH] for start in range(0, len(taking_part), _BATCH)]
    drawn = spread(partial(draw, largest=largest), batches, workers if len(batches) >= _BATCHES_FOR_CORES else 1)
    return {record: marks for batch in drawn for record, marks in batch if marks}


def gathered(
    entities: Iterable[Entity], largest: int, workers: int = 1, check: Callable[[int], None] | None = None
) -> MarkSet:
    """The same of however many, as the protocol takes it; few of them are in memory at once. `check`: as in `drawn`."""
    return MarkSet.gathered(drawn(entities, largest, workers, check))


def drawn(
    entities: Iterable[Entity], largest: int, workers: int = 1, check: Callable[[int], None] | None = None
) -> Iterator[dict[str, list[bytes]]]:
    """The marks of records by record id, chunk after chunk.

    `check` is told after each chunk how many records gave marks so far; what it raises ends the work.
    """
    rest, records = iter(entities), 0
    for chunk in iter(lambda: list(islice(rest, _CHUNK)), []):
        digests = _digests(marked(chunk, largest, workers))
        records += len(digests)
        if check is not None:
            check(records)
        yield digests


def mark_set(marks: Drawn) -> MarkSet:
    """The same as the protocol takes it."""
    return MarkSet.of(_digests(marks))


def _digests(marks: Drawn) -> dict[str, list[bytes]]:
    return {record: [digest for _, digest in given] for record, given in marks.items()}


def speaks_of_silence(accord: Accord, giver: str, receiver: str) -> bool:
    """Whether a clause lets `giver` be told of a match in silence: public, so both know what a message holds."""
    return any(
        clause.level is Level.SILENT and clause.giver in (giver, "*") and clause.receiver in (receiver, "*")
        for clause in accord.clauses
    )


def refused(request: Request, accord: Accord, now: dt.datetime) -> Refusal | None:
    """What stands against a release before anybody has signed anything; None when only signatures are wanting."""
    answer = decide(request, accord, now)
    awaiting = {f"refused.{rule}" for rule in ("originator", "identity", "neutrality", "requester", "approval")}
    return answer if isinstance(answer, Refusal) and answer.code not in awaiting else None


QUESTION, ANSWER, QUIET = Action.BLIND, Action.CONTACT, Action.SILENT
