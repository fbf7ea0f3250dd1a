"""A party that forgets its word about what was released; and an insider who approves his own request."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from typing import Any

import pytest
from tests.attacks.tampering import opened, sealed, with_body

from accord import exchange
from accord.arrangement import Action, statement
from accord.errors import AccordError, InputError, PeerError, PolicyError, TrustError
from accord.exchange import state
from accord.exchange.receipt import ATTESTATION_TYPE, RECEIPT_TYPE
from accord.exchange.request import full_request
from accord.exchange.state import Hit, Session, Wish
from accord.ledger import Envelope, canonical
from accord.records import Entity
from accord.records.terms import RecordTerms

NEUTRAL = {"political": "no", "military": "no", "religious": "no", "racial": "no"}


def test_attack_released_record_read_for_another_purpose(asked: Any) -> None:
    release = asked.released()
    with pytest.raises(PolicyError) as refused:
        exchange.read(asked.unodc, release, "analysis")
    assert refused.value.exit_code == 4
    last = list(asked.unodc.log.entries())[-1]
    assert last.kind == "exchange.read"
    assert last.details is not None
    assert last.details["granted"] is False


def test_attack_release_without_approval(asked: Any) -> None:
    wish = asked.requested()
    exchange.identify(asked.interpol, wish, "same")
    with pytest.raises(PolicyError):
        exchange.release(asked.interpol, wish)


def test_attack_self_approval(asked: Any) -> None:
    """Whoever compared the records approves too; and an officer without the role approves."""
    wish = asked.requested()
    exchange.identify(asked.interpol, wish, "same", "approver")
    with pytest.raises(PolicyError, match="may not approve too"):
        exchange.approve(asked.interpol, wish, "approver", NEUTRAL)
    exchange.identify(asked.interpol, wish, "same", "analyst")
    with pytest.raises(PolicyError):
        exchange.approve(asked.interpol, wish, "analyst", NEUTRAL)


def test_attack_self_approval_by_editing_the_database(asked: Any) -> None:
    """An administrator marks the request approved, and sends it with the analyst's signature: the receiver rejects it."""
    wish_id = asked.requested()
    exchange.identify(asked.interpol, wish_id, "same")
    holder = asked.interpol
    with holder.writing() as connection:
        wish = state.get(connection, Wish, wish_id)
        wanted, analyst = full_request(holder, wish), holder.signer("analyst")
        added = [
            statement.assess(wanted, holder.accord, analyst, holder.now, NEUTRAL),
            statement.approve(wanted, holder.accord, analyst, holder.now),
        ]
        state.put(connection, replace(wish, state="approved", evidence=[*wish.evidence, *(e.to_dict() for e in added)]))
    with pytest.raises(PolicyError):
        exchange.release(holder, wish_id)
    # and with the check of the own software taken out as well
    genuine = asked_release(asked, wish_id)
    with pytest.raises(PolicyError):
        exchange.receive(asked.unodc, genuine)
    with pytest.raises(InputError):
        exchange.read(asked.unodc, wish_id, "investigation")


def asked_release(desks: Any, wish_id: str) -> bytes:
    """A release message of interpol that its own accord refuses, written by hand."""
    holder = desks.interpol
    with holder.reading() as connection:
        wish, session = state.get(connection, Wish, wish_id), state.get(connection, Session, wish_id)
    wanted = full_request(holder, wish)
    from accord.exchange.carrier import Draft, Step, start
    from accord.ledger import Recipient, canonical

    body = {
        "request": wanted.to_dict(),
        "evidence": [one.to_dict() for one in wanted.evidence],
        "conditions": {"expires": "2027-01-01"},
    }
    box = Recipient.parse(wish.box).encrypt(canonical({"passportNumber": ["A0774123"]}))
    return start(holder, Step(session, "", (("released", wish_id, {}),), reply=Draft("release", body, {"fields": box})))


def test_attack_release_of_fields_nobody_asked_for(asked: Any) -> None:
    wish_id = asked.approved()
    message = opened(asked, exchange.release(asked.interpol, wish_id), "unodc")
    with asked.interpol.reading() as connection:
        wish = state.get(connection, Wish, wish_id)
    from accord.ledger import Recipient, canonical

    more = Recipient.parse(wish.box).encrypt(canonical({"address": ["planted"]}))
    with pytest.raises(PeerError, match="nobody asked for"):
        exchange.receive(asked.unodc, sealed(asked, replace(message, parts={"fields": more}), "unodc"))


