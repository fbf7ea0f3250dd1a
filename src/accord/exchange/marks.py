"""Marks: what a record shows of itself in a blind question. Each is a conjunction that is strong evidence alone.

A mark joins several facts of a record ("two name words and the full birth date") into 32 bytes. Two records that share
one mark are a possible match; a weak agreement (one name, one date, one address) is no mark, so no question can reveal
it. A short number (identity card, registration) is not strong alone: it is joined to a name word, a date or a place.

Invariants: a mark depends on the record and the scheme only, and is equal at every party that uses the scheme; the
scheme's digest covers every rule below and the version of the normal forms, and travels in each message, so parties
with different schemes refuse each other instead of silently missing each other. Only properties that the accord lets
into a question are given to `marks_of`.

>>> from accord.records.model import Entity
>>> known = {"name": ("Amina Diallo",), "birthDate": ("1980-05-17",), "phone": ("+221331234567",)}
>>> amina = Entity("1", "Person", known)
>>> again = Entity("2", "Person", {"name": ("DIALLO, Aminah",), "birthDate": ("17 May 1980",)})
>>> [mark.kind for mark in marks_of([amina])["1"]]
['identifier', 'two name words + full date']
>>> {m.digest for m in marks_of([amina])["1"]} & {m.digest for m in marks_of([again])["2"]} != set()
True
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import combinations, islice, product
from typing import TYPE_CHECKING

from accord.ledger import canonical, digest

if TYPE_CHECKING:
    from accord.match import NormalForms
    from accord.records.model import Entity

FORMS = "match v1"  # the published algorithm whose normal forms these marks are made of
MARKS_PER_RECORD = 24  # at most; the quota of questions is enforced as this many marks a question

# numbers that are issued once in the world, or long enough to be
_UNIQUE_KINDS = (
    "email", "iban", "imei", "imo", "inn", "isin", "lei", "ogrn", "phone", "unsc", "vin", "wallet", "wikidata",
)  # fmt: skip
_UNIQUE_LENGTH = 16
_LONG_NUMBER = 8
_WORD_LENGTH, _PAIR_LENGTH, _LATIN_PAIR_LENGTH, _NAME_LENGTH = 2, 5, 6, 6
_WORDS_USED = 4  # of a longer name, its longest words: they are the rarest

PERSON = (
    ("identifier",),
    ("number", "name word"),
    ("number", "full date"),
    ("number", "postcode"),
    ("long number", "country"),
    ("two name words", "full date"),
    ("name word", "full date", "postcode"),
    ("two name words", "postcode", "house number"),
    ("two name words", "year", "postcode"),
    ("three name words", "year"),
)
BODY = (
    ("identifier",),
    ("number", "name word"),
    ("long number", "country"),
    ("whole name", "country"),
    ("whole name", "full date"),
    ("whole name", "postcode"),
)
THING = (
    ("identifier",),
    ("number", "name word"),
    ("long number", "country"),
    ("whole name", "full date"),
    ("whole name", "year", "country"),
)
_FAMILIES = {
    **dict.fromkeys(("Person",), PERSON),
    **dict.fromkeys(("Company", "Organization", "PublicBody", "LegalEntity"), BODY),
}


@dataclass(frozen=True, slots=True)
class Mark:
    """One mark of a record: which rule gave it, from which (normalised) values, and the 32 bytes that are compared."""

    kind: str
    values: tuple[str, ...]
    digest: bytes


def marks_of(entities: Iterable[Entity]) -> dict[str, tuple[Mark, ...]]:
    """The marks of each entity by its id, in the order of the rules, at most `MARKS_PER_RECORD` each."""
    from accord.match import normal_forms

    return {forms.id: tuple(islice(_marks(forms), MARKS_PER_RECORD)) for forms in normal_forms(list(entities))}


@cache
def scheme() -> str:
    """The digest of the mark scheme: equal at two parties if and only if their marks can meet."""
    rules = {
        "scheme": 1,
        "forms": FORMS,
        "families": {name: [list(rule) for rule in rules] for name, rules in sorted(_FAMILIES.items())},
        "other": [list(rule) for rule in THING],
        "unique": list(_UNIQUE_KINDS),
        "limits": [
            MARKS_PER_RECORD, _UNIQUE_LENGTH, _LONG_NUMBER, _WORD_LENGTH, _PAIR_LENGTH, _LATIN_PAIR_LENGTH,
            _NAME_LENGTH, _WORDS_USED,
        ],
    }  # fmt: skip
    return digest(canonical(rules))


def _marks(forms: NormalForms) -> Iterator[Mark]:
    seen: set[bytes] = set()
    for rule in _FAMILIES.get(forms.schema, THING):
        kind = " + ".join(rule)
        choices = [_FACTS[fact](forms) for fact in rule]
        for values in product(*choices):
            mark = hashlib.sha256(canonical([scheme(), kind, list(values)])).digest()
            if mark not in seen:
                seen.add(mark)
                yield Mark(kind, values, mark)


def _identifiers(forms: NormalForms) -> list[str]:
    return [f"{kind} {value}" for kind, value in forms.identifiers if _is_unique(kind, value)]


def _numbers(forms: NormalForms) -> list[str]:
    return [f"{kind} {value}" for kind, value in forms.identifiers if not _is_unique(kind, value)]


def _long_numbers(forms: NormalForms) -> list[str]:
    return [
        f"{kind} {value}"
        for kind, value in forms.identifiers
        if len(value) >= _LONG_NUMBER and not _is_unique(kind, value)
    ]


def _is_unique(kind: str, value: str) -> bool:
    return kind in _UNIQUE_KINDS or len(value) >= _UNIQUE_LENGTH


def _name_words(forms: NormalForms) -> list[str]:
    return sorted({word for name in forms.names for word in name.skeleton if len(word) >= _WORD_LENGTH})


def _groups(forms: NormalForms, size: int) -> list[str]:
    """Sorted groups of `size` words within one name; in Latin letters where the skeletons would be too short."""
    found: set[str] = set()
    for name in forms.names:
        skeletons = [word for word in _longest(name.skeleton) if len(word) >= _WORD_LENGTH]
        groups = [group for group in combinations(skeletons, size) if sum(map(len, group)) >= _PAIR_LENGTH]
        if not groups:
            groups = [
                group
                for group in combinations(_longest(name.latin), size)
                if sum(map(len, group)) >= _LATIN_PAIR_LENGTH
            ]
        found.update(" ".join(group) for group in groups)
    return sorted(found)


def _longest(words: tuple[str, ...]) -> list[str]:
    return sorted(sorted(set(words), key=lambda word: (-len(word), word))[:_WORDS_USED])


def _whole_names(forms: NormalForms) -> list[str]:
    """A whole name with its numbers: two words or more, or one long one."""
    found = set()
    for name in forms.names:
        words = (*name.skeleton, *name.numbers)
        if sum(map(len, words)) >= _NAME_LENGTH:
            found.add(" ".join(words))
    return sorted(found)


def _full_dates(forms: NormalForms) -> list[str]:
    return sorted({str(date) for date in forms.dates if date.day is not None})


def _years(forms: NormalForms) -> list[str]:
    return sorted({str(date.year) for date in forms.dates})


def _house_numbers(forms: NormalForms) -> list[str]:
    return sorted(
        {word for words in forms.addresses for word in words if word.isdigit() and word not in forms.postcodes}
    )


_FACTS: Mapping[str, Callable[[NormalForms], list[str]]] = {
    "identifier": _identifiers,
    "number": _numbers,
    "long number": _long_numbers,
    "name word": _name_words,
    "two name words": lambda forms: _groups(forms, 2),
    "three name words": lambda forms: _groups(forms, 3),
    "whole name": _whole_names,
    "full date": _full_dates,
    "year": _years,
    "country": lambda forms: sorted(forms.countries),
    "postcode": lambda forms: sorted(forms.postcodes),
    "house number": _house_numbers,
}
