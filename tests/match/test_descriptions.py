"""Things known by what is said of them: the table of traits, its comparators, and what a pair of descriptions proves."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest

from accord.match import explain, link, score_pairs
from accord.match.screen import Query, build, screen
from accord.match.v1.describe import CEILING, description, levels, weigh
from accord.match.v1.describe.levels import Agree
from accord.match.v1.describe.periods import years
from accord.match.v1.describe.traits import THINGS
from accord.records.model import Entity
from accord.records.schemata import schema

Made = Callable[[str, int, int], list[tuple[Entity, Entity, bool]]]
SORTS = (
    "Firearm", "CulturalObject", "Vessel", "Airplane", "Vehicle", "Passport", "BankAccount", "CryptoWallet", "Address",
    "Seizure", "Precursor",
)  # fmt: skip
LEAST_FOUND = {"Vessel": 0.6}  # a name that is written otherwise, and a tonnage, are little


def thing(sort: str, identity: str = "1", **properties: str) -> Entity:
    return Entity(identity, sort, {name: (value,) for name, value in properties.items()})


def matches(left: Entity, right: Entity) -> bool:
    return score_pairs([(left, right)])[0] >= 0.5


@pytest.mark.parametrize("sort", SORTS)
def test_made_pairs_of_each_sort_are_told_apart(sort: str, made: Made) -> None:
    pairs = made(sort, 80, 7)
    scores = score_pairs((left, right) for left, right, _ in pairs)
    called = [score >= 0.5 for score in scores]
    found = sum(said for said, (_, _, same) in zip(called, pairs, strict=True) if same)
    wrong = sum(said for said, (_, _, same) in zip(called, pairs, strict=True) if not same)
    assert found >= LEAST_FOUND.get(sort, 0.95) * 40
    assert wrong <= 1
    turned = score_pairs((right, left) for left, right, _ in pairs)
    assert turned == scores


@pytest.mark.parametrize("sort", ["Firearm", "CulturalObject", "BankAccount", "Seizure", "Precursor"])
def test_described_things_are_found_without_name_or_whole_number(sort: str, made: Made) -> None:
    pairs = [(left, right) for left, right, same in made(sort, 40, 3) if same]
    bare = [
        (
            Entity(f"l{number}", sort, {key: value for key, value in left.properties.items() if key != "name"}),
            Entity(f"r{number}", sort, {key: value for key, value in right.properties.items() if key != "name"}),
        )
        for number, (left, right) in enumerate(pairs)
    ]
    found = link([left for left, _ in bare], [right for _, right in bare])
    paired = {match.left for match in found if match.left[1:] == match.right[1:]}
    assert len(paired) >= 0.6 * len(bare)
    index = build([right for _, right in bare])
    assert len(found) == len([hit for left, _ in bare for hit in screen(Query(left), index, threshold=0.5)])


def test_what_is_missing_says_nothing_and_what_differs_counts_against() -> None:
    whole = thing("Firearm", make="Glock", model="17", calibre="9x19")
    silent, other = (
        thing("Firearm", "2", make="Glock", model="17"),
        thing("Firearm", "3", make="Glock", calibre=".45 ACP"),
    )
    assert [said.name for said in weigh(description(whole), description(silent))] == ["make", "model"]
    assert {said.name: said.level for said in weigh(description(whole), description(other))}["calibre"] is Agree.DIFFER


def test_the_effects_of_an_explanation_add_up_and_say_where_a_description_ends() -> None:
    said = {"objectType": "statue", "materials": "bronze", "period": "12th century", "culture": "Khmer"}
    said |= {"measurements": "45 x 30 cm", "inscriptions": "amber falcon river seven", "maker": "Nandi"}
    said |= {"distinguishingFeatures": "left hand lost, crack in base", "name": "Standing figure"}
    explained = explain(thing("CulturalObject", **said), thing("CulturalObject", "2", **said))
    features = {part.feature: part for part in explained.parts}
    assert {"measurements", "maker", CEILING} <= features.keys()
    assert features["measurements"].text == "In this they agree."
    total = sum(part.effect for part in explained.parts)
    assert explained.score == pytest.approx(1 / (1 + math.exp(-total)), abs=1e-5)


@pytest.mark.parametrize(
    ("sort", "left", "right"),
    [
        ("Firearm", {"make": "Zastava", "serialNumber": "KX712345"}, {"make": "Zastava", "serialNumber": "KX712346"}),
        ("Firearm", {"make": "Glock", "model": "17", "name": "Glock 17"}, {"make": "Glock", "model": "17", "name": "Glock 17"}),
        ("Firearm", {"make": "Colt", "calibre": ".45 ACP", "serialNumber": "12345"},
         {"make": "Izhmash", "model": "AKM", "calibre": "7.62x39", "serialNumber": "12345"}),
        ("BankAccount", {"accountNumber": "11122233344", "bic": "DEUTDEFF"}, {"accountNumber": "99988877766", "bic": "DEUTDEFF"}),
        ("BankAccount", {"bic": "DEUTDEFF"}, {"bic": "DEUTDEFF"}),
        ("Precursor", {"name": "acetone", "casNumber": "67-64-1"}, {"name": "acetone", "casNumber": "67-64-1"}),
        ("Passport", {"passportNumber": "X1234567", "country": "fr"}, {"passportNumber": "X1234567", "country": "ml"}),
        ("CulturalObject", {"name": "Bronze statue", "objectType": "statue", "measurements": "H 45 cm"},
         {"name": "Bronze statue", "objectType": "statue", "measurements": "H 60 cm"}),
        ("CulturalObject", {"name": "Icon", "materials": "wood"}, {"name": "Icon", "materials": "wood"}),
        ("Operation", {"name": "Operation North", "date": "2024-05-01"}, {"name": "Operation North", "date": "2021-02-03"}),
    ],
)  # fmt: skip
def test_attack_one_of_a_series_is_not_taken_for_its_neighbour(
    sort: str, left: dict[str, str], right: dict[str, str]
) -> None:
    assert not matches(thing(sort, **left), thing(sort, "2", **right))


@pytest.mark.parametrize(
    ("compare", "left", "right", "level"),
    [
        (levels.calibres, "7,62x39", "7.62 × 39 mm", Agree.AGREE),
        (levels.calibres, "9 mm Parabellum", "9x19", Agree.AGREE),
        (levels.calibres, "9x18", "9x19", Agree.DIFFER),
        (levels.calibres, "9 mm", "9x19", Agree.PARTLY),
        (levels.calibres, ".45 ACP", "45 ACP", Agree.AGREE),
        (levels.calibres, ".308 Win", "7.62x51", Agree.AGREE),
        (levels.calibres, "12 gauge", "12/70", Agree.AGREE),
        (levels.calibres, "12 gauge", "20 ga", Agree.DIFFER),
        (levels.calibres, "unknown", "9x19", None),
        (levels.sizes, "45 x 30 cm", "450 x 300 mm", Agree.AGREE),
        (levels.sizes, "H. 17 3/4 in.", "45 cm", Agree.AGREE),
        (levels.sizes, "18½ in x 12", "47 x 30.5 cm", Agree.AGREE),
        (levels.sizes, "1.2 m", "120 cm, 14 kg", Agree.AGREE),
        (levels.sizes, "45 x 30 cm", "60 x 30 cm", Agree.DIFFER),
        (levels.sizes, "45 x 30", "45 x 30 cm", None),
        (levels.sizes, "45 x 30", "30 x 45", Agree.AGREE),
        (levels.sizes, "tall", "45 cm", None),
        (levels.periods, "18th century", "XVIIIe siècle", Agree.AGREE),
        (levels.periods, "1st century BC", "1st century AD", Agree.AGREE),
        (levels.periods, "5th century BC", "5th century", Agree.DIFFER),
        (levels.periods, "Ming dynasty", "c. 1500", Agree.AGREE),
        (levels.periods, "old", "1750", None),
        (levels.makers, "Workshop of Rubens", "Peter Paul Rubens", Agree.AGREE),
        (levels.makers, "unknown", "Rubens", None),
        (levels.makers, "Рембрандт", "Rembrandt", Agree.AGREE),
        (levels.makers, "Rembrandt", "Vermeer", Agree.DIFFER),
        (levels.words, "oil on canvas", "huile sur toile", Agree.PARTLY),
        (levels.words, "бронза", "bronze", Agree.AGREE),
        (levels.serials, "AB12??7", "AB12347", Agree.PARTLY),
        (levels.serials, "AB12347", "AB12348", Agree.DIFFER),
        (levels.serials, "А123", "A123", Agree.AGREE),
        (levels.accounts, "DE89 3704 0044 0532 0130 00", "532013000", Agree.PARTLY),
        (levels.positions, "52.5200,13.4050", "52.5205,13.4052", Agree.AGREE),
        (levels.positions, "0,0", "0,0", None),
        (levels.days, "2024-05-01", "1 May 2024", Agree.AGREE),
        (levels.days, "2024-05", "2024-05-09", Agree.PARTLY),
        (levels.numbers, "12,500 GT", "12500", Agree.AGREE),
        (levels.numbers, "0", "0", None),
        (levels.exactly, "1A1z", "1a1Z", Agree.DIFFER),
    ],
)  # fmt: skip
def test_comparators(compare: levels.Comparator, left: str, right: str, level: Agree | None) -> None:
    assert compare((left,), (right,)) is level
    assert compare((right,), (left,)) is level


@pytest.mark.parametrize(
    "text", ["", "??", "∞", "1/0 in", "9" * 400, "x" * 5000, "²³", "١٢٣", "- - x x", "0 cm", "99999th century"]
)
def test_attack_no_text_breaks_a_comparator(text: str) -> None:
    for sort in THINGS.values():
        for trait in sort.traits:
            for other in (text, "9x19", "45 x 30 cm", "18th century", "2024-05-01", "52.5,13.4"):
                assert trait.compare((text,), (other,)) in (None, *Agree)
    years(text)


def test_the_table_names_properties_that_its_schemata_have() -> None:
    missing = {
        (sort, prop)
        for sort, described in THINGS.items()
        for trait in described.traits
        for prop in trait.properties
        if not any(prop in known.properties for known in map(schema, (sort, *BELOW.get(sort, ()))) if known)
    }
    assert missing == {("Vehicle", "color"), ("Vehicle", "colour"), ("Vehicle", "make")}


BELOW = {"Event": ("Seizure", "Incident", "Operation"), "Identification": ("Passport",)}
