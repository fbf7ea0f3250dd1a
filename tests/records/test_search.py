"""Finding records by words: what is found, in which order, and that a change of the holding is seen at once."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from accord.errors import InputError
from accord.records import Entity, Holding
from accord.records import holding as module
from accord.records.search import folded, words_of
from accord.vault import TESTS, Folder, _tables

NOW = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
PEOPLE = [
    Entity("p1", "Person", {"name": ("Amina Diallo-Traoré",), "passportNumber": ("A0774123",), "religion": ("zen",)}),
    Entity("p2", "Person", {"name": ("Владимир Петров",), "alias": ("Vova",)}),
    Entity("c1", "Company", {"name": ("Quarzo Negro Trading S.A.",), "notes": ("amina",)}),
    Entity("x1", "Unheard", {"name": ("Something\nelse",)}),
]


@pytest.fixture(params=[True, False], ids=["remembered", "read"])
def held(tmp_path: Path, request: pytest.FixtureRequest) -> Holding:
    folder = Folder.create(tmp_path / "desk", "a long passphrase", cost=TESTS)
    made = Holding(folder, remember=request.param)
    made.load(PEOPLE, source="one.jsonl", at=NOW)
    return made


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("traore", ["p1"]),
        ("DIALLO amina", ["p1"]),
        ("a0774", ["p1"]),
        ("petrov vladimir", ["p2"]),
        ("Петров", ["p2"]),
        ("negro s.a.", ["c1"]),
        ("zen", []),  # sensitive: never searched
        ("amina quarzo", []),
        ("else", ["x1"]),
        ("a", ["p1", "p2", "c1"]),
        ("", ["p1", "p2", "c1", "x1"]),
        ("p", ["p1", "p2"]),
    ],
)
def test_words_find_records(held: Holding, text: str, ids: list[str]) -> None:
    found = held.page(text, None, 0, 10)
    assert [row.id for row in found.rows] == ids
    assert found.all == len(ids)
    assert [row.id for row in held.listed(None, text)] == ids


def test_expression_and_words_narrow_together(held: Holding) -> None:
    assert [row.id for row in held.page("a", "schema = Person", 0, 10).rows] == ["p1", "p2"]
    assert [row.id for row in held.page("a", "schema = Person", 1, 10).rows] == ["p2"]


def test_change_of_the_holding_is_seen_at_once(held: Holding) -> None:
    assert held.page("vova", None, 0, 10).all == 1
    other = Holding(held._folder)
    other.load([Entity("p3", "Person", {"name": ("Vova Two",)})], source="two.jsonl", at=NOW)
    other.remove(["p2"])
    assert [row.id for row in held.page("vova", None, 0, 10).rows] == ["p3"]
    assert held.get("p3").entity.caption == "Vova Two"
    with pytest.raises(InputError, match="no record"):
        held.get("p2")
    assert {key: one.caption for key, one in held.named(["p3", "p1", "nobody"]).items()} == {
        "p1": "Amina Diallo-Traoré",
        "p3": "Vova Two",
    }


@pytest.mark.parametrize("remember", [True, False])
def test_many_records_by_id_without_reading_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, remember: bool
) -> None:
    """Of seven parts in groups of four rows: what is wanted, once each, in the order of the holding."""
    monkeypatch.setattr(module, "PART_ROWS", 20)
    monkeypatch.setattr(_tables, "_GROUP_ROWS", 4)
    held = Holding(Folder.create(tmp_path / "desk", "a long passphrase", cost=TESTS), remember=remember)
    held.load([Entity(f"p{one}", "Person", {"name": (f"Name {one}",)}) for one in range(130)], source="one", at=NOW)
    assert len(held.parts()) == 7
    held.revise([replace(held.get(f"p{one}"), source="two") for one in (0, 64, 129)])
    everyone, made, real = list(held.iterate()), [0], module._held

    def counted(table: Any, *place: Any) -> Any:
        made[0] += len(table)
        return real(table, *place)

    monkeypatch.setattr(module, "_held", counted)
    for most in (0, 1, 3, 40, 130):
        wanted = {one.entity.id for one in random.Random(most).sample(everyone, most)}
        fit, made[0] = [one for one in everyone if one.entity.id in wanted], 0
        got = list(held.among([*wanted, *wanted, "nobody"]))
        assert (got, [one.place for one in got]) == (fit, [one.place for one in fit])
        assert made[0] == most
        assert [(one.id, one.source) for one in held.named([*wanted, "nobody"]).values()] == [
            (one.entity.id, one.source) for one in fit
        ]


def test_pages_of_many_parts_agree_with_a_plain_scan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PART_ROWS", 40)
    chance = random.Random(5)
    signs = ["ana", "bo", "ñu", "x", "ана", "'", "li-li", "0"]
    people = [
        Entity(f"r{number}", "Person", {"name": (" ".join(chance.choices(signs, k=3)),)}) for number in range(250)
    ]
    folder = Folder.create(tmp_path / "desk", "a long passphrase", cost=TESTS)
    held = Holding(folder, remember=True)
    held.load(people, source="many.jsonl", at=NOW)
    order = [row.id for row in held.listed()]
    texts = {one.id: words_of(one).split() for one in people}
    for _ in range(40):
        text = " ".join(chance.choices([*signs, "a", "r1", "nu", "an"], k=chance.randint(1, 2)))
        fit = [key for key in order if all(any(part in word for word in texts[key]) for part in folded(text))]
        first = chance.randrange(30)
        found = held.page(text, None, first, 7)
        assert (found.all, [row.id for row in found.rows]) == (len(fit), fit[first : first + 7]), text
    for one in chance.choices(people, k=10):
        assert held.get(one.id).entity == one
