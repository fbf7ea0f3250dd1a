"""What may move at all: sensitive properties, purposes, handling, consent, term; and permits that were forged."""

from __future__ import annotations

import copy
import datetime as dt
import pickle
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.arrangement.deciding import NOW, permitted, refused, with_text

from accord.arrangement import (
    Action,
    Agreement,
    Permit,
    Request,
    Signer,
    Terms,
    consent,
    require,
    union,
)
from accord.arrangement.document import read_document
from accord.arrangement.rules import SENSITIVE
from accord.errors import AccordError, InternalError, PolicyError


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
