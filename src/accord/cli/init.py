"""`accord init`: a desk folder with its keys, and the public card to give to partners."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from accord.cli._versions import officer_and_roles
from accord.cli.output import json_option, read_officer_passphrase, read_passphrase, say, write_json
from accord.errors import InputError, UsageError

if TYPE_CHECKING:
    from accord.arrangement.model import Contact

_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
_CONTACT = re.compile(r"(?P<name>[^<>]+?)\s*(?:<(?P<email>[^<>\s]+@[^<>\s]+)>)?\s*")


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--party", required=True, metavar="ID", help="Short name of the organisation: a-z, 0-9 and '-'.")
@click.option("--name", metavar="TEXT", help="Its full name.")
@click.option("--contact", metavar="'NAME <EMAIL>'", help="Whom a partner turns to after a possible match.")
@click.option(
    "--officer",
    "more",
    multiple=True,
    metavar="NAME:ROLE",
    help="A further officer; the role is request, approve or both (request+approve). May be repeated.",
)
@click.option(
    "--state",
    default="",
    envvar="ACCORD_STATE",
    metavar="URL",
    help="Keep the state in this PostgreSQL database, not in DIR; a password belongs in ACCORD_STATE or ~/.pgpass.",
)
@json_option
def init(folder: Path, party: str, name: str | None, contact: str | None, **more: Any) -> None:
    """Make a desk folder with its keys for one party.

    DIR/party.toml is its public card: give it to partners. Two officers are made: analyst, who may request, and
    approver, who may approve. On a terminal, each approver is asked for a passphrase of their own on top of the desk's
    (else ACCORD_OFFICER_PASSPHRASE and ACCORD_PASSPHRASE); `accord arrangement protect` sets it later.

    \b
    Example:
      accord init desk-a --party unit-a --name "Unit A" --contact "Liaison office <liaison@unit-a.example>"
    """
    from accord.arrangement import NewParty, card, create_desk

    if not _ID.fullmatch(party):
        raise UsageError("desk.party", "the party's id is made of a-z, 0-9 and '-'", "try --party unit-a")
    officers = {
        "analyst": ("request",),
        "approver": ("approve",),
        **dict(officer_and_roles(text) for text in more["more"]),
    }
    full_name = name or party
    new = NewParty(party, full_name, _contact(contact or f"Contact point of {full_name}"), tuple(officers.items()))
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError("desk.exists", f"{folder} is there already and is not empty", "choose another folder")
    passphrase = read_passphrase(confirm=True)
    own = {name: read_officer_passphrase(name) for name, roles in officers.items() if "approve" in roles}
    try:
        made = create_desk(folder, passphrase, new, officer_passphrase=own, state=more["state"])
    except OSError as error:
        raise InputError(
            "desk.place", f"{folder} cannot be made: {error.strerror}", "choose a folder that you may write to"
        ) from None
    public = card(made)
    if more["as_json"]:
        write_json(
            {
                "desk": str(folder),
                "party": party,
                "card": str(folder / "party.toml"),
                "key": public.sign.id,
                "officers": {officer.name: list(officer.roles) for officer in public.officers},
            }
        )
        return
    click.echo(f"{folder}: desk of {full_name} ({party}), key {public.sign.id}")
    for officer in public.officers:
        lock = ", key under a passphrase of its own" if own.get(officer.name) else ""
        click.echo(f"  officer {officer.name}: may {' and '.join(officer.roles)}{lock}")
    say(f"Next: give {folder / 'party.toml'} to your partner, and draft the accord with `accord arrangement draft`.")
    say("Without the passphrase nobody opens this desk again, not even you: keep it somewhere safe.")
    if not all(own.values()):
        say("Whoever knows it can also sign as an approver. Let each approver run `accord arrangement protect NAME`.")


def _contact(text: str) -> Contact:
    from accord.arrangement.model import Contact

    found = _CONTACT.fullmatch(text.strip())
    if found is None:
        raise UsageError(
            "desk.contact", "the contact cannot be read", "try --contact 'Liaison office <office@unit.example>'"
        )
    return Contact(found["name"].strip(), found["email"] or "")
