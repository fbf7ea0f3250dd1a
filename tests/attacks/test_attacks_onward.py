"""Fields that were released, in the hands of somebody who would pass them on, keep them, or sign for others."""

from __future__ import annotations

import datetime as dt
import sys
from dataclasses import replace
from typing import Any

import pytest

from accord import exchange, subjects
from accord.arrangement import Request, Signer, Terms, statement
from accord.errors import PeerError, PolicyError, TrustError
from accord.exchange import Making, onward, state
from accord.exchange.messages import Message, open_message, seal
from accord.exchange.receipt import sign_receipt
from accord.exchange.request import full_request
from accord.exchange.state import Derived, Onward, Wish
from accord.ledger import Envelope

NEUTRAL = dict.fromkeys(("political", "military", "religious", "racial"), "no")
REPORT = b"Amina Diallo-Traore holds passport A0774123."


def opened(three: Any, data: bytes, sender: str, to: str) -> Message:
    key = three.parties[sender].sign.verify_key
    return open_message(data, three.parties[to].decrypt, lambda _: key, to, 10**8)[0]


def sealed(three: Any, message: Message, sender: str, to: str) -> bytes:
    return seal(message, three.parties[sender].sign, three.parties[to].decrypt.recipient).data


def row(party: Any, kind: Any, identity: str) -> Any:
    with party.reading() as connection:
        return state.get(connection, kind, identity)


def smuggled(three: Any, wish: str, evidence: list[Envelope]) -> bytes:
    """unodc runs a program of its own: it hands over what it likes, with the evidence it likes."""
    kept = row(three.unodc, Wish, wish)
    with three.unodc.writing() as connection:
        more = [each.to_dict() for each in evidence]
        state.put(connection, replace(kept, evidence=[*kept.evidence, *more], state="approved"))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(
            sys.modules["accord.exchange.release"], "require", lambda request, accord, now: _Forged(request, accord)
        )
        return exchange.release(three.unodc, wish)


class _Forged:
    """What an own program takes for a permit."""

    def __init__(self, request: Request, accord: Any) -> None:
        self.request, self.accord, self.expires = request, accord.digest, accord.ends
        self.clauses = self.handling = self.conditions = ()


def signed_by_unodc(three: Any, wish: str) -> list[Envelope]:
    wanted = full_request(three.unodc, row(three.unodc, Wish, wish))
    accord, now = three.unodc.accord, three.unodc.now
    analyst, approver = three.unodc.signer("analyst"), three.unodc.signer("approver")
    return [
        statement.identify(wanted, accord, analyst, now, "same"),
        statement.assess(wanted, accord, approver, now, NEUTRAL),
        statement.approve(wanted, accord, approver, now),
    ]


def test_attack_onward_transfer_to_a_third_party(three: Any) -> None:
    """The middle's own people sign everything, and its program asks nobody: the third party will not have it."""
    first = three.first()
    wish = three.requested("europol", "unodc", ("passportNumber",))
    exchange.ask_onward(three.unodc, wish, first)  # never carried
    message = smuggled(three, wish, signed_by_unodc(three, wish))
    with pytest.raises(PolicyError) as refused:
        exchange.receive(three.europol, message)
    assert (refused.value.code, refused.value.owner) == ("refused.originator", "interpol")
    assert row(three.europol, Wish, wish).state == "requested"


def test_attack_onward_transfer_with_a_consent_to_somebody_elses_request(three: Any) -> None:
    first = three.first()
    old = three.second(first)
    consent = next(e for e in row(three.unodc, Wish, old).evidence if "consent" in e["payloadType"])
    wish = three.requested("europol", "unodc", ("passportNumber", "phone"))
    exchange.ask_onward(three.unodc, wish, first)
    message = smuggled(three, wish, [*signed_by_unodc(three, wish), Envelope.from_dict(consent)])
    with pytest.raises(PolicyError, match="has not consented"):
        exchange.receive(three.europol, message)


