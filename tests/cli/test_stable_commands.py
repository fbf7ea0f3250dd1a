"""The shapes that other programs read: fields, order and exit codes of the commands that write data."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from accord.cli import cli
from accord.cli.demo.world import World, write_world
from accord.errors import PolicyError

PERSON = {"id": "l", "schema": "Person", "properties": {"name": ["Amina Diallo"], "birthDate": ["1980-05-17"]}}
SAME = {"id": "r", "schema": "Person", "properties": {"name": ["DIALLO Amina"], "birthDate": ["1980-05-17"]}}
OTHER = {"id": "o", "schema": "Person", "properties": {"name": ["Zoran Velik"], "birthDate": ["1951-02-03"]}}
STATES = {"covered", "overlapping", "gap", "unknown", "not-needed"}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return write_world(tmp_path_factory.mktemp("world"), ordinary=60)


def accord(*words: object, given: str | None = None, expect: int = 0) -> Result:
    result = CliRunner().invoke(cli, [str(word) for word in words], input=given)
    assert result.exit_code == expect, (result.output, result.exception)
    return result


def rows(result: Result) -> list[dict[str, object]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_match_link_writes_left_right_score_match(world: World, tmp_path: Path) -> None:
    accord("match", "link", world.unite, world.ipol, "--out", tmp_path / "m.jsonl")
    found = [json.loads(line) for line in (tmp_path / "m.jsonl").read_text().splitlines()]
    assert found
    assert all({"left", "right", "score", "match"} <= set(row) and row["match"] is True for row in found)
    shared = {(row["left"], row["right"]) for row in found} & set(world.overlaps)
    assert len(shared) > len(world.overlaps) / 2


def test_match_score_answers_line_by_line_in_order() -> None:
    given = "".join(json.dumps({"left": PERSON, "right": right}) + "\n" for right in (OTHER, SAME, OTHER))
    found = rows(accord("match", "score", "-", given=given))
    assert [row["match"] for row in found] == [False, True, False]
    assert all(0 <= float(str(row["score"])) <= 1 for row in found)


def test_match_evaluate_gives_figures_as_json(tmp_path: Path) -> None:
    pairs = tmp_path / "pairs.jsonl"
    judged = ((SAME, "positive"), (OTHER, "negative"))
    pairs.write_text("".join(json.dumps({"left": PERSON, "right": r, "judgement": j}) + "\n" for r, j in judged))
    (found,) = rows(accord("match", "evaluate", pairs, "--json"))
    assert "1.0" in json.dumps(found)


def test_coverage_classify_keeps_order_and_says_why() -> None:
    titles = ["Training of investigators on trafficking in persons", "Rural roads", "Draft law against corruption"]
    given = "".join(
        json.dumps({"id": str(at), "title": title, "description": ""}) + "\n" for at, title in enumerate(titles)
    )
    found = rows(accord("coverage", "classify", "-", given=given))
    assert [row["id"] for row in found] == ["0", "1", "2"]
    assert all({"id", "areas", "functions", "evidence"} <= set(row) for row in found)
    assert [row["areas"] for row in found] == [["trafficking-in-persons"], [], ["corruption"]]
    assert found[1]["functions"] == []


def test_coverage_cells_have_their_fields(world: World) -> None:
    found = rows(accord("coverage", "cells", world.plan, "--country", "GHA", "--json"))
    fields = {"area", "country", "function", "year", "state", "partners", "need", "evidence"}
    assert all(fields <= set(row) for row in found)
    assert {row["country"] for row in found} == {"GHA"}
    assert {row["state"] for row in found} <= STATES


@pytest.mark.parametrize("noun", ["gaps", "overlaps"])
def test_coverage_gaps_and_overlaps_are_ranked(world: World, noun: str) -> None:
    found = rows(accord("coverage", noun, world.plan, "--json"))
    assert [row["rank"] for row in found] == list(range(1, len(found) + 1))
    assert {row["state"] for row in found} == {"gap" if noun == "gaps" else "overlapping"}


def test_may_permits_with_0_and_refuses_with_4_and_the_clause(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ACCORD_PASSPHRASE", "only for tests")
    for party in ("unite", "ipol"):
        accord("init", tmp_path / party, "--party", party)
    accord(
        "arrangement", "draft", "--party", tmp_path / "unite/party.toml", "--party", tmp_path / "ipol/party.toml",
        "--out", tmp_path / "accord.toml",
    )  # fmt: skip
    may = ("arrangement", "may", tmp_path / "accord.toml", "--from", "ipol", "--to", "unite", "--schema", "Person")
    accord(*may, "--level", "contact", "--property", "name", "--purpose", "investigation")
    accord("arrangement", "verify", tmp_path / "accord.toml", expect=3)
    words = [str(word) for word in (*may, "--level", "blind", "--property", "religion", "--purpose", "investigation")]
    refused = CliRunner().invoke(cli, words)
    assert isinstance(refused.exception, PolicyError)
    assert refused.exception.exit_code == 4
    assert refused.exception.clause
    assert refused.exception.owner == "ipol"
    assert refused.exception.remedy


def test_doctor_answers_as_json() -> None:
    (found,) = rows(accord("doctor", "--json"))
    assert "python" in json.dumps(found).lower()
