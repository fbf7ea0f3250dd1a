"""The desk folder: what it keeps comes back, and nothing else can read, swap or alter it."""

from __future__ import annotations

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyarrow as pa
import pytest
from sqlalchemy import text

from accord.errors import InputError, TrustError, UsageError
from accord.vault import TESTS, Folder, unwrap, wrap

PASSPHRASE = "seven grey herons"


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder.create(tmp_path / "desk", PASSPHRASE, cost=TESTS)


def table(*names: str) -> pa.Table:
    return pa.table({"id": list(range(len(names))), "names": [[name] for name in names]})


def test_everything_kept_comes_back_after_opening_again(folder: Folder) -> None:
    folder.seal("keys/sign", b"secret")
    folder.write_parquet("records/a", table("Amina Diallo", "Li Wei"))
    with folder.engine().begin() as connection:
        connection.execute(text("CREATE TABLE t (x TEXT)"))
        connection.execute(text("INSERT INTO t VALUES ('kept')"))
    again = Folder.open(folder.path, PASSPHRASE)
    assert again.unseal("keys/sign") == b"secret"
    assert again.sealed("keys/sign")
    assert again.sealed_names("keys/") == ["keys/sign"]
    assert again.read_parquet("records/a").to_pylist()[1]["names"] == ["Li Wei"]
    assert again.read_parquet("records/a", columns=["id"]).column_names == ["id"]
    assert again.parquet_files("records/") == ["records/a"]
    with again.engine().connect() as connection:
        assert connection.execute(text("SELECT x FROM t")).scalar_one() == "kept"
    assert again.subkey("one") == folder.subkey("one")
    assert again.subkey("one") != again.subkey("two")


def test_remove(folder: Folder) -> None:
    folder.write_parquet("records/a", table("x"))
    folder.seal("note", b"x")
    folder.remove("records/a")
    folder.remove("note")
    assert folder.parquet_files() == []
    assert not folder.sealed("note")
    with pytest.raises(InputError) as caught:
        folder.remove("note")
    assert caught.value.code == "vault.absent"
    with pytest.raises(InputError):
        folder.unseal("note")
    with pytest.raises(InputError):
        folder.read_parquet("records/a")


def test_a_wrong_passphrase_opens_nothing_and_is_not_repeated(folder: Folder) -> None:
    with pytest.raises(TrustError) as caught:
        Folder.open(folder.path, "a wrong passphrase")
    assert caught.value.code == "vault.passphrase"
    assert "a wrong passphrase" not in f"{caught.value.message}{caught.value.remedy}"


def test_the_same_passphrase_typed_on_another_keyboard_opens(tmp_path: Path) -> None:
    Folder.create(tmp_path / "desk", "café noir", cost=TESTS)
    Folder.open(tmp_path / "desk", "cafe\u0301 noir")


def test_an_empty_passphrase_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError):
        Folder.create(tmp_path / "desk", "", cost=TESTS)
    assert list(tmp_path.iterdir()) == []


def test_an_existing_folder_is_never_overwritten(folder: Folder) -> None:
    before = (folder.path / "vault.json").read_bytes()
    with pytest.raises(UsageError) as caught:
        Folder.create(folder.path, PASSPHRASE, cost=TESTS)
    assert caught.value.code == "desk.exists"
    assert (folder.path / "vault.json").read_bytes() == before


def test_an_empty_folder_may_become_a_desk(tmp_path: Path) -> None:
    (tmp_path / "desk").mkdir()
    Folder.create(tmp_path / "desk", PASSPHRASE, cost=TESTS)
    Folder.open(tmp_path / "desk", PASSPHRASE)


def test_what_is_no_desk_is_named_so(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        Folder.open(tmp_path, PASSPHRASE)
    assert caught.value.code == "desk.missing"


def test_a_failed_filling_leaves_nothing(tmp_path: Path) -> None:
    def fail(folder: Folder) -> None:
        folder.seal("half", b"made")
        raise RuntimeError

    with pytest.raises(RuntimeError):
        Folder.create(tmp_path / "desk", PASSPHRASE, cost=TESTS, fill=fail)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["../outside", "/etc/passwd", "a/../b", "", "Amina Diallo", ".hidden", "a//b", "a\n"])
def test_path_traversal_by_name(folder: Folder, name: str) -> None:
    with pytest.raises(InputError):
        folder.seal(name, b"x")
    with pytest.raises(InputError):
        folder.write_parquet(name, table("x"))


@pytest.mark.skipif(os.name == "nt", reason="POSIX modes")
def test_only_the_owner_may_read(folder: Folder) -> None:
    folder.seal("keys/sign", b"secret")
    folder.write_parquet("records/a", table("x"))
    folder.engine()
    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in [folder.path, *folder.path.rglob("*")]}
    assert all(mode & 0o077 == 0 for mode in modes.values()), modes


def test_a_bit_flipped_in_any_kept_file(folder: Folder) -> None:
    folder.seal("note", b"a note of some length")
    path = folder.path / "sealed" / "note"
    whole = path.read_bytes()
    for position in range(len(whole)):
        path.write_bytes(whole[:position] + bytes([whole[position] ^ 1]) + whole[position + 1 :])
        with pytest.raises(TrustError):
            folder.unseal("note")
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        with pytest.raises(TrustError):
            folder.unseal("note")


