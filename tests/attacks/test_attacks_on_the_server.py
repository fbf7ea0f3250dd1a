"""Somebody reads the whole PostgreSQL server, or writes in it: what they see, and what they cannot put in."""

from __future__ import annotations

import datetime as dt
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Float, Integer, inspect, select
from sqlalchemy.exc import ProgrammingError
from tests.attacks.on_a_server import DESK_PASSPHRASE, NOW, PASSWORD, a_desk, log_of

from accord import exchange, subjects
from accord.arrangement import keys
from accord.desk import Accounts, Role
from accord.desk.labels import Labels
from accord.desk.roles import Can
from accord.desk.stores import TABLES
from accord.desk.tokens import Tokens
from accord.errors import InputError, InternalError, TrustError, UsageError
from accord.ledger import verify
from accord.match import Match
from accord.records import Entity
from accord.review import Queue
from accord.vault import TESTS, Folder
from accord.vault.columns import Keyed, Plain, RowSeal, Sealed, Tied

NAME, BORN, PASSPORT = "Zbigniewa Quetzalcoatl-Plantagenet", "1963-07-21", "X9988776"
NEUTRAL = {"political": "no", "military": "no", "religious": "no", "racial": "no"}
# whatever tells of a person, an officer, an account, a partner, a purpose, a case, a step or a file
PLANTED = [
    "Quetzalcoatl", "plantagenet", BORN, PASSPORT, "interpol", "unodc", "INTERPOL", "desk@", "planted-record",
    "case-quetzal", "investigation", "approver", "planted-account", "planted-note", "planted-court", "prosecution",
    "passportNumber", "exchange.asked", "released", "not-same", "/question", "opening", "desk.account", "theirs.jsonl", "interpol.jsonl", PASSWORD,
]  # fmt: skip

EMPTY = {
    "exchange_onward",
    "exchange_derived",
    "exchange_standing",
    "records_made",
    "review_compared",
    "subjects_stub",
    "ledger_passed",
}
HASHES = {
    "ledger_entry.sealed",
    "ledger_node.hash",
    "ledger_passed.root",
    "ledger_passed.proof",
}  # sealed, or of sealed


def whole_life(desks: Any) -> str:
    """Whatever a desk keeps in its state, with planted words in all of it; the request in it."""
    desks.carry(exchange.ask(desks.unodc, "interpol", "investigation", "case-quetzal"), "interpol")
    wish = desks.requested("planted-record", ("passportNumber",))
    exchange.identify(desks.interpol, wish, "same")
    exchange.approve(desks.interpol, wish, "approver", NEUTRAL)
    desks.carry(exchange.release(desks.interpol, wish), "unodc")
    assert exchange.read(desks.unodc, wish, "investigation").fields["passportNumber"] == [PASSPORT]
    subjects.export(desks.interpol, "planted-court", "tlp:AMBER", "prosecution", "analyst")
    for party in (desks.unodc, desks.interpol):
        accounts = Accounts(party.folder, TESTS)
        made = accounts.add("planted-account", Role.ANALYST, PASSWORD, "analyst", NOW)
        Tokens(party.folder, accounts).make(made, frozenset({Can.EXCHANGE}), 9, NOW)
        queue = Queue(party.folder, party.log, lambda: NOW)
        queue.put([Match("planted-record", "planted-record-2", 0.9)])
        queue.judge(queue.waiting("planted-account", 1)[0].id, "planted-account", "not-same", 5)
        labels = Labels(party.folder, party.log, lambda: NOW)
        labels.correct("planted-record", ("corruption",), (), "planted-account", f"planted-note {NAME}")
    return wish


