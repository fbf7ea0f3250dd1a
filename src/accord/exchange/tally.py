"""How many, not which: two sets of marks are compared so that the holder learns a number and the asker a blurred one.

    c1 count          asker -> holder   k·H(x) for each of the asker's marks x, shuffled, padded
    c2 count-marks    holder -> asker   r·H(y) for the marks of each of the holder's records, groups of equal width
    c3 count-answer   asker -> holder   k·r·H(y), the groups in another order, and the marks in each
    c4 count-told     holder -> asker   in how many groups some k·r·H(y) is one of r·k·H(x), blurred as the accord says

It is Diffie-Hellman over ristretto255: k and r are keys of one session. The holder cannot say which group was which of
its records, since all are multiplied by the same k; the asker never learns what was equal at all.

Invariants: a mark stands in one group only, so equal elements tell nothing; groups have one width, sets bucket sizes;
order on the wire is a keyed hash; equal inputs and secrets give equal bytes.

>>> held = {"file-1": [b"x" * 32, b"y" * 32], "file-2": [b"z" * 32]}
>>> asking, counting = Tallied(bytes(32)), Counting(held, bytes(range(32)), width=2, smallest=4)
>>> question = asking.question([b"y" * 32, b"w" * 32], smallest=4)
>>> counting.count(question, asking.answer(counting.groups(), width=2))
1
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Mapping, Sequence

from accord.errors import PeerError
from accord.exchange.protocol import bucket
from accord.oblivious.psi import ELEMENT_BYTES, HolderKey, hash_to_group, split, split_answer

_AGAIN = "ask the partner to count again; if it comes again so, its software differs from yours"


class Tallied:
    """The asker's side. `seed`: 32 fresh bytes, the key k of one session."""

    def __init__(self, seed: bytes, workers: int = 1) -> None:
        self._seed, self._workers = seed, workers

    def question(self, marks: Iterable[bytes], smallest: int) -> bytes:
        """c1: the asker's marks under its key, 32 bytes each."""
        distinct = sorted(set(marks))
        padding = bucket(len(distinct), smallest) - len(distinct)
        padded = [*distinct, *(_keyed(self._seed, b"pad", number.to_bytes(8, "big")) for number in range(padding))]
        padded.sort(key=lambda mark: _keyed(self._seed, b"order", mark))
        return _times(self._seed, b"".join(map(hash_to_group, padded)), self._workers)

    def answer(self, groups: bytes, width: int) -> bytes:
        """c3: the holder's marks under both keys, in an order that only this session's secret knows.

        Raises `PeerError` for a group that is cut off and for an element that is none.
        """
        both = [_cut(group) for group in split(_times(self._seed, groups, self._workers), width * ELEMENT_BYTES)]
        for group in both:
            group.sort(key=lambda element: _keyed(self._seed, b"within", element))
        both.sort(key=lambda group: _keyed(self._seed, b"group", b"".join(group)))
        return b"".join(b"".join(group) for group in both)


class Counting:
    """The holder's side. `marks`: those of each record; `seed`: 32 fresh bytes, the key r of one session."""

    def __init__(
        self, marks: Mapping[str, Sequence[bytes]], seed: bytes, width: int, smallest: int, workers: int = 1
    ) -> None:
        self._seed, self._width, self._workers = seed, width, workers
        seen: set[bytes] = set()
        self._groups: list[list[bytes]] = []
        for given in marks.values():
            fresh = [mark for mark in dict.fromkeys(given) if mark not in seen][:width]
            seen.update(fresh)
            self._groups.append(fresh)
        self._groups += [[] for _ in range(bucket(len(marks), smallest) - len(marks))]

    def groups(self) -> bytes:
        """c2: all marks under the holder's key, in groups of the same width."""
        inputs = []
        for number, group in enumerate(self._groups):
            padding = (
                _keyed(self._seed, b"pad", number.to_bytes(8, "big") + place.to_bytes(2, "big"))
                for place in range(self._width - len(group))
            )
            inputs.append(sorted((*group, *padding), key=lambda mark: _keyed(self._seed, b"within", mark)))
        inputs.sort(key=lambda group: _keyed(self._seed, b"group", b"".join(group)))
        return _times(self._seed, b"".join(hash_to_group(mark) for group in inputs for mark in group), self._workers)

    def count(self, question: bytes, answer: bytes) -> int:
        """In how many of the holder's records some mark is one of the asker's. See `count`."""
        return count(question, answer, self._seed, self._width, len(self._groups), self._workers)


def count(question: bytes, answer: bytes, seed: bytes, width: int, groups: int, workers: int = 1) -> int:
    """The number of groups of c3 that hold one of c1's marks. `groups`: how many c2 had.

    Raises `PeerError` `count.answer` when c3 does not have the shape of c2, or an element twice (then one record could
    be counted for many).
    """
    elements = split(answer)
    if len(elements) != width * groups or len(set(elements)) != len(elements):
        raise PeerError("count.answer", "the answer is not what was sent, once each under another key", _AGAIN)
    asked = set(split(_times(seed, question, workers)))
    return sum(
        any(element in asked for element in elements[start : start + width]) for start in range(0, len(elements), width)
    )


def blurred(exact: int, spread: int, random: bytes) -> int:
    """The number that is told: with two-sided geometric noise, never below 0; exact when `spread` is 0.

    One record more or less makes any answer at most e^(1/spread) times likelier (Ghosh, Roughgarden, Sundararajan,
    "Universally utility-maximizing privacy mechanisms", 2009). `random`: 16 fresh bytes.
    """
    if spread == 0:
        return exact
    up, down = (_geometric(int.from_bytes(part, "big"), spread) for part in (random[:8], random[8:16]))
    return max(0, exact + up - down)


def _geometric(drawn: int, spread: int) -> int:
    """How often an event of probability e^(-1/spread) happens in a row, from 64 random bits."""
    return math.floor(-math.log((drawn + 1) / 2**64) * spread)


def _times(seed: bytes, elements: bytes, workers: int) -> bytes:
    """Every element times the key of `seed`; the proofs of it are left out, since the order will be."""
    return split_answer(HolderKey(seed).evaluate(elements, workers), len(elements) // ELEMENT_BYTES)[0]


def _cut(group: bytes) -> list[bytes]:
    return split(group)


def _keyed(secret: bytes, use: bytes, value: bytes) -> bytes:
    return hashlib.blake2b(value, key=secret, person=b"accord cnt " + use[:5], digest_size=32).digest()
