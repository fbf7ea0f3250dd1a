"""The signed receipt of an erasure: what software erased, what a person attests, and what nobody can know.

Invariants: a receipt is a statement of its own, signed by the party that erased, so that it can be handed on to the
originator and be checked there with nothing but the accord; what software did and what a person attested stay apart.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from accord.arrangement import Accord
from accord.errors import PeerError, TrustError, several
from accord.exchange import body as body_
from accord.exchange.body import SEND_AGAIN
from accord.exchange.party import Party
from accord.exchange.state import Release
from accord.ledger import Envelope, canonical

RECEIPT_TYPE = "application/vnd.accord.receipt+json"
ATTESTATION_TYPE = "application/vnd.accord.attestation+json"
ERASED = ("the released fields in the database", "the one-time key that opens the release file", "this desk's outbox")
NOT_REACHED = "notes, printouts, screenshots and backups made before: only a person can attest to those"


@dataclass(frozen=True, slots=True)
class Attestation:
    """What an officer attests beside the software: `text` in their words."""

    officer: str
    text: str


def sign_receipt(party: Party, receipt: Mapping[str, Any]) -> Envelope:
    """The receipt as a statement of this party."""
    said = {"accord": party.accord.digest, "by": party.id, **receipt}
    return Envelope.sign(RECEIPT_TYPE, canonical(said), party.sign)


def read_receipt(accord: Accord, signed: Envelope, by: str, release: str) -> dict[str, Any]:
    """What a party's receipt for a release says.

    Raises `TrustError` for another signer, `PeerError` for another release or party.
    """
    said = _object(signed.open(RECEIPT_TYPE, accord.party(by).sign))
    if said.get("release") != release or said.get("by") != by:
        raise PeerError("receipt.other", "this receipt is about another release", SEND_AGAIN)
    body_.words(said, "erased")
    if said.get("fields"):
        body_.words(said, "fields")
    return said


def about(signed: Envelope) -> str:
    """The release that a receipt says it is about; its signature is not checked here."""
    return str(_object(signed.payload).get("release"))


def _object(payload: bytes) -> dict[str, Any]:
    """What was signed, as an object: who signs may still write nonsense. Raises `PeerError`."""
    try:
        said = json.loads(payload)
    except (ValueError, RecursionError):
        said = None
    if not isinstance(said, dict):
        raise PeerError("receipt.other", "this is no receipt that Accord knows", SEND_AGAIN)
    return said


def told(accord: Accord, by: str, said: Mapping[str, Any]) -> str:
    """A receipt in one sentence, for the person at the desk; checks who attests. Raises `TrustError`."""
    fields = ", ".join(body_.words(said, "fields")) if said.get("fields") else "no field"
    derived = rows(said, "derived")
    copies = sum(int(item.get("copies", 0)) for item in derived)
    made = f"{several(len(derived), 'item')} made from it (written out before: {several(copies, 'copy', 'copies')})"
    items = f" and {made}" if derived else ""
    return (
        f"{by} has erased {fields}{items}. Software erased: {'; '.join(body_.words(said, 'erased'))}. "
        f"A person attests: {attesting(accord, by, said)}. Not reached: {NOT_REACHED}"
    )


def rows(said: Mapping[str, Any], name: str) -> Sequence[Mapping[str, Any]]:
    """A list of objects in a receipt, empty when there is none. Raises `PeerError`."""
    listed = said.get(name, [])
    if not isinstance(listed, list) or not all(isinstance(row, dict) for row in listed):
        raise PeerError("message.body", f"the receipt has no readable {name}", SEND_AGAIN)
    if not all(type(row.get("copies", 0)) is int for row in listed):
        raise PeerError("message.body", f"the receipt has no readable {name}", SEND_AGAIN)
    return listed


def attest(party: Party, row: Release, given: Attestation) -> Envelope:
    """What an officer of this desk attests about a release, signed."""
    signer = party.signer(given.officer)
    claim = {
        "release": row.id,
        "accord": party.accord.digest,
        "signer": signer.id,
        "at": party.stamp,
        "text": given.text,
    }
    return Envelope.sign(ATTESTATION_TYPE, canonical(claim), signer.key)


def attesting(accord: Accord, by: str, said: Mapping[str, Any]) -> str:
    """`party/officer: «text»` of the attestation in a receipt, or `nobody`; raises `TrustError` for anybody else's."""
    if said.get("attested") is None:
        return "nobody"
    officers = accord.party(by).officers
    signed = body_.envelope(said, "attested")
    payload, key = signed.open_by_one(ATTESTATION_TYPE, [officer.key for officer in officers])
    officer = next(officer for officer in officers if officer.key == key)
    claim = _object(payload)
    if claim.get("release") != said.get("release") or claim.get("signer") != f"{by}/{officer.name}":
        raise TrustError("receipt.attestation", "the attestation is about another release", SEND_AGAIN)
    return f"{by}/{officer.name}: «{body_.text(claim, 'text')}»"
