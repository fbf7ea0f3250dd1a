"""Countries and nationalities as words in many languages -> ISO 3166 codes.

Our own table in English (`countries.txt`: codes, names, nationalities, former and popular names) wins over the names in
54 languages (`country_names.txt`, once written from CLDR) and the nationalities in eight (`nationalities.txt`); a name
that means two countries in two languages is left out. The other languages are read only when English does not know a
name, so a list in English never pays for them. The tables are ours, so that two desks read alike whatever libraries
they have. Where usage is not unique the choice is
the plain one: Korea is South Korea, Congo is Congo-Brazzaville, Dominican is of the Dominican Republic, China is not
Taiwan, Georgia is the country. A former state is not mapped to a successor, since that would be a guess: it gives its
four-letter ISO 3166-3 code, as FtM does (`suhh`, `yucs`, `csxx`, `cshh`, `ddde`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from importlib.resources import files

from accord.engine import once

_CACHED = 1 << 16
_FORMAL = re.compile(
    r"^(?:(?:the|islamic|federal|federative|democratic|socialist|peoples|people s|arab|bolivarian|united) )*"
    r"(?:republic|kingdom|state|principality|sultanate|commonwealth|union|emirate|federation) of (?:the )?"
)
_OTHER_WORDS = re.compile(
    r"\b(?:citizen(?:ship)?|national(?:ity|s)?|passport|possibly|probably|allegedly|presumed|assumed|by birth|region"
    r")\b|^of the\b"
)
_ACCENT = re.compile("[\u0300-\u036f]+")
_SILENT = re.compile(r"(?<=\b\w)\.(?=\w\b)|['’ʼ`´‘]|ـ|\u200c|\u200f|\u200e")
_SEPARATOR = re.compile(r"[^\w\u0300-\U0010ffff]+|_")
_CODE = re.compile(r"[A-Z]{2,3}|[a-z]{2}")
_PIECES = re.compile(r"[;/|&(){}\[\]\n,]|\. |\band\b|\bet\b|\by\b|\bund\b|\bor\b|\bи\b|،|、|；|，|\bو\b", re.IGNORECASE)
_TURNED = re.compile(r"^([^,()]+)[,(]([^,()]+)\)?\s*$")
_DIGIT = re.compile("[0-9]")
_LONGEST_WITH_DIGITS = 24  # «Kosovo (UNSCR 1244)»
_SUBDIVISION = re.compile(r"^([a-z]{2})-[a-z0-9]{1,4}$")


@lru_cache(maxsize=_CACHED)
def country(text: str) -> str | None:
    """The country that the whole text names: ISO 3166-1 alpha-2 in lower case (four letters for a former state).

    Takes names and nationalities in many languages, alpha-2 and alpha-3 codes, subdivisions ("gb-sct").
    """
    if len(text) > _LONGEST_WITH_DIGITS and _DIGIT.search(text):
        return None  # an address
    key = _fold(text)
    if not key:
        return None
    if _CODE.fullmatch(code := text.strip()) and code.lower() in _tables()[2]:  # «st», which as a word is Saint
        return _tables()[2][code.lower()]
    found = _look_up(key)
    if found is None and (turned := _TURNED.match(text)):  # "Korea, North", "Iran (Islamic Republic of)"
        found = _look_up(_fold(f"{turned[2]} {turned[1]}"))
    if found is None and (part := _SUBDIVISION.match(text.strip().casefold())):
        found = _tables()[2].get(part[1])
    return found


@lru_cache(maxsize=_CACHED)
def country3(text: str) -> str | None:
    """The same as ISO 3166-1 alpha-3 in upper case."""
    code = country(text)
    return _tables()[1][code] if code else None


@lru_cache(maxsize=_CACHED)
def countries(text: str) -> tuple[str, ...]:
    """Every country that a list of them names ("Iranian and US"), without repeats, in the order given."""
    if whole := country(text):
        return (whole,)
    pieces = (piece.strip() for piece in _PIECES.split(text))
    found = (country(piece) for piece in pieces if len(piece) > 2 or piece.isupper())
    return tuple(dict.fromkeys(code for code in found if code))


@lru_cache(maxsize=_CACHED)
def country_of_place(text: str) -> str | None:
    """The country at the end of a place or address ("Tarut (Saudi Arabia)", "Atlanta, Georgia, USA")."""
    if whole := country(text):
        return whole
    pieces = [piece.strip(" .") for piece in re.split(r"[,;()\n،，]", text)]
    for piece in reversed([piece for piece in pieces if piece]):
        # a two-letter code that ends an address is more often a state or a region ("Springfield, IL")
        return country(piece) if len(piece) > 2 or piece in ("UK", "US") else None
    return None


def country_names() -> dict[str, str]:
    """Every name of a country that is known -> code."""
    return {**_other_languages(), **_tables()[0]}


def _look_up(key: str) -> str | None:
    english = _tables()[0]
    for form in (key, _OTHER_WORDS.sub("", key).strip(), _FORMAL.sub("", key)):
        if form and (found := english.get(form)):
            return found
    return _other_languages().get(key)


def _fold(text: str) -> str:
    """Lower case without accents and punctuation, so that spelling habits do not matter."""
    text = text.replace("&", " and ").replace("ı", "i")
    plain = text.lower() if text.isascii() else _ACCENT.sub("", unicodedata.normalize("NFKD", text.casefold()))
    words = _SEPARATOR.sub(" ", _SILENT.sub("", plain)).split()
    if words and words[0] == "the":
        words = words[1:]
    return " ".join("saint" if word == "st" else word for word in words)


@once
def _tables() -> tuple[dict[str, str], dict[str, str], dict[str, str]]:
    """Names in English -> code; code -> alpha-3; code or alpha-3 in lower case -> code."""
    names: dict[str, str] = {}
    alpha3: dict[str, str] = {}
    codes: dict[str, str] = {}
    for code, rest in _lines("countries.txt"):
        three, listed = rest.split(" ", 1)
        alpha3[code] = three
        codes[code] = codes[three.lower()] = code
        for name in listed.split(";"):
            names[_fold(name)] = code
    return names, alpha3, codes


@once
def _other_languages() -> dict[str, str]:
    """Names in other languages and our nationalities -> code, without those that mean two countries."""
    found = [(name, code) for code, listed in _lines("country_names.txt") for name in listed.split(";")]
    found += [(_fold(word), code) for code, listed in _lines("nationalities.txt") for word in listed.split()]
    names: dict[str, str] = {}
    ambiguous = set()
    for name, code in found:
        if names.setdefault(name, code) != code:
            ambiguous.add(name)
    return {name: code for name, code in names.items() if name not in ambiguous}


def _lines(table: str) -> Iterator[tuple[str, str]]:
    """The code of each line of a table, and what stands behind it."""
    for line in files(__package__).joinpath(table).read_text("utf-8").splitlines():
        if not line.startswith("#"):
            code, _, rest = line.partition(" ")
            yield code, rest
