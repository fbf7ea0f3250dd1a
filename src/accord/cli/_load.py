"""Loading files into the desk: `accord records load`, from the options to what a person is told.

Invariants: with several files, all are checked before the first is loaded; a load and its entry in the ledger are one
transaction; the entry holds counts and never a value.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING

import click

from accord.cli.output import plain, progress, say
from accord.errors import UsageError

if TYPE_CHECKING:
    from accord.records import Entity, Holding, RecordTerms, Report
    from accord.vault import Folder

_SHOWN_NOTES = 12
_STEP = 500


@dataclass(frozen=True, slots=True)
class Options:
    """How files are loaded, and the terms under which their records are held."""

    mapping: str | None
    source: str | None
    complete: bool
    remove_many: bool
    purposes: tuple[str, ...]
    handling: tuple[str, ...]
    owners: tuple[str, ...]
    status: tuple[str, ...]
    skip_invalid: bool


_OPTIONS = (
    click.option(
        "--mapping", type=click.Path(dir_okay=False, exists=True), help="What the columns of a table mean (TOML)."
    ),
    click.option("--source", metavar="NAME", help="Where the records come from.  [default: the file's name]"),
    click.option(
        "--complete",
        is_flag=True,
        help="The file is all that its source has: remove the records of this source that are no longer in it.",
    ),
    click.option("--remove-many", is_flag=True, help="With --complete: even if more records go than stay."),
    click.option("--purpose", "purposes", multiple=True, help="What the records may be used for; may be repeated."),
    click.option("--handling", multiple=True, help="Handling code, like tlp:AMBER or europol:H1."),
    click.option(
        "--owner", "owners", multiple=True, help="A third body whose data it is: it must consent to a release."
    ),
    click.option(
        "--status", multiple=True, type=click.Choice(["minor", "victim", "witness"]), help="Whom the records protect."
    ),
    click.option("--skip-invalid", is_flag=True, help="Leave out what cannot be used, and say what was left out."),
)


def load_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options of a load and hand them over as one `options`."""

    @wraps(command)
    def gathered(**arguments: object) -> None:
        given = {name: arguments.pop(name) for name in Options.__slots__}
        command(options=Options(**given), **arguments)  # type: ignore[arg-type]  # click has checked the types

    for option in reversed(_OPTIONS):
        gathered = option(gathered)
    return gathered


def load_files(files: tuple[str, ...], folder: Folder, options: Options) -> list[dict[str, object]]:
    """Load files into the desk, one after the other; a row with the counts of each."""
    from accord.records import Holding, RecordTerms

    if options.complete and options.skip_invalid:
        message = "--complete and --skip-invalid do not go together: what is left out would be removed from the desk"
        raise UsageError("records.complete", message, "mend the file, or leave one of the two options out")
    if len(files) > 1 and options.source is not None and options.complete:
        message = "several files cannot each be all that one source has"
        raise UsageError("records.complete", message, "load them one by one, each with a --source of its own")
    _check_purposes(folder, options.purposes)
    handling = _codes(folder, options.handling)
    terms = RecordTerms(options.purposes or None, handling, options.owners, options.status)
    if len(files) > 1:
        _check_all(files, options)
    holding = Holding(folder)
    return [_load(holding, folder, file, terms, options) for file in files]


def _check_purposes(folder: Folder, purposes: tuple[str, ...]) -> None:
    """Refuse a purpose that the accord of the desk does not know: under it the records could be used for nothing."""
    from accord.arrangement import adopted

    try:
        known = tuple(adopted(folder).purposes) if purposes else ()
    except UsageError as error:
        if error.code != "arrangement.none":
            raise
        say("note: this desk has adopted no accord yet, so nobody can say whether it will know these purposes")
        return
    if unknown := [purpose for purpose in purposes if purpose not in known]:
        message = f"the accord of this desk knows no purpose «{unknown[0]}»"
        raise UsageError("records.purpose", message, f"use one of: {', '.join(known)}")


def _codes(folder: Folder, given: tuple[str, ...]) -> tuple[str, ...]:
    """Handling codes with their scheme; a bare code is one of the party's own scheme."""
    if not given:
        return ()
    from accord.arrangement import card
    from accord.arrangement.handling import parse

    own = card(folder).handling
    return tuple(":".join(parse(code, own)) for code in given)


def _check_all(files: tuple[str, ...], options: Options) -> None:
    """Read every file before the first is loaded, so that a bad one stops all of them. stdin cannot be read twice."""
    from accord.records import Report

    if "-" in files:
        raise UsageError("records.stdin", "stdin can only be loaded alone", "load it with a command of its own")
    report = Report()
    for file in files:
        for _ in _entities(file, options, report):
            pass
    if not options.skip_invalid:
        report.raise_problems(f"{len(files)} files")


def _load(holding: Holding, folder: Folder, file: str, terms: RecordTerms, options: Options) -> dict[str, object]:
    """Load one file and tell what was found in it; the row for the answer."""
    from accord.arrangement import keys
    from accord.ledger import Log
    from accord.records import Report
    from accord.records.loading import Wish
    from accord.records.loading import load as load_records

    name, report, now = ("stdin" if file == "-" else Path(file).name), Report(), datetime.datetime.now(datetime.UTC)
    own = keys(folder)
    log = Log(folder.engine(), own.sign, own.party)

    def checked() -> Iterator[Entity]:
        with progress(f"Reading {name}") as advance:
            for number, entity in enumerate(_entities(file, options, report), 1):
                if number % _STEP == 0:
                    advance(_STEP)
                yield entity
        if not options.skip_invalid:
            report.raise_problems(name)

    wish = Wish(options.source or name, terms, options.complete, options.remove_many)
    loaded = load_records(holding, log, checked(), wish, now)
    _tell(name, report, loaded.minors)
    return {
        "file": name,
        "load": loaded.id,
        "records": loaded.entities,
        "new": loaded.added,
        "changed": loaded.changed,
        "unchanged": loaded.unchanged,
        "removed": loaded.removed,
        "left_out": report.problem_count,
        "minors": loaded.minors,
        "detected": report.said,
        "problems": [problem.to_dict() for problem in report.problems],
        "notes": [note.to_dict() for note in report.notes],
    }


def _entities(file: str, options: Options, report: Report) -> Iterator[Entity]:
    from accord.records import read_entities

    return read_entities(file, options.mapping, report=report)


def _tell(file: str, report: Report, minors: int) -> None:
    """What a person should know about a load: what was detected, left out, and kept though it is odd."""
    for text in report.said:
        say(plain(text))
    for problem in report.problems[:_SHOWN_NOTES]:
        say(f"left out: {problem}")
    if report.problem_count > _SHOWN_NOTES:
        say(f"left out: … and {report.problem_count - _SHOWN_NOTES:,} more (all of them with --json)")
    for note in report.notes[:_SHOWN_NOTES]:
        say(f"{plain(file)}: {note.count:,} × {plain(str(note))}; kept as given")
    if len(report.notes) > _SHOWN_NOTES:
        say(f"{plain(file)}: … and {len(report.notes) - _SHOWN_NOTES} kinds more (all of them with --json)")
    if minors:
        who = f"{minors:,} persons are minors by their birth dates and stay"
        if minors == 1:
            who = "1 person is a minor by the birth date and stays"
        say(f"{plain(file)}: {who} out of blind questions")
