"""One change of a holding: records added, replaced and removed, in memory that does not grow with the holding.

Invariants: incoming records are written to parts of their own, one batch after the other, and compared part by part
with what is held; of all records only a hash of the id and two marks stay in memory (some 15 bytes each); parts in the
list are read and never touched; a record that came unchanged is not written again. Rows are found by hash and then
compared by id, so that equal hashes of two ids do no harm.
"""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import orjson

from accord.errors import InputError, Problem
from accord.records.model import ERASED, Entity
from accord.records.read import joined
from accord.records.search import words_of
from accord.records.terms import RecordTerms, split_terms

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

COLUMNS = ("id", "schema", "caption", "source", "words", "entity", "terms")
_SMALL = 8  # a part of less than an eighth of the usual rows is small
_MANY_SMALL = 8  # so many small parts are joined, so that daily small loads do not make thousands


class Store(Protocol):
    """Where parts are kept."""

    def read(self, name: str, columns: Sequence[str] | None = None) -> pa.Table: ...

    def write(self, table: pa.Table) -> str: ...


@dataclass(frozen=True, slots=True)
class _Row:
    id: str
    schema: str
    caption: str
    words: str
    body: bytes
    terms: RecordTerms
    source: str

    @classmethod
    def of(cls, entity: Entity, terms: RecordTerms, source: str) -> _Row:
        # a copy, since orjson leaves some 4 KB allocated behind each of its own results
        body = bytes(memoryview(orjson.dumps(entity.to_dict())))
        return cls(entity.id, entity.schema, entity.caption, words_of(entity), body, terms, source)

    @property
    def entity(self) -> Entity:
        return Entity.from_dict(orjson.loads(self.body))


@dataclass(slots=True, eq=False)
class _Part:
    """A part with its rows by hash, sorted; `seen` marks rows that the load brought again."""

    name: str
    staged: bool
    hashes: NDArray[np.uint64]
    order: NDArray[np.int32]
    alive: NDArray[np.bool_]
    seen: NDArray[np.bool_]

    @classmethod
    def of(cls, name: str, ids: Sequence[str], staged: bool) -> _Part:
        hashes = _hashes(ids)
        order = np.argsort(hashes).astype(np.int32)
        return cls(name, staged, hashes[order], order, np.ones(len(ids), np.bool_), np.zeros(len(ids), np.bool_))

    def hits(self, wanted: NDArray[np.uint64]) -> list[int]:
        """The living rows whose hash is wanted."""
        first, last = np.searchsorted(self.hashes, wanted, "left"), np.searchsorted(self.hashes, wanted, "right")
        found = {int(self.order[at]) for n in np.flatnonzero(last > first) for at in range(first[n], last[n])}
        return sorted(row for row in found if self.alive[row])


@dataclass(slots=True)
class Change:
    """What a load or a removal is about to do. `problems` are the records that cannot be loaded."""

    store: Store
    part_rows: int
    parts: list[_Part]
    changed: int = 0
    removed: int = 0
    minors: int = 0
    problems: list[Problem] = field(default_factory=list)

    @classmethod
    def begin(cls, store: Store, names: Iterable[str], part_rows: int) -> Change:
        """Look at the ids of all parts."""
        parts = [_Part.of(name, store.read(name, ["id"]).column("id").to_pylist(), staged=False) for name in names]
        return cls(store, part_rows, parts)

    @property
    def begun(self) -> list[str]:
        """The names of the parts that it began with."""
        return [part.name for part in self.parts if not part.staged]

    @property
    def added(self) -> int:
        """Records that were not held before."""
        return sum(int(part.alive.sum()) for part in self.parts if part.staged) - self.changed

    @property
    def unchanged(self) -> int:
        """Records that were held just so before; of one whose fragments lie more than a part apart, none is."""
        return sum(int((part.alive & part.seen).sum()) for part in self.parts if not part.staged)

    def take(self, entities: Iterable[Entity], given: RecordTerms, source: str, today: datetime.date) -> None:
        """Take in entities; fragments of one are joined wherever they stand in the stream."""
        batch: dict[str, _Row] = {}
        for whole in entities:
            try:
                if whole.id == ERASED:
                    raise InputError("records.id", "this id stands for records that were erased", "give it another id")
                entity, terms = split_terms(whole, given, today)
                row = _Row.of(entity, terms, source)
                batch[entity.id] = _join(batch[entity.id], row, today) if entity.id in batch else row
            except InputError as error:
                self._note(error, whole.id, source)
            if len(batch) >= self.part_rows:
                self._flush(batch, given, today)
                batch.clear()
        self._flush(batch, given, today)

    def put(self, records: Iterable[tuple[Entity, RecordTerms, str]]) -> None:
        """Put records (with terms and source) in the place of those with their ids, exactly as given."""
        rows = {entity.id: _Row.of(entity, terms, source) for entity, terms, source in records}
        self.remove(rows)
        self.parts.append(_Part.of(self.store.write(_table(list(rows.values()))), list(rows), staged=True))

    def remove(self, ids: Iterable[str]) -> None:
        """Mark records as removed."""
        wanted = set(ids)
        hashes = _hashes(list(wanted))
        for part in self.parts:
            if rows := part.hits(hashes):
                held = self.store.read(part.name, ["id"]).column("id").take(rows).to_pylist()
                gone = [row for row, identity in zip(rows, held, strict=True) if identity in wanted]
                part.alive[gone] = False
                self.removed += len(gone)

    def remove_unseen(self, source: str) -> None:
        """Mark the records of a source that the load did not bring again."""
        for part in self.parts:
            if not part.staged and not part.seen.all():
                sources = np.array(self.store.read(part.name, ["source"]).column("source").to_pylist(), dtype=object)
                gone = part.alive & ~part.seen & (sources == source)
                part.alive &= ~gone
                self.removed += int(gone.sum())

    def finish(self) -> tuple[list[str], list[tuple[str, int]]]:
        """Write what is left of parts that lost rows; the parts to take off the list, and those to put on it."""
        small = [part for part in self.parts if part.alive.sum() * _SMALL < self.part_rows]
        torn = [part for part in self.parts if not part.alive.all() or (len(small) >= _MANY_SMALL and part in small)]
        new = [(part.name, len(part.alive)) for part in self.parts if part.staged and part not in torn]
        living = (self.store.read(part.name).filter(part.alive) for part in torn if part.alive.any())
        for table in _slices(living, self.part_rows):
            new.append((self.store.write(table), len(table)))
        return [part.name for part in torn if not part.staged], new

    def _flush(self, batch: dict[str, _Row], given: RecordTerms, today: datetime.date) -> None:
        self.minors += sum("minor" in row.terms.status and "minor" not in given.status for row in batch.values())
        for part, row, held in self._held(batch):
            try:
                self._meet(part, row, held, batch, today)
            except InputError as error:
                self._note(error, held.id, held.source)
        if batch and not self.problems:  # with a problem nothing is loaded, so nothing more is written
            self.parts.append(_Part.of(self.store.write(_table(list(batch.values()))), list(batch), staged=True))

    def _meet(self, part: _Part, row: int, held: _Row, batch: dict[str, _Row], today: datetime.date) -> None:
        """An incoming record whose id is in a part: join it to its earlier fragment, or replace what is held."""
        new = batch[held.id]
        if part.staged or part.seen[row]:
            new = batch[held.id] = _join(held, new, today)
        if part.staged:
            part.alive[row] = False
            return
        part.seen[row] = True
        terms = _after(new.terms, held.terms)
        if terms == held.terms and _same(new.body, held.body):
            del batch[held.id]
            return
        part.alive[row] = False
        self.changed += 1
        batch[held.id] = replace(new, terms=terms)

    def _held(self, batch: dict[str, _Row]) -> Iterator[tuple[_Part, int, _Row]]:
        """The living rows with the ids of a batch, wherever they are."""
        hashes = _hashes(list(batch))
        for part in self.parts:
            if rows := part.hits(hashes):
                for row, held in zip(rows, _rows(self.store.read(part.name).take(rows)), strict=True):
                    if held.id in batch:
                        yield part, row, held

    def _note(self, error: InputError, identity: str, source: str) -> None:
        self.problems.append(Problem(error.code, error.message, error.remedy, source, entity=identity))


