"""Candidate recall: of the true pairs, how many does `block` put before the scorer, by names alone.

    python benchmarks/match/candidates.py [FOLDER]

Every listing of the EU list that bears names both in Latin and in other letters becomes two records, one with each;
the side in other letters is looked for among the Latin sides of the whole list. By script of the other side, with the
mean number of candidates for a record. FOLDER holds the lists (default: ../shared/data/match/lists).
"""

from __future__ import annotations

import json
import sys
import unicodedata
from collections import Counter
from pathlib import Path

import numpy as np

from accord.match.v1.analyse import analyse
from accord.match.v1.block import candidates
from accord.match.v1.script import Script, script_of, words
from accord.records import Entity

HERE = Path(__file__).parent
NAMES = ("name", "alias", "weakAlias", "previousName")


def is_latin(name: str) -> bool:
    return all(script_of(word) in (Script.LATIN, Script.NUMBER) for word in words(name))


def script_name(names: tuple[str, ...]) -> str:
    """The script of most letters, by the first word of their Unicode names."""
    letters = (letter for name in names for letter in name if letter.isalpha())
    counted = Counter(unicodedata.name(letter, "unknown").split()[0] for letter in letters)
    del counted["LATIN"]
    return counted.most_common(1)[0][0].capitalize() if counted else "Unknown"


def sides(file: Path) -> tuple[list[Entity], list[Entity]]:
    """Records with names in other letters only, and records with Latin names only; the id tells which belong together."""
    other, latin = [], []
    for line in file.read_text("utf-8").splitlines():
        entity = Entity.from_dict(json.loads(line))
        names = tuple(name for prop in NAMES for name in entity.get(prop))
        own = tuple(name for name in names if is_latin(name))
        rest = tuple(name for name in names if not is_latin(name))
        if own:
            latin.append(Entity(entity.id, entity.schema, {"name": own}))
        if own and rest:
            other.append(Entity(entity.id, entity.schema, {"name": rest}))
    return other, latin


def main(arguments: list[str]) -> None:
    folder = Path(arguments[0]) if arguments else HERE.parents[2] / "shared" / "data" / "match" / "lists"
    print("| script of the other side | records | found | candidates a record |\n|---|---|---|---|")
    other, latin = sides(folder / "eu.ftm.jsonl")
    pairs = candidates(analyse([*other, *latin]), len(other))
    partner = {entity.id: len(other) + row for row, entity in enumerate(latin)}
    wanted = np.array([partner[entity.id] for entity in other], dtype=np.int64)
    found = np.zeros(len(other), dtype=bool)
    found[pairs[wanted[pairs[:, 0]] == pairs[:, 1], 0]] = True
    counts = np.bincount(pairs[:, 0], minlength=len(other))
    scripts = np.array([script_name(entity.get("name")) for entity in other])
    for script, number in [("all", len(other)), *Counter(scripts.tolist()).most_common()]:
        at = np.ones(len(other), dtype=bool) if script == "all" else scripts == script
        print(f"| {script} | {number:,} | {found[at].mean():.3f} | {counts[at].mean():.1f} |")


if __name__ == "__main__":
    main(sys.argv[1:])
