"""How two descriptions of one trait agree: comparators from texts to a level.

Invariants: symmetric; None when one side says nothing that can be read, so that absence and what cannot be read are
never taken for contradiction; one agreeing pair of values is enough, since a thing may be described several times.

>>> calibres(("7,62 x 39 mm",), ("7.62x39",)), calibres(("9 mm Luger",), (".45 ACP",))
(<Agree.AGREE: 3>, <Agree.DIFFER: 1>)
>>> sizes(("H 45 cm, W 30 cm",), ("17 3/4 in x 12 in",)), periods(("18th century",), ("c. 1750",))
(<Agree.AGREE: 3>, <Agree.AGREE: 3>)
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Iterable
from enum import IntEnum
from functools import cache, lru_cache
from importlib import resources
from typing import TypeVar

from rapidfuzz.distance import OSA

from accord.match.v1 import script
from accord.match.v1.describe.periods import years
from accord.records import clean

Texts = tuple[str, ...]
T = TypeVar("T")


class Agree(IntEnum):
    """How two values agree, worst first."""

    DIFFER = 1
    PARTLY = 2
    AGREE = 3


Comparator = Callable[[Texts, Texts], Agree | None]


def _best(left: Iterable[T | None], right: Iterable[T | None], level: Callable[[T, T], Agree | None]) -> Agree | None:
    """The best level of any two values, of those that can be read."""
    ours, theirs = [value for value in left if value], [value for value in right if value]
    found = [agree for one in ours for other in theirs if (agree := level(one, other)) is not None]
    return max(found, default=None)


# words


def _plain(text: str) -> str:
    """A word, or a code of several, in Latin letters and digits."""
    return "".join(script.latin(word) for word in script.words(text))


@cache
def _concepts() -> dict[str, str]:
    """What words of descriptions mean, by their Latin form."""
    text = resources.files("accord.match.v1.describe").joinpath("concepts.txt").read_text("utf-8")
    lines = (line.split() for line in text.splitlines() if line and not line.startswith("#"))
    return {_plain(word): line[0] for line in lines for word in line}


_FILLER = frozenset(
    "a an the of in on with and or de des du la le les el los las y et en con der die das und mit von di del e".split()  # noqa: SIM905
)
_ENOUGH, _LITTLE = 0.6, 0.3


@lru_cache(maxsize=1 << 14)
def meanings(texts: Texts) -> frozenset[str]:
    """The words of texts in Latin letters, those of `concepts.txt` by what they mean."""
    found = (script.latin(word) for text in texts for word in script.words(text) if word not in _FILLER)
    return frozenset(_concepts().get(form, form) for form in found if form)


def words(left: Texts, right: Texts) -> Agree | None:
    """Share of the shorter description's words that the other has too, in any language that `concepts.txt` knows."""
    a, b = meanings(left), meanings(right)
    if not a or not b:
        return None
    share = len(a & b) / min(len(a), len(b))
    return Agree.AGREE if share >= _ENOUGH else Agree.PARTLY if share >= _LITTLE else Agree.DIFFER


def phrases(left: Texts, right: Texts) -> Agree | None:
    """As `words`, for free text: agreement takes three words, or all there are and no fewer than two."""
    found = words(left, right)
    shared = len(meanings(left) & meanings(right))
    if found is Agree.AGREE and shared < 3 and not (shared == 2 and meanings(left) == meanings(right)):
        return Agree.PARTLY
    return found


def sounds(text: str) -> frozenset[str]:
    """The consonant skeletons of a maker's names."""
    bare = _NOT_THE_MAKER.sub(" ", unicodedata.normalize("NFKC", text).casefold())
    return frozenset(bones for word in script.words(bare) if len(bones := script.skeleton(script.latin(word))) > 1)


def makers(left: Texts, right: Texts) -> Agree | None:
    """Names of makers, by their sounds; «unknown», «workshop of» and the like say nothing."""

    def level(a: frozenset[str], b: frozenset[str]) -> Agree:
        share = len(a & b) / min(len(a), len(b))
        return Agree.AGREE if share > 0.5 else Agree.PARTLY if share else Agree.DIFFER

    return _best(map(sounds, left), map(sounds, right), level)


