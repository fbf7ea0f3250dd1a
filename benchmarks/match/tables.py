"""Flat tables with known truth, Splink beside us in the same run, each as a process from start to end on one core.

    python benchmarks/match/tables.py [FOLDER]        # the three labelled tables
    python benchmarks/match/tables.py --million       # a made table of 1,000,000 rows, see made_table.py

Ours is `accord match link | dedupe … --mapping … [--learn]`; Splink runs in an environment of its own
(`benchmarks/.splink`, from `splink.txt`), with the settings of `splink_peer.py`. Truth columns and ids that tell the truth are
given to neither. Historical table: the half of the people whose id's CRC is odd is reported; ours was developed on the
other half. Splink trains on the same half that it predicts, without labels.
"""

from __future__ import annotations

import csv
import os
import subprocess
import sys
import sysconfig
import tempfile
import time
import venv
import zlib
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from accord.match import Match, clusters
from accord.match import one_to_one as partners

HERE = Path(__file__).parent
SPLINK = HERE.parent / ".splink"
PYTHON = SPLINK / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
THRESHOLD = 0.5

PERSON = '[[entity]]\nschema = "Person"\nid = "{unique_id}"\n[entity.properties]\n'
MAPPINGS = {
    "febrl4": PERSON
    + 'firstName = "given_name"\nlastName = "surname"\nbirthDate = "date_of_birth"\nidNumber = "soc_sec_id"\n'
    + 'address = { join = ["street_number", "address_1", "address_2", "suburb", "postcode", "state"] }\n',
    "historical": PERSON
    + 'name = "full_name"\nbirthDate = "dob"\nbirthPlace = "birth_place"\ngender = "gender"\n'
    + '[entity.other]\npostcode = "postcode_fake"\noccupation = "occupation"\n',
    "patstat": PERSON.replace("Person", "Company") + 'name = "name"\n',
    "million": PERSON
    + 'firstName = "given"\nlastName = "family"\nbirthDate = "born"\naddress = { join = ["street", "city", "postcode"] }\n',
}


def numbered(table: pa.Table, clusters_: Iterable[str], start: int = 0) -> tuple[pa.Table, np.ndarray]:
    """The table with row numbers for ids, and the truth as a number a row."""
    truth = np.unique(list(clusters_), return_inverse=True)[1]
    ids = pa.array([str(start + n) for n in range(len(table))])
    return table.append_column("unique_id", ids), truth


def febrl4(folder: Path) -> tuple[list[pa.Table], np.ndarray]:
    tables, names = [], []
    for part in "ab":
        with (folder / f"dataset4{part}.csv").open() as file:
            rows = list(csv.DictReader(file, skipinitialspace=True))
        names += [row.pop("rec_id").split("-")[1] for row in rows]
        table = pa.Table.from_pylist([{k: v or None for k, v in row.items()} for row in rows])
        tables.append(numbered(table, [""] * len(rows), start=5000 * len(tables))[0])
    return tables, np.unique(names, return_inverse=True)[1]


def historical(folder: Path) -> tuple[list[pa.Table], np.ndarray]:
    table = pq.read_table(folder / "historical_50k.parquet")
    odd = [zlib.crc32(name.encode()) % 2 == 1 for name in table["cluster"].to_pylist()]
    table = table.filter(pa.array(odd))
    people = table["cluster"].to_pylist()
    made, truth = numbered(table.drop_columns(["cluster", "unique_id"]), people)
    return [made], truth


def patstat(folder: Path) -> tuple[list[pa.Table], np.ndarray]:
    with (folder / "patstat_reference.csv").open() as file:
        owner = {row["person_id"]: row["leuven_id"] for row in csv.DictReader(file)}
    with (folder / "patstat_input.csv").open() as file:
        rows = list(csv.DictReader(file))
    names = [row["Name"].lower() for row in rows]
    words = [[*name.split(), None, None] for name in names]  # Splink compares columns, so it gets the words apart, too
    table = pa.table({"name": names, "first_word": [w[0] for w in words], "second_word": [w[1] for w in words]})
    made, truth = numbered(table, [owner[row["person_id"]] for row in rows])
    return [made], truth


