"""What a person sees: possible matches, what waits for whom since when, and a message written out again.

Invariants: nothing here changes the desk or reads a record's fields.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from accord.errors import InputError
from accord.exchange import state
from accord.exchange.limits import barred
from accord.exchange.party import Party
from accord.exchange.request import without_record
from accord.exchange.state import Hit, Letter, Release, Session, Wish

if TYPE_CHECKING:
    from sqlalchemy import Connection

# (topic, this desk's role, state) -> who must act ("us" or "them"), and what is waited for
_WAITING: dict[tuple[str, str, str], tuple[str, str]] = {
    ("question", "asker", "asked"): ("them", "the answer to our question: receive it when it comes"),
    ("question", "asker", "matched"): ("them", "the contacts for the possible matches"),
    ("question", "asker", "lapsed"): ("nobody", "nobody answered in time"),
    ("question", "asker", "refused"): ("nobody", "their copy of the accord refused the question"),
    ("question", "holder", "lapsed"): ("nobody", "nobody answered in time"),
    ("question", "holder", "refused"): ("nobody", "the accord refused their question; they were told"),
    ("question", "asker", "closed"): ("nobody", "answered: see `exchange hits`"),
    ("question", "holder", "answered"): ("them", "which of our marks matched"),
    ("question", "holder", "closed"): ("nobody", "answered: see `exchange hits`"),
    ("request", "asker", "requested"): ("them", "their decision on our request"),
    ("request", "asker", "declined"): ("nobody", "they declined"),
    ("request", "asker", "lapsed"): ("nobody", "nobody answered in time"),
    ("request", "asker", "held"): ("nobody", "fields held: `exchange read`"),
    ("request", "asker", "returned"): ("nobody", "taken back; erased here, receipt sent"),
    ("request", "asker", "expired"): ("nobody", "the fields have expired and are erased"),
    ("request", "holder", "requested"): ("us", "compare the two records: `exchange identify`"),
    ("request", "holder", "compared"): ("us", "a second person's approval: `exchange approve`"),
    ("request", "holder", "approved"): ("us", "to hand over: `exchange release`"),
    ("request", "holder", "declined"): ("nobody", "declined"),
    ("request", "holder", "lapsed"): ("nobody", "nobody decided in time"),
    ("request", "holder", "released"): ("nobody", "released; `exchange recall` takes it back"),
    ("request", "holder", "recalled"): ("them", "the receipt that the fields are erased"),
    ("request", "holder", "returned"): ("nobody", "taken back; receipt here"),
    ("request", "holder", "passing"): ("them", "the receipts of those to whom they handed the fields on"),
    ("count", "asker", "asked"): ("them", "their marks, to count how many we share"),
    ("count", "asker", "mixed"): ("them", "the number that we share"),
    ("count", "asker", "closed"): ("nobody", "counted: see `exchange counts`"),
    ("count", "asker", "lapsed"): ("nobody", "nobody answered in time"),
    ("count", "asker", "refused"): ("nobody", "their copy of the accord refused to count"),
    ("count", "holder", "answered"): ("them", "our marks, mixed under their key"),
    ("count", "holder", "closed"): ("nobody", "counted: see `exchange counts`"),
    ("count", "holder", "lapsed"): ("nobody", "nobody answered in time"),
    ("count", "holder", "refused"): ("nobody", "the accord refused to count; they were told"),
    ("audit", "asker", "drawn"): ("them", "the places that we drew, opened"),
    ("audit", "asker", "closed"): ("nobody", "audited: see `exchange audits`"),
    ("audit", "asker", "lapsed"): ("nobody", "they did not open what we drew: ask them why"),
    ("audit", "asker", "refused"): ("nobody", "they refused to open what we drew"),
    ("audit", "holder", "opened"): ("them", "what the audit found"),
    ("audit", "holder", "closed"): ("nobody", "audited: see `exchange audits`"),
    ("audit", "holder", "lapsed"): ("nobody", "nobody said what the audit found"),
    ("audit", "holder", "refused"): ("nobody", "the accord refused the audit; they were told"),
    ("onward", "asker", "asked"): ("them", "whether their fields may go on to a third party"),
    ("onward", "asker", "consented"): ("nobody", "they consent: go on with the request"),
    ("onward", "asker", "lapsed"): ("nobody", "nobody answered in time"),
    ("onward", "asker", "refused"): ("nobody", "they do not consent"),
    ("onward", "holder", "asked"): ("us", "whether our fields may go on: `exchange consent`"),
    ("onward", "holder", "consented"): ("nobody", "we consented"),
    ("onward", "holder", "lapsed"): ("nobody", "nobody answered in time"),
    ("onward", "holder", "refused"): ("nobody", "we did not consent"),
}

_GONE = "decline it, since the own record is gone: `exchange identify`"


@dataclass(frozen=True, slots=True)
class Waiting:
    """One line of the status: a conversation, its partner, who must act, what for, since when."""

    id: str
    topic: str
    party: str
    waits_for: str
    what: str
    since: str

    def to_dict(self) -> dict[str, object]:
        return {name: getattr(self, name) for name in self.__slots__}


def status(party: Party) -> list[Waiting]:
    """Every conversation, those first that wait for this desk, then those that wait for a partner, then the rest."""
    with party.reading() as connection:
        sessions = state.find(connection, Session)
    open_ = {one.id for one in sessions if one.topic == "request" and one.state in state.UNDECIDED}
    gone = without_record(party, open_)
    lines = [_waiting(session, session.id in gone) for session in sessions]
    urgency = {"us": 0, "nobody": 2}
    return sorted(lines, key=lambda line: (urgency.get(line.waits_for, 1), line.since, line.id))


def waiting_for(session: Session) -> str:
    """Who must act in a conversation: `us`, `nobody`, or the partner's id."""
    who = _WAITING[(session.topic, session.role, session.state)][0]
    return session.partner if who == "them" else who


