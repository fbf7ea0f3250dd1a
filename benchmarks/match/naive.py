"""The forty-line script that any matcher has to beat: no schema, no dates, no identifiers, only names.

A pair is looked at when its two records share a pair of name words that fewer than 50 records have; it is a match when
rapidfuzz `token_sort_ratio` of any two of their names, in ASCII by `anyascii`, reaches 85 (the words are sorted once,
then `ratio` gives the same number, sooner).

    python benchmarks/match/naive.py FILE… > matches.jsonl        # all records of all files against each other
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from itertools import combinations, product
from pathlib import Path
from typing import Any

from anyascii import anyascii
from rapidfuzz.fuzz import ratio

THRESHOLD, MOST_RECORDS = 85.0, 50
NAMES = ("name", "alias", "weakAlias", "previousName")


def names(entity: dict[str, Any]) -> list[str]:
    """The names of a record in lower-case ASCII with sorted words, each once."""
    given = (value for prop in NAMES for value in entity["properties"].get(prop, []))
    return list(dict.fromkeys(" ".join(sorted(anyascii(name).lower().split())) for name in given))


def score(left: list[str], right: list[str], least: float = 0.0) -> float:
    """The best similarity of any two names, 0 to 100; 0 when it stays under `least`."""
    return max((ratio(a, b, score_cutoff=least) for a, b in product(left, right)), default=0.0)


def candidates(records: list[list[str]]) -> set[tuple[int, int]]:
    """Index pairs of records that share a pair of words which fewer than 50 records have."""
    holders: dict[tuple[str, str], set[int]] = defaultdict(set)
    for index, forms in enumerate(records):
        for form in forms:
            for pair in combinations(sorted(set(form.split())), 2):
                holders[pair].add(index)
    return {pair for group in holders.values() if len(group) < MOST_RECORDS for pair in combinations(sorted(group), 2)}


def main(files: list[str]) -> None:
    entities = [json.loads(line) for file in files for line in Path(file).read_text("utf-8").splitlines()]
    records = [names(entity) for entity in entities]
    for a, b in sorted(candidates(records)):
        if (found := score(records[a], records[b], THRESHOLD)) >= THRESHOLD:
            print(json.dumps({"left": entities[a]["id"], "right": entities[b]["id"], "score": found / 100}))


if __name__ == "__main__":
    main(sys.argv[1:])
