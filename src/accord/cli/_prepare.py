"""`accord exchange prepare | prepared`: answers made before the questions come."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from accord.cli._messages import opened
from accord.cli.output import desk_option, json_option, say, timed, write_rows
from accord.errors import UsageError, several

if TYPE_CHECKING:
    from accord.exchange import Party


@click.command()
@click.option("--with", "partner", required=True, metavar="ID", help="The partner that will ask.")
@click.option("--purpose", help="For questions for this purpose; not needed where the accord has one only.")
@click.option("--count", default=1, show_default=True, help="For how many questions: each uses one up.")
@desk_option
def prepare(desk: Path, partner: str, purpose: str | None, count: int) -> None:
    """Prepare answers to a partner's next questions, so that each takes seconds when it comes.

    Most of an answer is work on your own records that does not depend on the question. Each prepared answer is good for
    one question, for 14 days, and until any record or the accord changes: prepare again after a load.

    \b
    accord exchange prepare --with unodc --purpose investigation --count 3
    """
    from accord import exchange as verbs

    party = opened(desk)
    ready = verbs.prepare(party, partner, purpose or _only_purpose(party), count)
    answers = several(len(ready), "answer")
    say(f"{answers} prepared for {partner}, good until {ready[0].until}, or until a record or the accord changes.")


@click.command()
@json_option
@desk_option
def prepared(desk: Path, as_json: bool) -> None:
    """The prepared answers that wait: for whom, for what, how many marks each shows (padding included), until when.

    \b
    accord exchange prepared
    """
    from accord import exchange as verbs

    rows = timed([one.to_dict() for one in verbs.prepared(opened(desk))], as_json)
    columns = ["id", "partner", "purpose", "shown", "since", "until"]
    write_rows(rows, columns, as_json, "No answer is prepared. `accord exchange prepare` makes some.")


def attach(exchange: click.Group) -> None:
    """Add these commands to `accord exchange`."""
    exchange.add_command(prepare)
    exchange.add_command(prepared)


def _only_purpose(party: Party) -> str:
    purposes = list(party.accord.purposes)
    if len(purposes) != 1:
        raise UsageError(
            "prepare.purpose", "the accord has several purposes", f"add --purpose with one of: {', '.join(purposes)}"
        )
    return purposes[0]
