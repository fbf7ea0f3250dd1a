"""1,000 questions against a large holding whose desk prepared its answer: seconds of each side, bytes, memory.

    python benchmarks/exchange/prepared.py [RECORDS] [ASKED] [--hashed]     default: 1,000,000 records, 1,000 asked about

The records are made, as those of large.py; the records asked about are of the same people. Each side runs in this process,
so that the memory is that of the larger one, the holder's while it prepares; workers come on top. With --hashed the holder's
marks are ten random ones a record and its outputs a keyed hash, in the place of the curve: what is left is everything
else at full size (sorting, files, messages, database), in minutes. Nothing can match then.
"""

from __future__ import annotations

import hashlib
import os
import re
import resource
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from febrl4 import conversation, desks, timed
from large import MEGABYTE, cores, larger, made

from accord import exchange
from accord.exchange import preparing
from accord.exchange.protocol import MARK_BYTES, MarkSet
from accord.oblivious import psi


def main() -> None:
    sizes = [int(word) for word in sys.argv[1:] if word.isdecimal()]
    records, asked = (*sizes, *(1_000_000, 1_000)[len(sizes) :])
    hashed = "--hashed" in sys.argv
    if hashed:
        hash_all(records)
    people, seconds = made(asked + (1 if hashed else records)), {}
    with tempfile.TemporaryDirectory() as root:
        asker, holder = desks(Path(root), people[:asked], people[asked:], largest)
        del people
        loaded = memory()
        began = cores()
        with timed(seconds, "prepare (holder)"):
            (ready,) = exchange.prepare(holder, "asker", "investigation")
        print(f"prepared in {seconds['prepare (holder)']:.1f} s", flush=True)
        prepared, most = cores() - began, memory()
        file = sum(
            path.stat().st_size for path in Path(holder.folder.path, "pages", "prepared").rglob("*") if path.is_file()
        )
        began = cores()
        messages = conversation(asker, holder, "prepared", seconds)
        rest = cores() - began
        found = len({row["record"] for row in exchange.hits(asker)})
    for name, value in seconds.items():
        print(f"{name:24} {value:8.1f} s")
    print(f"{'seconds of a core':24} {prepared:8.1f} s to prepare, {rest:.1f} s for the four messages at both sides")
    megabytes = [len(each) / MEGABYTE for each in messages]
    print(f"MB m1 … m4: {' · '.join(f'{size:.2f}' for size in megabytes)}; {file / MEGABYTE:.0f} MB lie prepared")
    print(f"{records:,} records, {ready.shown:,} marks shown with padding; {found:,} of {asked:,} are possible matches")
    print(f"peak memory: {loaded:,.0f} MB after loading, {most:,.0f} after preparing, {memory():,.0f} in all")


def hash_all(records: int) -> None:
    """Let the holder's own marks be random, and its outputs hashes; the question is evaluated as ever."""
    width, chunk = 10 * MARK_BYTES, 20_000

    def parts() -> Iterator[dict[str, list[bytes]]]:
        for first in range(0, records, chunk):
            count = min(chunk, records - first)
            given = psi.split(os.urandom(count * width), MARK_BYTES)
            yield {f"made-{first + one}": given[10 * one : 10 * one + 10] for one in range(count)}

    def outputs(key: psi.HolderKey, inputs: Sequence[bytes], _workers: int = 1) -> list[bytes]:
        return [hashlib.blake2b(value, key=key.public, digest_size=psi.OUTPUT_BYTES).digest() for value in inputs]

    preparing.drawing.gathered = lambda *_: MarkSet.gathered(parts())  # type: ignore[assignment]
    psi.HolderKey.outputs = outputs  # type: ignore[method-assign]


def largest(text: str) -> str:
    """The draft of large.py with leave for an answer of so many marks."""
    return re.sub(r"marks_per_answer = \d+", "marks_per_answer = 20000000", larger(text))


def memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
