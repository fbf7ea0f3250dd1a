"""Rows of an XLSX file, after a look at the archive: a workbook is a zip of XML, and both can be bombs.

Invariants: the archive is checked before any of it is parsed; no document type, hence no entity, is ever parsed;
formulas are read as the values that the program stored, never computed.
"""

from __future__ import annotations

import datetime
import zipfile
from collections.abc import Iterator
from typing import IO, Any

from accord.errors import InputError
from accord.records._source import Source
from accord.records.mapping import Cell

_MOST_BYTES, _MOST_RATIO, _RATIO_FROM, _MOST_FILES = 512 << 20, 250, 4 << 20, 2000
_MOST_BYTES_HELD = 64 << 20


def workbook_rows(source: Source, sheet: str | None) -> Iterator[tuple[int, list[Cell]]]:
    """The rows of a sheet (the first by default), numbered from 1, each cell as text."""
    file = source.whole(_MOST_BYTES_HELD)
    _check_archive(file, source.name)
    import openpyxl

    try:
        book = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
    except Exception as error:  # openpyxl lets whatever its parsers raise pass
        raise _damaged(source.name) from error
    try:
        if sheet is not None and sheet not in book.sheetnames:
            names = ", ".join(book.sheetnames[:20])
            raise InputError("records.sheet", f"{source.name} has no such sheet", f"its sheets are: {names}")
        chosen = book[sheet] if sheet is not None else book.worksheets[0]
        chosen.reset_dimensions()  # the stored size of a sheet may be wrong
        for number, row in enumerate(_rows(chosen, source.name), 1):
            yield number, [text_of(value) for value in row]
    finally:
        book.close()


def _rows(sheet: Any, name: str) -> Iterator[tuple[object, ...]]:
    rows = sheet.iter_rows(values_only=True)
    while True:
        try:
            yield next(rows)
        except StopIteration:
            return
        except Exception as error:  # as above
            raise _damaged(name) from error


def _check_archive(file: IO[bytes], name: str) -> None:
    try:
        with zipfile.ZipFile(file) as archive:
            members = archive.infolist()
            total = sum(member.file_size for member in members)
            packed = [m for m in members if m.file_size > max(_RATIO_FROM, _MOST_RATIO * m.compress_size)]
            if total > _MOST_BYTES or len(members) > _MOST_FILES or packed:
                raise InputError(
                    "records.bomb",
                    f"{name} unpacks to far more than a table of its size holds",
                    "if you trust it, save the sheet as CSV and give that",
                )
            for member in members:
                if member.filename.endswith((".xml", ".rels")):
                    with archive.open(member) as part:
                        if b"<!" in part.read(1024).replace(b"<!--", b""):
                            raise InputError(
                                "records.xml",
                                f"{name} declares XML entities, as no spreadsheet program does",
                                "open it in a spreadsheet program and save it again",
                            )
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError):
        raise _damaged(name) from None


def _damaged(name: str) -> InputError:
    return InputError(
        "records.workbook",
        f"{name} is no XLSX workbook that can be read",
        "open it in a spreadsheet program and save it as .xlsx or .csv",
    )


def text_of(value: object) -> str:
    """A cell as text: dates in ISO form, whole numbers without a point."""
    if value is None or (isinstance(value, str) and value.startswith("#") and value.rstrip("!?").isupper()):
        return ""  # an empty cell, or an error of the program such as #N/A
    if isinstance(value, datetime.datetime):
        midnight = value.time() == datetime.time()
        return value.date().isoformat() if midnight else value.isoformat()
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1 << 53:
        return str(int(value))
    return str(value).strip()
