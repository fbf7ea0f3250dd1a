"""One value of a book at a time: dates, places, money, words for areas; what cannot be read is told, never guessed.

>>> first_day("2024-07"), last_day("2024-07")
(datetime.date(2024, 7, 1), datetime.date(2024, 7, 31))
>>> places_in("MRT:10|EGY:15|West Africa")[0]
(Place(country='MRT', percent=10.0), Place(country='EGY', percent=15.0))
>>> [(found.cents, found.currency) for found in (money_in("EUR 3000000"), money_in("1,250.50", "USD")) if found]
[(300000000, 'EUR'), (125050, 'USD')]
>>> areas_in("human trafficking|forestry")
(('trafficking-in-persons', 'wildlife-crime'), ())
>>> areas_in("Corrupción|Drogues"), functions_in("renforcement des capacités")
((('corruption', 'drugs'), ()), (('capacity-building',), ()))
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Container
from datetime import date
from decimal import Decimal
from functools import cache, lru_cache

from accord.coverage import places
from accord.coverage.activity import Money, Place
from accord.coverage.classify import AREAS, FUNCTIONS
from accord.coverage.words import LANGUAGES, words

_MONEY = re.compile(r"^(?:(?P<before>[A-Z]{3})\s*)?(?P<amount>-?[\d ,.']+)\s*(?P<after>[A-Z]{3})?$")
_REPEATED = 1 << 13  # distinct cells of each kind that are remembered: books repeat their dates, places and words
_PLAIN = re.compile(r"[0-9]+(?:\.[0-9]{1,2})?")
_COMMA_BEFORE_CENTS = re.compile(r"-?(?:\d+|\d{1,3}(?:\.\d{3})+),\d{1,2}|-?\d{1,3}(?:\.\d{3}){2,}")  # 1.250,50
_POINT_BEFORE_CENTS = re.compile(r"-?(?:\d+|\d{1,3}(?:,\d{2,3})*,\d{3})?(?:\.\d*)?(?<=\d)")  # 1,250.50
_ISO_DAY = re.compile(r"^\d{4}-\d{2}-\d{2}")
_SEPARATORS = re.compile(r"[|;\n]")
_AND = re.compile(r"\s*,\s*|\s+(?:and|et|y|e|и|و)\s+")

# words that activity books use for an area -> our area; a function's own word is in _FUNCTION_WORDS
_AREA_WORDS = {
    "human trafficking": "trafficking-in-persons",
    "trafficking in persons": "trafficking-in-persons",
    "people smuggling": "migrant-smuggling",
    "smuggling of migrants": "migrant-smuggling",
    "wildlife": "wildlife-crime",
    "environmental crime": "wildlife-crime",
    "forestry": "wildlife-crime",
    "forest crime": "wildlife-crime",
    "fisheries crime": "wildlife-crime",
    "cultural heritage crime": "cultural-property",
    "works of art": "cultural-property",
    "firearms trafficking": "firearms",
    "arms trafficking": "firearms",
    "anti-corruption": "corruption",
    "drug trafficking": "drugs",
    "drug control": "drugs",
    "cyber crime": "cybercrime",
    "anti-money laundering": "money-laundering",
    "financial crime": "money-laundering",
    "organized crime": "organised-crime",
    "transnational organised crime": "organised-crime",
    "maritime piracy": "organised-crime",
    "counter-terrorism": "terrorism",
    "terrorist financing": "terrorism-financing",
    "financing of terrorism": "terrorism-financing",
    "ftf": "foreign-terrorist-fighters",
    "internet abuse": "violent-extremism",
    "preventing violent extremism": "violent-extremism",
    "ied": "explosives",
    "improvised explosive devices": "explosives",
}
_FUNCTION_WORDS = {
    "operation": "operations",
    "training": "capacity-building",
    "course": "capacity-building",
    "workshop": "capacity-building",
    "online course": "e-learning",
    "legislation": "legal",
    "database": "tools-and-databases",
    "assessment": "research",
    "network": "coordination",
    "awareness": "prevention",
}


def pieces(text: str) -> list[str]:
    """The items of a list written with `|`, `;` or line breaks."""
    return [piece.strip() for piece in _SEPARATORS.split(text) if piece.strip()]


@lru_cache(maxsize=_REPEATED)
def first_day(text: str) -> date | None:
    """The first day that a date as written can mean; None when there is none to read."""
    return _day(text, last=False)


@lru_cache(maxsize=_REPEATED)
def last_day(text: str) -> date | None:
    """The last day that a date as written can mean: the end of its month or year when no day is given."""
    return _day(text, last=True)


def _day(text: str, last: bool) -> date | None:
    if not text:
        return None
    if _ISO_DAY.match(text):
        try:
            return date.fromisoformat(text[:10])
        except ValueError:
            return None
    from accord.records import clean

    found = clean.date(text)
    if found is None:
        return None
    month = found.month or (12 if last else 1)
    day = found.day or (calendar.monthrange(found.year, month)[1] if last else 1)
    return date(found.year, month, day)


@lru_cache(maxsize=_REPEATED)
def places_in(text: str) -> tuple[tuple[Place, ...], frozenset[str], int]:
    """Countries (with a percentage after `:`), the countries of the regions named, and how many words were neither.

    >>> [(one.country, one.percent) for one in places_in("Kenya and Uganda: 60; Tanzania: 40")[0]]
    [('KEN', 30.0), ('UGA', 30.0), ('TZA', 40.0)]
    """
    certain: dict[str, float | None] = {}
    possible: set[str] = set()
    unread = 0
    for item in pieces(text):
        word, _, share = item.rpartition(":") if ":" in item else (item, "", "")
        percent = _percent(share)
        if members := places.region(word):
            possible |= members
        elif codes := _countries(word):
            part = None if percent is None else percent / len(codes)  # "Kenya and Uganda: 60" gives each a half of it
            for code in codes:
                known = certain.get(code)
                certain[code] = part if known is None else known + (part or 0)
        else:
            unread += 1
    return tuple(Place(code, percent) for code, percent in certain.items()), frozenset(possible), unread


def _countries(word: str) -> tuple[str, ...]:
    """The country of this name; else those of a list in words ("Kenya, Uganda and Tanzania") if all are known."""
    if code := places.country(word):
        return (code,)
    codes = [places.country(part) for part in _AND.split(word)]
    return tuple(code for code in codes if code) if all(codes) else ()


def _percent(text: str) -> float | None:
    try:
        value = float(text.strip().rstrip("%"))
    except ValueError:
        return None
    return value if 0 <= value <= 1000 else None


def money_in(text: str, currency: str = "", kind: str = "budget") -> Money | None:
    """An amount with its currency before or after it, or the `currency` given; None when it is no single amount.

    >>> [money_in(text).cents for text in ("1,250.50", "1.250,50 EUR", "1250,5", "1.234.567", "12,34,567")]
    [125050, 125050, 125050, 123456700, 123456700]
    """
    if _PLAIN.fullmatch(text):
        whole, _, part = text.partition(".")
        cents = int(whole) * 100 + int(part.ljust(2, "0") if part else 0)
        return Money(cents, currency, kind)
    found = _MONEY.match(text.strip())
    if not found:
        return None
    digits = re.sub(r"[ ']", "", found["amount"])
    if _COMMA_BEFORE_CENTS.fullmatch(digits):
        digits = digits.replace(".", "").replace(",", ".")
    elif not _POINT_BEFORE_CENTS.fullmatch(digits):
        return None
    cents = int((Decimal(digits.replace(",", "")) * 100).to_integral_value())
    return Money(cents, found["before"] or found["after"] or currency, kind)


@lru_cache(maxsize=_REPEATED)
def areas_in(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The areas that the words of a book stand for, and the words that stand for none that we know."""
    return _labels(text, _spoken("area"), AREAS)


