"""Merkle trees as in RFC 9162 (Certificate Transparency 2.0), section 2.1: roots, inclusion, consistency.

Invariants: pure functions over hashes; a tree is read through `node(level, position)`, the hash of the complete subtree
of `2**level` leaves that begins at leaf `position * 2**level`, so that a proof costs a handful of reads whatever the
size; a check that fails raises `TrustError` and returns nothing.

>>> leaves = [leaf_hash(bytes([n])) for n in range(5)]
>>> tree = complete_nodes(leaves)
>>> proof = inclusion(3, 5, tree)
>>> check_inclusion(leaves[3], 3, 5, root(5, tree), proof)
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

from accord.errors import TrustError

Node = Callable[[int, int], bytes]


def leaf_hash(data: bytes) -> bytes:
    """The hash of an entry: SHA-256 of 0x00 and the entry."""
    return hashlib.sha256(b"\x00" + data).digest()


def join(left: bytes, right: bytes) -> bytes:
    """The hash of two subtrees: SHA-256 of 0x01 and both."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def complete_nodes(leaves: Sequence[bytes]) -> Node:
    """All nodes of a tree in memory."""
    levels = [list(leaves)]
    while len(levels[-1]) > 1:
        below = levels[-1]
        levels.append([join(below[i], below[i + 1]) for i in range(0, len(below) - 1, 2)])
    return lambda level, position: levels[level][position]


def root(size: int, node: Node) -> bytes:
    """The hash of the first `size` leaves (MTH); of nothing, the hash of the empty string."""
    if size == 0:
        return hashlib.sha256(b"").digest()
    return _range(0, size, node)


class Frontier:
    """A tree that grows leaf by leaf, in the memory of its few open subtrees whatever its size.

    >>> growing = Frontier()
    >>> [len(growing.push(leaf_hash(bytes([n])))) for n in range(4)]
    [1, 2, 1, 3]
    >>> growing.root == root(4, complete_nodes([leaf_hash(bytes([n])) for n in range(4)]))
    True
    """

    __slots__ = ("_open", "size")

    def __init__(self, size: int = 0, node: Node | None = None) -> None:
        """Begin empty, or with the first `size` leaves of the tree that `node` reads."""
        self.size = size
        self._open: list[tuple[int, bytes]] = []  # (level, hash), the largest subtree first
        start = 0
        for level in reversed(range(size.bit_length())):
            if size >> level & 1 and node is not None:
                self._open.append((level, node(level, start >> level)))
                start += 1 << level

    def push(self, leaf: bytes) -> list[tuple[int, int, bytes]]:
        """Add a leaf; returns the nodes that it makes (level, position, hash): itself and each subtree it completes."""
        level, position, found = 0, self.size, leaf
        made = [(0, position, leaf)]
        while position & 1:
            found = join(self._open.pop()[1], found)
            level, position = level + 1, position >> 1
            made.append((level, position, found))
        self._open.append((level, found))
        self.size += 1
        return made

    @property
    def root(self) -> bytes:
        """The hash of all leaves so far."""
        if not self._open:
            return hashlib.sha256(b"").digest()
        found = self._open[-1][1]
        for _, left in reversed(self._open[:-1]):
            found = join(left, found)
        return found


def inclusion(index: int, size: int, node: Node) -> list[bytes]:
    """The proof that leaf `index` is in the tree of `size` leaves (PATH, section 2.1.3.1)."""
    return _path(index, 0, size, node)


def consistency(old: int, size: int, node: Node) -> list[bytes]:
    """The proof that the tree of `size` leaves only adds to that of `old` leaves (PROOF, section 2.1.4.1)."""
    if old in (0, size):
        return []
    return _subproof(old, 0, size, True, node)


def check_inclusion(leaf: bytes, index: int, size: int, head: bytes, proof: Sequence[bytes]) -> None:
    """Return when the proof holds (section 2.1.3.2); raise `TrustError` `ledger.inclusion` when it does not."""
    if not 0 <= index < size:
        raise _no_inclusion()
    position, last, found = index, size - 1, leaf
    for step in proof:
        if last == 0:
            raise _no_inclusion()
        if position & 1 or position == last:
            found = join(step, found)
            while not position & 1 and position:
                position, last = position >> 1, last >> 1
        else:
            found = join(found, step)
        position, last = position >> 1, last >> 1
    if last != 0 or found != head:
        raise _no_inclusion()


def check_consistency(old: int, old_root: bytes, size: int, new_root: bytes, proof: Sequence[bytes]) -> None:
    """Return when the proof holds (section 2.1.4.2); raise `TrustError` `ledger.forked` when it does not."""
    if old > size or old < 0:
        raise _forked()
    if old in (0, size):
        if proof or (old == size and old_root != new_root):
            raise _forked()
        return
    steps = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    if not steps:
        raise _forked()
    position, last = old - 1, size - 1
    while position & 1:
        position, last = position >> 1, last >> 1
    was = now = steps[0]
    for step in steps[1:]:
        if last == 0:
            raise _forked()
        if position & 1 or position == last:
            was, now = join(step, was), join(step, now)
            while not position & 1 and position:
                position, last = position >> 1, last >> 1
        else:
            now = join(now, step)
        position, last = position >> 1, last >> 1
    if last != 0 or was != old_root or now != new_root:
        raise _forked()


def _split(size: int) -> int:
    """The largest power of two below `size`."""
    return 1 << (size - 1).bit_length() - 1


def _range(start: int, end: int, node: Node) -> bytes:
    size = end - start
    if size & (size - 1) == 0:
        level = size.bit_length() - 1
        return node(level, start >> level)
    middle = start + _split(size)
    return join(_range(start, middle, node), _range(middle, end, node))


def _path(index: int, start: int, end: int, node: Node) -> list[bytes]:
    if end - start == 1:
        return []
    middle = start + _split(end - start)
    if index < middle:
        return [*_path(index, start, middle, node), _range(middle, end, node)]
    return [*_path(index, middle, end, node), _range(start, middle, node)]


def _subproof(old: int, start: int, end: int, whole: bool, node: Node) -> list[bytes]:
    if old == end:
        return [] if whole else [_range(start, end, node)]
    middle = start + _split(end - start)
    if old <= middle:
        return [*_subproof(old, start, middle, whole, node), _range(middle, end, node)]
    return [*_subproof(old, middle, end, False, node), _range(start, middle, node)]


def _no_inclusion() -> TrustError:
    return TrustError(
        "ledger.inclusion", "the proof does not show that the log holds this entry", "ask for a new proof"
    )


def _forked() -> TrustError:
    return TrustError(
        "ledger.forked",
        "the log was rewritten: its new state does not contain the state that was shown before",
        "stop, keep both messages, and speak to the partner",
    )
