"""Sheets of rows as one workbook (.xlsx): numbers and days stay what they are, and no text becomes a formula.

Invariants: a cell that begins like a formula is text, and stays text when it is edited; the same sheets give the same
bytes (no time of writing in them); a name that spreadsheet programs refuse is mended, not refused.

>>> import io
>>> fill(io.BytesIO(), [Sheet("What, where?", ["id", "need"], [{"id": "=1+1", "need": 0.5}], widths={"id": 20})])
1
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from accord.errors import InputError
from accord.records.write import FORMULA, Rows, flat, whole

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")  # not allowed in XML 1.0
_REFUSED = re.compile(r"[\[\]:*?/\\]")  # in the name of a sheet, which has at most 31 characters
_MOST_ROWS, _MOST_CELL, _MOST_NAME = 1_048_576, 32_767, 31
_WRITTEN = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the first day that a zip archive can state


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: its name, the heads of its columns, the rows by these heads, and widths in characters."""

    name: str
    columns: Sequence[str]
    rows: Rows
    widths: Mapping[str, int] = field(default_factory=dict)


def write_workbook(path: Path, sheets: Sequence[Sheet]) -> int:
    """Write the sheets to a file, whole or not at all; the number of rows.

    Raises `InputError`: `records.rows` for more rows than a sheet holds, `records.write` where it cannot be written.
    """
    try:
        with whole(path) as file:
            return fill(file, sheets)
    except OSError as error:
        raise InputError("records.write", f"cannot write {path}: {error.strerror}", "choose another place") from None


def fill(file: IO[bytes], sheets: Sequence[Sheet]) -> int:
    """Write the sheets to an open file; the number of rows."""
    import openpyxl

    book = openpyxl.Workbook(write_only=True)
    count = sum(_fill(book, one) for one in sheets)
    draft = io.BytesIO()
    book.save(draft)
    _settle(draft, file)
    return count


def _fill(book: Any, wanted: Sheet) -> int:
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    sheet = book.create_sheet(_REFUSED.sub(" ", wanted.name).strip("' ")[:_MOST_NAME])
    sheet.freeze_panes = "A2"
    for number, column in enumerate(wanted.columns, start=1):
        if column in wanted.widths:
            sheet.column_dimensions[get_column_letter(number)].width = wanted.widths[column]
    head = [_cell(sheet, column) for column in wanted.columns]
    for made in head:
        made.font = Font(bold=True)
    sheet.append(head)
    count = 0
    for row in wanted.rows:
        count += 1
        if count >= _MOST_ROWS:
            raise InputError(
                "records.rows", "a workbook holds 1,048,576 rows, and there are more", "write .csv instead"
            )
        sheet.append([_cell(sheet, row.get(column)) for column in wanted.columns])
    if count and len(wanted.columns) > 1:
        sheet.auto_filter.ref = f"A1:{get_column_letter(len(wanted.columns))}{count + 1}"
    return count


def _cell(sheet: Any, value: object) -> Any:
    from openpyxl.cell import WriteOnlyCell

    value = flat(value)
    if not isinstance(value, str):
        return value
    made = WriteOnlyCell(sheet, _CONTROL.sub("\ufffd", value)[:_MOST_CELL])
    made.data_type = "s"  # text, even if it begins with "="
    made.quotePrefix = value.lstrip(" \n").startswith(FORMULA)  # and it stays text when it is edited
    return made


def _settle(draft: IO[bytes], file: IO[bytes]) -> None:
    """Copy the archive without the time at which it was written."""
    with zipfile.ZipFile(draft) as made, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as settled:
        for name in made.namelist():
            content = made.read(name)
            if name == "docProps/core.xml":
                content = _WRITTEN.sub(rb"\g<1>1980-01-01T00:00:00Z", content)
            settled.writestr(zipfile.ZipInfo(name, _EPOCH), content, zipfile.ZIP_DEFLATED)
