"""The caller's side of the HTTP lane: bring a message, wait for the reply, take it in, bring what follows.

Invariants: only https, only to a desk whose certificate the key of that partner signed, no redirect is followed, no
proxy is used; a reply is read up to the accord's limit, at a pace, uncompressed; bringing again after a broken line is
safe, since the same message has the same reply; a message is kept at this desk before it is brought, so that nothing is
lost when the line, the partner or this program ends.
"""

from __future__ import annotations

import hashlib
import http.client
import json
import ssl
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from accord.courier.certificates import calling_context, speaker
from accord.courier.terms import (
    AGAIN_SECONDS,
    BUSY,
    DONE,
    MEDIA_TYPE,
    MESSAGE,
    NOTHING_DUE,
    REPLY,
    UNKNOWN,
    WAITING,
    WORKING,
    Pace,
    limit,
)
from accord.errors import InputError, PeerError, TrustError, UsageError
from accord.exchange import Party, Received, progress, receive

_AT_ONCE = 65_536
_LARGEST_REFUSAL = 8192
_LONGEST_TOLD = 500


@dataclass(frozen=True, slots=True)
class Address:
    """Where a partner's desk listens. It needs no trust: the desk there must show the partner's key."""

    host: str
    port: int

    @classmethod
    def parse(cls, text: str) -> Address:
        """Read `https://host:port`. Raises `UsageError` `courier.address`."""
        parts = urlsplit(text)
        try:
            port = parts.port or 443
        except ValueError:
            port = 0
        if parts.scheme != "https" or not parts.hostname or not port or parts.path not in ("", "/") or parts.username:
            raise UsageError(
                "courier.address",
                "the address is none that a message may be carried to",
                "give it as https://desk.example:8471; messages never travel over plain http",
            )
        return cls(parts.hostname, port)


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to go on: tries after a broken line, seconds for one answer in all, and the pace of bodies."""

    tries: int = 5
    seconds: float = 7200.0
    pace: Pace = field(default_factory=Pace)
    sleep: Callable[[float], None] = time.sleep


def carry(
    party: Party, message: bytes, to: str, address: Address, patience: Patience | None = None
) -> Iterator[Received]:
    """Bring a message of this desk and what follows from it, until no reply is due; gives what each reply said."""
    following: bytes | None = message
    while following is not None:
        reply = deliver(party, following, to, address, patience)
        following = None
        if reply is not None:
            got = receive(party, reply, carrier=to)
            following = got.reply
            yield got


def deliver(party: Party, message: bytes, to: str, address: Address, patience: Patience | None = None) -> bytes | None:
    """Bring one message; the reply, None when none is due.

    Raises `PeerError` when the partner's desk refuses it or does not answer, `TrustError` when another desk answers.
    """
    line = _Line(party, to, address, patience or Patience())
    digest, path, body = hashlib.sha256(message).hexdigest().encode(), MESSAGE, message
    end = time.monotonic() + line.patience.seconds
    while time.monotonic() < end:
        status, data = line.post(path, body)
        if status == DONE:
            return data
        if status == NOTHING_DUE:
            return None
        if status == WORKING:
            path, body = REPLY, digest
        elif status == UNKNOWN and path == REPLY:
            path, body = MESSAGE, message
        elif status != BUSY:
            raise _refused(to, data)
        line.patience.sleep(AGAIN_SECONDS)
    raise _silent(to)


def fetch(party: Party, of: str, address: Address, patience: Patience | None = None) -> Iterator[Received]:
    """Ask the desk of `of` what waits for this one, take it in, and bring what follows, until nothing waits.

    Raises what `deliver` raises, and `InputError` `courier.self`.
    """
    if party.accord.party(of).id == party.id:
        others = ", ".join(one.id for one in party.accord.parties if one.id != party.id)
        raise InputError("courier.self", f"{of} is this desk itself", f"name the partner: {others}")
    line, before = _Line(party, of, address, patience or Patience()), b""
    while True:
        status, data = line.post(WAITING, json.dumps(progress(party, of)).encode())
        if status == NOTHING_DUE or data == before:
            return
        if status != DONE:
            raise _refused(of, data)
        before = data
        got = receive(party, data, carrier=of)
        yield got
        if got.reply is not None:
            yield from carry(party, got.reply, of, address, patience)


@dataclass(slots=True)
class _Line:
    """Requests to one desk, each over a connection of its own."""

    party: Party
    to: str
    address: Address
    patience: Patience
    _context: ssl.SSLContext = field(init=False)

    def __post_init__(self) -> None:
        self._context = calling_context(self.party, self.to)

    def post(self, path: str, body: bytes) -> tuple[int, bytes]:
        """One request, tried again when the line breaks; status and body. Raises `PeerError`, `TrustError`."""
        for number in range(self.patience.tries):
            if number:
                self.patience.sleep(min(2.0**number, 30.0))
            try:
                return self._once(path, body)
            except ssl.SSLCertVerificationError:
                raise _impostor(self.to) from None
            except ssl.SSLError as error:
                if "ALERT" in (error.reason or ""):
                    raise _unwelcome(self.to) from None
            except (OSError, http.client.HTTPException):
                continue
        raise _silent(self.to)

    def _once(self, path: str, body: bytes) -> tuple[int, bytes]:
        pace = self.patience.pace
        line = http.client.HTTPSConnection(
            self.address.host, self.address.port, timeout=pace.grace_seconds, context=self._context
        )
        try:
            line.connect()
            shown = line.sock.getpeercert(binary_form=True)
            if speaker(shown, self.party.accord, self.party.id, self.party.now) != self.to:
                raise _impostor(self.to)
            headers = {"Content-Type": MEDIA_TYPE, "Accept-Encoding": "identity", "Connection": "close"}
            line.sock.settimeout(pace.seconds(len(body)))
            line.request("POST", path, body, headers)
            answer = line.getresponse()
            most = limit(self.party.accord) if answer.status == DONE else _LARGEST_REFUSAL
            return answer.status, self._read(answer, most)
        finally:
            line.close()

    def _read(self, answer: http.client.HTTPResponse, most: int) -> bytes:
        if answer.headers.get("content-encoding", "identity") != "identity":
            raise PeerError("courier.compressed", f"{self.to} sends a compressed body", "update Accord at both desks")
        data, began = bytearray(), time.monotonic()
        while part := answer.read1(_AT_ONCE):
            data += part
            if len(data) > most:
                raise PeerError("courier.oversize", f"{self.to} sends more than the accord allows", _SPEAK)
            if time.monotonic() - began > self.patience.pace.seconds(len(data)):
                raise TimeoutError
        return bytes(data)


_SPEAK = "speak to its contact point"


def _refused(partner: str, data: bytes) -> PeerError:
    """What a partner's desk says of our message, as text of a stranger: short and printable or not at all."""
    try:
        said = json.loads(data)
        words = [said[name] for name in ("code", "message", "remedy")]
        if not all(isinstance(word, str) and word.isprintable() and len(word) <= _LONGEST_TOLD for word in words):
            raise ValueError
    except (ValueError, KeyError, TypeError, RecursionError):
        words = ["courier.refused", "it does not say why", _SPEAK]
    return PeerError("courier.refused", f"the desk of {partner} refuses ({words[0]}): {words[1]}", words[2])


def _impostor(partner: str) -> TrustError:
    return TrustError(
        "courier.impostor",
        f"the desk at this address does not show the key of {partner}; nothing was sent",
        "check the address, and that both desks have adopted the same version of the accord",
    )


def _unwelcome(partner: str) -> TrustError:
    return TrustError(
        "courier.unwelcome",
        f"the desk of {partner} does not take our certificate",
        "see that both desks have adopted the same version of the accord, and that their clocks are right",
    )


def _silent(partner: str) -> InputError:
    return InputError(
        "courier.silent",
        f"the desk of {partner} does not answer; what there is for it is kept here",
        "try again later (`accord exchange carry`), or carry the file",
    )
