"""Blind question on febrl4 (5,000 × 5,000 records), both sides, two cores, beside the plaintext result of `match link`.

    python benchmarks/exchange/febrl4.py [FOLDER]     FOLDER: ../shared/data/match/tables (dataset4a.csv, dataset4b.csv)

Prints marks a record, what share of the plaintext result (and of the truth) is found blind, precision, seconds of each
side, bytes of each message, and the cost over the bare primitives in the same run.
"""

from __future__ import annotations

import csv
import datetime as dt
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from accord import exchange
from accord.arrangement import NewParty, card, conclude, create_desk, draft
from accord.arrangement.model import Contact
from accord.exchange import Party
from accord.match import link
from accord.oblivious import psi
from accord.records import Entity
from accord.vault import TESTS

CORES = 2
SAMPLE = 1000  # of the bare primitives
PASSPHRASE = "a passphrase for a benchmark"
NOW = dt.datetime.now(dt.UTC)


def conversation(
    asker: Party, holder: Party, case: str, seconds: dict[str, float], beside: Callable[[], None] = lambda: None
) -> tuple[bytes, ...]:
    """The four messages of a question; `seconds` gets what each side took for each, by the clock.

    `beside` is run after each.
    """
    with timed(seconds, "ask (asker)", beside):
        m1 = exchange.ask(asker, "holder", "investigation", case)
    with timed(seconds, "answer (holder)", beside):
        m2 = reply(holder, m1)
    with timed(seconds, "compare (asker)", beside):
        m3 = reply(asker, m2)
    with timed(seconds, "contacts (holder)", beside):
        m4 = reply(holder, m3)
    with timed(seconds, "learn (asker)", beside):
        exchange.receive(asker, m4)
    return m1, m2, m3, m4


def main() -> None:
    folder = (
        Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parents[3] / "shared" / "data" / "match" / "tables"
    )
    ours, theirs = read(folder / "dataset4a.csv"), read(folder / "dataset4b.csv")
    with tempfile.TemporaryDirectory() as root:
        asker, holder = desks(Path(root), ours, theirs)
        seconds: dict[str, float] = {}
        m1, m2, m3, m4 = conversation(asker, holder, "febrl4", seconds)
        left = {str(row["hit"]): str(row["record"]) for row in exchange.hits(asker)}
        right = {str(row["hit"]): str(row["record"]) for row in exchange.hits(holder)}
    blind = {(left[hit], right[hit]) for hit in left}
    plain = {(match.left, match.right) for match in link(ours, theirs)}
    truth = {(one.id, one.id.replace("org", "dup-0")) for one in ours}
    marks = [len(given) for given in exchange.marks_of(ours, "asker").values()]
    for name, value in seconds.items():
        print(f"{name:24} {value:8.1f} s")
    total = sum(seconds.values())
    print(f"{'both sides, in turn':24} {total:8.1f} s   (target: under 60 s)")
    asked, held = primitives()
    bare = (sum(marks) * asked + sum(marks) * len(theirs) / len(ours) * held) / CORES
    print(f"{'bare primitives':24} {bare:8.1f} s   cost over them ×{total / bare:.2f}, padding included")
    print(f"bytes m1 … m4: {' · '.join(f'{len(m):,}' for m in (m1, m2, m3, m4))}")
    print(f"marks a record: mean {sum(marks) / len(marks):.1f}, most {max(marks)}")
    print(f"plaintext `match link`: {len(plain)} pairs, {len(plain & truth) / len(truth):.4f} of the truth found")
    print(f"blind: {len(blind)} pairs, {len(blind & truth) / len(truth):.4f} of the truth found")
    right_ones = blind & truth
    print(f"blind / plaintext: {len(right_ones) / max(len(plain & truth), 1):.4f}   (target: .98)")
    print(f"precision: {len(right_ones) / max(len(blind), 1):.4f}   (target: .99)")


def read(path: Path) -> list[Entity]:
    """febrl4 as persons: names, birth date, address, postcode, identity number."""
    with path.open(encoding="utf-8", newline="") as lines:
        rows = [{name.strip(): value.strip() for name, value in row.items()} for row in csv.DictReader(lines)]
    return [person(row) for row in rows]


def person(row: dict[str, str]) -> Entity:
    born = row["date_of_birth"]
    street = " ".join(filter(None, (row["street_number"], row["address_1"])))
    values = {
        "firstName": row["given_name"],
        "lastName": row["surname"],
        "birthDate": f"{born[:4]}-{born[4:6]}-{born[6:]}" if len(born) == 8 else "",
        "address": ", ".join(filter(None, (street, row["address_2"], row["suburb"], row["state"], row["postcode"]))),
        "postalCode": row["postcode"],
        "idNumber": row["soc_sec_id"],
    }
    return Entity(row["rec_id"], "Person", {name: (value,) for name, value in values.items() if value})


def desks(
    root: Path,
    ours: list[Entity],
    theirs: list[Entity],
    edit: Callable[[str], str] = lambda text: text,
    workers: int = CORES,
) -> tuple[Party, Party]:
    """Two desks with these records under a draft, changed by `edit`."""
    folders = {}
    for name in ("asker", "holder"):
        party = NewParty(name, name, Contact(f"Desk of the {name}"))
        folders[name] = create_desk(root / name, PASSPHRASE, party, cost=TESTS)
    conclude(list(folders.values()), edit(draft([card(folder) for folder in folders.values()], NOW.date())))
    parties = []
    for (name, folder), entities in zip(folders.items(), (ours, theirs), strict=True):
        folder.close()
        parties.append(Party.open(root / name, PASSPHRASE, workers=workers))
        parties[-1].holding.load(entities, source="febrl4.csv", at=NOW)
    return parties[0], parties[1]


def reply(party: Party, message: bytes) -> bytes:
    answer = exchange.receive(party, message).reply
    assert answer is not None
    return answer


def primitives() -> tuple[float, float]:
    """Seconds of a core that the bare operations of the library take: for a mark asked about, and for one held."""
    from voprf import ristretto

    inputs = [number.to_bytes(32, "big") for number in range(SAMPLE)]
    began = time.process_time()  # the library works in this thread alone
    clients, blinded = zip(*(ristretto.Client.blind(value) for value in inputs), strict=True)
    evaluator = ristretto.Evaluator(bytes(range(32)))
    answer = evaluator.evaluate_batch(list(blinded))
    ristretto.Client.finalize_batch(list(clients), answer, evaluator.public_key)
    asked = time.process_time() - began
    began = time.process_time()
    for value in inputs:
        evaluator.evaluate_known_input(value)
    held = time.process_time() - began
    assert psi.BATCH > SAMPLE
    return asked / SAMPLE, held / SAMPLE


@contextmanager
def timed(seconds: dict[str, float], name: str, beside: Callable[[], None] = lambda: None) -> Iterator[None]:
    began = time.perf_counter()
    yield
    seconds[name] = time.perf_counter() - began
    beside()


if __name__ == "__main__":
    main()
