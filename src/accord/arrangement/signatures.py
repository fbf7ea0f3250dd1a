"""The parties' signatures on a document: one DSSE envelope beside it, in `accord.toml.sigs`.

Invariants: the envelope's payload is the canonical content, compared byte by byte with the file, so a word changed
after a signature is found; `verified` returns only when every party's signature is there and holds.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from accord.arrangement.document import Read, content_bytes
from accord.arrangement.model import Accord, Party
from accord.errors import TrustError
from accord.ledger import Envelope, SigningKey

PAYLOAD_TYPE = "application/vnd.accord.arrangement+json"


@dataclass(frozen=True, slots=True)
class Standing:
    """How one party's signature stands: `valid`, `missing` or `broken`."""

    party: str
    name: str
    key: str
    state: str


def beside(path: Path) -> Path:
    """Where the signatures of the document at `path` lie."""
    return path.with_name(path.name + ".sigs")


def add_signature(document: Read, envelope: Envelope | None, party: str, *keys: SigningKey) -> Envelope:
    """The document's envelope with this party's signature, by each of `keys` (the former key vouches for a new one).

    Signatures on another wording are left behind. Raises `TrustError` `arrangement.own-key` when the document names
    another key for the party than those its desk holds.
    """
    if document.accord.party(party).sign not in [key.verify_key for key in keys]:
        raise TrustError(
            "arrangement.own-key",
            f"the document names a key for {party} that this desk does not hold",
            "put the key of this desk's party.toml into the document, or find out who changed it",
        )
    content = content_bytes(document.accord.content)
    if envelope is None or envelope.payload != content or envelope.payload_type != PAYLOAD_TYPE:
        return Envelope.sign(PAYLOAD_TYPE, content, *keys)
    for key in keys:
        envelope = envelope.add(key)
    return envelope


def standing(document: Read, envelope: Envelope | None) -> list[Standing]:
    """How each party's signature stands, for people to read. Whoever relies on the signatures calls `verified`.

    Raises `TrustError` `arrangement.altered` when what was signed is not what the file says.
    """
    if envelope is not None and envelope.payload != content_bytes(document.accord.content):
        raise TrustError(
            "arrangement.altered",
            "the document was changed after it was signed",
            "restore the signed wording, or let every party sign this one",
        )
    return [Standing(party.id, party.name, party.sign.id, _state(party, envelope)) for party in document.accord.parties]


def verified(document: Read, envelope: Envelope | None) -> Accord:
    """The accord, when every party has signed exactly this.

    Raises `TrustError`: `arrangement.altered`, `arrangement.signature` (one does not hold) or `arrangement.unsigned`.
    """
    found = standing(document, envelope)
    for state, code, words in (
        ("broken", "arrangement.signature", "does not hold for"),
        ("missing", "arrangement.unsigned", "is missing from"),
    ):
        names = [each.party for each in found if each.state == state]
        if names:
            raise TrustError(
                code, f"the signature {words} {', '.join(names)}", "let each of them run `accord arrangement sign`"
            )
    if len(found) < 2:
        raise TrustError("arrangement.unsigned", "an accord needs two parties or more", "add the partner")
    return document.accord


def _state(party: Party, envelope: Envelope | None) -> str:
    if envelope is None or all(name != party.sign.id for name, _ in envelope.signatures):
        return "missing"
    try:
        envelope.open(PAYLOAD_TYPE, party.sign)
    except TrustError:
        return "broken"
    return "valid"