def _join(first: _Row, second: _Row, today: datetime.date) -> _Row:
    """Two fragments of one record. Raises `InputError` `records.conflict`."""
    entity, terms = split_terms(joined(first.entity, second.entity), second.terms.under(first.terms), today)
    return _Row.of(entity, terms, second.source)


def _same(one: bytes, other: bytes) -> bool:
    """Whether two records say the same; the order of values does not matter, since many exports shuffle it."""
    return one == other or _sorted(orjson.loads(one)) == _sorted(orjson.loads(other))


def _sorted(data: dict[str, Any]) -> dict[str, Any]:
    return {**data, "properties": {name: sorted(values) for name, values in data["properties"].items()}}


def _hashes(ids: Sequence[str]) -> NDArray[np.uint64]:
    data = b"".join(
        hashlib.blake2b(identity.encode("utf-8", "surrogatepass"), digest_size=8).digest() for identity in ids
    )
    return np.frombuffer(data, dtype=np.uint64)


@lru_cache(maxsize=256)
def _terms_json(terms: RecordTerms) -> bytes:
    return orjson.dumps(terms.to_dict())


@lru_cache(maxsize=256)
def _after(new: RecordTerms, held: RecordTerms) -> RecordTerms:
    return new.after(held)


@lru_cache(maxsize=256)
def terms_of(data: bytes) -> RecordTerms:
    """The terms as a part has them; a holding has few different ones."""
    return RecordTerms.from_dict(orjson.loads(data))


def _table(rows: Sequence[_Row]) -> pa.Table:
    import pyarrow as pa

    text, binary = pa.string(), pa.binary()
    columns = {
        "id": pa.array([row.id for row in rows], text),
        "schema": pa.array([row.schema for row in rows], text),
        "caption": pa.array([row.caption for row in rows], text),
        "source": pa.array([row.source for row in rows], text),
        "words": pa.array([row.words for row in rows], text),
        "entity": pa.array([row.body for row in rows], binary),
        "terms": pa.array([_terms_json(row.terms) for row in rows], binary),
    }
    return pa.table(columns)


def _rows(table: pa.Table) -> Iterator[_Row]:
    for row in zip(*(table.column(name).to_pylist() for name in COLUMNS), strict=True):
        identity, schema, caption, source, words, body, terms = row
        yield _Row(identity, schema, caption, words, body, terms_of(terms), source)


def _slices(tables: Iterable[pa.Table], rows: int) -> Iterator[pa.Table]:
    """The rows of all tables in tables of at most `rows` rows, holding little more than that."""
    import pyarrow as pa

    pending: list[pa.Table] = []
    for table in tables:
        pending.append(table)
        while sum(map(len, pending)) >= rows:
            whole = pa.concat_tables(pending)
            yield whole.slice(0, rows)
            pending = [whole.slice(rows)]
    if whole_rest := [table for table in pending if len(table)]:
        yield pa.concat_tables(whole_rest)
