"""One desk folder: a random master key under the passphrase, and everything else under subkeys of it.

Invariants: subkeys are derived by HKDF with a label each, so no two uses share a key; names are plain (`a-z`, digits,
`.`, `-`, `_`, with `/` between), chosen by the program and never taken from a record, because names are not hidden;
one process writes at a time (`lock`); long work on the tables has a lock of its own (`stage`), so that others write
meanwhile; the state is moved under both, since work that ended beside an empty state would clear away all tables.

>>> import tempfile, pathlib
>>> folder = Folder.create(pathlib.Path(tempfile.mkdtemp()) / "desk", "a long passphrase", cost=TESTS)
>>> folder.subkey("one") == folder.subkey("two")
False
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from accord.errors import InputError, TrustError, UsageError
from accord.vault import _files, _moving, _server, _state, _tables
from accord.vault._lock import Lock, Wait
from accord.vault._pages import Pages, PageWriter
from accord.vault.passphrase import KEY_BYTES, NONCE_BYTES, STRONG, TESTS, Cost, unwrap, wrap

if TYPE_CHECKING:
    import pyarrow as pa
    from sqlalchemy import Engine, Table

__all__ = ["TESTS", "Folder"]

_VAULT, _SEALED, _TABLES, _PAGES, _STATE = "vault.json", "sealed", "tables", "pages", "state.db"
_LOCK, _STAGE = "lock", "lock-tables"
_COLUMNS = "state-columns"
_SERVER = "state-server"  # the sealed address, where the state does not lie in the folder
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]*(/[a-z0-9][a-z0-9._-]*)*")
_WAIT_SECONDS = 10.0


class Folder:
    """An open desk folder. Get one from `create` or `open`; it keeps the master key in memory until it is dropped."""

    __slots__ = ("_engine", "_lock", "_master", "_opened", "_stage", "path")

    def __init__(self, path: Path, master: bytes) -> None:
        self.path = path
        self._master = master
        self._engine: Engine | None = None
        self._opened: _server.Server | None = None  # where the engine leads
        self._lock = Lock(path / _LOCK, partial(self._elsewhere, _LOCK))
        self._stage = Lock(path / _STAGE, partial(self._elsewhere, _STAGE), _WAIT_SECONDS)

    def __repr__(self) -> str:
        return f"Folder({str(self.path)!r})"

    @classmethod
    def create(
        cls,
        path: Path,
        passphrase: str,
        *,
        cost: Cost = STRONG,
        fill: Callable[[Folder], None] | None = None,
        state: str = "",
    ) -> Folder:
        """Make a new folder at `path`; `fill` writes its first contents.

        `state`: the URL of a PostgreSQL database for the transactional state; without it, it lies in the folder. The
        folder appears under its name only when `fill` is done, so a kill leaves no half-made desk (at the server an
        empty schema at most). Raises `UsageError` `desk.exists` when something is already there, and what opening the
        database raises.
        """
        path = path.absolute()
        if path.exists() and (not path.is_dir() or any(path.iterdir())):
            raise UsageError(
                "desk.exists",
                f"{path} is there already and is not empty",
                "choose another folder; Accord overwrites none",
            )
        path.parent.mkdir(parents=True, exist_ok=True)
        _files.sweep_unborn(path, _LOCK)
        unborn = _files.unborn(path)
        master = os.urandom(KEY_BYTES)
        server = _server.make_schema(state) if state else None
        try:
            _files.private_folder(unborn)
            draft = cls(unborn, master)
            with draft.lock():
                _files.write(unborn / _VAULT, wrap(master, passphrase, cost))
                if server is not None:
                    draft.seal(_SERVER, server.to_bytes())
                if fill is not None:
                    fill(draft)
                draft.close()
                if path.exists():
                    path.rmdir()
                unborn.rename(path)
            _files.flush_folder(path.parent)
        except BaseException:
            if server is not None and not (path / _VAULT).exists():
                _server.drop_schema(server)
            raise
        finally:
            shutil.rmtree(unborn, ignore_errors=True)
        return cls(path, master)

    @classmethod
    def open(cls, path: Path, passphrase: str) -> Folder:
        """Open a folder. Raises `UsageError` `desk.missing`, `TrustError` `vault.passphrase` or `vault.damaged`."""
        path = path.absolute()
        try:
            box = (path / _VAULT).read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            raise UsageError(
                "desk.missing",
                f"{path} is not a desk folder",
                "name the folder with --desk or ACCORD_DESK, or make one with `accord init`",
            ) from None
        folder = cls(path, unwrap(box, passphrase))
        folder._sweep()
        return folder

    def close(self) -> None:
        """Let go of the database file; the folder may be used again afterwards."""
        if self._engine is not None:
            self._engine.dispose()
            self._engine = None

    def subkey(self, label: str) -> bytes:
        """32 bytes for one use, derived from the master key (HKDF-SHA256, RFC 5869)."""
        return HKDF(SHA256(), KEY_BYTES, salt=None, info=b"accord/v1/" + label.encode()).derive(self._master)

    def seal(self, name: str, data: bytes) -> None:
        """Keep `data` under `name`, encrypted and bound to that name; replaces what was there, atomically."""
        nonce = os.urandom(NONCE_BYTES)
        box = nonce + AESGCM(self.subkey("sealed")).encrypt(nonce, data, name.encode())
        with self.lock():
            _files.write(self._sealed_path(name), box)

    def unseal(self, name: str) -> bytes:
        """What was kept under `name`. Raises `InputError` when nothing was, `TrustError` when it was altered."""
        with _files.expected(name):
            box = self._sealed_path(name).read_bytes()
        try:
            return AESGCM(self.subkey("sealed")).decrypt(box[:NONCE_BYTES], box[NONCE_BYTES:], name.encode())
        except (InvalidTag, ValueError):
            raise TrustError(
                "vault.altered", f"the sealed file {name} was altered or swapped", "restore the folder from a backup"
            ) from None

    def sealed(self, name: str) -> bool:
        """Whether something is kept under `name`."""
        return self._sealed_path(name).is_file()

    def sealed_names(self, prefix: str = "") -> list[str]:
        """The names under which something is kept, sorted."""
        return _files.names(self.path / _SEALED, "", prefix)

    def write_parquet(self, name: str, table: pa.Table) -> None:
        """Keep a columnar table under `name`, encrypted; replaces what was there, atomically."""
        with self._tables(), _files.replacing(self._table_path(name)) as file:
            _tables.write_table(file, name, table, self.subkey("tables"))

    def read_parquet(self, name: str, columns: Sequence[str] | None = None) -> pa.Table:
        """Read a table, or some of its columns. Raises `InputError` when absent, `TrustError` when altered."""
        return _tables.read_table(self._held_table(name), name, columns, self.subkey("tables"))

    def read_rows(self, name: str, rows: _tables.Rows, columns: Sequence[str]) -> pa.Table:
        """Read some columns of one or more rows, as a table of them alone. Raises as `read_parquet` does."""
        return _tables.read_rows(self._held_table(name), name, rows, columns, self.subkey("tables"))

    def parquet_files(self, prefix: str = "") -> list[str]:
        """The names of the tables whose name begins with `prefix`, sorted."""
        return _files.names(self.path / _TABLES, ".parquet", prefix)

    @contextmanager
    def write_pages(self, name: str, key: bytes = b"") -> Iterator[PageWriter]:
        """Yield what takes in a large file to keep under `name`, encrypted; it is there when the block ends well.
        `key`: 32 bytes in place of the folder's, so that the file is gone when they are."""
        with (
            self.lock(),
            _files.replacing(self._pages_path(name)) as file,
            PageWriter(file, name, key or self.subkey("pages")) as writer,
        ):
            yield writer

    def open_pages(self, name: str, key: bytes = b"") -> Pages:
        """Open a large file without reading it whole. Raises `InputError` when absent, `TrustError` when altered."""
        with _files.expected(name):
            file = self._pages_path(name).open("rb")
        return Pages(file, name, key or self.subkey("pages"))

    def touch_pages(self, name: str) -> None:
        """Give a large file the time of now, and so another `Pages.place` (not on Windows). Raises `InputError`."""
        with _files.expected(name):
            os.utime(self._pages_path(name))

    def paged_files(self, prefix: str = "", idle_seconds: float = 0) -> list[str]:
        """The names of the large files that begin with `prefix`, sorted; those only that were not written lately."""
        return _files.names(self.path / _PAGES, "", prefix, idle_seconds)

    def remove(self, name: str) -> None:
        """Delete the table, sealed or large file of that name. Raises `InputError` when there is none."""
        paths = (self._table_path(name), self._sealed_path(name), self._pages_path(name))
        with self._tables():
            found = [path for path in paths if path.is_file()]
            if not found:
                raise InputError("vault.absent", f"this desk keeps nothing under {name}", "")
            for path in found:
                _files.remove(path)

    def engine(self) -> Engine:
        """The database of the desk's transactional state: the encrypted file, or its schema on a server.

        A transaction that reads before it writes takes `lock()` around it. Raises `TrustError` when the file was
        altered or belongs to another folder, and what opening a server's database raises.
        """
        if self._engine is None:
            self._opened = server = self.server()
            self._engine = _server.open_engine(server, self.subkey(_COLUMNS)) if server else self._open_file()
        return self._engine

    def _open_file(self) -> Engine:
        from sqlalchemy.exc import DatabaseError

        engine = _state.open_engine(self.path / _STATE, self.subkey("state"))
        try:
            with engine.connect() as connection:
                connection.exec_driver_sql("SELECT count(*) FROM sqlite_master")
        except DatabaseError:
            engine.dispose()
            raise TrustError(
                "vault.state",
                "the database of this desk was altered or replaced",
                "restore the folder from a backup",
            ) from None
        return engine

    def server(self) -> _server.Server | None:
        """The PostgreSQL database that holds the state; None when it lies in the folder."""
        return _server.Server.from_bytes(self.unseal(_SERVER)) if self.sealed(_SERVER) else None

    def set_server(self, url: str) -> None:
        """Give the database of the state another address, or another password: it must hold this desk's schema.

        Raises `UsageError` `state.folder` when the state lies in the folder, and what opening the database raises.
        """
        before = self.server()
        if before is None:
            raise UsageError("state.folder", "the state of this desk lies in its folder", "move it with --move")
        now = _server.Server(url, before.schema)
        moved = Folder(self.path, self._master)  # takes the locks at the new place: the old one may be gone
        moved._engine, moved._opened = _server.open_engine(now, self.subkey(_COLUMNS)), before
        try:
            with moved.stage(), moved.lock():
                moved.seal(_SERVER, now.to_bytes())
        except BaseException:
            moved.close()
            raise
        self.close()
        self._engine, self._opened = moved._engine, now

    def move_state(self, url: str, tables: Sequence[Table]) -> None:
        """Move the state from the folder into a schema of the PostgreSQL database at `url`, whole or not at all.

        `tables`: all that a desk may have. Raises `UsageError` `state.moved` when it lies on a server already, and what
        opening the database raises.
        """
        with self.stage(), self.lock():
            if self.server() is not None:
                raise UsageError("state.moved", "the state of this desk lies on a server already", "")
            server = _server.make_schema(url)
            try:
                engine = _server.open_engine(server, self.subkey(_COLUMNS))
                _moving.copy_state(self.engine(), engine, tables)
            except BaseException:
                _server.drop_schema(server)
                raise
            self.seal(_SERVER, server.to_bytes())  # from now on the state is there
            self.close()
            self._engine, self._opened = engine, server
            _files.remove(self.path / _STATE)

    def move_state_back(self, tables: Sequence[Table]) -> None:
        """Move the state from the server into the folder, whole or not at all; then its schema is dropped there.

        Raises `UsageError` `state.folder` when it lies in the folder, and what opening the database raises.
        """
        with self.stage(), self.lock():
            server, file = self.server(), self.path / _STATE
            if server is None:
                raise UsageError("state.folder", "the state of this desk lies in its folder already", "")
            source = self.engine()
            file.unlink(missing_ok=True)
            engine = self._open_file()
            try:
                _moving.copy_state(source, engine, tables)
                _files.flush_folder(self.path)
            except BaseException:
                engine.dispose()
                file.unlink(missing_ok=True)
                raise
            self.remove(_SERVER)  # from now on the state is here
            self.close()
            self._engine, self._opened = engine, None
        _server.drop_schema(server)

    @contextmanager
    def lock(self, seconds: float | None = None) -> Iterator[None]:
        """Be the only writer, across processes and threads; re-entrant. Raises `InputError` `desk.busy`."""
        with ExitStack() as held:
            try:
                held.enter_context(self._lock.held(_WAIT_SECONDS if seconds is None else seconds))
            except BlockingIOError:
                raise _busy("another command is writing to this desk") from None
            yield

    @contextmanager
    def stage(self) -> Iterator[None]:
        """Be the only one who writes or removes tables, while others write all else; re-entrant.

        What long work wrote becomes real under `lock()`, taken inside; whoever has that one already waits for this one
        not at all, so that no two wait for each other. Raises `InputError` `desk.busy`.
        """
        with ExitStack() as held:
            try:
                held.enter_context(self._stage.held(0 if self._lock.mine and not self._stage.mine else _WAIT_SECONDS))
            except BlockingIOError:
                raise _busy("the records of this desk are being loaded or changed") from None
            yield

    def _tables(self) -> AbstractContextManager[None]:
        """The right to write or remove a table: its own lock where that is held, else everybody's."""
        return nullcontext() if self._stage.mine else self.lock()

    @contextmanager
    def _elsewhere(self, name: str, wait: Wait) -> Iterator[None]:
        """The lock of that name at the server: a copy of the folder on another machine has another lock file."""
        server = self.server()
        if self._engine is not None and server != self._opened:
            message = "the state of this desk was moved while this command was at work"
            raise InputError("desk.moved", message, "nothing was changed; start it again")
        with _server.exclusive(self.engine(), server, name, wait) if server is not None else nullcontext():
            yield

    def _sweep(self) -> None:
        """Clear away what a killed writer left, unless a living one is at work."""
        try:
            with _files.exclusive(self.path / _LOCK, _never), _files.exclusive(self.path / _STAGE, _never):
                _files.sweep(self.path)
                if self.sealed(_SERVER):
                    (self.path / _STATE).unlink(missing_ok=True)  # of a move that was killed at its very end
        except (BlockingIOError, PermissionError):
            return  # whoever writes now, or whoever may write here, sweeps later; leftovers are ciphertext

    def _sealed_path(self, name: str) -> Path:
        return self.path / _SEALED / _checked(name)

    def _pages_path(self, name: str) -> Path:
        return self.path / _PAGES / _checked(name)

    def _held_table(self, name: str) -> Path:
        path = self._table_path(name)
        if not path.is_file():
            raise InputError("vault.absent", f"this desk keeps no table {name}", "")
        return path

    def _table_path(self, name: str) -> Path:
        return self.path / _TABLES / f"{_checked(name)}.parquet"


def _never() -> bool:
    return False


def _busy(message: str) -> InputError:
    return InputError("desk.busy", message, "let it finish, then try again")


def _checked(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise InputError("vault.name", "a name in a desk folder is made of a-z, 0-9, '.', '-', '_' and '/'", "")
    return name
