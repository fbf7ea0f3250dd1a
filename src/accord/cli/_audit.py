"""`accord exchange audit | audits`: a drawn sample of a question that is over, opened and checked."""

from __future__ import annotations

from pathlib import Path

import click

from accord.cli._messages import message_out, opened, write_message
from accord.cli.output import desk_option, json_option, timed, write_rows


@click.command()
@click.argument("question", metavar="QUESTION")
@click.option("--of", "of", required=True, metavar="ID", help="The party that is to open, as the accord names it.")
@click.option(
    "--out", required=True, metavar="FILE", callback=message_out, help="Write the message here; «-» is standard output."
)
@desk_option
def audit(desk: Path, question: str, of: str, out: str) -> None:
    """Draw a sample of a question that is over, and have a party open it: was a match kept back, a record invented?

    The accord says who may draw ([audit] auditor), how much, and until when. The places follow from a number that is
    drawn now, so nobody could prepare for them. The party opens them when it receives the message; receive its answer
    here to check it. Its id and what came of it: `accord exchange audits`.

    \b
    accord exchange audit 4f38e09a288e86ba --of unodc --out audit.age
    """
    from accord import exchange as verbs

    write_message(out, verbs.audit(opened(desk), question, of), f"Carry {out} to {of}; receive its answer here.")


@click.command()
@json_option
@desk_option
def audits(desk: Path, as_json: bool) -> None:
    """The audits that this desk drew or opened for, and what was found.

    \b
    accord exchange audits
    """
    from accord import exchange as verbs

    rows = timed([one.to_dict() for one in verbs.audits(opened(desk))], as_json)
    columns = ["question", "party", "role", "side", "state", "verdict", "found", "opened", "size", "since"]
    write_rows(rows, columns, as_json, "Nothing was audited yet. `accord exchange audit` draws.", wrap="found")


def attach(exchange: click.Group) -> None:
    """Add these commands to `accord exchange`."""
    exchange.add_command(audit)
    exchange.add_command(audits)
