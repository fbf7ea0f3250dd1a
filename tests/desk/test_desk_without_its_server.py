"""The desk while the PostgreSQL server that holds its state is away: it says so, and works again when it is back."""

from __future__ import annotations

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
