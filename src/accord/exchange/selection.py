"""Which records, and which of their properties, may take part in what: the accord decides for each.

Invariants: a record enters a question or an answer only through `admitted`, which takes the permit of the accord and
keeps exactly the properties that the permit names; what the accord refuses is absent, without a trace of its number.

>>> from accord.arrangement import Terms
>>> Group("Person", ("name",), Terms()) == Group("Person", ("name",), Terms())
True
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import product
from typing import TYPE_CHECKING, NamedTuple

from accord.arrangement import Accord, Action, Level, Permit, Refusal, Request, Terms, decide, require
from accord.errors import InternalError
from accord.records import Entity

if TYPE_CHECKING:
    from accord.exchange.party import Own, Party
    from accord.records import Place


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


class Admitted(NamedTuple):
    """A record reduced to the properties that may take part, and where it lies."""

    entity: Entity
    place: Place | None


def permitted(records: Iterable[Own], gate: Gate) -> Iterator[Admitted]:
    """The records that may take part."""
    for own in records:
        if (permit := gate.permit(own.entity, own.terms)) is not None:
            yield Admitted(admitted(own.entity, permit), own.place)


def askable(party: Party, identity: str, held: bool = False) -> Entity:
    """A record of this desk with what of it may be asked about, or if `held` be met by a question, with some partner
    for some purpose: for people. Raises `InputError` `record.gone`."""
    entity, terms = party.record(identity)
    partners = [other.id for other in party.accord.parties if other.id != party.id]
    wishes = [
        Request(action, party.id, to, "", (), purpose)
        for action, to, purpose in product((ANSWER, QUIET) if held else (QUESTION,), partners, party.accord.purposes)
    ]
    permits = [Gate(party.accord, wish, party.now).permit(entity, terms) for wish in wishes]
    names = {name for permit in permits if permit is not None for name in permit.request.properties}
    return replace(entity, properties={name: values for name, values in entity.properties.items() if name in names})


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
