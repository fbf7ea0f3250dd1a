"""What an authenticator signs once: random, good for five minutes, for one purpose and one browser.

Invariants: a challenge proves itself by a code under a key of this process, so that strangers who ask for many fill no
memory; it is used up by the first answer that names it, right or wrong; a restart of the desk ends all of them.

>>> now = dt.datetime(2026, 11, 27, 9, 0, tzinfo=dt.UTC)
>>> challenges = Challenges()
>>> made = challenges.make("sign-in", "browser one", now)
>>> challenges.use(made, "sign-in", "browser two", now), challenges.use(made, "sign-in", "browser one", now)
(False, True)
>>> challenges.use(made, "sign-in", "browser one", now)
False
"""

from __future__ import annotations

import datetime as dt
import hmac
import secrets
import threading

GOOD = dt.timedelta(minutes=5)
_NONCE_BYTES, _TIME_BYTES = 16, 8


class Challenges:
    """The challenges of one running desk."""

    __slots__ = ("_guard", "_key", "_used")

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)
        self._used: dict[bytes, int] = {}  # until when each would have been good, in seconds since 1970
        self._guard = threading.Lock()

    def make(self, purpose: str, bound: str, now: dt.datetime) -> bytes:
        """A fresh one for that purpose; `bound` names the browser or session that may answer it."""
        ends = int((now + GOOD).timestamp())
        body = secrets.token_bytes(_NONCE_BYTES) + ends.to_bytes(_TIME_BYTES, "big")
        return body + self._code(body, purpose, bound)

    def use(self, challenge: bytes, purpose: str, bound: str, now: dt.datetime) -> bool:
        """Whether it is one of ours for that purpose and browser, still good, and used now for the first time."""
        body, code = challenge[: _NONCE_BYTES + _TIME_BYTES], challenge[_NONCE_BYTES + _TIME_BYTES :]
        if not bound or not hmac.compare_digest(code, self._code(body, purpose, bound)):
            return False
        ends, moment = int.from_bytes(body[_NONCE_BYTES:], "big"), now.timestamp()
        with self._guard:
            self._used = {one: until for one, until in self._used.items() if until >= moment}
            if ends < moment or body in self._used:
                return False
            self._used[body] = ends
        return True

    def _code(self, body: bytes, purpose: str, bound: str) -> bytes:
        return hmac.digest(self._key, body + f"{purpose}\0{bound}".encode(), "sha256")
