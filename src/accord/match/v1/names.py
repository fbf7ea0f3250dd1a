"""What an alignment of two names is worth, in log-odds.

Invariants: linear in the columns of `Alignments`, so that an explanation can say what each word brought.
"""

from __future__ import annotations

import numpy as np

from accord.match.v1 import weights
from accord.match.v1.align import Alignments
from accord.match.v1.columns import Floats


def name_log_odds(found: Alignments) -> Floats:
    """Log-odds of each name pair."""
    odds = found.agreed @ np.array(weights.NAME_AGREED)
    for feature, weight in weights.NAME.items():
        odds = odds + weight * getattr(found, feature)
    return odds
