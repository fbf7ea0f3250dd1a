"""False pairs among strangers: two populations with nobody in common, marks only (no cryptography is needed for that).

    python benchmarks/exchange/strangers.py [RECORDS] [ARCHIVE]     default: 1,000,000 records on each side

Names are drawn by how often their words occur in public (CC0) data, birth dates by a rough age pyramid with one in
twenty on 1 January, addresses from 3,000 uneven postcodes, numbers at random; one record in five is a body. Seeded. Prints
the false pairs at the shipped limit and at others, by rule.
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from types import SimpleNamespace

import numpy as np
from learn_common import counted

from accord.exchange import commonness, marks
from accord.match import NameForm, NormalForms
from accord.match.v1.script import skeleton

ARCHIVE = Path(__file__).parents[3] / "shared/data/match/transliteration/wikidata-token-pairs.tar.gz"
LIMITS = (0.0, 18.0, 19.0, 20.0, 20.5, 21.0, 22.0, 24.0)
CHUNK = 50_000
_sizes = np.random.default_rng(0).lognormal(0.0, 1.0, 3000)  # of postcodes: one person in 400 lives in the largest
CROWDS = _sizes / _sizes.sum()


def main() -> None:
    records = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    words, shares = vocabulary(sys.argv[2] if len(sys.argv) > 2 else str(ARCHIVE))
    left, right = (population(seed, records, words, shares) for seed in (1, 2))
    _, where, there = np.intersect1d(left["mark"], right["mark"], return_indices=True)
    print(f"{records:,} × {records:,} strangers, {len(left) / records:.1f} distinct marks a record before the limit")
    for limit in LIMITS:
        strong = left["nats"][where] >= limit
        pairs = left["times"][where[strong]].astype(np.int64) * right["times"][there[strong]]
        kinds = Counter()
        for kind, count in zip(left["kind"][where[strong]], pairs, strict=True):
            kinds[RULES[kind]] += int(count)
        kept = int(left["times"][left["nats"] >= limit].sum()) / records
        shipped = "  <- shipped" if limit == commonness.STRONG else ""
        print(f"{limit:5.1f} nats: {pairs.sum():>12,} false pairs, {kept:.2f} marks a record{shipped}")
        for kind, count in kinds.most_common(4):
            print(f"{count:>26,} {kind}")


def vocabulary(archive: str) -> tuple[list[str], np.ndarray]:
    """Words of names with two letters or more, and how often each is drawn."""
    counts = {word: count for word, count in counted(archive).items() if len(word) > 1 and skeleton(word)}
    shares = np.array(list(counts.values()), dtype=float)
    return list(counts), shares / shares.sum()


RULES: list[str] = sorted({" + ".join(rule) for rule in (*marks.PERSON, *marks.BODY)})
_ROW = np.dtype([("mark", "u8"), ("nats", "f4"), ("kind", "u1"), ("times", "u4")])


def population(seed: int, records: int, words: list[str], shares: np.ndarray) -> np.ndarray:
    """Every mark of a population once: its first 8 bytes, its nats, its rule, and how many records give it."""
    rng, rows, number = np.random.default_rng(seed), [], {kind: place for place, kind in enumerate(RULES)}
    for start in range(0, records, CHUNK):
        for forms in people(rng, min(CHUNK, records - start), words, shares):
            for mark in marks._marks(forms):
                rule = mark.kind.split(" + ")
                nats = sum(marks._strength(fact, value) for fact, value in zip(rule, mark.values, strict=True))
                rows.append((int.from_bytes(mark.digest[:8], "big"), nats, number[mark.kind], 1))
    table = np.array(rows, dtype=_ROW)
    table.sort(order="mark")
    _, first, times = np.unique(table["mark"], return_index=True, return_counts=True)
    table = table[first]
    table["times"] = times
    return table


def people(rng: np.random.Generator, count: int, words: list[str], shares: np.ndarray) -> list[NormalForms]:
    picked = rng.choice(len(words), size=(count, 3), p=shares)
    lengths, years = rng.choice([2, 2, 3], size=count), rng.triangular(1930, 1985, 2008, count).astype(int)
    days, dated = rng.integers(1, 366, count), rng.random(count)
    places, houses = rng.choice(len(CROWDS), size=count, p=CROWDS), rng.geometric(0.03, count)
    countries, known = rng.zipf(1.4, count) % 60, rng.random((count, 3))
    found = []
    for row in range(count):
        latin = tuple(sorted({words[place] for place in picked[row, : lengths[row]]}))
        name = NameForm(latin, tuple(sorted(skeleton(word) for word in latin)), ())
        body, day = known[row, 2] < 0.2, 1 if dated[row] < 0.05 else int(days[row])
        date = SimpleNamespace(
            year=int(years[row]),
            day=day if dated[row] < 0.7 else None,
            text=f"{years[row]}-{1 + day // 31:02d}-{1 + day % 31:02d}",
        )
        found.append(
            NormalForms(
                id="",
                schema="Company" if body else "Person",
                names=(name,),
                dates=() if body else (Shown(date),),  # type: ignore[arg-type]  # all that marks look at
                countries=(f"c{countries[row]}",),
                identifiers=(("id", str(rng.integers(10**6, 10**9))),) if known[row, 0] < 0.3 else (),
                genders=(),
                places=(),
                addresses=((str(houses[row]),),) if known[row, 1] < 0.5 else (),
                postcodes=(f"{1000 + places[row]}",) if known[row, 1] < 0.5 else (),
            )
        )
    return found


class Shown:
    """A date as marks see it."""

    def __init__(self, date: SimpleNamespace) -> None:
        self.year, self.day, self._text = date.year, date.day, date.text

    def __str__(self) -> str:
        return str(self._text)


if __name__ == "__main__":
    main()
