"""The one way to turn data into bytes that are signed, hashed or committed to: RFC 8785 (JSON canonicalisation).

Invariants: equal data gives equal bytes on every machine; what JSON cannot carry exactly is refused, not rounded.

>>> canonical({"b": 1, "a": "é"})
b'{"a":"\\xc3\\xa9","b":1}'
>>> digest(b"")[:16]
'e3b0c44298fc1c14'
"""

from __future__ import annotations

import hashlib
from typing import Any, cast

from accord.errors import InputError


def canonical(value: object) -> bytes:
    """The canonical JSON of `value`. Raises `InputError` `ledger.canonical` for what JSON cannot carry exactly."""
    import rfc8785

    try:
        return rfc8785.dumps(cast(Any, value))
    except (rfc8785.CanonicalizationError, UnicodeError, RecursionError):
        raise InputError(
            "ledger.canonical",
            "this cannot be written as canonical JSON (RFC 8785)",
            "use text, lists, objects, true, false, null and whole numbers below 2^53",
        ) from None


def digest(data: bytes) -> str:
    """SHA-256 of `data` as 64 hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()
