"""Bulk work without Python's collector of cycles, which goes through all objects there are again and again.

Work on large sets makes millions of objects and no cycles, so the collector finds nothing; what is not used any more is
freed at once all the same.

Invariants: the collector is as it was when the work has ended, however it ended.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """No cycles are looked for meanwhile; also as a decorator.

    Of threads that are in it at once, the one that came first ends it for all: the others then work on, more slowly.

    >>> with uncollected():
    ...     gc.isenabled()
    False
    >>> gc.isenabled()
    True
    """
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()
