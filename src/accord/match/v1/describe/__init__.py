"""Descriptive agreement: firearms, cultural objects, vessels, documents, accounts, events by what is said of them.

Invariants: symmetric; only records of one sort of things are compared; a trait that one side lacks says nothing; the
effects that `weigh` gives are all that the score takes. `traits` is the table, `levels` compares, `periods` reads
years.

>>> from accord.records.model import Entity
>>> one = Entity("1", "Firearm", {"make": ("Glock",), "model": ("17 Gen 4",), "calibre": ("9x19",)})
>>> other = Entity("2", "Firearm", {"make": ("GLOCK",), "model": ("Glock 17 Gen4",), "calibre": (".40 S&W",)})
>>> [(said.name, said.level.name, said.effect) for said in weigh(description(one), description(other))]
[('make', 'AGREE', 0.8), ('model', 'PARTLY', 0.6), ('calibre', 'DIFFER', -3.5)]
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import numpy as np

from accord.match.v1.columns import Floats, Ints
from accord.match.v1.describe import levels
from accord.match.v1.describe.levels import Agree, Texts
from accord.match.v1.describe.traits import ANY_NAME, NO_IDENTIFIERS, THINGS
from accord.records.model import Entity
from accord.records.schemata import is_a

__all__ = [
    "CEILING",
    "Agree",
    "Description",
    "Said",
    "bounds",
    "by_number",
    "description",
    "identifies",
    "keys",
    "log_odds",
    "weigh",
]

CEILING = "what a description can prove"


@dataclass(frozen=True, slots=True)
class Description:
    """What is said of a thing: which sort it is, and its texts by the position of the trait."""

    sort: str
    texts: Mapping[int, Texts]


@dataclass(frozen=True, slots=True)
class Said:
    """One trait of two things: both texts, how they agree, and what that is worth in nats."""

    name: str
    left: Texts
    right: Texts
    level: Agree
    effect: float


@cache
def _sort(schema: str) -> str | None:
    return next((name for name in THINGS if schema == name or is_a(schema, name)), None)


def description(entity: Entity) -> Description | None:
    """What a record says of a thing; None for persons, bodies and other records that are not described by traits."""
    sort = _sort(entity.schema)
    if sort is None:
        return None
    texts = {
        position: found
        for position, trait in enumerate(THINGS[sort].traits)
        if (found := _texts(entity, trait.properties))
    }
    return Description(sort, texts) if texts or THINGS[sort].name != ANY_NAME else None


def identifies(schema: str, prop: str) -> bool:
    """Whether an identifier says which thing it is, not only of what sort: a bank's code does not tell its accounts."""
    return prop not in NO_IDENTIFIERS.get(schema, ())


def _texts(entity: Entity, properties: tuple[str, ...]) -> Texts:
    if properties == ("latitude", "longitude"):
        first, second = entity.first("latitude"), entity.first("longitude")
        return (f"{first},{second}",) if first and second else ()
    return tuple(text for prop in properties for text in entity.get(prop))


def weigh(left: Description | None, right: Description | None) -> list[Said]:
    """What the descriptions of two things say; nothing unless they are of one sort."""
    if left is None or right is None or left.sort != right.sort:
        return []
    thing = THINGS[left.sort]
    found, together = [], 0.0
    for position in sorted(left.texts.keys() & right.texts.keys()):
        trait, ours, theirs = thing.traits[position], left.texts[position], right.texts[position]
        level = trait.compare(ours, theirs)
        if level is not None:
            effect = trait.worth(level)
            found.append(Said(trait.name, ours, theirs, level, effect))
            together += 0.0 if trait.number else max(effect, 0.0)
    if together > thing.most:
        found.append(Said(CEILING, (), (), Agree.PARTLY, thing.most - together))
    return found


def log_odds(descriptions: Mapping[int, Description], left: Ints, right: Ints) -> Floats:
    """What descriptions add to the log-odds of each pair of record rows."""
    total = np.zeros(len(left))
    for pair, one, other in _both(descriptions, left, right):
        total[pair] = sum(said.effect for said in weigh(one, other))
    return total


