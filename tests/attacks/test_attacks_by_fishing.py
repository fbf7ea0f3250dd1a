"""Fishing: a partner that asks, or answers, so as to learn more than the accord means it to."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from tests.attacks.tampering import opened, sealed

from accord import exchange
from accord.errors import InputError, PeerError, TrustError
from accord.exchange import limits, protocol, state
from accord.exchange.limits import UNFINISHED
from accord.exchange.protocol import pack_matches, unpack_matches
from accord.records import Entity


def people(count: int, prefix: str) -> list[Entity]:
    return [
        Entity(f"{prefix}{n}", "Person", {"name": ("Same",), "email": (f"person{n}@example.org",)})
        for n in range(count)
    ]


def test_attack_asker_that_stays_silent_about_its_hits(make: Any) -> None:
    """It learns the answers and never says what matched: after some such questions it is answered no more."""
    desks = make(edit=lambda text: text.replace("questions_per_day = 10000", "questions_per_day = 12"))

    def ask(case: str) -> exchange.Received:
        desks.clock[0] += dt.timedelta(hours=25)
        return exchange.receive(desks.interpol, exchange.ask(desks.unodc, "interpol", "investigation", case))

    for number in range(UNFINISHED):
        exchange.receive(desks.unodc, ask(f"case-{number}").reply)
    got = ask("one more")
    assert got.refusal is not None
    assert got.refusal.code == "question.unfinished"
    # and once it has said what matched, it may ask again
    late = next(line.id for line in exchange.status(desks.unodc) if "contacts" in line.what)
    exchange.receive(desks.interpol, exchange.resend(desks.unodc, late))
    assert ask("again").refusal is None


def test_many_small_questions_may_be_on_their_way(desks: Any) -> None:
    """A desk of many people asks before the answers came: that is refused when it is above a day's marks only."""
    asked = [exchange.ask(desks.unodc, "interpol", "investigation", f"case-{n}") for n in range(UNFINISHED + 2)]
    for question in asked:
        assert exchange.receive(desks.interpol, question).refusal is None


@pytest.mark.parametrize("together", [True, False])
def test_attack_many_matches_made_to_look_like_one(make: Any, together: bool) -> None:
    """A list that the partner holds is asked about; to escape the alarm, all matches are said to be one record's."""
    desks = make(ours=people(30, "u"), theirs=people(30, "i"))
    m1 = exchange.ask(desks.unodc, "interpol", "investigation", "case-7")
    m3 = opened(desks, exchange.receive(desks.unodc, exchange.receive(desks.interpol, m1).reply).reply, "interpol")
    if together:
        lines = sorted(
            (replace(one, group=0) for one in unpack_matches(m3.parts["matches"])), key=lambda one: one.position
        )
        m3 = replace(m3, parts={**m3.parts, "matches": pack_matches(lines)})
    got = exchange.receive(desks.interpol, sealed(desks, m3, "interpol"))
    assert "alarm" in got.said
    assert [entry.kind for entry in desks.interpol.log.entries()].count("exchange.alarm") == 1


def test_attack_a_list_asked_about_in_small_questions(make: Any) -> None:
    """Each question stays below the number of matches that alarms; the day does not."""
    desks = make(ours=people(30, "u"), theirs=people(30, "i"))
    said = []
    for number in range(3):
        where = "id = " + ", ".join(f"u{n}" for n in range(10 * number, 10 * number + 10))
        said += desks.carry(exchange.ask(desks.unodc, "interpol", "investigation", "case-7", where), "interpol")
    assert [entry.kind for entry in desks.interpol.log.entries()].count("exchange.alarm") >= 1


def test_attack_holder_that_answers_with_a_dictionary(make: Any) -> None:
    """Records that it does not have: its set is larger than the accord lets anybody show, or of no padded size."""
    desks = make(edit=lambda text: text.replace("marks_per_answer = 12000000", "marks_per_answer = 300"))
    m1 = exchange.ask(desks.unodc, "interpol", "investigation", "case-7")
    m2 = opened(desks, exchange.receive(desks.interpol, m1).reply, "unodc")
    for size in (257, 362):
        guesses = b"".join(number.to_bytes(protocol.SHOWN_BYTES, "big") for number in range(size))
        lie = replace(m2, parts={**m2.parts, "outputs": guesses})
        with pytest.raises(PeerError, match="the accord allows 300"):
            exchange.receive(desks.unodc, sealed(desks, lie, "unodc"))


