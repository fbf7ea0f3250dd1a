"""`accord exchange count | counts | stand | again | standing | sweep`: numbers, questions that stand, what is over."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from accord.cli._messages import message_out, opened, write_message
from accord.cli.output import desk_option, json_option, minute, say, timed, write_json, write_rows

_to = click.option("--to", "to", required=True, metavar="ID", help="The partner, as the accord names it.")
_purpose = click.option("--purpose", required=True, help="Why: one of the purposes of the accord.")
_case = click.option("--case", required=True, help="Your case number; the partner sees and logs it.")
_where = click.option("--where", metavar="EXPR", help="Only these records of yours, e.g. «schema = Person».")
_out = click.option(
    "--out", required=True, metavar="FILE", callback=message_out, help="Write the message here; «-» is standard output."
)


@click.command()
@_to
@_purpose
@_case
@_where
@_out
@desk_option
def count(desk: Path, out: str, **wish: Any) -> None:
    """Ask a partner how many of its records are among yours: a number, never which.

    The accord says how often, and how far the number is blurred.

    \b
    accord exchange count --to interpol --purpose analysis --case 2026-7 --out count.age
    """
    from accord import exchange as verbs

    message = verbs.count_with(opened(desk), wish["to"], wish["purpose"], wish["case"], wish["where"])
    write_message(out, message, f"Carry {out} to {wish['to']}; receive its answer here when it comes.")


@click.command()
@json_option
@desk_option
def counts(desk: Path, as_json: bool) -> None:
    """The numbers that were told: how many records you share with a partner.

    \b
    accord exchange counts --json
    """
    from accord import exchange as verbs

    columns = ["session", "party", "role", "purpose", "case", "told", "exact", "blur", "since"]
    rows = timed([one.to_dict() for one in verbs.counts(opened(desk))], as_json)
    write_rows(rows, columns, as_json, "Nothing was counted yet. `accord exchange count` asks.")


@click.command()
@_to
@_purpose
@_case
@_where
@json_option
@desk_option
def stand(desk: Path, as_json: bool, **wish: Any) -> None:
    """Let a question stand: `again` then asks it about what is new or changed, as far as the quotas go.

    \b
    accord exchange stand --to interpol --purpose investigation --case 2026-7
    """
    from accord import exchange as verbs

    name = verbs.stand(opened(desk), wish["to"], wish["purpose"], wish["case"], wish["where"] or "")
    if as_json:
        write_json({"id": name})
    say(f"The question {name} stands. Ask it now and whenever records came in: accord exchange again {name} --out FILE")


@click.command()
@click.argument("standing_id", metavar="ID")
@_out
@desk_option
def again(desk: Path, standing_id: str, out: str) -> None:
    """Ask a standing question about the records that are new or changed since.

    Nothing is written when there are none, so a timer can run it every night.

    \b
    accord exchange again 5d7a… --out question.age
    """
    from accord import exchange as verbs

    party = opened(desk)
    message = verbs.ask_again(party, standing_id)
    if message is None:
        say("Nothing is new or changed; nothing was written.")
        return
    write_message(out, message, f"Carry {out} to the partner; receive its answer here when it comes.")
    say("If more is new than today's quota lets in, the rest waits for tomorrow: see `accord exchange standing`.")


@click.command()
@click.option("--end", "ended", metavar="ID", help="Let this question stand no more.")
@json_option
@desk_option
def standing(desk: Path, ended: str | None, as_json: bool) -> None:
    """The questions that stand, and how many records wait to be asked about.

    \b
    accord exchange standing
    accord exchange standing --end 5d7a…
    """
    from accord import exchange as verbs

    party = opened(desk)
    if ended is not None:
        verbs.end_standing(party, ended)
    columns = ["id", "party", "purpose", "case", "where", "state", "asked", "waiting", "last"]
    rows = [one.to_dict() for one in verbs.standing(party)]
    if not as_json:
        rows = [{**row, "last": minute(str(row["last"]))} for row in rows]
    write_rows(rows, columns, as_json, "No question stands. `accord exchange stand` lets one stand.")


@click.command()
@json_option
@desk_option
def sweep(desk: Path, as_json: bool) -> None:
    """End what is over: keys and texts of conversations that nobody answered, received fields past their day.

    Every command that opens the desk does this first, so a timer needs this one only where nobody works for days.

    \b
    accord exchange sweep
    """
    from accord import exchange as verbs

    party = opened(desk)
    counts_now = verbs.sweep(party)
    swept = list(party.log.entries(about="sweep"))
    if as_json:
        write_json({"now": counts_now, "sweeps": len(swept), "last": swept[-1].at.isoformat() if swept else None})
        return
    last = f"; the last that ended something was on {swept[-1].at:%Y-%m-%d}" if swept else ""
    say(f"Nothing is over that is still here. Sweeps so far: {len(swept)}{last}.")


def attach(exchange: click.Group) -> None:
    """Add these commands to `accord exchange`."""
    for command in (count, counts, stand, again, standing, sweep):
        exchange.add_command(command)
