"""How many, not which: the number, its blur, what each side and the wire can see, and what two numbers would tell."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accord import exchange
from accord.errors import PeerError, PolicyError
from accord.exchange import limits, state
from accord.exchange.messages import open_message, seal
from accord.exchange.protocol import bucket
from accord.exchange.tally import Counting, Tallied, blurred
from accord.oblivious.psi import hash_to_group
from accord.records import Entity

EXACT = {"edit": lambda text: text.replace("count_blur = 10", "count_blur = 0")}


def counted(desks: Any) -> list[Any]:
    return desks.carry(exchange.count_with(desks.unodc, "interpol", "investigation", "case-7"), "interpol")


def test_both_learn_how_many_and_nobody_which(make: Any) -> None:
    desks = make(**EXACT)
    said = counted(desks)
    assert [one.kind for one in said] == ["count", "count-marks", "count-answer", "count-told"]
    assert [(one.told, one.exact) for one in exchange.counts(desks.unodc)] == [(3, None)]
    assert [(one.told, one.exact) for one in exchange.counts(desks.interpol)] == [(3, 3)]
    assert exchange.hits(desks.unodc) == exchange.hits(desks.interpol) == []
    for desk in (desks.unodc, desks.interpol):
        with desk.reading() as connection:
            assert [one.secret for one in state.find(connection, state.Session)] == [None]


def test_the_number_is_blurred_as_the_accord_says(desks: Any) -> None:
    counted(desks)
    theirs, ours = exchange.counts(desks.interpol)[0], exchange.counts(desks.unodc)[0]
    assert theirs.exact == 3
    assert theirs.told == ours.told
    assert ours.blur == 10


def test_attack_a_dictionary_counted_as_the_holding_of_a_small_desk(make: Any) -> None:
    """Where names alone match, a holder that lets more records be counted than agreed learns nothing of them."""
    desks = make(edit=lambda text: text.replace("records_per_answer = 1000000", "records_per_answer = 20"))
    m1 = exchange.count_with(desks.unodc, "interpol", "investigation", "case-7")
    key = desks.interpol.sign.verify_key
    reply = exchange.receive(desks.interpol, m1).reply
    m2 = open_message(reply, desks.unodc.decrypt, lambda _: key, "unodc", 10**7)[0]
    guesses = b"".join(hash_to_group(str(number).encode()) for number in range(32 * bucket(500, 8)))
    lie = seal(replace(m2, parts={"groups": guesses}), desks.interpol.sign, desks.unodc.decrypt.recipient).data
    before = len(desks.unodc.log)
    with pytest.raises(PeerError, match="the accord allows 20 records"):
        exchange.receive(desks.unodc, lie)
    assert len(desks.unodc.log) == before
    assert exchange.receive(desks.unodc, reply).reply is not None  # the true one is taken still


def test_silent_records_are_not_counted(make: Any) -> None:
    def silent(text: str) -> str:
        before, _, after = text.rpartition("lets UNODC learn")
        return (
            before
            + "lets UNODC learn"
            + after.replace('level = "contact"', 'level = "silent"')
            .replace('level = "release"', 'level = "silent"')
            .replace("count_blur = 10", "count_blur = 0")
        )

    desks = make(edit=silent)
    counted(desks)
    assert exchange.counts(desks.interpol)[0].exact == 0


def test_records_at_the_level_count_are_counted_and_not_told_of(make: Any) -> None:
    def counting(text: str) -> str:
        return (
            EXACT["edit"](text)
            .replace('level = "contact"', 'level = "count"')
            .replace('level = "release"', 'level = "count"')
        )

    desks = make(edit=counting)
    counted(desks)
    assert exchange.counts(desks.unodc)[0].told == 3
    desks.ask()
    assert exchange.hits(desks.unodc) == []


def test_attack_differencing_by_a_second_number_with_one_record_more(desks: Any, monkeypatch: Any) -> None:
    counted(desks)
    desks.unodc.holding.load(
        [Entity("u9", "Person", {"name": ("Kwame Boateng",), "birthDate": ("1990-12-01",)})],
        source="one-more",
        at=desks.clock[0],
    )
    with pytest.raises(PolicyError, match="within a week"):  # refused at home
        counted(desks)
    monkeypatch.setattr(limits, "check_count", lambda *_: None)  # a partner with other software
    message = exchange.count_with(desks.unodc, "interpol", "investigation", "case-8")
    monkeypatch.undo()
    got = exchange.receive(desks.interpol, message)
    assert got.refusal is not None
    assert got.refusal.code == "count.quota"
    assert "within a week" in exchange.receive(desks.unodc, got.reply).said
    desks.clock[0] += exchange.party.dt.timedelta(days=8)
    counted(desks)
    assert len([one for one in exchange.counts(desks.unodc) if one.told is not None]) == 2


def test_attack_one_group_given_many_times(make: Any) -> None:
    """An asker that would make one of the holder's records count for all of them, to see it above the blur."""
    held = {f"f{n}": [bytes([n]) * 32] for n in range(4)}
    asking, counting = Tallied(bytes(32)), Counting(held, bytes(range(32)), width=2, smallest=4)
    question = asking.question([bytes([2]) * 32], smallest=4)
    answer = asking.answer(counting.groups(), width=2)
    assert counting.count(question, answer) == 1
    with pytest.raises(PeerError, match="once each"):
        counting.count(question, answer[:64] * 4)


