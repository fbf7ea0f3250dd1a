"""`match dedupe --clusters`: what a person gets."""

from __future__ import annotations

import csv
import json
from pathlib import Path

from click.testing import CliRunner

from accord.cli import cli

PEOPLE = [
    ("1", "Amina Diallo Traore", "1980-05-17"),
    ("2", "Traore, Amina Diallo", "1980-05-17"),
    ("3", "Amina Dialo Traore", "1980-05-17"),
    ("4", "Kwame Boateng Mensah", "1971-02-03"),
]


def people(folder: Path) -> str:
    path = folder / "people.jsonl"
    lines = [
        json.dumps({"id": i, "schema": "Person", "properties": {"name": [name], "birthDate": [born]}})
        for i, name, born in PEOPLE
    ]
    path.write_text("\n".join(lines))
    return str(path)


def test_clusters_as_lines_keep_the_pairs_that_made_them(tmp_path: Path) -> None:
    out = tmp_path / "c.jsonl"
    done = CliRunner().invoke(cli, ["match", "dedupe", people(tmp_path), "--clusters", str(out)])
    assert done.exit_code == 0
    assert done.stdout == ""
    (row,) = [json.loads(line) for line in out.read_text().splitlines()]
    assert row["cluster"] == "1"
    assert row["members"] == ["1", "2", "3"]
    assert row["names"] == [name for _, name, _ in PEOPLE[:3]]
    assert {"left", "right", "score"} == set(row["pairs"][0])
    assert "3 of 4 records of people.jsonl stand for one thing" in done.stderr


def test_clusters_as_a_table_have_one_row_a_record_and_rows_still_come(tmp_path: Path) -> None:
    out, rows = tmp_path / "c.csv", tmp_path / "r.jsonl"
    done = CliRunner().invoke(cli, ["match", "dedupe", people(tmp_path), "--clusters", str(out), "--out", str(rows)])
    assert done.exit_code == 0
    with out.open(newline="") as file:
        assert [row["record"] for row in csv.DictReader(file)] == ["1", "2", "3"]
    assert len(rows.read_text().splitlines()) == 3


def test_clusters_and_rows_cannot_share_stdout(tmp_path: Path) -> None:
    done = CliRunner().invoke(cli, ["match", "dedupe", people(tmp_path), "--clusters", "-", "--json"])
    assert done.exit_code != 0
