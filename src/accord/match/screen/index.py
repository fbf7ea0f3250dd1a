"""The index of a holding: built once, opened in milliseconds, read where it lies.

Invariants: an index file appears whole or not at all, and only its owner may read it (it holds the records); it says
which holding it was made of, so that a holding that changed is indexed anew; opening reads a few hundred bytes, however
large the holding; a damaged file is refused.
"""

from __future__ import annotations

import mmap
import os
import secrets
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
import orjson
from numpy.typing import NDArray

from accord.errors import InputError
from accord.match.screen.keys import keys_of
from accord.records.model import Entity

_MAGIC, _VERSION, _BATCH = b"ACSCREEN", 1, 4_000
_ARRAYS = (("keys", "<u8"), ("starts", "<u8"), ("rows", "<u4"), ("offsets", "<u8"))


@dataclass(frozen=True, slots=True)
class Index:
    """Sorted keys and, for each, the records that have it; the records themselves as JSON lines."""

    keys: NDArray[np.uint64]
    starts: NDArray[np.uint64]  # one more than keys: `rows[starts[i]:starts[i + 1]]` have key i
    rows: NDArray[np.uint32]
    offsets: NDArray[np.uint64]  # one more than records: where each lies in `blob`
    blob: memoryview
    made_of: str

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def entity(self, row: int) -> Entity:
        """The record of that number."""
        return Entity.from_dict(orjson.loads(self.blob[int(self.offsets[row]) : int(self.offsets[row + 1])]))


def build(entities: Iterable[Entity], made_of: str = "") -> Index:
    """Index records; `made_of` is a fingerprint of where they come from."""
    numbers: list[NDArray[np.uint64]] = []
    owners: list[NDArray[np.uint32]] = []
    limits: list[NDArray[np.uint8]] = []
    lines: list[bytes] = []
    left = iter(entities)
    while batch := list(islice(left, _BATCH)):
        found = keys_of(batch)
        flat = [key for keys in found for key in keys]
        numbers.append(np.array([number for number, _ in flat], dtype=np.uint64))
        limits.append(np.array([limit for _, limit in flat], dtype=np.uint8))
        counts = [len(keys) for keys in found]
        owners.append(np.repeat(np.arange(len(lines), len(lines) + len(batch)), counts).astype(np.uint32))
        lines += [bytes(memoryview(orjson.dumps(entity.to_dict()))) for entity in batch]
    offsets = np.zeros(len(lines) + 1, dtype=np.uint64)
    np.cumsum([len(line) for line in lines], out=offsets[1:])
    keys, starts, rows = _postings(numbers, owners, limits)
    return Index(keys, starts, rows, offsets, memoryview(b"".join(lines)), made_of)


def _postings(
    numbers: list[NDArray[np.uint64]], owners: list[NDArray[np.uint32]], limits: list[NDArray[np.uint8]]
) -> tuple[NDArray[np.uint64], NDArray[np.uint64], NDArray[np.uint32]]:
    """Keys in order with their records; what more records share than its limit allows is left out."""
    if not numbers:
        return np.zeros(0, np.uint64), np.zeros(1, np.uint64), np.zeros(0, np.uint32)
    number, owner, limit = np.concatenate(numbers), np.concatenate(owners), np.concatenate(limits)
    order = np.argsort(number, kind="stable")
    number, owner, limit = number[order], owner[order], limit[order]
    first = np.flatnonzero(np.r_[True, number[1:] != number[:-1]]) if len(number) else np.zeros(0, np.int64)
    sizes = np.diff(np.r_[first, len(number)])
    few = sizes <= limit[first]
    starts = np.r_[0, np.cumsum(sizes[few])].astype(np.uint64)
    return number[first[few]], starts, owner[np.repeat(few, sizes)]


def write_index(path: Path, index: Index) -> None:
    """Write an index file. Raises `InputError` `screen.write` when the place cannot be written."""
    arrays = [np.ascontiguousarray(getattr(index, name), dtype=kind) for name, kind in _ARRAYS]
    head = orjson.dumps({
        "version": _VERSION, "made_of": index.made_of, "blob": len(index.blob),
        "lengths": [len(array) for array in arrays],
    })  # fmt: skip
    head += b" " * (-(len(_MAGIC) + 4 + len(head)) % 8)
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(_MAGIC + struct.pack("<I", len(head)) + head)
            for array in arrays:
                file.write(array.tobytes() + b"\0" * (-array.nbytes % 8))
            file.write(index.blob)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError as error:
        raise InputError("screen.write", f"cannot write {path}: {error.strerror}", "choose another place") from None
    finally:
        beside.unlink(missing_ok=True)


def open_index(path: Path) -> Index:
    """Open an index file where it lies. Raises `InputError` `screen.index` when it is none, or damaged."""
    wrong = InputError("screen.index", f"{path} is no index that can be used", "delete it; it will be made again")
    try:
        with path.open("rb") as file:
            data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except (OSError, ValueError):
        raise wrong from None
    try:
        if data[: len(_MAGIC)] != _MAGIC:
            raise wrong
        (size,) = struct.unpack("<I", data[len(_MAGIC) : len(_MAGIC) + 4])
        at = len(_MAGIC) + 4 + size
        head = orjson.loads(data[len(_MAGIC) + 4 : at])
        if head["version"] != _VERSION:
            raise wrong
        arrays = {}
        for (name, kind), length in zip(_ARRAYS, head["lengths"], strict=True):
            arrays[name] = np.frombuffer(data, dtype=kind, count=length, offset=at)
            at += arrays[name].nbytes + (-arrays[name].nbytes % 8)
        if len(data) != at + head["blob"]:
            raise wrong
        return Index(**arrays, blob=memoryview(data)[at:], made_of=str(head["made_of"]))
    except (ValueError, KeyError, TypeError, struct.error):
        raise wrong from None
