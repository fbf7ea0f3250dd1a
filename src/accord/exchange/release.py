"""Named fields change hands under conditions, and every use of them is checked.

Invariants: `release` needs a permit of the accord for exactly this request, and the receiver decides again from the
signed statements and its own copy of the accord: what an edited database of the sender claims is worth nothing. The
fields are encrypted to a one-time key of the request, so that the file that carried them says nothing once that key is
gone. No field is read without a purpose that the conditions name, and each reading, granted or not, is logged.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from accord.arrangement import Action, Permit, Refusal, Request, decide, require, union
from accord.errors import InputError, PeerError, PolicyError, TrustError
from accord.exchange import body as body_
from accord.exchange import state
from accord.exchange.body import SEND_AGAIN
from accord.exchange.carrier import Draft, Incoming, Step, busy, known, start
from accord.exchange.conditions import agreed, conditions, reading_terms, use_of
from accord.exchange.crosscheck import check_doubts, check_held
from accord.exchange.derived import erase_derived, outdate_derived
from accord.exchange.party import Party
from accord.exchange.request import (
    DECLINE,
    check_source,
    full_request,
    hit_of,
    holder_wish,
    session_of,
    sources_of,
    wish_of,
)
from accord.exchange.sameness import check_compared
from accord.exchange.selection import admitted
from accord.exchange.state import Derived, Release, Session, Wish
from accord.ledger import DecryptKey, Recipient, canonical
from accord.records import Entity

if TYPE_CHECKING:
    from sqlalchemy import Connection

_GONE = {"returned": "were taken back by their owner", "expired": "have expired"}


@dataclass(frozen=True, slots=True)
class Reading:
    """Released fields as they may be used now, with the conditions that bind whoever reads them."""

    release: str
    party: str
    purpose: str
    schema: str
    fields: Mapping[str, list[str]]
    handling: tuple[str, ...]
    conditions: tuple[str, ...]
    expires: str


def release(party: Party, wish_id: str) -> bytes:
    """Hand over the named fields of an approved request; returns the message to carry.

    Raises `PolicyError` when a statement that the accord wants is missing or the record's terms have changed since it
    was approved, `InputError` `request.changed` when its fields have since it was compared, `TrustError` when the log
    has a doubt, or an end of a source, that the database has lost.
    """
    wish = holder_wish(party, wish_id)
    session = session_of(party, wish)
    if wish.state != "approved":
        _refuse_unapproved(party, wish)
    sources = sources_of(party, wish)
    with party.reading() as connection:
        check_doubts(connection, party.log, party.accord, party.now, wish)
        for source in sources:
            check_held(connection, party.log, source)
    for source in sources:
        check_source(party, source)
    record = hit_of(party, wish).record
    held, wanted = party.record(record, DECLINE), full_request(party, wish)
    check_compared(wish, held[0])
    permit = require(wanted, party.accord, party.now)
    fields = _fields(held[0], permit, sources)
    terms = conditions(permit, [source.id for source in sources])
    row = Release(wish.id, wish.id, "giver", wish.party, record, "released", terms["expires"], party.stamp, terms)
    body = {
        "request": wanted.to_dict(),
        "evidence": [each.to_dict() for each in wanted.evidence],
        "conditions": conditions(permit),
    }
    entry = ("released", wish.id, {"to": wish.party, "fields": sorted(fields), "expires": row.expires})

    def as_it_was(_connection: Connection) -> None:
        if party.record(record, DECLINE) != held:
            raise busy()

    step = Step(
        replace(session, state="released"),
        "",
        (entry,),
        rows=(row, replace(wish, state="released", shown=None, compared=None)),
        reply=Draft("release", body, {"fields": _boxed(wish, fields)}),
        seen=(wish, session, *sources),
        guard=as_it_was,
    )
    return start(party, step)


def correct(party: Party, release_id: str) -> bytes:
    """Send the named fields of a release again as the own record has them now; returns the message to carry.

    What the officers signed is not asked for again, so this works under a later version of the accord as well, as long
    as its clauses and the terms of the record still let these fields go to the receiver for the purpose.
    """
    row = release_of(party, release_id)
    if row.role != "giver" or row.state != "released":
        raise InputError(
            "release.state",
            f"this release is {row.state}; only fields that were given can be corrected",
            "see `accord exchange status`",
        )
    return start(party, _correction(party, row))


def _correction(party: Party, row: Release, fresh: Release | None = None) -> Step:
    """The step that sends fields again; `fresh`: the row of a source as it will be after the same transaction."""
    entity, _ = party.record(row.record, f"take the fields back with `accord exchange recall {row.id}`")
    with party.reading() as connection:
        wish = wish_of(connection, row.wish)
    session, wanted, sources = session_of(party, wish), full_request(party, wish), sources_of(party, wish)
    permit = require(replace(wanted, action=Action.CORRECT), party.accord, party.now)
    sources = [fresh if fresh and source.id == fresh.id else source for source in sources]
    fields = _fields(entity, permit, sources)
    told = {name: value for name, value in row.conditions.items() if name != "sources"}
    body = {"request": wanted.to_dict(), "evidence": [], "conditions": told}
    entry = ("corrected", row.id, {"to": row.party, "fields": sorted(fields)})
    draft = Draft("correction", body, {"fields": _boxed(wish, fields)})
    return Step(session, "", (entry,), reply=draft, seen=(row, wish, session))


def on_release(party: Party, incoming: Incoming, session: Session | None) -> Step:
    """Released fields at the receiver: decide again from the signed statements, then keep them under their conditions.

    A correction replaces the fields that an earlier release of the same request brought, which was decided on what the
    officers signed, and leaves none of their terms out; it goes on to whoever these fields were handed on to. When the
    request or the fields have ended here meanwhile, none are kept, and the giver may take them back as if they were.
    """
    header, body, corrected = incoming.header, incoming.header.body, incoming.header.kind == "correction"
    with party.reading() as connection:
        wish = wish_of(connection, header.session)
    if not wish.box:
        return _too_late(party, wish, known(session))
    wanted = _received_request(party, wish, body)
    if corrected:  # other values, and never looser terms than those the fields are held under
        before = Request.from_dict(release_of(party, wish.id).conditions["request"]).terms
        wanted = replace(wanted, action=Action.CORRECT, terms=union([before, wanted.terms]))
    permit = require(wanted, party.accord, party.now)
    box = DecryptKey.from_bytes(wish.box.encode())
    fields = body_.fields(box.decrypt(body_.part(incoming.message.parts, "fields")))
    if not set(fields) <= set(wish.properties):
        raise PeerError("release.fields", "the message holds fields that nobody asked for; none was kept", SEND_AGAIN)
    terms = agreed(body.get("conditions"), permit) | {"request": reading_terms(wanted)}
    row = Release(
        wish.id, wish.id, "receiver", wish.party, hit_of(party, wish).record, "held", str(terms["expires"]),
        party.stamp, terms, fields,
    )  # fmt: skip
    said = f"{header.sender} {'corrects' if corrected else 'releases'} {', '.join(sorted(fields)) or 'no field'}"
    lacking = sorted(set(wish.properties) - set(fields))
    said += f" (it holds no {', '.join(lacking)})" if lacking else ""
    also, outdated, behind = _corrected_too(party, row) if corrected else ((), (), "")
    return Step(
        replace(known(session), state="held"),
        f"{said}: for «{wish.purpose}», until {row.expires}; read it with `accord exchange read {row.id}`{behind}",
        (("held", wish.id, {"from": header.sender, "fields": sorted(fields), "corrected": corrected}),),
        rows=(row, replace(wish, state="held"), *outdated),
        also=also,
    )


def _too_late(party: Party, wish: Wish, session: Session) -> Step:
    """Fields whose key is gone here: nobody can read them, and a stub says so."""
    with party.reading() as connection:
        row = state.get(connection, Release, wish.id)
    if row is None:
        record, today = hit_of(party, wish).record, party.now.date().isoformat()
        row = Release(wish.id, wish.id, "receiver", wish.party, record, "expired", today, party.stamp, {})
    return Step(
        replace(session, state="expired"),
        f"{wish.party} sends fields of a request that was over here: none were kept",
        (("erased", wish.id, {"why": "the request was over"}),),
        rows=(row, replace(wish, state="expired")),
    )


def passed_on(connection: Connection, release_id: str) -> list[Release]:
    """The releases that this desk gave to others out of what that release brought."""
    given = state.find(connection, Release, role="giver")
    return [row for row in given if release_id in row.conditions.get("sources", ())]


def _corrected_too(party: Party, row: Release) -> tuple[tuple[Step, ...], tuple[Derived, ...], str]:
    """What follows from a correction: corrections to those who have the fields from here, and items out of date."""
    with party.reading() as connection:
        given = [one for one in passed_on(connection, row.id) if one.state == "released"]
        outdated = outdate_derived(connection, party, row.id)
    steps, said = [], f". Out of date by it: {', '.join(item.name for item in outdated)}" if outdated else ""
    for one in given:
        try:
            steps.append(_correction(party, one, fresh=row))
        except (PolicyError, InputError) as error:
            said += f". {one.party} has the old fields and may not be sent the new ones ({error.message}): "
            said += f"`accord exchange recall {one.id}`"
    return tuple(steps), outdated, said


def read(party: Party, release_id: str, purpose: str) -> Reading:
    """The released fields, if they may be used for `purpose` now; raises `PolicyError` otherwise. Both are logged."""
    with party.writing() as connection:  # the look at the fields too, so that no recall can come in between
        row = _received(connection, release_id)
        check_held(connection, party.log, row)
        answer = decide(use_of(party, row, purpose), party.accord, party.now)
        granted = isinstance(answer, Permit)
        details: dict[str, Any] = {"purpose": purpose, "granted": granted}
        if isinstance(answer, Refusal):
            details["code"] = answer.code
        party.note(connection, "read", row.id, details)
        if party.now.date() > dt.date.fromisoformat(row.expires):
            forget_fields(connection, party, row, "expired")
    if isinstance(answer, Refusal):
        raise PolicyError(answer.code, answer.message, answer.remedy, answer.clause, answer.owner)
    asked = row.conditions["request"]
    return Reading(
        row.id,
        row.party,
        purpose,
        str(asked["schema"]),
        {name: list(values) for name, values in (row.fields or {}).items()},
        tuple(row.conditions["handling"]),
        (*row.conditions["conditions"], row.conditions["onward"]),
        row.expires,
    )


def release_of(party: Party, release_id: str) -> Release:
    """The release of that id. Raises `InputError` `release.unknown`."""
    with party.reading() as connection:
        return _release(connection, release_id)


def forget_fields(connection: Connection, party: Party, row: Release, why: str) -> None:
    """Overwrite the fields, what was made from them, the one-time key and the letters of a release; a stub stays."""
    wish, session = wish_of(connection, row.wish), known(state.get(connection, Session, row.wish))
    state.put(connection, replace(row, state=why, fields=None))
    state.put(connection, replace(wish, state=why, box=None, shown=None))
    state.put(connection, replace(session, state=why, since=party.stamp))
    state.put(connection, *erase_derived(connection, party, row.id, why))
    state.forget_letters(connection, row.wish)
    party.note(connection, "erased", row.wish, {"why": why})


def last_word(role: str, moved: str) -> bool:
    """Whether the letter of a release (or of its conversation) is one that the partner waits for, however long: a
    recall until its receipt has come, and the receipt, which may be lost on its way."""
    return moved == "recalled" or (moved == "returned" and role in ("receiver", "asker"))


def _received(connection: Connection, release_id: str) -> Release:
    """The fields that this desk was given; raises what is said when there are none to read any more."""
    row = _release(connection, release_id)
    if row.role != "receiver":
        raise InputError(
            "release.role",
            "this desk gave these fields away; it reads its own record",
            f"run `accord records show {row.record}`",
        )
    if row.fields is None:
        raise PolicyError(
            "release.gone",
            f"these fields {_GONE[row.state]}: there is nothing to read any more",
            "ask the partner again with `accord exchange request`",
            "recall and term",
            row.party,
        )
    return row


def _release(connection: Connection, release_id: str) -> Release:
    row = state.get(connection, Release, release_id)
    if row is None:
        raise InputError("release.unknown", f"there is no release {release_id}", "see `accord exchange status`")
    return row


def _refuse_unapproved(party: Party, wish: Wish) -> None:
    if wish.state in ("requested", "compared"):
        require(full_request(party, wish), party.accord, party.now)  # says which statement is wanting
    raise InputError("request.decided", f"this request is {wish.state}", "see `accord exchange status`")


def _fields(entity: Entity, permit: Permit, sources: Sequence[Release]) -> dict[str, list[str]]:
    """The permitted fields of the own record, with what the sources brought of the same fields."""
    found = {name: list(values) for name, values in admitted(entity, permit).properties.items()}
    for source in sources:
        for name in sorted(set(permit.request.properties) & set(source.fields or {})):
            found[name] = list(dict.fromkeys((*found.get(name, ()), *(source.fields or {})[name])))
    return found


def _received_request(party: Party, wish: Wish, body: Mapping[str, object]) -> Request:
    claimed = body.get("request")
    if not isinstance(claimed, dict):
        raise PeerError("message.body", "the message has no readable request", SEND_AGAIN)
    wanted = Request.from_dict(claimed, body_.envelopes(body, "evidence"))
    if wanted.action is not Action.RELEASE or wanted.wish != full_request(party, wish, gone=True).wish:
        raise TrustError("release.other", "these fields answer another request than ours; none was kept", SEND_AGAIN)
    return wanted


def _boxed(wish: Wish, fields: Mapping[str, list[str]]) -> bytes:
    return Recipient.parse(wish.box or "").encrypt(canonical(dict(fields)))
