"""Transactional state at rest: SQLite through SQLCipher, under a raw subkey of the folder.

Invariants: the key never stands in an error, a log or the engine's printed URL; statements' values stay out of errors;
a transaction is on the disk before its commit returns; deleted rows are overwritten, and sorting never spills to disk.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sqlalchemy import Engine

_BUSY_MS = 10_000
_PRAGMAS = (
    "PRAGMA journal_mode = DELETE",
    "PRAGMA synchronous = FULL",
    "PRAGMA secure_delete = ON",
    "PRAGMA temp_store = MEMORY",
    "PRAGMA foreign_keys = ON",
    f"PRAGMA busy_timeout = {_BUSY_MS}",
)


def open_engine(path: Path, key: bytes) -> Engine:
    """An engine on the encrypted database at `path`, made when absent. Every transaction begins with BEGIN."""
    from sqlalchemy import URL, create_engine, event
    from sqlalchemy.pool import QueuePool
    from sqlcipher3 import dbapi2

    os.close(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600))  # SQLite would make it with the user's default mode
    url = URL.create("sqlite+pysqlcipher", password=f"x'{key.hex()}'", database=str(path))
    engine = create_engine(url, module=dbapi2, poolclass=QueuePool, hide_parameters=True)

    # the driver's own transactions begin at the first write only; ours cover the reads before it (SQLAlchemy's recipe)
    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        for pragma in _PRAGMAS:
            connection.execute(pragma)

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN")

    return engine
