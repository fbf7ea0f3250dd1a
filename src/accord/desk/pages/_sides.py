"""Two records side by side: what is the same, written differently, or different, down to the words that differ.

>>> row = side_by_side({"name": ["Amina Diallo"]}, {"name": ["DIALLO, Amina B."]}, None)[0]
>>> row.verdict, [(word.text, word.differs) for word in row.theirs[0]]
('differs', [('DIALLO, ', False), ('Amina ', False), ('B.', True)])
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from accord.match import Explanation

_WORDS = re.compile(r"\S+\s*")
_KINDS = {"birthDate": "date", "incorporationDate": "date", "buildDate": "date", "name": "name"} | dict.fromkeys(
    ("nationality", "country", "jurisdiction"), "country"
)


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a value, with the blanks after it, and whether the other record has none like it there."""

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
        marked = verdict in ("differs", "alike")
        rows.append(Row(name, _marked(*sides, marked), _marked(sides[1], sides[0], marked), verdict))
    return rows


def _marked(values: tuple[str, ...], others: tuple[str, ...], marked: bool) -> tuple[tuple[Word, ...], ...]:
    known = {_plain(word) for other in others for word in other.split()}
    return tuple(
        tuple(Word(word, marked and _plain(word) not in known) for word in _WORDS.findall(value)) for value in values
    )


def _plain(word: str) -> str:
    return "".join(sign for sign in word.casefold() if sign.isalnum()) or word.strip()
