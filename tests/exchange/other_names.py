"""Names of records read by another implementation, written from docs/reference/marks.md, for letters that `anyascii` writes.

It shares with `accord` the tables of words that the page names, and what a country is called, and no code.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from itertools import islice, product

from anyascii import anyascii

from accord.match.v1 import lexicon
from accord.match.v1.nameless import says_no_name
from accord.records import Entity, clean

from .other_marks import BODIES, Name, bones

NAMES = ("name", "alias", "weakAlias", "previousName", "abbreviation", "title")
ADDRESS = ("street", "street2", "city", "region", "state", "suburb", "postalCode")
THINGS = ("Vessel", "Vehicle", "Asset", "CulturalObject", "Firearm", "Airplane")
BETWEEN = re.compile(r"\s*[;/]\s+|\s+/\s*|(?<=[^\W\d_]{3})/(?=[^\W\d_]{3})|,?\s+a\.?k\.?a\.?:?\s+", re.IGNORECASE)
NOTE = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
NO_NAME = re.compile(r"\d{4}|\b(?:born|name|previous|former|list|alias|dob|date|section|branch|acronym)", re.IGNORECASE)
MARKS = re.compile("['’‘`´ʼʻʿʾʹʺ\u0640\u064b-\u065f\u0670\u0300-\u036f\u0591-\u05c7]")
TWO = re.compile("(?<=[a-z]{3})(?=[A-Z][a-z]{3})")
WHOLE_ABD = "abdou abdow abdoul abdulla abdullah abdallah abdalla abdullahi abdellah".split()  # noqa: SIM905
TAIL = re.compile("([A-Z0-9]{1,2})-?([A-Z0-9]{3,5})")
ROMAN = {"ii": "2", "iii": "3", "iv": "4", "vi": "6", "vii": "7", "viii": "8", "ix": "9", "xi": "11", "xii": "12"}
ORDINAL = re.compile("([0-9]+)(?:st|nd|rd|th|y|i|ya|ja|e|o|a)")
LINES = [line.split("|") for line in lexicon._FORMS.replace("|\n  ", "|").split("\n") if line]
FORMS = {tuple(each.split()): line[0] for line in reversed(LINES) for each in line}


def values(entity: Entity) -> list[str]:
    found = [text for prop in NAMES for text in entity.get(prop)]
    if entity.schema == "Address" and not found:
        found = list(entity.get("full")) or [" ".join(text for prop in ADDRESS for text in entity.get(prop))]
    first, last = entity.get("firstName") + entity.get("givenName"), entity.get("lastName")
    between = [text for prop in ("middleName", "fatherName") for text in entity.get(prop)[:1]]
    if first or last:
        pairs = islice(product(first or ("",), last or ("",)), 6)
        found += [" ".join(part for part in (one, *between, other) if part) for one, other in pairs]
    return list(dict.fromkeys(found))[:60]


def words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", MARKS.sub("", unicodedata.normalize("NFKC", text).casefold()))


def single_names(value: str, schema: str) -> Iterator[str]:
    for piece in BETWEEN.split(value):
        own: list[str] = []

        def note(found: re.Match[str], own: list[str] = own) -> str:
            inner = found[0][1:-1]
            if schema in BODIES and any(len(word) >= 4 and clean.country(word) for word in words(inner)):
                return f" {inner} "
            if schema != "Person" and len(words(inner)) > 1 and not NO_NAME.search(inner):
                own.append(inner)
            return " "

        yield NOTE.sub(note, piece)
        yield from own


def opened(word: str) -> list[str]:
    """A word of a person's name, parted after `abd`."""
    rest = word.removeprefix("abd")
    if word in WHOLE_ABD or rest == word or not re.fullmatch("[a-z]{4,}", rest):
        return [word]
    less = re.sub(r"^(?:[aeiou]l|[aeiou](?=([dnrstz])\1))", "", rest)
    return ["abd", less if len(less) >= 4 else rest]


def plain(word: str) -> str:
    return re.sub("[^a-z0-9]", "", anyascii(word).lower())


def number(word: str, schema: str) -> str:
    """The digits of a word that is a number, else nothing."""
    form = plain(word)
    ordinal = ORDINAL.fullmatch(form) if schema != "Person" else None
    digits = ordinal[1] if ordinal else ROMAN.get(form, form) if schema != "Person" else form
    return (digits.lstrip("0") or "0") if digits.isdecimal() else ""


def without_forms(found: list[str], schema: str) -> Iterator[tuple[str, bool]]:
    """The words of a name that is no person's, single letters joined; the legal forms among them are marked."""
    place = 0
    while place < len(found):
        rest = found[place:]
        sizes = [size for size in range(len(rest), 0, -1) if schema not in THINGS and tuple(rest[:size]) in FORMS]
        if sizes and sizes[0] < len(found):
            yield FORMS[tuple(rest[: sizes[0]])], True
            place += sizes[0]
        else:
            letters = next((n for n, word in enumerate(rest) if len(word) > 1 or not word.isalpha()), len(rest)) or 1
            yield "".join(rest[:letters]), False
            place += letters


def read(single: str, schema: str) -> Name | None:
    """One name; None if it is none, or says that there is none."""
    if schema == "Airplane" and (tail := TAIL.fullmatch(single.strip().upper())):
        form = f"{tail[1]}{tail[2]}".lower()
        return Name((), (), (number(form, schema) or form.lstrip("0") or "0",))
    if schema == "Person":
        found = [(part, False) for word in words(TWO.sub(" ", single)) for part in opened(word)]
    else:
        found = list(without_forms(words(single), schema))
    found = [(word, is_form) for word, is_form in found if plain(word)]
    empty = lexicon.HONORIFICS | lexicon.PARTICLES if schema == "Person" else lexicon.FUNCTION_WORDS
    kept = [word for word, is_form in found if not is_form and (number(word, schema) or word not in empty)]
    kept = kept or [word for word, _ in found]
    latin = [plain(word) for word in kept if not number(word, schema)]
    if not kept or says_no_name(latin):
        return None
    numbers = sorted(filter(None, (number(word, schema) for word in kept)))
    return Name(tuple(sorted(latin)), tuple(sorted(filter(None, map(bones, latin)))), tuple(numbers))


def names(entity: Entity) -> list[Name]:
    """The names of a record, each once, 60 at most."""
    found = (read(single, entity.schema) for value in values(entity) for single in single_names(value, entity.schema))
    return list(dict.fromkeys(filter(None, found)))[:60]
