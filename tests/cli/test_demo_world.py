"""The made-up world of the demo: the same bytes for a seed, and exactly the overlaps that are meant."""

from __future__ import annotations

from pathlib import Path

import pytest

from accord.cli.demo.world import World, write_world
from accord.coverage.classify import classify
from accord.exchange.marks import marks_of
from accord.records import Entity, Report, read_entities
from accord.records.clean import identifier
from accord.records.stats import count
from accord.records.terms import FIELD


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return write_world(tmp_path_factory.mktemp("world"))


def _read(path: Path) -> list[Entity]:
    report = Report()
    entities = list(read_entities(path, report=report))
    assert not report.problem_count
    assert not report.notes, [str(note) for note in report.notes]
    return entities


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    for folder, seed in (("one", 7), ("two", 7), ("three", 8)):
        write_world(tmp_path / folder, seed, ordinary=80)
    files = sorted(path.relative_to(tmp_path / "one") for path in (tmp_path / "one").rglob("*.*"))
    assert len(files) == 6
    assert all((tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes() for file in files)
    assert (tmp_path / "one/unite/records.jsonl").read_bytes() != (tmp_path / "three/unite/records.jsonl").read_bytes()


def test_both_holdings_are_large_and_of_six_scripts(world: World) -> None:
    for path in (world.unite, world.ipol):
        entities = _read(path)
        assert len(entities) == len({entity.id for entity in entities}) == 1500
        assert set(count(entities).scripts["Person"]) == {"Latin", "Cyrillic", "Arabic", "Han", "Greek", "Hebrew"}


def test_marks_find_every_overlap_and_nothing_else(world: World) -> None:
    left, right = marks_of(_read(world.unite), "asker"), marks_of(_read(world.ipol), "holder")
    holders: dict[bytes, set[str]] = {}
    for identity, marks in right.items():
        for mark in marks:
            holders.setdefault(mark.digest, set()).add(identity)
    hits = {(one, other) for one, marks in left.items() for mark in marks for other in holders.get(mark.digest, ())}
    assert hits == set(world.overlaps) | set(world.protected)
    assert not hits & set(world.namesakes)


def test_the_halves_of_the_story_meet_in_number_and_name(world: World) -> None:
    unite = {entity.id: entity for entity in _read(world.unite)}
    ipol = {entity.id: entity for entity in _read(world.ipol)}
    story = world.story
    address = unite[story["unite-wallet"]].first("publicKey")
    assert address is not None
    assert identifier("publicKey", address) == ("wallet", address)
    assert ipol[story["ipol-wallet"]].first("publicKey") == address
    assert not unite[story["unite-wallet"]].get("holder")
    assert ipol[story["ipol-wallet"]].first("holder") == story["ipol-owner"]
    assert unite[story["unite-sale"]].first("paidTo") == story["unite-wallet"]
    passport = unite[story["unite-agent"]].first("passportNumber")
    assert ipol[story["ipol-passport"]].first("passportNumber") == passport
    assert ipol[story["ipol-phone"]].extra[FIELD] == {"owner": "national bureau of Serbia"}


def test_links_of_each_holding_point_into_it(world: World) -> None:
    for path in (world.unite, world.ipol):
        entities = _read(path)
        ids = {entity.id for entity in entities}
        for entity in entities:
            for values in entity.properties.values():
                assert all(value in ids for value in values if value[:2] in ("u-", "i-"))


def test_titles_say_what_the_activities_are_about(world: World) -> None:
    assert len(world.activities) == 120
    for activity in world.activities:
        labels = classify(activity.title)
        assert (labels.areas, labels.functions) == ((activity.area,), (activity.function,)), activity.title


def test_the_map_shows_the_gap_and_the_overlap_that_were_laid(world: World) -> None:
    from accord.cli.demo import _books
    from accord.coverage import gap_rows, make, overlap_rows

    grid = make(world.plan).grid
    first = list(gap_rows(grid))[:10]
    assert {(row["area"], row["country"]) for row in first} <= set(_books.GAPS)
    assert {(row["area"], row["country"], row["year"]) for row in overlap_rows(grid)} == set(_books.OVERLAPS)
