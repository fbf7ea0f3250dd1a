r"""Rows to a file that others open: NDJSON, CSV, Parquet, XLSX.

Invariants: a file appears whole or not at all; no text of a record is run as a formula by a spreadsheet program
(a partner may have chosen the name `=HYPERLINK(…)`); the same rows give the same bytes.

>>> import pathlib, tempfile
>>> path = pathlib.Path(tempfile.mkdtemp()) / "rows.csv"
>>> write_table(path, [{"id": 1, "name": "=1+1"}], ["id", "name"])
1
>>> path.read_bytes()
b"id,name\r\n1,'=1+1\r\n"
"""

from __future__ import annotations

import csv
import io
import os
import secrets
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from accord.errors import InputError, UsageError

FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
_PARQUET_ROWS = 50_000

Rows = Iterable[Mapping[str, object]]


def write_table(path: str | Path, rows: Rows, columns: Sequence[str]) -> int:
    """Write rows to a .jsonl, .csv, .tsv, .parquet or .xlsx file, or as NDJSON to stdout for `-`; their number.

    NDJSON takes every key of a row, the others take `columns`. Raises `UsageError` `records.format` for another
    suffix, `InputError` `records.write` when the place cannot be written.
    """
    if str(path) == "-":
        return _jsonl(sys.stdout.buffer, rows, columns)
    path = Path(path)
    writer = _WRITERS.get(path.suffix.lower())
    if writer is None:
        known = ", ".join(_WRITERS)
        raise UsageError("records.format", f"cannot write a {path.suffix or 'nameless'} file", f"use one of {known}")
    try:
        with whole(path) as file:
            return writer(file, rows, columns)
    except OSError as error:
        raise InputError("records.write", f"cannot write {path}: {error.strerror}", "choose another place") from None


def table_bytes(suffix: str, rows: Rows, columns: Sequence[str]) -> bytes:
    """The same file as bytes, never on the disk; `suffix` as `.csv`. Raises `UsageError` `records.format`."""
    writer = _WRITERS.get(suffix)
    if writer is None:
        raise UsageError("records.format", "cannot write such a file", f"use one of {', '.join(_WRITERS)}")
    file = io.BytesIO()
    writer(file, rows, columns)
    return file.getvalue()


@contextmanager
def whole(path: Path) -> Iterator[IO[bytes]]:
    """A file that is there when it was written to the end, and else not at all."""
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with beside.open("xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def _jsonl(file: IO[bytes], rows: Rows, _columns: Sequence[str]) -> int:
    import orjson

    count = 0
    for row in rows:
        file.write(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE | orjson.OPT_SERIALIZE_NUMPY))
        count += 1
    return count


def _csv(file: IO[bytes], rows: Rows, columns: Sequence[str], delimiter: str = ",") -> int:
    text = io.TextIOWrapper(file, encoding="utf-8", newline="", write_through=True)
    writer = csv.writer(text, delimiter=delimiter)
    writer.writerow([_harmless(column) for column in columns])
    count = 0
    for row in rows:
        writer.writerow([_harmless(flat(row.get(column))) for column in columns])
        count += 1
    text.detach()
    return count


def _tsv(file: IO[bytes], rows: Rows, columns: Sequence[str]) -> int:
    return _csv(file, rows, columns, "\t")


def _harmless(value: object) -> object:
    """Text that would be a formula gets an apostrophe in front (OWASP, CSV injection); numbers stay numbers."""
    if isinstance(value, str) and value.lstrip(" \n").startswith(FORMULA):
        return f"'{value}"
    return value


def flat(value: object) -> object:
    """A value as one cell: lists divided by semicolons, mappings as JSON."""
    if isinstance(value, list | tuple):
        return "; ".join(str(flat(item)) for item in value)
    if isinstance(value, Mapping):
        import orjson

        return orjson.dumps(value).decode()
    return value


def _xlsx(file: IO[bytes], rows: Rows, columns: Sequence[str]) -> int:
    from accord.records.workbook import Sheet, fill

    return fill(file, [Sheet("rows", columns, rows)])


def _parquet(file: IO[bytes], rows: Rows, columns: Sequence[str]) -> int:
    import pyarrow as pa
    import pyarrow.parquet as pq

    listed = [{column: row.get(column) for column in columns} for row in rows]
    arrays = {column: _array(pa, [row[column] for row in listed]) for column in columns}
    pq.write_table(pa.table(arrays), file, row_group_size=_PARQUET_ROWS)
    return len(listed)


def _array(pa: Any, values: list[object]) -> Any:
    try:
        return pa.array(values)
    except (pa.ArrowInvalid, pa.ArrowTypeError):  # a column of mixed types becomes text
        return pa.array([None if value is None else str(flat(value)) for value in values], pa.string())


_WRITERS: dict[str, Callable[[IO[bytes], Rows, Sequence[str]], int]] = {
    ".jsonl": _jsonl,
    ".csv": _csv,
    ".tsv": _tsv,
    ".parquet": _parquet,
    ".xlsx": _xlsx,
}
