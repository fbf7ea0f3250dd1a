"""The report: what it counts, what it says, and what a hostile name cannot do to it."""

from __future__ import annotations

import base64
import hashlib
import html
import re
from datetime import UTC, datetime

import pytest

from accord.match.model import Explanation, Match, Part
from accord.match.report import Report, Source, build, content, render
from accord.records.model import Entity


def person(identity: str, *names: str, schema: str = "Person") -> Entity:
    return Entity(identity, schema, {"name": names or ("Amina Diallo",)})


def explain(left: Entity, right: Entity) -> Explanation:
    parts = (
        Part("prior", "", "", "missing", -4.0, "Most pairs differ."),
        Part("name", left.caption, right.caption, "agree", 5.0, "The same words."),
        Part("date", "1980", "1981", "differ", -1.0, "The years are next to each other."),
        Part("gender", "", "", "missing", 0.0, ""),
    )
    return Explanation(left.id, right.id, 0.5, True, parts)


def linked(scores: list[float], names: tuple[str, str] = ("Amina", "Amina D")) -> Report:
    left = [person(f"l{i}", names[0]) for i in range(len(scores))]
    right = [person(f"r{i}", names[1]) for i in range(len(scores))]
    matches = [Match(f"l{i}", f"r{i}", score) for i, score in enumerate(scores)]
    return build("link", Source("a.jsonl", left), Source("b.jsonl", right), matches, explain=explain, threshold=0.5)


def text(page: str) -> str:
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.split("</style>")[1])))


def test_pairs_near_the_line_stand_apart_on_both_sides_of_it() -> None:
    report = linked([0.99, 0.55, 0.45, 0.2])
    assert report.counted == 2
    assert [shown.score for shown in report.near] == [0.55, 0.45]
    assert [shown.score for shown in report.sure] == [0.99]
    page = text(render(report))
    assert "2 possible matches between 4 records and 4 records" in page
    assert "not counted" in page


def test_explanations_are_said_in_words_not_only_in_colour_or_bars() -> None:
    page = text(render(linked([0.99])))
    assert "agrees: name; differs: date" in page
    assert "much more likely (odds × 148)" in page
    assert "a little less likely (odds ÷ 2.7)" in page
    assert "Not compared, because at least one side lacks it: gender." in page
    assert "Starting point: Most pairs differ." in page


def test_overlap_counts_records_not_pairs() -> None:
    left = Source("a", [person("1"), person("2"), person("3", schema="Company")])
    right = Source("b", [person("x"), person("y")])
    matches = [Match("1", "x", 0.9), Match("1", "y", 0.8), Match("2", "x", 0.1)]
    report = build("link", left, right, matches, explain=None, threshold=0.5)
    assert report.overlap[0] == content.Overlap("Person", 2, 2, 1, 2)
    assert report.overlap[1] == content.Overlap("Company", 1, 0, 0, 0)
    assert (report.left_matched, report.right_matched) == (1, 2)


def test_duplicates_count_both_records_of_a_pair() -> None:
    source = Source("a", [person("1"), person("2"), person("3")])
    report = build("dedupe", source, source, [Match("1", "2", 0.9)], explain=explain, threshold=0.5)
    assert report.left_matched == 2
    assert "1 possible duplicate (pairs) among 3 records" in text(render(report))


def test_a_hundred_thousand_matches_stay_a_page_that_opens_and_says_what_it_leaves_out() -> None:
    report = linked([0.9] * 100_000)
    page = render(report)
    assert len(report.sure) == content.MAX_EXPLAINED
    assert len(report.listed) == content.MAX_LISTED
    assert report.unlisted == 100_000 - content.MAX_EXPLAINED - content.MAX_LISTED
    assert "94,500 matches are not on this page." in page
    assert "accord match link a.jsonl b.jsonl --out matches.xlsx" in page
    assert len(page) < 6_000_000


@pytest.mark.parametrize(
    ("left", "right", "said"),
    [
        ([], [], "There was nothing to compare."),
        ([person("1")], [], "One side is empty, so nothing can match."),
        ([person("1")], [person("x")], "That is no proof that there is none."),
    ],
)
def test_empty_data_says_what_to_do(left: list[Entity], right: list[Entity], said: str) -> None:
    page = text(render(build("link", Source("a", left), Source("b", right), [], explain=explain, threshold=0.5)))
    assert said in page
    assert "Check" in page or "check" in page


def test_attack_markup_in_names_ids_and_file_names_stays_text() -> None:
    evil = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'><style>*{}</style>"
    left, right = Source(evil, [person("<b>l</b>", evil, evil + "2")]), Source("b", [person("r", evil)])
    matches = [Match("<b>l</b>", "r", 0.6)]
    page = render(build("link", left, right, matches, explain=explain, threshold=0.5))
    assert "<script" not in page
    assert "<img" not in page
    assert "<b>" not in page
    assert page.count("<style>") == 1


def test_attack_direction_override_in_a_name_is_made_visible() -> None:
    page = render(linked([0.6], ("gnp.\u202eexe", "\u2066x\x00")))
    assert not re.search("[\u202a-\u202e\u2066-\u2069\x00]", page)
    assert "gnp.�exe" in page


def test_every_name_is_isolated_in_its_own_direction() -> None:
    page = render(linked([0.6], ("عبد الرحمن", "יוסף")))
    for name in ("عبد الرحمن", "יוסף"):
        assert page.count(name) == page.count(f"<bdi>{name}</bdi>")


def test_the_policy_allows_this_style_sheet_only_and_no_script_or_request() -> None:
    page = render(linked([0.9, 0.5]))
    style = re.search("<style>(.*)</style>", page, re.S)
    assert style is not None
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'" in page
    assert " style=" not in page
    assert not re.search(r"\b(src|action|srcset)=|url\(|@import|https?://|\son\w+=", page)


def test_equal_input_gives_equal_bytes_and_the_clock_is_given() -> None:
    assert render(linked([0.9, 0.5])) == render(linked([0.9, 0.5]))
    source = Source("a", [person("1")])
    made = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)
    report = build("dedupe", source, source, [], explain=None, threshold=0.5, made=made)
    assert "02 January 2026, 03:04 UTC" in render(report)
