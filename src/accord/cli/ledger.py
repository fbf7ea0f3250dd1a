"""`accord ledger`: what was done at this desk, as a diary, and whether it was altered."""

from __future__ import annotations

from pathlib import Path

import click

from accord.cli.output import desk_option, json_option, read_passphrase, say, write_json, write_rows


@click.group()
def ledger() -> None:
    """What was done at this desk, and the proof of it."""


@ledger.command()
@desk_option
@json_option
def show(desk: Path, as_json: bool) -> None:
    """Read the diary of this desk: who did what, when.

    \b
    Example:
      accord ledger show --desk desk-a
    """
    from accord.arrangement import keys
    from accord.ledger import Log
    from accord.vault import Folder

    folder = Folder.open(desk, read_passphrase())
    own = keys(folder)
    rows = (
        {
            "entry": entry.index,
            "at": entry.at.strftime("%Y-%m-%d %H:%M:%SZ"),
            "what": entry.kind if as_json else entry.kind.replace("-", " ").replace(".", " "),
            "about": "(erased)" if entry.about is None else entry.about,
            "details": entry.details if as_json else _sentence(entry.details),
        }
        for entry in Log(folder.engine(), own.sign, own.party).entries()
    )
    write_rows(rows, ["entry", "at", "what", "about", "details"], as_json, "nothing was done at this desk yet")


@ledger.command()
@desk_option
@json_option
def verify(desk: Path, as_json: bool) -> None:
    """Prove that no entry was altered, removed, inserted or reordered.

    Exit code 1 names the entries that were. What partners were shown before counts too.

    \b
    Example:
      accord ledger verify --desk desk-a
    """
    from accord.arrangement import former_keys, keys
    from accord.ledger import verify as look
    from accord.vault import Folder

    folder = Folder.open(desk, read_passphrase())
    own = keys(folder)
    head = look(folder.engine(), own.party, own.sign.verify_key, former=former_keys(folder, own.party))
    size, root = (0, "") if head is None else (head.size, head.root)
    if as_json:
        write_json({"party": own.party, "entries": size, "proof": root})
        return
    click.echo(f"{own.party}: {size} entr{'y' if size == 1 else 'ies'}, none altered, removed, inserted or reordered")
    if root:
        say(f"Proof {root[:16]}: it travels, signed, in every message, so partners would notice another history.")


def _sentence(details: object) -> str:
    if not isinstance(details, dict):
        return "(erased with the record)"
    return ", ".join(f"{name.replace('_', ' ')} {_value(value)}" for name, value in details.items())


def _value(value: object) -> str:
    if isinstance(value, list):
        return " ".join(_value(each) for each in value)
    text = str(value)
    return text[:16] + "…" if len(text) == 64 and all(sign in "0123456789abcdef" for sign in text) else text
