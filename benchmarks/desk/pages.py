"""How long pages of the desk take over a large holding: search, one record, Today, possible matches.

    python benchmarks/desk/pages.py [--records 1000000] [--calls 40] [--seed 7]

Through the whole application (session, template, encrypted holding) with made-up names from a seed. The peer in the
same run is the plainest thing that could answer: a scan over the same names in a Python list, without a desk, an account
or encryption. Times are of the second and later calls.
"""

from __future__ import annotations

import argparse
import datetime as dt
import random
import re
import resource
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

from starlette.testclient import TestClient

from accord.arrangement import NewParty, card, conclude, create_desk, draft
from accord.arrangement.model import Contact
from accord.desk import Office, Role, application
from accord.exchange import state
from accord.records import Entity
from accord.review._store import JUDGEMENTS, PAIRS
from accord.vault import TESTS

PASSPHRASE = PASSWORD = "a passphrase for made-up data"
_PARTS = [
    "ka",
    "mo",
    "ra",
    "li",
    "ven",
    "tor",
    "shi",
    "dal",
    "nu",
    "be",
    "go",
    "zar",
    "mi",
    "fe",
    "lo",
    "sa",
    "du",
    "ri",
    "ne",
    "pol",
    "an",
    "ek",
    "ost",
    "ul",
]


def people(number: int, seed: int) -> Iterator[Entity]:
    """Made-up persons: three names of 60,000, an alias for a third of them, a passport, a birth date."""
    chance = random.Random(seed)
    names = ["".join(chance.choices(_PARTS, k=chance.randint(2, 4))).title() for _ in range(60_000)]
    for index in range(number):
        given = {"name": (" ".join(chance.choices(names, k=3)),), "passportNumber": (f"A{chance.randrange(10**8):08}",)}
        given["birthDate"] = (str(dt.date(1940, 1, 1) + dt.timedelta(days=chance.randrange(24_000))),)
        given["nationality"] = (chance.choice(["ch", "ir", "br", "ng"]),)
        if chance.random() < 0.33:
            given["alias"] = (" ".join(chance.choices(names, k=2)),)
        yield Entity(f"p-{index:08}", "Person", given)


def timed(name: str, calls: int, call: Callable[[], object]) -> None:
    """Print the median and p95 of a call in milliseconds; the first call is not counted."""
    call()
    times = []
    for _ in range(calls):
        begun = time.perf_counter()
        call()
        times.append((time.perf_counter() - begun) * 1000)
    print(f"  {name:<34} {statistics.median(times):8.1f} {statistics.quantiles(times, n=20)[-1]:8.1f} ms", flush=True)


def desk(root: Path) -> Office:
    """A desk under an accord with another."""
    folders = [
        create_desk(root / name, PASSPHRASE, NewParty(name, name, Contact(name)), cost=TESTS) for name in ("a", "b")
    ]
    conclude(folders, draft([card(folder) for folder in folders], dt.datetime.now(dt.UTC).date()))
    for folder in folders:
        folder.close()
    return Office.open(root / "a", PASSPHRASE, cost=TESTS)


def matches(office: Office, number: int) -> None:
    """As many possible matches as a busy year leaves, straight into the state."""
    now = dt.datetime.now(dt.UTC).isoformat()
    with state.opened(office.folder).begin() as connection:
        for index in range(number // 10):
            state.put(connection, state.Session(f"s{index:015}", "question", "asker", "b", "closed", "investigation", "c",
                                                "", 4, "", now))  # fmt: skip
        state.put(connection, *(state.Hit(f"h{index:015}", f"s{index // 10:015}", "b", f"p-{index:08}", "b", "desk b",
                                          "contact", now) for index in range(number)))  # fmt: skip


def pairs(office: Office, number: int, held: int) -> None:
    """As many pairs that wait for review, and an eighth as many that were judged, straight into the state."""
    now, chance = dt.datetime.now(dt.UTC).isoformat(timespec="seconds"), random.Random(number)
    rows = [
        {"id": f"{index:016x}", "left": f"p-{index:08}", "right": f"p-{chance.randrange(index + 1, held):08}",
         "score": chance.random(), "state": "same" if index % 8 == 0 else "open", "since": now}
        for index in range(min(number, held - 1))
    ]  # fmt: skip
    said = [
        {"pair": row["id"], "account": "ana", "verdict": "same", "second": 0, "seconds": 5, "at": now, "undone": 0}
        for row in rows if row["state"] == "same"
    ]  # fmt: skip
    with office.folder.engine().begin() as connection:
        connection.execute(PAIRS.insert(), rows)
        connection.execute(JUDGEMENTS.insert(), said)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--records", type=int, default=1_000_000)
    parser.add_argument("--matches", type=int, default=10_000)
    parser.add_argument("--pairs", type=int, default=100_000)
    parser.add_argument("--calls", type=int, default=40)
    parser.add_argument("--seed", type=int, default=7)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        office = desk(Path(place))
        now = dt.datetime.now(dt.UTC)
        office.holding.load(people(given.records, given.seed), source="made.jsonl", at=now)
        matches(office, given.matches)
        pairs(office, given.pairs, given.records)
        office.accounts.add("ana", Role.ANALYST, PASSWORD, "analyst", now)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        begun = time.perf_counter()
        office.holding.page("", None, 0, 0)
        print(f"{given.records:,} records; names read into memory once in {time.perf_counter() - begun:.1f} s")
        print(
            f"peak of memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10} MB, {before >> 10} MB after the load"
        )
        client = TestClient(application(office, {"desk.test"}), base_url="http://desk.test")
        token = re.search(r'name="token" value="(\w+)"', client.get("/sign-in").text)
        assert token is not None
        client.post("/sign-in", data={"name": "ana", "password": PASSWORD, "token": token[1]})
        sample = random.Random(given.seed + 1)
        chosen = [one for one in people(min(given.records, 5_000), given.seed) if sample.random() < 0.05]
        captions = [(one.id + " " + one.caption).casefold() for one in people(given.records, given.seed)]
        turn = count()

        def one() -> Entity:
            return chosen[next(turn) % len(chosen)]

        def get(path: str, **query: str) -> None:
            answer = client.get(path, params=query)
            assert answer.status_code == 200, (path, answer.status_code)

        print(f"  {'page':<34} {'median':>8} {'p95':>8}")
        timed("search, a whole name", given.calls, lambda: get("/records", text=one().caption))
        timed(
            "search, a passport number", given.calls, lambda: get("/records", text=one().first("passportNumber") or "")
        )
        timed("search, a part in many names", given.calls, lambda: get("/records", text="zar mo"))
        timed("search, one letter", given.calls, lambda: get("/records", text="k"))
        timed("search, nothing fits", given.calls, lambda: get("/records", text="wxyzzy"))
        timed("records, without a search", given.calls, lambda: get("/records"))
        timed("one record", given.calls, lambda: get(f"/records/p-{sample.randrange(given.records):08}"))
        timed("Today", given.calls, lambda: get("/"))
        timed("possible matches, 200 a page", given.calls, lambda: get("/exchange/hits"))
        timed("Review", given.calls, lambda: get("/review"))
        timed("peer: scan of a list in memory", given.calls, lambda: [text for text in captions if "wxyzzy" in text])
        office.folder.close()


if __name__ == "__main__":
    main()
