"""What a party holds: entities in the FollowTheMoney (FtM) shape.

Invariants: an `Entity` is immutable; its property values are tuples of strings in the order given, without empty
ones; whatever the schema table does not know (schema, property, top-level field) is kept, never dropped.

>>> entity = Entity.from_dict({"id": "p1", "schema": "Person", "properties": {"name": ["Amina Diallo"]}})
>>> entity.get("name"), entity.first("birthDate")
(('Amina Diallo',), None)
>>> entity.to_dict()
{'id': 'p1', 'schema': 'Person', 'properties': {'name': ['Amina Diallo']}}
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from accord.errors import InputError

ERASED = "(erased)"  # stands for the id of a record that was erased, so no record may have it
_OWN_FIELDS = frozenset({"id", "schema", "properties", "datasets"})
_NOTHING: Mapping[str, object] = {}


@dataclass(frozen=True, slots=True)
class Entity:
    """One person, organisation, object, event or link, as a party holds it.

    `properties` maps a property name to its values; `extra` holds top-level fields that FtM exports carry and Accord
    does not interpret (`caption`, `referents`, ...), so that writing an entity loses nothing.
    """

    id: str
    schema: str
    properties: Mapping[str, tuple[str, ...]]
    datasets: tuple[str, ...] = ()
    extra: Mapping[str, object] = field(default_factory=lambda: _NOTHING)

    def get(self, name: str) -> tuple[str, ...]:
        """All values of a property; an empty tuple if there are none."""
        return self.properties.get(name, ())

    def first(self, name: str) -> str | None:
        """The first value of a property, or None."""
        values = self.properties.get(name)
        return values[0] if values else None

    @property
    def caption(self) -> str:
        """What to call it on a screen: its first name, else title, else id."""
        return self.first("name") or self.first("title") or self.id

    @classmethod
    def from_dict(cls, data: object) -> Entity:
        """Read the FtM JSON shape.

        A single string or number is taken for a list of one. Raises `InputError` (code `records.shape`) when `id`,
        `schema` or `properties` is missing or of the wrong type; for all problems of a file at once use the readers.
        """
        if not isinstance(data, Mapping):
            raise InputError("records.shape", "an entity must be a JSON object", _SHAPE)
        identity, schema, properties = data.get("id"), data.get("schema"), data.get("properties", {})
        if not isinstance(identity, str) or not identity:
            raise InputError("records.shape", "the entity has no id", _SHAPE)
        if not isinstance(schema, str) or not schema:
            raise InputError("records.shape", "the entity has no schema", _SHAPE)
        if not isinstance(properties, Mapping):
            raise InputError("records.shape", "properties must map names to lists of values", _SHAPE)
        datasets = data.get("datasets")
        extra = {key: value for key, value in data.items() if key not in _OWN_FIELDS}
        return cls(
            id=identity,
            schema=schema,
            properties={str(name): cleaned for name, raw in properties.items() if (cleaned := _values(raw))},
            datasets=_values(datasets) if datasets else (),
            extra=extra or _NOTHING,
        )

    def to_dict(self) -> dict[str, object]:
        """The FtM JSON shape again; `from_dict(entity.to_dict())` equals `entity`."""
        data: dict[str, object] = {
            "id": self.id,
            "schema": self.schema,
            "properties": {name: list(values) for name, values in self.properties.items()},
        }
        if self.datasets:
            data["datasets"] = list(self.datasets)
        data.update(self.extra)
        return data


_SHAPE = 'give one JSON object per line: {"id": …, "schema": …, "properties": {"name": [values]}}'


def _values(raw: object) -> tuple[str, ...]:
    if raw is None:
        return ()
    if type(raw) is list and all(type(item) is str and not item.isspace() and item for item in raw):
        return tuple(raw)  # what nearly all files hold
    items = raw if isinstance(raw, list | tuple) else (raw,)
    values = []
    for item in items:
        if isinstance(item, str):
            text = item
        elif isinstance(item, bool):
            text = str(item).lower()
        elif isinstance(item, int | float):
            text = str(item)
        elif isinstance(item, Mapping) and isinstance(item.get("id"), str):
            text = item["id"]  # FtM exports may nest the entity that a property points to
        else:
            raise InputError("records.shape", "a property value must be text, a number or an entity", _SHAPE)
        if text.strip():
            values.append(text)
    return tuple(values)
