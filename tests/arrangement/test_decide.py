"""Rules 1 to 6, 8 and 10, each with somebody who tries to get round it."""

from __future__ import annotations

import copy
import datetime as dt
import pickle
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.arrangement import (
    Accord,
    Action,
    Agreement,
    Permit,
    Refusal,
    Request,
    Signer,
    Terms,
    approve,
    assess,
    consent,
    decide,
    demand,
    identify,
    require,
    union,
)
from accord.arrangement.document import read_document
from accord.arrangement.rules import SENSITIVE
from accord.arrangement.statement import QUESTIONS, Kind
from accord.errors import AccordError, InputError, InternalError, PolicyError
from accord.ledger import Envelope, SigningKey, canonical

NOW = dt.datetime(2026, 11, 25, 12, tzinfo=dt.UTC)


def refused(request: Request, accord: Accord, now: dt.datetime = NOW) -> Refusal:
    answer = decide(request, accord, now)
    assert isinstance(answer, Refusal), answer
    assert answer.clause
    assert answer.owner
    return answer


def permitted(request: Request, accord: Accord, now: dt.datetime = NOW) -> Permit:
    answer = decide(request, accord, now)
    assert isinstance(answer, Permit), answer
    return answer


def with_text(world, old: str, new: str) -> Accord:
    assert old in world.text
    return read_document(world.text.replace(old, new)).accord


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


@pytest.mark.parametrize("action", list(Action))
def test_sensitive_properties_never_move(world, action: Action) -> None:
    accord = with_text(world, '["name", "alias", "birthDate"', '["*", "name", "alias", "birthDate"')
    for prop in SENSITIVE:
        assert refused(world.ready(action=action, properties=("name", prop)), accord).code == "refused.sensitive"


def test_purpose_binding(world) -> None:
    terms = Terms(purposes=frozenset({"prosecution"}))
    assert refused(world.ready(terms=terms), world.accord).clause == "purpose binding"
    assert refused(world.ready(terms=Terms(purposes=frozenset())), world.accord).code == "refused.purpose"
    assert refused(world.ready(purpose="curiosity"), world.accord).code == "refused.purpose"
    assert refused(world.ready(purpose="analysis"), world.accord).code == "refused.purpose"
    permitted(world.ready(terms=Terms(purposes=frozenset({"investigation"}))), world.accord)


def test_a_released_record_read_for_another_purpose(world) -> None:
    terms = Terms(purposes=frozenset({"investigation"}), until=dt.date(2027, 1, 1))
    reading = world.request(action=Action.READ, terms=terms)
    permitted(reading, world.accord)
    assert refused(replace(reading, purpose="prosecution"), world.accord).code == "refused.purpose"
    assert refused(reading, world.accord, dt.datetime(2027, 1, 2, tzinfo=dt.UTC)).code == "refused.expired"


@pytest.mark.parametrize("action", list(Action))
def test_late_restriction_stops_every_use(world, action: Action) -> None:
    assert refused(world.ready(action=action, terms=Terms(restricted=True)), world.accord).code == "refused.restricted"


@pytest.mark.parametrize("action", list(Action))
@pytest.mark.parametrize("status", ["minor", "victim", "witness"])
def test_protected_persons_stay_out(world, action: Action, status: str) -> None:
    request = world.ready(action=action, terms=Terms(status=frozenset({status})))
    assert refused(request, world.accord).code == "refused.protected"
    accord = with_text(world, "protected = false", "protected = true")
    if action is not Action.RELEASE:
        permitted(request, accord)
    assert (
        refused(world.ready(action=action, terms=Terms(status=frozenset({"child"}))), accord).code == "refused.status"
    )


@pytest.mark.parametrize(
    ("code", "goes"),
    [("tlp:GREEN", True), ("AMBER", True), ("tlp:RED", False), ("europol:H2", True), ("europol:H3", False),
     ("un:STRICTLY CONFIDENTIAL", False), ("interpol:restricted", True), ("cosmic:TOP", False), ("H1", False)],
)  # fmt: skip
def test_handling_ceiling(world, code: str, goes: bool) -> None:
    request = world.request(action=Action.CONTACT, terms=Terms(handling=frozenset({code})))
    if goes:
        permitted(request, world.accord)
    else:
        assert refused(request, world.accord).code == "refused.handling"


