"""Clusters: deterministic, reversible, and never across a contradiction."""

from __future__ import annotations

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from accord.match import Match, clusters, dedupe
from accord.match.cluster import CONTRADICTION
from accord.records.model import Entity

NAMES = "abcdefgh"
scores = st.sampled_from([0.0, 0.0001, 0.01, 0.3, 0.49, 0.5, 0.6, 0.9, 0.999, 1.0])
pairs = st.lists(
    st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES), scores).filter(lambda p: p[0] != p[1]), max_size=24
).map(lambda found: [Match(*pair) for pair in found])


def lowest(found: list[Match]) -> dict[frozenset[str], float]:
    kept: dict[frozenset[str], float] = {}
    for match in found:
        key = frozenset((match.left, match.right))
        kept[key] = min(match.score, kept.get(key, 1.0))
    return kept


@settings(max_examples=150, deadline=None)
@given(pairs, st.randoms(), st.booleans())
def test_order_and_sides_are_irrelevant(found: list[Match], rng: random.Random, flip: bool) -> None:
    shuffled = [Match(m.right, m.left, m.score) if flip else m for m in found]
    rng.shuffle(shuffled)
    ours = [(c.members, c.score, lowest(list(c.pairs)), lowest(list(c.cut))) for c in clusters(found, threshold=0.5)]
    assert ours == [
        (c.members, c.score, lowest(list(c.pairs)), lowest(list(c.cut))) for c in clusters(shuffled, threshold=0.5)
    ]


@settings(max_examples=150, deadline=None)
@given(pairs)
def test_no_cluster_holds_a_contradiction_and_no_match_is_lost(found: list[Match]) -> None:
    known = lowest(found)
    made = clusters(found, threshold=0.5)
    told: set[frozenset[str]] = set()
    seen: set[str] = set()
    for cluster in made:
        assert len(cluster.members) > 1
        assert not seen & set(cluster.members)
        seen |= set(cluster.members)
        for key, score in known.items():
            assert not (key <= set(cluster.members) and score < CONTRADICTION)
        reached = {cluster.members[0]}
        for _ in cluster.members:
            reached |= {i for m in cluster.pairs if {m.left, m.right} & reached for i in (m.left, m.right)}
        assert reached == set(cluster.members)
        told |= {frozenset((m.left, m.right)) for m in (*cluster.pairs, *cluster.cut)}
    friends = {key for key, score in known.items() if score >= 0.5}
    assert {key for key in friends if key & seen} == told


def test_a_friend_in_common_does_not_join_what_contradicts() -> None:
    found = [Match("a", "b", 0.999), Match("b", "c", 0.99), Match("a", "c", 0.0)]
    (cluster,) = clusters(found, threshold=0.5)
    assert cluster.members == ("a", "b")
    assert [(m.left, m.right) for m in cluster.cut] == [("b", "c")]


def test_a_doubtful_pair_is_outvoted_by_two_good_ones() -> None:
    found = [Match("a", "b", 0.999), Match("b", "c", 0.99), Match("a", "c", 0.3)]
    (cluster,) = clusters(found, threshold=0.5)
    assert cluster.members == ("a", "b", "c")
    assert cluster.score == 0.99


def test_records_of_two_people_behind_one_thin_record_stay_apart() -> None:
    first = Entity("1", "Person", {"name": ("Amina Traore Kone",), "birthDate": ("1980-05-17",)})
    thin = Entity("2", "Person", {"name": ("Amina Traore Kone",)})
    other = Entity("3", "Person", {"name": ("Amina Traore Kone",), "birthDate": ("1951-11-02",)})
    found = dedupe([first, thin, other], threshold=0.0)
    for cluster in clusters(found, threshold=0.5):
        assert not {"1", "3"} <= set(cluster.members)
