"""Addresses of crypto wallets with their checksums: EIP-55, base58check, bech32 and bech32m.

An address whose checksum holds was hardly mistyped; the caller marks one whose checksum is wrong or not known here
(Monero).

>>> wallet("bitcoin:bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq")
('bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq', True)
>>> wallet("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD"), wallet("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed")[1]
(('0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed', False), True)
"""

from __future__ import annotations

import hashlib
import re

_SCHEME = re.compile(
    r"^(?:bitcoin|bitcoincash|ethereum|litecoin|dogecoin|dash|tron|xbt|btc|eth|usdt|ltc)\s*[: ]\s*(?://)?", re.I
)
_ETHEREUM = re.compile(r"0[xX][0-9a-fA-F]{40}")
_LETTERS = re.compile(r"[A-Za-z0-9]{20,110}")
_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_GENERATORS = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_BECH32_SUMS = (1, 0x2BC830A3)  # BIP-173, BIP-350
_RATE, _MASK = 136, (1 << 64) - 1


def wallet(text: str) -> tuple[str, bool] | None:
    """The address in one spelling, and whether its checksum holds; None if the text is no address.

    An Ethereum address in one case carries no checksum and counts as good, since most are written so.
    """
    text = _SCHEME.sub("", text.strip())
    if _ETHEREUM.fullmatch(text):
        digits = text[2:]
        plain = digits in (digits.lower(), digits.upper())
        return "0x" + digits.lower(), plain or digits == _eip55(digits.lower())
    if not _LETTERS.fullmatch(text) or not any(c.isdigit() for c in text):
        return None
    if text in (text.lower(), text.upper()) and _is_bech32(text.lower()):
        return text.lower(), True
    return text, _is_base58check(text)


def _eip55(digits: str) -> str:
    """The digits with the letters in capitals where the hash of the address has a bit set (EIP-55)."""
    marks = _keccak256(digits.encode()).hex()
    return "".join(c.upper() if int(mark, 16) >= 8 else c for c, mark in zip(digits, marks, strict=False))


def _is_base58check(text: str) -> bool:
    """Whether version and 20-byte hash (two bytes of version at Zcash) are followed by their checksum."""
    number = 0
    for letter in text:
        place = _BASE58.find(letter)
        if place < 0:
            return False
        number = number * 58 + place
    zeros = len(text) - len(text.lstrip("1"))
    data = bytes(zeros) + number.to_bytes((number.bit_length() + 7) // 8, "big")
    body, check = data[:-4], data[-4:]
    return len(body) in (21, 22) and hashlib.sha256(hashlib.sha256(body).digest()).digest()[:4] == check


def _is_bech32(text: str) -> bool:
    """Whether the checksum of BIP-173 or BIP-350 holds over a readable part, a "1" and at least 6 letters."""
    readable, one, rest = text.rpartition("1")
    if not one or not readable or len(rest) < 6 or any(letter not in _BECH32 for letter in rest):
        return False
    expanded = [ord(c) >> 5 for c in readable] + [0] + [ord(c) & 31 for c in readable]
    checksum = 1
    for value in expanded + [_BECH32.index(letter) for letter in rest]:
        top = checksum >> 25
        checksum = (checksum & 0x1FFFFFF) << 5 ^ value
        for bit, generator in enumerate(_GENERATORS):
            checksum ^= generator if top >> bit & 1 else 0
    return checksum in _BECH32_SUMS


def _keccak256(data: bytes) -> bytes:
    """Keccak-256 as Ethereum uses it: SHA-3 before its padding was changed, so `hashlib.sha3_256` is another hash."""
    padded = bytearray(data + b"\x01" + bytes(-(len(data) + 1) % _RATE))
    padded[-1] |= 0x80
    lanes = [[0] * 5 for _ in range(5)]
    for start in range(0, len(padded), _RATE):
        block = padded[start : start + _RATE]
        for number in range(_RATE // 8):
            lanes[number % 5][number // 5] ^= int.from_bytes(block[8 * number : 8 * number + 8], "little")
        lanes = _keccak_f(lanes)
    return b"".join(lanes[number % 5][number // 5].to_bytes(8, "little") for number in range(4))


def _keccak_f(a: list[list[int]]) -> list[list[int]]:
    """The permutation Keccak-f[1600] over 5 × 5 lanes of 64 bits (FIPS 202, section 3)."""
    register = 1
    for _ in range(24):
        parity = [a[x][0] ^ a[x][1] ^ a[x][2] ^ a[x][3] ^ a[x][4] for x in range(5)]
        mixed = [parity[(x - 1) % 5] ^ _rotated(parity[(x + 1) % 5], 1) for x in range(5)]
        a = [[a[x][y] ^ mixed[x] for y in range(5)] for x in range(5)]
        x, y, current = 1, 0, a[1][0]
        for step in range(24):
            x, y = y, (2 * x + 3 * y) % 5
            current, a[x][y] = a[x][y], _rotated(current, (step + 1) * (step + 2) // 2 % 64)
        a = [[a[x][y] ^ (~a[(x + 1) % 5][y] & _MASK & a[(x + 2) % 5][y]) for y in range(5)] for x in range(5)]
        for bit in range(7):
            register = (register << 1 ^ (register >> 7) * 0x71) % 256
            if register & 2:
                a[0][0] ^= 1 << ((1 << bit) - 1)
    return a


def _rotated(lane: int, by: int) -> int:
    return (lane << by | lane >> (64 - by)) & _MASK
