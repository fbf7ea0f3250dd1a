"""Secrets of what was made of the records as they are: gone in the very transaction that changes the records.

Invariants: whoever finds one inside a transaction knows that no record was added, changed, restricted or removed since
it was kept; each is bound to its name, so that none takes another's place.

>>> import pathlib, tempfile
>>> from accord.vault import TESTS, Folder
>>> folder = Folder.create(pathlib.Path(tempfile.mkdtemp()) / "desk", "a long passphrase", cost=TESTS)
>>> now = state(folder)
>>> with folder.lock(), folder.engine().begin() as connection:
...     keep(connection, {"one": b"secret"}, now)
...     drop(connection, "one"), drop(connection, "one")
(True, False)
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from sqlalchemy import delete, select

from accord.errors import InputError, TrustError
from accord.records import _manifest
from accord.vault import Folder, make_tables, put_rows

if TYPE_CHECKING:
    from sqlalchemy import Connection


def state(folder: Folder) -> str:
    """The records as they are now, as a digest that changes whenever they do."""
    make_tables(folder.engine(), _manifest.METADATA)
    with folder.engine().connect() as connection:
        return _state(connection)


def keep(connection: Connection, secrets: Mapping[str, bytes], made_of: str) -> None:
    """Keep secrets by name until the records change. `made_of`: the `state` that they were made of.

    Raises `InputError` `records.changed` when the records have changed meanwhile.
    """
    if _state(connection) != made_of:
        raise InputError("records.changed", "the records were changed meanwhile", "nothing was kept; start it again")
    put_rows(connection, _manifest.MADE, [{"id": name, "data": (name, data)} for name, data in secrets.items()])


def kept(folder: Folder) -> dict[str, bytes]:
    """The secrets that are still good, by name."""
    return {name: data for name, data in _rows(folder) if data is not None}


def altered(folder: Folder) -> set[str]:
    """The names of those that somebody altered at the server: they are secrets no more."""
    return {name for name, data in _rows(folder) if data is None}


def _rows(folder: Folder) -> Iterator[tuple[str, bytes | None]]:
    make_tables(folder.engine(), _manifest.METADATA)
    with folder.engine().connect() as connection:
        for row in connection.execute(select(_manifest.MADE)):
            try:
                yield row.id, row.data(row.id)
            except TrustError:
                yield row.id, None


def drop(connection: Connection, name: str) -> bool:
    """Destroy a secret; whether it was there."""
    return connection.execute(delete(_manifest.MADE).where(_manifest.MADE.c.id == name)).rowcount == 1


def _state(connection: Connection) -> str:
    return hashlib.sha256("\n".join(_manifest.part_names(connection)).encode()).hexdigest()
