"""A party of the accord that lies, fishes, or looks for what stays out of a question."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from tests.attacks.tampering import opened, sealed, with_body

from accord import exchange
from accord.errors import InputError, PeerError, PolicyError, TrustError
from accord.exchange import limits, protocol
from accord.exchange.protocol import Answering, Asking, MarkSet, Match, pack_matches, pack_names
from accord.ledger import Report
from accord.ledger.head import stated_head
from accord.oblivious import psi
from accord.records import Entity
from accord.records.terms import RecordTerms

NEUTRAL = {"political": "no", "military": "no", "religious": "no", "racial": "no"}


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


def people(first: int) -> list[Entity]:
    return [
        Entity(f"p{one}", "Person", {"birthDate": ("1980-05-17",), "passportNumber": (f"A{1000003 * one}",)})
        for one in range(first, first + 25)
    ]


def test_attack_silent_matches_counted_by_the_length_of_the_partners_log(make: Any) -> None:
    """An alarm for unusually many was an entry more, and each message says how many entries its sender's log has."""
    seen = []
    for theirs in (people(100), people(500)):
        desks = make(ours=people(100), theirs=theirs, edit=silent)
        said = desks.ask()
        reports = (opened(desks, desks.carried[step], "unodc").header.ledger for step in (1, 3))
        seen.append([stated_head(Report.from_dict(report).envelope, "interpol").size for report in reports])
        alarmed = [entry.kind for entry in desks.interpol.log.entries()].count("exchange.alarm")
        assert (alarmed, "Unusually many" in said[2].said) == ((1, True) if theirs == people(100) else (0, False))
    assert seen[0] == seen[1]


@pytest.mark.parametrize("marks", [0, 1, 255, 257])
def test_attack_a_holder_that_asks_back_with_less_than_a_question_counts(make: Any, marks: int) -> None:
    """Without padding a day's quota would let it ask more often; and one mark more than a size says would not show."""
    desks = make(edit=silent)
    answer = exchange.receive(desks.interpol, exchange.ask(desks.unodc, "interpol", "investigation", "case-7")).reply
    true = opened(desks, answer, "unodc")
    asked = (true.parts["asked"] * 2)[: marks * 32]
    before = len(desks.unodc.log)
    with pytest.raises(PeerError, match="not padded"):
        exchange.receive(desks.unodc, sealed(desks, replace(true, parts={**true.parts, "asked": asked}), "unodc"))
    assert len(desks.unodc.log) == before
    assert exchange.receive(desks.unodc, answer).reply is not None


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
