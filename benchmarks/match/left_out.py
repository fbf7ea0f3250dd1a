"""A script left out of training, each in turn: what the matcher is worth on names in letters that it never learned from.

    python benchmarks/match/left_out.py ../shared/data [SCRIPT…]        # needs scipy and scikit-learn

For each of five scripts the costs of sounds, the weights of words and all other weights are learned anew without its word
pairs and without any pair that has a name in it. Judged are then: pairs put together from its word pairs (one word
replaced in the negatives), and what the labelled sets and the listings of the EU list have in that script. F1 at our default
threshold, never moved, beside logic-v2 at its own default and at the best threshold on the very same pairs, which no user
has. What is not learned anew: the tables of letters and of given-name variants, which are written by hand, and the rarity
of Latin words.
"""

from __future__ import annotations

import json
import random
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import learn_spelling
import learn_words
import numpy as np
import pairs as labelled
from learn_weights import LEVELS, NAMES, SINGLE, fit, keys, prior_of, sources
from training_pairs import Pair, labelled_pairs, listing_pairs, transliterated_pairs

from accord.match import DEFAULT_THRESHOLD, score_pairs
from accord.match.evaluate import evaluate
from accord.match.v1 import similar, spelling, weights

SCRIPTS = {  # the languages of the word pairs, and the first and last of the letters that only this script has
    "Arabic": (("arabic",), "\u0600", "\u06ff"), "Hebrew": (("hebrew",), "\u0590", "\u05ff"),
    "Cyrillic": (("russian",), "\u0400", "\u04ff"), "Chinese": (("chinese",), "\u4e00", "\u9fff"),
    "Japanese": (("japanese", "katakana"), "\u3040", "\u30ff"),
}  # fmt: skip
ROUNDS = 2


def written_in(script: str, pair: Pair) -> bool:
    """Whether a name of a pair has a word in a script."""
    _, first, last = SCRIPTS[script]
    names = (name for side in pair[:2] for name in side.get("name"))
    return any(first <= letter <= last for name in names for letter in name)


def tests(shared: Path, script: str) -> Iterator[tuple[str, list[Pair]]]:
    """Sets of pairs in a script."""
    archive = shared / "match/transliteration/wikidata-token-pairs.tar.gz"
    made = [pair for pair in transliterated_pairs(archive, random.Random(9), each=400) if written_in(script, pair)]
    yield "made of word pairs", made
    for name in ("cyrillic_eu", "hebrew_wikidata"):
        if len(found := [pair for pair in labelled_pairs(shared, name) if written_in(script, pair)]) >= 200:
            yield name, found
    listings = [pair for pair in listing_pairs(shared) if written_in(script, pair)]
    if sum(same for *_, same in listings) >= 20:
        yield "EU listings", listings


def learn(shared: Path, script: str) -> None:
    """Put what is learned without a script in the place of what ships, for this process."""
    archive = shared / "match/transliteration/wikidata-token-pairs.tar.gz"
    costs = learn_spelling.costs(archive, SCRIPTS[script][0]).astype(np.int16)
    spelling.worths = lambda: costs  # type: ignore[assignment]
    similar._LEARNED[:] = np.array(learn_words.learn(archive, SCRIPTS[script][0]))
    names = keys()
    columns, prior = {key: column for column, key in enumerate(names)}, prior_of(names)
    for _ in range(ROUNDS):
        found = fit(sources(shared, columns, lambda pair: not written_in(script, pair)), prior, names)
        for (table, name), value in zip(names, found.tolist(), strict=True):
            if table in SINGLE:
                setattr(weights, table, round(value, 2))
            elif table in NAMES:
                getattr(weights, table)[name] = round(value, 3)
            elif table in LEVELS:
                chosen = next(level for level in getattr(weights, table) if level.name == name)
                getattr(weights, table)[chosen] = round(value, 3)


def judge(shared: Path, script: str) -> None:
    for name, chosen in tests(shared, script):
        truth = np.array([same for *_, same in chosen])
        ours = evaluate(np.array(score_pairs((left, right) for left, right, _ in chosen)), truth, DEFAULT_THRESHOLD)
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "pairs.jsonl"
            lines = (  # ids of their own, for the peer keeps what it knows of an id
                {
                    "left": {**left.to_dict(), "id": f"{number}-left"},
                    "right": {**right.to_dict(), "id": f"{number}-right"},
                }
                for number, (left, right, _) in enumerate(chosen)
            )
            file.write_text("\n".join(json.dumps(line) for line in lines), "utf-8")
            peer = labelled.logic(file)
        cells = "– | –"
        if peer:
            theirs = evaluate(np.array(peer[0]), truth, labelled.LOGIC_DEFAULT)
            cells = f"{theirs.counts.f1:.3f} | {theirs.best_f1:.3f}"
        print(f"| {script} | {name} | {len(chosen):,} ({truth.sum():,}) | {ours.counts.f1:.3f} | {cells} |", flush=True)


def main(shared: Path, scripts: list[str]) -> None:
    print(
        "| left out | pairs | number (same) | ours at 0.5 | logic-v2 at 0.7 | logic-v2 at its best |\n|---|---|---|---|---|---|"
    )
    for script in scripts:
        learn(shared, script)
        judge(shared, script)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:] or list(SCRIPTS))
