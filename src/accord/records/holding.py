"""What a party holds, in its desk folder: encrypted columns in parts, and a list of the parts in the state database.

Invariants: a load or a removal happens as a whole or not at all (new parts are written first, then one transaction
exchanges the list, then old parts are deleted; a kill leaves the state before or after, never between); each id is in
exactly one part, so that what was removed or replaced is gone from the disk; the entity is kept as it came, its terms
beside it.

>>> import datetime, pathlib, tempfile
>>> from accord.vault import TESTS, Folder
>>> folder = Folder.create(pathlib.Path(tempfile.mkdtemp()) / "desk", "a long passphrase", cost=TESTS)
>>> holding = Holding(folder)
>>> now = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
>>> loaded = holding.load([Entity("p1", "Person", {"name": ("Amina Diallo",)})], source="typed", at=now)
>>> loaded.added, holding.get("p1").entity.caption
(1, 'Amina Diallo')
"""

from __future__ import annotations

import datetime
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson

from accord.errors import InputError, Problem
from accord.records import _manifest
from accord.records.model import Entity
from accord.records.read import joined
from accord.records.stats import Stats, count
from accord.records.terms import RecordTerms, split_terms
from accord.records.where import parse_where
from accord.vault import Folder

if TYPE_CHECKING:
    import pyarrow as pa
    from sqlalchemy import Connection

PART_ROWS = 50_000
_PREFIX = "holding/"
_COLUMNS = ("id", "schema", "caption", "source", "entity", "terms")


@dataclass(frozen=True, slots=True)
class Held:
    """A record as it is held: the entity, its terms, and the source it was loaded from."""

    entity: Entity
    terms: RecordTerms
    source: str


