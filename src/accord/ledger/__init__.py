"""What was done, and by whom: canonical bytes, keys, signed envelopes, the append-only log.

Invariants: a check that fails raises `TrustError` and yields nothing; no function here answers "is it trusted" with a
boolean that a caller could forget to look at.

>>> key = SigningKey.from_bytes(bytes(32))
>>> Envelope.sign("text/plain", canonical({"a": 1}), key).open("text/plain", key.verify_key)
b'{"a":1}'
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from accord.ledger.canonical import canonical, digest
from accord.ledger.envelope import Envelope
from accord.ledger.keys import DecryptKey, Recipient, SigningKey, VerifyKey

if TYPE_CHECKING:
    from accord.ledger.head import Head, Report
    from accord.ledger.log import Entry, Log
    from accord.ledger.proof import Proof
    from accord.ledger.verification import Fault, LogAlteredError, verify

__all__ = [
    "DecryptKey",
    "Entry",
    "Envelope",
    "Fault",
    "Head",
    "Log",
    "LogAlteredError",
    "Proof",
    "Recipient",
    "Report",
    "SigningKey",
    "VerifyKey",
    "canonical",
    "digest",
    "verify",
]

# the log needs SQLAlchemy, which `arrangement check` and its like do not: loaded when it is first named
_LATE = {
    "Entry": "log",
    "Fault": "verification",
    "Head": "head",
    "Log": "log",
    "LogAlteredError": "verification",
    "Proof": "proof",
    "Report": "head",
    "verify": "verification",
}


def __getattr__(name: str) -> object:
    if name not in _LATE:
        raise AttributeError(name)
    from importlib import import_module

    return getattr(import_module(f"accord.ledger.{_LATE[name]}"), name)
