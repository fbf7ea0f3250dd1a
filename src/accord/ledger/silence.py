"""Entries that fell silent, held against what the log says was erased.

An entry is silent when the key of its record is gone. `Log.forget` destroys keys, and in the same transaction writes an
entry that names the ones it made silent; the tree holds that entry as any other, so nobody removes it, alters it or
writes one unseen.

Invariants: an erasure comes after what it erases, and names it once; what is silent without one was not erased by this
desk; what an erasure names and still opens was put back.

>>> silence = Silence()
>>> silence.add(3), silence.add(5), silence.name([3, 4])
(None, None, None)
>>> silence.unnamed, silence.back
({5}, {4})
"""

from __future__ import annotations

from collections.abc import Iterable

KIND = "ledger.erased"  # an entry that names others as erased
OWN = "ledger"  # what it is about: the log itself, whose key is never destroyed


class Silence:
    """Collects, in the order of the log, silent entries that no erasure names, and named ones that can be read."""

    __slots__ = ("back", "unnamed")

    def __init__(self) -> None:
        self.unnamed: set[int] = set()
        self.back: set[int] = set()

    def add(self, index: int) -> None:
        """This entry has no key."""
        self.unnamed.add(index)

    def name(self, entries: Iterable[int]) -> None:
        """An erasure names these."""
        named = set(entries)
        self.back |= named - self.unnamed
        self.unnamed -= named
