"""Marks of names that two lists write otherwise: without the father's name, without initials, in another language."""

from __future__ import annotations

import pytest

from accord.exchange.marks import strong_marks
from accord.match import normal_forms
from accord.records import Entity


def meet(schema: str, left: str, right: str, **more: tuple[str, ...]) -> bool:
    """Whether a record of a small holding with the one name shares a mark with one with the other."""
    asked = strong_marks(Entity("a", schema, {"name": (left,), **more}), "asker", 20_000)
    return bool(asked & strong_marks(Entity("b", schema, {"name": (right,), **more}), "holder", 20_000))


def names(schema: str, *given: str) -> list[tuple[str, ...]]:
    (forms,) = normal_forms([Entity("a", schema, {"name": given})])
    return [name.latin for name in forms.names]


@pytest.mark.parametrize(
    ("schema", "left", "right"),
    [
        ("Person", "Rustam Akhmedovich KALIMOV", "KALIMOV, Rustam"),
        ("Person", "Орзахмет Каримовна Султанбекова", "Sultanbekova Orzakhmet"),
        ("Person", "Abdul Zarif Walizada", "Abd al-Zarif Walizada"),
        ("Person", "Abdurrashid Walizada", "Abdel Rashid Walizada"),
        ("Company", "KTX Kalimba Trust Xylophones", "Kalimba Trust Xylophones GmbH"),
        ("Company", "Завод «Калимаз»", "Kalimaz Plant"),
        ("Company", "Kalimaz Bank of Iran", "Iranian Kalimaz Bank"),
        ("Company", "First Kalimaz Bank, P.L.C.", "First Kalimaz Bank plc"),
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
    ],
)
def test_names_that_say_something_else_do_not(schema: str, left: str, right: str) -> None:
    assert not meet(schema, left, right)


def test_two_sons_of_one_name_meet_by_no_name_without_their_fathers_if_born_years_apart() -> None:
    one = strong_marks(
        Entity("a", "Person", {"name": ("Rustam Akhmedovich KALIMOV",), "birthDate": ("1961",)}), "asker", 20_000
    )
    other = Entity("b", "Person", {"name": ("Rustam Igorevich KALIMOV",), "birthDate": ("1985",)})
    assert not one & strong_marks(other, "holder", 20_000)


def test_what_is_left_is_a_name() -> None:
    assert names("Person", "Jovan Marko Petrović") == [("jovan", "marko", "petrovic")]
    assert names("Person", "Roman Arkadyevich ABRAMOVICH") == [("abramovich", "arkadyevich", "roman")]
    assert names("Company", "TK Trade Kalimaz") == [("kalimaz", "tk", "trade")]
    assert names("Company", "GTS Global Trade Systems") == [
        ("global", "gts", "systems", "trade"),
        ("global", "systems", "trade"),
    ]
