"""What an alignment of two names is worth, in log-odds.

Invariants: no name adds to the evidence by being there twice; the columns of `name_features` are those of
`weights.NAME`, learned by `benchmarks/match/learn_weights.py`.
"""

from __future__ import annotations

import numpy as np

from accord.match.v1 import weights
from accord.match.v1.align import KNOTS, Alignments
from accord.match.v1.columns import Floats

FEATURES = (
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
    "numbers_differ",
    "number_missing",
    "generic_left",
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
            found.numbers_differ >= 1,
            found.numbers_differ == 0.5,
            found.generic_left,
            found.forms > 0,
            found.forms < 0,
        ]
    ).astype(np.float64)


def name_log_odds(found: Alignments) -> Floats:
    """Log-odds of each name pair."""
    odds: Floats = weights.NAME_CONSTANT + name_features(found) @ np.array([weights.NAME[name] for name in FEATURES])
    return odds
