"""What an entry says: sealed under a key of its record, and of that entry alone.

Invariants: destroying the key of a record makes what its entries say unreadable; what opens one entry opens no other.
"""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import insert, select

from accord.errors import TrustError
from accord.ledger import _store

if TYPE_CHECKING:
    from sqlalchemy import Connection

VERIFY = "stop working with this desk, and run `accord ledger verify`, which says what else is not as it was"
_NONCE_BYTES = 12


class Secrets:
    """The keys of records, each read or made once in a transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._known: dict[str, tuple[int, bytes]] = {}

    def of(self, about: str) -> tuple[int, bytes]:
        """The number and the key of a record, made when it is first written about."""
        if about not in self._known:
            row = self._connection.execute(select(_store.RECORDS).where(_store.RECORDS.c.about == about)).first()
            if row is None:
                secret = os.urandom(32)
                made = self._connection.execute(insert(_store.RECORDS).values(about=about, key=secret))
                self._known[about] = int(made.inserted_primary_key[0]), secret  # type: ignore[index]  # of one row
            else:
                self._known[about] = row.id, row.key
        return self._known[about]


def opening(secret: bytes, index: int) -> bytes:
    """The key of one entry's commitment: who is told it can check the content of that entry, and of no other."""
    return _derived(secret, "commit", index)


def opened(secret: bytes, index: int, sealed: bytes) -> bytes:
    """The content of an entry. Raises `TrustError` `ledger.details` when it was altered."""
    try:
        return AESGCM(_derived(secret, "seal", index)).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], None)
    except (InvalidTag, ValueError):
        raise altered(index) from None


def _derived(secret: bytes, use: str, index: int) -> bytes:
    return hashlib.blake2b(f"{use}:{index}".encode(), key=secret, digest_size=32).digest()


def seal(secret: bytes, index: int, content: bytes) -> bytes:
    """The content of an entry, for `opened`: nonce and ciphertext."""
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + AESGCM(_derived(secret, "seal", index)).encrypt(nonce, content, None)


def altered(index: int) -> TrustError:
    """What is raised when an entry is not what was written about its record."""
    return TrustError("ledger.details", f"the details of entry {index} were altered", VERIFY)
