"""Long lists as flat bytes: ten million values without ten million objects, read where they lie.

Invariants: a list is read from anything that gives slices of bytes (bytes in memory, or a sealed file page by page), so
that one value of a large list costs one slice; equal lists give equal bytes; numbers are little-endian.

>>> cut = Cut(b"aabbcc", 2)
>>> cut[1], list(cut[1:]), len(cut), cut.rising
(b'bb', [b'bb', b'cc'], 3, True)
>>> data = pack(["case-7", "é"], Lists.of([(0, 1), (), (1,)]), b"rest")
>>> texts, lists, rest = unpack(data)
>>> texts[1], list(lists), data[rest:]
('é', [(0, 1), (), (1,)], b'rest')
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Protocol, overload

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_HEAD = 3 * 8  # how many texts, lists, and numbers in all lists
_AT_ONCE = 1 << 16  # lists that are in memory as objects while they are gone through


class Sliced(Protocol):
    """What gives slices of bytes."""

    def __len__(self) -> int: ...
    def __getitem__(self, part: slice, /) -> bytes: ...


class Cut(Sequence[bytes]):
    """Values of `width` bytes each, one after the other from `start` on: `count` of them, or as many as there are."""

    __slots__ = ("_count", "_data", "_start", "width")

    def __init__(self, data: Sliced, width: int, start: int = 0, count: int | None = None) -> None:
        self._data, self.width, self._start = data, width, start
        self._count = (len(data) - start) // width if count is None else count

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, place: int) -> bytes: ...
    @overload
    def __getitem__(self, place: slice) -> Cut: ...
    def __getitem__(self, place: int | slice) -> bytes | Cut:
        if isinstance(place, slice):
            first, last, _ = place.indices(self._count)
            return Cut(self._data, self.width, self._start + first * self.width, max(last - first, 0))
        if not 0 <= place < self._count:
            raise IndexError(place)
        first = self._start + place * self.width
        return self._data[first : first + self.width]

    def __bytes__(self) -> bytes:
        return self._data[self._start : self._start + self._count * self.width]

    def __iter__(self) -> Iterator[bytes]:
        data, width = bytes(self), self.width
        return (data[start : start + width] for start in range(0, len(data), width))

    @property
    def rising(self) -> bool:
        """Whether each value is larger than the one before it."""
        words = columns(bytes(self), self.width)
        less = np.zeros(max(self._count - 1, 0), dtype=bool)
        for word in reversed(words):  # from the last word on: an earlier one decides over it
            less = (word[:-1] < word[1:]) | ((word[:-1] == word[1:]) & less)
        return bool(less.all())

    def agreeing(self, others: Sequence[bytes]) -> Iterator[tuple[int, int]]:
        """Of rising values, those that are among others of the same width: the place there, and the place here."""
        mine, theirs = columns(bytes(self), self.width)[0], columns(b"".join(others), self.width)[0]
        order = np.argsort(theirs)  # searches side by side in memory: ten million then take seconds
        firsts = np.searchsorted(mine, theirs[order])
        lasts = np.searchsorted(mine, theirs[order], side="right")
        for near in np.flatnonzero(firsts < lasts).tolist():  # the first eight bytes agree: look at all
            there = int(order[near])
            yield from ((there, here) for here in range(firsts[near], lasts[near]) if self[here] == others[there])


class Lists(Sequence[tuple[int, ...]]):
    """Lists of numbers below 2^32: where each begins among all numbers (8 bytes each, and the end), and the numbers."""

    __slots__ = ("_firsts", "_numbers")

    def __init__(self, firsts: Cut, numbers: Cut) -> None:
        self._firsts, self._numbers = firsts, numbers

    @classmethod
    def of(cls, lists: Iterable[Sequence[int]]) -> Lists:
        listed = list(lists)
        firsts = np.cumsum([0, *map(len, listed)])
        return cls.joined(firsts, np.array([number for each in listed for number in each], dtype="<u4"))

    @classmethod
    def joined(cls, firsts: NDArray[np.int64], numbers: NDArray[np.uint32]) -> Lists:
        """From where each list begins in `numbers`, and where the last one ends."""
        return cls(Cut(firsts.astype("<u8").tobytes(), 8), Cut(numbers.astype("<u4").tobytes(), 4))

    def __len__(self) -> int:
        return len(self._firsts) - 1

    @overload
    def __getitem__(self, place: int) -> tuple[int, ...]: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[tuple[int, ...]]: ...
    def __getitem__(self, place: int | slice) -> tuple[int, ...] | Sequence[tuple[int, ...]]:
        if isinstance(place, slice):
            return [self[each] for each in range(*place.indices(len(self)))]
        if not 0 <= place < len(self):
            raise IndexError(place)
        first, last = np.frombuffer(bytes(self._firsts[place : place + 2]), "<u8").tolist()
        return tuple(np.frombuffer(bytes(self._numbers[first:last]), "<u4").tolist())

    def __iter__(self) -> Iterator[tuple[int, ...]]:
        firsts, numbers = self.arrays()
        for start in range(0, len(self), _AT_ONCE):
            ends = firsts[start : start + _AT_ONCE + 1]
            here = numbers[ends[0] : ends[-1]].tolist()
            yield from (tuple(here[first:last]) for first, last in pairwise((ends - ends[0]).tolist()))

    def arrays(self) -> tuple[NDArray[np.int64], NDArray[np.uint32]]:
        """As `joined` takes them."""
        firsts, numbers = bytes(self._firsts), bytes(self._numbers)
        return np.frombuffer(firsts, "<u8").astype(np.int64), np.frombuffer(numbers, "<u4")

    def in_order(self, order: NDArray[np.int64]) -> Lists:
        """The lists at these places, in this order; an empty one for a place behind the last."""
        firsts, numbers = self.arrays()
        begins = np.append(firsts[:-1], np.zeros(max(len(order) - len(self), 0), dtype=np.int64))[order]
        lengths = np.append(np.diff(firsts), np.zeros(max(len(order) - len(self), 0), dtype=np.int64))[order]
        moved = np.append(0, np.cumsum(lengths))
        return Lists.joined(moved, numbers[np.repeat(begins - moved[:-1], lengths) + np.arange(moved[-1])])

    def parts(self) -> tuple[bytes, bytes]:
        """Where the lists begin, and the numbers, as `pack` writes them."""
        return bytes(self._firsts), bytes(self._numbers)


class Texts(Sequence[str]):
    """Texts, one after the other: where each begins (8 bytes each, one more than texts), and all of them."""

    __slots__ = ("_data", "_firsts", "_start")

    def __init__(self, data: Sliced, firsts: Cut, start: int) -> None:
        self._data, self._firsts, self._start = data, firsts, start

    def __len__(self) -> int:
        return len(self._firsts) - 1

    @overload
    def __getitem__(self, place: int) -> str: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[str]: ...
    def __getitem__(self, place: int | slice) -> str | Sequence[str]:
        if isinstance(place, slice):
            return [self[each] for each in range(*place.indices(len(self)))]
        if not 0 <= place < len(self):
            raise IndexError(place)
        first, last = np.frombuffer(bytes(self._firsts[place : place + 2]), "<u8").tolist()
        return self._data[self._start + first : self._start + last].decode("utf-8", "surrogatepass")

    def __iter__(self) -> Iterator[str]:
        firsts = np.frombuffer(bytes(self._firsts), "<u8").tolist()
        joined = self._data[self._start : self._start + firsts[-1]]
        return (joined[first:last].decode("utf-8", "surrogatepass") for first, last in pairwise(firsts))


def columns(data: bytes, width: int) -> list[NDArray[np.uint64]]:
    """Values of equal width as words of eight bytes, the first words of all values first: they sort as bytes do."""
    count, words = len(data) // width, -(-width // 8)
    padded = np.zeros((count, words * 8), dtype=np.uint8)
    padded[:, :width] = np.frombuffer(data, np.uint8).reshape(count, width)
    return [padded[:, 8 * word : 8 * word + 8].copy().view(">u8")[:, 0].astype(np.uint64) for word in range(words)]


def sorted_places(data: bytes, width: int) -> NDArray[np.int64]:
    """The places of values of equal width in the order of the values; of equal ones, the earlier first."""
    words = columns(data, width)
    order = np.argsort(words[0], kind="stable")
    near = np.flatnonzero(words[0][order[1:]] == words[0][order[:-1]])
    if any((word[order[near]] != word[order[near + 1]]).any() for word in words[1:]):  # never, of hashes
        order = np.lexsort(words[::-1])
    return order.astype(np.int64)


def picked(data: bytes, width: int, order: NDArray[np.int64]) -> bytes:
    """The values at these places, in this order."""
    return np.frombuffer(data, np.uint8).reshape(-1, width)[order].tobytes()


def pack(texts: Sequence[str], lists: Lists, rest: bytes) -> bytes:
    """Texts, lists of numbers and what follows as one byte string; `unpack` reads it."""
    written = [text.encode("utf-8", "surrogatepass") for text in texts]
    firsts, numbers = lists.parts()
    head = b"".join(size.to_bytes(8, "little") for size in (len(written), len(lists), len(numbers) // 4))
    begins = np.cumsum([0, *map(len, written)]).astype("<u8").tobytes()
    return b"".join((head, firsts, numbers, begins, *written, rest))


def unpack(data: Sliced) -> tuple[Texts, Lists, int]:
    """What `pack` wrote, and where the rest begins."""
    count, lists, numbers = np.frombuffer(data[:_HEAD], "<u8").tolist()
    firsts = Cut(data, 8, _HEAD, lists + 1)
    cut = _HEAD + 8 * (lists + 1)
    listed = Lists(firsts, Cut(data, 4, cut, numbers))
    cut += 4 * numbers
    begins = Cut(data, 8, cut, count + 1)
    cut += 8 * (count + 1)
    length = int.from_bytes(begins[count], "little")
    return Texts(data, begins, cut), listed, cut + length
