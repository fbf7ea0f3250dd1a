"""`accord match …` from the outside: files in, files out, exit codes, and names that attack."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import openpyxl
import pyarrow.parquet
import pytest
from click.testing import CliRunner, Result

from accord.cli import cli
from accord.errors import EXIT_DONE, EXIT_USAGE, InputError

LEFT = [
    {"id": "a1", "schema": "Person", "properties": {"name": ["Amina Diallo-Traoré"], "birthDate": ["1980-05-17"]}},
    {"id": "a2", "schema": "Person", "properties": {"name": ["Josip Horvatinčić"], "birthDate": ["1971-02-03"]}},
]
RIGHT = [
    {"id": "b1", "schema": "Person", "properties": {"name": ["Traore, Amina Diallo"], "birthDate": ["1980-05-17"]}},
    {"id": "b2", "schema": "Person", "properties": {"name": ["Wilhelmina Okonkwo"], "birthDate": ["1990-12-24"]}},
]
PAIRS = [
    {"left": LEFT[0], "right": RIGHT[0], "judgement": "positive", "case": 7},
    {"left": LEFT[0], "right": RIGHT[1], "judgement": "negative"},
    {"left": LEFT[1], "right": RIGHT[1], "judgement": "unsure"},
]


def run(*arguments: object, stdin: bytes | None = None) -> Result:
    return CliRunner().invoke(cli, ["match", *map(str, arguments)], input=stdin)


def lines(path: Path, rows: list[dict[str, object]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return path


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    return lines(tmp_path / "left.jsonl", LEFT), lines(tmp_path / "right.jsonl", RIGHT)


@pytest.fixture
def pairs(tmp_path: Path) -> Path:
    return lines(tmp_path / "pairs.jsonl", PAIRS)


def test_link_writes_every_format_and_a_report(tmp_path: Path, files: tuple[Path, Path]) -> None:
    for ending in ("jsonl", "csv", "parquet", "xlsx"):
        done = run("link", *files, "--out", tmp_path / f"m.{ending}", "--report", tmp_path / "r.html")
        assert done.exit_code == EXIT_DONE, done.output
        assert done.stdout == ""
    row = json.loads((tmp_path / "m.jsonl").read_text("utf-8"))
    assert (row["left"], row["right"], row["match"]) == ("a1", "b1", True)
    assert 0.5 <= row["score"] <= 1
    assert row["left_name"] == "Amina Diallo-Traoré"
    with (tmp_path / "m.csv").open(newline="", encoding="utf-8") as file:
        assert [found["right"] for found in csv.DictReader(file)] == ["b1"]
    assert pyarrow.parquet.read_table(tmp_path / "m.parquet").column("left").to_pylist() == ["a1"]
    sheet = openpyxl.load_workbook(tmp_path / "m.xlsx").active
    assert sheet is not None
    assert [cell.value for cell in sheet[1]][:4] == ["left", "right", "score", "match"]
    assert "1 possible match between" in (tmp_path / "r.html").read_text("utf-8").replace("\n", " ")
    assert not list(tmp_path.glob(".*"))


def test_the_threshold_chooses_rows_and_match_stays_the_default_answer(files: tuple[Path, Path]) -> None:
    rows = [json.loads(line) for line in run("link", *files, "--threshold", "0", "--json").stdout.splitlines()]
    assert all(row["match"] == (row["score"] >= 0.5) for row in rows)
    assert run("link", *files, "--threshold", "1.1").exit_code == EXIT_USAGE


def test_dedupe_finds_the_pair_in_one_file_read_from_stdin() -> None:
    joined = "".join(json.dumps(row) + "\n" for row in LEFT + RIGHT).encode()
    done = run("dedupe", "-", "--json", stdin=joined)
    assert [(row["left"], row["right"]) for row in map(json.loads, done.stdout.splitlines())] == [("a1", "b1")]
    assert "1 possible match among 4 records of stdin" in done.stderr


def test_threads_do_not_change_a_byte(tmp_path: Path, files: tuple[Path, Path]) -> None:
    for threads in (1, 2):
        run("link", *files, "--threads", threads, "--threshold", "0", "--out", tmp_path / f"{threads}.jsonl")
    assert (tmp_path / "1.jsonl").read_bytes() == (tmp_path / "2.jsonl").read_bytes()


def test_a_table_needs_and_takes_a_mapping(tmp_path: Path, files: tuple[Path, Path]) -> None:
    table, mapping = tmp_path / "people.csv", tmp_path / "people.toml"
    table.write_text("number,person,born\nt1,Amina Diallo Traore,1980-05-17\n", "utf-8")
    mapping.write_text(
        '[[entity]]\nkey = "person"\nschema = "Person"\nid = "{number}"\n[entity.properties]\nname = "person"\nbirthDate = "born"\n',
        "utf-8",
    )
    done = run("link", table, files[1], "--mapping", mapping, "--json")
    assert done.exit_code == EXIT_DONE, (done.output, done.exception)
    [row] = [json.loads(line) for line in done.stdout.splitlines()]
    assert row["right"] == "b1"


def test_score_keeps_order_and_every_given_field(pairs: Path, tmp_path: Path) -> None:
    done = run("score", pairs)
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [{key: row[key] for key in given} for row, given in zip(rows, PAIRS, strict=True)] == PAIRS
    assert [row["match"] for row in rows] == [True, False, False]
    assert run("score", "-", stdin=pairs.read_bytes()).stdout == done.stdout
    assert run("score", pairs, "--out", tmp_path / "s.jsonl").exit_code == EXIT_DONE
    assert (tmp_path / "s.jsonl").read_text("utf-8") == done.stdout
    run("score", pairs, "--out", tmp_path / "s.csv")
    assert (tmp_path / "s.csv").read_text("utf-8").splitlines()[0] == "left,right,score,match"


def test_evaluate_counts_and_leaves_the_undecided_out(pairs: Path) -> None:
    figures = json.loads(run("evaluate", pairs, "--json").stdout)
    assert (figures["pairs"], figures["positives"], figures["undecided"]) == (2, 1, 1)
    assert figures["f1"] == 1.0
    assert figures["by_script"]["Latin"]["counts"]["true_negatives"] == 1
    shown = run("evaluate", pairs).stdout
    assert "found         1 of 1 that are the same" in shown
    assert "1 undecided left out" in shown


def test_explain_says_the_same_to_people_and_to_programs(pairs: Path) -> None:
    data = json.loads(run("explain", pairs, "--index", 0, "--json").stdout)
    assert (data["index"], data["left"], data["right"], data["match"]) == (0, "a1", "b1", True)
    shown = run("explain", pairs, "--index", 0).stdout
    for part in data["parts"]:
        assert part["feature"] == "prior" or part["feature"] in shown
    assert shown.startswith("Pair 0: possible match")
    assert len(run("explain", pairs, "--json").stdout.splitlines()) == len(PAIRS)
    assert run("explain", pairs, "--index", 3).exception.remedy == "the last one is --index 2"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "arguments",
    [
        ["link", "LEFT"],
        ["link", "LEFT", "absent.jsonl"],
        ["link", "LEFT", "RIGHT", "--out", "rows.txt"],
        ["link", "LEFT", "RIGHT", "--report", "report.pdf"],
        ["link", "LEFT", "RIGHT", "--out", "absent/rows.csv"],
        ["link", "LEFT", "RIGHT", "--threads", "0"],
        ["explain", "LEFT", "--index", "-1"],
    ],
)
def test_a_wrong_call_is_told_before_the_work(arguments: list[str], files: tuple[Path, Path]) -> None:
    named = {"LEFT": str(files[0]), "RIGHT": str(files[1])}
    assert run(*(named.get(word, word) for word in arguments)).exit_code == EXIT_USAGE


def test_every_bad_line_is_named_and_nothing_is_left_behind(tmp_path: Path) -> None:
    bad = tmp_path / "pairs.jsonl"
    good = json.dumps(PAIRS[0])
    bad.write_text(f'{good}\nnot json\n[]\n{{"left": 1}}\n{good}\n', "utf-8")
    done = run("score", bad, "--out", tmp_path / "s.jsonl")
    assert isinstance(done.exception, InputError)
    assert [problem.line for problem in done.exception.problems] == [2, 3, 4]
    assert not (tmp_path / "s.jsonl").exists()
    unjudged = run("evaluate", lines(tmp_path / "unjudged.jsonl", [{"left": LEFT[0], "right": RIGHT[0]}]))
    assert isinstance(unjudged.exception, InputError)
    assert unjudged.exception.problems[0].code == "match.judgement"


def test_attack_formulas_in_names_stay_text_in_csv_and_xlsx(tmp_path: Path) -> None:
    name = '=HYPERLINK("http://attack.example","Amina Diallo")'
    people = [{"id": f"=1+{n}", "schema": "Person", "properties": {"name": [name]}} for n in range(2)]
    file = lines(tmp_path / "people.jsonl", people)
    for ending in ("csv", "xlsx"):
        done = run("dedupe", file, "--threshold", "0", "--out", tmp_path / f"m.{ending}")
        assert done.exit_code == EXIT_DONE, done.output
    with (tmp_path / "m.csv").open(newline="", encoding="utf-8") as opened:
        [row] = csv.DictReader(opened)
    assert row["left_name"].startswith("'=")
    assert row["left"].startswith("'=")
    sheet = openpyxl.load_workbook(tmp_path / "m.xlsx").active
    assert sheet is not None
    assert {cell.data_type for cell in sheet[2] if isinstance(cell.value, str)} == {"s"}


def test_attack_terminal_controls_in_a_name_are_shown_not_obeyed(tmp_path: Path) -> None:
    evil = {"id": "e\x1b[2J", "schema": "Person", "properties": {"name": ["Amina\x1b[31m\u202e Diallo"]}}
    file = lines(tmp_path / "pairs.jsonl", [{"left": evil, "right": LEFT[0]}])
    shown = run("explain", file).stdout
    assert "\x1b" not in shown
    assert "\u202e" not in shown


def test_empty_files_say_what_to_do(tmp_path: Path) -> None:
    empty = lines(tmp_path / "empty.jsonl", [])
    refused = run("link", empty, empty).exception
    assert isinstance(refused, InputError)
    assert refused.code == "records.empty"
    assert "holds no pair" in run("explain", empty).stderr
    assert isinstance(run("evaluate", empty).exception, InputError)
