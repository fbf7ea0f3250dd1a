"""`accord coverage`: who does what where, as rows or as one page.

No domain logic: each command is one call of `accord.coverage`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from accord.cli.output import json_option, say, writable, write_json, write_rows
from accord.errors import several

if TYPE_CHECKING:
    from accord.coverage import Filter, Map

F = TypeVar("F", bound=Callable[..., object])
_PLAN = click.argument("plan", metavar="COVERAGE.TOML", type=click.Path(dir_okay=False, path_type=Path))
_SHOWN_PROBLEMS = 5
_CELLS = ["area", "country", "function", "year", "state", "partners", "why"]
_GAPS = ["rank", "area", "country", "function", "year", "need", "evidence"]
_OVERLAPS = ["rank", "area", "country", "function", "year", "partners", "why"]
_DUPLICATES = ["rank", "score", "left", "right", "partners", "countries", "why"]
_HORIZON = ["kind", "rank", "area", "threat", "country", "year", "sure", "why"]
_OUT = click.Path(dir_okay=False, path_type=Path)


@click.group()
def coverage() -> None:
    """Who does what where: squares that are covered, gaps, overlaps, and what nobody can know."""


def _choosing(command: F) -> F:
    """Add the options that choose squares; each may be given several times."""
    for flag, text in (
        ("--partner", "A partner, such as INTERPOL."),
        ("--state", "covered, overlapping, gap, unknown or not-needed."),
        ("--year", "A year of the period."),
        ("--function", "A function, such as legal."),
        ("--country", "A country: code or name."),
        ("--area", "A crime area, such as firearms."),
    ):
        kind = click.INT if flag == "--year" else click.STRING
        command = click.option(flag, multiple=True, type=kind, help=f"{text} May be repeated.")(command)
    return command


@coverage.command()
@click.argument("file", type=click.Path(dir_okay=False, allow_dash=True))
@click.option("--corrections", type=click.Path(dir_okay=False, path_type=Path), help="What persons said, by id (CSV).")
def classify(file: str, corrections: Path | None) -> None:
    """Say which crime areas and functions an activity has, from its text, with the words that decided.

    Lines in: {"id", "title", "description"} and, where known, "context" and "codes" such as "DAC:16063" or "SDG:16.5";
    out, in the same order: {"id", "areas", "functions", "evidence"}.

    Example: accord coverage classify activities.jsonl --corrections ours.csv
    """
    from accord.coverage.classify import classify_many

    known = None
    if corrections:
        from accord.coverage.corrections import correct, read_corrections

        known = read_corrections(corrections)
    for identity, row in _lines(file):
        labels = next(classify_many([row]))
        if known and (said := known.of(str(identity), str(row.get("title") or ""))):
            labels = correct(labels, said)
        write_json({"id": identity, **labels.to_dict()})


def _lines(file: str) -> Iterator[tuple[object, Mapping[str, object]]]:
    """Read JSON lines; raises `InputError` with every line that is none, after the good ones were given."""
    import orjson

    from accord.errors import InputError, Problem
    from accord.records import numbered_lines

    problems = []
    for number, line in numbered_lines(file):
        if line is not None and not line.strip():
            continue
        try:
            row = orjson.loads(line or b"")
        except orjson.JSONDecodeError:
            row = None
        if isinstance(row, dict):
            yield row.get("id"), row
        else:
            message, remedy = "the line is no JSON object", 'give {"id": …, "title": …, "description": …}'
            problems.append(Problem("coverage.line", message, remedy, Path(file).name, number))
    if problems:
        raise InputError(
            "coverage.lines", f"{len(problems)} line(s) could not be read", "mend them; the others are done", problems
        )


@coverage.command()
@_PLAN
@_choosing
@json_option
def cells(plan: Path, as_json: bool, **chosen: tuple[str, ...]) -> None:
    """Write every square of the map: area, country, function, year, its state, and why.

    Example: accord coverage cells coverage.toml --country KEN --year 2024 --json
    """
    from accord.coverage import cell_rows

    filtered = _filter(chosen)
    _write(cell_rows(_make(plan).grid, filtered), as_json, "no square fits these filters", _CELLS)


@coverage.command()
@_PLAN
@_choosing
@json_option
def gaps(plan: Path, as_json: bool, **chosen: tuple[str, ...]) -> None:
    """List the gaps: need is high, and every partner would have reported work if there were any.

    Example: accord coverage gaps coverage.toml --area firearms
    """
    from accord.coverage import gap_rows

    filtered = _filter(chosen)
    empty = (
        "no gap can be shown; squares may be unknown because no source declares `reports` (see: accord coverage cells)"
    )
    _write(gap_rows(_make(plan).grid, filtered), as_json, empty, _GAPS)


@coverage.command()
@_PLAN
@_choosing
@json_option
def overlaps(plan: Path, as_json: bool, **chosen: tuple[str, ...]) -> None:
    """List where partners work on the same square: possible duplicates first, then joint and complementary work.

    Example: accord coverage overlaps coverage.toml --country Kenya
    """
    from accord.coverage import overlap_rows

    filtered = _filter(chosen)
    _write(overlap_rows(_make(plan).grid, filtered), as_json, "no square has two partners", _OVERLAPS)


@coverage.command()
@_PLAN
@_choosing
@click.option("--like", "record", metavar="ID", help="Instead: the ten records most likely to belong with this one.")
@json_option
def duplicates(plan: Path, record: str | None, as_json: bool, **chosen: tuple[str, ...]) -> None:
    """List records in two partners' books that may be one project, likest first, with what decided.

    Example: accord coverage duplicates coverage.toml --country Kenya
    """
    from accord.coverage import duplicate_rows, nearest_rows

    filtered = _filter(chosen)
    grid = _make(plan).grid
    rows = nearest_rows(grid, record) if record else duplicate_rows(grid, filtered)
    write_rows(rows, _DUPLICATES, as_json, "no two records look like one project", _DUPLICATES, cut="why")


@coverage.command()
@_PLAN
@_choosing
@json_option
def horizon(plan: Path, as_json: bool, **chosen: tuple[str, ...]) -> None:
    """List which coverage is ending, where need is rising, and the five emerging threats year by year.

    Example: accord coverage horizon coverage.toml --area firearms
    """
    from accord.coverage import horizon_rows

    filtered = _filter(chosen)
    rows = horizon_rows(_make(plan).grid, filtered)
    write_rows(rows, _HORIZON, as_json, "nothing ends or rises here", _HORIZON, cut="why")


@coverage.command()
@_PLAN
@click.option("--out", required=True, type=_OUT, callback=writable, help="F.html or F.xlsx.")
@click.option("--lang", "language", default="en", show_default=True, help="The page's language: en, fr or es.")
def report(plan: Path, out: Path, language: str) -> None:
    """Write the map as one page to read and print (.html), or as a workbook (.xlsx).

    Example: accord coverage report coverage.toml --out map.html
    """
    from accord.coverage import write_report
    from accord.coverage.report import check_name
    from accord.coverage.words import words

    check_name(out)
    words(language)  # an unknown language is told before any work
    write_report(_make(plan), out, language)
    say(f"written: {out}")


@coverage.command()
@_PLAN
@click.option("--out", required=True, type=_OUT, callback=writable, help="The summary to write.")
@click.option("--party", required=True, help="Whose squares: your own party, as the books name it or by its id.")
@click.option("--to", "recipient", help="For whom: the id of a partner in the accord that the plan names.")
@click.option("--purpose", help="The purpose of handing it over, one of the accord's.")
@click.option("--desk", type=click.Path(file_okay=False, path_type=Path), help="Your desk folder: signs the summary.")
def summary(plan: Path, out: Path, party: str, recipient: str | None, purpose: str | None, desk: Path | None) -> None:
    """Write which squares one party works in, without its records, as far as the accord lets a partner see.

    The partner names the file in its coverage.toml, with format = "summary" and your card.

    Example: accord coverage summary coverage.toml --party UNODC --to interpol --purpose coordination --out ours.summary
    """
    from accord.arrangement import card, keys
    from accord.cli.output import read_passphrase
    from accord.coverage.summary import TYPE, summarise
    from accord.ledger import Envelope
    from accord.vault import Folder

    folder = Folder.open(desk, read_passphrase()) if desk else None
    owner = card(folder).id if folder else party
    made = _make(plan)
    detail = _detail(made.grid.plan.accord, owner, recipient, purpose)
    found = replace(summarise(made.grid, party, detail), party=owner)
    data = found.to_bytes()
    if folder:
        data = Envelope.sign(TYPE, data, keys(folder).sign).to_bytes()
    out.write_bytes(data)
    signed = "signed" if folder else "not signed (--desk signs it)"
    say(f"written: {out} — {several(len(found.squares), 'square')}, {detail} only, {signed}")


def _detail(accord: Path | None, owner: str, recipient: str | None, purpose: str | None) -> str:
    """What the accord lets the partner see; without a partner named, the least, for one's own use."""
    from accord.errors import PolicyError, UsageError

    if recipient is None:
        say("no partner is named (--to): states only; hand it on only under an accord")
        return "states"
    if accord is None or purpose is None:
        message = "nobody can say what this partner may see"
        remedy = 'name the arrangement in the plan (accord = "accord.toml") and give --purpose'
        raise UsageError("coverage.summary-accord", message, remedy)
    from accord.arrangement import Refusal, load
    from accord.cli.output import now
    from accord.coverage.summary import permit

    answer = permit(load(accord), owner, recipient, purpose, now())
    if isinstance(answer, Refusal):
        raise PolicyError(answer.code, answer.message, answer.remedy, answer.clause, answer.owner)
    return answer[0]


