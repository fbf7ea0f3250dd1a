"""Keys: Ed25519 to sign, age (X25519) to encrypt to a recipient.

Invariants: secret halves never appear in a repr, an error or a comparison; a public half is one line of text that fits
a contract (`ed25519:…`, `age1…`) and has a short id; checking a signature returns nothing and raises when it fails.

>>> key = SigningKey.from_bytes(bytes(32))
>>> signature = key.sign(b"text")
>>> VerifyKey.parse(str(key.verify_key)).check(signature, b"text")
>>> key
SigningKey(id 139e3940e64b5491)
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from accord.errors import InputError, TrustError
from accord.ledger.canonical import digest

_PREFIX = "ed25519:"
_ID_DIGITS = 16


@dataclass(frozen=True, slots=True)
class VerifyKey:
    """The public half of a signing key, 32 bytes."""

    raw: bytes

    @classmethod
    def parse(cls, text: str) -> VerifyKey:
        """Read `ed25519:BASE64`. Raises `InputError` `ledger.key`."""
        try:
            raw = base64.b64decode(text.removeprefix(_PREFIX), validate=True)
            if not text.startswith(_PREFIX) or len(raw) != 32 or str(cls(raw)) != text:
                raise ValueError
            Ed25519PublicKey.from_public_bytes(raw)
        except (ValueError, binascii.Error):
            raise InputError(
                "ledger.key",
                "this is no public signing key",
                "it reads ed25519: and 44 characters; copy it from the card",
            ) from None
        return cls(raw)

    def __str__(self) -> str:
        return _PREFIX + base64.b64encode(self.raw).decode()

    @property
    def id(self) -> str:
        """16 hexadecimal digits that name the key."""
        return digest(self.raw)[:_ID_DIGITS]

    def check(self, signature: bytes, data: bytes) -> None:
        """Return when the signature over `data` holds; raise `TrustError` `ledger.signature` when it does not."""
        try:
            Ed25519PublicKey.from_public_bytes(self.raw).verify(signature, data)
        except InvalidSignature:
            raise TrustError(
                "ledger.signature", f"the signature by key {self.id} does not hold", "ask the signer for it again"
            ) from None


class SigningKey:
    """The secret half of a signing key."""

    __slots__ = ("_key", "verify_key")

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key
        self.verify_key = VerifyKey(key.public_key().public_bytes_raw())

    def __repr__(self) -> str:
        return f"SigningKey(id {self.verify_key.id})"

    @classmethod
    def generate(cls) -> SigningKey:
        """A new key from the system's randomness."""
        return cls(Ed25519PrivateKey.generate())

    @classmethod
    def from_bytes(cls, seed: bytes) -> SigningKey:
        """The key of a 32-byte seed."""
        return cls(Ed25519PrivateKey.from_private_bytes(seed))

    def to_bytes(self) -> bytes:
        """The 32-byte seed; seal it."""
        return self._key.private_bytes_raw()

    def sign(self, data: bytes) -> bytes:
        """64 bytes, deterministic (RFC 8032)."""
        return self._key.sign(data)


@dataclass(frozen=True, slots=True)
class Recipient:
    """Whom a message is encrypted to: an age public key, `age1…`."""

    text: str

    @classmethod
    def parse(cls, text: str) -> Recipient:
        """Read `age1…`. Raises `InputError` `ledger.key`."""
        from pyrage import RecipientError, x25519

        try:
            x25519.Recipient.from_str(text)
        except RecipientError:
            raise InputError(
                "ledger.key", "this is no age recipient", "it reads age1 and 58 characters; copy it from the card"
            ) from None
        return cls(text)

    def __str__(self) -> str:
        return self.text

    @property
    def id(self) -> str:
        """16 hexadecimal digits that name the key."""
        return digest(self.text.encode())[:_ID_DIGITS]

    def encrypt(self, data: bytes) -> bytes:
        """An age file that only the holder of the secret half opens."""
        import pyrage

        sealed: bytes = pyrage.encrypt(data, [pyrage.x25519.Recipient.from_str(self.text)])
        return sealed


class DecryptKey:
    """The secret half of a `Recipient`."""

    __slots__ = ("_text", "recipient")

    def __init__(self, text: str) -> None:
        from pyrage import x25519

        self._text = text
        self.recipient = Recipient(str(x25519.Identity.from_str(text).to_public()))

    def __repr__(self) -> str:
        return f"DecryptKey(for {self.recipient.id})"

    @classmethod
    def generate(cls) -> DecryptKey:
        """A new key from the system's randomness."""
        from pyrage import x25519

        return cls(str(x25519.Identity.generate()))

    @classmethod
    def from_bytes(cls, data: bytes) -> DecryptKey:
        """What `to_bytes` gave."""
        return cls(data.decode())

    def to_bytes(self) -> bytes:
        """The secret key as age writes it; seal it."""
        return self._text.encode()

    def decrypt(self, data: bytes) -> bytes:
        """Open an age file. Raises `TrustError` `ledger.sealed` when it is for somebody else, altered or cut short."""
        import pyrage

        try:
            opened: bytes = pyrage.decrypt(data, [pyrage.x25519.Identity.from_str(self._text)])
        except pyrage.DecryptError:
            raise TrustError(
                "ledger.sealed",
                "this message is encrypted for somebody else, or was altered on its way",
                "a message that this desk wrote is for its partner to receive; else ask the sender for it again, and "
                "see that they use the key of the accord",
            ) from None
        return opened
