"""`accord exchange serve | carry | fetch`: the same messages as in files, over HTTP.

Invariants: every connection shows certificates that keys of the accord signed; where a partner listens needs no trust;
what is said names kinds, partners and conversations, never what is in a message.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from accord.cli._listening import listen
from accord.cli._messages import opened, read_message
from accord.cli.output import desk_option, json_option, say, write_json

if TYPE_CHECKING:
    from accord.exchange import Received

PORT = 8471
_CONVERSATION = re.compile(r"[0-9a-f]{16}")
_at = click.option(
    "--at", "at", required=True, metavar="URL", help="Where the partner listens: https://desk.example:8471."
)


@click.command()
@click.option("--address", default="127.0.0.1", show_default=True, help="The address of this machine to listen on.")
@click.option("--port", default=PORT, show_default=True, type=click.IntRange(0, 65535), help="0 takes a free one.")
@desk_option
def serve(desk: Path, address: str, port: int) -> None:
    """Take messages of partners over HTTPS, and give the replies that are due, until Ctrl-C.

    Only parties of the accord can connect; no certificate has to be made or bought. Files go on working.

    \b
    accord exchange serve --address 192.0.2.7
    """
    from accord.courier import Mailroom
    from accord.courier import serve as take_messages

    party = opened(desk)
    listening = listen(address, port)
    shown = f"[{address}]" if ":" in address else address
    say(f"The desk of {party.id} takes messages at https://{shown}:{listening.getsockname()[1]}")
    say("Stop it with Ctrl-C.")
    take_messages(Mailroom(party, say), listening)


@click.command()
@click.argument("message", metavar="FILE|ID")
@_at
@json_option
@desk_option
def carry(desk: Path, message: str, at: str, as_json: bool) -> None:
    """Carry a message to its partner over HTTPS, take in the reply, carry what follows, until nothing is due.

    FILE is a message that this desk wrote, ID a conversation (its last message is carried).

    \b
    accord exchange carry question.age --at https://desk.example:8471
    """
    from accord import courier, exchange

    address, party = courier.Address.parse(at), opened(desk)
    by_id = _CONVERSATION.fullmatch(message) and not Path(message).exists()
    data = exchange.resend(party, message) if by_id else read_message(message, party)
    to = exchange.addressee(party, data)
    if not _tell(courier.carry(party, data, to, address), as_json):
        say(f"Brought to {to}; no reply is due.")


@click.command()
@click.option("--from", "partner", required=True, metavar="ID", help="The partner, as the accord names it.")
@_at
@json_option
@desk_option
def fetch(desk: Path, partner: str, at: str, as_json: bool) -> None:
    """Fetch what a partner has for this desk over HTTPS, take it in, and carry what follows.

    \b
    accord exchange fetch --from interpol --at https://desk.example:8471
    """
    from accord import courier

    address, party = courier.Address.parse(at), opened(desk)
    if not _tell(courier.fetch(party, partner, address), as_json):
        say(f"{partner} has nothing for this desk.")


def attach(group: click.Group) -> None:
    """Add the commands to `accord exchange`."""
    for command in (serve, carry, fetch):
        group.add_command(command)


def _tell(received: Iterable[Received], as_json: bool) -> int:
    """Say what came in, as it comes; how many. Raises the refusal of the last of them, if any."""
    count, refusal = 0, None
    for count, got in enumerate(received, 1):  # noqa: B007 - the count is what is returned
        say(f"{got.kind} from {got.partner}: {got.said}.")
        if as_json:
            row = {"kind": got.kind, "session": got.session, "party": got.partner, "said": got.said, "again": got.again}
            write_json(row | {"reply": got.reply is not None})
        refusal = got.refusal
    if refusal is not None:
        raise refusal
    return count
