"""Taking a release back: the giver recalls, the receiver purges and proves it with a signed receipt.

Invariants: a recall is obeyed without asking a person; the receipt says what the software erased apart from what a
person attests, and says that nobody can know of copies made outside; what stays is a stub without personal data.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Any

from accord.errors import InputError, PeerError, TrustError
from accord.exchange import body as body_
from accord.exchange.body import SEND_AGAIN
from accord.exchange.carrier import Draft, Incoming, Step, known, start
from accord.exchange.party import Party
from accord.exchange.release import release_of
from accord.exchange.request import session_of, wish_of
from accord.exchange.state import Release, Session
from accord.ledger import Envelope, canonical

ATTESTATION_TYPE = "application/vnd.accord.attestation+json"
ERASED = ("the released fields in the database", "the one-time key that opens the release file", "this desk's outbox")
NOT_REACHED = "notes, printouts, screenshots and backups made before: only a person can attest to those"


@dataclass(frozen=True, slots=True)
class Attestation:
    """What an officer attests beside the software: `text` in their words."""

    officer: str
    text: str


def recall(party: Party, release_id: str, reason: str = "") -> bytes:
    """Take back what was released; returns the message to carry. It may be repeated until a receipt has come."""
    row = release_of(party, release_id)
    if row.role != "giver" or row.state != "released":
        raise InputError(
            "release.state",
            f"this release is {row.state}; only fields that were given can be recalled",
            "see `accord exchange status`",
        )
    with party.reading() as connection:
        wish = wish_of(connection, row.wish)
    session = session_of(party, wish)
    step = Step(
        replace(session, state="recalled"),
        "",
        (("recalled", row.id, {"from": row.party, "reason": reason}),),
        rows=(replace(row, state="recalled"),),
        reply=Draft("recall", {"reason": reason}),
        seen=(row, session),
    )
    return start(party, step)


def on_recall(
    party: Party, incoming: Incoming, session: Session | None, attestation: Attestation | None = None
) -> Step:
    """At the receiver: erase the fields and the key, and answer with the receipt."""
    row = release_of(party, incoming.header.session)
    if row.role != "receiver":
        raise PeerError("recall.role", "a release can be recalled by its giver only", SEND_AGAIN)
    with party.reading() as connection:
        wish = wish_of(connection, row.wish)
    receipt: dict[str, Any] = {
        "release": row.id,
        "fields": sorted(row.fields or {}),
        "erased": list(ERASED) if row.fields is not None else [f"nothing: the fields were {row.state} already"],
        "erased_at": party.stamp,
        "attested": _attested(party, row, attestation).to_dict() if attestation else None,
        "not_reached": NOT_REACHED,
    }
    return Step(
        replace(known(session), state="returned"),
        f"{incoming.header.sender} took its fields back: they are erased, and the receipt says so",
        (("returned", row.wish, {"to": row.party, "attested": attestation is not None}),),
        rows=(
            replace(row, state="returned", fields=None, receipt=receipt),
            replace(wish, state="returned", box=None, shown=None),
        ),
        reply=Draft("receipt", receipt),
    )


def on_receipt(party: Party, incoming: Incoming, session: Session | None) -> Step:
    """At the giver: check who attests what, and keep the receipt."""
    row, body = release_of(party, incoming.header.session), dict(incoming.header.body)
    if body.get("release") != row.id:
        raise PeerError("receipt.other", "this receipt is about another release", SEND_AGAIN)
    who = "nobody"
    if body.get("attested") is not None:
        who = _attesting(party, row, body_.envelope(body, "attested"))
    with party.reading() as connection:
        wish = wish_of(connection, row.wish)
    fields, erased = (
        ", ".join(body_.words(body, "fields")) if body.get("fields") else "no field",
        body_.words(body, "erased"),
    )
    return Step(
        replace(known(session), state="returned"),
        f"{row.party} has erased {fields}. Software erased: {'; '.join(erased)}. A person attests: {who}. "
        f"Not reached: {NOT_REACHED}",
        (("receipt", row.id, {"from": row.party, "attested": who != "nobody"}),),
        rows=(replace(row, state="returned", receipt=body), replace(wish, state="returned", box=None)),
    )


def _attested(party: Party, row: Release, given: Attestation) -> Envelope:
    signer = party.signer(given.officer)
    claim = {
        "release": row.id,
        "accord": party.accord.digest,
        "signer": signer.id,
        "at": party.stamp,
        "text": given.text,
    }
    return Envelope.sign(ATTESTATION_TYPE, canonical(claim), signer.key)


def _attesting(party: Party, row: Release, signed: Envelope) -> str:
    """`party/officer: text` of an attestation about this release by an officer of the receiver; raises `TrustError`."""
    officers = party.accord.party(row.party).officers
    payload, key = signed.open_by_one(ATTESTATION_TYPE, [officer.key for officer in officers])
    officer = next(officer for officer in officers if officer.key == key)
    claim = json.loads(payload)
    if claim.get("release") != row.id or claim.get("signer") != f"{row.party}/{officer.name}":
        raise TrustError("receipt.attestation", "the attestation is about another release", SEND_AGAIN)
    return f"{row.party}/{officer.name}: «{body_.text(claim, 'text')}»"
