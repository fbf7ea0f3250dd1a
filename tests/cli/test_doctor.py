"""`accord doctor` answers whatever it finds."""

from __future__ import annotations

import json
from importlib import import_module
from pathlib import Path

import pytest

from accord import __version__
from accord.arrangement import NewParty, create_desk
from accord.arrangement.model import Contact
from accord.cli import main
from accord.exchange import mark_scheme
from accord.vault import TESTS, Folder

doctor = import_module("accord.cli.doctor")


def _doctor(capfd: pytest.CaptureFixture[str], *args: str) -> dict[str, object]:
    with pytest.raises(SystemExit) as stop:
        main(["doctor", "--json", *args])
    assert not stop.value.code
    found: dict[str, object] = json.loads(capfd.readouterr().out)
    return found


def test_versions_cores_and_memory(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    found = _doctor(capfd, "--desk", str(tmp_path))
    assert found["accord"] == __version__
    assert isinstance(found["cores"], int)
    assert isinstance(found["memory_gb"], float)
    assert found["pyarrow"] != "missing"
    assert "none here" in str(found["desk"])
    assert found["marks"] == mark_scheme()[:16]


def test_marks_that_cannot_be_drawn_are_no_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> str:
        raise OSError("a wheel of another system")

    monkeypatch.setattr("accord.exchange.mark_scheme", broken)
    assert doctor._marks() == {"found": "cannot be drawn", "note": "OSError"}


def test_the_state_of_the_desk(
    capfd: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    create_desk(tmp_path / "desk", "pass", NewParty("desk", "Desk", Contact("Desk")), cost=TESTS).close()
    monkeypatch.delenv("ACCORD_PASSPHRASE", raising=False)
    assert "locked" in str(_doctor(capfd, "--desk", str(tmp_path / "desk"))["desk"])
    monkeypatch.setenv("ACCORD_PASSPHRASE", "pass")
    found = _doctor(capfd, "--desk", str(tmp_path / "desk"))
    assert (found["desk"], found["state"]) == ("opens, 0 records", "SQLite, encrypted")
    monkeypatch.setenv("ACCORD_PASSPHRASE", "guess")
    assert "does not open" in str(_doctor(capfd, "--desk", str(tmp_path / "desk"))["desk"])


def test_state_on_a_server_is_named_without_its_password(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = Folder.create(tmp_path / "desk", "pass", cost=TESTS)
    folder.seal("state-server", b'{"url": "postgresql://ana:hunter2@127.0.0.1:9/desks", "schema": "accord_1"}')
    folder.close()
    monkeypatch.setenv("ACCORD_PASSPHRASE", "pass")
    found, state, place = doctor._desk(tmp_path / "desk")
    assert "does not open" in found
    assert (state, place) == ("PostgreSQL", "127.0.0.1:9, database desks, accord_1")
    assert "hunter2" not in found


def test_a_part_that_is_missing_or_broken_is_the_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    assert doctor._part("no-such-distribution", "nothing")["found"] == "missing"
    assert "does not load" in str(doctor._part("numpy", "numpy.no_such_module")["found"])


def test_every_part_is_a_dependency_of_the_project() -> None:
    import tomllib

    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text("utf-8"))["project"]
    required = {line.split(">")[0].split("[")[0] for line in project["dependencies"]}
    assert set(doctor._PARTS) <= required


def test_people_get_a_table(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    with pytest.raises(SystemExit):
        main(["doctor", "--desk", str(tmp_path)])
    out = capfd.readouterr().out
    assert out.startswith("what\tfound\tnote\naccord\t")
