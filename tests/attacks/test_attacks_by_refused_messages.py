"""A partner sends what the accord refuses, again and again: each refusal was a row and an entry more, for ever."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from accord import exchange, subjects
from accord.errors import PolicyError
from accord.exchange import drawing, refusing, state
from accord.exchange.state import Letter, Session
from accord.ledger import verify

from .tampering import opened, sealed, with_body

PURPOSE = "investigation"


def question(desks: Any, number: int, purpose: str = "gossip") -> bytes:
    """A question of interpol that unodc has not seen; for a purpose of no accord, unless another is named."""
    message = opened(desks, exchange.ask(desks.interpol, "unodc", PURPOSE, f"case-{number}"), "unodc")
    header = replace(message.header, body={**message.header.body, "purpose": purpose})
    return sealed(desks, replace(message, header=header), "unodc")


def kept(party: Any) -> tuple[int, int, int]:
    with party.reading() as connection:
        return len(party.log), state.count(connection, Session), state.count(connection, Letter)


def codes(party: Any) -> list[str]:
    return [entry.details["code"] for entry in party.log.entries() if entry.kind == "exchange.refused"]


def test_attack_a_disk_filled_with_refused_questions(desks: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refusing, "MOST", 3)
    for number in range(3):
        assert exchange.receive(desks.unodc, question(desks, number)).refusal.code == "question.purpose"
    sizes = set()
    for number in range(3, 8):
        with pytest.raises(PolicyError, match="3 were today") as caught:
            exchange.receive(desks.unodc, question(desks, number))
        assert caught.value.code == "refused.many"
        sizes.add(kept(desks.unodc))
    assert len(sizes) == 1
    assert codes(desks.unodc) == ["question.purpose"] * 3 + ["refused.many"]


def test_attack_a_log_filled_with_one_message_that_is_refused(asked: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is not answered is not remembered either: the same bytes made an entry each time that they came."""
    monkeypatch.setattr(refusing, "MOST", 2)
    wish = asked.approved()
    message = opened(asked, exchange.release(asked.interpol, wish), "unodc")
    forged = sealed(asked, with_body(message, evidence=[]), "unodc")
    for _ in range(5):
        with pytest.raises(PolicyError):
            exchange.receive(asked.unodc, forged)
    assert codes(asked.unodc)[2:] == ["refused.many"]


def test_after_many_refusals_what_the_accord_lets_in_is_taken_and_the_logs_go_on(
    desks: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refusing, "MOST", 1)
    exchange.receive(desks.unodc, question(desks, 1))
    for number in (2, 3):
        with pytest.raises(PolicyError):
            exchange.receive(desks.unodc, question(desks, number))
    desks.ask()
    desks.carry(exchange.ask(desks.interpol, "unodc", PURPOSE, "case-9"), "unodc")
    assert exchange.hits(desks.interpol)
    desks.clock[0] += dt.timedelta(days=1)
    assert exchange.receive(desks.unodc, question(desks, 4)).refusal.code == "question.purpose"
    for party in (desks.unodc, desks.interpol):
        verify(party.folder.engine(), party.id, party.sign.verify_key)
        with party.reading() as connection:
            exchange.check_rows(connection, party.log, party.accord, party.now)


def test_refusals_of_a_day_on_which_the_clock_was_ahead_count_for_that_day(
    desks: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refusing, "MOST", 1)
    for ahead in (3, 0):
        desks.clock[0] += dt.timedelta(days=ahead)
        assert exchange.receive(desks.unodc, question(desks, ahead)).refusal.code == "question.purpose"
        desks.clock[0] -= dt.timedelta(days=ahead)
    with pytest.raises(PolicyError, match="1 were today"):
        exchange.receive(desks.unodc, question(desks, 9))


def test_a_refusal_for_how_much_a_desk_holds_is_remembered_after_many_others(
    make: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else whoever had used them up would let the marks be drawn each time, and see how long that takes."""
    monkeypatch.setattr(refusing, "MOST", 1)
    desks = make(edit=lambda text: text.replace("records_per_answer = 1000000", "records_per_answer = 2"))
    exchange.receive(desks.unodc, question(desks, 1))
    with pytest.raises(PolicyError):
        exchange.receive(desks.unodc, question(desks, 2))
    assert exchange.receive(desks.unodc, question(desks, 3, PURPOSE)).refusal.code == "answer.records"
    last = question(desks, 4, PURPOSE)
    monkeypatch.setattr(drawing, "drawn", None)
    with pytest.raises(PolicyError, match="1 were today"):
        exchange.receive(desks.unodc, last)


def test_attack_refusals_that_the_log_says_nothing_of(make: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The one that is kept whatever else is not came last, and then nothing said that there were more."""
    monkeypatch.setattr(refusing, "MOST", 1)
    desks = make(edit=lambda text: text.replace("records_per_answer = 1000000", "records_per_answer = 2"))
    exchange.receive(desks.unodc, question(desks, 1))
    assert exchange.receive(desks.unodc, question(desks, 2, PURPOSE)).refusal.code == "answer.records"
    for number in (3, 4):
        with pytest.raises(PolicyError, match="1 were today"):
            exchange.receive(desks.unodc, question(desks, number))
    assert codes(desks.unodc) == ["question.purpose", "answer.records", "refused.many"]


def test_attack_a_desk_filled_with_requests_that_wait_for_a_person(asked: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refusing, "UNDECIDED", 2)
    first = asked.requested("u1")
    asked.requested("u2", ("phone",))
    message = exchange.request(asked.unodc, asked.hit("u1"), ("passportNumber",), PURPOSE)
    with pytest.raises(PolicyError, match="2 requests of unodc wait for a decision"):
        exchange.receive(asked.interpol, message)
    assert [one.waits_for for one in exchange.status(asked.interpol)][:3] == ["us", "us", "nobody"]
    exchange.identify(asked.interpol, first, "not-same")
    assert exchange.receive(asked.interpol, message).kind == "request"


def test_attack_requests_that_the_accord_declines_again_and_again(asked: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refusing, "MOST", 2)
    subjects.restrict(asked.interpol, ["i1"], "accuracy is contested")
    for _ in range(2):
        message = exchange.request(asked.unodc, asked.hit("u1"), ("passportNumber",), PURPOSE)
        assert exchange.receive(asked.interpol, message).reply
    message = exchange.request(asked.unodc, asked.hit("u1"), ("passportNumber",), PURPOSE)
    with pytest.raises(PolicyError, match="2 were today"):
        exchange.receive(asked.interpol, message)
    before = kept(asked.interpol)
    with pytest.raises(PolicyError, match="2 were today"):
        exchange.receive(asked.interpol, message)
    assert kept(asked.interpol) == before
