"""The blind question without desks, one mark a record, beside `openmined-psi` in the same run.

    python benchmarks/exchange/one_mark.py RECORDS PYTHON     PYTHON: of an environment with the peer, see openmined_peer.py

Both sides of both in turn, on one core; then ours on `CORES`; and what the bare operations of the library `voprf` take for
as many marks, so without padding. Ours proves each evaluation; the peer proves nothing. Seconds of a core are what to
compare on a machine that does other work.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import time
from pathlib import Path

from febrl4 import CORES, primitives

from accord.exchange.protocol import Answering, Asking, MarkSet

SMALLEST = 256


def main() -> None:
    size, python = int(sys.argv[1]), sys.argv[2]
    peer = Path(__file__).with_name("openmined_peer.py")
    said = subprocess.run([python, str(peer), str(size)], check=True, capture_output=True, text=True)
    by_clock, of_core = map(float, said.stdout.split())
    print(f"openmined-psi, nothing proved: {of_core:8.1f} s of a core, {by_clock:8.1f} by the clock", flush=True)
    clock, core = question(size, 1)
    print(
        f"ours, each evaluation proved:  {core:8.1f} s of a core (×{core / of_core:.2f}), {clock:8.1f} by the clock",
        flush=True,
    )
    bare = size * sum(primitives())
    print(f"bare primitives:               {bare:8.1f} s of a core; ours over them ×{core / bare:.2f}", flush=True)
    clock, _ = question(size, CORES)
    print(f"ours on {CORES} cores: {clock:8.1f} s by the clock (×{clock / by_clock:.2f})")


def question(size: int, cores: int) -> tuple[float, float]:
    """Seconds of both sides in turn by the clock, and of a core in this process, padding included."""
    common = size // 10
    asked, held = marks(range(size)), marks(range(size - common, 2 * size - common))
    began, worked = time.perf_counter(), time.process_time()
    asking = Asking(asked, bytes(range(32)), SMALLEST, cores)
    m1 = asking.question()
    answering = Answering(held, bytes(range(32, 64)), SMALLEST, cores)
    answer, outputs = answering.answer(m1)
    confirmed = answering.confirm(asking.compare(answer, answering.public, outputs))
    assert len(confirmed) == common
    return time.perf_counter() - began, time.process_time() - worked


def marks(numbers: range) -> MarkSet:
    return MarkSet.of({str(number): [hashlib.sha256(f"mark {number}".encode()).digest()] for number in numbers})


if __name__ == "__main__":
    main()
