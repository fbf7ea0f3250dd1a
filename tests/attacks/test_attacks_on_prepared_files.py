"""What was prepared rots on the disk, or is altered at the server: questions are answered all the same."""

from __future__ import annotations

import os
import shutil
from contextlib import closing
from pathlib import Path
from typing import Any

import orjson
import pytest

from accord import exchange
from accord.errors import InputError
from accord.exchange import preparing
from accord.records import Entity, made

from .auditing import audited
from .conftest import desks_module
from .test_attacks_by_partners import silent
from .test_attacks_on_prepared_answers import PURPOSE, answered, public_of, question, unused

MANY = [  # more than a page of each file holds
    Entity(
        f"m{one}", "Person", {"name": (f"Kaltenb{one}runner Ximena{one}",), "birthDate": (f"19{one % 50 + 50}-05-17",)}
    )
    for one in range(900)
]


def rotten(desks: Any, one: exchange.Prepared, part: str = "") -> None:
    """One bit in the middle of a file turns over: unlike a change by a program, that leaves the file its time."""
    folder = desks.interpol.folder
    file = folder.path / "pages" / "prepared" / (one.id + part)
    with file.open("r+b") as opened:
        opened.seek(file.stat().st_size // 2)
        turned = opened.read(1)[0] ^ 1
        opened.seek(-1, 1)
        opened.write(bytes([turned]))
    if not part:
        with closing(folder.open_pages(f"prepared/{one.id}", bytes.fromhex(one.key))) as pages:
            row = orjson.loads(made.kept(folder)[one.id]) | {"place": pages.place}
        with desks.interpol.writing() as connection:
            made.keep(connection, {one.id: orjson.dumps(row)}, made.state(folder))


@pytest.mark.parametrize("part", ["", ".marks", ".quiet"])
def test_a_file_that_rots_in_its_middle_ends_its_answer_and_no_question(tmp_path: Path, part: str) -> None:
    quiet = part == ".quiet"
    holdings = {"interpol": [*desks_module.THEIRS, *MANY], "unodc": desks_module.OURS, "europol": []}
    edit = audited("europol")
    parties, clock = desks_module.make_parties(tmp_path, holdings, lambda text: (silent if quiet else str)(edit(text)))
    desks = desks_module.Three(tmp_path, parties, clock)
    first, second = sorted(exchange.prepare(desks.interpol, "unodc", PURPOSE, 2), key=lambda one: one.id)
    rotten(desks, first, part)
    assert {one.id for one in exchange.prepared(desks.interpol)} == {first.id, second.id}
    desks.carry(question(desks), "interpol")
    assert exchange.prepared(desks.interpol) == []  # the second was used
    assert [entry.kind for entry in desks.interpol.log.entries(about=first.id)][-1] == "exchange.damaged"
    assert {row["state"] for row in exchange.hits(desks.interpol)} == {"silent" if quiet else "contact"}
    assert made.kept(desks.interpol.folder) == {}


@pytest.mark.skipif(os.name == "nt", reason="there a file keeps the time of its making")
@pytest.mark.parametrize("killed", [False, True])
def test_attack_the_database_alone_put_back_to_an_earlier_day(
    desks: Any, monkeypatch: pytest.MonkeyPatch, killed: bool
) -> None:
    """Row and log are as before the question, and the file is no copy; an asker that has not seen the answer yet asks again.

    A desk that was killed as soon as it had kept its answer moves the file on when it starts again.
    """
    (one,) = exchange.prepare(desks.interpol, "unodc", PURPOSE)
    first, second = question(desks), question(desks)
    desks.interpol.folder.close()
    database, backup = desks.root / "interpol" / "state.db", desks.root / "backup.db"
    shutil.copyfile(database, backup)
    with monkeypatch.context() as patched:
        if killed:
            patched.setattr(preparing, "move_on", lambda *_: None)
        assert answered(desks, first).header.body["public"] == public_of(one)
    desks.reopen().interpol.folder.close()
    shutil.copyfile(backup, database)
    again = desks.reopen()
    assert again.interpol.log.entries(about=one.id)
    assert exchange.prepared(again.interpol) == []
    assert answered(again, second).header.body["public"] != public_of(one)


def test_what_matched_comes_to_a_machine_that_did_not_answer(desks: Any) -> None:
    """It is told where to go; nothing has changed, and there the message is taken."""
    answer = exchange.receive(desks.interpol, question(desks)).reply
    matches = exchange.receive(desks.unodc, answer).reply
    (file,) = (desks.root / "interpol" / "pages" / "prepared").iterdir()
    away = file.rename(desks.root / "away")
    before = len(desks.interpol.log)
    with pytest.raises(InputError, match="not in this folder") as told:
        exchange.receive(desks.interpol, matches)
    assert "the machine that answered" in told.value.remedy
    assert len(desks.interpol.log) == before
    away.rename(file)
    desks.carry(matches, "interpol")
    assert exchange.hits(desks.unodc)


@pytest.mark.parametrize("state", ["postgresql"], indirect=True)
def test_attack_a_row_of_what_was_prepared_altered_at_the_server(desks: Any, state: str) -> None:
    """It can be used no more, and hinders nothing: the desk opens, ends it and says so in its log."""
    assert state
    one, other = exchange.prepare(desks.interpol, "unodc", PURPOSE, 2)
    with desks.interpol.writing() as connection:
        connection.exec_driver_sql("UPDATE records_made SET data = 'nothing' WHERE id = %s", (one.id,))
    assert exchange.prepared(desks.interpol) == [other]
    again = desks.reopen()
    assert made.altered(again.interpol.folder) == set()
    assert [entry.kind for entry in again.interpol.log.entries(about=one.id)][-1] == "exchange.damaged"
    assert not unused(again, other)
