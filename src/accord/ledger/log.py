"""The log of a desk: append-only, hash-linked, signed, and able to forget a person without losing its proof.

Invariants: an entry is on the disk before `append` returns (or with the caller's own transaction); the tree holds only
when, what kind, and a commitment; whom it is about and the details are sealed under a key of that record, and
destroying the key (`forget`) leaves every proof valid, and an entry names what it made unreadable; each change ends
with a newly signed head.

What it cannot do alone: whoever has the folder *and* its passphrase can write another history and sign it. The heads
that partners have seen (`report`, `accept`, `verify(witnesses)`) are what such a history does not fit.
"""

from __future__ import annotations

import datetime as dt
import json
from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from functools import cache, partial
from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import delete, func, insert, select, update

from accord.errors import InputError, TrustError, several
from accord.ledger import _store, merkle, silence
from accord.ledger._details import VERIFY, Secrets, altered, opened, opening, seal
from accord.ledger.canonical import canonical
from accord.ledger.envelope import Envelope
from accord.ledger.head import Head, Report, check_progress, read_head, stated_head, unproven
from accord.ledger.keys import SigningKey, VerifyKey
from accord.ledger.proof import Proof, Shown, commitment
from accord.vault import make_tables

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine, Row, Select

_REPORTED = 256  # states a report proves from at most: as many messages may be under way; all fit into a header
_HASH_BYTES = 32
_AT_ONCE = 1_000  # entries in memory while they are read in order


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry. `about` and `details` are None when the record's key was destroyed."""

    index: int
    at: dt.datetime
    kind: str
    about: str | None
    details: Mapping[str, object] | None


