"""`match link | dedupe` on a large flat table: the same options, and --learn."""

from __future__ import annotations

import csv
import json
import random
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from accord.cli import cli
from accord.errors import UsageError

MAPPING = """
[[entity]]
schema = "Person"
id = "p-{no}"
[entity.properties]
name = "Name"
birthDate = "Born"
"""


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    folder = tmp_path_factory.mktemp("flat")
    rng = random.Random(4)
    letters = "abdeiklmnorstuv"
    with (folder / "people.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["no", "Name", "Born"])
        for number in range(1100):
            name = " ".join("".join(rng.choice(letters) for _ in range(7)) for _ in range(2)).title()
            born = f"{rng.randrange(1930, 2005)}-{rng.randrange(2, 13):02d}-{rng.randrange(2, 29):02d}"
            writer.writerow([number, name, born])
            if number % 5 == 0:
                writer.writerow([f"{number}x", " ".join(reversed(name.split())), born])
    (folder / "columns.toml").write_text(MAPPING)
    return str(folder / "people.csv"), str(folder / "columns.toml")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["match", *arguments])


@pytest.mark.parametrize("more", [[], ["--learn"]])
def test_rows_are_as_ever(files: tuple[str, str], more: list[str]) -> None:
    done = run("dedupe", files[0], "--mapping", files[1], "--json", *more)
    assert done.exit_code == 0
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(rows) == 220
    assert rows[0].keys() == {"left", "right", "score", "match", "left_name", "right_name"}
    assert all(row["right"] == f"{row['left']}x" for row in rows)
    assert "1,320 records of people.csv" in done.stderr


def test_report_and_clusters(files: tuple[str, str], tmp_path: Path) -> None:
    report, clusters = tmp_path / "r.html", tmp_path / "c.jsonl"
    done = run("dedupe", files[0], "--mapping", files[1], "--report", str(report), "--clusters", str(clusters))
    assert done.exit_code == 0
    assert len(clusters.read_text().splitlines()) == 220
    assert "birthDate: " in report.read_text()


def test_learning_needs_a_large_flat_table(files: tuple[str, str], tmp_path: Path) -> None:
    small = tmp_path / "small.csv"
    small.write_text("no,Name,Born\n1,Ana Silva,1980\n2,Silva Ana,1980\n")
    done = run("dedupe", str(small), "--mapping", files[1], "--learn")
    assert isinstance(done.exception, UsageError)
    assert done.exception.code == "match.flat"
    assert run("dedupe", str(small), "--mapping", files[1]).exit_code == 0
