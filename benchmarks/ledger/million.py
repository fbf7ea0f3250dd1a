"""A log of a million entries: how fast it is written, verified and proved from, and in how much memory.

Each three entries are a conversation with its row, each tenth one released fields: `rows` is what it costs to hold the
rows of the exchange against the log, after `verify`. `accord ledger verify` does both.

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

from accord.arrangement import Accord, NewParty, card, create_desk, draft
from accord.arrangement.document import read_document
from accord.arrangement.model import Contact
from accord.exchange import check_rows, state
from accord.exchange.state import Release, Session
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
    """Write the log and its rows: three entries a conversation, as an exchange writes them."""
    folder = Folder.create(path, "pass", cost=TESTS)
    engine, log = state.opened(folder), Log(folder.engine(), KEY, "unit-a")
    for start in range(0, entries, BATCH):
        numbers = range(start, min(start + BATCH, entries))
        with engine.begin() as connection:
            log.extend([entry(number) for number in numbers], at=NOW, within=connection)
            state.put(connection, *(row(number // 3) for number in numbers if number % 3 == 0))


def entry(number: int) -> tuple[str, str, dict[str, object]]:
    """What an entry of the log says: kind, about, details."""
    kinds = ("released", "recalled", "returned") if number // 3 % 10 == 0 else ("asked", "compared", "told")
    details = {"to": "unit-b", "purpose": "investigation", "case": "case-7", "marks": 256}
    return f"exchange.{kinds[number % 3]}", f"{number // 3:016x}", details


def row(number: int) -> Session | Release:
    """The row of a conversation, or of released fields, when its three entries are written."""
    name, at = f"{number:016x}", NOW.isoformat()
    if number % 10 == 0:
        return Release(name, name, "giver", "unit-b", f"r{number}", "returned", at, at, {"purpose": "investigation"})
    about = ("question", "asker", "unit-b", "closed", "investigation", "case-7", "", 3, name, at)
    return Session(name, *about, None, {"marks": 256, "records": 24})


def accord(place: Path) -> Accord:
    """An accord between two parties, as drafted."""
    cards = [
        card(create_desk(place / name, "pass", NewParty(name, name, Contact("Desk")), cost=TESTS))
        for name in ("unit-a", "unit-b")
    ]
    return read_document(draft(cards, NOW.date())).accord


def check(path: Path) -> None:
    """Verify, hold the rows against the log, and say what it cost (in a process of its own)."""
    folder = Folder.open(path, "pass")
    engine = state.opened(folder)
    log, agreed = Log(engine, KEY, "unit-a"), accord(path.parent)
    found, before = {}, peak_mb()
    found["verify_s"], found["verify_clock_s"] = cost(lambda: verify(engine, "unit-a", KEY.verify_key))
    found["verify_grows_by_mb"] = peak_mb() - before
    with engine.connect() as connection:
        found["rows_s"], found["rows_clock_s"] = cost(lambda: check_rows(connection, log, agreed, NOW))
    found["rows_grow_by_mb"] = peak_mb() - before
    print(json.dumps(found))


def peak_mb() -> float:
    """The most memory that this process has had so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


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
