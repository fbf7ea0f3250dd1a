"""Three desks: handed on with consent, refused without; recall, correction and expiry reach everything made from it."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from accord import exchange, subjects
from accord.errors import InputError, PolicyError
from accord.exchange import Making
from accord.records import Entity

from .conftest import amend_all

REPORT = b"Amina Diallo-Traore holds passport A0774123."


def read(three: Any, desk: str, wish: str) -> list[str]:
    return list(exchange.read(three.parties[desk], wish, "investigation").fields["passportNumber"])


def waits(three: Any, desk: str) -> dict[str, str]:
    return {line.id: line.waits_for for line in exchange.status(three.parties[desk])}


def test_handed_on_once_with_consent_and_taken_back_through_the_middle(three: Any) -> None:
    first = three.first()
    second = three.second(first)
    assert read(three, "europol", second) == ["A0774123"]
    said = three.carry(exchange.recall(three.interpol, first, "wrong person"), "unodc")
    assert [(one.kind, one.partner) for one in said] == [
        ("recall", "interpol"),  # at unodc
        ("receipt", "unodc"),  # at interpol
        ("recall", "unodc"),  # at europol
        ("receipt", "europol"),  # at unodc
        ("onward-receipt", "unodc"),  # at interpol
    ]
    assert "Its receipt for europol is still due" in said[1].said
    assert said[4].said.startswith("europol has erased passportNumber")
    assert waits(three, "interpol")[first] == "nobody"
    for desk, wish in (("unodc", first), ("europol", second)):
        with pytest.raises(PolicyError, match="taken back"):
            read(three, desk, wish)


def test_the_middle_is_told_whose_fields_it_is_asked_for(three: Any) -> None:
    first = three.first()
    three.carry(exchange.ask(three.europol, "unodc", "investigation", "case-7"), "unodc")
    hit = str(exchange.hits(three.europol)[0]["hit"])
    (got,) = three.carry(exchange.request(three.europol, hit, ("passportNumber",), "investigation"), "unodc")
    assert f"`accord exchange onward {got.session} --from {first}`" in got.said


def test_the_originator_waits_until_the_third_party_has_signed(three: Any) -> None:
    first = three.first()
    three.second(first)
    got = exchange.receive(three.unodc, exchange.recall(three.interpol, first))
    exchange.receive(three.interpol, got.reply)
    assert waits(three, "interpol")[first] == "unodc"
    assert [each.partner for each in got.further] == ["europol"]
    three.carry(got.further[0].data, "europol")
    assert waits(three, "interpol")[first] == "nobody"


def test_without_consent_nothing_goes_on(three: Any) -> None:
    first = three.first()
    wish = three.onward(first, yes=False)
    exchange.identify(three.unodc, wish, "same")
    exchange.approve(
        three.unodc, wish, "approver", dict.fromkeys(("political", "military", "religious", "racial"), "no")
    )
    three.carry(exchange.release(three.unodc, wish), "europol")  # of its own record: it has no such field
    assert "passportNumber" not in exchange.read(three.europol, wish, "investigation").fields


def test_an_unanswered_originator_holds_the_release_up(three: Any) -> None:
    first = three.first()
    wish = three.requested("europol", "unodc", ("passportNumber",))
    exchange.ask_onward(three.unodc, wish, first)
    exchange.identify(three.unodc, wish, "same")
    with pytest.raises(PolicyError) as refused:
        exchange.approve(
            three.unodc, wish, "approver", dict.fromkeys(("political", "military", "religious", "racial"), "no")
        )
    assert (refused.value.code, refused.value.owner) == ("refused.originator", "interpol")
    with pytest.raises(InputError, match="asked already"):
        exchange.ask_onward(three.unodc, wish, first)


def test_another_purpose_cannot_even_be_asked_for(three: Any) -> None:
    first = three.first()
    wish = three.requested("europol", "unodc", ("passportNumber",), "prosecution")
    with pytest.raises(PolicyError) as refused:
        exchange.ask_onward(three.unodc, wish, first)
    assert refused.value.code == "refused.purpose"


def test_what_goes_on_ends_when_the_source_does(three: Any) -> None:
    first = three.first()
    three.clock[0] += dt.timedelta(days=30)
    second = three.second(first)
    ends = {exchange.given(three.parties[desk], wish).expires for desk, wish in (("unodc", first), ("europol", second))}
    assert len(ends) == 1


def test_a_correction_reaches_the_third_party_and_withholds_what_was_made(three: Any) -> None:
    first = three.first()
    second = three.second(first)
    item = exchange.derive(three.unodc, REPORT, Making("note", "investigation", "analyst", (first,)))
    mended = Entity("i1", "Person", {**three.interpol.record("i1")[0].properties, "passportNumber": ("B1",)})
    receipt = subjects.correct(three.interpol, mended)
    said = three.carry(receipt.messages[first], "unodc")
    assert [one.kind for one in said] == ["correction", "correction"]
    assert "Out of date by it: note" in said[0].said
    assert read(three, "unodc", first) == read(three, "europol", second) == ["B1"]
    with pytest.raises(PolicyError, match="corrected since"):
        exchange.use(three.unodc, item.id, "investigation")


def test_derived_items_are_used_under_the_union_of_their_sources(three: Any) -> None:
    first = three.first()
    item = exchange.derive(three.unodc, REPORT, Making("note", "investigation", "analyst", (first,), ("u1",)))
    assert (item.purposes, item.owners) == (("investigation",), ("interpol",))
    assert exchange.use(three.unodc, item.id, "investigation").data == REPORT
    with pytest.raises(PolicyError, match="not be used for «prosecution»"):
        exchange.use(three.unodc, item.id, "prosecution")
    subjects.restrict(three.unodc, ["u1"], "contested")
    with pytest.raises(PolicyError, match="restricted"):
        exchange.use(three.unodc, item.id, "investigation")
    found = subjects.find(three.unodc, subjects.Sought(record="u1"))
    assert [one.id for one in found if one.kind == "derived"] == [item.id]
    three.clock[0] += dt.timedelta(days=200)
    assert ("derived", item.id) in {(one.kind, one.id) for one in subjects.due(three.unodc)}
    subjects.purge(three.unodc)
    assert [one.state for one in exchange.derived(three.unodc)] == ["expired"]


def test_what_was_never_handed_on_is_not_waited_for(three: Any) -> None:
    first = three.first()
    wish = three.onward(first)
    said = three.carry(exchange.recall(three.interpol, first), "unodc")
    assert [one.kind for one in said] == ["recall", "receipt"]
    assert waits(three, "interpol")[first] == "nobody"
    three.approved("unodc", wish)  # the consent is gone, and so is what it was for
    three.carry(exchange.release(three.unodc, wish), "europol")
    assert exchange.read(three.europol, wish, "investigation").fields == {}


def test_a_correction_is_sent_under_a_later_version_too(desks: Any) -> None:
    """What the officers signed was about the former version; the receiver holds the fields on the strength of it."""
    desks.ask()
    wish = desks.released()
    parties = amend_all({"unodc": desks.unodc, "interpol": desks.interpol}, desks.clock[0])
    desks.unodc, desks.interpol = parties["unodc"], parties["interpol"]
    mended = replace(desks.interpol.record("i1")[0], properties={"passportNumber": ("B1",), "name": ("Amina",)})
    receipt = subjects.correct(desks.interpol, mended)
    assert receipt.failed == {}
    desks.carry(receipt.messages[wish], "unodc")
    assert exchange.read(desks.unodc, wish, "investigation").fields == {"passportNumber": ["B1"]}
