"""The span of years that a description of a period means: centuries, years, eras by name, in several languages.

Invariants: years before our era are negative; what names no years gives None and is left to be compared as words.

>>> years("late 18th century"), years("XVIIIe siècle"), years("siglo XVIII"), years("18. Jahrhundert")
((1701, 1800), (1701, 1800), (1701, 1800), (1701, 1800))
>>> years("2nd-1st century BC"), years("c. 1750"), years("1890s"), years("Ming dynasty"), years("old")
((-200, -1), (1730, 1770), (1890, 1899), (1368, 1644), None)
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

__all__ = ["years"]

_ABOUT = 20  # years that «circa» may be out by
# commonly given years of eras and dynasties
_ERAS = {
    "neolithic": (-10000, -3000), "bronze age": (-3300, -1000), "iron age": (-1200, -300), "sumerian": (-4500, -1900),
    "old kingdom": (-2686, -2181), "middle kingdom": (-2055, -1650), "new kingdom": (-1550, -1069),
    "ptolemaic": (-305, -30), "hellenistic": (-323, -31), "archaic greek": (-800, -480), "etruscan": (-900, -100),
    "achaemenid": (-550, -330), "parthian": (-247, 224), "sasanian": (224, 651), "sassanian": (224, 651),
    "gandhara": (-200, 500), "kushan": (30, 375), "gupta": (320, 550), "chola": (850, 1279), "mughal": (1526, 1857),
    "pala": (750, 1174), "khmer": (802, 1431), "angkor": (802, 1431), "byzantine": (330, 1453),
    "carolingian": (750, 900), "romanesque": (1000, 1200), "gothic": (1150, 1500), "renaissance": (1400, 1600),
    "baroque": (1600, 1750), "rococo": (1720, 1780), "ottoman": (1299, 1922), "safavid": (1501, 1736),
    "mamluk": (1250, 1517), "fatimid": (909, 1171), "abbasid": (750, 1258), "umayyad": (661, 750),
    "shang": (-1600, -1046), "zhou": (-1046, -256), "han dynasty": (-206, 220), "tang": (618, 907),
    "song dynasty": (960, 1279), "yuan dynasty": (1271, 1368), "ming": (1368, 1644), "qing": (1644, 1912),
    "edo": (1603, 1868), "meiji": (1868, 1912), "joseon": (1392, 1897), "olmec": (-1500, -400),
    "classic maya": (250, 900), "aztec": (1300, 1521), "inca": (1400, 1533), "moche": (100, 800), "nok": (-1500, 500),
    "art nouveau": (1890, 1910), "art deco": (1920, 1940),
}  # fmt: skip
_CENTURY = re.compile(
    r"\b(?:(?P<first>\d{1,2}|[ivx]{1,5})(?:st|nd|rd|th|e|er|eme|o|\.|-й|-го)?\s*(?:-|/|to|bis|au|al|a)\s*)?"
    r"(?P<last>\d{1,2}|[ivx]{1,5})(?:st|nd|rd|th|e|er|eme|o|\.|-й|-го|й|в\.)?\s*"
    r"(?:century|centuries|cent\.?|c\.|siecles?|s\.|jahrhunderts?|jh\.?|век|века|вв?\.|secolo|sec\.)"
)
_SPANISH = re.compile(
    r"\b(?:siglos?|s\.)\s*(?P<first>[ivx]{1,5}|\d{1,2})(?:\s*(?:-|/|al?|y)\s*(?P<last>[ivx]{1,5}|\d{1,2}))?\b"
)
_BEFORE = re.compile(
    r"\b(?:b\.?\s?c\.?(?:\s?e\.?)?|av(?:ant|\.)?\s*j\.?-?\s?c\.?|a\.\s?c\.?|v\.\s?chr\.?|до н\.?\s?э\.?)"
)
_YEARS = re.compile(r"(?<!\d)(\d{3,4})(?:\s*(?:-|/|to|bis|a)\s*(\d{2,4}))?(s\b)?(?!\d)")
_SHORT_YEAR = re.compile(r"(?<!\d)(\d{1,2})(?=\s*(?:b\.?c|av|v\.\s?chr))")
_CIRCA = re.compile(r"\b(?:c\.|ca\.?|circa|vers|hacia|um|около|about|approx\w*)")
_ROMAN = {"i": 1, "v": 5, "x": 10}


@lru_cache(maxsize=1 << 12)
def years(text: str) -> tuple[int, int] | None:
    """The first and the last year that a text about a period may mean."""
    text = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    text = text.replace("–", "-").replace("—", "-").replace("и\u0306", "й")
    before = bool(_BEFORE.search(text))
    if found := (_CENTURY.search(text) or _SPANISH.search(text)):
        numbers = [number for number in map(_century, found.group("first", "last")) if number]
        if numbers and max(numbers) <= 21:
            return _span([(100 * (n - 1) + 1, 100 * n) for n in numbers], before)
    if found := _YEARS.search(_BEFORE.sub(" ", text)):
        return _of_years(found, before, bool(_CIRCA.search(text)))
    if before and (found := _SHORT_YEAR.search(text)):
        return -int(found[1]), -int(found[1])
    return next((span for era, span in _ERAS.items() if re.search(rf"\b{era}\b", text)), None)


def _century(text: str | None) -> int:
    if not text:
        return 0
    if text.isdigit():
        return int(text)
    values = [_ROMAN[letter] for letter in text]
    return sum(-v if v < max(values[at:]) else v for at, v in enumerate(values))


def _span(spans: list[tuple[int, int]], before: bool) -> tuple[int, int]:
    if before:
        spans = [(-last, -first) for first, last in spans]
    return min(first for first, _ in spans), max(last for _, last in spans)


def _of_years(found: re.Match[str], before: bool, circa: bool) -> tuple[int, int]:
    first, last = int(found[1]), int(found[2] or found[1])
    if found[2] and len(found[2]) < len(found[1]):  # 1914-18
        last = int(found[1][: -len(found[2])] + found[2])
    if found[3] and not found[2]:
        last = first + (99 if first % 100 == 0 else 9)
    first, last = _span([(first, first), (last, last)], before)
    slack = _ABOUT if circa else 0
    return first - slack, last + slack
