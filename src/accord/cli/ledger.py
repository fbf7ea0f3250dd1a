"""`accord ledger`: what was done at this desk, as a diary, and whether it was altered."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import click

from accord.cli._diary import sentence
from accord.cli.output import (
    desk_option,
    json_option,
    now,
    plain,
    read_passphrase,
    say,
    writable,
    write_json,
    write_rows,
)
from accord.errors import InputError, several

if TYPE_CHECKING:
    from accord.ledger import Log
    from accord.vault import Folder


@click.group()
def ledger() -> None:
    """What was done at this desk, and the proof of it."""


@ledger.command()
@click.option("--about", metavar="ID", help="Only what was done about this record or conversation.")
@click.option("--last", type=click.IntRange(min=1), metavar="N", help="Only the last N entries.")
@desk_option
@json_option
def show(about: str | None, last: int | None, desk: Path, as_json: bool) -> None:
    """Read the diary of this desk: who did what, when.

    \b
    Example:
      accord ledger show --last 20 --desk desk-a
    """
    from accord.vault import Folder

    log = _log(Folder.open(desk, read_passphrase()))
    start = max(0, len(log) - last) if last else 0
    rows = (
        {
            "entry": entry.index,
            "at": entry.at.strftime("%Y-%m-%d %H:%M:%SZ"),
            "what": entry.kind if as_json else sentence(entry.kind, entry.details),
            "about": "(erased)" if entry.about is None else entry.about,
            "details": entry.details or "(erased with the record)",
        }
        for entry in log.entries(start)
        if about in (None, entry.about)
    )
    columns = ["entry", "at", "what", "about"]
    write_rows(rows, columns, as_json, "nothing was done at this desk yet", wrap="what")


@ledger.command()
@desk_option
@json_option
def verify(desk: Path, as_json: bool) -> None:
    """Prove that no entry was altered, removed, inserted or reordered, and that the rows of the database fit them.

    Exit code 1 names the entries that were, those that became unreadable though no erasure in the log names them, those
    that were erased and can be read again, or the rows (of the exchange, accounts, tokens, passkeys, reviews and
    labels) that are gone or are not what was done last. What partners were shown before counts too.

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
    check_rows(folder)
    size, root = (0, "") if head is None else (head.size, head.root)
    if as_json:
        write_json({"party": own.party, "entries": size, "proof": root})
        return
    click.echo(f"{own.party}: {several(size, 'entry', 'entries')}, none altered, removed, inserted or reordered")
    if root:
        say(f"Proof {root[:16]}: it travels, signed, in every message, so partners would notice another history.")
        say("What the database remembers of conversations, released fields and people at the desk fits the log.")


@ledger.command()
@click.argument("entry", type=click.IntRange(min=0))
@click.option("--out", required=True, metavar="FILE", callback=writable, help="Where to write it.")
@click.option("--with-details", is_flag=True, help="Show what this entry says too; no other entry is opened by that.")
@desk_option
@json_option
def proof(entry: int, out: str, with_details: bool, desk: Path, as_json: bool) -> None:
    """Write a proof of one entry, which an auditor checks with nothing but the accord.

    \b
    Example:
      accord ledger proof 12 --out entry-12.proof --desk desk-a
    """
    from accord.vault import Folder, write_file

    folder = Folder.open(desk, read_passphrase())
    log = _log(folder)
    found = log.prove(entry, with_details=with_details)
    with folder.lock():
        log.append("ledger.proven", "ledger", {"entry": entry, "details": with_details}, at=now())
    if out == "-":
        click.echo(found.to_bytes().decode())
    else:
        write_file(Path(out), found.to_bytes())
    if as_json and out != "-":
        write_json({"entry": entry, "file": out, "details": with_details})
        return
    shown = "with what it says" if with_details else "without what it says (--with-details shows it)"
    say(
        f"{out}: proof of entry {entry}, {shown}; check it with `accord ledger check-proof {out} --accord accord.toml`."
    )


@ledger.command("check-proof")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--accord", "document", required=True, metavar="accord.toml", type=click.Path(path_type=Path),
              help="The signed accord, with its .sigs file beside it: it names the party's key.")  # fmt: skip
@json_option
def check_proof(file: Path, document: Path, as_json: bool) -> None:
    """Check a proof of one entry; needs no desk.

    \b
    Example:
      accord ledger check-proof entry-12.proof --accord accord.toml
    """
    from accord.arrangement.document import read_document, read_text
    from accord.arrangement.signatures import beside, verified
    from accord.ledger import Envelope, Proof

    try:
        given, signatures = Proof.from_bytes(file.read_bytes()), Envelope.from_bytes(beside(document).read_bytes())
    except OSError as error:
        raise InputError("file.system", f"{error.filename}: {error.strerror}", "check the name of the file") from None
    accord = verified(read_document(read_text(document), str(document), bounded=False), signatures)
    proven = given.check([accord.party(given.party).sign])
    if as_json:
        write_json(proven.to_dict())
        return
    said = (
        sentence(proven.kind, proven.details)
        if proven.details is not None
        else f"{proven.kind} (what it says is sealed)"
    )
    click.echo(f"{proven.party}, entry {proven.index} of {proven.of}, {proven.at:%Y-%m-%d %H:%M:%SZ}: {plain(said)}")
    say(f"The log held it when {proven.party} signed its state on {proven.stated:%Y-%m-%d %H:%MZ} (key {proven.key}).")


def check_rows(folder: Folder) -> None:
    """Hold what the database remembers against the log: the exchange, once this desk works under an accord, and people,
    tokens, reviews and labels where the desk's application is installed."""
    from accord import exchange

    log = _log(folder)
    exchange.check_desk(folder, log, now())
    if find_spec("starlette"):
        from accord.desk import crosscheck

        exchange.refuse(crosscheck.contradictions(folder, log, now()))


def _log(folder: Folder) -> Log:
    from accord.arrangement import keys
    from accord.ledger import Log

    own = keys(folder)
    return Log(folder.engine(), own.sign, own.party)
