"""Dates, countries and identifiers read by another implementation, written from docs/reference/marks.md.

It shares with `accord` the tables of words and the patterns that the page names, and no code.
"""

from __future__ import annotations

import calendar
import re
import unicodedata
from collections.abc import Callable
from importlib.resources import files

from stdnum import bic, casrn, figi, iban, imei, imo, isin, lei
from stdnum.cn import uscc
from stdnum.ru import inn, ogrn

from accord.records import clean
from accord.records.clean import _countries, _dates, _identifiers

YEARS = range(1500, 2101)
ISO = re.compile(
    r"(\d{4})(?:[-/.](\d{1,2})(?:[-/.](\d{1,2}))?)?(?:[T ]\d{1,2}:\d{2}.*)?(?:Z|\+\d{2}:?\d{2})?"
    r"|(\d{4})(\d{2})(\d{2})"
    r"|(\d{4})\s*[年년]\s*(?:(\d{1,2})\s*[月월]\s*(?:(\d{1,2})\s*[日号號일])?)?"
)
YEAR_LAST = re.compile(r"(?:(\d{1,2})\s*[-/.]\s*)?(\d{1,2})\s*[-/.]\s*(\d{4})(\.?(?: \d{1,2}:\d{2}.*)?)")


def one_blank(text: str) -> str:
    text = unicodedata.normalize("NFKC", text)
    return " ".join("".join(str(unicodedata.digit(sign)) if sign.isdigit() else sign for sign in text).split())


def known(year: str, month: str | int | None = None, day: str | None = None) -> str | None:
    """The date as the page writes it; None for one that the calendar does not have."""
    numbers = int(year), int(month or 0), int(day or 0)
    if numbers[0] not in YEARS or numbers[1] > 12 or (numbers[2] and not numbers[1]):
        return None
    if numbers[2] > (calendar.monthrange(*numbers[:2])[1] if numbers[1] else 0):
        return None
    return f"{numbers[0]:04d}" + "".join(f"-{each:02d}" for each in numbers[1:] if each)


def date(given: str) -> str | None:
    text = one_blank(given)
    if len(text) > 100:
        return None
    if found := ISO.fullmatch(text):
        return known(*[each for each in found.groups() if each])
    if (found := YEAR_LAST.fullmatch(text)) and (found[1] or not found[4]):
        first, second, year = found.group(1, 2, 3)
        said = known(year, second, first) or (known(year, first, second) if first else None)
    else:
        said = in_words(text)
    if said or found:
        return said
    if about := _dates._CIRCA.match(text):
        return date(text[about.end() :])
    ends = _dates._BETWEEN.match(text) or _dates._TO.match(text)
    begun, over = (date(ends[1]), date(ends[2])) if ends else (None, None)
    if not begun or not over or begun[:4] != over[:4]:
        return None
    return begun[:7] if begun[:7] == over[:7] else begun[:4]


def in_words(text: str) -> str | None:
    found: dict[str, str] = {}
    for word in re.findall(r"\d+|[^\W\d_]+", text.casefold()):
        bare = "".join(sign for sign in unicodedata.normalize("NFKD", word) if not unicodedata.combining(sign))
        month = str(_dates.month_names().get(bare, ""))
        what = "year" if len(word) == 4 else "day" if len(word) <= 2 else "none"
        if word.isdigit() and what not in ("none", *found):
            found[what] = word
        elif month and "month" not in found:
            found["month"] = month
        elif word.isdigit() or word not in _dates._FILLER:
            return None
    return known(found["year"], found["month"], found.get("day")) if {"year", "month"} <= found.keys() else None


# --- countries -------------------------------------------------------------------------------------------------------


def folded(text: str) -> str:
    text = unicodedata.normalize("NFKD", text.replace("&", " and ").replace("ı", "i").casefold())
    text = re.sub("[\u0300-\u036f'’ʼ`´‘\u0640\u200c\u200e\u200f]", "", text)
    text = re.sub(r"(?<=\b\w)\.(?=\w\b)", "", text)
    words = "".join(" " if sign == "_" or (sign < "\u0300" and not sign.isalnum()) else sign for sign in text).split()
    return " ".join("saint" if word == "st" else word for word in words[words[:1] == ["the"] :])


def table(name: str) -> list[tuple[str, str]]:
    lines = files(clean).joinpath(name).read_text(encoding="utf-8").splitlines()
    return [(line.split(" ", 1)[0], line.split(" ", 1)[1]) for line in lines if not line.startswith("#")]