class Log:
    """The log that `party` keeps in its state database and signs with `key`."""

    __slots__ = ("_engine", "_key", "party")

    def __init__(self, engine: Engine, key: SigningKey, party: str) -> None:
        self._engine = engine
        self._key = key
        self.party = party
        make_tables(engine, _store.METADATA)

    def __len__(self) -> int:
        with self._engine.connect() as connection:
            return _size(connection)

    def append(
        self,
        kind: str,
        about: str,
        details: Mapping[str, object],
        *,
        at: dt.datetime,
        within: Connection | None = None,
    ) -> Entry:
        """Write one entry: what `kind` of thing was done, `about` which record or conversation, with which details.

        `within` is a transaction of the caller: then the entry stands or falls with it.
        """
        return self.extend([(kind, about, details)], at=at, within=within)[0]

    def extend(
        self,
        entries: Iterable[tuple[str, str, Mapping[str, object]]],
        *,
        at: dt.datetime,
        within: Connection | None = None,
    ) -> list[Entry]:
        """Write several entries (kind, about, details) as one change, with one signature and one flush to the disk."""
        written: list[Entry] = []
        stamp = _stamp(at)
        with self._writing(within) as connection:
            size = _size(connection)
            growing = merkle.Frontier(size, _store.stored_node(connection))
            last = _store.stored_node(connection)(0, size - 1).hex() if size else ""
            latest = _latest(connection, size - 1)
            secrets = Secrets(connection)
            rows: list[dict[str, object]] = []
            nodes: list[tuple[int, int, bytes]] = []
            for index, (kind, about, details) in enumerate(entries, start=size):
                record, secret = secrets.of(about)
                content = canonical({"about": about, "details": dict(details)})
                claim = {"index": index, "at": stamp, "kind": kind, "previous": last}
                if stamp < latest:  # the clock was set back: `since` finds what was written before, all the same
                    claim["latest"] = latest
                body = canonical(claim | {"commitment": commitment(opening(secret, index), content)})
                rows.append({"position": index, "body": body, "record": record, "sealed": seal(secret, index, content)})
                leaf = merkle.leaf_hash(body)
                nodes += growing.push(leaf)
                last = leaf.hex()
                written.append(Entry(index, at, kind, about, dict(details)))
            if rows:
                connection.execute(insert(_store.ENTRIES), rows)
                named = [{"level": level, "position": place, "hash": each} for level, place, each in nodes]
                connection.execute(insert(_store.NODES), named)
                self._sign(connection, growing, size, at)
        return written

    def head(self, within: Connection | None = None) -> Head:
        """The last signed state of the log. Raises `InputError` `ledger.empty` when nothing was logged yet."""
        with self._writing(within) as connection:
            return stated_head(self._last(connection)[1], self.party)  # `verify` checks its signature

    def report(self, party: str, within: Connection | None = None) -> dict[str, object]:
        """What to put into a message to `party`: the signed head, with proofs from what the party may have seen of it.

        That is the state that its last message says it had, and each that it was told after that: messages under way
        may come in any order.
        """
        with self._writing(within) as connection:
            size, envelope = self._last(connection)
            theirs, told = _seen(connection, party), _store.TOLD
            query = select(told.c.size).where(told.c.party == party, told.c.size < size).order_by(told.c.size.desc())
            since = connection.execute(query.where(told.c.size >= (theirs.seen if theirs else 0))).scalars().all()
            node = cache(_store.stored_node(connection))  # the proofs share most of their nodes
            named = [*since[: _REPORTED - 1], *since[-1:]]
            proofs = {old: tuple(merkle.consistency(old, size, node)) for old in named}
            known = told.c.party == party, told.c.size == size
            if connection.execute(select(told).where(*known)).first() is None:
                connection.execute(insert(told).values(party=party, size=size))
            connection.execute(update(_store.HEADS).where(_store.HEADS.c.size == size).values(told=1))
            return Report(envelope, proofs, stated_head(theirs.envelope, party).size if theirs else 0).to_dict()

    def accept(self, party: str, key: VerifyKey, report: object, within: Connection | None = None) -> Head:
        """Check a partner's report against what was seen of it, and remember the newest.

        Messages may come in any order: a state that a newer report passed over is held against the proof there.
        Raises `TrustError`: `ledger.forked` when the partner's log was rewritten, `ledger.unproven`, or what
        reading the report raises.
        """
        given = Report.from_dict(report)
        head = read_head(given.envelope, party, key)
        with self._writing(within) as connection:
            seen, known = _seen(connection, party), 0
            if seen is not None:
                # checked when it came; the partner's key may be another since
                older = stated_head(seen.envelope, party)
                if head.size < older.size:
                    _check_passed(connection, head)
                    return head
                check_progress(older, head, given)
                connection.execute(delete(_store.SEEN).where(_store.SEEN.c.party == party))
                known = older.size
            _pass(connection, head, given, known)
            connection.execute(insert(_store.SEEN).values(party=party, report=canonical(given.to_dict())))
        return head

    def witnesses(self, within: Connection | None = None) -> dict[str, Report]:
        """The newest report seen from each partner."""
        with self._writing(within) as connection:
            parties = connection.execute(select(_store.SEEN.c.party)).scalars().all()
            return {party: seen for party in parties if (seen := _seen(connection, party)) is not None}

    def entries(
        self,
        start: int = 0,
        about: str | None = None,
        *,
        kinds: Collection[str] | None = None,
        within: Connection | None = None,
    ) -> Iterator[Entry]:
        """The entries from `start` on, in order.

        With `about`, only those about that record or conversation; with `kinds`, only those of these kinds. Raises
        `TrustError` `ledger.details` for an entry that was altered, or is found under the name of another record.
        """
        with self._reading(within) as connection:
            query = _with_keys(start)
            if about is not None:
                query = query.where(_store.RECORDS.c.about == about)
            for row in connection.execute(query):
                claim = orjson.loads(row.body)
                if kinds is None or claim["kind"] in kinds:
                    yield _entry(claim, row)

    def checked(
        self, since: dt.datetime | None = None, *, kinds: Collection[str], within: Connection | None = None
    ) -> Iterator[Entry]:
        """The entries of these kinds from a time on, in order, held against the last signed state of the log.

        Read them to the end before you rely on any: only then is known that none was left out. Raises `TrustError`
        then: `ledger.altered` when entries of that time are not what was signed, `ledger.silent` when one cannot be
        read and none says that it was erased. `ledger.details` as `entries` does.
        """
        with self._reading(within) as connection:
            start = 0 if since is None else self.since(since, connection)
            first = max(start - 1, 0)  # the one before shows that none was left out
            growing, silent = merkle.Frontier(first, _store.stored_node(connection)), silence.Silence()
        for rows, last in self._pieces(first, within):
            head = last
            for row in rows:
                claim = orjson.loads(row.body)
                growing.push(merkle.leaf_hash(row.body))
                if row.position < start:
                    if since is not None and _latest_of(claim) >= _stamp(since):
                        raise _unsigned()
                    continue
                if row.key is None:
                    silent.add(row.position)
                elif claim["kind"] == silence.KIND:
                    silent.name(orjson.loads(opened(row.key, row.position, row.sealed))["details"]["entries"])
                if claim["kind"] in kinds:
                    yield _entry(claim, row)
        if (head.size if head else 0) != growing.size or (head and head.root != growing.root.hex()):
            raise _unsigned()
        if silent.unnamed:
            raise _made_silent(min(silent.unnamed))

    def check(self, since: dt.datetime, *, kinds: Collection[str], within: Connection | None = None) -> None:
        """Raise as `checked` does, when what `entries` says of these kinds since that time is not to be relied on."""
        for _ in self.checked(since, kinds=kinds, within=within):
            pass

    def since(self, at: dt.datetime, within: Connection | None = None) -> int:
        """The number of the first entry written at that time or after it; how many there are when none was.

        Found by halving, in a few reads: the latest time so far never falls, whatever the clock did. So what was
        written after the clock had been ahead is among what comes back, until that time has come.
        """
        with self._reading(within) as connection:
            return bisect_left(range(_size(connection)), _stamp(at), key=partial(_latest, connection))

    def forget(self, *about: str, at: dt.datetime, within: Connection | None = None) -> int:
        """Destroy the keys of records: their entries stay and verify, unreadable for ever. Returns how many.

        An entry of the log names them, and `verify` takes no other for erased. Raises `TrustError` `ledger.details`
        when one of them is not what was written about its record: then nothing would tell it from what was erased.
        """
        with self._writing(within) as connection:
            erased: list[int] = []
            for name in set(about) - {silence.OWN}:
                erased += [entry.index for entry in self.entries(about=name, within=connection)]
                connection.execute(delete(_store.RECORDS).where(_store.RECORDS.c.about == name))
            if erased:
                self.append(silence.KIND, silence.OWN, {"entries": sorted(erased)}, at=at, within=connection)
        return len(erased)

    def prove(self, index: int, *, with_details: bool = False) -> Proof:
        """Proof that an entry is in the log, for somebody who has nothing but this party's key.

        `with_details` opens what the entry says: its commitment is bound to them, and no other entry is opened by that.
        Raises `InputError` `ledger.absent` when there is no such entry, `ledger.erased` when its details are gone.
        """
        with self._engine.connect() as connection:
            size, envelope = self._last(connection)
            query = select(_store.ENTRIES.c.body, _store.ENTRIES.c.sealed, _store.RECORDS.c.key).outerjoin(
                _store.RECORDS, _store.RECORDS.c.id == _store.ENTRIES.c.record
            )
            row = connection.execute(query.where(_store.ENTRIES.c.position == index)).first()
            if row is None or not 0 <= index < size:
                raise InputError(
                    "ledger.absent",
                    f"the log has no entry {index}",
                    f"it has {several(size, 'entry', 'entries')}, from 0 on",
                )
            steps = tuple(merkle.inclusion(index, size, _store.stored_node(connection)))
        shown = None
        if with_details:
            if row.key is None:
                raise InputError("ledger.erased", f"the details of entry {index} were erased", "prove it without them")
            shown = Shown(opened(row.key, index, row.sealed), opening(row.key, index))
        return Proof(self.party, index, row.body, steps, envelope, shown)

    def _reading(self, within: Connection | None) -> AbstractContextManager[Connection]:
        return nullcontext(within) if within is not None else self._engine.connect()

    def _pieces(self, first: int, within: Connection | None) -> Iterator[tuple[Sequence[Row[Any]], Head | None]]:
        """The entries from `first` on, some at a time, with the last state of the log at that time.

        Each in a transaction of its own (without `within`), so that nobody waits for whoever goes through them.
        """
        while True:
            with self._reading(within) as connection:
                rows = connection.execute(_with_keys(first).limit(_AT_ONCE)).all()
                # its signature is for `verify` to check: where others may write, nobody else's state fits the column
                last = connection.execute(select(_store.HEADS).order_by(_store.HEADS.c.size.desc()).limit(1)).first()
            yield rows, stated_head(Envelope.from_bytes(last.envelope), self.party) if last else None
            if len(rows) < _AT_ONCE:
                return
            first = rows[-1].position + 1

    @contextmanager
    def _writing(self, within: Connection | None) -> Iterator[Connection]:
        if within is not None:
            yield within
            return
        with self._engine.begin() as connection:
            yield connection

    def _sign(self, connection: Connection, growing: merkle.Frontier, before: int, at: dt.datetime) -> None:
        head = Head(self.party, growing.size, growing.root.hex(), at.astimezone(dt.UTC))
        connection.execute(delete(_store.HEADS).where(_store.HEADS.c.size == before, _store.HEADS.c.told == 0))
        envelope = head.sign(self._key).to_bytes()
        connection.execute(insert(_store.HEADS).values(size=growing.size, envelope=envelope, told=0))

    def _last(self, connection: Connection) -> tuple[int, Envelope]:
        row = connection.execute(select(_store.HEADS).order_by(_store.HEADS.c.size.desc()).limit(1)).first()
        if row is None:
            raise InputError("ledger.empty", "nothing has been logged yet", "")
        return row.size, Envelope.from_bytes(row.envelope)


