"""Transactional state at rest: SQLite through SQLCipher, under a raw subkey of the folder; and what any engine needs.

Invariants: the key never stands in an error, a log or the engine's printed URL; statements' values stay out of errors;
a transaction is on the disk before its commit returns; deleted rows are overwritten, and sorting never spills to disk.
"""

from __future__ import annotations

import os
import threading
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from accord.errors import AccordError, InputError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlalchemy import Column, Connection, Engine, Index, MetaData, Table
    from sqlalchemy.engine.interfaces import ExceptionContext

_BUSY_MS = 10_000
_PRAGMAS = (
    "PRAGMA journal_mode = DELETE",
    "PRAGMA synchronous = EXTRA",  # flushes the deletion of the journal, too: a power cut brings no used key back
    "PRAGMA secure_delete = ON",
    "PRAGMA temp_store = MEMORY",
    "PRAGMA foreign_keys = ON",
    f"PRAGMA busy_timeout = {_BUSY_MS}",
)
_AT_ONCE = (5, 6)  # SQLITE_BUSY, SQLITE_LOCKED
# the codes of SQLite that are no mistake of ours, with what they mean
_DISK = {8: "it is read-only", 10: "the disk fails", 13: "the disk is full", 14: "it cannot be opened"}
_KEPT = 16  # connections kept open; whoever holds one may need a second, so more are made rather than waited for
_WRITES = "accord_writes"
_READ_AHEAD = 2_000  # rows that a server sends at a time
_NUMBERS = count()
_MAKING = threading.Lock()
_MADE: WeakKeyDictionary[Engine, set[MetaData]] = WeakKeyDictionary()


def open_engine(path: Path, key: bytes) -> Engine:
    """An engine on the encrypted database at `path`, made when absent. Every transaction begins with BEGIN."""
    from sqlalchemy import URL, create_engine, event
    from sqlalchemy.pool import QueuePool
    from sqlcipher3 import dbapi2

    os.close(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600))  # SQLite would make it with the user's default mode
    url = URL.create("sqlite+pysqlcipher", password=f"x'{key.hex()}'", database=str(path))
    engine = create_engine(
        url, module=dbapi2, poolclass=QueuePool, pool_size=_KEPT, max_overflow=-1, hide_parameters=True
    )

    # the driver's own transactions begin at the first write only; ours cover the reads before it (SQLAlchemy's recipe)
    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        for pragma in _PRAGMAS:
            connection.execute(pragma)

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        writes = _WRITES in connection.get_execution_options()
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    event.listen(engine, "handle_error", _in_our_words)
    return engine


def _in_our_words(context: ExceptionContext) -> AccordError | None:
    """What a failure of the disk means to whoever gave the command; None when it is a mistake of ours."""
    code = (getattr(context.original_exception, "sqlite_errorcode", None) or 0) & 0xFF  # the rest of it is detail
    if code in _AT_ONCE:
        message = "another program holds the database of this desk; nothing was changed by this command"
        return InputError("desk.busy", message, "try again")
    if code in _DISK:
        return InputError(
            "state.disk",
            f"the database of this desk cannot be read or written: {_DISK[code]}; what was under way was undone",
            "see that the disk has room, that the folder is not read-only, and that you may use it; then try again",
        )
    return None


def make_tables(engine: Engine, metadata: MetaData) -> None:
    """See that the tables are in the desk's database; it is asked once for each opening."""
    with _MAKING:
        made = _MADE.setdefault(engine, set())
        if metadata not in made:
            _make_tables(engine, metadata)
            made.add(metadata)


def _make_tables(engine: Engine, metadata: MetaData) -> None:
    """Two who make them at once take turns, and each looks after its turn has come."""
    from sqlalchemy import func, inspect, select

    if engine.dialect.name != "sqlite":
        with engine.execution_options(isolation_level="READ COMMITTED").begin() as connection:
            connection.execute(select(func.pg_advisory_xact_lock(func.hashtext(func.current_schema()))))
            _make_missing(connection, metadata)
    elif (
        not set(metadata.tables) <= set(inspect(engine).get_table_names())
        or _lacking(engine, metadata)
        or _without(engine, metadata)
    ):
        # one that reads first and then writes would fail beside another writer, where this one waits
        with engine.execution_options(**{_WRITES: True}).begin() as connection:
            _make_missing(connection, metadata)


def _make_missing(connection: Connection, metadata: MetaData) -> None:
    """The tables that are not there, and what tables of an earlier version came without: indexes, seals of rows, and
    columns that may be empty.

    In the folder's database seals are empty. At a server nobody can say any more that old rows are as they were
    written: raises `UsageError` `state.older`.
    """
    from sqlalchemy import text
    from sqlalchemy.schema import CreateColumn

    metadata.create_all(connection)
    for index in _lacking(connection, metadata):
        index.create(connection)
    for column in _without(connection, metadata):
        wanted = f"{column.name} BLOB NOT NULL DEFAULT x''"
        if column.nullable:
            wanted = str(CreateColumn(column).compile(connection))
        elif connection.dialect.name != "sqlite":
            message = "the state of this desk was written by an earlier version, which did not seal its rows"
            remedy = "restore a backup of the folder from before its state was moved to the server, and move it again"
            raise UsageError("state.older", message, remedy)
        connection.execute(text(f"ALTER TABLE {column.table.name} ADD COLUMN {wanted}"))  # our own names


def _without(bind: Engine | Connection, metadata: MetaData) -> list[Column[Any]]:
    """The seals of rows that tables which are there came without, and columns of such rows that may be empty."""
    from sqlalchemy import inspect

    from accord.vault.columns import RowSeal

    sealed = [one for one in metadata.sorted_tables if any(isinstance(column.type, RowSeal) for column in one.c)]
    if not sealed:
        return []
    found = inspect(bind).get_multi_columns(filter_names=[one.name for one in sealed])
    there = {table: {column["name"] for column in columns} for (_, table), columns in found.items()}
    return [
        column
        for one in sealed
        for column in one.c
        if (column.nullable or isinstance(column.type, RowSeal))
        and column.name not in there.get(one.name, {column.name})
    ]


def _lacking(bind: Engine | Connection, metadata: MetaData) -> list[Index]:
    """The indexes of the tables that are not there."""
    from sqlalchemy import inspect

    found = inspect(bind).get_multi_indexes(filter_names=list(metadata.tables))
    there = {index["name"] for indexes in found.values() for index in indexes}
    return [index for table in metadata.sorted_tables for index in table.indexes if index.name not in there]


def put_rows(connection: Connection, table: Table, rows: Iterable[Mapping[str, Any]]) -> None:
    """Keep rows, each in the place of the one with its primary key."""
    from sqlalchemy.dialects import postgresql, sqlite

    listed = list(rows)
    if not listed:
        return
    made = (sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert)(table)
    rest = {column.name: made.excluded[column.name] for column in table.c if not column.primary_key}
    keys = list(table.primary_key.columns)
    if rest:
        made = made.on_conflict_do_update(index_elements=keys, set_=rest)
    else:
        made = made.on_conflict_do_nothing(index_elements=keys)
    connection.execute(made, listed)


def open_cursor(connection: Connection) -> Any:
    """A cursor of the driver that reads row by row, however many there are. Close it before the transaction ends."""
    driver: Any = connection.connection.driver_connection
    if connection.dialect.name == "sqlite":
        return driver.cursor()
    cursor = driver.cursor(name=f"accord_{next(_NUMBERS)}")  # a named one stays at the server
    cursor.itersize = _READ_AHEAD
    return cursor
