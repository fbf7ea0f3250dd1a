"""`accord records`: what this party holds.

Invariants: a load happens as a whole or not at all; with several files, all are checked before the first is loaded;
each load is written to the ledger in the same transaction, with counts and never with a value.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import click

from accord.cli.output import (
    desk_option,
    json_option,
    plain,
    progress,
    read_passphrase,
    say,
    writable,
    write_json,
    write_rows,
)
from accord.errors import InputError

if TYPE_CHECKING:
    from accord.records import Entity, Held, Holding, RecordTerms, Report
    from accord.vault import Folder

_SHOWN_NOTES = 12
_STEP = 500
_LOADED = ["file", "records", "new", "replaced", "left_out"]


@click.group()
def records() -> None:
    """What this party holds: load it into the desk, look at it, count it."""


@records.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(dir_okay=False, allow_dash=True))
@click.option(
    "--mapping", type=click.Path(dir_okay=False, exists=True), help="What the columns of a table mean (TOML)."
)
@click.option("--purpose", "purposes", multiple=True, help="What the records may be used for; may be repeated.")
@click.option("--handling", multiple=True, help="Handling code, like tlp:AMBER or europol:H1.")
@click.option("--owner", "owners", multiple=True, help="A third body whose data it is: it must consent to a release.")
@click.option(
    "--status", multiple=True, type=click.Choice(["minor", "victim", "witness"]), help="Whom the records protect."
)
@click.option("--skip-invalid", is_flag=True, help="Leave out what cannot be used, and say what was left out.")
@desk_option
@json_option
def load(  # noqa: PLR0913, PLR0917 - one parameter for each option
    files: tuple[str, ...],
    mapping: str | None,
    purposes: tuple[str, ...],
    handling: tuple[str, ...],
    owners: tuple[str, ...],
    status: tuple[str, ...],
    skip_invalid: bool,
    desk: Path,
    as_json: bool,
) -> None:
    """Load FollowTheMoney files, or tables with a mapping, into the desk.

    \b
    accord records load persons.jsonl.gz --purpose asset-recovery --handling tlp:AMBER
    accord records load staff.xlsx --mapping staff.toml
    """
    from accord.records import Holding, RecordTerms

    folder = _open(desk)
    terms = RecordTerms(purposes or None, _codes(folder, handling), owners, status)
    if len(files) > 1:
        _check_all(files, mapping, skip_invalid)
    holding = Holding(folder)
    rows = [_load(holding, folder, file, mapping, terms, skip_invalid) for file in files]
    if as_json:
        for row in rows:
            write_json(row)
        return
    write_rows(rows, _LOADED, as_json=False, empty="")
    say(f"The desk now holds {len(holding):,} records. Look at them with `accord records list`.")


@records.command(name="draft-mapping")
@click.argument("file", type=click.Path(dir_okay=False, allow_dash=True))
@click.option("--out", type=click.Path(path_type=Path), callback=writable, help="Where to write it; default: stdout.")
@json_option
def draft_mapping(file: str, out: Path | None, as_json: bool) -> None:
    """Propose a mapping for a table (CSV, TSV, XLSX, Parquet), to be read through before it is used.

    \b
    accord records draft-mapping staff.xlsx --out staff.toml
    accord records load staff.xlsx --mapping staff.toml
    """
    from accord.records.draft import draft_mapping as draft

    drafted = draft(file)
    if out is not None and str(out) != "-":
        try:
            with out.open("x", encoding="utf-8") as text:
                text.write(drafted.text)
        except OSError as error:
            remedy = "choose another name" if isinstance(error, FileExistsError) else "choose another place"
            raise InputError("records.write", f"cannot write {out}: {error.strerror}", remedy) from None
        used = sum(column.prop is not None for column in drafted.columns)
        known = f"{used} of {len(drafted.columns)} columns recognised"
        say(f"{out}: {drafted.schema}, {known}. Read it through before you use it.")
    if as_json:
        columns = [{"column": one.name, "property": one.prop, "why": one.why} for one in drafted.columns]
        write_json({"schema": drafted.schema, "columns": columns, "mapping": drafted.text})
    elif out is None or str(out) == "-":
        click.echo(drafted.text, nl=False)


@records.command(name="list")
@click.option("--where", help="Which records: schema = Person and nationality = Iran and name ~ diallo")
@click.option("--text", default="", help="Only records whose name or id contains this.")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1), help="How many to show.")
@click.option("--offset", default=0, type=click.IntRange(0), help="How many to pass over first.")
@desk_option
@json_option
def list_(where: str | None, text: str, limit: int, offset: int, desk: Path, as_json: bool) -> None:
    """List the records of the desk.

    \b
    accord records list --where "schema = LegalEntity and country = Panama"
    """
    from accord.records import Holding

    chosen = Holding(_open(desk)).listed(where, text)
    rows = [
        {"id": row.id, "schema": row.schema, "name": row.caption, "source": row.source}
        for row in islice(chosen, offset, offset + limit)
    ]
    more = sum(1 for _ in chosen)
    empty = (
        "No record fits." if where or text or offset else "The desk is empty: load a file with `accord records load`."
    )
    write_rows(rows, ["id", "schema", "name", "source"], as_json, empty)
    if more and not as_json:
        say(f"{more:,} more: --offset {offset + limit}")


@records.command()
@click.argument("identity", metavar="ID")
@desk_option
@json_option
def show(identity: str, desk: Path, as_json: bool) -> None:
    """Show one record with the terms under which it is held.

    \b
    accord records show p-1
    """
    from accord.records import Holding

    held = Holding(_open(desk)).get(identity)
    if as_json:
        write_json({"entity": held.entity.to_dict(), "terms": held.terms.to_dict(), "source": held.source})
        return
    for line in _described(held):
        click.echo(line)


@records.command()
@desk_option
@json_option
def stats(desk: Path, as_json: bool) -> None:
    """Count the records by schema, how complete they are, and in which scripts their names stand.

    \b
    accord records stats
    """
    from accord.records import Holding

    counted = Holding(_open(desk)).stats()
    if as_json:
        write_json(
            {
                "entities": counted.entities,
                "schemata": counted.schemata,
                "scripts": counted.scripts,
                "properties": [
                    {"schema": row.schema, "property": row.property, "entities": row.entities, "share": row.share}
                    for row in counted.properties
                ],
            }
        )
        return
    empty = "The desk is empty: load a file with `accord records load`."
    summary = [
        {"schema": schema, "records": number, "scripts": _scripts(counted.scripts.get(schema, {}))}
        for schema, number in counted.schemata.items()
    ]
    write_rows(summary, ["schema", "records", "scripts"], as_json=False, empty=empty)
    if summary:
        click.echo()
        complete = (
            {"schema": row.schema, "property": row.property, "stated": row.entities, "share": f"{row.share:.0%}"}
            for row in counted.properties
        )
        write_rows(complete, ["schema", "property", "stated", "share"], as_json=False, empty="")


def _open(desk: Path) -> Folder:
    from accord.vault import Folder

    return Folder.open(desk, read_passphrase())


def _codes(folder: Folder, given: tuple[str, ...]) -> tuple[str, ...]:
    """Handling codes with their scheme; a bare code is one of the party's own scheme."""
    if not given:
        return ()
    from accord.arrangement import card
    from accord.arrangement.handling import parse

    own = card(folder).handling
    return tuple(":".join(parse(code, own)) for code in given)


