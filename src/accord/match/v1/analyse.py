"""Records become columns: each unique name and word is analysed once, everything after works on integers.

Invariants: the analysis of a record depends on that record only. Sensitive properties (religion, ethnicity, political
opinion, health) are never read.

>>> from accord.records.model import Entity
>>> table = analyse([Entity("1", "Person", {"name": ("Dr. Amina Diallo",), "birthDate": ("1980-05",)})])
>>> table.name_texts, [table.vocabulary.text[row] for row in table.name_words.items], table.dates.items.tolist()
(['Dr. Amina Diallo'], ['amina', 'diallo'], [19800500])
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from accord.match.v1.columns import Ints, Lists
from accord.match.v1.describe import Description, description, identifies
from accord.match.v1.reading import STREET_PROPERTIES, TAIL_NUMBER, NameReader, all_words, kind_of
from accord.match.v1.script import latin, words
from accord.match.v1.vocabulary import Kind, Role, Vocabulary
from accord.records import clean
from accord.records.model import Entity

DATE_PROPERTIES = ("birthDate", "incorporationDate", "buildDate")
NATIONALITY_PROPERTIES = ("nationality", "citizenship", "jurisdiction", "flag")
COUNTRY_PROPERTIES = (*NATIONALITY_PROPERTIES, "country", "mainCountry", "birthCountry", "pastFlags")
PLACE_PROPERTIES = ("birthPlace", "address", "full")
MALE, FEMALE = 1, 2
_GENDERS = {"male": MALE, "m": MALE, "man": MALE, "female": FEMALE, "f": FEMALE, "woman": FEMALE}

# schemata that one thing may be filed under; 0 is unknown and goes with all
_FAMILIES = {
    "Person": 1, "Company": 2, "Organization": 2, "PublicBody": 2, "LegalEntity": 3,
    "Vessel": 4, "Airplane": 5, "Vehicle": 6, "Address": 7, "CulturalObject": 8, "Firearm": 9,
}  # fmt: skip

_POSTCODE = re.compile(r"\b[A-Z]{0,2}\d[A-Z0-9]{2,6}(?:[ -]?\d[A-Z]{2})?\b")


class WholeNames(NamedTuple):
    """Each unique name written together, in word order and in sorted order, as letters and as skeletons."""

    letters: list[str]
    sorted_letters: list[str]
    bones: list[str]
    sorted_bones: list[str]

    @classmethod
    def of(cls, words: Vocabulary, names: Lists) -> WholeNames:
        items = names.items.tolist()
        spans = [items[start:end] for start, end in pairwise(names.starts.tolist())]
        found: list[list[str]] = []
        for column in (words.latin, words.skeleton):
            parts = [[column[row] for row in span] for span in spans]
            found += ["".join(part) for part in parts], ["".join(sorted(part)) for part in parts]
        return cls(*found)


@dataclass(slots=True)
class Table:
    """All columns of an analysed sequence of records; row numbers are positions in that sequence."""

    ids: list[str]
    schemas: list[str]
    kinds: Ints
    families: Ints
    vocabulary: Vocabulary
    name_texts: list[str]  # unique names: as given
    name_words: Lists  # name -> vocabulary rows, in order
    name_forms: Ints  # name -> vocabulary row of its organisation form, -1 for none
    names: Lists  # record -> names
    dates: Lists  # yyyymmdd; 00 for an unknown month or day
    nationalities: Lists
    countries: Lists
    identifiers: Lists  # record -> value codes
    identifier_texts: Lists  # record -> codes of the values without their kind
    identifier_kinds: Ints  # value code -> kind code
    kinds_held: Lists  # record -> kind codes, without repeats
    genders: Ints  # MALE | FEMALE bits
    places: Lists  # words of the birth place
    addresses: Lists  # words of all addresses
    postcodes: Lists
    word_rarity: np.ndarray  # of place and address words, nats
    descriptions: dict[int, Description]  # of records that are things
    identifier_values: list[tuple[str, str]] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)  # codes of countries, places and addresses
    _wholes: WholeNames | None = field(default=None, init=False, repr=False)

    def __len__(self) -> int:
        return len(self.ids)

    def texts_of(self, names: Sequence[int]) -> tuple[str, str] | None:
        """A pair of unique names as they were given; None for -1."""
        left, right = names
        return (self.name_texts[left], self.name_texts[right]) if left >= 0 else None

    def whole_names(self) -> WholeNames:
        """The unique names written together; put together once."""
        if self._wholes is None:
            self._wholes = WholeNames.of(self.vocabulary, self.name_words)
        return self._wholes


class _Codes:
    """Gives each distinct value a number."""

    def __init__(self) -> None:
        self.numbers: dict[object, int] = {}

    def __call__(self, value: object) -> int:
        return self.numbers.setdefault(value, len(self.numbers))


def analyse(entities: Iterable[Entity], vocabulary: Vocabulary | None = None) -> Table:
    """Analyse records once. `vocabulary` may be shared between calls; rows stay valid as it grows."""
    builder = _Builder(vocabulary or Vocabulary())
    for entity in entities:
        builder.add(entity)
    return builder.table()


class _Builder:
    """Collects rows; `table()` turns them into columns."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.names = NameReader(vocabulary)
        self.rows: dict[str, list[list[int]]] = {
            name: []
            for name in (
                "names",
                "dates",
                "nationalities",
                "countries",
                "identifiers",
                "texts",
                "held",
                "places",
                "addresses",
                "codes",
            )
        }
        self.append = {name: rows.append for name, rows in self.rows.items()}
        self.ids: list[str] = []
        self.descriptions: dict[int, Description] = {}
        self.schemas: list[str] = []
        self.kinds: list[int] = []
        self.families: list[int] = []
        self.genders: list[int] = []
        self.codes, self.values, self.value_kinds = _Codes(), _Codes(), _Codes()
        self.identifier_kinds: list[int] = []
        self.identifier_values: list[tuple[str, str]] = []
        self.text_words: dict[str, list[int]] = {}
        self.rarity: list[float] = []

    def add(self, entity: Entity) -> None:
        if said := description(entity):
            self.descriptions[len(self.ids)] = said
        self.ids.append(entity.id)
        self.schemas.append(entity.schema)
        self.kinds.append(int(kind_of(entity)))
        self.families.append(_FAMILIES.get(entity.schema, 0))
        self.genders.append(genders_of(entity))
        add = self.append
        add["names"](self.names.of(entity))
        add["dates"](_unique(d.year * 10000 + (d.month or 0) * 100 + (d.day or 0) for d in dates_of(entity)))
        national = nationalities_of(entity)
        add["nationalities"](_unique(map(self.codes, national)))
        add["countries"](_unique(map(self.codes, (*national, *other_countries(entity)))))
        numbers = identifiers_of(entity)
        identifiers = _unique(self._identifier(found) for found in numbers)
        add["identifiers"](identifiers)
        add["texts"](_unique(self.codes(("number", value)) for _, value in numbers if len(value) > 5))
        add["held"](_unique(self.identifier_kinds[value] for value in identifiers))
        add["places"](_unique(w for text in entity.get("birthPlace") for w in self._words(text)))
        own = entity.schema == "Address"  # then its text counts once, as its name
        streets = [text for prop in STREET_PROPERTIES for text in entity.get(prop) if not own]
        add["addresses"](_unique(w for text in streets for w in self._words(text)))
        add["codes"](_unique(self.codes(code) for code in postcodes_of(entity)))

    def _identifier(self, found: tuple[str, str]) -> int:
        value = self.values(found)
        if value == len(self.identifier_kinds):
            self.identifier_kinds.append(self.value_kinds(found[0]))
            self.identifier_values.append(found)
        return value

    def _words(self, text: str) -> list[int]:
        known = self.text_words.get(text)
        if known is None:
            known = [self.codes(word) for word in place_words(text) if not clean.country(word)]
            self.text_words[text] = known
        return known

    def table(self) -> Table:
        columns = {name: Lists.of(rows) for name, rows in self.rows.items()}
        labels = [str(value) for value in self.codes.numbers]
        return Table(
            ids=self.ids,
            schemas=self.schemas,
            kinds=np.array(self.kinds, dtype=np.int64),
            families=np.array(self.families, dtype=np.int64),
            vocabulary=self.names.vocabulary,
            name_texts=self.names.texts,
            name_words=Lists.of(read[0] for read in self.names.words),
            name_forms=np.array([read[1] for read in self.names.words], dtype=np.int64),
            names=columns["names"],
            dates=columns["dates"],
            nationalities=columns["nationalities"],
            countries=columns["countries"],
            identifiers=columns["identifiers"],
            identifier_texts=columns["texts"],
            identifier_kinds=np.array(self.identifier_kinds, dtype=np.int64),
            kinds_held=columns["held"],
            genders=np.array(self.genders, dtype=np.int64),
            places=columns["places"],
            addresses=columns["addresses"],
            postcodes=columns["codes"],
            word_rarity=word_rarity(labels),
            descriptions=self.descriptions,
            identifier_values=list(self.identifier_values),
            labels=labels,
        )


