"""Text as the terms see it: lower case, without accents, cut into whole words that know where they stood.

Invariants: every word's `start` and `end` index the text as given, whatever folding did to its length ("œuvre" is
matched as "oeuvre", a combining accent vanishes); a term never matches inside a word ("streAMLined" is not AML).

>>> words("Lutte: cœur d'État.")
Words(folded=['lutte', 'coeur', 'd', 'etat'], spans=[(0, 5), (7, 11), (12, 13), (14, 18)], breaks=frozenset())
>>> words("One. Two").breaks
frozenset({1})
"""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

_WORD = re.compile(r"[^\W_]+")
_SENTENCE_END = re.compile(r"[.!?;؟؛](?:\s|$)|\n\s*[-•*·]|•")


class _Folding(dict[int, str]):
    """One character to its folded form, filled on first sight; a table for `str.translate`."""

    def __missing__(self, code: int) -> str:
        decomposed = unicodedata.normalize("NFKD", _LIGATURES.get(chr(code), chr(code)))
        folded = "".join(mark for mark in decomposed if not unicodedata.combining(mark)).casefold()
        self[code] = folded
        return folded


_LIGATURES = {"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae", "’": "'", "ـ": ""}
_FOLDING = _Folding()


class Words(NamedTuple):
    """The words of a text: folded forms, spans in the text as given, and the words that begin a new sentence."""

    folded: list[str]
    spans: list[tuple[int, int]]
    breaks: frozenset[int]


def fold(text: str) -> str:
    """Lower case without accents and ligatures; the result may differ in length."""
    return text.lower() if text.isascii() else text.translate(_FOLDING)


def words(text: str) -> Words:
    """Cut a text into folded words. A number, letter or ideograph run is a word; hyphens and apostrophes separate."""
    folded = fold(text)
    found = [(match.group(), match.span()) for match in _WORD.finditer(folded)]
    starts = [span[0] for _, span in found]
    breaks = _breaks(folded, starts)
    spans = [span for _, span in found]
    if not text.isascii() and any(len(_FOLDING[ord(char)]) != 1 for char in set(text)):
        spans = _spans_as_given(text, spans)
    return Words([word for word, _ in found], spans, breaks)


def _breaks(folded: str, starts: list[int]) -> frozenset[int]:
    """Indices of the words that follow the end of a sentence or a bullet."""
    begun: set[int] = set()
    index = 0
    for end in _SENTENCE_END.finditer(folded):
        while index < len(starts) and starts[index] < end.start():
            index += 1
        if 0 < index < len(starts):
            begun.add(index)
    return frozenset(begun)


def _spans_as_given(text: str, spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans of the folded text carried back to the text as given, where folding changed lengths."""
    origin: list[int] = []
    for position, char in enumerate(text):
        origin.extend([position] * len(_FOLDING[ord(char)]))
    return [(origin[start], origin[end - 1] + 1) for start, end in spans]
