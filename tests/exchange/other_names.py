"""Names of records read by another implementation, written from docs/reference/marks.md, for letters that `anyascii` writes.

It shares with `accord` the tables of words that the page names, and what a country is called, and no code.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator
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
WHOLE_ABD = re.compile("abd(?:ou|ow|oul|[aeiou]l?la(?:h|hi|y?eva?|yi|zad[ae]h?|zoda|oglu|ogly)?)")
TAIL = re.compile("([A-Z0-9]{1,2})-?([A-Z0-9]{3,5})")
ROMAN = {"ii": "2", "iii": "3", "iv": "4", "vi": "6", "vii": "7", "viii": "8", "ix": "9", "xi": "11", "xii": "12"}
ORDINAL = re.compile("([0-9]+)(?:st|nd|rd|th|y|i|ya|ja|e|o|a)")
ABD = re.compile("a{1,2}bd(?:(?:[aeiouy]|oo|ou|oe)?ll?|(?:e|u)(?:[rsztdn]|sh)|[io][rs])")
CODES = {"russian": "ru", "belarusian": "by", "ukrainian": "ua", "iranian": "ir"}
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
    if WHOLE_ABD.fullmatch(word) or rest == word or not re.fullmatch("[a-z]{4,}", rest):
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


def read(single: str, schema: str, family: Collection[str]) -> tuple[list[Name], list[Name]]:
    """One name, as it stands and once more as others write it, and a shorter one; nothing if it says there is none."""
    if schema == "Airplane" and (tail := TAIL.fullmatch(single.strip().upper())):
        form = f"{tail[1]}{tail[2]}".lower()
        return [Name((), (), (number(form, schema) or form.lstrip("0") or "0",))], []
    if schema == "Person":
        found = [(part, False) for word in words(TWO.sub(" ", single)) for part in opened(word)]
    else:
        found = list(without_forms(words(single), schema))
    found = [(word, is_form) for word, is_form in found if plain(word)]
    empty = lexicon.HONORIFICS | lexicon.PARTICLES if schema == "Person" else lexicon.FUNCTION_WORDS
    kept = [word for word, is_form in found if not is_form and (number(word, schema) or word not in empty)]
    as_it_is = kept or [word for word, _ in found]
    if not as_it_is or says_nothing(as_it_is, schema):
        return [], []
    if schema == "Person":
        less = without_fathers(kept, family)
        return [written(as_it_is, schema)], [written(less, schema)] if less else []
    once_more = [as_it_is, without_initials(kept, schema)]
    ways = [written(each, schema, meant) for each in once_more if each for meant in (False, True)
            if not meant or (kept and schema in BODIES and says_both(each, schema))]  # fmt: skip
    return ways, []


def says_nothing(kept: list[str], schema: str) -> bool:
    return says_no_name([plain(word) for word in kept if not number(word, schema)])


def without_fathers(kept: list[str], family: Collection[str]) -> list[str]:
    left = [word for place, word in enumerate(kept)
            if not place or not is_patronymic(plain(word)) or plain(word) in family]  # fmt: skip
    return left if 2 <= len(left) < len(kept) and not says_nothing(left, "Person") else []


def says_both(kept: list[str], schema: str) -> bool:
    """Whether some words have a meaning and some have none."""
    return len({bool(meaning(word)) for word in kept if not number(word, schema)}) == 2


def without_initials(kept: list[str], schema: str) -> list[str]:
    for place, word in enumerate(kept):
        others = kept[:place] + kept[place + 1 :]
        form = number(word, schema) or plain(word)
        if len(form) >= 3 and form in "".join((number(each, schema) or plain(each))[0] for each in others):
            return others
    return []


def is_patronymic(form: str) -> bool:
    return len(form) >= 7 and form.endswith(("ch", "na")) and bool(vocabulary._PATRONYMIC.search(form))


def written(kept: list[str], schema: str, means: bool = False) -> Name:
    latin, sounds = [], []
    for word in kept:
        form = plain(word)
        if number(word, schema):
            continue
        parts = ["abd"] if ABD.fullmatch(form) else opened(form)
        latin += parts if schema == "Person" else [form]
        sounds += map(bones, parts) if schema == "Person" else [(meaning(word) if means else "") or bones(form)]
    numbers = sorted(filter(None, (number(word, schema) for word in kept)))
    return Name(tuple(sorted(latin)), tuple(sorted(filter(None, sounds))), tuple(numbers))


def meaning(word: str) -> str:
    country = clean.country(word) if len(word) >= 4 else None
    found = generic(word) or CONCEPTS.get(word) or country or generic(plain(word))
    return f"@{CODES.get(found, found)}" if found else ""


def generic(word: str) -> str:
    best = [(entry != f"{word}", -len(entry), line[0]) for line in GENERIC for entry in line
            if entry == word or (entry.endswith("*") and word.startswith(entry[:-1]))]  # fmt: skip
    return min(best)[2].rstrip("*") if best else ""


def names(entity: Entity) -> tuple[list[Name], list[Name]]:
    """The names of a record, 60 at most, each once in each way that it is written; and the shorter ones."""
    family = {plain(word) for text in entity.get("lastName") for word in words(text)}
    singles = (single for value in values(entity) for single in single_names(value, entity.schema))
    read_ = (read(single, entity.schema, family) for single in singles)
    found = list(dict.fromkeys((tuple(ways), tuple(less)) for ways, less in read_ if ways))[:60]
    ways, less = (list(dict.fromkeys(chain.from_iterable(each[place] for each in found))) for place in (0, 1))
    return ways, [one for one in less if one not in ways]
