"""How much need a country has in an area, as an interval that says how well it is known.

Invariants: a missing value is the whole interval 0 to 1, never 0; "<5" is 0 to 4, never 0 and never 5; what counts
detections gives a lower bound only (few detections may mean few detectives); what counts enforcement (seizures) is
shown and never counted as need; resilience alone makes no need, its lack adds to what is there.

Method: each indicator is turned into the country's place among all countries of that table (0 lowest, 1 highest; equal
values share the middle place; of a censored value, the places of its two ends). An area's need is the weighted mean
of the lower and of the upper ends over its indicators; where a table of resilience is given, a third of it (`LACK`) is
the lack of resilience.

>>> indicator = Indicator("x", ("drugs",), {"AAA": (1, 1), "BBB": (0, 4), "CCC": (9, 9)})
>>> {code: (round(low, 2), round(high, 2)) for code, (low, high) in indicator.places().items()}
{'AAA': (0.17, 0.17), 'BBB': (0.0, 0.67), 'CCC': (0.83, 0.83)}
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

Interval = tuple[float, float]
LACK = 1 / 3  # the share of lacking resilience in need, where a table of resilience is given


@dataclass(frozen=True, slots=True)
class Indicator:
    """One series of one table: `values` maps alpha-3 to the lowest and highest value that it can stand for.

    `counts`: they count events, so that a small difference may be chance.
    """

    name: str
    areas: tuple[str, ...]
    values: Mapping[str, Interval]
    year: int | None = None
    higher_is_worse: bool = True
    measures: str = "need"
    weight: float = 1.0
    source: str = ""
    file: str = ""
    licence: str = ""
    history: Mapping[int, Mapping[str, Interval]] = field(default_factory=dict)
    counts: bool = False

    def places(self) -> dict[str, Interval]:
        """Each country's place among all, as need: 0 (least) to 1 (most)."""
        if not self.values:
            return {}
        lows = np.array([low for low, _ in self.values.values()], dtype=float)
        highs = np.array([high for _, high in self.values.values()], dtype=float)
        capped = np.where(np.isinf(highs), lows, highs)
        middles = np.sort((lows + capped) / 2)
        low_place, high_place = _place(middles, lows), _place(middles, highs)
        exact = lows == highs
        low_place = np.where(exact, _middle(middles, lows), low_place)
        high_place = np.where(exact, low_place, high_place)
        if not self.higher_is_worse:
            low_place, high_place = 1 - high_place, 1 - low_place
        if self.measures == "detected":
            high_place = np.ones_like(high_place)
        return {
            code: (float(low), float(high)) for code, low, high in zip(self.values, low_place, high_place, strict=True)
        }


def _place(middles: npt.NDArray[np.float64], values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return np.searchsorted(middles, values, side="left") / len(middles)


def _middle(middles: npt.NDArray[np.float64], values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    left = np.searchsorted(middles, values, side="left")
    right = np.searchsorted(middles, values, side="right")
    return np.asarray((left + right) / (2 * len(middles)))


@dataclass(frozen=True, slots=True)
class Need:
    """Need of every area and country: `low` and `high`, shape (areas, countries); `known` where any table speaks."""

    low: npt.NDArray[np.float64]
    high: npt.NDArray[np.float64]
    known: npt.NDArray[np.bool_]
    indicators: tuple[Indicator, ...] = ()
    speaking: Mapping[str, tuple[Indicator, ...]] = field(default_factory=dict)


def _shares(used: Sequence[Indicator]) -> list[float]:
    """What share each indicator has in need, together 1: by weight, resilience `LACK` of the whole."""
    resilience = sum(one.weight for one in used if one.measures == "resilience")
    threats = sum(one.weight for one in used) - resilience
    lack = LACK if resilience else 0.0
    return [
        lack * one.weight / resilience if one.measures == "resilience" else (1 - lack) * one.weight / threats
        for one in used
    ]


def combine(indicators: Sequence[Indicator], areas: Sequence[str], countries: Sequence[str]) -> Need:
    """Combine indicators into the need of each area and country; an area without indicators is unknown (0 to 1)."""
    low = np.zeros((len(areas), len(countries)))
    high = np.ones((len(areas), len(countries)))
    known = np.zeros((len(areas), len(countries)), dtype=bool)
    speaking: dict[str, tuple[Indicator, ...]] = {}
    places = {id(indicator): indicator.places() for indicator in indicators}
    for row, area in enumerate(areas):
        used = [one for one in indicators if area in one.areas and one.measures != "enforcement" and one.weight > 0]
        threats = [one for one in used if one.measures != "resilience"]
        if not threats:
            speaking[area] = ()
            continue
        speaking[area] = tuple(used)
        shares = _shares(used)
        for column, country in enumerate(countries):
            if any(country in places[id(one)] for one in threats):
                ends = [places[id(one)].get(country, (0.0, 1.0)) for one in used]
                known[row, column] = True
                low[row, column] = sum(share * end[0] for share, end in zip(shares, ends, strict=True))
                high[row, column] = sum(share * end[1] for share, end in zip(shares, ends, strict=True))
    return Need(low, high, known, tuple(indicators), speaking)


def parts(need: Need, area: str, country: str) -> tuple[tuple[Indicator, Interval], ...]:
    """What makes the need of a country in an area: each indicator with the place there, all of 0 to 1 where missing.

    Of resilience (`measures`) the place is that of its lack.
    """
    return tuple((one, one.places().get(country, (0.0, 1.0))) for one in need.speaking.get(area, ()))


def rank_stability(
    need: Need, areas: Sequence[str], countries: Sequence[str], *, top: int = 20, draws: int = 200, seed: int = 0
) -> npt.NDArray[np.float64]:
    """Share of draws in which a country is among the `top` of highest need, shape (areas, countries).

    Each draw takes every indicator's value anywhere within its interval (a missing one anywhere from 0 to 1) and
    combines them by their weights; the same seed gives the same shares. 0 where nothing is known.
    """
    random = np.random.default_rng(seed)
    found = np.zeros((len(areas), len(countries)))
    for row, area in enumerate(areas):
        used = need.speaking.get(area, ())
        if not used or not need.known[row].any():
            continue
        value = np.zeros((draws, len(countries)))
        for one, share in zip(used, _shares(used), strict=True):
            places = one.places()
            ends = np.array([places.get(code, (0.0, 1.0)) for code in countries])
            value += share * random.uniform(ends[:, 0], ends[:, 1], size=value.shape)
        value[:, ~need.known[row]] = -1.0
        chosen = np.argpartition(-value, min(top, value.shape[1]) - 1, axis=1)[:, :top]
        found[row] = np.bincount(chosen.ravel(), minlength=len(countries)) / draws
        found[row, ~need.known[row]] = 0.0
    return found
