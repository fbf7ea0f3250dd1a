"""`accord records`: what this party holds.

Invariants: a load happens as a whole or not at all (`_load`); what stands in a record is shown as text
and never acts on the terminal; what could not be read in it is marked.
"""

from __future__ import annotations

from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import click

from accord.cli import _subject
from accord.cli._load import Options, load_files, load_options
from accord.cli.output import (
    desk_option,
    json_option,
    plain,
    read_passphrase,
    say,
    writable,
    write_json,
    write_rows,
)
from accord.errors import InputError, several

if TYPE_CHECKING:
    from accord.records import Held
    from accord.vault import Folder

_LOADED = ["file", "records", "new", "changed", "unchanged", "removed", "left_out"]


@click.group()
def records() -> None:
    """What this party holds: load it into the desk, look at it, count it, keep it no longer than needed."""


_subject.attach(records)


@records.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(dir_okay=False, allow_dash=True))
@load_options
@desk_option
@json_option
def load(files: tuple[str, ...], options: Options, desk: Path, as_json: bool) -> None:
    """Load files into the desk: FollowTheMoney, the UN's or OFAC's list, or tables with a mapping.

    \b
    accord records load persons.jsonl.gz --purpose asset-recovery --handling tlp:AMBER
    accord records load staff.xlsx --mapping staff.toml
    accord records load consolidated.xml --source un-list --complete
    """
    from accord.records import Holding

    folder = _open(desk)
    rows = load_files(files, folder, options)
    if as_json:
        for row in rows:
            write_json(row)
        return
    write_rows(rows, _LOADED, as_json=False, empty="")
    say(f"The desk now holds {several(len(Holding(folder)), 'record')}. Look at them with `accord records list`.")


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
@click.option("--text", default="", help="Only records with these words in a name or number.")
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
    from accord.records.validate import odd_values

    held = Holding(_open(desk)).get(identity)
    if as_json:
        shown = {"entity": held.entity.to_dict(), "terms": held.terms.to_dict(), "source": held.source}
        write_json({**shown, "odd": odd_values(held.entity)})
        return
    for line in _described(held):
        click.echo(line)


@records.command()
@desk_option
@json_option
def stats(desk: Path, as_json: bool) -> None:
    """Count the records by schema, how complete they are, and in which scripts their names stand.

    Odd are records with a value that cannot be read: no date, no country, a wrong check digit. They are kept as given.

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
                    {
                        "schema": row.schema,
                        "property": row.property,
                        "entities": row.entities,
                        "share": row.share,
                        "odd": row.odd,
                    }
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
            {
                "schema": row.schema,
                "property": row.property,
                "stated": row.entities,
                "share": f"{row.share:.0%}",
                "odd": row.odd or "",
            }
            for row in counted.properties
        )
        write_rows(complete, ["schema", "property", "stated", "share", "odd"], as_json=False, empty="")


def _open(desk: Path) -> Folder:
    from accord.vault import Folder

    return Folder.open(desk, read_passphrase())


def _described(held: Held) -> list[str]:
    from accord.records.validate import odd_value

    entity, terms = held.entity, held.terms
    lines = [plain(entity.caption), f"  {'id':<20} {plain(entity.id)}", f"  {'schema':<20} {plain(entity.schema)}"]
    for name, values in entity.properties.items():
        marks = {value: message for value in values if (message := odd_value(entity.schema, name, value))}
        for number, value in enumerate(values):
            mark = f"  ← {marks[value]}" if value in marks else ""
            lines.append(f"  {plain('' if number else name):<20} {plain(value)}{mark}")
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


def _scripts(counted: dict[str, int]) -> str:
    return ", ".join(f"{script} {number:,}" for script, number in counted.items())