def word_rarity(labels: list[str]) -> np.ndarray:
    """How rare the words of places and addresses are, in nats: by length, for want of anything better."""
    return np.array([min(len(label), 9) for label in labels], dtype=np.float64)


def _unique(values: Iterable[int]) -> list[int]:
    return list(dict.fromkeys(values))


def genders_of(entity: Entity) -> int:
    """MALE and FEMALE bits of a record."""
    gender = 0
    for text in entity.get("gender"):
        gender |= _GENDERS.get(text.casefold(), 0)
    return gender


def dates_of(entity: Entity) -> Iterator[clean.Date]:
    """The dates of birth, founding or building that can be read."""
    dates = (clean.date(text) for prop in DATE_PROPERTIES for text in entity.get(prop))
    return (date for date in dates if date)


def nationalities_of(entity: Entity) -> list[str]:
    """Codes of the countries that a record belongs to."""
    return [code for prop in NATIONALITY_PROPERTIES for text in entity.get(prop) for code in clean.countries(text)]


def other_countries(entity: Entity) -> Iterator[str]:
    """Codes of the countries of a record other than its nationalities, from its places, too."""
    for prop in COUNTRY_PROPERTIES[len(NATIONALITY_PROPERTIES) :]:
        for text in entity.get(prop):
            yield from clean.countries(text)
    for prop in PLACE_PROPERTIES:
        for text in entity.get(prop):
            code = clean.country_of_place(text)
            if code:
                yield code


