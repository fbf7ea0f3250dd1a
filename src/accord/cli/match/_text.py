"""What `accord match` says to a person: an explanation, and figures, as text.

Invariants: no value of a record can move the cursor, colour the text or reorder its line; right-to-left text is
isolated, so that the words around it stay in place.

>>> isolate("Ali"), isolate("علي") == "\\u2068علي\\u2069"
('Ali', True)
"""

from __future__ import annotations

import shutil
import textwrap
import unicodedata
from collections.abc import Mapping

from accord.cli.output import plain
from accord.match.evaluate import Figures
from accord.match.model import Explanation
from accord.match.report import words
from accord.records.model import Entity

MOST_COLUMNS = 100


def isolate(text: str) -> str:
    """Make a value safe to print inside a line; controls become visible, right-to-left text is isolated."""
    shown = plain(text)
    if any(unicodedata.bidirectional(letter) in ("R", "AL") for letter in shown):
        return f"\u2068{shown}\u2069"
    return shown


def describe(index: int, left: Entity, right: Entity, explanation: Explanation) -> str:
    """Say why a pair got its score, one paragraph per thing compared; `index` names the pair."""
    said = "possible match" if explanation.match else "not a match"
    lines = [f"Pair {index}: {said}, {words.percent(explanation.score)}"]
    for side, entity in (("left ", left), ("right", right)):
        lines.append(f"  {side}  {isolate(entity.caption)} · {plain(entity.schema)} · {isolate(entity.id)}")
    lines.append("")
    start = words.prior(explanation.parts)
    if start:
        lines += _wrapped(f"· starting point ({words.odds(start.effect)}): {plain(start.text)}", "  ")
    for part in sorted(words.compared(explanation.parts), key=lambda part: -abs(part.effect)):
        sign, verdict = words.verdict(part.verdict)
        moved = words.effect(part.effect)
        lines.append(f"  {sign} {part.feature} {verdict}: {moved.words} ({words.odds(part.effect)})")
        for value in (part.left, part.right):
            if value:
                lines += _wrapped(isolate(value), "      ")
        lines += _wrapped(plain(part.text), "    → ")
    absent = [part.feature for part in words.missing(explanation.parts)]
    if absent:
        lines += _wrapped(f"– not compared, because at least one side lacks it: {', '.join(absent)}", "  ")
    return "\n".join(lines) + "\n"


def figures(whole: Figures, by_script: Mapping[str, Figures], undecided: int) -> str:
    """Say what the scores of judged pairs are worth, in all and by script of the names."""
    counts = whole.counts
    true = counts.true_positives + counts.false_negatives
    called = counts.true_positives + counts.false_positives
    lines = [
        f"{whole.pairs:,} judged pairs, {whole.positives:,} of them the same"
        + (f"; {undecided:,} undecided left out" if undecided else ""),
        "",
        f"At the default threshold ({whole.threshold:.2f})",
        f"  found         {counts.true_positives:,} of {true:,} that are the same   (recall {_figure(counts.recall)})",
        f"  right         {counts.true_positives:,} of {called:,} called so   (precision {_figure(counts.precision)})",
        f"  missed        {counts.false_negatives:,}",
        f"  wrong         {counts.false_positives:,}",
        f"  F1            {_figure(counts.f1)}",
        "",
        "At any threshold",
        f"  best F1                       {_figure(whole.best_f1)} at {_figure(whole.best_threshold)}",
        f"  recall at precision >= .95    {_figure(whole.recall_at_p95)}",
        f"  average precision             {_figure(whole.average_precision)}",
        f"  calibration error             {_figure(whole.calibration_error)}   (0: of scores .80, 80 in 100 are right)",
        "",
    ]
    width = max(len("names in"), *(len(group) for group in by_script))
    heads = ("pairs", "same", "recall", "precision", "F1", "best F1", "R@P95", "cal. error")
    lines.append("  ".join([f"{'names in':<{width}}", *(f"{head:>10}" for head in heads)]))
    for group, found in by_script.items():
        cells = [f"{found.pairs:,}", f"{found.positives:,}"]
        values = (found.counts.recall, found.counts.precision, found.counts.f1)
        cells += [_figure(v) for v in (*values, found.best_f1, found.recall_at_p95, found.calibration_error)]
        lines.append("  ".join([f"{group:<{width}}", *(f"{cell:>10}" for cell in cells)]))
    return "\n".join(lines)


def _figure(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _wrapped(text: str, indent: str) -> list[str]:
    columns = min(shutil.get_terminal_size().columns, MOST_COLUMNS)
    return textwrap.wrap(
        text, columns, initial_indent=indent, subsequent_indent=" " * (len(indent) + (2 if text[:1] in "·–" else 0))
    )
