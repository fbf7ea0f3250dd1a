"""A lost laptop, a found memory stick, a process killed in the middle: a planted name is grepped for in every byte."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest

from accord import exchange
from accord.errors import PolicyError
from accord.records import Entity

PLANTED = "Zbigniewa Quetzalcoatl-Plantagenet"
SPELLINGS = [
    PLANTED.encode(), b"Quetzalcoatl", b"quetzalcoatl", b"plantagenet", b"1963-07-21",
    PLANTED.encode("utf-16-le"), b"X9988776",
]  # fmt: skip
NEUTRAL = {"political": "no", "military": "no", "religious": "no", "racial": "no"}


def planted() -> dict[str, Any]:
    values = {"name": (PLANTED,), "birthDate": ("1963-07-21",)}
    return {
        "ours": [Entity("u1", "Person", values)],
        "theirs": [Entity("i1", "Person", {**values, "passportNumber": ("X9988776",)})],
    }


def nowhere(*folders: Path) -> None:
    looked_at = 0
    for folder in folders:
        for path in folder.rglob("*"):
            if path.is_file() and path.stat().st_size < 1 << 27:
                looked_at += 1
                content = path.read_bytes()
                assert not any(word in content for word in SPELLINGS), path
    assert looked_at > 4


@pytest.fixture
def private_temp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.mark.engines
def test_attack_stolen_folders_and_files_through_the_whole_conversation(make: Any, private_temp: Path) -> None:
    desks = make(**planted())
    post = desks.root / "post"
    post.mkdir()
    nowhere(desks.root, private_temp)  # after a load
    desks.ask()
    wish = desks.requested()
    exchange.identify(desks.interpol, wish, "same")
    exchange.approve(desks.interpol, wish, "approver", NEUTRAL)
    desks.carry(exchange.release(desks.interpol, wish), "unodc")
    assert exchange.read(desks.unodc, wish, "investigation").fields["passportNumber"] == ["X9988776"]
    nowhere(desks.root, private_temp)  # while the fields are held
    desks.carry(exchange.recall(desks.interpol, wish), "unodc")
    for number, message in enumerate(desks.carried):
        (post / f"{number}.age").write_bytes(message)
    nowhere(desks.root, private_temp)  # after the recall, with every message that was carried


def test_attack_recall_leaves_no_copy_even_for_who_knows_the_passphrase(make: Any) -> None:
    """Everything that the receiver's database still holds is read out: no released value is in it."""
    desks = make(**planted())
    desks.ask()
    wish = desks.requested(properties=("passportNumber",))
    exchange.identify(desks.interpol, wish, "same")
    exchange.approve(desks.interpol, wish, "approver", NEUTRAL)
    desks.carry(exchange.release(desks.interpol, wish), "unodc")
    desks.carry(exchange.recall(desks.interpol, wish), "unodc")
    with desks.unodc.reading() as connection:
        tables = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'").scalars().all()
        rows = [row for table in tables for row in connection.exec_driver_sql(f'SELECT * FROM "{table}"')]
    assert rows
    assert "X9988776" not in repr(rows)
    with pytest.raises(PolicyError):
        exchange.read(desks.unodc, wish, "investigation")


KILLED = """
import sys, os, signal, datetime as dt
from pathlib import Path
from accord import exchange
from accord.exchange import Party, carrier
stop = int(sys.argv[3])
calls = 0
def counted(real):
    def call(*given, **named):
        global calls
        calls += 1
        if calls == stop:
            os.kill(os.getpid(), signal.SIGKILL)
        return real(*given, **named)
    return call
carrier.state.put = counted(carrier.state.put)
Party.note = counted(Party.note)
carrier.seal = counted(carrier.seal)
now = dt.datetime.fromisoformat(sys.argv[4])
party = Party.open(Path(sys.argv[1]), "correct horse battery staple", clock=lambda: now)
if sys.argv[2] == "recall":
    exchange.recall(party, sys.argv[5])
elif sys.argv[2] == "release":
    exchange.release(party, sys.argv[5])
else:
    exchange.receive(party, Path(sys.argv[2]).read_bytes())
print("done")
"""


