"""After a possible match: ask the partner for named fields of its record. `decision` is what its people then do.

Invariants: the demand is signed by an officer whose key the accord names and is bound to this one request; fields that
identify nobody are neither sent nor kept for comparison; a decline does not say what only the owner knows.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from accord.arrangement import (
    Action,
    Refusal,
    Request,
    Terms,
    demand,
    statement,
    union,
)
from accord.errors import InputError, PeerError, PolicyError
from accord.exchange import body as body_
from accord.exchange import refusing, sameness, selection, state
from accord.exchange.body import SEND_AGAIN
from accord.exchange.carrier import Draft, Incoming, Step, known, start
from accord.exchange.conditions import terms_of
from accord.exchange.party import Party
from accord.exchange.state import Hit, Onward, Release, Session, Wish
from accord.ledger import DecryptKey, Envelope, Recipient, canonical
from accord.records import Entity

if TYPE_CHECKING:
    from sqlalchemy import Connection

IDENTIFYING = (
    "name", "alias", "previousName", "firstName", "middleName", "fatherName", "lastName", "title",
    "birthDate", "birthPlace", "nationality", "country", "jurisdiction", "gender", "incorporationDate",
    "passportNumber", "idNumber", "registrationNumber", "taxNumber", "imoNumber", "mmsi", "flag", "buildDate",
    "publicKey", "iban", "accountNumber", "number", "serialNumber", "inventoryNumber", "email", "phone", "address",
)  # fmt: skip


_MOST_SHOWN, _LONGEST_SHOWN = 50, 500  # texts of a field, and characters of each
_HANDED = ("asked", "consented")  # what an originator refused, or took back, is no source any more
DECLINE = "decline the request (not-same)"  # what is to be done when its record is gone


def request(
    party: Party,
    hit: str,
    properties: tuple[str, ...],
    purpose: str,
    officer: str = "analyst",
    *,
    until: dt.date | None = None,
) -> bytes:
    """Ask the partner of a possible match for named fields of its record; returns the message to carry.

    `officer` signs the demand (role `request`). Sent along, so that a person can compare: the identifying fields of the
    own record that the accord would let go that far. Raises `PolicyError` when the accord can never allow the release,
    `InputError` `hit.changed` when the own record is not what matched any more.
    """
    with party.reading() as connection:
        found = _hit(state.get(connection, Hit, hit))
        question = state.get(connection, Session, found.session)
    if question is None or found.state == "silent":
        raise InputError(
            "request.silent", "the partner does not know of this match, so nothing can be asked", "see `exchange hits`"
        )
    entity, terms = party.record(found.record)
    if not sameness.still_matches(party, found, entity, terms, question.purpose):
        raise _changed()
    name, now = party.new_id(), party.now
    wanted = Request(
        Action.RELEASE,
        found.party,
        party.id,
        entity.schema,
        tuple(sorted(set(properties))),
        purpose,
        record=hit,
        requester=f"{party.id}/{officer}",
        until=until,
    )
    if (refusal := selection.refused(wanted, party.accord, now)) is not None:
        raise _policy(refusal)
    signed = demand(wanted, party.accord, party.signer(officer), now)
    if "request" not in statement.read(signed, party.accord, now).roles:
        raise PolicyError(
            "request.role",
            "this officer may not request",
            "let an officer with the role `request` sign it",
            "two-person rule",
            found.party,
        )
    box = DecryptKey.generate()
    wish = Wish(
        name, hit, "asker", found.party, list(wanted.properties), purpose, wanted.requester,
        until.isoformat() if until else "", "requested", party.stamp, [signed.to_dict()], box.to_bytes().decode(),
    )  # fmt: skip
    session = Session(
        name, "request", "asker", found.party, "requested", purpose, question.case, found.session, 0,
        question.previous, party.stamp,
    )  # fmt: skip
    body = {name: getattr(wish, name) for name in ("hit", "properties", "purpose", "requester", "until")}
    body |= {"box": str(box.recipient), "demand": signed.to_dict()}
    entry = ("requested", wish.id, {"of": found.party, "hit": hit, "fields": len(properties), "purpose": purpose})
    shown = canonical(_shown(party, entity, terms, found.party, purpose))
    return start(party, Step(session, "", (entry,), rows=(wish,), reply=Draft("request", body, {"shown": shown})))


def on_request(party: Party, incoming: Incoming, session: Session | None) -> Step:
    """A request at the holder: keep it for a person to compare, or decline what the accord can never allow."""
    header, body = incoming.header, incoming.header.body
    with party.reading() as connection:
        hit = state.get(connection, Hit, body_.identity(body, "hit"))
        question = state.get(connection, Session, hit.session) if hit else None
    if session is not None or hit is None or question is None or hit.party != header.sender or hit.state == "silent":
        raise PeerError("request.hit", "this asks about a match that was never told to its sender", SEND_AGAIN)
    if header.previous != question.previous:
        raise PeerError("message.order", "this request does not follow the last message of its question", SEND_AGAIN)
    until = body_.day(body, "until")
    wish = Wish(
        header.session,
        hit.id,
        "holder",
        header.sender,
        sorted(set(body_.words(body, "properties"))),
        body_.text(body, "purpose"),
        body_.text(body, "requester"),
        until.isoformat() if until else "",
        "requested",
        party.stamp,
        [body_.envelope(body, "demand").to_dict()],
        str(Recipient.parse(body_.text(body, "box"))),
        _comparable(body_.fields(body_.part(incoming.message.parts, "shown"))),
    )
    wanted = full_request(party, wish, gone=True)
    said = statement.read(wanted.evidence[0], party.accord, party.now)
    if said.kind is not statement.Kind.DEMAND or said.signer != wish.requester or said.about != wanted.wish:
        raise PeerError("request.demand", "the request is not signed by the officer it names", SEND_AGAIN)
    if "request" not in said.roles:
        raise PeerError("request.role", "the officer who signed the request may not request", SEND_AGAIN)
    opened = Session(
        wish.id, "request", "holder", wish.party, "requested", wish.purpose, question.case, hit.session, 0, "",
        party.stamp,
    )  # fmt: skip
    entry = ("asked-for", wish.id, {"by": wish.party, "hit": hit.id, "fields": len(wish.properties)})
    refusing.check_undecided(party, wish.party)  # first: whether it is full must not tell what the accord says
    refusal = selection.refused(wanted, party.accord, party.now) if wanted.schema else _gone(party)
    if refusal is None and not _matches(party, hit):  # last: it takes longer
        refusal = replace(_gone(party), code="refused.changed", message="the record is not what matched any more")
    if refusal is not None:
        refusing.check(party, header, _policy(refusal))
        # the partner is not told why: the reason may be a status or an owner of the record, which is not theirs to know
        step = withheld(opened, wish)
        log = ("refused", wish.id, {"from": wish.party, "kind": "request", "code": refusal.code})
        told = f"{wish.party} asks for what the accord refuses ({refusal.message}): declined, without the reason"
        return replace(step, said=told, entries=(entry, log, *step.entries))
    told = f"{wish.party} asks for {', '.join(wish.properties)} for «{wish.purpose}»: "
    told += f"compare the records with `accord exchange identify {wish.id}`{_from_others(party, wish, hit.record)}"
    return Step(opened, told, (entry,), rows=(wish,))


def _from_others(party: Party, wish: Wish, record: str) -> str:
    """What others released of the same record and is asked for, in words: it goes on with their consent only."""
    with party.reading() as connection:
        held = state.find(connection, Release, role="receiver", record=record, state="held")
    told = [
        f"; {', '.join(fields)} came from {row.party}, "
        f"whom `accord exchange onward {wish.id} --from {row.id}` asks whether it may go on"
        for row in held
        if row.party != wish.party and (fields := sorted(set(row.fields or {}) & set(wish.properties)))
    ]
    return "".join(told)


def on_decline(party: Party, incoming: Incoming, session: Session | None) -> Step:
    """The holder says no: the request is over."""
    header, body = incoming.header, incoming.header.body
    with party.reading() as connection:
        wish = wish_of(connection, header.session)
    code, message = body_.text(body, "code"), body_.text(body, "message")
    return Step(
        replace(known(session), state="declined"),
        f"{header.sender} declines: {message}",
        (("declined", wish.id, {"by": header.sender, "code": code}),),
        rows=(replace(wish, state="declined", box=None),),
    )


def full_request(party: Party, wish: Wish, gone: bool = False) -> Request:
    """What the accord is asked about a request: at the holder with the schema and the terms of its record, joined by
    those of every release that it would be answered from (rule 4). `gone`: without a schema when the record is gone.

    Raises `InputError` `record.gone`.
    """
    hit, schema, terms = hit_of(party, wish), "", Terms()
    mine = wish.role == "holder"
    if own := next(party.among([hit.record]), None):  # looked for once, so that a decline takes as long without it
        schema, terms = own.entity.schema, own.terms
    elif not gone:
        party.record(hit.record, DECLINE)  # raises that it is gone
    return Request(
        Action.RELEASE,
        party.id if mine else wish.party,
        wish.party if mine else party.id,
        schema,
        tuple(wish.properties),
        wish.purpose,
        record=wish.hit,
        requester=wish.requester,
        until=dt.date.fromisoformat(wish.until) if wish.until else None,
        terms=union([terms, *map(terms_of, sources_of(party, wish))]) if mine else Terms(),
        evidence=tuple(Envelope.from_dict(each) for each in wish.evidence),
    )


def sources_of(party: Party, wish: Wish) -> list[Release]:
    """The releases of others that a request is answered from beside the own record (see `onward`)."""
    with party.reading() as connection:
        rows = [row for row in state.find(connection, Onward, wish=wish.id, role="middle") if row.state in _HANDED]
        found = [state.get(connection, Release, row.release) for row in rows]
    return [release for release in found if release is not None]


def check_source(party: Party, source: Release) -> None:
    """Raise `InputError` `hit.changed` when the own record is not the one any more about which this was released."""
    with party.reading() as connection:
        wish = wish_of(connection, source.wish)
    if not _matches(party, hit_of(party, wish)):
        raise _changed()


def _comparable(shown: dict[str, list[str]]) -> dict[str, list[str]]:
    """The partner's fields for comparison: identifying ones only, whatever its software sent along."""
    if not set(shown) <= set(IDENTIFYING):
        raise PeerError("request.shown", "the request shows fields that identify nobody; none was kept", SEND_AGAIN)
    if shown != {name: _short(values) for name, values in shown.items()}:
        raise PeerError("request.shown", "it shows more than a person could compare; none was kept", SEND_AGAIN)
    return shown


