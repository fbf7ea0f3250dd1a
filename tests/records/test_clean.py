"""Countries, dates and identifiers, as lists really write them."""

from __future__ import annotations

import calendar
import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.records.clean import Date, countries, country, country3, country_of_place, date, identifier


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
        ("name", "12345678", None),
    ],
)
def test_identifier(prop: str, text: str, found: tuple[str, str] | None) -> None:
    assert identifier(prop, text) == found


def test_two_ways_to_write_one_passport_agree() -> None:
    assert identifier("passportNumber", "Passport No. D-9004878") == identifier("passportNumber", "D9004878 (Iran)")
