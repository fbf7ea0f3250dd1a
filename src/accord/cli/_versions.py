"""`accord arrangement` over time: the next version, who joins or leaves, new keys, passphrases of officers."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import click

from accord.cli.output import (
    desk_option,
    json_option,
    now,
    read_officer_passphrase,
    read_passphrase,
    say,
    write_json,
    write_rows,
)
from accord.errors import InputError, UsageError

if TYPE_CHECKING:
    from accord.vault import Folder

ROLES = ("request", "approve")
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")


def officer_and_roles(text: str, need_roles: bool = True) -> tuple[str, tuple[str, ...]]:
    """`NAME:ROLE`, or `NAME` where roles are not needed. Raises `UsageError` `desk.officer`."""
    name, _, roles = text.partition(":")
    found = tuple(dict.fromkeys(re.split(r"[+,]", roles))) if roles else ()
    if not _NAME.fullmatch(name) or not set(found) <= set(ROLES) or (need_roles and not found):
        raise UsageError(
            "desk.officer",
            "an officer is given as NAME:ROLE, the name in a-z, 0-9 and '-', the role request or approve",
            "try --officer maria:approve",
        )
    return name, found


@click.command()
@click.argument("document", metavar="accord.toml", type=click.Path(path_type=Path))
@click.option("--party", "cards", multiple=True, metavar="CARD", type=click.Path(path_type=Path),
              help="The card of a party that joins, or of one with new keys or officers; may be repeated.")  # fmt: skip
@click.option("--revoke", "revoked", multiple=True, metavar="PARTY/OFFICER", help="Strike an officer out.")
@click.option("--left", multiple=True, metavar="ID", help="Strike out a party that has withdrawn, with its clauses.")
@click.option("--out", required=True, metavar="FILE", type=click.Path(path_type=Path), help="Where to write it.")
def amend(document: Path, cards: tuple[Path, ...], revoked: tuple[str, ...], left: tuple[str, ...], out: Path) -> None:
    """Write the next version of an accord, chained to this one, to be edited and signed by all.

    \b
    Example:
      accord arrangement amend accord.toml --party desk-c/party.toml --out accord-2.toml
    """
    from accord.arrangement import read_card
    from accord.arrangement.amend import Changes
    from accord.arrangement.amend import amend as write
    from accord.arrangement.document import read_document, read_text

    if out.exists():
        raise UsageError("arrangement.exists", f"{out} is there already", "choose another name, or move it away")
    read = read_document(read_text(document), str(document), bounded=False)
    text = write(read, Changes([read_card(card) for card in cards], revoked, left))
    following = read_document(text, str(out), bounded=False).accord
    try:
        with out.open("x", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise InputError("arrangement.file", f"{out}: {error.strerror}", "choose a folder you may write to") from None
    parties = ", ".join(party.id for party in following.parties)
    click.echo(f"{out}: version {following.version}, after {following.previous[:16]}, between {parties}")
    say(f"Next: edit it, `accord arrangement check {out}`, then every party signs and adopts it.")


@click.command()
@desk_option
@json_option
def history(desk: Path, as_json: bool) -> None:
    """List the versions that this desk has worked under, and who left.

    \b
    Example:
      accord arrangement history --desk desk-a
    """
    from accord.arrangement import adopted, versions
    from accord.vault import Folder

    folder = Folder.open(desk, read_passphrase())
    withdrawn = adopted(folder).withdrawn
    rows = [
        {
            "version": accord.version,
            "fingerprint": accord.digest if as_json else accord.digest[:16],
            "begins": accord.begins.isoformat(),
            "ends": accord.ends.isoformat(),
            "parties": [party.id for party in accord.parties],
            "left": [f"{name} ({at:%Y-%m-%d})" for name, at in withdrawn.items()],
        }
        for accord in versions(folder)
    ]
    rows = [{**row, "left": row["left"] if row is rows[-1] else []} for row in rows]
    write_rows(rows, ["version", "fingerprint", "begins", "ends", "parties", "left"], as_json, "no version yet")


@click.command()
@click.option("--reason", default="", metavar="TEXT", help="Why, in a sentence that the partners read.")
@click.option(
    "--out", required=True, metavar="FILE", type=click.Path(path_type=Path), help="Where to write the notice."
)
@click.option("--yes", is_flag=True, help="Do not ask again.")
@desk_option
@json_option
def withdraw(reason: str, out: Path, yes: bool, desk: Path, as_json: bool) -> None:
    """Leave the accord, at once; writes the signed notice to carry to the partners.

    From now on this desk asks nothing and gives nothing; what it released can still be recalled. It cannot be undone.

    \b
    Example:
      accord arrangement withdraw --reason "our mandate ended" --out notice.json --desk desk-a
    """
    from accord.arrangement import adopted, keys, leave
    from accord.vault import Folder, write_file

    folder = Folder.open(desk, read_passphrase())
    accord, own = adopted(folder), keys(folder)
    if not yes:
        click.confirm(f"Leave «{accord.title}» now? This cannot be undone", abort=True, err=True)
    notice = leave(
        folder, now(), reason, lambda _: _log(folder, "accord-left", {"version": accord.version, "reason": reason})
    )
    write_file(out, notice.to_bytes())
    if as_json:
        write_json({"left": own.party, "version": accord.version, "notice": str(out)})
        return
    click.echo(f"{out}: {own.party} has left version {accord.version}; nothing moves any more")
    say("Next: carry the notice to every partner, who runs `accord arrangement notice FILE`.")


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@desk_option
@json_option
def notice(file: Path, desk: Path, as_json: bool) -> None:
    """Take note that a partner has left: from now on nothing goes to it.

    \b
    Example:
      accord arrangement notice notice.json --desk desk-b
    """
    from accord.arrangement import take_notice
    from accord.ledger import Envelope
    from accord.vault import Folder

    try:
        signed = Envelope.from_bytes(file.read_bytes())
    except OSError as error:
        raise InputError("arrangement.file", f"{file}: {error.strerror}", "check the name of the file") from None
    folder = Folder.open(desk, read_passphrase())
    found = take_notice(
        folder, signed, lambda one: _log(folder, "partner-left", {"party": one.party, "reason": one.reason})
    )
    if as_json:
        write_json({"left": found.party, "at": found.at.isoformat(), "reason": found.reason})
        return
    click.echo(
        f"{found.party} left the accord on {found.at:%Y-%m-%d %H:%MZ}" + (f": {found.reason}" if found.reason else "")
    )
    say(f"Next: recall what {found.party} holds of yours (`accord exchange status`), and amend the accord without it.")


@click.command("new-keys")
@click.option("--officer", "officers", multiple=True, metavar="NAME[:ROLE]",
              help="A new key for this officer only, or a new officer with a role; may be repeated.")  # fmt: skip
@desk_option
@json_option
def new_keys(officers: tuple[str, ...], desk: Path, as_json: bool) -> None:
    """Make new keys ready for this desk: they count once a version of the accord names them.

    Without --officer, the party's own keys. The old ones stay in use until then, and are destroyed by `adopt`.

    \b
    Example:
      accord arrangement new-keys --officer approver --desk desk-a
    """
    from accord.arrangement import renew
    from accord.vault import Folder

    named = [officer_and_roles(text, need_roles=False) for text in officers]
    folder = Folder.open(desk, read_passphrase())
    own = {name: read_officer_passphrase(name) for name, _ in named}
    made = renew(folder, named, officer_passphrase=own)
    fresh = {made.id: made.sign.id} if not named else {
        f"{made.id}/{one.name}": one.key.id for one in made.officers if one.name in dict(named)
    }  # fmt: skip
    if as_json:
        write_json({"card": str(desk / "party.toml"), "keys": fresh})
        return
    for name, key in fresh.items():
        click.echo(f"{name}: new key {key}, not in use yet")
    say(f"Next: `accord arrangement amend accord.toml --party {desk / 'party.toml'} --out …`, signed by every party.")


@click.command()
@click.argument("officer")
@desk_option
@json_option
def protect(officer: str, desk: Path, as_json: bool) -> None:
    """Put an officer's key under a passphrase that only this officer knows.

    Then whoever opens the desk cannot sign as that officer. Asked for on a terminal; else the old one comes from
    ACCORD_OFFICER_PASSPHRASE and the new one from ACCORD_NEW_PASSPHRASE.

    \b
    Example:
      accord arrangement protect approver --desk desk-a
    """
    import os
    import sys

    from accord.arrangement import keys, protected
    from accord.arrangement import protect as seal
    from accord.vault import Folder

    folder = Folder.open(desk, read_passphrase())
    own = keys(folder)
    old = read_officer_passphrase(officer) if protected(folder, officer) else ""
    new = os.environ.get("ACCORD_NEW_PASSPHRASE", "")
    if not new and sys.stdin.isatty():
        new = str(click.prompt(f"New passphrase of {officer}", hide_input=True, err=True, confirmation_prompt=True))
    if not new:
        raise UsageError(
            "desk.new-passphrase", "no new passphrase is given", "set ACCORD_NEW_PASSPHRASE, or use a terminal"
        )
    key = seal(folder, officer, old, new)
    if as_json:
        write_json({"officer": f"{own.party}/{officer}", "key": key.id, "protected": True})
        return
    click.echo(f"{own.party}/{officer}: the key now needs its own passphrase")
    say(
        "Without it nobody signs as this officer, and nobody can restore it: `new-keys --officer` and an amendment can."
    )


def _log(folder: Folder, kind: str, details: dict[str, object]) -> None:
    from accord.arrangement import keys
    from accord.ledger import Log

    own = keys(folder)
    with folder.lock():
        Log(folder.engine(), own.sign, own.party).append(kind, "accord", details, at=now())
