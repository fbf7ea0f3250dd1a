"""What must hold of every score, whatever the records."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from accord.match import DEFAULT_THRESHOLD, dedupe, explain, link, normal_forms, score_pairs
from accord.match.screen.rows import limits_of, pack
from accord.match.v1.analyse import analyse
from accord.match.v1.score import Scorer, best_case
from accord.records.model import Entity

WORDS = [
    "Amina",
    "Diallo",
    "Мохаммед",
    "Каддафи",
    "محمد",
    "حداد",
    "김정은",
    "习近平",
    "Jon",
    "Smith",
    "al",
    "J.",
    "כהן",
    "Νίκος",
    "नरेन्द्र",
    "弗拉基米尔",
    "Abd",
    "Bank",
    "7",
]
names = st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).map(" ".join), min_size=1, max_size=4)
schemata = st.sampled_from(("Person", "LegalEntity", "Company", "Vessel", "Airplane"))
dates = st.sampled_from([(), ("1970",), ("1970-03-04",), ("1970-04-03",), ("1985-01-01",)])
people = st.builds(
    lambda n, d: Entity("x", "Person", {"name": tuple(n), **({"birthDate": d} if d else {})}), names, dates
)


def score(left: Entity, right: Entity) -> float:
    return score_pairs([(left, right)])[0]


def with_names(entity: Entity, found: list[str]) -> Entity:
    return Entity(entity.id, entity.schema, {**entity.properties, "name": tuple(found)})


@settings(max_examples=40, deadline=None)
@given(people, people)
def test_score_is_symmetric(left: Entity, right: Entity) -> None:
    assert score(left, right) == score(right, left)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.builds(lambda person, schema: replace(person, schema=schema), people, schemata), min_size=2))
def test_no_names_say_more_than_they_could(records: list[Entity]) -> None:
    """A pair that is given up before its names are compared could not have reached the threshold."""
    scorer = Scorer.of(analyse(records))
    left, right = np.triu_indices(len(records), 1)
    best = best_case(scorer.table, scorer.limits, left, right)
    seen = scorer.with_names(best, left, right)
    assert (seen.names <= best.names + 1e-9).all()
    assert (seen.total <= best.total + 1e-9).all()
    packed = limits_of(pack(scorer.table, [""] * len(records)))
    assert packed.foreign.tolist() == scorer.limits.foreign.tolist()
    assert np.allclose(packed.heaviest, scorer.limits.heaviest)


@settings(max_examples=25, deadline=None)
@given(people, people, st.randoms())
def test_order_of_names_is_irrelevant(left: Entity, right: Entity, rng: random.Random) -> None:
    shuffled = list(left.get("name"))
    rng.shuffle(shuffled)
    assert score(with_names(left, shuffled), right) == score(left, right)


@settings(max_examples=25, deadline=None)
@given(people, people, st.sampled_from(WORDS), st.sampled_from(WORDS))
def test_adding_an_equal_name_never_lowers(left: Entity, right: Entity, first: str, second: str) -> None:
    added = f"{first} {second}"
    left, right = with_names(left, [*left.get("name")][:2]), with_names(right, [*right.get("name")][:1])
    more = score(with_names(left, [*left.get("name"), added]), with_names(right, [*right.get("name"), added]))
    assert more >= score(left, right)


@settings(max_examples=25, deadline=None)
@given(people, people)
def test_effects_add_up_to_the_log_odds_of_the_score(left: Entity, right: Entity) -> None:
    import math

    found = explain(left, right)
    odds = sum(part.effect for part in found.parts)
    assert abs(found.score - 1 / (1 + math.exp(-odds))) < 2e-6
    assert found.match == (found.score >= DEFAULT_THRESHOLD)
    assert found.score == score(left, right)


def crowd(number: int) -> list[Entity]:
    rng = random.Random(5)
    return [
        Entity(
            f"p{i}",
            "Person",
            {"name": (" ".join(rng.choices(WORDS, k=3)),), "birthDate": (f"19{rng.randrange(40, 99)}",)},
        )
        for i in range(number)
    ]


def test_cores_and_batch_change_nothing(monkeypatch) -> None:  # type: ignore[no-untyped-def]
    from accord.match.v1 import score as module

    people = crowd(120)
    alone = dedupe(people, threshold=0.01)
    monkeypatch.setattr(module, "CHUNK", 50)
    assert dedupe(people, threshold=0.01, threads=3) == alone
    monkeypatch.setattr(module, "RECORDS_FOR_CORES", 1)
    monkeypatch.setattr(module, "PAIRS_FOR_CORES", 1)  # so that other processes do it
    steps: list[tuple[int, int]] = []
    assert dedupe(people, threshold=0.01, threads=2, progress=lambda *step: steps.append(step)) == alone
    assert steps == sorted(steps)
    assert steps[-1][0] == steps[-1][1]
    by_id = {entity.id: entity for entity in people}
    for match in alone[:20]:
        assert score(by_id[match.left], by_id[match.right]) == match.score


def test_link_finds_across_and_only_across() -> None:
    left = [
        Entity("a", "Person", {"name": ("Муаммар Каддафи",)}),
        Entity("b", "Person", {"name": ("Muammar Gaddafi",)}),
    ]
    right = [Entity("c", "Person", {"name": ("Muammar Qadhafi",)})]
    done: list[tuple[int, int]] = []
    found = link(left, right, progress=lambda n, total: done.append((n, total)))
    assert {(m.left, m.right) for m in found} == {("a", "c"), ("b", "c")}
    assert done[-1][0] == done[-1][1]


def test_empty_input_gives_nothing() -> None:
    assert link([], []) == []
    assert dedupe([]) == []
    assert score_pairs([]) == []
    assert normal_forms([]) == []
    nameless = Entity("n", "Person", {})
    assert score(nameless, nameless) < DEFAULT_THRESHOLD
    assert dedupe([nameless, nameless]) == []
