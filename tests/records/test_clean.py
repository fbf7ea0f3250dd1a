"""Countries, dates and identifiers, as lists really write them."""

from __future__ import annotations

import calendar
import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.records.clean import (
    Date,
    _countries,
    _dates,
    countries,
    country,
    country3,
    country_of_place,
    date,
    identifier,
    month_names,
)
from accord.records.clean._mrz import mrz

_ZONE = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Malaysian", "my"),
        ("DPRK", "kp"),
        ("Korea, North", "kp"),
        ("Russian Federation", "ru"),
        ("Ivory Coast", "ci"),
        ("Côte d’Ivoire", "ci"),
        ("Congo, Democratic Republic of the", "cd"),
        ("Iran (Islamic Republic of)", "ir"),
        ("Republic of Moldova", "md"),
        ("Myanmar/Burma", "mm"),
        ("Virgin Islands, British", "vg"),
        ("possibly Palestinian", "ps"),
        ("St. Vincent & the Grenadines", "vc"),
        ("россия", "ru"),
        ("Schweiz", "ch"),
        ("TÜRKIYE", "tr"),
        ("中国", "cn"),
        ("ایران", "ir"),
        ("ישראל", "il"),
        ("Ελλάδα", "gr"),
        ("대한민국", "kr"),
        ("भारत", "in"),
        ("USSR", "suhh"),
        ("gb-sct", "gb"),
        ("DE", "de"),
        ("DEU", "de"),
        ("st", "st"),  # São Tomé and Príncipe; as a word it is Saint
        ("", None),
        ("and", None),
        ("undetermined", None),
        ("S.A.", None),
    ],
)
def test_country(text: str, code: str | None) -> None:
    assert country(text) == code


def test_every_country_has_an_alpha3_that_leads_back() -> None:
    for code in ("af", "xk", "zw", "gb"):
        three = country3(code)
        assert three is not None
        assert country(three) == code


def test_a_list_of_nationalities_gives_each() -> None:
    assert countries("(a) Algerian, (b) Palestinian") == ("dz", "ps")
    assert countries("Iranian and US") == ("ir", "us")
    assert countries("c/o ZEDRO INVESTMENT, S.A.") == ()


def test_names_stand_in_the_tables_as_they_are_looked_up() -> None:
    """A table that was not written for this way of folding would lose names without a word."""
    names = [name for _, listed in _countries._lines("country_names.txt") for name in listed.split(";")]
    assert len(names) > 8000
    assert [name for name in names if _countries._fold(name) != name or not name] == []
    months = month_names()
    assert [name for name in months if _dates._bare(name) != name] == []
    assert [number for number in range(1, 13) if list(months.values()).count(number) < 20] == []


def test_the_end_of_an_address_is_a_country_only_if_it_says_so() -> None:
    assert country_of_place("Atlanta, Georgia, USA") == "us"
    assert country_of_place("Tarut (Saudi Arabia)") == "sa"
    assert country_of_place("Springfield, IL") is None


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("1963-04-03", "1963-04-03"),
        ("1963-04", "1963-04"),
        ("1963", "1963"),
        ("1963-00-00", "1963"),
        ("03/04/1963", "1963-04-03"),
        ("04/23/1963", "1963-04-23"),
        ("12 Mar 1963", "1963-03-12"),
        ("March 12th, 1963", "1963-03-12"),
        ("12 марта 1963 г.", "1963-03-12"),
        ("12 de marzo de 1963", "1963-03-12"),
        ("1963年4月3日", "1963-04-03"),
        ("۱۹۶۳", "1963"),
        ("19560409", "1956-04-09"),
        ("between Mar 1963 and Jun 1963", "1963"),
        ("2020-01-03T00:00:00Z", "2020-01-03"),
        ("1962-1964", None),
        ("13/13/1963", None),
        ("30/02/1963", None),
        ("1342", None),
        ("unknown", None),
    ],
)
def test_date(text: str, iso: str | None) -> None:
    found = date(text)
    assert (str(found) if found else None) == iso


def test_about_a_year_is_that_year_and_says_so() -> None:
    found = date("circa 1963")
    assert found == Date(1963)
    assert found is not None
    assert found.approximate


@given(st.dates(min_value=datetime.date(1500, 1, 1), max_value=datetime.date(2100, 12, 31)))
def test_every_way_to_write_a_day_reads_as_that_day(day: datetime.date) -> None:

    expected = Date(day.year, day.month, day.day)
    month = calendar.month_name[day.month]
    ways = (day.isoformat(), f"{day.day} {month} {day.year}", f"{month} {day.day}, {day.year}", day.strftime("%Y%m%d"))
    for way in ways:
        assert date(way) == expected


@given(st.text(max_size=40))
def test_any_text_gives_an_answer_and_no_exception(text: str) -> None:
    date(text)
    countries(text)
    country_of_place(text)
    for prop in ("imoNumber", "iban", "phone", "email", "publicKey", "passportNumber", "wikidataId", "name"):
        identifier(prop, text)


