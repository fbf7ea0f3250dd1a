"""Each trap of coverage data, as a test named after it."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.coverage import STATES, Filter, cell_rows, gap_rows, make, overlap_rows, read_plan
from accord.coverage.activity import Activity, Money, Place, allocate
from accord.coverage.indicators import read_indicators
from accord.coverage.label import label
from accord.coverage.money import place
from accord.coverage.need import Indicator, combine
from accord.coverage.plan import NeedSource, Source
from accord.coverage.read import read_source
from accord.coverage.spending import read_spending
from accord.errors import InputError

HEAD = "id,partner,title,crime_areas,type,start,end,countries,joint_with\n"


def plan(folder: Path, table: str, more: str = "", reports: str = '"unknown"') -> Path:
    (folder / "book.csv").write_text(HEAD + table, encoding="utf-8")
    path = folder / "coverage.toml"
    path.write_text(
        "[period]\nfrom = 2023\nto = 2024\n"
        f'[[source]]\nname = "book"\nfile = "book.csv"\nformat = "table"\nreports = {reports}\n{more}',
        encoding="utf-8",
    )
    return path


def need(folder: Path, **values: str) -> str:
    rows = "".join(f"{code},{value}\n" for code, value in values.items())
    (folder / "need.csv").write_text("iso3,value,note\n" + rows, encoding="utf-8")
    return (
        '[[need]]\nfile = "need.csv"\nformat = "table"\narea = "drugs"\nyear = 2024\ndirection = "higher-is-worse"\n'
        'source = "made up"\n'
    )


def states(path: Path, **chosen: object) -> dict[tuple[object, ...], object]:
    filtered = Filter(**{key: frozenset(value) for key, value in chosen.items()})  # type: ignore[call-overload]
    rows = cell_rows(make(path).grid, filtered)
    return {(row["area"], row["country"], row["function"], row["year"]): row["state"] for row in rows}


ONE = "A1,X,Course,drugs,training,2023-01-01,2023-12-31,KEN,\n"
NEED = {"KEN": "9", "UGA": "8", "TZA": "1", "RWA": "2"}


def test_no_record_is_unknown_unless_the_partner_would_have_reported(tmp_path: Path) -> None:
    found = states(plan(tmp_path, ONE, need(tmp_path, **NEED)), areas={"drugs"}, countries={"UGA"})
    assert set(found.values()) == {"unknown"}


def test_a_gap_needs_high_need_and_complete_reporting(tmp_path: Path) -> None:
    path = plan(tmp_path, ONE, need(tmp_path, **NEED), reports='{ areas = ["drugs"], years = [2024] }')
    found = states(path, areas={"drugs"}, functions={"legal"})
    assert found["drugs", "UGA", "legal", 2024] == "gap"
    assert found["drugs", "UGA", "legal", 2023] == "unknown"
    assert found["drugs", "TZA", "legal", 2024] == "not-needed"
    assert found["drugs", "ZMB", "legal", 2024] == "unknown", "no value of need is not low need"
    rows = gap_rows(make(path).grid)
    assert [row["rank"] for row in rows] == list(range(1, len(rows) + 1))
    assert all(row["evidence"] and row["state"] == "gap" and row["need"] for row in rows)


def test_spending_without_a_record_overrules_a_declaration(tmp_path: Path) -> None:
    (tmp_path / "spent.json").write_text(json.dumps([{"iso3": "UGA", "entities": {"HIDDEN": 5e6}}]), encoding="utf-8")
    more = need(tmp_path, **NEED) + '[[spending]]\nfile = "spent.json"\nformat = "country-expenses"\nyear = 2024\n'
    path = plan(tmp_path, ONE, more, reports='"all"')
    found = states(path, areas={"drugs"}, countries={"UGA"}, functions={"legal"})
    assert found == {("drugs", "UGA", "legal", 2023): "unknown", ("drugs", "UGA", "legal", 2024): "unknown"}
    row = next(cell_rows(make(path).grid, Filter(frozenset({"drugs"}), frozenset({"UGA"}), years=frozenset({2024}))))
    assert row["evidence"] == ["spent:HIDDEN 5,000,000 USD"]


def test_a_year_without_a_table_of_spending_is_judged_by_the_nearest(tmp_path: Path) -> None:
    rows = [{"iso3": code, "entities": {"HIDDEN": 5e6}} for code in ("UGA", "RWA")]
    (tmp_path / "spent-2023.json").write_text(json.dumps(rows), encoding="utf-8")
    more = need(tmp_path, **NEED) + '[[spending]]\nfile = "spent-2023.json"\n'
    path = plan(tmp_path, ONE.replace("2023-12-31", "2024-12-31"), more, reports='"all"')
    found = states(path, areas={"drugs"}, countries={"UGA"}, functions={"legal"}, years={2024})
    assert set(found.values()) == {"unknown"}
    path.write_text(path.read_text(encoding="utf-8") + '[[party]]\nname = "Hidden"\nareas = ["firearms"]\n', "utf-8")
    assert set(states(path, areas={"drugs"}, countries={"UGA"}, functions={"legal"}).values()) == {"gap"}


@pytest.mark.parametrize(
    ("other", "amount"), [("1.250,50", 250_000.0), ("1,250.50", 250.0), ("99.95", 250.0), ("7000", None)]
)
def test_amounts_of_spending_are_read_as_the_others_of_their_table_say(
    tmp_path: Path, other: str, amount: float | None
) -> None:
    (tmp_path / "spent.csv").write_text(f"iso3;entity;year;amount\nUGA;X;2024;250.000\nKEN;X;2024;{other}\n", "utf-8")
    found = read_plan(plan(tmp_path, ONE, need(tmp_path, **NEED) + '[[spending]]\nfile = "spent.csv"\n'))
    if amount is None:
        with pytest.raises(InputError, match=r"spent\.csv:2: the amount is thousands or a fraction") as refused:
            read_spending(found)
        assert (refused.value.code, refused.value.remedy) == (
            "coverage.spending",
            "write the amounts as 250000 or 250.00",
        )
    else:
        assert [one.amount for one in read_spending(found) if one.country == "UGA"] == [amount]


def test_a_declaration_is_worn_down_by_spending_without_records(tmp_path: Path) -> None:
    """X declares everything, and has a record in 1 of the 40 countries in which it spent."""
    from accord.coverage import places

    codes = ["KEN", "TZA", *[code for code in places.COUNTRIES if code not in {"KEN", "TZA", "UGA"}][:38]]
    rows = [{"iso3": code, "entities": {"X": 5e6}} for code in codes]
    (tmp_path / "spent-2023.json").write_text(json.dumps(rows), encoding="utf-8")
    more = need(tmp_path, **NEED) + '[[spending]]\nfile = "spent-2023.json"\n'
    grid = make(plan(tmp_path, ONE, more, reports='"all"')).grid
    assert grid.reporting.seen["X", 2023].reported < 0.25
    assert grid.reporting.seen["X", 2024].reported < grid.reporting.seen["X", 2023].reported, "fewer records in 2024"
    gaps = {(row["country"], row["year"]) for row in gap_rows(grid)}
    assert not gaps & {(code, year) for code in codes[1:] for year in (2023, 2024)}
    assert {year for code, year in gaps if code == "KEN"} == {2023}, "only where and when it is seen to report"


def test_a_book_without_a_record_of_a_year_proves_nothing_about_it(tmp_path: Path) -> None:
    """The insider declares everything and hands in an old book: his silence about 2024 must not make gaps."""
    path = plan(tmp_path, ONE, need(tmp_path, **NEED), reports='"all"')
    found = states(path, areas={"drugs"}, countries={"UGA"}, functions={"legal"})
    assert found == {("drugs", "UGA", "legal", 2023): "gap", ("drugs", "UGA", "legal", 2024): "unknown"}
    chosen = Filter(frozenset({"drugs"}), frozenset({"UGA"}), years=frozenset({2024}))
    row = next(cell_rows(make(path).grid, chosen))
    assert row["settle"] == "Ask book what was reported in 2024: there is not one record of that year."
    elsewhere = ONE + "A2,X,Operation,firearms,operation,2024-02-01,2024-03-01,,\n"  # 116 countries, not named
    placeless = plan(tmp_path, elsewhere, need(tmp_path, **NEED), reports='"all"')
    found = states(placeless, areas={"drugs"}, countries={"UGA"}, functions={"legal"}, years={2024})
    assert set(found.values()) == {"gap"}, "a record without a country is a record of that year"
    named = plan(tmp_path, ONE, need(tmp_path, **NEED), reports="{ years = [2023, 2024] }")
    assert set(states(named, areas={"drugs"}, countries={"UGA"}, functions={"legal"}).values()) == {"gap"}


def test_a_partner_in_no_book_keeps_its_areas_unknown(tmp_path: Path) -> None:
    """A plan that leaves out a partner's book must not call its work a gap."""
    more = need(tmp_path, **NEED)
    assert gap_rows(make(plan(tmp_path, ONE, more, reports='"all"')).grid)
    for areas, gaps in (('["drugs"]', False), ('["firearms"]', True)):
        party = f'[[party]]\nname = "Absent bureau"\nareas = {areas}\n'
        assert bool(gap_rows(make(plan(tmp_path, ONE, more + party, reports='"all"')).grid)) == gaps


