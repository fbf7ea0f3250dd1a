"""Loads and removals against a dictionary: what is added, changed, unchanged and removed, and what is on the disk."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accord.errors import InputError
from accord.records import Entity, Holding, RecordTerms
from accord.records import _change as change_module
from accord.records import holding as module
from accord.vault import TESTS, Folder

NOW = datetime.datetime(2026, 5, 1, tzinfo=datetime.UTC)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    return Folder.create(tmp_path_factory.mktemp("change") / "desk", "pass", cost=TESTS)


@pytest.fixture(scope="module", autouse=True)
def _small_parts() -> object:
    patch = pytest.MonkeyPatch()
    patch.setattr(module, "PART_ROWS", 3)
    patch.setattr(change_module, "_MANY_SMALL", 2)
    patch.setattr(change_module, "_SMALL", 2)
    yield
    patch.undo()


@dataclass(frozen=True)
class _Load:
    records: list[tuple[str, str]]
    source: str
    whole: bool


_IDS = st.sampled_from([f"p{number}" for number in range(9)])
_LOADS = st.builds(
    _Load,
    st.lists(st.tuples(_IDS, st.sampled_from(["a", "b", "c"])), max_size=12),
    st.sampled_from(["one", "two"]),
    st.booleans(),
)
_STEPS = st.lists(_LOADS | st.lists(_IDS, max_size=3), min_size=1, max_size=5)


@settings(max_examples=15, deadline=None)
@given(steps=_STEPS)
def test_any_order_of_loads_and_removals_is_what_a_dictionary_would_hold(
    folder: Folder, steps: list[_Load | list[str]]
) -> None:
    holding = Holding(folder)
    holding.remove([held.entity.id for held in holding.iterate()])
    model: dict[str, tuple[frozenset[str], str]] = {}
    for step in steps:
        if isinstance(step, list):
            assert holding.remove(step) == len(set(step) & model.keys())
            model = {key: value for key, value in model.items() if key not in step}
            continue
        new: dict[str, frozenset[str]] = {}
        for key, name in step.records:
            new[key] = new.get(key, frozenset()) | {name}
        loaded = holding.load(
            [Entity(key, "Person", {"name": (name,)}) for key, name in step.records],
            source=step.source,
            at=NOW,
            whole=step.whole,
        )
        unchanged = {key for key, names in new.items() if key in model and model[key][0] == names}
        gone = {key for key, (_, source) in model.items() if step.whole and source == step.source and key not in new}
        assert (loaded.added, loaded.removed) == (len(new.keys() - model.keys()), len(gone))
        assert loaded.changed + loaded.unchanged == len(new.keys() & model.keys())
        # a record whose fragments lie further apart than a part holds may count as changed, though it says the same
        apart = {key for key in unchanged if sum(key == name for name, _ in step.records) > 1}
        assert len(unchanged - apart) <= loaded.unchanged <= len(unchanged)
        model = {key: value for key, value in model.items() if key not in gone}
        model |= {key: (names, step.source) for key, names in new.items() if key not in unchanged}
        for one in holding.iterate():
            if one.entity.id in apart and one.source == step.source:
                model[one.entity.id] = (model[one.entity.id][0], step.source)
    held = list(holding.iterate())
    assert len(held) == len(holding) == len(model)
    assert {one.entity.id: (frozenset(one.entity.get("name")), one.source) for one in held} == model
    assert len(folder.parquet_files()) == len(holding._names())


def test_records_whose_ids_hash_alike_stay_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import numpy as np

    monkeypatch.setattr(change_module, "_hashes", lambda ids: np.zeros(len(ids), dtype=np.uint64))
    holding = Holding(Folder.create(tmp_path / "desk", "pass", cost=TESTS))
    people = [Entity(f"p{number}", "Person", {"name": (f"Name {number}",)}) for number in range(7)]
    assert holding.load(people, source="one", at=NOW).added == 7
    again = holding.load([*people[:6], Entity("p6", "Person", {"name": ("New",)})], source="one", at=NOW)
    assert (again.added, again.changed, again.unchanged) == (0, 1, 6)
    assert holding.remove(["p1", "p9"]) == 1
    assert sorted(held.entity.caption for held in holding.iterate()) == [
        "Name 0",
        *(f"Name {n}" for n in range(2, 6)),
        "New",
    ]


def test_an_unchanged_load_writes_nothing(tmp_path: Path) -> None:
    folder = Folder.create(tmp_path / "desk", "pass", cost=TESTS)
    holding = Holding(folder)
    people = [Entity(f"p{number}", "Person", {"name": ("Ana", "Anna")}) for number in range(5)]
    holding.load(people, source="one", at=NOW)
    before = folder.parquet_files()
    shuffled = [Entity(one.id, "Person", {"name": ("Anna", "Ana")}) for one in people]
    assert holding.load(shuffled, source="two", at=NOW).unchanged == 5
    assert folder.parquet_files() == before
    stricter = holding.load(people, source="two", at=NOW, terms=RecordTerms(status=("witness",)))
    assert (stricter.changed, stricter.unchanged) == (5, 0)
    assert [load["unchanged"] for load in holding.loads()] == [0, 5, 0]


def test_a_load_that_fails_late_leaves_nothing_on_the_disk(tmp_path: Path) -> None:
    folder = Folder.create(tmp_path / "desk", "pass", cost=TESTS)
    holding = Holding(folder)
    holding.load([Entity("p0", "Person", {"name": ("Ana",)})], source="one", at=NOW)
    before = folder.parquet_files()
    late = [Entity(f"p{number}", "Person", {}) for number in range(10)] + [
        Entity("p0", "Vessel", {}),
        Entity("p0", "Call", {}),
    ]
    with pytest.raises(InputError) as caught:
        holding.load(late, source="two", at=NOW, whole=True)
    assert caught.value.code == "records.conflict"
    assert folder.parquet_files() == before
    assert holding.get("p0").entity.caption == "Ana"
