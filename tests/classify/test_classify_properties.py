"""What holds for every text: no crash, evidence that is really there, the same answer each time."""

from __future__ import annotations

import csv
import gzip
import json
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.coverage.classify import AREAS, FUNCTIONS, classify
from accord.coverage.classify._phrases import Matcher
from accord.coverage.classify._table import load
from accord.coverage.classify.words import words
from accord.errors import InternalError

PIECES = st.sampled_from(
    ["corruption", "Drogue", "tráfico de pessoas", "traite", "AML/CFT", "not related to", ".", "\n- ", "’", "œ", "ß"]
)
TEXT = st.one_of(st.text(max_size=80), st.lists(st.one_of(PIECES, st.text(max_size=6)), max_size=12).map(" ".join))


@given(title=TEXT, description=TEXT, context=TEXT, codes=st.lists(st.text(max_size=10), max_size=3))
def test_evidence_is_a_substring_and_labels_are_known(
    title: str, description: str, context: str, codes: list[str]
) -> None:
    labels = classify(title, description, context=context, codes=codes)
    assert labels == classify(title, description, context=context, codes=codes)
    assert set(labels.areas) <= set(AREAS)
    assert set(labels.functions) <= set(FUNCTIONS)
    assert labels.areas or not labels.functions
    fields = {"title": title, "description": description, "context": context}
    for found in labels.evidence:
        if found.field != "code":
            assert fields[found.field][found.start : found.end] == found.words
        given_here = found.label in labels.areas or found.label in labels.functions
        assert given_here == bool(found.weight)
        assert bool(found.reason) == (not found.weight)
    for label in (*labels.areas, *labels.functions):
        assert labels.why(label)
    json.dumps(labels.to_dict())


@given(TEXT)
def test_words_know_where_they_stood(text: str) -> None:
    cut = words(text)
    assert len(cut.folded) == len(cut.spans)
    assert all(0 <= start < end <= len(text) for start, end in cut.spans)
    assert all(before[0] <= after[0] for before, after in zip(cut.spans, cut.spans[1:], strict=False))


@pytest.mark.parametrize("text", ["Lutte contre la CORRUPTION à l'État", "Prevenção da corrupção", "Œuvres volées"])
def test_composed_and_decomposed_accents_are_the_same_text(text: str) -> None:
    decomposed = unicodedata.normalize("NFD", text)
    assert words(text).folded == words(decomposed).folded
    assert classify(text).areas == classify(decomposed).areas


def test_a_long_hostile_text_costs_little() -> None:
    assert classify("trafficking " * 20_000, "traffick of " * 20_000).areas == ()


def test_a_term_that_begins_with_a_gap_is_refused() -> None:
    with pytest.raises(InternalError, match="begin and end"):
        Matcher({"x": ["_2 crime"]}, {})


def test_a_term_with_a_star_inside_a_word_is_refused() -> None:
    with pytest.raises(InternalError, match="a star"):
        Matcher({"x": ["tra*fic"]}, {})


def test_a_gap_before_a_word_that_may_be_missing_is_refused() -> None:
    with pytest.raises(InternalError, match="follows a gap"):
        Matcher({"x": ["crime _2 of? people"]}, {})


def test_gaps_options_and_sentences() -> None:
    matcher = Matcher({"x": ["traffick* in|of the? _2 people"]}, {})

    def spans(text: str) -> list[tuple[int, int]]:
        return [(hit.first, hit.last) for hit in matcher.find(words(text))]

    assert spans("trafficking of the young people") == [(0, 4)]
    assert spans("trafficking of young people") == [(0, 3)]
    assert spans("trafficking in very many young people") == []
    assert spans("trafficking in. People") == []


def test_every_area_and_function_has_terms() -> None:
    tables = load()
    assert {rule.label for rule in tables.areas.rules} == set(AREAS)
    assert {rule.label for rule in tables.functions.rules} == set(FUNCTIONS)


def test_most_of_un_info_has_no_area(shared_data: Path) -> None:
    with gzip.open(shared_data / "coverage" / "uninfo_projects.csv.gz", "rt", encoding="utf-8", newline="") as file:
        rows = [row for number, row in enumerate(csv.DictReader(file)) if number % 10 == 0]
    labelled = sum(1 for row in rows if classify(row["name"], row["description"], context=row["outcome"]).areas)
    assert 0.02 < labelled / len(rows) < 0.08


def test_the_readers_labels_are_found(shared_data: Path) -> None:
    lines = (shared_data / "coverage" / "labels_dev.jsonl").read_text(encoding="utf-8").splitlines()
    found = wrong = missed = 0
    for record in map(json.loads, lines):
        given = set(classify(record["title"], record["description"]).areas) - set(record["unsure_areas"])
        truth = set(record["areas"])
        found, wrong, missed = found + len(given & truth), wrong + len(given - truth), missed + len(truth - given)
    assert 2 * found / (2 * found + wrong + missed) > 0.9


def test_a_context_is_not_read_where_nothing_can_be_completed(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    monkeypatch.setattr("accord.coverage.classify._decide.words", lambda text: (read.append(text), words(text))[1])
    classify("School meals", "for the district", context="Corruption is reduced")
    assert read == ["School meals", "for the district"]
    read.clear()
    assert classify("Trafficking in the region", context="Trafficking in persons").areas == ("trafficking-in-persons",)
    assert "Trafficking in persons" in read


def test_where_words_stand_is_worked_out_only_when_asked() -> None:
    cut = words("Nothing to find here")
    assert load().areas.matcher.find(cut) == []
    assert "spans" not in vars(cut)