def states_waiting() -> frozenset[str]:
    """The states in which somebody has to act in some conversation."""
    return frozenset(where for (_, _, where), (who, _) in _WAITING.items() if who != "nobody")


def _waiting(session: Session, gone: bool) -> Waiting:
    what = _GONE if gone else _WAITING[(session.topic, session.role, session.state)][1]
    return Waiting(session.id, session.topic, session.partner, waiting_for(session), what, session.since)


def hits(party: Party, **chosen: str) -> list[dict[str, object]]:
    """The possible matches of this desk: `hit`, `record` (the own id), `party`, `contact`, `state`, `since`, `session`.

    `state` is the furthest that came of it: contact, requested, released, … or silent (only this desk knows).
    `chosen` narrows them down: `id`, `record`, `session`.
    """
    with party.reading() as connection:
        return _told(connection, state.find(connection, Hit, **chosen))


def latest_hits(party: Party, first: int, most: int) -> list[dict[str, object]]:
    """`most` of the possible matches from the `first` on, the newest first."""
    with party.reading() as connection:
        return _told(connection, state.window(connection, Hit, first, most))


def count_hits(party: Party) -> tuple[int, int]:
    """How many possible matches there are, and how many of them with a contact that nobody has asked about."""
    with party.reading() as connection:
        return state.count(connection, Hit), state.count_unasked(connection)


def _told(connection: Connection, found: list[Hit]) -> list[dict[str, object]]:
    wishes = state.among(connection, Wish, "hit", {hit.id for hit in found})
    furthest = {wish.hit: wish.state for wish in wishes}
    of = {wish.id: wish.hit for wish in wishes}
    furthest |= {of[row.wish]: row.state for row in state.among(connection, Release, "wish", of)}
    return [
        {
            "hit": hit.id,
            "record": hit.record,
            "party": hit.party,
            "contact": hit.contact,
            "state": furthest.get(hit.id, hit.state),
            "since": hit.since,
            "session": hit.session,
        }
        for hit in found
    ]


def resend(party: Party, conversation: str) -> bytes:
    """The last message of a conversation that this desk wrote, as it was: for a file that was lost on its way."""
    with party.reading() as connection:
        sent = [letter for letter in state.find(connection, Letter, session=conversation, incoming=0) if letter.data]
    if not sent or sent[-1].data is None:
        raise InputError(
            "message.none", f"this desk has no message of {conversation} to send again", "see `accord exchange status`"
        )
    with party.reading() as connection:
        session = state.get(connection, Session, conversation)
    refusal = barred(party, session.partner, sent[-1].kind) if session else None
    if refusal is not None:
        raise refusal
    return sent[-1].data


def outbox(party: Party, partner: str, seen: Mapping[str, int]) -> bytes | None:
    """The oldest last message of a conversation with `partner` that goes beyond the step it has `seen`; None if none.

    `seen`: the sequence number of the partner's last step by conversation; a conversation that is not in it is new.
    """
    with party.reading() as connection:
        sessions = state.find(connection, Session, partner=partner)
        for session in sorted(sessions, key=lambda one: (one.since, one.id)):
            if session.sequence > seen.get(session.id, 0):
                letter = state.get(connection, Letter, session.previous)
                if letter is None or letter.incoming or letter.data is None:
                    continue
                if barred(party, partner, letter.kind) is None:
                    return letter.data
    return None


def progress(party: Party, partner: str) -> dict[str, int]:
    """How far each conversation with `partner` has come at this desk: the sequence number of its last step."""
    with party.reading() as connection:
        return {one.id: one.sequence for one in state.find(connection, Session, partner=partner)}


def addressee(party: Party, message: bytes) -> str:
    """The partner that a message of this desk's outbox is for. Raises `InputError` `message.foreign`."""
    with party.reading() as connection:
        for letter in state.find(connection, Letter, data=message, incoming=0):
            session = state.get(connection, Session, letter.session)
            if session is not None:
                return session.partner
    raise InputError(
        "message.foreign",
        "this file is no message that this desk has to send",
        "see `accord exchange status`, and carry a conversation by its id",
    )
