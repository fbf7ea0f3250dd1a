"""`accord match`: are these two records the same thing? Works on plain files, without a desk.

Invariants: rows go to stdout or to `--out`, in an order that does not depend on `--threads`; `match` is always the
answer at the default threshold, while `--threshold` only chooses which rows are written; a file that is named appears
whole or not at all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import wraps
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import click

from accord.cli.output import json_option, progress, say, write_json, write_rows
from accord.errors import InputError, UsageError

if TYPE_CHECKING:
    from accord.match import Match
    from accord.match.pairs import Pair
    from accord.match.report import Source
    from accord.records import Entity

ROWS = ["left", "right", "score", "match", "left_name", "right_name"]
PAIR_ROWS = ["left", "right", "score", "match"]
_STEPS = 1_000
CHUNK = 5_000  # pairs in memory at a time while a stream is scored
_TABLES = (".jsonl", ".csv", ".parquet", ".xlsx")
_INPUT = click.Path(exists=True, dir_okay=False, allow_dash=True)


@dataclass(frozen=True, slots=True)
class Options:
    """What `link` and `dedupe` have in common."""

    out: str | None
    report: str | None
    threshold: float | None
    threads: int
    mapping: tuple[Path, ...]
    as_json: bool


def _writable(_context: click.Context, option: click.Parameter, value: str | None) -> str | None:
    """Refuse a bad output path before the long work, not after it."""
    if value is None or value == "-":
        return value
    path = Path(value)
    endings = (".html", ".htm") if option.name == "report" else _TABLES
    if path.suffix.lower() not in endings:
        raise click.BadParameter(f"the file name must end in {' or '.join(endings)}")
    if path.is_dir() or not path.absolute().parent.is_dir():
        raise click.BadParameter("its folder does not exist" if not path.is_dir() else "that is a folder")
    return value


_out_option = click.option(
    "--out", metavar="FILE", callback=_writable, help=f"Write the rows to a file ({', '.join(_TABLES)}); - is stdout."
)
_threads_option = click.option(
    "--threads", metavar="N", type=click.IntRange(min=1), default=1, show_default=True, help="Processor cores to use."
)


def _options(command: Callable[..., None]) -> Callable[..., None]:
    """Add the common options and hand them over as one `options`."""

    @_out_option
    @click.option("--report", metavar="FILE", callback=_writable, help="Write a report for people (.html).")
    @click.option(
        "--threshold",
        metavar="P",
        type=click.FloatRange(0, 1),
        help="Write all pairs from this probability on.  [default: matches only]",
    )
    @_threads_option
    @click.option(
        "--mapping",
        metavar="FILE",
        multiple=True,
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        help="How the columns of a table map to properties (.toml); twice when LEFT and RIGHT differ.",
    )
    @json_option
    @wraps(command)
    def gathered(  # the six options, and whatever the command adds
        *,
        out: str | None,
        report: str | None,
        threshold: float | None,
        threads: int,
        mapping: tuple[Path, ...],
        as_json: bool,
        **arguments: object,
    ) -> None:
        command(options=Options(out, report, threshold, threads, mapping, as_json), **arguments)

    return gathered


@click.group("match")
def match() -> None:
    """Are these two records the same thing?

    \b
    accord match link ours.jsonl theirs.jsonl --report report.html
    """


@match.command("link")
@click.argument("left", type=_INPUT)
@click.argument("right", type=_INPUT)
@_options
def link_files(left: str, right: str, options: Options) -> None:
    """Find the records that two files share.

    \b
    accord match link ours.jsonl theirs.jsonl --out matches.xlsx --report report.html
    accord match link ours.csv theirs.jsonl --mapping columns.toml
    """
    from accord.match import link

    if left == right == "-":
        raise UsageError("match.stdin", "stdin cannot be both files", "name one of the two files")
    _one_stdout(options)
    names = _short_names(left, right)
    ours = _source(left, names[0], options.mapping[:1])
    theirs = _source(right, names[1], options.mapping[-1:])
    with _comparing() as step:
        found = link(ours.entities, theirs.entities, threshold=_lowest(options), threads=options.threads, progress=step)
    _deliver((ours, theirs), found, options)


@match.command("dedupe")
@click.argument("file", type=_INPUT)
@_options
def dedupe_file(file: str, options: Options) -> None:
    """Find the records of one file that are the same thing twice.

    \b
    accord match dedupe people.jsonl --out duplicates.csv
    """
    from accord.match import dedupe

    _one_stdout(options)
    source = _source(file, _short_names(file)[0], options.mapping[:1])
    with _comparing() as step:
        found = dedupe(source.entities, threshold=_lowest(options), threads=options.threads, progress=step)
    _deliver((source,), found, options)


@match.command("score")
@click.argument("pairs", type=_INPUT)
@_out_option
@_threads_option
@json_option
def score_file(pairs: str, out: str | None, threads: int, as_json: bool) -> None:  # noqa: ARG001 - always JSON lines
    """Score given pairs: one line out for each line in.

    The order stays. Each line keeps its fields and gains "score" (0 to 1) and "match"; a table (.csv, .parquet,
    .xlsx) gets the two ids, score and match.

    \b
    accord match score pairs.jsonl > scored.jsonl
    """
    from accord.records import write_table

    scored = _scored(_read(pairs), threads)
    if out is None or out == "-":
        for pair, score, said in scored:
            write_json({**pair.given, "score": score, "match": said})
    elif out.lower().endswith(".jsonl"):
        rows: Iterable[Mapping[str, object]] = ({**pair.given, "score": s, "match": m} for pair, s, m in scored)
        write_table(Path(out), rows, [])
    else:
        flat = ({"left": p.left.id, "right": p.right.id, "score": s, "match": m} for p, s, m in scored)
        write_table(Path(out), flat, PAIR_ROWS)


@match.command("evaluate")
@click.argument("pairs", type=_INPUT)
@_threads_option
@json_option
def evaluate_file(pairs: str, threads: int, as_json: bool) -> None:
    """Measure the matcher on judged pairs.

    Says what it found, missed and got wrong, in all and by script of the names. Each line needs "judgement":
    "positive" or "negative"; undecided pairs are left out and counted.

    \b
    accord match evaluate judged.jsonl
    """
    import numpy as np

    from accord.cli import _match_text
    from accord.match import DEFAULT_THRESHOLD
    from accord.match.evaluate import evaluate, evaluate_by, scripts

    scores, truth, groups, undecided = [], [], [], 0
    for pair, score, _ in _scored(_read(pairs, judged=True), threads):
        judged = pair.truth()
        if judged is None:
            undecided += 1
            continue
        scores.append(score)
        truth.append(judged)
        groups.append(scripts(pair.left, pair.right))
    if not scores:
        raise InputError(
            "match.nothing",
            "there is no judged pair in this file",
            'add "judgement": "positive" or "negative" to each line',
        )
    arrays = np.array(scores, dtype=np.float64), np.array(truth, dtype=np.bool_)
    figures = evaluate(*arrays, DEFAULT_THRESHOLD)
    by_script = evaluate_by(*arrays, DEFAULT_THRESHOLD, groups)
    if as_json:
        listed = {group: found.to_dict() for group, found in by_script.items()}
        write_json({**figures.to_dict(), "undecided": undecided, "by_script": listed})
    else:
        click.echo(_match_text.figures(figures, by_script, undecided))


@match.command("explain")
@click.argument("pairs", type=_INPUT)
@click.option("--index", metavar="N", type=click.IntRange(min=0), help="Only this pair; the first one is 0.")
@json_option
def explain_pairs(pairs: str, index: int | None, as_json: bool) -> None:
    """Say in plain words why two records match or not.

    \b
    accord match explain pairs.jsonl --index 0
    """
    from accord.cli import _match_text
    from accord.match import explain

    found = 0
    for found, pair in enumerate(_read(pairs), 1):
        if index is not None and index != found - 1:
            continue
        explanation = explain(pair.left, pair.right)
        if as_json:
            write_json({"index": found - 1, **explanation.to_dict()})
        else:
            click.echo(_match_text.describe(found - 1, pair.left, pair.right, explanation))
        if index is not None:
            return
    if index is not None:
        last = f"the last one is --index {found - 1}" if found else "it holds no pair at all"
        raise UsageError("match.index", f"the file has no pair number {index}", last)
    if not found and not as_json:
        say('The file holds no pair. Each line should be {"left": entity, "right": entity}.')


def _one_stdout(options: Options) -> None:
    if options.report == "-" and (options.out == "-" or options.as_json):
        raise UsageError("match.stdout", "rows and report cannot both go to stdout", "name a file for one of them")


def _short_names(*paths: str) -> tuple[str, ...]:
    """What to call the files: without their folders, unless they would then share a name."""
    short = tuple("stdin" if path == "-" else Path(path).name for path in paths)
    return short if len(set(short)) == len(short) else paths


def _source(path: str, name: str, mapping: tuple[Path, ...]) -> Source:
    from accord.match.report import Source
    from accord.records import merge, read_entities

    try:
        with progress(f"Reading {name}") as advance:
            return Source(name, merge(_ticking(read_entities(path, mapping[0] if mapping else None), advance)))
    except InputError as error:
        if error.code == "records.invalid":  # its remedy names an option that only `records load` has
            error.remedy = "mend the lines named and run again"
        raise


def _ticking(entities: Iterable[Entity], advance: Callable[[int], None]) -> Iterator[Entity]:
    for entity in entities:
        yield entity
        advance(1)


@contextmanager
def _comparing() -> Iterator[Callable[[int, int], None]]:
    """A bar for work that tells (done, total)."""
    shown = 0
    with progress("Comparing", _STEPS) as advance:

        def step(done: int, total: int) -> None:
            nonlocal shown
            now = _STEPS * done // max(total, 1)
            advance(now - shown)
            shown = now

        yield step


def _lowest(options: Options) -> float:
    """The threshold to compute with: the report also wants the pairs just below the line."""
    from accord.match import DEFAULT_THRESHOLD
    from accord.match.report import NEAR

    rows = DEFAULT_THRESHOLD if options.threshold is None else options.threshold
    return min(rows, max(0.0, DEFAULT_THRESHOLD - NEAR)) if options.report else rows


def _deliver(sources: tuple[Source, ...], found: Sequence[Match], options: Options) -> None:
    """Write rows and report where they were asked for, and say what was found."""
    from accord.match import DEFAULT_THRESHOLD
    from accord.records import write_table

    least = DEFAULT_THRESHOLD if options.threshold is None else options.threshold
    chosen = [match for match in found if match.score >= least]
    names = [{entity.id: entity.caption for entity in reversed(source.entities)} for source in sources]
    rows = (
        {**match.to_dict(DEFAULT_THRESHOLD), "left_name": names[0][match.left], "right_name": names[-1][match.right]}
        for match in chosen
    )
    if options.out not in (None, "-"):
        write_table(Path(str(options.out)), rows, ROWS)
    elif options.out == "-" or options.as_json or options.report is None:
        write_rows(rows, ROWS, options.as_json or options.out == "-", "No possible match.")
    if options.report:
        _write_report(options.report, sources, found)
    counted = sum(match.score >= DEFAULT_THRESHOLD for match in found)
    noun = "possible match" if counted == 1 else "possible matches"
    records = " and ".join(f"{len(source.entities):,} records of {source.name}" for source in sources)
    say(f"{counted:,} {noun} among {records}")
    for written in (options.out, options.report):
        if written not in (None, "-"):
            say(f"written: {written}")


def _write_report(path: str, sources: tuple[Source, ...], found: Sequence[Match]) -> None:
    from datetime import UTC, datetime

    from accord.match import DEFAULT_THRESHOLD, explain
    from accord.match.report import build, render

    report = build(
        "link" if len(sources) == 2 else "dedupe",
        sources[0],
        sources[-1],
        found,
        explain=explain,
        threshold=DEFAULT_THRESHOLD,
        made=datetime.now(UTC),
    )
    page = render(report)
    if path == "-":
        click.echo(page, nl=False)
        return
    target = Path(path)
    part = target.with_name(f".{target.name}.part")
    try:
        part.write_text(page, encoding="utf-8")
        part.replace(target)
    except OSError as error:
        raise InputError("match.write", f"cannot write {path}: {error.strerror}", "choose another place") from None
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def _read(path: str, *, judged: bool = False) -> Iterator[Pair]:
    from accord.match.pairs import read_pairs
    from accord.records import numbered_lines

    return read_pairs(numbered_lines(path), "stdin" if path == "-" else Path(path).name, judged=judged)


def _scored(pairs: Iterator[Pair], threads: int) -> Iterator[tuple[Pair, float, bool]]:
    """Score a stream of pairs, a chunk in memory at a time; the last value is the answer at the default threshold."""
    from accord.match import DEFAULT_THRESHOLD, score_pairs

    while chunk := list(islice(pairs, CHUNK)):
        scores = score_pairs([(pair.left, pair.right) for pair in chunk], threads=threads)
        for pair, score in zip(chunk, scores, strict=True):
            yield pair, score, score >= DEFAULT_THRESHOLD