def test_every_square_says_what_would_change_it(tmp_path: Path) -> None:
    path = plan(tmp_path, ONE, need(tmp_path, **NEED), reports='{ areas = ["drugs"], years = [2024] }')
    rows = list(cell_rows(make(path).grid, Filter(areas=frozenset({"drugs", "firearms"}))))
    assert all(row["settle"] and row["why"] for row in rows)
    assert {row["settle"] for row in rows if row["area"] == "firearms"} == {
        "Ask whether all work here is in the book: book."
    }


@pytest.mark.parametrize(
    "line",
    [
        "A2,X,Course,drugs,training,2023-01-01,2024-12-31,East Africa,\n",
        "A2,X,Course,drugs,training,2023-01-01,2024-12-31,,\n",
        "A2,X,Course,drugs,training,,,UGA,\n",
        "A2,X,Course,drugs,,2023-01-01,2024-12-31,UGA,\n",
    ],
    ids=["region only", "no country", "no dates", "no function"],
)
def test_what_may_be_here_is_never_a_gap(tmp_path: Path, line: str) -> None:
    path = plan(tmp_path, ONE + line, need(tmp_path, **NEED), reports='"all"')
    found = states(path, areas={"drugs"}, countries={"UGA"}, functions={"capacity-building"})
    assert "gap" not in found.values()


