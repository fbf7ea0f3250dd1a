"""A desk whose state lies on a PostgreSQL server: how it is named, what it refuses, what its columns hold."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Column, Index, Integer, MetaData, Table, create_engine, inspect, select
from sqlalchemy.dialects import postgresql as dialects

from accord.desk.stores import TABLES
from accord.errors import AccordError, InputError, InternalError, TrustError, UsageError
from accord.records import Entity, Holding
from accord.vault import TESTS, Folder, _server, make_tables, put_rows
from accord.vault.columns import BYTES, DATA, Keyed, Plain, RowSeal, Sealed, seal_columns

PASSPHRASE = "seven grey herons"
SECRET = "hunter2-planted-password"
METADATA = MetaData()
NOTES = Table(
    "note",
    METADATA,
    Column("id", Plain, primary_key=True),
    Column("about", Keyed("note.about"), nullable=False, index=True),
    Column("body", Sealed("note.body", DATA)),
)


def notes(folder: Folder) -> list[Any]:
    with folder.engine().connect() as connection:
        return [tuple(row) for row in connection.execute(select(NOTES).order_by(NOTES.c.id))]


@pytest.mark.engines
def test_rows_are_kept_replaced_and_found_on_either_engine(tmp_path: Path, state: str) -> None:
    folder = Folder.create(tmp_path / "desk", PASSPHRASE, cost=TESTS, state=state)
    make_tables(folder.engine(), METADATA)
    with folder.engine().begin() as connection:
        put_rows(connection, NOTES, [{"id": f"Z{n}", "about": "é\0", "body": {"n": [n, None]}} for n in range(3)])
        put_rows(connection, NOTES, [{"id": "Z1", "about": "b", "body": None}, {"id": "a", "about": "", "body": "x"}])
    folder.close()
    again = Folder.open(tmp_path / "desk", PASSPHRASE)
    assert notes(again) == [
        ("Z0", "é\0", {"n": [0, None]}), ("Z1", "b", None), ("Z2", "é\0", {"n": [2, None]}), ("a", "", "x"),
    ]  # fmt: skip
    with again.engine().connect() as connection:
        for words, found in ((["é\0"], ["Z0", "Z2"]), (["", "b"], ["Z1", "a"])):
            query = select(NOTES.c.id).where(NOTES.c.about.in_(words)).order_by(NOTES.c.id)
            assert list(connection.execute(query).scalars()) == found
        assert connection.execute(select(NOTES.c.id).where(NOTES.c.body.is_(None))).scalars().all() == ["Z1"]
    again.close()
    assert (tmp_path / "desk" / "state.db").exists() == (not state)


def test_a_transaction_sees_one_state_of_the_database(tmp_path: Path, postgresql: Any) -> None:
    folder = Folder.create(tmp_path / "desk", PASSPHRASE, cost=TESTS, state=postgresql.url())
    make_tables(folder.engine(), METADATA)
    with folder.engine().connect() as reading:
        assert reading.execute(select(NOTES)).all() == []
        with folder.engine().begin() as writing:
            put_rows(writing, NOTES, [{"id": "1", "about": "a", "body": 1}])
        assert reading.execute(select(NOTES)).all() == []
    assert len(notes(folder)) == 1
    folder.close()


def test_the_address_with_its_password_is_sealed_and_shown_without_it(tmp_path: Path, postgresql: Any) -> None:
    url = postgresql.url().replace("accord@", f"accord:{SECRET}@")
    folder = Folder.create(tmp_path / "desk", PASSPHRASE, cost=TESTS, state=url)
    folder.engine()
    kept = [path.read_bytes() for path in (tmp_path / "desk").rglob("*") if path.is_file()]
    assert not any(SECRET.encode() in content or b"postgresql" in content for content in kept)
    server = folder.server()
    assert server is not None
    assert SECRET not in server.place + repr(server) + repr(folder.engine())
    assert server.schema in server.place
    assert "service desk" in _server.Server("postgresql:///?service=desk", server.schema).place
    folder.close()


def test_a_moved_database_is_named_again_and_another_one_is_refused(tmp_path: Path, postgresql: Any) -> None:
    first, moved, empty = (postgresql.new_database() for _ in range(3))
    folder = Folder.create(tmp_path / "desk", PASSPHRASE, cost=TESTS, state=first)
    make_tables(folder.engine(), METADATA)
    with folder.engine().begin() as connection:
        put_rows(connection, NOTES, [{"id": "1", "about": "a", "body": "kept"}])
    script = tmp_path / "backup.sql"
    script.write_text(postgresql.run("pg_dump", "--dbname", first))
    postgresql.run("psql", "--dbname", moved, "--file", str(script))
    with pytest.raises(TrustError) as caught:
        folder.set_server(empty)
    assert caught.value.code == "state.other"
    folder.set_server(moved)
    folder.close()
    again = Folder.open(tmp_path / "desk", PASSPHRASE)
    assert [again.server(), notes(again)] == [_server.Server(moved, folder.server().schema), [("1", "a", "kept")]]  # type: ignore[union-attr]
    again.close()


def test_the_state_is_not_moved_while_records_are_loaded(
    tmp_path: Path, postgresql: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The load would end beside an empty state, by which no table belongs to the desk, and clear all away."""
    monkeypatch.setattr("accord.vault.folder._WAIT_SECONDS", 0.1)
    url = postgresql.new_database()
    folder = Folder.create(tmp_path / "desk", PASSPHRASE, cost=TESTS, state=url)
    mover, now = Folder.open(folder.path, PASSPHRASE), dt.datetime.now(dt.UTC)
    Holding(folder).load([Entity("first", "Person", {"name": ("Amina",)})], source="a", at=now)

    def read() -> Iterator[Entity]:
        yield Entity("second", "Person", {"name": ("Wei Li",)})
        for move in (lambda: mover.move_state_back(TABLES), lambda: mover.set_server(url)):
            with pytest.raises(InputError, match="being loaded"):
                move()

    leads_to = mover.engine()
    Holding(folder).load(read(), source="b", at=now)
    assert mover.engine() is leads_to  # a move that was refused changed nothing
    mover.move_state_back(TABLES)
    assert [held.entity.id for held in Holding(mover).iterate()] == ["first", "second"]
    mover.close()
    folder.close()