def _short(values: Sequence[str]) -> list[str]:
    """As much of a field as goes along to be compared: what compares them takes time with the square of a length."""
    return [value for value in values if len(value) <= _LONGEST_SHOWN][:_MOST_SHOWN]


def _shown(party: Party, entity: Entity, terms: Terms, partner: str, purpose: str) -> dict[str, list[str]]:
    """The identifying fields that the accord lets the partner see beside the request, so that a person can compare."""
    gate = selection.Gate(party.accord, Request(Action.COMPARE, party.id, partner, "", (), purpose), party.now)
    known_by = {name: entity.properties[name] for name in IDENTIFYING if entity.get(name)}
    shown = Entity(entity.id, entity.schema, known_by)
    permit = gate.permit(shown, terms)
    if permit is None:
        return {}
    return {name: _short(values) for name, values in selection.admitted(shown, permit).properties.items()}


def declined(session: Session, wish: Wish, code: str, message: str) -> Step:
    """The step that says no to a request and forgets what came with it."""
    return Step(
        replace(session, state="declined"),
        f"declined: {message}",
        (("declined", wish.id, {"to": wish.party, "code": code}),),
        rows=(replace(wish, state="declined", shown=None, compared=None, box=None),),
        reply=Draft("decline", {"code": code, "message": message}),
    )


