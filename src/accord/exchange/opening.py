"""What is opened of a blind question when it is audited, and what the auditor checks; bytes in, bytes out.

The four messages are the commitment. A blinded mark fits one mark only (another would take a discrete logarithm), an
output of the holder's set likewise; each message is signed with the SHA-256 of its parts and the digest of the message
before it, so the last one, which the holder signed, fixes all four. The auditor draws a nonce after that; which places
are opened follows from the nonce and the digest of the last message.

Invariants: nothing is taken from the audited side that the two did not sign before the draw; a place that is opened
otherwise than it was sent counts as wrong, never as absent.

>>> draw(bytes(32), bytes(32), size=1000, most=3)
[253, 575, 998]
>>> round(detection(size=60_000, cheated=600, opened=100), 2)
0.63
"""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from accord.errors import PeerError, TrustError
from accord.exchange import body as body_
from accord.exchange.body import SEND_AGAIN
from accord.exchange.messages import Signed, read_signed
from accord.exchange.protocol import EVIDENCE_BYTES, MARK_BYTES, SHOWN_BYTES, padding, unpack_matches
from accord.ledger import VerifyKey, digest
from accord.oblivious import psi

KINDS = ("question", "answer", "matches", "contacts")  # of the four messages, in order
WITHHELD = "a match was kept back"
ANOTHER = "another mark is shown than was sent"
NO_RECORD = "no record is shown that gives the mark"
_PLACE_BYTES = 512
Gives = Callable[[Mapping[str, Any]], set[bytes]]
"""The marks that a record gives which was shown as data."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What an audit found: how many places the set has, were opened, were padding; what is wrong, and how often."""

    size: int
    opened: int
    padding: int
    wrong: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Transcript:
    """A question as its two parties signed it. `fixed`: the digest of its last message; `public`: the holder's key."""

    asker: str
    holder: str
    public: bytes
    fixed: bytes
    signed: Mapping[str, Signed]

    def part(self, kind: str, name: str, parts: Mapping[str, bytes]) -> bytes:
        """A part as it was sent then. Raises `TrustError` `audit.part` for another one."""
        data = body_.part(parts, name)
        if self.signed[kind].parts.get(name) != digest(data):
            raise TrustError("audit.part", f"the part {name} is not what was sent in the question", SEND_AGAIN)
        return data


def draw(nonce: bytes, fixed: bytes, size: int, most: int) -> list[int]:
    """The places to be opened of a set of `size`: `most` of them (all when there are fewer), in order."""
    found: set[int] = set()
    for number in range(1 << 32):
        if len(found) == min(most, size):
            break
        block = hashlib.sha256(b"accord sample 1" + nonce + fixed + number.to_bytes(4, "big")).digest()
        found.add(int.from_bytes(block[:8], "big") % size)
    return sorted(found)


def detection(size: int, cheated: int, opened: int) -> float:
    """How likely it is that one of `cheated` places is among `opened` of `size` (hypergeometric, exact)."""
    return 1 - math.comb(size - cheated, opened) / math.comb(size, opened)


def read_transcript(envelopes: Sequence[bytes], session: str, signer: Callable[[str], VerifyKey | None]) -> Transcript:
    """The four signed messages of a question, without their parts.

    Raises `TrustError` when one is signed by somebody else, `PeerError` `audit.transcript` when they do not follow each
    other.
    """
    signed = [read_signed(each, signer) for each in envelopes]
    headers = [each.header for each in signed]
    follows = [""] + [each.digest for each in signed[:-1]]
    to_and_fro = [(header.sender, header.recipient) for header in headers]
    if (
        tuple(header.kind for header in headers) != KINDS
        or any(header.session != session for header in headers)
        or [header.previous for header in headers] != follows
        or to_and_fro != [to_and_fro[0], to_and_fro[0][::-1]] * 2
    ):
        raise PeerError("audit.transcript", "these are not the four messages of that question", SEND_AGAIN)
    public = body_.raw(headers[1].body, "public")
    fixed = bytes.fromhex(signed[-1].digest)
    return Transcript(headers[0].sender, headers[1].sender, public, fixed, dict(zip(KINDS, signed, strict=True)))


