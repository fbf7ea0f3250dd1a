"""Bits flipped in each field of each message by somebody without a key: in what is signed, and in what is around it.

Anybody can encrypt to a recipient; so the frame is opened, changed and sealed again, as a thief of the line would
who got the recipient's key.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Any

import pytest
from tests.attacks.test_attacks_on_messages import rejected

from accord import exchange

MAGIC = len(b"accord message 1\n")


def flipped(data: bytes, place: int) -> bytes:
    return data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]


def framed(envelope: bytes, rest: bytes, before: bytes) -> bytes:
    return before[:MAGIC] + len(envelope).to_bytes(4, "big") + envelope + rest


def altered(frame: bytes) -> Iterator[tuple[str, bytes]]:
    """The frame with one bit flipped: in the value of each signed field, in each part, and in everything around them."""
    size = int.from_bytes(frame[MAGIC : MAGIC + 4], "big")
    start, stop = MAGIC + 4, MAGIC + 4 + size
    envelope, rest = json.loads(frame[start:stop]), frame[stop:]
    payload = base64.b64decode(envelope["payload"])
    for name, value in json.loads(payload).items():
        said = json.dumps({name: value}, separators=(",", ":"), ensure_ascii=False).encode()[1:-1]
        place = payload.find(f'"{name}":'.encode()) + len(name) + 3
        last = place + max(len(said) - len(name) - 4, 0)
        for at in {place + (payload[place : place + 1] == b'"'), (place + last) // 2, last}:
            changed = {**envelope, "payload": base64.b64encode(flipped(payload, at)).decode()}
            yield f"field {name}", framed(json.dumps(changed).encode(), rest, frame)
    for part in json.loads(payload)["parts"]:
        if part["bytes"]:
            yield f"part {part['name']}", frame[:stop] + flipped(rest, 0)
            yield f"part {part['name']}", frame[:stop] + flipped(rest, part["bytes"] - 1)
    signature = base64.b64decode(envelope["signatures"][0]["sig"])
    wrong = base64.b64encode(flipped(signature, 40)).decode()
    changed = {**envelope, "signatures": [{**envelope["signatures"][0], "sig": wrong}]}
    yield "signature", framed(json.dumps(changed).encode(), rest, frame)
    for name, place in (("magic", 3), ("length", MAGIC + 3), ("filling", len(frame) - 1)):
        yield name, flipped(frame, place)


def held_against(party: Any, message: bytes) -> set[str]:
    """The names of what was flipped; each was refused and changed nothing."""
    frame, tried = party.decrypt.decrypt(message), set()
    for name, changed in altered(frame):
        rejected(party, party.decrypt.recipient.encrypt(changed))
        tried.add(name.partition(" ")[0] if name.startswith("part") else name)
    return tried


FIELDS = {
    f"field {name}"
    for name in ("form", "kind", "session", "sequence", "previous", "sender", "recipient", "at", "accord", "scheme",
                 "ledger", "body", "parts")
}  # fmt: skip


@pytest.fixture
def take(desks: Any) -> Any:
    """Carry a message to the end; each is tried bit by bit before it is taken."""
    kinds: set[str] = set()

    def carry(message: bytes | None, to: str) -> str:
        session = ""
        while message is not None:
            tried = held_against(desks.of(to), message)
            assert {*FIELDS, "signature", "magic", "length"} <= tried
            got = exchange.receive(desks.of(to), message)
            kinds.add(got.kind)
            session, message, to = got.session, got.reply, "interpol" if to == "unodc" else "unodc"
        return session

    return carry, kinds


def test_attack_a_bit_flipped_in_each_field_of_each_message(desks: Any, take: Any) -> None:
    carry, kinds = take
    ours, theirs = desks.unodc, desks.interpol
    carry(exchange.ask(ours, "interpol", "investigation", "case-7"), "interpol")
    carry(exchange.count_with(ours, "interpol", "investigation", "case-7"), "interpol")
    wish = carry(exchange.request(ours, desks.hit("u1"), ("passportNumber",), "investigation"), "interpol")
    exchange.identify(theirs, wish, "same")
    neutral = dict.fromkeys(("political", "military", "religious", "racial"), "no")
    exchange.approve(theirs, wish, "approver", neutral)
    carry(exchange.release(theirs, wish), "unodc")
    carry(exchange.correct(theirs, wish), "unodc")
    carry(exchange.recall(theirs, wish), "unodc")
    assert kinds == {
        "question", "answer", "matches", "contacts", "count", "count-marks", "count-answer", "count-told", "request",
        "release", "correction", "recall", "receipt",
    }  # fmt: skip
