"""Transactional state on a PostgreSQL server: a schema for each desk, and the desk's values sealed column by column.

Invariants: the URL, which may hold a password, is in memory and in the folder's seal only, and in no error; a server
on another machine is spoken to over verified TLS, unless the URL says otherwise; a transaction sees one state of the
database and is on the server's disk before its commit returns; whatever the server fails at has a code and a remedy.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from accord.errors import AccordError, InputError, TrustError, UsageError

if TYPE_CHECKING:
    from sqlalchemy import URL, Engine, ExceptionContext

_DRIVER = "postgresql+psycopg"
_NAMES = ("postgresql", "postgres", _DRIVER)
_HERE = ("localhost", "127.0.0.1", "::1")
_WAIT_SECONDS = 10
_AT_ONCE = ("40001", "40P01", "55P03")  # serialization failure, deadlock, lock not available
_REFUSED = "42501"  # insufficient privilege
_TAKEN = "23505"  # unique violation: of a place in the log, when somebody else has written there first


@dataclass(frozen=True, slots=True)
class Server:
    """Where the state of a desk lies: the URL as it was given, and the schema of this desk."""

    url: str = field(repr=False)
    schema: str

    def to_bytes(self) -> bytes:
        """As it is sealed in the folder."""
        return json.dumps({"url": self.url, "schema": self.schema}).encode()

    @classmethod
    def from_bytes(cls, data: bytes) -> Server:
        """What `to_bytes` gave."""
        return cls(**json.loads(data))

    @property
    def place(self) -> str:
        """Host, database and schema, for people: never the password."""
        url = _read(self.url)
        service = url.query.get("service")
        host = url.host or url.query.get("host") or (f"service {service}" if service else "this machine")
        return f"{host}{f':{url.port}' if url.port else ''}, database {url.database or 'by default'}, {self.schema}"


def make_schema(url: str) -> Server:
    """A new, empty schema under a random name. Raises `UsageError` `state.url` and what `open_engine` raises."""
    from sqlalchemy.schema import CreateSchema

    server = Server(url, f"accord_{secrets.token_hex(8)}")
    _once(server, CreateSchema(server.schema))
    return server


def drop_schema(server: Server) -> None:
    """Remove a desk's schema with everything in it."""
    from sqlalchemy.schema import DropSchema

    _once(server, DropSchema(server.schema, cascade=True, if_exists=True))


def open_engine(server: Server, key: bytes) -> Engine:
    """An engine on the desk's schema, its columns sealed under `key`.

    Raises `UsageError` `state.driver`, `InputError` `state.unreachable` or `state.refused`, `TrustError` `state.other`
    when the database does not hold this desk's schema.
    """
    from sqlalchemy import inspect

    from accord.vault.columns import seal_columns

    engine = _engine(server)
    seal_columns(engine.dialect, key)
    try:
        there = server.schema in inspect(engine).get_schema_names()
    except AccordError:
        engine.dispose()
        raise
    if not there:
        engine.dispose()
        raise TrustError(
            "state.other",
            "the database that this desk names does not hold its state",
            "name the right one with `accord desk state --set`, or restore the database from the backup of that day",
        )
    return engine


@contextmanager
def exclusive(engine: Engine, server: Server, name: str, wait: Callable[[], bool]) -> Iterator[None]:
    """Hold the lock `name` at the server, as `_files.exclusive` in the folder: the lock ends with its holder."""
    from sqlalchemy import func, select

    number = int.from_bytes(hashlib.sha256(f"{server.schema} {name}".encode()).digest()[:8], "big", signed=True)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        while not connection.execute(select(func.pg_try_advisory_lock(number))).scalar_one():
            if not wait():
                raise BlockingIOError
        try:
            yield
        finally:
            with suppress(AccordError):  # the connection is gone, and the lock with it
                connection.execute(select(func.pg_advisory_unlock(number)))


def _once(server: Server, statement: Any) -> None:
    engine = _engine(server)
    try:
        with engine.begin() as connection:
            connection.execute(statement)
    finally:
        engine.dispose()


def _engine(server: Server) -> Engine:
    from sqlalchemy import create_engine, event

    try:
        engine = create_engine(
            _secured(_read(server.url)), isolation_level="REPEATABLE READ", hide_parameters=True,
            pool_pre_ping=True, pool_size=16, max_overflow=48,  # as many as the threads of a desk may hold
            connect_args={"connect_timeout": _WAIT_SECONDS, "application_name": "accord"},
        )  # fmt: skip
    except ImportError:
        raise UsageError(
            "state.driver",
            "the state of this desk is to lie in PostgreSQL, and the driver for it is not installed",
            'pip install "accord[postgresql]"',
        ) from None

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: object) -> None:
        for setting in (
            f"search_path TO {server.schema}", "synchronous_commit TO on", f"lock_timeout TO '{_WAIT_SECONDS}s'",
        ):  # fmt: skip
            connection.execute(f"SET {setting}")
        connection.commit()

    event.listen(engine, "handle_error", _in_our_words)
    return engine


def _read(text: str) -> URL:
    from sqlalchemy import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        url = make_url(text)
        if url.drivername not in _NAMES:
            raise ValueError
    except (ArgumentError, ValueError):
        raise UsageError(
            "state.url", "this is no address of a PostgreSQL database", "try postgresql://USER@HOST/DATABASE"
        ) from None
    return url.set(drivername=_DRIVER)


def _secured(url: URL) -> URL:
    """The URL with verified TLS, where it leads to another machine and neither it nor libpq's setting says how.

    What the URL leaves open libpq takes from the environment; `hostaddr` is where it connects, whatever `host` says.
    """
    host = str(
        url.query.get("hostaddr")
        or os.environ.get("PGHOSTADDR")
        or url.host
        or url.query.get("host")
        or os.environ.get("PGHOST")
        or ""
    )
    if not host or host in _HERE or host.startswith("/") or "sslmode" in url.query or os.environ.get("PGSSLMODE"):
        return url
    return url.update_query_dict({"sslmode": "verify-full"})


def _in_our_words(context: ExceptionContext) -> AccordError | None:
    """What a failure of the server means to whoever gave the command; None when it is a mistake of ours."""
    from sqlalchemy.exc import InterfaceError, OperationalError

    if context.is_pre_ping:
        return None  # a connection that went stale in the pool: another one is made
    error: Any = context.original_exception
    code = getattr(error, "sqlstate", None)
    about = getattr(getattr(error, "diag", None), "table_name", None) or ""
    if code in _AT_ONCE or (code == _TAKEN and about.startswith("ledger_")):
        message = "another command changed this desk at the same moment; nothing was changed by this one"
        return InputError("desk.busy", message, "try again")
    if code == _REFUSED:
        message = "the database user may not do what a desk needs"
        return InputError("state.refused", message, "let the user own the database, or grant CREATE on it")
    if context.is_disconnect or isinstance(context.sqlalchemy_exception, OperationalError | InterfaceError):
        return InputError(
            "state.unreachable",
            "the PostgreSQL server that holds the state of this desk does not answer, or does not let it in",
            "see that it runs, and that address, user, password and certificate hold (`accord desk state`)",
        )
    return None