_NOT_THE_MAKER = re.compile(
    r"\b(?:unknown|anonymous|anonym|anon|inconnue?|anonyme|desconocido|anonimo|unbekannt|неизвестен|неизвестный|"
    r"attributed to|attribue a|atribuido a|workshop of|atelier de|taller de|school of|ecole de|escuela de|circle of|"
    r"follower of|after|d'apres|style of|manner of|мастерская|школа)\b"
)


# codes, dates, places


def codes(left: Texts, right: Texts) -> Agree | None:
    """Letters and digits of models and the like: equal; one contained in the other, or one slip apart; different."""

    def level(a: str, b: str) -> Agree:
        if a == b:
            return Agree.AGREE
        short, long = sorted((a, b), key=len)
        near = (len(short) > 1 and short in long) or (len(short) > 4 and OSA.distance(a, b, score_cutoff=1) == 1)
        return Agree.PARTLY if near else Agree.DIFFER

    return _best(map(_plain, left), map(_plain, right), level)


def countries(left: Texts, right: Texts) -> Agree | None:
    """Whether a country is shared."""
    a, b = ({code for text in texts for code in clean.countries(text)} for texts in (left, right))
    return None if not a or not b else Agree.AGREE if a & b else Agree.DIFFER


def days(left: Texts, right: Texts) -> Agree | None:
    """The same day; as far as one side knows, or a day apart; different."""

    def level(a: clean.Date, b: clean.Date) -> Agree:
        if a == b:
            return Agree.AGREE
        parts = list(zip((a.year, a.month, a.day), (b.year, b.month, b.day), strict=True))
        if all(one == other or not one or not other for one, other in parts):
            return Agree.PARTLY
        near = a.day and b.day and parts[:2] == [(a.year, a.year), (a.month, a.month)] and abs(a.day - b.day) == 1
        return Agree.PARTLY if near else Agree.DIFFER

    return _best(map(clean.date, left), map(clean.date, right), level)


_EARTH_KM, _HERE_KM, _NEAR_KM = 6371.0, 0.15, 2.0


def positions(left: Texts, right: Texts) -> Agree | None:
    """Latitude and longitude as «52.5,13.4»: within 150 m, within 2 km, further."""

    def read(text: str) -> tuple[float, float] | None:
        try:
            latitude, longitude = (float(part) for part in text.split(","))
        except ValueError:
            return None
        known = abs(latitude) <= 90 and abs(longitude) <= 180 and (latitude, longitude) != (0, 0)
        return (math.radians(latitude), math.radians(longitude)) if known else None

    def level(a: tuple[float, float], b: tuple[float, float]) -> Agree:
        half = math.sin((a[0] - b[0]) / 2) ** 2 + math.cos(a[0]) * math.cos(b[0]) * math.sin((a[1] - b[1]) / 2) ** 2
        distance_km = 2 * _EARTH_KM * math.asin(math.sqrt(min(half, 1.0)))
        return Agree.AGREE if distance_km <= _HERE_KM else Agree.PARTLY if distance_km <= _NEAR_KM else Agree.DIFFER

    return _best(map(read, left), map(read, right), level)


# numbers and measures

_NUMBER = r"\d+(?:[.,]\d+)?"
_FRACTION = {"¼": ".25", "½": ".5", "¾": ".75", "⅛": ".125", "⅜": ".375", "⅝": ".625", "⅞": ".875"}
_GROUPED = re.compile(r"(?<=\d)[ '\u00a0\u2009,.](?=\d{3}(?!\d))")


def _value(text: str) -> float:
    return float(text.replace(",", "."))


def numbers(left: Texts, right: Texts) -> Agree | None:
    """Amounts without regard to their unit: within 3 %, within 10 %, further."""

    def read(text: str) -> float | None:
        found = re.search(_NUMBER, _GROUPED.sub("", text))
        return _value(found[0]) if found else None

    def level(a: float, b: float) -> Agree:
        gap = abs(a - b) / max(a, b)
        return Agree.AGREE if gap <= 0.03 else Agree.PARTLY if gap <= 0.10 else Agree.DIFFER

    return _best(map(read, left), map(read, right), level)


