"""The blind question, step by step, without files, clock or database: bytes and secrets in, bytes out.

    m1 question   asker -> holder   blinded marks, shuffled, padded
    m2 answer     holder -> asker   evaluations with proofs; truncated outputs of the holder's own marks, sorted, padded
    m3 matches    asker -> holder   which of those outputs it found, each with the rest of the output as evidence
    m4 contacts   holder -> asker   a reference for each of these, and for no other

An asker cannot claim a match for a mark that it did not ask about: the evidence is the part of the output that m2 cut
off. `Asking` is the state of the side that blinds, `Answering` of the side that evaluates; both survive a restart as
bytes and hold the secrets of one session, to be forgotten when it ends.

Invariants: sizes on the wire are bucket sizes, never set sizes; order on the wire is a keyed hash, never the order of
the records; equal inputs and secrets give equal bytes.

>>> asked, held = MarkSet.of({"case-7": [b"x" * 32]}), MarkSet.of({"file-1": [b"x" * 32], "file-2": [b"y" * 32]})
>>> asking, answering = Asking(asked, bytes(32), smallest=4), Answering(held, bytes(32), smallest=4)
>>> answer, outputs = answering.answer(asking.question())
>>> found = asking.compare(answer, answering.public, outputs)
>>> [(asking.record(match.group), records) for match, records in answering.confirm(found)]
[('case-7', ('file-1',))]
"""

from __future__ import annotations

import hashlib
import hmac
import math
from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import repeat
from typing import TYPE_CHECKING

import numpy as np
import orjson

from accord.errors import PeerError
from accord.exchange import flat
from accord.exchange.flat import Cut, Lists, Sliced
from accord.oblivious import psi

if TYPE_CHECKING:
    from numpy.typing import NDArray

MARK_BYTES = 32
SHOWN_BYTES = 10  # of each output in m2: a chance agreement among 10^7 x 10^7 outputs has probability 10^-10
EVIDENCE_BYTES = 22  # the next bytes, shown in m3 only
HITS_PER_RECORD = 100  # possible matches that m4 tells of one record: more is nothing that a person can look into
_STEPS_PER_DOUBLING = 4  # bucket sizes grow by 19 %: what a size tells, and what padding costs (9 % on average)
_GROUP_BYTES, _POSITION_BYTES, _NAME_BYTES = 4, 4, 8
_AT_ONCE = 64 * psi.BATCH  # marks that are evaluated before the next are taken up
_MATCH_BYTES = _GROUP_BYTES + _POSITION_BYTES + EVIDENCE_BYTES


def bucket(count: int, smallest: int) -> int:
    """The size on the wire of a set of `count` marks: the next step of a scale that does not depend on the data."""
    size, step = smallest, 0
    while size < count:
        step += 1
        size = math.ceil(smallest * 2 ** (step / _STEPS_PER_DOUBLING))
    return size


def padding(salt: bytes) -> bytes:
    """What fills a set up: like a mark or an output to look at, and whoever shows `salt` (32 bytes) proves it none."""
    return hashlib.sha256(b"accord padding 1" + salt).digest()


