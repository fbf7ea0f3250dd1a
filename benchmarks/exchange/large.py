"""A blind question between two large holdings, all marks, both sides in turn: time, bytes, memory; then another one.

    python benchmarks/exchange/large.py [RECORDS] [CORES]     default: 100,000 records on each side, 2 cores

The records are made (benchmarks/match/made_table.py), each with a number for six in ten: some of the people stand in both
holdings, with errors. Prints what febrl4.py prints, without the plaintext beside it. The second question is the same,
for another case: the marks that the first one drew are kept beside both holdings.

The bare primitives are timed after each step, a moment each, since other work slows a shared machine; for as many marks
as the two sets have. They use one core: compare on one core, for two that work at once are each slower on many machines.
"""

from __future__ import annotations

import multiprocessing
import resource
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
from febrl4 import CORES, conversation, desks, primitives

from accord import exchange
from accord.exchange.protocol import MarkSet, bucket
from accord.records import Entity

sys.path.insert(0, str(Path(__file__).parents[1] / "match"))
import made_table

MEGABYTE = 1_000_000
MOST_SECONDS, MOST_BYTES = 480, 110


def main() -> None:
    records, on = (*map(int, sys.argv[1:]), *(100_000, CORES)[len(sys.argv) - 1 :])
    people, sizes = made(2 * records), counted()
    with tempfile.TemporaryDirectory() as root:
        asker, holder = desks(Path(root), people[:records], people[records:], larger, on)
        del people
        for case in ("first", "second"):
            seconds: dict[str, float] = {}
            sizes.clear()
            bare, began = Bare(), cores()
            messages = conversation(asker, holder, case, seconds, bare.time)
            core = cores() - began - bare.core
            print(f"-- the {case} question")
            told(seconds, core, bare, sizes, bucket(sizes[0], asker.accord.quotas.smallest_set))
        found = len({row["record"] for row in exchange.hits(asker)})
    megabytes = [len(each) / MEGABYTE for each in messages]
    print(
        f"MB m1 … m4: {' · '.join(f'{size:.1f}' for size in megabytes)}, together {sum(megabytes):.1f}"
        f" (target: {MOST_BYTES})"
    )
    print(f"{found:,} of {records:,} records are possible matches")
    print(f"peak memory of the first process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB")


def counted() -> list[int]:
    """How many distinct marks the sets have that are gathered from now on: first the asker's, then the holder's."""
    sizes: list[int] = []
    gathered = MarkSet.gathered

    def counting(parts: Iterable[Mapping[str, Iterable[bytes]]], most: int | None = None) -> MarkSet:
        found = gathered(parts, most)
        sizes.append(len(found.marks))
        return found

    MarkSet.gathered = counting  # type: ignore[method-assign, assignment]
    return sizes


class Bare:
    """What the bare primitives take, each time that `time` is run, and the seconds of a core that this cost."""

    def __init__(self) -> None:
        self.core, self._taken = 0.0, []

    def time(self) -> None:
        began = time.process_time()
        self._taken += [primitives() for _ in range(3)]
        self.core += time.process_time() - began

    def of(self, asked: int, held: int) -> float:
        """Seconds of a core for so many marks."""
        each = [asked * for_asked + held * for_held for for_asked, for_held in self._taken]
        return sum(each) / len(each)


def told(seconds: dict[str, float], core: float, bare: Bare, sizes: list[int], size: int) -> None:
    """Print what a conversation took, and the same over the bare primitives, measured beside it."""
    for name, value in seconds.items():
        print(f"{name:24} {value:8.1f} s")
    print(f"{'both sides, in turn':24} {sum(seconds.values()):8.1f} s   (target: {MOST_SECONDS} s)")
    asked, held = sizes
    wanted, sent = bare.of(asked, held), bare.of(size, held)
    print(f"{'seconds of a core':24} {core:8.1f} s   for {asked:,} marks asked about and {held:,} held")
    print(f"{'bare primitives':24} {wanted:8.1f} s   of a core; cost over them ×{core / wanted:.2f}, padding included")
    print(f"{'those for what is sent':24} {sent:8.1f} s   {size:,} marks, padding among them: ×{core / sent:.2f}")


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
