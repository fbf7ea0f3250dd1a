"""`match screen`: what a person gets."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from accord.cli import cli
from accord.errors import InputError, UsageError


def run(*arguments: object, **kwargs: object) -> Result:
    return CliRunner().invoke(cli, ["match", "screen", *map(str, arguments)], **kwargs)  # type: ignore[arg-type]


@pytest.fixture
def holding(tmp_path: Path) -> Path:
    path = tmp_path / "list.jsonl"
    names = ("Муаммар Каддафи", "Olga Petrova", "Kwame Mensah")
    lines = [
        json.dumps({"id": f"k{n}", "schema": "Person", "properties": {"name": [name]}}) for n, name in enumerate(names)
    ]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_a_name_in_another_script(holding: Path) -> None:
    done = run("Muammar Qadhafi", holding, "--json")
    (row,) = [json.loads(line) for line in done.stdout.splitlines()]
    assert row["right"] == "k0"
    assert row["match"] is True
    assert row["left_name"] == "Muammar Qadhafi"


def test_the_names_shown_are_those_that_agree(tmp_path: Path) -> None:
    path = tmp_path / "list.jsonl"
    names = ["Abu Abdallah", "The Prince", "Usama Bin Ladin"]
    path.write_text(json.dumps({"id": "k", "schema": "Person", "properties": {"name": names}}))
    for command in (("screen", "Усама бен Ладен", path), ("link", one_person(tmp_path, "Усама бен Ладен"), path)):
        done = CliRunner().invoke(cli, ["match", *map(str, command), "--json"])
        (row,) = [json.loads(line) for line in done.stdout.splitlines()]
        assert (row["left_name"], row["right_name"]) == ("Усама бен Ладен", "Usama Bin Ladin")


def one_person(folder: Path, name: str) -> Path:
    path = folder / "asked.jsonl"
    path.write_text(json.dumps({"id": "q", "schema": "Person", "properties": {"name": ["The Sheikh", name]}}))
    return path


def test_a_record_as_json_and_a_file_of_records(holding: Path, tmp_path: Path) -> None:
    record = {"id": "q", "schema": "Person", "properties": {"name": ["Petrova Olga"]}}
    done = run(json.dumps(record), holding, "--json")
    assert [json.loads(line)["right"] for line in done.stdout.splitlines()] == ["k1"]
    asked = tmp_path / "asked.jsonl"
    asked.write_text("\n".join(json.dumps({**record, "id": f"q{n}"}) for n in range(3)))
    done = run(asked, holding, "--json")
    assert [json.loads(line)["left"] for line in done.stdout.splitlines()] == ["q0", "q1", "q2"]
    assert "asked for 3 records among 3" in done.stderr


def test_no_possible_match_is_no_failure(holding: Path) -> None:
    done = run("Zbigniew Wojciechowski", holding)
    assert done.exit_code == 0
    assert "No possible match." in done.stderr


def test_a_kept_index_is_used_and_made_anew_when_the_holding_changes(holding: Path, tmp_path: Path) -> None:
    index = tmp_path / "list.index"
    assert "written: " in run("Olga Petrova", holding, "--index", index).stderr
    before = index.read_bytes()
    assert "written: " not in run("Olga Petrova", holding, "--index", index).stderr
    assert index.read_bytes() == before
    more = {"id": "k9", "schema": "Person", "properties": {"name": ["Amina Diallo"]}}
    holding.write_text(holding.read_text("utf-8") + "\n" + json.dumps(more), encoding="utf-8")
    done = run("Amina Diallo", holding, "--index", index, "--json")
    assert json.loads(done.stdout)["right"] == "k9"
    assert "has changed" in done.stderr


def test_a_desk_is_screened_without_writing_its_records_in_the_clear(
    holding: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ACCORD_PASSPHRASE", "correct horse battery staple")
    desk = tmp_path / "desk"
    assert CliRunner().invoke(cli, ["init", str(desk), "--party", "ours"]).exit_code == 0
    loaded = CliRunner().invoke(cli, ["records", "load", str(holding), "--desk", str(desk)])
    assert loaded.exit_code == 0, loaded.output
    kept = []
    for _ in range(2):
        done = run("Olga Petrova", desk, "--json")
        assert json.loads(done.stdout)["right"] == "k1"
        kept.append([path for path in (desk / "pages").rglob("*") if path.is_file()])
    assert kept[0] == kept[1]
    assert len(kept[0]) == 1
    refused = run("Olga Petrova", desk, "--index", tmp_path / "x.index")
    assert isinstance(refused.exception, UsageError)
    assert refused.exception.code == "screen.desk"
    for path in desk.rglob("*"):
        assert path.is_dir() or b"Petrova" not in path.read_bytes()


def test_attack_a_removed_record_lives_on_in_no_index(
    holding: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ACCORD_PASSPHRASE", "correct horse battery staple")
    desk, runner = tmp_path / "desk", CliRunner()
    assert runner.invoke(cli, ["init", str(desk), "--party", "ours"]).exit_code == 0
    assert runner.invoke(cli, ["records", "load", str(holding), "--desk", str(desk)]).exit_code == 0
    assert json.loads(run("Olga Petrova", desk, "--json").stdout)["right"] == "k1"
    lines = holding.read_text("utf-8").splitlines()
    holding.write_text("\n".join([lines[0], lines[2]]), encoding="utf-8")
    done = runner.invoke(cli, ["records", "load", str(holding), "--complete", "--desk", str(desk)])
    assert done.exit_code == 0, done.output
    assert not [path for path in (desk / "pages").rglob("*") if path.is_file()]
    assert run("Olga Petrova", desk, "--json").stdout == ""
    assert json.loads(run("Kwame Mensah", desk, "--json").stdout)["right"] == "k2"


@pytest.mark.parametrize("query", [" ", '{"schema": ', "?!", "\udcff", "Amina " * 300])
def test_an_unreadable_query_says_what_to_give(holding: Path, query: str) -> None:
    refused = run(query, holding)
    assert isinstance(refused.exception, UsageError)
    assert refused.exception.code == "screen.query"
    assert "Amina" not in str(refused.exception)


def test_attack_a_list_named_as_its_own_index_is_not_said_to_be_deleted(holding: Path) -> None:
    refused = run("Olga Petrova", holding, "--index", holding)
    assert isinstance(refused.exception, InputError)
    assert refused.exception.remedy.startswith("if it is a damaged index")
    assert holding.read_text("utf-8")


def test_attack_a_threshold_that_is_no_number_hides_no_match(holding: Path) -> None:
    assert run("Olga Petrova", holding, "--threshold", "nan").exit_code == 2
    assert CliRunner().invoke(cli, ["match", "dedupe", str(holding), "--threshold", "nan"]).exit_code == 2


def test_a_bad_line_is_named_with_a_remedy_that_there_is(holding: Path) -> None:
    holding.write_bytes(holding.read_bytes() + b'\n{"id": "z", "schema": "Person", "properties": {"name": ["\xff"]}}')
    refused = run("Olga Petrova", holding)
    assert isinstance(refused.exception, InputError)
    assert [problem.line for problem in refused.exception.problems] == [4]
    assert "--skip" not in refused.exception.remedy
