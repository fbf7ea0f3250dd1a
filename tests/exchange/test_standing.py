"""Questions that stand, and what ends by itself."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from accord import exchange
from accord.errors import InputError, PolicyError
from accord.exchange import Making, state
from accord.records import Entity

NEW = Entity("u9", "Person", {"name": ("Kwame Boateng",), "birthDate": ("1990-12-01",)})


def stood(desks: Any) -> str:
    return exchange.stand(desks.unodc, "interpol", "investigation", "case-7")


def row(desks: Any) -> Any:
    return exchange.standing(desks.unodc)[0]


def test_only_what_is_new_or_changed_is_asked_about_again(desks: Any) -> None:
    name = stood(desks)
    assert (row(desks).asked, row(desks).waiting) == (0, 4)
    desks.carry(exchange.ask_again(desks.unodc, name), "interpol")
    assert (row(desks).asked, row(desks).waiting) == (4, 0)
    assert exchange.ask_again(desks.unodc, name) is None
    desks.unodc.holding.load([NEW], source="new", at=desks.clock[0])
    assert row(desks).waiting == 1
    said = desks.carry(exchange.ask_again(desks.unodc, name), "interpol")
    assert said[1].said.startswith("possible matches for 1 of 1 record;")
    changed = Entity("u3", "Person", {"name": ("Bodil Ingrid Fredriksen",), "birthDate": ("1971-01-10",)})
    desks.unodc.holding.load([changed], source="unodc.jsonl", at=desks.clock[0])
    assert row(desks).waiting == 1
    desks.carry(exchange.ask_again(desks.unodc, name), "interpol")
    assert row(desks).waiting == 0
    assert len(exchange.hits(desks.unodc)) == 4


def test_a_question_under_way_is_not_asked_twice_and_one_without_answer_was_not_asked(desks: Any) -> None:
    name = stood(desks)
    exchange.ask_again(desks.unodc, name)
    with pytest.raises(InputError, match="not answered yet"):
        exchange.ask_again(desks.unodc, name)
    desks.clock[0] += dt.timedelta(days=40)
    assert exchange.sweep(desks.unodc) == {"question": 1}
    assert row(desks).waiting == 4
    desks.carry(exchange.ask_again(desks.unodc, name), "interpol")
    assert row(desks).waiting == 0


def test_a_standing_question_stays_within_the_quota(make: Any) -> None:
    desks = make(edit=lambda text: text.replace("questions_per_day = 10000", "questions_per_day = 15").replace(
        "smallest_set = 256", "smallest_set = 8").replace("marks_per_session = 500000", "marks_per_session = 30"))  # fmt: skip
    name = stood(desks)
    days = 0
    while row(desks).waiting and days < 9:
        try:
            desks.carry(exchange.ask_again(desks.unodc, name), "interpol")
        except PolicyError as refused:
            days += refused.code == "question.quota"
            desks.clock[0] += dt.timedelta(days=1, minutes=1)
    assert row(desks).asked == 4
    assert len(exchange.hits(desks.unodc)) == 3


def test_attack_the_list_of_asked_records_read_from_a_standing_question(desks: Any) -> None:
    name = stood(desks)
    desks.carry(exchange.ask_again(desks.unodc, name), "interpol")
    with desks.unodc.reading() as connection:
        kept = repr([state.get(connection, state.Standing, name), *state.find(connection, state.Session)])
    for planted in ("u1", "u2", "Diallo", "tags"):
        assert f"'{planted}'" not in kept
    desks.unodc.holding.remove({"u1"}, lambda *_: None)
    desks.unodc.holding.load([NEW], source="new", at=desks.clock[0])
    desks.carry(exchange.ask_again(desks.unodc, name), "interpol")
    assert row(desks).asked == 4  # the tag of the record that is gone went with it
    exchange.end_standing(desks.unodc, name)
    assert (row(desks).state, row(desks).asked) == ("ended", 0)
    with pytest.raises(InputError, match="does not stand"):
        exchange.ask_again(desks.unodc, name)


def test_a_record_above_a_limit_of_a_class_keeps_no_other_waiting(make: Any) -> None:
    """It was the first to be asked about, was refused every day, and the question never went further."""
    limit = '[quotas.marks_per_class]\n"three name words" = 0'
    over = Entity("a1", "Person", {"name": ("Bodil Ingrid Fredriksen",)})
    other = Entity("u2", "Company", {"name": ("Quarzo Negro Trading SA",), "jurisdiction": ("pa",)})
    desks = make(ours=[over, other], edit=lambda text: text.replace("[quotas.marks_per_class]", limit))
    name = exchange.stand(desks.unodc, "interpol", "investigation", "case-7")
    desks.carry(exchange.ask_again(desks.unodc, name), "interpol")
    assert [one["record"] for one in exchange.hits(desks.unodc)] == ["u2"]
    assert (row(desks).asked, row(desks).waiting) == (1, 0)
    assert exchange.ask_again(desks.unodc, name) is None


def test_opening_a_desk_ends_what_is_over(desks: Any) -> None:
    desks.ask()
    wish = desks.released()
    item = exchange.derive(desks.unodc, b"a note", Making("note", "investigation", "analyst", (wish,)))
    exchange.ask(desks.unodc, "interpol", "investigation", "case-8")
    exchange.receive(desks.interpol, exchange.count_with(desks.unodc, "interpol", "investigation", "case-9"))
    desks.requested("u2", ("jurisdiction",))
    desks.clock[0] += dt.timedelta(days=400)
    again = desks.reopen()
    for desk in (again.unodc, again.interpol):
        with desk.reading() as connection:
            sessions = state.find(connection, state.Session)
            assert not [one for one in sessions if one.secret is not None]
            letters = state.find(connection, state.Letter, incoming=0)
            alive = {one.id for one in sessions if one.state in ("requested", "released")}
            assert not [one for one in letters if one.data is not None and one.session not in alive]
            assert not [one for one in state.find(connection, state.Wish) if one.shown]
            assert not [one for one in state.find(connection, state.Release) if one.fields]
        assert exchange.sweep(desk) == {}
    assert exchange.derived(again.unodc)[0].state == "expired"
    assert item.id == exchange.derived(again.unodc)[0].id
    assert {line.waits_for for line in exchange.status(again.unodc)} == {"nobody"}
    again.unodc.folder.close()
    again.interpol.folder.close()


def test_a_recall_is_never_given_up(desks: Any) -> None:
    desks.ask()
    wish = desks.released()
    message = exchange.recall(desks.interpol, wish)
    desks.clock[0] += dt.timedelta(days=400)
    exchange.sweep(desks.interpol)
    assert exchange.resend(desks.interpol, wish) == message
    desks.carry(message, "unodc")
    assert exchange.given(desks.interpol, wish).state == "returned"


def test_an_accord_that_ended_is_not_nothing_new_to_ask(desks: Any) -> None:
    name = stood(desks)
    desks.clock[0] += dt.timedelta(days=3 * 365)
    with pytest.raises(PolicyError, match="not in force"):
        exchange.ask_again(desks.unodc, name)


def test_a_request_that_nobody_answered_was_not_declined(asked: Any) -> None:
    """A partner that may never have had the file would be said to have decided against it."""
    wish = asked.requested()
    asked.clock[0] += dt.timedelta(days=asked.unodc.accord.retention.unanswered_days + 1)
    asked = asked.reopen()
    for party, said in ((asked.unodc, "nobody answered in time"), (asked.interpol, "nobody decided in time")):
        assert [(one.waits_for, one.what) for one in exchange.status(party) if one.id == wish] == [("nobody", said)]
        assert "lapsed" in {row["state"] for row in exchange.hits(party)}
    with pytest.raises(InputError, match="lapsed"):
        exchange.identify(asked.interpol, wish, "same")
    assert asked.requested() != wish  # it may be asked for again