CODES = {each: code for code, rest in table("countries.txt") for each in (code, rest.split(" ", 1)[0].lower())}
ENGLISH = {folded(name): code for code, rest in table("countries.txt") for name in rest.split(" ", 1)[1].split(";")}
ELSEWHERE: dict[str, set[str]] = {}
for code, rest in table("country_names.txt"):
    for name in rest.split(";"):
        ELSEWHERE.setdefault(folded(name), set()).add(code)
for code, rest in table("nationalities.txt"):
    for name in rest.split():
        ELSEWHERE.setdefault(folded(name), set()).add(code)


def country(text: str) -> str | None:
    if re.fullmatch("[A-Z]{2,3}|[a-z]{2}", text.strip()) and text.strip().lower() in CODES:
        return CODES[text.strip().lower()]
    if len(text) > 24 and re.search("[0-9]", text):
        return None
    turned = _countries._TURNED.match(text)
    part = re.fullmatch("([a-z]{2})-[a-z0-9]{1,4}", text.strip().casefold())
    return (
        by_name(folded(text))
        or (by_name(folded(f"{turned[2]} {turned[1]}")) if turned else None)
        or (CODES.get(part[1]) if part else None)
    )


def by_name(name: str) -> str | None:
    for form in (name, _countries._OTHER_WORDS.sub("", name).strip(), _countries._FORMAL.sub("", name)):
        if form in ENGLISH:
            return ENGLISH[form]
    found = ELSEWHERE.get(name, set())
    return min(found) if len(found) == 1 else None


def countries(text: str) -> list[str]:
    pieces = [piece.strip() for piece in _countries._PIECES.split(text)]
    parts = [country(piece) for piece in pieces if len(piece) > 2 or piece.isupper()]
    whole = country(text)
    return [whole] if whole else list(dict.fromkeys(filter(None, parts)))


def country_of_place(text: str) -> str | None:
    last = [part for part in (piece.strip(" .") for piece in re.split(r"[,;()،，\n]", text)) if part][-1:]
    return country(text) or next((country(part) for part in last if len(part) > 2 or part in ("UK", "US")), None)


# --- identifiers -----------------------------------------------------------------------------------------------------


def vin(number: str) -> bool:
    signs = dict(zip("ABCDEFGHJKLMNPRSTUVWXYZ", "12345678123457923456789", strict=True))
    weights = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
    if not re.fullmatch("[A-HJ-NPR-Z0-9]{17}", number) or number[0] not in "12345":
        return bool(re.fullmatch("[A-HJ-NPR-Z0-9]{17}", number))
    total = sum(weight * int(signs.get(sign, sign)) for weight, sign in zip(weights, number, strict=True))
    return number[8] == "0123456789X"[total % 11]


RIGHT: dict[str, Callable[[str], bool]] = {
    "imo": imo.is_valid, "iban": iban.is_valid, "bic": bic.is_valid, "lei": lei.is_valid, "isin": isin.is_valid,
    "imei": imei.is_valid, "inn": inn.is_valid, "ogrn": ogrn.is_valid, "uscc": uscc.is_valid, "figi": figi.is_valid,
    "cas": lambda number: casrn.is_valid(f"{number[:-3]}-{number[-3:-1]}-{number[-1]}"),
    "mmsi": lambda number: bool(re.fullmatch(r"[2-7]\d{8}", number)), "vin": vin,
}  # fmt: skip


def identifier(prop: str, given: str) -> tuple[str, str] | None:
    """Kind and number, but of kinds that have a reader of their own."""
    kind, text = _identifiers._KINDS[prop], unicodedata.normalize("NFKC", given).strip()
    if len(given) > 500:
        return None
    bare = re.sub(r"\([^)]*\)|\[[^\]]*\]", " ", text)
    bare = re.sub(r"(?is)[,;]\s.*|\s+(?:/|(?:on|issued|valid|kpp|okpo|кпп)\b|expir).*", "", bare).strip()
    while label := _identifiers._LABEL.match(bare):
        bare = bare[label.end() :]
    number = "".join(one_blank(sign) for sign in bare if sign.isalnum()).upper().translate(_identifiers._LOOKALIKES)
    if len(number) < 4 or not any(map(str.isdigit, number)):
        return None
    right = not re.search(r"[?*…]|\.{3}|_{2}", text) if kind == "serial" else RIGHT.get(kind, bool)(number)
    return kind if right else f"{kind}-unchecked", number
