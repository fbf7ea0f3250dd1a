"""Files that are whole or absent: write beside, flush to the disk, rename, flush the folder.

Invariants: a temporary file lies in the folder of its target, is readable by its owner only, and bears a name that
`is_leftover` knows, so that what a kill left behind can be swept away; only ciphertext or public data is passed in.
"""

from __future__ import annotations

import math
import os
import secrets
import shutil
import stat
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from accord.errors import InputError

_LEFTOVER = ".unfinished-"


def private_folder(path: Path) -> None:
    """Make a folder that only its owner may enter, and those above it that are missing."""
    if not path.is_dir():
        private_folder(path.parent)
        path.mkdir(mode=0o700, exist_ok=True)


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """Yield a new file that takes the place of `path` when the block ends well, and vanishes when it does not."""
    private_folder(path.parent)
    beside = path.with_name(f"{_LEFTOVER}{secrets.token_hex(8)}")
    try:
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
        flush_folder(path.parent)
    finally:
        beside.unlink(missing_ok=True)


def write(path: Path, data: bytes) -> None:
    """Put `data` at `path`, whole or not at all, and on the disk before it returns."""
    with replacing(path) as file:
        file.write(data)


def remove(path: Path) -> None:
    """Delete a file, durably."""
    path.unlink()
    flush_folder(path.parent)


def flush_folder(path: Path) -> None:
    """Make renames and deletions in a folder survive a power cut, where the system can."""
    if os.name == "nt":
        return  # Windows has no handle on a folder to flush; NTFS journals the rename
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sweep(root: Path) -> None:
    """Remove what killed writers left behind; call it only under the folder's lock."""
    for leftover in root.rglob(f"{_LEFTOVER}*"):
        leftover.unlink(missing_ok=True)


def unborn(path: Path) -> Path:
    """Where a folder is made that then gets the name `path`."""
    return path.with_name(f".{path.name}.unborn-{secrets.token_hex(8)}")


def sweep_unborn(path: Path, lock: str) -> None:
    """Clear away such folders that a killed process left, unless a living one holds the lock file in them."""
    for leftover in path.parent.glob(f".{path.name}.unborn-*"):
        try:
            with exclusive(leftover / lock, lambda: False):
                shutil.rmtree(leftover, ignore_errors=True)
        except (BlockingIOError, OSError):
            continue


@contextmanager
def expected(name: str) -> Iterator[None]:
    """Around the opening of the file that keeps `name`. Raises `InputError` `vault.absent` when it is not there."""
    try:
        yield
    except FileNotFoundError:
        raise InputError("vault.absent", f"this desk keeps nothing under {name}", "") from None


def names(root: Path, suffix: str, prefix: str, idle_seconds: float = 0) -> list[str]:
    """The names, without `suffix`, of the whole files under a folder that begin with `prefix`, sorted.

    `idle_seconds`: for how long, by this machine's clock, they were not written.
    """
    if not root.is_dir():
        return []
    latest = time.time() - idle_seconds if idle_seconds else math.inf
    found = (
        path.relative_to(root).as_posix().removesuffix(suffix)
        for path in root.rglob(f"*{suffix}")
        if not path.name.startswith(".") and _written(path) < latest
    )
    return sorted(name for name in found if name.startswith(prefix))


def _written(path: Path) -> float:
    """When a file was written last; never, where there is none (any more: another command removed it)."""
    try:
        seen = path.stat()
    except FileNotFoundError:
        return math.inf
    return seen.st_mtime if stat.S_ISREG(seen.st_mode) else math.inf


@contextmanager
def exclusive(path: Path, wait: Callable[[], bool]) -> Iterator[None]:
    """Hold the lock file `path`; while another process holds it, call `wait`, and give up when that says False.

    The system drops the lock when its holder ends, however it ends, so a kill leaves no stale lock. Raises
    `BlockingIOError` when it gave up.
    """
    with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+b") as file:
        while not _try_lock(file.fileno()):
            if not wait():
                raise BlockingIOError
        try:
            yield
        finally:
            _unlock(file.fileno())


if sys.platform == "win32":
    import msvcrt

    def _try_lock(descriptor: int) -> bool:
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def _unlock(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _try_lock(descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _unlock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_UN)
