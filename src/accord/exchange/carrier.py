"""How a step of a conversation becomes durable: state, log entry and the message to send, in one transaction.

A handler looks at a message and says what should follow (`Step`); it changes nothing. `start` and `carry_on` here make
it so. A message that goes out is kept before anybody can read it (the outbox), so a desk that is killed at any moment
either has not done the step, or can write the same message again.

Invariants: a message is taken only as the next one of its session, once; the same message again changes nothing and
gives the reply that was given; what is sent names the digest of what came before it, the accord, the mark scheme and
the signed head of the sender's log. A step is made only when every row it was decided on (`seen`) still stands as it
was and its `guard` holds, both looked at inside the transaction: two commands at once cannot both have their way.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from accord.errors import InputError, InternalError, PeerError, PolicyError
from accord.exchange import state
from accord.exchange.body import SEND_AGAIN
from accord.exchange.marks import scheme
from accord.exchange.messages import ASKING, MARKED, Header, Message, seal
from accord.exchange.party import Party
from accord.exchange.state import AnyRow, Kept, Letter, Session

if TYPE_CHECKING:
    from sqlalchemy import Connection


@dataclass(frozen=True, slots=True)
class Draft:
    """What to send: the kind of message, its body and its parts."""

    kind: str
    body: Mapping[str, Any]
    parts: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Step:
    """What should follow: the session as it will be, rows to keep, log entries (kind, about, details), a message.

    `said` is one sentence for the person at the desk. `seen` are the rows that the decision rests on; `guard` is asked
    inside the transaction, before anything is kept, and raises what forbids the step. `refusal` says why the accord
    refused what the message asked, when the step tells the partner so. `also` are steps of other conversations that
    follow from this one: all are made, or none.
    """

    session: Session
    said: str
    entries: tuple[tuple[str, str, Mapping[str, Any]], ...]
    rows: tuple[AnyRow, ...] = ()
    reply: Draft | None = None
    seen: tuple[AnyRow, ...] = ()
    guard: Callable[[Connection], None] | None = None
    refusal: PolicyError | None = None
    also: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class Incoming:
    """A message that was opened, and the digest of what its sender signed."""

    message: Message
    digest: str

    @property
    def header(self) -> Header:
        return self.message.header


@dataclass(frozen=True, slots=True)
class Further:
    """A message to somebody else that follows from one that came: what it is, in which conversation, and to whom."""

    kind: str
    session: str
    partner: str
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Received:
    """What `receive` did: whose message of which kind, what it means, and the reply that is due, if any.

    `further` are messages to others that follow from it; the desk keeps them like the reply (`status`, `resend`).
    """

    kind: str
    session: str
    partner: str
    said: str
    reply: bytes | None
    again: bool = False
    refusal: PolicyError | None = None
    further: tuple[Further, ...] = ()


def start(party: Party, step: Step) -> bytes:
    """Make a step that a person asked for and that sends a message; returns the message."""
    data = settle(party, step)
    if data is None:
        raise InternalError("message.none", "a step that was to send a message sent none")
    return data


def settle(party: Party, step: Step) -> bytes | None:
    """Make a step that a person asked for and that may or may not send a message."""
    with party.writing() as connection:
        _hold(connection, step)
        session, data = _keep(connection, party, step)
        state.put(connection, session)
    return data


def carry_on(party: Party, incoming: Incoming, before: Session | None, step: Step) -> Received:
    """Take a message: everything that its handler said, or nothing. `before` is the session that the handler saw."""
    header = incoming.header
    with party.writing() as connection:
        if (known := taken(connection, incoming)) is not None:
            return known
        now = state.get(connection, Session, header.session)
        if (now and (now.sequence, now.state)) != (before and (before.sequence, before.state)):
            raise busy()
        _hold(connection, step)
        partner = party.accord.party(header.sender)
        party.log.accept(partner.id, partner.sign, dict(header.ledger), within=connection)
        state.forget_letters(connection, header.session)
        _witness(connection, party, header.session, header.kind, incoming.message.signed)
        moved = replace(step, session=replace(step.session, sequence=header.sequence, previous=incoming.digest))
        session, data = _keep(connection, party, moved)
        state.put(connection, session)
        further = tuple(_follow(connection, party, each) for each in step.also)
        reply = session.previous if data is not None else ""
        state.put(
            connection,
            Letter(incoming.digest, header.session, header.kind, header.sequence, 1, party.stamp, None, reply),
        )
    return Received(header.kind, header.session, header.sender, step.said, data, refusal=step.refusal, further=further)


def taken(connection: Connection, incoming: Incoming) -> Received | None:
    """What was done with this message when it came before; None when it is new."""
    letter = state.get(connection, Letter, incoming.digest)
    if letter is None:
        return None
    answer = state.get(connection, Letter, letter.reply) if letter.reply else None
    data = answer.data if answer else None
    said = "this message was taken before; nothing changed"
    said += ", and here is the reply again" if data else ", and no reply is due"
    header = incoming.header
    return Received(header.kind, header.session, header.sender, said, data, again=True)


def known(session: Session | None) -> Session:
    """The conversation that a message continues. Raises `PeerError` when there is none."""
    if session is None:
        raise PeerError(
            "message.session", "this message answers a conversation that this desk does not know", SEND_AGAIN
        )
    return session


def _hold(connection: Connection, step: Step) -> None:
    for row in step.seen:
        if state.get(connection, type(row), row.id) != row:
            raise busy()
    if step.guard is not None:
        step.guard(connection)


def _follow(connection: Connection, party: Party, step: Step) -> Further:
    """Make a step of another conversation that follows from the message; what was sent there before is forgotten."""
    _hold(connection, step)
    state.forget_letters(connection, step.session.id)
    session, data = _keep(connection, party, step)
    state.put(connection, session)
    if data is None or step.reply is None:
        raise InternalError("message.none", "a step that was to send a message sent none")
    return Further(step.reply.kind, session.id, session.partner, data)


def _witness(connection: Connection, party: Party, session: str, kind: str, signed: bytes) -> None:
    """Keep what was signed in a blind question for as long as it may be audited."""
    if party.accord.audit.days and kind in ASKING:
        state.put(connection, Kept.of(session, kind, signed))


def busy() -> InputError:
    """What is said when something that a step was decided on has changed meanwhile."""
    return InputError(
        "exchange.busy",
        "another command moved this conversation on meanwhile; nothing was changed",
        "look at `accord exchange status`, then run this again",
    )


def _keep(connection: Connection, party: Party, step: Step) -> tuple[Session, bytes | None]:
    state.put(connection, *step.rows)
    party.note_all(connection, step.entries)
    session = replace(step.session, since=party.stamp)
    if step.reply is None:
        return session, None
    header = Header(
        kind=step.reply.kind,
        session=session.id,
        sequence=session.sequence + 1,
        previous=session.previous,
        sender=party.id,
        recipient=session.partner,
        at=party.stamp,
        accord=party.accord.digest,
        scheme=scheme() if step.reply.kind in MARKED else "",
        ledger=party.log.report(session.partner, within=connection),
        body=step.reply.body,
    )
    sealed = seal(Message(header, step.reply.parts), party.sign, party.accord.party(session.partner).decrypt)
    letter = Letter(sealed.digest, session.id, step.reply.kind, header.sequence, 0, party.stamp, sealed.data)
    state.put(connection, letter)
    _witness(connection, party, session.id, letter.kind, sealed.signed)
    return replace(session, sequence=header.sequence, previous=sealed.digest), sealed.data
