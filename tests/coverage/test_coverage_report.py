"""The page and the commands, on a small made-up book and on the real one."""

from __future__ import annotations

import json
import re
from datetime import datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from accord.cli import main
from accord.cli.coverage import coverage
from accord.coverage.words import words

BOOK = (
    "id,partner,title,crime_areas,type,start,end,countries\n"
    'X1,X,"<script>alert(1)</script> =cmd()",drugs,training,2023,2024,KEN\n'
    "X2,Y,تدريب القضاة,drugs,training,2023,2024,KEN\n"
)


def plan(folder: Path) -> Path:
    (folder / "book.csv").write_text(BOOK, encoding="utf-8")
    path = folder / "coverage.toml"
    path.write_text(
        '[period]\nfrom = 2023\nto = 2024\n[[source]]\nname = "book"\nfile = "book.csv"\nformat = "table"\n',
        encoding="utf-8",
    )
    return path


def run(*args: object) -> str:
    result = CliRunner().invoke(coverage, [str(arg) for arg in args], catch_exceptions=False)
    assert result.exit_code == 0
    return result.stdout


def test_the_page_is_whole_runs_nothing_and_asks_nobody(tmp_path: Path) -> None:
    run("report", plan(tmp_path), "--out", tmp_path / "map.html")
    page = (tmp_path / "map.html").read_text(encoding="utf-8")
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert "default-src 'none'" in page
    assert not re.search(r"""(?:src|href)=["']?(?:https?:)?//|url\(|@import|\sstyle=|\son\w+=""", page)
    anchors = set(re.findall(r'id="([^"]+)"', page))
    assert set(re.findall(r'href="#([^"]+)"', page)) <= anchors
    assert '<bdi dir="auto">تدريب القضاة</bdi>' in page
    run("report", tmp_path / "coverage.toml", "--out", tmp_path / "again.html")
    assert (tmp_path / "again.html").read_bytes() == (tmp_path / "map.html").read_bytes()


def test_attack_formula_in_a_workbook(tmp_path: Path) -> None:
    from openpyxl import load_workbook

    (tmp_path / "book.csv").write_text(BOOK.replace("X1,X", "=1+1,=2+2"), encoding="utf-8")
    path = plan(tmp_path)
    (tmp_path / "book.csv").write_text(BOOK.replace("X1,X", "=1+1,=2+2"), encoding="utf-8")
    run("report", path, "--out", tmp_path / "map.xlsx")
    sheets = load_workbook(tmp_path / "map.xlsx").worksheets
    cells = [cell for sheet in sheets for row in sheet.iter_rows() for cell in row]
    assert all(cell.data_type != "f" for cell in cells)
    risky = [cell for cell in cells if str(cell.value or "").startswith("=")]
    assert "=1+1" in {cell.value for cell in risky}
    assert all(cell.quotePrefix for cell in risky)


def test_the_commands_filter_and_say_json(tmp_path: Path) -> None:
    path = plan(tmp_path)
    rows = [
        json.loads(line) for line in run("cells", path, "--country", "Kenya", "--area", "drugs", "--json").splitlines()
    ]
    assert len(rows) == 16
    needed = {"area", "country", "function", "year", "state", "partners", "need", "evidence"}
    assert all(needed <= row.keys() and row["country"] == "KEN" for row in rows)
    overlap = [json.loads(line) for line in run("overlaps", path, "--year", 2023, "--json").splitlines()]
    assert [(row["function"], row["evidence"]) for row in overlap] == [("capacity-building", ["X1", "X2"])]
    assert run("gaps", path, "--json") == ""


def test_classify_keeps_the_order(tmp_path: Path) -> None:
    lines = [{"id": "b", "title": "Fight against human trafficking"}, {"id": "a", "title": "School meals"}]
    (tmp_path / "in.jsonl").write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    found = [json.loads(line) for line in run("classify", tmp_path / "in.jsonl").splitlines()]
    assert [(row["id"], row["areas"]) for row in found] == [("b", ["trafficking-in-persons"]), ("a", [])]


def test_the_template_reads_back_without_a_mapping(tmp_path: Path) -> None:
    from openpyxl import load_workbook

    run("template", "--out", tmp_path / "book.xlsx")
    book = load_workbook(tmp_path / "book.xlsx")
    book.worksheets[0].append(["T1", "X", "Course", "", "drugs", "legal", "2024", "2024", "KEN:60|UGA:40"])
    book.save(tmp_path / "book.xlsx")
    path = plan(tmp_path)
    path.write_text(path.read_text(encoding="utf-8").replace("book.csv", "book.xlsx"), encoding="utf-8")
    rows = [json.loads(line) for line in run("cells", path, "--state", "covered", "--json").splitlines()]
    assert [(row["country"], row["function"], row["year"]) for row in rows] == [
        ("KEN", "legal", 2024), ("UGA", "legal", 2024),
    ]  # fmt: skip