def test_attack_onward_transfer_with_a_consent_that_the_middle_signed(three: Any) -> None:
    first = three.first()
    wish = three.requested("europol", "unodc", ("passportNumber",))
    exchange.ask_onward(three.unodc, wish, first)
    wanted = full_request(three.unodc, row(three.unodc, Wish, wish))
    said, approver = statement.Agreement("interpol", "by telephone"), three.unodc.signer("approver")
    own = statement.consent(wanted, three.unodc.accord, approver, three.unodc.now, said)
    named = Signer("interpol", "approver", approver.key)
    forged = statement.consent(wanted, three.unodc.accord, named, three.unodc.now, said)
    message = smuggled(three, wish, [*signed_by_unodc(three, wish), own, forged])
    with pytest.raises(PolicyError, match="has not consented"):
        exchange.receive(three.europol, message)


def test_attack_onward_transfer_for_longer_than_the_originator_agreed(three: Any) -> None:
    """The middle drops the day on which its own time with the fields ends; the third party sees the consent's day."""
    first = three.first()
    wish = three.onward(first)
    kept = row(three.unodc, state.Release, first)
    with three.unodc.writing() as connection:
        later = {**kept.conditions, "request": {**kept.conditions["request"]}}
        later["request"]["terms"] = {**later["request"]["terms"], "until": None}
        state.put(connection, replace(kept, conditions=later, expires="2099-01-01"))
    message = smuggled(three, wish, signed_by_unodc(three, wish))
    with pytest.raises(PolicyError, match="has not consented"):
        exchange.receive(three.europol, message)


def test_attack_a_correction_that_loosens_what_the_originator_agreed_to(three: Any) -> None:
    """It needs no signed statement; the middle leaves the originator and its last day out of the terms in it."""
    wish = three.second(three.first())
    held = row(three.europol, state.Release, wish)
    true = opened(three, exchange.correct(three.unodc, wish), "unodc", "europol")
    request = {**true.header.body["request"], "terms": Terms().to_dict()}
    body = {"request": request, "evidence": [], "conditions": {"expires": "2099-01-01"}}
    message = replace(true, header=replace(true.header, body=body))
    three.clock[0] += dt.timedelta(days=30)
    exchange.receive(three.europol, sealed(three, message, "unodc", "europol"))
    now = row(three.europol, state.Release, wish)
    assert now.conditions["request"]["terms"] == held.conditions["request"]["terms"]
    assert now.expires == held.expires


def test_attack_an_onward_request_that_the_third_party_never_made(three: Any) -> None:
    first = three.first()
    wish = three.requested("europol", "unodc", ("passportNumber",))
    true = opened(three, exchange.ask_onward(three.unodc, wish, first), "unodc", "interpol")
    body = dict(true.header.body)
    wider = {**body["request"], "properties": ["passportNumber", "address"]}
    for lie in ({"request": wider}, {"request": {**body["request"], "recipient": "interpol"}}, {"release": "0" * 16}):
        message = replace(true, header=replace(true.header, body={**body, **lie}))
        with pytest.raises((PeerError, TrustError, exchange.party.InputError)):
            exchange.receive(three.interpol, sealed(three, message, "unodc", "interpol"))
    assert not [line for line in exchange.status(three.interpol) if line.topic == "onward"]


