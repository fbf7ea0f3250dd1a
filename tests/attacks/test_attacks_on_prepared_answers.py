"""Answers prepared beforehand: used once or never, and for nothing that could not have been answered now."""

from __future__ import annotations

import datetime as dt
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import pytest
from sqlalchemy import delete, select, update

from accord import exchange
from accord.errors import InputError, PolicyError, TrustError
from accord.exchange import Party, preparing, state
from accord.exchange.messages import Message, open_message
from accord.exchange.state import Session
from accord.ledger._store import ENTRIES, RECORDS
from accord.records import Held, RecordTerms, made

from .auditing import asks, audited, audits
from .conftest import desks_module
from .test_attacks_by_partners import silent

PURPOSE = "investigation"


def question(desks: Any, purpose: str = PURPOSE) -> bytes:
    desks.clock[0] += dt.timedelta(hours=1)
    return exchange.ask(desks.unodc, "interpol", purpose, "case-7")


def answered(desks: Any, asked: bytes) -> Message:
    """What the holder answers, opened."""
    reply = exchange.receive(desks.interpol, asked).reply
    key = desks.interpol.sign.verify_key
    return open_message(reply, desks.unodc.decrypt, lambda *_: key, "unodc", 10**7)[0]


def public_of(one: exchange.Prepared) -> str:
    from accord.oblivious.psi import HolderKey

    return HolderKey(bytes.fromhex(one.seed)).public.hex()


def unused(desks: Any, one: exchange.Prepared) -> bool:
    """Whether a question is answered without this prepared answer."""
    return answered(desks, question(desks)).header.body["public"] != public_of(one)


def test_a_prepared_answer_gives_the_same_matches_and_is_used_up(desks: Any) -> None:
    first, second = exchange.prepare(desks.interpol, "unodc", PURPOSE, 2)
    desks.clock[0] += dt.timedelta(hours=1)
    desks.ask()
    assert {row["record"] for row in exchange.hits(desks.unodc)} == {"u1", "u2", "u4"}
    assert [one.id for one in exchange.prepared(desks.interpol)] == [max(first.id, second.id)]
    kinds = [entry.kind for entry in desks.interpol.log.entries()]
    assert (kinds.count("exchange.prepared"), kinds.count("exchange.spent")) == (2, 1)


def test_attack_two_questions_linked_by_one_key(desks: Any) -> None:
    """Each question has a key of its own, and no output of one is an output of the other."""
    exchange.prepare(desks.interpol, "unodc", PURPOSE, 2)
    one, two, unprepared = (answered(desks, question(desks)) for _ in range(3))
    assert len({each.header.body["public"] for each in (one, two, unprepared)}) == 3
    outputs = [each.parts["outputs"] for each in (one, two, unprepared)]
    shown = [{each[start : start + 10] for start in range(0, len(each), 10)} for each in outputs]
    assert len(set().union(*shown)) == sum(map(len, shown))


def test_attack_the_same_question_again_gets_the_same_answer(desks: Any) -> None:
    exchange.prepare(desks.interpol, "unodc", PURPOSE, 2)
    asked = question(desks)
    first, again = (exchange.receive(desks.interpol, asked) for _ in range(2))
    assert (first.reply, again.again) == (again.reply, True)
    assert len(exchange.prepared(desks.interpol)) == 1


@pytest.mark.engines
@pytest.mark.parametrize("ready", [1, 2, 4])
def test_attack_three_questions_at_once_for_the_same_prepared_answer(
    desks: Any, monkeypatch: pytest.MonkeyPatch, ready: int
) -> None:
    """All choose the oldest: one has it, the others the next ones or one made for them; none serves two questions."""
    waiting = exchange.prepare(desks.interpol, "unodc", PURPOSE, ready)
    asked = [question(desks) for _ in range(3)]
    real, together = preparing.fitting, threading.Barrier(3, timeout=60)
    chosen: list[str] = []

    def at_once(*given: Any) -> Any:
        found = real(*given)
        if len(chosen) < 3:  # the first choice of each
            chosen.append(found.id)
            together.wait()
        return found

    monkeypatch.setattr(preparing, "fitting", at_once)

    def receives(message: bytes) -> str:
        party = desks_module.open_desk(desks.root / "interpol", desks.clock)  # as another command does
        return str(answered(replace(desks, interpol=party), message).header.body["public"])

    with ThreadPoolExecutor(3) as crew:
        public = list(crew.map(receives, asked))
    assert len(set(chosen)) == 1
    assert len(set(public)) == 3
    left = exchange.prepared(desks.interpol)
    assert len(left) == max(ready - 3, 0)
    assert set(public) >= {public_of(one) for one in waiting if one not in left}
    assert [entry.kind for entry in desks.interpol.log.entries()].count("exchange.spent") == min(ready, 3)


