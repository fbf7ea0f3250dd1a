"""Wrong input ends in a message with a remedy and the right exit code, never in a traceback."""

from __future__ import annotations

import errno
import json
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from accord.cli import main
from accord.cli import output as shown
from accord.cli.output import minute, write_rows

Run = Callable[..., tuple[int, str, str]]
PERSON = '{"id":"p1","schema":"Person","properties":{"name":["Ana Silva"],"birthDate":["1980-01-02"]}}\n'


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def call(*args: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as stop:
            main([str(arg) for arg in args])
        said = capsys.readouterr()
        return int(str(stop.value.code)), said.out, said.err

    return call


def test_a_place_that_the_system_refuses_is_told_and_is_no_traceback(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ACCORD_PASSPHRASE", "a long enough passphrase")
    file = tmp_path / "file"
    file.write_text("x")
    code, out, err = run("init", file / "desk", "--party", "a")
    assert (code, out) == (1, "")
    assert f"{file / 'desk'} cannot be made" in err
    assert "remedy:" in err


def test_a_system_error_that_no_command_foresaw_is_told_with_its_path(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device", "state.db")

    monkeypatch.setattr("accord.cli.doctor._rows", full)
    code, out, err = run("doctor")
    assert (code, out) == (1, "")
    assert "state.db cannot be used: No space left on device" in err
    assert "remedy:" in err


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ConnectionRefusedError(111, "Connection refused"), "a connection failed: Connection refused"),
        (socket.gaierror(-2, "Name or service not known"), "a connection failed: Name or service not known"),
        (OSError(errno.EADDRINUSE, "Address already in use"), "a connection failed: Address already in use"),
        (OSError(errno.EMFILE, "Too many open files"), "this machine failed: Too many open files"),
        (OSError(errno.ENOSPC, "No space left on device"), "a file cannot be used: No space left on device"),
    ],
)
def test_a_system_error_is_called_what_it_is(
    run: Run, monkeypatch: pytest.MonkeyPatch, error: OSError, said: str
) -> None:
    def failing(*_: object) -> None:
        raise error

    monkeypatch.setattr("accord.cli.doctor._rows", failing)
    code, out, err = run("doctor")
    assert (code, out) == (1, "")
    assert said in err
    assert "remedy:" in err


