"""`accord demo`: two organisations ask, release and recall, on made-up data."""

from __future__ import annotations

import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

import click

from accord.errors import UsageError

SEED = 2026


@click.command()
@click.option("--keep", type=click.Path(path_type=Path), metavar="DIR", help="Keep the two desks and the map here.")
@click.option("--headless", is_flag=True, help="End after the story: open no desk in the browser.")
@click.option("--seed", default=SEED, show_default=True, help="Another seed makes another world.")
def demo(keep: Path | None, headless: bool, seed: int) -> None:
    """Watch two organisations ask, release and recall (made-up data).

    After the story, on a terminal, both desks are served for your browser, in the middle of a conversation.

    \b
    Example:
      accord demo --keep demo-desks
    """
    from accord.cli.demo.story import close, tell

    if keep is not None and keep.exists() and any(keep.iterdir()):
        raise UsageError("demo.keep", f"{keep} is there already and is not empty", "name another folder")
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="accord-demo-"))) if keep is None else keep
        folder.mkdir(parents=True, exist_ok=True)
        close(click.echo, tell(folder.absolute(), click.echo, seed), keep)
        if headless or not sys.stdout.isatty():
            return
        from accord.cli.demo import doors

        doors.go_on(folder.absolute(), click.echo)
        with doors.open_doors(folder.absolute()) as open_now:
            doors.welcome(click.echo, open_now)
            doors.stay(open_now)
