"""The entities that a mapping makes of the rows of a table.

Invariants: a mapped column that is missing stops the reading before the first row; a row that makes no entity is a
problem with its line, and a link without both its ends is not made.
"""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Mapping as MappingType
from pathlib import Path

from accord.errors import InputError, Problem
from accord.records._rows import table_rows
from accord.records._source import Source
from accord.records.mapping import Cell, MappedEntity, Mapping, Row
from accord.records.model import Entity
from accord.records.report import Report
from accord.records.schemata import schema


def mapped_rows(source: Source, mapping: Mapping, report: Report) -> Iterator[tuple[int, Entity]]:
    """The entities of each row, with the row's number. Raises `InputError` when a mapped column is missing."""
    header: list[str] | None = None
    stem = Path(source.name).name.split(".")[0]
    for number, cells in table_rows(source, mapping.layout, mapping.columns, report):
        if header is None:
            header = [str(cell) for cell in cells]
            check_columns(header, mapping, source.name)
            continue
        missing: list[Cell] = [""] * (len(header) - len(cells))
        made = _row_entities(dict(zip(header, cells + missing, strict=False)), mapping, f"{stem}-{number}")
        yield from ((number, entity) for entity in made)
        if not made:
            remedy = "fill the columns that make the id, or leave the row out"
            report.problem(Problem("records.row", "no entity of this row has an id", remedy, source.name, number))


def _row_entities(row: Row, mapping: Mapping, fallback: str) -> list[Entity]:
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


def check_columns(header: list[str], mapping: Mapping, name: str) -> None:
    """Raises `InputError` `records.column` when a mapped column is missing, or there twice."""
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