def test_attack_a_revoked_key_in_the_exchange(three: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """interpol's approver was revoked, and still signs: at interpol, at the middle, at the third party it is nobody."""
    first = three.first()
    three.amended(revoked=["interpol/approver"])
    wish = three.requested("europol", "unodc", ("passportNumber",))
    asked = three.carry(exchange.ask_onward(three.unodc, wish, first), "interpol")[0].session
    with pytest.raises(TrustError) as refused:
        exchange.consent(three.interpol, asked, True, "approver")
    assert refused.value.code == "statement.signer"
    monkeypatch.setattr(onward, "_allowed", lambda *_: None)  # the thief has a program of their own
    with pytest.raises(TrustError) as refused:
        exchange.receive(three.unodc, exchange.consent(three.interpol, asked, True, "approver"))
    assert refused.value.code == "statement.signer"
    wanted = full_request(three.unodc, row(three.unodc, Wish, wish))
    thief = three.interpol.signer("approver")
    said = statement.Agreement("interpol", "onward")
    signed = statement.consent(wanted, three.unodc.accord, thief, three.unodc.now, said)
    with pytest.raises(PolicyError, match="has not consented"):
        exchange.receive(three.europol, smuggled(three, wish, [*signed_by_unodc(three, wish), signed]))


def test_attack_a_recalled_record_surviving_in_a_derived_report(three: Any) -> None:
    first = three.first()
    item = exchange.derive(three.unodc, REPORT, Making("weekly note", "investigation", "analyst", (first,), ("u1",)))
    exchange.use(three.unodc, item.id, "investigation", "analyst", copy=True)
    said = three.carry(exchange.recall(three.interpol, first), "unodc")
    assert row(three.unodc, Derived, item.id).data is None
    with pytest.raises(PolicyError, match="taken back by its owner"):
        exchange.use(three.unodc, item.id, "investigation")
    with pytest.raises(PolicyError, match="nothing may be made"):
        exchange.derive(three.unodc, REPORT, Making("again", "investigation", "analyst", (first,)))
    assert "1 item made from it (written out before: 1 copy)" in said[1].said
    receipt = exchange.given(three.interpol, first).receipt
    assert receipt["derived"] == [{"item": item.id, "copies": 1}]
    assert receipt["attested"] is None  # no person has said anything about that copy, and the receipt does not pretend
    assert f"derived item {item.id}, as this desk kept it" in receipt["erased"]
    with three.unodc.reading() as connection:
        kept = [repr(one) for kind in state._KINDS for one in state.find(connection, kind)]
    assert len(kept) > 10
    assert not [one for one in kept if "A0774123" in one or repr(REPORT) in one]


def test_attack_an_expired_record_surviving_in_a_derived_report(three: Any) -> None:
    first = three.first()
    item = exchange.derive(three.unodc, REPORT, Making("note", "investigation", "analyst", (first,)))
    three.clock[0] += exchange.party.dt.timedelta(days=400)
    with pytest.raises(PolicyError):
        exchange.use(three.unodc, item.id, "investigation")
    subjects.purge(three.unodc)
    assert row(three.unodc, Derived, item.id).data is None


def test_attack_a_middle_party_silent_about_whom_it_handed_the_fields_to(three: Any) -> None:
    first = three.first()
    three.second(first)
    reply = exchange.receive(three.unodc, exchange.recall(three.interpol, first)).reply
    true = opened(three, reply, "unodc", "interpol")
    said = dict(exchange.given(three.unodc, first).receipt)
    said.pop("signed")
    lie = sign_receipt(three.unodc, {**said, "onward": []}).to_dict()
    message = replace(true, header=replace(true.header, body={"receipt": lie, "passed": []}))
    with pytest.raises(PeerError) as refused:
        exchange.receive(three.interpol, sealed(three, message, "unodc", "interpol"))
    assert refused.value.code == "receipt.onward"


def test_attack_a_middle_party_that_signs_for_the_third(three: Any) -> None:
    first = three.first()
    second = three.second(first)
    got = exchange.receive(three.unodc, exchange.recall(three.interpol, first))
    exchange.receive(three.interpol, got.reply)
    for each in got.further:
        receipts = exchange.receive(three.europol, each.data)
    true = opened(three, exchange.receive(three.unodc, receipts.reply).further[0].data, "unodc", "interpol")
    forged = sign_receipt(replace(three.unodc, id="europol"), {"release": second, "fields": [], "erased": ["all"]})
    message = replace(true, header=replace(true.header, body={"passed": [forged.to_dict()]}))
    with pytest.raises(TrustError):
        exchange.receive(three.interpol, sealed(three, message, "unodc", "interpol"))
    with three.interpol.reading() as connection:
        assert [one.receipt for one in state.find(connection, Onward)] == [None]