def total_pairs(truth: np.ndarray, split: int | None) -> int:
    if split is not None:
        return len(set(truth[:split].tolist()) & set(truth[split:].tolist()))
    sizes = np.bincount(truth)
    return int((sizes * (sizes - 1) // 2).sum())


def figures(left: np.ndarray, right: np.ndarray, scores: np.ndarray, truth: np.ndarray, split: int | None) -> str:
    total = total_pairs(truth, split)
    good = truth[left] == truth[right]
    order = np.argsort(-scores, kind="stable")
    found = np.cumsum(good[order])
    f1 = 2 * found / (np.arange(1, len(order) + 1) + total)
    at = scores >= THRESHOLD
    default = 2 * (good & at).sum() / (at.sum() + total)
    together = clusters(
        [Match(str(a), str(b), float(s)) for a, b, s in zip(left.tolist(), right.tolist(), scores.tolist(), strict=True)],
        threshold=THRESHOLD,
    ) if split is None and len(scores) < 5_000_000 else []  # fmt: skip
    joined = "–"
    if together:
        label = np.arange(len(truth))
        for cluster in together:
            label[[int(m) for m in cluster.members]] = int(cluster.id)
        sizes = np.bincount(label)
        both = np.unique(label * len(truth) + truth, return_counts=True)[1]
        right_pairs = int((both * (both - 1) // 2).sum())
        joined = f"{2 * right_pairs / (int((sizes * (sizes - 1) // 2).sum()) + total):.4f}"
    one = f"{one_to_one(left, right, scores, good, total):.4f}" if split is not None else "–"
    return f"{default:.4f} | {f1.max():.4f} | {joined} | {one}"


def one_to_one(left: np.ndarray, right: np.ndarray, scores: np.ndarray, good: np.ndarray, total: int) -> float:
    """F1 at the default threshold when each record has one partner at most, as `match link --one-to-one` gives them."""
    truth = {(str(a), str(b)): bool(same) for a, b, same in zip(left, right, good, strict=True)}
    pairs = map(Match, left.astype(str).tolist(), right.astype(str).tolist(), scores.tolist())
    found = partners(pairs, threshold=THRESHOLD)
    return 2 * sum(truth[match.left, match.right] for match in found) / (len(found) + total)


def ours(name: str, files: list[Path], folder: Path, learn: bool) -> tuple[Path, float, float]:
    accord = Path(sysconfig.get_path("scripts")) / "accord"
    mapping, out = folder / "columns.toml", folder / "ours.parquet"
    mapping.write_text(MAPPINGS[name])
    verb = ["link", *map(str, files)] if len(files) > 1 else ["dedupe", str(files[0])]
    options = ["--mapping", str(mapping), "--threshold", "0.01", "--out", str(out)]
    seconds, megabytes = timed([str(accord), "match", *verb, *options, *(["--learn"] if learn else [])])
    return out, seconds, megabytes


def timed(command: list[str]) -> tuple[float, float]:
    """Seconds and peak megabytes of a process."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    said = process.stderr.read() if process.stderr else b""
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        sys.exit(said.decode())
    return time.perf_counter() - start, usage.ru_maxrss / 1024


def run(name: str, tables: list[pa.Table], truth: np.ndarray, peers: tuple[str, ...], learn: tuple[bool, ...]) -> None:
    split = len(tables[0]) if len(tables) > 1 else None
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        files = [folder / f"{number}.parquet" for number in range(len(tables))]
        for file, table in zip(files, tables, strict=True):
            pq.write_table(table, file)
        for learned in learn:
            out, seconds, megabytes = ours(name, files, folder, learned)
            rows = pq.read_table(out)
            show(name, "Accord, --learn" if learned else "Accord", rows, ("left", "right", "score"), truth, split,
                 seconds, megabytes)  # fmt: skip
        for peer in peers:
            out = folder / "splink.parquet"
            seconds, megabytes = timed([str(PYTHON), str(HERE / "splink_peer.py"), peer, str(out), *map(str, files)])
            said = "Splink, untuned" if peer == "untuned" else "Splink, best-known settings"
            show(name, said, pq.read_table(out), ("unique_id_l", "unique_id_r", "match_probability"), truth, split,
                 seconds, megabytes)  # fmt: skip


def show(
    name: str, matcher: str, rows: pa.Table, columns: tuple[str, str, str], truth: np.ndarray, split: int | None,
    seconds: float, megabytes: float,
) -> None:  # fmt: skip
    left, right = (pc.cast(rows[column], pa.int64()).to_numpy() for column in columns[:2])
    scores = rows[columns[2]].to_numpy()
    low, high = np.minimum(left, right), np.maximum(left, right)
    per_minute = 60 * len(truth) / seconds / 1000
    print(f"| {name} | {matcher} | {figures(low, high, scores, truth, split)} | {seconds:,.1f} | {per_minute:,.0f}k |"
          f" {megabytes:,.0f} |", flush=True)  # fmt: skip


def main(arguments: list[str]) -> None:
    if not PYTHON.exists():
        venv.create(SPLINK, with_pip=True)
        install = ["-m", "pip", "install", "--quiet", "--no-deps", "--only-binary", ":all:", "-r"]
        subprocess.run([str(PYTHON), *install, str(HERE / "splink.txt")], check=True)
    print("| table | matcher | F1 at 0.5 | best F1 | F1 of clusters | F1 one-to-one at 0.5 | seconds | rows/min | MB |")
    print("|---|---|---|---|---|---|---|---|---|", flush=True)
    if "--million" in arguments:
        import made_table

        table, truth = made_table.made(int(os.environ.get("ROWS", "1000000")))
        run("million", [table], truth, ("million",), (False,))
        return
    folder = Path(arguments[0]) if arguments else HERE.parents[2] / "shared" / "data" / "match" / "tables"
    chosen = os.environ.get("TABLES", "febrl4 historical patstat").split()
    for name, read, peers in (
        ("febrl4", febrl4, ("febrl4",)),
        ("historical", historical, ("untuned", "historical")),
        ("patstat", patstat, ("patstat",)),
    ):
        if name in chosen:
            run(name, *read(folder), peers, (False, True))


if __name__ == "__main__":
    main(sys.argv[1:])