def test_what_a_translation_loses_travels_as_a_condition(world) -> None:
    request = world.request(action=Action.CONTACT, terms=Terms(handling=frozenset({"europol:H1"})))
    permit = permitted(request, world.accord)
    assert permit.handling == ("tlp:AMBER",)
    assert permit.conditions == ("not as evidence in court without the owner's leave",)


def test_attack_code_without_a_translation(world) -> None:
    line = next(line for line in world.text.splitlines() if '"europol:H1"' in line)
    accord = with_text(world, line + "\n", "")
    request = world.request(action=Action.CONTACT, terms=Terms(handling=frozenset({"europol:H1"})))
    assert refused(request, accord).code == "refused.handling"


def test_onward_transfer_needs_the_originators_consent(world) -> None:
    """unit-a holds data that it received from unit-b, and would show it to unit-c."""
    terms = Terms(owners=frozenset({"unit-b"}))
    for action in (Action.BLIND, Action.CONTACT, Action.RELEASE):
        request = world.ready(action=action, recipient="unit-c", requester="unit-a/analyst", terms=terms)
        answer = refused(request, world.accord)
        assert (answer.code, answer.owner) == ("refused.originator", "unit-b")
    asked = world.request(action=Action.CONTACT, recipient="unit-c", terms=terms)
    agreed = consent(asked, world.accord, world.approver_b, NOW, Agreement("unit-b", "note 7"))
    permitted(replace(asked, evidence=(agreed,)), world.accord)
    for change in ({"recipient": "unit-b", "owner": "unit-c"}, {"purpose": "analysis"}, {"record": "another"}):
        moved = replace(asked, evidence=(agreed,), **change)
        if moved.recipient != "unit-b":
            refused(moved, world.accord)
    recorded = consent(asked, world.accord, world.approver_a, NOW, Agreement("unit-b", "they said so"))
    refused(replace(asked, evidence=(recorded,)), world.accord)
    by_analyst = consent(asked, world.accord, world.analyst_b, NOW, Agreement("unit-b", "note 7"))
    refused(replace(asked, evidence=(by_analyst,)), world.accord)


def test_data_may_go_back_to_whom_it_came_from(world) -> None:
    permitted(world.request(action=Action.CONTACT, terms=Terms(owners=frozenset({"unit-b"}))), world.accord)


def test_a_prohibition_by_the_originator_beats_its_consent(world) -> None:
    clause = '\n[[clause]]\nid = "no-c"\ntitle = "Not to C"\nfrom = "unit-b"\nto = "unit-c"\nschemata = ["Person"]\nproperties = ["name"]\nlevel = "never"\n'
    accord = read_document(world.text + clause).accord
    asked = world.request(action=Action.CONTACT, recipient="unit-c", terms=Terms(owners=frozenset({"unit-b"})))
    agreed = consent(asked, accord, world.approver_b, NOW, Agreement("unit-b", "note 7"))
    assert refused(replace(asked, evidence=(agreed,)), accord).clause == "no-c"


@pytest.mark.parametrize("body", ["bureau-x", "bureau-y", "a-bureau-that-nobody-knows"])
def test_a_third_body_that_owns_the_record_must_have_consented(world, body: str) -> None:
    request = world.request(terms=Terms(owners=frozenset({body})))
    evidence = tuple(world.evidence(request).values())
    assert refused(replace(request, evidence=evidence), world.accord).owner == body
    recorded = consent(request, world.accord, world.approver_a, NOW, Agreement(body, "letter 12"))
    own = consent(request, world.accord, Signer(body, "", world.third_key), NOW, Agreement(body, "letter 12"))
    good, bad = (own, recorded) if body == "bureau-x" else (recorded, own)
    permitted(replace(request, evidence=(*evidence, good)), world.accord)
    refused(replace(request, evidence=(*evidence, bad)), world.accord)
    unfounded = consent(request, world.accord, world.approver_a, NOW, Agreement(body, ""))
    refused(replace(request, evidence=(*evidence, unfounded)), world.accord)


def test_a_prohibition_beats_every_permission(world) -> None:
    clause = '\n[[clause]]\nid = "no"\ntitle = "No names"\nfrom = "*"\nto = "*"\nschemata = ["*"]\nproperties = ["name"]\nlevel = "never"\n'
    for text in (world.text + clause, world.text.replace("[[clause]]", f"{clause}\n[[clause]]", 1)):
        assert refused(world.ready(), read_document(text).accord).clause == "no"