@pytest.mark.parametrize("state", ["alone"], indirect=True)
def test_attack_everything_at_the_server_is_read(make: Any, state: str, postgresql: Any) -> None:
    values = {"name": (NAME,), "birthDate": (BORN,)}
    desks = make(
        ours=[Entity("planted-record", "Person", values)],
        theirs=[Entity("planted-record", "Person", {**values, "passportNumber": (PASSPORT,)})],
        edit=lambda text: text.replace("\ndays = 0 ", "\ndays = 14 "),  # audits: more is kept
    )
    whole_life(desks)
    dump = postgresql.dump(state)
    assert dump.count(b"INSERT INTO") > 60
    assert [word for word in PLANTED if word.encode() in dump] == []
    postgresql.run("psql", "--dbname", "postgres", "--command", "CHECKPOINT")
    files = [path.read_bytes() for path in postgresql.files()]  # tables, write-ahead log, log of every statement
    assert any(b"exchange_letter" in content for content in files)
    log = (postgresql.folder / "log").read_bytes()
    assert b"INSERT INTO ledger_entry" in log
    for word in (*PLANTED[:6], *PLANTED[7:13], PASSWORD):
        assert not any(word.encode() in content for content in files), word
    for party in (desks.unodc, desks.interpol):
        assert verify(party.folder.engine(), party.id, party.sign.verify_key) is not None


def rows_of(party: Any) -> dict[str, list[str]]:
    """All that the desk has in its state, opened."""
    found: dict[str, list[str]] = {}
    with party.reading() as connection:
        there = inspect(connection).get_table_names()
        for table in (table for table in TABLES if table.name in there):
            rows = [dict(row) for row in connection.execute(select(table)).mappings()]
            for row in rows:
                row |= {c.name: row[c.name](c.type.owner(row)) for c in table.c if isinstance(c.type, Tied)}
                for name in [c.name for c in table.c if isinstance(c.type, RowSeal)]:
                    row.pop(name)(dict(row))
            found[table.name] = sorted(map(repr, rows))
    return found


def with_much_to_move(make: Any) -> Any:
    values = {"name": (NAME,), "birthDate": (BORN,)}
    return make(
        ours=[Entity("planted-record", "Person", values)],
        theirs=[Entity("planted-record", "Person", {**values, "passportNumber": (PASSPORT,)})],
        edit=lambda text: text.replace("\ndays = 0 ", "\ndays = 14 "),  # audits: more is kept
    )


def test_a_desk_moves_to_the_server_with_all_it_has_and_goes_on(make: Any, url: str, postgresql: Any) -> None:
    desks = with_much_to_move(make)
    wish = whole_life(desks)
    party = desks.interpol
    party.log.forget("account planted-account", at=NOW)  # a number that never comes back
    before, queue = rows_of(party), Queue(party.folder, party.log, lambda: NOW)
    assert {name for name, rows in before.items() if not rows} <= EMPTY
    mover = Folder.open(party.folder.path, DESK_PASSPHRASE)
    mover.move_state(url, TABLES)
    mover.close()
    assert not (party.folder.path / "state.db").exists()
    with pytest.raises(InputError) as caught:  # what was open does not write to the place that was left
        queue.put([Match("a", "b", 0.5)])
    assert caught.value.code == "desk.moved"
    (party.folder.path / "state.db").write_bytes(b"left by a kill")
    desks = desks.reopen()
    party = desks.interpol
    assert not (party.folder.path / "state.db").exists()
    assert rows_of(party) == before
    head = verify(party.folder.engine(), party.id, party.sign.verify_key)
    assert head is not None
    assert [one.kind for one in desks.carry(exchange.recall(party, wish), "unodc")] == ["recall", "receipt"]
    Accounts(party.folder, TESTS).add("later", Role.READ_ONLY, PASSWORD, "", NOW)
    queue = Queue(party.folder, party.log, lambda: NOW)
    queue.put([Match("a", "b", 0.5)])
    queue.judge(queue.waiting("later", 1)[0].id, "later", "same", 5)
    after = verify(party.folder.engine(), party.id, party.sign.verify_key)
    assert after is not None
    assert after.size > head.size
    with pytest.raises(UsageError):
        party.folder.move_state(url, TABLES)


