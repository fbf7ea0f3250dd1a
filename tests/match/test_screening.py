"""Screening gives the answers of `match link`, from an index that is whole or refused."""

from __future__ import annotations

import random
import stat
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accord.errors import InputError
from accord.match import link
from accord.match.screen import Query, build, candidates, named, open_file, screen, write_file
from accord.match.screen.index import open_index
from accord.match.screen.keys import CAPS, keys_of
from accord.match.screen.rows import Row, pack, unpack
from accord.match.v1 import block
from accord.match.v1.analyse import analyse
from accord.match.v1.score import Scorer
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
    write_file(path, PEOPLE, "")
    kept = open_file(path)
    assert len(kept) == len(PEOPLE)
    for person in PEOPLE[:20]:
        assert screen(Query(person), kept, threshold=0.1) == screen(Query(person), INDEX, threshold=0.1)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_same_records_give_the_same_bytes(tmp_path: Path) -> None:
    first, second = tmp_path / "1", tmp_path / "2"
    write_file(first, PEOPLE, "x")
    write_file(second, PEOPLE, "x")
    assert first.read_bytes() == second.read_bytes()


@pytest.mark.parametrize("cut", [0, 5, 11, 40, 1000, -1])
def test_attack_a_cut_index_is_refused(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "people.index"
    write_file(path, PEOPLE, "")
    path.write_bytes(path.read_bytes()[:cut])
    with pytest.raises(InputError) as caught:
        open_file(path)
    assert caught.value.code == "screen.index"


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300))
def test_attack_an_index_of_other_bytes_is_refused(data: bytes) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.index"
        path.write_bytes(b"ACSCREEN" + data)
        with pytest.raises(InputError):
            open_file(path)


def test_a_key_that_too_many_share_is_left_out() -> None:
    many = [Entity(f"m{n}", "Person", {"name": ("Kwame Mensah",)}) for n in range(max(CAPS) + 1)]
    rare = Entity("a", "Person", {"name": ("Olga Petrova",)})
    index = build([*many, rare])
    assert candidates(Query(many[0]), index) == []
    assert candidates(Query(rare), index) == ["a"]
    assert len(index.data) < 2 * len(build([rare]).data) + len(many) * 400


NAMES = [
    "Amina Diallo", "Amina Diallo-Traoré", "Diallo, A.", "Амина Диалло", "أمينة ديالو", "Mohamed al-Haddad", "محمد الحداد",
    "Мохаммед Хаддад", "Mohammed", "Aoi Ueo", "김정은", "Kim Jong Un", "金正恩", "Northern Amber Shipping Ltd",
    "ООО «Северный Янтарь Шиппинг»", "Amber Shipping Company", "Amber Bank", "Bank Amber (Pakistan)", "Northern Amber",
    "Northern Amber 3", "MT Amber Star", "D-ABCD", "!!", "77th Brigade", "Sociedad Ámbar", "Ámbar S.A.",
]  # fmt: skip


def any_record(number: int, rng: random.Random) -> Entity:
    """A record of some kind with some of everything; few values, so that keys meet and caps are reached."""
    given = {
        "name": tuple(rng.sample(NAMES, rng.choice((0, 1, 1, 1, 2, 4)))),
        "birthDate": tuple(
            rng.choices(("1980", "1980-05", "1980-05-17", "1980-17-05", "1981-05-17"), k=rng.randrange(3))
        ),
        "nationality": tuple(rng.choices(("fr", "ml", "ru"), k=rng.randrange(2))),
        "passportNumber": tuple(rng.choices(("X1234567", "Y7654321"), k=rng.randrange(2))),
        "idNumber": tuple(rng.choices(("X1234567", "Q11"), k=rng.randrange(2))),
        "address": tuple(rng.choices(("5 rue des Lilas 75011 Paris", "Hauptstr. 7, 10115 Berlin"), k=rng.randrange(2))),
        "gender": tuple(rng.choices(("male", "female"), k=rng.randrange(2))),
    }
    schema = rng.choice(("Person", "Person", "Company", "LegalEntity", "Vessel", "Airplane", "Thing", "Address"))
    return Entity(f"r{number}", schema, {key: values for key, values in given.items() if values})


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32), st.sampled_from([1, 20, 150]))
def test_candidates_and_answers_are_those_of_link_for_any_record(seed: int, count: int) -> None:
    rng = random.Random(seed)
    holding, asked = [any_record(number, rng) for number in range(count)], any_record(-1, rng)
    index = build(holding)
    pairs = block.candidates(analyse([asked, *holding]), 1)
    assert candidates(Query(asked), index) == [holding[row - 1].id for row in sorted(pairs[:, 1].tolist())]
    for threshold in (0.0, 0.5):
        expected = [(m.right, m.score) for m in link([asked], holding, threshold=threshold)]
        assert [(h.match.right, h.match.score) for h in screen(Query(asked), index, threshold=threshold)] == expected


def test_packed_records_compare_as_the_records_do() -> None:
    rng = random.Random(3)
    records = [any_record(number, rng) for number in range(80)]
    table = analyse(records)
    rows = [Row.read(row.written()) for row in pack(table, [record.caption for record in records])]
    left, right = np.triu_indices(len(records), 1)
    expected = Scorer.of(table).scores(left, right)
    assert Scorer.of(unpack(rows)).scores(left, right).tolist() == expected.tolist()


def test_attack_a_damaged_record_in_an_index_is_refused() -> None:
    data = bytearray(build(PEOPLE).data)
    data[8:12] = b"\xff\xff\xff\xff"
    index = open_index(bytes(data))
    with pytest.raises(InputError) as caught:
        index.row(0)
    assert caught.value.code == "screen.index"
    assert len({key for keys in keys_of(analyse(PEOPLE)) for key in keys}) > len(PEOPLE)


def test_a_holding_without_records_answers_nothing() -> None:
    assert screen(named("Olga Petrova"), build([]), threshold=0.0) == []