def test_an_unforeseen_error_tells_its_place_and_no_value(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise KeyError("Ana Silva")

    monkeypatch.setattr("accord.cli.doctor._rows", broken)
    code, out, err = run("doctor")
    assert (code, out) == (1, "")
    assert "KeyError" in err
    assert "accord.cli.doctor:" in err
    assert "Ana" not in err


def test_usage_errors_are_json_with_json(run: Run, tmp_path: Path) -> None:
    code, out, _ = run("match", "dedupe", tmp_path / "missing.jsonl", "--json")
    assert code == 2
    assert json.loads(out)["error"]["code"] == "usage"
    assert "accord match dedupe --help" in json.loads(out)["error"]["remedy"]


@pytest.mark.parametrize("noun", [("coverage", "report", "coverage.toml"), ("coverage", "template")])
def test_an_output_whose_folder_is_missing_is_refused_before_the_work(
    run: Run, tmp_path: Path, noun: list[str]
) -> None:
    code, out, err = run(*noun, "--out", tmp_path / "missing" / "x.xlsx")
    assert (code, out) == (2, "")
    assert "does not exist" in err


def test_a_question_that_could_not_be_written_is_not_asked(run: Run, tmp_path: Path) -> None:
    wish = ("--to", "b", "--purpose", "investigation", "--case", "1")
    code, _, err = run("exchange", "ask", *wish, "--out", tmp_path / "missing" / "q.age", "--desk", tmp_path)
    assert code == 2
    assert "does not exist" in err


@pytest.mark.parametrize("name", ["t.csv", "-"])
def test_a_template_is_a_workbook(run: Run, tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    code, _, err = run("coverage", "template", "--out", name)
    assert code == 2
    assert ".xlsx" in err
    assert not list(tmp_path.iterdir())


def test_filters_are_checked_before_the_map_is_made(run: Run, tmp_path: Path) -> None:
    code, _, err = run("coverage", "gaps", tmp_path / "missing.toml", "--country", "Narnia")
    assert code == 2
    assert "country" in err


def test_a_plan_that_is_no_text_is_told_so(run: Run, tmp_path: Path) -> None:
    plan = tmp_path / "coverage.toml"
    plan.write_bytes(b"\xde\xff\x00")
    code, _, err = run("coverage", "gaps", plan)
    assert code == 1
    assert "is not UTF-8 text" in err


def test_rows_and_report_do_not_mix_on_stdout(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "ok.jsonl"
    file.write_text(PERSON)
    code, out, err = run("match", "dedupe", file, "--out", "-", "--report", "-")
    assert (code, out) == (2, "")
    assert "cannot both go to stdout" in err


def test_the_remedy_names_no_option_that_the_command_lacks(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "bad.jsonl"
    file.write_text("{bad")
    code, _, err = run("match", "dedupe", file)
    assert code == 1
    assert "bad.jsonl:1" in err
    assert "--skip-invalid" not in err


def test_a_report_that_cannot_be_written_is_told(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "ok.jsonl"
    file.write_text(PERSON)

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    code, _, err = run("match", "dedupe", file, "--report", tmp_path / "r.html")
    assert code == 1
    assert "r.html: No space left on device" in err


def test_a_long_column_is_shortened_on_a_terminal_only(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [{"id": "0123456789abcdef", "hidden": "h", "why": "word " * 40}]
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setattr(shown.sys.stdout, "isatty", lambda: True, raising=False)
    write_rows(rows, ["id", "hidden", "why"], False, "", table=["id", "why"], cut="why")
    table = capsys.readouterr().out.splitlines()
    assert len(table) == 2
    assert "0123456789abcdef" in table[1]
    assert table[1].rstrip().endswith("…")
    assert len(table[1]) <= 80
    monkeypatch.setattr(shown.sys.stdout, "isatty", lambda: False, raising=False)
    write_rows(rows, ["id", "hidden", "why"], False, "", table=["id", "why"], cut="why")
    assert capsys.readouterr().out.splitlines()[1].count("word") == 40


def test_a_wrapped_column_leaves_the_others_whole(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    since = minute("2026-11-24T22:28:21+00:00")
    rows = [{"hit": "0123456789abcdef", "contact": "Command centre of the police " * 4, "since": since}]
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setattr(shown.sys.stdout, "isatty", lambda: True, raising=False)
    write_rows(rows, ["hit", "contact", "since"], False, "", wrap="contact")
    table = capsys.readouterr().out
    assert "0123456789abcdef" in table
    assert "2026-11-24 22:28Z" in table
    assert "…" not in table


def test_the_table_of_a_narrow_terminal_leaves_the_long_column_out_and_says_so(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setattr(shown.sys.stdout, "isatty", lambda: True, raising=False)
    write_rows(
        [{"area": "trafficking-in-persons", "year": 2024, "why": "word " * 9}],
        ["area", "year", "why"],
        False,
        "",
        cut="why",
    )
    said = capsys.readouterr()
    assert "trafficking-in-persons  2024" in said.out
    assert "word" not in said.out
    assert "«why»" in said.err


PLAN = """[period]
from = 2024
to = 2024
[[source]]
file = "book.csv"
format = "FORMAT"
party = "a"
reports = { countries = ["KEN"], years = "2024" }
"""


@pytest.mark.parametrize("book", ["", "id,title,country,start,end\n"])
def test_an_empty_activity_book_is_no_silent_report_of_no_work(run: Run, tmp_path: Path, book: str) -> None:
    (tmp_path / "book.csv").write_text(book)
    plan = tmp_path / "coverage.toml"
    plan.write_text(PLAN.replace("FORMAT", "table"))
    code, _, err = run("coverage", "gaps", plan)
    assert code == 0
    assert "note: book.csv: the book holds no activity" in err


def test_a_table_named_as_ftm_is_told_its_format(run: Run, tmp_path: Path) -> None:
    (tmp_path / "book.csv").write_text("id,title\n1,Training\n")
    plan = tmp_path / "coverage.toml"
    plan.write_text(PLAN.replace("FORMAT", "ftm"))
    code, _, err = run("coverage", "gaps", plan)
    assert code == 1
    assert "--mapping" not in err
    assert 'format = "table"' in err
