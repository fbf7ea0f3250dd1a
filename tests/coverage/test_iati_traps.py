"""Each trap of IATI books, in the forms of version 1 and of version 2."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from accord.coverage.activity import Activity, Money
from accord.coverage.plan import Source
from accord.coverage.read import read_source
from accord.coverage.read.book import Book


def read(folder: Path, body: str, attributes: str = 'default-currency="USD"') -> Book:
    text = (
        f'<iati-activities version="2.03"><iati-activity {attributes}><iati-identifier>A1</iati-identifier>'
        f'<reporting-org ref="XM-1"><narrative>Partner</narrative></reporting-org>{body}</iati-activity></iati-activities>'
    )
    (folder / "a.xml").write_text(text, encoding="utf-8")
    return read_source(Source(folder / "a.xml", "iati", "a"))


def one(folder: Path, body: str, attributes: str = 'default-currency="USD"') -> Activity:
    return read(folder, body, attributes).activities[0]


VERSION_1 = """<iati-activities version="1.03"><iati-activity xml:lang="en" default-currency="GBP">
<reporting-org ref="GB-1" type="10">Our Agency</reporting-org>
<participating-org role="Funding">A Donor</participating-org><participating-org role="Implementing">A Partner</participating-org>
<iati-identifier>GB-1-7</iati-identifier>
<title>Training of customs officers</title><title xml:lang="fr">Formation des douaniers</title>
<description type="1">What it is</description><description type="1" xml:lang="fr">Ce que c'est</description>
<description type="2">What it wants</description>
<activity-date type="start-planned">2011-01-01</activity-date><activity-date type="start-actual">2011-03-05</activity-date>
<activity-date type="end-planned">2012-12-31</activity-date>
<recipient-country code="CD" percentage="100">Congo, Dem Rep</recipient-country>
<sector vocabulary="DAC" code="16063">Narcotics control</sector>
<transaction><transaction-type code="C">Commitment</transaction-type><value currency="GBP" value-date="2011-03-01">1,000</value></transaction>
<transaction><transaction-type code="D">Disbursement</transaction-type><value value-date="2011-05-01">250.50</value></transaction>
<related-activity ref="GB-1-6" type="1">The programme</related-activity></iati-activity></iati-activities>"""


def test_version_1_has_its_texts_in_the_elements_and_names_its_types(tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_text(VERSION_1, encoding="utf-8")
    found = read_source(Source(tmp_path / "a.xml", "iati", "a")).activities[0]
    assert (found.id, found.partners, found.title) == ("GB-1-7", ("Our Agency",), "Training of customs officers")
    assert found.description == "What it is\nWhat it wants"
    assert (found.start, found.end) == (date(2011, 3, 5), date(2012, 12, 31))
    assert [(place.country, place.percent) for place in found.countries] == [("COD", 100.0)]
    assert (found.codes, found.joint_with, found.parents) == (("DAC:16063",), ("A Partner",), ("GB-1-6",))
    assert found.money == (
        Money(100000, "GBP", "budget", valued=date(2011, 3, 1)),
        Money(25050, "GBP", "spent", valued=date(2011, 5, 1)),
    )


def test_a_country_without_a_code_is_read_by_its_name(tmp_path: Path) -> None:
    assert [place.country for place in one(tmp_path, "<recipient-country>Kenya</recipient-country>").countries] == [
        "KEN"
    ]


def test_countries_on_transactions_share_by_their_amounts(tmp_path: Path) -> None:
    payment = (
        '<transaction><transaction-type code="3"/><value>{}</value><recipient-country code="{}"/>'
        '<sector vocabulary="1" code="16063"/></transaction>'
    )
    found = one(tmp_path, payment.format(750, "KE") + payment.format(250, "UG"))
    assert [(place.country, place.percent) for place in found.countries] == [("KEN", 75.0), ("UGA", 25.0)]
    assert found.codes == ("DAC:16063",)
    assert [(money.cents, money.kind) for money in found.money] == [(100000, "spent")]


@pytest.mark.parametrize(
    ("first", "second", "told"), [("33.34", "66.66", 0), ("50", "40", 1), ("60", "50", 1), ("33,3%", "66,7", 0)]
)
def test_percentages_are_decimals_and_need_not_sum_to_a_hundred(
    tmp_path: Path, first: str, second: str, told: int
) -> None:
    body = f'<recipient-country code="KE" percentage="{first}"/><recipient-country code="UG" percentage="{second}"/>'
    book = read(tmp_path, body)
    assert len([problem for problem in book.problems if problem.code == "coverage.percent"]) == told
    assert all(place.percent is not None for place in book.activities[0].countries)


def test_a_region_has_its_part_of_the_hundred(tmp_path: Path) -> None:
    book = read(
        tmp_path, '<recipient-country code="KE" percentage="40"/><recipient-region code="1027" percentage="60"/>'
    )
    assert not book.problems
    assert "UGA" in book.activities[0].possible


def test_the_percentage_of_a_sector_that_names_an_area_is_kept(tmp_path: Path) -> None:
    sector = '<sector vocabulary="1" code="{}" percentage="{}"/>'
    found = one(tmp_path, sector.format(16063, 30) + sector.format(15130, 70))
    assert found.area_shares == (("drugs", 30.0),)
    book = read(tmp_path, sector.format(16063, 30) + sector.format(15130, 60))
    assert [problem.message for problem in book.problems] == ["the percentages of sectors sum to 90"]


def test_unknown_codes_are_told_or_passed_over_never_guessed(tmp_path: Path) -> None:
    book = read(
        tmp_path,
        '<recipient-country code="XX"/><recipient-region code="99999"/><sector vocabulary="99" code="1"/>'
        '<activity-date type="9" iso-date="2020-01-01"/><participating-org role="77"><narrative>N</narrative></participating-org>'
        '<transaction><transaction-type code="99"/><value>5</value></transaction><policy-marker code="zz"/>',
    )
    found = book.activities[0]
    assert [problem.code for problem in book.problems] == ["coverage.place"]
    assert (found.countries, found.codes, found.joint_with, found.money, found.start) == ((), (), (), (), None)


def test_reversed_dates_are_set_aside(tmp_path: Path) -> None:
    dates = '<activity-date type="1" iso-date="2024-05-01"/><activity-date type="3" iso-date="2020-05-01"/>'
    book = read(tmp_path, dates)
    assert (book.activities[0].start, book.activities[0].end) == (None, None)
    assert [problem.code for problem in book.problems] == ["coverage.dates"]


def test_right_to_left_text_stays_as_it_is(tmp_path: Path) -> None:
    body = '<title><narrative xml:lang="ar">تدريب القضاة على مكافحة الاتجار بالبشر</narrative></title>'
    assert one(tmp_path, body).title == "تدريب القضاة على مكافحة الاتجار بالبشر"


def test_a_revised_budget_replaces_the_original_of_its_period_only(tmp_path: Path) -> None:
    budget = (
        '<budget type="{}"><period-start iso-date="{}-01-01"/><period-end iso-date="{}-12-31"/>'
        '<value value-date="2022-01-01">{}</value></budget>'
    )
    found = one(
        tmp_path,
        budget.format(1, 2022, 2022, 100) + budget.format(2, 2022, 2022, 150) + budget.format(1, 2023, 2023, 70),
    )
    assert [(money.cents, money.start and money.start.year) for money in found.money] == [(15000, 2022), (7000, 2023)]


def test_money_that_is_no_number_or_names_no_currency_is_not_guessed(tmp_path: Path) -> None:
    assert one(tmp_path, "<budget><value>about a million</value></budget>").money == ()
    assert [money.currency for money in one(tmp_path, "<budget><value>7</value></budget>", "").money] == [""]


def test_amounts_and_percentages_that_are_no_number_are_told_and_never_shown(tmp_path: Path) -> None:
    book = read(
        tmp_path,
        '<recipient-country code="KE" percentage="half"/><recipient-country code="UG" percentage="NaN"/>'
        '<budget><value>1e999</value></budget><transaction><transaction-type code="3"/><value>secret</value></transaction>',
    )
    assert [(problem.code, problem.line) for problem in book.problems] == [
        ("coverage.percent", 1),
        ("coverage.percent", 1),
        ("coverage.money", 1),
    ]
    assert not any("secret" in str(problem) or "half" in str(problem) for problem in book.problems)
    assert book.activities[0].money == ()
    assert all(place.percent is None for place in book.activities[0].countries)


def test_comments_and_cdata_that_look_like_activities_are_text(tmp_path: Path) -> None:
    body = "<!-- </iati-activity><iati-activity> --><title><narrative><![CDATA[</iati-activity> & more]]></narrative></title>"
    book = read(tmp_path, body)
    assert [found.title for found in book.activities] == ["</iati-activity> & more"]


def test_a_file_in_utf_16_is_read(tmp_path: Path) -> None:
    text = '<?xml version="1.0" encoding="UTF-16"?>' + VERSION_1
    (tmp_path / "a.xml").write_bytes(text.encode("utf-16"))
    assert read_source(Source(tmp_path / "a.xml", "iati", "a")).activities[0].id == "GB-1-7"


def test_another_record_of_the_same_work_is_named(tmp_path: Path) -> None:
    body = (
        '<participating-org role="4" activity-id="B-1"><narrative>Other</narrative></participating-org>'
        '<related-activity ref="C-1" type="4"/><related-activity ref="D-1" type="3"/>'
    )
    assert one(tmp_path, body).same_as == ("C-1", "B-1")


def test_attack_a_file_cut_off_in_the_middle_gives_nothing(tmp_path: Path) -> None:
    from accord.errors import InputError

    (tmp_path / "a.xml").write_text(VERSION_1[:-40], encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_source(Source(tmp_path / "a.xml", "iati", "a"))
    assert caught.value.code == "coverage.xml"