@dataclass(frozen=True, slots=True)
class MarkSet:
    """Distinct marks (32 bytes each, sorted) and, for each, the records (positions in `records`) that give it."""

    records: Sequence[str]
    marks: Cut
    owners: Lists

    @classmethod
    def of(cls, marks_by_record: Mapping[str, Iterable[bytes]]) -> MarkSet:
        """Gather the marks of each record id."""
        return cls.gathered([marks_by_record])

    @classmethod
    def gathered(cls, parts: Iterable[Mapping[str, Iterable[bytes]]], most: int | None = None) -> MarkSet:
        """The same of many records, part after part: no more than one part is in memory as objects.

        `most`: no further part is taken when there are more distinct marks than that.
        """
        records: list[str] = []
        joined, givers, looked_at = bytearray(), array("I"), most or 0
        for part in parts:
            for record, marks in part.items():
                own = set(marks)
                joined += b"".join(own)
                givers.extend(repeat(len(records), len(own)))
                records.append(record)
            if most is not None and len(givers) > looked_at:
                if len(_in_order(bytes(joined))[2]) > most:
                    break
                looked_at = len(givers) * 9 // 8  # to look takes as long as to sort them
        order, marks_in_order, starts = _in_order(bytes(joined))
        owners = Lists.joined(np.append(starts, len(order)), np.array(givers, dtype=np.uint32)[order])
        return cls(records, Cut(flat.picked(marks_in_order, MARK_BYTES, starts), MARK_BYTES), owners)

    def to_bytes(self) -> bytes:
        """All of it as bytes, to be kept encrypted."""
        return flat.pack(self.records, self.owners, bytes(self.marks))

    @classmethod
    def from_bytes(cls, data: Sliced) -> MarkSet:
        """Read `to_bytes`, also of a version before lists were flat: for as long as a question of then may be audited.

        That had a JSON head, and its length in front. Read as the number of records with which a set begins today, in
        the other order of bytes, such a length would be sixteen million or more.
        """
        if data[8:10] == b"[[" and (head := int.from_bytes(data[:8], "big")) < len(data):
            named, given = orjson.loads(data[8 : 8 + head])
            return cls(named, Cut(data, MARK_BYTES, 8 + head, len(given)), Lists.of(given))
        records, owners, rest = flat.unpack(data)
        return cls(records, Cut(data, MARK_BYTES, rest, len(owners)), owners)