def test_attack_a_count_read_off_the_wire(make: Any) -> None:
    """Sizes do not depend on what is shared, and no mark stands in any message."""
    sizes = []
    for theirs in ([Entity("i9", "Person", {"name": ("Nobody Known",), "birthDate": ("1990-12-01",)})], None):
        desks = make(**EXACT, **({} if theirs is None else {"theirs": theirs}))
        counted(desks)
        plain = []
        for number, data in enumerate(desks.carried):
            to, sender = (desks.interpol, desks.unodc) if number % 2 == 0 else (desks.unodc, desks.interpol)
            message, _ = open_message(data, to.decrypt, lambda _, s=sender: s.sign.verify_key, to.id, 10**8)
            plain.append({name: len(part) for name, part in message.parts.items()})
        sizes.append(plain)
    assert sizes[0] == sizes[1]


marks = st.sets(st.integers(0, 40).map(lambda n: n.to_bytes(32, "big")), max_size=8)


@settings(max_examples=25, deadline=None)
@given(st.lists(marks, min_size=1, max_size=6), marks, st.binary(min_size=32, max_size=32))
def test_the_number_is_that_of_records_with_a_common_mark(
    held: list[set[bytes]], asked: set[bytes], seed: bytes
) -> None:
    by_record = {f"r{number}": sorted(given) for number, given in enumerate(held)}
    asking, counting = Tallied(bytes(31) + b"k"), Counting(by_record, seed, width=8, smallest=2)
    found = counting.count(asking.question(asked, 4), asking.answer(counting.groups(), 8))
    first: dict[bytes, str] = {}
    for record, given_ in by_record.items():
        for mark in given_:
            first.setdefault(mark, record)
    assert found == len({first[mark] for mark in asked if mark in first})


def test_blur_has_the_spread_that_the_accord_names() -> None:
    import random

    drawn = random.Random(7)
    told = [blurred(1000, 10, drawn.randbytes(16)) - 1000 for _ in range(4000)]
    assert abs(sum(told) / len(told)) < 1
    spread = math.sqrt(sum(one * one for one in told) / len(told))
    assert 12 < spread < 16  # of two-sided geometric noise: 10 * sqrt(2)
    assert blurred(7, 0, bytes(16)) == 7
    assert min(blurred(0, 10, drawn.randbytes(16)) for _ in range(200)) == 0
