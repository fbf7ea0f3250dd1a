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
    assert run("arrangement show accord.toml --for officer --out page.html")[0] == 0
    assert "Content-Security-Policy" in (tmp_path / "page.html").read_text()
    assert json.loads(run("arrangement schema")[1])["title"] == "accord.toml"

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


def test_check_names_a_class_of_marks_that_there_is_not(run, tmp_path: Path) -> None:
    """A slip of the pen was a limit that no mark counts against, and nobody noticed."""
    run("init a --party unit-a --name UnitA --contact Office<o@a.example>")
    run("init b --party unit-b --name UnitB --contact Office<o@b.example>")
    run("arrangement draft --party a/party.toml --party b/party.toml --out accord.toml")
    limits = '"spelled name + no date at" = 5\n"speled name" = 9\n"full date + two name words" = 9\n"identifier" = 3'
    text = (tmp_path / "accord.toml").read_text("utf-8")
    text = text.replace("[quotas.marks_per_class]", f"[quotas.marks_per_class]\n{limits}")
    (tmp_path / "accord.toml").write_text(text, "utf-8")
    code, out, _ = run("arrangement check accord.toml")
    assert code == 0
    named = [line for line in out.splitlines() if "there is no class of marks" in line]
    assert [("speled name" in line, "full date + two" in line) for line in named] == [(False, True), (True, False)]


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


def test_three_parties_new_keys_and_a_withdrawal_by_commands(run, tmp_path: Path) -> None:
    for name in "abc":
        assert run(f"init {name} --party unit-{name}")[0] == 0
    run("arrangement draft --party a/party.toml --party b/party.toml --out 1.toml")
    for verb in ("sign", "adopt"):
        for desk in "ab":
            assert run(f"arrangement {verb} 1.toml --desk {desk}")[0] == 0
    assert run("arrangement new-keys --desk a --json")[0] == 0
    assert run("arrangement new-keys --officer maria:approve --desk a")[0] == 0
    code, _, err = run("arrangement amend 1.toml --party a/party.toml --party c/party.toml --out 2.toml")
    assert (code, "every party signs" in err) == (0, True)
    assert run("arrangement amend 1.toml --out 2.toml")[0] == 2
    assert run("arrangement check 2.toml")[0] == 0
    for desk in "abc":
        assert run(f"arrangement sign 2.toml --desk {desk}")[0] == 0
    code, _, err = run("arrangement verify 2.toml --after 1.toml")
    assert (code, "continues 1.toml" in err) == (0, True)
    assert run("arrangement verify 1.toml --after 2.toml")[0] == 1
    for desk in "abc":
        assert run(f"arrangement adopt 2.toml --desk {desk}")[0] == 0
    assert run("ledger verify --desk a")[0] == 0
    assert run("ledger show --desk a")[0] == 0
    code, out, _ = run("arrangement history --desk a --json")
    assert [json.loads(line)["version"] for line in out.splitlines()] == [1, 2]

    assert run("arrangement withdraw --reason over --out notice.json --desk c --yes")[0] == 0
    assert run("arrangement withdraw --out again.json --desk c --yes")[0] == 0
    assert (tmp_path / "notice.json").read_bytes() == (tmp_path / "again.json").read_bytes()
    for desk in "ab":
        code, out, _ = run(f"arrangement notice notice.json --desk {desk}")
        assert (code, "unit-c left the accord" in out) == (0, True)
    assert "unit-c (" in run("arrangement history --desk a")[1]
    assert run("arrangement notice 2.toml --desk b")[0] == 1
    assert run("arrangement amend 2.toml --left unit-c --revoke unit-a/approver --out 3.toml")[0] == 0
    assert run("arrangement check 3.toml")[0] == 0


def test_an_officer_gets_a_passphrase_of_their_own(run, monkeypatch: pytest.MonkeyPatch) -> None:
    code, _, err = run("init a --party unit-a")
    assert (code, "arrangement protect" in err) == (0, True)
    assert run("arrangement protect approver --desk a")[0] == 2
    monkeypatch.setenv("ACCORD_NEW_PASSPHRASE", "a heron")
    assert run("arrangement protect approver --desk a")[0] == 0
    assert run("arrangement protect approver --desk a")[0] == 1
    monkeypatch.setenv("ACCORD_OFFICER_PASSPHRASE", "a heron")
    assert run("arrangement protect approver --desk a --json")[0] == 0
    code, _, err = run("arrangement protect nobody --desk a")
    assert (code, "use one of: analyst, approver" in err) == (2, True)


def test_errors_name_the_file_and_the_line(run, tmp_path: Path) -> None:
    run("init a --party unit-a")
    run("init b --party unit-b")
    run("arrangement draft --party a/party.toml --party b/party.toml --out accord.toml")
    (tmp_path / "accord.toml.sigs").write_text("{}")
    code, _, err = run("arrangement verify accord.toml")
    assert (code, "accord.toml.sigs" in err) == (1, True)
    (tmp_path / "bad.toml").write_text('title = "x"\nversion = = 2\n')
    code, out, _ = run("arrangement check bad.toml --json")
    problem = json.loads(out)["error"]["problems"][0]
    assert (code, problem["file"], problem["line"]) == (1, "bad.toml", 2)
    (tmp_path / "bad.toml").write_text('title = "x\n')
    problem = json.loads(run("arrangement check bad.toml --json")[1])["error"]["problems"][0]
    assert problem["line"] == 1
