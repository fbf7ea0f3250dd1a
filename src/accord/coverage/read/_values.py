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
from collections.abc import Callable, Container, Iterable
from datetime import date, timedelta
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
_THREE_AFTER_A_POINT = re.compile(r"-?[1-9]\d{0,2}\.\d{3}")  # 250.000
_SAYS_POINTS_GROUP = re.compile(r"-?\d+,\d{1,2}|-?\d{1,3}(?:\.\d{3})+,\d{1,2}|-?\d{1,3}(?:\.\d{3}){2,}")
_SAYS_POINTS_ARE_DECIMAL = re.compile(r"-?[\d,]*\.(?:\d{1,2}|\d{4,})|-?\d{1,3}(?:,\d{3})+(?:\.\d*)?|-?0\.\d*")
_SERIAL = re.compile(r"[3-5]\d{4}(?:\.\d+)?")  # a day as spreadsheets count them; the part behind the point is the hour
_SERIAL_ZERO, _SERIALS = date(1899, 12, 30), range(32_874, 51_502)  # 1990 to 2040
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


def are_serials(texts: Iterable[str]) -> bool:
    """Whether a column of days holds nothing but numbers of days as spreadsheets count them, of 1990 to 2040.

    >>> are_serials(["45474", "", "45838.5"]), are_serials(["45474", "2024"]), are_serials([""])
    (True, False, False)
    """
    filled = [text for text in texts if text]
    return bool(filled) and all(_SERIAL.fullmatch(text) and int(float(text)) in _SERIALS for text in filled)


def serial_day(text: str) -> date | None:
    """The day of such a number, None of an empty cell.

    >>> serial_day("45474")
    datetime.date(2024, 7, 1)
    """
    return _SERIAL_ZERO + timedelta(days=int(float(text))) if text else None


def points_group(texts: Iterable[str]) -> bool | None:
    """Whether points stand between the thousands of a column of amounts, by its other values.

    None when it has an amount such as 250.000, and nothing or both in the column tells how to read it.

    >>> points_group(["250.000", "1.250,50"]), points_group(["250.000", "1,250.50"]), points_group(["250.000", "9"])
    (True, False, None)
    """
    amounts = [_amount(text) for text in texts]
    group = any(_SAYS_POINTS_GROUP.fullmatch(amount) for amount in amounts)
    decimal = any(_SAYS_POINTS_ARE_DECIMAL.fullmatch(amount) for amount in amounts)
    if group != decimal:
        return group
    return None if any(_THREE_AFTER_A_POINT.fullmatch(amount) for amount in amounts) else False


def is_ambiguous(text: str) -> bool:
    """Whether an amount, alone, can be read as thousands or as a fraction: 250.000."""
    return bool(_THREE_AFTER_A_POINT.fullmatch(_amount(text)))


def _amount(text: str) -> str:
    found = _MONEY.match(text.strip())
    return re.sub(r"[ ']", "", found["amount"]) if found else ""


def money_in(text: str, currency: str = "", kind: str = "budget", *, grouped: bool = False) -> Money | None:
    """An amount with its currency before or after it, or the `currency` given; None when it is no single amount.

    `grouped`: in this column points stand between thousands (`points_group`).

    >>> money_in("250.000").cents, money_in("250.000", grouped=True).cents
    (25000, 25000000)
    >>> [money_in(text).cents for text in ("1,250.50", "1.250,50 EUR", "1250,5", "1.234.567", "12,34,567")]
    [125050, 125050, 125050, 123456700, 123456700]
    """
    if _PLAIN.fullmatch(text):  # no three digits after the point
        whole, _, part = text.partition(".")
        cents = int(whole) * 100 + int(part.ljust(2, "0") if part else 0)
        return Money(cents, currency, kind)
    found = _MONEY.match(text.strip())
    if not found:
        return None
    digits = re.sub(r"[ ']", "", found["amount"])
    if _COMMA_BEFORE_CENTS.fullmatch(digits) or (grouped and _THREE_AFTER_A_POINT.fullmatch(digits)):
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
