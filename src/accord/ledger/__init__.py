"""What was done, and by whom: canonical bytes, keys, signed envelopes, the append-only log.

Invariants: a check that fails raises `TrustError` and yields nothing; no function here answers "is it trusted" with a
boolean that a caller could forget to look at.

>>> key = SigningKey.from_bytes(bytes(32))
>>> Envelope.sign("text/plain", canonical({"a": 1}), key).open("text/plain", key.verify_key)
b'{"a":1}'
"""

from accord.ledger.canonical import canonical, digest
from accord.ledger.envelope import Envelope
from accord.ledger.keys import DecryptKey, Recipient, SigningKey, VerifyKey

__all__ = ["DecryptKey", "Envelope", "Recipient", "SigningKey", "VerifyKey", "canonical", "digest"]
