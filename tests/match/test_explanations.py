"""What an explanation says must be true for a reader who knows neither script."""

from __future__ import annotations

import math

import pytest

from accord.match import Explanation, explain
from accord.records.model import Entity


def said(left: str, right: str, schema: str = "Person", **both: str) -> Explanation:
    more = {key: (value,) for key, value in both.items()}
    one, other = (Entity(name, schema, {"name": (name,), **more}) for name in (left, right))
    return explain(one, other)


def name_of(explained: Explanation) -> tuple[str, float, str]:
    return next((part.verdict, part.effect, part.text) for part in explained.parts if part.feature == "name")


@pytest.mark.parametrize(
    ("left", "right", "schema"),
    [
        ("Invidia Corporation", "NVIDIA Corporation", "Company"),
        ("Александр Шатров", "Aliaksandr Shatrou", "Person"),
        ("리용주", "HONG Yong Chil", "Person"),
    ],
)
def test_is_is_said_of_words_with_the_same_letters_only(left: str, right: str, schema: str) -> None:
    _, _, text = name_of(said(left, right, schema))
    for claim in text.split(": ", 1)[1].split("; "):
        if " is «" in claim:
            one, other = claim.split(" is ")
            assert one.rsplit("(")[-1].strip("«») ") == other.rsplit("(")[-1].strip("«»). ")


@pytest.mark.parametrize(
    ("left", "right", "schema"),
    [
        ("پرس تو", "FARAJA", "LegalEntity"),
        ("Stalingrad", "Sakhalin", "Vessel"),
        ("芯購電子有限公司", "Aviastar", "LegalEntity"),
    ],
)
def test_names_with_nothing_in_common_are_not_said_to_agree(left: str, right: str, schema: str) -> None:
    verdict, effect, _ = name_of(said(left, right, schema))
    assert (verdict, effect < 0) == ("differ", True)


def test_effects_add_up_to_the_score() -> None:
    explained = said("Olga Petrova", "Петрова Ольга", birthDate="1980-05-17", address="10115 Berlin, Lange Str. 5")
    total = sum(part.effect for part in explained.parts)
    assert explained.score == pytest.approx(1 / (1 + math.exp(-total)), abs=1e-5)
    assert "A postcode is shared." in [part.text for part in explained.parts]


def part_of(explained: Explanation, feature: str) -> tuple[str, str]:
    return next((part.verdict, part.text) for part in explained.parts if part.feature == feature)


def test_what_is_the_same_agrees_even_where_it_says_little() -> None:
    assert part_of(said("Olga Petrova", "Olga Petrova", gender="female"), "gender") == (
        "agree",
        "The gender is the same.",
    )


def test_a_country_that_an_address_names_is_shown() -> None:
    explained = said("Tako", "Tako", schema="Company", address="17 Nzhdeh Street, Yerevan, Armenia")
    country = next(part for part in explained.parts if part.feature == "country")
    assert (country.text, country.left, country.right) == ("A country is shared.", "am", "am")


@pytest.mark.parametrize(
    ("left", "right", "schema", "claim"),
    [
        ("नरेन्द्र मोडी", "नरेन्द्र मोदी", "Person", "«मोडी» (modi) reads the same as «मोदी» (modi)"),
        ("محمود درویش", "Mahmoud Darwish", "Person", "(letters, most vowels are not written: mhmwd drwysh)"),
        ("金正恩", "Kim Jong Un", "Person", "(read as Chinese: jin zheng en)"),
        ("Κώστας Σημίτης", "Kostas Simitis", "Person", "«κώστας» (kostas) is «kostas»"),
        ("শেখ হাসিনা", "Sheikh Hasina", "Person", "not compared on the left: «শেখ»; not compared on the right: «sheikh»"),
        ("«ՏԱԿՈ» ՍՊԸ", "OOO TAKO", "Company", "both are of the form «llc»"),
        ("Kestrel Trading GmbH", "Kestrel Trading AG", "Company", "the forms differ, «llc» and «jsc»"),
        (
            "紐沃泰國際貿易有限公司",
            "Niuwotai International Trade Co",
            "Company",
            "«國際» (guoji) means the same as «international»",
        ),
        ("Abu Ubaydah al-Kafi", "Abu Obeida", "Person", "«abu» is «abu»"),
    ],
)
def test_an_explanation_says_what_a_reader_of_neither_script_needs(
    left: str, right: str, schema: str, claim: str
) -> None:
    assert claim in name_of(said(left, right, schema))[2]
