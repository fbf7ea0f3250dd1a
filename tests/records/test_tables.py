"""Tables in (CSV, TSV, XLSX with a mapping) and tables out."""

from __future__ import annotations

import csv
import datetime
import json
import zipfile
from pathlib import Path

import openpyxl
import pyarrow.parquet as pq
import pytest

from accord.errors import InputError, UsageError
from accord.records import Report, read_entities, write_table
from accord.records.mapping import parse_mapping

_MAPPING = """
[[entity]]
key = "person"
schema = "Person"
id = "p-{No}"
[entity.properties]
name = "Name"
alias = { column = "Also", split = ";" }
birthDate = "Born"
address = { join = ["Street", "City"], with = ", " }
country = { value = "ch" }

[[entity]]
key = "firm"
schema = "Company"
id = "f-{Firm no}"
properties.name = "Firm"

[[entity]]
schema = "Employment"
id = "e-{No}-{Firm no}"
properties.employee = { entity = "person" }
properties.employer = { entity = "firm" }
"""
_ROWS = [
    ["No", "Name", "Also", "Born", "Street", "City", "Firm no", "Firm"],
    ["1", "Zoë Müller", "Z. Müller; Zoe", "1963-04-03", "Rue 1", "Genève", "9", "Red Sea Trading"],
    ["2", "João Silva", "", "1970", "", "Lisboa", "", ""],
]
_EXPECTED = [
    {
        "id": "p-1",
        "schema": "Person",
        "properties": {
            "name": ["Zoë Müller"],
            "alias": ["Z. Müller", "Zoe"],
            "birthDate": ["1963-04-03"],
            "address": ["Rue 1, Genève"],
            "country": ["ch"],
        },
    },
    {"id": "f-9", "schema": "Company", "properties": {"name": ["Red Sea Trading"]}},
    {"id": "e-1-9", "schema": "Employment", "properties": {"employee": ["p-1"], "employer": ["f-9"]}},
    {
        "id": "p-2",
        "schema": "Person",
        "properties": {"name": ["João Silva"], "birthDate": ["1970"], "address": ["Lisboa"], "country": ["ch"]},
    },
]


@pytest.fixture
def mapping(tmp_path: Path) -> Path:
    path = tmp_path / "mapping.toml"
    path.write_text(_MAPPING)
    return path


def _write(path: Path, delimiter: str, encoding: str) -> None:
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file, delimiter=delimiter).writerows(_ROWS)


@pytest.mark.parametrize(
    ("delimiter", "encoding"), [(",", "utf-8"), (";", "utf-8-sig"), ("\t", "utf-16"), ("|", "windows-1252")]
)
def test_encoding_and_delimiter_are_detected_and_said(
    tmp_path: Path, mapping: Path, delimiter: str, encoding: str
) -> None:
    path = tmp_path / "people.csv"
    _write(path, delimiter, encoding)
    report = Report()
    assert [entity.to_dict() for entity in read_entities(path, mapping, report=report)] == _EXPECTED
    assert encoding in report.said[0]


def test_a_workbook_gives_the_same(tmp_path: Path, mapping: Path) -> None:
    book = openpyxl.Workbook()
    for row in _ROWS:
        book.active.append([int(cell) if cell.isdigit() and len(cell) < 4 else cell or None for cell in row])
    book.active["D2"] = datetime.datetime(1963, 4, 3)
    book.save(tmp_path / "people.xlsx")
    assert [entity.to_dict() for entity in read_entities(tmp_path / "people.xlsx", mapping)] == _EXPECTED


def test_an_unknown_script_asks_for_its_encoding(tmp_path: Path, mapping: Path) -> None:
    (tmp_path / "people.csv").write_bytes("No,Name\n1,Иванов Иван Иванович\n".encode("windows-1251"))
    with pytest.raises(InputError) as caught:
        list(read_entities(tmp_path / "people.csv", mapping))
    assert caught.value.code == "records.encoding"


def test_a_letter_that_is_not_in_the_encoding_names_the_line(tmp_path: Path) -> None:
    (tmp_path / "m.toml").write_text('[table]\nencoding="utf-8"\n[[entity]]\nschema="Person"\nproperties.name="Name"')
    (tmp_path / "people.csv").write_bytes(b"Name\n" + b"Ana\n" * 3 + b"Jo\xe3o\n")
    with pytest.raises(InputError) as caught:
        list(read_entities(tmp_path / "people.csv", tmp_path / "m.toml"))
    assert caught.value.problems[0].code == "records.encoding"


def test_a_missing_column_names_those_that_are_there(tmp_path: Path, mapping: Path) -> None:
    (tmp_path / "people.csv").write_text("No,Full name\n1,x\n")
    with pytest.raises(InputError) as caught:
        list(read_entities(tmp_path / "people.csv", mapping))
    assert "'Name'" in caught.value.message
    assert "'Full name'" in caught.value.remedy