@dataclass(frozen=True, slots=True)
class Listed:
    """A record in a list."""

    id: str
    schema: str
    caption: str
    source: str


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a load did. `minors` were marked as such by their birth dates."""

    id: str
    at: datetime.datetime
    source: str
    added: int
    replaced: int
    minors: int

    @property
    def entities(self) -> int:
        """How many records it brought."""
        return self.added + self.replaced

    def to_dict(self) -> dict[str, object]:
        """JSON-ready counts; nothing in it tells whom the records are about."""
        return {"entities": self.entities, "added": self.added, "replaced": self.replaced, "minors": self.minors}


_Row = tuple[str, bytes, RecordTerms, str]  # id, entity as JSON, terms, source


class Holding:
    """The records of one desk."""

    __slots__ = ("_folder",)

    def __init__(self, folder: Folder) -> None:
        self._folder = folder

    def __len__(self) -> int:
        return sum(rows for _, rows in _manifest.parts(self._folder))

    def load(
        self,
        entities: Iterable[Entity],
        *,
        source: str,
        at: datetime.datetime,
        terms: RecordTerms = RecordTerms(),  # noqa: B008 - immutable
        then: Callable[[Connection, Loaded], None] | None = None,
    ) -> Loaded:
        """Add entities, or replace those with the same id; fragments of one entity are joined.

        `then` runs inside the transaction that makes the load real (the ledger writes there). Raises `InputError`
        `records.terms` or `records.conflict` with all problems; then nothing was loaded.
        """
        incoming, minors = _gather(entities, terms, source, at.date())
        with self._folder.lock():
            self._sweep()
            old_parts, kept, before = self._without(incoming.keys())
            rows = [
                (key, body, new.after(before[key]) if key in before else new, source)
                for key, (body, new) in incoming.items()
            ]
            new_parts = self._write(kept) + self._write(rows)
            loaded = Loaded(secrets.token_hex(8), at, source, len(incoming) - len(before), len(before), minors)
            with _manifest.exchange(self._folder, old_parts, new_parts) as connection:
                _manifest.add_load(connection, loaded.id, at, source, loaded.entities)
                if then is not None:
                    then(connection, loaded)
            self._drop(old_parts)
        return loaded

    def remove(self, ids: Iterable[str], then: Callable[[Connection, int], None] | None = None) -> int:
        """Delete records, from the disk too; the number of those that were there."""
        with self._folder.lock():
            self._sweep()
            old_parts, kept, before = self._without(set(ids))
            if before:
                new_parts = self._write(kept)
                with _manifest.exchange(self._folder, old_parts, new_parts) as connection:
                    if then is not None:
                        then(connection, len(before))
                self._drop(old_parts)
        return len(before)

    def get(self, identity: str) -> Held:
        """One record. Raises `InputError` `records.absent`."""
        for name in self._names():
            ids = self._read(name, ["id"]).column("id").to_pylist()
            if identity in ids:
                return next(_held(self._read(name).slice(ids.index(identity), 1)))
        raise InputError("records.absent", "this desk holds no record with that id", "see `accord records list`")

    def iterate(self, where: str | None = None) -> Iterator[Held]:
        """All records, or those that an expression chooses (`accord.records.where`), part by part.

        Raises `InputError` `records.changed` when the holding is changed meanwhile; take `folder.lock()` against that.
        """
        chosen = parse_where(where) if where else None
        for name in self._names():
            for held in _held(self._read(name)):
                if chosen is None or chosen(held.entity, held.source):
                    yield held

    def listed(self, where: str | None = None, text: str = "") -> Iterator[Listed]:
        """Records in short, those whose name or id contains `text` (whatever the case)."""
        part = text.casefold()
        if where:
            rows = (
                Listed(one.entity.id, one.entity.schema, one.entity.caption, one.source) for one in self.iterate(where)
            )
        else:
            rows = (Listed(**row) for name in self._names() for row in self._short(name))
        return (row for row in rows if not part or part in row.caption.casefold() or part in row.id.casefold())

    def stats(self) -> Stats:
        """Counts by schema, completeness by property, scripts of names."""
        return count(held.entity for held in self.iterate())

    def loads(self) -> list[dict[str, object]]:
        """The loads so far, the oldest first: id, time, source and number of records."""
        return _manifest.loads(self._folder)

    def _names(self) -> list[str]:
        return [name for name, _ in _manifest.parts(self._folder)]

    def _short(self, name: str) -> list[dict[str, str]]:
        rows: list[dict[str, str]] = self._read(name, ["id", "schema", "caption", "source"]).to_pylist()
        return rows

    def _read(self, name: str, columns: Sequence[str] | None = None) -> pa.Table:
        try:
            return self._folder.read_parquet(name, columns)
        except InputError:
            raise InputError(
                "records.changed", "the records were changed while they were read", "run the command again"
            ) from None

    def _without(self, ids: Iterable[str]) -> tuple[list[str], list[_Row], dict[str, RecordTerms]]:
        """The parts that hold any of the ids, their other rows, and the terms of those ids."""
        wanted = set(ids)
        touched: list[str] = []
        kept: list[_Row] = []
        before: dict[str, RecordTerms] = {}
        for name in self._names():
            if wanted.isdisjoint(self._read(name, ["id"]).column("id").to_pylist()):
                continue
            touched.append(name)
            for row in self._read(name).to_pylist():
                terms = RecordTerms.from_dict(orjson.loads(row["terms"]))
                if row["id"] in wanted:
                    before[row["id"]] = terms
                else:
                    kept.append((row["id"], row["entity"], terms, row["source"]))
        return touched, kept, before

    def _write(self, rows: Sequence[_Row]) -> list[tuple[str, int]]:
        written = []
        for start in range(0, len(rows), PART_ROWS):
            part = rows[start : start + PART_ROWS]
            name = f"{_PREFIX}{secrets.token_hex(8)}"
            self._folder.write_parquet(name, _table(part))
            written.append((name, len(part)))
        return written

    def _drop(self, names: Iterable[str]) -> None:
        for name in names:
            self._folder.remove(name)

    def _sweep(self) -> None:
        """Delete parts that a killed load left: they are in no list."""
        self._drop(set(self._folder.parquet_files(_PREFIX)) - set(self._names()))


def _gather(
    entities: Iterable[Entity], given: RecordTerms, source: str, today: datetime.date
) -> tuple[dict[str, tuple[bytes, RecordTerms]], int]:
    """Entities as JSON with their terms by id, fragments joined; and how many were marked as minors."""
    found: dict[str, tuple[bytes, RecordTerms]] = {}
    problems: list[Problem] = []
    for whole in entities:
        try:
            entity, terms = split_terms(whole, given, today)
            if before := found.get(entity.id):
                entity = joined(Entity.from_dict(orjson.loads(before[0])), entity)
                entity, terms = split_terms(entity, terms.under(before[1]), today)
            # a copy, since orjson leaves some 4 KB allocated behind each of its own results
            body = bytes(memoryview(orjson.dumps(entity.to_dict())))
            found[entity.id] = (body, terms)
        except InputError as error:
            problems.append(Problem(error.code, error.message, error.remedy, source, entity=whole.id))
    if problems:
        remedy = "mend the records named; nothing was loaded"
        raise InputError(problems[0].code, f"{source}: {len(problems)} records cannot be loaded", remedy, problems)
    minors = sum("minor" in terms.status and "minor" not in given.status for _, terms in found.values())
    return found, minors


def _table(rows: Sequence[_Row]) -> pa.Table:
    import pyarrow as pa

    heads = [_head(row[1]) for row in rows]
    columns: Mapping[str, list[Any]] = {
        "id": [row[0] for row in rows],
        "schema": [schema for schema, _ in heads],
        "caption": [caption for _, caption in heads],
        "source": [row[3] for row in rows],
        "entity": [row[1] for row in rows],
        "terms": [orjson.dumps(row[2].to_dict()) for row in rows],
    }
    types = {"entity": pa.binary(), "terms": pa.binary()}
    return pa.table({name: pa.array(columns[name], types.get(name, pa.string())) for name in _COLUMNS})


def _head(body: bytes) -> tuple[str, str]:
    """The schema and the caption of an entity as JSON."""
    entity = Entity.from_dict(orjson.loads(body))
    return entity.schema, entity.caption


def _held(table: pa.Table) -> Iterator[Held]:
    for batch in table.to_batches(max_chunksize=2000):
        rows = zip(*(batch.column(name).to_pylist() for name in ("entity", "terms", "source")), strict=True)
        for body, terms, source in rows:
            yield Held(Entity.from_dict(orjson.loads(body)), RecordTerms.from_dict(orjson.loads(terms)), source)
