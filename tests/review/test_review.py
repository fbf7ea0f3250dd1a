"""The review: what is found once stays found, what is judged stays judged, and nobody overwrites anybody."""

from __future__ import annotations

import datetime as dt
import threading
from pathlib import Path

import pytest

from accord.arrangement import NewParty, create_desk, keys
from accord.arrangement.model import Contact
from accord.errors import InputError
from accord.ledger import Log, verify
from accord.match import Match
from accord.records import Entity, Holding
from accord.records import holding as module
from accord.review import Finder, Queue
from accord.vault import TESTS, Folder

pytestmark = pytest.mark.engines

NOW = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
NAMES = (
    "Amina Diallo-Traoré",
    "Bodil Fredriksen",
    "Kwame Boateng Asante",
    "Quarzo Negro Trading",
    "Ivo Marković Perić",
)


def person(key: str, name: str, **more: str) -> Entity:
    return Entity(key, "Person", {"name": (name,), "birthDate": ("1980-05-17",), **{k: (v,) for k, v in more.items()}})


TWICE = [person(f"{side}{n}", name) for n, name in enumerate(NAMES) for side in ("a", "b")]


@pytest.fixture
def desk(tmp_path: Path, state: str) -> Folder:
    new = NewParty("desk", "Desk", Contact("Desk"))
    return create_desk(tmp_path / "desk", "a long passphrase", new, cost=TESTS, state=state)


def queue_of(folder: Folder) -> Queue:
    own = keys(folder)
    return Queue(folder, Log(folder.engine(), own.sign, own.party), lambda: NOW)


def log_holds(folder: Folder) -> None:
    own = keys(folder)
    assert verify(folder.engine(), own.party, own.sign.verify_key) is not None


