"""How commands speak: rows on stdout, talk and progress on stderr, errors with their remedy.

Invariants: with `--json`, stdout is NDJSON for rows and one object for a single answer; tables, colours and progress
bars appear on a terminal only.
"""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import click

from accord.errors import AccordError, InputError, PolicyError, UsageError

F = TypeVar("F", bound=Callable[..., object])
_Out = TypeVar("_Out", str, Path, None)
SHOWN_PROBLEMS = 20
_LEAST_CUT = 12  # characters below which a shortened column says nothing and is left out

json_option = click.option("--json", "as_json", is_flag=True, help="Write JSON (one object a line) to stdout.")


def desk_option(command: F) -> F:
    """Add `--desk DIR`: the party's folder, by default ACCORD_DESK, then the current folder."""
    return click.option(
        "--desk",
        envvar="ACCORD_DESK",
        default=".",
        show_default="ACCORD_DESK, then the current folder",
        type=click.Path(file_okay=False, path_type=Path),
        help="The party's desk folder.",
    )(command)


def say(text: str) -> None:
    """Talk to the person: one line on stderr, made safe to print: words of a partner or a file stand in it."""
    click.echo(plain(text), err=True)


def write_json(value: object) -> None:
    """Write one value as one line of JSON to stdout."""
    import orjson

    sys.stdout.buffer.write(orjson.dumps(value, option=orjson.OPT_APPEND_NEWLINE))
    sys.stdout.buffer.flush()


def writable(_context: click.Context, option: click.Parameter, value: _Out) -> _Out:
    """Callback of an output option: refuse a folder, or a path whose folder is missing, before the work is done."""
    if value is None or str(value) == "-":
        return value
    path = Path(value)
    if path.is_dir():
        raise click.BadParameter(f"{path} is a folder; name a file in it", param=option)
    if not path.absolute().parent.is_dir():
        raise click.BadParameter(f"the folder {path.parent} does not exist; make it first", param=option)
    return value


def write_rows(
    rows: Iterable[Mapping[str, object]],
    columns: list[str],
    as_json: bool,
    empty: str,
    table: Sequence[str] | None = None,
    cut: str = "",
    wrap: str = "",
) -> None:
    """Write rows: NDJSON with `as_json`, a table on a terminal, tab-separated text into a pipe.

    `empty` is what a person reads (on stderr) when there are no rows: say what to do next. On a terminal only, `table`
    names the columns to show, `cut` the one whose text is shortened to the width that the others leave (or left out),
    and `wrap` the only one that may take several lines.
    """
    if as_json:
        for row in rows:
            write_json(row)
        return
    listed = list(rows)
    if not listed:
        say(empty)
        return
    if not sys.stdout.isatty():
        click.echo("\t".join(columns))
        for row in listed:
            click.echo("\t".join(_cell(row.get(column)) for column in columns))
        return
    shown = list(table or columns)
    _print_table([[_cell(row.get(column)) for column in shown] for row in listed], shown, cut, wrap)


def _print_table(cells: list[list[str]], columns: list[str], cut: str, wrap: str) -> None:
    from rich.cells import cell_len
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console()
    widths = [max(map(cell_len, texts)) for texts in zip(columns, *cells, strict=True)]
    drawn = Table(header_style="bold", box=None, pad_edge=False)
    left = console.width - sum(width + 2 for column, width in zip(columns, widths, strict=True) if column != cut)
    kept = [column for column in columns if column != cut or left >= _LEAST_CUT]
    for column in kept:
        drawn.add_column(column, no_wrap=bool(cut or wrap) and column != wrap, overflow="fold")
    for row in cells:
        texts = {column: Text(cell) for column, cell in zip(columns, row, strict=True)}
        if cut:
            texts[cut].truncate(max(left, 0), overflow="ellipsis")
        drawn.add_row(*(texts[column] for column in kept))
    console.print(drawn)
    if len(kept) < len(columns):
        say(f"This terminal is too narrow for «{cut}»; --json has it.")


