"""Bulk work without Python's collector of cycles, which goes through all objects there are again and again.

Work on large sets makes millions of objects and no cycles, so the collector finds nothing; what is not used any more is
freed at once all the same.

Invariants: the collector is as it was when the work has ended, however it ended; of threads that work at once, when the
last has.
"""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_lock = threading.Lock()
_works: list[bool] = []  # for each that is under way, whether the collector is to be on after the last


@contextmanager
def uncollected() -> Iterator[None]:
    """No cycles are looked for meanwhile; also as a decorator.

    >>> with uncollected():
    ...     gc.isenabled()
    False
    >>> gc.isenabled()
    True
    """
    with _lock:
        _works.append(_works[0] if _works else gc.isenabled())
        gc.disable()
    try:
        yield
    finally:
        with _lock:
            if _works.pop() and not _works:
                gc.enable()
