"""Signed statements: DSSE v1 envelopes (Dead Simple Signing Envelope), the form that in-toto and sigstore use.

Invariants: what is signed is the type and the payload together (PAE), so that a statement of one kind never passes for
another; `open` returns the payload only after every signature it was told to expect has been checked.

>>> key = SigningKey.from_bytes(bytes(32))
>>> envelope = Envelope.sign("text/plain", b"hello", key)
>>> Envelope.from_bytes(envelope.to_bytes()).open("text/plain", key.verify_key)
b'hello'
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from accord.errors import TrustError
from accord.ledger.canonical import canonical, digest
from accord.ledger.keys import SigningKey, VerifyKey

_FORM = "an envelope holds payloadType, payload (base64) and signatures [{keyid, sig}]"


@dataclass(frozen=True, slots=True)
class Envelope:
    """A payload of a stated type, and signatures over both: pairs of key id and 64 bytes."""

    payload_type: str
    payload: bytes
    signatures: tuple[tuple[str, bytes], ...]

    @classmethod
    def sign(cls, payload_type: str, payload: bytes, *keys: SigningKey) -> Envelope:
        """Sign `payload` as a `payload_type` with each key."""
        signed = pae(payload_type, payload)
        return cls(payload_type, payload, tuple((key.verify_key.id, key.sign(signed)) for key in keys))

    def add(self, key: SigningKey) -> Envelope:
        """The same with one more signature; replaces an older one by the same key."""
        kept = tuple(pair for pair in self.signatures if pair[0] != key.verify_key.id)
        (new,) = Envelope.sign(self.payload_type, self.payload, key).signatures
        return Envelope(self.payload_type, self.payload, (*kept, new))

    def open(self, payload_type: str, *keys: VerifyKey) -> bytes:
        """The payload, when it is of that type and every one of `keys` signed it.

        Raises `TrustError`: `ledger.type`, `ledger.unsigned` (a key did not sign) or `ledger.signature` (it does not
        hold). Raises `TrustError` `ledger.unsigned` also when no key is given.
        """
        self._expect(payload_type)
        if not keys:
            raise _unsigned("no key was named that should have signed this")
        signed = pae(self.payload_type, self.payload)
        for key in keys:
            signatures = [signature for name, signature in self.signatures if name == key.id]
            if not signatures:
                raise _unsigned(f"key {key.id} has not signed this")
            for signature in signatures:
                key.check(signature, signed)
        return self.payload

    def open_by_one(self, payload_type: str, keys: Iterable[VerifyKey]) -> tuple[bytes, VerifyKey]:
        """The payload and the one key of `keys` that signed it. Raises as `open` does."""
        self._expect(payload_type)
        names = {name for name, _ in self.signatures}
        for key in keys:
            if key.id in names:
                return self.open(payload_type, key), key
        raise _unsigned("none of the keys that may sign this has signed it")

    @property
    def digest(self) -> str:
        """SHA-256 of the signed type and payload, the same whoever signed."""
        return digest(pae(self.payload_type, self.payload))

    def to_dict(self) -> dict[str, object]:
        """The DSSE JSON form."""
        return {
            "payloadType": self.payload_type,
            "payload": base64.b64encode(self.payload).decode(),
            "signatures": [
                {"keyid": name, "sig": base64.b64encode(signature).decode()} for name, signature in self.signatures
            ],
        }

    @classmethod
    def from_dict(cls, data: object) -> Envelope:
        """Read the DSSE JSON form. Raises `TrustError` `ledger.envelope` when it is none."""
        try:
            if not isinstance(data, Mapping) or not isinstance(data["payloadType"], str):
                raise TypeError
            signatures = tuple((str(each["keyid"]), _decode(each["sig"])) for each in data["signatures"])
            return cls(data["payloadType"], _decode(data["payload"]), signatures)
        except (KeyError, TypeError, ValueError, AttributeError):
            raise TrustError("ledger.envelope", "this is no signed envelope", _FORM) from None

    def to_bytes(self) -> bytes:
        """The DSSE JSON form as canonical bytes."""
        return canonical(self.to_dict())

    @classmethod
    def from_bytes(cls, data: bytes) -> Envelope:
        """Read `to_bytes`, or any JSON of that form. Raises `TrustError` `ledger.envelope`."""
        try:
            return cls.from_dict(json.loads(data))
        except (ValueError, RecursionError):
            raise TrustError("ledger.envelope", "this is no signed envelope", _FORM) from None

    def _expect(self, payload_type: str) -> None:
        if self.payload_type != payload_type:
            raise TrustError(
                "ledger.type",
                f"this is not a signed {payload_type}",
                "give the file that was asked for",
            )


def pae(payload_type: str, payload: bytes) -> bytes:
    """DSSE's pre-authentication encoding: `DSSEv1 len type len payload`, which no other pair encodes to."""
    kind = payload_type.encode()
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)


def _unsigned(message: str) -> TrustError:
    return TrustError("ledger.unsigned", message, "ask the signer that the accord names for a signature")


def _decode(text: object) -> bytes:
    if not isinstance(text, str):
        raise TypeError
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ValueError from error
