"""How fast IATI files become activities, beside bare `lxml.etree.iterparse` over the same files in the same run.

    python benchmarks/coverage/iati.py [DATA]

DATA is the folder of real data (default ../shared/data). *Bare* finds each `iati-activity`, looks at nothing and frees
it: what the parser alone costs. Turn about, the best of seven, by the clock and in processor seconds of all threads.
"""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path

from lxml import etree

from accord.coverage.plan import Source
from accord.coverage.read import read_source

TURNS = 7


def bare(file: Path) -> int:
    count = 0
    for _, element in etree.iterparse(str(file), events=("end",), tag="iati-activity"):
        count += 1
        element.clear()
        parent = element.getparent()
        while parent is not None and element.getprevious() is not None:
            del parent[0]
    return count


def ours(file: Path) -> int:
    return len(read_source(Source(file, "iati", file.name)).activities)


def main() -> None:
    data = Path(sys.argv[1] if len(sys.argv) > 1 else "../shared/data").resolve() / "coverage" / "iati"
    files = sorted(data.glob("*.xml"))
    size = sum(file.stat().st_size for file in files) / 1e6
    readers: dict[str, Callable[[Path], int]] = {"bare lxml": bare, "accord": ours}
    clock = dict.fromkeys(readers, float("inf"))
    processor = dict.fromkeys(readers, float("inf"))
    counts = dict.fromkeys(readers, 0)
    for _ in range(TURNS):
        for name, reader in readers.items():
            begun, used = time.perf_counter(), time.process_time()
            counts[name] = sum(reader(file) for file in files)
            clock[name] = min(clock[name], time.perf_counter() - begun)
            processor[name] = min(processor[name], time.process_time() - used)
    print(f"{len(files)} files, {size:.1f} MB\n\n| reader | activities | MB/s | MB/s and core |\n|---|---|---|---|")
    for name in readers:
        print(f"| {name} | {counts[name]:,} | {size / clock[name]:.0f} | {size / processor[name]:.0f} |")
    print(f"\naccord at {clock['bare lxml'] / clock['accord']:.2f} of bare lxml by the clock, "
          f"{processor['bare lxml'] / processor['accord']:.2f} per core; peak memory of the process "
          f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")  # fmt: skip


if __name__ == "__main__":
    main()
