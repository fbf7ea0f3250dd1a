"""The table of schemata holds together, and knows what DESIGN.md adds to FollowTheMoney."""

from __future__ import annotations

import pytest

from accord.records.schemata import TYPES, is_a, property_type, schema, schemata


def test_every_property_has_a_known_type_and_every_link_points_at_a_schema() -> None:
    known = schemata()
    for one in known.values():
        for prop in one.properties.values():
            assert prop.type in TYPES
            assert (prop.range in known) == (prop.type == "entity")
        for end in one.edge or ():
            assert one.properties[end].type == "entity"


@pytest.mark.parametrize(
    ("name", "parent"),
    [
        ("Firearm", "Asset"),
        ("CulturalObject", "Asset"),
        ("Precursor", "Asset"),
        ("ExplosiveDevice", "Asset"),
        ("Seizure", "Event"),
        ("Incident", "Event"),
        ("Operation", "Event"),
        ("Sale", "Interest"),
        ("Custody", "Interest"),
        ("Notice", "Interval"),
        ("Activity", "Project"),
        ("Training", "Project"),
    ],
)
def test_added_schemata_extend_ftm(name: str, parent: str) -> None:
    found = schema(name)
    assert found is not None
    assert found.extends == (parent,)


def test_inheritance_reaches_all_the_way() -> None:
    company = schema("Company")
    assert company is not None
    assert company.is_a("Organization")
    assert company.is_a("Asset")
    assert company.properties["amount"].type == "number"
    assert property_type("Company", "leiCode") == "identifier"


def test_sensitive_properties_are_flagged() -> None:
    person = schema("Person")
    assert person is not None
    assert {name for name, prop in person.properties.items() if prop.sensitive} == {
        "religion",
        "ethnicity",
        "political",
    }


def test_an_unknown_schema_is_only_itself() -> None:
    assert schema("Spaceship") is None
    assert is_a("Spaceship", "Spaceship")
    assert not is_a("Spaceship", "Thing")
    assert property_type("Spaceship", "name") is None
