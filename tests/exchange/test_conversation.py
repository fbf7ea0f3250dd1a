"""The whole conversation between two desk folders, with nothing but bytes carried between them."""

from __future__ import annotations

import datetime as dt
import json
import re
from dataclasses import replace
from importlib import resources
from typing import Any

import pytest

from accord import exchange, subjects
from accord.errors import InputError, PolicyError
from accord.records import Entity, Holding

pytestmark = pytest.mark.engines


def test_a_blind_question_tells_both_sides_of_each_match_and_of_nothing_else(desks: Any) -> None:
    said = desks.ask()
    assert [one.kind for one in said] == ["question", "answer", "matches", "contacts"]
    ours, theirs = exchange.hits(desks.unodc), exchange.hits(desks.interpol)
    assert {row["record"] for row in ours} == {"u1", "u2", "u4"}
    assert {row["record"] for row in theirs} == {"i1", "i2", "i4"}
    assert {row["hit"] for row in ours} == {row["hit"] for row in theirs}
    assert all("desk@interpol.example" in str(row["contact"]) for row in ours)
    assert all("desk@unodc.example" in str(row["contact"]) for row in theirs)


def test_from_question_to_deletion_receipt(desks: Any) -> None:
    desks.ask()
    wish = desks.requested()
    seen = exchange.compare(desks.interpol, wish)
    assert seen.theirs["name"] == ["Amina Diallo-Traoré"]
    assert seen.ours["name"] == ["TRAORE, Amina Diallo"]
    assert exchange.identify(desks.interpol, wish, "same") is None
    exchange.approve(desks.interpol, wish, "approver", NEUTRAL)
    desks.carry(exchange.release(desks.interpol, wish), "unodc")
    reading = exchange.read(desks.unodc, wish, "investigation")
    assert dict(reading.fields) == {"birthDate": ["17 May 1980"], "passportNumber": ["A0774123"]}
    said = desks.carry(exchange.recall(desks.interpol, wish, "an error in the file"), "unodc")
    assert [one.kind for one in said] == ["recall", "receipt"]
    with pytest.raises(PolicyError, match="nothing to read"):
        exchange.read(desks.unodc, wish, "investigation")
    assert {line.waits_for for line in exchange.status(desks.unodc)} == {"nobody"}
    assert {row["state"] for row in exchange.hits(desks.interpol) if row["record"] == "i1"} == {"returned"}


NEUTRAL = {"political": "no", "military": "no", "religious": "no", "racial": "no"}


def test_the_conversation_goes_on_after_both_desks_restart_at_every_step(desks: Any) -> None:
    message, to = exchange.ask(desks.unodc, "interpol", "investigation", "case-7"), "interpol"
    while message is not None:
        desks = desks.reopen()
        message, to = exchange.receive(desks.of(to), message).reply, "unodc" if to == "interpol" else "interpol"
    assert len(exchange.hits(desks.unodc)) == 3


def test_the_same_message_again_gives_the_same_reply_and_changes_nothing(desks: Any) -> None:
    message = exchange.ask(desks.unodc, "interpol", "investigation", "case-7")
    first = exchange.receive(desks.interpol, message)
    entries = list(desks.interpol.log.entries())
    again = exchange.receive(desks.interpol, message)
    assert again.again
    assert again.reply == first.reply
    assert list(desks.interpol.log.entries()) == entries


@pytest.mark.parametrize("ask", [exchange.ask, exchange.count_with])
def test_a_choice_of_no_record_is_not_said_to_be_the_whole_desk(desks: Any, ask: Any) -> None:
    with pytest.raises(PolicyError, match="none of the records chosen may"):
        ask(desks.unodc, "interpol", "investigation", "case-7", "id = nobody")


def test_a_lost_file_is_written_out_again(desks: Any) -> None:
    message = exchange.ask(desks.unodc, "interpol", "investigation", "case-7")
    session = exchange.status(desks.unodc)[0].id
    assert exchange.resend(desks.unodc, session) == message


