"""A lock of a desk folder: one holder at a time, across threads, processes and machines.

Invariants: the system drops it when its holder ends, however it ends, so a kill leaves no stale lock; it is re-entrant;
whoever waits in vain is told by `BlockingIOError`.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from accord.vault import _files

_PAUSE_SECONDS = 0.05
Wait = Callable[[], bool]


@dataclass(slots=True)
class Lock:
    """The lock file at `path`, and in its hold what `elsewhere` holds: given how to wait, it locks other machines out.

    Threads of one process wait for each other for `threads_seconds`, without end when it is -1.
    """

    path: Path
    elsewhere: Callable[[Wait], AbstractContextManager[None]]
    threads_seconds: float = -1
    _thread: threading.RLock = field(default_factory=threading.RLock)
    _depth: int = 0
    _owner: int | None = None

    @property
    def mine(self) -> bool:
        """Whether this thread holds it."""
        return self._owner == threading.get_ident()

    @contextmanager
    def held(self, seconds: float) -> Iterator[None]:
        """Hold it; raises `BlockingIOError` when another process has not let go after so many seconds."""
        if not self._thread.acquire(timeout=self.threads_seconds if seconds else 0):
            raise BlockingIOError
        try:
            with ExitStack() as stack:
                if not self._depth:
                    until = time.monotonic() + seconds

                    def wait() -> bool:
                        time.sleep(_PAUSE_SECONDS)
                        return time.monotonic() < until

                    stack.enter_context(_files.exclusive(self.path, wait))
                    stack.enter_context(self.elsewhere(wait))
                    self._owner = threading.get_ident()
                    stack.callback(setattr, self, "_owner", None)
                self._depth += 1
                try:
                    yield
                finally:
                    self._depth -= 1
        finally:
            self._thread.release()
