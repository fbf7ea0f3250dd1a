"""The index of a holding: made once, opened in milliseconds, read where it lies.

Invariants: records and keys come in slices of one long byte string, which may be a mapped file, an encrypted one that
is opened page by page, or memory; opening reads its end, however large the holding is; an index says which holding it
was made of, so that a holding that changed is indexed anew; an index file appears whole or not at all, and only its
owner may read it; a damaged one is refused.

A key leads to a bucket (by its first bits) that holds its keys in order, and for each the records that have it.
"""

from __future__ import annotations

import io
import mmap
import os
import secrets
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice, pairwise
from pathlib import Path
from typing import Protocol

import numpy as np
import orjson
from numpy.typing import NDArray

from accord.errors import InputError
from accord.match.screen.keys import CAPS, SORT_BITS, Sort, keys_of
from accord.match.screen.rows import Row, pack
from accord.match.v1.analyse import analyse
from accord.match.v1.block import without_latin
from accord.records.model import Entity

__all__ = ["Bytes", "Index", "Sink", "build", "open_file", "open_index", "write_file", "write_index"]

_MAGIC, _VERSION, _BATCH = b"ACSCREEN", 3, 4_000
_KEYS_A_BUCKET = 64
_FOREIGN = 1 << 31  # in a list of records: one without a Latin name
_CAPS = np.array(CAPS)


class Bytes(Protocol):
    """A long byte string of which slices are read."""

    def __len__(self) -> int: ...

    def __getitem__(self, part: slice, /) -> bytes: ...


class Sink(Protocol):
    """What takes in bytes, from the first to the last."""

    def write(self, data: bytes, /) -> object: ...


@dataclass(frozen=True, slots=True)
class Index:
    """An open index."""

    data: Bytes
    made_of: str
    records: int
    bits: int  # how many bits of a key lead to its bucket
    offsets_at: int  # of records: where each lies, and where the last one ends
    buckets_at: int  # the same of buckets

    def __len__(self) -> int:
        return self.records

    def row(self, number: int) -> Row:
        """The analysed record of that number. Raises `InputError` `screen.index` when the index is damaged."""
        try:
            return Row.read(self.data[self._span(self.offsets_at, number)])
        except (ValueError, TypeError, struct.error):
            raise _no_index("the index") from None

    def holders(self, keys: Iterable[int], *, foreign: bool) -> list[int]:
        """Which records share one of the keys of a record that has, or `foreign`: has not, a Latin name."""
        found: set[int] = set()
        for key in keys:
            bucket = self.data[self._span(self.buckets_at, key >> (64 - self.bits) if self.bits else 0)]
            if not bucket:
                continue
            (number,) = struct.unpack_from("<Q", bucket)
            ordered = np.frombuffer(bucket, "<u8", number, 8)
            place = int(np.searchsorted(ordered, np.uint64(key)))
            if place == number or int(ordered[place]) != key:
                continue
            ends = np.frombuffer(bucket, "<u4", number + 1, 8 + 8 * number)
            holders = np.frombuffer(bucket, "<u4", -1, 12 + 12 * number)[ends[place] : ends[place + 1]]
            if key & ((1 << SORT_BITS) - 1) >= Sort.COARSE_BEGINNINGS:  # these are for records that share no script
                holders = holders[(holders >= _FOREIGN) != foreign]
            found.update((holders & (_FOREIGN - 1)).tolist())
        return sorted(found)

    def _span(self, table: int, number: int) -> slice:
        at = table + 8 * number
        return slice(*struct.unpack("<QQ", self.data[slice(at, at + 16)]))


def build(entities: Iterable[Entity], made_of: str = "") -> Index:
    """Index records in memory; `made_of` is a fingerprint of where they come from."""
    file = io.BytesIO()
    write_index(file, entities, made_of)
    return open_index(file.getvalue())


def write_index(sink: Sink, entities: Iterable[Entity], made_of: str) -> None:
    """Write the index of records, front to back; beside it, memory holds the keys of all records and nothing else."""
    at = len(_MAGIC)
    sink.write(_MAGIC)
    keys: list[NDArray[np.uint64]] = []
    owners: list[NDArray[np.uint32]] = []
    offsets = [at]
    left = iter(entities)
    while batch := list(islice(left, _BATCH)):
        table = analyse(batch)
        found = keys_of(table)
        marked = np.arange(len(offsets) - 1, len(offsets) - 1 + len(batch), dtype=np.uint32)
        marked[without_latin(table)] |= np.uint32(_FOREIGN)
        owners.append(np.repeat(marked, [len(own) for own in found]))
        keys.append(np.fromiter((key for own in found for key in own), np.uint64, len(owners[-1])))
        for row in pack(table, [entity.caption for entity in batch]):
            line = row.written()
            sink.write(line)
            at += len(line)
            offsets.append(at)
    buckets, bits = _write_buckets(sink, keys, owners, at)
    footer = orjson.dumps({"version": _VERSION, "made_of": made_of, "records": len(offsets) - 1, "bits": bits})
    tables = np.array(offsets, "<u8").tobytes() + buckets.astype("<u8").tobytes()
    sink.write(tables + footer + struct.pack("<I", len(footer)) + _MAGIC)


