"""What reaches a terminal or a pipe."""

from __future__ import annotations

from pathlib import Path

import pytest

from accord.cli import main
from accord.cli.output import plain, show_error, write_rows
from accord.errors import InputError, PolicyError, Problem


def test_attack_escape_sequence_in_a_name_cannot_reach_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    rows = [{"name": "Ana\x1b]0;owned\x07\u202eavliS"}]
    write_rows(rows, ["name"], as_json=False, empty="")
    shown = capsys.readouterr().out
    assert "\x1b" not in shown
    assert "\x07" not in shown
    assert "\u202e" not in shown


def test_right_to_left_names_stay_whole() -> None:
    assert plain("محمد علي") == "محمد علي"


def test_a_tab_in_a_value_does_not_make_a_column(capsys: pytest.CaptureFixture[str]) -> None:
    write_rows([{"a": "x\ty", "b": None}], ["a", "b"], as_json=False, empty="")
    assert capsys.readouterr().out == "a\tb\nx y\t\n"


def test_no_rows_say_what_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    write_rows([], ["a"], as_json=False, empty="no records yet: accord records load FILE")
    caught = capsys.readouterr()
    assert caught.out == ""
    assert "records load" in caught.err


def test_an_error_names_place_and_remedy(capsys: pytest.CaptureFixture[str]) -> None:
    problem = Problem("records.date", "not a date", "write YYYY-MM-DD", file="people.csv", line=3, property="birthDate")
    show_error(InputError("records.invalid", "1 problem", "mend the file", [problem]), as_json=False)
    said = capsys.readouterr().err
    assert "people.csv:3 birthDate: not a date — write YYYY-MM-DD" in said
    assert "remedy: mend the file" in said


def test_a_refusal_names_clause_and_owner(capsys: pytest.CaptureFixture[str]) -> None:
    show_error(PolicyError("policy.level", "not permitted", "ask the owner", clause="c4", owner="ipol"), as_json=False)
    said = capsys.readouterr().err
    assert "clause: c4" in said
    assert "owner of the data: ipol" in said


def test_attack_a_document_of_a_partner_that_steers_the_terminal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its keys stand in what is said of it; on a terminal click takes no escape sequence out."""
    monkeypatch.setattr("click.utils.should_strip_ansi", lambda *_: False)
    (tmp_path / "accord.toml").write_text('"\\u001b[31m\\u202e" = 1', encoding="utf-8")
    with pytest.raises(SystemExit):
        main(["arrangement", "check", str(tmp_path / "accord.toml")])
    shown = "".join(capsys.readouterr())
    assert "means nothing here" in shown
    assert not {"\x1b", "\u202e"} & set(shown)
