"""Processor seconds and memory from many activities to all squares: `python benchmarks/coverage/scale.py [COUNT …]`.

A seeded generator writes a CSV of activities in four languages (a tenth of them about crime) and each count runs in a
process of its own, so that its peak memory is its own. Default: 100,000 then 1,000,000. Target: growth at most linear.
"""

from __future__ import annotations

import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from accord.coverage import places

_TITLES = (
    "Training of prosecutors on trafficking in persons", "Lutte contre la corruption et appui aux parquets",
    "Fortalecimiento de laboratorios forenses sobre drogas", "Prevention of violent extremism among youth",
)  # fmt: skip
_OTHER = ("School meals in district", "Accès à l’eau potable", "Salud materna en el municipio", "Rural roads phase")


def write(path: Path, count: int) -> None:
    """A book of `count` activities by 40 partners, the same for the same count."""
    chance = random.Random(count)
    with path.open("w", encoding="utf-8") as file:
        file.write("id,partner,title,description,start,end,countries\n")
        for number in range(count):
            title = chance.choice(_TITLES if chance.random() < 0.1 else _OTHER)
            first = chance.randint(2019, 2025)
            file.write(
                f"A{number},P{chance.randrange(40)},{title} {chance.randrange(5000)},,{first}-01-01,"
                f"{first + chance.randrange(3)}-12-31,{chance.choice(places.COUNTRIES)}\n"
            )


def measure(count: int) -> None:
    """Make the map of `count` activities, and print its time and this process's peak memory."""
    from accord.coverage import make

    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder) / "book.csv", count)
        plan = Path(folder) / "coverage.toml"
        source = '[[source]]\nfile = "book.csv"\nformat = "table"\nparty_column = "partner"\nreports = "all"\n'
        plan.write_text(f"[period]\nfrom = 2022\nto = 2025\n{source}", encoding="utf-8")
        start = time.process_time()
        grid = make(plan).grid
        took = time.process_time() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    squares = int((grid.partners > 0).sum())
    print(
        f"{count:>12,}{took:>10.1f} s{took / count * 1e6:>10.1f} µs each{peak:>10,.0f} MB{squares:>10,} squares with records"
    )


def main() -> None:
    if sys.argv[1:2] == ["--one"]:
        measure(int(sys.argv[2]))
        return
    print("  activities  processor          per one      peak")
    for count in sys.argv[1:] or ["100000", "1000000"]:
        subprocess.run([sys.executable, __file__, "--one", count], check=True)


if __name__ == "__main__":
    main()
