"""Data subjects: found everywhere, corrected, restricted and erased with receipts, answered without being confirmed."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any
from unittest.mock import Mock

import pytest
from sqlalchemy import inspect, select

from accord import exchange, subjects
from accord.errors import AccordError, InputError, PolicyError, UsageError
from accord.exchange import check_rows, state
from accord.exchange.state import Release, Session, Wish
from accord.ledger import _store, verify
from accord.match import Match
from accord.records import Entity, _manifest
from accord.records.terms import RecordTerms
from accord.review import Queue
from accord.review import _store as review
from accord.subjects import Disclosure, Sought, _register, act
from accord.subjects._register import stubs

pytestmark = pytest.mark.engines
STORES = (_store.METADATA, state.METADATA, _manifest.METADATA, _register.METADATA, review.METADATA)


def places(party: Any, **sought: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for one in subjects.find(party, Sought(**sought)):
        found.setdefault(one.kind, []).append(one.record)
    return found


def everything(party: Any) -> bytes:
    """Every value that the desk can still open: database rows, records, entries that are not erased."""
    with party.reading() as connection:
        there = inspect(connection).get_table_names()
        tables = [table for metadata in STORES for table in metadata.sorted_tables if table.name in there]
        assert {table.name for table in tables} == set(there)
        rows = [str(tuple(row)) for table in tables for row in connection.execute(select(table))]
    rows += [str(held) for held in party.holding.iterate()] + [str(entry) for entry in party.log.entries()]
    return "\n".join(rows).encode()


def test_a_person_is_found_in_every_place(asked: Any) -> None:
    asked.released()
    subjects.export(asked.interpol, "Court of Dakar", "tlp:AMBER", "prosecution", "analyst")
    there = places(asked.interpol, name="Amina Diallo Traoré", birth_date="1980-05-17")
    assert {kind: set(ids) for kind, ids in there.items()} == {
        kind: {"i1"} for kind in ("record", "question", "match", "request", "given", "export")
    }
    here = places(asked.unodc, name="TRAORE Amina Diallo")
    assert set(here) == {"record", "question", "match", "request", "received"}
    assert places(asked.interpol, number="A 077-4123")["record"] == ["i1"]
    assert places(asked.unodc, record="u3") == {"record": ["u3"]}
    assert places(asked.interpol, name="Zyx Qwv") == {}
    with pytest.raises(UsageError):
        places(asked.interpol)


def test_received_fields_are_found_by_a_number_that_no_own_record_has(asked: Any) -> None:
    asked.released()
    assert places(asked.unodc, number="a0774123") == {"received": ["u1"]}


def test_what_was_given_of_a_record_that_was_removed_since_is_found_by_its_id(asked: Any) -> None:
    """A list that is loaded anew leaves records out; a partner has their fields still, and nothing said so."""
    asked.released()
    asked.interpol.holding.remove(["i1"])
    assert set(places(asked.interpol, record="i1")) == {"question", "match", "request", "given"}
    assert places(asked.interpol, record="i9") == {}


def test_looking_is_logged_and_never_for_whom(asked: Any) -> None:
    places(asked.unodc, name="Amina Diallo")
    last = list(asked.unodc.log.entries())[-1]
    assert (last.kind, last.details) == ("subject.sought", {"records": 1})


def test_a_correction_goes_to_whoever_has_the_fields(asked: Any) -> None:
    release = asked.released()
    mended = Entity("i1", "Person", {"name": ("Amina Traore",), "birthDate": ("1980-05-18",)})
    receipt = subjects.correct(asked.interpol, mended)
    assert (dict(receipt.partners), receipt.failed) == ({release: "unodc"}, {})
    asked.carry(receipt.messages[release], "unodc")
    assert dict(exchange.read(asked.unodc, release, "investigation").fields) == {"birthDate": ["1980-05-18"]}
    assert asked.interpol.holding.get("i1").entity.get("birthDate") == ("1980-05-18",)


def test_a_restricted_record_is_asked_about_no_more_and_taken_back(asked: Any) -> None:
    release = asked.released()
    receipt = subjects.restrict(asked.interpol, ["i1"], "accuracy is contested")
    said = asked.carry(receipt.messages[release], "unodc")
    assert [one.kind for one in said] == ["recall", "receipt"]
    with pytest.raises(PolicyError):
        exchange.read(asked.unodc, release, "investigation")
    assert "2 possible matches" in asked.ask()[-1].said
    subjects.restrict(asked.interpol, ["i1"], "it was accurate", lift=True)
    assert asked.interpol.holding.get("i1").terms.restricted is False
    assert "3 possible matches" in asked.ask()[-1].said


@pytest.mark.parametrize("taken", [1, 2])
def test_attack_a_record_erased_or_restricted_while_it_is_asked_about(desks: Any, taken: int) -> None:
    """What was decided when the question was written is decided again: its match is not told, or at least not kept."""
    m2 = exchange.receive(desks.interpol, exchange.ask(desks.unodc, "interpol", "investigation", "case-7")).reply
    if taken == 1:
        subjects.erase(desks.unodc, ["u1"], "it was another person")
        subjects.restrict(desks.unodc, ["u2"], "its owner said so")
    m3 = exchange.receive(desks.unodc, m2).reply
    if taken == 2:
        subjects.erase(desks.unodc, ["u1"], "it was another person")
    desks.carry(m3, "interpol")
    assert {row["record"] for row in exchange.hits(desks.unodc)} == ({"u4"} if taken == 1 else {"u2", "u4"})
    assert {row["record"] for row in exchange.hits(desks.interpol)} == ({"i4"} if taken == 1 else {"i1", "i2", "i4"})


def test_erasing_leaves_stubs_proofs_and_nothing_of_the_person(asked: Any) -> None:
    release = asked.released()
    subjects.export(asked.interpol, "Court of Dakar", "tlp:AMBER", "prosecution", "analyst")
    receipt = subjects.erase(asked.interpol, ["i1"], "unlawfully collected")
    assert any("Court of Dakar" in line for line in receipt.to_attest)
    assert not any("Court of Dakar" in line for line in receipt.done)
    assert [one.kind for one in asked.carry(receipt.messages[release], "unodc")] == ["recall", "receipt"]
    left = everything(asked.interpol)
    for trace in (b"'i1'", b'"i1"', b"TRAORE", b"A0774123", b"Baobabs", b"Traor"):
        assert trace not in left, trace
    assert [(one["schema"], one["why"]) for one in stubs(asked.interpol.folder)] == [("Person", "unlawfully collected")]
    verify(asked.interpol.folder.engine(), "interpol", asked.interpol.sign.verify_key)
    assert places(asked.interpol, name="Amina Diallo Traoré") == {}
    assert exchange.hits(asked.interpol)
    assert exchange.status(asked.interpol)
    with pytest.raises(InputError):
        subjects.erase(asked.interpol, ["i1"], "again")


def test_erasing_at_the_receiver_takes_the_received_fields_too(asked: Any) -> None:
    release = asked.released()
    subjects.erase(asked.unodc, ["u1"], "the person asked")
    left = everything(asked.unodc)
    assert b"A0774123" not in left
    assert b"'u1'" not in left
    with pytest.raises(PolicyError):
        exchange.read(asked.unodc, release, "investigation")


@pytest.mark.parametrize("gone", ["u1", "i1"])
def test_a_record_that_was_removed_is_erased_from_all_that_was_done_with_it(asked: Any, gone: str) -> None:
    """A list that is loaded anew leaves it out: nobody could erase what was received of it, or take back what was given."""
    release, party = asked.released(), asked.unodc if gone == "u1" else asked.interpol
    party.holding.remove([gone])
    receipt = subjects.erase(party, [gone], "the person asked")
    assert receipt.done[0] == "0 records, from the disk too"
    if gone == "i1":
        assert [one.kind for one in asked.carry(receipt.messages[release], "unodc")] == ["recall", "receipt"]
    left = everything(party)
    assert b"A0774123" not in left
    assert f"'{gone}'".encode() not in left
    assert places(party, record=gone) == {}
    verify(party.folder.engine(), party.id, party.sign.verify_key)
    for again in (gone, "(erased)"):
        with pytest.raises(InputError, match="no record with that id"):
            subjects.erase(party, [again], "again")


@pytest.mark.parametrize("before", ["restricted", "recalled", "killed"])
def test_erasing_keeps_a_recall_that_was_not_carried_yet(
    asked: Any, monkeypatch: pytest.MonkeyPatch, before: str
) -> None:
    """The recall was forgotten with the record: the partner kept the fields, and nothing could take them back."""
    release = asked.released()
    if before == "restricted":
        subjects.restrict(asked.interpol, ["i1"], "a court wants it")
    elif before == "recalled":
        exchange.recall(asked.interpol, release, "an error in the file")
    else:
        with monkeypatch.context() as patched:  # after the recall is written, before the record goes
            patched.setattr(act, "_receipt", Mock(side_effect=KeyboardInterrupt))
            with pytest.raises(KeyboardInterrupt):
                subjects.erase(asked.interpol, ["i1"], "the person asked")
    receipt = subjects.erase(asked.interpol, ["i1"], "the person asked")
    assert (dict(receipt.partners), receipt.failed) == ({release: "unodc"}, {})
    assert receipt.messages[release] == exchange.resend(asked.interpol, release)
    assert [one.kind for one in asked.carry(receipt.messages[release], "unodc")] == ["recall", "receipt"]
    with pytest.raises(PolicyError):
        exchange.read(asked.unodc, release, "investigation")
    assert exchange.conversation(asked.interpol, release).state == "returned"


@pytest.mark.parametrize("then", ["erased", "swept"])
def test_a_receipt_that_was_lost_on_its_way_is_given_again_however_late(asked: Any, then: str) -> None:
    release, ours = asked.released(), asked.unodc
    recall = exchange.recall(asked.interpol, release)
    receipt = exchange.receive(ours, recall).reply
    if then == "erased":
        subjects.erase(ours, ["u1"], "the person asked")
    else:
        asked.clock[0] += dt.timedelta(days=400)
        exchange.sweep(ours)
    assert exchange.resend(ours, release) == receipt
    assert [one.kind for one in asked.carry(recall, "unodc")] == ["recall", "receipt"]
    assert exchange.conversation(asked.interpol, release).state == "returned"


@pytest.mark.parametrize("ended", ["erased", "lapsed"])
def test_fields_that_come_when_the_request_is_over_are_not_kept_and_can_be_taken_back(asked: Any, ended: str) -> None:
    """They were refused, and then the recall, too: the giver waited for a receipt for ever."""
    ours, wish = asked.unodc, asked.approved()
    message = exchange.release(asked.interpol, wish)
    if ended == "erased":
        subjects.erase(ours, ["u1"], "the person asked")
    else:
        asked.clock[0] += dt.timedelta(days=ours.accord.retention.unanswered_days + 1)
        exchange.sweep(ours)
    (said,) = asked.carry(message, "unodc")
    assert "none were kept" in said.said
    with pytest.raises(PolicyError, match="nothing to read"):
        exchange.read(ours, wish, "investigation")
    assert b"A0774123" not in everything(ours)
    with ours.reading() as connection:
        check_rows(connection, ours.log, ours.accord, ours.now)
    assert [one.kind for one in asked.carry(exchange.correct(asked.interpol, wish), "unodc")] == ["correction"]
    receipt = asked.carry(exchange.recall(asked.interpol, wish), "unodc")[-1].said
    assert "nothing: the fields were expired already" in receipt
    assert exchange.conversation(asked.interpol, wish).state == "returned"


def test_a_correction_of_fields_that_were_erased_here_is_not_kept(asked: Any) -> None:
    release = asked.released()
    subjects.erase(asked.unodc, ["u1"], "the person asked")
    (said,) = asked.carry(exchange.correct(asked.interpol, release), "unodc")
    assert "none were kept" in said.said
    assert b"A0774123" not in everything(asked.unodc)
    assert asked.carry(exchange.recall(asked.interpol, release), "unodc")[-1].kind == "receipt"


def test_a_removed_record_that_only_people_compared_is_erased_too(asked: Any) -> None:
    theirs = asked.interpol
    twin = Entity("i9", "Person", dict(theirs.holding.get("i3").entity.properties))
    theirs.holding.load([twin], source="twin.jsonl", at=asked.clock[0])
    pairs = Queue(theirs.folder, theirs.log, theirs.clock)
    pairs.put([Match("i3", "i9", 0.99)])
    (pair,) = pairs.waiting("ana", 9)
    pairs.judge(pair.id, "ana", "not-same", 3)
    theirs.holding.remove(["i9"])
    assert places(theirs, record="i9") == {"pair": ["i9"]}
    assert "1 pair that people compared" in subjects.erase(theirs, ["i9"], "the person asked").done[-1]
    assert places(theirs, record="i9") == {}


def test_erasing_ends_a_request_that_waits(asked: Any) -> None:
    wish = asked.requested()
    subjects.erase(asked.interpol, ["i1"], "over")
    with asked.interpol.reading() as connection:
        kept = state.get(connection, Wish, wish)
        assert (kept.state, kept.shown, kept.box) == ("declined", None, None)
        assert state.get(connection, Session, wish).state == "declined"
    with pytest.raises(AccordError):
        exchange.release(asked.interpol, wish)


# --- rule 7 ----------------------------------------------------------------------------------------------------------


def dated(make: Any) -> Any:
    desks = make(their_terms=RecordTerms(until=make_day(30)))
    desks.ask()
    return desks


def make_day(days: int) -> dt.date:
    return (dt.datetime.now(dt.UTC) + dt.timedelta(days=days)).date()


def test_what_nobody_reviews_is_purged_and_what_is_reviewed_stays(make: Any) -> None:
    desks = dated(make)
    release = desks.released()
    assert subjects.due(desks.interpol) == []
    assert {one.id for one in subjects.due(desks.interpol, 40) if one.kind == "record"} == {"i1", "i2", "i3", "i4"}
    subjects.review(desks.interpol, ["i2"], make_day(200), "analyst", "trial pending")
    desks.clock[0] += dt.timedelta(days=32)
    counts, receipt = subjects.purge(desks.interpol)
    assert counts["record"] == 3
    assert receipt is not None
    assert set(receipt.messages) == {release}
    assert [held.entity.id for held in desks.interpol.holding.iterate()] == ["i2"]
    assert len(stubs(desks.interpol.folder)) == 3
    assert b"A0774123" not in everything(desks.interpol)
    assert subjects.purge(desks.interpol)[0]["record"] == 0


def test_attack_review_after_the_date_without_end_or_by_nobody(make: Any) -> None:
    desks = dated(make)
    for until, officer in ((make_day(5000), "analyst"), (make_day(-1), "analyst"), (make_day(60), "nobody")):
        with pytest.raises(AccordError):
            subjects.review(desks.interpol, ["i1"], until, officer, "needed")
    with pytest.raises(InputError):
        subjects.review(desks.interpol, ["i1"], make_day(60), "analyst", " ")
    desks.clock[0] += dt.timedelta(days=32)
    with pytest.raises(InputError, match="has passed"):
        subjects.review(desks.interpol, ["i1"], make_day(60), "analyst", "needed")


def test_attack_date_that_loading_again_should_push_back(make: Any) -> None:
    desks = dated(make)
    later = RecordTerms(until=make_day(900))
    kept = desks.interpol.holding.get("i1")
    desks.interpol.holding.load([kept.entity], source="again", at=desks.clock[0], terms=later)
    assert desks.interpol.holding.get("i1").terms.until == make_day(30)


def test_received_fields_and_unanswered_requests_and_questions_end_by_themselves(asked: Any) -> None:
    asked.released()
    waiting = asked.requested("u2", ("jurisdiction",))
    exchange.ask(asked.unodc, "interpol", "investigation", "case-9")
    asked.clock[0] += dt.timedelta(days=400)
    counts, receipt = subjects.purge(asked.unodc)
    assert (counts, receipt) == ({"record": 0, "received": 1, "derived": 0, "request": 1, "question": 1}, None)
    with asked.unodc.reading() as connection:
        assert all(row.fields is None for row in state.find(connection, Release))
        assert all(session.secret is None for session in state.find(connection, Session))
        assert state.get(connection, Wish, waiting).state == "lapsed"
    assert exchange.status(asked.unodc)
    counts, _ = subjects.purge(asked.interpol)
    assert counts["request"] == 1
    with asked.interpol.reading() as connection:
        assert state.get(connection, Wish, waiting).shown is None
    verify(asked.unodc.folder.engine(), "unodc", asked.unodc.sign.verify_key)


# --- rule 11 ---------------------------------------------------------------------------------------------------------


def test_attack_letter_that_tells_whether_a_person_is_held(make: Any) -> None:
    """The same letter from a desk that holds the person, one that does not, and one that has erased them."""
    full, empty = make(), make(theirs=[Entity("x", "Person", {"name": ("Someone Else",)})])
    letter = subjects.answer(full.interpol, "A. Diallo")
    assert letter == subjects.answer(empty.interpol, "A. Diallo")
    subjects.erase(full.interpol, ["i1"], "asked for")
    assert letter == subjects.answer(full.interpol, "A. Diallo")
    assert "neither confirms nor denies" in letter


def test_a_disclosure_is_an_approvers_act_and_never_tells_of_others(asked: Any) -> None:
    told = Disclosure(["i1"], "approver", "passport seen at the counter")
    letter = subjects.answer(asked.interpol, "A. Diallo", told)
    assert "A0774123" in letter
    assert "UNODC" not in letter
    assert list(asked.interpol.log.entries())[-1].kind == "subject.disclosed"
    for lie in (
        Disclosure(["i1"], "analyst", "seen"),
        Disclosure(["i1"], "approver", " "),
        Disclosure(["no"], "approver", "x"),
    ):
        with pytest.raises(AccordError):
            subjects.answer(asked.interpol, "A. Diallo", lie)


def test_attack_export_to_a_partner_past_the_accord(asked: Any) -> None:
    for name in ("unodc", "UNODC ", "Unodc"):
        with pytest.raises(PolicyError):
            subjects.export(asked.interpol, name, "tlp:AMBER", "prosecution", "analyst")


@pytest.mark.parametrize(
    "terms",
    [RecordTerms(restricted=True), RecordTerms(owners=("ncb-x",)), RecordTerms(status=("witness",)),
     RecordTerms(purposes=("analysis",)), RecordTerms(until=dt.date(2020, 1, 1))],
    ids=["restricted", "of a third body", "a witness", "another purpose", "over its date"],
)  # fmt: skip
def test_attack_export_of_what_must_stay(make: Any, terms: RecordTerms) -> None:
    desks = make(their_terms=terms)
    with pytest.raises(InputError, match="4 stay out"):
        subjects.export(desks.interpol, "Court", "tlp:AMBER", "prosecution", "analyst")
    assert subjects.exports(desks.interpol) == []


def test_every_export_is_registered_with_code_and_recipient(asked: Any) -> None:
    made = subjects.export(asked.interpol, "Court of Dakar", "amber", "prosecution", "analyst", "id = i1")
    [line] = subjects.exports(asked.interpol)
    assert (line.recipient, line.code, line.records, line.officer) == (
        "Court of Dakar",
        "tlp:AMBER",
        ("i1",),
        "interpol/analyst",
    )
    data = json.loads(made.data)
    assert data["export"]["export"] == made.id
    assert "accord" in data
    last = list(asked.interpol.log.entries())[-1]
    assert (last.kind, last.about) == ("subject.exported", made.id)
    for wrong in (("", "amber", "prosecution"), ("Court", "purple", "prosecution"), ("Court", "amber", "fun")):
        with pytest.raises(AccordError):
            subjects.export(asked.interpol, *wrong, "analyst")
