"""Latin forms of ten scripts of South Asia, whose letters carry a vowel that is not written.

A consonant without a vowel sign is spoken with «a». Where that vowel is no longer spoken (at the end of a word in the
north, and between two other syllables in Hindi), names are written in Latin letters without it. A transliteration
letter by letter leaves out all of these vowels, so that «शरद» comes out as `srd`.

Invariants: pure and total; a sign that is not in the tables is left out. Nine of the scripts lie in the same order in
their blocks of the Unicode standard (that of ISCII, the Indian standard IS 13194:1991), so one table serves them all,
with a few letters of their own; Sinhala has a table of its own.

>>> [latin_of_brahmic(word) for word in ("शरद", "मनमोहन", "हासन", "রহমান", "රාජපක්ෂ", "పవన్")]
['sharad', 'manmohan', 'hasan', 'rahaman', 'rajapaksha', 'pavan']
"""

from __future__ import annotations

from enum import IntEnum
from functools import cache

FIRST, LAST = 0x0900, 0x0DFF
_BLOCK = 0x80
_DEVANAGARI, _BENGALI, _GURMUKHI, _GUJARATI, _ORIYA = 0x0900, 0x0980, 0x0A00, 0x0A80, 0x0B00
_MALAYALAM, _SINHALA = 0x0D00, 0x0D80


class _Sort(IntEnum):
    VOWEL = 0
    CONSONANT = 1
    VOWEL_SIGN = 2
    END = 3  # what closes a syllable


_Signs = dict[int, tuple[_Sort, str]]


def _signs(*runs: str) -> _Signs:
    """A run for each `_Sort`: «place text text …», from that place of the block on; `-` is no sign, `.` a mute one."""
    found: _Signs = {}
    for sort, listed in zip(_Sort, runs, strict=True):
        for run in filter(None, listed.split("/")):
            start, *texts = run.split()
            places = enumerate(texts, int(start, 16))
            found |= {place: (sort, text.strip(".")) for place, text in places if text != "-"}
    return found


_ISCII = _signs(
    "05 a a i i u u ri li e e e ai o o o au",
    "15 k kh g gh ng ch chh j jh ny t th d dh n t th d dh n n p ph b bh m y r r l l l v sh sh s h/58 k kh g z r rh f y",
    "3E a i i u u ri ri e e e ai o o o au .",
    "01 n n h/66 0 1 2 3 4 5 6 7 8 9",
)
_SINHALESE = _signs(
    "05 a a e e i i u u ri ri li li e e ai o o au",
    "1A k kh g gh ng ng ch chh j jh ny gn nj t th d dh n nd t th d dh n"
    "/33 nd p ph b bh m mb y r - l - - v sh sh s h l f",
    "4A ./4F a e e i i u - u - ru e e ai o o au li",
    "02 n h",
)
_OWN = {
    _BENGALI: _signs("", "70 r v", "", "4E t"),
    _GURMUKHI: _signs("", "", "", "70 n ."),
    _MALAYALAM: _signs("", "", "", "7A n n r l l k"),
}
_DOT = 0x3C  # under a letter, it stands for a sound of Persian or another of its own
_DOTTED = {"j": "z", "ph": "f", "g": "gh", "d": "r", "dh": "rh"}
_FINAL_LOST = (_DEVANAGARI, _BENGALI, _GURMUKHI, _GUJARATI, _ORIYA)
_MIDDLE_LOST = (_DEVANAGARI, _GURMUKHI, _GUJARATI)


def latin_of_brahmic(text: str) -> str:
    """The Latin form of a word in one of these scripts: `a-z` and `0-9`."""
    block = next((ord(letter) & ~(_BLOCK - 1) for letter in text if FIRST <= ord(letter) <= LAST), _DEVANAGARI)
    return _spelled(_syllables(text, block), block)


@cache
def _table(block: int) -> _Signs:
    return _SINHALESE if block == _SINHALA else _ISCII | _OWN.get(block, {})


def _syllables(text: str, block: int) -> list[tuple[str, str | None]]:
    """(consonant, vowel and end); the vowel is None where it is not written, "" where it is struck out."""
    table = _table(block)
    found: list[tuple[str, str | None]] = []
    for letter in text:
        sort, sign = table.get(ord(letter) - block, (None, letter if letter.isascii() else ""))
        if sort is _Sort.CONSONANT:
            found.append((sign, None))
        elif not found or sort in (_Sort.VOWEL, None):
            found.append(("", sign))
        elif sort is _Sort.VOWEL_SIGN:
            found[-1] = (found[-1][0], sign)
        else:
            consonant, vowel = found[-1]
            found[-1] = (consonant, ("a" if vowel is None else vowel) + sign)
        if ord(letter) - block == _DOT and len(found) > 1:
            found[-2:] = [(_DOTTED.get(found[-2][0], found[-2][0]), found[-2][1])]
    return found


def _spelled(syllables: list[tuple[str, str | None]], block: int) -> str:
    vowels = ["a" if vowel is None else vowel for _, vowel in syllables]
    last = len(syllables) - 1
    if block in _FINAL_LOST and last > 0 and syllables[last][1] is None and vowels[last - 1]:
        vowels[last] = ""  # but kept after two consonants: Krishna, Narendra
    if block in _MIDDLE_LOST:
        for at in range(last - 1, 0, -1):
            between = vowels[at - 1] and vowels[at + 1] and syllables[at][0] and syllables[at + 1][0]
            if between and syllables[at][1] is None:
                vowels[at] = ""
    return "".join(consonant + vowel for (consonant, _), vowel in zip(syllables, vowels, strict=True))
