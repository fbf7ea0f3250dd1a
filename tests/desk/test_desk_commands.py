"""`accord desk` refuses what would open it to others, and keeps accounts and tokens by command."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from accord.arrangement import NewParty, create_desk
from accord.arrangement.model import Contact
from accord.cli import cli
from accord.errors import UsageError
from accord.vault import TESTS

WORDS = {"ACCORD_PASSPHRASE": "correct horse battery staple", "ACCORD_ACCOUNT_PASSWORD": "seven wet stones"}


@pytest.fixture
def desk(tmp_path: Path) -> str:
    create_desk(tmp_path / "d", WORDS["ACCORD_PASSPHRASE"], NewParty("d", "D", Contact("D")), cost=TESTS).close()
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