def test_quotes_that_never_close(tmp_path: Path, mapping: Path) -> None:
    (tmp_path / "people.csv").write_text(",".join(_ROWS[0]) + '\n1,"' + "x\n" * 200_000)
    with pytest.raises(InputError) as caught:
        list(read_entities(tmp_path / "people.csv", mapping))
    assert caught.value.code == "records.csv"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[[entity]]\nschema='Person'\nproperties.shoeSize='x'", "no such property"),
        ("[[entity]]\nschema='Spaceship'", "schema must name one"),
        ("[[entity]]\nschema='Person'\nid='constant'", "column in braces"),
        ("[[entity]]\nschema='Person'\nproperties.name={entity='firm'}", "say a column"),
        ("[[entity]]\nschema='Person'\nproperties.name={column='a',splitt=';'}", "say a column"),
        ("[[entitty]]\nschema='Person'", "unknown section"),
        ("[table]\nheader=0\n[[entity]]\nschema='Person'", "header is"),
        ("", "makes no entity"),
    ],
)
def test_a_wrong_mapping_says_what_is_wrong(text: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_mapping(text)
    assert any(message in problem.message for problem in caught.value.problems)


def test_zip_bomb_in_a_workbook(tmp_path: Path, mapping: Path) -> None:
    with zipfile.ZipFile(tmp_path / "bomb.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"<" + b" " * (64 << 20))
    with pytest.raises(InputError) as caught:
        list(read_entities(tmp_path / "bomb.xlsx", mapping))
    assert caught.value.code == "records.bomb"


def test_billion_laughs_in_a_workbook(tmp_path: Path, mapping: Path) -> None:
    with zipfile.ZipFile(tmp_path / "laughs.xlsx", "w") as archive:
        archive.writestr("[Content_Types].xml", '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "ha">]><a>&b;</a>')
    with pytest.raises(InputError) as caught:
        list(read_entities(tmp_path / "laughs.xlsx", mapping))
    assert caught.value.code == "records.xml"


def test_a_zip_that_is_no_workbook(tmp_path: Path, mapping: Path) -> None:
    with zipfile.ZipFile(tmp_path / "other.xlsx", "w") as archive:
        archive.writestr("hello.txt", "hello")
    with pytest.raises(InputError) as caught:
        list(read_entities(tmp_path / "other.xlsx", mapping))
    assert caught.value.code == "records.workbook"


_ATTACKS = ['=HYPERLINK("http://x","y")', "+1", "-1+1", "@SUM(A1)", "\t=1", " =1", "＝1"]


def test_formula_injection_into_csv(tmp_path: Path) -> None:
    write_table(tmp_path / "out.csv", [{"name": text, "n": -1.5} for text in _ATTACKS], ["name", "n"])
    with (tmp_path / "out.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))[1:]
    assert [row[0] for row in rows] == [f"'{text}" for text in _ATTACKS]
    assert {row[1] for row in rows} == {"-1.5"}


def test_formula_injection_into_a_workbook(tmp_path: Path) -> None:
    write_table(tmp_path / "out.xlsx", [{"name": text} for text in [*_ATTACKS, "a\x00b"]], ["name"])
    sheet = openpyxl.load_workbook(tmp_path / "out.xlsx").active
    cells = [row[0] for row in sheet.iter_rows(min_row=2)]
    assert {cell.data_type for cell in cells} == {"s"}
    assert all(cell.quotePrefix for cell in cells[:-1])
    assert cells[0].value == _ATTACKS[0]


def test_each_format_holds_the_rows(tmp_path: Path) -> None:
    rows = [{"left": "a", "score": 0.5, "why": ["name", "date"], "more": 1}, {"left": "b", "score": None}]
    for suffix in ("jsonl", "csv", "tsv", "parquet", "xlsx"):
        assert write_table(tmp_path / f"out.{suffix}", iter(rows), ["left", "score", "why"]) == 2
    assert [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()] == rows
    assert pq.read_table(tmp_path / "out.parquet").column_names == ["left", "score", "why"]
    assert "name; date" in (tmp_path / "out.csv").read_text()


def test_a_failure_half_way_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    path.write_text("old")

    def rows() -> object:
        yield {"a": 1}
        raise RuntimeError

    with pytest.raises(RuntimeError):
        write_table(path, rows(), ["a"])  # type: ignore[arg-type]
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_an_unknown_format_names_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot write"):
        write_table(tmp_path / "out.docx", [], [])


@pytest.mark.parametrize("text", ["a = " + "9" * 5000, "a = " + "[" * 5000])
def test_a_mapping_that_python_reads_no_further_is_no_toml(text: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_mapping(text)
    assert caught.value.code == "records.mapping"
