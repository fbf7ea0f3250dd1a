"""The tables of the log in a desk's state database.

Invariants: nothing here is ever updated but the last signed head; a key row is the only thing that is deleted.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Column, Connection, Integer, LargeBinary, MetaData, Table, bindparam, select

from accord.errors import TrustError
from accord.vault.columns import BYTES, Keyed, Sealed

METADATA = MetaData()

ENTRIES = Table(
    "ledger_entry",
    METADATA,
    Column("position", Integer, primary_key=True),
    Column("body", Sealed("ledger_entry.body", BYTES), nullable=False),  # canonical JSON: what the tree holds
    Column("record", Integer, nullable=False, index=True),  # which key opens the details
    Column("sealed", LargeBinary, nullable=False),  # about whom or what, and the details
)
RECORDS = Table(  # one key for all entries about one thing; destroying the row makes their details unreadable
    "ledger_record",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("about", Keyed("ledger_record.about"), nullable=False, unique=True),
    Column("key", Sealed("ledger_record.key", BYTES), nullable=False),
    sqlite_autoincrement=True,  # a destroyed key's number never comes back
)
NODES = Table(
    "ledger_node",
    METADATA,
    Column("level", Integer, primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("hash", LargeBinary, nullable=False),
    sqlite_with_rowid=False,  # stored in the order of its key, in which `verify` reads it
)
HEADS = Table(  # kept for ever once told to a partner; the last one is replaced while it is our own only
    "ledger_head",
    METADATA,
    Column("size", Integer, primary_key=True, autoincrement=False),
    Column("envelope", Sealed("ledger_head.envelope", BYTES), nullable=False),
    Column("told", Integer, nullable=False),
)
TOLD = Table(
    "ledger_told",
    METADATA,
    Column("party", Keyed("ledger_told.party"), primary_key=True),
    Column("size", Integer, primary_key=True),
)
SEEN = Table(  # the newest report of each partner
    "ledger_seen",
    METADATA,
    Column("party", Keyed("ledger_seen.party"), primary_key=True),
    Column("report", Sealed("ledger_seen.report", BYTES), nullable=False),
)
PASSED = Table(  # states of a partner's log that a newer one was proven to continue, and whose messages may still come
    "ledger_passed",
    METADATA,
    Column("party", Keyed("ledger_passed.party"), primary_key=True),
    Column("size", Integer, primary_key=True),
    Column("newer", Integer, nullable=False),  # the size of the newer state
    Column("root", LargeBinary, nullable=False),  # and its root
    Column("proof", LargeBinary, nullable=False),  # hashes one after the other
)
_NODE = select(NODES.c.hash).where(NODES.c.level == bindparam("level"), NODES.c.position == bindparam("position"))


def stored_node(connection: Connection) -> Callable[[int, int], bytes]:
    """Reads one node of the tree at a time. Raises `TrustError` `ledger.node` when it is gone."""

    def node(level: int, position: int) -> bytes:
        rows = connection.execute(_NODE, {"level": level, "position": position})  # built once: proofs read many
        found: bytes | None = rows.scalar_one_or_none()
        if found is None:
            raise TrustError("ledger.node", "a part of the log is gone", "run `accord ledger verify` to see which")
        return found

    return node