def minute(moment: str) -> str:
    """A time of ISO 8601 as people read it in a table, in UTC and to the minute; other text stays.

    >>> minute("2026-11-24T23:28:21+01:00")
    '2026-11-24 22:28Z'
    """
    from datetime import UTC, datetime

    try:
        return datetime.fromisoformat(moment).astimezone(UTC).strftime("%Y-%m-%d %H:%MZ")
    except ValueError:
        return moment


def timed(rows: Iterable[Mapping[str, object]], as_json: bool) -> list[dict[str, object]]:
    """The rows with `since` to the minute for people; JSON keeps the whole time."""
    return [{**row, "since": row["since"] if as_json else minute(str(row["since"]))} for row in rows]


def plain(text: str) -> str:
    """Text of a record, safe to print: control characters and direction overrides become `�`, line ends a space.

    A partner supplies names; none of them may move the cursor, colour the screen or turn the reading order around.

    >>> plain("Ana\\x1b[2J Silva\\u202e")
    'Ana�[2J Silva�'
    """
    return "".join(" " if c in "\t\n\r" else "�" if _unsafe(c) else c for c in text)


def _unsafe(character: str) -> bool:
    code = ord(character)
    return code < 0x20 or 0x7F <= code < 0xA0 or 0x202A <= code <= 0x202E or 0x2066 <= code <= 0x2069


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.3f}"
    if isinstance(value, list | tuple):
        return ", ".join(_cell(item) for item in value)
    return plain(str(value))


@contextmanager
def progress(label: str, total: int | None = None) -> Iterator[Callable[[int], None]]:
    """Show a bar on stderr while work goes on; yields `advance(n)`. Silent when stderr is no terminal."""
    if not sys.stderr.isatty():
        yield lambda _n: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(label, total=total)
        yield lambda n: bar.advance(task, n)


def show_error(error: AccordError, as_json: bool) -> None:
    """Tell what is wrong and what to do: as JSON `{"error": …}` on stdout, or as text on stderr."""
    if as_json:
        write_json({"error": error.to_dict()})
        return
    say(f"accord: {error.message}")
    if isinstance(error, InputError):
        for problem in error.problems[:SHOWN_PROBLEMS]:
            say(f"  {problem}" + (f" — {problem.remedy}" if problem.remedy else ""))
        if len(error.problems) > SHOWN_PROBLEMS:
            say(f"  … and {len(error.problems) - SHOWN_PROBLEMS} more (all of them with --json)")
    if isinstance(error, PolicyError):
        say(f"  clause: {error.clause or 'default: what is not permitted is refused'}")
        if error.owner:
            say(f"  owner of the data: {error.owner}")
    if error.remedy:
        say(f"  remedy: {error.remedy}")
    say(f"  code: {error.code}")


def now() -> dt.datetime:
    """The time of the machine, UTC."""
    return dt.datetime.now(dt.UTC)


def read_officer_passphrase(officer: str) -> str:
    """An officer's own passphrase: ACCORD_OFFICER_PASSPHRASE, or a prompt on a terminal; else none."""
    import os

    given = os.environ.get("ACCORD_OFFICER_PASSPHRASE", "")
    if given or not sys.stdin.isatty():
        return given
    return str(click.prompt(f"Passphrase of {officer} (empty: none)", hide_input=True, err=True, default="",
                            show_default=False))  # fmt: skip


def read_passphrase(confirm: bool = False) -> str:
    """The desk's passphrase: ACCORD_PASSPHRASE, or a prompt on a terminal."""
    import os

    given = os.environ.get("ACCORD_PASSPHRASE")
    if given:
        return given
    if not sys.stdin.isatty():
        raise UsageError(
            "desk.passphrase",
            "the desk is locked and there is no terminal to ask for its passphrase",
            "set ACCORD_PASSPHRASE, or run the command on a terminal",
        )
    return str(click.prompt("Passphrase of the desk", hide_input=True, err=True, confirmation_prompt=confirm))
