"""What an alignment of two names is worth, in log-odds.

Invariants: no name adds to the evidence by being there twice; the columns of `name_features` are those of
`weights.NAME_OF_PERSON`, learned by `benchmarks/match/learn_weights.py`.
"""

from __future__ import annotations

import numpy as np

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
    "across",  # in two kinds of letters, where even the same name agrees less
    "across_covered",
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


def name_features(found: Alignments) -> Floats:
    """(n, len(FEATURES)): what the model of a name pair sees."""
    agreed = found.agreed @ KNOTS
    together = found.agreed.sum(axis=1)
    doubtful = found.agreed @ (1.0 - KNOTS) + found.left_over
    lighter = agreed / np.maximum(together + found.left_over + found.generic_left, 1e-9)
    heavier = agreed / np.maximum(together + found.left_over + found.generic_left + found.one_sided, 1e-9)
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
            found.across,
            found.across * heavier,
            np.maximum(8.0 - agreed, 0.0),
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


def _columns() -> list[Floats]:
    tables = (weights.NAME_OF_PERSON, weights.NAME_OF_BODY, weights.NAME_IN_ONE_SCRIPT)
    return [np.array(list(map(table.__getitem__, FEATURES))) for table in tables]
