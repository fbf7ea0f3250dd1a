"""One partner at most for each record: the surest pairs together, whatever the order they come in."""

from __future__ import annotations

import math
import random
from itertools import permutations

from hypothesis import given, settings
from hypothesis import strategies as st

from accord.match import Match, one_to_one

PAIRS = st.lists(
    st.tuples(st.sampled_from("abcd"), st.sampled_from("wxyz"), st.integers(1, 99)),
    max_size=16,
    unique_by=lambda p: p[:2],
)


def worth(pairs: list[Match], threshold: float) -> float:
    return sum(math.log(p.score / (1 - p.score)) - math.log(threshold / (1 - threshold)) + 1e-6 for p in pairs)


@settings(max_examples=200, deadline=None)
@given(PAIRS, st.sampled_from([0.2, 0.5]), st.randoms(use_true_random=False))
def test_no_other_choice_is_surer_and_order_does_not_matter(
    drawn: list[tuple[str, str, int]], threshold: float, rng: random.Random
) -> None:
    pairs = [Match(left, right, score / 100) for left, right, score in drawn]
    found = one_to_one(pairs, threshold=threshold)
    for side in ("left", "right"):
        records = [getattr(pair, side) for pair in found]
        assert len(records) == len(set(records))
    assert all(pair in pairs and pair.score >= threshold for pair in found)
    scores = {(p.left, p.right): p for p in pairs if p.score >= threshold}
    best = max(
        worth([scores[pair] for pair in zip("abcd", order, strict=True) if pair in scores], threshold)
        for order in permutations("wxyz")
    )
    assert abs(worth(found, threshold) - best) < 1e-4
    rng.shuffle(pairs)
    assert one_to_one(pairs, threshold=threshold) == found


def test_a_record_gives_up_a_partner_that_another_needs_more() -> None:
    pairs = [Match("a", "x", 0.99), Match("a", "y", 0.98), Match("b", "x", 0.98), Match("c", "z", 0.4)]
    assert [(p.left, p.right) for p in one_to_one(pairs, threshold=0.5)] == [("a", "y"), ("b", "x")]


def test_sure_scores_and_no_pairs() -> None:
    assert one_to_one([], threshold=0.5) == []
    sure = [Match("a", "x", 1.0), Match("b", "x", 1.0), Match("b", "y", 1.0)]
    assert [(p.left, p.right) for p in one_to_one(sure, threshold=0.5)] == [("a", "x"), ("b", "y")]
    assert one_to_one([Match("a", "x", 0.0)], threshold=0.0) == [Match("a", "x", 0.0)]


def test_many_records_on_one_long_chain() -> None:
    chain = [Match(f"l{n:04}", f"r{n + shift:04}", 0.9 - shift / 100) for n in range(2_000) for shift in (0, 1)]
    assert len(one_to_one(chain, threshold=0.5)) == 2_000
