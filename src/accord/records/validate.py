"""What is wrong with a record (it cannot be used), and what is odd about it (it is kept as given).

Invariants: wrong is only what has no meaning: no id, no schema, values of the wrong JSON type, terms that bind no one.
A schema or property that Accord does not know, a date, a country or a number that it cannot read is a note.

>>> [problem.message for problem in shape_problems({"id": "", "schema": "Person", "properties": {"name": [[]]}})]
['the entity has no id', 'a value must be text, a number or an entity']
"""

from __future__ import annotations

from collections.abc import Mapping

from accord.errors import Problem
from accord.records.clean import countries, country_of_place, date, identifier, identifier_kind
from accord.records.model import Entity
from accord.records.report import Report
from accord.records.schemata import property_type, schema

_SHAPE = 'an entity is {"id": text, "schema": text, "properties": {name: [values]}}'
_KEPT = "it is kept as given; correct it at the source if it should count in matching"


def shape_problems(data: object, file: str | None = None, line: int | None = None) -> list[Problem]:
    """All that keeps a JSON value from being an entity, each with its place."""
    if not isinstance(data, Mapping):
        remedy = "write one object a line: `jq -c '.[]' FILE`" if isinstance(data, list) else _SHAPE
        return [Problem("records.shape", "a line must hold one JSON object", remedy, file, line)]
    found = []
    identity = data.get("id")
    entity = identity if isinstance(identity, str) and identity else None

    def wrong(message: str, prop: str | None = None) -> None:
        found.append(Problem("records.shape", message, _SHAPE, file, line, entity, prop))

    if entity is None:
        wrong("the entity has no id" if not identity else "the id must be text")
    if not isinstance(data.get("schema"), str) or not data.get("schema"):
        wrong("the entity has no schema")
    properties = data.get("properties", {})
    if not isinstance(properties, Mapping):
        wrong("properties must map names to lists of values")
        return found
    for name, raw in properties.items():
        items = raw if isinstance(raw, list | tuple) else (raw,)
        if not all(_is_value(item) for item in items):
            wrong("a value must be text, a number or an entity", str(name))
    datasets = data.get("datasets")
    if datasets is not None and not all(_is_value(item) for item in _listed(datasets)):
        wrong("datasets must be a list of names")
    return found


def note_values(entity: Entity, report: Report, line: int | None = None) -> None:
    """Count in `report` what Accord does not know or cannot read in an entity."""
    known = schema(entity.schema)
    if known is None:
        report.note("records.schema", entity.schema, None, "a schema that Accord does not know", _KEPT, line)
        return
    for name, values in entity.properties.items():
        prop = known.properties.get(name)
        if prop is None:
            message = "a property that this schema does not have"
            report.note("records.property", entity.schema, name, message, _KEPT, line)
        elif message := _odd(prop.type, name, values):
            report.note(f"records.{prop.type}", entity.schema, name, message, _KEPT, line)


def odd_value(schema_name: str, prop: str, value: str) -> str:
    """Why a value cannot be read as what its property holds; empty if it can, or if nobody can say."""
    kind = property_type(schema_name, prop)
    return _odd(kind, prop, (value,)) if kind else ""


def odd_values(entity: Entity) -> list[dict[str, str]]:
    """The property and the reason of each value of an entity that cannot be read."""
    return [
        {"property": name, "value": value, "why": why}
        for name, values in entity.properties.items()
        for value in values
        if (why := odd_value(entity.schema, name, value))
    ]


def _odd(kind: str, name: str, values: tuple[str, ...]) -> str:
    if kind == "date":
        return "" if all(date(value) for value in values) else "no date that can be read in one way"
    if kind == "country":
        return "" if all(countries(value) or country_of_place(value) for value in values) else "no country known by it"
    if kind in ("identifier", "phone", "email") and identifier_kind(name):
        read = [identifier(name, value) for value in values]
        if not all(read):
            return f"no {'number' if kind == 'identifier' else kind} that can be read"
        if any(one is not None and one[0].endswith("-unchecked") for one in read):
            return "a number whose check digit is wrong"
    return ""


def _is_value(item: object) -> bool:
    if isinstance(item, Mapping):
        return isinstance(item.get("id"), str)
    return item is None or isinstance(item, str | int | float)


def _listed(value: object) -> list[object] | tuple[object, ...]:
    return value if isinstance(value, list | tuple) else (value,)
