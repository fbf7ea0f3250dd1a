"""Money: never lost, never doubled, converted only by a rate that holds."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.coverage import read_plan
from accord.coverage.activity import Activity, Money, Place, allocate
from accord.coverage.money import place, shares
from accord.coverage.read import read_activities
from accord.coverage.read.once import money_once
from accord.coverage.read.rates import Rates, read_rates
from accord.errors import InputError

CENTS = st.integers(-(10**18), 10**18)
PERCENT = st.none() | st.floats(0, 300, allow_nan=False)
DAYS = st.dates(date(2015, 1, 1), date(2030, 12, 31))


@given(CENTS, st.lists(st.floats(0, 1e6, allow_nan=False), max_size=9))
def test_parts_add_up_to_the_whole_to_the_cent(cents: int, weights: list[float]) -> None:
    parts = allocate(cents, weights)
    assert sum(parts) == (cents if weights else 0)
    assert all(part * cents >= 0 for part in parts)


@given(CENTS, PERCENT, PERCENT, st.floats(0, 200), st.floats(0, 200), DAYS, DAYS, st.booleans())
def test_what_is_placed_and_what_is_not_add_up(
    cents: int,
    first: float | None,
    second: float | None,
    area: float,
    does: float,
    one: date,
    two: date,
    open_end: bool,
) -> None:
    activity = Activity(
        "A",
        ("X",),
        "T",
        countries=(Place("KEN", first), Place("UGA", second)),
        start=min(one, two),
        end=None if open_end else max(one, two),
        money=(
            Money(cents, "USD"),
            Money(7, "EUR", start=date(2020, 1, 1), end=date(2021, 6, 30)),
            Money(9, "USD", "spent"),
        ),
        area_shares=(("drugs", area),),
        function_shares=(("legal", does),),
    )
    placed = place(activity, ("drugs", "firearms"), ("legal", "research"), range(2018, 2026))
    assert sum(part for _, currency, part in placed if currency == "USD") == cents
    assert sum(part for _, currency, part in placed if currency == "EUR") == 7
    assert sum(share for _, share in shares(activity, ("drugs",), ("legal",), (2020,))) == pytest.approx(1)


def test_stated_percentages_of_areas_and_functions_are_kept() -> None:
    activity = Activity(
        "A", ("X",), "T", countries=(Place("KEN"),), start=date(2024, 1, 1), end=date(2024, 12, 31),
        money=(Money(1000, "USD"),), area_shares=(("drugs", 70),), function_shares=(("legal", 25),),
    )  # fmt: skip
    placed = {
        square: cents for square, _, cents in place(activity, ("drugs", "firearms"), ("legal", "research"), (2024,))
    }
    assert placed["drugs", "KEN", "legal", 2024] == 175
    assert placed["firearms", "KEN", "research", 2024] == 225


def test_a_budget_for_one_year_is_placed_in_that_year() -> None:
    activity = Activity(
        "A", ("X",), "T", countries=(Place("KEN"),), start=date(2023, 1, 1), end=date(2024, 12, 31),
        money=(Money(500, "USD", start=date(2024, 1, 1), end=date(2024, 12, 31)),),
    )  # fmt: skip
    assert place(activity, ("drugs",), ("legal",), (2023, 2024)) == [(("drugs", "KEN", "legal", 2024), "USD", 500)]


def money(one: Activity) -> int:
    return sum(amount.cents for amount in one.money)


def test_a_parent_keeps_what_its_children_leave_of_it() -> None:
    family = [
        Activity("P", ("X",), "", money=(Money(60, "USD"), Money(40, "USD", start=date(2024, 1, 1)))),
        Activity("C1", ("X",), "", money=(Money(30, "USD"),), parents=("P",)),
        Activity("C2", ("X",), "", money=(Money(20, "USD"),), parents=("P",), children=("G",)),
        Activity("G", ("X",), "", money=(Money(5, "USD"),)),
    ]
    assert [money(one) for one in money_once(family)] == [50, 30, 15, 5]


@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 4)), min_size=1, max_size=8))
def test_a_family_counts_as_much_as_its_largest_statement(members: list[tuple[int, int]]) -> None:
    """Children that are parts of their parent leave the total at what the parent states."""
    children = [
        Activity(f"C{at}", ("X",), "", money=(Money(cents, "USD"),), parents=("P",))
        for at, (cents, _) in enumerate(members)
    ]
    stated = sum(cents for cents, _ in members) + members[0][1]
    parent = Activity("P", ("X",), "", money=(Money(stated, "USD"),))
    assert sum(map(money, money_once([parent, *children]))) == stated


def test_a_child_that_is_its_own_parent_or_a_circle_does_no_harm() -> None:
    circle = [
        Activity("A", ("X",), "", money=(Money(10, "USD"),), parents=("B", "A")),
        Activity("B", ("X",), "", money=(Money(10, "USD"),), parents=("A",)),
    ]
    assert [money(one) for one in money_once(circle)] == [0, 0]


def test_a_joint_project_that_repeats_its_total_is_counted_once() -> None:
    books = [
        Activity("A-1", ("X",), "Joint", money=(Money(100, "USD"),), same_as=("B-1",)),
        Activity("B-1", ("Y",), "Joint", money=(Money(100, "USD"),)),
        Activity("C-1", ("Z",), "Joint", money=(Money(70, "USD"),), same_as=("A-1",)),
    ]
    assert [money(one) for one in money_once(books)] == [100, 0, 70], "amounts that differ are each one's own part"


def test_two_tables_with_a_record_number_1_are_two_projects() -> None:
    books = [
        Activity("1", ("X",), "One", money=(Money(5, "USD"),)),
        Activity("1", ("Y",), "Two", money=(Money(5, "USD"),)),
    ]
    assert [money(one) for one in money_once(books)] == [5, 5]


RATES = "date,from,to,rate\n2023,EUR,USD,1.08\n2024-01-01,EUR,USD,1.10\n2024-02-15,USD,CHF,0.88\n"


def test_the_newest_rate_on_or_before_the_day_holds_and_turns_round(tmp_path: Path) -> None:
    (tmp_path / "rates.csv").write_text(RATES, encoding="utf-8")
    rates = read_rates(tmp_path / "rates.csv")

    def converted(currency: str, day: date) -> int | None:
        found = rates.convert(Money(10000, currency, valued=day), "USD")
        return found.cents if found else None

    assert converted("EUR", date(2023, 12, 31)) == 10800
    assert converted("EUR", date(2024, 1, 1)) == 11000
    assert converted("EUR", date(2022, 12, 31)) is None, "no rate before the first"
    assert converted("EUR", date(2026, 1, 1)) is None, "none that is years old"
    assert converted("CHF", date(2024, 3, 1)) == 11364
    assert converted("USD", date(1990, 1, 1)) == 10000


@given(CENTS, st.decimals("0.0001", "10000", places=4))
def test_a_conversion_keeps_what_was_given(cents: int, rate: Decimal) -> None:
    rates = Rates({("EUR", "USD"): [(date(2024, 1, 1), rate)]})
    found = rates.convert(Money(cents, "EUR", valued=date(2024, 1, 1)), "USD")
    assert found is not None
    assert found.given == (cents, "EUR")
    assert abs(Decimal(found.cents) - cents * rate) <= Decimal("0.5")


def test_a_table_of_rates_with_a_bad_line_names_it(tmp_path: Path) -> None:
    (tmp_path / "rates.csv").write_text(RATES + "2024,GBP,USD,free\n,EUR,USD,1\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_rates(tmp_path / "rates.csv")
    assert [problem.line for problem in caught.value.problems] == [5, 6]


def test_a_plan_converts_what_it_can_and_tells_the_rest(tmp_path: Path) -> None:
    (tmp_path / "rates.csv").write_text(RATES, encoding="utf-8")
    (tmp_path / "book.csv").write_text(
        "id,partner,title,start,end,countries,budget,currency\n"
        "A,X,Drug control,2024-01-01,2024-12-31,KEN,100,EUR\nB,X,Drug control two,2024-01-01,2024-12-31,KEN,100,JPY\n",
        encoding="utf-8",
    )
    path = tmp_path / "coverage.toml"
    path.write_text(
        '[money]\ncurrency = "usd"\nrates = "rates.csv"\n[[source]]\nfile = "book.csv"\nformat = "table"\n',
        encoding="utf-8",
    )
    book = read_activities(read_plan(path))
    assert [(m.cents, m.currency, m.given) for one in book.activities for m in one.money] == [
        (11000, "USD", (10000, "EUR")), (10000, "JPY", None),
    ]  # fmt: skip
    assert [problem.code for problem in book.problems] == ["coverage.no-rate"]


def test_a_plan_with_a_wrong_money_table_says_what_is_wrong(tmp_path: Path) -> None:
    (tmp_path / "book.csv").write_text("id,partner,title\nA,X,T\n", encoding="utf-8")
    path = tmp_path / "coverage.toml"
    path.write_text(
        '[money]\ncurrency = "dollars"\n[[source]]\nfile = "book.csv"\nformat = "table"\n', encoding="utf-8"
    )
    with pytest.raises(InputError) as caught:
        read_plan(path)
    assert {problem.message for problem in caught.value.problems} == {"`currency` is no currency", "`rates` is missing"}