def test_a_set_that_changes_by_half_within_a_day_is_told(make: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    desks = make(ours=people(2, "u"), theirs=people(100, "i"))
    desks.ask()
    desks.interpol.holding.load(people(900, "j"), source="more.jsonl", at=desks.clock[0])
    monkeypatch.setattr(limits, "_ALARM_FROM", 10**6)
    said = desks.ask()
    assert "changed by half" in said[1].said
    assert "exchange.churn" in [entry.kind for entry in desks.unodc.log.entries()]


def test_a_match_keeps_its_name_when_it_is_asked_about_again(desks: Any) -> None:
    desks.ask()
    first = {row["hit"] for row in exchange.hits(desks.unodc)}
    desks.ask()
    assert {row["hit"] for row in exchange.hits(desks.unodc)} == first
    assert {row["hit"] for row in exchange.hits(desks.interpol)} == first
    desks.requested()


def test_attack_name_of_another_match_given_again(desks: Any) -> None:
    """The holder gives a match the name of another: requests would be about the wrong record."""
    desks.ask()
    other = desks.hit("u2")
    m1 = exchange.ask(desks.unodc, "interpol", "investigation", "case-8")
    m3 = exchange.receive(desks.unodc, exchange.receive(desks.interpol, m1).reply).reply
    m4 = opened(desks, exchange.receive(desks.interpol, m3).reply, "unodc")
    lines = protocol.unpack_names(m4.parts["hits"])
    taken = [(group, other) for group, name in lines if name != other][:1]
    lie = replace(m4, parts={"hits": protocol.pack_names(taken)})
    with pytest.raises(PeerError, match="name that another one has"):
        exchange.receive(desks.unodc, sealed(desks, lie, "unodc"))


@pytest.mark.parametrize("minutes", [60, 3 * 24 * 60])
def test_two_questions_too_close_to_each_other(make: Any, minutes: int) -> None:
    desks = make(edit=lambda text: text.replace("minutes_between = 0", f"minutes_between = {minutes}"))
    desks.ask()
    desks.clock[0] += dt.timedelta(minutes=minutes - 1)
    assert desks.ask()[0].refusal is not None
    desks.clock[0] += dt.timedelta(minutes=1)
    assert desks.ask()[0].refusal is None


def test_attack_a_question_of_days_ago_taken_out_of_the_database(make: Any) -> None:
    """As far back as the accord wants questions to be apart, the log is held against the rows."""
    desks = make(edit=lambda text: text.replace("minutes_between = 0", "minutes_between = 4320"))
    session = desks.ask()[0].session
    with desks.interpol.writing() as connection:
        state.drop(connection, state.Session, session)
    desks.clock[0] += dt.timedelta(days=2)
    with pytest.raises(TrustError, match="log"):
        desks.ask()


def test_asking_oneself_says_so(desks: Any) -> None:
    with pytest.raises(InputError, match="this desk itself") as refused:
        exchange.ask(desks.unodc, "unodc", "investigation", "case-7")
    assert "interpol" in refused.value.remedy


@pytest.mark.parametrize("decided", ["released", "declined"])
def test_records_are_not_shown_side_by_side_after_the_decision(asked: Any, decided: str) -> None:
    if decided == "released":
        wish = asked.released()
    else:
        wish = asked.requested()
        exchange.identify(asked.interpol, wish, "not-same")
    with pytest.raises(InputError, match="already"):
        exchange.compare(asked.interpol, wish)


def test_attack_a_doubt_talked_away_by_a_colleague(asked: Any) -> None:
    """One officer was unsure, and the case political; another says same, and not political: still blocked."""
    from accord.errors import PolicyError

    neutral = {"political": "no", "military": "no", "religious": "no", "racial": "no"}
    wish = asked.requested()
    exchange.identify(asked.interpol, wish, "unsure", "approver")
    exchange.identify(asked.interpol, wish, "same", "analyst")
    with pytest.raises(PolicyError, match="did not find them to be the same"):
        exchange.approve(asked.interpol, wish, "approver", neutral)
    second = asked.requested("u2", ("name",))
    exchange.identify(asked.interpol, second, "same", "analyst")
    with pytest.raises(PolicyError, match="political"):
        exchange.approve(asked.interpol, second, "approver", {**neutral, "political": "yes"})
    assert [entry.kind for entry in asked.interpol.log.entries()][-1] == "exchange.assessed"
    with pytest.raises(PolicyError):
        exchange.release(asked.interpol, second)
