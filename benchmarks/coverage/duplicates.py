"""Are the same projects found in two agencies' books? UN INFO records whose names several agencies share, names masked.

`python benchmarks/coverage/duplicates.py [DATA] [--learn]`. Each line of the table is one record (a joint project
stands once per agency); truth: two agencies' records in one country have the same name, which nobody may look at.
Countries are halved by a hash; `--learn` counts the weights of `likeness.py` on one half, figures are of the other.
Three views: ids kept; ids masked; ids masked and only projects that the table does not itself hold as one.
Target: precision at least .95 at recall of at least .80.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import math
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from itertools import combinations
from pathlib import Path

from accord.coverage.activity import Activity, Money, Place
from accord.coverage.duplicates import find_duplicates
from accord.coverage.likeness import AT_LEAST, WEIGHTS, Measure

Record = tuple[Activity, str, str]  # the activity with its name masked, the name, the project's id


def records(data: Path, wanted: Callable[[str], bool]) -> list[Record]:
    """The records of the countries wanted whose name more than one agency has."""
    with gzip.open(data / "uninfo_projects.csv.gz", "rt", encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if wanted(row["iso3"])]
    agencies = defaultdict(set)
    for row in rows:
        agencies[row["iso3"], row["name"].strip().lower()].add(row["agency"])
    shared = [row for row in rows if len(agencies[row["iso3"], row["name"].strip().lower()]) > 1]
    return [(_activity(row), f"{row['iso3']} {row['name'].strip().lower()}", row["id"]) for row in shared]


def _activity(row: dict[str, str]) -> Activity:
    start, end = (date.fromisoformat(row[key][:10]) if row[key] else None for key in ("start", "end"))
    cents = round(float(row["available"] or row["required"] or 0) * 100)
    return Activity(
        row["id"], (row["agency"],), "", row["description"], row["outcome"], countries=(Place(row["iso3"]),),
        start=start, end=end, money=(Money(cents, "USD"),) if cents else (),
    )  # fmt: skip


def is_training(country: str) -> bool:
    """Half of the countries, by a hash of their code."""
    return hashlib.sha256(country.encode()).digest()[0] % 2 == 0


def truth(found: Sequence[Record]) -> set[tuple[int, int]]:
    """Pairs of different agencies' records with one name."""
    by_name = defaultdict(list)
    for number, (_, name, _) in enumerate(found):
        by_name[name].append(number)
    return {
        pair
        for members in by_name.values()
        for pair in combinations(members, 2)
        if found[pair[0]][0].partners != found[pair[1]][0].partners
    }


def learn(found: Sequence[Record]) -> None:
    """Print the weight of each level: how much more often it occurs in pairs of one project (plus one half each)."""
    same = truth(found)
    measure = Measure([activity for activity, _, _ in found])
    counts: dict[bool, dict[str, Counter[str]]] = {side: defaultdict(Counter) for side in (True, False)}
    totals: Counter[bool] = Counter()
    by_country = defaultdict(list)
    for number, (activity, _, _) in enumerate(found):
        by_country[activity.countries[0].country].append(number)
    for members in by_country.values():
        for first, second in combinations(members, 2):
            if found[first][0].partners != found[second][0].partners:
                side = (first, second) in same
                totals[side] += 1
                for field, level in measure.compare(first, second).levels.items():
                    counts[side][field][level] += 1
    for field, levels in WEIGHTS.items():
        known = {side: totals[side] - counts[side][field]["absent"] for side in totals}
        print(f"{field:<9}", end="")
        for level in levels:
            if level != "absent":
                yes = (counts[True][field][level] + 0.5) / (known[True] + 1)
                no = (counts[False][field][level] + 0.5) / (known[False] + 1)
                print(
                    f"  {level}: {math.log(yes / no):.2f} ({counts[True][field][level]}/{counts[False][field][level]})",
                    end="",
                )
        print()
    print(f"prior {math.log(totals[True] / totals[False]):.2f}")


def figures(found: Sequence[Record], title: str) -> None:
    """Precision and recall at the default, and the recall at the first score with precision .95."""
    same = truth(found)
    pairs = find_duplicates([activity for activity, _, _ in found], 0.01)
    right = [(pair.first, pair.second) in same for pair in pairs]
    chosen = [hit for hit, pair in zip(right, pairs, strict=True) if pair.likeness.score >= AT_LEAST]
    best, hits = 0, 0
    for count, hit in enumerate(right, start=1):
        hits += hit
        if hits >= 0.95 * count and (
            count == len(pairs) or pairs[count - 1].likeness.score > pairs[count].likeness.score
        ):
            best = hits
    print(
        f"{title:<44}{len(found):>7}{len(same):>7}{sum(chosen) / max(1, len(chosen)):>11.3f}"
        f"{sum(chosen) / max(1, len(same)):>8.3f}{best / max(1, len(same)):>16.3f}"
    )


def main() -> None:
    words = [word for word in sys.argv[1:] if word != "--learn"]
    data = Path(words[0] if words else "../shared/data").resolve() / "coverage"
    if "--learn" in sys.argv:
        learn(records(data, is_training))
    print(f"{'view':<44}{'records':>7}{'pairs':>7}{'precision':>11}{'recall':>8}{'recall at .95':>16}")
    for half, wanted in (("learned on", is_training), ("held apart", lambda country: not is_training(country))):
        found = records(data, wanted)
        masked = [(replace(one, id=f"r{number}"), name, code) for number, (one, name, code) in enumerate(found)]
        first: dict[str, int] = {}
        alone = [one for number, one in enumerate(masked) if first.setdefault(one[2], number) == number]
        figures(found, f"{half}: ids kept")
        figures(masked, f"{half}: ids masked")
        figures(alone, f"{half}: ids masked, one record per project")


if __name__ == "__main__":
    main()
