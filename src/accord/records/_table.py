"""Rows of CSV, TSV and XLSX files, and the entities that a mapping makes of them.

Invariants: rows are read one after the other; the encoding and the delimiter are detected from the head of the file
unless the mapping says them, and what was detected is said; a workbook is checked for bombs before it is opened.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from collections.abc import Mapping as MappingType
from pathlib import Path
from typing import Any, cast

from accord.errors import InputError, Problem
from accord.records._source import LONGEST_LINE, Source
from accord.records._workbook import workbook_rows
from accord.records.mapping import MappedEntity, Mapping
from accord.records.model import Entity
from accord.records.report import Report
from accord.records.schemata import schema

_SAMPLE = 1 << 18
_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_FEW_ACCENTS = 0.1


def mapped_rows(source: Source, path: str | Path, mapping: Mapping, report: Report) -> Iterator[tuple[int, Entity]]:
    """The entities of each row, with the row's number. Raises `InputError` when a mapped column is missing."""
    rows = workbook_rows(source, path, mapping.sheet) if source.is_workbook else _csv_rows(source, mapping, report)
    header: list[str] | None = None
    stem = Path(source.name).name.split(".")[0]
    for number, cells in rows:
        if number < mapping.header or not any(cells):
            continue
        if header is None:
            header = cells
            _check_columns(header, mapping, source.name)
            continue
        row = dict(zip(header, cells + [""] * (len(header) - len(cells)), strict=False))
        made = _row_entities(row, mapping, f"{stem}-{number}")
        yield from ((number, entity) for entity in made)
        if not made:
            remedy = "fill the columns that make the id, or leave the row out"
            report.problem(Problem("records.row", "no entity of this row has an id", remedy, source.name, number))
    if header is None:
        raise InputError("records.empty", f"{source.name} has no row with column names", "check the file")


def _row_entities(row: MappingType[str, str], mapping: Mapping, fallback: str) -> list[Entity]:
    ids = {entity.key: found for entity in mapping.entities if (found := entity.identify(row, fallback))}
    made = []
    for entity in mapping.entities:
        if entity.key not in ids:
            continue
        properties: dict[str, tuple[str, ...]] = {}
        for value in entity.values:
            read = tuple(dict.fromkeys(value.read(row, ids)))
            if read:
                properties[value.prop] = properties.get(value.prop, ()) + read
        if _links(entity, properties):
            made.append(Entity(ids[entity.key], entity.schema, properties))
    return made


def _links(entity: MappedEntity, properties: MappingType[str, tuple[str, ...]]) -> bool:
    """Whether a link has both its ends (anything else always counts)."""
    known = schema(entity.schema)
    return known is None or known.edge is None or all(end in properties for end in known.edge)


def _check_columns(header: list[str], mapping: Mapping, name: str) -> None:
    missing = sorted(mapping.columns - set(header))
    if missing:
        raise InputError(
            "records.column",
            f"{name} has no column {', '.join(repr(column) for column in missing)}",
            f"its columns are: {', '.join(repr(column) for column in header[:50] if column)}",
        )
    twice = sorted({column for column in mapping.columns if header.count(column) > 1})
    if twice:
        raise InputError("records.column", f"{name} has two columns {twice[0]!r}", "rename one of them")


class _Rest(io.RawIOBase):
    """A source with the sample that was taken from its head put back."""

    def __init__(self, head: bytes, source: Source) -> None:
        self._head, self._source = head, source

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._head[: len(buffer)] or self._source.read(len(buffer))
        self._head = self._head[len(buffer) :]
        buffer[: len(data)] = data
        return len(data)


def _csv_rows(source: Source, mapping: Mapping, report: Report) -> Iterator[tuple[int, list[str]]]:
    head = source.read(_SAMPLE)
    encoding = mapping.encoding or _encoding(head, source.name)
    try:
        sample = head.decode(encoding, errors="ignore")
    except LookupError:
        raise InputError("records.encoding", f"no encoding is called {encoding}", "write utf-8, or its name") from None
    delimiter = mapping.delimiter or _delimiter(sample, mapping)
    report.say(f"{source.name}: read as {encoding}, columns divided by {_NAMES.get(delimiter, delimiter)}")
    text = io.TextIOWrapper(io.BufferedReader(cast("Any", _Rest(head, source))), encoding=encoding, newline="")
    reader = csv.reader(_bounded(text, source.name), delimiter=delimiter)
    number = 0
    while True:
        number += 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error:
            message, remedy = "a cell is too long or its quotes do not close", "close the quotes in this row"
            raise _unreadable("records.csv", message, remedy, source.name, reader.line_num) from None
        except UnicodeDecodeError:
            message, remedy = f"not {encoding}", 'say which encoding it has: [table] encoding = "…" in the mapping'
            raise _unreadable("records.encoding", message, remedy, source.name, reader.line_num + 1) from None
        yield number, [cell.strip() for cell in row]


_NAMES = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}


def _unreadable(code: str, message: str, remedy: str, file: str, line: int) -> InputError:
    problem = Problem(code, message, remedy, file, line)
    return InputError(code, f"{file} cannot be read to its end", remedy, [problem])


def _bounded(text: io.TextIOWrapper, name: str) -> Iterator[str]:
    number = 0
    while line := text.readline(LONGEST_LINE):
        number += 1
        if len(line) >= LONGEST_LINE:
            message = f"the line is longer than {LONGEST_LINE >> 20} MB"
            raise _unreadable("records.line", message, "check that it is a CSV file", name, number)
        yield line


def _encoding(head: bytes, name: str) -> str:
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return encoding
    try:
        # the sample may end inside a letter: its last bytes do not count
        (head[: head.rfind(b"\n") + 1] or head).decode("utf-8")
        return "utf-8"
    except UnicodeDecodeError:
        high = sum(byte > 127 for byte in head) / len(head)
        if high < _FEW_ACCENTS and b"\0" not in head:
            return "windows-1252"
    raise InputError(
        "records.encoding",
        f"{name} is not UTF-8, and its script cannot be told",
        'say which encoding it has: [table] encoding = "windows-1251" (or another) in the mapping',
    )


def _delimiter(sample: str, mapping: Mapping) -> str:
    """The one that finds most of the mapped columns in the header; commas if none finds any."""
    lines = sample.splitlines()
    header = lines[mapping.header - 1] if len(lines) >= mapping.header else ""

    def found(delimiter: str) -> int:
        cells = {cell.strip() for cell in next(csv.reader([header], delimiter=delimiter), [])}
        return len(cells & mapping.columns)

    return max(_NAMES, key=found)
