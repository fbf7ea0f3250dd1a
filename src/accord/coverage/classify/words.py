"""Text as the terms see it: lower case, without accents, cut into whole words that know where they stood.

Invariants: every word's `start` and `end` index the text as given, whatever folding did to its length ("œuvre" is
matched as "oeuvre", a combining accent vanishes); a term never matches inside a word ("streAMLined" is not AML).

>>> cut = words("Lutte: cœur d'État.")
>>> cut.folded, cut.spans
(['lutte', 'coeur', 'd', 'etat'], [(0, 5), (7, 11), (12, 13), (14, 18)])
>>> words("One. Two").breaks
frozenset({1})
"""

from __future__ import annotations

import re
import unicodedata
from functools import cached_property

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


def fold(text: str) -> str:
    """Lower case without accents and ligatures; the result may differ in length."""
    return text.lower() if text.isascii() else text.translate(_FOLDING)


class Words:
    """The words of a text: folded forms, spans in the text as given, and the words that begin a new sentence.

    Most texts hold no term at all, so where words stand and where sentences end is worked out when it is asked for.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._whole = fold(text)
        self.folded: list[str] = _WORD.findall(self._whole)

    @cached_property
    def spans(self) -> list[tuple[int, int]]:
        """First and last+1 character of each word in the text as given."""
        spans = self._folded_spans
        if not self._text.isascii() and any(len(_FOLDING[ord(char)]) != 1 for char in set(self._text)):
            return _spans_as_given(self._text, spans)
        return spans

    @cached_property
    def breaks(self) -> frozenset[int]:
        """Indices of the words that follow the end of a sentence or a bullet."""
        return _breaks(self._whole, [start for start, _ in self._folded_spans])

    @cached_property
    def _folded_spans(self) -> list[tuple[int, int]]:
        return [match.span() for match in _WORD.finditer(self._whole)]


def words(text: str) -> Words:
    """Cut a text into folded words. A number, letter or ideograph run is a word; hyphens and apostrophes separate."""
    return Words(text)


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
