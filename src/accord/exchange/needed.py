"""What an opening shows of a record: no property, no value, and of a long value no words, that the mark does not need.

An auditor reads `MOST_SHOWN` values of `LONGEST` characters, since to draw the marks of more takes long. A record with
many names in one value is cut to that: it would look like an invented one.

>>> known = {"name": ("Amina Diallo",), "birthDate": ("1980-05-17",)}
>>> held = Entity("1", "Person", known | {"name": ("A. Diallo; " * 90 + "Amina Diallo",), "position": ("teller",)})
>>> needed(held, [("two name words", "amn tl"), ("full date", "1980-05-17")], "holder").properties == known
True
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace

from accord.exchange.facts import Fact, Role
from accord.exchange.marks import has_facts
from accord.records import Entity

MOST_SHOWN, LONGEST = 50, 500  # values of a record that is shown, and characters of each
_BETWEEN = re.compile(r"(?<=[\s,;/|、，；])")  # words, and names that a list in one value has


def needed(entity: Entity, facts: Collection[Fact], role: Role) -> Entity:
    """The record with what it needs to give the mark that joins these facts."""

    def enough(fewer: Entity) -> bool:
        return has_facts(fewer, facts, role)

    for name in entity.properties:
        fewer = replace(entity, properties={own: each for own, each in entity.properties.items() if own != name})
        entity = fewer if enough(fewer) else entity
    for name, values in entity.properties.items():
        for value in values:
            left = tuple(each for each in entity.properties[name] if each != value)
            fewer = replace(entity, properties={**entity.properties, name: left})
            entity = fewer if left and enough(fewer) else entity
    for name, values in entity.properties.items():
        for place, value in enumerate(values):
            entity = _cut(entity, name, place, enough) if len(value) > LONGEST else entity
    return entity


def _cut(entity: Entity, name: str, place: int, enough: Callable[[Entity], bool]) -> Entity:
    """The record with words left out of one value, halves of it first, as long as it is enough."""
    values = entity.properties[name]

    def left(words: Sequence[str]) -> Entity:
        fewer = (*values[:place], "".join(words).strip(), *values[place + 1 :])
        return replace(entity, properties={**entity.properties, name: fewer})

    words = _BETWEEN.split(values[place])
    size = len(words)
    while size > 1:
        size, start = -(-size // 2), 0
        while start < len(words):
            fewer = words[:start] + words[start + size :]
            if fewer and enough(left(fewer)):
                words = fewer
            else:
                start += size
    return left(words)
