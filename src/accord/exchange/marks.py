"""Marks: what a record shows of itself in a blind question. Each is a conjunction that is strong evidence alone.

A mark joins several facts of a record ("two name words and the full birth date") into 32 bytes. Two records that share
one mark are a possible match; a weak agreement (one common name, one date, one address) is no mark, so no question can
reveal it. A whole name is strong alone where its words are rare enough. A short number (identity card, registration)
is not: it is joined to a name word, a date or a place.
A mark of facts that are common in the world (Ahmad Muhammad, 1 January) is dropped by a public table (`commonness`);
one that says no more than an earlier mark of the record is dropped, too (`said_of`), and no match is lost by that.
Equality cannot say that two dates differ. So what is asked and what is held give other marks of a name without a date
(`facts.Role`): they meet unless both records have one.

Invariants: a mark depends on the record, its role and the scheme only, and is equal at every party that uses it; the
scheme's digest covers every rule, the table and what the normal forms make of a set of probes, and travels in each
message, so parties with different schemes refuse each other instead of silently missing each other. Only properties
that the accord lets into a question are given to `marks_of`.

>>> from accord.records.model import Entity
>>> known = {"name": ("Amina Diallo",), "birthDate": ("1980-05-17",), "phone": ("+221331234567",)}
>>> amina = Entity("1", "Person", known)
>>> again = Entity("2", "Person", {"name": ("DIALLO, Aminah",), "birthDate": ("17 May 1980",)})
>>> [mark.kind for mark in marks_of([amina], "asker")["1"]]
['identifier', 'two name words + full date']
>>> {m.digest for m in marks_of([amina], "asker")["1"]} & {m.digest for m in marks_of([again], "holder")["2"]} != set()
True
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import islice, product
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from accord.arrangement.model import MILLION
from accord.engine import uncollected
from accord.errors import several
from accord.exchange import commonness
from accord.exchange.facts import LIMITS, UNIQUE_KINDS, Bits, Fact, Role, dated, said_of, values_of
from accord.exchange.probes import PROBES, WEIGHED, tables
from accord.exchange.rules import BY_DATE, BY_NAME, DATES, FAMILIES, THING
from accord.ledger import canonical, digest

if TYPE_CHECKING:
    from hashlib import _Hash as Hash

    from accord.match import NormalForms
    from accord.records.model import Entity

MARKS_PER_RECORD = 24  # of one that is asked about, at most; the quota of questions counts as many for each
MARKS_HELD = 32  # of one that is held: a year of birth is three there, and they cost less
_LONGEST_VALUE = (1 << 16) - 1  # bytes: what two bytes of length can say in what is hashed


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


class _Weighed(NamedTuple):
    """A fact, its millionths of a nat, and its value as it is hashed."""

    fact: Fact
    nats: int
    sized: bytes


Drawn: TypeAlias = "Mapping[str, tuple[tuple[str, bytes], ...]]"
"""The strong marks of records by record id, each its kind and its 32 bytes: what a question needs."""


def marks_of(entities: Iterable[Entity], role: Role, largest: int = MILLION) -> dict[str, tuple[Mark, ...]]:
    """The strong marks of each entity by its id, in the order of the rules, at most `most_marks(role)` each.

    `largest`: the most records that a holding has under the accord. In a small one a whole name is sooner strong.
    """
    from accord.match import normal_forms

    return {forms.id: _strong(forms, role, largest) for forms in normal_forms(list(entities))}


def most_marks(role: Role) -> int:
    """How many marks a record gives at most."""
    return MARKS_PER_RECORD if role == "asker" else MARKS_HELD


def strong_marks(entity: Entity, role: Role, largest: int = MILLION, most: int | None = None) -> set[bytes]:
    """All strong marks of a record, those that are not asked because of others included.

    `most`: how many facts joined are looked at, for a record that somebody else wrote.
    """
    from accord.match import normal_forms

    (forms,) = normal_forms([entity])
    joined = islice(_joined(forms, role, largest), most)
    return {_hashed(rule, chosen) for rule, chosen, strong in joined if strong}


def facts_of(
    entity: Entity, mark: bytes, role: Role, largest: int = MILLION, most: int | None = None
) -> tuple[Fact, ...] | None:
    """The facts that a strong mark of a record joins; None when the record does not give it. `most`: as above."""
    from accord.match import normal_forms

    (forms,) = normal_forms([entity])
    for rule, chosen, strong in islice(_joined(forms, role, largest), most):
        if strong and _hashed(rule, chosen) == mark:
            return tuple(one.fact for one in chosen)
    return None


def has_facts(entity: Entity, facts: Iterable[Fact], role: Role) -> bool:
    """Whether a record still has these facts, so that it gives the mark that joins them."""
    from accord.match import normal_forms

    (forms,) = normal_forms([entity])
    return all(value in values_of(fact, dated(forms), role) for fact, value in facts)


@uncollected()
def draw(
    entities: Sequence[Entity], role: Role, largest: int = MILLION
) -> list[tuple[str, tuple[tuple[str, bytes], ...]]]:
    """`marks_of` without the values, for many records: what goes between processes."""
    from accord.match import normal_forms

    most, found = most_marks(role), []
    for forms in normal_forms(entities):
        asked = islice(_judged(forms, role, largest, asked=True), most)
        found.append((forms.id, tuple([(rule.kind, _hashed(rule, chosen)) for rule, chosen, _, _ in asked])))
    return found


def explain_marks(
    entity: Entity, role: Role, largest: int = MILLION, most: int | None = None
) -> list[tuple[str, tuple[str, ...], str]]:
    """For people: each mark of a record as its rule, the words of the record in it, and why it is not asked ("").

    `most`: how many are looked at, as a record of thousands of facts joins them to millions.
    """
    from accord.match import normal_forms

    (forms,) = normal_forms([entity])
    sound: dict[str, list[str]] = {}
    for name in forms.names:
        for word in name.latin:
            sound.setdefault(_skeleton(word), []).append(word)
    explained, enough = [], most_marks(role)
    asked = 0
    for mark in islice(_marks(forms, role, largest), most):
        facts = zip(mark.kind.split(" + "), mark.values, strict=True)
        if not mark.strong:
            why = f"too common among {several(largest, 'record')}"
        elif not mark.needed:
            why = "another mark says it"
        else:
            why = "" if asked < enough else f"{enough} others are asked before it"
            asked += 1
        explained.append((mark.kind, tuple(_spoken(fact, value, sound) for fact, value in facts), why))
    return explained


def _spoken(fact: str, value: str, sound: Mapping[str, list[str]]) -> str:
    if "name" not in fact:
        return value
    return " ".join("/".join(dict.fromkeys(sound.get(word, [word.lstrip("=@")]))) for word in value.split())


def _skeleton(word: str) -> str:
    from accord.match.v1.script import skeleton

    return skeleton(word)


@cache
def scheme() -> str:
    """The digest of the mark scheme: equal at two parties if and only if their marks can meet.

    It covers the rules and the table of common words as they are written, the tables that normal forms read whole, and
    these forms as they come out for `PROBES`: a change that nobody thought to declare is another scheme, too.
    """
    from accord.match import normal_forms
    from accord.records.model import Entity

    probes = [Entity(str(number), schema, values) for number, (schema, values) in enumerate(PROBES)]
    forms = [
        [[list(each) for each in (name.latin, name.skeleton, name.numbers)] for name in one.names]
        + [[str(date) for date in one.dates], list(one.countries), list(one.postcodes)]
        + [[f"{kind} {value}" for kind, value in one.identifiers], [list(words) for words in one.addresses]]
        + [[[list(each) for each in (name.latin, name.skeleton, name.numbers)] for name in one.shorter]]
        for one in normal_forms(probes)
    ]
    rules = {
        "scheme": 9,
        "forms": forms,
        "tables": {name: digest("\n".join(lines).encode()) for name, lines in tables()},
        "families": {name: [list(rule) for rule in rules] for name, rules in sorted(FAMILIES.items())},
        "other": [list(rule) for rule in THING],
        "unique": list(UNIQUE_KINDS),
        "limits": [MARKS_PER_RECORD, MARKS_HELD, *LIMITS],
        "common": [digest(commonness.table_bytes(name)) for name in commonness.TABLES],
        "strengths": [str(round(commonness.strength(*fact), 6)) for fact in WEIGHED],
        "strong": str(commonness.STRONG),
        "names": [[most, str(nats)] for most, nats in commonness.NAMES] + [str(commonness.SHIP), str(commonness.SOUND)],
        "by name": [list(rule) for rule in sorted(BY_NAME)],
        "dated": [[most, str(nats)] for most, nats in commonness.DATED],
        "by date": [list(rule) for rule in sorted(BY_DATE)],
    }
    return digest(canonical(rules))


def _strong(forms: NormalForms, role: Role, largest: int) -> tuple[Mark, ...]:
    return tuple(islice(_marks(forms, role, largest, asked=True), most_marks(role)))


def _marks(forms: NormalForms, role: Role, largest: int, asked: bool = False) -> Iterator[Mark]:
    """The marks of a record in the order of the rules; `asked`: only those that are strong and needed."""
    for rule, chosen, strong, needed in _judged(forms, role, largest, asked):
        yield Mark(rule.kind, tuple(one.fact[1] for one in chosen), _hashed(rule, chosen), strong, needed)


def _judged(
    forms: NormalForms, role: Role, largest: int, asked: bool = False
) -> Iterator[tuple[_Rule, tuple[_Weighed, ...], bool, bool]]:
    """The same before they are hashed: the facts joined by each rule, whether they are strong, and needed."""
    bits = Bits()  # for facts of strong marks only: with thousands of them each bit is a long number
    said = said_of(forms, bits)
    earlier: list[int] = []  # the facts of each mark that is asked
    for rule, chosen, strong in _joined(forms, role, largest, asked):
        needed = True
        if strong:
            stated = whole = 0
            for fact, _, _ in chosen:
                stated |= bits[fact]
                whole |= said.get(fact, 0)
            whole |= stated
            needed = not any(one & whole == one for one in earlier)
            if needed:
                earlier.append(stated)
        if (strong and needed) or not asked:
            yield rule, chosen, strong, needed


def _joined(
    forms: NormalForms, role: Role, largest: int, asked: bool = False
) -> Iterator[tuple[_Rule, tuple[_Weighed, ...], bool]]:
    """The facts of a record joined by each rule, and whether they are strong; `asked`: only those that are."""
    undated = _weighed(forms, role)
    with_date = _weighed(dated(forms), role) if forms.shorter else undated
    most = {fact: max(map(_nats, values)) for fact, values in with_date.items()}
    for rule in _rules(forms.schema, largest, frozenset(undated)):
        if asked and sum([most[fact] for fact in rule.facts]) < rule.least:
            continue
        weighed = with_date if rule.dated else undated
        for chosen in product(*[weighed[fact] for fact in rule.facts]):
            strong = sum(map(_nats, chosen)) >= rule.least
            if strong or not asked:
                yield rule, chosen, strong


@lru_cache(1 << 12)
def _rules(schema: str, largest: int, known: frozenset[str]) -> tuple[_Rule, ...]:
    """The rules for a record of which these facts are known."""
    rules: Sequence[tuple[str, ...]] = FAMILIES.get(schema, THING)
    return tuple(
        _Rule(
            rule,
            " + ".join(rule),
            _begun(rule),
            millionths(commonness.least(rule, largest)),
            not DATES.isdisjoint(rule),
        )
        for rule in rules
        if known.issuperset(rule)
    )


class _Rule(NamedTuple):
    """A rule: its facts, its name, the hash that its marks begin with, the millionths of a nat that they need, and
    whether a date is among the facts."""

    facts: tuple[str, ...]
    kind: str
    start: Hash
    least: int
    dated: bool


def _begun(rule: tuple[str, ...]) -> Hash:
    kind = " + ".join(rule).encode()
    return hashlib.sha256(bytes.fromhex(scheme()) + len(kind).to_bytes(2, "big") + kind)


def _hashed(rule: _Rule, chosen: tuple[_Weighed, ...]) -> bytes:
    hashed = rule.start.copy()
    hashed.update(b"".join(map(_sized, chosen)))
    return hashed.digest()


def _weighed(forms: NormalForms, role: Role) -> dict[str, list[_Weighed]]:
    """The values of each fact that the rules of a record join, if it has any.

    One that is too long to be hashed is in no mark.
    """
    given = {
        fact: [_fact(fact, value) for value in values_of(fact, forms, role) if len(value.encode()) <= _LONGEST_VALUE]
        for fact in _facts(forms.schema)
    }
    return {fact: values for fact, values in given.items() if values}


@cache
def _facts(schema: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(fact for rule in FAMILIES.get(schema, THING) for fact in rule))


@lru_cache(1 << 13)
def _fact(fact: str, value: str) -> _Weighed:
    text = value.encode()
    return _Weighed((fact, value), millionths(commonness.strength(fact, value)), len(text).to_bytes(2, "big") + text)


def millionths(nats: float) -> int:
    """Nats as a whole number: sums of floats differ between Pythons, and a mark is strong at both desks or at none."""
    return round(nats * 1_000_000)


_nats, _sized = itemgetter(1), itemgetter(2)
