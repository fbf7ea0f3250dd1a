"""Was the log altered, and where? Everything is computed again and held against the signed heads.

Invariants: `verify` returns the state it verified or raises `LogAlteredError` with the faults it can name (the first
thousand); heads that a partner kept (`witnesses`) count as much as the own ones; a value of the wrong kind is a fault,
never a crash; the log is read once, in order, in memory that grows with what was erased only; an entry without a key
is a fault unless a later one names it as erased.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from heapq import merge
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

import orjson

from accord.errors import TrustError
from accord.ledger import _store, merkle
from accord.ledger._details import opened, opening
from accord.ledger.envelope import Envelope
from accord.ledger.head import Head, read_head
from accord.ledger.keys import VerifyKey
from accord.ledger.proof import commitment
from accord.ledger.silence import KIND, Silence
from accord.vault import make_tables, open_cursor

if TYPE_CHECKING:
    from sqlalchemy import Column, Connection, Engine

_MOST_FAULTS = 1000
_SILENT = "made unreadable: its key is gone, and nothing in the log says that it was erased"
_BACK = "brought back: it was erased, and its key is there again"
_LEAVES = "SELECT position, hash FROM ledger_node WHERE level = 0 ORDER BY position"
_LEVEL = "SELECT position, hash FROM ledger_node WHERE level = ? ORDER BY position"
_ENTRIES = """SELECT e.position, e.body, e.sealed, r.key, r.about FROM ledger_entry e
              LEFT JOIN ledger_record r ON r.id = e.record ORDER BY e.position"""
_HEADS = "SELECT size, envelope FROM ledger_head ORDER BY size"
_ELSEWHERE = "SELECT position FROM ledger_node WHERE level = 0 AND hash = ?"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong: `entry` is its number (from 0), `what` happened to it."""

    entry: int
    what: str

    def __str__(self) -> str:
        return f"entry {self.entry}: {self.what}"