def test_attack_statements_of_one_request_used_for_another(asked: Any) -> None:
    first = asked.approved()
    second = asked.requested("u1", ("address",))
    with asked.interpol.writing() as connection:
        evidence = state.get(connection, Wish, first).evidence
        wish = state.get(connection, Wish, second)
        state.put(connection, replace(wish, state="approved", evidence=[*wish.evidence, *evidence[1:]]))
    with pytest.raises(PolicyError):
        exchange.release(asked.interpol, second)


def test_attack_third_body_not_asked_for_consent(make: Any) -> None:
    desks = make(their_terms=RecordTerms(owners=("ncb-dakar",)))
    desks.ask()
    wish = desks.requested()
    exchange.identify(desks.interpol, wish, "same")
    with pytest.raises(PolicyError, match="ncb-dakar") as refused:
        exchange.approve(desks.interpol, wish, "approver", NEUTRAL)
    assert refused.value.exit_code == 4
    consent = exchange.Consent("ncb-dakar", b"we agree", "letter.txt")
    exchange.approve(desks.interpol, wish, "approver", NEUTRAL, (consent,))
    desks.carry(exchange.release(desks.interpol, wish), "unodc")
    assert exchange.read(desks.unodc, wish, "investigation").fields


@pytest.mark.parametrize("question", sorted(NEUTRAL))
def test_attack_a_case_of_political_or_like_character(asked: Any, question: str) -> None:
    wish = asked.requested()
    exchange.identify(asked.interpol, wish, "same")
    with pytest.raises(PolicyError, match=question):
        exchange.approve(asked.interpol, wish, "approver", {**NEUTRAL, question: "yes"})


def test_attack_request_about_a_hit_of_another(asked: Any) -> None:
    request = exchange.request(asked.unodc, asked.hit("u1"), ("birthDate",), "investigation")
    lie = with_body(opened(asked, request, "interpol"), hit="b" * 16)
    with pytest.raises(PeerError, match="never told"):
        exchange.receive(asked.interpol, sealed(asked, lie, "interpol"))


