"""Was the log altered, and where? Everything is computed again and held against the signed heads.

Invariants: `verify` returns the state it verified or raises `LogAlteredError` with the faults it can name (the first
thousand); heads that a partner kept (`witnesses`) count as much as the own ones; a value of the wrong kind is a fault,
never a crash; the log is read once, in order, in memory that grows with what was erased only; an entry without a key
is a fault unless a later one names it as erased. It is read piece by piece, each in a transaction of its own, so that
nobody waits for what is computed: what the desk writes meanwhile is read with the last piece, and what it erases
meanwhile is looked at again.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from heapq import merge
from itertools import chain
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
_PIECE = 8_192  # entries in one transaction: tens of milliseconds
_PLACES = 1 << 62  # more than a log can have, in 62 levels of hashes
_LEAVES = """SELECT position, hash FROM ledger_node WHERE level = 0 AND position >= ? AND position < ?
             ORDER BY position LIMIT ?"""
_LEVEL = """SELECT position, hash FROM ledger_node WHERE level = ? AND position >= ? AND position < ?
            ORDER BY position LIMIT ?"""
_ENTRIES = """SELECT e.position, e.body, e.sealed, r.key, r.about FROM ledger_entry e
              LEFT JOIN ledger_record r ON r.id = e.record WHERE e.position >= ? AND e.position < ?
              ORDER BY e.position LIMIT ?"""
_HEADS = "SELECT size, envelope FROM ledger_head WHERE size > ? AND size <= ? ORDER BY size"
_ELSEWHERE = "SELECT position FROM ledger_node WHERE level = 0 AND hash = ?"
_STRAY = (  # rows where no log has one: their place, and what they are
    ("SELECT position FROM ledger_entry WHERE position < 0 OR position >= ? LIMIT ?", "inserted behind the log's back"),
    ("SELECT size - 1 FROM ledger_head WHERE size < 1 OR size > ? LIMIT ?", "the signed head after it does not hold"),
    ("""SELECT position FROM ledger_node WHERE level <> CAST(level AS BIGINT) OR position <> CAST(position AS BIGINT)
        OR level NOT BETWEEN 0 AND 62 OR position < 0 OR position >= ? LIMIT ?""",
     "a hash kept for proofs was altered"),
)  # fmt: skip
_HAS_KEY = "SELECT e.position FROM ledger_entry e JOIN ledger_record r ON r.id = e.record WHERE e.position = ?"


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
    reading, faults, growing = _Reading(engine), list[Fault](), merkle.Frontier()
    heads, nodes, entries = _HeadCheck(seen), _NodeCheck(), _EntryCheck(reading)
    faults += reading.stray()
    for piece in reading.pieces():
        heads.more(_own_heads(reading, piece.heads, party, keys, faults))
        nodes.more(piece.nodes)
        for row in reading.rows(piece):
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


@dataclass(frozen=True, slots=True)
class _Piece:
    """What the tables have of some places, read in one transaction; inner nodes are by level and position."""

    entries: list[tuple[Any, ...]]
    leaves: list[tuple[Any, ...]]
    heads: list[tuple[Any, ...]]
    nodes: dict[tuple[int, int], bytes]


class _Reading:
    """The tables as the driver gives them: rows as tuples, in short transactions."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._mark = "?" if engine.dialect.paramstyle == "qmark" else "%s"
        self._sealed = engine.dialect.name != "sqlite"

    def stray(self) -> list[Fault]:
        """What stands where no log has anything, a level or position that is no whole number included."""
        with self._engine.begin() as connection:
            found = [
                (row[0], what)
                for statement, what in _STRAY
                for row in self._asked(connection, statement, _PLACES, _MOST_FAULTS)
            ]
        return [Fault(max(place, 0) if isinstance(place, int) else 0, what) for place, what in found][:_MOST_FAULTS]

    def pieces(self) -> Iterator[_Piece]:
        """All that else there is, piece after piece, in order."""
        first = 0
        while first < _PLACES:
            with self._engine.begin() as connection:
                entries = self._asked(connection, _ENTRIES, first, _PLACES, _PIECE)
                leaves = self._asked(connection, _LEAVES, first, _PLACES, _PIECE)
                # a table that gave fewer has no more
                end = min((int(rows[-1][0]) + 1 for rows in (entries, leaves) if len(rows) == _PIECE), default=_PLACES)
                heads = self._asked(connection, _HEADS, first, end)
                nodes = self._nodes(connection, first, end)
            entries, leaves = ([row for row in rows if row[0] < end] for rows in (entries, leaves))
            yield _Piece(entries, leaves, heads, nodes)
            first = end

    def find(self, statement: str, *values: object) -> tuple[Any, ...] | None:
        """The first row of a statement, if any."""
        with self._engine.begin() as connection:
            return next(iter(self._asked(connection, statement, *values)), None)

    def opened(self, column: Column[Any], value: object) -> Any:
        """A value as the desk wrote it; nothing fitting when it was altered at the server."""
        try:
            return column.type.process_result_value(value, self._engine.dialect)  # type: ignore[attr-defined]
        except TrustError:
            return b""

    def rows(self, piece: _Piece) -> Iterator[_Row]:
        """Entries and leaves of a piece side by side, in order."""
        entries, leaves = iter(piece.entries), iter(piece.leaves)
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

    def _asked(self, connection: Connection, statement: str, *values: object) -> list[tuple[Any, ...]]:
        with closing(open_cursor(connection)) as cursor:
            cursor.execute(statement.replace("?", self._mark), values)
            return list(cursor)

    def _nodes(self, connection: Connection, first: int, end: int) -> dict[tuple[int, int], bytes]:
        """The inner nodes whose last leaf is at one of these places; of the last piece those behind them, too."""
        return {
            (level, int(position)): _bytes(kept)
            for level in range(1, end.bit_length())
            for position, kept in self._asked(
                connection, _LEVEL, level, first >> level, end if end == _PLACES else end >> level, _PIECE
            )
        }

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
            elsewhere = self._reading.find(_ELSEWHERE, computed)
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
        named = sorted(self._silence.back.difference(known))  # some were erased since they were read, and have no key
        back = [Fault(index, _BACK) for index in named if self._reading.find(_HAS_KEY, index)]
        return [*silent, *back][:_MOST_FAULTS]


