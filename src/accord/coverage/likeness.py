"""How alike two activities are: field by field, each agreement with the weight that it was seen to have.

Invariants: the measure is symmetric, knows nothing of line order, and never looks at a partner's name; a field that one
side lacks says nothing for or against; what decided is told.

Method: each field's comparison falls into a level; a level weighs the logarithm of how much more often it occurs among
records of one project than among others (Fellegi and Sunter, 1969). The weights were counted on half of the countries
of the UN INFO table with the names masked (`benchmarks/coverage/duplicates.py --learn`).

>>> from accord.coverage.activity import Activity
>>> one = Activity("1", ("X",), "Training of customs officers on synthetic drug precursors in Mombasa")
>>> other = Activity("2", ("Y",), "Training customs officers on synthetic drug precursors, Mombasa")
>>> measure = Measure([one, other])
>>> measure.compare(0, 1).levels["text"], measure.compare(0, 1).score > measure.compare(0, 0, text=False).score
('same', True)
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from accord.coverage.activity import Activity

# level -> weight, in natural logarithms of the odds
WEIGHTS: Mapping[str, Mapping[str, float]] = {
    "text": {"same": 6.2, "same, short": 4.0, "near": 0.8, "alike": 0.8, "different": -2.9, "absent": 0.0},
    "context": {"same, rare": 4.9, "same": 2.4, "near": -4.1, "different": -4.7, "absent": 0.0},
    "dates": {"same": 0.4, "one": -1.0, "different": -1.0, "absent": 0.0},
    "money": {"same": 1.3, "different": 0.0, "absent": 0.0},
    "id": {"same": 12.4, "different": 0.0},
}
PRIOR = -3.9  # log-odds that two such records of one country are one project
AT_LEAST = 0.9  # score from which a pair counts as a possible duplicate
_WORD = re.compile(r"\w{3,}")
_INFORMATIVE = 25.0  # shared words' rarity (in nats) from which the same text is no commonplace
_LEAST_SIZE = 1000  # records from which counts say how rare a word is; of fewer, each word counts as rarer
_RARE_CONTEXT = 4  # records in one country that share a context, up to which it says much
_LONG_ID = 5  # characters from which an id is not the same by chance


@dataclass(frozen=True, slots=True)
class Likeness:
    """How alike: `score` 0 to 1, and the level of each field."""

    score: float
    levels: Mapping[str, str]


Vector = Mapping[str, float]


class Measure:
    """Compares activities of one collection; words are weighed by how rare they are in it."""

    def __init__(self, activities: Sequence[Activity]) -> None:
        self.activities = activities
        self.words = [
            (tuple(_WORD.findall(one.title.lower())), tuple(_WORD.findall(one.description.lower())))
            for one in activities
        ]
        seen = Counter(word for title, text in self.words for word in {*title, *text})
        size = max(len(activities), _LEAST_SIZE)
        self._rarity = {word: math.log((size + 1) / count) for word, count in seen.items()}
        self.contexts = [" ".join(_WORD.findall(one.context.lower())) for one in activities]
        self.crowd = Counter(
            (place.country, context)
            for one, context in zip(activities, self.contexts, strict=True)
            for place in one.countries
        )
        self._vectors: dict[tuple[int, int], Vector] = {}

    def rarity(self, word: str) -> float:
        """Natural logarithm of how rare a word is in the collection; 0 for one that all have."""
        return self._rarity.get(word, 0.0)

    def compare(self, first: int, second: int, *, text: bool = True) -> Likeness:
        """Compare two activities by their numbers; `text=False` leaves title and description aside."""
        one, other = self.activities[first], self.activities[second]
        levels = {
            "text": self._text(first, second) if text else "absent",
            "context": self._context(first, second),
            "dates": _dates(one, other),
            "money": _money(one, other),
            "id": "same" if one.id == other.id and len(one.id) >= _LONG_ID else "different",
        }
        odds = PRIOR + sum(WEIGHTS[field][level] for field, level in levels.items())
        return Likeness(1 / (1 + math.exp(-odds)), levels)

    def _text(self, first: int, second: int) -> str:
        best = [self.cosine(first, second, field) for field in (0, 1)]
        known = [(alike, field) for field, alike in enumerate(best) if alike is not None]
        if not known:
            return "absent"
        alike, field = max(known)
        if alike >= 0.9:
            shared = {*self.words[first][field]} & {*self.words[second][field]}
            informative = sum(self.rarity(word) for word in shared) >= _INFORMATIVE
            return "same" if informative else "same, short"
        return "near" if alike >= 0.7 else "alike" if alike >= 0.5 else "different"

    def cosine(self, first: int, second: int, field: int) -> float | None:
        """Cosine of two titles (0) or descriptions (1) over words weighed by rarity; None when one is empty."""
        one, other = self.vector(first, field), self.vector(second, field)
        if not one or not other:
            return None
        if len(one) > len(other):
            one, other = other, one
        return sum(weight * other.get(word, 0.0) for word, weight in one.items())

    def vector(self, number: int, field: int) -> Vector:
        """The words of a title (0) or a description (1) with their weights, of length 1; remembered."""
        if (number, field) not in self._vectors:
            counts = Counter(self.words[number][field])
            raw = {word: (1 + math.log(times)) * (self.rarity(word) + 0.01) for word, times in counts.items()}
            length = math.sqrt(sum(weight * weight for weight in raw.values())) or 1.0
            self._vectors[number, field] = {word: weight / length for word, weight in raw.items()}
        return self._vectors[number, field]

    def _context(self, first: int, second: int) -> str:
        one, other = self.contexts[first], self.contexts[second]
        if not one or not other:
            return "absent"
        if one != other:
            a, b = {*one.split()}, {*other.split()}
            return "near" if len(a & b) >= 0.7 * len(a | b) else "different"
        places = self.activities[first].countries
        crowd = max((self.crowd[place.country, one] for place in places), default=_RARE_CONTEXT + 1)
        return "same, rare" if crowd <= _RARE_CONTEXT else "same"


def _dates(one: Activity, other: Activity) -> str:
    pairs = [(a, b) for a, b in ((one.start, other.start), (one.end, other.end)) if a and b]
    if not pairs:
        return "absent"
    same = sum(a == b for a, b in pairs)
    return "same" if same == len(pairs) else "one" if same else "different"


def _money(one: Activity, other: Activity) -> str:
    if not one.money or not other.money:
        return "absent"
    return "same" if {*one.money} & {*other.money} else "different"
