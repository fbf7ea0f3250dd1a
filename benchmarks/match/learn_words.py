"""Recipe of `weights.WORDS`: how likely two words are one word, from how alike their letters, skeletons and sounds are.

Learns a logistic regression for each table of sounds from the public-domain (CC0) Wikidata token pairs and seeded typing
errors; negatives are other words with a like skeleton. Needs scikit-learn. Prints the weights.

    python benchmarks/match/learn_words.py ../shared/data/match/transliteration/wikidata-token-pairs.tar.gz
"""

from __future__ import annotations

import random
import sys
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from training_pairs import _typo, token_pairs

from accord.match.v1.script import latin, skeleton
from accord.match.v1.similar import WordColumns, features
from accord.match.v1.spelling import Table
from accord.match.v1.vocabulary import Kind, Vocabulary

TABLE_OF = {"arabic": Table.ABJAD, "hebrew": Table.ABJAD, "russian": Table.LETTERS}
EACH, NEGATIVES = 4000, 3


def learn(archive: Path, left_out: tuple[str, ...] = ()) -> list[tuple[float, ...]]:
    """The weights of each table, learned without the words of some languages; says how well they fit."""
    rng = random.Random(7)
    words = Vocabulary()
    rows: dict[Table, list[tuple[int, int, bool]]] = {table: [] for table in Table}
    for language, pairs in token_pairs(archive).items():
        if language in left_out:
            continue
        table = TABLE_OF.get(language, Table.SYLLABLES)
        near: dict[str, list[str]] = {}
        for word, _ in pairs:
            near.setdefault(skeleton(latin(word))[:2], []).append(word)
        for word, other in rng.sample(pairs, EACH):
            add = [(words.add(other, Kind.OTHER), words.add(word, Kind.OTHER), True)]
            bucket = near[skeleton(latin(word))[:2]]
            add += [
                (words.add(other, Kind.OTHER), words.add(w, Kind.OTHER), False)
                for w in rng.choices(bucket, k=NEGATIVES)
                if w != word
            ]
            rows[table] += add
            if table is not Table.LETTERS and len(word) > 3:
                latin_near = [
                    (words.add(word, Kind.OTHER), words.add(w, Kind.OTHER), False)
                    for w in rng.choices(bucket, k=1)
                    if w != word
                ]
                rows[Table.LETTERS] += [
                    (words.add(word, Kind.OTHER), words.add(_typo(word, rng), Kind.OTHER), True),
                    *latin_near,
                ]
    columns, learned = WordColumns.of(words), []
    for table, labelled in rows.items():
        a, b, y = (np.array(column) for column in zip(*labelled, strict=True))
        x, chosen = features(columns, a, b)
        keep = chosen == table
        model = LogisticRegression(C=10, max_iter=1000).fit(x[keep], y[keep])
        found = model.predict_proba(x[keep])[:, 1] >= 0.5
        f1 = 2 * (found & y[keep]).sum() / (found.sum() + y[keep].sum())
        learned.append(tuple(round(float(w), 2) for w in (*model.intercept_, *model.coef_[0])))
        print(table.name, learned[-1], "F1", round(float(f1), 3), file=sys.stderr)
    return learned


def main(archive: str) -> None:
    print(learn(Path(archive)))


if __name__ == "__main__":
    main(sys.argv[1])
