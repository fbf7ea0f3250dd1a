"""Proof of one entry as a file: an auditor checks it with nothing but the accord, which names the party's key.

Invariants: a proof shows that the entry stands at its place in a log whose state the party signed; what the entry says
is shown only when the party chose to open it, and opens no other entry; a proof that fails raises and tells nothing.

>>> from accord.ledger.head import Head
>>> from accord.ledger.keys import SigningKey
>>> key, at = SigningKey.from_bytes(bytes(32)), dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
>>> said = canonical({"about": "case-7", "details": {}})
>>> body = canonical({"index": 0, "at": at.isoformat(), "kind": "asked", "previous": "",
...                   "commitment": commitment(b"k" * 32, said)})
>>> signed = Head("unit-a", 1, merkle.leaf_hash(body).hex(), at).sign(key)
>>> proof = Proof("unit-a", 0, body, (), signed, Shown(said, b"k" * 32))
>>> proven = Proof.from_bytes(proof.to_bytes()).check([key.verify_key])
>>> proven.kind, proven.about, proven.of
('asked', 'case-7', 1)
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from accord.errors import InputError, TrustError
from accord.ledger import merkle
from accord.ledger.canonical import canonical
from accord.ledger.envelope import Envelope
from accord.ledger.head import read_head
from accord.ledger.keys import VerifyKey

FORM = "accord-ledger-proof/1"
_MOST_STEPS, _KEY_BYTES = 64, 32


@dataclass(frozen=True, slots=True)
class Shown:
    """What an entry says (canonical JSON of about and details), and the key of its commitment."""

    content: bytes
    key: bytes


@dataclass(frozen=True, slots=True)
class Proven:
    """What a proof shows: the entry, the log of `party` that holds it, which had `of` entries at `stated`."""

    party: str
    index: int
    at: dt.datetime
    kind: str
    about: str | None
    details: Mapping[str, object] | None
    of: int
    stated: dt.datetime
    key: str

    def to_dict(self) -> dict[str, object]:
        """JSON-ready data."""
        plain = {name: getattr(self, name) for name in self.__slots__}
        return plain | {"at": self.at.isoformat(), "stated": self.stated.isoformat()}


@dataclass(frozen=True, slots=True)
class Proof:
    """The body of entry `index`, the path from it to the root, the signed head with that root; its details if shown."""

    party: str
    index: int
    body: bytes
    steps: tuple[bytes, ...]
    head: Envelope
    shown: Shown | None = None

    def to_bytes(self) -> bytes:
        """The file: JSON."""
        data: dict[str, object] = {
            "form": FORM,
            "party": self.party,
            "entry": self.index,
            "body": self.body.decode(),
            "steps": [step.hex() for step in self.steps],
            "head": self.head.to_dict(),
        }
        if self.shown is not None:
            data["shown"] = {"content": self.shown.content.decode(), "key": self.shown.key.hex()}
        return canonical(data)

    @classmethod
    def from_bytes(cls, data: bytes) -> Proof:
        """Read `to_bytes`. Raises `InputError` `ledger.proof` when it is no such file."""
        try:
            read = json.loads(data)
            if read["form"] != FORM or len(read["steps"]) > _MOST_STEPS or not isinstance(read["party"], str):
                raise ValueError
            shown = read.get("shown")
            if shown and len(bytes.fromhex(shown["key"])) != _KEY_BYTES:
                raise ValueError
            return cls(
                read["party"],
                int(read["entry"]),
                read["body"].encode(),
                tuple(bytes.fromhex(step) for step in read["steps"]),
                Envelope.from_dict(read["head"]),
                shown and Shown(shown["content"].encode(), bytes.fromhex(shown["key"])),
            )
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError, TrustError):
            raise InputError(
                "ledger.proof", "this is no proof of an entry", "give the file that `accord ledger proof` wrote"
            ) from None

    def check(self, keys: Iterable[VerifyKey]) -> Proven:
        """What the proof shows, when it holds under one of the party's `keys`.

        Raises `TrustError`: the head is not signed by the party, the entry is not at its place (`ledger.inclusion`), or
        the details are not those that were logged (`ledger.details`).
        """
        head = read_head(self.head, self.party, *keys)
        merkle.check_inclusion(
            merkle.leaf_hash(self.body), self.index, head.size, bytes.fromhex(head.root), list(self.steps)
        )
        try:
            claim = json.loads(self.body)
            at, kind, committed = dt.datetime.fromisoformat(claim["at"]), str(claim["kind"]), str(claim["commitment"])
            said = json.loads(self.shown.content) if self.shown else {"about": None, "details": None}
            if claim["index"] != self.index:
                raise ValueError
            about, details = said["about"], said["details"]
        except (ValueError, KeyError, TypeError):
            raise TrustError("ledger.proof", "the entry in the proof cannot be read", "ask for a new proof") from None
        if self.shown and not hmac.compare_digest(commitment(self.shown.key, self.shown.content), committed):
            raise TrustError(
                "ledger.details", "the details shown are not those that were logged", "ask for a new proof"
            )
        key = next(name for name, _ in self.head.signatures)
        return Proven(self.party, self.index, at, kind, about, details, head.size, head.at, key)


def commitment(key: bytes, content: bytes) -> str:
    """What the tree holds of an entry's content: a keyed hash (BLAKE2b, RFC 7693, 32 bytes), which says nothing once
    the key is destroyed."""
    return hashlib.blake2b(content, key=key, digest_size=32).hexdigest()
