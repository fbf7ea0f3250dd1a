"""An erasure destroys what the log says of a person. Whoever chooses names lets it destroy what it says of others."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import Any

import pytest

from accord import exchange, subjects
from accord.errors import InputError, PeerError
from accord.exchange import state
from accord.exchange.protocol import pack_names, unpack_names
from accord.exchange.state import Session
from accord.ledger import verify
from accord.records import Entity
from accord.records.model import ERASED

from .tampering import NEUTRAL, opened, sealed


def said(party: Any) -> list[str | None]:
    verify(party.folder.engine(), party.id, party.sign.verify_key)
    return [entry.about for entry in party.log.entries()]


@pytest.mark.parametrize("named", ["subject", "account eva", "accord", "sweep", "ledger", "a conversation"])
def test_attack_a_record_named_as_what_the_diary_speaks_of(asked: Any, named: str) -> None:
    """Who may load records gives one the name of a question or an account; erased, it took their entries with it."""
    party = asked.unodc
    if named == "a conversation":
        named = exchange.status(party)[0].id
    party.log.append("desk.account-added", named, {"role": "administrator", "officer": ""}, at=party.now)
    before = said(party)
    party.holding.load([Entity(named, "Person", {"name": ("Nobody",)})], source="typed", at=party.now)
    subjects.erase(party, [named], "it was nobody")
    assert said(party)[: len(before)] == before
    assert None not in said(party)


def test_attack_a_match_named_by_the_partner_as_a_conversation(desks: Any) -> None:
    """The holder gives matches their names. It gave one that of its own question, and waited for an erasure."""
    party = desks.unodc
    theirs = exchange.ask(desks.interpol, "unodc", "investigation", "case-99")
    question = exchange.receive(party, theirs).session
    m1 = exchange.ask(party, "interpol", "investigation", "case-7")
    m3 = exchange.receive(party, exchange.receive(desks.interpol, m1).reply).reply
    message = opened(desks, exchange.receive(desks.interpol, m3).reply, "unodc")
    (group, _), *others = unpack_names(message.parts["hits"])
    forged = replace(message, parts={**message.parts, "hits": pack_names([(group, question), *others])})
    exchange.receive(party, sealed(desks, forged, "unodc"))
    record = next(row["record"] for row in exchange.hits(party) if row["hit"] == question)
    subjects.erase(party, [str(record)], "the person asked")
    assert [entry.details["case"] for entry in party.log.entries(about=question)] == ["case-99"]


def test_what_the_log_says_of_a_record_that_an_auditor_saw_goes_with_it(audited_three: Any) -> None:
    three = audited_three
    question = three.carry(exchange.ask(three.unodc, "interpol", "investigation", "case-7"), "interpol")[0].session
    three.carry(exchange.audit(three.europol, question, "interpol"), "interpol")
    party = three.interpol
    assert {"i1", "i2"} < set(said(party))
    subjects.erase(party, ["i1"], "the person asked")
    assert "i1" not in said(party)
    assert "i2" in said(party)


def test_attack_a_request_named_by_the_partner_as_an_export(asked: Any) -> None:
    """Who asks gives the conversation its name. An export has its own in each line of its file: the partner, who had
    seen one, asked under it, and the erasure of the record took along that the file was ever written."""
    party = asked.unodc
    made = subjects.export(party, "Ministry", "TLP:GREEN", "investigation", "approver")
    named = replace(asked.interpol, randomness=lambda size: bytes.fromhex(made.id) if size == 8 else os.urandom(size))
    message = exchange.request(named, asked.hit("i1", "interpol"), ("birthDate",), "investigation")
    with pytest.raises(PeerError, match="a new conversation has the name of another one"):
        exchange.receive(party, message)
    subjects.erase(party, ["u1"], "the person asked")
    assert made.id in said(party)


def test_attack_a_record_named_as_what_stands_for_the_erased(asked: Any) -> None:
    """Asked for the match of an erased record, a desk showed this one to compare and hand over, and whoever sought it
    was told of the matches and exports of all who had been erased."""
    subjects.erase(asked.interpol, ["i1"], "the person asked")
    struck = Entity(ERASED, "Person", {"name": ("Nobody",)})
    with pytest.raises(InputError) as caught:
        asked.interpol.holding.load([struck], source="typed", at=asked.clock[0])
    assert [one.message for one in caught.value.problems] == ["this id stands for records that were erased"]
    message = exchange.request(asked.unodc, asked.hit("u1"), ("birthDate",), "investigation")
    assert "declined" in exchange.receive(asked.interpol, message).said


@pytest.mark.parametrize("gone", ["restricted", "erased", "removed"])
def test_a_request_about_a_record_that_is_gone_is_declined_like_one_that_may_not_be_used(asked: Any, gone: str) -> None:
    """It could not be taken in, nor declined as the error said, and the partner waited until it lapsed."""
    party = asked.interpol
    if gone == "removed":
        party.holding.remove(["i1"])
    else:
        (subjects.erase if gone == "erased" else subjects.restrict)(party, ["i1"], "the person asked")
    message = exchange.request(asked.unodc, asked.hit("u1"), ("birthDate",), "investigation")
    reply = opened(asked, exchange.receive(party, message).reply, "unodc")
    assert reply.header.body == {"code": "request.declined", "message": "the holder may not release these fields"}
    assert said(party)[-3:] == [reply.header.session] * 3


@pytest.mark.parametrize("state_", ["requested", "compared", "approved"])
def test_a_request_whose_record_was_removed_meanwhile_is_declined_without_a_verdict(asked: Any, state_: str) -> None:
    """An officer had to sign that two records are not the same that nobody compared, and the partner was told so."""
    wish = asked.requested()
    if state_ != "requested":
        exchange.identify(asked.interpol, wish, "same")
    if state_ == "approved":
        exchange.approve(asked.interpol, wish, "approver", NEUTRAL)
    asked.interpol.holding.remove(["i1"])
    assert exchange.status(asked.interpol)[0].what.startswith("decline it, since the own record is gone")
    assert exchange.owners(asked.interpol, wish) == []
    for verdict in ("same", "unsure"):
        with pytest.raises(InputError, match="not in this desk any more"):
            exchange.identify(asked.interpol, wish, verdict)
    before = exchange.asked(asked.interpol, wish)
    assert before.gone
    reply = exchange.identify(asked.interpol, wish, "not-same")
    body = {"code": "request.declined", "message": "the holder may not release these fields"}
    assert opened(asked, reply, "unodc").header.body == body
    after = exchange.asked(asked.interpol, wish)
    assert (after.state, after.gone, after.statements) == ("declined", False, before.statements)
    asked.carry(reply, "unodc")
    with asked.unodc.reading() as connection:
        assert state.get(connection, Session, wish).state == "declined"