@lru_cache(maxsize=_REPEATED)
def functions_in(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The same for functions."""
    return _labels(text, _spoken("function"), FUNCTIONS)


@cache
def _spoken(section: str) -> dict[str, str]:
    """What people call an area or a function -> its label: words of books, and its names in each language of ours."""
    known, ours = (_AREA_WORDS, AREAS) if section == "area" else (_FUNCTION_WORDS, FUNCTIONS)
    named = {title.lower(): label for label, title in ours.items()}
    for language in LANGUAGES:
        named |= {title.lower(): label for label, title in words(language).names(section).items()}
    return {**known, **named}


@lru_cache(maxsize=_REPEATED)
def area_shares_in(text: str) -> tuple[tuple[str, float], ...]:
    """The percentages stated for areas.

    >>> area_shares_in("drugs:60|firearms:40|corruption")
    (('drugs', 60.0), ('firearms', 40.0))
    """
    return _shares(text, areas_in)


@lru_cache(maxsize=_REPEATED)
def function_shares_in(text: str) -> tuple[tuple[str, float], ...]:
    """The same for functions."""
    return _shares(text, functions_in)


def _shares(text: str, read: Callable[[str], tuple[tuple[str, ...], tuple[str, ...]]]) -> tuple[tuple[str, float], ...]:
    found: dict[str, float] = {}
    for item in pieces(text):
        word, _, share = item.rpartition(":")
        percent = _percent(share) if word else None
        if percent is not None:
            for name in read(word)[0]:
                found[name] = found.get(name, 0.0) + percent
    return tuple(found.items())


def _labels(text: str, words: dict[str, str], known: Container[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    found: dict[str, None] = {}
    unread = []
    for item in (part.strip() for piece in pieces(text) for part in piece.split(",")):
        word, _, share = item.rpartition(":")
        named = word.strip() if word and _percent(share) is not None else item
        plain = " ".join(named.lower().replace("_", " ").split())
        slug = plain.replace(" ", "-")
        label = slug if slug in known else words.get(plain) or words.get(plain.replace("-", " "))
        if label:
            found[label] = None
        elif item:
            unread.append(item)
    return tuple(found), tuple(unread)