def check_asked(said: Transcript, parts: Mapping[str, bytes], nonce: bytes, most: int, gives: Gives | None) -> Finding:
    """The asker's opening: is each place what was sent, and was each match told?

    `gives`: with it, each mark is to come from a record that is shown, or to be padding. Raises `PeerError` and
    `TrustError` for what cannot be read, or was not sent so.
    """
    blinded = psi.split(said.part("question", "blinded", parts))
    evaluated, _ = psi.split_answer(said.part("answer", "evaluated", parts), len(blinded))
    outputs = psi.split(said.part("answer", "outputs", parts), SHOWN_BYTES)
    told = unpack_matches(said.part("matches", "matches", parts))
    position = {shown: place for place, shown in enumerate(outputs)}
    named = {(match.position, match.evidence) for match in told}
    places, answered = draw(nonce, said.fixed, len(blinded), most), psi.split(evaluated)
    wrong: Counter[str] = Counter()
    filled = 0
    for place, row in zip(places, _rows(parts, len(places)), strict=True):
        mark, blind = _digest(row, "mark"), _digest(row, "blind")
        if psi.reblind(mark, blind) != blinded[place]:
            wrong[ANOTHER] += 1
            continue
        output = psi.unblinded(mark, blind, answered[place])
        shown, evidence = output[:SHOWN_BYTES], output[SHOWN_BYTES : SHOWN_BYTES + EVIDENCE_BYTES]
        wrong[WITHHELD] += shown in position and (position[shown], evidence) not in named
        if gives is not None and "salt" in row:
            filled += 1
            wrong[ANOTHER] += padding(_digest(row, "salt")) != mark
        elif gives is not None:
            wrong[NO_RECORD] += mark not in gives(row)
    return Finding(len(blinded), len(places), filled, +wrong)


def check_held(said: Transcript, parts: Mapping[str, bytes], nonce: bytes, most: int, gives: Gives) -> Finding:
    """The holder's opening: is each place a mark of a record that is shown, under the key of the session, or padding?

    Raises as `check_asked`.
    """
    outputs = psi.split(said.part("answer", "outputs", parts), SHOWN_BYTES)
    places = draw(nonce, said.fixed, len(outputs), most)
    wrong: Counter[str] = Counter()
    marks: list[bytes] = []
    marked: list[int] = []
    for place, row in zip(places, _rows(parts, len(places)), strict=True):
        if "salt" in row:
            wrong[ANOTHER] += padding(_digest(row, "salt"))[:SHOWN_BYTES] != outputs[place]
            continue
        mark = _digest(row, "mark")
        marks.append(mark)
        marked.append(place)
        wrong[NO_RECORD] += mark not in gives(row)
    computed = psi.disclosed(marks, body_.part(parts, "evaluated"), said.public)
    for place, output in zip(marked, computed, strict=True):
        wrong[ANOTHER] += output[:SHOWN_BYTES] != outputs[place]
    return Finding(len(outputs), len(places), len(places) - len(marks), +wrong)


def filled(rows: Sequence[Mapping[str, Any]], beside: int = 0) -> bytes:
    """The places as a part, filled with blanks, so that its size tells neither how long the texts of records are nor,
    with the size of the part `beside` it, how many places are padding."""
    said = orjson.dumps(rows)
    size = max(len(rows), 1) * _PLACE_BYTES
    while size < len(said) + beside:
        size *= 2
    return said + b" " * (size - beside - len(said))


def _rows(parts: Mapping[str, bytes], count: int) -> list[Mapping[str, Any]]:
    rows = body_.rows(parts, "opened")
    if len(rows) != count or not all(isinstance(row, dict) for row in rows):
        raise PeerError("audit.opened", "other places were opened than were drawn", SEND_AGAIN)
    return rows


def _digest(row: Mapping[str, Any], name: str) -> bytes:
    value = body_.raw(row, name)
    if len(value) != MARK_BYTES:
        raise PeerError("audit.opened", f"the {name} of a place is none", SEND_AGAIN)
    return value
