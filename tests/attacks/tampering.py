"""Messages opened, changed and sealed again: what a partner with other software can do."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from accord.exchange.messages import Message, open_message, seal

NEUTRAL = {"political": "no", "military": "no", "religious": "no", "racial": "no"}


def opened(desks: Any, data: bytes, to: str) -> Message:
    sender = desks.of("interpol" if to == "unodc" else "unodc")
    return open_message(data, desks.of(to).decrypt, lambda _: sender.sign.verify_key, to, 10**8)[0]


def sealed(desks: Any, message: Message, to: str) -> bytes:
    sender = desks.of("interpol" if to == "unodc" else "unodc")
    return seal(message, sender.sign, desks.of(to).decrypt.recipient).data


def with_body(message: Message, **changes: Any) -> Message:
    return replace(message, header=replace(message.header, body={**message.header.body, **changes}))