def test_attack_religion_pushed_into_the_partner_desk_as_a_field_for_comparison(
    asked: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = sys.modules["accord.exchange.request"]  # the package has a function of that name, too
    monkeypatch.setattr(module, "_shown", lambda *_: {"name": ["Amina"], "religion": ["planted"]})
    request = exchange.request(asked.unodc, asked.hit("u1"), ("birthDate",), "investigation")
    with pytest.raises(PeerError, match="identify nobody"):
        exchange.receive(asked.interpol, request)


@pytest.mark.parametrize("values", [["street " * 100_000], [f"street {number}" for number in range(1_000)]])
def test_attack_fields_for_comparison_that_would_hold_the_desk_up(
    asked: Any, monkeypatch: pytest.MonkeyPatch, values: list[str]
) -> None:
    """Whoever opened the request would wait for hours, and everybody at the desk with them."""
    module = sys.modules["accord.exchange.request"]
    with monkeypatch.context() as lying:
        lying.setattr(module, "_shown", lambda *_: {"address": values})
        request = exchange.request(asked.unodc, asked.hit("u1"), ("birthDate",), "investigation")
    with pytest.raises(PeerError, match="more than a person could compare"):
        exchange.receive(asked.interpol, request)


def test_a_record_with_very_long_texts_is_asked_about_without_them(make: Any) -> None:
    """Its own desk leaves out what the partner would refuse."""
    known = Entity("u1", "Person", {"name": ("Amina Diallo-Traoré", "x" * 501), "birthDate": ("1980-05-17",)})
    desks = make(ours=[known])
    desks.ask()
    assert exchange.compare(desks.interpol, desks.requested()).theirs["name"] == ["Amina Diallo-Traoré"]


def test_attack_request_by_an_officer_who_may_only_approve(asked: Any) -> None:
    with pytest.raises(PolicyError, match="may not request"):
        exchange.request(asked.unodc, asked.hit("u1"), ("birthDate",), "investigation", "approver")


def test_attack_approval_after_the_recall(asked: Any) -> None:
    """An officer approves again what was taken back: the recall stands, and the receipt is still taken."""
    wish_id = asked.released()
    asked.carry(exchange.recall(asked.interpol, wish_id), "unodc")
    with pytest.raises(InputError, match="already"):
        exchange.approve(asked.interpol, wish_id, "approver", NEUTRAL)


@pytest.mark.parametrize("case", ["", "  ", "a\nb", "x" * 501])
def test_a_case_that_the_partner_would_refuse_is_refused_at_home(asked: Any, case: str) -> None:
    with pytest.raises(InputError, match="case number"):
        exchange.ask(asked.unodc, "interpol", "investigation", case)


def test_attack_demand_signed_by_nobody(asked: Any) -> None:
    request = exchange.request(asked.unodc, asked.hit("u1"), ("birthDate",), "investigation")
    message = opened(asked, request, "interpol")
    for changes in ({"requester": "unodc/approver"}, {"purpose": "prosecution"}, {"properties": ["address"]}):
        with pytest.raises(AccordError):
            exchange.receive(asked.interpol, sealed(asked, with_body(message, **changes), "interpol"))
    assert Action.RELEASE.level > Action.CONTACT.level


def test_attack_recall_by_the_receiver(asked: Any) -> None:
    wish = asked.released()
    with pytest.raises(InputError, match="only fields that were given"):
        exchange.recall(asked.unodc, wish)


@pytest.mark.parametrize("said", [b"no JSON", b"[" * 10_000, b"[]", b"7"])
def test_attack_a_receipt_or_attestation_that_is_signed_nonsense(asked: Any, said: bytes) -> None:
    """Its signature holds; what it says is none: refused like any other, and the recall still waits."""
    wish = asked.released()
    reply = exchange.receive(asked.unodc, exchange.recall(asked.interpol, wish)).reply
    assert reply is not None
    true = opened(asked, reply, "interpol")
    officer = asked.unodc.signer("analyst").key
    receipt = {**json.loads(Envelope.from_dict(true.header.body["receipt"]).payload)}
    receipt["attested"] = Envelope.sign(ATTESTATION_TYPE, said, officer).to_dict()
    for payload in (said, canonical(receipt)):
        lie = with_body(true, receipt=Envelope.sign(RECEIPT_TYPE, payload, asked.unodc.sign).to_dict())
        with pytest.raises(PeerError):
            exchange.receive(asked.interpol, sealed(asked, lie, "interpol"))
    assert exchange.receive(asked.interpol, reply).kind == "receipt"


def test_attack_release_file_kept_on_a_stick_and_received_after_the_recall(asked: Any) -> None:
    """The one-time key is gone: neither the desk nor a thief with all its keys opens the old file's fields."""
    wish_id = asked.approved()
    kept = exchange.release(asked.interpol, wish_id)
    exchange.receive(asked.unodc, kept)
    asked.carry(exchange.recall(asked.interpol, wish_id), "unodc")
    assert exchange.receive(asked.unodc, kept).again
    with pytest.raises(PolicyError):
        exchange.read(asked.unodc, wish_id, "investigation")
    fields = opened(asked, kept, "unodc").parts["fields"]
    with pytest.raises(TrustError):
        asked.unodc.decrypt.decrypt(fields)
    with asked.unodc.reading() as connection:
        assert state.get(connection, Wish, wish_id).box is None
        assert state.find(connection, Hit)


def test_a_decline_does_not_say_what_only_the_owner_knows(asked: Any) -> None:
    """The record became that of a witness after the match: the asker hears no, and not why."""
    record, _ = asked.interpol.record("i1")
    witness = RecordTerms(status=("witness",))
    asked.interpol.holding.load([record], source="theirs.jsonl", at=asked.clock[0], terms=witness)
    request = exchange.request(asked.unodc, asked.hit("u1"), ("birthDate",), "investigation")
    got = exchange.receive(asked.interpol, request)
    assert "witness" in got.said
    decline = opened(asked, got.reply, "unodc")
    assert decline.header.body == {
        "code": "request.declined",
        "message": "the holder may not release these fields",
    }
    assert "may not release" in exchange.receive(asked.unodc, got.reply).said


def test_an_approver_with_a_passphrase_of_their_own(asked: Any, tmp_path: Any) -> None:
    from accord.arrangement import NewParty, create_desk, signer
    from accord.arrangement.model import Contact
    from accord.vault import TESTS

    folder = create_desk(
        tmp_path / "own", "p" * 20, NewParty("p", "P", Contact("c")), officer_passphrase="q", cost=TESTS
    )
    with pytest.raises(InputError, match="its own passphrase"):
        replace(asked.unodc, folder=folder).signer("approver")
    assert replace(asked.unodc, folder=folder, officer_passphrase="q").signer("approver").officer == "approver"
    assert "never to be shown" not in repr(replace(asked.unodc, officer_passphrase="never to be shown"))
    assert signer(folder, "analyst").officer == "analyst"
    folder.close()