@pytest.mark.parametrize(
    ("prop", "text", "found"),
    [
        ("imoNumber", "IMO 9074729", ("imo", "9074729")),
        ("imoNumber", "9074728", ("imo-unchecked", "9074728")),
        ("iban", "GB82 WEST 1234 5698 7654 32", ("iban", "GB82WEST12345698765432")),
        ("innCode", "7707083893, KPP 773601001", ("inn", "7707083893")),
        ("passportNumber", "AB 12-345 (Iran)", ("passport", "AB12345")),
        ("passportNumber", "МР 1234567", ("passport", "MP1234567")),
        ("passportNumber", "No", None),
        ("idNumber", "218", None),
        ("phone", "+41 (0)79 123 45 67", ("phone", "+41791234567")),
        ("phone", "0041 79 123 45 67", ("phone", "+41791234567")),
        ("phone", "079 123 45 67", ("phone-local", "0791234567")),
        ("email", "Mailto:A@Example.org", ("email", "a@example.org")),
        ("publicKey", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", ("wallet", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa")),
        ("publicKey", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb", ("wallet-unchecked", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb")),
        (
            "publicKey",
            "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
            ("wallet", "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed"),
        ),
        (
            "publicKey",
            "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD",
            ("wallet-unchecked", "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed"),
        ),
        (
            "publicKey",
            "BC1QAR0SRRR7XFKVY5L643LYDNW9RE59GTZZWF5MDQ",
            ("wallet", "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq"),
        ),
        ("phone", "+44 020 7946 0958", ("phone", "+442079460958")),
        ("phone", "+999 123 45 67", ("phone-unchecked", "+9991234567")),
        ("phone", "+1 555 01", None),
        ("vin", "1M8GDM9AXKP042788", ("vin", "1M8GDM9AXKP042788")),
        ("vin", "1M8GDM9A1KP042788", ("vin-unchecked", "1M8GDM9A1KP042788")),
        ("vin", "WVWZZZ1JZ3W386752", ("vin", "WVWZZZ1JZ3W386752")),
        ("casNumber", "CAS 108-24-7", ("cas", "108247")),
        ("casNumber", "108-24-8", ("cas-unchecked", "108248")),
        ("uscCode", "91110000600037341L", ("uscc", "91110000600037341L")),
        ("serialNumber", "S/N AB-12 345", ("serial", "AB12345")),
        ("serialNumber", "AB1??45", ("serial-unchecked", "AB145")),
        ("serialNumber", "obliterated", None),
        ("passportNumber", _ZONE, ("passport", "L898902C3")),
        ("passportNumber", _ZONE.replace("7408122", "7408123"), ("passport-unchecked", "L898902C3")),
        ("name", "12345678", None),
    ],
)
def test_identifier(prop: str, text: str, found: tuple[str, str] | None) -> None:
    assert identifier(prop, text) == found


@pytest.mark.parametrize(  # the specimens of ICAO Doc 9303, parts 4 to 6
    ("zone", "number", "names"),
    [
        (_ZONE, "L898902C3", ("ERIKSSON", "ANNA MARIA")),
        (
            "I<UTOD231458907<<<<<<<<<<<<<<<7408122F1204159UTO<<<<<<<<<<<6ERIKSSON<<ANNA<MARIA<<<<<<<<<<",
            "D23145890",
            None,
        ),
        ("I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<D231458907UTO7408122F1204159<<<<<<<6", "D23145890", None),
    ],
)
def test_a_machine_readable_zone_is_read_with_its_check_digits(
    zone: str, number: str, names: tuple[str, str] | None
) -> None:
    read = mrz(zone)
    assert read is not None
    assert (read.number, read.nationality, read.born, read.sex, read.checked) == (number, "UTO", "740812", "F", True)
    assert (read.surname, read.given) == (names or ("ERIKSSON", "ANNA MARIA"))


@given(place=st.integers(0, 87), sign=st.sampled_from("0123456789"))
def test_a_wrong_digit_in_a_zone_is_found(place: int, sign: str) -> None:
    """Of the second line; the check digits do not cover names, nationality and sex."""
    zone = _ZONE.replace("\n", "")
    read = mrz(zone[:place] + sign + zone[place + 1 :])
    covered = place >= 44 and place - 44 not in (10, 11, 12, 20)
    value = 0 if zone[place] == "<" else int(zone[place], 36) % 10  # the sum cannot tell A, K and U, which are 10 apart
    assert read is None or read.checked == (not covered or value == int(sign))


@given(place=st.integers(0, 33), letter=st.sampled_from("123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"))
def test_a_mistyped_wallet_is_marked(place: int, letter: str) -> None:
    good = "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"
    typed = good[:place] + letter + good[place + 1 :]
    found = identifier("publicKey", typed)
    assert found == ("wallet" if typed == good else "wallet-unchecked", typed)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("iranienne", "ir"),
        ("argelino", "dz"),
        ("französisch", "fr"),
        ("россиянка", "ru"),
        ("جزائرية", "dz"),
        ("Türk", "tr"),
    ],
)
def test_nationalities_in_other_languages(text: str, code: str) -> None:
    assert countries(text) == (code,)


def test_a_state_of_the_usa_is_no_nationality() -> None:
    assert country_of_place("Gary, Indiana") is None


def test_two_ways_to_write_one_passport_agree() -> None:
    assert identifier("passportNumber", "Passport No. D-9004878") == identifier("passportNumber", "D9004878 (Iran)")
