"""What a column is likely to hold, by its name in many languages and by its values.

Invariants: the answer depends on the given cells alone; a reason never quotes a value.

>>> by_name("Date de naissance"), by_name("passport_no"), by_name("shoe size")
('birthDate', 'passportNumber', None)
>>> Column.of("e-mail", ["a@example.org", ""]).prop
'email'
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from accord.records.clean import countries, date, identifier
from accord.records.mapping import Cell
from accord.records.schemata import schemata

ID, PART = "id", "part"
_PARTS = frozenset({"street", "postalCode", "city", "state"})
_CAMEL = re.compile(r"(?<=[^\W\d_A-ZА-Я])(?=[A-ZА-Я])")
_SURE, _LEAST_VALUES = 0.8, 3
_SPLITS = (";", "|", "\n")
_SPLIT_SHARE = 0.1
# what the values alone can show, in the order in which it is tried: (property, kind)
_SHOWN = (
    ("email", "email"), ("iban", "iban"), ("leiCode", "lei"), ("imoNumber", "imo"), ("publicKey", "wallet"),
    ("isin", "isin"), ("phone", "phone"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Column:
    """One column: the property that it is taken for (or None), whether its name says just that, why, and what its
    values are like: how many are filled, all different, several in a cell, of several words each."""

    name: str
    prop: str | None
    exact: bool
    why: str
    filled: float
    distinct: bool
    split: str | None
    worded: bool = False

    @classmethod
    def of(cls, name: str, cells: Sequence[Cell]) -> Column:
        """Look at a column and its cells."""
        values = [value for cell in cells for value in (cell if isinstance(cell, tuple) else (cell,)) if value]
        filled = sum(bool(cell) for cell in cells) / max(len(cells), 1)
        exact, prop = _called(name)
        if prop:
            why = ("by its name" if exact else "by a part of its name") + _confirmed(prop, values)
        else:
            prop, why = _by_values(values)
        split = next((one for one in _SPLITS if _divided(values, one)), None)
        worded = bool(values) and sum(len(value.split()) > 1 for value in values) >= _SURE * len(values)
        return cls(name, prop, exact, why, filled, len(set(values)) == len(cells), split, worded)


def fold(name: str) -> tuple[str, ...]:
    """The words of a column name without case and accents; a name in one piece ("dateOfBirth") is taken apart."""
    text = unicodedata.normalize("NFKD", _CAMEL.sub(" ", name)).casefold()
    plain = "".join(c for c in text if not unicodedata.combining(c) and c not in "'’")
    return tuple(re.sub(r"[\W_]+", " ", plain).split())


def holds(words: tuple[str, ...], term: tuple[str, ...]) -> bool:
    """Whether a column name holds all words of a term (for Chinese, which has no spaces, its letters)."""
    return set(term) <= set(words) or (len(term) == 1 and _is_han(term[0]) and term[0] in "".join(words))


def by_name(name: str) -> str | None:
    """The property that a column is called after; `id`, or a part of an address, may be the answer too."""
    return _called(name)[1]


@cache
def _called(name: str) -> tuple[bool, str | None]:
    words = fold(name)
    found = [
        (term == words, prop != ID, len(term), len("".join(term)), prop)
        for prop, term in _terms()
        # "person" alone is a name, "person id" is none: a whole name must be called so
        if term == words or (holds(words, term) and (prop != "name" or len(term) > 1))
    ]
    best = max(found, default=None)
    return (best[0], best[-1]) if best else (False, None)


@cache
def _terms() -> tuple[tuple[str, tuple[str, ...]], ...]:
    lines = files(__package__).joinpath("columns.txt").read_text("utf-8").splitlines()
    return tuple(
        (prop, words)
        for line in lines
        if not line.startswith("#")
        for prop, _, terms in [line.partition(":")]
        for term in terms.split(";")
        if (words := fold(term)) and term.strip() != PART
    )


def is_part(prop: str | None) -> bool:
    """Whether it is a part of an address."""
    return prop in _PARTS


@cache
def _types() -> dict[str, str]:
    return {name: prop.type for one in schemata().values() for name, prop in one.properties.items()}


def _confirmed(prop: str, values: Sequence[str]) -> str:
    """What the values say to a property that the name gives; empty when its type has no form."""
    kind = _types().get(prop)
    if not values or kind not in ("date", "country"):
        return ""
    reads = date if kind == "date" else countries
    share = sum(bool(reads(value)) for value in values) / len(values)
    noun = "dates" if kind == "date" else "countries"
    return f"; {share:.0%} of its values read as {noun}" + ("" if share >= _SURE else ": look at the others")


def _by_values(values: Sequence[str]) -> tuple[str | None, str]:
    if len(values) < _LEAST_VALUES:
        return None, "its name tells nothing, and it is almost empty"
    for prop, kind in _SHOWN:
        read = [identifier(prop, value) for value in values]
        share = sum(found is not None and found[0] == kind for found in read) / len(values)
        if share >= _SURE:
            return prop, f"by its values: {share:.0%} read as {kind}"
    share = sum(bool(countries(value)) for value in values) / len(values)
    if share >= _SURE:
        return "country", f"by its values: {share:.0%} read as countries"
    if sum(bool(date(value)) for value in values) / len(values) >= _SURE:
        return None, "dates, but its name does not say of what"
    return None, "no property is called so"


def _divided(values: Sequence[str], sign: str) -> bool:
    return bool(values) and sum(sign in value for value in values) > _SPLIT_SHARE * len(values)


def _is_han(text: str) -> bool:
    return all("一" <= c <= "鿿" for c in text)
