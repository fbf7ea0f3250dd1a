"""`accord exchange onward | consent | derive | derived`: what becomes of released fields further on."""

from __future__ import annotations

from pathlib import Path

import click

from accord.cli._messages import message_out, opened, write_message
from accord.cli.output import desk_option, json_option, say, writable, write_rows
from accord.errors import InputError

_out = click.option(
    "--out", required=True, metavar="FILE", callback=message_out, help="Write the message here; «-» is standard output."
)
_ASKED = ["id", "middle", "recipient", "requester", "fields", "purpose", "until", "state"]
_MADE = ["id", "name", "state", "purposes", "handling", "owners", "expires", "sources"]


@click.command()
@click.argument("request_id", metavar="REQUEST")
@click.option("--from", "release", required=True, metavar="RELEASE", help="Whose fields would go on.")
@_out
@desk_option
def onward(desk: Path, request_id: str, release: str, out: str) -> None:
    """Ask whoever released fields to you whether they may go on, in answer to a partner's request.

    \b
    accord exchange onward 9b2e… --from 4f0c… --out onward.age
    """
    from accord import exchange as verbs

    message = verbs.ask_onward(opened(desk), request_id, release)
    write_message(out, message, f"Carry {out} to the originator. Nothing goes on before its consent is here.")


@click.command()
@click.argument("onward_id", metavar="ID")
@click.argument("answer", required=False, type=click.Choice(["yes", "no"]))
@click.option("--as", "officer", default="approver", show_default=True, help="The officer who signs (role approve).")
@click.option("--reason", default="", help="With no: a few words for the partner.")
@click.option("--out", metavar="FILE", callback=message_out, help="Write the message here; «-» is standard output.")
@json_option
@desk_option
def consent(
    desk: Path, onward_id: str, answer: str | None, officer: str, reason: str, out: str | None, as_json: bool
) -> None:
    """Decide whether fields that you released may go on to a third party; without an answer, show what is asked.

    A yes is for this request alone: this recipient, these fields, this purpose, this term.

    \b
    accord exchange consent 7c1d…             look first
    accord exchange consent 7c1d… yes --as approver --out consent.age
    """
    from accord import exchange as verbs

    party = opened(desk)
    if answer is None:
        asked = verbs.asked_onward(party, onward_id)
        write_rows([{name: getattr(asked, name) for name in _ASKED}], _ASKED, as_json, "")
        if asked.state == "asked":
            say(f"Then: accord exchange consent {onward_id} yes|no --as OFFICER --out FILE")
        return
    message = verbs.consent(party, onward_id, answer == "yes", officer, reason)
    if out is None:
        say(f"Signed. Tell the partner: accord exchange resend {onward_id} --out FILE")
    else:
        write_message(out, message, f"Carry {out} to the partner.")


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option("--from", "releases", multiple=True, required=True, metavar="RELEASE", help="A source; repeat.")
@click.option("--record", "records", multiple=True, metavar="ID", help="An own record that is in it; repeat.")
@click.option("--purpose", required=True, help="What it was made for.")
@click.option("--name", required=True, help="What to call it in lists. Write no name of a person.")
@click.option("--as", "officer", default="analyst", show_default=True, help="Who made it.")
@json_option
@desk_option
def derive(
    desk: Path, file: Path, releases: tuple[str, ...], records: tuple[str, ...], as_json: bool, **by: str
) -> None:
    """Register something that you made from released fields, say a report, and keep it at this desk.

    It is held under the restrictions of all its sources together. A recall or the end of a source erases it, and a
    correction withholds it until you register it anew.

    \b
    accord exchange derive note.docx --from 9b2e… --purpose investigation --name "weekly note"
    """
    from accord import exchange as verbs

    making = verbs.Making(by["name"], by["purpose"], by["officer"], releases, records)
    try:
        data = file.read_bytes()
    except OSError:
        raise InputError("file.system", f"{file} cannot be read", "name the file that was made") from None
    made = verbs.derive(opened(desk), data, making)
    write_rows([made.to_dict()], _MADE, as_json, "")
    say(f"Kept at this desk. Delete {file} now: what lies outside the desk, no recall can reach.")


@click.command()
@click.argument("item", required=False, metavar="[ITEM]")
@click.option("--purpose", help="With an item: what you want to use it for; checked at every use.")
@click.option("--out", metavar="FILE", callback=writable, help="With an item: write a copy here; it is noted.")
@click.option("--as", "officer", default="analyst", show_default=True, help="Who takes the copy.")
@json_option
@desk_option
def derived(desk: Path, item: str | None, purpose: str | None, out: str | None, officer: str, as_json: bool) -> None:
    """List what was made from released fields; with an item, write out a copy for your own people.

    \b
    accord exchange derived
    accord exchange derived 3e5a… --purpose investigation --as analyst --out note.docx
    """
    from accord import exchange as verbs

    party = opened(desk)
    if item is None:
        rows = [one.to_dict() for one in verbs.derived(party)]
        write_rows(
            rows, _MADE, as_json, "Nothing was made from released fields. `accord exchange derive` registers it."
        )
        return
    if purpose is None or out is None:
        raise click.UsageError("to use an item, give --purpose and --out")
    made = verbs.use(party, item, purpose, officer, copy=True)
    rules = "; ".join((*(f"handling {code}" for code in made.handling), f"until {made.expires}"))
    write_message(out, made.data, f"A copy, noted in the log. {rules}. Delete it when you are done.")


def attach(exchange: click.Group) -> None:
    """Add these commands to `accord exchange`."""
    for command in (onward, consent, derive, derived):
        exchange.add_command(command)
