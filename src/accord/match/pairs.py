"""Pairs of records to be scored, judged or explained: JSON lines `{"left": entity, "right": entity, …}`.

Invariants: pairs come out in the order given; every field of a line is kept; all problems of the input are collected,
and no pair after the first problem comes out, so that a half-read file is never taken for a whole one.

>>> line = b'{"left": {"id": "a", "schema": "A"}, "right": {"id": "b", "schema": "A"}, "judgement": "positive"}'
>>> [pair] = read_pairs([(1, line)], "pairs.jsonl")
>>> pair.left.id, pair.truth()
('a', True)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import orjson

from accord.errors import InputError, Problem
from accord.records.model import Entity

__all__ = ["Pair", "read_pairs"]

MAX_PROBLEMS = 1_000
_SHAPE = 'give one JSON object per line: {"left": entity, "right": entity}'
JUDGEMENTS = {"positive": True, "negative": False, "unsure": None, "no_judgement": None}


@dataclass(frozen=True, slots=True)
class Pair:
    """Two records and the whole line they came in."""

    left: Entity
    right: Entity
    given: Mapping[str, object]
    line: int

    def truth(self) -> bool | None:
        """What was judged: True for `positive`, False for `negative`, None for `unsure` and `no_judgement`.

        Raises `InputError` (`match.judgement`) when the line carries no known judgement.
        """
        judged = self.given.get("judgement")
        if not isinstance(judged, str) or judged not in JUDGEMENTS:
            raise InputError("match.judgement", "the pair carries no judgement", _JUDGE)
        return JUDGEMENTS[judged]


_JUDGE = 'add "judgement": "positive" or "negative" ("unsure" pairs are left out)'


def read_pairs(lines: Iterable[tuple[int, bytes | None]], file: str, *, judged: bool = False) -> Iterator[Pair]:
    """Read pairs from numbered lines (None stands for a line that is too long to be read).

    `file` names the input in problems; `judged` demands a judgement on each line.

    Raises `InputError` (`match.pairs`) with the problems of all lines once the input is at its end.
    """
    problems: list[Problem] = []
    for number, line in lines:
        if line is not None and not line.strip():
            continue
        try:
            pair = _parse(line, number)
            if judged:
                pair.truth()
        except InputError as error:
            problems.append(Problem(error.code, error.message, error.remedy, file=file, line=number))
            if len(problems) == MAX_PROBLEMS:
                break
            continue
        if not problems:
            yield pair
    if problems:
        count = f"{len(problems)} or more" if len(problems) == MAX_PROBLEMS else str(len(problems))
        plural = "lines" if len(problems) > 1 else "line"
        raise InputError(
            "match.pairs", f"{count} {plural} of {file} cannot be used", "mend them and run again", problems
        )


def _parse(line: bytes | None, number: int) -> Pair:
    if line is None:
        raise InputError("match.long", "the line is too long to be a pair", _SHAPE)
    try:
        given = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        raise InputError("match.json", "the line is not JSON", _SHAPE) from error
    if not isinstance(given, dict):
        raise InputError("match.shape", "the line is not a JSON object", _SHAPE)
    sides = {}
    for side in ("left", "right"):
        if side not in given:
            raise InputError("match.shape", f"the pair has no {side}", _SHAPE)
        try:
            sides[side] = Entity.from_dict(given[side])
        except InputError as error:
            raise InputError("match.shape", f"{side}: {error.message}", error.remedy) from error
    return Pair(sides["left"], sides["right"], given, number)
