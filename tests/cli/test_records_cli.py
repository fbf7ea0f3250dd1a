"""`accord records`, as a person or a script runs it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import ClassVar

import pytest

from accord.arrangement import NewParty, create_desk
from accord.arrangement.model import Contact
from accord.cli import main
from accord.vault import TESTS


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    contact = Contact("Duty officer", "liaison@ipol.example")
    party = NewParty("ipol", "International police", contact, (("analyst", ("request",)),), "europol")
    create_desk(tmp_path / "desk", "pass", party, cost=TESTS).close()
    monkeypatch.setenv("ACCORD_DESK", str(tmp_path / "desk"))
    monkeypatch.setenv("ACCORD_PASSPHRASE", "pass")
    return tmp_path / "desk"


@pytest.fixture
def people(tmp_path: Path) -> Path:
    path = tmp_path / "people.jsonl"
    rows = [
        {"id": "p1", "schema": "Person", "properties": {"name": ["Amina Diallo"], "birthDate": ["long ago"]}},
        {"id": "p2", "schema": "Person", "properties": {"name": ["דוד כהן\x1b[31m"], "nationality": ["Israeli"]}},
        {"id": "c1", "schema": "Company", "properties": {"name": ["Red Sea Trading"]}},
    ]
    path.write_text("\n".join(json.dumps(row) for row in rows))
    return path


def _run(capfd: pytest.CaptureFixture[str], *args: str | Path) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as stop:
        main([str(arg) for arg in args])
    out, err = capfd.readouterr()
    return int(stop.value.code or 0), out, err


def _json(capfd: pytest.CaptureFixture[str], *args: str | Path) -> list[dict[str, object]]:
    code, out, _ = _run(capfd, *args, "--json")
    assert code == 0
    return [json.loads(line) for line in out.splitlines()]


def test_load_list_show_stats(desk: Path, people: Path, capfd: pytest.CaptureFixture[str]) -> None:
    code, out, err = _run(capfd, "records", "load", people, "--purpose", "asset-recovery", "--handling", "h1")
    assert code == 0
    assert "people.jsonl\t3\t3\t0\t0\t0\t0" in out
    assert "1 × Person birthDate: no date that can be read" in err
    assert [row["id"] for row in _json(capfd, "records", "list")] == ["p1", "p2", "c1"]
    assert [row["id"] for row in _json(capfd, "records", "list", "--where", "schema = Company")] == ["c1"]
    code, out, err = _run(capfd, "records", "list", "--limit", "1", "--offset", "1")
    assert "דוד כהן" in out
    assert "\x1b" not in out
    assert "1 more: --offset 2" in err
    [shown] = _json(capfd, "records", "show", "p1")
    assert shown["terms"] == {
        "purposes": ["asset-recovery"],
        "handling": ["europol:H1"],
        "owners": [],
        "status": [],
        "restricted": False,
        "until": None,
    }
    code, out, _ = _run(capfd, "records", "show", "p2")
    assert "\x1b" not in out
    assert "asset-recovery" in out
    [stats] = _json(capfd, "records", "stats")
    assert stats["schemata"] == {"Person": 2, "Company": 1}
    code, out, _ = _run(capfd, "records", "stats")
    assert "Latin 1" in out


def test_a_load_stands_in_the_ledger_without_a_value(
    desk: Path, people: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    from accord.arrangement import keys
    from accord.ledger import Log
    from accord.vault import Folder

    _json(capfd, "records", "load", people)
    folder = Folder.open(desk, "pass")
    own = keys(folder)
    [entry] = Log(folder.engine(), own.sign, own.party).entries()
    assert entry.kind == "records.load"
    assert "Diallo" not in repr(entry)
    assert "people" not in repr(entry)


def test_errors_stop_the_whole_load_unless_told_otherwise(
    desk: Path, people: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    bad = tmp_path / "bad.jsonl"
    bad.write_text('{"id": "x1", "schema": "Person", "properties": {}}\n{"schema": "Person"}\nnot json\n')
    code, out, err = _run(capfd, "records", "load", people, bad)
    assert code == 1
    assert "bad.jsonl:2: the entity has no id" in err
    assert "bad.jsonl:3: the line is not JSON" in err
    assert "--skip-invalid" in err
    assert _json(capfd, "records", "list") == []
    code, out, err = _run(capfd, "records", "load", people, bad, "--skip-invalid")
    assert code == 0
    assert "bad.jsonl\t1\t1\t0\t0\t0\t2" in out
    assert "left out: bad.jsonl:3" in err
    [row] = _json(capfd, "records", "load", bad, "--skip-invalid")
    assert isinstance(row["problems"], list)
    assert len(row["problems"]) == 2


def test_usage_errors_say_what_to_do(desk: Path, people: Path, capfd: pytest.CaptureFixture[str]) -> None:
    code, _, err = _run(capfd, "records", "load", people, "--handling", "secret")
    assert code == 1
    assert "tlp:AMBER" in err
    code, _, err = _run(capfd, "records", "list", "--where", "name >< x")
    assert code == 2
    code, _, err = _run(capfd, "records", "show", "nobody")
    assert code == 1
    assert "records list" in err
    code, _, err = _run(capfd, "records", "list")
    assert "The desk is empty" in err


def test_the_wrong_passphrase_opens_nothing(
    desk: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ACCORD_PASSPHRASE", "guess")
    code, _, err = _run(capfd, "records", "list")
    assert code == 1
    assert "vault.passphrase" in err


def test_a_newer_file_changes_only_what_changed_and_removes_what_is_gone(
    desk: Path, people: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    _json(capfd, "records", "load", people, "--source", "list")
    rows = [json.loads(line) for line in people.read_text().splitlines()]
    rows[0]["properties"]["birthDate"] = ["1963"]
    newer = tmp_path / "newer.jsonl"
    newer.write_text("\n".join(json.dumps(row) for row in rows[:2]))
    [row] = _json(capfd, "records", "load", newer, "--source", "list", "--complete")
    assert [row[name] for name in ("records", "new", "changed", "unchanged", "removed")] == [2, 0, 1, 1, 1]
    assert [row["id"] for row in _json(capfd, "records", "list")] == ["p1", "p2"]
    assert _json(capfd, "records", "load", newer, "--source", "other", "--complete")[0]["removed"] == 0


def test_complete_and_skip_invalid_do_not_go_together(
    desk: Path, people: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Else one line that cannot be read would delete its record from the desk."""
    code, _, err = _run(capfd, "records", "load", people, "--complete", "--skip-invalid")
    assert code == 2
    assert "records.complete" in err
    code, _, err = _run(capfd, "records", "load", people, people, "--complete", "--source", "list")
    assert code == 2


