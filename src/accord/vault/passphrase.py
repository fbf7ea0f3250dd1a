"""From a passphrase to a key: argon2id, then AES-256-GCM over the secret that the passphrase protects.

Invariants: the cost and the salt are authenticated with the secret, so that neither can be changed unseen; a wrong
passphrase and a damaged file give the same error; no error carries the passphrase or the secret.

>>> box = wrap(b"the secret", "correct horse", TESTS)
>>> unwrap(box, "correct horse")
b'the secret'
"""

from __future__ import annotations

import json
import os
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from accord.errors import InputError, TrustError

KEY_BYTES, SALT_BYTES, NONCE_BYTES = 32, 16, 12
_VERSION = 1
_MAX_MEMORY_KIB, _MAX_PASSES, _MAX_LANES = 2 * 1024 * 1024, 64, 64  # a planted file must not exhaust the machine


@dataclass(frozen=True, slots=True)
class Cost:
    """What one guess of a passphrase costs: memory in KiB, passes over it, lanes."""

    memory_kib: int
    passes: int
    lanes: int


STRONG = Cost(memory_kib=64 * 1024, passes=3, lanes=4)  # the second recommended option of RFC 9106, section 4
TESTS = Cost(memory_kib=64, passes=1, lanes=1)  # for tests only: guesses cost nothing


def wrap(secret: bytes, passphrase: str, cost: Cost = STRONG) -> bytes:
    """Seal `secret` under `passphrase`; the result is a small JSON document. Raises `InputError` without passphrase."""
    if not passphrase:
        raise InputError("vault.passphrase", "the passphrase is empty", "choose one of several words")
    salt, nonce = os.urandom(SALT_BYTES), os.urandom(NONCE_BYTES)
    head: dict[str, object] = {
        "version": _VERSION,
        "kdf": "argon2id",
        "memory_kib": cost.memory_kib,
        "passes": cost.passes,
        "lanes": cost.lanes,
        "salt": salt.hex(),
        "nonce": nonce.hex(),
    }
    sealed = AESGCM(_derive(passphrase, salt, cost)).encrypt(nonce, secret, _bytes(head))
    return _bytes({**head, "sealed": sealed.hex()})


def unwrap(box: bytes, passphrase: str) -> bytes:
    """Open what `wrap` made. Raises `TrustError` `vault.passphrase`, or `vault.damaged` when it is no such document."""
    try:
        head = json.loads(box)
        if not isinstance(head, dict) or head.get("version") != _VERSION or head.get("kdf") != "argon2id":
            raise ValueError
        sealed, salt, nonce = (bytes.fromhex(head[name]) for name in ("sealed", "salt", "nonce"))
        cost = Cost(*(int(head[name]) for name in ("memory_kib", "passes", "lanes")))
        if cost.memory_kib > _MAX_MEMORY_KIB or cost.passes > _MAX_PASSES or cost.lanes > _MAX_LANES:
            raise ValueError
        key = _derive(passphrase, salt, cost)
        del head["sealed"]
        return AESGCM(key).decrypt(nonce, sealed, _bytes(head))
    except InvalidTag:
        raise TrustError(
            "vault.passphrase",
            "the passphrase does not open this, or the file was altered",
            "check the passphrase; if it is right, restore the folder from a backup",
        ) from None
    except (ValueError, KeyError, TypeError):
        raise TrustError(
            "vault.damaged", "this is not a sealed key that Accord wrote", "restore the folder from a backup"
        ) from None


def _derive(passphrase: str, salt: bytes, cost: Cost) -> bytes:
    kdf = Argon2id(salt=salt, length=KEY_BYTES, iterations=cost.passes, lanes=cost.lanes, memory_cost=cost.memory_kib)
    return kdf.derive(unicodedata.normalize("NFC", passphrase).encode())


def _bytes(value: Mapping[str, object]) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()
