"""A blind question between two large holdings, all marks, both sides in turn: time, bytes, memory; then another one.

    python benchmarks/exchange/large.py [RECORDS]     default: 100,000 records on each side

The records are made (benchmarks/match/made_table.py), each with a number for six in ten: some of the people stand in both
holdings, with errors. Prints what febrl4.py prints, without the plaintext beside it. The second question is the same,
for another case: the marks that the first one drew are kept beside both holdings.
"""

from __future__ import annotations

import multiprocessing
import resource
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from febrl4 import conversation, desks, primitives

from accord import exchange
from accord.exchange.protocol import bucket
from accord.records import Entity

sys.path.insert(0, str(Path(__file__).parents[1] / "match"))
import made_table

MEGABYTE = 1_000_000
MOST_SECONDS, MOST_BYTES = 480, 110


def main() -> None:
    records = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    people = made(2 * records)
    marks = [len(given) for given in exchange.marks_of(people[:5000]).values()]
    mean = sum(marks) / len(marks)
    with tempfile.TemporaryDirectory() as root:
        asker, holder = desks(Path(root), people[:records], people[records:], larger)
        del people
        size = bucket(int(mean * records), asker.accord.quotas.smallest_set)
        for case in ("first", "second"):
            seconds: dict[str, float] = {}
            began = cores()
            messages = conversation(asker, holder, case, seconds)
            core = cores() - began
            print(f"-- the {case} question")
            told(seconds, core, records, mean, size)
        found = len({row["record"] for row in exchange.hits(asker)})
    sizes = [len(each) / MEGABYTE for each in messages]
    print(
        f"MB m1 … m4: {' · '.join(f'{size:.1f}' for size in sizes)}, together {sum(sizes):.1f} (target: {MOST_BYTES})"
    )
    print(f"marks a record: {mean:.1f} (of the first 5,000); {found:,} of {records:,} records are possible matches")
    print(f"peak memory of the first process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB")


def told(seconds: dict[str, float], core: float, records: int, mean: float, size: int) -> None:
    """Print what a conversation took, and the same over the bare primitives, measured beside it."""
    for name, value in seconds.items():
        print(f"{name:24} {value:8.1f} s")
    print(f"{'both sides, in turn':24} {sum(seconds.values()):8.1f} s   (target: {MOST_SECONDS} s)")
    asked, held = primitives()
    bare, padded = mean * records * (asked + held), size * asked + mean * records * held
    print(f"{'seconds of a core':24} {core:8.1f} s")
    print(f"{'bare primitives':24} {bare:8.1f} s   of a core; cost over them ×{core / bare:.2f}, padding included")
    print(f"{'those for what is sent':24} {padded:8.1f} s   {size:,} marks, padding among them: ×{core / padded:.2f}")


def cores() -> float:
    """Seconds of a core that this process and its workers took, once these rested and ended."""
    while multiprocessing.active_children():
        time.sleep(1)
    own, workers = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + workers.ru_utime + workers.ru_stime


def larger(text: str) -> str:
    """The draft with quotas for one such question a day."""
    return text.replace("questions_per_day = 10000", "questions_per_day = 300000").replace(
        "marks_per_session = 500000", "marks_per_session = 5000000"
    )


def made(count: int) -> list[Entity]:
    """Made people, as `exchange` takes them."""
    table, owner = made_table.made(count)
    numbers = np.random.default_rng(7).integers(10**8, 10**9, count)
    return [person(row, int(numbers[who])) for row, who in zip(table.to_pylist(), owner, strict=True)]


def person(row: dict[str, str | None], number: int) -> Entity:
    values = {
        "firstName": row["given"],
        "lastName": row["family"],
        "birthDate": row["born"],
        "address": ", ".join(filter(None, (row["street"], row["city"], row["postcode"]))),
        "postalCode": row["postcode"],
        "idNumber": str(number) if number % 10 < 6 else None,
    }
    return Entity(str(row["unique_id"]), "Person", {name: (value,) for name, value in values.items() if value})


if __name__ == "__main__":
    main()