@dataclass(frozen=True, slots=True)
class Match:
    """One line of m3: an asker's record (by a number that means nothing else), a position in m2, the evidence.

    `mark`: which of its marks agrees; only the asker knows.
    """

    group: int
    position: int
    evidence: bytes
    mark: bytes = field(default=b"", compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Opened:
    """What an audit is shown of one place: the mark there and the records that give it, or the salt of padding.

    Of a place of m1 also the blind, and of its padding the mark.
    """

    mark: bytes | None
    salt: bytes | None
    records: tuple[str, ...] = ()
    blind: bytes = b""


class Asking:
    """The side that blinds. `secret`: 32 fresh bytes; everything random in its messages derives from them.

    `blinded`: what `question` gave before a restart, to be spared the work; it must be that of the same secret.
    """

    def __init__(
        self, marks: MarkSet, secret: bytes, smallest: int, workers: int = 1, blinded: bytes | None = None
    ) -> None:
        self._secret, self._workers = secret, workers
        self._before = blinded
        self._owners, self._salts = marks.owners, _salts(secret, len(marks.marks), smallest)
        padded = bytes(marks.marks) + b"".join(map(padding, self._salts))
        self._order = _keyed_order(secret, b"order", psi.split(padded, MARK_BYTES))
        self._inputs = psi.split(flat.picked(padded, MARK_BYTES, self._order), MARK_BYTES)
        # the numbers that m3 shows for records: a keyed order too, so that they tell nothing about the holding
        self.records = list(marks.records)
        names: list[int] = _keyed_order(secret, b"group", _numbers(len(self.records))).tolist()
        self._record_of_group = [self.records[number] for number in names]
        self._group = {number: group for group, number in enumerate(names)}

    @property
    def size(self) -> int:
        """How many marks the question shows, padding included."""
        return len(self._inputs)

    @cached_property
    def _blinded(self) -> bytes:
        return self._before or psi.blind(self._inputs, self._secret, self._workers)

    def question(self) -> bytes:
        """m1: the blinded marks, 32 bytes each."""
        return self._blinded

    def compare(self, answer: bytes, public: bytes, outputs: bytes) -> list[Match]:
        """Check m2 and find the agreeing marks. Raises as `psi.finalise` does, and `PeerError` for a wrong shape."""
        if len(outputs) % SHOWN_BYTES or not (shown := Cut(outputs, SHOWN_BYTES)).rising:
            raise PeerError(
                "answer.order", "the answer is not in its fixed order, so it could carry hidden signs", _AGAIN
            )
        found = psi.finalise(self._inputs, self._secret, self._blinded, answer, public, self._workers)
        return sorted(
            (
                Match(self._group[record], place, found[number][SHOWN_BYTES:], self._inputs[number])
                for number, place in shown.agreeing([output[:SHOWN_BYTES] for output in found])
                for record in self._owners_at(number)
            ),
            key=lambda match: (match.group, match.position),
        )

    def opened(self, place: int) -> Opened:
        """What stands at a place of m1, and the blind that shows it."""
        mark, blind, behind = self._inputs[place], psi.blind_scalar(self._secret, place), int(self._order[place])
        salt = self._salts[behind - len(self._owners)] if behind >= len(self._owners) else None
        return Opened(mark, salt, _named(self.records, self._owners_at(place)), blind)

    def record(self, group: int) -> str:
        """The id of the record that m3 calls `group`. Raises `PeerError` for a number that was never sent."""
        if not 0 <= group < len(self._record_of_group):
            raise PeerError("contacts.group", "the partner names a match that was never asked about", _AGAIN)
        return self._record_of_group[group]

    def _owners_at(self, place: int) -> tuple[int, ...]:
        behind = int(self._order[place])
        return self._owners[behind] if behind < len(self._owners) else ()


class Answering:
    """The side that evaluates. `seed`: 32 fresh bytes, the session key.

    Forget them as soon as m2 is written, or, where somebody may audit this side, when that time is over.
    """

    def __init__(self, marks: MarkSet, seed: bytes, smallest: int, workers: int = 1) -> None:
        self._key, self._workers = psi.HolderKey(seed), workers
        self.public = self._key.public
        self._marks, self._salts = marks.marks, _salts(seed, len(marks.marks), smallest)
        outputs = bytearray()
        for start in range(0, len(marks.marks), _AT_ONCE):
            outputs += b"".join(self._key.outputs(list(marks.marks[start : start + _AT_ONCE]), workers))
        outputs += b"".join(map(padding, self._salts))
        self._order = flat.sorted_places(bytes(outputs), psi.OUTPUT_BYTES)
        rows = np.frombuffer(outputs, np.uint8).reshape(-1, psi.OUTPUT_BYTES)[self._order]
        self.held = Held(
            marks.records,
            Cut(rows[:, :SHOWN_BYTES].tobytes(), SHOWN_BYTES),
            Cut(rows[:, SHOWN_BYTES : SHOWN_BYTES + EVIDENCE_BYTES].tobytes(), EVIDENCE_BYTES),
            marks.owners.in_order(self._order),
        )

    def answer(self, question: bytes) -> tuple[bytes, bytes]:
        """m2: the evaluations with their proofs, and the truncated outputs of the own set, sorted."""
        return self._key.evaluate(question, self._workers), bytes(self.held.shown)

    def opened(self, place: int) -> Opened:
        """What stands behind a place of the outputs in m2."""
        behind = int(self._order[place])
        if behind >= len(self._marks):
            return Opened(None, self._salts[behind - len(self._marks)])
        return Opened(self._marks[behind], None, _named(self.held.records, self.held.owners[place]))

    def evaluate(self, marks: Sequence[bytes]) -> bytes:
        """The evaluations of marks that are opened, unblinded, with proof that the key of this session made them."""
        return self._key.evaluate(b"".join(map(psi.hash_to_group, marks)), self._workers)

    def confirm(self, matches: Sequence[Match]) -> list[tuple[Match, tuple[str, ...]]]:
        """As `Held.confirm`."""
        return self.held.confirm(matches)


@dataclass(frozen=True, slots=True)
class Held:
    """What the holder keeps between m2 and m4: no key any more, only what m3 has to prove."""

    records: Sequence[str]
    shown: Cut
    evidence: Cut
    owners: Lists

    def to_bytes(self) -> bytes:
        """All of it as bytes, to be kept encrypted."""
        return flat.pack(self.records, self.owners, bytes(self.shown) + bytes(self.evidence))

    @classmethod
    def from_bytes(cls, data: Sliced) -> Held:
        """Read `to_bytes`, a little at a time as it is asked for."""
        records, owners, rest = flat.unpack(data)
        shown = Cut(data, SHOWN_BYTES, rest, len(owners))
        return cls(records, shown, Cut(data, EVIDENCE_BYTES, rest + len(owners) * SHOWN_BYTES, len(owners)), owners)

    def confirm(self, matches: Sequence[Match]) -> list[tuple[Match, tuple[str, ...]]]:
        """Check each line of m3; returns it with the ids of the holder's records.

        Raises `PeerError` `matches.evidence` for a line that the asker could only have guessed.
        """
        confirmed = []
        for match in matches:
            owners = self.owners[match.position] if match.position < len(self.owners) else ()
            if not owners or not hmac.compare_digest(self.evidence[match.position], match.evidence):
                raise PeerError(
                    "matches.evidence",
                    "the partner claims a match for a mark that it cannot have asked about; nothing was told",
                    "speak to the partner's contact point: its software differs from yours, or it tried to fish",
                )
            confirmed.append((match, _named(self.records, owners)))
        return confirmed


def pack_matches(matches: Sequence[Match]) -> bytes:
    """The lines of m3 as bytes: 30 each."""
    return b"".join(
        match.group.to_bytes(_GROUP_BYTES, "big") + match.position.to_bytes(_POSITION_BYTES, "big") + match.evidence
        for match in matches
    )


def unpack_matches(data: bytes) -> list[Match]:
    """Read `pack_matches`. Raises `PeerError` when cut off or not in order (a line may not come twice)."""
    lines = psi.split(data, _MATCH_BYTES)
    matches = [
        Match(
            int.from_bytes(line[:_GROUP_BYTES], "big"),
            int.from_bytes(line[_GROUP_BYTES : _GROUP_BYTES + _POSITION_BYTES], "big"),
            line[_GROUP_BYTES + _POSITION_BYTES :],
        )
        for line in lines
    ]
    keys = [(match.group, match.position) for match in matches]
    if keys != sorted(set(keys)):
        raise PeerError("matches.order", "the list of matches is not in its fixed order", _AGAIN)
    return matches


def pack_names(names: Iterable[tuple[int, str]]) -> bytes:
    """Groups with the names of possible matches (16 hexadecimal digits) as bytes: 12 each, sorted."""
    return b"".join(sorted(group.to_bytes(_GROUP_BYTES, "big") + bytes.fromhex(name) for group, name in names))


def unpack_names(data: bytes) -> list[tuple[int, str]]:
    """Read `pack_names`. Raises `PeerError` when cut off or not in order (a line may not come twice)."""
    lines = psi.split(data, _GROUP_BYTES + _NAME_BYTES)
    if lines != sorted(set(lines)):
        raise PeerError("matches.order", "the list of names is not in its fixed order", _AGAIN)
    return [(int.from_bytes(line[:_GROUP_BYTES], "big"), line[_GROUP_BYTES:].hex()) for line in lines]


def _in_order(marks: bytes) -> tuple[NDArray[np.int64], bytes, NDArray[np.int64]]:
    """The places of marks in order, the marks in that order, and where there each distinct one begins."""
    order = flat.sorted_places(marks, MARK_BYTES)
    in_order = flat.picked(marks, MARK_BYTES, order)
    new = np.ones(len(order), dtype=bool)
    new[1:] = np.any([word[1:] != word[:-1] for word in flat.columns(in_order, MARK_BYTES)], axis=0)
    return order, in_order, np.flatnonzero(new)


def _salts(secret: bytes, count: int, smallest: int) -> list[bytes]:
    return _keyed(secret, b"pad", _numbers(bucket(count, smallest) - count))


def _numbers(count: int) -> list[bytes]:
    return [number.to_bytes(8, "big") for number in range(count)]


def _named(records: Sequence[str], owners: Iterable[int]) -> tuple[str, ...]:
    return tuple(records[number] for number in owners)


_AGAIN = "ask the partner to send the message again; if it comes again so, its software differs from yours"


def _keyed_order(secret: bytes, use: bytes, values: Iterable[bytes]) -> NDArray[np.int64]:
    return flat.sorted_places(b"".join(_keyed(secret, use, values)), MARK_BYTES)


def _keyed(secret: bytes, use: bytes, values: Iterable[bytes]) -> list[bytes]:
    begun, found = hashlib.blake2b(key=secret, person=b"accord " + use, digest_size=MARK_BYTES), []
    for value in values:
        hashed = begun.copy()
        hashed.update(value)
        found.append(hashed.digest())
    return found
