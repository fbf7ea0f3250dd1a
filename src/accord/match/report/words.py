"""How a score and its reasons are said to a person, on paper and on a terminal alike.

Invariants: every figure that is shown in colour or as a bar is also said in words; nothing here decides anything.

>>> percent(0.9312), percent(0.99999), percent(0.0001)
('93 %', '> 99 %', '< 1 %')
>>> effect(2.3).words, effect(-0.7).words, effect(0.01).words
('more likely', 'a little less likely', 'hardly matters')
>>> odds(2.302585), odds(-2.302585)
('odds × 10', 'odds ÷ 10')
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from accord.match.model import Part, Verdict

# natural-log odds from which an effect is called "a little", plainly, or "much": odds × 1.1, × 3, × 20
_LITTLE, _PLAIN, _MUCH = 0.1, math.log(3), math.log(20)
PRIOR = "prior"  # the feature that carries the starting point
_VERDICTS: dict[Verdict, tuple[str, str]] = {
    "agree": ("✓", "agrees"),
    "differ": ("✗", "differs"),
    "missing": ("–", "not on both sides"),
}


@dataclass(frozen=True, slots=True)
class Effect:
    """A movement of the log-odds in words, with a sign that needs no colour."""

    words: str
    sign: str


def percent(score: float) -> str:
    """A probability as a whole percentage that never claims certainty."""
    rounded = round(score * 100)
    if rounded >= 100:
        return "> 99 %"
    return f"{rounded} %" if rounded >= 1 else "< 1 %"


def effect(log_odds: float) -> Effect:
    """Say how far one part moved the answer (natural log-odds)."""
    size = abs(log_odds)
    if size < _LITTLE:
        return Effect("hardly matters", "·")
    direction, arrow = ("more likely", "▲") if log_odds > 0 else ("less likely", "▼")
    if size < _PLAIN:
        return Effect(f"a little {direction}", arrow)
    if size < _MUCH:
        return Effect(direction, arrow)
    return Effect(f"much {direction}", arrow * 2)


def odds(log_odds: float) -> str:
    """The same as a factor on the odds of a match."""
    factor = math.exp(min(abs(log_odds), 20.0))
    shown = f"{factor:,.0f}" if factor >= 9.95 else f"{factor:.1f}"
    return f"odds {'×' if log_odds >= 0 else '÷'} {shown}"


def verdict(found: Verdict) -> tuple[str, str]:
    """Sign and words of a verdict."""
    return _VERDICTS[found]


def compared(parts: Sequence[Part]) -> list[Part]:
    """The parts that say something: without the starting point and without what a side lacks."""
    return [part for part in parts if part.verdict != "missing" and part.feature != PRIOR]


def missing(parts: Sequence[Part]) -> list[Part]:
    """The parts that could not be compared."""
    return [part for part in parts if part.verdict == "missing" and part.feature != PRIOR]


def prior(parts: Sequence[Part]) -> Part | None:
    """The starting point, before anything was compared."""
    return next((part for part in parts if part.feature == PRIOR), None)


def reasons(parts: Sequence[Part]) -> str:
    """One line: which features agree and which differ, strongest first, without those that hardly matter.

    >>> reasons([Part("name", "A", "A", "agree", 3.0, ""), Part("country", "al", "dz", "differ", -1.0, "")])
    'agrees: name; differs: country'
    """
    telling = [part for part in compared(parts) if abs(part.effect) >= _LITTLE]
    strongest = sorted(telling, key=lambda part: -abs(part.effect))
    said = []
    for found in ("agree", "differ"):
        features = list(dict.fromkeys(part.feature for part in strongest if part.verdict == found))
        if features:
            said.append(f"{_VERDICTS[found][1]}: {', '.join(features)}")
    return "; ".join(said) or "nothing told much"
