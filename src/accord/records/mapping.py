"""What the columns of a table mean: a small TOML file that turns each row into entities.

    [table]                     # all optional
    sheet = "People"            # XLSX: the first sheet if not said
    encoding = "windows-1251"   # CSV: detected if not said
    delimiter = ";"             # CSV: detected if not said
    header = 1                  # the row that holds the column names

    [[entity]]                  # as many as a row speaks of
    key = "person"              # a name for it in this file, so that others can point to it
    schema = "Person"
    id = "hr-{Staff no}"        # text with columns in braces; an entity with an empty column in its id is left out
    [entity.properties]
    name = "Full name"                                    # a column
    alias = { column = "Also known as", split = ";" }     # several values in a cell (lists of Parquet: as it is)
    birthDate = ["Born", "Born (other)"]                  # several columns
    address = { join = ["Street", "City"], with = ", " }  # several columns into one value
    country = { value = "ch" }                            # the same for all
    [entity.other]              # columns that no property fits, kept and compared under a name of your own
    shoeSize = "Shoe size"

    [[entity]]
    key = "job"
    schema = "Employment"
    id = "job-{Staff no}"
    [entity.properties]
    employee = { entity = "person" }                      # a link to an entity of the same row

Invariants: a mapping is checked as a whole before the first row is read, and names all that is wrong with it; a
property that the schema does not have is refused here, since a mapping is written by hand and a typing error would
silently lose a column.

>>> mapping = parse_mapping('[[entity]]\\nschema = "Person"\\nid = "p-{no}"\\nproperties.name = "Full name"')
>>> [entity.columns for entity in mapping.entities]
[('no', 'Full name')]
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping as MappingType
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from accord.errors import InputError, Problem, UsageError
from accord.records.schemata import schema, schemata

_COLUMN = re.compile(r"\{([^{}]+)\}")
_ROW = "a mapping is described in docs/reference/mapping.md"


Cell = str | tuple[str, ...]  # a list column of a Parquet file has several values in a cell
Row = MappingType[str, Cell]


@dataclass(frozen=True, slots=True)
class Value:
    """Where the values of one property come from: exactly one of `columns`, `value` and `entity` is set."""

    prop: str
    columns: tuple[str, ...] = ()
    value: str | None = None
    entity: str | None = None
    split: str | None = None
    join: str | None = None

    def read(self, row: Row, ids: MappingType[str, str]) -> list[str]:
        """The values in a row; `ids` holds the ids of the row's entities by key."""
        if self.value is not None:
            return [self.value]
        if self.entity is not None:
            return [ids[self.entity]] if self.entity in ids else []
        cells = [cell for column in self.columns for cell in _cells(row[column])]
        if self.join is not None:
            return [self.join.join(cells)] if cells else []
        if self.split is not None:
            return [part for cell in cells for piece in cell.split(self.split) if (part := piece.strip())]
        return cells