@coverage.command()
@click.option("--out", required=True, type=_OUT, callback=writable, help="The workbook to write.")
def template(out: Path) -> None:
    """Write an empty workbook for a partner's activities, with drop-downs and a page of help.

    Example: accord coverage template --out our-activities.xlsx
    """
    from accord.coverage.template import write_template
    from accord.errors import UsageError

    if out.exists():
        raise UsageError("coverage.exists", f"{out} is there already", "choose another name, or move it away")
    write_template(out)
    say(f'written: {out} — fill the first sheet, then name it in coverage.toml with format = "table"')


def _make(plan: Path) -> Map:
    from accord.coverage import make

    made = make(plan, say)
    for problem in made.problems[:_SHOWN_PROBLEMS]:
        say(f"note: {problem}" + (f" — {problem.remedy}" if problem.remedy else ""))
    if len(made.problems) > _SHOWN_PROBLEMS:
        say(f"… and {len(made.problems) - _SHOWN_PROBLEMS} more notes (all of them in the report)")
    return made


def _filter(chosen: Mapping[str, tuple[str, ...]]) -> Filter:
    from accord.coverage import STATES, Filter, places
    from accord.coverage.classify import AREAS, FUNCTIONS
    from accord.coverage.spending import party_key
    from accord.errors import UsageError

    countries = [(text, places.country(text)) for text in chosen["country"]]
    for flag, known in (("area", AREAS), ("function", FUNCTIONS), ("state", STATES)):
        for word in chosen[flag]:
            if word not in known:
                raise UsageError(
                    "coverage.filter", f"--{flag}: this {flag} is not known", f"one of: {', '.join(known)}"
                )
    if any(code is None for _, code in countries):
        raise UsageError("coverage.filter", "--country: a country is not known", "give an alpha-3 code or a name")
    return Filter(
        areas=frozenset(chosen["area"]),
        countries=frozenset(code for _, code in countries if code),
        functions=frozenset(chosen["function"]),
        years=frozenset(int(year) for year in chosen["year"]),
        states=frozenset(chosen["state"]),
        partners=frozenset(party_key(name) for name in chosen["partner"]),
    )


def _write(rows: Iterable[Mapping[str, object]], as_json: bool, empty: str, table: list[str]) -> None:
    """All columns as JSON or into a pipe; on a terminal those of `table`, the last one shortened to fit."""
    from accord.coverage.rows import COLUMNS

    ranked = ["rank"] if table[0] == "rank" else []
    write_rows(rows, [*ranked, *COLUMNS], as_json, empty, table, cut=table[-1])
