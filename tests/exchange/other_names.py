"""Names of records read by another implementation, written from docs/reference/marks.md, for letters that `anyascii` writes.

It shares with `accord` the tables of words that the page names, and what a country is called, and no code.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from itertools import chain, islice, product

from anyascii import anyascii

from accord.match.v1 import lexicon, vocabulary
from accord.match.v1.chinese import CONCEPTS
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
ABD = re.compile("abd(?:(?:[aeou]|oo|ou)l|[eu](?:[rsztdn]|sh))")
GENERIC = [line.split() for line in lexicon._GENERIC.strip().splitlines()]
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
    less = re.sub(r"^(?:[aeiou]l|[aeiou]([dnrstz])(?=\1))", "", rest)
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
            word = "".join(rest[:letters])
            is_form = 1 < letters == len(rest) < len(found) and schema not in THINGS and (word,) in FORMS
            yield FORMS[word,] if is_form else word, is_form
            place += letters


def read(single: str, schema: str) -> list[Name]:
    """One name, perhaps also a shorter one; nothing if it is none, or says that there is none."""
    if schema == "Airplane" and (tail := TAIL.fullmatch(single.strip().upper())):
        form = f"{tail[1]}{tail[2]}".lower()
        return [Name((), (), (number(form, schema) or form.lstrip("0") or "0",))]
    if schema == "Person":
        found = [(part, False) for word in words(TWO.sub(" ", single)) for part in opened(word)]
    else:
        found = list(without_forms(words(single), schema))
    found = [(word, is_form) for word, is_form in found if plain(word)]
    empty = lexicon.HONORIFICS | lexicon.PARTICLES if schema == "Person" else lexicon.FUNCTION_WORDS
    kept = [word for word, is_form in found if not is_form and (number(word, schema) or word not in empty)]
    as_it_is = kept or [word for word, _ in found]
    if not as_it_is or says_nothing(as_it_is, schema):
        return []
    return [written(each, schema, bool(kept)) for each in (as_it_is, shorter(kept, schema)) if each]


def says_nothing(kept: list[str], schema: str) -> bool:
    return says_no_name([plain(word) for word in kept if not number(word, schema)])


def shorter(kept: list[str], schema: str) -> list[str]:
    """The words without those that others leave out; nothing if there are none."""
    if schema == "Person":
        left = [word for word in kept if not is_patronymic(plain(word))]
        return left if 2 <= len(left) < len(kept) and not says_nothing(left, schema) else []
    for place, word in enumerate(kept):
        others = kept[:place] + kept[place + 1 :]
        form = number(word, schema) or plain(word)
        if len(form) >= 3 and form in "".join((number(each, schema) or plain(each))[0] for each in others):
            return others
    return []


def is_patronymic(form: str) -> bool:
    return len(form) >= 7 and form.endswith(("ch", "na")) and bool(vocabulary._PATRONYMIC.search(form))


def written(kept: list[str], schema: str, means: bool) -> Name:
    latin, sounds = [], []
    for word in kept:
        form = plain(word)
        if number(word, schema):
            continue
        if schema == "Person" and ABD.fullmatch(form):
            form = "abd"
        latin.append(form)
        sounds.append((meaning(word) if means and schema in BODIES else "") or bones(form))
    numbers = sorted(filter(None, (number(word, schema) for word in kept)))
    return Name(tuple(sorted(latin)), tuple(sorted(filter(None, sounds))), tuple(numbers))


def meaning(word: str) -> str:
    country = clean.country(word) if len(word) >= 4 else None
    found = generic(word) or CONCEPTS.get(word) or generic(plain(word)) or country
    return f"@{found}" if found else ""


def generic(word: str) -> str:
    best = [(entry != f"{word}", -len(entry), line[0]) for line in GENERIC for entry in line
            if entry == word or (entry.endswith("*") and word.startswith(entry[:-1]))]  # fmt: skip
    return min(best)[2].rstrip("*") if best else ""


def names(entity: Entity) -> list[Name]:
    """The names of a record, each once, 60 at most and their shorter ones."""
    found = (read(single, entity.schema) for value in values(entity) for single in single_names(value, entity.schema))
    return list(dict.fromkeys(chain.from_iterable(list(dict.fromkeys(map(tuple, filter(None, found))))[:60])))