@dataclass(frozen=True, slots=True)
class MappedEntity:
    """One entity that each row speaks of. Without `id` it takes the file's name and the row's number."""

    key: str
    schema: str
    id: str | None
    values: tuple[Value, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that it reads."""
        return (*self.id_columns, *(column for value in self.values for column in value.columns))

    @property
    def id_columns(self) -> tuple[str, ...]:
        """The columns that make its id."""
        return tuple(_COLUMN.findall(self.id or ""))

    def identify(self, row: Row, fallback: str) -> str | None:
        """Its id in a row; None when a column that the id needs is empty."""
        if self.id is None:
            return fallback
        cells = {column: _cells(row[column]) for column in self.id_columns}
        if not all(cells.values()):
            return None
        return _COLUMN.sub(lambda found: cells[found[1]][0], self.id)


@dataclass(frozen=True, slots=True)
class Layout:
    """How the rows of a table are found in its file; None is detected."""

    sheet: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    header: int = 1


@dataclass(frozen=True, slots=True)
class Mapping:
    """What a table means."""

    entities: tuple[MappedEntity, ...]
    layout: Layout = Layout()

    @property
    def columns(self) -> frozenset[str]:
        """All columns that it reads."""
        return frozenset(column for entity in self.entities for column in entity.columns)


def load_mapping(path: str | Path) -> Mapping:
    """Read a mapping file. Raises `InputError` `records.mapping` with all its problems; `UsageError` without a file."""
    try:
        text = Path(path).read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        message = f"cannot read the mapping {path}"
        raise UsageError("records.mapping", message, "check the path; save it as UTF-8") from None
    return parse_mapping(text, str(path))


def parse_mapping(text: str, file: str = "mapping") -> Mapping:
    """Check and read the text of a mapping. Raises `InputError` `records.mapping` with all its problems."""
    try:
        data = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # no TOML, or numbers and lists that Python reads no further
        message = f"{file} is not TOML: {error}"
        line = re.search(r"at line (\d+)", str(error))  # Python 3.14 has it as an attribute
        at = int(line[1]) if line else text.count("\n") + 1
        problem = Problem("records.mapping", str(error), _ROW, file, at)
        raise InputError("records.mapping", message, _ROW, [problem]) from None
    problems: list[Problem] = []

    def wrong(message: str, entity: str | None = None, prop: str | None = None) -> None:
        problems.append(Problem("records.mapping", message, _ROW, file, entity=entity, property=prop))

    for name in data.keys() - {"table", "entity"}:
        wrong(f"unknown section {name}")
    table, rows = data.get("table", {}), data.get("entity", [])
    if not isinstance(table, dict) or not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        wrong("[table] is a table, [[entity]] a list of tables")
        table, rows = {}, []
    if not rows and not problems:
        wrong("it makes no entity: write at least one [[entity]]")
    keys = {row.get("key", f"entity {number}") for number, row in enumerate(rows, 1)}
    entities = tuple(_entity(row, f"entity {number}", keys, wrong) for number, row in enumerate(rows, 1))
    if sum(entity.id is None for entity in entities) > 1:
        wrong("only one entity of a row may go without an id")
    layout = _layout(table, wrong)
    if problems:
        raise InputError("records.mapping", f"{file} does not say what the table means", _ROW, problems)
    return Mapping(entities, layout)


def _layout(table: dict[str, Any], wrong: Any) -> Layout:
    header, delimiter = table.get("header", 1), table.get("delimiter")
    for name in table.keys() - {"sheet", "encoding", "delimiter", "header"}:
        wrong(f"unknown setting {name} in [table]")
    if not isinstance(header, int) or header < 1:
        wrong("header is the number of the row with the column names, from 1")
    if not all(isinstance(table.get(name, ""), str) for name in ("sheet", "encoding", "delimiter")):
        wrong("sheet, encoding and delimiter are text")
    elif delimiter is not None and len(delimiter) != 1:
        wrong("delimiter is one character")
    return Layout(table.get("sheet"), table.get("encoding"), delimiter, header)


def _cells(cell: Cell) -> tuple[str, ...]:
    return cell if isinstance(cell, tuple) else (cell,) if cell else ()


def _entity(row: dict[str, Any], number: str, keys: set[str], wrong: Any) -> MappedEntity:
    key = str(row.get("key", number))
    for setting in row.keys() - {"key", "schema", "id", "properties", "other"}:
        wrong(f"unknown setting {setting}", key)
    name, identity, properties = row.get("schema"), row.get("id"), row.get("properties", {})
    known = schema(name) if isinstance(name, str) else None
    if known is None:
        wrong("schema must name one that Accord knows (Person, Company, …)", key)
    if identity is not None and not (isinstance(identity, str) and _COLUMN.search(identity)):
        wrong("id must be text with at least one column in braces, like p-{Number}", key)
        identity = None
    other = row.get("other", {})
    if not isinstance(properties, dict) or not isinstance(other, dict):
        wrong("properties and other are tables", key)
        properties, other = {}, {}
    for prop in other:
        if (known is not None and prop in known.properties) or prop in _sensitive():
            wrong("a property that Accord knows stands under properties, not under other", key, prop)
    values = []
    for prop, source in (*properties.items(), *other.items()):
        if known is not None and prop not in known.properties and prop not in other:
            wrong(f"{known.name} has no such property (what none fits goes under [entity.other])", key, prop)
        value = _value(prop, source)
        if value is None or (value.entity is not None and value.entity not in keys):
            wrong("say a column, a list of columns, or one of column/join/value/entity", key, prop)
        else:
            values.append(value)
    return MappedEntity(key, str(name), identity, tuple(values))


@cache
def _sensitive() -> frozenset[str]:
    """Names that may not come in by the back door: they are never matched on."""
    return frozenset(prop.name for known in schemata().values() for prop in known.properties.values() if prop.sensitive)


def _value(prop: str, source: object) -> Value | None:
    if isinstance(source, str):
        return Value(prop, columns=(source,))
    if isinstance(source, list) and source and all(isinstance(column, str) for column in source):
        return Value(prop, columns=tuple(source))
    if not isinstance(source, dict) or not all(isinstance(part, str | list) for part in source.values()):
        return None
    match source:
        case {"column": str(column), **rest} if rest.keys() <= {"split"}:
            return Value(prop, columns=(column,), split=rest.get("split"))
        case {"join": list(columns), **rest} if rest.keys() <= {"with"}:
            return Value(prop, columns=tuple(str(column) for column in columns), join=rest.get("with", " "))
        case {"value": str(text)} if len(source) == 1:
            return Value(prop, value=text)
        case {"entity": str(key)} if len(source) == 1:
            return Value(prop, entity=key)
    return None