def test_pairs_are_found_once_and_a_new_load_costs_its_own_parts(desk: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PART_ROWS", 4)
    holding, queue = Holding(desk), queue_of(desk)
    holding.load(TWICE, source="one.jsonl", at=NOW)
    finder = Finder(holding, queue)
    finder.start(background=False)
    assert (finder.progress.state, finder.progress.percent) == ("finished", 100)
    assert {(one.left, one.right) for one in queue.waiting("ana", 50)} == {(f"a{n}", f"b{n}") for n in range(5)}

    parts = set(holding.parts())
    holding.load([person("c0", NAMES[0])], source="two.jsonl", at=NOW)
    seen: list[tuple[str, str]] = []
    compare = Finder._compare
    monkeypatch.setattr(Finder, "_compare", lambda self, *two: seen.append(two) or compare(self, *two))
    finder.start(background=False)
    assert seen
    assert all(set(two) - parts for two in seen)
    assert {one.left + one.right for one in queue.of_record("c0")} == {"a0c0", "b0c0"}


def test_search_that_was_stopped_goes_on_where_it_was(desk: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PART_ROWS", 4)
    holding, queue = Holding(desk), queue_of(desk)
    holding.load(TWICE, source="one.jsonl", at=NOW)
    finder = Finder(holding, queue)
    compare, done = Finder._compare, []

    def stopping(self: Finder, left: str, right: str) -> list[Match]:
        done.append((left, right))
        if len(done) == 3:
            self.stop()
        return compare(self, left, right)

    monkeypatch.setattr(Finder, "_compare", stopping)
    finder.start()
    finder.join(30)
    assert finder.progress.state == "stopped"
    assert 0 < finder.progress.percent < 100
    again = Finder(Holding(desk), queue_of(desk))  # as after a restart of the desk
    again.start(background=False)
    assert again.progress.percent == 100
    assert len(done) == len(set(done)) + 1  # the one at work when it was stopped is done again, no other
    assert len(queue.waiting("ana", 50)) == 5


def test_record_whose_use_was_stopped_is_not_compared(desk: Folder) -> None:
    from dataclasses import replace

    holding, queue = Holding(desk), queue_of(desk)
    holding.load(TWICE[:2], source="one.jsonl", at=NOW)
    held = holding.get("a0")
    holding.revise([replace(held, terms=replace(held.terms, restricted=True))])
    Finder(holding, queue).start(background=False)
    assert queue.waiting("ana", 5) == []


def test_judged_pair_wins_in_the_next_queue(desk: Folder) -> None:
    queue = queue_of(desk)
    queue.put([Match("x", "y", 0.9), Match("v", "w", 0.4)])
    first = queue.waiting("ana", 1)[0]
    assert (first.left, first.right) == ("x", "y")
    queue.judge(first.id, "ana", "not-same", 12)
    assert queue.put([Match("y", "x", 0.99), Match("v", "w", 0.5)]) == 0
    assert [one.left for one in queue.waiting("ana", 5)] == ["v"]
    assert [one.to_dict() for one in queue.judged()] == [
        {"left": "x", "right": "y", "judgement": "negative", "score": 0.9}
    ]
    assert queue.pace("ana") == (1, 12.0)
    log_holds(desk)


def test_undo_brings_the_last_pair_back_and_no_other_persons(desk: Folder) -> None:
    queue = queue_of(desk)
    queue.put([Match("x", "y", 0.9), Match("v", "w", 0.4)])
    one, two = (each.id for each in queue.waiting("ana", 2))
    queue.judge(one, "ana", "same", 1)
    queue.judge(two, "eva", "same", 1)
    assert queue.undo("ana") == one
    assert queue.pair(one).state == "open"
    assert queue.pair(two).state == "same"
    with pytest.raises(InputError, match="no judgement of yours"):
        queue.undo("ana")


def test_first_opinion_is_hidden_until_the_second_is_given(desk: Folder) -> None:
    queue = queue_of(desk)
    queue.put([Match("x", "y", 0.9)])
    [pair] = queue.waiting("ana", 5)
    queue.judge(pair.id, "ana", "same", 5, second=True)
    assert queue.waiting("ana", 5) == []
    assert queue.count_waiting("eva") == 1
    assert queue.said(pair.id, "eva") == []
    assert list(queue.judged()) == []  # it does not count yet
    with pytest.raises(InputError, match="judged meanwhile"):
        queue.judge(pair.id, "ana", "same", 5)  # nobody is their own second
    assert queue.judge(pair.id, "eva", "not-same", 5).state == "differ"
    assert {one.account for one in queue.said(pair.id, "ana")} == {"ana", "eva"}
    assert queue.judge(pair.id, "zoe", "not-same", 5).state == "not-same"


def test_two_at_once_do_not_overwrite_each_other(desk: Folder) -> None:
    queue = queue_of(desk)
    queue.put([Match(f"x{n}", f"y{n}", 0.9) for n in range(6)])
    pairs = [one.id for one in queue.waiting("ana", 9)]
    told: list[str] = []

    def work(who: str, verdict: str) -> None:
        for pair in pairs:
            try:
                queue.judge(pair, who, verdict, 1)
            except InputError as error:
                told.append(error.code)

    people = [threading.Thread(target=work, args=(f"p{n}", verdict)) for n, verdict in enumerate(("same", "not-same"))]
    for each in people:
        each.start()
    for each in people:
        each.join()
    assert told == ["review.judged"] * 6
    assert all(len(queue.said(pair, "p0")) == 1 for pair in pairs)
    log_holds(desk)


def test_erased_record_takes_pairs_and_ledger_keys_along(desk: Folder) -> None:
    queue = queue_of(desk)
    queue.put([Match("x", "y", 0.9), Match("v", "w", 0.9)])
    for one in queue.waiting("ana", 5):
        queue.judge(one.id, "ana", "same", 1)
    assert queue.forget({"x"}) == 1
    assert [one.left for one in queue.judged()] == ["v"]
    own = keys(desk)
    said = [one for one in Log(desk.engine(), own.sign, own.party).entries() if one.kind == "review.judged"]
    assert sorted(one.details is None for one in said) == [False, True]
    log_holds(desk)