_MILLIMETRES = {
    "mm": 1.0, "мм": 1.0, "cm": 10.0, "см": 10.0, "dm": 100.0, "m": 1000.0, "м": 1000.0, "in": 25.4, "inch": 25.4,
    "inches": 25.4, '"': 25.4, "″": 25.4, "”": 25.4, "ft": 304.8, "feet": 304.8, "foot": 304.8, "'": 304.8,
}  # fmt: skip
_MEASURE = re.compile(
    rf"({_NUMBER})(?:[\s-]+(\d)/(\d{{1,2}})(?!\d))?"
    r"\s*(mm|мм|cm|см|dm|inches|inch|in|ft|feet|foot|m|м|[\"″”'])?(?![^\W\d_x×])"
)
_TIMES = re.compile(r"[x×]\s*\d+(?:[.,]\d+)?\s*$")  # 18 in x 12
_WEIGHT = re.compile(rf"{_NUMBER}\s*(?:kg|g|gr|grams?|lbs?|oz|кг|г)\b", re.IGNORECASE)
_TOLERANCE, _ALMOST, _TOLERANCE_MM = 0.03, 0.10, 5.0


@lru_cache(maxsize=1 << 14)
def lengths(text: str) -> tuple[float, ...]:
    """All lengths in a text, in millimetres, the longest first; those without any unit count as negative."""
    for sign, decimal in _FRACTION.items():
        text = re.sub(rf"(\d)\s*{sign}", rf"\g<1>{decimal}", text).replace(sign, f"0{decimal}")
    found = _MEASURE.findall(_WEIGHT.sub(" ", text.casefold()))
    last = next((own for *_, own in reversed(found) if own), "")
    unit, lengths = last if found and _TIMES.search(text) else "", []
    for whole, over, under, own in reversed(found):  # a unit counts for the numbers before it, too: 45 x 30 cm
        unit = own or unit
        value = _value(whole) + (int(over) / int(under) if over and int(under) else 0.0)
        lengths.append(value * _MILLIMETRES[unit] if unit else -value)
    return tuple(sorted((length for length in lengths if length), key=abs, reverse=True))


def sizes(left: Texts, right: Texts) -> Agree | None:
    """Measurements in any unit and order, within 3 % or 5 mm: all of the side that gives fewer are there; half of them,
    or all within 10 %; less than that. As many on both sides must all be near, or they differ."""

    def level(a: tuple[float, ...], b: tuple[float, ...]) -> Agree | None:
        few, many = sorted((a, b), key=len)
        if (min(few) < 0) != (min(many) < 0):
            return None  # one side gives no unit
        left_over, gaps = list(many), []
        for length in few:
            near = min(left_over, key=lambda other: abs(other - length))
            left_over.remove(near)
            slack_mm = _TOLERANCE_MM if length > 0 else 0.0
            gaps.append(max(abs(near - length) - slack_mm, 0.0) / abs(length))
        if max(gaps) <= _TOLERANCE:
            return Agree.AGREE
        some = sum(gap <= _TOLERANCE for gap in gaps) * 2 >= len(gaps) and len(few) < len(many)
        return Agree.PARTLY if some or max(gaps) <= _ALMOST else Agree.DIFFER

    return _best(map(lengths, left), map(lengths, right), level)


def periods(left: Texts, right: Texts) -> Agree | None:
    """Spans of years that meet; that miss each other by less than a century; that are further apart. Else by words."""
    ours, theirs = [*map(years, left)], [*map(years, right)]
    if not any(ours) or not any(theirs):
        return words(left, right) if not any(ours) and not any(theirs) else None

    def level(a: tuple[int, int], b: tuple[int, int]) -> Agree:
        gap = max(a[0], b[0]) - min(a[1], b[1])
        return Agree.AGREE if gap <= 10 else Agree.PARTLY if gap <= 100 else Agree.DIFFER

    return _best(ours, theirs, level)