def test_messages_after_the_answer_read_the_records_that_matched_alone(
    desks: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = exchange.ask(desks.unodc, "interpol", "investigation", "case-7")
    answer = exchange.receive(desks.interpol, asked).reply

    def read_whole(*_: Any) -> None:
        raise AssertionError

    monkeypatch.setattr(Holding, "iterate", read_whole)
    desks.carry(answer, "unodc")
    assert {row["record"] for row in exchange.hits(desks.interpol)} == {"i1", "i2", "i4"}
    assert {row["record"] for row in exchange.hits(desks.unodc)} == {"u1", "u2", "u4"}


def test_a_question_without_a_match_is_logged_by_both(make: Any) -> None:
    desks = make(theirs=[Entity("i9", "Person", {"name": ("Kwame Boateng",), "birthDate": ("1990-12-01",)})])
    desks.ask()
    assert exchange.hits(desks.unodc) == exchange.hits(desks.interpol) == []
    assert [entry.kind for entry in desks.interpol.log.entries() if entry.kind.startswith("exchange.")] == [
        "exchange.answered",
        "exchange.told",
    ]
    assert "exchange.asked" in [entry.kind for entry in desks.unodc.log.entries()]


def test_one_record_is_asked_about(desks: Any) -> None:
    message = exchange.ask(desks.unodc, "interpol", "investigation", "case-7", where="id = u3")
    desks.carry(message, "interpol")
    assert exchange.hits(desks.unodc) == []


def test_not_the_same_declines_and_tells_the_asker(asked: Any) -> None:
    wish = asked.requested()
    answer = exchange.identify(asked.interpol, wish, "not-same")
    assert answer is not None
    said = asked.carry(answer, "unodc")
    assert "not the same" in said[0].said
    with pytest.raises(InputError, match="declined"):
        exchange.approve(asked.interpol, wish, "approver", NEUTRAL)


def test_what_is_approved_is_not_approved_twice_and_may_still_be_barred(asked: Any) -> None:
    theirs, wish = asked.interpol, asked.approved()
    with pytest.raises(InputError, match="approved already"):
        exchange.approve(theirs, wish, "approver", NEUTRAL)
    assert [entry.kind for entry in theirs.log.entries()].count("exchange.approved") == 1
    with pytest.raises(PolicyError):
        exchange.approve(theirs, wish, "approver", {**NEUTRAL, "political": "yes"})
    with pytest.raises(PolicyError):
        exchange.release(theirs, wish)


def test_who_has_said_that_they_are_the_same_says_it_once(asked: Any) -> None:
    """A button pressed twice was one more verdict, and took the approval away that rested on the first."""
    theirs, wish = asked.interpol, asked.approved()
    with pytest.raises(InputError, match="said so already"):
        exchange.identify(theirs, wish, "same")
    assert [entry.kind for entry in theirs.log.entries()].count("exchange.identified") == 1
    asked.carry(exchange.release(theirs, wish), "unodc")


def test_unsure_blocks_the_release(asked: Any) -> None:
    wish = asked.requested()
    assert exchange.identify(asked.interpol, wish, "unsure") is None
    with pytest.raises(PolicyError, match="did not find them to be the same"):
        exchange.approve(asked.interpol, wish, "approver", NEUTRAL)
    with pytest.raises(PolicyError):
        exchange.release(asked.interpol, wish)


def test_a_correction_replaces_the_fields_at_the_receiver(asked: Any) -> None:
    wish = asked.released()
    mended = Entity("i1", "Person", {"name": ("Amina Traore",), "birthDate": ("1980-05-18",)})
    asked.interpol.holding.load([mended], source="theirs.jsonl", at=asked.clock[0])
    asked.carry(exchange.correct(asked.interpol, wish), "unodc")
    assert dict(exchange.read(asked.unodc, wish, "investigation").fields) == {"birthDate": ["1980-05-18"]}


def test_fields_expire_and_are_erased_at_the_reading_that_comes_too_late(asked: Any) -> None:
    wish = asked.released()
    asked.clock[0] += dt.timedelta(days=400)
    with pytest.raises(PolicyError):
        exchange.read(asked.unodc, wish, "investigation")
    with pytest.raises(PolicyError, match="expired"):
        exchange.read(asked.unodc, wish, "investigation")


def test_the_receipt_keeps_what_a_person_attests_apart_from_what_software_erased(asked: Any) -> None:
    wish = asked.released()
    recall = exchange.recall(asked.interpol, wish)
    given = exchange.Attestation("analyst", "no notes were taken")
    reply = exchange.receive(asked.unodc, recall, given).reply
    said = exchange.receive(asked.interpol, reply).said
    assert "A person attests: unodc/analyst: «no notes were taken»" in said
    assert "Software erased" in said


def test_a_field_that_the_accord_never_releases_is_refused_before_anything_is_sent(asked: Any) -> None:
    with pytest.raises(PolicyError) as refused:
        exchange.request(asked.unodc, asked.hit("u1"), ("religion",), "investigation")
    assert refused.value.exit_code == 4


def test_the_whole_path_under_an_accord_with_the_largest_numbers_and_the_last_day(make: Any) -> None:
    """No date that is reckoned from them is beyond the calendar's end. The smallest set stays, since it is padded to."""
    schema = json.loads(resources.files("accord.arrangement").joinpath("accord.schema.json").read_text("utf-8"))
    limits = [each["properties"] for each in map(schema["properties"].get, ("quotas", "retention", "audit"))]
    most = {key: each["maximum"] for table in limits for key, each in table.items() if "maximum" in each}

    def largest(text: str) -> str:
        for key, number in most.items():
            if key not in ("smallest_set", "minutes_between"):
                text, found = re.subn(rf"(?m)^{key} = \d+", f"{key} = {number}", text)
                assert found == 1
        text = re.sub("use_days = [0-9]+", f"use_days = {most['days']}", text)
        return re.sub("ends = [0-9-]+", "ends = 9999-12-31", text)

    desks = make(edit=largest)
    desks.ask()
    desks.carry(exchange.count_with(desks.unodc, "interpol", "investigation", "case-7"), "interpol")
    wish = desks.released()
    assert exchange.read(desks.unodc, wish, "investigation")
    desks.clock[0] += dt.timedelta(days=30)
    exchange.sweep(desks.unodc)
    assert exchange.status(desks.unodc) is not None
    desks.carry(exchange.recall(desks.interpol, wish), "unodc")
    assert exchange.given(desks.interpol, wish).state == "returned"


@pytest.mark.parametrize("when", ["asked", "held"])
def test_what_was_asked_about_a_record_that_was_removed_since_comes_in_and_is_corrected(asked: Any, when: str) -> None:
    """The partner's fields stayed as they were though it had corrected them, since the own record was looked for."""
    theirs, wish = asked.interpol, asked.approved() if when == "asked" else asked.released()
    asked.unodc.holding.remove(["u1"])
    if when == "asked":
        asked.carry(exchange.release(theirs, wish), "unodc")
    held = theirs.holding.get("i1").entity
    right = replace(held, properties={**held.properties, "birthDate": ("1980-05-18",)})
    receipt = subjects.correct(theirs, right)
    asked.carry(receipt.messages[wish], "unodc")
    assert exchange.read(asked.unodc, wish, "investigation").fields["birthDate"] == ["1980-05-18"]
