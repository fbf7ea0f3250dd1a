"""From a file with a flat mapping to a table: which column is compared how.

Invariants: sensitive properties (religion, ethnicity, political opinion) are never read; neither is prose (notes,
descriptions) nor what says nothing of the thing itself (sources, times of change).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from accord.match.table.columns import Column, Field, Sort, Table
from accord.records import clean
from accord.records.columns import Columns, is_flat, is_table, read_columns
from accord.records.mapping import Mapping, Value, load_mapping
from accord.records.schemata import property_type, schema

_GIVEN = frozenset(("firstName", "givenName", "middleName", "secondName", "fatherName"))
_FAMILY = frozenset(("lastName", "motherName"))
_MORE_NAMES = frozenset(("alias", "weakAlias", "previousName", "abbreviation"))
_UNTOLD = frozenset(
    "notes description summary biography proof keywords indexText topics program programId sourceUrl publisher "  # noqa: SIM905
    "publisherUrl retrievedAt modifiedAt createdAt alephUrl title nameSuffix riskSource".split()
)
_CODES = frozenset(("identifier", "phone", "email", "ip", "checksum"))
_LOOKED_AT, _LONGEST_CODE, _PROSE = 400, 14, 60
FEWEST_ROWS = 1_000
_OTHER_LETTERS = 0.02


def read_table(left: str | Path, right: str | Path | None, mappings: tuple[Path, ...]) -> Table | None:
    """The table of one file, or of two side by side; None when records should be compared one by one instead.

    That is so when the rows are not flat, when two files are not mapped to the same columns, when there are fewer than
    `FEWEST_ROWS` (too few to tell what is rare), and when names are in more than one kind of letters.

    Raises `InputError` as the readers do.
    """
    if not mappings or not all(is_table(path) for path in (left, right) if path is not None):
        return None
    first, second = load_mapping(mappings[0]), load_mapping(mappings[-1])
    if not is_flat(first) or not is_flat(second) or _has_more_names(first) or _has_more_names(second):
        return None
    ours = read_columns(left, first)
    if ours is None:
        return None
    if right is None:
        return _table(ours.ids, _cells(ours, first), first, None)
    theirs = read_columns(right, second)
    cells, others = _cells(ours, first), _cells(theirs, second) if theirs else {}
    if theirs is None or first.entities[0].schema != second.entities[0].schema or cells.keys() != others.keys():
        return None
    import pyarrow as pa

    stacked = {name: pa.chunked_array([cells[name], others[name]], pa.string()) for name in cells}
    return _table([*ours.ids, *theirs.ids], stacked, first, len(ours.ids))


def _table(ids: list[str], cells: dict[tuple[str, int], Any], mapping: Mapping, split: int | None) -> Table | None:
    names = [cells[value.prop, 0] for value in mapping.entities[0].values if _names_it(value.prop, mapping)]
    if len(ids) < FEWEST_ROWS or not names or any(map(_in_other_letters, names)):
        return None
    captions = [" ".join(filter(None, row)) for row in zip(*(name.to_pylist() for name in names), strict=True)]
    return Table(ids, tuple(_fields(cells, mapping)), mapping.entities[0].schema, split, captions)


def _names_it(prop: str, mapping: Mapping) -> bool:
    return prop in _GIVEN | _FAMILY or property_type(mapping.entities[0].schema, prop) == "name"


def _in_other_letters(cells: Any) -> bool:
    """Whether more than a few names are not in Latin letters."""
    import pyarrow.compute as pc

    other = pc.sum(pc.match_substring_regex(cells, r"[^\p{Latin}\p{Common}\p{Inherited}]")).as_py() or 0
    return bool(other > _OTHER_LETTERS * len(cells))


def _has_more_names(mapping: Mapping) -> bool:
    """A record with several names is more than a row of a flat table."""
    return any(value.prop in _MORE_NAMES for value in mapping.entities[0].values)


def _cells(columns: Columns, mapping: Mapping) -> dict[tuple[str, int], Any]:
    """Cells by property and position among its joined columns."""
    return {
        (value.prop, place): columns.cells[column]
        for value in mapping.entities[0].values
        for place, column in enumerate(value.columns)
    }


def _fields(cells: dict[tuple[str, int], Any], mapping: Mapping) -> Iterator[Field]:
    entity = mapping.entities[0]
    known = schema(entity.schema)
    for value in entity.values:
        found = known.properties.get(value.prop) if known else None
        if value.prop in _UNTOLD or (found is not None and (found.sensitive or found.type == "entity")):
            continue
        for place, label in enumerate(_labels(value)):
            column = Column.of(cells[value.prop, place])
            sort, part = _sort(value.prop, found.type if found else "", column)
            if sort is not Sort.TEXT or not _is_prose(column):
                yield Field(label, sort, column, part, value.prop if len(value.columns) > 1 else "")


def _is_prose(column: Column) -> bool:
    looked = column.values[:_LOOKED_AT]
    return sum(map(len, looked)) > _PROSE * len(looked)


def _labels(value: Value) -> list[str]:
    """What to call each column: the property, with the column's own name where several are joined."""
    if len(value.columns) == 1:
        return [value.prop]
    return [f"{value.prop} ({column})" for column in value.columns]


def _sort(prop: str, kind: str, column: Column) -> tuple[Sort, str]:
    if prop in _GIVEN:
        return Sort.NAME, "given"
    if prop in _FAMILY:
        return Sort.NAME, "family"
    if kind == "name":
        return Sort.NAME, "whole"
    if kind == "date":
        return Sort.DATE, ""
    if kind in _CODES or prop == "postalCode":
        return Sort.CODE, ""
    if kind in ("country", "gender", "language"):
        return Sort.TEXT, ""
    return _sort_by_look(column), ""


def _sort_by_look(column: Column) -> Sort:
    """Of a column whose property says little: what most of its values look like."""
    looked = column.values[:_LOOKED_AT]
    most = 0.8 * len(looked)
    if looked and sum(len(value) >= 6 and clean.date(value) is not None for value in looked) >= most:
        return Sort.DATE
    codes = (len(value) <= _LONGEST_CODE and any(letter.isdigit() for letter in value) for value in looked)
    return Sort.CODE if looked and sum(codes) >= most else Sort.TEXT