def _stamp(at: dt.datetime) -> str:
    return at.astimezone(dt.UTC).isoformat(timespec="seconds")


def _latest_of(claim: Mapping[str, str]) -> str:
    """The latest time of this entry and all before it: its own, unless the clock was set back."""
    return claim.get("latest", claim["at"])


def _latest(connection: Connection, index: int) -> str:
    """The same of the entry at `index`; empty when there is none."""
    query = select(_store.ENTRIES.c.body).where(_store.ENTRIES.c.position == index)
    body = connection.execute(query).scalar_one_or_none()
    return _latest_of(orjson.loads(body)) if body is not None else ""


def _entry(claim: Mapping[str, str], row: Row[Any]) -> Entry:
    at = dt.datetime.fromisoformat(claim["at"])
    if row.key is None:
        return Entry(row.position, at, claim["kind"], None, None)
    content = orjson.loads(opened(row.key, row.position, row.sealed))
    if content["about"] != row.about:
        raise altered(row.position)
    return Entry(row.position, at, claim["kind"], row.about, content["details"])


def _with_keys(start: int) -> Select[Any]:
    """The entries from `start` on in order, each with the key and the name of its record, if they are there."""
    query = select(_store.ENTRIES, _store.RECORDS.c.key, _store.RECORDS.c.about).outerjoin(
        _store.RECORDS, _store.RECORDS.c.id == _store.ENTRIES.c.record
    )
    query = query.where(_store.ENTRIES.c.position >= start).order_by(_store.ENTRIES.c.position)
    return query.execution_options(yield_per=_AT_ONCE)


