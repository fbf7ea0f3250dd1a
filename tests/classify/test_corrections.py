"""A person's correction is kept, wins, and is used."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from accord.cli.coverage import coverage
from accord.coverage import make
from accord.coverage.activity import Activity
from accord.coverage.corrections import Corrections, read_corrections
from accord.coverage.label import label
from accord.errors import InputError

HEAD = "id,title,areas,functions,by,date\n"
BOOK = (
    "id,partner,title,description,areas,start,end,countries\n"
    "A1,X,Operation Lionfish,,,2024,2024,KEN\nA2,Y,operation  LIONFISH,,,2024,2024,UGA\n"
    "A3,X,Corruption in schools,Training of teachers,,2024,2024,KEN\nA4,X,Court records,,drugs,2024,2024,KEN\n"
)


def corrections(folder: Path, lines: str) -> Corrections:
    (folder / "ours.csv").write_text(HEAD + lines, encoding="utf-8")
    return read_corrections(folder / "ours.csv")


def mapped(folder: Path, lines: str) -> dict[str, tuple[tuple[str, ...], tuple[str, ...], dict[str, tuple[str, ...]]]]:
    (folder / "ours.csv").write_text(HEAD + lines, encoding="utf-8")
    (folder / "book.csv").write_text(BOOK, encoding="utf-8")
    (folder / "coverage.toml").write_text(
        'corrections = "ours.csv"\n[[source]]\nfile = "book.csv"\nformat = "table"\n', encoding="utf-8"
    )
    found = make(folder / "coverage.toml").grid.labelled
    return {one.activity.id: (one.areas, one.functions, dict(one.why)) for one in found}


def test_a_correction_wins_over_the_text_and_is_told_as_the_reason(tmp_path: Path) -> None:
    found = mapped(tmp_path, "A3,,none,,A. Officer,2026-01-05\nA1,,drugs,operations,A. Officer,2026-01-05\n")
    assert found["A3"][:2] == ((), ())
    assert found["A1"][:2] == (("drugs",), ("operations",))
    assert found["A1"][2]["drugs"] == ("corrected by A. Officer, 2026-01-05",)


def test_a_correction_wins_over_what_the_book_states(tmp_path: Path) -> None:
    found = mapped(tmp_path, "A4,,corruption,,B,2026-01-05\n")
    assert found["A4"][0] == ("corruption",)
    assert found["A4"][2]["corruption"] == ("corrected by B, 2026-01-05",)


def test_a_correction_is_used_for_every_record_of_the_same_text(tmp_path: Path) -> None:
    assert mapped(tmp_path, "A1,,drugs,operations,,\n")["A2"][:2] == (("drugs",), ("operations",))


def test_an_empty_cell_leaves_what_was_read(tmp_path: Path) -> None:
    assert mapped(tmp_path, "A3,,,prevention,,\n")["A3"][:2] == (("corruption",), ("prevention",))


def test_a_correction_by_title_fits_every_activity_of_that_title(tmp_path: Path) -> None:
    found = mapped(tmp_path, ",Operation Lionfish,drugs|organised-crime,operations,,\n")
    assert found["A1"][0] == found["A2"][0] == ("drugs", "organised-crime")


def test_of_two_corrections_the_one_made_last_holds(tmp_path: Path) -> None:
    known = corrections(tmp_path, "A1,,drugs,,B,2026-02-01\nA1,,firearms,,C,2026-01-01\nA1,,corruption,,D,\n")
    found = known.of("A1", "")
    assert found is not None
    assert (found.areas, found.by, found.day) == (("drugs",), "B", date(2026, 2, 1))


def test_a_correction_that_fits_nothing_is_told(tmp_path: Path) -> None:
    mapped(tmp_path, "A9,,drugs,,,\n")
    problems = make(tmp_path / "coverage.toml").problems
    assert [(problem.code, problem.line) for problem in problems] == [("coverage.correction-unused", 2)]


def test_wrong_lines_are_all_named(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        corrections(tmp_path, "A1,,smuggling,,,\n,,drugs,,,\nA2,,,,,\nA3,,drugs,legal,,\n")
    assert [problem.line for problem in caught.value.problems] == [2, 3, 4]


def test_a_file_that_is_something_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "ours.csv").write_text("name,colour,shape\na,b,c\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_corrections(tmp_path / "ours.csv")
    assert caught.value.code == "coverage.corrections"


def test_the_command_takes_corrections_and_codes(tmp_path: Path) -> None:
    corrections(tmp_path, "b,,none,,C,\n")
    lines = [{"id": "a", "title": "Rural programme", "codes": ["DAC:16063"]}, {"id": "b", "title": "Corruption"}]
    (tmp_path / "in.jsonl").write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    command = ["classify", str(tmp_path / "in.jsonl"), "--corrections", str(tmp_path / "ours.csv")]
    result = CliRunner().invoke(coverage, command, catch_exceptions=False)
    found = [json.loads(line) for line in result.stdout.splitlines()]
    assert [row["areas"] for row in found] == [["drugs"], []]


def test_without_corrections_nothing_changes() -> None:
    activities = [Activity("A", ("X",), "Training against corruption")]
    assert Corrections().match(activities) == ([None], [])
    assert label(activities, corrections=[None]) == label(activities)
