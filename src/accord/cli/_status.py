"""`accord exchange status`: what waits for whom, on one screen."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from accord.cli._messages import opened
from accord.cli.output import desk_option, json_option, say, timed, write_rows

if TYPE_CHECKING:
    from accord.exchange import Waiting

_SCREEN_LINES, _LAST_OVER = 20, 5


@click.command()
@click.option("--all", "whole", is_flag=True, help="All conversations, also those that have long been over.")
@json_option
@desk_option
def status(desk: Path, whole: bool, as_json: bool) -> None:
    """What waits for whom, since when, on one screen: what waits for you first.

    What nobody answered in time ends by itself (`accord exchange sweep`).

    \b
    accord exchange status
    """
    from accord import exchange as verbs

    party = opened(desk)
    lines = verbs.status(party)
    shown = lines if whole or as_json else _on_one_screen(lines)
    columns = ["id", "topic", "party", "waits_for", "what", "since"]
    rows = timed([line.to_dict() for line in shown], as_json)
    write_rows(rows, columns, as_json, "Nothing is under way. `accord exchange ask` begins.", wrap="what")
    if len(shown) < len(lines):
        left = [line.waits_for for line in lines if line not in shown]
        over = left.count("nobody")
        say(f"Not shown: {len(left) - over:,} more that wait, {over:,} that are over (--all shows them).")
    if waiting := verbs.prepared(party):
        soonest = min(one.until for one in waiting)
        say(f"Prepared answers: {len(waiting)}; the first ends on {soonest} (`accord exchange prepared` lists them).")
    if stands := sum(one.state == "stands" for one in verbs.standing(party, counted=False)):
        say(f"Questions that stand: {stands}; `accord exchange standing` says what they have not asked about yet.")


def attach(group: click.Group) -> None:
    """Add the command to `accord exchange`."""
    group.add_command(status)


def _on_one_screen(lines: list[Waiting]) -> list[Waiting]:
    """What waits, as far as a screen goes, and the last few that are over."""
    waiting = [line for line in lines if line.waits_for != "nobody"][:_SCREEN_LINES]
    over = [line for line in lines if line.waits_for == "nobody"]
    room = min(_LAST_OVER, _SCREEN_LINES - len(waiting))
    return [*waiting, *over[len(over) - room if room < len(over) else 0 :]]
