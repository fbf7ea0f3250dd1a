"""Sums of many elements: those of libsodium, whatever the elements, the numbers and how many there are."""

from __future__ import annotations

import subprocess
import sys
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accord.errors import PeerError
from accord.oblivious import points, psi
from accord.oblivious.points import one_by_one, weighted_sums
from accord.oblivious.sodium import multiply, sodium

ORDER = 2**252 + 27742317777372353535851937790883648493
P = 2**255 - 19
BASE = bytes.fromhex("e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76")  # RFC 9496 A.1
numbers_ = st.integers(0, ORDER - 1)
edges = st.sampled_from([0, 1, 127, 128, 129, 255, 256, 2**252, 2**252 - 1, ORDER - 1, 2**253 - 1])


def elements(count: int, start: int = 0) -> list[bytes]:
    return [psi.hash_to_group(number.to_bytes(4, "big")) for number in range(start, start + count)]


@settings(max_examples=60, deadline=None)
@given(st.lists(numbers_ | edges, min_size=1, max_size=20), st.integers(0, 2**31))
def test_sums_are_those_of_libsodium(numbers: list[int], start: int) -> None:
    first, second = elements(len(numbers), start), elements(len(numbers), start + 1000)
    assert weighted_sums(numbers, first, second) == [one_by_one(numbers, first), one_by_one(numbers, second)]


def test_a_whole_batch() -> None:
    numbers = [int.from_bytes(psi.blind_scalar(bytes(32), place), "little") for place in range(psi.BATCH)]
    column = elements(psi.BATCH)
    assert weighted_sums(numbers, column) == [one_by_one(numbers, column)]


def test_the_same_element_twice_and_its_opposite() -> None:
    (element,) = elements(1)
    (opposite,) = weighted_sums([ORDER - 1], [element])
    assert weighted_sums([5, 5], [element, element]) == weighted_sums([10], [element])
    assert weighted_sums([7, 7], [element, opposite]) == [points.IDENTITY]
    assert weighted_sums([ORDER], [element]) == [points.IDENTITY]


def test_multiples_of_the_base_are_those_of_the_rfc() -> None:
    # RFC 9496 A.1: the multiples 2, 3 and 15
    assert [weighted_sums([number], [BASE])[0].hex() for number in (2, 3, 15)] == [
        "6a493210f7499cd17fecb510ae0cea23a110e8d5b901f8acadd3095c73a3b919",
        "94741f5d5d52755ece4f23f044ee27d5d1ea1e2bd196b462166b16152a9d0259",
        "e0c418f7c8d9c4cdd7395b93ea124f3ad99021bb681dfc3302a9d99a2e53e64e",
    ]


@pytest.mark.parametrize(
    "bad",
    [
        bytes(32),
        P.to_bytes(32, "little"),
        (P + 2).to_bytes(32, "little"),
        b"\xff" * 32,
        (1).to_bytes(32, "little"),
        (P - 1).to_bytes(32, "little"),
        (P - 2).to_bytes(32, "little"),
        BASE[:31],
        BASE[:31] + bytes([BASE[31] | 0x80]),
    ],
    ids=["identity", "p", "above_p", "all_ones", "odd", "minus_one", "odd_top", "cut_off", "high_bit"],
)
def test_what_encodes_no_element_is_refused(bad: bytes) -> None:
    for place in range(3):
        column = elements(3)
        column[place] = bad
        with pytest.raises(PeerError, match="invalid"):
            weighted_sums([1, 2, 3], column)


@settings(max_examples=300, deadline=None)
@given(st.binary(min_size=32, max_size=32))
def test_an_encoding_is_valid_exactly_where_libsodium_says_so(data: bytes) -> None:
    data = bytes([data[0] & 0xFE]) + data[1:31] + bytes([data[31] & 0x7F])  # a quarter of these are valid
    try:
        assert weighted_sums([1], [data]) == [data]
        valid = True
    except PeerError:
        valid = False
    assert valid == (bool(sodium().crypto_core_ristretto255_is_valid_point(data)) and data != points.IDENTITY)


@pytest.mark.parametrize("compiled", [True, False])
def test_an_element_with_its_highest_bit_set_is_none(compiled: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """libsodium up to 1.0.18 takes it for the element without; a partner could mark each element of an answer so."""
    if not compiled:
        monkeypatch.setattr(points, "_compiled", lambda: None)
    (element,) = elements(1)
    marked = element[:31] + bytes([element[31] | 0x80])
    answer, asked = psi.HolderKey(bytes(32)), psi.blind([b"one"], bytes(32))
    public = answer.public[:31] + bytes([answer.public[31] | 0x80])
    for refused in (
        lambda: weighted_sums([2], [marked]),
        lambda: multiply((2).to_bytes(32, "little"), marked),
        lambda: psi.finalise([b"one"], bytes(32), asked, answer.evaluate(asked), public),
    ):
        with pytest.raises(PeerError, match="invalid"):
            refused()


@pytest.mark.engines
def test_a_limit_on_addresses_does_not_stop_the_sums() -> None:
    """As `ulimit -v` or a service's LimitAS sets one: 3 GiB."""
    resource = pytest.importorskip("resource")  # not on Windows
    program = "from accord.oblivious.points import weighted_sums, _compiled; from accord.oblivious import psi;"
    program += "weighted_sums([2], [psi.hash_to_group(b'one')]); assert _compiled() is not None"
    limit = partial(resource.setrlimit, resource.RLIMIT_AS, (3 << 30, 3 << 30))
    ended = subprocess.run([sys.executable, "-c", program], preexec_fn=limit, capture_output=True, check=False)
    assert ended.returncode == 0, ended.stderr.decode()


def test_where_nothing_may_be_compiled_the_sums_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    import wasmtime

    numbers, column = [3, 2**252, 0], elements(3)
    expected = weighted_sums(numbers, column)

    def forbidden(*_: object) -> None:
        raise wasmtime.WasmtimeError("unable to make memory executable")

    monkeypatch.setattr(wasmtime, "Module", forbidden)
    points._compiled.cache_clear()
    try:
        assert weighted_sums(numbers, column) == expected
    finally:
        points._compiled.cache_clear()
