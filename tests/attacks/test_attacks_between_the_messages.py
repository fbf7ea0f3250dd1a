"""What changes between two messages, and a holder that tells more than anybody asked about."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import orjson
import pytest
from tests.attacks.auditing import asks, opens, read
from tests.attacks.test_attacks_by_partners import opened, sealed, silent

from accord import exchange, subjects
from accord.errors import PeerError
from accord.exchange.protocol import HITS_PER_RECORD, pack_names, unpack_matches, unpack_names
from accord.records import Entity
from accord.records.terms import RecordTerms

PERSON = {"name": ("Amina Diallo-Traoré",), "birthDate": ("1980-05-17",), "nationality": ("sn",)}


def until(desks: Any, kind: str) -> Any:
    """The conversation up to the message of that kind, which has not been received yet: its bytes."""
    message, to = exchange.ask(desks.unodc, "interpol", "investigation", "case-7"), "interpol"
    for last in ("question", "answer", "matches", "contacts"):
        if last == kind:
            return message
        message, to = exchange.receive(desks.of(to), message).reply, "unodc" if to == "interpol" else "interpol"
    raise AssertionError(kind)


def told(desks: Any, m3: bytes) -> int:
    """How many records the third message says matched."""
    return len({match.group for match in unpack_matches(opened(desks, m3, "interpol").parts["matches"])})


# --- a flood of contacts ---------------------------------------------------------------------------------------------


def test_attack_a_holder_that_floods_the_asker_with_contacts(desks: Any) -> None:
    m4 = opened(desks, until(desks, "contacts"), "unodc")
    group = unpack_names(m4.parts["hits"])[0][0]

    def flood(number: int) -> bytes:
        names = [(group, f"{n:016x}") for n in range(number)]
        return sealed(desks, replace(m4, parts={"hits": pack_names(names)}), "unodc")

    with pytest.raises(PeerError) as caught:
        exchange.receive(desks.unodc, flood(HITS_PER_RECORD + 1))
    assert caught.value.code == "contacts.many"
    assert exchange.hits(desks.unodc) == []
    exchange.receive(desks.unodc, flood(HITS_PER_RECORD))
    assert len(exchange.hits(desks.unodc)) == HITS_PER_RECORD


def test_attack_contacts_for_a_record_that_the_asker_was_silent_about(desks: Any) -> None:
    """The holder names matches with records that were asked about, and that the third message said nothing of."""
    m4 = opened(desks, until(desks, "contacts"), "unodc")
    mine = {group for group, _ in unpack_names(m4.parts["hits"])}
    for group in sorted(set(range(5)) - mine):
        lie = replace(m4, parts={"hits": pack_names([(group, "a" * 16)])})
        with pytest.raises(PeerError) as caught:
            exchange.receive(desks.unodc, sealed(desks, lie, "unodc"))
        assert caught.value.code == "contacts.group"
    assert exchange.hits(desks.unodc) == []


def test_an_honest_holder_tells_no_more_of_a_record_than_the_asker_takes(make: Any) -> None:
    same = [Entity(f"i{n}", "Person", {**PERSON, "position": (f"no. {n}",)}) for n in range(HITS_PER_RECORD + 20)]
    desks = make(theirs=same)
    assert [one.kind for one in desks.ask()][-1] == "contacts"
    assert len(exchange.hits(desks.unodc)) == len(exchange.hits(desks.interpol)) == HITS_PER_RECORD
    before = {row["hit"] for row in exchange.hits(desks.unodc)}
    desks.clock[0] += dt.timedelta(hours=1)
    desks.ask()
    assert {row["hit"] for row in exchange.hits(desks.unodc)} == before  # what was told before comes first


# --- the size of an opening ------------------------------------------------------------------------------------------


def test_attack_the_lengths_of_texts_read_off_an_opening(audited_three: Any) -> None:
    """What a courier sees of an opening, of a record with a short name and of one with a very long one."""
    sizes = []
    for name in ("Ada Oyl", "Bartholomewina-Theodosia Quetzalcoatlovna Wolfeschlegelsteinhausenbergerdorff"):
        record = Entity("i9", "Person", {"name": (name,), "birthDate": ("1971-01-09",)})
        audited_three.interpol.holding.load([record], source="more.jsonl", at=audited_three.clock[0])
        message, rows = opens(audited_three, asks(audited_three), "europol", "interpol")
        assert any(row.get("id") == "i9" and row["properties"]["name"] == [name] for row in rows)
        parts = read(message, audited_three.europol).parts
        frame = len(audited_three.europol.decrypt.decrypt(message))  # age itself adds a few random bytes
        sizes.append((frame, len(parts["opened"]) + len(parts["evaluated"])))
    assert sizes[0] == sizes[1]


def test_attack_a_record_shown_to_an_auditor_that_would_hold_the_desk_up(audited_three: Any) -> None:
    from tests.attacks.auditing import altered

    message, rows = opens(audited_three, asks(audited_three), "europol", "interpol")
    many = [f"Amina Diallo {n}" for n in range(5_000)]
    lie = [{**row, "properties": {"name": many}} if "properties" in row else row for row in rows]
    sent = altered(message, audited_three.interpol, audited_three.europol, opened=orjson.dumps(lie))
    exchange.receive(audited_three.europol, sent)
    found = exchange.audits(audited_three.europol)[-1]
    assert (found.verdict, found.found.startswith("no record is shown")) == ("unsound", True)


# --- a record changes between the question and the answer ------------------------------------------------------------


def erased(desks: Any) -> None:
    subjects.erase(desks.unodc, ["u1"], "a person asked")


def restricted(desks: Any) -> None:
    subjects.restrict(desks.unodc, ["u1"], "a person objected")


def flagged(desks: Any) -> None:
    held = desks.unodc.holding.get("u1")
    terms = replace(held.terms, status=("minor",))
    desks.unodc.holding.load([held.entity], source="unodc.jsonl", at=desks.clock[0], terms=terms)


def corrected(desks: Any) -> None:
    """The date of birth was somebody else's: nothing that rests on it may be told."""
    entity = Entity("u1", "Person", {**PERSON, "name": ("Amina Diallo",), "birthDate": ("1991-02-03",)})
    desks.unodc.holding.load([entity], source="unodc.jsonl", at=desks.clock[0])


