"""A party of the accord that lies, fishes or forgets its word; and an insider with the database in hand."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from typing import Any

import pytest

from accord import exchange
from accord.arrangement import Action, statement
from accord.errors import AccordError, InputError, PeerError, PolicyError, TrustError
from accord.exchange import limits, protocol, state
from accord.exchange.messages import Message, open_message, seal
from accord.exchange.protocol import Answering, Asking, MarkSet, Match, pack_matches, pack_names
from accord.exchange.receipt import ATTESTATION_TYPE, RECEIPT_TYPE
from accord.exchange.request import full_request
from accord.exchange.state import Hit, Session, Wish
from accord.ledger import Envelope, canonical
from accord.oblivious import psi
from accord.records import Entity
from accord.records.terms import RecordTerms

NEUTRAL = {"political": "no", "military": "no", "religious": "no", "racial": "no"}


def opened(desks: Any, data: bytes, to: str) -> Message:
    sender = desks.of("interpol" if to == "unodc" else "unodc")
    return open_message(data, desks.of(to).decrypt, lambda _: sender.sign.verify_key, to, 10**8)[0]


def sealed(desks: Any, message: Message, to: str) -> bytes:
    sender = desks.of("interpol" if to == "unodc" else "unodc")
    return seal(message, sender.sign, desks.of(to).decrypt.recipient).data


def with_body(message: Message, **changes: Any) -> Message:
    return replace(message, header=replace(message.header, body={**message.header.body, **changes}))


# --- fishing ---------------------------------------------------------------------------------------------------------


def test_attack_dictionary_submission_beyond_the_quota(make: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    few = make(edit=lambda text: text.replace("questions_per_day = 10000", "questions_per_day = 25"))
    assert few.interpol.accord.quotas.questions_per_day == 25
    few.ask()
    few.ask()
    with pytest.raises(PolicyError, match="within a day"):  # refused at home already
        exchange.ask(few.unodc, "interpol", "investigation", "case-7")
    monkeypatch.setattr(limits, "check_own", lambda *_: None)  # a partner with other software
    third = exchange.ask(few.unodc, "interpol", "investigation", "case-7")
    got = exchange.receive(few.interpol, third)
    assert got.refusal is not None
    assert (got.refusal.code, got.refusal.exit_code) == ("question.quota", 4)
    assert [entry.kind for entry in few.interpol.log.entries()][-1] == "exchange.refused"
    assert set(opened(few, got.reply, "unodc").header.body) == {"code", "message", "remedy"}
    assert "within a day" in exchange.receive(few.unodc, got.reply).said  # and the asker does not wait for ever
    assert {line.waits_for for line in exchange.status(few.unodc)} == {"nobody"}


def test_attack_more_marks_than_a_session_may_have(make: Any) -> None:
    few = make(edit=lambda text: text.replace("marks_per_session = 500000", "marks_per_session = 300"))
    many = [
        Entity(f"p{n}", "Person", {"name": (f"Namesake Number{n}",), "email": (f"person{n}@example.org",)})
        for n in range(400)
    ]
    few.unodc.holding.load(many, source="dictionary.jsonl", at=few.clock[0])
    with pytest.raises(PolicyError, match="accord allows 300"):
        exchange.ask(few.unodc, "interpol", "investigation", "case-7")


def test_attack_a_match_claimed_for_a_mark_that_was_not_asked_about(desks: Any) -> None:
    """The asker points at positions of the holder's list without knowing what stands there."""
    m1 = exchange.ask(desks.unodc, "interpol", "investigation", "case-7")
    m2 = exchange.receive(desks.interpol, m1).reply
    m3 = opened(desks, exchange.receive(desks.unodc, m2).reply, "interpol")
    for guess in (Match(0, 0, bytes(22)), Match(0, 10**6, bytes(22))):
        lie = replace(m3, parts={**m3.parts, "matches": pack_matches([guess])})
        with pytest.raises(PeerError, match="cannot have asked about"):
            exchange.receive(desks.interpol, sealed(desks, lie, "interpol"))
    assert exchange.hits(desks.interpol) == []


def test_attack_asker_that_never_sends_its_matches_gets_no_contact(desks: Any) -> None:
    m1 = exchange.ask(desks.unodc, "interpol", "investigation", "case-7")
    m2 = exchange.receive(desks.interpol, m1).reply
    exchange.receive(desks.unodc, m2)  # m3 is written, and withheld
    assert exchange.hits(desks.unodc) == []
    assert b"desk@interpol.example" not in desks.unodc.decrypt.decrypt(m2)
    assert {line.what for line in exchange.status(desks.interpol)} == {"which of our marks matched"}


def test_attack_wrong_key_with_a_valid_proof(desks: Any) -> None:
    m1 = exchange.ask(desks.unodc, "interpol", "investigation", "case-7")
    m2 = opened(desks, exchange.receive(desks.interpol, m1).reply, "unodc")
    other = psi.HolderKey(bytes(range(32)))
    evaluated = other.evaluate(opened(desks, m1, "interpol").parts["blinded"])
    lie = replace(m2, parts={**m2.parts, "evaluated": evaluated})
    with pytest.raises(TrustError, match="not computed with the key"):
        exchange.receive(desks.unodc, sealed(desks, lie, "unodc"))


