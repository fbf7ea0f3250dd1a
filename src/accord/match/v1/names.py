"""What an alignment of two names is worth, in log-odds.

Invariants: no name adds to the evidence by being there twice; the columns of `name_features` are those of
`weights.NAME_OF_PERSON`, learned by `benchmarks/match/learn_weights.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from accord.match.v1 import weights
from accord.match.v1.align import KNOTS, Alignments
from accord.match.v1.columns import Floats

FEATURES = (
    "constant",
    "agreed",  # nats of the words that agree, by how much they agree
    "agreed_log",
    "doubtful",  # nats of words that went together though they are hardly alike, and of words left over on both sides
    "doubtful_some",
    "covered_lighter",  # share of the lighter name that agrees
    "covered_lighter_well",
    "covered_heavier",  # share of the heavier name that agrees
    "covered_heavier_well",
    "one_sided",
    "exact",
    "one_word",  # only one word agrees
    "across",  # one is in letters that leave vowels out or stand for syllables, where even the same name agrees less
    "across_covered",
    "alphabet",  # one is in another alphabet
    "alphabet_covered",
    "thin",  # nats below 8 of what agrees: too little to know anything or anyone by
    "numbers_differ",
    "number_missing",
    "generic_left",
    "generic_one_sided",
    "places_differ",
    "nickname",
    "forms_differ",
    "forms_agree",
)

_THICK = 8.0  # nats
_ROUNDING = 1e-9  # of sums in another order
_UNBOUND = 1_000.0  # nats: more than the words of a name can weigh
# what a feature can be at most, if not 1; at least it is 0
_MOST = {
    **dict.fromkeys(("doubtful", "generic_left", "generic_one_sided"), _UNBOUND),
    **dict.fromkeys(("covered_lighter_well", "covered_heavier_well"), 0.2),
    "doubtful_some": 2.0,
    "one_sided": 12.0,
}


def name_features(found: Alignments) -> Floats:
    """(n, len(FEATURES)): what the model of a name pair sees."""
    agreed = found.agreed @ KNOTS
    together = found.agreed.sum(axis=1)
    doubtful = found.agreed @ (1.0 - KNOTS) + found.left_over
    lighter = agreed / np.maximum(together + found.left_over + found.generic_left, 1e-9)
    heavier = agreed / np.maximum(together + found.left_over + found.generic_left + found.one_sided, 1e-9)
    alphabet = found.across * (1.0 - found.lossy)
    return np.column_stack(
        [
            np.ones(len(agreed)),
            agreed,
            np.log1p(agreed),
            doubtful,
            np.minimum(doubtful, 2.0),
            lighter,
            np.maximum(lighter - 0.8, 0.0),
            heavier,
            np.maximum(heavier - 0.8, 0.0),
            np.minimum(found.one_sided, 12.0),
            found.exact,
            found.pairs < 2,
            found.across * found.lossy,
            found.across * found.lossy * heavier,
            alphabet,
            alphabet * heavier,
            np.maximum(_THICK - agreed, 0.0),
            found.numbers_differ >= 1,
            found.numbers_differ == 0.5,
            found.generic_left,
            found.generic_one_sided,
            found.places_differ,
            found.nickname,
            found.forms > 0,
            found.forms < 0,
        ]
    ).astype(np.float64)


def name_log_odds(found: Alignments) -> Floats:
    """Log-odds of each name pair; persons have weights of their own, and so have names that may be translations.

    A body's name in another script is often translated in part, so much may differ; in one script little may.
    """
    seen = name_features(found)
    person, body, one_script = (seen @ weights_of for weights_of in _columns())
    odds: Floats = np.where(found.person > 0, person, np.where(found.across > 0, body, one_script))
    like_another = (found.thing > 0) & (found.across == 0) & (found.exact == 0)
    odds += like_another * weights.THING_LIKE_ANOTHER
    return odds


def name_ceiling(weight: Floats, exact: NDArray[np.bool_], across: NDArray[np.bool_], *, person: bool) -> Floats:
    """Log-odds that no pair of names exceeds whose words weigh `weight` nats (root of the product of the two names').

    By the range that each feature can have, whatever the sign of its weight. `exact`: two names may be the same;
    `across`: no name is in common letters.
    """
    highest = [_highest(table, weight, exact, across) for table in _tables()]
    odds: Floats = highest[0] if person else np.where(across, highest[1], highest[2])
    return odds + max(weights.THING_LIKE_ANOTHER, 0.0) + _ROUNDING


def _highest(table: Mapping[str, float], weight: Floats, exact: NDArray[np.bool_], across: NDArray[np.bool_]) -> Floats:
    letters = [(name, f"{name}_covered") for name in ("across", "alphabet")]
    fixed = set(FEATURES) - {"constant", "agreed", "agreed_log", "exact", "thin", *chain.from_iterable(letters)}
    found = np.full(len(weight), table["constant"])
    found += sum(max(table[name] * _MOST.get(name, 1.0), 0.0) for name in sorted(fixed))
    found += np.where(exact, max(table["exact"], 0.0), 0.0)
    found += np.where(across, max(table[name] + max(table[covered], 0.0) for name, covered in letters), 0.0)
    found += max(table["agreed"], 0.0) * weight + max(table["agreed_log"], 0.0) * np.log1p(weight)
    found += table["thin"] * (_THICK if table["thin"] > 0 else np.maximum(_THICK - weight, 0.0))
    return found


def _columns() -> list[Floats]:
    return [np.array(list(map(table.__getitem__, FEATURES))) for table in _tables()]


def _tables() -> tuple[Mapping[str, float], ...]:
    return weights.NAME_OF_PERSON, weights.NAME_OF_BODY, weights.NAME_IN_ONE_SCRIPT
