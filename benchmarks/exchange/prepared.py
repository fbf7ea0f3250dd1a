"""1,000 questions against a large holding whose desk prepared its answer: seconds of each side, bytes, memory.

    python benchmarks/exchange/prepared.py [RECORDS] [ASKED]     default: 1,000,000 records, 1,000 asked about

The records are made, as those of large.py; the records asked about are of the same people. Each side runs in this process,
so that the memory is that of the larger one, the holder's while it prepares; workers come on top.
"""

from __future__ import annotations

import multiprocessing
import re
import resource
import sys
import tempfile
import time
from pathlib import Path

from febrl4 import conversation, desks, timed
from large import MEGABYTE, larger, made

from accord import exchange


def main() -> None:
    records = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    asked = int(sys.argv[2]) if len(sys.argv) > 2 else 1_000
    people, seconds = made(records + asked), {}
    with tempfile.TemporaryDirectory() as root:
        asker, holder = desks(Path(root), people[:asked], people[asked:], largest)
        del people
        loaded = memory()
        began = cores()
        with timed(seconds, "prepare (holder)"):
            (ready,) = exchange.prepare(holder, "asker", "investigation")
        print(f"prepared in {seconds['prepare (holder)']:.1f} s", flush=True)
        prepared, most = cores() - began, memory()
        file = sum(path.stat().st_size for path in Path(holder.folder.path, "pages").rglob("*") if path.is_file())
        began = cores()
        messages = conversation(asker, holder, "prepared", seconds)
        rest = cores() - began
        found = len({row["record"] for row in exchange.hits(asker)})
    for name, value in seconds.items():
        print(f"{name:24} {value:8.1f} s")
    print(f"{'seconds of a core':24} {prepared:8.1f} s to prepare, {rest:.1f} s for the four messages at both sides")
    sizes = [len(each) / MEGABYTE for each in messages]
    print(f"MB m1 … m4: {' · '.join(f'{size:.2f}' for size in sizes)}; {file / MEGABYTE:.0f} MB lie prepared")
    print(f"{records:,} records, {ready.shown:,} marks shown with padding; {found:,} of {asked:,} are possible matches")
    print(f"peak memory: {loaded:,.0f} MB after loading, {most:,.0f} after preparing, {memory():,.0f} in all")


def largest(text: str) -> str:
    """The draft of large.py with leave for an answer of so many marks."""
    return re.sub(r"marks_per_answer = \d+", "marks_per_answer = 20000000", larger(text))


def cores() -> float:
    """Seconds of a core that this process and its workers took, once these rested and ended."""
    while multiprocessing.active_children():
        time.sleep(1)
    own, workers = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + workers.ru_utime + workers.ru_stime


def memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