def test_a_template_takes_the_place_of_no_workbook_that_was_filled_in(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    book = tmp_path / "book.xlsx"
    book.write_bytes(b"filled in")
    with pytest.raises(SystemExit) as stop:
        main(["coverage", "template", "--out", str(book)])
    assert stop.value.code
    assert "is there already" in capfd.readouterr().err
    assert book.read_bytes() == b"filled in"


def test_a_real_plan_gives_a_report(shared_data: Path, tmp_path: Path) -> None:
    data = (shared_data / "coverage").resolve()
    path = tmp_path / "coverage.toml"
    path.write_text(
        f"""
[period]
from = 2023
to = 2025
[[source]]
name = "UN INFO"
file = "{data}/uninfo_projects.csv.gz"
format = "uninfo"
[[source]]
name = "INTERPOL"
file = "{data}/interpol_activities.csv"
format = "table"
party_column = "partner"
[[spending]]
file = "{data}/country-expenses-2023.json"
format = "country-expenses"
year = 2023
[[need]]
name = "OC index"
file = "{data}/need/global_oc_index_2023_dataset.xlsx"
format = "oc-index"
year = 2023
[[need]]
name = "CPI"
file = "{data}/need/ti_cpi.csv"
format = "ti-cpi"
""",
        encoding="utf-8",
    )
    run("report", path, "--out", tmp_path / "map.html")
    page = (tmp_path / "map.html").read_bytes()
    assert len(page) < 5_000_000
    from accord.coverage import make

    grid = make(path).grid
    assert len(grid.labelled) == 20017 + 39
    assert not (grid.state == 2).any(), "no source declares its reporting, so no gap can be shown"
    assert (grid.state == 1).any()


@pytest.mark.parametrize(
    ("language", "sheets"),
    [
        ("en", ["In one minute", "Squares", "Gaps", "Overlaps", "One project or two", "Countries", "Crime areas"]),
        ("fr", ["En une minute", "Cases", "Lacunes"]),
        ("es", ["En un minuto", "Casillas", "Vacíos"]),
    ],
)
def test_the_workbook_has_a_sheet_for_each_thing_in_the_language_asked_for(
    tmp_path: Path, language: str, sheets: list[str]
) -> None:
    from openpyxl import load_workbook

    run("report", plan(tmp_path), "--out", tmp_path / "map.xlsx", "--lang", language)
    book = load_workbook(tmp_path / "map.xlsx")
    assert book.sheetnames[: len(sheets)] == sheets
    assert len(book.sheetnames) == 10
    said = words(language)
    squares = [[cell.value for cell in row] for row in book.worksheets[1].iter_rows()]
    row = dict(zip(squares[0], squares[1], strict=True))
    assert row[said("workbook.area")] == said("area.drugs")
    assert (row[said("workbook.code")], row[said("workbook.year")]) == ("KEN", 2023)
    assert row[said("workbook.state")] == said("state.overlapping")
    records = [[cell.value for cell in row] for row in book.worksheets[8].iter_rows()]
    first = dict(zip(records[0], records[1], strict=True))
    assert (first[said("workbook.id")], first[said("workbook.line")]) == ("X1", 2)
    assert isinstance(first[said("workbook.start")], datetime), "days are days"
    run("report", tmp_path / "coverage.toml", "--out", tmp_path / "again.xlsx", "--lang", language)
    assert (tmp_path / "again.xlsx").read_bytes() == (tmp_path / "map.xlsx").read_bytes()


def test_numbers_of_the_workbook_are_numbers(tmp_path: Path) -> None:
    from openpyxl import load_workbook

    path = plan(tmp_path)
    (tmp_path / "need.csv").write_text("iso3,value\nKEN,9\nUGA,8\nTZA,1\n", encoding="utf-8")
    text = path.read_text(encoding="utf-8") + 'reports = "all"\n[[need]]\nfile = "need.csv"\nformat = "table"\n'
    path.write_text(text + 'area = "drugs"\nyear = 2024\ndirection = "higher-is-worse"\nsource = "x"\n', "utf-8")
    run("report", path, "--out", tmp_path / "map.xlsx")
    gaps = [[cell.value for cell in row] for row in load_workbook(tmp_path / "map.xlsx").worksheets[2].iter_rows()]
    row = dict(zip(gaps[0], gaps[1], strict=True))
    assert row["Rank"] == 1
    assert row["Code"] == "KEN"
    assert row["Need, lowest"] == pytest.approx(0.833, abs=0.01)
    assert isinstance(row["Chance of unseen work"], int | float)
