"""What of a record is joined to marks: its facts, each with its values as equal strings at every party.

A fact is an identifier, a number, a word or a group of words of a name, a whole name, a date, a place. The facts of
names of bodies and of things are called otherwise, since they are weighed otherwise (`commonness`).

Three facts are given otherwise by a record that is asked about than by one that is held. So two persons born years
apart have no `about year` in common and no `no date at`, and one whose date is not known has one of these in common
with any other; the same with ships and `no IMO at`.

Invariants: facts follow from the normal forms of one record and its role alone; which there are and their limits are
part of the mark scheme. No fact of a record stands twice.

>>> from accord.match import normal_forms
>>> from accord.records import Entity
>>> (forms,) = normal_forms([Entity("1", "Person", {"name": ("DIALLO, Aminah",), "birthDate": ("17 May 1980",)})])
>>> [values_of(fact, forms, "asker") for fact in ("two name words", "spelled name", "year", "no date at")]
[['amn tl'], ['=aminah =diallo'], ['1980'], ['holder']]
>>> values_of("about year", forms, "asker"), values_of("about year", forms, "holder")
(['1980'], ['1979', '1980', '1981'])
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import lru_cache, partial, reduce
from itertools import combinations
from operator import or_
from typing import TYPE_CHECKING, Literal, TypeAlias

from accord.exchange.rules import BODIES

if TYPE_CHECKING:
    from accord.match import NameForm, NormalForms

Fact: TypeAlias = tuple[str, str]
"""A fact of a record: which, and its value."""
Role: TypeAlias = Literal["asker", "holder"]
"""Whose record it is: of who asks, or of who is asked. It is that of the whole question, also of what is asked back."""

# numbers that are issued once in the world, or long enough to be
UNIQUE_KINDS = (
    "email", "iban", "imei", "imo", "inn", "isin", "lei", "ogrn", "phone", "unsc", "vin", "wallet", "wikidata",
)  # fmt: skip
_UNIQUE_LENGTH = 16
_LONG_NUMBER = 8
_WORD_LENGTH, _PAIR_LENGTH, _LATIN_PAIR_LENGTH = 2, 5, 6
_WHOLE_LENGTH = {"whole name": 5, "whole body name": 6, "whole thing name": 6}
_MEANING_LENGTH = 3  # as how many signs a word counts that stands by its meaning
_GROUPS = (("two name words", 2), ("three name words", 3))
_WORDS_USED = 4  # of a longer name, its longest words: they are the rarest
_ABOUT = 1  # years beside the one that a record has: lists round a year of birth, or take it from an age
LIMITS = (
    _UNIQUE_LENGTH, _LONG_NUMBER, _WORD_LENGTH, _PAIR_LENGTH, _LATIN_PAIR_LENGTH, _WORDS_USED, _ABOUT,
    *_WHOLE_LENGTH.values(), _MEANING_LENGTH,
)  # fmt: skip


class Bits(dict[Fact, int]):
    """A bit of its own for each fact of a record, so that a set of facts is a number."""

    def __missing__(self, fact: Fact) -> int:
        bit = self[fact] = 1 << len(self)
        return bit

    def of(self, facts: Iterable[Fact]) -> int:
        """The set of these facts."""
        return reduce(or_, (self[fact] for fact in facts), 0)


def said_of(forms: NormalForms, bits: Bits) -> dict[Fact, int]:
    """What facts of a record say besides themselves: a spelled name says its skeletons, a date its year.

    It follows from the value of the fact alone, so whoever has the fact has what it says; and what that says in turn is
    among it. So two records that share a dropped mark share an earlier one.
    """
    said = {("year", year): bits["about year", year] for year in _years(forms)}
    for date in _full_dates(forms):
        said["full date", date] = bits.of((fact, date.split("-")[0]) for fact in ("year", "about year"))
    said |= {("long number", number): bits["number", number] for number in _long_numbers(forms)}
    of_word, of_whole, of_spelled = _name_facts(forms.schema)
    for name in (*forms.names, *forms.shorter):
        words = [(of_word, word) for word in _words(name)]
        groups = [(fact, group) for fact, size in _GROUPS for group in _groups(name, size=size)]
        sounds = [(set(fact[1].split()), bits[fact]) for fact in (*groups, *words) if not fact[1].startswith("=")]
        for fact in groups:
            within = set(fact[1].split())
            said[fact] = reduce(or_, (bit for other, bit in sounds if other < within), 0)
        wholes = [(of_whole, whole) for whole in _whole(name, of_whole)]
        if not name.numbers:  # among skeletons a number could be taken for a word
            said |= dict.fromkeys(wholes, reduce(or_, (bit for _, bit in sounds), 0))
        if not any(map(_is_meaning, name.skeleton)):  # a meaning follows from what was written, in whatever letters
            said |= {(of_spelled, spelled): bits.of((*groups, *words, *wholes)) for spelled in _spelled(name)}
    return said


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
    return kind in UNIQUE_KINDS or len(value) >= _UNIQUE_LENGTH


def _words(name: NameForm) -> list[str]:
    """Words that tell one name from another; a meaning does not."""
    return [word for word in name.skeleton if len(word) >= _WORD_LENGTH and not _is_meaning(word)]


@lru_cache(1 << 10)  # asked twice for a record: for the facts, and for what they say
def _groups(name: NameForm, size: int) -> list[str]:
    """Sorted groups of `size` words; in Latin letters where the skeletons would be too short."""
    skeletons = [word for word in _longest(name.skeleton) if len(word) >= _WORD_LENGTH]
    groups = [group for group in combinations(skeletons, size) if sum(map(len, group)) >= _PAIR_LENGTH]
    if not groups:
        groups = [
            tuple(f"={word}" for word in group)
            for group in combinations(_longest(name.latin), size)
            if sum(map(len, group)) >= _LATIN_PAIR_LENGTH
        ]
    return [" ".join(group) for group in groups]


def _longest(words: tuple[str, ...]) -> list[str]:
    return sorted(sorted(set(words), key=lambda word: (-len(word), word))[:_WORDS_USED])


def _whole(name: NameForm, fact: str) -> list[str]:
    """The whole name with its numbers: two words or more, or one long one."""
    words = (*name.skeleton, *name.numbers)
    return [" ".join(words)] if sum(map(_signs, words)) >= _WHOLE_LENGTH[fact] else []


def _signs(word: str) -> int:
    return _MEANING_LENGTH if _is_meaning(word) else len(word)


def _is_meaning(word: str) -> bool:
    return word.startswith("@")


def _spelled(name: NameForm) -> list[str]:
    """The whole name as it is spelled in Latin letters, with its numbers."""
    words = (*(f"={word}" for word in name.latin), *name.numbers)
    return [" ".join(words)] if words else []


def _of_names(read: Callable[[NameForm], list[str]]) -> Callable[[NormalForms], list[str]]:
    """The facts of all names of a record, each once."""
    return lambda forms: sorted({fact for name in forms.names for fact in read(name)})


def _full_dates(forms: NormalForms) -> list[str]:
    return sorted({str(date) for date in forms.dates if date.day is not None})


def _years(forms: NormalForms) -> list[str]:
    return sorted({str(date.year) for date in forms.dates})


def _about_years(forms: NormalForms, role: Role) -> list[str]:
    """Of what is held also the years beside."""
    about = 0 if role == "asker" else _ABOUT
    return sorted({str(date.year + years) for date in forms.dates for years in range(-about, about + 1)})


def _missing_at(known: bool, role: Role) -> list[str]:
    """Whose record may have none, for this one to be the same: two records have a value in common, but if both know."""
    if known:
        return ["holder"] if role == "asker" else ["asker"]
    return ["asker"] if role == "asker" else ["asker", "holder"]


def _no_date_at(forms: NormalForms, role: Role) -> list[str]:
    return _missing_at(bool(forms.dates), role)


def _no_imo_at(forms: NormalForms, role: Role) -> list[str]:
    return _missing_at(any(kind == "imo" for kind, _ in forms.identifiers), role)


def _house_numbers(forms: NormalForms) -> list[str]:
    words = {word for words in forms.addresses for word in words if word.isdecimal()}
    return sorted(words.difference(forms.postcodes))


def _name_facts(schema: str) -> tuple[str, str, str]:
    """What the facts of a name are called: those of bodies and of things are weighed otherwise, see `commonness`."""
    kind = "" if schema == "Person" else "body " if schema in BODIES else "thing "
    return f"{kind}name word", f"whole {kind}name", f"spelled {kind}name"


def dated(forms: NormalForms) -> NormalForms:
    """The record as rules with a date see it: with the shorter names, which are too little without one."""
    return replace(forms, names=(*forms.names, *forms.shorter)) if forms.shorter else forms


def values_of(fact: str, forms: NormalForms, role: Role) -> list[str]:
    """The values of a fact that a record gives in this role."""
    by_role = _BY_ROLE.get(fact)
    return _FACTS[fact](forms) if by_role is None else by_role(forms, role)


_BY_ROLE: Mapping[str, Callable[[NormalForms, Role], list[str]]] = {
    "about year": _about_years,
    "no date at": _no_date_at,
    "no IMO at": _no_imo_at,
}
_FACTS: Mapping[str, Callable[[NormalForms], list[str]]] = {
    "identifier": _identifiers,
    "number": _numbers,
    "long number": _long_numbers,
    "name word": _of_names(_words),
    "two name words": _of_names(partial(_groups, size=2)),
    "three name words": _of_names(partial(_groups, size=3)),
    "whole name": _of_names(partial(_whole, fact="whole name")),
    "spelled name": _of_names(_spelled),
    "body name word": _of_names(_words),
    "whole body name": _of_names(partial(_whole, fact="whole body name")),
    "spelled body name": _of_names(_spelled),
    "thing name word": _of_names(_words),
    "whole thing name": _of_names(partial(_whole, fact="whole thing name")),
    "spelled thing name": _of_names(_spelled),
    "full date": _full_dates,
    "year": _years,
    "country": lambda forms: sorted(forms.countries),
    "postcode": lambda forms: sorted(forms.postcodes),
    "house number": _house_numbers,
}