def test_a_bit_flipped_in_a_table(folder: Folder) -> None:
    folder.write_parquet("a", table("Amina", "Boris"))
    path = folder.path / "tables" / "a.parquet"
    whole = path.read_bytes()
    good = folder.read_parquet("a")
    for position in range(0, len(whole), 7):
        path.write_bytes(whole[:position] + bytes([whole[position] ^ 1]) + whole[position + 1 :])
        try:
            read = folder.read_parquet("a")
        except TrustError:
            continue
        assert read.equals(good)  # a few header bytes carry nothing


def test_one_sealed_file_put_in_the_place_of_another(folder: Folder) -> None:
    folder.seal("a", b"for a")
    folder.seal("b", b"for b")
    (folder.path / "sealed" / "a").write_bytes((folder.path / "sealed" / "b").read_bytes())
    with pytest.raises(TrustError):
        folder.unseal("a")


def test_one_table_put_in_the_place_of_another(folder: Folder) -> None:
    folder.write_parquet("a", table("for a"))
    folder.write_parquet("b", table("for b"))
    (folder.path / "tables" / "a.parquet").write_bytes((folder.path / "tables" / "b.parquet").read_bytes())
    with pytest.raises(TrustError):
        folder.read_parquet("a")


def test_a_table_and_a_database_of_another_desk(folder: Folder, tmp_path: Path) -> None:
    other = Folder.create(tmp_path / "other", PASSPHRASE, cost=TESTS)
    for one in (folder, other):
        one.write_parquet("a", table("x"))
        with one.engine().begin() as connection:
            connection.execute(text("CREATE TABLE t (x TEXT)"))
        one.close()
    for name in ("tables/a.parquet", "state.db"):
        (folder.path / name).write_bytes((other.path / name).read_bytes())
    with pytest.raises(TrustError):
        folder.read_parquet("a")
    with pytest.raises(TrustError):
        folder.engine()


def test_a_cheaper_cost_written_into_the_folder(folder: Folder) -> None:
    path = folder.path / "vault.json"
    path.write_bytes(path.read_bytes().replace(b'"passes":1', b'"passes":2'))
    with pytest.raises(TrustError):
        Folder.open(folder.path, PASSPHRASE)


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b"\xff", b'{"version":1,"kdf":"argon2id"}'])
def test_a_damaged_vault_file(folder: Folder, content: bytes) -> None:
    (folder.path / "vault.json").write_bytes(content)
    with pytest.raises(TrustError) as caught:
        Folder.open(folder.path, PASSPHRASE)
    assert caught.value.code == "vault.damaged"


def test_a_planted_cost_does_not_exhaust_the_machine() -> None:
    box = wrap(b"x", PASSPHRASE, TESTS).replace(b'"memory_kib":64', b'"memory_kib":999999999')
    with pytest.raises(TrustError) as caught:
        unwrap(box, PASSPHRASE)
    assert caught.value.code == "vault.damaged"


def test_errors_of_the_database_carry_no_value_and_no_key(folder: Folder) -> None:
    engine = folder.engine()
    with pytest.raises(Exception) as caught, engine.begin() as connection:  # noqa: PT011 - any error of the driver
        connection.execute(text("INSERT INTO absent VALUES (:name)"), {"name": "Amina Diallo"})
    assert "Amina" not in str(caught.value)
    assert folder.subkey("state").hex() not in f"{engine!r}{engine.url!r}{caught.value}{folder!r}"


def test_the_lock_is_reentrant_and_keeps_a_second_writer_out(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("accord.vault.folder._WAIT_SECONDS", 0.1)
    other = Folder.open(folder.path, PASSPHRASE)
    with folder.lock(), folder.lock():
        folder.seal("a", b"mine")
        with pytest.raises(InputError) as caught:
            other.seal("a", b"theirs")
        assert caught.value.code == "desk.busy"
    other.seal("a", b"theirs")
    assert folder.unseal("a") == b"theirs"


def test_who_works_on_tables_for_long_keeps_out_others_who_do_but_no_other_writer(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("accord.vault.folder._WAIT_SECONDS", 0.1)
    other = Folder.open(folder.path, PASSPHRASE)
    with folder.stage(), folder.stage():
        folder.write_parquet("holding/a", pa.table({"x": [1]}))
        other.seal("b", b"meanwhile")
        with pytest.raises(InputError) as caught, other.stage():
            pass
        assert caught.value.code == "desk.busy"
        with folder.lock():
            folder.seal("c", b"the end of it")
            with pytest.raises(InputError):
                other.seal("b", b"too late")
    with other.stage():
        other.remove("holding/a")
    assert (folder.unseal("b"), other.unseal("c")) == (b"meanwhile", b"the end of it")


def test_who_writes_waits_not_at_all_for_who_works_on_tables(folder: Folder) -> None:
    """Otherwise the two could wait for each other."""
    with ThreadPoolExecutor(1) as pool, folder.stage():

        def wrong_order() -> str:
            with folder.lock():
                try:
                    with folder.stage():
                        return "both"
                except InputError as error:
                    return error.code

        assert pool.submit(wrong_order).result(5) == "desk.busy"  # well under the ten seconds of a wait
        with folder.lock():
            folder.seal("a", b"x")


def test_unfinished_table_of_one_who_is_at_work_is_not_cleared_away(folder: Folder) -> None:
    (folder.path / "tables").mkdir(exist_ok=True)
    unfinished = folder.path / "tables" / ".unfinished-0"
    unfinished.write_bytes(b"half")
    with folder.stage():
        Folder.open(folder.path, PASSPHRASE)
        assert unfinished.exists()
    Folder.open(folder.path, PASSPHRASE)
    assert not unfinished.exists()
