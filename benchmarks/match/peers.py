"""Build the environment of the peers in `benchmarks/.peers`: nomenklatura and what it needs, from wheels only.

`followthemoney` needs `pyicu`, which has no wheels; `pyicu-wheels` is the same module with ICU inside. So `peers.txt`
lists every package with its version, and nothing is resolved.

    python benchmarks/match/peers.py
"""

from __future__ import annotations

import subprocess
import sys
import venv
from pathlib import Path

HERE = Path(__file__).parent
PEERS = HERE.parent / ".peers"


def python() -> Path:
    """The interpreter of the peers' environment."""
    return PEERS / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")


def main() -> None:
    if not python().exists():
        venv.create(PEERS, with_pip=True)
    install = ["-m", "pip", "install", "--quiet", "--no-deps", "--only-binary", ":all:"]
    subprocess.run([str(python()), *install, "-r", str(HERE / "peers.txt")], check=True)
    print(f"ready: {python()}")


if __name__ == "__main__":
    main()