def _check_all(files: tuple[str, ...], mapping: str | None, skip_invalid: bool) -> None:
    """Read every file before the first is loaded, so that a bad one stops all of them. stdin cannot be read twice."""
    from accord.errors import UsageError
    from accord.records import Report

    if "-" in files:
        raise UsageError("records.stdin", "stdin can only be loaded alone", "load it with a command of its own")
    report = Report()
    for file in files:
        for _ in _entities(file, mapping, report):
            pass
    if not skip_invalid:
        report.raise_problems(f"{len(files)} files")


def _load(
    holding: Holding, folder: Folder, file: str, mapping: str | None, terms: RecordTerms, skip_invalid: bool
) -> dict[str, object]:
    """Load one file and tell what was found in it; the row for the answer."""
    from sqlalchemy import Connection

    from accord.arrangement import keys
    from accord.ledger import Log
    from accord.records import Loaded, Report

    name, report, now = ("stdin" if file == "-" else Path(file).name), Report(), datetime.datetime.now(datetime.UTC)
    own = keys(folder)
    log = Log(folder.engine(), own.sign, own.party)

    def then(connection: Connection, loaded: Loaded) -> None:
        log.append("records.load", loaded.id, loaded.to_dict(), at=now, within=connection)

    def checked() -> Iterator[Entity]:
        with progress(f"Reading {name}") as advance:
            for number, entity in enumerate(_entities(file, mapping, report), 1):
                if number % _STEP == 0:
                    advance(_STEP)
                yield entity
        if not skip_invalid:
            report.raise_problems(name)

    loaded = holding.load(checked(), source=name, at=now, terms=terms, then=then)
    _tell(report, loaded.minors)
    return {
        "file": name,
        "load": loaded.id,
        "records": loaded.entities,
        "new": loaded.added,
        "replaced": loaded.replaced,
        "left_out": report.problem_count,
        "minors": loaded.minors,
        "detected": report.said,
        "problems": [problem.to_dict() for problem in report.problems],
        "notes": [note.to_dict() for note in report.notes],
    }


