"""Reads the names of records: each unique name once, as rows of the vocabulary.

Invariants: names keep their word order. Words without a message of their own (organisation forms, honorifics,
particles) are set aside unless the name has nothing else. What only says that there is no name («Unknown Male»)
is no name, so it agrees with nothing.

>>> from accord.records.model import Entity
>>> names = NameReader(Vocabulary())
>>> names.of(Entity("1", "Person", {"name": ("Dr. Amina Diallo", "Unknown", "AMINA DIALLO")}))
[0]
>>> [names.vocabulary.text[row] for rows, _ in names.words for row in rows]
['amina', 'diallo']
"""

from __future__ import annotations

import re
from itertools import islice, product

from accord.match.v1 import lexicon
from accord.match.v1.nameless import says_no_name
from accord.match.v1.vocabulary import DROPPED, Kind, Role, Vocabulary
from accord.match.v1.wording import name_parts, single_letters, split_names
from accord.records.model import Entity

NAME_PROPERTIES = ("name", "alias", "weakAlias", "previousName", "abbreviation", "title")
STREET_PROPERTIES = ("address", "full", "street", "street2", "city", "region", "state", "suburb", "postalCode")
LONGEST_NAME, MOST_NAMES = 10, 60

_KINDS = {
    "Person": Kind.PERSON,
    **dict.fromkeys(("Company", "Organization", "LegalEntity", "PublicBody"), Kind.BODY),
    **dict.fromkeys(("Vessel", "Vehicle", "Asset", "CulturalObject", "Firearm"), Kind.THING),
    "Airplane": Kind.AIRCRAFT,
}
TAIL_NUMBER = re.compile(r"([A-Z0-9]{1,2})-?([A-Z0-9]{3,5})")


class NameReader:
    """Reads each unique name once: `words` has, for each name by its number, its vocabulary rows and its form's."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self.words: dict[tuple[tuple[int, ...], int], int] = {}
        self.texts: list[str] = []
        self._by_text: dict[tuple[str, Kind], list[int]] = {}

    def of(self, entity: Entity) -> list[int]:
        """The numbers of the names of a record, without repeats, `MOST_NAMES` at most: one value may hold several."""
        kind = kind_of(entity)
        read = (number for text in names_of(entity) for number in self._read(text, kind))
        return list(islice(dict.fromkeys(read), MOST_NAMES))

    def _read(self, text: str, kind: Kind) -> list[int]:
        known = self._by_text.get((text, kind))
        if known is None:
            known = []
            for single in split_names(text, kind):
                read = _read_name(single, kind, self.vocabulary)
                if not read[0]:
                    continue
                number = self.words.get(read)
                if number is None:
                    number = self.words[read] = len(self.words)
                    self.texts.append(single.strip())
                known.append(number)
            self._by_text[text, kind] = known
        return known


def kind_of(entity: Entity) -> Kind:
    """Which lexicon and comparison apply to a record."""
    return _KINDS.get(entity.schema, Kind.OTHER)


def names_of(entity: Entity) -> list[str]:
    """All names of a record as given, then those put together from its name parts; no repeats."""
    found = list(dict.fromkeys(text for prop in NAME_PROPERTIES for text in entity.get(prop)))
    if entity.schema == "Address" and not found:  # its text is what it is known by; a house number is a number in it
        parts = (text for prop in STREET_PROPERTIES[2:] for text in entity.get(prop))
        found = list(entity.get("full")) or [" ".join(parts)]
    first = entity.get("firstName") + entity.get("givenName")
    last = entity.get("lastName")
    if first or last:
        middle = entity.get("middleName")[:1] + entity.get("fatherName")[:1]
        for given, family in islice(product(first or ("",), last or ("",)), 6):
            text = " ".join(part for part in (given, *middle, family) if part)
            if text not in found:
                found.append(text)
    return found[:MOST_NAMES]


def placeholders(entity: Entity) -> list[str]:
    """The names of a record, as given, that only say that there is none."""
    kind, vocabulary = kind_of(entity), Vocabulary()
    names = dict.fromkeys(single.strip() for text in names_of(entity) for single in split_names(text, kind))
    return [
        name for name in names if all_words(name, kind, vocabulary)[0] and not _read_name(name, kind, vocabulary)[0]
    ]


def _read_name(text: str, kind: Kind, vocabulary: Vocabulary) -> tuple[tuple[int, ...], int]:
    """(vocabulary rows of the words that count, row of the organisation form or -1); no rows for no name."""
    rows, form = all_words(text, kind, vocabulary)
    role = vocabulary.role
    kept = [row for row in rows if role[row] not in DROPPED] or rows
    if says_no_name([vocabulary.latin[row] for row in kept if role[row] != Role.NUMBER]):
        return (), -1
    if len(kept) > LONGEST_NAME:
        heaviest = sorted(range(len(kept)), key=lambda i: (-vocabulary.weight[kept[i]], i))[:LONGEST_NAME]
        kept = [kept[i] for i in sorted(heaviest)]
    return tuple(kept), form


def all_words(text: str, kind: Kind, vocabulary: Vocabulary) -> tuple[list[int], int]:
    """(vocabulary rows of all words, row of the organisation form or -1)."""
    if kind is Kind.AIRCRAFT and (tail := TAIL_NUMBER.fullmatch(text.strip().upper())):
        return [vocabulary.add(f"{tail[1]}{tail[2]}".casefold(), kind, Role.NUMBER)], -1
    parts = name_parts(text, kind)
    rows: list[int] = []
    form = -1
    at = 0
    while at < len(parts):
        has_forms = kind in (Kind.BODY, Kind.OTHER)
        phrase, letters = lexicon.phrase_at(parts, at) if has_forms else None, 1
        is_all = phrase is not None and phrase[0] == len(parts)
        if kind is not Kind.PERSON and (phrase is None or is_all):  # not in their midst: there may be thousands
            letters = single_letters(parts, at)
            phrase = _form_at_the_end(parts, at, letters) if has_forms and not is_all else None
        if phrase and phrase[0] < len(parts):
            row = vocabulary.add(phrase[1], kind, Role.FORM)
            form = row if form < 0 else form
            at += phrase[0]
        else:
            row = vocabulary.add("".join(parts[at : at + letters]), kind)
            at += letters
        if vocabulary.latin[row]:
            rows.append(row)
    return rows, form


def _form_at_the_end(parts: list[str], at: int, letters: int) -> tuple[int, str] | None:
    """The organisation form that ends a name in single letters («P.L.C.»)."""
    if letters == 1 or at + letters < len(parts):
        return None
    spelled = lexicon.phrase_at(["".join(parts[at:])], 0)
    return (letters, spelled[1]) if spelled else None
