"""The blind question without desks, one mark a record, beside `openmined-psi` in the same run.

    python benchmarks/exchange/one_mark.py RECORDS PYTHON     PYTHON: of an environment with the peer, see openmined_peer.py

Both sides of both in turn; ours on one core and on two (`CORES`). Ours proves each evaluation; the peer proves nothing.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import time
from pathlib import Path

from febrl4 import CORES

from accord.exchange.protocol import Answering, Asking, MarkSet

SMALLEST = 256


def main() -> None:
    size, python = int(sys.argv[1]), sys.argv[2]
    peer = Path(__file__).with_name("openmined_peer.py")
    said = subprocess.run([python, str(peer), str(size)], check=True, capture_output=True, text=True)
    theirs = float(said.stdout)
    print(f"openmined-psi, one core, nothing proved     {theirs:8.1f} s")
    for cores in (CORES, 1):
        ours = question(size, cores)
        print(f"ours, cores: {cores}, each evaluation proved      {ours:8.1f} s   ×{ours / theirs:.2f}", flush=True)


def question(size: int, cores: int) -> float:
    """Seconds of both sides in turn, padding included."""
    common = size // 10
    asked, held = marks(range(size)), marks(range(size - common, 2 * size - common))
    began = time.perf_counter()
    asking = Asking(asked, bytes(range(32)), SMALLEST, cores)
    m1 = asking.question()
    answering = Answering(held, bytes(range(32, 64)), SMALLEST, cores)
    answer, outputs = answering.answer(m1)
    confirmed = answering.confirm(asking.compare(answer, answering.public, outputs))
    assert len(confirmed) == common
    return time.perf_counter() - began


def marks(numbers: range) -> MarkSet:
    return MarkSet.of({str(number): [hashlib.sha256(f"mark {number}".encode()).digest()] for number in numbers})


if __name__ == "__main__":
    main()
