"""A conversation as people follow it: where it stands, what is asked, who signed what, what happened when.

Invariants: nothing here changes the desk or shows a field of a record; who signed is read from the signed statements,
checked against the accord, and from nowhere else.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from accord.arrangement import Kind, statement
from accord.errors import InputError, TrustError
from accord.exchange import state
from accord.exchange.limits import barred
from accord.exchange.party import Party
from accord.exchange.request import wish_of, without_record
from accord.exchange.state import Hit, Release, Session, Wish
from accord.exchange.status import states_waiting, waiting_for
from accord.ledger import Envelope

_MOST_FILES = 200


@dataclass(frozen=True, slots=True)
class Conversation:
    """Where a conversation stands. `waits_for`: `us`, `nobody` or the partner; `after`: the one it grew out of."""

    id: str
    topic: str
    role: str
    partner: str
    state: str
    waits_for: str
    purpose: str
    case: str
    after: str
    since: str


@dataclass(frozen=True, slots=True)
class Said:
    """A signed statement about a request: its kind, who signed it, when, and what it says."""

    kind: Kind
    signer: str
    at: dt.datetime
    says: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Asked:
    """A request: of whom, for which fields, and the statements that were signed about it so far.

    `gone`: it waits for a decision here, and the own record is not here any more.
    """

    id: str
    hit: str
    record: str
    role: str
    party: str
    properties: tuple[str, ...]
    purpose: str
    requester: str
    until: str
    state: str
    statements: tuple[Said, ...]
    gone: bool


@dataclass(frozen=True, slots=True)
class Given:
    """A release without its fields: under which conditions, until when, what became of it, and the receipt, if any."""

    id: str
    role: str
    party: str
    record: str
    state: str
    expires: str
    purposes: tuple[str, ...]
    handling: tuple[str, ...]
    conditions: tuple[str, ...]
    receipt: Mapping[str, object] | None


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message of ours that is the last word of its conversation: `id` is the digest of what was signed."""

    id: str
    conversation: str
    kind: str
    partner: str
    at: str
    waits: bool


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that happened in a conversation, as the log has it."""

    entry: int
    at: dt.datetime
    kind: str
    details: Mapping[str, object]


def conversations(party: Party, most: int | None = None) -> list[Conversation]:
    """All conversations, or the latest `most`; the one that moved last first."""
    with party.reading() as connection:
        number = state.count(connection, Session) if most is None else most
        return [_conversation(session) for session in state.window(connection, Session, 0, number)]


def count_conversations(party: Party) -> int:
    """How many conversations there are."""
    with party.reading() as connection:
        return state.count(connection, Session)


def waiting(party: Party) -> list[Conversation]:
    """The conversations in which somebody has to act, the one that moved last first."""
    with party.reading() as connection:
        sessions = state.among(connection, Session, "state", states_waiting())
    found = [one for one in map(_conversation, sessions) if one.waits_for != "nobody"]
    return sorted(found, key=lambda one: (one.since, one.id), reverse=True)


def expiring(party: Party, by: dt.date) -> list[Given]:
    """Releases whose fields are still out and whose last day of use is `by` at the latest."""
    with party.reading() as connection:
        rows = state.among(connection, Release, "state", ("held", "released"))
    return [_given(row) for row in rows if dt.date.fromisoformat(row.expires) <= by]


def conversation(party: Party, identity: str) -> Conversation:
    """One conversation. Raises `InputError` `exchange.unknown`."""
    with party.reading() as connection:
        session = state.get(connection, Session, identity)
    if session is None:
        raise InputError("exchange.unknown", "this desk has no such conversation", "see `accord exchange status`")
    return _conversation(session)


def asked(party: Party, wish_id: str) -> Asked:
    """A request and what was signed about it. A statement that does not hold any more is left out."""
    with party.reading() as connection:
        wish = wish_of(connection, wish_id)
        hit = state.get(connection, Hit, wish.hit)
    return Asked(
        wish.id, wish.hit, hit.record if hit else "", wish.role, wish.party, tuple(wish.properties), wish.purpose,
        wish.requester, wish.until, wish.state, tuple(_said(party, wish)),
        bool(without_record(party, [wish.id])),
    )  # fmt: skip


def given(party: Party, wish_id: str) -> Given | None:
    """What was released under a request, None when nothing was."""
    with party.reading() as connection:
        row = state.get(connection, Release, wish_id)
    return None if row is None else _given(row)


def _given(row: Release) -> Given:
    terms = row.conditions
    return Given(
        row.id, row.role, row.party, row.record, row.state, row.expires,
        tuple(terms.get("purposes", ())), tuple(terms.get("handling", ())),
        (*terms.get("conditions", ()), *((terms["onward"],) if "onward" in terms else ())), row.receipt,
    )  # fmt: skip


def outgoing(party: Party, identity: str | None = None, most: int = _MOST_FILES) -> list[Outgoing]:
    """Our last messages that nothing has followed yet, the newest first: what a courier may have to carry.

    With `identity` only that of one conversation.
    """
    with party.reading() as connection:
        letters = state.last_words(connection, most, identity)
        sessions = state.named(connection, Session, {letter.session for letter in letters})
    return [
        Outgoing(letter.id, session.id, letter.kind, session.partner, letter.at, waiting_for(session)
                 == session.partner)
        for letter in letters
        if (session := sessions[letter.session]) and barred(party, session.partner, letter.kind) is None
    ]  # fmt: skip


def happenings(party: Party, identity: str) -> list[Happening]:
    """What the log says about a conversation, in order."""
    return [
        Happening(entry.index, entry.at, entry.kind.removeprefix("exchange."), entry.details or {})
        for entry in party.log.entries(about=identity)
    ]


def _conversation(session: Session) -> Conversation:
    return Conversation(
        session.id, session.topic, session.role, session.partner, session.state, waiting_for(session), session.purpose,
        session.case, session.after, session.since,
    )  # fmt: skip


def _said(party: Party, wish: Wish) -> list[Said]:
    found = []
    for each in wish.evidence:
        try:
            read = statement.read(Envelope.from_dict(each), party.accord, party.now)
        except TrustError:
            continue
        found.append(Said(read.kind, read.signer, read.at, read.says))
    return found
