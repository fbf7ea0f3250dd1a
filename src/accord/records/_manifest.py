"""The list of parts and loads of a holding, in the desk's state database.

Invariants: `exchange` is the only place where the list changes; it commits when its block ends well, and not at all
otherwise; in the same transaction it destroys what was made of the records as they were (`accord.records.made`).
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sqlalchemy import Column, Integer, MetaData, Table, select

from accord.errors import InputError
from accord.vault import Folder
from accord.vault.columns import BYTES, Plain, Sealed, Tied

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from accord.records.holding import Loaded

_PATIENCE_SECONDS = 600.0  # a load has worked for long when it comes here: it waits for whoever writes just then
_COUNTS = ("entities", "added", "changed", "unchanged", "removed")
METADATA = MetaData()
_PARTS = Table(
    "records_part",
    METADATA,
    Column("position", Integer, primary_key=True, autoincrement=True),
    Column("name", Plain, nullable=False, unique=True),
    Column("rows", Integer, nullable=False),
)
_LOADS = Table(
    "records_load",
    METADATA,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("id", Plain, nullable=False, unique=True),
    Column("at", Plain, nullable=False),
    Column("source", Sealed("records_load.source"), nullable=False),
    *(Column(name, Integer, nullable=False) for name in _COUNTS),
)

MADE = Table(
    "records_made",
    METADATA,
    Column("id", Plain, primary_key=True),
    Column("data", Tied("records_made.data", BYTES, of=("id",)), nullable=False),
)


def parts(folder: Folder) -> list[tuple[str, int]]:
    """The names of the parts and their numbers of rows, in the order of loading."""
    return [(str(name), int(rows)) for name, rows in _rows(folder, _PARTS, _PARTS.c.position, "name", "rows")]


def loads(folder: Folder) -> list[dict[str, object]]:
    """All loads, the oldest first."""
    names = ("id", "at", "source", *_COUNTS)
    return [dict(zip(names, row, strict=True)) for row in _rows(folder, _LOADS, _LOADS.c.number, *names)]


@contextmanager
def exchange(
    folder: Folder, begun: Sequence[str], old: Sequence[str], new: Sequence[tuple[str, int]]
) -> Iterator[Connection]:
    """Replace parts in the list; the block may write more into the same transaction, the only one of the desk then.

    `begun`: the list that the change began with. Raises `InputError` `records.changed` when it is another one now.
    """
    with folder.lock(_PATIENCE_SECONDS), folder.engine().begin() as connection:
        METADATA.create_all(connection)
        if set(connection.execute(select(_PARTS.c.name)).scalars()) != set(begun):
            raise InputError("records.changed", "the records were changed meanwhile", "nothing was done; try again")
        if old:
            connection.execute(_PARTS.delete().where(_PARTS.c.name.in_(old)))
        if new:
            connection.execute(_PARTS.insert(), [{"name": name, "rows": rows} for name, rows in new])
        if old or new:  # a load of what is there already changes no record
            connection.execute(MADE.delete())
        yield connection


def part_names(connection: Connection) -> list[str]:
    """The names of the parts, sorted, inside a transaction."""
    return sorted(connection.execute(select(_PARTS.c.name)).scalars())


def add_load(connection: Connection, loaded: Loaded) -> None:
    """Note a load."""
    when = loaded.at.astimezone(datetime.UTC).isoformat(timespec="seconds")
    counts = {name: getattr(loaded, name) for name in _COUNTS}
    connection.execute(_LOADS.insert().values(id=loaded.id, at=when, source=loaded.source, **counts))


def _rows(folder: Folder, table: Table, order: Column[int], *names: str) -> list[tuple[Any, ...]]:
    engine = folder.engine()
    with engine.connect() as connection:
        if not engine.dialect.has_table(connection, table.name):
            return []  # nothing was loaded yet
        return [tuple(row) for row in connection.execute(select(*(table.c[name] for name in names)).order_by(order))]
