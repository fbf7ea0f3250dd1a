"""Marks of names that two lists write otherwise: without the father's name, without initials, in another language."""

from __future__ import annotations

import pytest

from accord.exchange.marks import marks_of
from accord.match import normal_forms
from accord.records import Entity


def meet(schema: str, left: str, right: str, records: int = 20_000, **more: tuple[str, ...]) -> bool:
    """Whether a question about a record with the one name finds one with the other."""
    return found(
        Entity("a", schema, {"name": (left,), **more}), Entity("b", schema, {"name": (right,), **more}), records
    )


def found(one: Entity, other: Entity, records: int = 20_000) -> bool:
    asked, held = marks_of([one], "asker", records)["a"], marks_of([other], "holder", records)["b"]
    return bool({mark.digest for mark in asked} & {mark.digest for mark in held})


def names(schema: str, *given: str, **more: tuple[str, ...]) -> list[tuple[str, ...]]:
    (forms,) = normal_forms([Entity("a", schema, {"name": given, **more})])
    return list(dict.fromkeys(name.latin for name in (*forms.names, *forms.shorter)))


@pytest.mark.parametrize(
    ("schema", "left", "right"),
    [
        ("Person", "Abdul Zarif Walizada", "Abd al-Zarif Walizada"),
        ("Person", "Abdurrashid Walizada", "Abdel Rashid Walizada"),
        ("Company", "KTX Kalimba Trust Xylophones", "Kalimba Trust Xylophones GmbH"),
        ("Company", "Завод «Калимаз»", "Kalimaz Plant"),
        ("Company", "Kalimaz Bank of Iran", "Iranian Kalimaz Bank"),
        ("Company", "First Kalimaz Bank, P.L.C.", "First Kalimaz Bank plc"),
        ("Company", "Kalimaz Trading of Ukraine", "乌克兰 Kalimaz Trading"),
        ("Company", "Kalimaz Bank", "Kalimaz बैंक"),  # what no table knows has the skeleton still
        ("Company", "Kalimaz Shipping Azerbaijan", "Kalimaz Shiping Azerbaidzhan"),
        ("Company", "Kalimaz Russia", "Kalimaz روسيا"),
        ("Company", "Група Kalimaz", "Grupa Kalimaz"),  # spelled alike, and one has a meaning
        ("Company", "Калимаз Китай", "Kalimaz Kitay"),
    ],
)
def test_names_that_say_the_same_meet(schema: str, left: str, right: str) -> None:
    assert meet(schema, left, right)
    assert meet(schema, right, left)


@pytest.mark.parametrize(
    ("schema", "left", "right"),
    [
        ("Person", "Rustam Akhmedovich KALIMOV", "Akhmed KALIMOV"),
        ("Company", "T-Bank", "Tat Bank"),
        ("Company", "Iran Oil Trading", "Oil Trading of Iran Bank"),
        ("Company", "Kalimaz Plant", "Kalimaz Bank"),
        ("Company", "Министерство обороны", "Ministerio de Defensa"),  # nothing in them says which
        ("Company", "Banco Nacional", "National Bank"),
        ("Company", "Rossi Engineering", "Russian Engineering"),
        ("Company", "Kalimaz บัลแกเรีย", "Kalimaz Bank"),  # Bulgaria: «bankaeria» in Latin letters
    ],
)
def test_names_that_say_something_else_do_not(schema: str, left: str, right: str) -> None:
    assert not meet(schema, left, right)


def test_attack_one_number_of_eight_digits_and_what_kind_of_body_it_is() -> None:
    """Registers of many countries count from one up; «Works» and «Завод» say no more of which body it is."""
    for left, right in (("Alpha Works Ltd", "Завод Бета"), ("Alpha Insurance", "Страхование Бета")):
        assert not meet("Company", left, right, 1_000_000, registrationNumber=("04821937",))


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Rustam Akhmedovich KALIMOV", "KALIMOV, Rustam"),
        ("Орзахмет Каримовна Султанбекова", "Sultanbekova Orzakhmet"),
    ],
)
def test_a_name_without_the_fathers_counts_with_a_date(left: str, right: str) -> None:
    for one, other in ((left, right), (right, left)):
        assert meet("Person", one, other, birthDate=("1961",))
        assert not meet("Person", one, other)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Rustam Akhmedovich KALIMOV", "Rustam Ibragimovich KALIMOV"),
        ("Анна Петровна Гладышева", "Анна Николаевна Гладышева"),
        ("MILOSEVICH, Milena Jovana", "BOGDANOVICH, Milena Jovana"),
        ("MILOSEVICH, Milena Jovana", "Jovana Milena"),
    ],
)
def test_attack_two_fathers_or_two_families_of_one_name(left: str, right: str) -> None:
    assert not meet("Person", left, right)