def identifiers_of(entity: Entity) -> list[tuple[str, str]]:
    """(kind, normalised value) of every identifier of a record."""
    found = []
    for prop, texts in entity.properties.items():
        if clean.identifier_kind(prop) and identifies(entity.schema, prop):
            found += [value for text in texts if (value := clean.identifier(prop, text))]
    if entity.schema == "Airplane":  # a tail number may be letters only (D-ABCD), which elsewhere is no number
        tails = (TAIL_NUMBER.fullmatch(text.strip().upper()) for text in entity.get("registrationNumber"))
        found += [
            ("registration", f"{tail[1]}{tail[2]}") for tail in tails if tail and not any(map(str.isdigit, tail[0]))
        ]
    return found


def place_words(text: str) -> list[str]:
    """Latin forms of the words of a place or address; country names stay in, signs do not."""
    return [form for word in words(text) if (form := latin(word))]


def postcodes_of(entity: Entity) -> list[str]:
    """Postcodes: the property, and what looks like one in an address."""
    stated = [re.sub(r"[\s-]", "", text.upper()) for text in entity.get("postalCode")]
    for text in (*entity.get("address"), *entity.get("full")):
        stated += [re.sub(r"[\s-]", "", found) for found in _POSTCODE.findall(text.upper()) if len(found) >= 4]
    return list(dict.fromkeys(stated))


def rows_of(table: Table, number: int) -> list[int]:
    """Vocabulary rows of one name."""
    found: list[int] = table.name_words.items[
        table.name_words.starts[number] : table.name_words.starts[number + 1]
    ].tolist()
    return found


def set_aside(table: Table, number: int) -> list[str]:
    """The words of one name that are not compared: honorifics, particles, all but the heaviest of a long name."""
    kept, words = rows_of(table, number), table.vocabulary
    rows, _ = all_words(table.name_texts[number], Kind(words.kind[kept[0]]), words)
    return [words.text[row] for row in dict.fromkeys(rows) if row not in kept and words.role[row] != Role.FORM]
