"""From two new desks to an adopted accord, by commands; exit codes and what people read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from accord.cli import main


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ACCORD_PASSPHRASE", "seven grey herons")

    def call(line: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as caught:
            main(line.split())
        out, err = capfdbinary.readouterr()
        return int(caught.value.code or 0), out.decode(), err.decode()

    return call


def test_from_two_desks_to_an_adopted_accord(run, tmp_path: Path) -> None:
    assert run("init a --party unit-a --name UnitA --contact Office<o@a.example>")[0] == 0
    code, out, _ = run("init b --party unit-b --officer maria:request+approve --json")
    assert code == 0
    assert json.loads(out)["officers"]["maria"] == ["request", "approve"]
    assert run("init a --party unit-a")[0] == 2
    assert run("arrangement draft --party a/party.toml --party b/party.toml --out accord.toml")[0] == 0
    assert run("arrangement draft --party a/party.toml --party b/party.toml --out accord.toml")[0] == 2
    code, out, _ = run("arrangement check accord.toml --json")
    assert (code, json.loads(out)["problems"]) == (0, [])

    code, out, err = run("arrangement verify accord.toml")
    assert code == 3
    assert "unit-a, unit-b" in err
    assert run("arrangement adopt accord.toml --desk a")[0] == 1
    assert run("arrangement sign accord.toml --desk a")[0] == 0
    code, out, err = run("arrangement verify accord.toml --json")
    assert code == 3
    assert [json.loads(line)["signature"] for line in out.splitlines()] == ["valid", "missing"]
    assert run("arrangement adopt accord.toml --desk a")[0] == 1
    assert run("arrangement sign accord.toml --desk b")[0] == 0
    assert run("arrangement verify accord.toml")[0] == 0
    assert run("arrangement adopt accord.toml --desk a")[0] == 0

    ask = "arrangement may accord.toml --from unit-a --to unit-b --schema Person --purpose investigation"
    code, out, _ = run(f"{ask} --level contact --property name")
    assert (code, "1.1" in out) == (0, True)
    code, out, _ = run(f"{ask} --level release --property name --json")
    assert (code, len(json.loads(out)["needs"])) == (0, 4)
    code, out, err = run(f"{ask} --level release --property religion")
    assert (code, out) == (4, "")
    assert all(word in err for word in ("clause:", "owner of the data: unit-a", "remedy:"))
    code, out, _ = run(f"{ask} --level release --property deathDate --json")
    assert (code, json.loads(out)["clause"]) == (4, "1.1")

    code, out, _ = run("ledger show --desk a --json")
    assert (code, json.loads(out)["what"]) == (0, "accord-adopted")
    assert run("ledger verify --desk a")[0] == 0
    assert "UnitA" in run("arrangement show accord.toml")[1]
    assert "to be completed" in run("arrangement show accord.toml --for dpo")[1]

    document = tmp_path / "accord.toml"
    document.write_text(document.read_text().replace("10000", "99999"))
    assert run("arrangement verify accord.toml")[0] == 1
    _, _, err = run("arrangement sign accord.toml --desk b")
    assert "no longer count" in err
    assert run("arrangement verify accord.toml")[0] == 3


def test_ledger_verify_names_the_altered_entry(run, tmp_path: Path) -> None:
    from sqlalchemy import text

    from accord.vault import Folder

    run("init a --party unit-a")
    run("init b --party unit-b")
    run("arrangement draft --party a/party.toml --party b/party.toml --out accord.toml")
    run("arrangement sign accord.toml --desk a")
    run("arrangement sign accord.toml --desk b")
    run("arrangement adopt accord.toml --desk a")
    with Folder.open(tmp_path / "a", "seven grey herons").engine().begin() as connection:
        connection.execute(text("UPDATE ledger_entry SET body = replace(body, 'accord-adopted', 'accord-adepted')"))
    code, _, err = run("ledger verify --desk a")
    assert code == 1
    assert "entry 0: altered" in err
    code, out, _ = run("ledger verify --desk a --json")
    assert (code, json.loads(out)["error"]["faults"][0]["entry"]) == (1, 0)


def test_check_fails_with_file_and_line(run, tmp_path: Path) -> None:
    run("init a --party unit-a")
    run("init b --party unit-b")
    run("arrangement draft --party a/party.toml --party b/party.toml --out accord.toml")
    document = tmp_path / "accord.toml"
    document.write_text(document.read_text().replace('properties = ["name"', 'properties = ["health", "name"'))
    code, out, _ = run("arrangement check accord.toml")
    assert code == 1
    assert "problem: accord.toml:" in out
    assert run("arrangement sign accord.toml --desk a")[0] == 1


@pytest.mark.parametrize("line", ["init d --party Bad/Id", "init d --party x --officer me", "init d --party x --officer a:boss",
                                  "ledger verify --desk nowhere", "arrangement sign x.toml --desk nowhere"])  # fmt: skip
def test_wrong_calls(run, tmp_path: Path, line: str) -> None:
    assert run(line)[0] in (1, 2)
    assert not (tmp_path / "d").exists()
