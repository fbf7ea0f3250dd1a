"""Whom to ask first: what keeps squares of high need unknown, and the questions that the first page puts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from accord.coverage import Filter, cell_rows, gap_rows, make, places
from accord.coverage._make import Map
from accord.coverage.report import render
from accord.coverage.report.view import view
from accord.coverage.words import words

HEAD = "id,partner,title,crime_areas,type,start,end,countries\n"
NEED = '[[need]]\nfile = "need.csv"\narea = ["drugs", "firearms"]\ncountry = "iso3"\nvalue = "value"\nyear = 2023\ndirection = "higher-is-worse"\n'
DENSE = "".join(
    f"{code}{at},UNDP,Course,drugs,training,2023,2023,{code}\n" for code in ("KEN", "TZA") for at in range(12)
)


def made(folder: Path, table: str, reports: str = '"unknown"', spent: object = None) -> Map:
    """A map of one book, need in four countries, and a table of spending in 2023."""
    (folder / "book.csv").write_text(HEAD + table, encoding="utf-8")
    (folder / "need.csv").write_text("iso3,value\nKEN,9\nUGA,8\nTZA,1\nRWA,2\n", encoding="utf-8")
    text = f'[period]\nfrom = 2023\nto = 2023\n[[source]]\nfile = "book.csv"\nformat = "table"\nname = "book"\nreports = {reports}\n{NEED}'
    if spent:
        (folder / "spent-2023.json").write_text(json.dumps(spent), encoding="utf-8")
        text += '[[spending]]\nfile = "spent-2023.json"\n'
    (folder / "coverage.toml").write_text(text, encoding="utf-8")
    return make(folder / "coverage.toml")


def settled(grid_of: Map, country: str) -> tuple[object, object]:
    chosen = Filter(frozenset({"drugs"}), frozenset({country}), frozenset({"legal"}))
    row = next(cell_rows(grid_of.grid, chosen))
    return row["state"], row["settle"]


def test_a_book_that_leaves_out_a_country_altogether_proves_nothing_about_it(tmp_path: Path) -> None:
    """UN INFO has no record of any kind of Syria or Yemen; that it reports completely is not said of them."""
    state, settle = settled(made(tmp_path, DENSE, '"all"'), "UGA")
    assert (state, settle) == (
        "unknown",
        "Ask whether book covers this country: it has not one record of any kind here.",
    )
    named = made(tmp_path, DENSE, '{ countries = ["UGA"], years = [2023] }')
    assert settled(named, "UGA")[0] == "gap", "who names the country means it"
    elsewhere = made(tmp_path, DENSE + "U,UNDP,Roads,,,2019,2019,UGA\n", '"all"')
    assert settled(elsewhere, "UGA")[0] == "gap", "a record of any year shows that the book is kept there"


def test_a_small_book_need_not_have_a_record_in_each_country(tmp_path: Path) -> None:
    assert settled(made(tmp_path, "A,X,Course,drugs,training,2023,2023,KEN\n", '"all"'), "UGA")[0] == "gap"


def test_a_cost_booked_evenly_in_several_countries_is_told_as_such(tmp_path: Path) -> None:
    """The expense tables have the very same amount of one body in Syria and Yemen: a regional cost, cut in two."""
    spent = [{"iso3": code, "entities": {"UNODC": 124_012.0}} for code in ("UGA", "SSD")]
    table = "A,UNODC,Course,drugs,training,2023,2023,KEN\n"
    found = made(tmp_path, table, spent=spent)
    settle = settled(found, "UGA")[1]
    assert "UNODC what it does here: USD 124,012 are booked for 2023, the very same as in other countries (1)" in str(
        settle
    )
    alone = made(tmp_path, table, spent=[*spent[:1], {"iso3": "SSD", "entities": {"UNODC": 9e5}}])
    assert (
        settled(alone, "UGA")[1] == "Ask UNODC: it spent USD 124,012 in this country in 2023 and has no record of it."
    )
    grid = made(tmp_path, table, spent=[{"iso3": code, "entities": {"UNODC": 2e6}} for code in ("UGA", "SSD")])
    assert "it spent USD 2.0 million" in str(settled(grid, "UGA")[1]), "a round amount may be two budgets"


def test_a_body_that_reports_under_other_names_is_judged_by_what_is_seen(tmp_path: Path) -> None:
    """The expense tables call OHCHR, OCHA and others "UN"; that they have records in few countries must tell."""
    codes = [code for code in places.COUNTRIES if code != "UGA"][:40]
    spent = [{"iso3": code, "entities": {"UN": 5e6}} for code in codes]
    grid = made(tmp_path, f"A,OHCHR,Course,drugs,training,2023,2023,{codes[0]}\n", '"all"', spent).grid
    seen = grid.reporting.seen["UN", 2023]
    assert (seen.spent_in, seen.recorded_too) == (40, 1)
    assert seen.reported < 0.25
    assert not [row for row in gap_rows(grid) if row["country"] in codes[1:]]


def test_the_first_page_asks_one_question_for_all_that_it_would_settle(tmp_path: Path) -> None:
    shown = view(made(tmp_path, DENSE), words("en"))
    assert [(ask.country, [one.area for one in ask.squares]) for ask in shown.asks] == [
        ("UGA", ["drugs", "firearms"]),
        ("KEN", ["firearms"]),
    ]
    assert shown.asked == 3
    assert all(one.settle == ask.question for ask in shown.asks for one in ask.squares)


@pytest.mark.parametrize(
    ("other", "sure"),
    [("", 1), ("B,X,Course,drugs,training,2023,,Eastern Africa\n", 0)],
    ids=["all end", "one may go on"],
)
def test_the_first_page_says_of_how_many_endings_it_is_sure(tmp_path: Path, other: str, sure: int) -> None:
    table = f"A,X,Course,drugs,training,2023,2023,KEN\n{other}"
    found = made(tmp_path, table)
    shown = view(found, words("en"))
    assert (len(shown.endings), shown.sure_endings) == (1, sure)
    assert f"in {sure} of them every record states its end" in render(found)


def test_the_page_says_why_a_square_is_a_gap(tmp_path: Path) -> None:
    """Need by which table, who would have reported, how likely unseen work is, and since when."""
    table = "A,X,Course,drugs,training,2022,2023,KEN\n"
    found = made(tmp_path, table, '"all"')
    gap = next(one for one in view(found, words("en")).gaps if (one.country, one.area) == ("UGA", "drugs"))
    assert [(part.name, place) for part, place in gap.parts] == [("need.csv", (0.625, 0.625))]
    assert gap.need == [0.625, 0.625]
    assert gap.doubt == pytest.approx(gap_rows(found.grid)[0]["doubt"], abs=0.001)
    page = render(found)
    assert '<bdi>need.csv</bdi> <span class="quiet">0.62</span>' in page
    assert "every source declares that it reports completely there" in page
    rows = [row for row in gap_rows(found.grid) if (row["country"], row["area"]) == ("UGA", "drugs")]
    assert rows
    assert all(row["need_by"] == {"need.csv": [0.625, 0.625]} for row in rows)


def test_the_place_by_resilience_is_told_as_its_lack(tmp_path: Path) -> None:
    made(tmp_path, "A,X,Course,drugs,training,2022,2023,KEN\n", '"all"')
    path = tmp_path / "coverage.toml"
    (tmp_path / "strong.csv").write_text("iso3,value\nKEN,9\nUGA,1\nTZA,5\nRWA,8\n", encoding="utf-8")
    strong = NEED.replace("need.csv", "strong.csv").replace("higher-is-worse", "lower-is-worse")
    path.write_text(path.read_text(encoding="utf-8") + strong + 'measures = "resilience"\n', encoding="utf-8")
    found = make(path)
    assert gap_rows(found.grid)[0]["need_by"] == {"need.csv": [0.625, 0.625], "lack of strong.csv": [0.875, 0.875]}
    assert "lack of <bdi>strong.csv</bdi>" in render(found)


def test_a_gap_of_an_earlier_year_alone_is_no_gap_to_close(tmp_path: Path) -> None:
    made(tmp_path, "A,X,Course,drugs,training,2022,2023,KEN\n", "{ years = [2022] }")
    path = tmp_path / "coverage.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("from = 2023", "from = 2022"), encoding="utf-8")
    found = make(path)
    assert {row["year"] for row in gap_rows(found.grid)} == {2022}
    shown = view(found, words("en"))
    assert shown.gaps == []
    assert "UGA" in {ask.country for ask in shown.asks}, "what became of it is asked"
