"""Was the log altered, and where? Everything is computed again and held against the signed heads.

Invariants: `verify` returns the state it verified or raises `LogAlteredError` with every fault it can name; heads that
a partner kept (`witnesses`) count as much as the own ones; a value of the wrong kind is a fault, never a crash.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from accord.errors import TrustError
from accord.ledger import _store, merkle
from accord.ledger.envelope import Envelope
from accord.ledger.head import Head, read_head
from accord.ledger.keys import VerifyKey
from accord.ledger.log import commitment, opened

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong: `entry` is its number (from 0), `what` happened to it."""

    entry: int
    what: str

    def __str__(self) -> str:
        return f"entry {self.entry}: {self.what}"


class LogAlteredError(TrustError):
    """The log is not what was signed; `faults` says which entries."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        shown = "; ".join(str(fault) for fault in faults[:5]) + ("; …" if len(faults) > 5 else "")
        super().__init__(
            "ledger.altered",
            f"the log was altered: {shown}",
            "stop working with this desk, keep it as it is, and compare it with a backup",
        )
        self.faults = tuple(faults)

    def to_dict(self) -> dict[str, object]:
        """With `faults`: the entries and what happened to each."""
        return {**super().to_dict(), "faults": [{"entry": f.entry, "what": f.what} for f in self.faults]}


def verify(
    engine: Engine, party: str, key: VerifyKey, witnesses: Iterable[Envelope] = (), former: Sequence[VerifyKey] = ()
) -> Head | None:
    """Verify the whole log of `party`; returns its last signed head, None when nothing was ever logged.

    `former`: the keys that the party had before this one, under earlier versions. Raises `LogAlteredError`.
    """
    _store.METADATA.create_all(engine)
    with engine.connect() as connection:
        rows = list(connection.execute(select(_store.ENTRIES).order_by(_store.ENTRIES.c.position)))
        secrets = {row.id: row.key for row in connection.execute(select(_store.RECORDS))}
        nodes = {(row.level, row.position): _bytes(row.hash) for row in connection.execute(select(_store.NODES))}
        heads, faults = _heads(connection, party, (key, *former), witnesses)
    bodies = {int(row.position): _bytes(row.body) for row in rows}
    faults += _order(bodies, {index: digest for (level, index), digest in nodes.items() if level == 0})
    for row in rows:
        if row.record in secrets:
            faults += _details(row.position, _bytes(row.body), _bytes(row.sealed), secrets[row.record])
    faults += _against_heads(bodies, heads, already=bool(faults))
    if not faults:
        faults += _tree(bodies, nodes)
    if faults:
        raise LogAlteredError(sorted(set(faults), key=lambda fault: (fault.entry, fault.what)))
    return max(heads, key=lambda head: head.size, default=None)


def _heads(
    connection: Connection, party: str, keys: Sequence[VerifyKey], witnesses: Iterable[Envelope]
) -> tuple[list[Head], list[Fault]]:
    heads, faults = [], []
    for row in connection.execute(select(_store.HEADS).order_by(_store.HEADS.c.size)):
        try:
            head = read_head(Envelope.from_bytes(_bytes(row.envelope)), party, *keys)
            if head.size != row.size:
                raise TrustError("ledger.head", "the head stands in another's place", "")
            heads.append(head)
        except TrustError:
            faults.append(Fault(max(row.size - 1, 0), "the signed head after it does not hold"))
    heads += [read_head(envelope, party, *keys) for envelope in witnesses]
    return heads, faults


def _bytes(value: object) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()


def _order(bodies: dict[int, bytes], leaves: dict[int, bytes]) -> list[Fault]:
    """Each entry against the leaf kept for it, its own number, and the link to the one before."""
    faults = []
    owner = {digest: index for index, digest in leaves.items()}
    computed = {index: merkle.leaf_hash(body) for index, body in bodies.items()}
    for index in sorted(set(bodies) | set(leaves)):
        if index not in bodies:
            faults.append(Fault(index, "removed"))
            continue
        if index not in leaves:
            faults.append(Fault(index, "inserted behind the log's back"))
            continue
        if computed[index] != leaves[index]:
            from_elsewhere = owner.get(computed[index])
            what = "altered" if from_elsewhere is None else f"reordered: this is entry {from_elsewhere}"
            faults.append(Fault(index, what))
            continue
        try:
            claim = json.loads(bodies[index])
            number, previous = claim["index"], claim["previous"]
        except (ValueError, KeyError, TypeError):
            faults.append(Fault(index, "altered"))
            continue
        if number != index:
            faults.append(Fault(index, f"reordered: it was written as entry {number}"))
        elif index and leaves.get(index - 1, b"").hex() != previous:
            faults.append(Fault(index - 1, "altered, removed or inserted: the entry after it follows another one"))
    return faults


def _details(index: int, body: bytes, sealed: bytes, secret: bytes) -> list[Fault]:
    try:
        if json.loads(body)["commitment"] == commitment(secret, index, opened(secret, index, sealed)):
            return []
    except (TrustError, ValueError, KeyError, TypeError):
        pass
    return [Fault(index, "its details were altered")]


def _against_heads(bodies: dict[int, bytes], heads: Sequence[Head], already: bool) -> list[Fault]:
    """The roots over the entries as they are now, against every signed one: what was cut off or rewritten?"""
    size = len(bodies)
    if bodies and not heads:
        return [Fault(size - 1, "no signed head covers the log")]
    faults, good = [], 0
    leaves = [merkle.leaf_hash(bodies[index]) for index in sorted(bodies)]
    node = merkle.complete_nodes(leaves) if leaves else None
    for head in sorted(heads, key=lambda head: head.size):
        if head.size > size:
            faults.append(Fault(size, f"removed: {head.size - size} signed entries from here on are gone"))
            break
        if node is not None and merkle.root(head.size, node).hex() != head.root:
            if not already:
                span = f"up to entry {head.size - 1}" if head.size - 1 > good else "alone"
                faults.append(Fault(good, f"rewritten: the signed head does not fit what stands here, {span}"))
            break
        good = head.size
    last = max((head.size for head in heads), default=0)
    if size > last and not already:
        faults.append(Fault(last, "inserted: no signed head covers it"))
    return faults


def _tree(bodies: dict[int, bytes], nodes: dict[tuple[int, int], bytes]) -> list[Fault]:
    """The inner hashes kept for quick proofs."""
    levels = [[merkle.leaf_hash(bodies[index]) for index in sorted(bodies)]]
    while len(levels[-1]) > 1:
        below = levels[-1]
        levels.append([merkle.join(below[i], below[i + 1]) for i in range(0, len(below) - 1, 2)])
    wanted = {(level, index): each for level, row in enumerate(levels) for index, each in enumerate(row)}
    wrong = [place for place in set(wanted) | set(nodes) if wanted.get(place) != nodes.get(place)]
    return [Fault(place[1] << place[0], "a hash kept for proofs was altered") for place in sorted(wrong)]
