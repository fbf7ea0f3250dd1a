"""One desk against a partner in memory: each side of the question, and partners that say what they should not."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from accord import exchange
from accord.errors import AccordError, PeerError
from accord.exchange.limits import UNFINISHED
from accord.exchange.marks import draw
from accord.exchange.protocol import MarkSet, pack_matches

from .conftest import OURS, THEIRS
from .counterparty import Counterparty


def marked(entities: list[Any], role: Any) -> MarkSet:
    return MarkSet.of({record: [digest for _, digest in given] for record, given in draw(entities, role)})


def test_a_desk_asks_a_partner_in_memory(desks: Any) -> None:
    partner = Counterparty(desks.interpol)
    m1 = partner.hears(exchange.ask(desks.unodc, "interpol", "investigation", "case-7"))
    m3 = partner.hears(exchange.receive(desks.unodc, partner.answers(m1, marked(THEIRS, "holder"))).reply)
    exchange.receive(desks.unodc, partner.contacts(m3))
    assert {row["record"] for row in exchange.hits(desks.unodc)} == {"u1", "u2", "u4"}


def test_a_desk_answers_a_partner_in_memory(desks: Any) -> None:
    partner, ours = Counterparty(desks.unodc), marked(OURS, "asker")
    m2 = partner.hears(exchange.receive(desks.interpol, partner.asks("interpol", ours)).reply)
    m4 = partner.hears(exchange.receive(desks.interpol, partner.matches(m2, ours)).reply)
    assert len(m4.parts["hits"]) == 3 * 12
    assert {row["record"] for row in exchange.hits(desks.interpol)} == {"i1", "i2", "i4"}


def test_attack_asker_that_owns_up_to_some_of_its_matches_gets_contacts_for_those_only(desks: Any) -> None:
    partner, ours = Counterparty(desks.unodc), marked(OURS, "asker")
    m2 = partner.hears(exchange.receive(desks.interpol, partner.asks("interpol", ours)).reply)
    m4 = partner.hears(exchange.receive(desks.interpol, partner.matches(m2, ours, told=1)).reply)
    assert len(m4.parts["hits"]) == 12
    assert len(exchange.hits(desks.interpol)) == 1


def test_attack_messages_that_no_conversation_waits_for(desks: Any) -> None:
    partner = Counterparty(desks.interpol)
    m1 = partner.hears(exchange.ask(desks.unodc, "interpol", "investigation", "case-7"))
    session = m1.header.session
    for kind in ("question", "matches", "contacts", "request", "release", "recall", "receipt", "consent", "count-told"):
        fork = Counterparty(desks.interpol)
        fork.last = dict(partner.last)
        with pytest.raises(AccordError) as refused:
            exchange.receive(desks.unodc, fork.says("unodc", session, kind, {}, {}))
        assert isinstance(refused.value, PeerError), kind
    assert [line.what for line in exchange.status(desks.unodc)] == [
        "the answer to our question: receive it when it comes"
    ]


@pytest.mark.parametrize(
    ("limit", "code", "times"),
    [
        ("questions_per_day = 15", "question.quota", 1),
        ("minutes_between = 60", "question.quota", 1),
        ("", "question.unfinished", UNFINISHED),
    ],
)
def test_attack_an_asker_that_keeps_the_answer_and_calls_its_question_refused(
    make: Any, limit: str, code: str, times: int
) -> None:
    name = limit.partition(" ")[0]
    desks = make(edit=lambda text: re.sub(rf"^{name} = \d+", limit, text, flags=re.M) if limit else text)
    partner, marks = Counterparty(desks.unodc), marked(OURS, "asker")
    for number in range(times):
        session = f"{number:016x}"
        reply = exchange.receive(desks.interpol, partner.asks("interpol", marks, session)).reply
        assert partner.hears(reply).header.kind == "answer"
        no = {"code": "question.quota", "message": "no", "remedy": "none"}
        exchange.receive(desks.interpol, partner.says("interpol", session, "refusal", no))
    again = exchange.receive(desks.interpol, partner.asks("interpol", marks, "f" * 16)).refusal
    assert again is not None
    assert again.code == code


def test_attack_one_match_claimed_for_more_records_than_anybody_may_ask_about(make: Any) -> None:
    """Each would be a row at the holder: one mark that is known to match would fill its database."""
    desks = make(edit=lambda text: re.sub(r"questions_per_day = \d+", "questions_per_day = 100", text))
    partner, ours = Counterparty(desks.unodc), marked(OURS, "asker")
    m2 = partner.hears(exchange.receive(desks.interpol, partner.asks("interpol", ours)).reply)
    partner.matches(m2, ours)
    partner.hears(exchange.resend(desks.interpol, "a" * 16))
    known = partner.found[0]
    lines = pack_matches([replace(known, group=group) for group in range(101)])
    with pytest.raises(PeerError, match="more records than"):
        exchange.receive(
            desks.interpol, partner.says("interpol", "a" * 16, "matches", {}, {"matches": lines, "known": b""})
        )
    assert exchange.hits(desks.interpol) == []