@pytest.mark.parametrize("url", ["mysql://u:{}@h/d", "not a url {}", "postgresql+asyncpg://u:{}@h/d"])
def test_another_kind_of_address_is_refused_and_not_repeated(tmp_path: Path, url: str) -> None:
    with pytest.raises(UsageError) as caught:
        Folder.create(tmp_path / "desk", PASSPHRASE, cost=TESTS, state=url.format(SECRET))
    assert caught.value.code == "state.url"
    assert SECRET not in caught.value.message + caught.value.remedy
    assert not (tmp_path / "desk").exists()


def test_a_server_that_is_not_there(tmp_path: Path) -> None:
    pytest.importorskip("psycopg")
    with pytest.raises(InputError) as caught:
        Folder.create(tmp_path / "desk", PASSPHRASE, cost=TESTS, state=f"postgresql://u:{SECRET}@/d?host={tmp_path}")
    assert caught.value.code == "state.unreachable"
    assert SECRET not in caught.value.message + caught.value.remedy
    assert not (tmp_path / "desk").exists()


def test_a_missing_driver_is_named_with_its_remedy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(UsageError) as caught:
        Folder.create(tmp_path / "desk", PASSPHRASE, cost=TESTS, state="postgresql:///d")
    assert caught.value.code == "state.driver"
    assert "accord[postgresql]" in caught.value.remedy


def test_a_user_who_may_not_make_a_schema(tmp_path: Path, postgresql: Any) -> None:
    url = postgresql.new_database()
    postgresql.run("psql", "--dbname", url, "--command", "CREATE ROLE visitor LOGIN")
    with pytest.raises(InputError) as caught:
        Folder.create(tmp_path / "desk", PASSPHRASE, cost=TESTS, state=url.replace("accord@", "visitor@"))
    assert caught.value.code == "state.refused"
    postgresql.run("psql", "--dbname", url, "--command", "DROP ROLE visitor")


