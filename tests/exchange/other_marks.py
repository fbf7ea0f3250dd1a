"""Marks drawn by another implementation, written from docs/reference/marks.md; the rules are read from the page itself.

It begins at the normal forms of a record and shares no code with `accord`. Nats are exact decimals.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import combinations, product
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "marks.md"
UNIQUE = "email iban imei imo inn isin lei ogrn phone unsc vin wallet wikidata".split()  # noqa: SIM905 - as on the page
BODIES = ("Company", "Organization", "PublicBody", "LegalEntity")
LIMIT = Decimal("19.2")
Fact = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Name:
    """One name as the page has it: sorted words in Latin letters, their skeletons, and numbers."""

    latin: Sequence[str]
    skeleton: Sequence[str]
    numbers: Sequence[str]


@dataclass(frozen=True, slots=True)
class Forms:
    """The normal forms of a record; dates as texts, identifiers as pairs of kind and number."""

    schema: str
    names: Sequence[Name]
    shorter: Sequence[Name]
    dates: Sequence[str]
    countries: Sequence[str]
    identifiers: Sequence[tuple[str, str]]
    addresses: Sequence[Sequence[str]]
    postcodes: Sequence[str]

    @property
    def kind(self) -> str:
        """What the facts of its names begin with."""
        return "" if self.schema == "Person" else "body " if self.schema in BODIES else "thing "


def rules(schema: str) -> list[tuple[str, ...]]:
    """The rules of a kind of record, as they stand on the page."""
    family = (
        "Person" if schema == "Person" else "Body" if schema in BODIES else "Vessel" if schema == "Vessel" else "Thing"
    )
    found = re.search(rf"^\*\*{family}\*\*\n\n```text\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.M | re.S)
    assert found
    return [tuple(line.split(" + ")) for line in found[1].splitlines()]


FIRST = (
    ("sch", "s"), ("tch", "s"), ("tsch", "s"), ("dzh", "s"), ("sh", "s"), ("ch", "s"), ("zh", "s"), ("dj", "s"), ("ts", "s"),
    ("tz", "s"), ("cz", "s"), ("sz", "s"), ("ph", "f"), ("kh", "k"), ("gh", "k"), ("th", "t"), ("dh", "t"), ("ck", "k"),
    ("ce", "se"), ("ci", "si"), ("cy", "sy"), ("x", "ks"),
)  # fmt: skip
THEN = str.maketrans("pvwgqcdzj", "bffkkktss", "aeiouyh")


def bones(word: str) -> str:
    """The skeleton of a word in Latin letters."""
    plain, rest = word[:1] * word.startswith("w"), word.removeprefix("w")
    while rest:
        old, new = next((each for each in FIRST if rest.startswith(each[0])), (rest[0], rest[0].replace("w", "")))
        plain, rest = plain + new, rest[len(old) :]
    once = re.sub(r"(.)\1+", r"\1", plain.translate(THEN))
    return ("a" if word[:1] in tuple("aeiouy") else "h" if word[:1] == "h" else "") + once


# --- facts -----------------------------------------------------------------------------------------------------------


def four_longest(words: Sequence[str]) -> list[str]:
    return sorted(set(words), key=lambda word: (-len(word), word))[:4]


def groups(name: Name, size: int) -> set[str]:
    def chosen(words: Sequence[str], least: int) -> list[tuple[str, ...]]:
        return [each for each in combinations(sorted(words), size) if len("".join(each)) >= least]

    skeletons = chosen([word for word in four_longest(name.skeleton) if len(word) >= 2], 5)
    spelled = chosen(four_longest(name.latin), 6)
    return {" ".join(each) for each in skeletons} or {" ".join(f"={word}" for word in each) for each in spelled}


def name_words(name: Name) -> set[str]:
    return {word for word in name.skeleton if len(word) >= 2 and word[0] != "@"}


def whole(name: Name, kind: str) -> set[str]:
    words = [*name.skeleton, *name.numbers]
    signs = sum(3 if word.startswith("@") else len(word) for word in words)
    return {" ".join(words)} if signs >= (6 if kind else 5) else set()


def spelled(name: Name) -> set[str]:
    return {" ".join([*(f"={word}" for word in name.latin), *name.numbers])} - {""}


def facts(forms: Forms, role: str) -> dict[str, list[str]]:
    """Every fact of a record with its values, in its role."""
    unique = {(kind, number) for kind, number in forms.identifiers if kind in UNIQUE or len(number) >= 16}
    others = set(forms.identifiers) - unique
    words = {word for address in forms.addresses for word in address}
    years = {int(date[:4]) for date in forms.dates}
    values = {
        "identifier": {" ".join(each) for each in unique},
        "number": {" ".join(each) for each in others},
        "long number": {" ".join(each) for each in others if len(each[1]) >= 8},
        "full date": {date for date in forms.dates if len(date) == 10},
        "year": set(map(str, years)),
        "about year": {str(year + beside) for year in years for beside in ((-1, 0, 1) if role == "holder" else (0,))},
        "no date at": MISSING_AT[role, bool(years)],
        "no IMO at": MISSING_AT[role, "imo" in dict(forms.identifiers)],
        "country": set(forms.countries),
        "postcode": set(forms.postcodes),
        "house number": {word for word in words if word.isdecimal()} - set(forms.postcodes),
    }
    for name in forms.names:
        for fact, found in of_name(name, forms.kind):
            values[fact] = values.get(fact, set()) | found
    return {fact: sorted(found) for fact, found in values.items()}


MISSING_AT = {
    ("asker", True): {"holder"}, ("asker", False): {"asker"},
    ("holder", True): {"asker"}, ("holder", False): {"asker", "holder"},
}  # fmt: skip


def of_name(name: Name, kind: str) -> list[tuple[str, set[str]]]:
    return [
        (f"{kind}name word", name_words(name)),
        ("two name words", groups(name, 2)),
        ("three name words", groups(name, 3)),
        (f"whole {kind}name", whole(name, kind)),
        (f"spelled {kind}name", spelled(name)),
    ]


def says(forms: Forms, fact: Fact) -> set[Fact]:
    """What a fact says, itself included."""
    name_of, value = fact
    if name_of in ("full date", "year"):
        return {fact, ("year", value[:4]), ("about year", value[:4])}
    if name_of == "long number":
        return {fact, ("number", value)}
    found = {fact}
    for name in (*forms.names, *forms.shorter):
        all_of_it = of_name(name, forms.kind)
        if (name_of, value) not in {(each, one) for each, values in all_of_it for one in values}:
            continue
        words, grouped, wholes = all_of_it[:1], all_of_it[1:3], all_of_it[3:4]
        sounds = {(each, one) for each, values in words + grouped for one in values if not one.startswith("=")}
        if "name words" in name_of:
            found |= {one for one in sounds if set(one[1].split()) < set(value.split())}
        elif name_of.startswith("whole") and not name.numbers:
            found |= sounds
        elif name_of.startswith("spelled") and "@" not in "".join(name.skeleton):
            found |= {(each, one) for each, values in words + grouped + wholes for one in values}
    return found


# --- nats ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Tables:
    """Both tables of common words, as lines of a word and tenths of nats."""

    people: Mapping[str, Decimal]
    bodies: Mapping[str, Decimal]

    @classmethod
    def read(cls, people: str, bodies: str) -> Tables:
        def table(text: str) -> dict[str, Decimal]:
            return {word: Decimal(tenths) / 10 for word, tenths in map(str.split, text.splitlines())}

        return cls(table(people), table(bodies))

    def nats(self, fact: str, value: str) -> Decimal:
        """How rare a fact is."""
        if fact in ("number", "long number"):
            kind, number = value.split(" ", 1)
            more = 2 if fact == "long number" and kind == "passport" else 0
            return min(Decimal("1.85") * len(number) + more, Decimal(30))
        if fact == "full date":
            return Decimal("5.5") if value[5:] == "01-01" else Decimal("9.8")
        if fact == "postcode":
            return min(Decimal("1.6") * len(value), Decimal(8))
        if fact == "house number":
            return min(Decimal("2.3") + Decimal("0.03") * int(value[:4]), Decimal(5))
        fixed = {
            "identifier": "40",
            "year": "4",
            "about year": "2.9",
            "country": "2",
            "no date at": "0",
            "no IMO at": "0",
        }
        if fact in fixed:
            return Decimal(fixed[fact])
        return self._of_body(value) if "body" in fact else self._of_name(fact, value)

    def _of_name(self, fact: str, value: str) -> Decimal:
        most = Decimal("7.5" if "thing" in fact else "8.5")
        words = [min(self.people.get(word, _by_length(word)), most) for word in value.split()]
        nats = min(sum(words, Decimal()) * (Decimal("0.85") if len(words) > 1 else 1), Decimal(26))
        if fact in ("whole name", "spelled name") and len(words) == 1:
            return min(nats, Decimal(5))
        return nats - (Decimal("0.5") if fact in ("name word", "thing name word") else 0)

    def _of_body(self, value: str) -> Decimal:
        words = set(value.split())
        rare = any(not word.isdecimal() and word not in self.people and word not in self.bodies for word in words)
        return min(sum(map(self._in_body, words), Decimal()), Decimal(26 if rare else 13))

    def _in_body(self, word: str) -> Decimal:
        listed = [table[word] for table in (self.people, self.bodies) if word in table]
        return Decimal(2) if word.isdecimal() else min(*listed, _by_length(word), Decimal("9.6"))


def _by_length(word: str) -> Decimal:
    return Decimal("2.5") * len(word.removeprefix("="))


def limit(rule: tuple[str, ...], records: int) -> Decimal:
    """The nats that a mark of a rule needs."""
    against = {"full date", "year", "about year", "no date at", "no IMO at"}
    whenever = rule in rules("Thing") or (rule not in rules("Company") and not against & set(rule))
    if records > 100_000:
        return LIMIT
    if rule in (("two name words", "full date"), ("two name words", "full date", "country")):
        return Decimal("15.5") if records <= 20_000 else Decimal(17)
    if whenever or not rule[0].startswith(("whole", "spelled")):
        return LIMIT
    more = {"whole name": 2, "spelled thing name": Decimal("-1.5"), "whole thing name": Decimal("-1.5")}
    return Decimal("7.5" if records <= 20_000 else "14.5") + more.get(rule[0], 0)


# --- marks -----------------------------------------------------------------------------------------------------------


def sized(text: str) -> bytes:
    return len(text.encode()).to_bytes(2, "big") + text.encode()


def marks(
    forms: Forms, role: str, scheme: bytes, tables: Tables, records: int
) -> Iterator[tuple[str, tuple[str, ...], bytes, str]]:
    """Every mark of a record: its rule, values and bytes, and why it is not asked ("", "common" or "said")."""
    undated, dated = (
        {fact: [one for one in found if len(one.encode()) < 1 << 16] for fact, found in facts(each, role).items()}
        for each in (forms, replace(forms, names=[*forms.names, *forms.shorter]))
    )
    asked: list[set[Fact]] = []
    for rule in rules(forms.schema):
        values = dated if {"full date", "year", "about year"} & set(rule) else undated
        for choice in product(*(values.get(fact, []) for fact in rule)):
            stated = list(zip(rule, choice, strict=True))
            follows = {said for fact in stated for said in says(forms, fact)}
            fate = "said" if any(one <= follows for one in asked) else ""
            if sum((tables.nats(*fact) for fact in stated), Decimal()) < limit(rule, records):
                fate = "common"
            if not fate:
                asked.append(set(stated))
            kind = " + ".join(rule)
            yield kind, choice, hashlib.sha256(scheme + sized(kind) + b"".join(map(sized, choice))).digest(), fate
