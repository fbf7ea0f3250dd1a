"""The same project in two partners' books: pairs of activities that may be one, likest first, each explained.

Invariants: only records of different partners are compared, and a project declared as joint is none; candidates share a
place and something rare (a context, an uncommon word, an id), so the work grows with the records and not with their
square; only people decide.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from accord.coverage.activity import Activity
from accord.coverage.likeness import AT_LEAST, Likeness, Measure
from accord.coverage.spending import party_key

_WORDS = 8  # the rarest words of a text that candidates are looked up by
_WORD = re.compile(r"\w{2,}")
_SHORTEST_START = 6  # characters of an identifier from which its beginning says something
_CROWD = 40  # records that share a key, above which the key is too common to compare them all


@dataclass(frozen=True, slots=True)
class Pair:
    """Two activities by their numbers, and how alike they are."""

    first: int
    second: int
    likeness: Likeness


def find_duplicates(activities: Sequence[Activity], at_least: float = AT_LEAST) -> list[Pair]:
    """Pairs of different partners' activities that score at least so much, likest first."""
    measure = Measure(activities)
    found = [
        Pair(first, second, likeness)
        for first, second in candidates(measure)
        if (likeness := measure.compare(first, second)).score >= at_least
    ]
    return sorted(found, key=lambda pair: (-pair.likeness.score, pair.first, pair.second))


def candidates(measure: Measure) -> Iterator[tuple[int, int]]:
    """Pairs of different partners' records that share a key; each once, in order."""
    blocks: dict[tuple[str, str, str], list[int]] = {}
    for number, one in enumerate(measure.activities):
        countries = [place.country for place in one.countries] or [""]
        for key in _keys(measure, number):
            for country in countries:
                blocks.setdefault((*key, country), []).append(number)
    pairs: set[tuple[int, int]] = set()
    for members in blocks.values():
        if 1 < len(members) <= _CROWD:
            for at, first in enumerate(members):
                pairs.update((first, second) for second in members[at + 1 :])
    for first, second in sorted(pairs):
        if apart(measure.activities[first], measure.activities[second]):
            yield first, second


def _keys(measure: Measure, number: int) -> set[tuple[str, str]]:
    one = measure.activities[number]
    keys = {("id", one.id)}
    if measure.contexts[number]:
        keys.add(("context", measure.contexts[number]))
    for field, words in zip(("title", "text"), measure.words[number], strict=True):
        rarest = sorted({*words}, key=lambda word: (-measure.rarity(word), word))[:_WORDS]
        keys.update((field, word) for word in rarest)
        if words:
            keys.add((field, " ".join(words)))
    return keys


class Nearest:
    """Looks up the records that most likely belong together with one: parts, phases, siblings of one programme.

    Method: cosine over the words of title and description and over the beginnings of the identifier (publishers number
    the parts of a programme after it), each weighed by how rare it is; no partner, place or amount is looked at.
    """

    def __init__(self, activities: Sequence[Activity], *, identifiers: bool = True) -> None:
        words = [Counter(_WORD.findall(f"{one.title} {one.description}".lower())) for one in activities]
        self._indexes = [_index(words)]
        if identifiers:
            starts = [Counter(one.id[:end] for end in range(_SHORTEST_START, len(one.id) + 1)) for one in activities]
            self._indexes.append(_index(starts))

    def of(self, number: int, most: int = 10) -> list[tuple[int, float]]:
        """The records nearest to one, by their numbers, with how near they are (0 to the number of fields)."""
        near: dict[int, float] = defaultdict(float)
        for vectors, posts in self._indexes:
            for word, weight in vectors[number].items():
                for other, there in posts[word]:
                    near[other] += weight * there
        near.pop(number, None)
        return sorted(near.items(), key=lambda pair: (-pair[1], pair[0]))[:most]


def _index(fields: Sequence[Counter[str]]) -> tuple[list[dict[str, float]], dict[str, list[tuple[int, float]]]]:
    """Vectors of length 1 over rare words, and for each word the records that have it."""
    seen = Counter(word for field in fields for word in field)
    vectors: list[dict[str, float]] = []
    posts: dict[str, list[tuple[int, float]]] = {word: [] for word in seen}
    for number, field in enumerate(fields):
        raw = {word: (1 + math.log(times)) * math.log((len(fields) + 1) / seen[word]) for word, times in field.items()}
        length = math.sqrt(sum(weight * weight for weight in raw.values())) or 1.0
        vectors.append({word: weight / length for word, weight in raw.items()})
        for word, weight in vectors[-1].items():
            posts[word].append((number, weight))
    return vectors, posts


def apart(one: Activity, other: Activity) -> bool:
    """Whether two records are different partners', and neither says that it is joint with the other."""
    return not set(one.partners) & set(other.partners) and not says_joint(one, other)


def says_joint(one: Activity, other: Activity) -> bool:
    """Whether one of two records names the other's partner."""
    return _names(one.joint_with, other.partners) or _names(other.joint_with, one.partners)


def _names(named: Sequence[str], partners: Sequence[str]) -> bool:
    return any(party_key(partner) and party_key(partner) in party_key(name) for name in named for partner in partners)
