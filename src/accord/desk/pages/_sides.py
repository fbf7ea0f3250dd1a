"""Two records side by side: what is the same, written differently, or different, down to the words that differ.

>>> row = side_by_side({"name": ["Amina Diallo"]}, {"name": ["DIALLO-Amína B."]}, None)[0]
>>> row.verdict, [word.text for word in row.theirs[0] if word.differs]
('differs', ['B'])
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from accord.match import Explanation
from accord.records.search import folded

_WORDS = re.compile(r"\w+|\W+")
_KINDS = {"birthDate": "date", "incorporationDate": "date", "buildDate": "date", "name": "name"} | dict.fromkeys(
    ("nationality", "country", "jurisdiction"), "country"
)


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a value, or what stands between two, and whether the other record has none like it there."""

    text: str
    differs: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One field of both records. `verdict`: same, alike (written otherwise), differs, ours, theirs."""

    name: str
    ours: tuple[tuple[Word, ...], ...]
    theirs: tuple[tuple[Word, ...], ...]
    verdict: str


def side_by_side(
    ours: Mapping[str, Collection[str]], theirs: Mapping[str, Collection[str]], why: Explanation | None
) -> list[Row]:
    """Each field of both, those first that both have; a date that only is written otherwise does not differ."""
    agree = {part.feature for part in why.parts if part.verdict == "agree"} if why else set()
    rows = []
    for name in sorted(set(ours) | set(theirs), key=lambda one: (one not in theirs or one not in ours, one)):
        sides = tuple(ours.get(name, ())), tuple(theirs.get(name, ()))
        if not all(sides):
            verdict = "ours" if sides[0] else "theirs"
        else:
            folded = [{" ".join(value.casefold().split()) for value in side} for side in sides]
            verdict = "same" if folded[0] & folded[1] else "alike" if _KINDS.get(name) in agree else "differs"
        marked = verdict == "differs" or (verdict == "alike" and _KINDS[name] == "name")
        rows.append(Row(name, _marked(*sides, marked), _marked(sides[1], sides[0], marked), verdict))
    return rows


def _marked(values: tuple[str, ...], others: tuple[str, ...], marked: bool) -> tuple[tuple[Word, ...], ...]:
    known = {_plain(word) for other in others for word in _WORDS.findall(other)}
    return tuple(
        tuple(Word(word, marked and word[0].isalnum() and _plain(word) not in known) for word in _WORDS.findall(value))
        for value in values
    )


def _plain(word: str) -> str:
    return " ".join(folded(word))
