"""The demo's last step: both desks stand open, in the middle of a conversation, with something waiting at each.

Invariants: nothing is faked: what waits was brought about by the commands shown, the accounts were made by
`accord desk account add`, and the desks are served by `accord desk serve`; both stop with the demo.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import click

from accord.cli.demo.stage import PASSPHRASE, PASSWORD, Stage
from accord.cli.demo.world import IPOL, UNITE
from accord.errors import InternalError

PEOPLE = {UNITE: ("ana", "boris"), IPOL: ("chen", "dina")}  # an analyst and an approver each
_FIELDS = "--property birthDate --property country --property nationality"
_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Door:
    """One desk that is served: whose, and where."""

    party: str
    address: str


def go_on(folder: Path, say: Callable[[str], None]) -> None:
    """Begin two more requests, one each way, and let people sign in at both desks."""
    stage = Stage(folder, say)
    say("")
    say(click.style("9. The work goes on: each side asks the other for something more", bold=True, fg="cyan"))
    for number, (asker, giver) in enumerate(((UNITE, IPOL), (IPOL, UNITE))):
        hit, file = _persons(stage, asker)[number], f"post/9-request-of-{asker}.accord"
        stage.run(f"exchange request {hit} {_FIELDS} --purpose investigation --desk {asker} --out {file}", lines=2)
        stage.run(f"exchange receive {file} --desk {giver}", lines=2)
    for party, (analyst, approver) in PEOPLE.items():
        for name, role in ((analyst, "analyst"), (approver, "approver")):
            stage.run(f"desk account add {name} --role {role} --officer {role} --desk {party}", lines=1)


@contextmanager
def open_doors(folder: Path) -> Iterator[list[Door]]:
    """Serve both desks on free ports of this machine until the block ends, also when this process is asked to end."""
    stage, running, doors = Stage(folder, lambda _text: None), [], []
    before = signal.signal(signal.SIGTERM, _end)
    try:
        for party in PEOPLE:
            process = subprocess.Popen(  # noqa: S603 - our own command line
                [sys.executable, "-m", "accord.cli", "desk", "serve", party, "--port", "0",
                 "--coverage", "world/coverage.toml"],
                cwd=folder, env=stage.environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE, encoding="utf-8",
            )  # fmt: skip
            running.append(process)
            doors.append(Door(party, _address(process)))
        yield doors
    finally:
        for process in running:
            process.terminate()
        for process in running:
            process.communicate(timeout=10)
        signal.signal(signal.SIGTERM, before)


def _end(_number: int, _frame: object) -> None:
    raise KeyboardInterrupt


def welcome(say: Callable[[str], None], doors: list[Door]) -> None:
    """Tell where the desks are, who may sign in, and what to try."""
    say("")
    say(click.style("Two desks are open: go to their addresses with your browser", bold=True))
    for door in doors:
        analyst, approver = PEOPLE[door.party]
        say(f"   {door.address}   {door.party}: sign in as {analyst} (analyst) or {approver} (approver)")
    say(f"   password of all four, with its blanks: {PASSWORD}")
    say(f"   (passphrase of the desk folders, for the command line: {PASSPHRASE})")
    say("   Try: at ipol, as chen, compare the two records and say «same»; sign out, and as dina approve and release.")
    say("   Download the file there, receive it at unite as ana, and read it. Then take it back.")
    say("   Ctrl-C ends the demo.")


def stay(doors: list[Door]) -> None:
    """Wait until somebody presses Ctrl-C."""
    try:
        while doors:
            time.sleep(3600)
    except KeyboardInterrupt:
        click.echo("\nBoth desks are closed.")


def _persons(stage: Stage, party: str) -> list[str]:
    """Possible matches of a desk about persons, not asked about yet, in the order in which both desks list them."""
    rows = [row for row in stage.rows(f"exchange hits --desk {party}") if row["state"] == "contact"]
    listed = stage.rows(f'records list --where "schema = Person" --limit 100000 --desk {party}')
    persons = {str(row["id"]) for row in listed}
    return sorted(str(row["hit"]) for row in rows if row["record"] in persons)


def _address(process: subprocess.Popen[str]) -> str:
    assert process.stderr is not None
    until = time.monotonic() + _SECONDS
    for line in process.stderr:
        if "http://" in line:
            return "http://" + line.split("http://", 1)[1].strip()
        if time.monotonic() > until:
            break
    raise InternalError("demo.broken", "`accord desk serve` did not open", "report it")
