"""A log of a million entries: how fast it is written, verified and proved from, and in how much memory.

    python benchmarks/ledger/million.py --entries 1000000 [--peer PYTHON]

`--peer` names the interpreter of an environment that holds `pymerkle` (a Merkle tree over SQLite, unencrypted, without
signatures or details): it gets the same bodies in the same run. Times are of the processor, in one process, since the
machines that run this are shared; the single appends also by the clock, since they wait for the disk. Peak memory of
`verify` is that of a process of its own.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from accord.ledger import Log, SigningKey, verify
from accord.vault import TESTS, Folder

KEY = SigningKey.from_bytes(bytes(32))
NOW = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
BATCH, SINGLES, PROOFS = 10_000, 200, 500
_PEER = """
import json, sys, time
from pymerkle import SqliteTree
path, bodies = sys.argv[1], sys.stdin.buffer.read().splitlines()
tree = SqliteTree(path)
t = time.process_time()
tree.append_entries(bodies) if hasattr(tree, "append_entries") else [tree.append_entry(b) for b in bodies]
wrote = time.process_time() - t
t = time.process_time()
root = tree.get_state()
state = time.process_time() - t
t = time.process_time()
for n in range(20):
    tree.prove_inclusion(1 + n * (len(bodies) // 20))
proof = (time.process_time() - t) / 20
print(json.dumps({"append_per_s": len(bodies) / wrote, "state_s": state, "proof_ms": proof * 1000}))
"""


def cost(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds of the processor, and of the clock."""
    processor, clock = time.process_time(), time.perf_counter()
    work()
    return time.process_time() - processor, time.perf_counter() - clock


def build(path: Path, entries: int) -> None:
    """Write the log: three entries a conversation, as an exchange writes them."""
    log = Log(Folder.create(path, "pass", cost=TESTS).engine(), KEY, "unit-a")
    details = {"to": "unit-b", "purpose": "investigation", "case": "case-7", "marks": 256}
    for start in range(0, entries, BATCH):
        numbers = range(start, min(start + BATCH, entries))
        log.extend([("exchange.asked", f"{number // 3:016x}", details) for number in numbers], at=NOW)


def check(path: Path) -> None:
    """Verify, and say what it cost (in a process of its own)."""
    engine = Folder.open(path, "pass").engine()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    processor, clock = cost(lambda: verify(engine, "unit-a", KEY.verify_key))
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    print(json.dumps({"verify_s": processor, "verify_clock_s": clock, "verify_grows_by_mb": grown / 1024}))


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--entries", type=int, default=1_000_000)
    options.add_argument("--peer", metavar="PYTHON")
    options.add_argument("--check", metavar="DIR", help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.check:
        check(Path(given.check))
        return
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "desk"
        processor, _ = cost(lambda: build(path, given.entries))
        found: dict[str, float] = {"entries": given.entries, "batch_append_per_s": given.entries / processor}
        run = subprocess.run([sys.executable, __file__, "--check", str(path)], capture_output=True, check=True)
        found |= json.loads(run.stdout)
        log = Log(Folder.open(path, "pass").engine(), KEY, "unit-a")
        step = given.entries // PROOFS or 1
        processor, clock = cost(lambda: [log.prove(number) for number in range(0, given.entries, step)])
        found["proof_ms"], found["proof_clock_ms"] = processor / PROOFS * 1000, clock / PROOFS * 1000
        processor, clock = cost(lambda: [log.append("a", f"c{n}", {"n": n}, at=NOW) for n in range(SINGLES)])
        found["single_append_per_s"], found["single_append_per_clock_s"] = SINGLES / processor, SINGLES / clock
        print(json.dumps({name: round(value, 2) for name, value in found.items()}))
        if given.peer:
            bodies = b"\n".join(log.prove(n).body for n in range(min(given.entries, 20_000)))
            peer = [given.peer, "-c", _PEER, str(Path(place) / "peer.db")]
            said = json.loads(subprocess.run(peer, input=bodies, capture_output=True, check=True).stdout)
            print(json.dumps({"pymerkle_entries": 20_000} | {f"pymerkle_{k}": round(v, 2) for k, v in said.items()}))


if __name__ == "__main__":
    main()
