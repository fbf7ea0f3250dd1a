"""How long until `accord --help` answers, beside `import click, rich` in the same run.

Run: `.venv/bin/python benchmarks/startup.py`. Prints medians over alternating fresh processes and their ratio
(target: at most 1.5).
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

RUNS = 21
PEER = [sys.executable, "-c", "import click, rich.console, rich.table, rich.progress"]
OURS = {
    "import accord": [sys.executable, "-c", "import accord"],
    "accord --help": [sys.executable, "-m", "accord.cli", "--help"],
}


def seconds(command: list[str]) -> float:
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def main() -> None:
    taken: dict[str, list[float]] = {"click + rich": [], **{name: [] for name in OURS}}
    for _ in range(RUNS):
        taken["click + rich"].append(seconds(PEER))
        for name, command in OURS.items():
            taken[name].append(seconds(command))
    peer = statistics.median(taken["click + rich"])
    print("| command | median s | ratio to click + rich |\n|---|---|---|")
    for name, runs in taken.items():
        middle = statistics.median(runs)
        print(f"| {name} | {middle:.3f} | {middle / peer:.2f} |")


if __name__ == "__main__":
    main()
