"""The tutorials run as written: each `sh` block is executed in order, each `text` block after it is what it prints.

In a `text` block, a line `…` stands for any lines and `…` inside a line for any characters, so that a page need not
repeat key ids and times.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs"
FENCE = re.compile(r"^```(\w+)\n(.*?)^```", re.M | re.S)
TUTORIALS = sorted((DOCS / "tutorial").glob("*.md"))


def pattern(expected: str) -> str:
    """A regular expression for what a `text` block allows."""
    lines = [line.rstrip() for line in expected.strip("\n").splitlines()]
    parts = []
    for line in lines:
        if line.strip() == "…":
            parts.append(r"(?:[^\n]*\n)*?")
        else:
            parts.append("[^\n]*?".join(re.escape(piece) for piece in line.split("…")) + r"[ \t]*\n")
    return "".join(parts)


@pytest.mark.parametrize("page", TUTORIALS, ids=lambda page: page.stem)
def test_tutorial_runs_as_written(page: Path, tmp_path: Path) -> None:
    blocks = FENCE.findall(page.read_text(encoding="utf-8"))
    assert any(language == "sh" for language, _ in blocks)
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    environment.pop("ACCORD_DESK", None)
    environment.pop("ACCORD_PASSPHRASE", None)
    printed = ""
    state = tmp_path / ".environment"  # so that `export` in one block holds in the next
    work = tmp_path / "work"
    work.mkdir()
    for language, block in blocks:
        if language == "sh":
            script = f"set -euo pipefail\n[ -f {state} ] && source {state}\n{block}\nexport -p > {state}\n"
            run = subprocess.run(
                ["bash", "-c", script],
                cwd=work,
                env=environment,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                check=False,
                timeout=300,
            )
            printed = run.stdout
            assert run.returncode == 0, f"{page.name}:\n{block}\n{printed}"
        elif language == "text":
            assert re.fullmatch(pattern(block), printed.rstrip("\n") + "\n"), f"expected:\n{block}\nprinted:\n{printed}"


def test_a_text_block_allows_only_what_it_says() -> None:
    assert re.fullmatch(pattern("one …\n…\nlast"), "one two\nx\ny\nlast\n")
    assert not re.fullmatch(pattern("one\nlast"), "one\nx\nlast\n")
