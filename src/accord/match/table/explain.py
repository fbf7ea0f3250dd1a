"""Why two rows of a flat table got their score, in plain words.

Invariants: computed by the very code that scores; the effects add up to the log-odds of the score (before rounding).
"""

from __future__ import annotations

import numpy as np

from accord.match.model import Explanation, Part, Verdict
from accord.match.table.columns import Field, Sort
from accord.match.table.levels import CodeLevel, DateLevel, TextLevel
from accord.match.table.model import Seen, probability
from accord.match.table.pairs import Matched
from accord.match.table.words import Slot

_SAID: dict[Sort, dict[int, str]] = {
    Sort.DATE: {
        DateLevel.EQUAL: "are the same date",
        DateLevel.SLIP: "differ by one slip of the pen",
        DateLevel.SWAPPED: "have day and month exchanged",
        DateLevel.TWO_PARTS: "agree in two of year, month and day",
        DateLevel.YEAR: "agree in the year",
        DateLevel.NEAR: "are at most a year apart",
        DateLevel.DIFFERENT: "are different dates",
    },
    Sort.CODE: {
        CodeLevel.EQUAL: "are the same",
        CodeLevel.SLIP: "differ by one slip of the pen",
        CodeLevel.BEGINNING: "begin alike",
        CodeLevel.DIFFERENT: "are different",
    },
    Sort.TEXT: {
        TextLevel.EQUAL: "are the same",
        TextLevel.SLIP: "differ by a slip of the pen",
        TextLevel.PART: "agree in part",
        TextLevel.DIFFERENT: "are different",
    },
}
_SLOTS = {
    Slot.EXACT: "the same",
    Slot.VARIANT: "forms of one name",
    Slot.CLOSE: "almost the same",
    Slot.NEAR: "alike",
    Slot.INITIAL: "an initial that fits",
    Slot.APART: "different",
}
_PRIOR = "Before anything is compared: how rare matches are among all pairs of this table."


def explain_rows(matched: Matched, left: int, right: int, threshold: float) -> Explanation:
    """Take the score of two rows apart."""
    prepared, model = matched.prepared, matched.model
    table = prepared.table
    seen = prepared.observe(np.array([left]), np.array([right]))
    parts = [Part("prior", "", "", "missing", model.prior, _PRIOR), _names(matched, seen, left, right)]
    for place, (number, effect) in enumerate(zip(prepared.compared, model.fields(seen)[0].tolist(), strict=True)):
        parts.append(_part(table.fields[number], int(seen.levels[0, place]), effect, (left, right)))
    score = round(float(probability(np.array([sum(part.effect for part in parts)]))[0]), 6)
    return Explanation(table.ids[left], table.ids[right], score, score >= threshold, tuple(parts))


def _cell(field: Field, row: int) -> str:
    code = int(field.column.codes[row])
    return field.column.values[code] if code >= 0 else ""


def _part(field: Field, level: int, effect: float, rows: tuple[int, int]) -> Part:
    a, b = _cell(field, rows[0]), _cell(field, rows[1])
    if level < 0:
        return Part(field.label, a, b, "missing", effect, f"{field.label}: one of the two rows says nothing.")
    verdict: Verdict = "agree" if effect > 0 else "differ"
    rare = f", and rare in this table (one cell in {1 / _share(field, rows[0]):,.0f})" if level == 0 else ""
    return Part(field.label, a, b, verdict, effect, f"{field.label}: «{a}» and «{b}» {_SAID[field.sort][level]}{rare}.")


def _share(field: Field, row: int) -> float:
    return float(field.column.share[field.column.codes[row]])


def _names(matched: Matched, seen: Seen, left: int, right: int) -> Part:
    fields = [field for field in matched.prepared.table.fields if field.sort is Sort.NAME]
    a, b = (" ".join(filter(None, (_cell(field, row) for field in fields))) for row in (left, right))
    effect = float(matched.model.names(seen)[0])
    counts = seen.slots[0].tolist()
    told = [f"{count} {_SLOTS[slot]}" for slot, count in zip(Slot, counts, strict=True) if count]
    if not told:
        return Part("name", a, b, "missing", effect, "name: one of the two rows has none.")
    verdict: Verdict = "agree" if effect > 0 else "differ"
    return Part("name", a, b, verdict, effect, f"name: «{a}» and «{b}», word by word: {', '.join(told)}.")
