"""Finding possible matches within a holding, in the background: part against part, so that it can stop and go on.

Invariants: two parts that were compared are not compared again (a part never changes), so a new load costs its own
parts only; what was found of two parts is in the queue as a whole or not at all; stopping loses the two parts at work
and nothing else; records whose use was stopped are left out; no more than two parts are in memory.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations_with_replacement
from typing import TYPE_CHECKING

from accord.errors import AccordError, InputError

if TYPE_CHECKING:
    from accord.match import Match
    from accord.records import Entity, Holding
    from accord.review.queue import Queue

LEAST = 0.3  # below what counts as a match: here a person looks at each
_TRIES = 5  # a load may change the parts at any time


@dataclass(frozen=True, slots=True)
class Progress:
    """`done` of `total` steps; `state` is idle, running, stopped, failed or finished; `error` why it failed."""

    state: str
    done: int
    total: int
    found: int
    error: AccordError | None = None

    @property
    def percent(self) -> int:
        return 100 if not self.total else 100 * self.done // self.total


class _StoppedError(Exception):
    """Somebody asked to stop."""


class Finder:
    """The one search for possible matches that a desk runs at a time."""

    __slots__ = ("_done", "_error", "_found", "_guard", "_holding", "_queue", "_share", "_state", "_stop", "_thread")

    def __init__(self, holding: Holding, queue: Queue) -> None:
        self._holding, self._queue = holding, queue
        self._guard = threading.Lock()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._state, self._found, self._share = "idle", 0, 0.0
        self._error: AccordError | None = None

    @property
    def progress(self) -> Progress:
        """Where it stands; what is left to compare counts also when nothing runs."""
        parts = self._holding.parts()
        total = len(parts) * (len(parts) + 1) // 2
        done = len(self._queue.compared(parts))
        share = self._share if self._state == "running" else 0.0
        return Progress(self._state, int(1000 * (done + share)), 1000 * total, self._found, self._error)

    def start(self, background: bool = True) -> None:
        """Begin, or go on where it was stopped; nothing happens while it runs."""
        with self._guard:
            if self._state == "running":
                return
            self._state, self._found, self._share, self._error = "running", 0, 0.0, None
            self._stop.clear()
            self._thread = threading.Thread(target=self._run, name="accord-review", daemon=True)
        if background:
            self._thread.start()
        else:
            self._run()

    def stop(self) -> None:
        """Stop soon; what was found so far stays."""
        self._stop.set()

    def join(self, seconds: float | None = None) -> None:
        """Wait until it has ended."""
        if self._thread is not None and self._thread.is_alive():
            self._thread.join(seconds)

    def _run(self) -> None:
        try:
            for _ in range(_TRIES):
                try:
                    while (left := self._next()) is not None:
                        self._share = 0.0
                        self._found += self._queue.put(self._compare(*left), left)
                    break
                except InputError as error:
                    if error.code != "records.changed":
                        raise
            named = self._queue.records()
            self._queue.forget(named - self._holding.named(named).keys())
            self._state = "finished"
        except _StoppedError:
            self._state = "stopped"
        except AccordError as error:
            self._state, self._error = "failed", error
        except Exception:
            self._state = "failed"
            raise

    def _next(self) -> tuple[str, str] | None:
        if self._stop.is_set():
            raise _StoppedError
        parts = self._holding.parts()
        done = self._queue.compared(parts)
        return next((two for two in combinations_with_replacement(parts, 2) if two not in done), None)

    def _compare(self, left: str, right: str) -> list[Match]:
        from accord.match import dedupe, link

        tell: Callable[[int, int], None] = self._tell
        first = self._entities(left)
        if left == right:
            return dedupe(first, threshold=LEAST, progress=tell)
        return link(first, self._entities(right), threshold=LEAST, progress=tell)

    def _entities(self, part: str) -> list[Entity]:
        found = []
        for held in self._holding.part(part):
            if self._stop.is_set():
                raise _StoppedError
            if not held.terms.restricted:
                found.append(held.entity)
        return found

    def _tell(self, done: int, total: int) -> None:
        if self._stop.is_set():
            raise _StoppedError
        self._share = done / max(total, 1)
