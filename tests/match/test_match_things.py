"""Things that are known by a number or an address, and have no name."""

from __future__ import annotations

import pytest

from accord.match import explain, link, score_pairs
from accord.records.model import Entity


def thing(schema: str, number: str, **properties: str) -> Entity:
    return Entity(number, schema, {name: (value,) for name, value in properties.items()})


THINGS = [
    (
        "CryptoWallet",
        {"publicKey": "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"},
        {"publicKey": "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2"},
    ),
    ("BankAccount", {"iban": "DE89370400440532013000"}, {"iban": "GB82WEST12345698765432"}),
    ("Vehicle", {"registrationNumber": "B-MW 1234"}, {"registrationNumber": "B-MW 1235"}),
    ("Firearm", {"serialNumber": "AK7712345", "model": "AKM"}, {"serialNumber": "AK7712999", "model": "AKM"}),
    ("Airplane", {"registrationNumber": "EP-MNB"}, {"registrationNumber": "EP-MNC"}),
    ("Passport", {"passportNumber": "L898902C3"}, {"passportNumber": "L898902C4"}),
]


@pytest.mark.parametrize(("schema", "properties", "other"), THINGS)
def test_one_number_is_one_thing_and_another_is_another(
    schema: str, properties: dict[str, str], other: dict[str, str]
) -> None:
    first, again, second = (thing(schema, n, **p) for n, p in (("1", properties), ("2", properties), ("3", other)))
    assert [(m.left, m.right) for m in link([first], [again, second])] == [("1", "2")]
    assert score_pairs([(first, again)])[0] > 0.9
    assert score_pairs([(first, second)])[0] < 0.1
    assert explain(first, again).match


def test_a_shared_number_proves_less_where_names_contradict() -> None:
    first = thing("Person", "1", name="Amina Diallo", phone="+33142685300")
    second = thing("Person", "2", name="Kwame Mensah Boateng", phone="+33142685300")
    assert score_pairs([(first, second)])[0] < 0.5


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        ({"full": "12 Rue de la Paix, 75002 Paris, France"}, {"full": "12, rue de la Paix 75002 PARIS"}, True),
        ({"street": "12 Rue de la Paix", "city": "Paris"}, {"full": "Rue de la Paix 12, Paris"}, True),
        ({"full": "12 Rue de la Paix, 75002 Paris"}, {"full": "14 Rue de la Paix, 75002 Paris"}, False),
        ({"full": "12 Rue de la Paix, 75002 Paris"}, {"full": "12 Rue du Bac, 75007 Paris"}, False),
    ],
)
def test_addresses(left: dict[str, str], right: dict[str, str], same: bool) -> None:
    said = explain(thing("Address", "1", **left), thing("Address", "2", **right))
    assert said.match is same
