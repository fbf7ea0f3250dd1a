"""Message files of the exchange commands: weighed before they are read, written whole or not at all."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from accord.cli.output import read_officer_passphrase, read_passphrase, say
from accord.engine import available
from accord.errors import InputError

if TYPE_CHECKING:
    from accord.exchange import Party


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
        except OSError:
            raise InputError("message.unreadable", f"{file} cannot be read", "name the file that came") from None
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
    target = Path(out)
    try:
        with tempfile.NamedTemporaryFile(dir=target.parent, prefix=f".{target.name}.", delete=False) as draft:
            draft.write(data)
            draft.flush()
            os.fsync(draft.fileno())
        Path(draft.name).replace(target)
    except OSError:
        raise InputError(
            "message.unwritable",
            f"{out} cannot be written; the desk keeps the message",
            "see `accord exchange status`, then `accord exchange resend ID --out FILE`",
        ) from None
