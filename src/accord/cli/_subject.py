"""`accord records subject …` and the dates of records: what becomes of a person's data at this desk."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

import click

from accord.cli.output import (
    desk_option,
    json_option,
    read_officer_passphrase,
    read_passphrase,
    say,
    writable,
    write_json,
    write_rows,
)
from accord.errors import InputError, UsageError, several

if TYPE_CHECKING:
    from accord.exchange import Party
    from accord.subjects import Receipt

_records = click.argument("records", nargs=-1, required=True, metavar="RECORD…")
_folder = click.option(
    "--out", "folder", metavar="DIR", type=click.Path(file_okay=False, path_type=Path),
    help="Write the messages to partners into this folder; needed when a partner holds something.",
)  # fmt: skip
_reason = click.option("--reason", required=True, help="Why; the partners read it. Write no name.")
_officer = click.option("--as", "officer", required=True, metavar="OFFICER", help="Who decides this.")


@click.group()
def subject() -> None:
    """A person asks what is held about them: find, correct, restrict, erase, answer."""


@subject.command()
@click.option("--name", default="", help="Their name, in any script.")
@click.option("--birth-date", default="", metavar="YYYY-MM-DD", help="With the name: a birth date.")
@click.option("--number", default="", help="A passport, identity, telephone or account number.")
@click.option("--record", default="", metavar="ID", help="An own record.")
@desk_option
@json_option
def find(name: str, birth_date: str, number: str, record: str, desk: Path, as_json: bool) -> None:
    """Where does a person appear: records, questions, requests, what was given, received, exported.

    A question keeps no list of its records, so those are shown that led to a possible match. A person must look at each
    line: what is merely alike is shown, too.

    \b
    Example:
      accord records subject find --name "Amina Diallo" --birth-date 1980-05-17 --desk desk-a
    """
    from accord.subjects import Sought
    from accord.subjects import find as look

    found = look(_open(desk), Sought(record, name, birth_date, number))
    columns = ["kind", "id", "record", "party", "what", "since", "score"]
    write_rows([one.to_dict() for one in found], columns, as_json, "nothing here is like this person")


@subject.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@_folder
@desk_option
@json_option
def correct(file: Path, folder: Path | None, desk: Path, as_json: bool) -> None:
    """Put corrected records (FollowTheMoney lines) in the place of the old, here and at partners.

    \b
    Example:
      accord records subject correct mended.jsonl --out messages --desk desk-a
    """
    from accord.records import read_entities
    from accord.subjects import correct as mend

    party = _open(desk)
    for entity in read_entities(file):
        _tell(mend(party, entity), folder, as_json)


@subject.command()
@_records
@_reason
@click.option("--lift", is_flag=True, help="Let the records be used again.")
@_folder
@desk_option
@json_option
def restrict(records: tuple[str, ...], reason: str, lift: bool, folder: Path | None, desk: Path, as_json: bool) -> None:
    """Stop the use of records at once, and take back what was handed out of them.

    \b
    Example:
      accord records subject restrict case-7 --reason "accuracy is contested" --out messages --desk desk-a
    """
    from accord.subjects import restrict as stop

    _tell(stop(_open(desk), records, reason, lift=lift), folder, as_json)


@subject.command()
@_records
@_reason
@click.option("--yes", is_flag=True, help="Do not ask again.")
@_folder
@desk_option
@json_option
def erase(records: tuple[str, ...], reason: str, yes: bool, folder: Path | None, desk: Path, as_json: bool) -> None:
    """Erase records here, and take back what was handed out of them; a stub that names nobody stays.

    \b
    Example:
      accord records subject erase case-7 --reason "unlawfully collected" --out messages --desk desk-a
    """
    from accord.subjects import erase as forget

    if not yes:
        click.confirm(f"Erase {several(len(records), 'record')}? This cannot be undone", abort=True, err=True)
    _tell(forget(_open(desk), records, reason), folder, as_json)


@subject.command()
@click.option("--asker", required=True, help="To whom the letter goes.")
@click.option("--disclose", "records", multiple=True, metavar="RECORD", help="Tell of this record; may be repeated.")
@click.option("--as", "officer", default="", metavar="OFFICER", help="Who decides to tell (role approve).")
@click.option("--identified-by", default="", help="How the asker was identified.")
@desk_option
def answer(asker: str, records: tuple[str, ...], officer: str, identified_by: str, desk: Path) -> None:
    """Write the answer to whoever asks; without --disclose it is the same for everybody.

    \b
    Example:
      accord records subject answer --asker "A. Diallo, Dakar" --desk desk-a
    """
    from accord.subjects import Disclosure
    from accord.subjects import answer as write

    if bool(records) != bool(officer):
        raise UsageError(
            "subject.officer", "to tell of records, an officer decides", "give --disclose and --as together"
        )
    told = Disclosure(records, officer, identified_by) if records else None
    click.echo(write(_open(desk), asker, told), nl=False)


@click.command()
@click.option(
    "--within", "days", type=click.IntRange(0, 36_500), default=30, show_default=True, help="Days from today."
)
@desk_option
@json_option
def due(days: int, desk: Path, as_json: bool) -> None:
    """What will be purged unless somebody affirms that it is still needed.

    \b
    Example:
      accord records due --within 60 --desk desk-a
    """
    from accord.subjects import due as look

    rows = [one.to_dict() for one in look(_open(desk), days)]
    write_rows(rows, ["kind", "id", "by", "why"], as_json, f"nothing is over within {several(days, 'day')}")


@click.command()
@_records
@click.option("--until", required=True, type=click.DateTime(["%Y-%m-%d"]), help="The new date.")
@click.option("--reason", required=True, help="Why they are still needed.")
@_officer
@desk_option
@json_option
def review(records: tuple[str, ...], until: dt.datetime, reason: str, officer: str, desk: Path, as_json: bool) -> None:
    """Affirm that records are still needed, until a new date.

    \b
    Example:
      accord records review case-7 --until 2027-06-30 --reason "trial pending" --as analyst --desk desk-a
    """
    from accord.subjects import review as affirm

    affirm(_open(desk), records, until.date(), officer, reason)
    if as_json:
        write_json({"reviewed": len(set(records)), "until": until.date().isoformat()})
        return
    click.echo(f"{several(len(set(records)), 'record')} may be kept until {until:%Y-%m-%d}")


@click.command()
@click.option("--yes", is_flag=True, help="Do not ask again.")
@_folder
@desk_option
@json_option
def purge(yes: bool, folder: Path | None, desk: Path, as_json: bool) -> None:
    """Purge what nobody affirmed by its date: records, received fields, unanswered questions and requests.

    Stubs that name nobody stay; the log keeps its proofs and loses what it said of them.

    \b
    Example:
      accord records purge --yes --out messages --desk desk-a
    """
    from accord.subjects import due as look
    from accord.subjects import purge as clear

    party = _open(desk)
    over = len(look(party))
    if over and not yes:
        click.confirm(f"Purge {several(over, 'item')}? This cannot be undone", abort=True, err=True)
    counts, receipt = clear(party)
    if as_json:
        write_json({"purged": counts, "receipt": None if receipt is None else receipt.to_dict()})
    else:
        click.echo("purged " + ", ".join(f"{count} {kind}" for kind, count in counts.items()))
    if receipt is not None:
        _carry(receipt, folder)


@click.command()
@click.option("--to", "recipient", required=True, help="Who gets the file; a party of the accord gets none.")
@click.option("--code", required=True, help="Handling code, like tlp:AMBER.")
@click.option("--purpose", required=True, help="Why: one of the purposes of the accord.")
@click.option("--where", help="Which records, as in `records list`.")
@_officer
@click.option("--out", required=True, metavar="FILE", callback=writable, help="The file: one entity a line.")
@desk_option
@json_option
def export(out: str, desk: Path, as_json: bool, where: str | None, **to: str) -> None:
    """Write records to a file for somebody outside, under a code; registered before the file is there.

    \b
    Example:
      accord records export --to "Court of Dakar" --code tlp:AMBER --purpose prosecution \\
        --as analyst --out court.jsonl --desk desk-a
    """
    from accord.subjects import export as write
    from accord.vault import write_file

    made = write(_open(desk), to["recipient"], to["code"], to["purpose"], to["officer"], where)
    if out == "-":
        click.echo(made.data.decode(), nl=False)
    else:
        write_file(Path(out), made.data)
    if as_json and out != "-":
        write_json(made.to_dict())
    count = several(len(made.records), "record")
    say(f"export {made.id}: {count} for {made.recipient} under {made.code}; {made.left_out} stay out")


@click.command()
@desk_option
@json_option
def exports(desk: Path, as_json: bool) -> None:
    """The register of exports: what went to whom, when, under which code.

    \b
    Example:
      accord records exports --desk desk-a
    """
    from accord.subjects import exports as look

    rows = [one.to_dict() for one in look(_open(desk))]
    write_rows(
        rows, ["id", "at", "recipient", "code", "purpose", "officer", "records"], as_json, "nothing was exported"
    )


def attach(records: click.Group) -> None:
    """Add these commands to `accord records`."""
    for command in (subject, due, review, purge, export, exports):
        records.add_command(command)


def _open(desk: Path) -> Party:
    from accord.exchange import Party

    return Party.open(desk, read_passphrase(), officer_passphrase=read_officer_passphrase)


def _tell(receipt: Receipt, folder: Path | None, as_json: bool) -> None:
    if as_json:
        write_json(receipt.to_dict())
    else:
        click.echo(f"{receipt.act}, {receipt.at}")
        for line in receipt.done:
            click.echo(f"  software did: {line}")
        for release, partner in receipt.partners.items():
            click.echo(f"  {partner} must be told: message for release {release}")
        for release, why in receipt.failed.items():
            click.echo(f"  not told: release {release}: {why}")
        for line in receipt.to_attest:
            click.echo(f"  a person must attest: {line}")
    _carry(receipt, folder)


def _carry(receipt: Receipt, folder: Path | None) -> None:
    from accord.vault import write_file

    if not receipt.messages:
        return
    if folder is None:
        again = "; ".join(f"accord exchange resend {release} --out FILE" for release in receipt.messages)
        say(f"No --out was given. The messages are kept at this desk: {again}")
        return
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for release, message in receipt.messages.items():
            write_file(folder / f"{receipt.act}-{release}.age", message)
    except OSError as error:
        raise InputError("file.system", f"{folder}: {error.strerror}", "`accord exchange resend` has them") from None
    say(f"{several(len(receipt.messages), 'message')} in {folder}, to carry to the partners, who `receive` what comes.")
