"""The holding: atomic loads, terms beside each record, nothing readable on the disk."""

from __future__ import annotations

import base64
import datetime
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from accord.errors import InputError, UsageError
from accord.ledger import Log, SigningKey
from accord.records import Entity, Holding, RecordTerms, _manifest
from accord.records import holding as module
from accord.vault import TESTS, Folder

NOW = datetime.datetime(2026, 5, 1, tzinfo=datetime.UTC)
PLANTED = "Zebulonia Quartermain"


def _person(identity: str, name: str, **more: tuple[str, ...]) -> Entity:
    return Entity(identity, "Person", {"name": (name,), **more})


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder.create(tmp_path / "desk", "pass", cost=TESTS)


def test_what_is_loaded_comes_back_as_it_was(folder: Folder) -> None:
    entity = Entity.from_dict(
        {
            "id": "ä/1",
            "schema": "Spaceship",
            "properties": {"name": ["أمينة"], "x": [1]},
            "datasets": ["d"],
            "caption": "c",
        }
    )
    Holding(folder).load([entity], source="file.jsonl", at=NOW)
    held = Holding(Folder.open(folder.path, "pass")).get("ä/1")
    assert held.entity == entity
    assert held.source == "file.jsonl"
    assert held.terms == RecordTerms()


def test_add_replace_and_remove_by_id(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PART_ROWS", 3)
    holding = Holding(folder)
    first = holding.load([_person(f"p{n}", f"Name {n}") for n in range(10)], source="one", at=NOW)
    assert (first.added, first.changed, len(folder.parquet_files())) == (10, 0, 4)
    second = holding.load([_person("p3", "New name"), _person("p99", "Another")], source="two", at=NOW)
    assert (second.added, second.changed, len(holding)) == (1, 1, 11)
    assert holding.get("p3").entity.caption == "New name"
    assert sorted(held.entity.id for held in holding.iterate()) == sorted([*(f"p{n}" for n in range(10)), "p99"])
    assert holding.remove(["p3", "p4", "unknown"]) == 2
    with pytest.raises(InputError) as caught:
        holding.get("p3")
    assert caught.value.code == "records.absent"
    assert len(holding) == 9
    assert [load["entities"] for load in holding.loads()] == [10, 2]


def test_fragments_are_joined_and_a_conflict_loads_nothing(folder: Folder) -> None:
    holding = Holding(folder)
    holding.load([_person("p", "Ana"), _person("p", "Anna", birthDate=("1970",))], source="one", at=NOW)
    assert holding.get("p").entity.properties == {"name": ("Ana", "Anna"), "birthDate": ("1970",)}
    with pytest.raises(InputError) as caught:
        holding.load([_person("q", "Q"), Entity("q", "Vessel", {})], source="two", at=NOW)
    assert caught.value.code == "records.conflict"
    assert len(holding) == 1


def test_terms_are_kept_beside_the_record_and_only_add_up(folder: Folder) -> None:
    holding = Holding(folder)
    own = {"purposes": ["extradition"], "owner": "ncb-x", "status": "witness"}
    entity = Entity("p", "Person", {"name": ("Ana",)}, extra={"accord": own, "caption": "Ana"})
    given = RecordTerms(purposes=("asset-recovery",), handling=("tlp:AMBER",))
    holding.load([entity, _person("q", "Q")], source="one", at=NOW, terms=given)
    held = holding.get("p")
    assert dict(held.entity.extra) == {"caption": "Ana"}
    assert held.terms == RecordTerms(("extradition",), ("tlp:AMBER",), ("ncb-x",), ("witness",))
    assert holding.get("q").terms == given
    holding.load([_person("p", "Ana")], source="two", at=NOW)
    assert holding.get("p").terms == held.terms, "protection must not end by loading a record again"


@pytest.mark.parametrize(
    "terms", [{"purpose": "x"}, {"status": ["hero"]}, {"until": "soon"}, {"restricted": "yes"}, ["x"], {"owners": [1]}]
)
def test_terms_that_cannot_be_read_stop_the_load(folder: Folder, terms: object) -> None:
    with pytest.raises(InputError) as caught:
        Holding(folder).load([Entity("p", "Person", {}, extra={"accord": terms})], source="one", at=NOW)
    assert caught.value.code == "records.terms"
    assert len(Holding(folder)) == 0


@pytest.mark.parametrize(
    ("born", "minor"),
    [("2008-05-02", True), ("2008-05-01", False), ("2008", True), ("2007", False), ("unknown", False)],
)
def test_minors_are_marked_by_their_birth_dates(folder: Folder, born: str, minor: bool) -> None:
    loaded = Holding(folder).load([_person("p", "Ana", birthDate=(born,))], source="one", at=NOW)
    assert loaded.minors == int(minor)
    assert Holding(folder).get("p").terms.status == (("minor",) if minor else ())


def test_where_chooses_records(folder: Folder) -> None:
    holding = Holding(folder)
    holding.load(
        [
            _person("a", "Amina Diallo", nationality=("Iran",)),
            _person("b", "Boris", nationality=("ru",)),
            Entity("c", "Company", {"name": ("Red Sea Trading",)}, ("list",)),
        ],
        source="one",
        at=NOW,
    )

    def chosen(where: str) -> str:
        return "".join(held.entity.id for held in holding.iterate(where))

    assert chosen("schema = LegalEntity") == "abc"
    assert chosen("schema != Person") == "c"
    assert chosen("nationality = ir, Russian") == "ab"
    assert chosen("name ~ DIALLO and schema = Person") == "a"
    assert chosen("name = red sea trading") == "c"
    assert chosen("dataset = list") == "c"
    assert chosen("source = two") == ""
    for wrong in ("", "name", "schema = Spaceship", "name >", "a = ,"):
        with pytest.raises(UsageError):
            list(holding.iterate(wrong or " "))


def test_the_ledger_entry_and_the_load_are_one(folder: Folder) -> None:
    holding = Holding(folder)

    def fail(*_: object) -> None:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        holding.load([_person("p", "Ana")], source="one", at=NOW, then=fail)
    assert len(holding) == 0
    holding.load([_person("q", "Ana")], source="two", at=NOW)
    assert [held.entity.id for held in holding.iterate()] == ["q"]
    assert len(folder.parquet_files()) == 1, "what the failed load wrote is swept"


def test_a_planted_name_is_nowhere_on_the_disk(folder: Folder, tmp_path: Path) -> None:
    Holding(folder).load([_person("planted", PLANTED)] * 2, source=f"{PLANTED}.jsonl", at=NOW)
    assert not list(_leaks(folder.path))
    Holding(folder).remove(["planted"])
    assert not list(_leaks(folder.path))


_CHILD = """
import datetime, sys, time
from pathlib import Path
from accord.records import Entity, Holding
from accord.vault import Folder

def wait(*_):
    print("in the transaction", flush=True)
    time.sleep(60)

folder = Folder.open(Path(sys.argv[1]), "pass")
planted = [Entity(f"p{n}", "Person", {"name": (sys.argv[2],)}) for n in range(5000)]
Holding(folder).load(planted, source="second", at=datetime.datetime.now(datetime.UTC), then=wait)
"""


_SLOW = """
import datetime, sys, time
from pathlib import Path
from accord.records import Entity, Holding, holding
from accord.vault import Folder

holding.PART_ROWS = 10

def read():
    for n in range(25):
        yield Entity(f"p{n}", "Person", {"name": ("New",)})
    print("two parts are written", flush=True)
    time.sleep(60)

Holding(Folder.open(Path(sys.argv[1]), "pass")).load(read(), source="second", at=datetime.datetime.now(datetime.UTC))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_others_write_while_a_load_is_under_way_and_its_kill_loses_nothing_of_theirs(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    Holding(folder).load([_person("p1", "Amina")], source="first", at=NOW)
    monkeypatch.setattr("accord.vault.folder._WAIT_SECONDS", 0.1)
    here = Folder.open(folder.path, "pass")
    log = Log(here.engine(), SigningKey.generate(), "unodc")
    child = subprocess.Popen([sys.executable, "-c", _SLOW, str(folder.path)], stdout=subprocess.PIPE)
    assert child.stdout is not None
    assert child.stdout.readline()
    with here.lock(), here.engine().begin() as connection:
        log.append("exchange.asked", "meanwhile", {}, at=NOW, within=connection)
    for change in (lambda: Holding(here).remove(["p1"]), lambda: Holding(here).load([], source="third", at=NOW)):
        with pytest.raises(InputError, match="being loaded"):
            change()
    assert [held.entity.id for held in Holding(here).iterate()] == ["p1"]
    assert len(list(folder.path.rglob("*.parquet"))) == 3, "its parts are left alone while it lives"
    child.send_signal(signal.SIGKILL)
    child.wait()
    child.stdout.close()
    assert [entry.about for entry in log.entries()] == ["meanwhile"]
    Holding(here).load([_person("p2", "Ana")], source="third", at=NOW)
    assert [held.entity.id for held in Holding(here).iterate()] == ["p1", "p2"]
    assert len(list(folder.path.rglob("*.parquet"))) == 2


def test_a_list_that_another_machine_changed_meanwhile_is_not_overwritten(folder: Folder) -> None:
    """A copy of the folder has a lock of its own: what it added must not be lost."""
    holding = Holding(folder)
    holding.load([_person("p1", "Amina")], source="first", at=NOW)

    def read() -> Iterator[Entity]:
        yield _person("p2", "Ana")
        with _manifest.exchange(folder, holding.parts(), [], [("holding/0000", 1)]):
            pass

    with pytest.raises(InputError, match="changed meanwhile"):
        holding.load(read(), source="second", at=NOW)
    assert "holding/0000" in holding.parts()


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_kill_9_during_a_load_leaves_the_previous_state_and_no_plain_text(folder: Folder, tmp_path: Path) -> None:
    Holding(folder).load([_person("p1", PLANTED)], source="first", at=NOW)
    folder.close()
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    child = subprocess.Popen(
        [sys.executable, "-c", _CHILD, str(folder.path), PLANTED],
        stdout=subprocess.PIPE,
        env={**os.environ, "TMPDIR": str(temporary), "SQLITE_TMPDIR": str(temporary)},
    )
    assert child.stdout is not None
    assert child.stdout.readline()
    child.send_signal(signal.SIGKILL)
    child.wait()
    child.stdout.close()
    assert len(list(folder.path.rglob("*.parquet"))) == 2, "the kill came when the new part was written"
    assert not list(_leaks(folder.path, temporary))
    after = Holding(Folder.open(folder.path, "pass"))
    assert [(held.entity.id, held.source) for held in after.iterate()] == [("p1", "first")]
    after.load([_person("p2", "Ana")], source="third", at=NOW)
    assert len(after) == 2
    assert len(list(folder.path.rglob("*.parquet"))) == 2


def _leaks(*roots: Path) -> Iterator[Path]:
    """Files that hold the planted name in any form in which it could be written."""
    forms = [
        PLANTED.encode(),
        PLANTED.encode("utf-16-le"),
        PLANTED.upper().encode(),
        PLANTED.split(maxsplit=1)[0].encode(),
    ]
    forms += [base64.b64encode(PLANTED.encode())[:16], PLANTED.encode().hex().encode(), b"planted"]
    for root in roots:
        for path in root.rglob("*"):
            if path.is_file():
                data = path.read_bytes()
                if any(form in data or form in str(path).encode() for form in forms[:-1]) or forms[-1] in data:
                    yield path


def test_stats_count_schema_completeness_and_script(folder: Folder) -> None:
    holding = Holding(folder)
    holding.load(
        [_person("a", "Amina"), _person("b", "Амина", birthDate=("1970",)), Entity("v", "Vessel", {"name": ("海",)})],
        source="one",
        at=NOW,
    )
    stats = holding.stats()
    assert stats.schemata == {"Person": 2, "Vessel": 1}
    assert stats.scripts == {"Person": {"Cyrillic": 1, "Latin": 1}, "Vessel": {"Han": 1}}
    assert {(row.schema, row.property): row.share for row in stats.properties} == {
        ("Person", "name"): 1.0,
        ("Person", "birthDate"): 0.5,
        ("Vessel", "name"): 1.0,
    }


_REMOVING = """
import os, signal, sys
from pathlib import Path
from accord.records import Holding
from accord.vault import Folder

sweep, swept = Holding._sweep, []

def once(self):
    if swept:
        os.kill(os.getpid(), signal.SIGKILL)
    swept.append(sweep(self))

Holding._sweep = once
Holding(Folder.open(Path(sys.argv[1]), "pass")).remove(["p1"])
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_what_a_killed_removal_left_on_the_disk_goes_when_the_desk_is_tidied(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The person was erased by the list, and stayed readable in a part that nobody named any more, for months perhaps."""
    Holding(folder).load([_person("p1", PLANTED), _person("p2", "Ana")], source="first", at=NOW)
    killed = subprocess.run([sys.executable, "-c", _REMOVING, str(folder.path)], check=False)
    assert killed.returncode == -signal.SIGKILL
    holding = Holding(folder)
    assert [held.entity.id for held in holding.iterate()] == ["p2"]
    assert len(list(folder.path.rglob("*.parquet"))) == 2
    monkeypatch.setattr("accord.vault.folder._WAIT_SECONDS", 0.1)
    with holding.alone():  # somebody changes the records, and what is in no list yet may be theirs
        Holding(Folder.open(folder.path, "pass")).tidy()
        assert len(list(folder.path.rglob("*.parquet"))) == 2
    holding.tidy()
    assert len(list(folder.path.rglob("*.parquet"))) == 1


def test_a_list_that_was_put_back_without_its_parts_has_nothing_deleted(folder: Folder) -> None:
    """Who restores a backup of one file only opens the desk to see: the parts that are there must stay."""
    holding = Holding(folder)
    holding.load([_person("p1", "Ana")], source="first", at=NOW)
    (part,) = folder.path.rglob("*.parquet")
    other = part.with_name("0123456789abcdef.parquet")
    part.rename(other)
    holding.tidy()
    assert other.exists()
