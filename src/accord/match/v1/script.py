"""Letters: the script of a word, its Latin form and its consonant skeleton.

Invariants: every function is pure and total: any string gives a (possibly empty) result. A Latin form holds only
`a-z` and `0-9`; a skeleton only the classes below. Arabic, Hebrew and Hangul have tables of our own, because a
letter-by-letter transliteration loses what people write in Latin (anyascii drops alef, and writes Gim for Kim); all
other scripts go through anyascii.

>>> latin("محمد"), latin("김정은"), latin("ВАГНЕР"), latin("Håkan")
('mhmd', 'kimjongun', 'vagner', 'hakan')
>>> skeleton("qadhafi") == skeleton("gaddafi") == skeleton(latin("قذافي"))
True
"""

from __future__ import annotations

import re
import unicodedata
from enum import IntEnum
from functools import lru_cache

from anyascii import anyascii

from accord.match.v1 import brahmic
from accord.match.v1.southeast import is_southeast, latin_of_southeast

_CACHED = 1 << 16  # words; most come again and again


class Script(IntEnum):
    """What matters about a script: which letters it writes down."""

    LATIN = 0
    ALPHABET = 1  # Cyrillic, Greek, Georgian, Armenian, Devanagari, ...: vowels are written
    ABJAD = 2  # Arabic, Hebrew, Syriac: most vowels are not
    HANGUL = 3
    KANA = 4
    HAN = 5
    NUMBER = 6


# what is spoken is not written letter by letter, so that a name agrees less with its Latin form
LOSSY = (Script.ABJAD, Script.HANGUL, Script.KANA, Script.HAN)

_ARABIC = dict(
    zip(
        "اأإآٱبتثجحخدذرزسشصضطظعغفقكکلمنهويیىةءئؤپچژگڤھہےڭڪەۀ",
        [
            "a",
            "a",
            "a",
            "a",
            "a",
            "b",
            "t",
            "th",
            "j",
            "h",
            "kh",
            "d",
            "dh",
            "r",
            "z",
            "s",
            "sh",
            "s",
            "d",
            "t",
            "z",
            "a",
            "gh",
            "f",
            "q",
            "k",
            "k",
            "l",
            "m",
            "n",
            "h",
            "w",
            "y",
            "y",
            "a",
            "a",
            "-",
            "y",
            "w",
            "p",
            "ch",
            "zh",
            "g",
            "v",
            "h",
            "h",
            "e",
            "ng",
            "k",
            "e",
            "h",
        ],
        strict=True,
    )
)
_HEBREW = dict(
    zip(
        "אבגדהוזחטיכךלמםנןסעפףצץקרשת",
        [
            "a",
            "b",
            "g",
            "d",
            "h",
            "v",
            "z",
            "h",
            "t",
            "i",
            "k",
            "k",
            "l",
            "m",
            "m",
            "n",
            "n",
            "s",
            "a",
            "p",
            "f",
            "ts",
            "ts",
            "k",
            "r",
            "sh",
            "t",
        ],
        strict=True,
    )
)
_ABJAD = {ord(letter): text.strip("-") for letter, text in {**_ARABIC, **_HEBREW}.items()}
_HEBREW_DIGRAPHS = (("ג׳", "ǰ"), ("ז׳", "ž"), ("צ׳", "č"), ("ץ׳", "č"), ("וו", "w"))
_HEBREW_EXTRA = {ord("ǰ"): "j", ord("ž"): "zh", ord("č"): "ch"}

# Hangul syllables: leading consonants, vowels and finals as names are usually written in the North and the South
_LEADS = [
    "k", "kk", "n", "t", "tt", "r", "m", "p", "pp", "s", "ss", "-", "j", "jj", "ch", "k", "t", "p", "h"
]  # fmt: skip
_VOWELS = [
    "a",
    "ae",
    "ya",
    "yae",
    "o",
    "e",
    "yo",
    "ye",
    "o",
    "wa",
    "wae",
    "oe",
    "yo",
    "u",
    "wo",
    "we",
    "wi",
    "yu",
    "u",
    "ui",
    "i",
]
_FINALS = [
    "-",
    "k",
    "k",
    "k",
    "n",
    "n",
    "n",
    "t",
    "l",
    "k",
    "m",
    "l",
    "l",
    "l",
    "p",
    "l",
    "m",
    "p",
    "p",
    "t",
    "t",
    "ng",
    "t",
    "t",
    "k",
    "t",
    "p",
    "h",
]
_SURNAMES = {"이": "ri", "리": "ri", "박": "pak", "최": "choe", "김": "kim", "임": "rim", "유": "yu", "노": "ro"}


@lru_cache(maxsize=_CACHED)
def script_of(text: str) -> Script:
    """The script of the first letter that is not Latin, else Latin; NUMBER when there are only digits."""
    if text.isascii():
        return Script.NUMBER if text.isdigit() else Script.LATIN
    for letter in text:
        point = ord(letter)
        if point < 0x2B0 or 0x1E00 <= point < 0x1F00:
            continue
        if 0x0590 <= point < 0x08FF or 0xFB1D <= point < 0xFE00 or 0xFE70 <= point < 0xFF00:
            return Script.ABJAD
        if 0xAC00 <= point < 0xD7B0 or 0x1100 <= point < 0x1200:
            return Script.HANGUL
        if 0x3040 <= point < 0x3100 or 0x31F0 <= point < 0x3200:
            return Script.KANA
        if 0x3400 <= point < 0xA000 or 0xF900 <= point < 0xFB00 or 0x20000 <= point < 0x32000:
            return Script.HAN
        if letter.isalpha():
            return Script.ALPHABET
    return Script.LATIN