class LogAlteredError(TrustError):
    """The log is not what was signed; `faults` says which entries."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        shown = "; ".join(str(fault) for fault in faults[:5]) + ("; …" if len(faults) > 5 else "")
        super().__init__(
            "ledger.altered",
            f"the log was altered: {shown}",
            "stop working with this desk, keep it as it is, and compare it with a backup",
        )
        self.faults = tuple(faults)

    def to_dict(self) -> dict[str, object]:
        """With `faults`: the entries and what happened to each."""
        return {**super().to_dict(), "faults": [{"entry": f.entry, "what": f.what} for f in self.faults]}


def verify(
    engine: Engine, party: str, key: VerifyKey, witnesses: Iterable[Envelope] = (), former: Sequence[VerifyKey] = ()
) -> Head | None:
    """Verify the whole log of `party`; returns its last signed head, None when nothing was ever logged.

    `former`: the keys that the party had before this one, under earlier versions. Raises `LogAlteredError`.
    """
    make_tables(engine, _store.METADATA)
    keys = (key, *former)
    seen = sorted((read_head(envelope, party, *keys) for envelope in witnesses), key=lambda head: head.size)
    with engine.connect() as connection, ExitStack() as cursors:
        reading = _Reading(connection, cursors)
        faults: list[Fault] = []
        own = _own_heads(reading, party, keys, faults)
        heads = _HeadCheck(merge(own, seen, key=lambda head: head.size))
        nodes, entries = _NodeCheck(reading), _EntryCheck(reading)
        growing = merkle.Frontier()
        for row in reading.entries():
            leaf = entries.check(row, faults)
            if leaf is not None:
                nodes.check(growing.push(leaf))
                heads.check(growing)
        heads.finish(growing.size, faults)
        faults += entries.finish({fault.entry for fault in faults})
        if not faults:
            faults += nodes.finish()
    if faults:
        raise LogAlteredError(sorted(set(faults), key=lambda fault: (fault.entry, fault.what)))
    return heads.last


# what stands at one place: its number, the entry's body, its sealed details, their key and under which name it is kept,
# the leaf kept for it
_Row = tuple[int, bytes | None, bytes, bytes | None, object, bytes | None]


class _Reading:
    """Plain cursors on the database: rows as tuples, one at a time."""

    def __init__(self, connection: Connection, cursors: ExitStack) -> None:
        self._connection = connection
        self._cursors = cursors
        self._mark = "?" if connection.dialect.paramstyle == "qmark" else "%s"
        self._sealed = connection.dialect.name != "sqlite"

    def rows(self, statement: str, *values: object) -> Iterator[tuple[Any, ...]]:
        """The rows of a statement."""
        cursor = self._cursors.enter_context(closing(open_cursor(self._connection)))
        cursor.execute(statement.replace("?", self._mark), values)
        return iter(cursor)

    def opened(self, column: Column[Any], value: object) -> Any:
        """A value as the desk wrote it; nothing fitting when it was altered at the server."""
        try:
            return column.type.process_result_value(value, self._connection.dialect)  # type: ignore[attr-defined]
        except TrustError:
            return b""

    def entries(self) -> Iterator[_Row]:
        """Entries and leaves side by side, in order."""
        entries, leaves = self.rows(_ENTRIES), self.rows(_LEAVES)
        entry, leaf = next(entries, None), next(leaves, None)
        while entry is not None and leaf is not None:
            if entry[0] == leaf[0]:
                yield *self._entry(entry), _bytes(leaf[1])
                entry, leaf = next(entries, None), next(leaves, None)
            elif entry[0] < leaf[0]:
                yield *self._entry(entry), None
                entry = next(entries, None)
            else:
                yield leaf[0], None, b"", None, None, _bytes(leaf[1])
                leaf = next(leaves, None)
        for left in chain([entry] if entry else [], entries):
            yield *self._entry(left), None
        for left in chain([leaf] if leaf else [], leaves):
            yield left[0], None, b"", None, None, _bytes(left[1])

    def _entry(self, row: tuple[Any, ...]) -> tuple[int, bytes, bytes, bytes | None, object]:
        _, body, details, key, about = row
        if self._sealed:
            body, key = self.opened(_store.ENTRIES.c.body, body), self.opened(_store.RECORDS.c.key, key)
            about = self.opened(_store.RECORDS.c.about, about)
        return row[0], _bytes(body), _bytes(details), key, about


class _EntryCheck:
    """Each entry against the leaf kept for it, its own number, the link to the one before, and its details."""

    def __init__(self, reading: _Reading) -> None:
        self._reading = reading
        self._before: tuple[int, bytes | None] = (-1, b"")
        self._silence = Silence()

    def check(self, row: _Row, faults: list[Fault]) -> bytes | None:
        """Note what is wrong; the hash of the entry as it stands, None when there is none."""
        index, body, *_, leaf = row
        computed = None if body is None else merkle.leaf_hash(body)
        fault = self._wrong(row, computed)
        if fault is not None and len(faults) < _MOST_FAULTS:
            faults.append(fault)
        self._before = index, leaf
        return computed

    def _wrong(self, row: _Row, computed: bytes | None) -> Fault | None:
        index, body, sealed, secret, about, leaf = row
        if body is None or computed is None:
            return Fault(index, "removed")
        if leaf is None:
            return Fault(index, "inserted behind the log's back")
        if computed != leaf:
            elsewhere = next(self._reading.rows(_ELSEWHERE, computed), None)
            return Fault(index, "altered" if elsewhere is None else f"reordered: this is entry {elsewhere[0]}")
        try:
            claim = orjson.loads(body)
            number, previous, kind, committed = (claim[name] for name in ("index", "previous", "kind", "commitment"))
        except (ValueError, KeyError, TypeError):
            return Fault(index, "altered")
        if number != index:
            return Fault(index, f"reordered: it was written as entry {number}")
        place, before = self._before
        if index and (place != index - 1 or (before or b"").hex() != previous):
            return Fault(index - 1, "altered, removed or inserted: the entry after it follows another one")
        if secret is None:
            self._silence.add(index)
            return None
        try:
            content = opened(secret, index, sealed)
            held = commitment(opening(secret, index), content) == committed
            said = orjson.loads(content)
            named = held and said["about"] == about
            if named and kind == KIND:
                self._silence.name(said["details"]["entries"])
        except (TrustError, ValueError, KeyError, TypeError):
            held = named = False
        if not held:
            return Fault(index, "its details were altered")
        return None if named else Fault(index, "it is kept under the name of another record")

    def finish(self, known: Collection[int]) -> list[Fault]:
        """Entries that are silent without an erasure, or can be read in spite of one and are not `known` as wrong."""
        silent = [Fault(index, _SILENT) for index in sorted(self._silence.unnamed)]
        back = [Fault(index, _BACK) for index in sorted(self._silence.back.difference(known))]
        return [*silent, *back][:_MOST_FAULTS]


class _HeadCheck:
    """The roots over the entries as they are now, against every signed one: what was cut off or rewritten?"""

    def __init__(self, heads: Iterator[Head]) -> None:
        self._heads = heads
        self._next = next(heads, None)
        self._good = 0
        self._wrong: Head | None = None
        self.last: Head | None = None

    def check(self, growing: merkle.Frontier) -> None:
        """Hold the state after one more entry against the heads of that size."""
        while self._next is not None and self._next.size <= growing.size:
            head = self._next
            if head.size and self._wrong is None:
                if growing.root.hex() != head.root:
                    self._wrong = head
                else:
                    self._good = head.size
            self.last, self._next = head, next(self._heads, None)

    def finish(self, size: int, faults: list[Fault]) -> None:
        """Note what the heads say about the whole."""
        already = bool(faults)
        if size and self.last is None and self._next is None:
            faults.append(Fault(size - 1, "no signed head covers the log"))
            return
        if self._wrong is not None:
            if not already:
                span = f"up to entry {self._wrong.size - 1}" if self._wrong.size - 1 > self._good else "alone"
                faults.append(Fault(self._good, f"rewritten: the signed head does not fit what stands here, {span}"))
        elif self._next is not None:
            gone = self._next.size - size
            faults.append(Fault(size, f"removed: {gone} signed entries from here on are gone"))
        if self._next is None and self.last is not None and size > self.last.size and not already:
            faults.append(Fault(self.last.size, "inserted: no signed head covers it"))


class _NodeCheck:
    """The inner hashes kept for quick proofs, each level in its order."""

    def __init__(self, reading: _Reading) -> None:
        self._reading = reading
        self._levels: dict[int, tuple[Iterator[tuple[Any, ...]], tuple[Any, ...] | None]] = {}
        self._faults: list[Fault] = []

    def check(self, made: Sequence[tuple[int, int, bytes]]) -> None:
        """Hold the nodes that a new leaf completes against those kept."""
        for level, position, digest in made[1:]:
            if level not in self._levels:
                rows = self._reading.rows(_LEVEL, level)
                self._levels[level] = rows, next(rows, None)
            rows, row = self._levels[level]
            while row is not None and row[0] < position:
                self._fault(level, row[0])
                row = next(rows, None)
            if row is None or row[0] != position or _bytes(row[1]) != digest:
                self._fault(level, position)
            if row is not None and row[0] == position:
                row = next(rows, None)
            self._levels[level] = rows, row

    def finish(self) -> list[Fault]:
        """The faults, nodes that belong to nothing included."""
        for level in range(1, 1 + max(self._levels, default=0) + 1):
            rows, row = self._levels.get(level) or (self._reading.rows(_LEVEL, level), None)
            for left in chain([row] if row is not None else [], islice(rows, _MOST_FAULTS)):
                self._fault(level, left[0])
        return self._faults

    def _fault(self, level: int, position: int) -> None:
        if len(self._faults) < _MOST_FAULTS:
            self._faults.append(Fault(position << level, "a hash kept for proofs was altered"))


def _own_heads(reading: _Reading, party: str, keys: Sequence[VerifyKey], faults: list[Fault]) -> Iterator[Head]:
    for size, envelope in reading.rows(_HEADS):
        try:
            kept = _bytes(reading.opened(_store.HEADS.c.envelope, envelope))
            head = read_head(Envelope.from_bytes(kept), party, *keys)
            if head.size != size:
                raise TrustError("ledger.head", "the head stands in another's place", "")
        except TrustError:
            if len(faults) < _MOST_FAULTS:
                faults.append(Fault(max(size - 1, 0), "the signed head after it does not hold"))
            continue
        yield head


def _bytes(value: object) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()
