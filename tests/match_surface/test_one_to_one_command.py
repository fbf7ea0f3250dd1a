"""`match link --one-to-one`: what a person gets."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from accord.cli import cli


def run(*arguments: object) -> Result:
    return CliRunner().invoke(cli, ["match", "link", *map(str, arguments)])


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    """Two namesakes on each side; one of the second file fits both of the first, but one of them better."""
    sides = (
        [("a1", "Amina Diallo Traore", "1980-05-17"), ("a2", "Amina Diallo Traore", "1980")],
        [("b1", "Diallo Traore, Amina", "1980-05-17"), ("b2", "Amina Diallo Traoré", "1980")],
    )
    paths = []
    for name, rows in zip(("ours.jsonl", "theirs.jsonl"), sides, strict=True):
        path = tmp_path / name
        lines = (
            {"id": identity, "schema": "Person", "properties": {"name": [full], "birthDate": [born]}}
            for identity, full, born in rows
        )
        path.write_text("\n".join(json.dumps(line) for line in lines), "utf-8")
        paths.append(path)
    return paths[0], paths[1]


def test_each_record_has_one_partner_at_most(files: tuple[Path, Path]) -> None:
    every = [json.loads(line) for line in run(*files, "--json").stdout.splitlines()]
    assert len(every) == 4
    done = run(*files, "--one-to-one", "--json")
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert sorted((row["left"], row["right"]) for row in rows) == [("a1", "b1"), ("a2", "b2")]
    assert "2 more were left out" in done.stderr
    assert "2 possible matches among" in done.stderr


def test_a_report_shows_the_partners(files: tuple[Path, Path], tmp_path: Path) -> None:
    done = run(*files, "--one-to-one", "--report", tmp_path / "r.html", "--out", tmp_path / "m.jsonl")
    assert done.exit_code == 0, done.output
    assert "2 possible matches" in (tmp_path / "r.html").read_text("utf-8").replace("\n", " ")
    assert len((tmp_path / "m.jsonl").read_text("utf-8").splitlines()) == 2
