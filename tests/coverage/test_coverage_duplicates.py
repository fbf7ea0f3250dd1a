"""The same project in two books, what belongs together, what ends and what rises."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

from click.testing import CliRunner

from accord.arrangement import NewParty, card, create_desk, draft
from accord.arrangement.model import Contact
from accord.cli.coverage import coverage
from accord.coverage.activity import Activity, Place
from accord.coverage.duplicates import candidates, find_duplicates
from accord.coverage.horizon import rises
from accord.coverage.likeness import Measure
from accord.coverage.need import Indicator, combine, rank_stability
from accord.coverage.overlaps import shares
from accord.vault import TESTS

HEAD = "id,partner,title,description,crime_areas,type,start,end,countries,joint_with\n"
SAME = "Strengthening forensic laboratories for synthetic drug precursors in the port of Mombasa"
REORDERED = "Synthetic drug precursors: strengthening forensic laboratories in the port of Mombasa"


def run(*words: object) -> list[dict[str, object]]:
    result = CliRunner().invoke(coverage, [str(word) for word in words], catch_exceptions=False)
    assert result.exit_code == 0
    return [json.loads(line) for line in result.stdout.splitlines()]


def plan(folder: Path, table: str, more: str = "") -> Path:
    (folder / "book.csv").write_text(HEAD + table, encoding="utf-8")
    path = folder / "coverage.toml"
    source = '[[source]]\nname = "book"\nfile = "book.csv"\nformat = "table"\n'
    path.write_text(f"[period]\nfrom = 2023\nto = 2024\n{source}{more}", encoding="utf-8")
    return path


def project(identity: str, partner: str, title: str = SAME, **more: object) -> Activity:
    first = Activity(
        identity, (partner,), title, countries=(Place("KEN"),), start=date(2023, 1, 1), end=date(2024, 12, 31)
    )
    return replace(first, **more)  # type: ignore[arg-type]


def test_one_project_in_two_books_is_found_with_what_decided(tmp_path: Path) -> None:
    table = (
        f"X1,X,{SAME},,drugs,training,2023-01-01,2024-12-31,KEN,\n"
        f"Y9,Y,{REORDERED},,drugs,training,2023-01-01,2024-12-31,KEN,\n"
        "Y8,Y,Community policing in coastal towns,,drugs,training,2023-01-01,2024-12-31,KEN,\n"
    )
    rows = run("duplicates", plan(tmp_path, table), "--json")
    assert [(row["left"], row["right"]) for row in rows] == [("X1", "Y9")]
    assert rows[0]["why"] == "text: same; dates: same"
    assert run("duplicates", tmp_path / "coverage.toml", "--country", "UGA", "--json") == []
    assert run("duplicates", tmp_path / "coverage.toml", "--partner", "Y", "--json") == []
    near = run("duplicates", tmp_path / "coverage.toml", "--like", "X1", "--json")
    assert near[0]["right"] == "Y9"


def test_a_declared_joint_project_and_a_partners_own_second_record_are_no_duplicates() -> None:
    own = [project("1", "X"), project("2", "X")]
    joint = [project("1", "X", joint_with=("Y",)), project("2", "Y")]
    elsewhere = [project("1", "X"), project("2", "Y", countries=(Place("UGA"),))]
    assert find_duplicates(own) == find_duplicates(joint) == find_duplicates(elsewhere) == []
    assert [(pair.first, pair.second) for pair in find_duplicates([project("1", "X"), project("2", "Y")])] == [(0, 1)]


def test_candidates_grow_with_the_records_and_not_with_their_square() -> None:
    """A common word, or one context shared by hundreds, makes no pairs of everybody with everybody."""
    books = [
        project(str(number), f"P{number % 7}", f"Training of officers {number:04d}x", context="Output 1")
        for number in range(1200)
    ]
    assert sum(1 for _ in candidates(Measure(books))) < 10 * len(books)


def test_overlap_is_scored_on_what_both_sides_state() -> None:
    one = project("1", "X", beneficiaries=("Customs",), end=date(2023, 6, 30))
    other = project("2", "Y", countries=(Place("KEN"), Place("UGA")), beneficiaries=("customs ", "Police"))
    assert shares((one, ("legal",)), (other, ("legal", "research"))) == {
        "place": 0.5, "time": 1.0, "function": 0.5, "beneficiary": 0.5,
    }  # fmt: skip
    assert "beneficiary" not in shares((project("1", "X"), ()), (other, ("legal",)))


def test_work_by_two_mandates_is_complementary_however_alike_the_texts(tmp_path: Path) -> None:
    table = (
        f"X1,X,{SAME},,drugs,legal|training,2023-01-01,2024-12-31,KEN,\n"
        f"Y9,Y,{SAME},,drugs,operation|training,2023-01-01,2024-12-31,KEN,\n"
    )
    rows = run("overlaps", plan(tmp_path, table), "--json")
    assert {row["overlap"] for row in rows} == {"complementary"}
    assert rows[0]["why"] == "several partners, each by its own mandate: X makes law; Y operates"


def test_what_ends_is_told_and_what_may_go_on_is_not(tmp_path: Path) -> None:
    table = (
        "A,X,One,,drugs,training,2023-01-01,2024-06-30,KEN,\n"
        "B,X,Two,,firearms,training,2023-01-01,2024-06-30,KEN,\n"
        "C,X,Three,,firearms,training,2023-01-01,,KEN,\n"
        "D,X,Four,,corruption,training,2023-01-01,2027-06-30,KEN,\n"
    )
    rows = run("horizon", plan(tmp_path, table), "--json")
    assert [(row["area"], row["ends"], row["evidence"]) for row in rows if row["kind"] == "ending"] == [
        ("drugs", "2024-06-30", ["A"])
    ]
    assert sum(row["kind"] == "threat" for row in rows) == 5


def test_need_rises_by_one_indicator_and_never_across_a_change_of_scale(tmp_path: Path) -> None:
    (tmp_path / "need.csv").write_text(
        "iso3,year,value\n" + "".join(f"{c},2020,{v}\n{c},2023,{w}\n" for c, v, w in
                                      (("KEN", 1, 9), ("UGA", 5, 5), ("TZA", 7, 6), ("RWA", 8, 8))),
        encoding="utf-8",
    )  # fmt: skip
    need = '[[need]]\nfile = "need.csv"\narea = "drugs"\ncountry = "iso3"\nvalue = "value"\n'
    rows = run("horizon", plan(tmp_path, "A,X,One,,drugs,training,2023,2024,UGA,\n", need), "--json")
    assert [(row["country"], row["since"], row["year"]) for row in rows if row["kind"] == "rising"] == [
        ("KEN", 2020, 2023)
    ]
    censored = {2020: {"KEN": (0.0, 4.0), "UGA": (2.0, 2.0)}, 2023: {"KEN": (3.0, 3.0), "UGA": (2.0, 2.0)}}
    assert rises(Indicator("x", ("drugs",), {}, history=censored)) == {}, "from <5 to 3 is no rise"


def test_a_count_rises_only_by_more_than_chance() -> None:
    """Most countries have no attack, so one attack moves a country past half of them all."""
    before = {"KEN": 0, "UGA": 0, "TZA": 0, "RWA": 40, "BDI": 100}
    after = {"KEN": 1, "UGA": 4, "TZA": 0, "RWA": 44, "BDI": 130}
    history = {
        year: {code: (float(count), float(count)) for code, count in counts.items()}
        for year, counts in ((2016, before), (2021, after))
    }
    attacks = Indicator("attacks", ("terrorism",), {}, history=history, counts=True)
    assert rises(attacks).keys() == {"UGA", "BDI"}
    assert rises(replace(attacks, counts=False)).keys() == {"KEN", "UGA", "RWA", "BDI"}


def test_the_share_of_draws_among_the_highest_is_seeded_and_follows_the_intervals() -> None:
    values = {"KEN": (90.0, 90.0), "UGA": (10.0, 95.0), "TZA": (5.0, 5.0)}
    countries = [*values, "ZMB"]
    need = combine([Indicator("x", ("drugs",), values)], ["drugs"], countries)
    top = rank_stability(need, ["drugs"], countries, top=1)
    assert (top == rank_stability(need, ["drugs"], countries, top=1)).all()
    assert top[0, 0] + top[0, 1] == 1
    assert 0 < top[0, 1] < 1
    assert (top[0, 2], top[0, 3]) == (0, 0)


def test_the_mandates_of_the_accord_explain_an_overlap_but_never_excuse_a_duplicate(tmp_path: Path) -> None:
    """Both train; the accord makes one legal, one operational. The thief of credit copies the other's record: told."""
    bodies = []
    for name, function in (("X", "legal"), ("Y", "operations")):
        party = NewParty(name.lower(), name, Contact("O", "o@x.example"))
        desk = create_desk(tmp_path / name, "pass", party, cost=TESTS)
        bodies.append(replace(card(desk), mandates=(function, "capacity-building")))
    (tmp_path / "accord.toml").write_text(draft(bodies, date(2026, 1, 1)), encoding="utf-8")
    other = "Regional workshop for prosecutors of the coast on evidence from containers"
    table = (
        f"X1,X,{SAME},,drugs,training,2023-01-01,2024-12-31,KEN,\n"
        f"Y8,Y,{other},,drugs,training,2023-01-01,2024-12-31,KEN,\n"
    )
    path = plan(tmp_path, table)
    path.write_text('accord = "accord.toml"\n' + path.read_text(encoding="utf-8"), encoding="utf-8")
    rows = run("overlaps", path, "--json")
    assert {row["overlap"] for row in rows} == {"complementary"}
    assert rows[0]["why"] == ("several partners, each within its mandate in the accord: X makes law; Y operates")
    copied = (tmp_path / "book.csv").read_text(encoding="utf-8").replace(other, SAME)
    (tmp_path / "book.csv").write_text(copied, encoding="utf-8")
    assert {row["overlap"] for row in run("overlaps", path, "--json")} == {"possible duplicate"}
