"""A PostgreSQL server of the tests' own: made in a temporary folder, reached by a socket file in it, gone with them."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_USER = "accord"


@dataclass(frozen=True)
class Server:
    """A running server; `folder` holds its data, its socket and its log."""

    programs: Path
    folder: Path

    def url(self, database: str = "postgres") -> str:
        return f"postgresql://{_USER}@/{database}?host={self.folder}"

    def new_database(self) -> str:
        """The URL of a fresh, empty database, for tests that look at all of it; desks have a schema each anyhow."""
        name = f"d{secrets.token_hex(6)}"
        self.run("psql", "--dbname", "postgres", "--command", f"CREATE DATABASE {name} TEMPLATE template0")
        return self.url(name)

    def dump(self, url: str) -> bytes:
        """Everything that a database holds, as a backup has it; values of bytes also as they are."""
        name = url.partition("@/")[2].partition("?")[0]
        text = self.run("pg_dump", "--inserts", name)
        found = [bytes.fromhex(part.partition("'")[0]) for part in text.split("'\\x")[1:]]
        return text.encode() + b"\n".join(found)

    def run(self, program: str, *words: str) -> str:
        command = [str(self.programs / program), "--host", str(self.folder), "--username", _USER, *words]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    def files(self) -> Iterator[Path]:
        """Its files on the disk: tables, indexes, write-ahead log, log of statements."""
        return (path for path in self.folder.rglob("*") if path.is_file())


def programs() -> Path | None:
    """Where initdb and postgres are: on the PATH, or where Debian puts those of each version."""
    on_path = shutil.which("postgres")
    places = [Path(on_path).resolve().parent] if on_path else []
    places += sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda place: float(place.parent.name), reverse=True
    )
    return next((place for place in places if (place / "initdb").exists()), None)


@contextmanager
def running(where: Path) -> Iterator[Server]:
    """Start a server with the programs in `where`; it never listens on an address. Root runs it as another user."""
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    as_whom = {"user": "nobody", "group": _group_of("nobody"), "extra_groups": []} if root else {}
    folder = Path(tempfile.mkdtemp(prefix="accord-pg-", dir="/tmp" if os.name == "posix" else None))
    data = folder / "data"
    if root:
        shutil.chown(folder, "nobody")
    try:
        made = [
            str(where / "initdb"),
            "-D",
            str(data),
            "-U",
            _USER,
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--no-locale",
            "--no-sync",
        ]
        subprocess.run(made, check=True, capture_output=True, cwd=folder, **as_whom)  # type: ignore[call-overload]
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": folder,
            "fsync": "off",
            "autovacuum": "off",
            "log_statement": "all",
        }
        command = [str(where / "postgres"), "-D", str(data)]
        command += [f"--{name}={value}" for name, value in settings.items()]
        with (folder / "log").open("wb") as log:
            server = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder, **as_whom)  # type: ignore[call-overload]
        try:
            _until_it_answers(where, folder, server)
            yield Server(where, folder)
        finally:
            server.send_signal(signal.SIGQUIT)  # at once: nothing of it is kept
            server.wait(30)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _group_of(user: str) -> int:
    import pwd

    return pwd.getpwnam(user).pw_gid


def _until_it_answers(where: Path, folder: Path, server: subprocess.Popen[bytes]) -> None:
    ready = [str(where / "pg_isready"), "--quiet", "--host", str(folder)]
    for _ in range(600):
        if subprocess.run(ready, check=False).returncode == 0:
            return
        if server.poll() is not None:
            break
        time.sleep(0.05)
    raise RuntimeError((folder / "log").read_text())
