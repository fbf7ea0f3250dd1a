"""Reading what a partner wrote into a message: signed, so we know who wrote it, and still not believed.

Invariants: each reader returns a value of the type it says, within its limits, or raises `PeerError`.

>>> text({"purpose": "investigation"}, "purpose"), number({"size": 256}, "size")
('investigation', 256)
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from accord.errors import PeerError, TrustError
from accord.ledger import Envelope

SEND_AGAIN = "ask the partner to send it again; if it comes again so, its software differs from yours"
_LONGEST_TEXT, _MOST_WORDS = 500, 200


def text(body: Mapping[str, object], name: str) -> str:
    """A text that is not empty, of at most 500 characters."""
    value = body.get(name)
    if not isinstance(value, str) or not value or len(value) > _LONGEST_TEXT or not value.isprintable():
        raise _unreadable(name)
    return value


def number(body: Mapping[str, object], name: str) -> int:
    """A whole number above 0."""
    value = body.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise _unreadable(name)
    return value


def raw(body: Mapping[str, object], name: str) -> bytes:
    """Bytes that were written as hexadecimal digits."""
    try:
        return bytes.fromhex(text(body, name))
    except ValueError:
        raise _unreadable(name) from None


def words(body: Mapping[str, object], name: str) -> tuple[str, ...]:
    """A list of at most 200 short texts, at least one."""
    value = body.get(name)
    if not isinstance(value, list) or not value or len(value) > _MOST_WORDS:
        raise _unreadable(name)
    return tuple(text({name: word}, name) for word in value)


def day(body: Mapping[str, object], name: str) -> dt.date | None:
    """A day in ISO 8601, or None when the text is empty."""
    value = body.get(name)
    if value == "":
        return None
    try:
        return dt.date.fromisoformat(text(body, name))
    except ValueError:
        raise _unreadable(name) from None


def identity(body: Mapping[str, object], name: str) -> str:
    """A name that a desk gave: 16 hexadecimal digits."""
    value = text(body, name)
    if len(value) != 16 or any(letter not in "0123456789abcdef" for letter in value):
        raise _unreadable(name)
    return value


def envelope(body: Mapping[str, object], name: str) -> Envelope:
    """A signed statement (its signature is not checked here)."""
    try:
        return Envelope.from_dict(body.get(name))
    except TrustError:
        raise _unreadable(name) from None


def envelopes(body: Mapping[str, object], name: str) -> tuple[Envelope, ...]:
    """A list of signed statements."""
    value = body.get(name)
    if not isinstance(value, list) or len(value) > _MOST_WORDS:
        raise _unreadable(name)
    return tuple(envelope({name: each}, name) for each in value)


def part(parts: Mapping[str, bytes], name: str) -> bytes:
    """A part of the message by its name."""
    if name not in parts:
        raise PeerError("message.part", f"the message lacks its part {name}", SEND_AGAIN)
    return parts[name]


def rows(parts: Mapping[str, bytes], name: str) -> list[Any]:
    """A part that is a list as JSON bytes."""
    import orjson

    try:
        found = orjson.loads(part(parts, name))
    except ValueError:
        found = None
    if not isinstance(found, list):
        raise _unreadable(name)
    return found


def fields(data: bytes) -> dict[str, list[str]]:
    """Named fields of a record: property names with lists of texts, as JSON bytes."""
    import orjson

    try:
        found = orjson.loads(data)
        if not isinstance(found, dict) or not all(
            isinstance(values, list) and all(isinstance(value, str) for value in values) for values in found.values()
        ):
            raise ValueError
    except ValueError:
        raise _unreadable("fields") from None
    return found


def _unreadable(name: str) -> PeerError:
    return PeerError("message.body", f"the message has no readable {name}", SEND_AGAIN)