_CALIBRE_NAMES = {
    "223rem": (5.56, 45.0), "556nato": (5.56, 45.0), "308win": (7.62, 51.0), "762nato": (7.62, 51.0),
    "9mmpara": (9.0, 19.0), "9mmluger": (9.0, 19.0), "9luger": (9.0, 19.0), "9para": (9.0, 19.0),
    "9mmmakarov": (9.0, 18.0), "9mmpm": (9.0, 18.0), "9makarov": (9.0, 18.0), "22lr": (5.6, 15.0),
    "9mmparabellum": (9.0, 19.0), "223remington": (5.56, 45.0), "308winchester": (7.62, 51.0),
}  # fmt: skip
_BORE = re.compile(rf"(?<![\d.])(\.\d+|{_NUMBER})\s*(?:mm|мм)?\s*(?:[x×х*]\s*({_NUMBER}))?")
_GAUGE = re.compile(r"\b(\d{1,2})(?:\s*(?:/\s*\d\d)?\s*(?:gauge|ga\b|bore|calibre 12|кал)|\s*/\s*7\d\b)")
_INCH_MM, _BORE_SLACK_MM, _CASE_SLACK_MM = 25.4, 0.2, 0.5


@lru_cache(maxsize=1 << 12)
def _calibre(text: str) -> tuple[float, float] | None:
    """(bore, case length) in millimetres, 0 for an unknown length; a shotgun's gauge as a negative bore."""
    text = unicodedata.normalize("NFKC", text).casefold()
    named = re.sub(r"[^a-z0-9]", "", text)
    if known := _CALIBRE_NAMES.get(named):
        return known
    if gauge := _GAUGE.search(text):
        return -float(gauge[1]), 0.0
    found = _BORE.search(text)
    if found is None:
        return None
    bore, case = _value(found[1]), _value(found[2] or "0")
    if found[1].startswith(".") or (bore < 1 and not case):
        bore *= _INCH_MM
    elif bore >= 20 and not case and "mm" not in text:  # «45 ACP», «380 auto»
        bore *= _INCH_MM / (1000 if bore >= 100 else 100)
    return (bore, case) if bore else None


def calibres(left: Texts, right: Texts) -> Agree | None:
    """Bore and case length, metric or in inches; the bore alone agrees in part."""

    def level(a: tuple[float, float], b: tuple[float, float]) -> Agree:
        if abs(a[0] - b[0]) > _BORE_SLACK_MM:
            return Agree.DIFFER
        if not a[1] or not b[1]:
            return Agree.AGREE if a[1] == b[1] else Agree.PARTLY
        return Agree.AGREE if abs(a[1] - b[1]) <= _CASE_SLACK_MM else Agree.DIFFER

    return _best(map(_calibre, left), map(_calibre, right), level)


_UNREADABLE = re.compile(r"[?*…_]|\.(?=\.)")
_LEAST_READABLE = 4


def serial(text: str) -> str:
    """A number of a thing: letters and digits in capitals, and «?» for each sign that could not be read."""
    kept = _UNREADABLE.sub("?", clean.look_alike(text))
    return "".join(sign for sign in kept if sign.isalnum() or sign == "?")


def serials(left: Texts, right: Texts) -> Agree | None:
    """Numbers of one thing: equal; the same as far as both can be read; different, be it by one, as in a batch."""

    def level(a: str, b: str) -> Agree | None:
        if "?" not in a + b:
            return Agree.AGREE if a == b else Agree.DIFFER
        if len(a) != len(b):
            return None
        readable = [one == other for one, other in zip(a, b, strict=True) if "?" not in (one, other)]
        if not all(readable):
            return Agree.DIFFER
        return Agree.PARTLY if len(readable) >= _LEAST_READABLE else None

    return _best(map(serial, left), map(serial, right), level)


_LEAST_ACCOUNT = 6


def accounts(left: Texts, right: Texts) -> Agree | None:
    """Numbers of accounts: equal; equal but for zeros in front, or one inside the other, as in an IBAN; different."""

    def level(a: str, b: str) -> Agree:
        short, long = sorted((a.lstrip("0"), b.lstrip("0")), key=len)
        if a == b:
            return Agree.AGREE
        return Agree.PARTLY if len(short) >= _LEAST_ACCOUNT and short in long else Agree.DIFFER

    return _best(map(serial, left), map(serial, right), level)


def exactly(left: Texts, right: Texts) -> Agree | None:
    """Equal to the letter, as keys of wallets are, or different."""
    return _best(map(str.strip, left), map(str.strip, right), lambda a, b: Agree.AGREE if a == b else Agree.DIFFER)
