"""Screening gives the answers of `match link`, from an index that is whole or refused."""

from __future__ import annotations

import random
import stat
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accord.errors import InputError
from accord.match import link
from accord.match.screen import Query, build, named, open_index, screen, write_index
from accord.match.screen.keys import CAPS, keys_of
from accord.records.model import Entity

GIVEN = ["Amina", "Муаммар", "Jon", "Ahmed", "محمد", "Sergei", "Maria", "Olga", "Kwame", "Elena"]
FAMILY = ["Diallo", "Каддафи", "Smith", "حداد", "Ivanov", "Traore", "Mensah", "Silva", "Petrova", "Haddad"]


def made_people(count: int, seed: int = 1) -> list[Entity]:
    rng = random.Random(seed)
    people = []
    for number in range(count):
        name = f"{rng.choice(GIVEN)} {rng.choice(FAMILY)} {chr(65 + number % 26)}{number % 97}x"
        born = f"{rng.randrange(1940, 2000)}-0{rng.randrange(1, 10)}-1{rng.randrange(10)}"
        people.append(Entity(f"p{number}", "Person", {"name": (name,), "birthDate": (born,)}))
    return people


PEOPLE = made_people(120)
INDEX = build(PEOPLE)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, len(PEOPLE) - 1), st.sampled_from(["same", "slip", "turned", "undated"]))
def test_the_answers_are_those_of_link(number: int, how: str) -> None:
    original = PEOPLE[number]
    name = original.get("name")[0]
    changed = {
        "same": name,
        "slip": name.replace("a", "e", 1),
        "turned": ", ".join(reversed(name.split())),
        "undated": name,
    }[how]
    born = {} if how == "undated" else {"birthDate": original.get("birthDate")}
    asked = Entity("q", "Person", {"name": (changed,), **born})
    expected = {(m.right, m.score) for m in link([asked], PEOPLE, threshold=0.5)}
    assert {(hit.match.right, hit.match.score) for hit in screen(Query(asked), INDEX, threshold=0.5)} == expected


def test_a_bare_name_finds_persons_bodies_and_vessels() -> None:
    holding = [
        Entity("p", "Person", {"name": ("Olga Petrova",)}),
        Entity("c", "Company", {"name": ("Northern Amber Shipping Ltd",)}),
        Entity("v", "Vessel", {"name": ("Northern Amber",)}),
    ]
    index = build(holding)
    assert [hit.match.right for hit in screen(named("Петрова Ольга"), index, threshold=0.5)] == ["p"]
    assert "c" in [hit.match.right for hit in screen(named("Northern Amber Shipping"), index, threshold=0.5)]
    assert "v" in [hit.match.right for hit in screen(named("Northern Amber"), index, threshold=0.5)]


def test_an_index_from_a_file_answers_as_the_one_in_memory(tmp_path: Path) -> None:
    path = tmp_path / "people.index"
    write_index(path, INDEX)
    kept = open_index(path)
    assert len(kept) == len(PEOPLE)
    for person in PEOPLE[:20]:
        assert screen(Query(person), kept, threshold=0.1) == screen(Query(person), INDEX, threshold=0.1)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_same_records_give_the_same_bytes(tmp_path: Path) -> None:
    first, second = tmp_path / "1", tmp_path / "2"
    write_index(first, build(PEOPLE))
    write_index(second, build(PEOPLE))
    assert first.read_bytes() == second.read_bytes()


@pytest.mark.parametrize("cut", [0, 5, 11, 40, 1000, -1])
def test_attack_a_cut_index_is_refused(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "people.index"
    write_index(path, INDEX)
    path.write_bytes(path.read_bytes()[:cut])
    with pytest.raises(InputError) as caught:
        open_index(path)
    assert caught.value.code == "screen.index"


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300))
def test_attack_an_index_of_other_bytes_is_refused(data: bytes) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.index"
        path.write_bytes(b"ACSCREEN" + data)
        with pytest.raises(InputError):
            open_index(path)


def test_a_key_that_too_many_share_is_left_out() -> None:
    many = [Entity(f"m{n}", "Person", {"name": ("Kwame Mensah",)}) for n in range(max(CAPS) + 1)]
    index = build([*many, Entity("a", "Person", {"name": ("Olga Petrova",)})])
    (rare,) = keys_of([Entity("a", "Person", {"name": ("Olga Petrova",)})])
    assert index.keys.tolist() == [number for number, _ in rare]


def test_a_holding_without_records_answers_nothing() -> None:
    assert screen(named("Olga Petrova"), build([]), threshold=0.0) == []