def test_what_cannot_be_read_is_marked_in_show_and_counted_in_stats(
    desk: Path, people: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    _json(capfd, "records", "load", people)
    out = _run(capfd, "records", "show", "p1")[1]
    assert "long ago  ← no date that can be read" in out
    [shown] = _json(capfd, "records", "show", "p1")
    assert [(odd["property"], odd["value"]) for odd in shown["odd"]] == [("birthDate", "long ago")]
    [stats] = _json(capfd, "records", "stats")
    assert {row["property"]: row["odd"] for row in stats["properties"] if row["schema"] == "Person"} == {
        "name": 0,
        "birthDate": 1,
        "nationality": 0,
    }


def test_a_property_that_no_schema_has_is_named_with_its_likeness(
    desk: Path, people: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """With `!=` a typing error would choose every record, for a question to a partner too."""
    _json(capfd, "records", "load", people)
    for where in ("nationalty = Iran", "nationalty != Iran"):
        code, _, err = _run(capfd, "records", "list", "--where", where)
        assert code == 2
        assert "nationality" in err


def test_a_purpose_that_the_accord_does_not_know_is_refused_at_the_load(
    desk: Path, people: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    code, _, err = _run(capfd, "records", "load", people, "--purpose", "curiosity")
    assert code == 0
    assert "adopted no accord yet" in err
    from accord import arrangement

    class _Adopted:
        purposes: ClassVar = {"asset-recovery": "", "investigation": ""}

    monkeypatch.setattr(arrangement, "adopted", lambda folder: _Adopted)
    code, _, err = _run(capfd, "records", "load", people, "--purpose", "curiosity")
    assert code == 2
    assert "asset-recovery, investigation" in err
    assert _run(capfd, "records", "load", people, "--purpose", "investigation")[0] == 0


def test_a_missing_file_is_a_wrong_call_and_a_broken_mapping_names_its_line(
    desk: Path, people: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert _run(capfd, "records", "load", tmp_path / "nowhere.jsonl")[0] == 2
    assert _run(capfd, "records", "draft-mapping", tmp_path / "nowhere.csv")[0] == 2
    (tmp_path / "m.toml").write_text('[[entity]]\nschema = "Person"\nid = \n')
    (tmp_path / "t.csv").write_text("No\n1\n")
    code, out, _ = _run(capfd, "records", "load", tmp_path / "t.csv", "--mapping", tmp_path / "m.toml", "--json")
    assert code == 1
    assert json.loads(out)["error"]["problems"][0]["line"] == 3


def test_a_file_that_was_cut_short_does_not_empty_the_desk(
    desk: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "list.jsonl"
    rows = [json.dumps({"id": f"p{n}", "schema": "Person", "properties": {"name": [f"N {n}"]}}) for n in range(30)]
    path.write_text("\n".join(rows))
    _json(capfd, "records", "load", path, "--complete")
    path.write_text("\n".join(rows[:9]))
    code, _, err = _run(capfd, "records", "load", path, "--complete")
    assert code == 1
    assert "records.removal" in err
    assert len(_json(capfd, "records", "list")) == 30
    [row] = _json(capfd, "records", "load", path, "--complete", "--remove-many")
    assert (row["unchanged"], row["removed"]) == (9, 21)
