"""`accord match score | evaluate | explain`: pairs of records that somebody already put side by side.

Invariants: lines come out in the order in which they came in; a stream is scored a chunk in memory at a time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import click

from accord.cli.match._options import INPUT, out_option, threads_option
from accord.cli.output import json_option, say, write_json
from accord.errors import InputError, UsageError

if TYPE_CHECKING:
    from accord.match.pairs import Pair

PAIR_ROWS = ["left", "right", "score", "match"]
CHUNK = 5_000  # pairs in memory at a time while a stream is scored


@click.command("score")
@click.argument("pairs", type=INPUT)
@out_option
@threads_option
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


@click.command("evaluate")
@click.argument("pairs", type=INPUT)
@threads_option
@json_option
def evaluate_file(pairs: str, threads: int, as_json: bool) -> None:
    """Measure the matcher on judged pairs.

    Says what it found, missed and got wrong, in all and by script of the names. Each line needs "judgement":
    "positive" or "negative"; undecided pairs are left out and counted.

    \b
    accord match evaluate judged.jsonl
    """
    import numpy as np

    from accord.cli.match import _text
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
        click.echo(_text.figures(figures, by_script, undecided))


@click.command("explain")
@click.argument("pairs", type=INPUT)
@click.option("--index", metavar="N", type=click.IntRange(min=0), help="Only this pair; the first one is 0.")
@json_option
def explain_pairs(pairs: str, index: int | None, as_json: bool) -> None:
    """Say in plain words why two records match or not.

    \b
    accord match explain pairs.jsonl --index 0
    """
    from accord.cli.match import _text
    from accord.match import explain

    found = 0
    for found, pair in enumerate(_read(pairs), 1):
        if index is not None and index != found - 1:
            continue
        explanation = explain(pair.left, pair.right)
        if as_json:
            write_json({"index": found - 1, **explanation.to_dict()})
        else:
            click.echo(_text.describe(found - 1, pair.left, pair.right, explanation))
        if index is not None:
            return
    if index is not None:
        last = f"the last one is --index {found - 1}" if found else "it holds no pair at all"
        raise UsageError("match.index", f"the file has no pair number {index}", last)
    if not found and not as_json:
        say('The file holds no pair. Each line should be {"left": entity, "right": entity}.')


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
