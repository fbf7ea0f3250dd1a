"""Large files at rest that are read a little at a time: encrypted page by page, opened without reading them whole.

Invariants: each file has a key of its own (HKDF over a random salt, bound to the file's name), so page numbers serve as
nonces; the last page is marked as such, so a file that was cut, swapped, reordered or altered raises `TrustError` when
the page concerned is read (a cut already when the file is opened); plaintext is in the memory of this process only.
After the STREAM construction of Hoang, Reyhanitabar, Rogaway and Vizár (2015), with random access.

>>> import io
>>> file = io.BytesIO()
>>> with PageWriter(file, "index", bytes(32)) as writer:
...     _ = writer.write(b"Amina Diallo")
>>> Pages(file, "index", bytes(32))[6:]
b'Diallo'
"""

from __future__ import annotations

import os
from collections import OrderedDict
from types import TracebackType
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from accord.errors import TrustError

_MAGIC = b"ACPAGES1"
_SALT_BYTES, _TAG_BYTES, _KEY_BYTES = 16, 16, 32
_HEAD = len(_MAGIC) + _SALT_BYTES
PAGE_BYTES = 1 << 14
_SEALED_BYTES = PAGE_BYTES + _TAG_BYTES
_KEPT = 4096  # pages in memory: 64 MiB


def _cipher(key: bytes, salt: bytes, name: str) -> AESGCM:
    return AESGCM(HKDF(SHA256(), _KEY_BYTES, salt=salt, info=b"pages\0" + name.encode()).derive(key))


def _nonce(page: int, *, last: bool) -> bytes:
    return page.to_bytes(11, "big") + bytes([last])


class PageWriter:
    """Encrypts what is written to it into an open file; the file is complete when the block ends well."""

    __slots__ = ("_cipher", "_file", "_page", "_rest")

    def __init__(self, file: BinaryIO, name: str, key: bytes) -> None:
        salt = os.urandom(_SALT_BYTES)
        self._file, self._page, self._rest = file, 0, bytearray()
        self._cipher = _cipher(key, salt, name)
        file.write(_MAGIC + salt)

    def __enter__(self) -> PageWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self._seal(bytes(self._rest), last=True)

    def write(self, data: bytes) -> int:
        """Take more of the plaintext; full pages go to the file."""
        self._rest += data
        done = 0
        while len(self._rest) - done > PAGE_BYTES:  # the last page, full or not, is kept back to be marked
            self._seal(bytes(self._rest[done : done + PAGE_BYTES]), last=False)
            done += PAGE_BYTES
        del self._rest[:done]
        return len(data)

    def _seal(self, page: bytes, *, last: bool) -> None:
        self._file.write(self._cipher.encrypt(_nonce(self._page, last=last), page, None))
        self._page += 1


class Pages:
    """The plaintext of a paged file as one long byte string: `len` and slices. Pages in use stay in memory."""

    __slots__ = ("_cipher", "_file", "_kept", "_last", "_length", "_name")

    def __init__(self, file: BinaryIO, name: str, key: bytes) -> None:
        """Open a file and check its beginning and end. Raises `TrustError` when it was altered, swapped or cut."""
        self._file, self._name = file, name
        self._kept: OrderedDict[int, bytes] = OrderedDict()
        size = file.seek(0, os.SEEK_END) - _HEAD
        file.seek(0)
        head = file.read(_HEAD)
        if not head.startswith(_MAGIC) or size < _TAG_BYTES:
            raise self._altered()
        self._cipher = _cipher(key, head[len(_MAGIC) :], name)
        self._last = (size - 1) // _SEALED_BYTES
        self._length = self._last * PAGE_BYTES + len(self._page(self._last))

    def __len__(self) -> int:
        return self._length

    def __getitem__(self, part: slice) -> bytes:
        """A slice of the plaintext. Raises `TrustError` when a page of it was altered."""
        start, stop, _ = part.indices(self._length)
        if start >= stop:
            return b""
        first, last = start // PAGE_BYTES, (stop - 1) // PAGE_BYTES
        if first == last:
            return self._page(first)[start - first * PAGE_BYTES : stop - first * PAGE_BYTES]
        whole = b"".join(self._page(number) for number in range(first, last + 1))
        return whole[start - first * PAGE_BYTES : stop - first * PAGE_BYTES]

    @property
    def place(self) -> str:
        """What tells this file from a copy of it, one from a backup too: its number at the file system, and the time
        that the system noted when it came there (of its making, on Windows), which no program can set."""
        found = os.fstat(self._file.fileno())
        return f"{found.st_ino}.{found.st_ctime_ns}"

    def check(self) -> None:
        """Read every page. Raises `TrustError` when one was altered."""
        for number in range(self._last + 1):
            self._page(number)

    def close(self) -> None:
        """Let go of the file and of the pages in memory."""
        self._kept.clear()
        self._file.close()

    def _page(self, number: int) -> bytes:
        page = self._kept.get(number)
        if page is None:
            self._file.seek(_HEAD + number * _SEALED_BYTES)
            sealed = self._file.read(_SEALED_BYTES)
            try:
                page = self._cipher.decrypt(_nonce(number, last=number == self._last), sealed, None)
            except (InvalidTag, ValueError):
                raise self._altered() from None
            if len(self._kept) >= _KEPT:
                self._kept.popitem(last=False)
            self._kept[number] = page
        else:
            self._kept.move_to_end(number)
        return page

    def _altered(self) -> TrustError:
        message = f"the paged file {self._name} was altered, swapped or cut short"
        return TrustError("vault.pages", message, "delete it, or restore the folder from a backup")
