"""The workbook that people fill: what it offers, what it checks, and that it reads back."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest
from openpyxl import load_workbook

from accord.coverage.activity import Money
from accord.coverage.classify import AREAS, FUNCTIONS
from accord.coverage.plan import Source
from accord.coverage.read import read_source, table
from accord.coverage.read.table import FIELDS
from accord.coverage.template import columns, write_template
from accord.errors import UsageError


def filled(folder: Path, *rows: list[object]) -> Source:
    path = folder / "book.xlsx"
    write_template(path)
    book = load_workbook(path)
    for row in rows:
        book.worksheets[0].append(row)
    book.save(path)
    return Source(path, "table", "book")


def test_a_filled_line_reads_back_without_a_mapping(tmp_path: Path) -> None:
    row: list[object] = [
        *(
            "T-1",
            "UNODC",
            "Course",
            "Training",
            "drugs:60|firearms:40",
            "capacity-building",
            "2024-03",
            datetime(2024, 11, 30),
        ),
        *("KEN:60|UGA:40", "INTERPOL", "judges", 1250.5, "EUR", "https://example.org"),
    ]
    found = read_source(filled(tmp_path, row)).activities[0]
    assert (found.id, found.partners, found.areas) == ("T-1", ("UNODC",), ("drugs", "firearms"))
    assert found.area_shares == (("drugs", 60.0), ("firearms", 40.0))
    assert (found.start, found.end) == (date(2024, 3, 1), date(2024, 11, 30))
    assert [(place.country, place.percent) for place in found.countries] == [("KEN", 60.0), ("UGA", 40.0)]
    assert (found.money, found.joint_with, found.beneficiaries) == ((Money(125050, "EUR"),), ("INTERPOL",), ("judges",))


def test_a_hurried_officer_writes_in_his_language_and_is_told_what_was_not_read(tmp_path: Path) -> None:
    """Dates as text, blank lines, a total, words in French and Spanish, a list in words, a merged cell."""
    book = read_source(
        filled(
            tmp_path,
            ["T1", "UNODC", "Cours", "", "Drogues", "renforcement des capacités", "12/03/2024", "mars 2025", "كينيا"],
            [],
            ["T2", "UNODC", "Curso", "", "corrupción", "capacitación y más", "45352", "", "Kenya, Uganda and Tanzania"],
            [" ", "", "", "", "", "", "", "", ""],
            ["T3", None, "Formation", "", "", "", 2024, 2024, "Côte d’Ivoire"],
            ["Total", "", "", "", "", "", "", "", "", "", "", 7500],
        )
    )
    one, two, three = book.activities
    assert (one.areas, one.functions) == (("drugs",), ("capacity-building",))
    assert (one.start, one.end) == (date(2024, 3, 12), date(2025, 3, 31))
    assert [[place.country for place in each.countries] for each in book.activities] == [
        ["KEN"],
        ["KEN", "UGA", "TZA"],
        ["CIV"],
    ]
    assert (two.areas, two.functions, two.start) == (("corruption",), (), None)
    assert three.partners == ("book",)
    assert [(problem.code, problem.line) for problem in book.problems] == [
        ("coverage.dates", 4),
        ("coverage.function", 4),
        ("coverage.party", 6),
        ("coverage.title", 7),
    ]


def test_the_help_example_is_a_good_line(tmp_path: Path) -> None:
    source = filled(tmp_path)
    sheet = load_workbook(source.file)["Help"]
    example = [sheet.cell(row, 5).value or "" for row in range(2, 2 + len(columns()))]
    book = read_source(filled(tmp_path, example))
    assert [problem.code for problem in book.problems] == []
    assert book.activities[0].money == (Money(12000000, "USD"),)


def test_an_empty_workbook_holds_no_activity(tmp_path: Path) -> None:
    book = read_source(filled(tmp_path))
    assert book.activities == ()
    assert [problem.code for problem in book.problems] == ["activity.none"]


def test_every_column_is_known_to_the_reader_and_explained_in_three_languages() -> None:
    known = {name for names in FIELDS.values() for name in names}
    assert all(column.replace("_", " ") in known for column in columns())
    assert all(texts[language] for texts in columns().values() for language in ("en", "fr", "es"))


def test_drop_downs_offer_the_words_and_checks_stand_on_the_cells(tmp_path: Path) -> None:
    book = load_workbook(filled(tmp_path).file)
    words = book["Words"]
    offered = [
        [words.cell(row, column).value for row in range(2, 2 + count)]
        for column, count in ((1, len(AREAS)), (2, len(FUNCTIONS)))
    ]
    assert offered == [list(AREAS), list(FUNCTIONS)]
    rules = {rule.type for rule in book.worksheets[0].data_validations.dataValidation}
    assert {"list", "decimal", "custom"} <= rules
    assert len(book.worksheets[0].conditional_formatting) == 4
    assert all(cell.data_type != "f" for row in book["Help"].iter_rows() for cell in row)


def test_a_name_that_is_no_workbook_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        write_template(tmp_path / "book.csv")


@pytest.mark.parametrize(
    ("others", "cents"),
    [("1.250,50", 25_000_000), ("1.234.567", 25_000_000), ("1,250.50", 25_000), ("99.95", 25_000), ("7000", None)],
)
def test_thousands_or_a_fraction_as_the_other_amounts_of_the_column_say(
    tmp_path: Path, others: str, cents: int | None
) -> None:
    file = tmp_path / "book.csv"
    file.write_text(f"id;title;budget;currency\n1;Training;250.000;EUR\n2;Course;{others};EUR\n")
    book = table.read(Source(file, "table", "book", party="A"))
    assert [money.cents for money in book.activities[0].money] == ([] if cents is None else [cents])
    assert [(problem.code, problem.line) for problem in book.problems] == ([] if cents else [("coverage.money", 2)])


@pytest.mark.parametrize(("second", "read"), [("45838", True), ("", True), ("2025-07-01", False), ("12", False)])
def test_days_that_a_whole_column_gives_as_numbers(tmp_path: Path, second: str, read: bool) -> None:
    file = tmp_path / "book.csv"
    file.write_text(f"id,title,start,end\n1,Training,45474,2025-01-01\n2,Course,{second},2026-01-01\n")
    book = table.read(Source(file, "table", "book", party="A"))
    assert book.activities[0].start == (date(2024, 7, 1) if read else None)
    assert ("coverage.dates" in {problem.code for problem in book.problems}) is not read
