"""What an opening shows of a record: no property, no value, and of a long value no words, that the mark does not need.

An auditor reads `MOST_SHOWN` values of `LONGEST` characters, since to draw the marks of more takes long. A record with
many names in one value is cut to that: it would look like an invented one.

>>> known = {"name": ("Amina Xyztrk",), "birthDate": ("1980-05-17",)}
>>> mark = max(strong_marks(Entity("1", "Person", known), 10**6))
>>> held = Entity("1", "Person", known | {"name": ("A. Diallo; " * 90 + "Amina Xyztrk",), "position": ("teller",)})
>>> needed(held, mark, 10**6).properties == known
True
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable
from dataclasses import replace

from accord.exchange.marks import strong_marks
from accord.records import Entity

MOST_SHOWN, LONGEST = 50, 500  # values of a record that is shown, and characters of each


def needed(entity: Entity, mark: bytes | None, largest: int) -> Entity:
    """The record with what it needs to give this mark. `largest`: as in `strong_marks`."""

    def enough(fewer: Entity) -> bool:
        return mark in strong_marks(fewer, largest)

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
    """The record with words left out at the end and at the beginning of one value, as long as it is enough."""
    values = entity.properties[name]
    words = values[place].split(" ")

    def left(start: int, end: int) -> Entity:
        fewer = (*values[:place], " ".join(words[start:end]), *values[place + 1 :])
        return replace(entity, properties={**entity.properties, name: fewer})

    end = bisect_left(range(len(words)), True, key=lambda end: enough(left(0, end)))
    kept = bisect_left(range(end), True, key=lambda kept: enough(left(end - kept, end)))
    return left(end - kept, end)
