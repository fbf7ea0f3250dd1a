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
import hashlib
import secrets
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, field
from itertools import count as numbered
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

import orjson

from accord.errors import InputError, several
from accord.records import _manifest
from accord.records._change import Change, terms_of
from accord.records.model import Entity
from accord.records.search import COLUMNS as SHORT
from accord.records.search import LISTED, Catalogue, Found, Listed, folded, rows_with
from accord.records.stats import Stats, count
from accord.records.terms import RecordTerms
from accord.records.where import parse_where
from accord.vault import Folder

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray
    from sqlalchemy import Connection

PART_ROWS = 50_000
_WHOLE = ("entity", "terms", "source")  # the columns of a record as it is held
_CHANGED = "records.changed"
_PREFIX = "holding/"
_DERIVED = "derived/"


class Place(NamedTuple):
    """Where a record lies: a part of the holding, and a row there. A part never changes, it is replaced by others."""

    part: str
    row: int


@dataclass(frozen=True, slots=True)
class Held:
    """A record as it is held: the entity, its terms, the source it came from, and its place once it is there."""

    entity: Entity
    terms: RecordTerms
    source: str
    place: Place | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a load did. `minors` were marked as such by their birth dates."""

    id: str
    at: datetime.datetime
    source: str
    added: int
    changed: int
    unchanged: int
    removed: int
    minors: int

    @property
    def entities(self) -> int:
        """How many records it brought."""
        return self.added + self.changed + self.unchanged

    def to_dict(self) -> dict[str, object]:
        """JSON-ready counts; nothing in it tells whom the records are about."""
        names = ("entities", "added", "changed", "unchanged", "removed", "minors")
        return {name: getattr(self, name) for name in names}


class Holding:
    """The records of one desk. With `remember`, names and identifiers stay in memory and are found at once."""

    __slots__ = ("_catalogue", "_folder")

    def __init__(self, folder: Folder, remember: bool = False) -> None:
        self._folder = folder
        self._catalogue = Catalogue(self._read) if remember else None

    def __len__(self) -> int:
        return sum(rows for _, rows in _manifest.parts(self._folder))

    def load(
        self,
        entities: Iterable[Entity],
        *,
        source: str,
        at: datetime.datetime,
        terms: RecordTerms = RecordTerms(),  # noqa: B008 - immutable
        whole: bool = False,
        then: Callable[[Connection, Loaded], None] | None = None,
    ) -> Loaded:
        """Add entities, or replace those with the same id; fragments of one entity are joined.

        With `whole` the input is all that its source has: records that came from `source` before and are not in it are
        removed. `then` runs inside the transaction that makes the load real (the ledger writes there). Raises
        `InputError` `records.terms` or `records.conflict` with all problems; then nothing was loaded.
        """
        with self._changing() as change:
            change.take(entities, terms, source, at.date())
            if change.problems:
                number, remedy = len(change.problems), "mend the records named; nothing was loaded"
                message = f"{source}: {several(number, 'record')} cannot be loaded"
                raise InputError(change.problems[0].code, message, remedy, change.problems)
            if whole:
                change.remove_unseen(source)
            loaded = Loaded(
                secrets.token_hex(8),
                at,
                source,
                change.added,
                change.changed,
                change.unchanged,
                change.removed,
                change.minors,
            )
            old_parts, new_parts = change.finish()
            with _manifest.exchange(self._folder, change.begun, old_parts, new_parts) as connection:
                _manifest.add_load(connection, loaded)
                if then is not None:
                    then(connection, loaded)
        return loaded

    def revise(self, records: Sequence[Held], then: Callable[[Connection], None] | None = None) -> None:
        """Put records in the place of those with their ids, exactly as given: terms are set, not added up.

        `then` runs inside the transaction. Raises `InputError` `records.absent` when one is not there.
        """
        with self._changing() as change:
            change.put((held.entity, held.terms, held.source) for held in records)
            if change.removed < len({held.entity.id for held in records}):
                raise _absent()
            old_parts, new_parts = change.finish()
            with _manifest.exchange(self._folder, change.begun, old_parts, new_parts) as connection:
                if then is not None:
                    then(connection)

    def remove(self, ids: Iterable[str], then: Callable[[Connection, int], None] | None = None) -> int:
        """Delete records, from the disk too; the number of those that were there."""
        with self._changing() as change:
            change.remove(ids)
            if change.removed:
                old_parts, new_parts = change.finish()
                with _manifest.exchange(self._folder, change.begun, old_parts, new_parts) as connection:
                    if then is not None:
                        then(connection, change.removed)
        return change.removed

    def alone(self) -> AbstractContextManager[None]:
        """Be the only one who changes the records, from a look at them to the change; all else at the desk goes on.

        Raises `InputError` `desk.busy` while a file is being loaded.
        """
        return self._folder.stage()

    @contextmanager
    def _changing(self) -> Iterator[Change]:
        """A change of the parts in the list; when it ends, well or not, parts that are in no list are deleted."""
        with self.alone():
            self._sweep()
            try:
                yield Change.begin(_Parts(self._folder, self._read), self._names(), PART_ROWS)
            finally:
                self._sweep()

    def get(self, identity: str) -> Held:
        """One record. Raises `InputError` `records.absent`."""
        try:
            return self._found(identity)
        except InputError as error:
            if error.code != _CHANGED:
                raise
            return self._found(identity)  # a load exchanged its part meanwhile: look where it is now

    def _found(self, identity: str) -> Held:
        for held in self.among([identity]):
            return held
        raise _absent()

    def among(self, ids: Iterable[str]) -> Iterator[Held]:
        """Those of the records that are held, in the order of the holding; few or many, little else is read.

        Raises as `iterate` does.
        """
        for name, rows in self._places(ids):
            table = self._missing(self._folder.read_rows, name, rows, _WHOLE)
            yield from _held(table, name, rows.tolist())

    def _places(self, ids: Iterable[str]) -> Iterator[tuple[str, NDArray[np.int64]]]:
        """The parts that have any of the records, each with its rows that do."""
        import pyarrow as pa

        wanted = pa.array(sorted(set(ids)), pa.string())
        missing = len(wanted)
        for name, column in self._ids() if missing else ():
            rows = rows_with(column, wanted)
            if len(rows):
                yield name, rows
            missing -= len(rows)
            if not missing:
                return

    def _ids(self) -> Iterator[tuple[str, pa.ChunkedArray]]:
        """The ids in each part."""
        if self._catalogue is not None:
            return self._catalogue.ids(self._names())
        return ((name, self._read(name, ["id"]).column("id")) for name in self._names())

    def parts(self) -> list[str]:
        """The names of the parts that it consists of; a part never changes, it is replaced by others."""
        return self._names()

    def part(self, name: str) -> Iterator[Held]:
        """The records of one part. Raises `InputError` `records.changed` when it is not there any more."""
        return _held(self._read(name), name)

    def iterate(self, where: str | None = None) -> Iterator[Held]:
        """All records, or those that an expression chooses (`accord.records.where`), part by part.

        Raises `InputError` `records.changed` when the holding is changed meanwhile; take `folder.lock()` against that.
        """
        chosen = parse_where(where) if where else None
        for name in self._names():
            for held in self.part(name):
                if chosen is None or chosen(held.entity, held.source):
                    yield held

    def listed(self, where: str | None = None, text: str = "") -> Iterator[Listed]:
        """Records in short, those that every word of `text` fits (see `accord.records.search`)."""
        chosen, wanted = parse_where(where) if where else None, folded(text)
        columns = [*SHORT, "entity"] if chosen else list(SHORT)
        fitting = self._catalogue.fitting(self._names(), text) if self._catalogue and wanted else {}
        for name in self._names():
            if name in fitting and not len(fitting[name]):
                continue
            table = self._read(name, columns)
            if name in fitting:
                table = table.take(fitting[name])
            for batch in table.to_batches(max_chunksize=2000):
                for row in batch.to_pylist():
                    words, body = row.pop("words"), row.pop("entity", b"")
                    if not all(word in words for word in wanted):
                        continue
                    if chosen is None or chosen(Entity.from_dict(orjson.loads(body)), row["source"]):
                        yield Listed(**row)

    def page(self, text: str, where: str | None, first: int, most: int) -> Found:
        """One page of what `listed` gives, from the `first` record on, and how many there are in all.

        With `where` the number in all is not counted: it is that of this page and those before, and one more if there
        is more.
        """
        if self._catalogue is not None and not where:
            return self._catalogue.page(self._names(), text, first, most)
        rows = list(islice(self.listed(where, text), first, first + most + 1))
        return Found(tuple(rows[:most]), first + len(rows))

    def named(self, ids: Iterable[str]) -> dict[str, Listed]:
        """Those of the records that are held, in short, by id."""
        if self._catalogue is not None:
            return self._catalogue.named(self._names(), ids)
        tables = (self._missing(self._folder.read_rows, name, rows, LISTED) for name, rows in self._places(ids))
        return {row["id"]: Listed(**row) for table in tables for row in table.to_pylist()}

    def stats(self) -> Stats:
        """Counts by schema, completeness by property, scripts of names."""
        return count(held.entity for held in self.iterate())

    def loads(self) -> list[dict[str, object]]:
        """The loads so far, the oldest first: id, time, source, records brought, and what that changed."""
        return _manifest.loads(self._folder)

    def derived(self, name: str, part: str = "") -> str:
        """The name in the folder under which `name`, made of the records as they are now, or of one part, may be kept.

        Whenever these records change, what was kept under such a name is deleted: removed records live on in no index.
        Who writes one looks afterwards whether the records are still those.
        """
        made_of = part.removeprefix(_PREFIX) or hashlib.sha256("\n".join(self._names()).encode()).hexdigest()[:32]
        return f"{_DERIVED}{made_of}.{name}"

    def _names(self) -> list[str]:
        return [name for name, _ in _manifest.parts(self._folder)]

    def _read(self, name: str, columns: Sequence[str] | None = None) -> pa.Table:
        return self._missing(self._folder.read_parquet, name, columns)

    @staticmethod
    def _missing(read: Callable[..., pa.Table], name: str, *what: object) -> pa.Table:
        try:
            return read(name, *what)
        except InputError:
            raise InputError(
                _CHANGED, "the records were changed while they were read", "run the command again"
            ) from None

    def tidy(self) -> None:
        """Delete what a change that was killed has left: records that were removed, and are on the disk still.

        Nothing is done while the records are being changed; that change does it when it ends. Nor where a part of the
        list is not there: then the list was put back without the parts, and what is in no list may be all there is.
        """
        whole = set(self._names()) <= set(self._folder.parquet_files(_PREFIX))
        if whole and next(self._stray(), None) is not None:
            with suppress(InputError), self.alone():
                self._sweep()

    def _sweep(self) -> None:
        """Delete parts that are in no list (replaced ones, what a killed load left), and what was made of them."""
        for name in list(self._stray()):
            self._folder.remove(name)

    def _stray(self) -> Iterator[str]:
        names = self._names()
        yield from set(self._folder.parquet_files(_PREFIX)) - set(names)
        good = {self.derived(""), *(self.derived("", part) for part in names)}
        yield from (name for name in self._folder.paged_files(_DERIVED) if f"{name.partition('.')[0]}." not in good)


@dataclass(frozen=True, slots=True)
class _Parts:
    """The parts in the folder, as a change wants them."""

    folder: Folder
    read: Callable[..., pa.Table]

    def write(self, table: pa.Table) -> str:
        name = f"{_PREFIX}{secrets.token_hex(8)}"
        self.folder.write_parquet(name, table)
        return name


def _absent() -> InputError:
    return InputError("records.absent", "this desk holds no record with that id", "see `accord records list`")


def _held(table: pa.Table, part: str, rows: Iterable[int] | None = None) -> Iterator[Held]:
    """The records of a table: all of a part, or those of its rows."""
    places = iter(rows) if rows is not None else numbered()
    for batch in table.to_batches(max_chunksize=2000):
        for body, terms, source in zip(*(batch.column(name).to_pylist() for name in _WHOLE), strict=True):
            yield Held(Entity.from_dict(orjson.loads(body)), terms_of(terms), source, Place(part, next(places)))
