"""Message files of the exchange commands: weighed before they are read, written whole or not at all."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import click

from accord.cli.output import read_officer_passphrase, read_passphrase, say, writable
from accord.engine import available
from accord.errors import InputError

if TYPE_CHECKING:
    from accord.exchange import Party


def message_out(context: click.Context, option: click.Parameter, value: str | None) -> str | None:
    """Callback of an option that takes a message: as `writable`, and what is there already may only be a message, which
    the desk that wrote it has, too. So a slip (`--out ours.jsonl`) costs nobody a file."""
    if value is None or value == "-":
        return value
    if not _is_free(Path(writable(context, option, value))):
        message = f"{value} is there already, and is no message of Accord; choose another name, or move it away"
        raise click.BadParameter(message, param=option)
    return value


def _is_free(path: Path) -> bool:
    from accord.exchange.messages import BEGINNING

    if not path.is_file():
        return not path.exists()  # a device is no place for a message
    with path.open("rb") as file:
        return file.read(len(BEGINNING)) == BEGINNING


def opened(desk: Path) -> Party:
    """The desk at work, with all cores."""
    from accord.exchange import Party

    return Party.open(desk, read_passphrase(), workers=available(), officer_passphrase=read_officer_passphrase)


def read_message(file: str, party: Party) -> bytes:
    """The bytes of a message, no more than the accord allows: a larger file is refused without being read."""
    from accord.exchange.messages import largest, oversize

    limit = largest(party.accord.quotas.marks_per_session, party.accord.quotas.marks_per_answer)
    if file == "-":
        data = sys.stdin.buffer.read(limit + 1)
    else:
        try:
            with Path(file).open("rb") as opened:
                data = opened.read(limit + 1)
        except OSError as error:
            message = f"{file} cannot be read: {error.strerror}"
            raise InputError("message.unreadable", message, "name the file that came") from None
    if len(data) > limit:
        raise oversize(limit)
    return data


def write_message(out: str, data: bytes, said: str) -> None:
    """Write a message so that it appears whole or not at all, then say what to do with it."""
    if out == "-":
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    else:
        _replace(out, data)
    say(said)


def _replace(out: str, data: bytes) -> None:
    target, draft = Path(out), None
    try:
        with tempfile.NamedTemporaryFile(dir=target.parent, prefix=f".{target.name}.", delete=False) as file:
            draft = Path(file.name)
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(target)
    except OSError as error:
        raise InputError(
            "message.unwritable",
            f"{out} cannot be written: {error.strerror}; the desk keeps the message",
            "see `accord exchange status`, then `accord exchange resend ID --out FILE`",
        ) from None
    finally:
        if draft is not None:
            draft.unlink(missing_ok=True)