class _HeadCheck:
    """The roots over the entries as they are now, against every signed one: what was cut off or rewritten?"""

    def __init__(self, seen: Iterable[Head]) -> None:
        self._waiting = deque(seen)  # the smallest first
        self._good = 0
        self._wrong: Head | None = None
        self.last: Head | None = None

    def more(self, own: Iterable[Head]) -> None:
        """Take more of the own heads, in order."""
        self._waiting = deque(merge(own, self._waiting, key=lambda head: head.size))

    def check(self, growing: merkle.Frontier) -> None:
        """Hold the state after one more entry against the heads of that size."""
        while self._waiting and self._waiting[0].size <= growing.size:
            head = self._waiting.popleft()
            if head.size and self._wrong is None:
                if growing.root.hex() != head.root:
                    self._wrong = head
                else:
                    self._good = head.size
            self.last = head

    def finish(self, size: int, faults: list[Fault]) -> None:
        """Note what the heads say about the whole."""
        already = bool(faults)
        if size and self.last is None and not self._waiting:
            faults.append(Fault(size - 1, "no signed head covers the log"))
            return
        if self._wrong is not None:
            if not already:
                span = f"up to entry {self._wrong.size - 1}" if self._wrong.size - 1 > self._good else "alone"
                faults.append(Fault(self._good, f"rewritten: the signed head does not fit what stands here, {span}"))
        elif self._waiting:
            gone = self._waiting[0].size - size
            faults.append(Fault(size, f"removed: {gone} signed entries from here on are gone"))
        if not self._waiting and self.last is not None and size > self.last.size and not already:
            faults.append(Fault(self.last.size, "inserted: no signed head covers it"))


class _NodeCheck:
    """The inner hashes kept for quick proofs, against those that the entries give."""

    def __init__(self) -> None:
        self._kept: dict[tuple[int, int], bytes] = {}
        self._faults: list[Fault] = []

    def more(self, kept: dict[tuple[int, int], bytes]) -> None:
        """Take the nodes of the next piece; what is left of the one before belongs to nothing."""
        for level, position in self._kept:
            self._fault(level, position)
        self._kept = kept

    def check(self, made: Sequence[tuple[int, int, bytes]]) -> None:
        """Hold the nodes that a new leaf completes against those kept."""
        for level, position, digest in made[1:]:
            if self._kept.pop((level, position), None) != digest:
                self._fault(level, position)

    def finish(self) -> list[Fault]:
        """The faults, nodes that belong to nothing included."""
        self.more({})
        return self._faults

    def _fault(self, level: int, position: int) -> None:
        if len(self._faults) < _MOST_FAULTS:
            self._faults.append(Fault(min(position << level, _PLACES), "a hash kept for proofs was altered"))


def _own_heads(
    reading: _Reading, rows: Iterable[tuple[Any, ...]], party: str, keys: Sequence[VerifyKey], faults: list[Fault]
) -> Iterator[Head]:
    for size, envelope in rows:
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
