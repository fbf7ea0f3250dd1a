"""Two parties that may not show each other their books: what a summary tells, and what it never does."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from accord.arrangement import card, create_desk, draft
from accord.arrangement.desk import NewParty
from accord.arrangement.model import Contact
from accord.cli import cli
from accord.coverage.summary import parse
from accord.errors import InputError, PolicyError, TrustError
from accord.vault import TESTS

HEAD = "id,partner,title,crime_areas,type,start,end,countries\n"
OURS = (
    HEAD
    + "A1,unit-a,Secret project Nightjar,drugs,training,2024,2024,KEN\nA2,unit-a,More,drugs,training,2024,2024,KEN\n"
)
THEIRS = HEAD + "B1,unit-b,Their course,drugs,training,2024,2024,KEN|UGA\n"
CLAUSE = """
[[clause]]
id = "S1"
title = "Summaries of coverage"
from = "unit-a"
to = "unit-b"
schemata = ["Activity"]
properties = {properties}
level = "contact"
purposes = ["coordination"]
"""


@pytest.fixture(autouse=True)
def passphrase(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ACCORD_PASSPHRASE", "pass")


def world(folder: Path, properties: str = "") -> Path:
    """unit-a's plan beside its desk, and an accord with a clause on its summaries when properties are given."""
    desks = [
        create_desk(folder / name, "pass", NewParty(name, name.upper(), Contact("O", "o@x.example")), cost=TESTS)
        for name in ("unit-a", "unit-b")
    ]
    text = draft([card(desk) for desk in desks], dt.datetime.now(dt.UTC).date()).replace(
        "[purposes]", '[purposes]\ncoordination = "Coordinating our work"', 1
    )
    (folder / "accord.toml").write_text(
        text + (CLAUSE.format(properties=properties) if properties else ""), encoding="utf-8"
    )
    (folder / "book.csv").write_text(OURS, encoding="utf-8")
    path = folder / "coverage.toml"
    path.write_text(
        'accord = "accord.toml"\n[period]\nfrom = 2024\nto = 2024\n[[source]]\nfile = "book.csv"\nformat = "table"\n',
        encoding="utf-8",
    )
    return path


def run(*words: object) -> Result:
    return CliRunner().invoke(cli, [str(word) for word in words])


def summarise(path: Path, *more: object) -> Result:
    return run("coverage", "summary", path, "--party", "unit-a", "--out", path.parent / "ours.summary", *more)


def theirs(folder: Path, *more: str) -> list[dict[str, object]]:
    """The rows of drugs that unit-b gets from its own book and unit-a's summary."""
    (folder / "theirs.csv").write_text(THEIRS, encoding="utf-8")
    path = folder / "theirs.toml"
    lines = "\n".join(more)
    path.write_text(
        "[period]\nfrom = 2024\nto = 2024\n"
        '[[source]]\nname = "own"\nfile = "theirs.csv"\nformat = "table"\n'
        f'[[source]]\nname = "unit-a"\nfile = "ours.summary"\nformat = "summary"\n{lines}\n',
        encoding="utf-8",
    )
    result = run("coverage", "cells", path, "--area", "drugs", "--function", "capacity-building", "--json")
    assert result.exit_code == 0, result.output
    return [row for row in map(json.loads, result.stdout.splitlines()) if row["partners"]]


def test_a_signed_summary_shows_squares_and_counts_and_nothing_of_the_book(tmp_path: Path) -> None:
    path = world(tmp_path, '["summaryStates", "summaryCounts"]')
    done = summarise(path, "--to", "unit-b", "--purpose", "coordination", "--desk", tmp_path / "unit-a")
    assert done.exit_code == 0, done.output
    import base64

    envelope = (tmp_path / "ours.summary").read_bytes()
    payload = base64.b64decode(json.loads(envelope)["payload"])
    assert parse(payload).squares == ((("drugs", "KEN", "capacity-building", 2024), 2),)
    assert not any(word in payload for word in (b"Nightjar", b"A1", b"A2", b"More"))
    rows = theirs(tmp_path, 'card = "unit-a/party.toml"')
    assert {(row["country"], row["state"], row.get("rests_on")) for row in rows} == {
        ("KEN", "overlapping", None), ("UGA", "covered", None),
    }  # fmt: skip


def test_the_accord_decides_how_much_is_shown(tmp_path: Path) -> None:
    path = world(tmp_path, '["summaryStates"]')
    assert summarise(path, "--to", "unit-b", "--purpose", "coordination").exit_code == 0
    assert parse((tmp_path / "ours.summary").read_bytes()).squares[0][1] == 1, "states only: no number of records"


def test_attack_without_a_clause_nothing_is_written(tmp_path: Path) -> None:
    path = world(tmp_path)
    refused = summarise(path, "--to", "unit-b", "--purpose", "coordination")
    assert isinstance(refused.exception, PolicyError)
    assert not (tmp_path / "ours.summary").exists()


def test_squares_that_rest_on_a_summary_alone_say_so(tmp_path: Path) -> None:
    path = world(tmp_path)
    assert summarise(path).exit_code == 0
    (tmp_path / "ours.summary").write_bytes((tmp_path / "ours.summary").read_bytes().replace(b'"KEN"', b'"RWA"'))
    assert [(row["country"], row.get("rests_on")) for row in theirs(tmp_path) if row["country"] == "RWA"] == [
        ("RWA", "summary")
    ]


def test_attack_a_signed_summary_is_altered_or_signed_by_another(tmp_path: Path) -> None:
    path = world(tmp_path, '["summaryStates"]')
    summarise(path, "--to", "unit-b", "--purpose", "coordination", "--desk", tmp_path / "unit-a")
    for cardless in (True, False):
        plan = tmp_path / "theirs.toml"
        card_line = "" if cardless else 'card = "unit-b/party.toml"\n'
        plan.write_text(
            f'[period]\nfrom = 2024\nto = 2024\n[[source]]\nfile = "ours.summary"\nformat = "summary"\n{card_line}',
            "utf-8",
        )
        assert isinstance(run("coverage", "cells", plan, "--json").exception, TrustError)


@pytest.mark.parametrize(
    "change",
    [
        {"detail": "all"}, {"version": 2}, {"party": ""}, {"squares": [["drugs", "KEN", "legal", 2024, 0]]},
        {"squares": [["drugs", "KEN", "legal", 1999, 1]]}, {"squares": [["piracy", "KEN", "legal", 2024, 1]]},
        {"squares": [["drugs", "KEN", "legal", 2024, 1, "x"]]}, {"squares": {}}, {"possible": [[]]},
    ],
)  # fmt: skip
def test_attack_malformed_summary(change: dict[str, object]) -> None:
    good = {
        "kind": "application/vnd.accord.coverage-summary+json", "version": 1, "party": "x", "detail": "counts",
        "years": [2024], "squares": [["drugs", "KEN", "legal", 2024, 1]], "possible": [],
    }  # fmt: skip
    assert parse(json.dumps(good).encode()).party == "x"
    with pytest.raises(InputError):
        parse(json.dumps({**good, **change}).encode())