def test_a_desk_moves_back_into_its_folder_with_all_it_has_and_goes_on(make: Any, url: str, postgresql: Any) -> None:
    desks = with_much_to_move(make)
    desks.interpol.folder.move_state(url, TABLES)
    desks = desks.reopen()
    wish = whole_life(desks)
    party = desks.interpol
    party.log.forget("account planted-account", at=NOW)  # a number that never comes back
    server = party.folder.server()
    assert server is not None
    before = rows_of(party)
    mover = Folder.open(party.folder.path, DESK_PASSPHRASE)
    with pytest.raises(InternalError):
        mover.move_state_back(TABLES[1:])  # a table is not known: nothing is moved
    assert not (party.folder.path / "state.db").exists()
    assert rows_of(party) == before
    mover.move_state_back(TABLES)
    assert mover.server() is None
    mover.close()
    with pytest.raises(InputError) as caught, party.writing():  # what was open writes to neither place
        pass
    assert caught.value.code == "desk.moved"
    assert server.schema not in postgresql.run("psql", "--dbname", url, "-c", "SELECT nspname FROM pg_namespace")
    desks = desks.reopen()
    party = desks.interpol
    assert rows_of(party) == before
    head = verify(party.folder.engine(), party.id, party.sign.verify_key)
    assert [one.kind for one in desks.carry(exchange.recall(party, wish), "unodc")] == ["recall", "receipt"]
    after = verify(party.folder.engine(), party.id, party.sign.verify_key)
    assert head is not None
    assert after is not None
    assert after.size > head.size
    with pytest.raises(UsageError):
        party.folder.move_state_back(TABLES)
    party.folder.move_state(url, TABLES)  # and there again
    assert party.folder.server() is not None


def test_attack_a_row_altered_at_the_server_is_not_sealed_anew_by_moving_back(make: Any, url: str) -> None:
    desks = with_much_to_move(make)
    desks.ask()
    folder = desks.interpol.folder
    folder.move_state(url, TABLES)
    with folder.engine().begin() as connection:
        connection.exec_driver_sql("UPDATE exchange_session SET since = '2020-01-01T00:00:00+00:00'")
    with pytest.raises(TrustError, match="altered"):
        folder.move_state_back(TABLES)
    assert folder.server() is not None
    assert not (folder.path / "state.db").exists()


def test_a_move_that_fails_leaves_the_desk_as_it_was(url: str, tmp_path: Path, postgresql: Any) -> None:
    folder = a_desk(tmp_path / "desk", "")
    log_of(folder).append("asked", "case", {}, at=NOW)
    schemas = "SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'accord%'"
    count = postgresql.run("psql", "--dbname", url, "-c", schemas)
    for tables in (TABLES[1:], (*TABLES, TABLES[0])):  # a table is not known; making one fails in the middle
        with pytest.raises((InternalError, ProgrammingError)):
            folder.move_state(url, tables)
    assert folder.server() is None
    assert len(log_of(folder)) == 1
    assert postgresql.run("psql", "--dbname", url, "-c", schemas) == count


def test_no_column_holds_text_or_bytes_in_the_open_unless_it_was_meant_to() -> None:
    """Who adds a column says what it is: `Plain`, `Sealed`, `Keyed` or `Tied`."""
    loose = {
        f"{table.name}.{column.name}"
        for table in TABLES
        for column in table.c
        if column.type is not Plain and not isinstance(column.type, Sealed | Keyed | RowSeal | Integer | Float)
    }
    assert loose == HASHES


def test_the_search_itself_finds_what_stands_in_the_open(url: str, postgresql: Any) -> None:
    sql = "CREATE TABLE t (a text, b bytea); INSERT INTO t VALUES ('Quetzalcoatl', 'plantagenet')"
    postgresql.run("psql", "--dbname", url, "--command", sql)
    assert all(word in postgresql.dump(url) for word in (b"Quetzalcoatl", b"plantagenet"))


def test_attack_a_value_is_moved_to_another_column(url: str, tmp_path: Path) -> None:
    accounts = Accounts(a_desk(tmp_path / "desk", url), TESTS)
    accounts.add("mina", Role.ANALYST, PASSWORD, "analyst", NOW)
    with accounts._folder.engine().begin() as connection:
        connection.exec_driver_sql("UPDATE desk_account SET role = officer")
    with pytest.raises(TrustError) as caught:
        accounts.all()
    assert caught.value.code == "vault.state"


