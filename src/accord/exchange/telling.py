"""Which possible matches are told, and under which names: what m3 and m4 rest on beside the marks.

Invariants: the accord and the terms of a record are asked again at each step, about the record as it is then; a match
that was told before keeps its name; of one record of the asker no more matches are told than a person can look into.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from accord.arrangement import Request
from accord.errors import PolicyError
from accord.exchange import drawing, selection, state
from accord.exchange.facts import Role
from accord.exchange.party import Party
from accord.exchange.protocol import HITS_PER_RECORD, Asking, pack_names, unpack_names
from accord.exchange.state import Hit, Session

if TYPE_CHECKING:
    from accord.arrangement import Action


def still_permitted(party: Party, partner: str, purpose: str, action: Action, records: set[str]) -> set[str]:
    """Of these records, those that the accord and their terms let take part now, not only when it began."""
    gate = selection.Gate(party.accord, Request(action, party.id, partner, "", (), purpose), party.now)
    return {own.entity.id for own in party.among(records) if gate.permit(own.entity, own.terms) is not None}


def marks_now(party: Party, session: Session, records: set[str]) -> dict[str, set[bytes]]:
    """The marks by which these records may be asked about now, or at the holder be found: one may be gone, restricted
    or corrected meanwhile."""
    role: Role = "asker" if session.role == "asker" else "holder"
    action = selection.QUESTION if role == "asker" else selection.ANSWER
    gate = selection.Gate(party.accord, Request(action, party.id, session.partner, "", (), session.purpose), party.now)
    marks = drawing.marked(party, role, selection.permitted(party.among(records), gate))
    return {record: {digest for _, digest in given} for record, given in marks.items()}


def check_unchanged(party: Party, session: Session, asking: Asking) -> None:
    """Raise `PolicyError` when a record may not be asked about any more: what answers silently cannot leave it out."""
    asked = asking.records
    if len(still_permitted(party, session.partner, session.purpose, selection.QUESTION, set(asked))) < len(asked):
        raise PolicyError(
            "question.changed",
            "not all that was asked about may be asked about any more",
            "ask again: the new question leaves it out",
            owner=party.id,
        )


def not_too_many(pairs: Iterable[tuple[int, str]], named: Mapping[tuple[int, str], Hit]) -> Iterator[tuple[int, str]]:
    """As many pairs of each of the asker's records as it takes, those that were told before first."""
    told: Counter[int] = Counter()
    for pair in sorted(pairs, key=lambda pair: pair not in named):
        told[pair[0]] += 1
        if told[pair[0]] <= HITS_PER_RECORD:
            yield pair


def known_names(party: Party, partner: str, groups: Mapping[int, str]) -> bytes:
    """For the records that matched: the names that earlier matches of theirs with this partner have."""
    names: dict[str, list[str]] = {}
    with party.reading() as connection:
        for hit in state.find(connection, Hit, party=partner, owner=partner):
            names.setdefault(hit.record, []).append(hit.id)
    return pack_names((group, name) for group, record in groups.items() for name in names.get(record, ()))


def named_again(
    party: Party, partner: str, pairs: Iterable[tuple[int, str]], known_hits: bytes
) -> dict[tuple[int, str], Hit]:
    """The matches that were told before, so that a question asked again brings no second name for the same match."""
    wanted, found = set(pairs), {}
    with party.reading() as connection:
        lines = unpack_names(known_hits)
        told = state.named(connection, Hit, {name for _, name in lines})
    for group, name in lines:
        hit = told.get(name)
        if hit and hit.party == partner and hit.state == "contact" and (group, hit.record) in wanted:
            found[group, hit.record] = hit
    return found


def not_noted(party: Party, partner: str, records: list[str]) -> list[str]:
    """Those of the silent matches that this desk has not noted before."""
    with party.reading() as connection:
        noted = {hit.record for hit in state.find(connection, Hit, party=partner, state="silent")}
    return [record for record in records if record not in noted]
