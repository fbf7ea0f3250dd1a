"""Figures against numbers worked out by hand, and laws that hold for all scores."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.match.evaluate import Counts, evaluate, evaluate_by, scripts
from accord.records.model import Entity

SCORES = np.array([0.95, 0.9, 0.9, 0.7, 0.6, 0.4, 0.2, 0.1])
TRUTH = np.array([True, True, False, True, False, True, False, False])


def named(*names: str) -> Entity:
    return Entity("e", "Person", {"name": names})


def test_figures_worked_out_by_hand() -> None:
    figures = evaluate(SCORES, TRUTH, 0.5)
    assert figures.counts == Counts(true_positives=3, false_positives=2, false_negatives=1, true_negatives=2)
    assert figures.counts.precision == pytest.approx(3 / 5)
    assert figures.counts.recall == pytest.approx(3 / 4)
    assert figures.counts.f1 == pytest.approx(2 * 3 / (2 * 3 + 2 + 1))
    # from above: .95 1/1, .9 2/3, .7 3/4, .6 3/5, .4 4/6 -> F1 .4, .571, .75, .667, .8
    assert (figures.best_f1, figures.best_threshold) == (pytest.approx(0.8), 0.4)
    assert figures.recall_at_p95 == pytest.approx(1 / 4)
    # recall steps of 1/4 at precisions 1, 2/3, 3/4, 4/6
    assert figures.average_precision == pytest.approx((1 + 2 / 3 + 3 / 4 + 4 / 6) / 4)
    # bins: [.9,1) 2.75 told 2 seen; .7, .6, .4, .2, .1 alone
    off = 0.75 + 0.3 + 0.6 + 0.6 + 0.2 + 0.1
    assert figures.calibration_error == pytest.approx(off / 8)


def test_pairs_of_equal_score_are_never_separated() -> None:
    figures = evaluate(np.array([0.8, 0.8, 0.8]), np.array([True, False, False]), 0.5)
    assert figures.recall_at_p95 == 0.0
    assert figures.average_precision == pytest.approx(1 / 3)


def test_undefined_figures_are_none_not_zero() -> None:
    nothing = evaluate(np.array([]), np.array([], dtype=bool), 0.5)
    assert nothing.counts.precision is None
    assert nothing.best_f1 is None
    assert nothing.calibration_error is None
    only_negative = evaluate(np.array([0.1, 0.2]), np.array([False, False]), 0.5)
    assert only_negative.counts.recall is None
    assert only_negative.average_precision is None


@pytest.mark.parametrize("scores", [[0.5, 1.2], [float("nan"), 0.5], [0.5]])
def test_what_is_no_probability_is_refused(scores: list[float]) -> None:
    with pytest.raises(ValueError, match="score"):
        evaluate(np.array(scores), np.array([True, False]), 0.5)


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=60), st.floats(0, 1))
def test_laws(pairs: list[tuple[float, bool]], threshold: float) -> None:
    scores, truth = np.array([score for score, _ in pairs]), np.array([same for _, same in pairs])
    figures = evaluate(scores, truth, threshold)
    counts = figures.counts
    assert sum(counts.to_dict().values()) == len(pairs)
    assert figures.calibration_error is not None
    assert 0 <= figures.calibration_error <= 1
    if figures.positives:
        assert figures.best_f1 is not None
        assert figures.best_threshold is not None
        assert evaluate(scores, truth, figures.best_threshold).counts.f1 == pytest.approx(figures.best_f1)
        assert (counts.f1 or 0.0) <= figures.best_f1 + 1e-12
    shuffled = np.random.default_rng(7).permutation(len(pairs))
    again = evaluate(scores[shuffled], truth[shuffled], threshold)
    assert (again.counts, again.best_f1, again.recall_at_p95) == (counts, figures.best_f1, figures.recall_at_p95)


def test_groups_add_up_to_the_whole() -> None:
    groups = ["b", "a", "b", "b", "a", "b", "b", "a"]
    found = evaluate_by(SCORES, TRUTH, 0.5, groups)
    assert list(found) == ["b", "a"]
    assert sum(figures.counts.true_positives for figures in found.values()) == 3


@pytest.mark.parametrize(
    ("left", "right", "said"),
    [
        (named("Ana Silva"), named("Anna Sylva"), "Latin"),
        (named("Мустафа"), named("Mustafa"), "Cyrillic ↔ Latin"),
        (named("Mustafa", "Мустафа"), named("Мустафо"), "Cyrillic"),
        (named("金正恩"), named("محمد"), "Arabic ↔ Han"),
        (named("12345"), named("Mustafa"), "Latin ↔ no name"),
    ],
)
def test_scripts_of_a_pair(left: Entity, right: Entity, said: str) -> None:
    assert scripts(left, right) == said
    assert scripts(right, left) == said
