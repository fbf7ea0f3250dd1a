"""Load a file of FollowTheMoney entities into a desk, again unchanged, and again with a hundredth changed.

    python benchmarks/records/load.py [--entities 1000000] [--seed 7]

The peer in the same run is the plainest store there is: the same lines, parsed by orjson, into an unencrypted SQLite table
of id and JSON in one transaction, without any check of terms, fragments or dates. Each step runs in a process of its own,
so that its peak of memory is its own. The data is made up from a seed.
"""

from __future__ import annotations

import argparse
import datetime
import json
import multiprocessing
import random
import resource
import sqlite3
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

GIVEN = [
    "Amina",
    "Wei",
    "João",
    "Olga",
    "Pierre",
    "Fatima",
    "Carlos",
    "Yusuf",
    "Ingrid",
    "Mehmet",
    "Anna",
    "Ivan",
    "Chen",
    "Maria",
    "Ahmed",
    "Lucia",
]
FAMILY = [
    "Diallo",
    "Li",
    "Silva",
    "Petrova",
    "Martin",
    "Hassan",
    "Rossi",
    "Demir",
    "Novak",
    "Kim",
    "Okafor",
    "Schmidt",
    "Khan",
    "Lopez",
    "Sato",
    "Nagy",
]


def generate(path: Path, entities: int, seed: int, changed: float = 0.0) -> None:
    chance, other = random.Random(seed), random.Random(seed + 1)
    with path.open("w", encoding="utf-8") as file:
        for number in range(entities):
            name = f"{chance.choice(GIVEN)} {chance.choice(FAMILY)} {chance.choice(FAMILY)}"
            day = datetime.date(1940, 1, 1) + datetime.timedelta(days=chance.randrange(24_000))
            city = f"{chance.randrange(200)} Rue {chance.choice(FAMILY)}, {chance.choice(GIVEN)}ville"
            passport = f"{chance.choice('ABCD')}{chance.randrange(10**7):07}"
            if other.random() < changed:
                city = "moved"
            properties = {
                "name": [name], "birthDate": [day.isoformat()], "nationality": [chance.choice(["ch", "ir", "br", "ng"])],
                "address": [city], "passportNumber": [passport],
            }  # fmt: skip
            file.write(json.dumps({"id": f"p-{number:08}", "schema": "Person", "properties": properties}) + "\n")


def ours(file: Path, desk: Path) -> str:
    from accord.records import Holding, read_entities
    from accord.vault import TESTS, Folder

    folder = Folder.open(desk, "pass") if desk.exists() else Folder.create(desk, "pass", cost=TESTS)
    loaded = Holding(folder).load(
        read_entities(file), source="made-up", at=datetime.datetime.now(datetime.UTC), whole=True
    )
    return json.dumps(loaded.to_dict())


def plain(file: Path, database: Path) -> str:
    import orjson

    with sqlite3.connect(database) as connection, file.open("rb") as lines:
        connection.execute("CREATE TABLE IF NOT EXISTS entity (id TEXT PRIMARY KEY, body BLOB)")
        rows = ((data["id"], line) for line in lines if (data := orjson.loads(line)))
        connection.executemany("INSERT OR REPLACE INTO entity VALUES (?, ?)", rows)
    return ""


def _run(work: Callable[[Path, Path], str], file: Path, target: Path, sending: object) -> None:
    start = time.perf_counter()
    said = work(file, target)
    seconds = time.perf_counter() - start
    sending.send((seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, said))  # type: ignore[attr-defined]


def measured(label: str, work: Callable[[Path, Path], str], file: Path, target: Path, entities: int) -> float:
    receiving, sending = multiprocessing.Pipe(duplex=False)
    process = multiprocessing.get_context("spawn").Process(target=_run, args=(work, file, target, sending))
    process.start()
    seconds, memory_mb, said = receiving.recv()
    process.join()
    rate = entities / seconds
    print(f"{label:<34} {seconds:7.1f} s {rate:10,.0f} entities/s {memory_mb:7,.0f} MB peak  {said}", flush=True)
    return seconds


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--entities", type=int, default=1_000_000)
    options.add_argument("--seed", type=int, default=7)
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder, count = Path(place), given.entities
        generate(folder / "first.jsonl", count, given.seed)
        generate(folder / "second.jsonl", count, given.seed, changed=0.01)
        first = measured("accord, first load", ours, folder / "first.jsonl", folder / "desk", count)
        measured("accord, the same again", ours, folder / "first.jsonl", folder / "desk", count)
        measured("accord, a hundredth changed", ours, folder / "second.jsonl", folder / "desk", count)
        peer = measured("plain SQLite, first load", plain, folder / "first.jsonl", folder / "plain.db", count)
        size = sum(file.stat().st_size for file in (folder / "desk").rglob("*") if file.is_file())
        given_size = (folder / "first.jsonl").stat().st_size
        print(
            f"input {given_size / 1e6:,.0f} MB, desk {size / 1e6:,.0f} MB (encrypted), accord ÷ plain time {first / peer:.1f}"
        )


if __name__ == "__main__":
    main()