@pytest.mark.parametrize("change", [erased, restricted, flagged, corrected])
def test_attack_a_match_told_of_a_record_that_changed_while_it_was_asked_about(desks: Any, change: Any) -> None:
    m2 = until(desks, "answer")
    change(desks)
    m3 = exchange.receive(desks.unodc, m2).reply
    assert told(desks, m3) == 2  # u2 and u4, and not u1
    m4 = exchange.receive(desks.interpol, m3).reply
    exchange.receive(desks.unodc, m4)
    assert sorted(str(row["record"]) for row in exchange.hits(desks.unodc)) == ["u2", "u4"]
    assert sorted(str(row["record"]) for row in exchange.hits(desks.interpol)) == ["i2", "i4"]


@pytest.mark.parametrize("change", [erased, restricted, flagged])
def test_attack_a_contact_kept_with_a_record_that_changed_after_it_was_told(desks: Any, change: Any) -> None:
    m4 = until(desks, "contacts")
    change(desks)
    exchange.receive(desks.unodc, m4)
    assert sorted(str(row["record"]) for row in exchange.hits(desks.unodc)) == ["u2", "u4"]


@pytest.mark.parametrize("change", [erased, restricted, flagged])
def test_attack_a_silent_match_with_a_record_that_changed_while_it_was_asked_about(make: Any, change: Any) -> None:
    """What answers the holder's silent records cannot leave one out: so it is not sent, and the question is over."""
    desks = make(edit=silent)
    m2 = until(desks, "answer")
    change(desks)
    got = exchange.receive(desks.unodc, m2)
    assert got.refusal is not None
    assert got.refusal.code == "question.changed"
    said = opened(desks, got.reply, "interpol")
    assert (said.header.kind, said.parts) == ("refusal", {})
    exchange.receive(desks.interpol, got.reply)
    assert exchange.hits(desks.interpol) == []
    assert [one.kind for one in desks.ask()] == ["question", "answer", "matches", "contacts"]  # asked again, without it
    assert "i1" not in {str(row["record"]) for row in exchange.hits(desks.interpol)}


def test_attack_a_record_of_the_holder_erased_before_the_matches_come(make: Any) -> None:
    for edit in (str, silent):
        desks = make(edit=edit)
        m3 = until(desks, "matches")
        subjects.erase(desks.interpol, ["i1"], "a person asked")
        m4 = exchange.receive(desks.interpol, m3).reply
        exchange.receive(desks.unodc, m4)
        assert {"i1"} & {str(row["record"]) for row in exchange.hits(desks.interpol)} == set()
        assert RecordTerms() == desks.unodc.holding.get("u1").terms
