"""The language in which terms are written, and the matcher that finds all of them in one pass.

A term is a row of whole words: `human traffick*`. In it
* `traffick*` is any word that begins so; `person*|people` one of several; `{illicit}` a named set of alternatives;
* `the?` may be missing; `_3` stands for up to three words of any kind, before a word that may not be missing.
A term never crosses the end of a sentence. Accents, case, hyphens and apostrophes do not matter.

Invariants: the matcher is built once and never changes; its answer depends on the words alone; cost is one dictionary
look-up a word plus the work at words with which a term can begin.

>>> matcher = Matcher({"tip": ["traffick* in|of _2 person*|people"]}, {})
>>> [(hit.key, hit.first, hit.last) for hit in matcher.find(words("Trafficking in young persons. Traffic in people"))]
[('tip', 0, 3)]
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise, takewhile
from typing import Generic, NamedTuple, TypeVar

from accord.coverage.classify.words import Words, fold, words
from accord.errors import InternalError

Key = TypeVar("Key")
_SET = re.compile(r"\{([^}]+)\}")
_TELLING = 7  # letters of a cut word that are enough to know it by
_DISTINCT_WORDS = 1 << 17  # how many words' look-ups are remembered; a year of UN INFO has about 60,000


class Hit(NamedTuple, Generic[Key]):
    """A term with this key stands from word `first` to word `last` (inclusive)."""

    key: Key
    first: int
    last: int


class _Step(NamedTuple):
    atom: int  # the set of words accepted here; -1 for a gap
    gap: int  # up to so many words of any kind, when atom is -1
    optional: bool


Starting = tuple[tuple[Key, tuple[_Step, ...]], ...]  # the terms that can begin at a word, in the order of the table


class _Remembered(dict[str, tuple[frozenset[int], Starting[Key]]]):
    """What a word is accepted by, and the terms that it can begin; worked out on first sight, forgotten when full."""

    def __init__(self, work_out: Callable[[str], tuple[frozenset[int], Starting[Key]]]) -> None:
        super().__init__()
        self._work_out = work_out

    def __missing__(self, word: str) -> tuple[frozenset[int], Starting[Key]]:
        if len(self) >= _DISTINCT_WORDS:
            self.clear()
        found = self[word] = self._work_out(word)
        return found


class Matcher(Generic[Key]):
    """Finds every term of a table in a text. `table` maps a key to its terms; `sets` maps a name to alternatives."""

    def __init__(self, table: Mapping[Key, Iterable[str]], sets: Mapping[str, str]) -> None:
        self._sets = sets
        self._atoms: dict[str, int] = {}
        self._whole: dict[str, set[int]] = {}
        self._begins: dict[str, set[int]] = {}
        self._starting: dict[int, list[tuple[Key, tuple[_Step, ...]]]] = {}
        for key, terms in table.items():
            for term in terms:
                steps = self._compile(term)
                self._starting.setdefault(steps[0].atom, []).append((key, steps))
        self._lengths = sorted({len(prefix) for prefix in self._begins})
        self._forms = sorted({*self._whole, *self._begins})
        self._look_up: _Remembered[Key] = _Remembered(self._known)

    def find(self, text: Words, *, cut_off: bool = False) -> list[Hit[Key]]:
        """All hits, by first word, then in the order of the table.

        `cut_off`: the text was cut at a fixed length, so its last word may be only the beginning of one.
        """
        known = list(map(self._look_up.__getitem__, text.folded))
        if cut_off and known and len(text.folded[-1]) >= _TELLING:
            known[-1] = self._with_terms(known[-1][0] | self._completing(text.folded[-1]))
        hits: list[Hit[Key]] = []
        for first, (_, terms) in enumerate(known):
            for key, steps in terms:
                last = first if len(steps) == 1 else _last_word(steps, 1, known, first, text)
                if last >= 0:
                    hits.append(Hit(key, first, last))
        return hits

    def _known(self, word: str) -> tuple[frozenset[int], Starting[Key]]:
        found = set(self._whole.get(word, ()))
        for length in self._lengths:
            if length > len(word):
                break
            found.update(self._begins.get(word[:length], ()))
        return self._with_terms(frozenset(found))

    def _with_terms(self, atoms: frozenset[int]) -> tuple[frozenset[int], Starting[Key]]:
        return atoms, tuple(term for atom in sorted(atoms & self._starting.keys()) for term in self._starting[atom])

    def _completing(self, beginning: str) -> frozenset[int]:
        """What the known words that begin so would be accepted by, if they are forms of one word; else nothing."""
        start = bisect_left(self._forms, beginning)
        forms = list(takewhile(lambda form: form.startswith(beginning), self._forms[start:]))
        if not forms or not all(form.startswith(forms[0]) for form in forms):
            return frozenset()
        return frozenset().union(*(self._begins.get(form) or self._whole[form] for form in forms))

    def _compile(self, term: str) -> tuple[_Step, ...]:
        steps: list[_Step] = []
        for part in term.split():
            if part.startswith("_"):
                steps.append(_Step(-1, int(part[1:]), True))
            else:
                steps.extend(self._steps(part))
        if not steps or steps[0].optional or steps[-1].atom < 0:
            raise InternalError("classify.term", f"the term {term!r} must begin and end with a word", "mend the table")
        if any(gap.atom < 0 and after.optional for gap, after in pairwise(steps)):
            raise InternalError(
                "classify.term", f"in {term!r} a word that may be missing follows a gap", "mend the table"
            )
        return tuple(steps)

    def _steps(self, part: str) -> list[_Step]:
        """A part such as `d'argent` is two words; alternatives are single words."""
        optional = part.endswith("?")
        part = part.removesuffix("?")
        if "*" in part.replace("*|", "|").removesuffix("*"):
            raise InternalError("classify.term", f"in {part!r} a star is not at the end of a word", "mend the table")
        part = _SET.sub(lambda name: self._sets[name.group(1)], part)
        if "|" in part or len(words(part).folded) == 1:
            return [_Step(self._atom(part), 0, optional)]
        return [_Step(self._atom(word), 0, optional) for word in _words_of(part)]

    def _atom(self, alternatives: str) -> int:
        """The number of a set of alternatives, made on first sight."""
        known = self._atoms.get(alternatives)
        if known is not None:
            return known
        number = self._atoms[alternatives] = len(self._atoms)
        for word in alternatives.split("|"):
            if len(words(word).folded) != 1 or "?" in word:
                raise InternalError("classify.term", f"{word!r} in {alternatives!r} is not one word", "mend the table")
            table = self._begins if word.endswith("*") else self._whole
            table.setdefault(fold(word.removesuffix("*")), set()).add(number)
        return number


def _words_of(part: str) -> list[str]:
    """`anti-terroris*` as its words; a star belongs to the last."""
    found = words(part).folded
    if part.endswith("*"):
        found[-1] += "*"
    return found


def _last_word(
    steps: tuple[_Step, ...], step: int, known: Sequence[tuple[frozenset[int], object]], place: int, text: Words
) -> int:
    """The last word of a match whose step before `step` was met at `place`; -1 if there is none."""
    if step == len(steps):
        return place
    wanted = steps[step]
    if wanted.atom < 0:
        follower = steps[step + 1].atom
        for there in range(place + 1, min(place + wanted.gap + 2, len(known))):
            if follower in known[there][0]:
                if not text.breaks.isdisjoint(range(place + 1, there + 1)):
                    return -1
                last = _last_word(steps, step + 2, known, there, text)
                if last >= 0:
                    return last
        return -1
    there = place + 1
    if there < len(known) and wanted.atom in known[there][0] and there not in text.breaks:
        last = _last_word(steps, step + 1, known, there, text)
        if last >= 0:
            return last
    return _last_word(steps, step + 1, known, place, text) if wanted.optional else -1
