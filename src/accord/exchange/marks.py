"""Marks: what a record shows of itself in a blind question. Each is a conjunction that is strong evidence alone.

A mark joins several facts of a record ("two name words and the full birth date") into 32 bytes. Two records that share
one mark are a possible match; a weak agreement (one common name, one date, one address) is no mark, so no question can
reveal it. A whole name is strong alone where its words are rare enough. A short number (identity card, registration)
is not: it is joined to a name word, a date or a place.
A mark of facts that are common in the world (Ahmad Muhammad, 1 January) is dropped by a public table (`commonness`);
one that says no more than an earlier mark of the record is dropped, too (`_said`), and no match is lost by that.

Invariants: a mark depends on the record and the scheme only, and is equal at every party that uses the scheme; the
scheme's digest covers every rule, the table and what the normal forms make of a set of probes, and travels in each
message, so parties with different schemes refuse each other instead of silently missing each other. Only properties
that the accord lets into a question are given to `marks_of`.

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
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from itertools import combinations, islice, product
from typing import TYPE_CHECKING, TypeAlias

from accord.arrangement.model import MILLION
from accord.exchange import commonness
from accord.exchange.probes import PROBES, WEIGHED
from accord.exchange.rules import BODIES, BY_NAME, FAMILIES, THING
from accord.ledger import canonical, digest

if TYPE_CHECKING:
    from hashlib import _Hash as Hash

    from accord.match import NormalForms
    from accord.records.model import Entity

MARKS_PER_RECORD = 24  # at most; the quota of questions is enforced as this many marks a question

# numbers that are issued once in the world, or long enough to be
_UNIQUE_KINDS = (
    "email", "iban", "imei", "imo", "inn", "isin", "lei", "ogrn", "phone", "unsc", "vin", "wallet", "wikidata",
)  # fmt: skip
_UNIQUE_LENGTH = 16
_LONG_NUMBER = 8
_WORD_LENGTH, _PAIR_LENGTH, _LATIN_PAIR_LENGTH, _NAME_LENGTH = 2, 5, 6, 6
_GROUPS = (("two name words", 2), ("three name words", 3))
_WORDS_USED = 4  # of a longer name, its longest words: they are the rarest


@dataclass(frozen=True, slots=True)
class Mark:
    """One mark of a record: which rule gave it, from which (normalised) values, and the 32 bytes that are compared.

    `strong` is false when the mark is too common in the world (`commonness`), `needed` when an earlier strong mark of
    the record is there wherever this one is: then it takes part in nothing.
    """

    kind: str
    values: tuple[str, ...]
    digest: bytes
    strong: bool = True
    needed: bool = True


Fact: TypeAlias = tuple[str, str]
"""A fact of a record: which, and its value."""
Drawn: TypeAlias = "Mapping[str, tuple[tuple[str, bytes], ...]]"
"""The strong marks of records by record id, each its kind and its 32 bytes: what a question needs."""


def marks_of(entities: Iterable[Entity], largest: int = MILLION) -> dict[str, tuple[Mark, ...]]:
    """The strong marks of each entity by its id, in the order of the rules, at most `MARKS_PER_RECORD` each.

    `largest`: the most records that a holding has under the accord. In a small one a whole name is sooner strong.
    """
    from accord.match import normal_forms

    return {forms.id: _strong(forms, largest) for forms in normal_forms(list(entities))}


def strong_marks(entity: Entity, largest: int = MILLION, most: int | None = None) -> set[bytes]:
    """All strong marks of a record, those that are not asked because of others included.

    `most`: how many facts joined are looked at, for a record that somebody else wrote.
    """
    from accord.match import normal_forms

    (forms,) = normal_forms([entity])
    return {mark for _, _, mark, strong in islice(_joined(forms, largest), most) if strong}


def draw(entities: Sequence[Entity], largest: int = MILLION) -> list[tuple[str, tuple[tuple[str, bytes], ...]]]:
    """`marks_of` without the values, for many records: what goes between processes."""
    drawn = marks_of(entities, largest).items()
    return [(name, tuple((mark.kind, mark.digest) for mark in marks)) for name, marks in drawn]


def explain_marks(entity: Entity, largest: int = MILLION) -> list[tuple[str, tuple[str, ...], str]]:
    """For people: each mark of a record as its rule, the words of the record in it, and why it is not asked ("")."""
    from accord.match import normal_forms

    (forms,) = normal_forms([entity])
    common = f"too common among {largest:,} records"
    sound: dict[str, list[str]] = {}
    for name in forms.names:
        for word in name.latin:
            sound.setdefault(_skeleton(word), []).append(word)
    return [
        (
            mark.kind,
            tuple(_spoken(fact, value, sound) for fact, value in zip(mark.kind.split(" + "), mark.values, strict=True)),
            "" if mark.strong and mark.needed else "another mark says it" if mark.strong else common,
        )
        for mark in _marks(forms, largest)
    ]


def _spoken(fact: str, value: str, sound: Mapping[str, list[str]]) -> str:
    if "name" not in fact:
        return value
    return " ".join("/".join(dict.fromkeys(sound.get(word, [word.lstrip("=")]))) for word in value.split())


def _skeleton(word: str) -> str:
    from accord.match.v1.script import skeleton

    return skeleton(word)


@cache
def scheme() -> str:
    """The digest of the mark scheme: equal at two parties if and only if their marks can meet.

    It covers the rules and the table of common words as they are written, and the normal forms as they come out for
    `PROBES`: a change of those forms that nobody thought to declare is another scheme, too.
    """
    from accord.match import normal_forms
    from accord.records.model import Entity

    probes = [Entity(str(number), schema, values) for number, (schema, values) in enumerate(PROBES)]
    forms = [
        [[list(each) for each in (name.latin, name.skeleton, name.numbers)] for name in one.names]
        + [[str(date) for date in one.dates], list(one.countries), list(one.postcodes)]
        + [[f"{kind} {value}" for kind, value in one.identifiers], [list(words) for words in one.addresses]]
        for one in normal_forms(probes)
    ]
    rules = {
        "scheme": 6,
        "forms": forms,
        "families": {name: [list(rule) for rule in rules] for name, rules in sorted(FAMILIES.items())},
        "other": [list(rule) for rule in THING],
        "unique": list(_UNIQUE_KINDS),
        "limits": [
            MARKS_PER_RECORD, _UNIQUE_LENGTH, _LONG_NUMBER, _WORD_LENGTH, _PAIR_LENGTH, _LATIN_PAIR_LENGTH,
            _NAME_LENGTH, _WORDS_USED,
        ],
        "common": [digest(commonness.table_bytes(name)) for name in commonness.TABLES],
        "strengths": [str(commonness.exactly(commonness.strength(*fact))) for fact in WEIGHED],
        "strong": str(commonness.STRONG),
        "names": [[most, str(nats)] for most, nats in commonness.NAMES] + [str(commonness.NAME_ALONE)],
        "by name": [list(rule) for rule in sorted(BY_NAME)],
    }  # fmt: skip
    return digest(canonical(rules))


def _strong(forms: NormalForms, largest: int) -> tuple[Mark, ...]:
    return tuple(islice((mark for mark in _marks(forms, largest) if mark.strong and mark.needed), MARKS_PER_RECORD))


def _marks(forms: NormalForms, largest: int) -> Iterator[Mark]:
    said = _said(forms)
    earlier: list[frozenset[Fact]] = []  # the facts of each mark that is asked
    for kind, stated, mark, strong in _joined(forms, largest):
        whole = set(stated).union(*(said.get(fact, ()) for fact in stated))
        needed = not any(one <= whole for one in earlier)
        if strong and needed:
            earlier.append(frozenset(stated))
        yield Mark(kind, tuple(value for _, value in stated), mark, strong, needed)


def _joined(forms: NormalForms, largest: int) -> Iterator[tuple[str, list[Fact], bytes, bool]]:
    """The facts of a record joined by each rule: what the rule is called, the facts, the mark, whether it is strong."""
    seen: set[bytes] = set()
    facts: dict[str, list[str]] = {}
    for rule in FAMILIES.get(forms.schema, THING):
        choices = []
        for fact in rule:
            if fact not in facts:
                facts[fact] = _FACTS[fact](forms)
            choices.append(facts[fact])
        if not all(choices):
            continue
        kind, start = _begun(rule)
        least = commonness.least(rule, largest)
        for values in product(*choices):
            hashed = start.copy()
            for value in values:
                data = value.encode()
                hashed.update(len(data).to_bytes(2, "big") + data)
            mark = hashed.digest()
            if mark not in seen:
                seen.add(mark)
                stated = list(zip(rule, values, strict=True))
                nats = commonness.exactly(sum(_strength(*fact) for fact in stated))
                yield kind, stated, mark, nats >= least


def _said(forms: NormalForms) -> dict[Fact, frozenset[Fact]]:
    """What facts of a record say besides themselves: a spelled name says its skeletons, a date its year.

    It follows from the value of the fact alone, so whoever has the fact has what it says; and what that says in turn is
    among it. So two records that share a dropped mark share an earlier one.
    """
    said = {("full date", date): frozenset({("year", date.split("-")[0])}) for date in _full_dates(forms)}
    said |= {("long number", number): frozenset({("number", number)}) for number in _long_numbers(forms)}
    of_word, of_whole, of_spelled = _name_facts(forms.schema)
    for name in forms.names:
        one = replace(forms, names=(name,))
        words = {(of_word, word) for word in _name_words(one)}
        groups = {(fact, group) for fact, size in _GROUPS for group in _groups(one, size)}
        sounds = {fact for fact in groups if not fact[1].startswith("=")} | words
        for fact in groups:
            within = set(fact[1].split())
            said[fact] = frozenset(other for other in sounds if set(other[1].split()) < within)
        wholes = {(of_whole, whole) for whole in _whole_names(one)}
        if not name.numbers:  # among skeletons a number could be taken for a word
            said |= dict.fromkeys(wholes, frozenset(sounds))
        said |= {(of_spelled, spelled): frozenset(groups | words | wholes) for spelled in _spelled_names(one)}
    return said


@cache
def _begun(rule: tuple[str, ...]) -> tuple[str, Hash]:
    """The name of a rule, and the hash of the scheme and that name, to be copied for each mark."""
    kind = " + ".join(rule)
    return kind, hashlib.sha256(bytes.fromhex(scheme()) + len(kind).to_bytes(2, "big") + kind.encode())


_strength = lru_cache(1 << 16)(commonness.strength)


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
                tuple(f"={word}" for word in group)
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


def _spelled_names(forms: NormalForms) -> list[str]:
    """A whole name as it is spelled in Latin letters, with its numbers."""
    found = {" ".join((*(f"={word}" for word in name.latin), *name.numbers)) for name in forms.names}
    return sorted(name for name in found if name)


def _full_dates(forms: NormalForms) -> list[str]:
    return sorted({str(date) for date in forms.dates if date.day is not None})


def _years(forms: NormalForms) -> list[str]:
    return sorted({str(date.year) for date in forms.dates})


def _house_numbers(forms: NormalForms) -> list[str]:
    return sorted(
        {word for words in forms.addresses for word in words if word.isdecimal() and word not in forms.postcodes}
    )


def _name_facts(schema: str) -> tuple[str, str, str]:
    """What the facts of a name are called: those of bodies and of things are weighed otherwise, see `commonness`."""
    kind = "" if schema == "Person" else "body " if schema in BODIES else "thing "
    return f"{kind}name word", f"whole {kind}name", f"spelled {kind}name"


_FACTS: Mapping[str, Callable[[NormalForms], list[str]]] = {
    "identifier": _identifiers,
    "number": _numbers,
    "long number": _long_numbers,
    "name word": _name_words,
    "two name words": lambda forms: _groups(forms, 2),
    "three name words": lambda forms: _groups(forms, 3),
    "whole name": _whole_names,
    "spelled name": _spelled_names,
    "body name word": _name_words,
    "whole body name": _whole_names,
    "spelled body name": _spelled_names,
    "thing name word": _name_words,
    "whole thing name": _whole_names,
    "spelled thing name": _spelled_names,
    "full date": _full_dates,
    "year": _years,
    "country": lambda forms: sorted(forms.countries),
    "postcode": lambda forms: sorted(forms.postcodes),
    "house number": _house_numbers,
}
