"""The blind question at a desk: `ask`, and what is due when a question, an answer, matches or contacts come in.

Invariants: a record takes part only as far as the accord lets it, decided again at each step; quotas are those of the
receiver's copy of the accord; the secrets of a session are gone as soon as the step that needs them is done, or, under
an accord with audits, when the days for these are over; a question is logged by both sides whether or not anything was
found.

A record that the accord keeps silent is not in the answer. Instead, under an accord with such a clause, the holder asks
back in the same messages, about those records, padded to a size that does not depend on them: so the asker's messages
are the same whether there are such records, whether they match, or not, and only the holder learns of a match.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import orjson

from accord.arrangement import Request
from accord.engine import uncollected
from accord.errors import InputError, PeerError, PolicyError, several
from accord.exchange import body as body_
from accord.exchange import drawing, limits, once, preparing, sameness, selection, state
from accord.exchange.body import SEND_AGAIN
from accord.exchange.carrier import Draft, Incoming, Step, known, start
from accord.exchange.marks import Drawn
from accord.exchange.party import Party
from accord.exchange.protocol import (
    HITS_PER_RECORD,
    SHOWN_BYTES,
    Answering,
    Asking,
    MarkSet,
    bucket,
    pack_matches,
    pack_names,
    unpack_matches,
    unpack_names,
)
from accord.exchange.state import OPENING, Hit, Kept, Session
from accord.exchange.telling import (
    check_unchanged,
    known_names,
    marks_now,
    named_again,
    not_noted,
    not_too_many,
    still_permitted,
)
from accord.oblivious.psi import ELEMENT_BYTES, HolderKey, split

if TYPE_CHECKING:
    from sqlalchemy import Connection

SECRET_BYTES = 32
ALARM = "Unusually many: both logs have an alarm; speak to the partner's contact point"
SILENT_ALARM = "Unusually many, silent ones included: the log here has an alarm, the partner's may have none"
CHURN = "The partner's set changed by half within a day: the log has an alarm; ask its contact point why"
_LONGEST_CASE = 500  # characters, as the partner reads it
_DETAILS = ("size", "records", "file", "asked_back")  # of a question, what its row keeps


@uncollected()
def ask(party: Party, to: str, purpose: str, case: str, where: str | None = None) -> bytes:
    """Ask a partner blind about the records of this desk that the accord lets in; returns the message to carry.

    `where` chooses among them (see `accord.records.where`). Raises `PolicyError` when the accord lets none in, or when
    the question is above its quotas, and `InputError` for a partner or purpose that the accord does not know.
    """
    check_wish(party, to, purpose, case)
    marks = chosen_marks(party, to, purpose, where)
    if not marks:
        raise limits.nothing_to_ask(party, where)
    return start(party, compose(party, to, purpose, case, marks))


def chosen_marks(party: Party, to: str, purpose: str, where: str | None) -> Drawn:
    """The marks of the own records that `where` chooses and the accord lets be asked about."""
    gate = selection.Gate(party.accord, Request(selection.QUESTION, party.id, to, "", (), purpose), party.now)
    return drawing.marked(party, "asker", selection.permitted(party.records(where), gate))


def compose(party: Party, to: str, purpose: str, case: str, marks: Drawn) -> Step:
    """The step that asks a partner about these marks. Raises `PolicyError` above the quotas."""
    limits.check_own(party, to, marks)
    asked, smallest = drawing.mark_set(marks), party.accord.quotas.smallest_set
    secret, back = party.randomness(SECRET_BYTES), b""
    asking = Asking(asked, secret, smallest, party.workers)
    blinded = asking.question()
    body: dict[str, Any] = {"purpose": purpose, "case": case, "size": asking.size}
    parts, name, place = {"blinded": blinded}, party.new_id(), b""
    if selection.speaks_of_silence(party.accord, to, party.id):  # then what is asked about is an answer, too
        limits.check_own_records(party, len(marks))
        limits.check_own_answer(party, asking.size)
        back, place = party.randomness(SECRET_BYTES), once.lay(party, name)
        answering = Answering(asked, back, smallest, party.workers)
        body["public"] = answering.public.hex()
        parts["outputs"] = b"".join(answering.held.shown)
    kept = {"secret": secret, "marks": asked.to_bytes(), "blinded": blinded, "back": back, "place": place}
    session = _session(party, name, "asker", to, body | {"records": len(marks)})
    told = {"to": to, "purpose": purpose, "case": case, "marks": asking.size, "records": len(marks)}
    return Step(
        replace(session, secret=bundle(kept)),
        f"asked {to} about {several(len(marks), 'record')}",
        (("asked", session.id, told),),
        reply=Draft("question", body, parts),
    )


def check_wish(party: Party, to: str, purpose: str, case: str) -> None:
    """A question is to a partner, for a purpose of the accord, which is in force, and a case. Raises as `ask`."""
    if party.accord.party(to).id == party.id:
        others = ", ".join(other.id for other in party.accord.parties if other.id != party.id)
        raise InputError("question.self", f"{to} is this desk itself", f"ask a partner with --to: {others}")
    if not case.strip() or not case.isprintable() or len(case) > _LONGEST_CASE:
        raise InputError("question.case", "the case number is empty, too long or not printable", "give one with --case")
    limits.check_purpose(party, to, purpose)
    limits.check_in_force(party, to)


def on_question(party: Party, incoming: Incoming, session: Session | None) -> Step:
    """m1 at the holder: evaluate the partner's marks, and show the truncated outputs of the own ones."""
    header, body, parts = incoming.header, incoming.header.body, incoming.message.parts
    if session is not None:
        raise PeerError("message.session", "a question came under a name that another conversation has", SEND_AGAIN)
    partner, smallest = header.sender, party.accord.quotas.smallest_set
    purpose, case, size = body_.text(body, "purpose"), body_.text(body, "case"), body_.number(body, "size")
    blinded = body_.part(parts, "blinded")
    if len(blinded) != size * ELEMENT_BYTES or bucket(size, smallest) != size:
        raise PeerError(
            "question.size", "the question does not have the size that it states, or is not padded", SEND_AGAIN
        )
    limits.check_purpose(party, partner, purpose)
    with party.reading() as connection:  # before the work, and again when it is kept
        limits.check_received(connection, party, partner, size)
    back = {}  # what a silent match is found in: looked at before the work, too
    if selection.speaks_of_silence(party.accord, party.id, partner):
        back = {"outputs": body_.part(parts, "outputs"), "public": body_.raw(body, "public")}
        limits.check_answer(party, partner, len(back["outputs"]) // SHOWN_BYTES)
    waiting = preparing.fitting(party, partner, purpose, header.ledger)
    if waiting is None:
        with party.reading() as connection:
            limits.check_refused_today(connection, party, partner, "question", purpose)
    seed = bytes.fromhex(waiting.seed) if waiting else party.randomness(SECRET_BYTES)
    key = HolderKey(seed)
    reply_parts = {"evaluated": key.evaluate(blinded, party.workers)}  # first: it refuses elements that are none
    ready = waiting or preparing.unprepared(party, partner, purpose, seed)
    kept = {"file": ready.id.encode(), "key": bytes.fromhex(ready.key)}
    with preparing.held(party, ready.id, kept["key"]) as held:
        reply_parts["outputs"] = bytes(held.shown)
    audited = party.accord.auditor_of(partner, party.id) not in ("", party.id)
    rows = _kept(party, header.session, {"seed": seed, "marks": preparing.marks(party, ready)}) if audited else ()
    said: dict[str, Any] = {"purpose": purpose, "case": case, "size": size, "file": ready.id}
    if back:
        silent, secret = preparing.quiet(party, ready), party.randomness(SECRET_BYTES)
        asking = Asking(silent, secret, smallest, party.workers)
        limits.check_own_back(party, asking.size, partner)
        reply_parts["asked"] = asking.question()
        kept |= {"secret": secret, "marks": silent.to_bytes(), "blinded": reply_parts["asked"], **back}
        said["asked_back"] = asking.size
    fresh = _session(party, header.session, "holder", partner, said)
    entries: list[tuple[str, str, Mapping[str, Any]]] = [
        ("answered", header.session, {"to": partner, "purpose": purpose, "case": case, "marks": size})
    ]
    if waiting:
        entries.append(("spent", waiting.id, {"question": header.session}))

    def guard(connection: Connection) -> None:
        limits.check_received(connection, party, partner, size)
        if waiting is not None:
            preparing.spend(connection, waiting)

    return Step(
        replace(fresh, secret=bundle(kept)),
        f"{partner} asks blind for «{purpose}», case {case}; the answer says nothing of records that do not match",
        tuple(entries),
        rows=rows,
        reply=Draft("answer", {"public": key.public.hex()}, reply_parts),
        guard=guard,
    )


def on_answer(party: Party, incoming: Incoming, session: Session | None) -> Step:
    """m2 at the asker: check the proofs, find the agreeing marks, and say which they are."""
    open_session = known(session)
    body, parts, smallest = incoming.header.body, incoming.message.parts, party.accord.quotas.smallest_set
    kept = unbundle(secret_of(open_session))
    asking = Asking(MarkSet.from_bytes(kept["marks"]), kept["secret"], smallest, party.workers, blinded=kept["blinded"])
    public, shown = body_.raw(body, "public"), len(body_.part(parts, "outputs")) // SHOWN_BYTES
    limits.check_answer(party, open_session.partner, shown)
    found = asking.compare(body_.part(parts, "evaluated"), public, body_.part(parts, "outputs"))
    given = marks_now(party, open_session, {asking.record(match.group) for match in found})
    matches = [match for match in found if match.mark in given.get(asking.record(match.group), ())]
    groups = {match.group: asking.record(match.group) for match in matches}
    reply_parts = {"matches": pack_matches(matches), "known": known_names(party, open_session.partner, groups)}
    shown_parts = {name: parts[name] for name in ("evaluated", "outputs")} | {"matches": reply_parts["matches"]}
    secrets = {name: kept[name] for name in ("secret", "marks", "blinded")} | shown_parts
    rows = _kept(party, open_session.id, secrets) if party.accord.auditor_of(party.id, open_session.partner) else ()
    details, guard = {**open_session.details, "matches": len(groups), "shown": shown}, None
    if kept["back"]:
        once.check(party, open_session.id, kept.get("place", b""))
        check_unchanged(party, open_session, asking)
        asked_back = body_.part(parts, "asked")
        size = len(split(asked_back))
        if bucket(size, smallest) != size:  # as a question, so that quotas count no less
            raise PeerError("question.size", "what the partner asks back is not padded", SEND_AGAIN)
        guard = partial(limits.check_received, party=party, partner=open_session.partner, size=size, back=True)
        with party.reading() as connection:
            guard(connection)
        details["asked_back"] = size
        reply_parts["evaluated"] = HolderKey(kept["back"]).evaluate(asked_back, party.workers)
    entries = [("compared", open_session.id, {"with": open_session.partner, "matches": len(groups)})]
    asked = int(open_session.details["records"])
    said = f"possible matches for {len(groups):,} of {several(asked, 'record')}; contacts come with the next message"
    with party.reading() as connection:
        if limits.alarming(connection, party, open_session, len(groups)):
            entries.append(("alarm", open_session.id, {"matches": len(groups), "of": asked}))
            said += f". {ALARM}"
        if limits.churning(connection, party, open_session, shown):
            entries.append(("churn", open_session.id, {"shown": shown}))
            said += f". {CHURN}"
    return Step(
        replace(open_session, state="matched", details=details, secret=sameness.pack_agreed(matches, groups)),
        said,
        tuple(entries),
        rows=rows,
        reply=Draft("matches", {}, reply_parts),
        guard=guard,
    )


def on_matches(party: Party, incoming: Incoming, session: Session | None) -> Step:
    """m3 at the holder: check the evidence, keep the possible matches, and give the contact point for each."""
    open_session, parts = known(session), incoming.message.parts
    kept, partner = unbundle(secret_of(open_session)), party.accord.party(incoming.header.sender)
    told = unpack_matches(body_.part(parts, "matches"))
    limits.check_matches(party, partner.id, len({match.group for match in told}))
    with preparing.held(party, kept["file"].decode(), kept["key"]) as held:
        confirmed = held.confirm(told)
    pairs = dict.fromkeys((match.group, record) for match, records in confirmed for record in records)
    named = named_again(party, partner.id, pairs, body_.part(parts, "known"))
    matched = {record for _, record in pairs}
    allowed = still_permitted(party, partner.id, open_session.purpose, selection.ANSWER, matched)
    now, mine = party.stamp, str(party.accord.party(party.id).contact)
    given = marks_now(party, open_session, allowed)

    def hit(record: str, state_: str) -> Hit:
        theirs = str(partner.contact)
        return Hit(party.new_id(), open_session.id, party.id, record, partner.id, theirs, state_, now)

    def told_of(pair: tuple[int, str]) -> Hit:
        row = named.get(pair) or hit(pair[1], "contact")
        return sameness.noted(party, row, given.get(row.record, ())) if row.owner == party.id else row

    hits = [(pair[0], told_of(pair)) for pair in not_too_many((pair for pair in pairs if pair[1] in allowed), named)]
    silent_now = _silent_matches(party, kept, parts)
    still = still_permitted(party, partner.id, open_session.purpose, selection.QUIET, set(silent_now))
    quiet = [record for record in silent_now if record in still]
    silent = [hit(record, "silent") for record in not_noted(party, partner.id, quiet)]
    entries: list[tuple[str, str, Mapping[str, Any]]] = [
        ("told", open_session.id, {"to": partner.id, "matches": len(hits), "silent": len(quiet)})
    ]
    found = len({record for _, record in pairs} | set(quiet))  # own records: a liar cannot make them look fewer
    said = f"{state.counted([row for _, row in hits])} with {partner.id}: both sides now know whom to contact"
    if silent:
        said += f"; {len(silent):,} more that only this desk knows of"
    with party.reading() as connection:
        alarm = limits.alarming(connection, party, open_session, found)
    if alarm or "secret" in kept:  # the partner sees how many entries there are, which may not tell of silent matches
        entries.append(("alarm" if alarm else "no-alarm", open_session.id, {"matches": found}))
    if alarm:
        said += f". {SILENT_ALARM if quiet else ALARM}"
    return Step(
        replace(open_session, state="closed", secret=None, details={**open_session.details, "matches": found}),
        said,
        tuple(entries),
        rows=(*(row for _, row in hits), *silent),
        reply=Draft("contacts", {"contact": mine}, {"hits": pack_names((group, row.id) for group, row in hits)}),
    )


def on_contacts(party: Party, incoming: Incoming, session: Session | None) -> Step:
    """m4 at the asker: keep the contact for each possible match. No reply is due."""
    open_session, body = known(session), incoming.header.body
    groups = sameness.unpack_agreed(secret_of(open_session))
    partner, contact, now = incoming.header.sender, body_.text(body, "contact"), party.stamp
    hits: dict[str, Hit] = {}
    for group, name in unpack_names(body_.part(incoming.message.parts, "hits")):
        record, marks = groups.get(group, ("", None))
        if group not in groups or name in hits:
            raise PeerError("contacts.group", "the partner names a match that was never asked about", SEND_AGAIN)
        hit = Hit(name, open_session.id, partner, record, partner, contact, "contact", now)
        hits[name] = hit if marks is None else sameness.noted(party, hit, marks)
    if max(Counter(hit.record for hit in hits.values()).values(), default=0) > HITS_PER_RECORD:
        raise PeerError(
            "contacts.many",
            f"the partner names more than {HITS_PER_RECORD} matches with one record; none was kept",
            "speak to the partner's contact point: its software differs from yours, or it floods this desk",
        )

    def guard(connection: Connection) -> None:
        for name, before in state.named(connection, Hit, hits).items():
            if (before.record, before.party) != (hits[name].record, hits[name].party):
                raise PeerError("contacts.known", "the partner gives a match a name that another one has", SEND_AGAIN)

    with party.reading() as connection:
        guard(connection)
        again = state.named(connection, Hit, hits)
    rows = [sameness.renewed(again[name], hit) if name in again else hit for name, hit in hits.items()]
    records = {record for record, _ in groups.values()}
    held = still_permitted(party, partner, open_session.purpose, selection.QUESTION, records)
    return Step(
        replace(open_session, state="closed", secret=None),
        f"{state.counted(hits.values())}: contact {partner}, {contact}" if hits else f"no match with {partner}",
        (("learned", open_session.id, {"from": partner, "matches": len(hits)}),),
        rows=tuple(row for row in rows if row.record in held),
        guard=guard,
    )


def refused(incoming: Incoming, session: Session | None, refusal: PolicyError) -> Step:
    """The accord refuses a question, or a question back: say so to the partner, so that it does not wait for ever.

    Only what stands in the accord and in both logs is said: no refusal rests on a record, but one that says that
    something asked about may not be asked about any more.
    """
    header = incoming.header
    topic = header.kind if header.kind in ("count", "audit") else "question"
    opened = Session(header.session, topic, "holder", header.sender, "refused", "", "", "", 0, "", "")
    if refusal.code in limits.TOO_MUCH:  # for `limits.check_refused_today`
        details = {"code": refusal.code, "accord": header.accord}
        opened = replace(opened, purpose=str(header.body["purpose"]), details=details)
    said = {"code": refusal.code, "message": refusal.message, "remedy": refusal.remedy}
    return Step(
        replace(session or opened, state="refused", secret=None),
        f"refused: {refusal.message}",
        (("refused", header.session, {"from": header.sender, "kind": header.kind, "code": refusal.code}),),
        reply=Draft("refusal", said),
        refusal=refusal,
    )


def on_refusal(party: Party, incoming: Incoming, session: Session | None) -> Step:  # noqa: ARG001 - one shape
    """The partner's copy of the accord refuses: the question is over, and its secrets are gone."""
    body, open_session = incoming.header.body, known(session)
    message, remedy = body_.text(body, "message"), body_.text(body, "remedy")
    return Step(
        replace(open_session, state="refused", secret=None),
        f"{incoming.header.sender} refuses: {message}. What to do: {remedy}",
        (("refused", open_session.id, {"by": incoming.header.sender, "code": body_.text(body, "code")}),),
    )


def bundle(values: Mapping[str, bytes]) -> bytes:
    """Several byte strings by name as one; `unbundle` reads it."""
    head = orjson.dumps([[name, len(value)] for name, value in values.items()])
    return len(head).to_bytes(8, "big") + head + b"".join(values.values())


def unbundle(data: bytes) -> dict[str, bytes]:
    """Read `bundle`."""
    cut = 8 + int.from_bytes(data[:8], "big")
    values = {}
    for name, size in orjson.loads(data[8:cut]):
        values[name] = data[cut : cut + size]
        cut += size
    return values


def _kept(party: Party, session: str, secrets: Mapping[str, bytes]) -> tuple[Kept, ...]:
    """What this side needs to open places of the question."""
    smallest = party.accord.quotas.smallest_set.to_bytes(8, "big")
    return (Kept.of(session, OPENING, bundle({**secrets, "smallest": smallest})),)


def _session(party: Party, name: str, role: str, partner: str, body: Mapping[str, Any]) -> Session:
    details = {key: body[key] for key in _DETAILS if key in body} | {"begun": party.stamp}
    now_state, about = "asked" if role == "asker" else "answered", (body["purpose"], body["case"])
    return Session(name, "question", role, partner, now_state, *about, "", 0, "", party.stamp, None, details)


def _silent_matches(party: Party, kept: Mapping[str, bytes], parts: Mapping[str, bytes]) -> list[str]:
    if "secret" not in kept:
        return []
    smallest = party.accord.quotas.smallest_set
    marks = MarkSet.from_bytes(kept["marks"])
    asking = Asking(marks, kept["secret"], smallest, party.workers, blinded=kept["blinded"])
    found = asking.compare(body_.part(parts, "evaluated"), kept["public"], kept["outputs"])
    return sorted({asking.record(match.group) for match in found})


def secret_of(session: Session) -> bytes:
    """What only a running conversation knows. Raises `InputError` `exchange.over`."""
    if session.secret is None:
        raise InputError("exchange.over", "this conversation is over; its secrets are gone", "ask again")
    return session.secret