def _write_buckets(
    sink: Sink, keys: list[NDArray[np.uint64]], owners: list[NDArray[np.uint32]], at: int
) -> tuple[NDArray[np.uint64], int]:
    """Write keys in order with their records, without those that more records share than allowed; where buckets lie."""
    key = np.concatenate(keys) if keys else np.zeros(0, np.uint64)
    owner = np.concatenate(owners) if owners else np.zeros(0, np.uint32)
    keys.clear()
    owners.clear()
    order = np.argsort(key, kind="stable")
    key, owner = key[order], owner[order]
    del order
    first = np.flatnonzero(np.r_[True, key[1:] != key[:-1]]) if len(key) else np.zeros(0, np.int64)
    sizes = np.diff(np.r_[first, len(key)])
    few = sizes < _CAPS[key[first] & np.uint64((1 << SORT_BITS) - 1)]  # the one who asks makes one more
    owner = owner[np.repeat(few, sizes)]
    key, sizes = key[first[few]], sizes[few]
    bits = max(len(key) // _KEYS_A_BUCKET, 1).bit_length() - 1
    edges = np.searchsorted(key >> np.uint64(64 - bits), np.arange(2**bits + 1, dtype=np.uint64)) if bits else None
    cuts = [0, len(key)] if edges is None else edges.tolist()
    ends = np.r_[0, np.cumsum(sizes)]
    places = [at]
    for start, stop in pairwise(cuts):
        if start < stop:
            own = ends[start : stop + 1]
            bucket = struct.pack("<Q", stop - start) + key[start:stop].astype("<u8").tobytes()
            bucket += (own - own[0]).astype("<u4").tobytes() + owner[own[0] : own[-1]].astype("<u4").tobytes()
            sink.write(bucket)
            at += len(bucket)
        places.append(at)
    return np.array(places, dtype=np.uint64), bits


def open_index(data: Bytes) -> Index:
    """Open an index. Raises `InputError` `screen.index` when it is none, or damaged."""
    tail = len(_MAGIC) + 4
    try:
        if data[: len(_MAGIC)] != _MAGIC or data[len(data) - len(_MAGIC) : len(data)] != _MAGIC:
            raise _no_index("this")
        (size,) = struct.unpack("<I", data[len(data) - tail : len(data) - len(_MAGIC)])
        end = len(data) - tail - size
        head = orjson.loads(data[end : len(data) - tail])
        if head["version"] != _VERSION:
            raise _no_index("this")
        records, bits = int(head["records"]), int(head["bits"])
        buckets = end - 8 * (2**bits + 1)
        index = Index(data, str(head["made_of"]), records, bits, buckets - 8 * (records + 1), buckets)
        if index.offsets_at < len(_MAGIC) or index._span(index.offsets_at, 0).start != len(_MAGIC):
            raise _no_index("this")
    except (ValueError, KeyError, TypeError, OverflowError, struct.error):
        raise _no_index("this") from None
    return index


def write_file(path: Path, entities: Iterable[Entity], made_of: str) -> None:
    """Write an index file. Raises `InputError` `screen.write` when the place cannot be written."""
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            write_index(file, entities, made_of)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError as error:
        raise InputError("screen.write", f"cannot write {path}: {error.strerror}", "choose another place") from None
    finally:
        beside.unlink(missing_ok=True)


def open_file(path: Path) -> Index:
    """Open an index file where it lies. Raises `InputError` `screen.index` when it is none, or damaged."""
    try:
        with path.open("rb") as file:
            data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except (OSError, ValueError):
        raise _no_index(str(path)) from None
    try:
        return open_index(data)
    except InputError:
        raise _no_index(str(path)) from None


def _no_index(what: str) -> InputError:
    return InputError(
        "screen.index",
        f"{what} is no index that can be used",
        "if it is a damaged index, delete it and it is made again; else name another file",
    )