def test_a_question_that_always_comes_too_late_is_told_so(desks: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    (one,) = exchange.prepare(desks.interpol, "unodc", PURPOSE)
    asked, tries = question(desks), []
    monkeypatch.setattr(preparing, "fitting", lambda *_: tries.append(one) or one)
    monkeypatch.setattr(preparing.made, "drop", lambda *_: False)
    with pytest.raises(InputError, match="another command"):
        exchange.receive(desks.interpol, asked)
    assert len(tries) == preparing.MOST
    assert exchange.status(desks.interpol) == []


def test_attack_a_backup_brings_a_used_answer_back(desks: Any, tmp_path: Path) -> None:
    """The folder as it was before the question, copied back: no file of it is the one that was written."""
    exchange.prepare(desks.interpol, "unodc", PURPOSE)
    desks.interpol.folder.close()
    folder, backup = desks.root / "interpol", tmp_path / "backup"
    shutil.copytree(folder, backup)
    asked = question(desks)
    before = answered(desks, asked).header.body["public"]
    desks.interpol.folder.close()
    shutil.rmtree(folder)
    shutil.copytree(backup, folder)
    restored = desks.reopen()
    assert exchange.prepared(restored.interpol) == []
    assert answered(restored, asked).header.body["public"] != before


def test_attack_a_machine_put_back_to_an_earlier_day(desks: Any) -> None:
    """Even the file is the same, as in a snapshot of the disk: an asker that has seen more of the log gives it away."""
    exchange.prepare(desks.interpol, "unodc", PURPOSE)
    question(desks)
    ledger = {**desks.unodc.log.report("interpol"), "seen": len(desks.interpol.log) + 1}
    assert preparing.fitting(desks.interpol, "unodc", PURPOSE, ledger) is None
    assert preparing.fitting(desks.interpol, "unodc", PURPOSE, {**ledger, "seen": 0}) is not None


@pytest.mark.parametrize("silenced", [False, True])
def test_attack_a_used_row_put_back_into_the_database(desks: Any, silenced: bool) -> None:
    """Who may write there puts the row back as it was: the log has the use. Who deletes the key of what the log says of
    an answer makes all of it silent, the preparing too."""
    (one,) = exchange.prepare(desks.interpol, "unodc", PURPOSE)
    row = made.kept(desks.interpol.folder)
    exchange.receive(desks.interpol, question(desks))
    with desks.interpol.writing() as connection:
        made.keep(connection, row, made.state(desks.interpol.folder))
        if silenced:
            connection.execute(delete(RECORDS).where(RECORDS.c.about == one.id))
    assert exchange.prepared(desks.interpol) == []
    if silenced:
        with pytest.raises(TrustError, match="made unreadable"):
            unused(desks, one)
    else:
        assert unused(desks, one)


@pytest.mark.parametrize("record", [999, None])
def test_attack_the_use_of_an_answer_hidden_from_the_log(
    desks: Any, monkeypatch: pytest.MonkeyPatch, record: int | None
) -> None:
    """Of all that the log says of it, the use alone is made unreadable, or put under another name (the question's)."""
    monkeypatch.setattr(preparing, "move_on", lambda *_: None)  # as if killed before
    exchange.prepare(desks.interpol, "unodc", PURPOSE)
    row = made.kept(desks.interpol.folder)
    exchange.receive(desks.interpol, question(desks))
    use = next(entry.index for entry in desks.interpol.log.entries() if entry.kind == "exchange.spent")
    with desks.interpol.writing() as connection:
        made.keep(connection, row, made.state(desks.interpol.folder))
        other = connection.execute(select(ENTRIES.c.record).where(ENTRIES.c.position == use - 1)).scalar_one()
        moved = update(ENTRIES).where(ENTRIES.c.position == use).values(record=record or other)
        connection.execute(moved)
    desks.clock[0] += dt.timedelta(days=2)  # the days of the quota have no such entry
    with pytest.raises(TrustError) as caught:
        exchange.receive(desks.interpol, question(desks))
    assert caught.value.code == ("ledger.silent" if record else "ledger.details")


@pytest.mark.parametrize("change", ["restricted", "removed", "added", "minor"])
def test_attack_a_record_that_may_not_enter_any_more(desks: Any, change: str) -> None:
    (one,) = exchange.prepare(desks.interpol, "unodc", PURPOSE)
    holding = desks.interpol.holding
    record = holding.get("i1")
    terms = {"restricted": RecordTerms(restricted=True), "minor": RecordTerms(status=("minor",))}
    if change == "removed":
        holding.remove(["i1"])
    elif change == "added":
        holding.load([replace(record.entity, id="i9")], source="more", at=desks.clock[0])
    else:
        holding.revise([Held(record.entity, terms[change], record.source)])
    assert made.kept(desks.interpol.folder) == {}  # the key is gone, and not only out of use
    desks.ask()
    assert ("u1" in {row["record"] for row in exchange.hits(desks.unodc)}) == (change == "added")
    assert exchange.prepared(desks.interpol) == []
    assert one.key not in repr(made.kept(desks.interpol.folder))


def test_a_load_that_changes_no_record_leaves_what_was_prepared(desks: Any) -> None:
    (one,) = exchange.prepare(desks.interpol, "unodc", PURPOSE)
    holding, entities = desks.interpol.holding, desks_module.THEIRS
    assert holding.load(entities, source="interpol.jsonl", at=desks.clock[0], whole=True).unchanged == len(entities)
    assert [each.id for each in exchange.prepared(desks.interpol)] == [one.id]
    holding.load(entities[:1], source="interpol.jsonl", at=desks.clock[0], terms=RecordTerms(restricted=True))
    assert made.kept(desks.interpol.folder) == {}


def test_attack_a_record_changed_while_an_answer_is_prepared(desks: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    real = preparing.Answering

    def meanwhile(*given: Any) -> Any:
        desks.interpol.holding.remove(["i1"])
        return real(*given)

    monkeypatch.setattr(preparing, "Answering", meanwhile)
    with pytest.raises(InputError, match="changed meanwhile"):
        exchange.prepare(desks.interpol, "unodc", PURPOSE)
    assert exchange.prepared(desks.interpol) == []


def test_attack_a_record_whose_term_ends_after_the_preparing(desks: Any) -> None:
    holding, day = desks.interpol.holding, desks.clock[0].date() + dt.timedelta(days=2)
    record = holding.get("i1")
    holding.revise([Held(record.entity, RecordTerms(until=day), record.source)])
    (one,) = exchange.prepare(desks.interpol, "unodc", PURPOSE)
    assert one.until == day.isoformat()
    desks.clock[0] += dt.timedelta(days=3)
    assert unused(desks, one)
    desks.ask()
    assert "u1" not in {row["record"] for row in exchange.hits(desks.unodc)}


def test_attack_an_old_prepared_answer(desks: Any) -> None:
    (one,) = exchange.prepare(desks.interpol, "unodc", PURPOSE)
    desks.clock[0] += dt.timedelta(days=preparing.DAYS + 1)
    assert unused(desks, one)
    preparing.clear(desks.interpol)
    assert made.kept(desks.interpol.folder) == {}


def test_two_commands_that_clear_at_once(desks: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    (one,) = exchange.prepare(desks.interpol, "unodc", PURPOSE)
    desks.clock[0] += dt.timedelta(days=preparing.DAYS + 1)
    seen = [f"prepared/{'0' * 16}"]  # a file that the other command has removed since this one looked
    monkeypatch.setattr(type(desks.interpol.folder), "paged_files", lambda *_: seen)
    preparing.clear(desks.interpol)
    assert one.id not in made.kept(desks.interpol.folder)


@pytest.mark.parametrize("other", [{"partner": "europol"}, {"purpose": "x"}, {"accord": "0"}, {"scheme": "0"}])
def test_attack_an_answer_prepared_for_something_else(desks: Any, other: dict[str, str]) -> None:
    """Another partner, purpose, version of the accord or scheme of marks: it is not taken."""
    (one,) = exchange.prepare(desks.interpol, "unodc", PURPOSE)
    data = orjson.loads(made.kept(desks.interpol.folder)[one.id])
    with desks.interpol.writing() as connection:
        made.keep(connection, {one.id: orjson.dumps(data | other)}, made.state(desks.interpol.folder))
    assert unused(desks, one)


def test_a_row_that_another_version_of_accord_wrote_is_ended(desks: Any) -> None:
    (one,) = exchange.prepare(desks.interpol, "unodc", PURPOSE)
    data = orjson.loads(made.kept(desks.interpol.folder)[one.id])
    with desks.interpol.writing() as connection:
        made.keep(connection, {one.id: orjson.dumps(data | {"more": "x"})}, made.state(desks.interpol.folder))
    assert exchange.prepared(desks.interpol) == []
    assert made.kept(desks.reopen().interpol.folder) == {}


def test_attack_an_altered_or_exchanged_file(desks: Any) -> None:
    first, second = exchange.prepare(desks.interpol, "unodc", PURPOSE, 2)
    files = [desks.root / "interpol" / "pages" / "prepared" / one.id for one in (first, second)]
    files[0].write_bytes(files[1].read_bytes())
    with files[1].open("r+b") as file:
        file.write(b"\0")
    assert exchange.prepared(desks.interpol) == []
    assert unused(desks, first)
    assert exchange.prepared(desks.reopen().interpol) == []
    assert made.kept(desks.interpol.folder) == {}


@pytest.mark.parametrize("part", ["", ".marks", ".quiet"])
def test_attack_a_file_of_a_prepared_answer_taken_away(tmp_path: Path, part: str) -> None:
    """The question is answered all the same, by what is made for it; the answer that cannot be used ends."""
    holdings = {"interpol": desks_module.THEIRS, "unodc": desks_module.OURS, "europol": []}
    parties, clock = desks_module.make_parties(tmp_path, holdings, lambda text: silent(audited("europol")(text)))
    desks = desks_module.Three(tmp_path, parties, clock)
    (one,) = exchange.prepare(desks.interpol, "unodc", PURPOSE)
    Path(tmp_path, "interpol", "pages", "prepared", one.id + part).unlink()
    assert exchange.prepared(desks.interpol) == []
    assert unused(desks, one)
    preparing.clear(desks.interpol)
    assert made.kept(desks.interpol.folder) == {}


def test_a_refused_question_uses_nothing_up(make: Any) -> None:
    few = make(edit=lambda text: text.replace("minutes_between = 0", "minutes_between = 600"))
    exchange.prepare(few.interpol, "unodc", PURPOSE, 2)
    few.ask()
    assert exchange.receive(few.interpol, question(few)).refusal is not None
    assert len(exchange.prepared(few.interpol)) == 1


def test_nothing_is_prepared_for_whom_nothing_may_be_exchanged_with(desks: Any) -> None:
    with pytest.raises(PolicyError):
        exchange.prepare(desks.interpol, "unodc", "no purpose of this accord")
    with pytest.raises(InputError):
        exchange.prepare(desks.interpol, "interpol", PURPOSE)
    with pytest.raises(InputError):
        exchange.prepare(desks.interpol, "unodc", PURPOSE, 0)


def test_nothing_is_prepared_that_the_partner_would_refuse(make: Any) -> None:
    few = make(edit=lambda text: re.sub(r"marks_per_answer = \d+", "marks_per_answer = 100", text))
    with pytest.raises(PolicyError, match=r"the accord allows \(100\)"):
        exchange.prepare(few.interpol, "unodc", PURPOSE)
    assert made.kept(few.interpol.folder) == {}


def test_after_the_answer_no_key_of_it_is_left(desks: Any) -> None:
    """Everything that the database holds is read out: the session key is not in it, and the file has no owner soon."""
    (one,) = exchange.prepare(desks.interpol, "unodc", PURPOSE)
    desks.ask()
    with desks.interpol.reading() as connection:
        tables = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'").scalars().all()
        rows = repr([row for table in tables for row in connection.exec_driver_sql(f'SELECT * FROM "{table}"')])
        (session,) = state.find(connection, Session, role="holder")
    assert one.seed not in rows
    assert one.key not in rows
    assert repr(bytes.fromhex(one.seed))[2:-1] not in rows
    assert session.secret is None
    file = desks.root / "interpol" / "pages" / "prepared" / one.id
    os.utime(file, (0, 0))
    preparing.clear(desks.interpol)
    assert not file.exists()


def test_a_stolen_folder_shows_no_name_in_what_was_prepared(make: Any) -> None:
    from .test_attacks_on_a_stolen_desk import nowhere, planted

    desks = make(**planted())
    exchange.prepare(desks.interpol, "unodc", PURPOSE, 2)
    nowhere(desks.root)


KILLED = """
import sys, os, signal, datetime as dt
from pathlib import Path
from accord import exchange
from accord.exchange import Party, carrier, preparing
stop, calls = int(sys.argv[3]), 0
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
Party.note_all = counted(Party.note_all)
carrier.seal = counted(carrier.seal)
preparing.made.drop = counted(preparing.made.drop)
preparing.made.keep = counted(preparing.made.keep)
now = dt.datetime.fromisoformat(sys.argv[4])
party = Party.open(Path(sys.argv[1]), "correct horse battery staple", clock=lambda: now)
if sys.argv[2] == "prepare":
    exchange.prepare(party, "unodc", "investigation")
else:
    exchange.receive(party, Path(sys.argv[2]).read_bytes())
"""


def killed(desks: Any, what: str, stop: int) -> int:
    desks.interpol.folder.close()
    command = [sys.executable, "-c", KILLED, str(desks.root / "interpol"), what, str(stop), desks.clock[0].isoformat()]
    return subprocess.run(command, capture_output=True, timeout=60, check=False).returncode


@pytest.mark.engines
def test_attack_kill_at_every_write_while_a_prepared_answer_is_used(desks: Any) -> None:
    """Nothing of it has happened, or all of it: the answer waits still, or the key is gone and the reply is there."""
    (one,) = exchange.prepare(desks.interpol, "unodc", PURPOSE)
    asked, stops = question(desks), 0
    file = desks.root / "question.age"
    file.write_bytes(asked)
    while killed(desks, str(file), stops + 1) == -signal.SIGKILL:
        stops += 1
        with Party.open(desks.root / "interpol", desks_module.PASSPHRASE, clock=lambda: desks.clock[0]).reading() as c:
            assert state.find(c, Session) == []
        assert [each.id for each in exchange.prepared(desks.interpol)] == [one.id]
    assert stops >= 4
    assert exchange.prepared(desks.interpol) == []
    got = exchange.receive(desks.interpol, asked)
    assert got.again
    desks.carry(got.reply, "unodc")
    assert "u1" in {row["record"] for row in exchange.hits(desks.unodc)}


@pytest.mark.engines
@pytest.mark.parametrize("stop", [1, 2])
def test_attack_kill_while_an_answer_is_prepared(desks: Any, stop: int) -> None:
    assert killed(desks, "prepare", stop) == -signal.SIGKILL
    assert exchange.prepared(desks.interpol) == []
    desks.ask()
    assert "u1" in {row["record"] for row in exchange.hits(desks.unodc)}


def test_an_audit_opens_what_was_prepared(audited_three: Any) -> None:
    exchange.prepare(audited_three.interpol, "unodc", PURPOSE)
    audited_three.clock[0] += dt.timedelta(hours=1)
    name = asks(audited_three)
    assert exchange.prepared(audited_three.interpol) == []
    assert audits(audited_three, name, "europol", "interpol").verdict == "sound"


def test_silent_records_are_asked_back_about_as_prepared(make: Any) -> None:
    """The same hits as without: those of both sides, and those that only the holder knows of."""
    found = []
    for ahead in (False, True):
        desks = make(edit=silent)
        if ahead:
            exchange.prepare(desks.interpol, "unodc", PURPOSE)
        desks.ask()
        found.append([sorted((str(row["record"]), str(row["state"])) for row in exchange.hits(desks.interpol))])
    assert found[0] == found[1]
    assert "silent" in repr(found[0])
