"""What is worked out once, when it is first asked for: tables that are read from a file or made of many words.

Invariants: many threads that ask at once wait for the first; `functools.cache` would let each of them work it out.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import cache, wraps
from typing import TypeVar

_Result = TypeVar("_Result")


def once(make: Callable[[], _Result]) -> Callable[[], _Result]:
    """`make` as a function that works at its first call only.

    >>> calls = []
    >>> @once
    ... def table() -> int:
    ...     calls.append("read")
    ...     return 7
    >>> table() + table(), calls
    (14, ['read'])
    """
    kept, making = cache(make), threading.RLock()

    @wraps(make)
    def found() -> _Result:
        if kept.cache_info().currsize:
            return kept()
        with making:
            return kept()

    return found
