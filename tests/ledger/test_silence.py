"""Entries made unreadable: those that the desk erased, and those that somebody made silent in the database."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from sqlalchemy import Engine, delete, func, select, text, update

from accord.errors import TrustError
from accord.ledger import Log, LogAlteredError, SigningKey, verify
from accord.ledger._store import ENTRIES, RECORDS
from accord.vault import TESTS, Folder

pytestmark = pytest.mark.engines

KEY = SigningKey.from_bytes(bytes(range(32)))
NOW = dt.datetime(2026, 11, 28, 12, tzinfo=dt.UTC)
MISSING = 999
DAY = dt.timedelta(days=1)


@pytest.fixture
def engine(tmp_path: Path, state: str) -> Engine:
    return Folder.create(tmp_path / "desk", "pass", cost=TESTS, state=state).engine()


@pytest.fixture
def log(engine: Engine) -> Log:
    """Entries 0 to 8 about three cases; case-1 (1, 4, 7) was erased, which entry 9 says."""
    log = Log(engine, KEY, "unit-a")
    for number in range(9):
        log.append("question", f"case-{number % 3}", {"number": number}, at=NOW)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE backup AS SELECT * FROM ledger_record"))
    assert log.forget("case-1", at=NOW) == 3
    return log


def faults(engine: Engine) -> dict[int, str]:
    """The entries that are not as they should be, and what happened to each; nothing when the log verifies."""
    try:
        verify(engine, "unit-a", KEY.verify_key)
    except LogAlteredError as error:
        return {fault.entry: fault.what.partition(":")[0] for fault in error.faults}
    return {}


def point(engine: Engine, record: int, *entries: int) -> None:
    with engine.begin() as connection:
        connection.execute(update(ENTRIES).where(ENTRIES.c.position.in_(entries)).values(record=record))


def record_of(engine: Engine, entry: int) -> int:
    with engine.connect() as connection:
        return int(connection.execute(select(ENTRIES.c.record).where(ENTRIES.c.position == entry)).scalar_one())


def run(engine: Engine, *statements: str) -> None:
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))


def test_an_erasure_names_what_it_made_silent(engine: Engine, log: Log) -> None:
    assert faults(engine) == {}
    (erasure,) = log.entries(about="ledger")
    assert (erasure.index, erasure.kind, erasure.details) == (9, "ledger.erased", {"entries": [1, 4, 7]})
    assert log.forget("case-1", "nobody", at=NOW) == 0  # nothing to erase, nothing to say
    assert log.forget("case-0", "case-2", at=NOW) == 6
    assert [entry.details for entry in log.entries(about="ledger")][1:] == [{"entries": [0, 2, 3, 5, 6, 8]}]
    assert faults(engine) == {}


def test_an_erasure_stands_or_falls_with_the_callers_transaction(engine: Engine, log: Log) -> None:
    with engine.connect() as connection:
        log.forget("case-2", at=NOW, within=connection)
        connection.rollback()
    assert len(log) == 10
    assert next(log.entries(2)).details == {"number": 2}
    assert faults(engine) == {}


def test_the_log_does_not_forget_what_it_erased(engine: Engine, log: Log) -> None:
    assert log.forget("ledger", at=NOW) == 0
    assert faults(engine) == {}


@pytest.mark.parametrize("entries", [(3,), (3, 5, 8)])
def test_attack_entries_pointed_at_a_missing_key(engine: Engine, log: Log, entries: tuple[int, ...]) -> None:
    point(engine, MISSING, *entries)
    assert faults(engine) == dict.fromkeys(entries, "made unreadable")


def test_attack_an_entry_pointed_at_the_key_of_an_erased_one(engine: Engine, log: Log) -> None:
    point(engine, record_of(engine, 1), 3)
    assert faults(engine) == {3: "made unreadable"}


def test_attack_an_entry_pointed_at_another_key(engine: Engine, log: Log) -> None:
    point(engine, record_of(engine, 2), 3)
    assert faults(engine) == {3: "its details were altered"}


def test_attack_a_key_deleted(engine: Engine, log: Log) -> None:
    with engine.begin() as connection:
        connection.execute(delete(RECORDS).where(RECORDS.c.about == "case-2"))
    assert faults(engine) == dict.fromkeys((2, 5, 8), "made unreadable")


def test_attack_two_keys_exchanged(engine: Engine, log: Log) -> None:
    run(
        engine,
        f"UPDATE ledger_record SET id = {MISSING} WHERE id = {record_of(engine, 0)}",
        f"UPDATE ledger_record SET id = {record_of(engine, 0)} WHERE id = {record_of(engine, 2)}",
        f"UPDATE ledger_record SET id = {record_of(engine, 2)} WHERE id = {MISSING}",
    )
    assert faults(engine) == dict.fromkeys((0, 2, 3, 5, 6, 8), "its details were altered")


def test_attack_the_word_of_an_erasure_removed(engine: Engine, log: Log) -> None:
    run(engine, "DELETE FROM ledger_entry WHERE position = 9")
    assert faults(engine) == {9: "removed", **dict.fromkeys((1, 4, 7), "made unreadable")}


def test_attack_the_word_of_an_erasure_made_silent(engine: Engine, log: Log) -> None:
    """Also for a later erasure, which then writes under a new key."""
    with engine.begin() as connection:
        connection.execute(delete(RECORDS).where(RECORDS.c.about == "ledger"))
    log.forget("case-2", at=NOW)
    assert faults(engine) == dict.fromkeys((1, 4, 7, 9), "made unreadable")


def test_attack_an_old_erasure_copied_over_a_new_one(engine: Engine, log: Log) -> None:
    log.forget("case-2", at=NOW)
    run(engine, *(
        f"UPDATE ledger_entry SET {column} = (SELECT {column} FROM ledger_entry WHERE position = 9) WHERE position = 10"
        for column in ("body", "sealed")
    ))  # fmt: skip
    assert faults(engine) == {10: "reordered", **dict.fromkeys((2, 5, 8), "made unreadable")}
    with engine.begin() as connection:  # only what it says
        connection.execute(delete(ENTRIES).where(ENTRIES.c.position == 9))
    assert faults(engine)[9] == "removed"


def test_attack_an_erased_entry_brought_back_from_a_backup(engine: Engine, log: Log) -> None:
    run(engine, f"INSERT INTO ledger_record SELECT * FROM backup WHERE id = {record_of(engine, 1)}")
    assert next(log.entries(1)).details == {"number": 1}  # a copy made before holds the key
    assert faults(engine) == dict.fromkeys((1, 4, 7), "brought back")


def test_attack_a_foreign_entry_slipped_into_an_erasure(engine: Engine, log: Log) -> None:
    """Pointed at a record that will be erased, so that the desk itself would name it: the erasure does not happen."""
    kept = record_of(engine, 3)
    point(engine, record_of(engine, 2), 3)
    with pytest.raises(TrustError) as caught:
        log.forget("case-2", at=NOW)
    assert caught.value.code == "ledger.details"
    assert next(log.entries(5)).details == {"number": 5}
    point(engine, kept, 3)
    log.forget("case-2", at=NOW)
    assert faults(engine) == {}


def test_attack_the_keys_of_a_record_to_be_erased_exchanged(engine: Engine, log: Log) -> None:
    """The key that is destroyed would be another's, and the person's stay under another name: nothing is erased."""
    with engine.begin() as connection:
        key = dict(connection.execute(select(RECORDS.c.about, RECORDS.c.key)).all())
        for about, other in (("case-0", "case-2"), ("case-2", "case-0")):
            connection.execute(update(RECORDS).where(RECORDS.c.about == about).values(key=key[other]))
    with pytest.raises(TrustError):
        log.forget("case-2", at=NOW)
    with engine.connect() as connection:
        assert connection.execute(select(func.count()).select_from(RECORDS)).scalar_one() == 3
    assert set(faults(engine)) == {0, 2, 3, 5, 6, 8}


@pytest.fixture
def days(engine: Engine, log: Log) -> Log:
    """The same and four more entries, one a day: case-4 (10, 11), case-5 (12, 13)."""
    for number in range(4):
        log.append("answered", f"case-{4 + number // 2}", {}, at=NOW + (1 + number) * DAY)
    return log


def recent(log: Log, day: int, *kinds: str) -> list[int]:
    """The entries of these kinds from that day on, as a step reads them that relies on the log."""
    return [entry.index for entry in log.checked(NOW + day * DAY, kinds=kinds)]


def refused(log: Log, day: int) -> str:
    with pytest.raises(TrustError) as caught:
        recent(log, day, "answered")
    return caught.value.code


def test_the_last_days_of_the_log_are_read_as_signed(engine: Engine, days: Log) -> None:
    assert [recent(days, day, "answered") for day in range(6)] == [[10, 11, 12, 13]] * 2 + [
        [11, 12, 13],
        [12, 13],
        [13],
        [],
    ]
    assert recent(days, 0, "question") == [0, 1, 2, 3, 4, 5, 6, 7, 8]
    assert [entry.index for entry in days.checked(kinds={"ledger.erased"})] == [9]
    days.forget("case-4", at=NOW + 5 * DAY)
    assert [(one.index, one.about) for one in days.checked(NOW + 2 * DAY, kinds={"answered"})] == [
        (11, None),
        (12, "case-5"),
        (13, "case-5"),
    ]


def test_the_last_days_of_a_log_that_is_empty(engine: Engine) -> None:
    assert recent(Log(engine, KEY, "unit-a"), 0, "answered") == []


def test_attack_entries_of_the_last_days_made_silent(engine: Engine, days: Log) -> None:
    point(engine, MISSING, 12)
    assert [refused(days, day) for day in (0, 3)] == ["ledger.silent"] * 2
    assert recent(days, 4, "answered") == [13]
    point(engine, record_of(engine, 1), 12)  # of an erased one
    assert refused(days, 3) == "ledger.silent"
    point(engine, record_of(engine, 11), 12)
    assert refused(days, 3) == "ledger.details"


@pytest.mark.parametrize("entry", [11, 12, 13])
def test_attack_an_entry_of_the_last_days_removed(engine: Engine, days: Log, entry: int) -> None:
    run(engine, f"DELETE FROM ledger_entry WHERE position = {entry}")
    assert [refused(days, day) for day in (0, 1, 2)] == ["ledger.altered"] * 3


@pytest.mark.parametrize("other", [0, 8])
def test_attack_older_entries_in_the_place_of_those_of_the_last_days(engine: Engine, days: Log, other: int) -> None:
    """So that the days seem to begin later."""
    for entry in (11, 12):
        run(engine, f"UPDATE ledger_entry SET body = (SELECT body FROM ledger_entry WHERE position = {other})"
                    f" WHERE position = {entry}")  # fmt: skip
        assert refused(days, 1) == "ledger.altered"
    run(engine, f"UPDATE ledger_node SET hash = (SELECT hash FROM ledger_node WHERE level = 0 AND position = {other})"
                " WHERE level = 0 AND position IN (11, 12)")  # fmt: skip
    assert refused(days, 1) == "ledger.altered"
