"""Signed heads: one hash that stands for the whole log so far, signed by the party that keeps it.

Invariants: a head is read from its signed envelope only; what a partner showed before is compared with what it shows
now by a consistency proof, so that a rewritten log is found at the next message.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass

from accord.errors import TrustError
from accord.ledger.canonical import canonical
from accord.ledger.envelope import Envelope
from accord.ledger.keys import SigningKey, VerifyKey
from accord.ledger.merkle import check_consistency

PAYLOAD_TYPE = "application/vnd.accord.log-head+json"


@dataclass(frozen=True, slots=True)
class Head:
    """The state of a party's log: how many entries, and the root hash over them (hexadecimal)."""

    party: str
    size: int
    root: str
    at: dt.datetime

    def sign(self, key: SigningKey) -> Envelope:
        """The head as a signed envelope."""
        claim = {"party": self.party, "size": self.size, "root": self.root, "at": self.at.isoformat()}
        return Envelope.sign(PAYLOAD_TYPE, canonical(claim), key)


def read_head(envelope: Envelope, party: str, *keys: VerifyKey) -> Head:
    """The head in an envelope that one of `keys` signed: the party's key, and those it had before.

    Raises `TrustError` when the signature, the party or the form is wrong.
    """
    envelope.open_by_one(PAYLOAD_TYPE, keys)
    return stated_head(envelope, party)


def stated_head(envelope: Envelope, party: str) -> Head:
    """The head in an envelope whose signature was checked before. Raises `TrustError` when its form is wrong."""
    try:
        claim = json.loads(envelope.payload)
        head = Head(claim["party"], claim["size"], claim["root"], dt.datetime.fromisoformat(claim["at"]))
        if (
            head.party != party
            or not isinstance(head.size, int)
            or head.size < 0
            or len(bytes.fromhex(head.root)) != 32
        ):
            raise ValueError
    except (ValueError, KeyError, TypeError, RecursionError):
        raise TrustError("ledger.head", f"this is no signed state of the log of {party}", "ask for it again") from None
    return head


@dataclass(frozen=True, slots=True)
class Report:
    """What a message carries of its sender's log: the signed head, and proofs from states that it reported before.

    `seen`: the size of the recipient's log in the newest state that the sender had of it, 0 when it had none.
    """

    envelope: Envelope
    proofs: Mapping[int, tuple[bytes, ...]]
    seen: int = 0

    def to_dict(self) -> dict[str, object]:
        """JSON-ready data."""
        proofs = {str(size): [step.hex() for step in proof] for size, proof in self.proofs.items()}
        return {"head": self.envelope.to_dict(), "proofs": proofs, "seen": self.seen}

    @classmethod
    def from_dict(cls, data: object) -> Report:
        """Read `to_dict`. Raises `TrustError` `ledger.report`."""
        try:
            if not isinstance(data, Mapping):
                raise TypeError
            proofs = {int(size): tuple(bytes.fromhex(step) for step in proof) for size, proof in data["proofs"].items()}
            return cls(Envelope.from_dict(data["head"]), proofs, int(data.get("seen", 0)))
        except (KeyError, TypeError, ValueError, AttributeError):
            raise TrustError("ledger.report", "this is no report of a log", "ask for the message again") from None


def check_progress(older: Head, newer: Head, report: Report) -> None:
    """Return when the log of `newer` only adds to that of `older`, by the proof in the report of `newer`.

    Raises `TrustError` `ledger.forked` when it does not, `ledger.unproven` when the report says nothing about it.
    """
    if older.size not in report.proofs and older.size not in (0, newer.size):
        raise unproven(newer.party)
    proof = report.proofs.get(older.size, ())
    check_consistency(older.size, bytes.fromhex(older.root), newer.size, bytes.fromhex(newer.root), proof)


def unproven(party: str) -> TrustError:
    """The refusal of a state that no proof joins to those seen before."""
    return TrustError(
        "ledger.unproven",
        f"the log of {party} is not shown to continue the state seen before",
        "ask the partner to send its last messages again, in order",
    )
