"""`match link | dedupe --judgements`: what people said before holds."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from accord.cli import cli
from accord.errors import InputError

RECORDS = [
    ("a", "Amina Diallo Traore", "1980-05-17"),
    ("b", "Diallo Traore, Amina", "1980-05-17"),
    ("c", "Quarzo Negro", "1971-01-09"),
]


def run(*arguments: object) -> Result:
    return CliRunner().invoke(cli, ["match", *map(str, arguments)])


def pairs(*arguments: object) -> dict[tuple[str, str], float]:
    done = run(*arguments, "--json")
    assert done.exit_code == 0, done.output
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    return {(row["left"], row["right"]): row["score"] for row in rows}


def write(path: Path, ids: str) -> Path:
    lines = (
        {"id": identity, "schema": "Person", "properties": {"name": [name], "birthDate": [born]}}
        for identity, name, born in RECORDS
        if identity in ids
    )
    path.write_text("\n".join(map(json.dumps, lines)), "utf-8")
    return path


@pytest.fixture
def said(tmp_path: Path) -> Path:
    path = tmp_path / "judgements.csv"
    path.write_text("left,right,judgement,score\na,b,negative,0.9\nc,a,positive,0.1\nb,c,unsure,0.5\nx,a,positive,1\n")
    return path


def test_not_the_same_is_not_given_again_and_the_same_is_certain(tmp_path: Path, said: Path) -> None:
    file = write(tmp_path / "all.jsonl", "abc")
    assert list(pairs("dedupe", file)) == [("a", "b")]
    assert pairs("dedupe", file, "--judgements", said) == {("a", "c"): 1.0}
    ours, theirs = write(tmp_path / "ours.jsonl", "a"), write(tmp_path / "theirs.jsonl", "bc")
    assert list(pairs("link", ours, theirs)) == [("a", "b")]
    assert pairs("link", ours, theirs, "--judgements", said) == {("a", "c"): 1.0}


def test_groups_keep_to_what_was_said(tmp_path: Path, said: Path) -> None:
    file, out = write(tmp_path / "all.jsonl", "abc"), tmp_path / "groups.jsonl"
    assert run("dedupe", file, "--clusters", out, "--judgements", said).exit_code == 0
    groups = [json.loads(line)["members"] for line in out.read_text("utf-8").splitlines()]
    assert ["a", "c"] in [sorted(one) for one in groups]
    assert not any({"a", "b"} <= set(one) for one in groups)


@pytest.mark.parametrize("text", ["a,b\n1,2\n", "left,right,judgement\na,b,perhaps\n"])
def test_another_table_is_refused(tmp_path: Path, text: str) -> None:
    wrong = tmp_path / "wrong.csv"
    wrong.write_text(text)
    done = run("dedupe", write(tmp_path / "all.jsonl", "abc"), "--judgements", wrong)
    assert isinstance(done.exception, InputError)
    assert done.exception.code.startswith("match.judgement")
