"""Recipe of `weights.NAME_OF_PERSON` and `NAME_OF_BODY`: what the alignment of two names is worth, learned from `training_pairs`.

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
from training_pairs import Pair, listing_pairs, transliterated_pairs, weak_pairs, written_pairs

from accord.match.v1 import weights
from accord.match.v1.align import align
from accord.match.v1.analyse import analyse
from accord.match.v1.names import FEATURES, name_features
from accord.match.v1.score import Scorer

SOURCE_WEIGHTS = {"listings": 1.0, "transliterated": 0.4, "written": 0.3, "weak": 0.25}
# what must not point the other way, whatever the training pairs say
POSITIVE = {
    "agreed",
    "agreed_log",
    "covered_lighter",
    "covered_lighter_well",
    "covered_heavier",
    "covered_heavier_well",
    "exact",
}
NEGATIVE = {
    "doubtful",
    "doubtful_some",
    "numbers_differ",
    "number_missing",
    "generic_left",
    "generic_one_sided",
    "forms_differ",
    "one_sided",
    "one_word",
}

# by our own judgement: the training pairs have no namesakes
JUDGED = {"thin": -0.3}


def features_of(pairs: list[Pair]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    scorer = Scorer.of(analyse(entity for left, right, _ in pairs for entity in (left, right)))
    rows = np.arange(0, 2 * len(pairs), 2)
    best = scorer.evidence(rows, rows + 1).best
    usable = best[:, 0] >= 0
    found = align(scorer.names, best[usable, 0], best[usable, 1])
    return name_features(found), np.array([label for *_, label in pairs])[usable], found.person > 0


def fit(x: np.ndarray, y: np.ndarray, share: np.ndarray) -> dict[str, float]:
    """Logistic regression; a feature whose sign is wrong is taken out and the rest fitted again."""
    kept = [name for name in FEATURES[1:] if name not in JUDGED]
    while True:
        columns = [FEATURES.index(name) for name in kept]
        model = LogisticRegression(C=0.3, max_iter=5000).fit(x[:, columns], y, sample_weight=share)
        found = dict(zip(kept, model.coef_[0].tolist(), strict=True))
        wrong = [n for n, w in found.items() if (n in POSITIVE and w < 0) or (n in NEGATIVE and w > 0)]
        if not wrong:
            return {"constant": float(model.intercept_[0])} | {
                n: JUDGED.get(n, found.get(n, 0.0)) for n in FEATURES[1:]
            }
        kept.remove(max(wrong, key=lambda name: abs(found[name])))


def main(shared: str) -> None:
    archive = Path(shared) / "match/transliteration/wikidata-token-pairs.tar.gz"
    sources = {
        "listings": listing_pairs(Path(shared)),
        "transliterated": list(transliterated_pairs(archive, random.Random(1))),
        "written": list(written_pairs(archive, random.Random(2))),
        "weak": weak_pairs(Path(shared)),
    }
    seen = {name: features_of(pairs) for name, pairs in sources.items()}
    x = np.vstack([seen[name][0] for name in sources])
    y = np.concatenate([seen[name][1] for name in sources])
    person = np.concatenate([seen[name][2] for name in sources])
    full = np.concatenate([np.full(len(seen[name][1]), SOURCE_WEIGHTS[name]) for name in sources])
    path = Path(weights.__file__)
    text = path.read_text()
    for which, own in (("NAME_OF_PERSON", person), ("NAME_OF_BODY", ~person)):
        # names of persons lend a little to the model of bodies, for the writing errors that it hardly sees
        share = np.where(own, full, 0.0 if which == "NAME_OF_PERSON" else full / 10)
        learned = fit(x[share > 0], y[share > 0], share[share > 0])
        for name, (features, labels, persons) in seen.items():
            mine = persons == (which == "NAME_OF_PERSON")
            found = features[mine] @ np.array([learned[feature] for feature in FEATURES]) >= 0
            hits = (found & labels[mine]).sum()
            print(f"{which} {name}: F1 {2 * hits / max(found.sum() + labels[mine].sum(), 1):.3f} of {mine.sum()} pairs")
        learned["constant"] -= weights.PRIOR
        body = "".join(f'    "{name}": {value:.3f},\n' for name, value in learned.items())
        text = re.sub(which + r" = \{.*?\n\}", f"{which} = {{\n{body}}}", text, flags=re.DOTALL)
    path.write_text(text)


if __name__ == "__main__":
    main(sys.argv[1])
