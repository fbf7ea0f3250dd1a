"""Made pairs of described things, labelled: what another clerk writes of the same thing, and of its nearest neighbour.

Everything is drawn by a seeded generator from lists of our own. The negatives are hard: guns of one model and batch,
objects of one type, material and place, accounts of one bank, events of one day.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

import pytest

from accord.records.model import Entity

Properties = dict[str, str]
Made = tuple[Properties, Properties, Properties]  # the thing, the thing again, another thing

MODELS = [
    ("Kalashnikov", "AKM", "7.62x39", "7,62 × 39 mm", "rifle", "винтовка"),
    ("Glock", "17 Gen 4", "9x19", "9 mm Luger", "pistol", "pistolet"),
    ("Smith & Wesson", "Model 10", ".38 Special", ".38 Spl", "revolver", "revolver"),
    ("Zastava", "M70", "7.62x39mm", "7.62 x 39", "rifle", "fusil"),
]
OBJECTS = [
    ("statue", "escultura", "bronze", "bronce", "Khmer", "12th century", "siglo XII"),
    ("painting", "tableau", "oil on canvas", "huile sur toile", "Flemish", "17th century", "XVIIe siècle"),
    ("vase", "ваза", "terracotta", "керамика", "Greek", "5th century BC", "c. 450 BC"),
    ("icon", "икона", "tempera on wood", "темпера, дерево", "Byzantine", "16th century", "1550-1600"),
]
WORDS = "amber falcon river seven lion temple crown lotus scribe winged garden harvest moon archer vessel stone".split()  # noqa: SIM905
TOWNS = ["Almaty", "Beirut", "Cusco", "Dakar", "Esfahan", "Fes", "Gdansk", "Hanoi"]


def made_pairs(sort: str, count: int, seed: int) -> Iterator[tuple[Entity, Entity, bool]]:
    """`count` pairs of a sort, by turns of one thing and of two."""
    rng = random.Random(f"{sort}{seed}")
    for number in range(0, count, 2):
        thing, again, other = MAKERS[sort](rng)
        first, second, third = (
            Entity(f"{sort}{number}{letter}", sort, {name: (text,) for name, text in said.items() if text})
            for letter, said in zip("abc", (thing, again, other), strict=True)
        )
        yield first, second, True
        yield first, third, False


def _digits(rng: random.Random, count: int) -> str:
    return "".join(rng.choice("123456789") for _ in range(count))


def _firearm(rng: random.Random) -> Made:
    make, model, calibre, elsewhere, kind, translated = rng.choice(MODELS)
    number = f"{rng.choice('ABK')}{rng.choice('XYZ')}{_digits(rng, 6)}"
    following = f"{number[:2]}{int(number[2:]) + rng.randint(1, 9)}"  # the next of the batch
    thing = {"make": make, "model": model, "calibre": calibre, "firearmType": kind, "serialNumber": number}
    again = {"make": make.upper(), "model": f"{make} {model}", "calibre": elsewhere, "firearmType": translated}
    again["serialNumber"] = number if rng.random() < 0.6 else f"{number[:3]}?{number[4:]}"
    other = {**thing, "serialNumber": following if rng.random() < 0.7 else ""}
    return thing, again, other


def _object(rng: random.Random) -> Made:
    kind, translated, material, elsewhere, culture, period, again_period = rng.choice(OBJECTS)
    height, width = rng.randint(200, 900), rng.randint(100, 700)
    text = " ".join(rng.sample(WORDS, 5))
    scar = " ".join(rng.sample(WORDS, 4))
    thing = {
        "name": f"{culture} {kind}", "objectType": kind, "materials": material, "period": period, "culture": culture,
        "measurements": f"H {height / 10} cm, W {width / 10} cm", "inscriptions": text, "distinguishingFeatures": scar,
    }  # fmt: skip
    inches = f"{width / 25.4:.1f} x {height / 25.4:.1f} in"
    again = {
        "name": f"{kind} ({culture})", "objectType": translated, "materials": elsewhere, "period": again_period,
        "measurements": inches if rng.random() < 0.5 else f"{height + 2} x {width - 2} mm, 4 kg",
        "inscriptions": text.upper() if rng.random() < 0.7 else "", "distinguishingFeatures": f"damaged: {scar}",
    }  # fmt: skip
    other = {
        **thing, "name": f"{culture} {kind}", "inscriptions": " ".join(rng.sample(WORDS, 5)),
        "measurements": f"{height / 10 * rng.choice((0.8, 1.2, 1.5)):.1f} x {width / 10:.1f} cm",
        "distinguishingFeatures": "",
    }  # fmt: skip
    return thing, again, other


def _vessel(rng: random.Random) -> Made:
    name, tonnage = " ".join(rng.sample(WORDS, 2)).title(), rng.randint(2_000, 90_000)
    thing = {"name": name, "tonnage": f"{tonnage}", "type": "tanker", "flag": "pa", "callSign": f"H3{_digits(rng, 3)}"}
    again = {"name": f"MT {name.upper()}", "grossRegisteredTonnage": f"{tonnage * 1.01:,.0f} GT", "type": "petrolero"}
    other = {
        **thing,
        "tonnage": f"{tonnage * 3}",
        "type": "fishing trawler",
        "flag": "gr",
        "callSign": f"SV{_digits(rng, 3)}",
    }
    return thing, again, other


def _document(rng: random.Random) -> Made:
    number, year = f"{rng.choice('ABCX')}{_digits(rng, 7)}", rng.randint(2008, 2022)
    thing = {
        "passportNumber": number,
        "country": "fr",
        "startDate": f"{year}-03-04",
        "surname": "Диалло",
        "type": "passport",
    }
    again = {
        "passportNumber": f"{number[:2]} {number[2:]}",
        "country": "France",
        "startDate": f"04.03.{year}",
        "surname": "DIALLO",
    }
    other = (
        {**thing, "country": "ml", "surname": "Traoré"}
        if rng.random() < 0.5
        else {**thing, "passportNumber": f"{number[:-1]}0"}
    )
    return thing, again, other


def _account(rng: random.Random) -> Made:
    number = _digits(rng, 10)
    thing = {"accountNumber": number, "bankName": "Banque du Sahel", "bic": "BDSAMLBA"}
    again = (
        {"iban": f"ML13 0160 {number}", "bic": "BDSAMLBAXXX"}
        if rng.random() < 0.5
        else {"accountNumber": f"00{number}"}
    )
    other = (
        {**thing, "accountNumber": _digits(rng, 10)}
        if rng.random() < 0.7
        else {**thing, "bankName": "Pacific Trust", "bic": "PATRUS33"}
    )
    return thing, again, other


def _wallet(rng: random.Random) -> Made:
    key = "0x" + "".join(rng.choice("0123456789abcdef") for _ in range(40))
    thing, again = {"publicKey": key, "currencySymbol": "ETH"}, {"cryptoAddress": key, "blockchain": "ethereum"}
    return thing, again, {**thing, "publicKey": key[:-4] + "".join(rng.sample("0123456789abcdef", 4))}


def _airplane(rng: random.Random) -> Made:
    tail, number = f"EP-M{''.join(rng.sample('ABCDEFG', 2))}", _digits(rng, 5)
    thing = {
        "name": tail,
        "registrationNumber": tail,
        "serialNumber": number,
        "type": "A340-313",
        "manufacturer": "Airbus",
    }
    again = {
        "name": tail.replace("-", ""),
        "registrationNumber": tail,
        "model": "A340",
        "serialNumber": f"MSN {number}",
    }
    return (
        thing,
        again,
        {**thing, "name": f"{tail}X", "registrationNumber": f"{tail[:-1]}Z", "serialNumber": _digits(rng, 5)},
    )


def _vehicle(rng: random.Random) -> Made:
    plate = f"B-{''.join(rng.sample('MWKX', 2))} {_digits(rng, 4)}"
    thing = {"registrationNumber": plate, "make": "Toyota", "model": "Hilux", "color": "white"}
    again = {"registrationNumber": plate.replace(" ", "").lower(), "model": "Toyota Hilux 2.4"}
    other = (
        {**thing, "make": "Mercedes", "model": "Sprinter"}
        if rng.random() < 0.5
        else {**thing, "registrationNumber": f"{plate[:-1]}0"}
    )
    return thing, again, other


def _address(rng: random.Random) -> Made:
    town, latitude, longitude = rng.choice(TOWNS), rng.uniform(-60, 60), rng.uniform(-170, 170)
    street, number = " ".join(rng.sample(WORDS, 2)), rng.randint(1, 200)
    thing = {
        "full": f"{number} {street} street, {town}",
        "latitude": f"{latitude:.5f}",
        "longitude": f"{longitude:.5f}",
    }
    again = {**thing, "full": f"{town}, {street} street {number}", "latitude": f"{latitude + 0.0002:.5f}"}
    return thing, again, {**thing, "full": f"{number + 3} {street} street, {town}", "latitude": f"{latitude + 0.3:.5f}"}


def _event(rng: random.Random) -> Made:
    town, day, weight = (
        rng.choice(TOWNS),
        f"20{rng.randint(10, 24)}-0{rng.randint(1, 9)}-1{rng.randint(0, 9)}",
        rng.randint(20, 900),
    )
    thing = {
        "name": f"Seizure at {town}",
        "date": day,
        "location": f"port of {town}",
        "quantity": f"{weight}",
        "caseNumber": f"C/{_digits(rng, 5)}",
    }
    again = {"name": f"{town} port seizure", "startDate": day, "location": town, "quantity": f"{weight + 0.2} kg"}
    if rng.random() < 0.5:
        again["caseNumber"] = thing["caseNumber"]
    other = {
        **thing,
        "quantity": f"{weight * 4}",
        "caseNumber": f"C/{_digits(rng, 5)}",
        "location": rng.choice(["airport", "road"]),
    }
    other["date"] = day if rng.random() < 0.5 else f"{day[:8]}27"
    return thing, again, other


def _precursor(rng: random.Random) -> Made:
    batch = f"L{_digits(rng, 6)}"
    thing = {"name": "acetic anhydride", "casNumber": "108-24-7", "batchNumber": batch, "quantity": "200"}
    return (
        thing,
        {**thing, "name": "anhydride acétique", "batchNumber": batch.lower()},
        {**thing, "batchNumber": f"L{_digits(rng, 6)}"},
    )


MAKERS: dict[str, Callable[[random.Random], Made]] = {
    "Firearm": _firearm, "CulturalObject": _object, "Vessel": _vessel, "Airplane": _airplane, "Vehicle": _vehicle,
    "Passport": _document, "BankAccount": _account, "CryptoWallet": _wallet, "Address": _address, "Seizure": _event,
    "Precursor": _precursor,
}  # fmt: skip


@pytest.fixture
def made() -> Callable[[str, int, int], list[tuple[Entity, Entity, bool]]]:
    """Made pairs of a sort: how many, and the seed."""
    return lambda sort, count, seed: list(made_pairs(sort, count, seed))
