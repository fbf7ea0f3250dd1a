"""Handing released fields on: only with the originator's consent, for this recipient, purpose and term.

    third --request--> middle --onward--> originator        «may I answer this from what you released to me?»
                       middle <--consent-- originator       signed by an officer who may approve, or a no
    third <--release-- middle                               decided at both, with that consent among the evidence

Invariants: a consent is about one request of one officer of the recipient, who has signed it, and fits no other; the
fields go on under the union of the terms of the own record and of each release they come from, so never for another
purpose nor longer; the recipient checks the consent again with the originator's key in the accord; what was handed on
to this desk is not handed on again without every owner's consent.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

from accord.arrangement import Refusal, Request, Terms, decide, statement, union
from accord.arrangement.statement import Kind
from accord.errors import InputError, PeerError, PolicyError, TrustError
from accord.exchange import body as body_
from accord.exchange import refusing, selection, state
from accord.exchange.body import SEND_AGAIN
from accord.exchange.carrier import Draft, Incoming, Step, known, start
from accord.exchange.conditions import terms_of
from accord.exchange.crosscheck import check_held
from accord.exchange.party import Party
from accord.exchange.release import release_of
from accord.exchange.request import check_source, full_request, hit_of, holder_wish, wish_of
from accord.exchange.state import UNDECIDED, Onward, Release, Session
from accord.ledger import Envelope

_STANDING = ("asked", "consented")  # an originator is not asked a second time before it has said no
_FOR_THE_MIDDLE = frozenset(f"refused.{rule}" for rule in ("identity", "neutrality", "requester", "approval"))


@dataclass(frozen=True, slots=True)
class Asking:
    """What an originator is asked to consent to: who would get which of its fields, for what, until when."""

    id: str
    middle: str
    recipient: str
    requester: str
    fields: tuple[str, ...]
    purpose: str
    until: str
    release: str
    state: str
    request: str = ""  # at the middle: the conversation that it is to answer


@dataclass(frozen=True, slots=True)
class Source:
    """Fields of a third party, held here, from which a partner's request could be answered.

    `state` is empty while its originator was not asked; then `asked`, `consented`, `refused` or `lapsed`, in
    `conversation`.
    """

    release: str
    party: str
    fields: tuple[str, ...]
    state: str = ""
    conversation: str = ""


def sources(party: Party, wish_id: str) -> list[Source]:
    """At the middle: what others released of the same record among the fields that a request asks for."""
    wish = holder_wish(party, wish_id)
    record = hit_of(party, wish).record
    with party.reading() as connection:
        held = state.find(connection, Release, record=record, role="receiver")
        before = state.find(connection, Onward, wish=wish.id, role="middle")
    # whoever was asked again after a no: what is open or agreed, else the last
    asked = {one.release: one for one in sorted(before, key=lambda one: (one.state in _STANDING, one.since))}
    found = []
    for row in held:
        fields = tuple(sorted(set(row.fields or {}) & set(wish.properties)))
        if fields and row.party != wish.party:
            last = asked.get(row.id)
            found.append(Source(row.id, row.party, fields, *((last.state, last.id) if last else ())))
    return found


def ask_onward(party: Party, wish_id: str, release_id: str) -> bytes:
    """At the middle: ask the originator of a release whether a partner's request may be answered from it.

    Raises `InputError` when the release is about another record, also one that had the id of this one, or has none of
    the fields that are asked for, and `PolicyError` when the accord can never allow it (another purpose, say).
    """
    wish, source = holder_wish(party, wish_id), release_of(party, release_id)
    if source.role != "receiver" or source.fields is None or source.party == wish.party:
        raise InputError("onward.release", "these are not fields of a third party that this desk holds", _SEE)
    with party.reading() as connection:
        check_held(connection, party.log, source)
    if source.record != hit_of(party, wish).record:
        raise InputError("onward.record", "the release is about another record than the request", _SEE)
    check_source(party, source)
    if not set(source.fields) & set(wish.properties):
        raise InputError("onward.fields", "the release has none of the fields that are asked for", _SEE)
    if wish.state not in UNDECIDED:
        raise InputError("request.decided", f"this request is {wish.state} already", _SEE)
    wanted = full_request(party, wish)
    wanted = replace(wanted, terms=union([wanted.terms, terms_of(source)]))
    if (refusal := selection.refused(wanted, party.accord, party.now)) is not None:
        raise PolicyError(refusal.code, refusal.message, refusal.remedy, refusal.clause, refusal.owner)
    with party.reading() as connection:
        before = state.find(connection, Onward, wish=wish.id, release=source.id, role="middle")
        after = state.get(connection, Session, source.wish)
    if any(one.state in _STANDING for one in before):
        raise InputError("onward.asked", "the originator has been asked already", _SEE)
    shown = replace(wanted, schema="", terms=Terms(), evidence=())
    body = {"release": source.id, "wish": wish.id, "request": shown.to_dict(), "demand": wish.evidence[0]}
    row = Onward(
        party.new_id(), "middle", source.party, source.id, wish.id, wish.party, "asked", party.stamp, shown.to_dict(),
        wish.evidence[0],
    )  # fmt: skip
    session = Session(
        row.id, "onward", "asker", source.party, "asked", wish.purpose, known(after).case, source.id, 0, "", party.stamp
    )
    entry = ("onward-asked", wish.id, {"of": source.party, "for": wish.party, "purpose": wish.purpose})
    step = Step(session, "", (entry,), rows=(row,), reply=Draft("onward", body), seen=(wish, source))
    return start(party, step)


def on_onward(party: Party, incoming: Incoming, session: Session | None) -> Step:
    """At the originator: keep what is asked for a person. Raises `PeerError` for what nobody can have asked."""
    header, body = incoming.header, incoming.header.body
    row = release_of(party, body_.identity(body, "release"))
    claimed = body.get("request")
    if session is not None or row.role != "giver" or row.party != header.sender or row.state != "released":
        raise PeerError("onward.release", "this asks about fields that its sender does not have from us", SEND_AGAIN)
    if not isinstance(claimed, dict):
        raise PeerError("message.body", "the message has no readable request", SEND_AGAIN)
    demand, wanted = body_.envelope(body, "demand"), Request.from_dict(claimed)
    if wanted.owner != header.sender or wanted.recipient in (header.sender, party.id):
        raise PeerError("onward.parties", "this asks for no third party", SEND_AGAIN)
    said = statement.read(demand, party.accord, party.now)
    if said.kind is not Kind.DEMAND or said.about != wanted.wish or said.signer != wanted.requester:
        raise PeerError("request.demand", "the request is not signed by the officer it names", SEND_AGAIN)
    if said.signer.partition("/")[0] != wanted.recipient:
        raise PeerError("request.demand", "the request is signed by another party than it is for", SEND_AGAIN)
    if not _fields(party, row, wanted):
        raise PeerError("onward.fields", "this asks for no field that we released", SEND_AGAIN)
    refusing.check_undecided(party, header.sender)
    kept = Onward(
        header.session, "originator", header.sender, row.id, body_.identity(body, "wish"), wanted.recipient, "asked",
        party.stamp, wanted.to_dict(), demand.to_dict(),
    )  # fmt: skip
    with party.reading() as connection:
        case = known(state.get(connection, Session, row.wish)).case
    opened = Session(
        kept.id, "onward", "holder", header.sender, "asked", wanted.purpose, case, row.id, 0, "", party.stamp
    )
    entry = ("onward-asked", row.id, {"by": header.sender, "for": wanted.recipient, "purpose": wanted.purpose})
    return Step(
        opened,
        f"{header.sender} would hand {', '.join(_fields(party, row, wanted))} on to {wanted.recipient} for "
        f"«{wanted.purpose}»: decide with `accord exchange consent {kept.id}`",
        (entry,),
        rows=(kept,),
    )


def asked_onward(party: Party, identity: str) -> Asking:
    """What the originator is asked, for the person who decides. Raises `InputError` `onward.unknown`."""
    with party.reading() as connection:
        row = _row(state.get(connection, Onward, identity))
    wanted = Request.from_dict(row.request)
    release = release_of(party, row.release)
    fields = _fields(party, release, wanted) if row.role == "originator" else wanted.properties
    until = min(filter(None, (wanted.until.isoformat() if wanted.until else "", release.expires)))
    middle = row.party if row.role == "originator" else party.id
    return Asking(
        row.id, middle, row.recipient, wanted.requester, fields, wanted.purpose, until, row.release, row.state,
        "" if row.role == "originator" else row.wish,
    )  # fmt: skip


def consent(party: Party, identity: str, yes: bool, officer: str, reason: str = "") -> bytes:
    """At the originator: an officer consents, or does not; returns the message to carry.

    Raises `PolicyError` when the accord forbids these fields to the recipient, the purpose is not that of the release,
    or the officer may not approve.
    """
    with party.reading() as connection:
        row = _row(state.get(connection, Onward, identity))
        session = known(state.get(connection, Session, identity))
        release = _released(state.get(connection, Release, row.release))
    if row.role != "originator" or row.state != "asked":
        raise InputError("onward.decided", f"this is {row.state} already, or not ours to decide", _SEE)
    signer, wanted, signed = party.signer(officer), Request.from_dict(row.request), None
    if yes:
        last = dt.date.fromisoformat(asked_onward(party, identity).until)
        agreed = statement.Agreement(party.id, f"onward {row.id}", last)
        signed = statement.consent(wanted, party.accord, signer, party.now, agreed)
        _allowed(party, release, wanted, signed)
    answer = "consented" if yes else "refused"
    entry = ("consented" if yes else "declined", row.release, {"to": row.recipient, "by": signer.id})
    body = {"consent": signed.to_dict() if signed else None, "reason": reason}
    step = Step(
        replace(session, state=answer),
        "",
        (entry,),
        rows=(replace(row, state=answer, since=party.stamp, consent=signed.to_dict() if signed else None),),
        reply=Draft("consent", body),
        seen=(row, session, release),
    )
    return start(party, step)


def on_consent(party: Party, incoming: Incoming, session: Session | None) -> Step:
    """At the middle: the originator's word, put to the evidence of the request, or its no. No reply is due."""
    open_session, body = known(session), incoming.header.body
    with party.reading() as connection:
        row = _row(state.get(connection, Onward, open_session.id))
        wish = wish_of(connection, row.wish)
    if body.get("consent") is None:
        why = f": {reason}" if (reason := body.get("reason")) and body_.text(body, "reason") else ""
        return Step(
            replace(open_session, state="refused"),
            f"{row.party} does not let its fields go to {row.recipient}{why}",
            (("declined", row.wish, {"by": row.party}),),
            rows=(replace(row, state="refused", since=party.stamp),),
        )
    signed = body_.envelope(body, "consent")
    said = statement.read(signed, party.accord, party.now)
    by = said.signer.partition("/")[0]
    if said.kind is not Kind.CONSENT or said.says.get("of") != row.party or by != row.party:
        raise TrustError("onward.consent", "this is not the originator's consent", SEND_AGAIN)
    if said.about != Request.from_dict(row.request).wish or "approve" not in said.roles:
        raise TrustError("onward.consent", "this consent is about another request, or of nobody who may", SEND_AGAIN)
    return Step(
        replace(open_session, state="consented"),
        f"{row.party} lets its fields go to {row.recipient}: go on with `accord exchange identify {row.wish}`",
        (("consented", row.wish, {"by": said.signer}),),
        rows=(
            replace(row, state="consented", since=party.stamp, consent=signed.to_dict()),
            replace(wish, evidence=[*wish.evidence, signed.to_dict()]),
        ),
        seen=(row, wish),
    )


