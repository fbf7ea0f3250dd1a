"""Rows of a table in whatever file it comes: CSV, TSV, XLSX, Parquet, told apart by content.

Invariants: rows come one after the other, in constant memory; the row with the column names comes first; what was
detected (encoding, delimiter) is said in the report.
"""

from __future__ import annotations

from collections.abc import Iterator

from accord.errors import InputError
from accord.records._source import Source
from accord.records.mapping import Cell, Layout
from accord.records.report import Report

PARQUET, ZIP, OLD_WORKBOOK = b"PAR1", b"PK\x03\x04", b"\xd0\xcf\x11\xe0"


def table_rows(
    source: Source, layout: Layout, wanted: frozenset[str], report: Report
) -> Iterator[tuple[int, list[Cell]]]:
    """Rows with their numbers from 1, those above the column names and empty ones left out.

    `wanted` names the columns that will be used: they help to find the delimiter, and no others are read from Parquet;
    empty means all. Raises `InputError` of many codes when the file cannot be read, `records.empty` without a header.
    """
    found = False
    for number, cells in _all_rows(source, layout, wanted, report):
        if number >= layout.header and any(cells):
            found = True
            yield number, cells
    if not found:
        raise InputError("records.empty", f"{source.name} has no row with column names", "check the file")


def _all_rows(
    source: Source, layout: Layout, wanted: frozenset[str], report: Report
) -> Iterator[tuple[int, list[Cell]]]:
    head = source.peek(4)
    if head == PARQUET:
        from accord.records._parquet import parquet_rows

        return parquet_rows(source, layout.header, wanted)
    if head == ZIP:
        from accord.records._workbook import workbook_rows

        return workbook_rows(source, layout.sheet)
    if head == OLD_WORKBOOK:
        raise InputError("records.workbook", f"{source.name} is an old .xls workbook", "save it as .xlsx or .csv")
    from accord.records._delimited import delimited_rows

    return delimited_rows(source, layout, wanted, report)
