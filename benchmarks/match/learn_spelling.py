"""Recipe of `src/accord/match/v1/spelling_costs.json`: which sounds stand for which, learned by alignment.

Reads the public-domain (CC0) Wikidata token pairs; aligns each pair with the costs so far, counts which sounds went
together, and takes the pointwise mutual information of the counts as the next costs; a sound that was seldom seen falls
back to how alike sounds are in general. Nothing of any match list or labelled pair goes in.

    python benchmarks/match/learn_spelling.py ../shared/data/match/transliteration/wikidata-token-pairs.tar.gz
"""

from __future__ import annotations

import random
import sys
from pathlib import Path

import numpy as np
import orjson
from training_pairs import _typo, token_pairs

from accord.match.v1 import spelling
from accord.match.v1.script import latin
from accord.match.v1.spelling import LONGEST, SIZE, Table, align_sounds, sounds

OUT = Path(spelling.__file__).with_name("spelling_costs.json")
TABLE_OF = {"arabic": Table.ABJAD, "hebrew": Table.ABJAD, "russian": Table.LETTERS}
ROUNDS, SMOOTHING = 6, 2.0
UNSEEN = 50.0  # how many sights the likeness of two sounds stands for


def first_guess() -> np.ndarray:
    """Equal sounds are worth 2, vowels for vowels and related consonants 0.5, anything else -2, nothing -1."""
    worth = np.full((SIZE, SIZE), -2.0)
    for group in ("aeiouy", "bpf", "vwfu", "gkqcXGh", "dtTD", "szcSCZj", "yij", "hX", "lr", "mn"):
        for first in group:
            for second in group:
                worth[spelling._CODE[first], spelling._CODE[second]] = 0.5
    np.fill_diagonal(worth, 2.0)
    worth[0, :] = worth[:, 0] = -1.0
    worth[0, 0] = 0.0
    return worth


def counts(a: np.ndarray, b: np.ndarray, worth: np.ndarray) -> np.ndarray:
    """How often each pair of sounds stands together in the best alignments."""
    table = np.zeros(len(a), dtype=np.int64)
    best = align_sounds(a, b, worth[None], table)
    found = np.zeros((SIZE, SIZE))
    i = (a > 0).sum(axis=1)
    j = (b > 0).sum(axis=1)
    at = np.arange(len(a))
    for _ in range(2 * LONGEST):
        open_ = (i > 0) | (j > 0)
        if not open_.any():
            break
        code_a, code_b = a[at, np.maximum(i - 1, 0)].astype(int), b[at, np.maximum(j - 1, 0)].astype(int)
        here = best[i, j, at]
        both = open_ & (i > 0) & (j > 0)
        diagonal = both & np.isclose(here, best[np.maximum(i - 1, 0), np.maximum(j - 1, 0), at] + worth[code_a, code_b])
        drop = open_ & ~diagonal & (i > 0) & np.isclose(here, best[np.maximum(i - 1, 0), j, at] + worth[code_a, 0])
        add = open_ & ~diagonal & ~drop & (j > 0)
        np.add.at(found, (code_a[diagonal], code_b[diagonal]), 1)
        np.add.at(found, (code_a[drop], np.zeros(drop.sum(), int)), 1)
        np.add.at(found, (np.zeros(add.sum(), int), code_b[add]), 1)
        i, j = i - (diagonal | drop), j - (diagonal | add)
    return found


def learn(a: np.ndarray, b: np.ndarray, symmetric: bool) -> np.ndarray:
    worth = first_guess()
    for _ in range(ROUNDS):
        seen = counts(a, b, worth)
        if symmetric:
            seen = (seen + seen.T) / 2
        own_a = np.bincount(a[a > 0], minlength=SIZE) + SMOOTHING
        own_b = np.bincount(b[b > 0], minlength=SIZE) + SMOOTHING
        share_a, share_b = own_a / own_a.sum(), own_b / own_b.sum()
        if symmetric:
            share_a = share_b = (share_a + share_b) / 2
        if symmetric:  # letters against letters, typing errors among them: each pair of sounds was seen
            joint = (seen + SMOOTHING * np.outer(share_a, share_b) * 50) / (seen.sum() + SMOOTHING * 50)
            worth = np.log(joint / np.outer(share_a, share_b))
        else:
            worth = np.log(_given(seen, share_b) / share_b)
        # a sound against nothing: its share of dropped sounds, beside its share of all; never a gain
        worth[1:, 0] = np.log((seen[1:, 0] + 1) / (seen[1:].sum(axis=1) + 5))
        worth[0, 1:] = np.log((seen[0, 1:] + 1) / (seen[:, 1:].sum(axis=0) + 5))
        worth[0, 0] = 0.0
        worth = np.clip(worth, -5, 4)
    return worth


def _given(seen: np.ndarray, share: np.ndarray) -> np.ndarray:
    """Share of each sound of the second word beside each of the first; where little was seen, by how alike they sound."""
    expected = np.exp(first_guess()) * share
    expected[:, 0] = 0.0
    expected /= expected.sum(axis=1, keepdims=True)
    seen = seen.copy()
    seen[:, 0] = 0.0
    return (seen + UNSEEN * expected + 1e-9) / (seen.sum(axis=1, keepdims=True) + UNSEEN)


def costs(archive: Path, left_out: tuple[str, ...] = ()) -> np.ndarray:
    """(tables, SIZE, SIZE) in tenths of a nat, learned without the words of some languages."""
    rng = random.Random(1)
    rows: dict[Table, list[tuple[str, str]]] = {table: [] for table in Table}
    for language, pairs in token_pairs(archive).items():
        if language in left_out:
            continue
        rows[TABLE_OF.get(language, Table.SYLLABLES)] += [(latin(other), latin(word)) for word, other in pairs]
    # Latin against Latin: typing errors, so that the table of letters knows them too
    rows[Table.LETTERS] += [(_typo(word, rng), word) for _, word in rows[Table.ABJAD] if len(word) > 3]
    learned = []
    for table, pairs in rows.items():
        a, b = sounds([first for first, _ in pairs]), sounds([second for _, second in pairs])
        learned.append(learn(a, b, symmetric=table is Table.LETTERS))
    return np.round(np.array(learned) * 10).astype(int)


def main(archive: str) -> None:
    worths = costs(Path(archive))
    OUT.write_bytes(
        orjson.dumps({"unit": "tenths of a nat", "alphabet": spelling.ALPHABET, "worths": worths.ravel().tolist()})
    )
    print(OUT.stat().st_size, "bytes")


if __name__ == "__main__":
    main(sys.argv[1])
