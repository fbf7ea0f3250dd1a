"""What a holding is made of: how many of each schema, how complete each property, in which scripts the names are.

>>> counted = count([Entity("p", "Person", {"name": ("Амина", "Amina"), "birthDate": ("1963",)})])
>>> [(row.property, row.entities, row.share) for row in counted.properties]
[('name', 1, 1.0), ('birthDate', 1, 1.0)]
>>> counted.scripts
{'Person': {'Cyrillic': 1, 'Latin': 1}}
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar

from accord.records.model import Entity
from accord.records.schemata import property_type
from accord.records.validate import odd_value

Key = TypeVar("Key")

_SCRIPTS = {"CJK": "Han", "HIRAGANA": "Kana", "KATAKANA": "Kana"}


@dataclass(frozen=True, slots=True)
class Completeness:
    """How many entities of a schema state a property, their share of all of that schema, and how many of them state a
    value that cannot be read as what the property holds."""

    schema: str
    property: str
    entities: int
    share: float
    odd: int


@dataclass(frozen=True, slots=True)
class Stats:
    """`schemata`: entities by schema. `scripts`: by schema, the entities that have a name in each script."""

    entities: int
    schemata: dict[str, int]
    properties: tuple[Completeness, ...]
    scripts: dict[str, dict[str, int]]


def count(entities: Iterable[Entity]) -> Stats:
    """Count in one pass; the most frequent comes first."""
    schemata: Counter[str] = Counter()
    stated: Counter[tuple[str, str]] = Counter()
    odd: Counter[tuple[str, str]] = Counter()
    scripts: Counter[tuple[str, str]] = Counter()
    for entity in entities:
        schemata[entity.schema] += 1
        seen: set[str] = set()
        for name, values in entity.properties.items():
            stated[entity.schema, name] += 1
            kind = property_type(entity.schema, name)
            if any(odd_value(entity.schema, name, value) for value in values):
                odd[entity.schema, name] += 1
            if kind == "name":
                seen.update(script for value in values if (script := script_of(value)))
        for script in seen:
            scripts[entity.schema, script] += 1
    return Stats(
        entities=schemata.total(),
        schemata=dict(_ranked(schemata)),
        properties=tuple(
            Completeness(schema, name, number, number / schemata[schema], odd[schema, name])
            for schema, _ in _ranked(schemata)
            for (of, name), number in stated.most_common()
            if of == schema
        ),
        scripts={
            schema: {script: number for (of, script), number in _ranked(scripts) if of == schema} for schema in schemata
        },
    )


def script_of(text: str) -> str | None:
    """The script of most letters of a text (Latin, Cyrillic, Arabic, Han, …); None without letters."""
    found = Counter(script for letter in text if (script := _script(letter)))
    return found.most_common(1)[0][0] if found else None


@lru_cache(maxsize=1 << 14)
def _script(letter: str) -> str | None:
    if not letter.isalpha():
        return None
    first = unicodedata.name(letter, "UNKNOWN").split(" ")[0].split("-")[0]
    return _SCRIPTS.get(first, first.title())


def _ranked(counter: Counter[Key]) -> list[tuple[Key, int]]:
    return sorted(counter.items(), key=lambda item: (-item[1], str(item[0])))