def test_two_partners_overlap_and_the_kind_is_told(tmp_path: Path) -> None:
    table = (
        "A1,X,Training of customs officers on drug precursors,drugs,training,2023,2023,KEN,\n"
        "B1,Y,Training of customs officers on drug precursors,drugs,training,2023,2023,KEN,\n"
        "C1,X,Forensic laboratories,drugs,training,2023,2023,UGA,\n"
        "D1,Y,Mentoring of prosecutors,drugs,training,2023,2023,UGA,\n"
        "E1,X,One,drugs,training,2023,2023,RWA,Y\n"
        "F1,Y,Two,drugs,training,2023,2023,RWA,\n"
    )
    rows = overlap_rows(make(plan(tmp_path, table)).grid)
    assert {row["country"]: row["overlap"] for row in rows} == {
        "KEN": "possible duplicate", "UGA": "complementary", "RWA": "declared joint",
    }  # fmt: skip
    assert rows[0]["partners"] == ["X", "Y"]
    assert rows[0]["evidence"] == ["A1", "B1"]


def test_reversed_dates_are_set_aside_and_told(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(HEAD + "A1,X,T,drugs,training,2024-05-01,2023-01-01,KEN,\n", encoding="utf-8")
    book = read_source(Source(tmp_path / "t.csv", "table", "t"))
    assert book.activities[0].start is book.activities[0].end is None
    assert (book.problems[0].code, book.problems[0].line) == ("coverage.dates", 2)


@pytest.mark.parametrize("total", [90, 110])
def test_percentages_that_do_not_sum_to_100_are_told(tmp_path: Path, total: int) -> None:
    line = f"A1,X,T,drugs,training,2023,2023,KEN:50|UGA:{total - 50},\n"
    (tmp_path / "t.csv").write_text(HEAD + line, encoding="utf-8")
    book = read_source(Source(tmp_path / "t.csv", "table", "t"))
    assert [problem.code for problem in book.problems] == ["coverage.percent"]
    assert [place.percent for place in book.activities[0].countries] == [50, total - 50]


UNINFO = "iso3,id,agency,name,description,start,end,outcome,required,available,spent\n"


@pytest.mark.parametrize(("second", "budget"), [("100,80,10", 8000), ("100,70,10", 15000)])
def test_joint_projects_repeat_per_agency_and_count_once(tmp_path: Path, second: str, budget: int) -> None:
    lines = f"KEN,1,A,T,,2023-01-01,2023-12-31,,100,80,10\nKEN,1,B,T,,2023-01-01,2023-12-31,,{second}\n"
    (tmp_path / "u.csv").write_text(UNINFO + lines, encoding="utf-8")
    book = read_source(Source(tmp_path / "u.csv", "uninfo", "u"))
    assert [activity.partners for activity in book.activities] == [("A", "B")]
    assert sum(money.cents for money in book.activities[0].money if money.kind == "budget") == budget


def test_the_place_in_the_work_plan_is_kept_and_speaks_for_no_area(tmp_path: Path) -> None:
    head = UNINFO.replace("name,", "code,name,")
    line = "KEN,1,A,1.1.49,Health services,,2023-01-01,2023-12-31,,100,80,10\n"
    (tmp_path / "u.csv").write_text(head + line, encoding="utf-8")
    book = read_source(Source(tmp_path / "u.csv", "uninfo", "u"))
    assert book.activities[0].codes == ("UNINFO:1.1.49",)
    assert label(book.activities)[0].areas == ()


def test_a_purpose_code_that_lumps_crimes_needs_words_beside_it() -> None:
    """15113 is corruption, laundering and organised crime; 15110 is policy; 43060 is disaster risk, not terrorism."""
    for code in ("DAC:15110", "DAC:43060", "DAC:99999", "no code at all"):
        assert label([Activity("A", ("X",), "Project Trace", codes=(code,))])[0].areas == ()
    counter = Activity("A", ("INTERPOL",), "Counter-terrorism capacity, North Africa", codes=("DAC:15110",))
    assert label([counter])[0].areas == ("terrorism",)
    lumped = Activity("A", ("X",), "Capacity of the police", codes=("DAC:15113",))
    assert label([lumped])[0].areas == ("corruption",), "its own name is corruption; the rest needs words"


@given(st.integers(-(10**12), 10**12), st.lists(st.floats(0, 1e6), min_size=1, max_size=30))
def test_money_is_conserved_to_the_cent(cents: int, shares: list[float]) -> None:
    assert sum(allocate(cents, shares)) == cents


@pytest.mark.parametrize("percents", [(50, 40), (60, 50), (33.3, 66.7), (None, None)])
@pytest.mark.parametrize("years", [(2023, 2023), (2021, 2026), (None, 2023)])
def test_placed_and_unplaced_money_is_what_the_book_states(
    percents: tuple[float | None, ...], years: tuple[int | None, int]
) -> None:
    activity = Activity(
        "A", ("X",), "T",
        countries=(Place("KEN", percents[0]), Place("UGA", percents[1])),
        start=date(years[0], 2, 3) if years[0] else None, end=date(years[1], 9, 9), money=(Money(100_003, "USD"),),
    )  # fmt: skip
    parts = place(activity, ("drugs", "firearms"), ("legal", "research", "operations"), (2023, 2024))
    assert sum(cents for _, _, cents in parts) == 100_003


def test_missing_is_not_zero_and_less_than_five_is_an_interval() -> None:
    indicator = Indicator("x", ("drugs",), {"KEN": (0.0, 4.0), "UGA": (2.0, 2.0), "TZA": (9.0, 9.0), "RWA": (3.0, 3.0)})
    found = combine([indicator], ["drugs"], ["KEN", "ZMB"])
    assert 0 == found.low[0, 0] < found.high[0, 0] < 1
    assert (found.low[0, 1], found.high[0, 1], found.known[0, 1]) == (0, 1, False)


def test_a_year_that_a_table_of_need_lacks_is_told_with_those_that_it_has(tmp_path: Path) -> None:
    (tmp_path / "need.csv").write_text("iso3,year,value\nKEN,2015,9\nUGA,2017,8\n", encoding="utf-8")
    more = '[[need]]\nfile = "need.csv"\narea = "drugs"\nyear = 2024\ncountry = "iso3"\nvalue = "value"\n'
    told = [problem for problem in make(plan(tmp_path, ONE, more)).problems if problem.code == "coverage.need"]
    assert [problem.message for problem in told] == ["no value of 2024: the table has 2015 to 2017"]


def test_seizures_measure_enforcement_and_detections_give_a_lower_end_only() -> None:
    values = {"KEN": (1.0, 1.0), "UGA": (9.0, 9.0)}
    seized = Indicator("s", ("firearms",), values, measures="enforcement")
    assert not combine([seized], ["firearms"], ["KEN"]).known.any()
    detected = Indicator("d", ("firearms",), values, measures="detected")
    assert combine([detected], ["firearms"], ["KEN"]).high[0, 0] == 1


def test_all_problems_of_a_plan_are_told_with_their_lines(tmp_path: Path) -> None:
    path = tmp_path / "coverage.toml"
    path.write_text(
        '[period]\nfrom = 2025\nto = 2023\n[[source]]\nfile = "absent.csv"\nformat = "excel"\n'
        '[[need]]\nfile = "absent.csv"\narea = "piracy"\ndirection = "sideways"\n',
        encoding="utf-8",
    )
    with pytest.raises(InputError) as caught:
        read_plan(path)
    assert [(problem.line, problem.property) for problem in caught.value.problems] == [
        (5, "file"), (6, "format"), (8, "file"), (9, "area"), (10, "direction"), (2, "from"),
    ]  # fmt: skip
    assert all(problem.remedy for problem in caught.value.problems)


def test_a_row_names_its_state_in_one_of_five_words(tmp_path: Path) -> None:
    rows = list(cell_rows(make(plan(tmp_path, ONE)).grid))
    assert len(rows) == 18 * 201 * 8 * 2
    assert {row["state"] for row in rows} <= set(STATES)
    assert all(row["evidence"] for row in rows if row["state"] != "unknown")
    assert NeedSource(tmp_path, "auto", "x").higher_is_worse is None


def test_lack_of_resilience_adds_to_need_and_makes_none_alone() -> None:
    threat = Indicator("t", ("drugs",), {"KEN": (9.0, 9.0), "UGA": (1.0, 1.0)})
    weak = Indicator("r", ("drugs", "firearms"), {"KEN": (9.0, 9.0), "UGA": (1.0, 1.0)}, None, False, "resilience")
    alone, both = (combine(some, ["drugs", "firearms"], ["KEN", "UGA"]) for some in ([threat], [threat, weak]))
    assert both.low[0, 0] < alone.low[0, 0], "resilient"
    assert both.low[0, 1] > alone.low[0, 1], "not resilient"
    assert not both.known[1].any()


def test_tiers_in_words_are_places_on_a_scale(tmp_path: Path) -> None:
    rows = (
        "Kenya,KEN,2023,501,Tier 2 ",
        "Uganda,UGA,2023,500,Watchlist ",
        "Chad,TCD,2023,483,Tier 3",
        "Mali,MLI,2023,432,NA",
    )
    (tmp_path / "tiers.csv").write_text("countryname,iso,year,ccode,tier\n" + "\n".join(rows) + "\n", "utf-8")
    more = '[[need]]\nfile = "tiers.csv"\nsource = "made up"\nyear = 2023\n'
    [found], problems = read_indicators(read_plan(plan(tmp_path, ONE, more)))
    assert found.areas == ("trafficking-in-persons",)
    assert found.values == {"KEN": (2.0, 2.0), "UGA": (3.0, 3.0), "TCD": (4.0, 4.0)}
    assert not problems


def test_a_convention_is_resilience_and_names_not_understood_leave_the_absent_unknown(tmp_path: Path) -> None:
    head, names = (
        'Participant,Signature,"Ratification, Accession(a)"\n',
        "Kenya,12 Dec 2000,16 Jun 2004\nUganda,12 Dec 2000,\n",
    )
    path = plan(tmp_path, ONE, '[[need]]\nfile = "18-12.csv"\nyear = 2015\nlicence = "as stated by the publisher"\n')
    (tmp_path / "18-12.csv").write_text(head + names, encoding="utf-8")
    (found,), problems = read_indicators(read_plan(path))
    assert (found.areas, found.measures, problems) == (("organised-crime",), "resilience", [])
    assert found.licence == "as stated by the publisher"
    assert [found.values[code][0] for code in ("KEN", "UGA", "TZA")] == [1.0, 0.5, 0.0]
    (tmp_path / "18-12.csv").write_text(head + names + "Atlantis,,1 Jan 2001\n", encoding="utf-8")
    (found,), problems = read_indicators(read_plan(path))
    assert found.values.keys() == {"KEN", "UGA"}
    assert [problem.code for problem in problems] == ["coverage.need"]


@pytest.mark.parametrize("text", ["a = " + "9" * 5000, "a = " + "[" * 5000])
def test_a_plan_that_python_reads_no_further_is_no_toml(tmp_path: Path, text: str) -> None:
    path = tmp_path / "coverage.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match="is not TOML"):
        read_plan(path)
