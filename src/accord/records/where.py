"""Choosing records with a short expression: `schema = Person and nationality = Iran and name ~ red sea`.

A condition is `FIELD = VALUE`, `FIELD != VALUE` or `FIELD ~ TEXT` (contains, whatever the case); several values are
divided by commas and any of them may hold. FIELD is `id`, `schema` (which takes in what extends it), `dataset`,
`source` or a property. Values of countries are compared as countries ("Iran" finds "ir"), others as text without case.

>>> chosen = parse_where("schema = LegalEntity and country = Panama, Malta")
>>> chosen(Entity("c1", "Company", {"country": ("mt",)}), "list.jsonl")
True
"""

from __future__ import annotations

import re
from collections.abc import Callable
from difflib import get_close_matches

from accord.errors import UsageError
from accord.records.clean import countries
from accord.records.model import Entity
from accord.records.schemata import is_a, property_type, schemata

Chooser = Callable[[Entity, str], bool]

_OWN = {"id", "schema", "dataset", "source"}
# blanks are stripped outside, so that no run of them is looked at from each of its places
_CONDITION = re.compile(r"([A-Za-z]\w*)\s*(!=|=|~)\s*(.+)", re.DOTALL)
_AND = re.compile(r"(?<=\s)and\s+(?=[A-Za-z]\w*\s*(?:!=|=|~))", re.IGNORECASE)


def parse_where(text: str) -> Chooser:
    """Read an expression. The chooser takes an entity and the name of the source it was loaded from.

    Raises `UsageError` `records.where`.
    """
    conditions = [_condition(part) for part in _AND.split(text.strip())]
    return lambda entity, source: all(condition(entity, source) for condition in conditions)


def _condition(text: str) -> Chooser:
    found = _CONDITION.fullmatch(text.strip())
    values = [value.strip() for value in found[3].split(",") if value.strip()] if found else []
    if found is None or not values:
        raise UsageError(
            "records.where",
            "the condition cannot be read",
            "write it like: schema = Person and nationality = Iran and name ~ red sea",
        )
    field, sign = found[1], found[2]
    if field == "schema":
        if unknown := [value for value in values if value not in schemata()]:
            raise UsageError("records.where", f"no schema is called {unknown[0]}", "schemata are Person, Company, …")
        holds: Chooser = lambda entity, _: any(is_a(entity.schema, value) for value in values)  # noqa: E731
    else:
        _check_field(field)
        holds = _comparison(field, sign, [value.casefold() for value in values], values)
    return (lambda entity, source: not holds(entity, source)) if sign == "!=" else holds


def _check_field(field: str) -> None:
    """Refuse a field that no schema has: it would silently fit nothing, or with `!=` everything."""
    known = {name for one in schemata().values() for name in one.properties} | _OWN
    if field not in known:
        near = get_close_matches(field, sorted(known), 3)
        remedy = f"did you mean {', '.join(near)}?" if near else "see the properties with `accord records stats`"
        raise UsageError("records.where", f"no property is called {field}", remedy)


def _comparison(field: str, sign: str, folded: list[str], values: list[str]) -> Chooser:
    wanted = {code for value in values for code in countries(value)}

    def holds(entity: Entity, source: str) -> bool:
        present = _values(entity, source, field)
        if sign == "~":
            return any(part in value.casefold() for value in present for part in folded)
        if wanted and property_type(entity.schema, field) == "country":
            return any(wanted.intersection(countries(value)) for value in present)
        return any(value.casefold() in folded for value in present)

    return holds


def _values(entity: Entity, source: str, field: str) -> tuple[str, ...]:
    match field:
        case "id":
            return (entity.id,)
        case "dataset":
            return entity.datasets
        case "source":
            return (source,)
    return entity.get(field)
