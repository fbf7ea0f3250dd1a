"""How many records a partner shares with this desk, and not which: `count_with`, and what is due on each message.

Invariants: records take part as the accord lets them be counted, at each side; the holder blurs the number before it is
told, with noise that the accord sets; one partner is told so few numbers in a week that what it asks twice, with
one record more, tells nothing (`limits.check_count`); neither side keeps a list of what was counted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from accord.arrangement import Action, Request
from accord.engine import uncollected
from accord.errors import PeerError, several
from accord.exchange import body as body_
from accord.exchange import drawing, limits, once, selection, state
from accord.exchange.body import SEND_AGAIN
from accord.exchange.carrier import Draft, Incoming, Step, known, start
from accord.exchange.facts import Role
from accord.exchange.marks import MARKS_HELD, Drawn
from accord.exchange.party import Party
from accord.exchange.protocol import bucket
from accord.exchange.question import bundle, check_wish, secret_of, unbundle
from accord.exchange.state import Session
from accord.exchange.tally import Counting, Tallied, blurred, count
from accord.oblivious.psi import ELEMENT_BYTES

if TYPE_CHECKING:
    from sqlalchemy import Connection

_SECRET_BYTES, _NOISE_BYTES = 32, 16


@dataclass(frozen=True, slots=True)
class Count:
    """A number that was told. `told` None: not yet; `exact`: at the holder only; `blur` as the accord had it."""

    session: str
    party: str
    role: str
    purpose: str
    case: str
    told: int | None
    exact: int | None
    blur: int
    since: str

    def to_dict(self) -> dict[str, object]:
        return {name: getattr(self, name) for name in self.__slots__}


@uncollected()
def count_with(party: Party, to: str, purpose: str, case: str, where: str | None = None) -> bytes:
    """Ask a partner how many of its records are among this desk's; returns the message to carry.

    Raises what `ask` raises, and `PolicyError` `count.quota` when this week's numbers have been told.
    """
    check_wish(party, to, purpose, case)
    marks = _marks(party, "asker", Request(selection.QUESTION, party.id, to, "", (), purpose), where)
    if not marks:
        raise limits.nothing_to_ask(party, where)
    limits.check_own(party, to, marks)
    seed, smallest = party.randomness(_SECRET_BYTES), party.accord.quotas.smallest_set
    elements = Tallied(seed, party.workers).question((mark for _, mark in _flat(marks)), smallest)
    size = len(elements) // ELEMENT_BYTES
    body = {"purpose": purpose, "case": case, "size": size}
    session = _session(party, party.new_id(), "asker", to, purpose, case, size)
    entry = ("count-asked", session.id, {"to": to, "purpose": purpose, "case": case, "marks": size})

    with party.reading() as connection:
        limits.check_count(connection, party, to, "asker")
    step = Step(
        replace(session, secret=bundle({"seed": seed, "place": once.lay(party, session.id)})),
        "",
        (entry,),
        reply=Draft("count", body, {"elements": elements}),
        guard=lambda connection: limits.check_count(connection, party, to, "asker"),
    )
    return start(party, step)


def on_count(party: Party, incoming: Incoming, session: Session | None) -> Step:
    """c1 at the holder: the own records that may be counted, under a key of this session."""
    header, body = incoming.header, incoming.header.body
    if session is not None:
        raise PeerError("message.session", "a question came under a name that another conversation has", SEND_AGAIN)
    partner, quotas = header.sender, party.accord.quotas
    purpose, case, size = body_.text(body, "purpose"), body_.text(body, "case"), body_.number(body, "size")
    elements = body_.part(incoming.message.parts, "elements")
    if len(elements) != size * ELEMENT_BYTES or bucket(size, quotas.smallest_set) != size:
        raise PeerError("question.size", "the question has another size than it states, or is not padded", SEND_AGAIN)
    limits.check_purpose(party, partner, purpose)
    with party.reading() as connection:  # before the work, and again when it is kept
        limits.check_received(connection, party, partner, size)
        limits.check_count(connection, party, partner, "holder")
        limits.check_refused_today(connection, party, partner, "count", purpose)

    def enough(records: int) -> None:  # at once, as for a question
        limits.check_own_records(party, records)
        limits.check_own_count(party, records)

    marks = _marks(party, "holder", Request(Action.COUNT, party.id, partner, "", (), purpose), check=enough)
    enough(len(marks))
    seed = party.randomness(_SECRET_BYTES)
    drawn = {record: [mark for _, mark in given] for record, given in marks.items()}
    fewest = limits.fewest_groups(quotas.smallest_set)
    groups = Counting(drawn, seed, MARKS_HELD, fewest, party.workers).groups()
    opened = _session(party, header.session, "holder", partner, purpose, case, size)

    def guard(connection: Connection) -> None:
        limits.check_received(connection, party, partner, size)
        limits.check_count(connection, party, partner, "holder")

    return Step(
        replace(opened, secret=bundle({"seed": seed, "elements": elements, "shown": len(groups).to_bytes(8, "big")})),
        f"{partner} asks how many records you share, for «{purpose}», case {case}; no record is told of",
        (("count-answered", header.session, {"to": partner, "purpose": purpose, "case": case, "marks": size}),),
        reply=Draft("count-marks", {"width": MARKS_HELD}, {"groups": groups}),
        guard=guard,
    )


def on_count_marks(party: Party, incoming: Incoming, session: Session | None) -> Step:
    """c2 at the asker: put the own key on the holder's marks, and mix them."""
    open_session, quotas = known(session), party.accord.quotas
    width, groups = body_.number(incoming.header.body, "width"), body_.part(incoming.message.parts, "groups")
    records, left = divmod(len(groups), MARKS_HELD * ELEMENT_BYTES)
    if width != MARKS_HELD or left or bucket(records, limits.fewest_groups(quotas.smallest_set)) != records:
        raise PeerError("count.groups", "the holder's marks are not in groups of the agreed size", SEND_AGAIN)
    limits.check_groups(party, open_session.partner, records)
    kept = unbundle(secret_of(open_session))
    once.check(party, open_session.id, kept.get("place", b""))
    return Step(
        replace(open_session, state="mixed", secret=None),
        f"{open_session.partner} counts; its number comes with the next message",
        (("count-mixed", open_session.id, {"with": open_session.partner}),),
        reply=Draft("count-answer", {}, {"groups": Tallied(kept["seed"], party.workers).answer(groups, width)}),
    )


