"""`exchange status`: what waits for whom, in one screen, however long a desk has been at work."""

from __future__ import annotations

from typing import Any

import pytest

from accord import exchange
from accord.cli import main
from accord.exchange import state

from .conftest import PASSPHRASE


def shown(place: Any, capfd: pytest.CaptureFixture[str], *more: str) -> tuple[list[str], str]:
    with pytest.raises(SystemExit):
        main(["exchange", "status", "--desk", str(place), *more])
    said = capfd.readouterr()
    return said.out.splitlines()[1:], said.err


def test_a_long_history_and_much_that_waits_fit_one_screen(
    desks: Any, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ACCORD_PASSPHRASE", PASSPHRASE)
    desks.ask()
    place = desks.interpol.folder.path
    assert len(shown(place, capfd)[0]) == 1
    wish = desks.requested()  # waits for a person here
    with desks.interpol.writing() as connection:
        old = state.find(connection, state.Session, topic="question")[0]
        for number in range(60):
            waits = number % 2
            like = {"id": f"{number:016x}", "state": "answered" if waits else "closed"}
            state.put(connection, type(old)(**{name: like.get(name, getattr(old, name)) for name in old.__slots__}))
    lines, said = shown(place, capfd)
    assert len(lines) <= 22
    assert lines[0].startswith(wish)
    assert "us" in lines[0].split("\t")
    assert "Not shown: 11 more that wait, 31 that are over (--all shows them)." in " ".join(said.split())
    assert len(shown(place, capfd, "--all")[0]) == len(exchange.status(desks.interpol)) == 62
    assert len(shown(place, capfd, "--json")[0]) == 61  # every line but the first, which has no heading
