"""A side that was written from the specification alone speaks with a desk of ours, in both roles, to the receipt."""

from __future__ import annotations

from typing import Any

from accord import exchange
from accord.arrangement import keys
from accord.exchange.marks import scheme
from accord.exchange.selection import speaks_of_silence
from accord.records import Entity

from .conftest import NEUTRAL, OURS, THEIRS
from .other_side import OtherSide


def other(party: Any) -> OtherSide:
    """The other side with the keys of that desk, which says nothing itself meanwhile."""
    own = keys(party.folder)
    known = {one.id: (one.sign.raw, str(one.decrypt)) for one in party.accord.parties}
    identity = own.decrypt.to_bytes().decode()
    return OtherSide(
        party.id, own.sign.to_bytes(), identity, known, party.accord.digest, scheme(),
        party.accord.quotas.smallest_set, party.stamp, speaks_of_silence(party.accord, "interpol", "unodc"),
    )  # fmt: skip


def marks(entities: list[Any], role: Any) -> dict[str, list[bytes]]:
    drawn = exchange.marks_of(entities, role)
    return {record: [mark.digest for mark in given] for record, given in drawn.items() if given}


def test_the_other_side_holds_and_our_desk_asks(desks: Any) -> None:
    holder = other(desks.interpol)
    for number in range(2):  # the second time its log has to continue the first
        m2 = holder.answers(
            exchange.ask(desks.unodc, "interpol", "investigation", f"case-{number}"), marks(THEIRS, "holder")
        )
        m4, named, _ = holder.tells(exchange.receive(desks.unodc, m2).reply)
        assert exchange.receive(desks.unodc, m4).kind == "contacts"
        told = {str(row["hit"]): row["record"] for row in exchange.hits(desks.unodc) if row["hit"] in dict(named)}
        assert {(told[name], record) for name, record in named} == {("u1", "i1"), ("u2", "i2"), ("u4", "i4")}


def test_the_other_side_asks_and_our_desk_holds_releases_and_takes_back(desks: Any) -> None:
    asker, ours = other(desks.unodc), desks.interpol
    m2 = exchange.receive(ours, asker.asks("interpol", marks(OURS, "asker"), "a" * 16)).reply
    m3, groups = asker.matches(m2)
    hits = asker.contacts(exchange.receive(ours, m3).reply)
    name = next(name for group, name in hits if groups[group] == "u1")
    assert {groups[group] for group, _ in hits} == {"u1", "u2", "u4"}
    assert {name for _, name in hits} == {row["hit"] for row in exchange.hits(ours)}
    officer = desks.unodc.signer("analyst").key.to_bytes()
    wish = "b" * 16
    exchange.receive(ours, asker.requests("interpol", name, ["passportNumber"], officer, "a" * 16, wish))
    exchange.identify(ours, wish, "same")
    exchange.approve(ours, wish, "approver", NEUTRAL)
    assert asker.receives(exchange.release(ours, wish)) == {"passportNumber": ["A0774123"]}
    got = exchange.receive(ours, asker.returns(exchange.recall(ours, wish), ["passportNumber"]))
    assert "unodc has erased passportNumber" in got.said
    assert {line.waits_for for line in exchange.status(ours)} == {"nobody"}


KEPT_SILENT = """[[clause]]
id = "s"
title = "Matches by this number are told to the owner only"
from = "*"
to = "*"
schemata = ["Person"]
properties = ["wikidataId"]
level = "silent"
purposes = ["investigation"]

[quotas]
"""
QUIET = Entity("quiet", "Person", {"wikidataId": ("Q4115189",)})
NAMED = {"name": ("Bodil Ingrid Fredriksen",), "birthDate": ("1971-01-09",)}
BY_NAME = Entity("by name", "Person", NAMED | {"wikidataId": ("Q2",)})
ASKED = [Entity("asked", "Person", {"wikidataId": ("Q4115189", "Q2")})]


def test_silence_answers_back_to_a_side_that_was_written_from_the_page(make: Any) -> None:
    """A record that gives a mark by `contact` is not asked back about, whatever else `silent` lets go of it."""
    desks = make(ours=ASKED, theirs=[QUIET, BY_NAME], edit=lambda text: text.replace("[quotas]\n", KEPT_SILENT, 1))
    asker, ours = other(desks.unodc), desks.interpol
    m2 = exchange.receive(ours, asker.asks("interpol", marks(ASKED, "asker"), "a" * 16)).reply
    m4 = exchange.receive(ours, asker.matches(m2)[0]).reply
    assert asker.contacts(m4) == []
    assert [(row["record"], row["state"]) for row in exchange.hits(ours)] == [("quiet", "silent")]


def test_silence_answers_back_by_a_side_that_was_written_from_the_page(make: Any) -> None:
    desks = make(ours=ASKED, theirs=[], edit=lambda text: text.replace("[quotas]\n", KEPT_SILENT, 1))
    holder, ours = other(desks.interpol), desks.unodc
    contact, silent = marks([Entity("by name", "Person", NAMED)], "holder"), marks([QUIET], "holder")
    m2 = holder.answers(exchange.ask(ours, "interpol", "investigation", "case-1"), contact, silent)
    m4, named, found = holder.tells(exchange.receive(ours, m2).reply)
    assert (named, found) == ([], {"quiet"})
    assert exchange.receive(ours, m4).kind == "contacts"
    assert exchange.hits(ours) == []
