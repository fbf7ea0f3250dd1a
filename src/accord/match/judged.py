"""What people said of pairs before: a pair judged not the same is not given again, one judged the same is certain.

Invariants: a judgement says nothing of any other pair; `unsure` and `no_judgement` change nothing; of two judgements
of one pair that contradict each other neither counts.

>>> from accord.match.model import Match
>>> said = read_judgements(["left,right,judgement", "a,b,negative", "c,a,positive"], "judged.csv")
>>> judged([Match("a", "b", .98), Match("b", "c", .97)], said, {"a", "b", "c"})
[Match(left='a', right='c', score=1.0), Match(left='b', right='c', score=0.97)]
"""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterable, Mapping, Sequence

from accord.errors import InputError
from accord.match.model import Match
from accord.match.pairs import JUDGEMENTS

Judgements = Mapping[tuple[str, str], bool]


def read_judgements(lines: Iterable[str], file: str) -> Judgements:
    """CSV with `left`, `right` and `judgement`, as the desk gives it: (id, id), the lesser first -> the same or not.

    Raises `InputError`: `match.judgements` for a table that has other columns, `match.judgement` for another word.
    """
    rows = csv.DictReader(lines)
    if not {"left", "right", "judgement"} <= set(rows.fieldnames or ()):
        raise InputError("match.judgements", f"{file} has no columns left, right and judgement", "take the desk's file")
    said: dict[tuple[str, str], bool] = {}
    contradicted = set()
    for row in rows:
        if row["judgement"] not in JUDGEMENTS:
            remedy = f"use one of: {', '.join(JUDGEMENTS)}"
            raise InputError("match.judgement", f"{file}:{rows.line_num} carries no judgement", remedy)
        means, pair = JUDGEMENTS[row["judgement"]], _pair(row["left"], row["right"])
        if means is None:
            continue
        if said.setdefault(pair, means) != means:
            contradicted.add(pair)
    return {pair: means for pair, means in said.items() if pair not in contradicted}


def judged(
    found: Sequence[Match],
    said: Judgements,
    left: Collection[str],
    right: Collection[str] | None = None,
    *,
    keep: bool = False,
) -> list[Match]:
    """Matches as people want them, the surest first; `keep`: what is not the same stays with probability 0.

    `left` and `right` are the ids of the two files (`right` None: of one file against itself); pairs judged the same of
    which both records are there are added.
    """
    other = left if right is None else right
    rest = [one for one in found if _pair(one.left, one.right) not in said]
    ends = {
        pair: next((way for way in (pair, pair[::-1]) if way[0] in left and way[1] in other), None) for pair in said
    }
    told = [Match(*way, float(said[pair])) for pair, way in ends.items() if way and (said[pair] or keep)]
    return sorted([*told, *rest], key=lambda one: (-one.score, one.left, one.right))


def _pair(left: str, right: str) -> tuple[str, str]:
    return (left, right) if left <= right else (right, left)