def _unsigned() -> TrustError:
    return TrustError("ledger.altered", "the last entries of the log are not those that were signed", VERIFY)


def _made_silent(index: int) -> TrustError:
    return TrustError(
        "ledger.silent", f"entry {index} of the log was made unreadable: nothing says that it was erased", VERIFY
    )


def _size(connection: Connection) -> int:
    last = connection.execute(select(func.max(_store.ENTRIES.c.position))).scalar_one()
    return 0 if last is None else int(last) + 1


def _seen(connection: Connection, party: str) -> Report | None:
    query = select(_store.SEEN.c.report).where(_store.SEEN.c.party == party)
    kept = connection.execute(query).scalar_one_or_none()
    return None if kept is None else Report.from_dict(json.loads(kept))


def _pass(connection: Connection, head: Head, report: Report, known: int) -> None:
    """Keep the proofs from the states between the one seen before, of size `known`, and the new one."""
    rows = [
        {"party": head.party, "size": size, "newer": head.size, "root": bytes.fromhex(head.root),
         "proof": b"".join(proof)}
        for size, proof in report.proofs.items() if known < size < head.size
    ]  # fmt: skip
    if rows:
        connection.execute(insert(_store.PASSED), rows)


def _check_passed(connection: Connection, head: Head) -> None:
    """Check a state that newer ones of that log have passed. Raises as `check_progress` does."""
    passed = _store.PASSED.c
    row = connection.execute(select(_store.PASSED).where(passed.party == head.party, passed.size == head.size)).first()
    if row is None:
        raise unproven(head.party)
    steps = [row.proof[start : start + _HASH_BYTES] for start in range(0, len(row.proof), _HASH_BYTES)]
    merkle.check_consistency(head.size, bytes.fromhex(head.root), row.newer, row.root, steps)
