"""Bit-parallel distances agree to the last bit with rapidfuzz, and blocks and spans lose nothing."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz.distance import Indel, JaroWinkler, Levenshtein

from accord.match.v1.columns import distinct, spans
from accord.match.v1.score import score_pairs
from accord.match.v1.strings import LONGEST, Strings
from accord.records.model import Entity

words = st.text("abcz09", max_size=12) | st.text("abcz09", min_size=LONGEST - 4, max_size=LONGEST + 4)


@settings(max_examples=60, deadline=None)
@given(st.lists(words, min_size=1, max_size=12))
def test_distances_are_those_of_rapidfuzz(texts: list[str]) -> None:
    strings = Strings.of(texts)
    left, right = (side.ravel() for side in np.indices((len(texts), len(texts))))
    for found, scorer in (
        (strings.ratio(left, right), Indel),
        (strings.likeness(left, right), Levenshtein),
        (strings.jaro_winkler(left, right), JaroWinkler),
    ):
        expected = [
            scorer.similarity(texts[a], texts[b])
            if scorer is JaroWinkler
            else scorer.normalized_similarity(texts[a], texts[b])
            for a, b in zip(left, right, strict=True)
        ]
        assert found.tolist() == expected


def test_strings_of_nothing() -> None:
    none = np.zeros(0, dtype=np.int64)
    assert Strings.of([]).ratio(none, none).tolist() == []
    assert Strings.of([""]).likeness(np.array([0]), np.array([0])).tolist() == [1.0]


@given(st.lists(st.integers(-1, 40) | st.integers(2**61, 2**62), max_size=40))
def test_distinct_is_unique_of_numpy(codes: list[int]) -> None:
    found = distinct(np.array(codes, dtype=np.int64))
    expected = np.unique(np.array(codes, dtype=np.int64), return_index=True, return_inverse=True)
    for ours, theirs in zip(found, expected, strict=True):
        assert ours.tolist() == theirs.tolist()


@given(st.lists(st.integers(0, 50), max_size=30), st.integers(1, 60))
def test_spans_cover_every_row_once(costs: list[int], most: int) -> None:
    parts = spans(np.array(costs, dtype=np.int64), most)
    assert [row for part in parts for row in range(len(costs))[part]] == list(range(len(costs)))
    assert all(sum(costs[part]) <= most + max(costs[part]) for part in parts)


def test_a_score_does_not_depend_on_what_is_scored_beside_it() -> None:
    names = ("Jon Smith", "Smith, John", "أحمد علي", "Ahmed Ali", "Abd Al Rahman", "Abdal Rahman", "Ali", "Acme 7")
    people = [Entity(name, "Person", {"name": (name,)}) for name in names]
    pairs = [(left, right) for left in people for right in people]
    together = score_pairs(pairs)
    assert together == [score_pairs([pair])[0] for pair in pairs]
    assert together == score_pairs(pairs, threads=3)