def on_count_answer(party: Party, incoming: Incoming, session: Session | None) -> Step:
    """c3 at the holder: count, blur, and tell."""
    open_session, spread = known(session), party.accord.quotas.count_blur
    kept = unbundle(secret_of(open_session))
    records = int.from_bytes(kept["shown"], "big") // (MARKS_HELD * ELEMENT_BYTES)
    answer = body_.part(incoming.message.parts, "groups")
    exact = count(kept["elements"], answer, kept["seed"], MARKS_HELD, records, party.workers)
    told = blurred(exact, spread, party.randomness(_NOISE_BYTES))
    details = {**open_session.details, "exact": exact, "told": told, "blur": spread}
    return Step(
        replace(open_session, state="closed", secret=None, details=details),
        f"{exact:,} of your records are among theirs; {open_session.partner} is told {told:,}",
        (("count-told", open_session.id, {"to": open_session.partner, "told": told, "blur": spread}),),
        reply=Draft("count-told", {"count": told, "blur": spread}),
    )


def on_count_told(party: Party, incoming: Incoming, session: Session | None) -> Step:
    """c4 at the asker: the number. No reply is due."""
    open_session, body, spread = known(session), incoming.header.body, party.accord.quotas.count_blur
    told = body.get("count")
    if type(told) is not int or told < 0 or body.get("blur") != spread:
        raise PeerError("count.told", "the number is none, or is not blurred as the accord says", SEND_AGAIN)
    near = f", give or take {spread:,} or so" if spread else ""
    return Step(
        replace(open_session, state="closed", details={**open_session.details, "told": told, "blur": spread}),
        f"{open_session.partner} shares {several(told, 'record')} with you{near}",
        (("count-learned", open_session.id, {"from": open_session.partner, "told": told}),),
    )


def counts(party: Party) -> list[Count]:
    """The numbers that were told to this desk and by it, the oldest first."""
    with party.reading() as connection:
        found = state.find(connection, Session, topic="count")
    return [
        Count(
            one.id, one.partner, one.role, one.purpose, one.case, one.details.get("told"), one.details.get("exact"),
            int(one.details.get("blur", party.accord.quotas.count_blur)), one.since,
        )
        for one in found
        if one.state != "refused"
    ]  # fmt: skip


def _marks(
    party: Party, role: Role, request: Request, where: str | None = None, check: Callable[[int], None] | None = None
) -> Drawn:
    gate = selection.Gate(party.accord, request, party.now)
    at_once = party.accord.quotas.marks_per_answer // MARKS_HELD
    return drawing.marked(party, role, selection.permitted(party.records(where), gate), check, at_once)


def _flat(marks: Drawn) -> Iterator[tuple[str, bytes]]:
    return (pair for given in marks.values() for pair in given)


def _session(party: Party, name: str, role: str, to: str, purpose: str, case: str, size: int) -> Session:
    details = {"size": size, "begun": party.stamp}
    now_state = "asked" if role == "asker" else "answered"
    return Session(name, "count", role, to, now_state, purpose, case, "", 0, "", party.stamp, None, details)
