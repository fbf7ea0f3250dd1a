"""The options that the commands of `accord match` share."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any

import click

from accord.cli.output import json_option
from accord.engine import available

TABLES = (".jsonl", ".csv", ".parquet", ".xlsx")
INPUT = click.Path(exists=True, dir_okay=False, allow_dash=True)


@dataclass(frozen=True, slots=True)
class Options:
    """What `link` and `dedupe` have in common."""

    out: str | None
    report: str | None
    threshold: float | None
    threads: int
    mapping: tuple[Path, ...]
    learn: bool
    judgements: Path | None
    as_json: bool


class Probability(click.FloatRange):
    """A number from 0 to 1; what is no number is refused, too, since nothing compares with it."""

    def __init__(self) -> None:
        super().__init__(0, 1)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        found = float(super().convert(value, param, ctx))
        if math.isnan(found):
            self.fail("it must be a number from 0 to 1", param, ctx)
        return found


def writable(_context: click.Context, option: click.Parameter, value: str | None) -> str | None:
    """Refuse a bad output path before the long work, not after it."""
    if value is None or value == "-":
        return value
    path = Path(value)
    endings = (".html", ".htm") if option.name == "report" else TABLES
    if path.suffix.lower() not in endings:
        raise click.BadParameter(f"the file name must end in {' or '.join(endings)}")
    if path.is_dir() or not path.absolute().parent.is_dir():
        raise click.BadParameter("its folder does not exist" if not path.is_dir() else "that is a folder")
    return value


out_option = click.option(
    "--out", metavar="FILE", callback=writable, help=f"Write the rows to a file ({', '.join(TABLES)}); - is stdout."
)
threads_option = click.option(
    "--threads",
    metavar="N",
    type=click.IntRange(min=1),
    default=available,
    help="Processor cores to use for large files.  [default: all]",
)


def options_of_files(command: Callable[..., None]) -> Callable[..., None]:
    """Add the common options and hand them over as one `options`."""

    @out_option
    @click.option("--report", metavar="FILE", callback=writable, help="Write a report for people (.html).")
    @click.option(
        "--threshold",
        metavar="P",
        type=Probability(),
        help="Write all pairs from this probability on.  [default: matches only]",
    )
    @threads_option
    @click.option(
        "--mapping",
        metavar="FILE",
        multiple=True,
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        help="How the columns of a table map to properties (.toml); twice when LEFT and RIGHT differ.",
    )
    @click.option("--learn", is_flag=True, help="Fit the weights to a large flat table first; needs no labels.")
    @click.option(
        "--judgements",
        metavar="FILE",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        help="What people said of pairs (.csv of the desk's Review): not the same is left out, the same is certain.",
    )
    @json_option
    @wraps(command)
    def gathered(**given: Any) -> None:
        options = Options(**{name: given.pop(name) for name in Options.__slots__})
        command(options=options, **given)

    return gathered
