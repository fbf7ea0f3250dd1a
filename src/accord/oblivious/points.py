"""Sums of thousands of group elements, each times a number: what checking a proof costs.

libsodium multiplies one element at a time. Pippenger's method (1976) adds up many together in a seventh of the time,
with additions that must be compiled; so they are WebAssembly, `points.wat`, which `wasmtime` compiles in some ten
milliseconds on each platform, without a toolchain. It sees the bytes that it is given, and nothing else.

Invariants: elements and numbers are known to both sides, never secret, so time may depend on them; the sums are those
of `one_by_one`, which is used where the system forbids a program to compile anything.

>>> from accord.oblivious.psi import hash_to_group
>>> elements = [hash_to_group(b"one"), hash_to_group(b"two")]
>>> weighted_sums([3, 2**252], elements) == [one_by_one([3, 2**252], elements)]
True
"""

from __future__ import annotations

import atexit
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from accord.oblivious.sodium import in_form, multiply, not_an_element, sodium

IDENTITY = bytes(32)
_P = 2**255 - 19
_D = -121665 * pow(121666, -1, _P) % _P
_I = pow(2, (_P - 1) // 4, _P)  # a square root of -1
_LIMB, _PLACES = 2**51 - 1, (0, 51, 102, 153, 204)
_NUMBER_BYTES, _FIELD_BYTES, _POINT_BYTES = 32, 40, 120
_MEMORY_BYTES = 24 << 16  # what points.wat asks for
_TOTAL, _GIVEN = 1344, 32768  # where points.wat has the sum, and where what is given to it begins
_DIGITS = int.from_bytes(b"\x80" * 32, "little")  # added to a number: 32 digits from -128 to 127, as bytes 128 larger


def weighted_sums(numbers: Sequence[int], *columns: Sequence[bytes]) -> list[bytes]:
    """For each column of elements (32 bytes each, at most 4096): the sum of each times the number at its place.

    `numbers`: at least 0 and below 2^253. Raises `PeerError` `psi.element` for what encodes none, or the identity.
    """
    for column in columns:
        if len(column) != len(numbers) or IDENTITY in column or not in_form(column):
            raise not_an_element()
    compiled = _compiled()
    if compiled is None:
        return [one_by_one(numbers, column) for column in columns]
    return compiled.weighted_sums(numbers, columns)


def one_by_one(numbers: Sequence[int], elements: Sequence[bytes]) -> bytes:
    """The same sum by libsodium: ten times as slow."""
    total = IDENTITY
    for number, element in zip(numbers, elements, strict=True):
        if number:
            product = multiply(number.to_bytes(32, "little"), element)
            total = sodium().crypto_core_ristretto255_add(total, product)
    return total


class _Compiled:
    """`points.wat`, compiled; each use has a memory of its own, so that threads do not meet."""

    def __init__(self) -> None:
        import wasmtime

        config = wasmtime.Config()
        config.wasm_wide_arithmetic = True  # the product of two limbs in one step
        config.memory_reservation = _MEMORY_BYTES  # else 4 GiB of addresses, which a limit of a process may forbid
        self._engine = wasmtime.Engine(config)
        text = files(__package__).joinpath("points.wat").read_text(encoding="ascii")
        self._module = wasmtime.Module(self._engine, text)
        self._constants = b"".join(map(_limbs, (0, 1, _P - 1, _P - _I, _D, 2 * _D % _P)))

    def weighted_sums(self, numbers: Sequence[int], columns: Sequence[Sequence[bytes]]) -> list[bytes]:
        import wasmtime

        store = wasmtime.Store(self._engine)
        exported: Any = wasmtime.Instance(store, self._module, []).exports(store)
        memory, decode, add_up = exported["memory"], exported["decode"], exported["sum"]
        count = len(numbers)
        points = _GIVEN + count * _NUMBER_BYTES
        encoded = points + count * _POINT_BYTES
        memory.write(store, self._constants, 0)
        digits = b"".join((number + _DIGITS).to_bytes(_NUMBER_BYTES, "little") for number in numbers)
        memory.write(store, digits, _GIVEN)
        sums = []
        for column in columns:
            memory.write(store, b"".join(column), encoded)
            if decode(store, encoded, points, count) != count:
                raise not_an_element()
            add_up(store, _GIVEN, points, count)
            sums.append(_encode(memory.read(store, _TOTAL, _TOTAL + 4 * _FIELD_BYTES)))
        return sums

    def close(self) -> None:
        self._module.close()
        self._engine.close()


@cache
def _compiled() -> _Compiled | None:
    import wasmtime

    try:
        compiled = _Compiled()
    except (OSError, wasmtime.WasmtimeError):  # memory that a program writes and then executes is forbidden here
        return None
    atexit.register(compiled.close)  # later, while the interpreter goes down, wasmtime would complain
    return compiled


def _limbs(value: int) -> bytes:
    """A field element as points.wat keeps it."""
    return b"".join((value >> place & _LIMB).to_bytes(8, "little") for place in _PLACES)


def _encode(total: bytes) -> bytes:
    """The encoding of a point that points.wat computed: RFC 9496 4.3.2."""
    words = [int.from_bytes(total[start : start + 8], "little") for start in range(0, len(total), 8)]
    x, y, z, t = (
        sum(word << place for word, place in zip(words[first : first + 5], _PLACES, strict=True)) % _P
        for first in range(0, 20, 5)
    )
    u1, u2 = (z + y) * (z - y) % _P, x * y % _P
    root = _inverse_root(u1 * u2 * u2 % _P)
    d1, d2 = root * u1 % _P, root * u2 % _P
    z_inverse = d1 * d2 * t % _P
    if t * z_inverse % _P % 2:
        x, y, d2 = y * _I % _P, x * _I % _P, d1 * _inverse_root(-1 - _D) % _P
    if x * z_inverse % _P % 2:
        y = -y
    return _even(d2 * (z - y)).to_bytes(32, "little")


def _inverse_root(value: int) -> int:
    """1 / sqrt(value) modulo p, of the two the even one; where there is none, or for 0, what RFC 9496 4.2 says."""
    root = pow(value, 3, _P) * pow(pow(value, 7, _P), (_P - 5) // 8, _P) % _P
    if value * root * root % _P in (_P - 1, _P - _I):
        root *= _I
    return _even(root)


def _even(value: int) -> int:
    value %= _P
    return _P - value if value % 2 else value
