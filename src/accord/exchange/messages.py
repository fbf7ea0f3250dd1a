"""A message between two parties as one file: signed, then encrypted to its recipient.

    age( frame = magic · length of the envelope · DSSE envelope · parts one after the other · zeros )

The envelope signs a header in canonical JSON: kind, session, sequence, digest of the message before, sender, recipient,
time, digest of the accord, digest of the mark scheme, the sender's signed ledger head, a body, and name, length and
SHA-256 of each part. Bulk data is in the parts, so it is neither base64 nor JSON; nothing is compressed, so there is no
decompression bomb; zeros fill the frame up to a step of a scale, so that its size does not tell how many matched.

Invariants: `open_message` returns nothing before the size, the seal, the signature of a party of the accord, the
recipient and every part have been checked; a header names its recipient, so a message cannot be re-sealed for another.

>>> from accord.ledger import DecryptKey, SigningKey
>>> key, box = SigningKey.from_bytes(bytes(32)), DecryptKey.generate()
>>> header = Header("question", "ab12", 1, "", "unodc", "interpol", "2026-01-01T00:00:00Z", "", "", {}, {"case": "7"})
>>> sealed = seal(Message(header, {"blinded": b"..."}), key, box.recipient)
>>> opened, digest = open_message(sealed.data, box, {"unodc": key.verify_key}.get, "interpol", limit=1_000_000)
>>> opened.header.body["case"], opened.parts["blinded"], digest == sealed.digest
('7', b'...', True)
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields

from accord.errors import AccordError, InputError, PeerError, TrustError
from accord.ledger import DecryptKey, Envelope, Recipient, SigningKey, VerifyKey, canonical
from accord.ledger import digest as digest_of

PAYLOAD_TYPE = "application/vnd.accord.message+json"
FORM = 1
COUNTING = frozenset({"count", "count-marks", "count-answer", "count-told"})
ASKING = frozenset({"question", "answer", "matches", "contacts"})
ERASING = frozenset({"recall", "receipt", "onward-receipt"})  # these need no agreement
MARKED = ASKING | COUNTING | {"opening"}  # kinds that name the mark scheme
BEGINNING = b"age-encryption.org/v1\n"  # of every file that is a message
_MAGIC = b"accord message 1\n"
_LENGTH_BYTES = 4
_OVERHEAD_BYTES = 4 << 20  # envelope, seal, released fields, and what filling up adds to them
_ENVELOPE_BYTES = 1 << 20  # a header with 32 ledger proofs has some 80,000
_SMALLEST_FRAME, _STEPS_PER_DOUBLING = 16_384, 8
_SEALED_SHARE = 4_000  # a seal adds 16 bytes to each 65,536
_BYTES_PER_MARK = 160  # element, output, evidence and proof in both directions, and what filling up adds
_BYTES_PER_SHOWN = 12  # an output of the holder's set, and what filling up adds
_PARTS = "parts"
_SEND_AGAIN = "ask the sender to send it again"


@dataclass(frozen=True, slots=True)
class Header:
    """What is signed. `at` is UTC in ISO 8601; `previous` the digest of the message before ("" for the first)."""

    kind: str
    session: str
    sequence: int
    previous: str
    sender: str
    recipient: str
    at: str
    accord: str
    scheme: str
    ledger: Mapping[str, object]
    body: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Message:
    """A header and its parts by name; `signed` is the envelope that it came in, empty for one that is not sent yet."""

    header: Header
    parts: Mapping[str, bytes] = field(default_factory=dict)
    signed: bytes = field(default=b"", compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Signed:
    """What a signed envelope says of a message: its header, its digest, and the SHA-256 of each part by name."""

    header: Header
    digest: str
    parts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Sealed:
    """A message as it travels, the digest of what was signed, and the envelope in it."""

    data: bytes
    digest: str
    signed: bytes


def largest(marks_per_session: int, marks_per_answer: int) -> int:
    """The most bytes that a message may have under an accord with those quotas."""
    return _OVERHEAD_BYTES + _BYTES_PER_MARK * marks_per_session + _BYTES_PER_SHOWN * marks_per_answer


def fits(part_bytes: int, limit: int) -> bool:
    """Whether a message with so many bytes of parts is within a limit as `largest` gives it."""
    filled = _filled(part_bytes + _ENVELOPE_BYTES)
    return filled + filled // _SEALED_SHARE <= limit


def seal(message: Message, key: SigningKey, recipient: Recipient) -> Sealed:
    """Sign with the party's key and encrypt to the recipient's."""
    listed = [{"name": name, "bytes": len(data), "sha256": digest_of(data)} for name, data in message.parts.items()]
    plain = {item.name: getattr(message.header, item.name) for item in fields(Header)}
    payload = canonical({"form": FORM, **plain, _PARTS: listed})
    envelope = Envelope.sign(PAYLOAD_TYPE, payload, key).to_bytes()
    frame = _MAGIC + len(envelope).to_bytes(_LENGTH_BYTES, "big") + envelope + b"".join(message.parts.values())
    filled = frame + bytes(_filled(len(frame)) - len(frame))
    return Sealed(recipient.encrypt(filled), digest_of(payload), envelope)


def open_message(
    data: bytes, key: DecryptKey, signer: Callable[[str], VerifyKey | None], me: str, limit: int
) -> tuple[Message, str]:
    """Check and read a message for party `me`; returns it with the digest of what was signed.

    `signer` gives the public key of a party of the accord, None for a stranger; `limit` is in bytes. Raises
    `InputError` `message.form`, `PeerError` `message.oversize` and `message.cut`, `TrustError` for a seal, a signature
    or a hash that does not hold, a signer outside the accord, or another recipient.
    """
    if len(data) > limit:
        raise oversize(limit)
    if not data.startswith(BEGINNING):
        raise InputError("message.form", "this file is no message of Accord", "give the file that the partner sent")
    frame = key.decrypt(data)
    envelope, rest = _unframe(frame)
    header, content = _opened(envelope, signer)
    if header.recipient != me:
        raise TrustError("message.recipient", "this message is for another party", "pass it on; it was not used")
    parts = _parts(content.get(_PARTS), rest, len(frame) - len(rest))
    return Message(header, parts, envelope.to_bytes()), digest_of(envelope.payload)


def read_signed(data: bytes, signer: Callable[[str], VerifyKey | None]) -> Signed:
    """Check and read the envelope of a message without its parts, whoever it was for. Raises as `open_message`."""
    envelope = Envelope.from_bytes(data)
    header, content = _opened(envelope, signer)
    parts = {name: sha256 for name, _, sha256 in _listed(content.get(_PARTS))}
    return Signed(header, digest_of(envelope.payload), parts)


def _opened(envelope: Envelope, signer: Callable[[str], VerifyKey | None]) -> tuple[Header, dict[str, object]]:
    content = _content(envelope.payload)
    sender = content.get("sender")
    verify_key = signer(sender) if isinstance(sender, str) else None
    if verify_key is None:
        raise TrustError(
            "message.stranger", "this message is signed by nobody whom the accord names as a party", "do not answer it"
        )
    if all(name != verify_key.id for name, _ in envelope.signatures):
        raise TrustError(
            "message.key",
            "this message is not signed by the key that the accord names for its sender now",
            "a key that was replaced or revoked counts no more: see that both desks have adopted the same version",
        )
    envelope.open(PAYLOAD_TYPE, verify_key)
    if content.get("form") != FORM:
        raise PeerError("message.version", "this message has a form that this version does not know", "update Accord")
    return _header(content), content


def oversize(limit: int) -> PeerError:
    """The refusal of a message above the limit, before any of it is read."""
    return PeerError(
        "message.oversize",
        f"the message is larger than this accord allows ({limit:,} bytes)",
        "agree on a higher quota of marks in a session, or ask in several questions",
    )


def _filled(size: int) -> int:
    """The next step of a scale with so many steps to each doubling."""
    if size <= _SMALLEST_FRAME:
        return _SMALLEST_FRAME
    step = (1 << ((size - 1).bit_length() - 1)) // _STEPS_PER_DOUBLING
    return -(-size // step) * step


def _unframe(frame: bytes) -> tuple[Envelope, bytes]:
    start = len(_MAGIC) + _LENGTH_BYTES
    if not frame.startswith(_MAGIC):
        raise InputError("message.form", "the sealed file holds no message of Accord", _SEND_AGAIN)
    stop = start + int.from_bytes(frame[len(_MAGIC) : start], "big")
    if stop > len(frame):
        raise _cut()
    if stop > _ENVELOPE_BYTES:
        raise PeerError("message.header", "the header of the message is larger than any needs to be", _SEND_AGAIN)
    return Envelope.from_bytes(frame[start:stop]), frame[stop:]


def _content(payload: bytes) -> dict[str, object]:
    try:
        content = json.loads(payload)
    except (ValueError, RecursionError):
        content = None
    if not isinstance(content, dict):
        raise PeerError("message.header", "the header of the message is unreadable", _SEND_AGAIN)
    return content


def _header(content: Mapping[str, object]) -> Header:
    values: dict[str, object] = {item.name: content.get(item.name) for item in fields(Header)}
    texts = [values[name] for name in values if name not in ("sequence", "ledger", "body")]
    sequence = values["sequence"]
    if (
        not all(isinstance(text, str) for text in texts)
        or not isinstance(sequence, int)
        or isinstance(sequence, bool)
        or sequence < 1
        or not isinstance(values["ledger"], dict)
        or not isinstance(values["body"], dict)
        or set(content) != {"form", _PARTS, *values}
    ):
        raise PeerError("message.header", "the header of the message does not have the agreed fields", _SEND_AGAIN)
    return Header(**values)  # type: ignore[arg-type]  # the types were checked one line up


def _listed(listed: object) -> list[tuple[str, int, str]]:
    try:
        if not isinstance(listed, list):
            raise TypeError
        expected = [(part["name"], part["bytes"], part["sha256"]) for part in listed]
        if not all(isinstance(name, str) and type(size) is int and size >= 0 for name, size, _ in expected):
            raise TypeError
    except (KeyError, TypeError):
        raise PeerError("message.header", "the list of parts is unreadable", _SEND_AGAIN) from None
    return expected


def _parts(listed: object, rest: bytes, before: int) -> dict[str, bytes]:
    expected = _listed(listed)
    used = sum(size for _, size, _ in expected)
    if used > len(rest) or _filled(before + used) != before + len(rest) or rest.count(0, used) != len(rest) - used:
        raise _cut()
    parts: dict[str, bytes] = {}
    for name, size, sha256 in expected:
        parts[name], rest = rest[:size], rest[size:]
        if digest_of(parts[name]) != sha256:
            raise TrustError("message.part", "a part of the message is not what was signed", _SEND_AGAIN)
    if len(parts) != len(expected):
        raise PeerError("message.header", "two parts of the message have one name", _SEND_AGAIN)
    return parts


def _cut() -> AccordError:
    return PeerError("message.cut", "the message is cut off, or longer than was signed", _SEND_AGAIN)
