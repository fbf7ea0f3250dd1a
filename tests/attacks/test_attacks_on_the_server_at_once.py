"""Two machines write to one state on a server, processes are killed, connections break: nothing is lost."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from tests.attacks.on_a_server import NOW, PASSWORD, a_desk, log_of

from accord.arrangement import keys
from accord.errors import InputError
from accord.ledger import verify
from accord.vault import Folder

WRITER = """
import sys, datetime as dt
from pathlib import Path
from accord.arrangement import keys
from accord.ledger import Log
from accord.vault import Folder
folder = Folder.open(Path(sys.argv[1]), sys.argv[2])
own = keys(folder)
log = Log(folder.engine(), own.sign, own.party)
for number in range(int(sys.argv[3])):
    with folder.lock(), folder.engine().begin() as connection:
        log.append("asked", sys.argv[4], {"n": number}, at=dt.datetime.now(dt.UTC), within=connection)
    print(number, flush=True)
"""


def test_two_machines_write_to_one_state_and_nothing_is_lost(url: str, tmp_path: Path) -> None:
    """Each has a copy of the folder, so that no lock file is shared: the server's lock alone orders them."""
    import shutil

    a_desk(tmp_path / "one", url).close()
    shutil.copytree(tmp_path / "one", tmp_path / "two")
    command = [sys.executable, "-c", WRITER]
    writers = [
        subprocess.Popen([*command, str(tmp_path / name), PASSWORD, "25", name], stdout=subprocess.DEVNULL)
        for name in ("one", "two")
    ]
    assert [writer.wait(120) for writer in writers] == [0, 0]
    folder = Folder.open(tmp_path / "one", PASSWORD)
    head = verify(folder.engine(), "desk", keys(folder).sign.verify_key)
    assert head is not None
    assert head.size == 50
    said = [(entry.about, entry.details) for entry in log_of(folder).entries()]
    assert all(
        [found for about, found in said if about == name] == [{"n": n} for n in range(25)] for name in ("one", "two")
    )


def test_two_who_write_the_same_place_of_the_log_without_a_lock(url: str, tmp_path: Path, postgresql: Any) -> None:
    """The last guard: one of the two stands, the other is told and has changed nothing."""
    folder = a_desk(tmp_path / "desk", url)
    log = log_of(folder)
    log.append("asked", "case", {}, at=NOW)
    waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted"
    with ThreadPoolExecutor(1) as other:
        with folder.engine().begin() as connection:
            log.append("asked", "first", {}, at=NOW, within=connection)
            second = other.submit(log.append, "asked", "second", {}, at=NOW)
            while postgresql.run("psql", "--dbname", url, "-Atc", waiting).strip() == "0":
                assert not second.done()
        with pytest.raises(InputError) as caught:
            second.result(60)
    assert caught.value.code == "desk.busy"
    assert [entry.about for entry in log.entries()] == ["case", "first"]
    assert verify(folder.engine(), "desk", keys(folder).sign.verify_key) is not None


def test_attack_kill_at_any_moment_loses_nothing_that_was_answered(url: str, tmp_path: Path) -> None:
    folder, known = a_desk(tmp_path / "desk", url), 0
    for _ in range(4):
        command = [sys.executable, "-c", WRITER, str(folder.path), PASSWORD, "100000", "one"]
        writer = subprocess.Popen(command, stdout=subprocess.PIPE)
        assert writer.stdout is not None
        answered = [writer.stdout.readline() for _ in range(5)]
        writer.kill()
        answered += writer.stdout.readlines()
        writer.wait()
        writer.stdout.close()
        known += len([line for line in answered if line.endswith(b"\n")])
        with folder.lock():  # the dead writer's lock is gone
            head = verify(folder.engine(), "desk", keys(folder).sign.verify_key)
        assert head is not None
        assert head.size in (known, known + 1)  # all that was answered, and at most the one under way
        known = head.size
    folder.close()


def test_a_connection_that_broke_is_made_again(url: str, tmp_path: Path, postgresql: Any) -> None:
    folder = a_desk(tmp_path / "desk", url)
    log = log_of(folder)
    log.append("asked", "case", {}, at=NOW)
    kick = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    postgresql.run("psql", "--dbname", url, "--command", kick)
    log.append("asked", "case", {}, at=NOW)

    def broken_in_the_middle() -> None:
        with folder.engine().begin() as connection:
            log.append("asked", "case", {}, at=NOW, within=connection)
            postgresql.run("psql", "--dbname", url, "--command", kick)
            log.append("asked", "case", {}, at=NOW, within=connection)

    with pytest.raises(InputError) as caught:
        broken_in_the_middle()
    assert caught.value.code == "state.unreachable"
    assert len(log) == 2