def passed_on(desks: Any, message: bytes | None, to: str, steps: int) -> tuple[bytes, str]:
    """The message that is due after so many steps, and to whom."""
    for _ in range(steps):
        message, to = exchange.receive(desks.of(to), message).reply, "unodc" if to == "interpol" else "interpol"
    assert message is not None
    return message, to


def killed_at_each_write(desks: Any, message: bytes, to: str, private_temp: Path) -> Any:
    """The desks after a process that took this message was killed at several writes: nothing of it has happened."""
    file, before, hits = desks.root / "message.age", list(desks.of(to).log.entries()), exchange.hits(desks.of(to))
    file.write_bytes(message)
    desks.of(to).folder.close()
    for stop in (2, 4):
        command = [sys.executable, "-c", KILLED, str(desks.root / to), str(file), str(stop), desks.clock[0].isoformat()]
        killed = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, env=os.environ)
        if killed.returncode == 0:
            break  # the step has fewer writes than that
        assert killed.returncode == -signal.SIGKILL, killed.stderr
        nowhere(desks.root, private_temp)
        desks = desks.reopen()
        assert list(desks.of(to).log.entries()) == before
        assert exchange.hits(desks.of(to)) == hits
        desks.of(to).folder.close()
    return desks.reopen()


@pytest.mark.parametrize("step", [0, 1, 2, 3])
def test_attack_kill_at_every_write_of_a_step(make: Any, private_temp: Path, step: int) -> None:
    """kill -9 inside the transaction of each step: nothing of it has happened, and the message is taken afterwards."""
    desks = make(**planted())
    message = exchange.ask(desks.unodc, "interpol", "investigation", "case-7")
    message, to = passed_on(desks, message, "interpol", step)
    desks = killed_at_each_write(desks, message, to, private_temp)
    desks.carry(message, to)
    assert [row["record"] for row in exchange.hits(desks.unodc)] == ["u1"]


@pytest.mark.parametrize("step", [0, 1])
def test_attack_kill_while_a_sample_is_opened_and_checked(make: Any, private_temp: Path, step: int) -> None:
    desks = make(**planted(), edit=lambda text: text.replace("\ndays = 0 ", "\ndays = 5 "))
    drawn = exchange.audit(desks.interpol, desks.ask()[0].session, "unodc")
    message, to = passed_on(desks, drawn, "unodc", step)
    desks = killed_at_each_write(desks, message, to, private_temp)
    desks.carry(message, to)
    assert [one.verdict for one in exchange.audits(desks.interpol)] == ["sound"]
    nowhere(desks.root, private_temp)


@pytest.mark.engines
@pytest.mark.parametrize("verb", ["release", "recall"])
def test_attack_kill_at_the_writes_of_a_release_and_of_a_recall(make: Any, private_temp: Path, verb: str) -> None:
    """Either nothing of it has happened, or all of it; and it is done afterwards."""
    desks = make(**planted())
    desks.ask()
    wish = desks.approved() if verb == "release" else desks.released()
    before = list(desks.interpol.log.entries())
    desks.interpol.folder.close()
    for stop in (2, 4):
        command = [sys.executable, "-c", KILLED, str(desks.root / "interpol"), verb, str(stop)]
        command += [desks.clock[0].isoformat(), wish]
        killed = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, env=os.environ)
        assert killed.returncode == -signal.SIGKILL, killed.stderr
        nowhere(desks.root, private_temp)
        desks = desks.reopen()
        assert list(desks.interpol.log.entries()) == before
        desks.interpol.folder.close()
    desks = desks.reopen()
    message = exchange.release(desks.interpol, wish) if verb == "release" else exchange.recall(desks.interpol, wish)
    desks.carry(message, "unodc")
    assert {line.waits_for for line in exchange.status(desks.unodc)} == {"nobody"}
