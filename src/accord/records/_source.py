"""Bytes of a file or of stdin, plain or compressed, as lines of bounded length in constant memory.

Invariants: compression is told by magic bytes, never by the name; a line longer than `LONGEST_LINE` is passed over
without being held in memory; something that unpacks to far more than it should is refused.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, BinaryIO, cast

from accord.errors import InputError, UsageError

LONGEST_LINE = 8 << 20
STDIN = "-"
_CHUNK = 1 << 18
_GZIP, _ZSTD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"
_BOMB_BYTES, _BOMB_RATIO = 64 << 20, 250  # real JSON packs 5 to 40 times; a bomb packs 1,000 times and more


@dataclass(slots=True)
class Source:
    """An open input: its name for messages, and its unpacked bytes by `read(n)`; `peek(n)` looks ahead.

    `seekable` is the file itself where it can be read out of order (a plain file, no pipe and no archive).
    """

    name: str
    _read: Callable[[int], bytes]
    seekable: IO[bytes] | None = None
    _ahead: bytes = b""

    def peek(self, size: int) -> bytes:
        """The next `size` bytes, or all that are left, without taking them."""
        while len(self._ahead) < size and (more := self._read(size - len(self._ahead))):
            self._ahead += more
        return self._ahead[:size]

    def read(self, size: int) -> bytes:
        """At most `size` bytes; empty at the end."""
        if not self._ahead:
            return self._read(size)
        data, self._ahead = self._ahead[:size], self._ahead[size:]
        return data

    def whole(self, limit: int) -> IO[bytes]:
        """The input as a file that can be read out of order. Raises `InputError` `records.size` above `limit` bytes,
        which is how much of a pipe or an archive is held in memory."""
        if self.seekable is not None:
            self.seekable.seek(0)
            return self.seekable
        data = self.peek(limit + 1)
        if len(data) > limit:
            message = f"{self.name} is larger than {limit >> 20} MB, and it comes from a pipe or an archive"
            raise InputError("records.size", message, "save it as a plain file and give that")
        return io.BytesIO(data)


@contextmanager
def open_source(path: str | Path) -> Iterator[Source]:
    """Open a file, or stdin for `-`. Raises `UsageError` `records.missing` when it is not there or not readable."""
    if str(path) == STDIN:
        yield _unpacked(cast("IO[bytes]", sys.stdin.buffer), "stdin")
        return
    path = Path(path)
    try:
        file = path.open("rb")
    except OSError as error:
        remedy = "check the path" if isinstance(error, FileNotFoundError) else "check that it is a file you may read"
        raise UsageError("records.missing", f"cannot open {path}: {error.strerror}", remedy) from None
    with file:
        yield _unpacked(file, path.name)


def source_of(data: bytes, name: str) -> Source:
    """Bytes in memory as an open input; `name` is for messages only and is never a path."""
    file = cast("IO[bytes]", io.BufferedReader(cast("io.RawIOBase", io.BytesIO(data))))
    return _unpacked(file, name)


def numbered_lines(path: str | Path) -> Iterator[tuple[int, bytes | None]]:
    """The lines of a file (plain, .gz, .zst, `-`), numbered from 1, without line ends and byte order mark.

    A line longer than `LONGEST_LINE` bytes comes as None. Raises `InputError` `records.truncated` or `records.bomb`.
    """
    with open_source(path) as source:
        yield from lines_of(source)


def lines_of(source: Source) -> Iterator[tuple[int, bytes | None]]:
    """The same for an open source."""
    number, pending, overlong = 0, b"", False
    while chunk := source.read(_CHUNK):
        *whole, rest = (pending + chunk).split(b"\n") if b"\n" in chunk else (pending + chunk,)
        for line in whole:
            number += 1
            if number == 1:
                line = line.removeprefix(b"\xef\xbb\xbf")  # noqa: PLW2901 - the byte order mark is not data
            yield number, None if overlong or len(line) > LONGEST_LINE else line.removesuffix(b"\r")
            overlong = False
        pending = rest
        if len(pending) > LONGEST_LINE:
            pending, overlong = b"", True
    if pending or overlong:
        if number == 0:
            pending = pending.removeprefix(b"\xef\xbb\xbf")
        yield number + 1, None if overlong else pending


def _unpacked(file: IO[bytes], name: str) -> Source:
    head = _peek(file, 4)
    if head.startswith(_GZIP):
        import gzip

        return Source(name, _Guarded(gzip.GzipFile(fileobj=cast("BinaryIO", file)).read, file, name).read)
    if head.startswith(_ZSTD):
        import pyarrow as pa

        stream = pa.CompressedInputStream(pa.PythonFile(file, mode="r"), "zstd")
        return Source(name, _Guarded(stream.read, file, name).read)
    return Source(name, file.read, file if file.seekable() else None)


def _peek(file: IO[bytes], size: int) -> bytes:
    peek = getattr(file, "peek", None)
    return bytes(peek(size)[:size]) if peek else b""


@dataclass(slots=True)
class _Guarded:
    """Reads unpacked bytes and turns what goes wrong with an archive into an error with a remedy."""

    inner: Callable[[int], bytes]
    packed: IO[bytes]
    name: str
    unpacked_bytes: int = 0

    def read(self, size: int) -> bytes:
        import zlib

        try:
            data = self.inner(size)
        except (EOFError, OSError, zlib.error):
            raise InputError(
                "records.truncated",
                f"{self.name} is compressed and was cut short or damaged",
                "copy or download it again; `gzip -t` or `zstd -t` shows whether it is whole",
            ) from None
        self.unpacked_bytes += len(data)
        if self.unpacked_bytes > _BOMB_BYTES and self._ratio() > _BOMB_RATIO:
            raise InputError(
                "records.bomb",
                f"{self.name} unpacks to more than {_BOMB_RATIO} times its size, as no real data does",
                "if you trust it, unpack it yourself and give the plain file",
            )
        return data

    def _ratio(self) -> float:
        try:
            return self.unpacked_bytes / max(self.packed.tell(), 1)
        except OSError:
            return 0.0  # a pipe cannot tell how much it gave; lines stay bounded all the same
