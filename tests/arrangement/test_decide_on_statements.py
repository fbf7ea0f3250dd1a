"""The statements that a release needs, each with somebody who tries to get round it."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from tests.arrangement.deciding import NOW, permitted, refused, with_text

from accord.arrangement import (
    Signer,
    Terms,
    approve,
    assess,
    demand,
    identify,
)
from accord.arrangement.statement import QUESTIONS, Kind
from accord.errors import InputError
from accord.ledger import Envelope, SigningKey, canonical


def test_a_release_with_everything_it_needs(world) -> None:
    permit = permitted(world.ready(), world.accord)
    assert permit.expires == dt.date(2027, 5, 24)
    assert permit.handling == ("tlp:AMBER",)
    permit.honour(permit.request, NOW)


@pytest.mark.parametrize("missing", ["demand", "identity", "assessment", "approval"])
def test_a_release_with_one_statement_missing(world, missing: str) -> None:
    request = world.request()
    evidence = world.evidence(request)
    del evidence[missing]
    refused(replace(request, evidence=tuple(evidence.values())), world.accord)


@pytest.mark.parametrize(
    "change",
    [
        {"properties": ("name", "birthDate", "address")},
        {"recipient": "unit-c"},
        {"purpose": "prosecution"},
        {"record": "another"},
        {"until": dt.date(2027, 1, 1)},
        {"terms": Terms()},
        {"schema": "Company"},
        {"requester": "unit-c/analyst"},
    ],
)
def test_attack_approval_moved_to_another_request(world, change: dict[str, object]) -> None:
    refused(replace(world.ready(), **change), world.accord)


def test_attack_approval_from_another_version_of_the_accord(world) -> None:
    other = with_text(world, "questions_per_day = 10000", "questions_per_day = 10001")
    refused(world.ready(), other)


def test_attack_self_approval(world) -> None:
    request = world.request(requester="unit-a/approver")
    evidence = world.evidence(request) | {
        "demand": demand(request, world.accord, world.approver_a, NOW),
        "approval": approve(request, world.accord, world.approver_a, NOW),
    }
    assert refused(replace(request, evidence=tuple(evidence.values())), world.accord).clause == "two-person rule"


def test_attack_self_approval_by_one_person_with_two_roles(world) -> None:
    accord = with_text(world, 'roles = ["approve"]', 'roles = ["approve", "request"]')
    request = world.request(requester="unit-a/approver")
    evidence = (
        demand(request, accord, world.approver_a, NOW),
        identify(request, accord, world.analyst_a, NOW, "same"),
        assess(request, accord, world.analyst_a, NOW, dict.fromkeys(QUESTIONS, "no")),
        approve(request, accord, world.approver_a, NOW),
    )
    assert refused(replace(request, evidence=evidence), accord).code == "refused.approval"


def test_attack_whoever_compared_the_records_approves_too(world) -> None:
    request = world.request()
    evidence = world.evidence(request)
    evidence["identity"] = identify(request, world.accord, world.approver_a, NOW, "same")
    assert refused(replace(request, evidence=tuple(evidence.values())), world.accord).code == "refused.approval"


def test_attack_approval_by_the_receivers_approver(world) -> None:
    request = world.request()
    evidence = world.evidence(request)
    evidence["approval"] = approve(request, world.accord, world.approver_b, NOW)
    assert refused(replace(request, evidence=tuple(evidence.values())), world.accord).code == "refused.approval"


def test_attack_analyst_without_the_role_approves(world) -> None:
    request = world.request()
    evidence = world.evidence(request)
    evidence["approval"] = approve(request, world.accord, world.analyst_a, NOW)
    assert refused(replace(request, evidence=tuple(evidence.values())), world.accord).code == "refused.approval"


def test_attack_administrator_signs_with_a_key_of_their_own(world) -> None:
    """Editing the sender's database gains nothing: the receiver takes the key from its own copy of the accord."""
    forger = Signer("unit-a", "approver", SigningKey.generate())
    request = world.request()
    evidence = world.evidence(request)
    evidence["approval"] = approve(request, world.accord, forger, NOW)
    refused(replace(request, evidence=tuple(evidence.values())), world.accord)