@pytest.mark.parametrize(
    "change",
    [{"owner": "stranger"}, {"recipient": "stranger"}, {"recipient": "unit-a"}, {"properties": ()}, {"schema": ""},
     {"schema": "Unheard"}, {"properties": ("unheard",)}, {"purpose": ""}],
)  # fmt: skip
@pytest.mark.parametrize("action", list(Action))
def test_deny_is_the_default(world, action: Action, change: dict[str, object]) -> None:
    refused(world.ready(action=action, **change), world.accord)


def test_the_term_counts(world) -> None:
    assert refused(world.ready(), world.accord, dt.datetime(2028, 11, 25, tzinfo=dt.UTC)).code == "refused.term"
    assert refused(world.ready(), world.accord, dt.datetime(2026, 11, 23, 23, tzinfo=dt.UTC)).code == "refused.term"
    early = dt.timezone(dt.timedelta(hours=-12))  # still the last day there, but days are days in UTC
    assert refused(world.ready(), world.accord, dt.datetime(2028, 11, 24, 13, tzinfo=early)).code == "refused.term"


def test_attack_forged_permit(world) -> None:
    permit = permitted(world.ready(), world.accord)
    with pytest.raises(InternalError):
        Permit(object(), request=permit.request)
    for attempt in (lambda: copy.copy(permit), lambda: copy.deepcopy(permit), lambda: pickle.dumps(permit)):
        with pytest.raises(TypeError):
            attempt()
    with pytest.raises(TypeError):
        type("Wider", (Permit,), {})
    with pytest.raises(AttributeError):
        permit.expires = dt.date.max
    with pytest.raises(AttributeError):
        del permit.expires


@pytest.mark.parametrize(
    "change",
    [{"properties": ("name",)}, {"recipient": "unit-c"}, {"record": "x"}, {"purpose": "prosecution"},
     {"action": Action.READ}, {"owner": "unit-c"}, {"terms": Terms()}],
)  # fmt: skip
def test_attack_permit_used_for_something_else(world, change: dict[str, object]) -> None:
    permit = permitted(world.ready(), world.accord)
    with pytest.raises(PolicyError):
        permit.honour(replace(permit.request, **change), NOW)
    with pytest.raises(PolicyError):
        permit.honour(permit.request, NOW + dt.timedelta(days=181))


def test_require_raises_what_decide_refuses(world) -> None:
    with pytest.raises(PolicyError) as caught:
        require(world.request(), world.accord, NOW)
    assert caught.value.exit_code == 4


terms = st.builds(
    Terms,
    purposes=st.none() | st.frozensets(st.sampled_from(["a", "b", "c"])),
    handling=st.frozensets(st.sampled_from(["tlp:RED", "tlp:GREEN"])),
    owners=st.frozensets(st.sampled_from(["x", "y"])),
    status=st.frozensets(st.sampled_from(["minor", "victim"])),
    restricted=st.booleans(),
    until=st.none() | st.dates(dt.date(2026, 1, 1), dt.date(2030, 1, 1)),
)


@given(st.lists(terms, max_size=5))
def test_a_union_is_at_least_as_strict_as_each_part(parts: list[Terms]) -> None:
    joined = union(parts)
    for part in parts:
        if part.purposes is not None:
            assert joined.purposes is not None
            assert joined.purposes <= part.purposes
        assert joined.handling >= part.handling
        assert joined.owners >= part.owners
        assert joined.status >= part.status
        assert joined.restricted >= part.restricted
        assert part.until is None or (joined.until is not None and joined.until <= part.until)
    assert union(reversed(parts)) == joined
    assert union([joined, joined]) == joined
    assert Terms.from_dict(joined.to_dict()) == joined


def test_requests_read_back(world) -> None:
    request = world.ready()
    again = Request.from_dict(request.to_dict(), request.evidence)
    assert again.digest == request.digest
    permitted(again, world.accord)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(), lambda x: st.lists(x) | st.dictionaries(st.text(), x)
    )
)
def test_malformed_terms_and_requests_are_refused_as_such(data: object) -> None:
    for read in (Terms.from_dict, Request.from_dict):
        try:
            read(data if isinstance(data, dict) else {"terms": data, "purposes": data})  # type: ignore[operator]
        except AccordError as error:
            assert error.code.startswith("arrangement.")  # noqa: PT017 - the other outcome is a value
