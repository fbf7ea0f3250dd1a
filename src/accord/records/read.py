"""Readers: FollowTheMoney JSON lines, mapped tables and published lists -> entities, one after the other.

Invariants: memory does not grow with the input; every problem is found, not only the first; with a `Report` the
reader passes over what it cannot use and says so, without one it raises at the end, when all problems are known.

>>> import pathlib, tempfile
>>> path = pathlib.Path(tempfile.mkdtemp()) / "people.jsonl"
>>> _ = path.write_text('{"id": "p1", "schema": "Person", "properties": {"name": ["Amina Diallo"]}}\\n')
>>> [entity.caption for entity in read_entities(path)]
['Amina Diallo']
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from accord.errors import InputError, Problem
from accord.records._format import Format, format_of
from accord.records._ofac import ofac_entities
from accord.records._source import LONGEST_LINE, STDIN, Source, lines_of, open_source, source_of
from accord.records._un import un_entities
from accord.records.model import Entity
from accord.records.report import Report
from accord.records.schemata import is_a
from accord.records.validate import note_values, shape_problems

if TYPE_CHECKING:
    from accord.records.mapping import Mapping


def read_entities(
    path: str | Path,
    mapping: str | Path | None = None,
    *,
    report: Report | None = None,
    say: Callable[[str], object] | None = None,
) -> Iterator[Entity]:
    """Read a file (plain, .gz, .zst, `-` for stdin): FtM JSON lines; a table (CSV, TSV, XLSX, Parquet) with a mapping;
    the UN Security Council's consolidated list (XML); OFAC's SDN list (sdn.csv, with the files beside it).

    With `report`, what cannot be used is left out and counted there, and odd values are noted. Without it, raises
    `InputError` `records.invalid` with all problems after the last good entity. Several fragments of one entity (the
    same id) come as they stand; `merge` joins them. `say` is told what was detected (a format, an encoding), where no
    report keeps it.
    """
    found = report if report is not None else Report(say)
    try:
        with open_source(path) as source:
            given = _mapping(mapping)
            for line, entity in _entities(source, path, given, found):
                if report is not None:
                    note_values(entity, report, line)
                yield entity
    except InputError as error:
        if report is None or error.code not in ("records.truncated", "records.bomb"):
            raise
        report.problem(Problem(error.code, error.message, error.remedy, str(path)))
    if report is None:
        found.raise_problems(str(path))


def read_bytes(data: bytes, name: str, mapping: str | None, report: Report) -> Iterator[Entity]:
    """The same for a file that was sent: `data` under the name that its sender claims, `mapping` as text.

    No other file is ever looked at, whatever the name; what cannot be used is counted in the report. Raises
    `InputError` when the file as a whole cannot be read.
    """
    from accord.records.mapping import parse_mapping

    plain = PurePosixPath(name.replace("\\", "/")).name or "file"
    source = source_of(data, plain)
    given = parse_mapping(mapping) if mapping else None
    kind = format_of(source, plain, mapped=given is not None)
    path = STDIN if kind == "ofac" else plain  # the other files of that list would be looked for beside it
    for line, entity in _entities(source, path, given, report, kind):
        note_values(entity, report, line)
        yield entity


def merge(entities: Iterable[Entity]) -> list[Entity]:
    """Join fragments that share an id into one entity, in the order in which the ids first came.

    Raises `InputError` `records.conflict` with all ids that stand for different things.
    """
    kept: dict[str, Entity] = {}
    conflicts: list[Problem] = []
    for entity in entities:
        try:
            kept[entity.id] = joined(kept[entity.id], entity) if entity.id in kept else entity
        except InputError as error:
            conflicts.append(Problem(error.code, error.message, error.remedy, entity=entity.id))
    if conflicts:
        raise InputError("records.conflict", "one id stands for different things", "give each its own id", conflicts)
    return list(kept.values())


def joined(first: Entity, second: Entity) -> Entity:
    """Two fragments of one entity as one; the more special schema stays. Raises `InputError` `records.conflict`."""
    if not is_a(first.schema, second.schema) and not is_a(second.schema, first.schema):
        message = f"one id for a {first.schema} and a {second.schema}"
        raise InputError("records.conflict", message, "give each its own id")
    properties = dict(first.properties)
    for name, values in second.properties.items():
        properties[name] = tuple(dict.fromkeys(properties.get(name, ()) + values))
    schema = second.schema if is_a(second.schema, first.schema) else first.schema
    datasets = tuple(dict.fromkeys(first.datasets + second.datasets))
    return Entity(first.id, schema, properties, datasets, {**first.extra, **second.extra})


def _mapping(path: str | Path | None) -> Mapping | None:
    from accord.records.mapping import load_mapping

    return load_mapping(path) if path is not None else None


def _entities(
    source: Source, path: str | Path, mapping: Mapping | None, report: Report, kind: Format | None = None
) -> Iterator[tuple[int, Entity]]:
    match kind or format_of(source, path, mapped=mapping is not None):
        case "table":
            from accord.records._table import mapped_rows

            assert mapping is not None  # format_of has seen to it
            return mapped_rows(source, mapping, report)
        case "un":
            return un_entities(source, report)
        case "ofac":
            return ofac_entities(source, path, report)
    return _json_lines(source, report)


def _json_lines(source: Source, report: Report) -> Iterator[tuple[int, Entity]]:
    import orjson

    for number, line in lines_of(source):
        if line is None:
            remedy = "leave out the long text, or split the line"
            message = f"the line is longer than {LONGEST_LINE >> 20} MB"
            report.problem(Problem("records.line", message, remedy, source.name, number))
            continue
        if not line.strip():
            continue
        try:
            data = orjson.loads(line)
        except orjson.JSONDecodeError as error:
            report.problem(_not_json(line, error, source.name, number))
            if number == 1 and line.startswith((b"\xff\xfe", b"\xfe\xff")):
                return  # UTF-16: every further line would only say it again
            continue
        try:
            yield number, Entity.from_dict(data)
        except InputError:
            for problem in shape_problems(data, source.name, number):
                report.problem(problem)


def _not_json(line: bytes, error: ValueError, file: str, number: int) -> Problem:
    try:
        line.decode()
    except UnicodeDecodeError:
        return Problem("records.encoding", "the line is not UTF-8", "save the file as UTF-8", file, number)
    if "recursion" in str(error).lower():
        return Problem("records.json", "the JSON is nested too deeply", "an entity is flat", file, number)
    if line.lstrip().startswith(b"[") or line.strip() in (b"{", b"}"):
        remedy = "write one object a line: `jq -c '.[]' FILE` or `jq -c . FILE`"
        return Problem("records.json", "the line is part of a larger JSON text", remedy, file, number)
    remedy = "write one JSON object a line"
    return Problem("records.json", f"the line is not JSON (column {getattr(error, 'colno', 1)})", remedy, file, number)