def test_attack_signer_outside_the_accord(world) -> None:
    stranger = Signer("unit-a", "director", SigningKey.generate())
    request = world.request()
    evidence = world.evidence(request)
    evidence["approval"] = approve(request, world.accord, stranger, NOW)
    refused(replace(request, evidence=tuple(evidence.values())), world.accord)


def test_attack_demand_passed_off_as_an_approval(world) -> None:
    request = world.request()
    evidence = world.evidence(request)
    real = demand(request, world.accord, world.approver_a, NOW)
    evidence["approval"] = Envelope(Kind.APPROVAL.payload_type, real.payload, real.signatures)
    refused(replace(request, evidence=tuple(evidence.values())), world.accord)


def test_attack_expired_officer(world) -> None:
    accord = with_text(world, 'roles = ["approve"]', 'roles = ["approve"]\n  ends = 2026-11-24')
    request = world.request()
    world_then = replace(world, accord=accord)
    refused(replace(request, evidence=tuple(world_then.evidence(request).values())), accord)


def test_attack_statement_dated_in_the_future(world) -> None:
    request = world.request()
    evidence = world.evidence(request)
    evidence["approval"] = approve(request, world.accord, world.approver_a, NOW + dt.timedelta(days=1))
    refused(replace(request, evidence=tuple(evidence.values())), world.accord)


@pytest.mark.parametrize("verdict", ["not-same", "unsure"])
def test_identity_must_be_found_the_same(world, verdict: str) -> None:
    request = world.request()
    evidence = world.evidence(request)
    evidence["identity"] = identify(request, world.accord, world.analyst_a, NOW, verdict)
    assert refused(replace(request, evidence=tuple(evidence.values())), world.accord).code == "refused.identity"


def test_the_later_word_of_one_person_counts_and_the_doubt_of_another_blocks(world) -> None:
    request = world.request()
    evidence = list(world.evidence(request).values())
    before = NOW - dt.timedelta(hours=1)
    doubt = identify(request, world.accord, world.analyst_a, before, "unsure")
    permitted(replace(request, evidence=(*evidence, doubt)), world.accord)
    other = identify(request, world.accord, world.approver_a, before, "unsure")
    assert refused(replace(request, evidence=(*evidence, other)), world.accord).code == "refused.identity"


def test_attack_identity_compared_by_the_asker(world) -> None:
    request = world.request()
    evidence = world.evidence(request)
    evidence["identity"] = identify(request, world.accord, world.analyst_b, NOW, "same")
    assert refused(replace(request, evidence=tuple(evidence.values())), world.accord).code == "refused.identity"


@pytest.mark.parametrize("question", QUESTIONS)
def test_neutrality_one_yes_blocks(world, question: str) -> None:
    request = world.request()
    evidence = world.evidence(request)
    answers = dict.fromkeys(QUESTIONS, "no") | {question: "yes"}
    evidence["assessment"] = assess(request, world.accord, world.analyst_a, NOW, answers)
    assert refused(replace(request, evidence=tuple(evidence.values())), world.accord).code == "refused.neutrality"


def test_attack_neutrality_half_answered(world) -> None:
    request = world.request()
    with pytest.raises(InputError):
        assess(request, world.accord, world.analyst_a, NOW, {"political": "no"})
    claim = {
        "accord": world.accord.digest, "about": request.wish, "signer": "unit-a/analyst",
        "at": NOW.isoformat(), "says": {"political": "no"},
    }  # fmt: skip
    evidence = world.evidence(request)
    evidence["assessment"] = Envelope.sign(Kind.ASSESSMENT.payload_type, canonical(claim), world.analyst_a.key)
    assert refused(replace(request, evidence=tuple(evidence.values())), world.accord).code == "refused.neutrality"


@pytest.mark.parametrize(
    "payload",
    [b"", b"[]", b"{}", b'{"signer":1}', b"\xff", b'{"signer":"unit-a/approver","about":"x","says":[],"at":"x"}'],
)
def test_attack_malformed_statement(world, payload: bytes) -> None:
    request = world.request()
    evidence = world.evidence(request)
    evidence["approval"] = Envelope.sign(Kind.APPROVAL.payload_type, payload, world.approver_a.key)
    refused(replace(request, evidence=tuple(evidence.values())), world.accord)
