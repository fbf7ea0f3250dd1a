"""One party at work: its open desk folder, keys, accord, log and holding, with the clock and randomness it uses.

Invariants: everything that the exchange changes happens in `writing()`: one writer at a time, one transaction for state
and log. Time and randomness come from here, so that tests and replays can set them.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from accord.arrangement import Accord, Signer, Terms, adopted, keys, protected, signer
from accord.errors import InputError
from accord.exchange import state
from accord.ledger import DecryptKey, Log, SigningKey
from accord.records import Entity, Held, Holding, Place, RecordTerms
from accord.vault import Folder

if TYPE_CHECKING:
    from sqlalchemy import Connection

Clock = Callable[[], dt.datetime]
Randomness = Callable[[int], bytes]


def now_utc() -> dt.datetime:
    """The time of this machine, aware, in UTC."""
    return dt.datetime.now(dt.UTC)


class Own(NamedTuple):
    """An own record with the terms it is held under, and where it lies, if in a desk folder."""

    entity: Entity
    terms: Terms
    place: Place | None


def _own(held: Held) -> Own:
    return Own(held.entity, _terms(held.terms), held.place)


@lru_cache(256)
def _terms(terms: RecordTerms) -> Terms:
    """Records and arrangement do not know each other; the terms cross as the data that both write and read."""
    return Terms.from_dict(terms.to_dict())


@dataclass(frozen=True, slots=True)
class Party:
    """An open desk. `clock` gives aware times; `randomness(n)` n fresh bytes; `workers` how many cores it may use.

    `account`: who acts, where people sign in. It stands in this desk's own log and in nothing that leaves it.
    """

    id: str
    folder: Folder
    accord: Accord
    sign: SigningKey
    decrypt: DecryptKey
    log: Log
    holding: Holding
    clock: Clock = now_utc
    randomness: Randomness = os.urandom
    workers: int = 1
    officer_passphrase: str | Callable[[str], str] = field(default="", repr=False)
    account: str = ""

    @classmethod
    def open(
        cls,
        path: Path,
        passphrase: str,
        *,
        clock: Clock = now_utc,
        randomness: Randomness = os.urandom,
        workers: int = 1,
        officer_passphrase: str | Callable[[str], str] = "",
    ) -> Party:
        """Open the desk folder at `path` with the accord it has adopted.

        `officer_passphrase`: for the key of an officer who has one of their own on top of the desk's; or what asks
        the officer of a given name for it.

        What is over by its date ends now (`sweep`). Raises what `Folder.open` raises, and `InputError` when no accord
        has been adopted yet.
        """
        party = replace(
            cls.at(Folder.open(path, passphrase)),
            clock=clock,
            randomness=randomness,
            workers=workers,
            officer_passphrase=officer_passphrase,
        )
        from accord.exchange.sweep import sweep  # it works on an open desk

        with suppress(InputError):  # another command is writing: the next one sweeps
            sweep(party)
        return party

    @classmethod
    def at(cls, folder: Folder) -> Party:
        """The same in a folder that is open, and nothing ends. Raises as `open`, the folder's errors aside."""
        own = keys(folder)
        log = Log(state.opened(folder), own.sign, own.party)
        return cls(own.party, folder, adopted(folder), own.sign, own.decrypt, log, Holding(folder))

    def signer(self, officer: str) -> Signer:
        """The officer of that name, ready to sign at this desk."""
        given = self.officer_passphrase
        if callable(given):
            given = given(officer) if protected(self.folder, officer) else ""
        return signer(self.folder, officer, given)

    @property
    def acting(self) -> dict[str, str]:
        """Who acts, as an entry of the log says it; nothing where only the desk's passphrase is known."""
        return {"account": self.account} if self.account else {}

    @property
    def largest(self) -> int:
        """The most records that a holding has under the accord: how rare marks must be follows from it."""
        return self.accord.quotas.records_per_answer

    @property
    def now(self) -> dt.datetime:
        """The time by this party's clock."""
        return self.clock().astimezone(dt.UTC)

    @property
    def stamp(self) -> str:
        """The time as it stands in messages and rows: ISO 8601, UTC, whole seconds."""
        return self.now.isoformat(timespec="seconds")

    def records(self, where: str | None = None) -> Iterator[Own]:
        """The own records that `where` chooses (all without it)."""
        return map(_own, self.holding.iterate(where))

    def among(self, identities: Iterable[str]) -> Iterator[Own]:
        """Those of the records that are (still) held."""
        return map(_own, self.holding.among(identities))

    def record(self, identity: str, remedy: str = "see `accord records list`") -> tuple[Entity, Terms]:
        """One own record with its terms. Raises `InputError` `record.gone`, with what then is to be done."""
        try:
            own = _own(self.holding.get(identity))
        except InputError:
            raise InputError("record.gone", "the own record is not in this desk any more", remedy) from None
        return own.entity, own.terms

    def new_id(self) -> str:
        """A fresh name for a conversation, a possible match or a request: 16 hexadecimal digits."""
        return self.randomness(8).hex()

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """The one writer's transaction: everything in it happens, or nothing does."""
        with self.folder.lock(), state.opened(self.folder).begin() as connection:
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that only looks."""
        with state.opened(self.folder).connect() as connection:
            yield connection

    def note_all(self, connection: Connection, entries: Iterable[tuple[str, str, Mapping[str, object]]]) -> None:
        """Write several entries to the log at once, inside the transaction that does what they say."""
        named = [(f"exchange.{kind}", about, {**details, **self.acting}) for kind, about, details in entries]
        self.log.extend(named, at=self.now, within=connection)

    def note(self, connection: Connection, kind: str, about: str, details: Mapping[str, object]) -> None:
        """Write an entry to the log, inside the transaction that does what it says."""
        self.log.append(f"exchange.{kind}", about, {**details, **self.acting}, at=self.now, within=connection)
