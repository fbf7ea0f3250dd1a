"""Screening one record against many: how long an answer takes in process, and whether it is that of `match link`.

    python benchmarks/match/screen.py [RECORDS] [QUESTIONS]       # 1,000,000 and 300 if not said

The holding is made (the people of `made_table.py`); half of the questions are records of it with a slip in the name, half
are of nobody in it. nomenklatura's logic-v2 then scores the same candidates of the same questions, in its own environment.
Prints the time to build the index, to open it, and the 50th and 99th percentile of an answer.
"""

from __future__ import annotations

import gc
import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import made_table
import numpy as np
import peers

from accord.match import link
from accord.match.screen import Query, build, open_index, screen, write_index
from accord.match.screen.search import _candidates
from accord.records.model import Entity

HERE = Path(__file__).parent
COMPARED_WITH_LINK = 2_000


def people(count: int, seed: int) -> Iterator[Entity]:
    table, _ = made_table.made(count, seed)
    for row in table.to_pylist():
        name = " ".join(filter(None, (row["given"], row["family"])))
        given = {"name": name, "birthDate": row["born"], "address": row["street"]}
        yield Entity(f"p{row['unique_id']}", "Person", {key: (value,) for key, value in given.items() if value})


def questions(known: list[Entity], count: int) -> list[Entity]:
    rng, letters = random.Random(5), np.random.default_rng(5)
    asked = []
    for number, entity in enumerate([*rng.sample(known, count // 2), *people(1000, seed=77)][:count]):
        name = made_table.slip(entity.get("name")[0], letters) or ""
        asked.append(Entity(f"q{number}", "Person", {**entity.properties, "name": (name,)}))
    return asked


def main(records: int, count: int) -> None:
    holding = list(people(records, seed=2024))
    asked = questions(holding, count)
    start = time.perf_counter()
    built = build(holding)
    print(f"index of {records:,} records built in {time.perf_counter() - start:,.0f} s", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "holding.index"
        write_index(path, built)
        del built
        gc.collect()
        start = time.perf_counter()
        index = open_index(path)
        opened = time.perf_counter() - start
        print(f"opened in {1000 * opened:.1f} ms ({path.stat().st_size >> 20:,} MB)")
        for query in asked[:20]:
            screen(Query(query), index, threshold=0.5)
        times, worked, hits = [], [], 0
        for query in asked:
            start, busy = time.perf_counter(), time.process_time()
            hits += bool(screen(Query(query), index, threshold=0.5))
            times.append(1000 * (time.perf_counter() - start))
            worked.append(1000 * (time.process_time() - busy))
        middle, last = np.percentile(times, [50, 99])
        print(f"answered {count:,} questions, {hits:,} with a hit: p50 {middle:.1f} ms, p99 {last:.1f} ms")
        middle, last = np.percentile(worked, [50, 99])
        print(f"  of which this process had a core for: p50 {middle:.1f} ms, p99 {last:.1f} ms", flush=True)
        rows = [_candidates(Query(query), index).tolist() for query in asked]
        pairs = [(query, index.entity(row)) for query, found in zip(asked, rows, strict=True) for row in found]
    some = holding[:COMPARED_WITH_LINK]
    small = build(some)
    same = sum(
        [(m.right, m.score) for m in link([query], some, threshold=0.5)]
        == [(hit.match.right, hit.match.score) for hit in screen(Query(query), small, threshold=0.5)]
        for query in asked[:20]
    )
    print(f"answers that are exactly those of `match link`, against {len(some):,} records: {same} of {len(asked[:20])}")
    if not peers.python().exists():
        print("nomenklatura is missing: build its environment with benchmarks/match/peers.py")
        return
    with tempfile.TemporaryDirectory() as folder:
        lines = Path(folder) / "pairs.jsonl"
        with lines.open("w") as file:
            for left, right in pairs:
                row = {"left": left.to_dict(), "right": right.to_dict(), "judgement": "negative"}
                file.write(json.dumps(row) + "\n")
        command = [str(peers.python()), str(HERE / "nk.py"), "screen", str(lines)]
        said = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    print(
        f"nomenklatura, logic-v2, over the same candidates ({len(pairs) / count:.0f} a question):"
        f" p50 {said['p50']:.1f} ms, p99 {said['p99']:.1f} ms, its own look-up not counted"
    )


if __name__ == "__main__":
    main(*(int(argument) for argument in [*sys.argv[1:], "1000000", "300"][:2]))