def test_what_fails_while_a_desk_is_made_leaves_nothing_at_the_server(tmp_path: Path, postgresql: Any) -> None:
    url = postgresql.new_database()

    def fail(folder: Folder) -> None:
        make_tables(folder.engine(), METADATA)
        raise InputError("no", "no")

    with pytest.raises(InputError):
        Folder.create(tmp_path / "desk", PASSPHRASE, cost=TESTS, fill=fail, state=url)
    assert "accord_" not in postgresql.dump(url).decode(errors="replace")


@pytest.mark.parametrize(
    ("url", "mode"),
    [
        ("postgresql://u@db.example/d", "verify-full"),
        ("postgresql://u@db.example/d?sslmode=require", "require"),
        ("postgresql:///d?host=db.example", "verify-full"),
        ("postgresql://u@localhost/d", None),
        ("postgresql:///d?host=/run/postgresql", None),
        ("postgresql://u@localhost/d?hostaddr=203.0.113.5", "verify-full"),
        ("postgresql://u@localhost/d?hostaddr=127.0.0.1", None),
    ],
)
def test_another_machine_is_spoken_to_over_verified_tls(url: str, mode: str | None, monkeypatch: Any) -> None:
    for name in ("PGSSLMODE", "PGHOST", "PGHOSTADDR"):
        monkeypatch.delenv(name, raising=False)
    assert _server._secured(_server._read(url)).query.get("sslmode") == mode


@pytest.mark.parametrize(("name", "host"), [("PGHOST", "db.example"), ("PGHOSTADDR", "203.0.113.5")])
def test_attack_another_machine_is_named_where_the_address_says_nothing(name: str, host: str, monkeypatch: Any) -> None:
    """libpq takes the host of its environment then, and would speak in the open to whoever answers there."""
    for each in ("PGSSLMODE", "PGHOST", "PGHOSTADDR"):
        monkeypatch.delenv(each, raising=False)
    monkeypatch.setenv(name, host)
    assert _server._secured(_server._read("postgresql:///d")).query.get("sslmode") == "verify-full"
    monkeypatch.setenv(name, "127.0.0.1")
    assert _server._secured(_server._read("postgresql:///d")).query.get("sslmode") is None


@given(
    st.text(st.characters(exclude_categories=["Cs"])),
    st.binary(),
    st.recursive(st.none() | st.integers(0, 9), st.lists),
)
def test_what_is_sealed_comes_back_and_never_stands_there(text: str, data: bytes, tree: Any) -> None:
    dialect = dialects.dialect()
    seal_columns(dialect, bytes(32))
    for kind in (Sealed, Keyed):
        for value, column in ((text, kind("a")), (data, kind("b", BYTES)), (tree, kind("c", DATA))):
            kept = column.process_bind_param(value, dialect)
            assert column.process_result_value(kept, dialect) == value
            assert kept is None or len(kept) % 32 in (16, 28)  # padded: lengths tell steps of 32 only
            assert (kept == column.process_bind_param(value, dialect)) == (kind is Keyed or value is None)
            if kept is not None:
                with pytest.raises(TrustError):
                    kind("other", column.plain).process_result_value(kept, dialect)


def test_a_sealed_column_is_not_compared_and_no_column_is_ordered_by() -> None:
    for wrong in (lambda: NOTES.c.body == "x", lambda: NOTES.c.body.in_(["x"]), NOTES.c.about.desc):
        with pytest.raises(TypeError):
            wrong()


def test_an_engine_without_the_key_stores_nothing() -> None:
    pytest.importorskip("psycopg")
    engine = create_engine("postgresql+psycopg:///none")
    with pytest.raises(InternalError):
        Sealed("a").process_bind_param("x", engine.dialect)
    assert issubclass(InternalError, AccordError)