def test_a_familys_name_is_no_fathers() -> None:
    given = {"firstName": ("Milena",), "middleName": ("Jovana",)}
    one = Entity("a", "Person", {**given, "lastName": ("Malkovich",), "birthDate": ("1970",)})
    other = Entity("b", "Person", {**given, "lastName": ("Bogdanovich",), "birthDate": ("1970",)})
    assert not found(one, other)
    assert names("Person", **given, lastName=("Malkovich",)) == [("jovana", "malkovich", "milena")]
    assert names("Person", "Abramovich Roman Arkadyevich") == [
        ("abramovich", "arkadyevich", "roman"),
        ("abramovich", "roman"),
    ]


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Abdul Kerim Dinc", "Abdil Kerim Dinc"),
        ("Abdul Moeis Hasan", "Abdoel Moeis Hasan"),
        ("Abdur Rahman Molla", "Abdor Rahman Molla"),
        ("Abdul Karim Baloch", "عبدل کریم بلوچ"),
        ("Abdulkarim Orazov", "Абдулкарим Оразов"),
        ("Abdullaev Timur", "Абдуллаев Тимур"),
        ("Abdurrahman Orazov", "Абдуррахман Оразов"),
    ],
)
def test_abd_is_one_word_however_it_is_written(left: str, right: str) -> None:
    for one, other in ((left, right), (right, left)):
        assert meet("Person", one, other, birthDate=("1970-05-17",), nationality=("tm",))


def test_abdon_and_abdiel_are_names_of_their_own() -> None:
    assert names("Person", "Abdon Gomez", "Abdiel Gomez") == [("abdon", "gomez"), ("abdiel", "gomez")]


@pytest.mark.parametrize("many", [5, 8])
def test_an_undated_record_meets_each_name_of_one_with_many(many: int) -> None:
    """Names with a year are three marks each, and what meets a record without one had no room."""
    given = tuple(f"Sergei {father}ovich {family}" for father, family in zip(
        ("Petr", "Pavl", "Nikola", "Egor", "Fyodor", "Makar", "Danil", "Anton"),
        ("Ivanov", "Petrov", "Sidorov", "Smirnov", "Popov", "Volkov", "Kozlov", "Novikov"), strict=True))[:many]  # fmt: skip
    held = Entity("b", "Person", {"name": given, "birthDate": ("1970-05-17",)})
    assert [found(Entity("a", "Person", {"name": (name,)}), held) for name in given] == [True] * many


@pytest.mark.parametrize("schema", ["Company", "Person"])
def test_attack_a_name_that_would_keep_a_desk_busy_for_ever(schema: str) -> None:
    for name in ("S.A." * 20_000, "A.B." * 20_000, f"Kalimaz{' ' * 40_000}; Bank", "Kalimaz" + " a" * 20_000 + "/"):
        assert names(schema, name)
    streets = tuple(f"{number} Main Road" for number in range(5_000))
    assert marks_of([Entity("a", schema, {"name": ("Kalimaz",), "address": streets})], "asker")


def test_what_is_left_is_a_name() -> None:
    assert names("Person", "Unknown 17 Petrovich") == [("petrovich", "unknown")]
    assert names("Person", "Jovan Marko Petrović") == [("jovan", "marko", "petrovic")]
    assert names("Person", "Roman Arkadyevich ABRAMOVICH") == [("abramovich", "arkadyevich", "roman")]
    assert names("Company", "TK Trade Kalimaz") == [("kalimaz", "tk", "trade")]
    assert names("Company", "GTS Global Trade Systems") == [
        ("global", "gts", "systems", "trade"),
        ("global", "systems", "trade"),
    ]
