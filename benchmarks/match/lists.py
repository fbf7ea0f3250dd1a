"""The three real lists, all records against all, each matcher as a process from start to end.

    python benchmarks/match/peers.py && python benchmarks/match/lists.py [FOLDER]

Ours is `accord match dedupe` on the lists put together; the naive script reads the same file. nomenklatura builds its
index and lists all its candidate pairs in full; of these a sample is scored by logic-v2 and the time for all of them is
EXTRAPOLATED from it. Peak memory is that of the process.
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


def timed(command: list[str], output: Path) -> float:
    """Seconds from start to end of a process."""
    start = time.perf_counter()
    with output.open("wb") as out:
        subprocess.run(command, check=True, stdout=out, stderr=subprocess.DEVNULL)
    return time.perf_counter() - start


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
    print(f"{records:,} records, all against all; best of {RUNS} runs (all: "
          f"{', '.join(f'{t:.1f}' for t in mine)} s and {', '.join(f'{t:.1f}' for t in script)} s)\n")  # fmt: skip
    print("| matcher | seconds | × ours | pairs found |\n|---|---|---|---|")
    print(f"| Accord, `accord match dedupe`, one core | {min(mine):.1f} | 1 | {found:,} |")
    print(f"| naive script | {min(script):.1f} | {min(script) / min(mine):.2f} | {naive_found:,} |", flush=True)
    if not peers.python().exists():
        print("\nnomenklatura is missing: build its environment with benchmarks/match/peers.py")
        return
    command = [str(peers.python()), str(HERE / "nk.py"), "lists", str(SAMPLE), *map(str, files)]
    peer = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    whole = peer["index"] + peer["scoring"] * peer["candidates"] / max(1, peer["sample"])
    print(f"| nomenklatura, logic-v2 (**extrapolated**) | {whole:,.0f} | {whole / min(mine):.0f} | – |")
    print(
        f"\nnomenklatura: index and candidates {peer['index']:.1f} s in full; {peer['sample']:,} of {peer['candidates']:,}"
        f" candidate pairs scored in {peer['scoring']:.1f} s, the rest extrapolated. Peak memory of ours or the"
        f" script's, whichever is larger: {memory:,.0f} MB."
    )


if __name__ == "__main__":
    main(sys.argv[1:])
