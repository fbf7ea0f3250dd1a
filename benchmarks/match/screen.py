"""Screening one record against many: how long an answer takes in process, and whether it is that of `match link`.

    python benchmarks/match/screen.py [RECORDS] [QUESTIONS]       # 1,000,000 and 300 if not said

The holding is made (the people of `made_table.py`); half of the questions are records of it with a slip in the name, half
are of nobody in it. They are asked of an index file, and of the same index as a desk keeps it, encrypted. Then
nomenklatura's logic-v2 scores the same candidates of the same questions, in its own environment. Prints the time to build
the index, to open it, and the 50th and 99th percentile of an answer; the question of a name alone stands apart.
"""

from __future__ import annotations

import datetime as dt
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import made_table
import numpy as np
import peers
import pyarrow as pa

from accord.match import link
from accord.match.screen import Index, Query, build, candidates, named, open_file, open_index, screen, write_file
from accord.records.model import Entity
from accord.vault import TESTS, Folder

HERE = Path(__file__).parent
COMPARED_WITH_LINK, WARM = 2_000, 20


def person(row: dict[str, str | None]) -> Entity:
    name = " ".join(filter(None, (row["given"], row["family"])))
    given = {"name": name, "birthDate": row["born"], "address": row["street"]}
    return Entity(f"p{row['unique_id']}", "Person", {key: (value,) for key, value in given.items() if value})


def people(table: pa.Table) -> Iterator[Entity]:
    for batch in table.to_batches(max_chunksize=10_000):
        yield from map(person, batch.to_pylist())


def questions(table: pa.Table, count: int) -> list[Entity]:
    rng, letters = random.Random(5), np.random.default_rng(5)
    known = people(table.take(rng.sample(range(len(table)), count // 2)))
    nobody = people(made_table.made(1000, seed=77)[0].slice(0, count - count // 2))
    asked = []
    for number, entity in enumerate([*known, *nobody]):
        name = made_table.slip(entity.get("name")[0], letters) or ""
        asked.append(Entity(f"q{number}", "Person", {**entity.properties, "name": (name,)}))
    return asked


def ask(what: str, asked: list[Query], index: Index) -> None:
    """Print how long the answers take, by the clock and in processor time."""
    times, worked, hits = [], [], 0
    for query in [*asked[:WARM], *asked]:
        start, busy = time.perf_counter(), time.process_time()
        hits += bool(screen(query, index, threshold=0.5))
        times.append(1000 * (time.perf_counter() - start))
        worked.append(1000 * (time.process_time() - busy))
    said = [
        f"p50 {np.percentile(t[WARM:], 50):.1f} ms, p99 {np.percentile(t[WARM:], 99):.1f} ms" for t in (times, worked)
    ]
    print(f"{what}: {said[0]} by the clock; {said[1]} of a core ({hits:,} with a hit)", flush=True)


def for_the_peer(entity: Entity) -> dict[str, object]:
    """The record, with the year alone of a date that has no day or that is none: logic-v2 fails on a year and a month."""
    born = []
    for date in entity.get("birthDate"):
        try:
            born.append(dt.date.fromisoformat(date).isoformat())
        except ValueError:
            born.append(date[:4])
    return Entity(entity.id, entity.schema, {**entity.properties, "birthDate": tuple(born)}).to_dict()


def peer(pairs: list[tuple[Entity, Entity]]) -> dict[str, float]:
    """What nomenklatura takes for the pairs of each question."""
    with tempfile.TemporaryDirectory() as folder:
        lines = Path(folder) / "pairs.jsonl"
        with lines.open("w") as file:
            for left, right in pairs:
                row = {"left": for_the_peer(left), "right": for_the_peer(right), "judgement": "negative"}
                file.write(json.dumps(row) + "\n")
        command = [str(peers.python()), str(HERE / "nk.py"), "screen", str(lines)]
        said: dict[str, float] = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return said


def main(records: int, count: int) -> None:
    table, _ = made_table.made(records)
    asked = questions(table, count)
    queries = [Query(entity) for entity in asked]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "holding.index"
        start, busy = time.perf_counter(), time.process_time()
        write_file(path, people(table), "")
        print(
            f"index of {records:,} records built in {time.perf_counter() - start:,.0f} s by the clock,"
            f" {time.process_time() - busy:,.0f} s of a core; {path.stat().st_size >> 20:,} MB; peak memory"
            f" {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10:,} MB, {table.nbytes >> 20:,} of it the table"
        )
        desk = Folder.create(Path(folder) / "desk", "a long passphrase", cost=TESTS)
        with desk.write_pages("index") as pages:
            pages.write(path.read_bytes())
        opened = []
        for opening in (lambda: open_file(path), lambda: open_index(desk.open_pages("index"))):
            start = time.perf_counter()
            index = opening()
            opened.append(f"{1000 * (time.perf_counter() - start):.1f} ms")
            ask(f"records, {len(opened)} (1 a file, 2 a desk)", queries, index)
        print(f"opened in {opened[0]} (file) and {opened[1]} (desk, encrypted)")
        ask("names alone, a file", [named(entity.caption) for entity in asked], open_file(path))
        found = [candidates(query, index) for query in queries]
    sizes = [len(one) for one in found]
    print(f"candidates a question: {np.mean(sizes):.0f} on average, {max(sizes)} at most")
    some = list(people(table.slice(0, COMPARED_WITH_LINK)))
    small = build(some)
    same = sum(
        [(m.right, m.score) for m in link([entity], some, threshold=0.5)]
        == [(hit.match.right, hit.match.score) for hit in screen(Query(entity), small, threshold=0.5)]
        for entity in asked[:20]
    )
    print(f"answers that are exactly those of `match link`, against {len(some):,} records: {same} of {len(asked[:20])}")
    if not peers.python().exists():
        print("nomenklatura is missing: build its environment with benchmarks/match/peers.py")
        return
    rows = [table.take(pa.array([int(identity[1:]) for identity in one], pa.int64())) for one in found]
    said = peer([(entity, other) for entity, own in zip(asked, rows, strict=True) for other in people(own)])
    print(
        f"nomenklatura, logic-v2, over the same candidates: p50 {said['p50']:.1f} ms, p99 {said['p99']:.1f} ms by the"
        " clock, its own look-up not counted"
    )


if __name__ == "__main__":
    main(*(int(argument) for argument in [*sys.argv[1:], *("1000000", "300")[len(sys.argv) - 1 :]]))
