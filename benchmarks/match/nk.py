"""What nomenklatura does, run inside the peers' environment (`benchmarks/match/peers.py` builds it).

…/.peers/bin/python benchmarks/match/nk.py pairs FILE          # logic-v2 score of each pair, as JSON
…/.peers/bin/python benchmarks/match/nk.py lists N FILE…       # index, count candidates, score N of them
…/.peers/bin/python benchmarks/match/nk.py screen FILE         # milliseconds for all pairs of one left entity
"""

from __future__ import annotations

import json
import random
import sys
import tempfile
import time
from pathlib import Path

from followthemoney import Dataset, StatementEntity, model
from nomenklatura.blocker import Index
from nomenklatura.matching import get_algorithm
from nomenklatura.matching.types import ScoringConfig
from nomenklatura.resolver import Linker
from nomenklatura.store.memory import MemoryStore

LOGIC, CONFIG = get_algorithm("logic-v2"), ScoringConfig.defaults()
DATASET = Dataset.make({"name": "lists", "title": "lists"})


def pairs(file: str) -> None:
    lines = [json.loads(line) for line in Path(file).read_text("utf-8").splitlines()]
    made = [(model.get_proxy(line["left"]), model.get_proxy(line["right"])) for line in lines]
    start = time.perf_counter()
    scores = [LOGIC.compare(left, right, CONFIG).score for left, right in made]
    print(json.dumps({"scores": scores, "seconds": time.perf_counter() - start}))


def lists(sample: int, files: list[str]) -> None:
    start = time.perf_counter()
    store = MemoryStore(DATASET, Linker({}))
    with store.writer() as writer:
        for file in files:
            for line in Path(file).read_text("utf-8").splitlines():
                writer.add_entity(StatementEntity.from_data(DATASET, json.loads(line)))
    view = store.default_view()
    with tempfile.TemporaryDirectory() as folder:
        index = Index(view, Path(folder))
        index.build()
        found = [pair for pair, _ in index.pairs(max_pairs=10**9)]
    indexed = time.perf_counter() - start
    chosen = random.Random(0).sample(found, min(sample, len(found)))
    start = time.perf_counter()
    for left, right in chosen:
        LOGIC.compare(view.get_entity(left.id), view.get_entity(right.id), CONFIG)
    scored = time.perf_counter() - start
    print(json.dumps({"index": indexed, "candidates": len(found), "sample": len(chosen), "scoring": scored}))


def screen(file: str) -> None:
    """Milliseconds a question: the pairs of one left entity are one question."""
    questions: dict[str, list[tuple[object, object]]] = {}
    for text in Path(file).read_text("utf-8").splitlines():
        line = json.loads(text)
        pair = (model.get_proxy(line["left"]), model.get_proxy(line["right"]))
        questions.setdefault(line["left"]["id"], []).append(pair)
    times = []
    for made in questions.values():
        start = time.perf_counter()
        for left, right in made:
            LOGIC.compare(left, right, CONFIG)
        times.append(1000 * (time.perf_counter() - start))
    times.sort()
    print(json.dumps({"p50": times[len(times) // 2], "p99": times[int(0.99 * len(times))]}))


if __name__ == "__main__":
    if sys.argv[1] == "pairs":
        pairs(sys.argv[2])
    elif sys.argv[1] == "screen":
        screen(sys.argv[2])
    else:
        lists(int(sys.argv[2]), sys.argv[3:])
