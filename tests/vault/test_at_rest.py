"""What a stolen folder shows: every byte is searched for a planted name, after writes and after kill -9."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from accord.errors import InputError
from accord.vault import TESTS, Folder

PLANTED = "Zebulon Quackenbush"
PASSPHRASE = "seven grey herons"

WRITER = """
import sys, pyarrow as pa
from pathlib import Path
from sqlalchemy import text
from accord.vault import Folder
folder = Folder.open(Path(sys.argv[1]), "seven grey herons")
table = pa.table({"name": ["Zebulon Quackenbush"] * 20_000, "n": list(range(20_000))})
turn = 0
while True:
    turn += 1
    folder.seal("notes", b"Zebulon Quackenbush" * 5_000)
    folder.write_parquet("records/a", table)
    with folder.engine().begin() as connection:
        connection.execute(text("CREATE TABLE IF NOT EXISTS t (name TEXT)"))
        connection.execute(text("INSERT INTO t SELECT :n FROM sqlite_master"), {"n": "Zebulon Quackenbush"})
    print(turn, flush=True)
"""


def places_with_the_name(*roots: Path) -> list[Path]:
    """Files whose bytes or path hold the planted name, in UTF-8 or UTF-16."""
    needles = [PLANTED.encode(), PLANTED.encode("utf-16-le"), b"Quackenbush"]
    found = []
    for root in roots:
        for path in root.rglob("*"):
            if path.is_file() and (any(needle in path.read_bytes() for needle in needles) or PLANTED in str(path)):
                found.append(path)
    return found


@pytest.mark.skipif(os.name == "nt", reason="kill -9")
@pytest.mark.parametrize("moment", range(3))
def test_attack_stolen_laptop_after_kill(tmp_path: Path, moment: int) -> None:
    desk, scratch = tmp_path / "desk", tmp_path / "tmp"
    scratch.mkdir()
    Folder.create(desk, PASSPHRASE, cost=TESTS)
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(desk)],
        stdout=subprocess.PIPE,
        env={**os.environ, "TMPDIR": str(scratch), "SQLITE_TMPDIR": str(scratch)},
        cwd=scratch,
    )
    assert writer.stdout is not None
    assert writer.stdout.readline() == b"1\n"
    time.sleep(0.013 * moment)  # anywhere in the middle of a write
    writer.kill()
    writer.wait()
    writer.stdout.close()
    assert places_with_the_name(desk, scratch) == []

    again = Folder.open(desk, PASSPHRASE)
    assert again.unseal("notes").startswith(PLANTED.encode())
    assert again.read_parquet("records/a").num_rows == 20_000
    with again.engine().connect() as connection:
        assert connection.exec_driver_sql("PRAGMA integrity_check").scalar_one() == "ok"
        assert connection.exec_driver_sql("SELECT count(*) FROM t").scalar_one() >= 1
    again.close()
    assert [path.name for path in desk.rglob(".unfinished-*")] == []
    assert places_with_the_name(desk, scratch) == []


def test_attack_a_power_cut_that_undoes_what_was_done(tmp_path: Path) -> None:
    """A deleted journal that is back would undo the last commit: a key used for one question would serve another.

    With EXTRA (3) SQLite flushes the folder after it deleted the journal.
    """
    with Folder.create(tmp_path / "desk", PASSPHRASE, cost=TESTS).engine().connect() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar_one() == "delete"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar_one() == 3


def test_the_search_itself_finds_a_planted_name(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"xx" + PLANTED.encode() + b"xx")
    assert places_with_the_name(tmp_path) == [tmp_path / "file"]


@pytest.mark.skipif(os.name == "nt", reason="kill -9")
def test_a_folder_half_made_by_a_killed_init_is_cleared_by_the_next(tmp_path: Path) -> None:
    script = (
        "import sys, os, signal; from pathlib import Path; from accord.vault import TESTS, Folder\n"
        "def fill(folder):\n    folder.seal('keys/sign', b'x'); os.kill(os.getpid(), signal.SIGKILL)\n"
        "Folder.create(Path(sys.argv[1]), 'pass', cost=TESTS, fill=fill)"
    )
    desk = tmp_path / "desk"
    subprocess.run([sys.executable, "-c", script, str(desk)], check=False)
    assert not desk.exists()
    assert len(list(tmp_path.iterdir())) == 1
    Folder.create(desk, PASSPHRASE, cost=TESTS)
    assert list(tmp_path.iterdir()) == [desk]


def test_leftovers_of_a_living_writer_are_left_alone(tmp_path: Path) -> None:
    folder = Folder.create(tmp_path / "desk", PASSPHRASE, cost=TESTS)
    with folder.lock():
        (folder.path / ".unfinished-0").write_bytes(b"at work")
        Folder.open(folder.path, PASSPHRASE)
        assert (folder.path / ".unfinished-0").exists()
    Folder.open(folder.path, PASSPHRASE)
    assert not (folder.path / ".unfinished-0").exists()


@pytest.mark.parametrize(
    ("pragma", "why"), [("max_page_count = 1", "the disk is full"), ("query_only = ON", "it is read-only")]
)
def test_a_disk_without_room_is_no_fault_of_accord(tmp_path: Path, pragma: str, why: str) -> None:
    folder = Folder.create(tmp_path / "desk", PASSPHRASE, cost=TESTS)
    with folder.engine().connect() as connection:
        connection.exec_driver_sql(f"PRAGMA {pragma}")
        with pytest.raises(InputError, match=why) as told:
            connection.exec_driver_sql("CREATE TABLE t AS SELECT hex(zeroblob(40000))")
    assert (told.value.code, told.value.remedy[:8]) == ("state.disk", "see that")
    folder.close()


def test_a_database_that_another_program_holds_is_not_said_to_be_altered(tmp_path: Path) -> None:
    folder = Folder.create(tmp_path / "desk", PASSPHRASE, cost=TESTS)
    writing = folder.engine().execution_options(accord_writes=True)
    with writing.begin(), writing.connect() as other:
        driver = other.connection.driver_connection
        assert driver is not None
        driver.execute("PRAGMA busy_timeout = 0")
        with pytest.raises(InputError, match="another program holds"):
            other.exec_driver_sql("SELECT 1")
    folder.close()
