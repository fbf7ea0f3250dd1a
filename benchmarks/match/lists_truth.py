"""Of the pairs of the three real lists that share an identifier, which are found once it is taken away; and what else.

    python benchmarks/match/lists_truth.py [DATA]        # DATA holds lists/ and pairs/ (default: ../shared/data/match)

All identifiers but phones and e-mails are taken from all records of the three lists; `accord match dedupe` then runs on
them put together, as a process from start to end, and so does the naive script. *Found* are pairs of records of different
lists that had the same passport, tax, registration, IMO … number. Some of these were trained on (without the number), so the
pairs of which no record was seen in training stand apart. *Hard negatives* are the negative pairs of the reported
cross-list set: like-named records of two lists, which share no number. Ids serve here to look up the truth only.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

from training_pairs import reported_ids

from accord.match.v1.analyse import identifiers_of
from accord.records import Entity
from accord.records.clean import identifier_kind

HERE = Path(__file__).parent
LISTS = ("eu", "ofac", "un")
KEPT = ("phone", "email")
MOST_HOLDERS = 4  # more records than that share an agent's number, not an identity


def records(folder: Path) -> Iterator[tuple[str, Entity]]:
    for name in LISTS:
        for line in (folder / f"lists/{name}.ftm.jsonl").read_text("utf-8").splitlines():
            yield name, Entity.from_dict(json.loads(line))


def truth(folder: Path) -> set[tuple[str, str]]:
    """Pairs of records of different lists, of one schema family as the matcher sees it, that share a checked number."""
    holders: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
    for source, entity in records(folder):
        for kind, value in set(identifiers_of(entity)):
            if kind not in (*KEPT, "phone-local") and not kind.endswith("-unchecked"):
                holders[kind, value].append((source, entity.id))
    return {
        tuple(sorted((one, other)))  # type: ignore[misc]
        for held in holders.values() if len(held) <= MOST_HOLDERS
        for (first, one), (second, other) in combinations(held, 2) if first != second
    }  # fmt: skip


def hard_negatives(folder: Path, known: set[str]) -> set[tuple[str, str]]:
    found = set()
    for line in (folder / "pairs/crosslist.jsonl").read_text("utf-8").splitlines():
        pair = json.loads(line)
        ids = [pair[side]["id"].removesuffix("-n").removesuffix("-l") for side in ("left", "right")]
        if pair["judgement"] == "negative" and known.issuperset(ids):
            found.add(tuple(sorted(ids)))
    return found


def run(command: list[str], out: Path) -> tuple[float, float]:
    """Seconds and peak memory (MB) of a process from start to end."""
    start = time.perf_counter()
    with out.open("wb") as file:
        process = subprocess.Popen(command, stdout=file, stderr=subprocess.DEVNULL)
        _, status, used = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"{command[0]} failed")
    return time.perf_counter() - start, used.ru_maxrss / 1024


def main(arguments: list[str]) -> None:
    folder = Path(arguments[0]) if arguments else HERE.parents[2] / "shared" / "data" / "match"
    seen = reported_ids(folder.parent)  # of these no record was trained on
    known = {entity.id for _, entity in records(folder)}
    same, others = truth(folder), hard_negatives(folder, known)
    unseen = {pair for pair in same if set(pair) & seen}
    others -= same
    print(f"{len(known):,} records; {len(same):,} pairs share a number, {len(unseen):,} of them not trained on;"
          f" {len(others):,} hard negatives\n")  # fmt: skip
    print(
        "| matcher | found | found of those not trained on | hard negatives matched | seconds | peak MB |\n|---|---|---|---|---|---|"
    )
    with tempfile.TemporaryDirectory() as temporary:
        bare, rows, naive = (Path(temporary) / name for name in ("bare.jsonl", "rows.jsonl", "naive.jsonl"))
        with bare.open("w", encoding="utf-8") as file:
            for _, entity in records(folder):
                kept = {
                    prop: values
                    for prop, values in entity.properties.items()
                    if not identifier_kind(prop) or prop in KEPT
                }
                file.write(json.dumps(Entity(entity.id, entity.schema, kept).to_dict(), ensure_ascii=False) + "\n")
        accord = str(Path(sysconfig.get_path("scripts")) / "accord")
        for name, command, out in (
            ("Accord", [accord, "match", "dedupe", str(bare), "--out", "-"], rows),
            ("naive script", [sys.executable, str(HERE / "naive.py"), str(bare)], naive),
        ):
            seconds, memory = run(command, out)
            matched = {
                tuple(sorted((row["left"], row["right"])))
                for row in map(json.loads, out.read_text("utf-8").splitlines())
                if row.get("match", True)
            }
            shares = [len(pairs & matched) / max(len(pairs), 1) for pairs in (same, unseen, others)]
            print(
                f"| {name} | {shares[0]:.3f} | {shares[1]:.3f} | {shares[2]:.3f} | {seconds:.1f} | {memory:,.0f} |",
                flush=True,
            )


if __name__ == "__main__":
    main(sys.argv[1:])
