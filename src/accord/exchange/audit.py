"""Auditing a blind question afterwards: `audit` draws, the audited desk opens a sample, the auditor says what it found.

    audit → receive (the audited side opens) → receive (the auditor checks) → receive (the audited side is told)

Invariants: who may draw, how much is opened and for how long stands in the accord, and the audited side holds to it:
one draw for each question, after its end and within the accord's days, by whom the version that it was asked under lets
audit it, too; a record is shown to a named auditor only, never
to a side of the question, and as far as a clause lets it be compared there; what was opened, to whom, and what came of
it stand in both logs. When the days are over the secrets that openings rest on are destroyed (`sweep`), and the log
says so.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias

import orjson

from accord.arrangement import Accord, Action, Request, Terms, versions
from accord.errors import AccordError, InputError, PeerError, PolicyError, several
from accord.exchange import body as body_
from accord.exchange import opening, selection, state
from accord.exchange.body import SEND_AGAIN
from accord.exchange.carrier import Draft, Incoming, Step, known, start
from accord.exchange.facts import Role
from accord.exchange.marks import facts_of, scheme, strong_marks
from accord.exchange.needed import LONGEST, MOST_SHOWN, needed
from accord.exchange.party import Party
from accord.exchange.protocol import Answering, Asking, MarkSet, Opened
from accord.exchange.question import SECRET_BYTES, unbundle
from accord.exchange.state import OPENING, Kept, Session
from accord.records import Entity

if TYPE_CHECKING:
    from sqlalchemy import Connection

SOUND, UNSOUND = "sound", "unsound"
NOTHING = "nothing wrong was found"
_MOST_JOINED = 10_000  # of its facts: what one mark needs gives a few hundred, and all of those would take days
_MOST_SOUGHT = 1_000_000  # the same of an own record, of which what is asked comes early
Show: TypeAlias = Callable[[Sequence[Opened]], list[dict[str, Any]]]
Parts: TypeAlias = dict[str, bytes]


@dataclass(frozen=True, slots=True)
class Audited:
    """An audit. `role`: `auditor` or `audited`; `side`: what was audited, the asker's marks or the holder's.

    `verdict` is empty until it is known; `found` is what it rests on, in words; `opened` of `size` places were drawn.
    """

    id: str
    question: str
    party: str
    role: str
    side: str
    state: str
    verdict: str
    found: str
    opened: int
    size: int
    since: str

    def to_dict(self) -> dict[str, object]:
        return {name: getattr(self, name) for name in self.__slots__}


def audit(party: Party, question: str, of: str) -> bytes:
    """Draw a sample of a question that is over, for party `of` to open; returns the message to carry.

    Raises `PolicyError` when the accord does not let this desk draw, `InputError` when it has drawn before.
    """
    terms, me = party.accord.audit, party.id
    if party.accord.party(of).id == me:
        raise InputError("audit.self", "a party does not audit itself", "name the party that is to open, with --of")
    _check_ruled(party)
    with party.reading() as connection:
        asked = state.get(connection, Session, question)
        if any(one.partner == of for one in _drawn(connection, question, "asker")):
            raise InputError("audit.again", "this desk has drawn for that question", "see `accord exchange audits`")
    if not terms.auditor and (asked is None or asked.topic != "question" or asked.state != "closed"):
        raise _not_over(party)
    may = asked is None if me == terms.auditor else not terms.auditor and _held_against(asked, of)
    if not may:
        raise _not_theirs(party, me)
    nonce = party.randomness(SECRET_BYTES).hex()
    details = {"nonce": nonce, "begun": party.stamp}
    session = _session(party, party.new_id(), "asker", of, question, "drawn", details)
    step = Step(
        session,
        f"drew a sample for {of} to open",
        (("audit-drawn", question, {"of": of, "nonce": nonce}),),
        reply=Draft("audit", {"question": question, "nonce": nonce}),
    )
    return start(party, step)


def on_audit(party: Party, incoming: Incoming, session: Session | None) -> Step:  # noqa: ARG001 - one shape
    """A draw at the audited side: open those places of the question, as far as the accord lets them be shown."""
    header, body = incoming.header, incoming.header.body
    question, nonce = body_.identity(body, "question"), body_.raw(body, "nonce")
    with party.reading() as connection:
        asked = _due(connection, party, header.sender, question)
        kept = {row.name: row.data for row in state.find(connection, Kept, session=question)}
    envelopes = [kept[kind] for kind in opening.KINDS]
    said = opening.read_transcript(envelopes, question, _signer(party))
    then = _version(party, said)
    if then.auditor_of(said.asker, said.holder) != header.sender:  # what it would open is kept for another, or not
        raise PolicyError(
            "audit.who", f"{header.sender} may not audit what was asked under an earlier version of the accord",
            "let the auditor of that version draw", "audit", party.id,
        )  # fmt: skip
    secrets = unbundle(kept[OPENING])
    show = None
    if header.sender == party.accord.audit.auditor:
        if said.signed["question"].header.scheme != scheme():
            raise PolicyError(
                "audit.scheme", "the question was asked with marks of another scheme: today's records do not give them",
                "ask again, and audit that question", "audit", party.id,
            )  # fmt: skip
        show = partial(_shown, party, asked, header.sender, then.quotas.records_per_answer)
    parts, rows, size = (_open_asked if asked.role == "asker" else _open_held)(party, secrets, said, nonce, show)
    beside = b"" if asked.role == "asker" else parts["evaluated"]  # an asker's has the size of its question
    parts |= {
        "opened": opening.filled(rows, len(beside)),
        "messages": orjson.dumps([each.decode() for each in envelopes]),
    }
    told: list[tuple[str, str, Mapping[str, Any]]] = [
        ("audit-opened", question, {"to": header.sender, "places": len(rows), "of": size, "nonce": nonce.hex()})
    ]
    records = sorted({str(row["id"]) for row in rows if "id" in row})
    told += [("audit-shown", record, {"to": header.sender, "question": question}) for record in records]

    def guard(connection: Connection) -> None:
        _due(connection, party, header.sender, question)

    details = {"side": asked.role, "opened": len(rows), "size": size}
    opened = _session(party, header.session, "holder", header.sender, question, "opened", details)
    return Step(
        opened,
        f"{header.sender} audits a question; opened to it: {len(rows):,} of {several(size, 'place')}",
        tuple(told),
        reply=Draft("opening", {}, parts),
        guard=guard,
    )


def on_opening(party: Party, incoming: Incoming, session: Session | None) -> Step:
    """The opening at the auditor: check it against what the two parties signed, note what was found, and tell it."""
    open_session, parts = known(session), incoming.message.parts
    of, question = open_session.partner, open_session.after
    details = dict(open_session.details)
    try:
        side, finding = _check(party, of, question, parts, bytes.fromhex(str(details["nonce"])))
        found = ", ".join(f"{what} ({number:,}×)" for what, number in finding.wrong.items()) or NOTHING
        details |= {"side": side, "opened": finding.opened, "size": finding.size, "padding": finding.padding}
        verdict = UNSOUND if finding.wrong else SOUND
    except AccordError as error:  # what cannot be checked is a finding, too
        found, verdict = error.message, UNSOUND
    said = f"{of} opened {several(int(str(details.get('opened', 0))), 'place')}: {found}"
    if verdict == SOUND:
        size, opened = finding.size, finding.opened
        share = opening.detection(size, -(-size // 100), opened)
        said += f" ({finding.padding:,} of them padding)" if finding.padding else ""
        said += f"; had one in a hundred been false, this draw would have shown it with probability {share:.0%}"
    entry = {"of": of, "verdict": verdict, "found": found}
    return Step(
        replace(open_session, state="closed", details=details | {"verdict": verdict, "found": found}),
        said,
        (("audited", question, entry), *((("alarm", question, entry),) if verdict == UNSOUND else ())),
        reply=Draft("verdict", {"verdict": verdict, "found": found}),
    )


def on_verdict(party: Party, incoming: Incoming, session: Session | None) -> Step:  # noqa: ARG001 - one shape
    """What the auditor found, at the audited side. No reply is due."""
    open_session, body = known(session), incoming.header.body
    verdict, found = body_.text(body, "verdict"), body_.text(body, "found")
    if verdict not in (SOUND, UNSOUND):
        raise PeerError("audit.verdict", f"an audit ends with {SOUND} or {UNSOUND}", SEND_AGAIN)
    entry = {"by": open_session.partner, "verdict": verdict, "found": found}
    return Step(
        replace(open_session, state="closed", details={**open_session.details, "verdict": verdict, "found": found}),
        f"{open_session.partner} audited us: {verdict}, {found}",
        (("audited", open_session.after, entry),),
    )


def audits(party: Party) -> list[Audited]:
    """The audits that this desk drew and those that it opened for, the oldest first."""
    with party.reading() as connection:
        found = state.find(connection, Session, topic="audit")
    return [
        Audited(
            one.id, one.after, one.partner, "auditor" if one.role == "asker" else "audited",
            str(one.details.get("side", "")), one.state,
            str(one.details.get("verdict", "")), str(one.details.get("found", "")),
            int(one.details.get("opened", 0)), int(one.details.get("size", 0)), one.since,
        )
        for one in found
    ]  # fmt: skip


def _open_asked(
    party: Party, secrets: Mapping[str, bytes], said: opening.Transcript, nonce: bytes, show: Show | None
) -> tuple[Parts, list[dict[str, Any]], int]:
    marks, smallest = MarkSet.from_bytes(secrets["marks"]), int.from_bytes(secrets["smallest"], "big")
    asking = Asking(marks, secrets["secret"], smallest, party.workers, blinded=secrets["blinded"])
    places = opening.draw(nonce, said.fixed, asking.size, party.accord.audit.sample)
    opened = [asking.opened(place) for place in places]
    seen = show(opened) if show else [{}] * len(opened)
    rows = [
        {"mark": (one.mark or b"").hex(), "blind": one.blind.hex()} | more
        for one, more in zip(opened, seen, strict=True)
    ]
    return {name: secrets[name] for name in ("blinded", "evaluated", "outputs", "matches")}, rows, asking.size


def _open_held(
    party: Party, secrets: Mapping[str, bytes], said: opening.Transcript, nonce: bytes, show: Show | None
) -> tuple[Parts, list[dict[str, Any]], int]:
    marks, smallest = MarkSet.from_bytes(secrets["marks"]), int.from_bytes(secrets["smallest"], "big")
    answering = Answering(marks, secrets["seed"], smallest, party.workers)
    outputs = answering.held.shown
    places = opening.draw(nonce, said.fixed, len(outputs), party.accord.audit.sample)
    opened = [answering.opened(place) for place in places]
    seen = show(opened) if show else [{}] * len(opened)
    rows = [({"mark": one.mark.hex()} if one.mark else {}) | more for one, more in zip(opened, seen, strict=True)]
    evaluated = answering.evaluate([one.mark for one in opened if one.mark])
    return {"outputs": b"".join(outputs), "evaluated": evaluated}, rows, len(outputs)


def _shown(party: Party, asked: Session, auditor: str, largest: int, opened: Sequence[Opened]) -> list[dict[str, Any]]:
    """What an auditor sees behind each place: the salt of padding, or a record that gives the mark.

    Of the record no property but those that the mark needs, that take part in questions to that partner and that a
    clause lets be compared at the auditor. One that is gone, or may not be compared there, is named and not shown.
    """
    took_part = selection.QUESTION if asked.role == "asker" else selection.ANSWER
    gates = [
        selection.Gate(party.accord, Request(action, party.id, recipient, "", (), asked.purpose), party.now)
        for action, recipient in ((took_part, asked.partner), (Action.COMPARE, auditor))
    ]
    named = (name for one in opened for name in one.records)
    held = {own.entity.id: (own.entity, own.terms) for own in party.among(named)}
    behind = partial(_behind, held, gates, "asker" if asked.role == "asker" else "holder", largest)
    return [behind(one) for one in opened]


def _behind(
    held: Mapping[str, tuple[Entity, Terms]], gates: Sequence[selection.Gate], role: Role, largest: int, one: Opened
) -> dict[str, Any]:
    if one.salt is not None:
        return {"salt": one.salt.hex()}
    for name in one.records:
        if name not in held:
            continue
        shown, terms = held[name]
        for gate in gates:
            permit = gate.permit(shown, terms)
            if permit is None:
                break
            shown = selection.admitted(shown, permit)
        else:
            facts = facts_of(shown, one.mark or b"", role, largest, _MOST_SOUGHT)
            if facts is not None:
                return {"id": name, "schema": shown.schema, "properties": needed(shown, facts, role).properties}
    return {"id": one.records[0]}


def _version(party: Party, said: opening.Transcript) -> Accord:
    """The version of the accord under which a question was asked: it says how rare a mark had to be, and who audits.

    Raises `PolicyError` `audit.version` when this desk has not adopted it, as one that acceded later.
    """
    asked_under = said.signed["question"].header.accord
    for one in versions(party.folder):
        if one.digest == asked_under:
            return one
    raise PolicyError(
        "audit.version", "the question was asked under a version of the accord that this desk does not know",
        "let a party audit it that had adopted that version", "audit", party.id,
    )  # fmt: skip


def _gives(role: Role, largest: int, row: Mapping[str, Any]) -> set[bytes]:
    """The marks of a record as an opening shows it; none of one that is only named, or that is no record."""
    properties = row.get("properties")
    if not isinstance(properties, dict) or not isinstance(row.get("schema"), str):
        return set()
    values = body_.fields(orjson.dumps(properties))
    if sum(map(len, values.values())) > MOST_SHOWN or any(
        len(one) > LONGEST for each in values.values() for one in each
    ):
        return set()  # a mark needs few and short ones; the marks of many take long
    shown = Entity("shown", str(row["schema"]), {name: tuple(each) for name, each in values.items()})
    return strong_marks(shown, role, largest, _MOST_JOINED)


def _check(
    party: Party, of: str, question: str, parts: Mapping[str, bytes], nonce: bytes
) -> tuple[str, opening.Finding]:
    envelopes = [str(each).encode() for each in body_.rows(parts, "messages")]
    said = opening.read_transcript(envelopes, question, _signer(party))
    most, named = party.accord.audit.sample, party.accord.audit.auditor == party.id
    if party.accord.auditor_of(said.asker, said.holder) != party.id:
        raise _not_theirs(party, party.id)
    largest = _version(party, said).quotas.records_per_answer
    if of == said.asker:
        gives = partial(_gives, "asker", largest)
        return "asker", opening.check_asked(said, parts, nonce, most, gives if named else None)
    if of == said.holder and named:
        return "holder", opening.check_held(said, parts, nonce, most, partial(_gives, "holder", largest))
    raise _not_theirs(party, party.id)


def _due(connection: Connection, party: Party, by: str, question: str) -> Session:
    """The question, when the accord lets `by` draw a sample of it now. Raises `PolicyError`."""
    _check_ruled(party)
    days = party.accord.audit.days
    asked = state.get(connection, Session, question)
    if asked is None or asked.topic != "question" or asked.state != "closed":
        raise _not_over(party)
    sides = (party.id, asked.partner) if asked.role == "asker" else (asked.partner, party.id)
    if by != party.accord.auditor_of(*sides):
        raise _not_theirs(party, by)
    if party.now.date() > ends(asked, days) or not state.find(connection, Kept, session=asked.id):
        raise PolicyError(
            "audit.window",
            f"the time for an audit of this question ({several(days, 'day')}) is over; its secrets are destroyed",
            "draw within the days that the accord gives, or agree on more", "audit", party.id,
        )  # fmt: skip
    if _drawn(connection, asked.id, "holder"):
        raise PolicyError(
            "audit.again", "a sample of this question was opened already; the accord allows one",
            "see `accord exchange audits`, or agree on a larger sample", "audit", party.id,
        )  # fmt: skip
    return asked


def ends(asked: Session, days: int) -> dt.date:
    """The last day on which a question that is over may be audited."""
    return dt.datetime.fromisoformat(asked.since).astimezone(dt.UTC).date() + dt.timedelta(days=days)


def _check_ruled(party: Party) -> None:
    if not party.accord.audit.days:
        raise PolicyError(
            "audit.none", "the accord has no audit", "agree on one: [audit] days, sample, auditor", "audit", party.id
        )


def _not_over(party: Party) -> PolicyError:
    remedy = "wait until it has ended; `accord exchange status` has its name"
    return PolicyError("audit.question", "there is no question of that name that is over", remedy, "audit", party.id)


def _not_theirs(party: Party, by: str) -> PolicyError:
    auditor = party.accord.audit.auditor
    whom = f"{auditor} may, where it is no side itself" if auditor else "the holder of a question may, of its asker"
    return PolicyError(
        "audit.who", f"{by} may not audit this; {whom}", "let the auditor of the accord draw", "audit", party.id
    )


def _held_against(asked: Session | None, of: str) -> bool:
    return asked is not None and (asked.role, asked.partner, asked.state) == ("holder", of, "closed")


def _drawn(connection: Connection, question: str, role: str) -> list[Session]:
    found = state.find(connection, Session, topic="audit", role=role, after=question)
    return [one for one in found if one.state != "refused"]


def _signer(party: Party) -> Any:
    return {one.id: one.sign for one in party.accord.parties}.get


def _session(
    party: Party, name: str, role: str, partner: str, question: str, now_state: str, details: Mapping[str, Any]
) -> Session:
    return Session(
        name, "audit", role, partner, now_state, "audit", question, question, 0, "", party.stamp, None, details
    )