def bounds(descriptions: Mapping[int, Description], left: Ints, right: Ints) -> tuple[Floats, Floats]:
    """What names of each pair of record rows can count against it, and for it, at most.

    The lack of a name, which is common among things, does not count against them.
    """
    low, high = np.full(len(left), -np.inf), np.full(len(left), np.inf)
    for pair, one, other in _both(descriptions, left, right):
        if one.sort == other.sort:
            low[pair], high[pair] = THINGS[one.sort].name
    return low, high


def by_number(descriptions: Mapping[int, Description]) -> list[int]:
    """The rows of things that a number tells from all others, whether they have a name or not."""
    return [row for row, said in descriptions.items() if THINGS[said.sort].by_number]


def _both(
    descriptions: Mapping[int, Description], left: Ints, right: Ints
) -> Iterator[tuple[int, Description, Description]]:
    if not descriptions:
        return
    described = np.array(sorted(descriptions), dtype=np.int64)
    both = np.flatnonzero(np.isin(left, described) & np.isin(right, described))
    for pair, a, b in zip(both.tolist(), left[both].tolist(), right[both].tolist(), strict=True):
        yield pair, descriptions[a], descriptions[b]


def keys(found: Description) -> Iterator[str]:
    """What a described thing can be found by where neither a name nor a number agrees."""
    texts = {THINGS[found.sort].traits[position].name: texts for position, texts in found.texts.items()}
    if found.sort in _KEYS:
        yield from (f"{found.sort}\0{key}" for key in _KEYS[found.sort](texts))


def _of_firearm(texts: Mapping[str, Texts]) -> Iterator[str]:
    """Half of a number, so that a number with a sign that nobody could read is found by its other half."""
    for number in map(levels.serial, texts.get("serial number", ())):
        half = len(number) // 2
        for place, part in enumerate((number[:half], number[half:])):
            if len(part) >= 3 and "?" not in part:
                yield f"{len(number)}\0{place}\0{part}"


_STEP = math.log(1.05)  # lengths within 3 % fall into one step or two neighbouring ones


def _of_object(texts: Mapping[str, Texts]) -> Iterator[str]:
    kinds = levels.meanings(texts.get("type of object", ())) or {""}
    for text in texts.get("measurements", ()):
        for length in levels.lengths(text)[:1]:
            step = math.floor(math.log(abs(length)) / _STEP)
            yield from (f"{kind}\0{near}" for kind in sorted(kinds) for near in (step, step + 1))
    for name in ("inscriptions", "distinguishing features"):
        longest = sorted(levels.meanings(texts.get(name, ())), key=lambda word: (-len(word), word))[:4]
        yield from (f"{name}\0{a}\0{b}" for a, b in pairwise(sorted(longest)))
    for maker in texts.get("maker", ()):
        yield from (f"maker\0{kind}\0{bones}" for kind in sorted(kinds) for bones in sorted(levels.sounds(maker)))


def _of_account(texts: Mapping[str, Texts]) -> Iterator[str]:
    for number in map(levels.serial, texts.get("account number", ())):
        yield number.lstrip("0")[-8:]


def _of_event(texts: Mapping[str, Texts]) -> Iterator[str]:
    for number in map(levels.serial, texts.get("case number", ())):
        yield f"case\0{number}"
    for date in sorted({text[:10] for text in texts.get("date", ())}):
        yield from (f"{date}\0{place}" for place in sorted(levels.meanings(texts.get("place", ())))[:6])


def _of_precursor(texts: Mapping[str, Texts]) -> Iterator[str]:
    yield from map(levels.serial, texts.get("batch number", ()))


_KEYS: Mapping[str, Callable[[Mapping[str, Texts]], Iterator[str]]] = {
    "Firearm": _of_firearm, "CulturalObject": _of_object, "BankAccount": _of_account, "Event": _of_event,
    "Precursor": _of_precursor,
}  # fmt: skip
