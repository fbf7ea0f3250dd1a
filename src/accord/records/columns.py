r"""A flat table as columns: one record a row, one value a cell, no objects in between.

A mapping is *flat* when it makes one entity a row and takes one value for each property (a column, several columns
joined, or a fixed value). Then nothing is lost by reading columns, and a million rows take seconds.

Invariants: the ids and cells are those that `read_entities` would give; what cannot be read this way (an id twice, a
row without one, a cell with several values) is left to it: the answer is None.

>>> import pathlib, tempfile
>>> from accord.records.mapping import parse_mapping
>>> path = pathlib.Path(tempfile.mkdtemp()) / "staff.csv"
>>> _ = path.write_text("no,Full name\n1,Ana\n2,Eva\n")
>>> mapping = parse_mapping('[[entity]]\nschema = "Person"\nid = "p-{no}"\nproperties.name = "Full name"')
>>> columns = read_columns(path, mapping)
>>> columns.ids, columns.cells["Full name"].to_pylist()
(['p-1', 'p-2'], ['Ana', 'Eva'])
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping as MappingType
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from accord.records._delimited import Raw, detect
from accord.records._format import format_of
from accord.records._rows import PARQUET, ZIP, table_rows
from accord.records._source import open_source
from accord.records._table import check_columns
from accord.records.mapping import Mapping
from accord.records.report import Report

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["Columns", "is_flat", "is_table", "read_columns"]


@dataclass(frozen=True, slots=True)
class Columns:
    """The mapped columns of a flat table; `cells` holds an Arrow array of texts for each."""

    ids: list[str]
    cells: MappingType[str, pa.Array]


def is_table(path: str | Path) -> bool:
    """Whether a file is a table, by its content; stdin is not looked at. Raises `InputError` when there is nothing."""
    if str(path) == "-":
        return False
    with open_source(path) as source:
        return format_of(source, path, mapped=True) == "table"


def is_flat(mapping: Mapping) -> bool:
    """Whether each row is one record with one value for each property."""
    if len(mapping.entities) != 1:
        return False
    return all(
        value.entity is None and value.split is None and (value.join is not None or len(value.columns) <= 1)
        for value in mapping.entities[0].values
    )


def read_columns(path: str | Path, mapping: Mapping) -> Columns | None:
    """The columns of a table whose mapping is flat; None when its rows are not flat after all.

    Raises `InputError` as `read_entities` does when the file itself cannot be read.
    """
    wanted = sorted(mapping.columns)
    cells = _arrow(path, mapping, wanted) if str(path) != "-" else None
    if cells is None:
        cells = _row_by_row(path, mapping, wanted)
    if cells is None:
        return None
    ids = _ids(mapping, cells)
    return Columns(ids, cells) if ids is not None and len(set(ids)) == len(ids) else None


def _ids(mapping: Mapping, cells: MappingType[str, pa.Array]) -> list[str] | None:
    """The id of each row; None when a row has none."""
    entity = mapping.entities[0]
    if entity.id is None:
        return None  # rows are then known by their line, which columns do not keep
    used = {column: cells[column].to_pylist() for column in entity.id_columns}
    if not all(all(values) for values in used.values()):
        return None
    rows = zip(*used.values(), strict=True)
    found = [entity.identify(dict(zip(used, row, strict=True)), "") for row in rows]
    return [identity for identity in found if identity]


def _arrow(path: str | Path, mapping: Mapping, wanted: list[str]) -> dict[str, pa.Array] | None:
    """Read UTF-8 text with Arrow; None for anything else, and for whatever it stumbles over."""
    import pyarrow as pa
    from pyarrow import csv as arrow_csv

    with open_source(path) as source:
        if source.peek(4) in (PARQUET, ZIP) or mapping.layout.header != 1:
            return None
        encoding, delimiter, sample = detect(source, mapping.layout, frozenset(wanted))
        if encoding.lower().replace("-", "") not in ("utf8", "utf8sig"):
            return None
        header = next(csv.reader([sample.lstrip("\ufeff").split("\n")[0].rstrip("\r")], delimiter=delimiter), [])
        names = [name.strip() for name in header]
        check_columns(names, mapping, source.name)
        try:
            table = arrow_csv.read_csv(
                pa.PythonFile(io.BufferedReader(cast("Any", Raw(source)), 1 << 20), "r"),
                arrow_csv.ReadOptions(use_threads=True, column_names=names, skip_rows=1, block_size=1 << 24),
                arrow_csv.ParseOptions(delimiter=delimiter, newlines_in_values=True),
                arrow_csv.ConvertOptions(
                    include_columns=wanted,
                    column_types=dict.fromkeys(wanted, pa.string()),
                    null_values=[""],
                    strings_can_be_null=True,
                ),
            )
        except (pa.ArrowException, UnicodeDecodeError, ValueError):
            return None
    import pyarrow.compute as pc

    return {name: pc.utf8_trim_whitespace(table[name].combine_chunks()) for name in wanted}


def _row_by_row(path: str | Path, mapping: Mapping, wanted: list[str]) -> dict[str, pa.Array] | None:
    """Any table; None when a cell holds several values."""
    import pyarrow as pa

    cells: dict[str, list[str | None]] = {name: [] for name in wanted}
    with open_source(path) as source:
        places: list[int] | None = None
        for _, row in table_rows(source, mapping.layout, mapping.columns, Report()):
            if places is None:
                names = [str(cell) for cell in row]
                check_columns(names, mapping, source.name)
                places = [names.index(name) for name in wanted]
                continue
            for name, place in zip(wanted, places, strict=True):
                cell = row[place] if place < len(row) else ""
                if isinstance(cell, tuple):
                    if len(cell) > 1:
                        return None
                    cell = cell[0] if cell else ""
                cells[name].append(cell or None)
    return {name: pa.array(values, pa.string()) for name, values in cells.items()}