def withheld(session: Session, wish: Wish) -> Step:
    """The same without the reason: what the accord or the record's end stands against, the partner need not know."""
    return declined(session, wish, "request.declined", "the holder may not release these fields")


def without_record(party: Party, wishes: Iterable[str]) -> set[str]:
    """Those of the undecided requests to this desk, by their ids, whose own record is gone: they are to be declined."""
    with party.reading() as connection:
        found = state.named(connection, Wish, set(wishes)).values()
        asked = {one.id: one.hit for one in found if one.role == "holder" and one.state in state.UNDECIDED}
        records = {hit.id: hit.record for hit in state.named(connection, Hit, set(asked.values())).values()}
    held = {own.entity.id for own in party.among(records.values())}
    return {wish for wish, hit in asked.items() if records.get(hit) not in held}


def holder_wish(party: Party, wish_id: str) -> Wish:
    """A request that this desk decides. Raises `InputError` for an own one."""
    with party.reading() as connection:
        wish = wish_of(connection, wish_id)
    if wish.role != "holder":
        raise InputError("request.role", "this request is one of our own; the partner decides it", "see the status")
    return wish


def wish_of(connection: Connection, wish_id: str) -> Wish:
    """The request of that id. Raises `InputError` `request.unknown`."""
    wish = state.get(connection, Wish, wish_id)
    if wish is None:
        raise InputError("request.unknown", f"there is no request {wish_id}", "see `accord exchange status`")
    return wish


def hit_of(party: Party, wish: Wish) -> Hit:
    """The possible match that a request is about."""
    with party.reading() as connection:
        return _hit(state.get(connection, Hit, wish.hit))


def _hit(hit: Hit | None) -> Hit:
    if hit is None:
        raise InputError("hit.unknown", "there is no such possible match at this desk", "see `accord exchange hits`")
    return hit


def session_of(party: Party, wish: Wish) -> Session:
    """The conversation of a request."""
    with party.reading() as connection:
        return known(state.get(connection, Session, wish.id))


def _matches(party: Party, hit: Hit) -> bool:
    """Whether the own record of a possible match is there, and still what matched."""
    with party.reading() as connection:
        question = known(state.get(connection, Session, hit.session))
    own = next(party.among([hit.record]), None)
    return own is not None and sameness.still_matches(party, hit, own.entity, own.terms, question.purpose)


def _changed() -> InputError:
    return InputError(
        "hit.changed",
        "the own record has changed since it matched, and nothing that matched is in it any more",
        "ask again about it with `accord exchange ask`",
    )


def _gone(party: Party) -> Refusal:
    return Refusal("refused.gone", "the record is not in this desk any more", "", party.id, "none of it can be given")


def _policy(refusal: Refusal) -> PolicyError:
    return PolicyError(refusal.code, refusal.message, refusal.remedy, refusal.clause, refusal.owner)
