"""What kinds of things there are and what may be said of each: FollowTheMoney's schemata and those Accord adds.

Invariants: the table is read once and never changed; a schema knows all its ancestors and all inherited properties;
an unknown schema or property is no error anywhere, it is just not interpreted.

>>> vessel = schema("Vessel")
>>> vessel.is_a("Asset"), vessel.is_a("LegalEntity"), vessel.properties["imoNumber"].type
(True, False, 'identifier')
>>> schema("Ownership").edge, schema("Person").properties["religion"].sensitive
(('owner', 'asset'), True)
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

__all__ = ["Property", "Schema", "is_a", "property_type", "schema", "schemata"]

TYPES = frozenset(
    "name date country identifier phone email address gender topic language url number string text html json mimetype "  # noqa: SIM905
    "checksum ip entity".split()
)


@dataclass(frozen=True, slots=True)
class Property:
    """What a property holds. `range` is the schema that an `entity` property points to; `sensitive` values (religion,
    ethnicity, political opinion) are never matched on, asked about or released."""

    name: str
    type: str
    range: str | None = None
    sensitive: bool = False


@dataclass(frozen=True, slots=True)
class Schema:
    """One kind of thing. `ancestors` holds itself; `edge` names the two properties that a link joins."""

    name: str
    extends: tuple[str, ...]
    ancestors: frozenset[str]
    properties: Mapping[str, Property]
    matchable: bool = False
    edge: tuple[str, str] | None = None

    def is_a(self, name: str) -> bool:
        """Whether it is, or extends, the schema of that name."""
        return name in self.ancestors


def schema(name: str) -> Schema | None:
    """The schema of that name, None if Accord does not know it."""
    return schemata().get(name)


def is_a(name: str, ancestor: str) -> bool:
    """Whether the schema `name` is, or extends, `ancestor`; an unknown schema is only itself."""
    known = schema(name)
    return known.is_a(ancestor) if known else name == ancestor


def property_type(schema_name: str, prop: str) -> str | None:
    """The type of a property in a schema, None if either is unknown."""
    known = schema(schema_name)
    found = known.properties.get(prop) if known else None
    return found.type if found else None


@cache
def schemata() -> Mapping[str, Schema]:
    """All known schemata by name."""
    raw: dict[str, dict[str, object]] = {}
    for table in ("ftm.toml", "added.toml"):
        raw |= tomllib.loads(files(__package__).joinpath(table).read_text("utf-8"))
    built: dict[str, Schema] = {}
    for name in raw:
        _build(name, raw, built)
    return MappingProxyType(built)


def _build(name: str, raw: Mapping[str, Mapping[str, object]], built: dict[str, Schema]) -> Schema:
    if name in built:
        return built[name]
    row = raw[name]
    parents = [_build(parent, raw, built) for parent in _names(row, "extends")]
    properties: dict[str, Property] = {}
    for parent in parents:
        properties |= parent.properties
    properties |= _own_properties(row)
    edge = _names(row, "edge")
    inherited = next((parent.edge for parent in parents if parent.edge), None)
    built[name] = Schema(
        name=name,
        extends=tuple(parent.name for parent in parents),
        ancestors=frozenset({name}).union(*(parent.ancestors for parent in parents)),
        properties=MappingProxyType(properties),
        matchable=bool(row.get("matchable", False)),
        edge=(edge[0], edge[1]) if edge else inherited,
    )
    return built[name]


def _own_properties(row: Mapping[str, object]) -> dict[str, Property]:
    sensitive = _names(row, "sensitive")
    found: dict[str, Property] = {}
    for kind in TYPES & row.keys():
        for entry in _names(row, kind):
            name, _, target = entry.partition(":")
            found[name] = Property(name, kind, target or None, name in sensitive)
    return found


def _names(row: Mapping[str, object], key: str) -> list[str]:
    value = row.get(key, [])
    return [str(item) for item in value] if isinstance(value, list) else []
