"""Rows of a CSV, TSV or XLSX file with the line they stand on, streaming.

Invariants: a row maps the header's words to stripped text ("" for an empty cell); the header of a workbook is its
first row with three or more filled cells (statistics tables put their publisher above it); gzip is recognised by
its first bytes, never by the name.

>>> list(_dicts(iter([(1, ["a", "b"]), (2, ["1"])])))
[(2, {'a': '1', 'b': ''})]
"""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from collections.abc import Iterator
from pathlib import Path

from accord.errors import InputError

_HEADER_CELLS = 3
_HEADER_WITHIN = 20


PACKED = b"\x1f\x8b"
DAMAGED = (OSError, EOFError, zlib.error)  # what reading a packed file raises


def opened(path: Path) -> io.BufferedReader | gzip.GzipFile:
    """A file for reading, unpacked if it is gzip, whatever its name says."""
    with path.open("rb") as file:
        packed = file.read(2) == PACKED
    return gzip.open(path, "rb") if packed else path.open("rb")


def read_rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield `(line, {column: text})`; raises `InputError` (`coverage.unreadable`) when the file is no table."""
    with path.open("rb") as file:
        magic = file.read(4)
    if magic.startswith(b"PK\x03\x04"):
        yield from _dicts(_sheet(path))
    else:
        yield from _dicts(_separated(path))


def _dicts(rows: Iterator[tuple[int, list[str]]]) -> Iterator[tuple[int, dict[str, str]]]:
    header: list[str] = []
    for line, cells in rows:
        if not header:
            header = cells
        elif any(cells):
            yield line, {name: cells[at] if at < len(cells) else "" for at, name in enumerate(header) if name}


def _separated(path: Path) -> Iterator[tuple[int, list[str]]]:
    try:
        with opened(path) as raw:
            text = io.TextIOWrapper(raw, encoding="utf-8-sig", newline="")
            head = text.readline()
            rows = csv.reader(_again(head, text), delimiter=max(",;\t", key=head.count))
            for cells in rows:
                yield rows.line_num, [cell.strip() for cell in cells]
    except UnicodeDecodeError as error:
        raise InputError("coverage.unreadable", f"{path.name} is not UTF-8", "save it as CSV UTF-8") from error
    except (*DAMAGED, csv.Error) as error:
        raise InputError("coverage.unreadable", f"{path.name} is no readable table", "save it as CSV UTF-8") from error


def _again(head: str, rest: io.TextIOWrapper) -> Iterator[str]:
    yield head
    yield from rest


def _sheet(path: Path) -> Iterator[tuple[int, list[str]]]:
    from openpyxl import load_workbook

    try:
        book = load_workbook(path, read_only=True, data_only=True)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # some writers state a size of one cell
        seen_header = False
        for line, row in enumerate(sheet.iter_rows(values_only=True), start=1):
            cells = [_text(value) for value in row]
            if not seen_header and sum(map(bool, cells)) < _HEADER_CELLS and line < _HEADER_WITHIN:
                continue
            seen_header = True
            yield line, cells
        book.close()
    except InputError:
        raise
    except Exception as error:  # openpyxl raises whatever its parts raise on a damaged workbook
        raise InputError("coverage.unreadable", f"{path.name} is no readable workbook", "save it as XLSX") from error


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()