def _allowed(party: Party, release: Release, wanted: Request, signed: Envelope) -> None:
    """Raise `PolicyError` when the accord stands against this consent, whoever signs it."""
    purposes = release.conditions["purposes"]
    if wanted.purpose not in purposes:
        raise PolicyError(
            "refused.purpose",
            f"these fields were released for {', '.join(purposes)} only",
            "the recipient may ask for that purpose",
            "purpose binding",
            party.id,
        )
    if "approve" not in statement.read(signed, party.accord, party.now).roles:
        raise PolicyError(
            "refused.approval", "this officer may not approve", "let an officer with the role `approve` consent",
            "originator control", party.id,
        )  # fmt: skip
    entity, _ = party.record(release.record, f"say no, or take them back with `accord exchange recall {release.id}`")
    owned = replace(wanted, schema=entity.schema, terms=_terms(party, release), evidence=(signed,))
    answer = decide(owned, party.accord, party.now)
    if isinstance(answer, Refusal) and answer.code not in _FOR_THE_MIDDLE:
        raise PolicyError(answer.code, answer.message, answer.remedy, answer.clause, answer.owner)


def _terms(party: Party, release: Release) -> Terms:
    return Terms(owners=frozenset({party.id}), until=dt.date.fromisoformat(release.expires))


def _fields(party: Party, release: Release, wanted: Request) -> tuple[str, ...]:
    """Those of the wanted fields that were released."""
    with party.reading() as connection:
        released = set(wish_of(connection, release.wish).properties)
    return tuple(sorted(released & set(wanted.properties)))


def _row(row: Onward | None) -> Onward:
    if row is None:
        raise InputError("onward.unknown", "this desk knows of no such wish to hand fields on", _SEE)
    return row


def _released(row: Release | None) -> Release:
    if row is None or row.state != "released":
        raise InputError("onward.release", "these fields were taken back meanwhile", _SEE)
    return row


_SEE = "see `accord exchange status` and `accord records subject find`"