@pytest.mark.parametrize("column", ["role", "officer", "lock"])
def test_attack_an_account_is_given_what_another_has(url: str, tmp_path: Path, column: str) -> None:
    """Somebody who writes at the server and has an account of their own wants the administrator's role."""
    accounts = Accounts(a_desk(tmp_path / "desk", url), TESTS)
    accounts.add("root", Role.ADMINISTRATOR, PASSWORD, "", NOW)
    accounts.add("mina", Role.READ_ONLY, "my own twelve letters", "", NOW)
    with accounts._folder.engine().begin() as connection:  # the first row is the administrator's
        connection.exec_driver_sql(f"UPDATE desk_account SET {column} = (SELECT {column} FROM desk_account LIMIT 1)")
    kept = []
    for name, password in (("root", PASSWORD), ("mina", "my own twelve letters"), ("mina", PASSWORD)):
        with suppress(TrustError):
            kept.append(accounts.check(name, password, NOW))
    assert [(one.name, one.role) for one in kept if one] == [("root", Role.ADMINISTRATOR)]


def test_attack_a_token_is_given_anothers_rights(url: str, tmp_path: Path) -> None:
    accounts = Accounts(a_desk(tmp_path / "desk", url), TESTS)
    tokens = Tokens(accounts._folder, accounts)
    of = {name: accounts.add(name, Role.ANALYST, PASSWORD, "", NOW) for name in ("ana", "mina")}
    great = tokens.make(of["ana"], frozenset({Can.EXCHANGE, Can.RECORDS}), 300, NOW)
    small = tokens.make(of["mina"], frozenset({Can.ENTER}), 1, NOW)
    late = NOW + dt.timedelta(days=30)
    assert tokens.of(great, late)
    assert tokens.of(small, late) is None
    with accounts._folder.engine().begin() as connection:
        best = "(SELECT {0} FROM desk_token ORDER BY length(scopes) DESC LIMIT 1)"
        parts = ", ".join(f"{name} = {best.format(name)}" for name in ("account", "scopes", "ends"))
        connection.exec_driver_sql(f"UPDATE desk_token SET {parts}")
    assert tokens.of(great, late)
    with pytest.raises(TrustError):
        tokens.of(small, late)


def test_attack_bytes_of_the_log_are_altered_at_the_server(url: str, tmp_path: Path) -> None:
    folder = a_desk(tmp_path / "desk", url)
    log = log_of(folder)
    log.extend([("asked", f"case-{n}", {"n": n}) for n in range(4)], at=NOW)
    with folder.engine().begin() as connection:
        connection.exec_driver_sql(
            "UPDATE ledger_entry SET body = set_byte(body, 20, get_byte(body, 20) # 1) WHERE position = 2"
        )
        connection.exec_driver_sql(
            "UPDATE ledger_record SET key = set_byte(key, 20, get_byte(key, 20) # 1) WHERE id = 1"
        )
    with pytest.raises(TrustError) as caught:
        verify(folder.engine(), "desk", keys(folder).sign.verify_key)
    assert "entry 2: altered" in str(caught.value)
    assert "entry 0: its details were altered" in str(caught.value)


def test_attack_two_desks_of_one_server_cannot_read_each_other(url: str, tmp_path: Path) -> None:
    """The same value in the same column of two desks has nothing in common."""
    kept = []
    for name in ("a", "b"):
        accounts = Accounts(a_desk(tmp_path / name, url), TESTS)
        accounts.add("mina", Role.ANALYST, PASSWORD, "analyst", NOW)
        with accounts._folder.engine().connect() as connection:
            kept.append(connection.exec_driver_sql("SELECT name, role, officer FROM desk_account").one())
    assert not {bytes(value) for value in kept[0]} & {bytes(value) for value in kept[1]}