def test_attack_unsorted_answer_as_a_hidden_channel() -> None:
    marks = MarkSet.of({"a": [b"x" * 32]})
    asking, answering = Asking(marks, bytes(32), 8), Answering(marks, bytes(32), 8)
    answer, outputs = answering.answer(asking.question())
    turned = b"".join(reversed(psi.split(outputs, protocol.SHOWN_BYTES)))
    with pytest.raises(PeerError, match="fixed order"):
        asking.compare(answer, answering.public, turned)


def test_attack_contacts_for_matches_that_were_never_named(desks: Any) -> None:
    message, to = exchange.ask(desks.unodc, "interpol", "investigation", "case-7"), "interpol"
    for _ in range(3):
        message, to = exchange.receive(desks.of(to), message).reply, "unodc" if to == "interpol" else "interpol"
    true = opened(desks, message, "unodc")
    parts = [pack_names([(99, "a" * 16)]), b"no name", pack_names([(0, "a" * 16)]) * 2]
    lies = [replace(true, parts={"hits": part}) for part in parts]
    for each in lies:
        with pytest.raises(PeerError):
            exchange.receive(desks.unodc, sealed(desks, each, "unodc"))
    with pytest.raises(PeerError):
        exchange.receive(desks.unodc, sealed(desks, with_body(true, contact=""), "unodc"))
    assert exchange.hits(desks.unodc) == []


# --- silence, protection ---------------------------------------------------------------------------------------------


def silent(text: str) -> str:
    """interpol's records are kept silent towards unodc: on a match only interpol learns."""
    before, _, after = text.partition("lets UNODC learn")
    return (
        before
        + "lets UNODC learn"
        + after.replace('level = "contact"', 'level = "silent"').replace('level = "release"', 'level = "silent"')
        if 'from = "interpol"' in after
        else text
    )


def test_attack_silent_matches_look_like_no_match_to_the_asker(make: Any) -> None:
    shapes = []
    for theirs in (None, [Entity("i9", "Person", {"name": ("Kwame Boateng",), "birthDate": ("1990-12-01",)})]):
        desks = make(edit=silent, **({} if theirs is None else {"theirs": theirs}))
        said = desks.ask()
        assert exchange.hits(desks.unodc) == []
        matched = {str(row["record"]) for row in exchange.hits(desks.interpol)}
        assert matched == ({"i1", "i2", "i4"} if theirs is None else set())
        assert all(row["state"] == "silent" for row in exchange.hits(desks.interpol))
        seen = [opened(desks, message, "unodc") for message in (desks.carried[1], desks.carried[3])]
        shapes.append([
            ({name: len(part) for name, part in one.parts.items()}, sorted(one.header.body))
            for one in seen
        ])  # fmt: skip
        assert said[-1].said.startswith("no match")
    assert shapes[0] == shapes[1]


def test_attack_a_silent_match_is_not_asked_about_further(make: Any) -> None:
    desks = make(edit=silent)
    desks.ask()
    quiet = str(exchange.hits(desks.interpol)[0]["hit"])
    with pytest.raises(InputError, match="does not know of this match"):
        exchange.request(desks.interpol, quiet, ("name",), "investigation")


@pytest.mark.parametrize("status", ["minor", "victim", "witness"])
def test_protected_records_stay_out_on_both_sides(make: Any, status: str) -> None:
    desks = make(their_terms=RecordTerms(status=(status,)))
    desks.ask()
    assert exchange.hits(desks.unodc) == []
    with pytest.raises(PolicyError, match="may be asked about"):
        exchange.ask(desks.interpol, "unodc", "investigation", "case-9")


def test_sensitive_properties_give_no_mark(make: Any) -> None:
    faith = [Entity("u9", "Person", {"religion": ("x y z",), "ethnicity": ("a b c",), "name": ("Solo",)})]
    desks = make(ours=faith)
    with pytest.raises(PolicyError):
        exchange.ask(desks.unodc, "interpol", "investigation", "case-7")


def test_a_record_bound_to_another_purpose_stays_out(make: Any) -> None:
    desks = make(their_terms=RecordTerms(purposes=("prosecution",)))
    desks.ask()
    assert exchange.hits(desks.unodc) == []


# --- the word given --------------------------------------------------------------------------------------------------


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


def test_attack_asking_back_beyond_the_quota(make: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A holder that asks back inside its answers is held to the same quota as one that asks."""
    few = make(edit=lambda text: silent(text.replace("questions_per_day = 10000", "questions_per_day = 25")))
    few.ask()
    few.ask()
    monkeypatch.setattr(limits, "check_own", lambda *_: None)
    monkeypatch.setattr(limits, "_today", lambda _connection, party, *_: 0 if party.id == "interpol" else 512)
    said = few.carry(exchange.ask(few.unodc, "interpol", "investigation", "case-7"), "interpol")
    assert [one.kind for one in said] == ["question", "answer", "refusal"]
    assert said[1].refusal is not None


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
