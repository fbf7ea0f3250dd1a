"""`accord desk` refuses what would open it to others, and keeps accounts and tokens by command."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from accord.arrangement import NewParty, create_desk
from accord.arrangement.model import Contact
from accord.cli import cli
from accord.errors import UsageError
from accord.vault import TESTS

WORDS = {"ACCORD_PASSPHRASE": "correct horse battery staple", "ACCORD_ACCOUNT_PASSWORD": "seven wet stones"}


@pytest.fixture
def desk(tmp_path: Path, state: str) -> str:
    new = NewParty("d", "D", Contact("D"))
    create_desk(tmp_path / "d", WORDS["ACCORD_PASSPHRASE"], new, cost=TESTS, state=state).close()
    return str(tmp_path / "d")


@pytest.mark.parametrize("address", ["0.0.0.0", "192.0.2.7", "::"])
def test_other_addresses_need_a_certificate(desk: str, address: str) -> None:
    result = CliRunner().invoke(cli, ["desk", "serve", desk, "--address", address], env=WORDS)
    assert isinstance(result.exception, UsageError)
    assert result.exception.code == "desk.tls"


def test_every_address_needs_a_name_to_be_called_by(desk: str, tmp_path: Path) -> None:
    for name in ("cert.pem", "key.pem"):
        (tmp_path / name).write_text("")
    tls = ["--cert", str(tmp_path / "cert.pem"), "--key", str(tmp_path / "key.pem")]
    result = CliRunner().invoke(cli, ["desk", "serve", desk, "--address", "0.0.0.0", *tls], env=WORDS)
    assert isinstance(result.exception, UsageError)
    assert result.exception.code == "desk.host"


@pytest.mark.engines
def test_accounts_and_tokens_by_command(desk: str) -> None:
    def run(*words: str) -> str:
        result = CliRunner().invoke(cli, ["desk", *words, "--desk", desk], env=WORDS, catch_exceptions=False)
        assert result.exit_code == 0
        return result.stdout

    run("account", "add", "chen", "--role", "analyst", "--officer", "analyst")
    assert "chen\tanalyst\tanalyst" in run("account", "list")
    secret = run("token", "add", "chen", "--scope", "exchange").strip()
    listed = run("token", "list")
    assert "chen" in listed
    assert secret not in listed
    run("account", "close", "chen")
    assert "closed" in run("account", "list")


def test_who_makes_accounts_is_told_that_nobody_can_approve(desk: str) -> None:
    def said(*words: str) -> str:
        words = ("desk", "account", *words, "--desk", desk)
        return CliRunner().invoke(cli, words, env=WORDS, catch_exceptions=False).stderr

    assert "Nobody can approve yet" not in said("add", "root", "--role", "administrator")
    assert "Nobody can approve yet" in said("add", "chen", "--role", "analyst", "--officer", "analyst")
    assert "eva signs nothing" in said("add", "eva", "--role", "approver")
    assert "Nobody can approve yet" in said("add", "bo", "--role", "analyst")
    assert "signs nothing" not in said("add", "ada", "--role", "approver", "--officer", "approver")
    assert "Nobody can approve yet" not in said("add", "li", "--role", "analyst")
    said("close", "ada")
    assert "Nobody can approve yet" in said("add", "jo", "--role", "analyst")


def test_a_desk_is_made_in_postgresql_and_says_so_without_the_password(tmp_path: Path, postgresql: Any) -> None:
    desk, url = str(tmp_path / "there"), postgresql.new_database().replace("accord@", "accord:planted@")

    def run(*words: str, **more: str) -> str:
        result = CliRunner().invoke(cli, words, env={**WORDS, **more}, catch_exceptions=False)
        assert result.exit_code == 0
        assert "planted" not in result.output
        return result.stdout

    run("init", desk, "--party", "there", ACCORD_STATE=url)
    assert "database" in run("desk", "state", "--desk", desk)
    run("desk", "account", "add", "chen", "--role", "read-only", "--desk", desk)
    run("desk", "state", "--set", "--desk", desk, ACCORD_STATE=url.replace("planted", "planted2"))
    assert '"engine":"postgresql"' in run("desk", "state", "--json", "--desk", desk).replace(": ", ":")
    assert "desk_account" in postgresql.dump(url).decode(errors="replace")
    assert "chen" in run("desk", "account", "list", "--desk", desk)
    assert "1 entr" in run("ledger", "verify", "--desk", desk)


def test_a_desk_in_its_folder_has_no_address_to_set(desk: str) -> None:
    result = CliRunner().invoke(cli, ["desk", "state", "--desk", desk], env=WORDS, catch_exceptions=False)
    assert result.stdout.startswith("SQLite")
    result = CliRunner().invoke(cli, ["desk", "state", "--set", "--desk", desk], env={**WORDS, "ACCORD_STATE": "x"})
    assert isinstance(result.exception, UsageError)
    assert result.exception.code == "state.folder"
