"""Where the demo plays: it runs real `accord` commands as processes and shows what they print.

Invariants: nothing is faked, a command that does not end with the exit code that the story expects stops the demo;
`--json` answers are read for the claims, never made up.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import click
import orjson

from accord.errors import EXIT_REFUSED, InternalError

PASSPHRASE = "a passphrase for made-up data only"  # noqa: S105 - the demo's desks hold nothing real
PASSWORD = "made-up people only"  # noqa: S105 - of every account at them
SHOWN_LINES, SHOWN_WIDTH = 7, 118


@dataclass(slots=True)
class Stage:
    """A folder with two desks, and somebody who listens to `say`."""

    folder: Path
    say: Callable[[str], None]
    commands: int = field(default=0)
    refusals: int = field(default=0)

    def run(self, words: str, *, expect: int = 0, lines: int = SHOWN_LINES) -> str:
        """Run `accord WORDS` in the folder, show it with its first `lines` of output, and return all it printed."""
        self.say("")
        self.say(click.style(f"  $ accord {words}", bold=True))
        done = self._call(words)
        printed = done.stdout + done.stderr
        if done.returncode != expect:
            raise InternalError(
                "demo.broken", f"`accord {words}` ended with {done.returncode}, not {expect}:\n{printed}", "report it"
            )
        shown = [line for line in printed.splitlines() if line.strip()]
        for line in shown[:lines]:
            cut = line if len(line) <= SHOWN_WIDTH else line[: SHOWN_WIDTH - 1] + "…"
            self.say(f"    {cut.replace(chr(9), '   ')}")
        if len(shown) > lines:
            more = len(shown) - lines
            self.say(click.style(f"    … {more} more {'line' if more == 1 else 'lines'}", dim=True))
        if expect:
            self.refusals += expect == EXIT_REFUSED
            self.say(click.style(f"    (exit code {expect})", dim=True))
        return printed

    def rows(self, words: str) -> list[dict[str, object]]:
        """What `accord WORDS --json` answers, without showing it."""
        done = self._call(f"{words} --json")
        if done.returncode:
            raise InternalError("demo.broken", f"`accord {words} --json` ended with {done.returncode}", "report it")
        return [orjson.loads(line) for line in done.stdout.splitlines() if line.strip()]

    @property
    def environment(self) -> dict[str, str]:
        """What the commands run in: the passphrase and the password of made-up desks."""
        given = {"ACCORD_PASSPHRASE": PASSPHRASE, "ACCORD_ACCOUNT_PASSWORD": PASSWORD, "PYTHONIOENCODING": "utf-8"}
        return {**{name: value for name, value in os.environ.items() if name != "ACCORD_DESK"}, **given}

    def _call(self, words: str) -> subprocess.CompletedProcess[str]:
        self.commands += 1
        return subprocess.run(  # noqa: S603 - our own command line, words from this package
            [sys.executable, "-m", "accord.cli", *shlex.split(words)],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            encoding="utf-8",
            check=False,
            stdin=subprocess.DEVNULL,
        )
