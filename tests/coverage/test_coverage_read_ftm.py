"""FollowTheMoney books, and tables turned into them by a mapping file of `records`."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from accord.coverage import read_plan
from accord.coverage.activity import Money
from accord.coverage.plan import Source
from accord.coverage.read import read_activities, read_source
from accord.coverage.read.book import Book
from accord.errors import InputError


def entity(identity: str, schema: str, **properties: str | list[str]) -> str:
    values = {name: value if isinstance(value, list) else [value] for name, value in properties.items()}
    return json.dumps({"id": identity, "schema": schema, "properties": values})


def read(folder: Path, *lines: str, party: str | None = None) -> Book:
    (folder / "book.jsonl").write_text("\n".join(lines), encoding="utf-8")
    return read_source(Source(folder / "book.jsonl", "ftm", "book", party=party))


ACTIVITY = entity(
    "a-1", "Activity", name="Laws against trafficking", description="Drafting", areas="trafficking-in-persons:60|drugs:40",
    functions="legal", implementer=["o-1", "o-2"], country=["ke", "Uganda"], startDate="2023", endDate="2024-06",
    amount="1250.50", currency="EUR", beneficiary="judges", goal="Safer courts", sourceUrl="https://example.org/a",
)  # fmt: skip


def test_an_activity_is_read_with_its_organisations_by_name(tmp_path: Path) -> None:
    book = read(
        tmp_path, ACTIVITY, entity("o-1", "PublicBody", name="Our Office"), entity("p-1", "Person", name="A Person")
    )
    found = book.activities[0]
    assert len(book.activities) == 1
    assert not book.problems
    assert found.partners == ("Our Office", "o-2"), "two implementers: a declared joint project"
    assert (found.title, found.context, found.areas, found.functions) == (
        "Laws against trafficking", "Safer courts", ("trafficking-in-persons", "drugs"), ("legal",),
    )  # fmt: skip
    assert found.area_shares == (("trafficking-in-persons", 60.0), ("drugs", 40.0))
    assert [place.country for place in found.countries] == ["KEN", "UGA"]
    assert (found.start, found.end) == (date(2023, 1, 1), date(2024, 6, 30))
    assert found.money == (Money(125050, "EUR"),)
    assert (found.beneficiaries, found.origin.url) == (("judges",), "https://example.org/a")


def test_a_training_builds_capacity_unless_it_says_otherwise(tmp_path: Path) -> None:
    book = read(
        tmp_path,
        entity("t-1", "Training", name="Course", provider="Our Academy", amountUsd="10"),
        entity("t-2", "Training", name="Course", functions="e-learning"),
    )
    assert [one.functions for one in book.activities] == [("capacity-building",), ("e-learning",)]
    assert [one.partners for one in book.activities] == [("Our Academy",), ("book",)]
    assert book.activities[0].money == (Money(1000, "USD"),)


def test_a_participant_of_a_project_is_who_it_is_joint_with(tmp_path: Path) -> None:
    book = read(
        tmp_path,
        entity("a", "Project", name="P"),
        entity("o", "Organization", name="Other Body"),
        entity("l", "ProjectParticipant", project="a", participant="o"),
        party="X",
    )
    assert [(one.partners, one.joint_with) for one in book.activities] == [(("X",), ("Other Body",))]


def test_fragments_of_one_entity_are_one_activity(tmp_path: Path) -> None:
    book = read(tmp_path, entity("a", "Activity", name="T"), entity("a", "Activity", country="ke", areas="drugs"))
    assert [(one.title, one.areas, len(one.countries)) for one in book.activities] == [("T", ("drugs",), 1)]


def test_what_is_odd_is_told_and_not_guessed(tmp_path: Path) -> None:
    book = read(
        tmp_path,
        entity(
            "a",
            "Activity",
            name="T",
            startDate="2024",
            endDate="2020",
            areas="gardening",
            country="Atlantis",
            amount="much",
        ),
    )
    found = book.activities[0]
    assert (found.start, found.end, found.areas, found.countries, found.money) == (None, None, (), (), ())
    assert len(found.possible) > 190
    assert {problem.code for problem in book.problems} == {"coverage.dates", "coverage.area", "coverage.money"}


def test_a_damaged_line_stops_the_book_with_its_number(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        read(tmp_path, ACTIVITY, "{broken")
    assert [problem.line for problem in caught.value.problems] == [2]


MAPPING = """[[entity]]
schema = "Activity"
id = "ours-{No}"
[entity.properties]
name = "Title"
areas = { column = "Topics", split = "," }
implementer = "Who"
country = { column = "Where", split = ";" }
startDate = "From"
"""
TABLE = "No;Title;Topics;Who;Where;From\n7;Formation des juges;drugs, firearms;UNODC;Kenya, Uganda;2024\n"


def test_a_table_is_read_by_a_mapping_file_of_records(tmp_path: Path) -> None:
    (tmp_path / "map.toml").write_text(MAPPING, encoding="utf-8")
    (tmp_path / "book.csv").write_text(TABLE.replace("Kenya, Uganda", '"Kenya;Uganda"'), encoding="utf-8")
    (tmp_path / "coverage.toml").write_text(
        '[[source]]\nfile = "book.csv"\nformat = "table"\nmapping = "map.toml"\n', encoding="utf-8"
    )
    found = read_activities(read_plan(tmp_path / "coverage.toml")).activities
    assert [(one.id, one.partners, one.areas, [place.country for place in one.countries]) for one in found] == [
        ("ours-7", ("UNODC",), ("drugs", "firearms"), ["KEN", "UGA"])
    ]


def test_a_wrong_mapping_file_is_told_before_any_row(tmp_path: Path) -> None:
    (tmp_path / "map.toml").write_text(MAPPING.replace("startDate", "begins"), encoding="utf-8")
    (tmp_path / "book.csv").write_text(TABLE, encoding="utf-8")
    (tmp_path / "coverage.toml").write_text(
        '[[source]]\nfile = "book.csv"\nformat = "table"\nmapping = "map.toml"\n', encoding="utf-8"
    )
    with pytest.raises(InputError) as caught:
        read_activities(read_plan(tmp_path / "coverage.toml"))
    assert [problem.property for problem in caught.value.problems] == ["begins"]
