"""What `match` says: matches, explanations and normal forms, the same for every algorithm version.

Invariants: all are frozen and made of plain values; a `score` is a probability in [0, 1], rounded to six decimals;
the effects of an explanation's parts add up to the log-odds of its score.

>>> Match("a", "b", 0.93).to_dict(threshold=0.5)
{'left': 'a', 'right': 'b', 'score': 0.93, 'match': True}
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from accord.records.clean import Date

Verdict = Literal["agree", "differ", "missing"]


@dataclass(frozen=True, slots=True)
class Match:
    """Two records (by id) and the probability that they are the same thing.

    `names` are the two names, as given, that agree best; None where names were not compared.
    """

    left: str
    right: str
    score: float
    names: tuple[str, str] | None = field(default=None, compare=False, repr=False)

    def to_dict(self, threshold: float) -> dict[str, object]:
        """One output row; `match` is the answer at the given threshold."""
        return {"left": self.left, "right": self.right, "score": self.score, "match": self.score >= threshold}


@dataclass(frozen=True, slots=True)
class Part:
    """One feature of a comparison: both values, what they say, and by how much they moved the log-odds.

    `text` is a sentence for a reviewer who may know neither script.
    """

    feature: str
    left: str
    right: str
    verdict: Verdict
    effect: float
    text: str

    def to_dict(self) -> dict[str, object]:
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why two records got their score. The effects of `parts` add up to the log-odds of `score`."""

    left: str
    right: str
    score: float
    match: bool
    parts: tuple[Part, ...]

    def to_dict(self) -> dict[str, object]:
        return {
            "left": self.left,
            "right": self.right,
            "score": self.score,
            "match": self.match,
            "parts": [part.to_dict() for part in self.parts],
        }


@dataclass(frozen=True, slots=True)
class NameForm:
    """One name, reduced to what survives spelling and script. Token tuples are sorted, so word order is gone.

    `latin` are the name's words in Latin letters; `skeleton` their consonant classes (Qadhafi, Gaddafi and القذافي
    agree); `numbers` the numbers in it. Organisation forms, honorifics and particles are left out unless the name has
    nothing else. A body's name stands there once more if some of its words only say what kind of body it is, or of
    which country: these then have their meaning (`@bank`, `@ke`) in place of their skeletons.
    """

    latin: tuple[str, ...]
    skeleton: tuple[str, ...]
    numbers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NormalForms:
    """One entity as both parties of an exchange see it: equal input gives equal forms at either party.

    `shorter` are persons' names without the father's name; `dates` are birth, founding or build dates; `identifiers`
    are (kind, normalised value); `places` are words of the birth place; `addresses` one sorted word tuple per address,
    house numbers included; `postcodes` are uppercase.
    """

    id: str
    schema: str
    names: tuple[NameForm, ...]
    shorter: tuple[NameForm, ...]
    dates: tuple[Date, ...]
    countries: tuple[str, ...]
    identifiers: tuple[tuple[str, str], ...]
    genders: tuple[str, ...]
    places: tuple[str, ...]
    addresses: tuple[tuple[str, ...], ...]
    postcodes: tuple[str, ...]
