"""Recipe of `weights.NAME`: what the alignment of two names is worth, learned from `training_pairs`.

None of the pairs comes from a set on which figures are reported. The best name pair of each record pair is chosen with
the weights so far, so run it again until the weights stand still (two or three times). Needs scikit-learn.

    python benchmarks/match/learn_weights.py ../shared/data
"""

from __future__ import annotations

import random
import re
import sys
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from training_pairs import Pair, listing_pairs, transliterated_pairs, written_pairs

from accord.match.v1 import weights
from accord.match.v1.align import align
from accord.match.v1.analyse import analyse
from accord.match.v1.names import FEATURES, name_features
from accord.match.v1.score import Scorer

SOURCE_WEIGHTS = {"listings": 1.0, "transliterated": 0.4, "written": 0.4}
# what must not point the other way, whatever the training pairs say
POSITIVE = {"agreed", "agreed_log", "covered_lighter", "covered_lighter_well", "covered_heavier", "covered_heavier_well", "exact"}
NEGATIVE = {"doubtful", "doubtful_some", "numbers_differ", "number_missing", "generic_left", "forms_differ"}


def features_of(pairs: list[Pair]) -> tuple[np.ndarray, np.ndarray]:
    scorer = Scorer.of(analyse(entity for left, right, _ in pairs for entity in (left, right)))
    rows = np.arange(0, 2 * len(pairs), 2)
    best = scorer.evidence(rows, rows + 1).best
    usable = best[:, 0] >= 0
    x = name_features(align(scorer.names, best[usable, 0], best[usable, 1]))
    return x, np.array([label for *_, label in pairs])[usable]


def fit(x: np.ndarray, y: np.ndarray, share: np.ndarray) -> tuple[float, dict[str, float]]:
    """Logistic regression; a feature whose sign is wrong is taken out and the rest fitted again."""
    kept = list(FEATURES)
    while True:
        columns = [FEATURES.index(name) for name in kept]
        model = LogisticRegression(C=0.3, max_iter=3000).fit(x[:, columns], y, sample_weight=share)
        found = dict(zip(kept, model.coef_[0].tolist(), strict=True))
        wrong = [n for n, w in found.items() if (n in POSITIVE and w < 0) or (n in NEGATIVE and w > 0)]
        if not wrong:
            return float(model.intercept_[0]), {name: found.get(name, 0.0) for name in FEATURES}
        kept.remove(max(wrong, key=lambda name: abs(found[name])))


def main(shared: str) -> None:
    archive = Path(shared) / "match/transliteration/wikidata-token-pairs.tar.gz"
    sources = {
        "listings": listing_pairs(Path(shared)),
        "transliterated": list(transliterated_pairs(archive, random.Random(1))),
        "written": list(written_pairs(archive, random.Random(2))),
    }
    seen = {name: features_of(pairs) for name, pairs in sources.items()}
    x = np.vstack([seen[name][0] for name in sources])
    y = np.concatenate([seen[name][1] for name in sources])
    share = np.concatenate([np.full(len(seen[name][1]), SOURCE_WEIGHTS[name]) for name in sources])
    constant, learned = fit(x, y, share)
    path = Path(weights.__file__)
    text = path.read_text()
    body = "".join(f'    "{name}": {value:.3f},\n' for name, value in learned.items())
    text = re.sub(r"NAME_CONSTANT = .*", f"NAME_CONSTANT = {constant - weights.PRIOR:.3f}", text)
    text = re.sub(r"NAME = \{.*?\n\}", f"NAME = {{\n{body}}}", text, flags=re.DOTALL)
    path.write_text(text)
    for name, (features, labels) in seen.items():
        odds = constant + features @ np.array([learned[feature] for feature in FEATURES])
        found = odds >= 0
        print(f"{name}: F1 {2 * (found & labels).sum() / (found.sum() + labels.sum()):.3f} of {len(labels)} pairs")


if __name__ == "__main__":
    main(sys.argv[1])