def _hangul(text: str) -> str:
    out = []
    for position, letter in enumerate(text):
        point = ord(letter) - 0xAC00
        if not 0 <= point < 11172:
            out.append(anyascii(letter))
        elif position == 0 and len(text) > 1 and letter in _SURNAMES:
            out.append(_SURNAMES[letter])
        else:
            lead, vowel, final = point // 588, point % 588 // 28, point % 28
            out.append((_LEADS[lead] + _VOWELS[vowel] + _FINALS[final]).replace("-", ""))
    return "".join(out)


def _greek(text: str) -> str:
    """Greek with one sound where two letters have one (as ISO 843, type 2, does), and «b, d, g» at the beginning."""
    plain = _GREEK_SIGNS.sub("", unicodedata.normalize("NFD", text))  # but not the dots that keep two vowels apart
    plain = _GREEK_BEGINNING.sub(lambda found: _GREEK_BEGINNINGS[found.group()], plain)
    plain = _GREEK_NG.sub("ν", plain.replace("ου", "ou").replace("γγ", "νγ"))
    return _GREEK_EU.sub(lambda found: found[1] + ("f" if found[2] else "v"), plain)


_GREEK = re.compile("[\u0370-\u03ff\u1f00-\u1fff]")
_GREEK_SIGNS = re.compile("[\u0300-\u0307\u0309-\u036f]")
_GREEK_BEGINNINGS = {"μπ": "b", "ντ": "d", "γκ": "g"}
_GREEK_BEGINNING = re.compile("^(?:μπ|ντ|γκ)")
_GREEK_NG = re.compile("γ(?=[ξχ])")
_GREEK_EU = re.compile("([αεη])υ(?!\u0308)(?=([θκξπστφχψς]|$)?)")


@lru_cache(maxsize=_CACHED)
def latin(text: str) -> str:
    """The word in Latin letters, lower case; diacritics and signs dropped. One word in, one word out."""
    if text.isascii():
        folded = text.lower()
    else:
        script = script_of(text)
        if script is Script.ABJAD:
            for digraph, single in _HEBREW_DIGRAPHS:
                text = text.replace(digraph, single)
            folded = anyascii(text.translate(_ABJAD).translate(_HEBREW_EXTRA)).lower()
        elif script is Script.HANGUL:
            folded = _hangul(text)
        elif any(brahmic.FIRST <= ord(letter) <= brahmic.LAST for letter in text):
            folded = brahmic.latin_of_brahmic(text)
        elif any(map(is_southeast, text)):
            folded = latin_of_southeast(text)
        else:
            folded = anyascii(_greek(text) if _GREEK.search(text) else text).lower()
    return folded if folded.isalnum() else _NOT_ALNUM.sub("", folded)


_NOT_ALNUM = re.compile(r"[^a-z0-9]+")
_CLUSTERS = re.compile(r"sch|tch|tsch|dzh|sh|ch|zh|dj|ts|tz|cz|sz|ph|kh|gh|th|dh|ck|c(?=[eiy])|x|(?<!^)w")
_CLUSTER_CLASS = {
    **dict.fromkeys(("sch", "tch", "tsch", "dzh", "sh", "ch", "zh", "dj", "ts", "tz", "cz", "sz", "c"), "s"),
    **{"ph": "f", "kh": "k", "gh": "k", "th": "t", "dh": "t", "ck": "k", "x": "ks", "w": ""},
}
_CLASSES = str.maketrans("bpfvwgkqcdtszjlmnr", "bbfffkkkkttssslmnr", "aeiouyh")
_DOUBLE = re.compile(r"(.)\1+")


def skeleton(latin_form: str) -> str:
    """Consonant classes of a Latin form: b/p, f/v/w, g/k/q, d/t, all sibilants, l, m, n, r; an initial vowel is `a`.

    Digits are kept. Two spellings of one name in any script mostly share it; it is for finding, not for deciding.
    """
    if not latin_form:
        return ""
    first = latin_form[0]
    body = _CLUSTERS.sub(lambda found: _CLUSTER_CLASS[found.group()], latin_form)
    folded = _DOUBLE.sub(r"\1", body.translate(_CLASSES))
    if first in "aeiouy":
        return "a" + folded
    return "h" + folded if first == "h" else folded


def words(text: str) -> list[str]:
    """Split a name into words, case folded: apostrophes join, other signs split, Chinese signs stand alone.

    >>> words("Ri Pyo’ng-ch’o’l"), words("习近平"), words('ООО "АЯС 2000"')
    (['ri', 'pyong', 'chol'], ['习', '近', '平'], ['ооо', 'аяс', '2000'])
    """
    if not text.isascii():
        text = _HEBREW_SIGN.sub("\u05f3", unicodedata.normalize("NFKC", text))
    folded = _JOINERS.sub("", text.casefold())
    found = _WORD.findall(folded)
    if _HAN.search(folded):
        return [part for word in found for part in (_HAN_SPLIT.findall(word) if _HAN.search(word) else (word,))]
    return found


_JOINERS = re.compile("['’‘`´ʼʻʿʾ\u02b9\u02ba\u0640\u064b-\u065f\u0670\u0300-\u036f\u0591-\u05c7\u200d]")
_HEBREW_SIGN = re.compile("(?<=[\u05d0-\u05ea])['’](?=[\u05d0-\u05ea]|\\b)")
_WORD = re.compile(r"[^\W_](?:[^\W_]|[\u05f3\u0900-\u0dff\u0e00-\u0eff\u1000-\u1049\u1050-\u109f\u1780-\u17d3\u17dd])*")
_HAN = re.compile("[\u3400-\u9fff\uf900-\ufaff]")
_HAN_SPLIT = re.compile("[\u3400-\u9fff\uf900-\ufaff]|[^\u3400-\u9fff\uf900-\ufaff]+")