@pytest.mark.engines
def test_a_desk_of_an_earlier_version_gets_the_index_it_came_without(tmp_path: Path, state: str) -> None:
    metadata = MetaData()
    Index(
        "things_by_kind",
        Table("thing", metadata, Column("id", Integer, primary_key=True), Column("kind", Plain)).c.kind,
    )
    folder = Folder.create(tmp_path / "desk", "pass", cost=TESTS, state=state)
    with folder.engine().begin() as connection:
        metadata.create_all(connection)
        connection.exec_driver_sql("DROP INDEX things_by_kind")
        connection.exec_driver_sql("INSERT INTO thing VALUES (1, 'a')")
    for _ in range(2):
        folder = Folder.open(folder.path, "pass")
        make_tables(folder.engine(), metadata)
        assert [one["name"] for one in inspect(folder.engine()).get_indexes("thing")] == ["things_by_kind"]
        folder.close()


@pytest.mark.engines
def test_a_desk_of_an_earlier_version_opens_or_says_that_its_rows_were_never_sealed(tmp_path: Path, state: str) -> None:
    metadata = MetaData()
    seal = Column("seal", RowSeal("thing"), nullable=False)
    table = Table("thing", metadata, Column("id", Integer, primary_key=True), seal)
    folder = Folder.create(tmp_path / "desk", "pass", cost=TESTS, state=state)
    with folder.engine().begin() as connection:
        connection.exec_driver_sql("CREATE TABLE thing (id INTEGER PRIMARY KEY)")
        connection.exec_driver_sql("INSERT INTO thing VALUES (1)")
    folder = Folder.open(folder.path, "pass")
    if state:
        with pytest.raises(UsageError) as caught:
            make_tables(folder.engine(), metadata)
        assert caught.value.code == "state.older"
        return
    make_tables(folder.engine(), metadata)
    with folder.engine().begin() as connection:
        put_rows(connection, table, [{"id": 2, "seal": {"id": 2}}])
        rows = connection.execute(select(table)).all()
    for row in rows:
        row.seal({"id": row.id})
    assert [row.id for row in rows] == [1, 2]


def things(*later: str) -> Table:
    """A table of sealed rows, with columns that it did not have at first."""
    columns = [Column(name, Sealed(f"thing.{name}", BYTES), nullable=True) for name in later]
    number, seal = Column("id", Integer, primary_key=True), Column("seal", RowSeal("thing", later), nullable=False)
    return Table("thing", MetaData(), number, *columns, seal)


@pytest.mark.engines
def test_a_column_that_sealed_rows_came_without_is_added_and_their_seals_hold(tmp_path: Path, state: str) -> None:
    before, now = things(), things("tags")
    folder = Folder.create(tmp_path / "desk", "pass", cost=TESTS, state=state)
    make_tables(folder.engine(), before.metadata)
    with folder.engine().begin() as connection:
        put_rows(connection, before, [{"id": 1, "seal": {"id": 1}}])
    for _ in range(2):
        folder = Folder.open(folder.path, "pass")
        make_tables(folder.engine(), now.metadata)
        row = {"id": 2, "tags": b"x"}
        with folder.engine().begin() as connection:
            put_rows(connection, now, [row | {"seal": row}])
            found = connection.execute(select(now)).all()
        for one in found:
            one.seal({"id": one.id, "tags": one.tags})
        assert [(one.id, one.tags) for one in found] == [(1, None), (2, b"x")]
        if state:
            with pytest.raises(TrustError):
                found[1].seal({"id": 2, "tags": None})
        folder.close()


def test_the_state_of_an_earlier_version_is_moved_with_the_columns_of_today(tmp_path: Path, postgresql: Any) -> None:
    before, now = things(), things("tags")
    folder = Folder.create(tmp_path / "desk", "pass", cost=TESTS)
    make_tables(folder.engine(), before.metadata)
    with folder.engine().begin() as connection:
        put_rows(connection, before, [{"id": 1, "seal": {"id": 1}}])
    folder.move_state(postgresql.url(), [now])
    with folder.engine().connect() as connection:
        found = connection.execute(select(now)).one()
    found.seal({"id": 1, "tags": None})
    folder.close()
