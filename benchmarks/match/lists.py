"""The three real lists, all records against all, each matcher as a process from start to end.

    python benchmarks/match/peers.py && python benchmarks/match/lists.py [FOLDER]

Ours is `accord match dedupe` on the lists put together; the naive script reads the same file. nomenklatura builds its
index and lists all its candidate pairs in full; of these a sample is scored by logic-v2 and the time for all of them is
EXTRAPOLATED from it. Peak memory is that of the
largest process.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import sysconfig
import tempfile
import time
from pathlib import Path

import peers

HERE = Path(__file__).parent
LISTS = ("eu", "ofac", "un")
SAMPLE, RUNS = 3_000, 3


def timed(command: list[str], output: Path) -> tuple[float, float]:
    """Seconds from start to end of a process, by the clock and of processor (its own workers included)."""
    start, used = time.perf_counter(), processor()
    with output.open("wb") as out:
        subprocess.run(command, check=True, stdout=out, stderr=subprocess.DEVNULL)
    return time.perf_counter() - start, processor() - used


def processor() -> float:
    """Seconds of processor that the processes started from here took until they ended."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def listed(times: list[tuple[float, float]]) -> str:
    """Of several runs."""
    return ", ".join(f"{clock:.1f} ({cpu:.1f})" for clock, cpu in times)


def main(arguments: list[str]) -> None:
    folder = Path(arguments[0]) if arguments else HERE.parents[2] / "shared" / "data" / "match" / "lists"
    files = [folder / f"{name}.ftm.jsonl" for name in LISTS]
    accord = Path(sysconfig.get_path("scripts")) / "accord"
    with tempfile.TemporaryDirectory() as temporary:
        together, rows, other = (Path(temporary) / name for name in ("all.jsonl", "rows.jsonl", "naive.jsonl"))
        together.write_bytes(b"".join(file.read_bytes().rstrip(b"\n") + b"\n" for file in files))
        records = together.read_bytes().count(b"\n")
        mine, script = [], []
        for _ in range(RUNS):  # taken in turns, so that a noisy minute hits both
            mine.append(timed([str(accord), "match", "dedupe", str(together), "--out", str(rows)], other))
            script.append(timed([sys.executable, str(HERE / "naive.py"), str(together)], other))
        memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        found, naive_found = rows.read_bytes().count(b"\n"), other.read_bytes().count(b"\n")
    (ours, our_cpu), (theirs, their_cpu) = min(mine), min(script)
    print(f"{records:,} records, all against all; {RUNS} runs in turns, seconds by the clock (of processor): ours"
          f" {listed(mine)}; the script's {listed(script)}. The best of each:\n")  # fmt: skip
    print("| matcher | seconds | of processor | ours / theirs | pairs found |\n|---|---|---|---|---|")
    print(f"| Accord, `accord match dedupe`, all cores | {ours:.1f} | {our_cpu:.1f} | 1 | {found:,} |")
    print(f"| naive script | {theirs:.1f} | {their_cpu:.1f} | {ours / theirs:.1f} | {naive_found:,} |", flush=True)
    if not peers.python().exists():
        print("\nnomenklatura is missing: build its environment with benchmarks/match/peers.py")
        return
    command = [str(peers.python()), str(HERE / "nk.py"), "lists", str(SAMPLE), *map(str, files)]
    peer = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    whole = peer["index"] + peer["scoring"] * peer["candidates"] / max(1, peer["sample"])
    print(f"| nomenklatura, logic-v2 (**extrapolated**) | {whole:,.0f} | – | 1/{whole / ours:.0f} | – |")
    print(
        f"\nnomenklatura: index and candidates {peer['index']:.1f} s in full; {peer['sample']:,} of {peer['candidates']:,}"
        f" candidate pairs scored in {peer['scoring']:.1f} s, the rest extrapolated. Peak memory of ours or the"
        f" script's, whichever is larger: {memory:,.0f} MB."
    )


if __name__ == "__main__":
    main(sys.argv[1:])
