"""Who is signed in: sessions that live in this process's memory, known to a browser by a random cookie.

Invariants: a session is made at sign-in only and under a fresh name, so that a planted cookie is worth nothing; what
is kept is the digest of that name; a session ends after 30 idle minutes and after 12 hours at the latest, and all of
them when the desk stops. A form's token is bound to its session and to this process.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import secrets
import threading
from dataclasses import dataclass, replace

IDLE = dt.timedelta(minutes=30)
LONGEST = dt.timedelta(hours=12)
_NAME_BYTES = 32


@dataclass(frozen=True, slots=True)
class Session:
    """One signed-in browser. `id` is the digest of its cookie, good for naming it in a list."""

    id: str
    account: str
    begun: dt.datetime
    seen: dt.datetime
    notice: str = ""


class Sessions:
    """The sessions of one running desk."""

    __slots__ = ("_guard", "_key", "_open")

    def __init__(self) -> None:
        self._open: dict[str, Session] = {}
        self._key = secrets.token_bytes(32)
        self._guard = threading.Lock()

    def begin(self, account: str, now: dt.datetime) -> str:
        """Sign somebody in; returns the cookie's value."""
        cookie = secrets.token_urlsafe(_NAME_BYTES)
        made = Session(_digest(cookie), account, now, now)
        with self._guard:
            self._sweep(now)
            self._open[made.id] = made
        return cookie

    def of(self, cookie: str, now: dt.datetime) -> Session | None:
        """The session of a cookie, if it is still good; being looked up keeps it awake."""
        with self._guard:
            self._sweep(now)
            found = self._open.get(_digest(cookie)) if cookie else None
            if found is not None:
                found = self._open[found.id] = replace(found, seen=now)
            return found

    def end(self, identity: str) -> None:
        """End one session."""
        with self._guard:
            self._open.pop(identity, None)

    def end_all(self, account: str, but: str = "") -> None:
        """End every session of an account, except one."""
        with self._guard:
            self._open = {key: one for key, one in self._open.items() if one.account != account or key == but}

    def all(self, now: dt.datetime) -> list[Session]:
        """The sessions now, the newest first."""
        with self._guard:
            self._sweep(now)
            return sorted(self._open.values(), key=lambda one: one.begun, reverse=True)

    def leave_notice(self, identity: str, text: str) -> None:
        """Keep one sentence for the next page of a session."""
        with self._guard:
            if identity in self._open:
                self._open[identity] = replace(self._open[identity], notice=text)

    def token(self, name: str) -> str:
        """What a form must carry: bound to a session's id, or to the cookie of a browser that is not signed in."""
        return hmac.digest(self._key, f"form {name}".encode(), "sha256").hex()

    def check_token(self, name: str, given: str) -> bool:
        """Whether a form's token is that of its session; compared in constant time."""
        return bool(name) and hmac.compare_digest(self.token(name).encode(), given.encode())

    def _sweep(self, now: dt.datetime) -> None:
        kept = {key: one for key, one in self._open.items() if now - one.seen < IDLE and now - one.begun < LONGEST}
        self._open = kept


def fresh_name() -> str:
    """A random name for a browser that is not signed in yet."""
    return secrets.token_urlsafe(_NAME_BYTES)


def _digest(cookie: str) -> str:
    return hashlib.sha256(cookie.encode()).hexdigest()
