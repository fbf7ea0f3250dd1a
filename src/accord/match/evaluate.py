"""How good are these scores? Figures from scored, judged pairs.

Invariants: pure functions over arrays; a pair is called a match when `score >= threshold`; pairs of equal score are
never separated by a threshold; a figure that is not defined (a recall without positives) is None, never 0.

>>> import numpy as np
>>> figures = evaluate(np.array([0.9, 0.8, 0.3, 0.1]), np.array([True, False, True, False]), threshold=0.5)
>>> figures.counts.precision, figures.counts.recall, figures.counts.f1
(0.5, 0.5, 0.5)
>>> round(figures.best_f1, 2), figures.best_threshold, figures.recall_at_p95
(0.8, 0.3, 0.5)
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from accord.records.model import Entity

__all__ = ["Counts", "Figures", "evaluate", "evaluate_by", "scripts"]

HIGH_PRECISION = 0.95
CALIBRATION_BINS = 10
_NAMES = ("name", "alias", "weakAlias", "previousName", "abbreviation", "title")
_IDEOGRAPHS = "CJK"


@dataclass(frozen=True, slots=True)
class Counts:
    """Judged pairs by what was decided and what is true."""

    true_positives: int
    false_positives: int
    false_negatives: int
    true_negatives: int

    @property
    def precision(self) -> float | None:
        """Of the pairs called a match, the share that is one; None when none was called."""
        return _share(self.true_positives, self.true_positives + self.false_positives)

    @property
    def recall(self) -> float | None:
        """Of the true matches, the share that was called; None when there are none."""
        return _share(self.true_positives, self.true_positives + self.false_negatives)

    @property
    def f1(self) -> float | None:
        """Harmonic mean of precision and recall, 2tp / (2tp + fp + fn)."""
        return _share(2 * self.true_positives, 2 * self.true_positives + self.false_positives + self.false_negatives)

    def to_dict(self) -> dict[str, int]:
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Figures:
    """What the scores of some judged pairs are worth.

    `counts` is at `threshold`; `best_f1` is the highest F1 that any threshold reaches on these same pairs, first at
    `best_threshold` coming from above; `calibration_error` is the mean distance between a score and the share of true
    matches at that score.
    """

    pairs: int
    positives: int
    threshold: float
    counts: Counts
    best_f1: float | None
    best_threshold: float | None
    recall_at_p95: float | None
    average_precision: float | None
    calibration_error: float | None

    def to_dict(self) -> dict[str, object]:
        """JSON-ready, flat but for `counts`."""
        return {
            "pairs": self.pairs,
            "positives": self.positives,
            "threshold": self.threshold,
            "precision": self.counts.precision,
            "recall": self.counts.recall,
            "f1": self.counts.f1,
            "best_f1": self.best_f1,
            "best_threshold": self.best_threshold,
            "recall_at_p95": self.recall_at_p95,
            "average_precision": self.average_precision,
            "calibration_error": self.calibration_error,
            "counts": self.counts.to_dict(),
        }


def evaluate(scores: NDArray[np.float64], truth: NDArray[np.bool_], threshold: float) -> Figures:
    """Compute all figures of n pairs: `scores` float (n,) in 0–1, `truth` bool (n,), True for a true match.

    Raises `ValueError` when the two differ in length, or a score is no probability.
    """
    scores, truth = np.asarray(scores, dtype=np.float64), np.asarray(truth, dtype=np.bool_)
    if scores.ndim != 1 or scores.shape != truth.shape:
        raise ValueError("scores and truth must be two flat arrays of one length")
    if scores.size and not (scores.min() >= 0.0 and scores.max() <= 1.0):  # so that NaN fails too
        raise ValueError("a score must lie between 0 and 1")
    positives = int(truth.sum())
    best_f1 = best_threshold = recall_at_p95 = average_precision = None
    if positives:
        cuts, hits, called = _curve(scores, truth)
        precision, recall = hits / called, hits / positives
        f1 = 2 * hits / (called + positives)
        best = int(np.argmax(f1))
        best_f1, best_threshold = float(f1[best]), float(cuts[best])
        recall_at_p95 = float(recall[precision >= HIGH_PRECISION].max(initial=0.0))
        average_precision = float(np.sum(np.diff(recall, prepend=0.0) * precision))
    return Figures(
        pairs=int(scores.size),
        positives=positives,
        threshold=threshold,
        counts=_counts(scores, truth, threshold),
        best_f1=best_f1,
        best_threshold=best_threshold,
        recall_at_p95=recall_at_p95,
        average_precision=average_precision,
        calibration_error=_calibration_error(scores, truth),
    )


def evaluate_by(
    scores: NDArray[np.float64], truth: NDArray[np.bool_], threshold: float, groups: Sequence[str]
) -> dict[str, Figures]:
    """The figures of each group of pairs, largest group first; `groups` names the group of each of the n pairs."""
    labels = np.asarray(groups, dtype=object)
    if labels.shape != np.asarray(scores).shape:
        raise ValueError("every pair needs one group")
    sizes = sorted(Counter(groups).items(), key=lambda item: (-item[1], item[0]))
    return {
        group: evaluate(np.asarray(scores)[labels == group], np.asarray(truth)[labels == group], threshold)
        for group, _ in sizes
    }


def scripts(left: Entity, right: Entity) -> str:
    """Name the scripts in which the names of a pair can be compared.

    A script that both use is named alone ("Latin"); when they share none, both sides are named in alphabetical order
    ("Cyrillic ↔ Latin"). A side without a letter is "no name".
    """
    ours, theirs = _entity_scripts(left), _entity_scripts(right)
    shared = ours & theirs
    if shared:
        return " + ".join(sorted(shared))
    return " ↔ ".join(sorted((_listed(ours), _listed(theirs))))


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _counts(scores: NDArray[np.float64], truth: NDArray[np.bool_], threshold: float) -> Counts:
    called = scores >= threshold
    return Counts(
        true_positives=int((called & truth).sum()),
        false_positives=int((called & ~truth).sum()),
        false_negatives=int((~called & truth).sum()),
        true_negatives=int((~called & ~truth).sum()),
    )


def _curve(
    scores: NDArray[np.float64], truth: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.int64]]:
    """Each distinct score from high to low, with how many true and how many pairs in all lie at or above it."""
    order = np.argsort(-scores, kind="stable")
    ordered = scores[order]
    last = np.flatnonzero(np.append(ordered[1:] != ordered[:-1], True))
    hits = np.cumsum(truth[order], dtype=np.int64)[last]
    return ordered[last], hits, (last + 1).astype(np.int64)


def _calibration_error(scores: NDArray[np.float64], truth: NDArray[np.bool_]) -> float | None:
    """Expected calibration error over ten bins of equal width (Naeini et al. 2015, "Obtaining well calibrated
    probabilities using Bayesian binning"); it holds for the share of positives among the pairs given."""
    if not scores.size:
        return None
    bins = np.minimum((scores * CALIBRATION_BINS).astype(np.int64), CALIBRATION_BINS - 1)
    told = np.bincount(bins, weights=scores, minlength=CALIBRATION_BINS)
    seen = np.bincount(bins, weights=truth.astype(np.float64), minlength=CALIBRATION_BINS)
    return float(np.abs(told - seen).sum() / scores.size)


def _entity_scripts(entity: Entity) -> frozenset[str]:
    return frozenset(script for name in _names(entity) if (script := _name_script(name)))


def _names(entity: Entity) -> Iterable[str]:
    return (value for prop in _NAMES for value in entity.get(prop))


def _listed(found: frozenset[str]) -> str:
    return " + ".join(sorted(found)) or "no name"


@lru_cache(maxsize=65_536)
def _name_script(name: str) -> str | None:
    """The script of most letters of a name, by the first word of their Unicode names ("CYRILLIC SMALL LETTER A")."""
    counted = Counter(
        unicodedata.name(letter, "Unknown").partition(" ")[0].partition("-")[0] for letter in name if letter.isalpha()
    )
    if not counted:
        return None
    script = min(counted, key=lambda found: (-counted[found], found))
    return "Han" if script == _IDEOGRAPHS else script.capitalize()
