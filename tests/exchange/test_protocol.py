"""The four messages as bytes: whatever the sets, exactly the common marks are found, and sizes are bucket sizes."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accord.errors import PeerError
from accord.exchange import flat
from accord.exchange.flat import Cut
from accord.exchange.protocol import (
    MARK_BYTES,
    SHOWN_BYTES,
    Answering,
    Asking,
    Held,
    MarkSet,
    bucket,
    pack_matches,
    unpack_matches,
)

MARKS = st.sampled_from([bytes([number]) * MARK_BYTES for number in range(9)])
SETS = st.dictionaries(st.sampled_from("abcde"), st.lists(MARKS, min_size=1, max_size=4), max_size=4)
SECRETS = st.binary(min_size=32, max_size=32)


@settings(max_examples=12, deadline=None)
@given(SETS, SETS, SECRETS, SECRETS)
def test_exactly_the_common_marks_are_found(
    ours: dict[str, list[bytes]], theirs: dict[str, list[bytes]], secret: bytes, seed: bytes
) -> None:
    asked, held = MarkSet.of(ours), MarkSet.of(theirs)
    asking, answering = Asking(asked, secret, 8), Answering(held, seed, 8)
    answer, outputs = answering.answer(asking.question())
    later = Asking(MarkSet.from_bytes(asked.to_bytes()), secret, 8, blinded=asking.question())
    matches = unpack_matches(pack_matches(later.compare(answer, answering.public, outputs)))
    confirmed = Held.from_bytes(answering.held.to_bytes()).confirm(matches)
    found = {(later.record(match.group), record) for match, records in confirmed for record in records}
    assert found == {(a, b) for a in ours for b in theirs if set(ours[a]) & set(theirs[b])}
    assert len(asking.question()) == bucket(len(asked.marks), 8) * 32
    assert len(outputs) == bucket(len(held.marks), 8) * SHOWN_BYTES


@given(st.integers(0, 10**6), st.integers(1, 1000))
def test_a_bucket_holds_the_set_and_is_on_a_scale_of_steps(count: int, smallest: int) -> None:
    size = bucket(count, smallest)
    assert size >= max(count, smallest)
    assert bucket(size, smallest) == size
    assert size <= max(smallest, count * 1.19 + 2)


def test_one_more_record_does_not_show() -> None:
    assert bucket(1, 256) == bucket(255, 256) == bucket(256, 256) < bucket(257, 256)


@pytest.mark.parametrize("size", [1, 29, 31, 59])
def test_cut_off_matches_are_refused(size: int) -> None:
    with pytest.raises(PeerError):
        unpack_matches(bytes(size))


def test_a_line_may_not_come_twice() -> None:
    with pytest.raises(PeerError):
        unpack_matches(bytes(60))


VALUES = st.builds(
    lambda first, last: bytes([first] * 8) + bytes(last), st.integers(0, 2), st.tuples(*[st.integers(0, 2)] * 2)
)


@settings(max_examples=200, deadline=None)
@given(st.lists(VALUES))
def test_places_are_in_the_order_of_the_values_and_of_equal_ones_the_earlier_comes_first(values: list[bytes]) -> None:
    assert flat.sorted_places(b"".join(values), 10).tolist() == sorted(range(len(values)), key=values.__getitem__)


@settings(max_examples=200, deadline=None)
@given(st.sets(VALUES), st.lists(VALUES))
def test_agreeing_values_are_found_also_where_the_first_eight_bytes_of_others_agree(
    mine: set[bytes], others: list[bytes]
) -> None:
    rising = sorted(mine)
    found = list(Cut(b"".join(rising), 10).agreeing(others))
    assert sorted(found) == [(there, rising.index(value)) for there, value in enumerate(others) if value in mine]


def test_lists_are_gone_through_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    lists = [(1, 2), (), (3,), (2**32 - 1, 0, 7), (), (), (5,)]
    for at_once in (1, 2, 3, 7, 8):
        monkeypatch.setattr(flat, "_AT_ONCE", at_once)
        for some in (lists, lists[:1], lists[:6], []):
            assert list(flat.Lists.of(some)) == some