def _entities(file: str, mapping: str | None, report: Report) -> Iterator[Entity]:
    from accord.records import read_entities

    return read_entities(file, mapping, report=report)


def _tell(report: Report, minors: int) -> None:
    """What a person should know about a load: what was detected, left out, and kept though it is odd."""
    for text in report.said:
        say(text)
    for problem in report.problems[:_SHOWN_NOTES]:
        say(f"left out: {problem}")
    if report.problem_count > _SHOWN_NOTES:
        say(f"left out: … and {report.problem_count - _SHOWN_NOTES:,} more (all of them with --json)")
    for note in report.notes[:_SHOWN_NOTES]:
        say(f"note: {note.count:,} × {plain(str(note))}; kept as given")
    if len(report.notes) > _SHOWN_NOTES:
        say(f"note: … and {len(report.notes) - _SHOWN_NOTES} kinds more (all of them with --json)")
    if minors:
        say(f"note: {minors:,} marked as minors by their birth dates; they stay out of blind questions")


def _described(held: Held) -> list[str]:
    entity, terms = held.entity, held.terms
    lines = [plain(entity.caption), f"  {'id':<20} {plain(entity.id)}", f"  {'schema':<20} {plain(entity.schema)}"]
    for name, values in entity.properties.items():
        lines += [f"  {plain(name if first else ''):<20} {plain(value)}" for first, value in _numbered(values)]
    lines.append(f"  {'from':<20} {plain(held.source)}")
    said = {
        "may be used for": "anything the accord permits" if terms.purposes is None else ", ".join(terms.purposes),
        "handling": ", ".join(terms.handling),
        "belongs to": ", ".join(terms.owners),
        "protected as": ", ".join(terms.status),
        "until": terms.until.isoformat() if terms.until else "",
        "restricted": "its use was stopped" if terms.restricted else "",
    }
    return lines + [f"  {name:<20} {plain(text)}" for name, text in said.items() if text]


def _numbered(values: tuple[str, ...]) -> Iterator[tuple[bool, str]]:
    return ((number == 0, value) for number, value in enumerate(values))


def _scripts(counted: dict[str, int]) -> str:
    return ", ".join(f"{script} {number:,}" for script, number in counted.items())
