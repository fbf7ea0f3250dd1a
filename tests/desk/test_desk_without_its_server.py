"""The desk while the server that holds its state is away, or its disk is full: it says so, and works again afterwards."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING, Any

import pytest

from accord.desk.roles import Can

if TYPE_CHECKING:
    from conftest import Desks


@pytest.mark.parametrize("state", ["alone"], indirect=True)
def test_a_server_that_goes_away_and_comes_back(desks: Desks, state: str, postgresql: Any) -> None:
    ana, name = desks.at("unodc", "ana"), state.partition("@/")[2].partition("?")[0]
    account = desks.unodc.accounts.get("ana")
    assert account is not None
    bearer = {
        "authorization": f"Bearer {desks.unodc.tokens.make(account, frozenset({Can.EXCHANGE}), 1, desks.clock[0])}"
    }

    def away(gone: bool) -> None:
        allowed = f"ALTER DATABASE {name} ALLOW_CONNECTIONS {not gone}"
        kick = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
        postgresql.run("psql", "--dbname", "postgres", "--command", allowed, "--command", kick)

    away(True)
    for path in ("/", "/exchange", "/sign-in"):
        page = ana.client.get(path)
        assert page.status_code in (503, 200)
        assert "PostgreSQL server" in page.text or path == "/sign-in"
    assert ana.client.get("/nowhere").status_code == 404
    answer = ana.client.get("/api/v1/status", headers=bearer)
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "state.unreachable")
    away(False)
    assert "Exchange" in ana.get("/exchange")  # still signed in
    assert ana.client.get("/api/v1/status", headers=bearer).status_code == 200


def test_a_full_disk_is_called_so_and_the_file_can_be_brought_again(
    desks: Desks, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was «a fault of Accord itself»."""
    ours, theirs = desks.at("unodc", "ana"), desks.at("interpol", "ana")
    ours.post("/exchange/ask", {"to": "interpol", "purpose": "investigation", "case": "case-7"}, on="/exchange/ask")
    message = ours.message(ours.conversation)

    def full(_file: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as filled:
        filled.setattr("accord.vault._files.os.fsync", full)
        said = theirs.receive(message, expect=503)
    assert "No space left on device" in said
    assert "has room" in said
    assert "asks blind" in theirs.receive(message)
