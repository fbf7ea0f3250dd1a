"""The people of a desk: name, role, the officer as whom they sign, and a password that only argon2id can check.

Invariants: a password is kept as what it unlocks, never as itself; an unknown name, a wrong password, a locked and a
closed account give the same answer after the same work; one officer's key belongs to one open account, so that one
account is one person in front of the two-person rule; each change is written to the ledger with it.
"""

from __future__ import annotations

import datetime as dt
import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sqlalchemy import Column, Integer, MetaData, Table, insert, select, update

from accord.arrangement import card, keys
from accord.desk.roles import Role
from accord.engine import available
from accord.errors import InputError, TrustError
from accord.ledger import Log
from accord.vault import STRONG, Cost, Folder, make_tables, unwrap, wrap
from accord.vault.columns import BYTES, Keyed, Plain, Tied

if TYPE_CHECKING:
    from sqlalchemy import Connection

LEAST_PASSWORD = 12  # characters; NIST SP 800-63B asks for 8 at least and for no other rule
_MOST_PASSWORD = 1024
_TRIES = 5  # wrong passwords in a row before the account rests
_REST_MINUTES = (1, 5, 15, 60)  # how long, the longer the oftener
_NAME = re.compile(r"[a-z0-9][a-z0-9.-]{0,62}")
_PROOF = b"accord-desk-account"

METADATA = MetaData()
_ACCOUNTS = Table(
    "desk_account",
    METADATA,
    Column("name", Keyed("desk_account.name"), primary_key=True),
    Column("role", Tied("desk_account.role", of=("name",)), nullable=False),
    Column("officer", Tied("desk_account.officer", of=("name",)), nullable=False),
    Column("lock", Tied("desk_account.lock", BYTES, ("name",)), nullable=False),
    Column("made", Plain, nullable=False),
    Column("closed", Integer, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("rests_until", Plain, nullable=False),
)


class Turns:
    """A few at a time and a few more in line; whoever comes then is sent away, so that a flood holds up nobody else."""

    __slots__ = ("_free", "_line")

    def __init__(self, at_once: int, in_line: int) -> None:
        self._free = threading.Semaphore(at_once)
        self._line = threading.Semaphore(at_once + in_line)

    @contextmanager
    def taken(self) -> Iterator[None]:
        """A turn. Raises `InputError` `desk.busy` when the line is full."""
        if not self._line.acquire(blocking=False):
            raise InputError("desk.busy", "too many passwords are being checked at this moment", "try again in a while")
        try:
            with self._free:
                yield
        finally:
            self._line.release()


# each password takes 64 MB and a core for a while, and anybody may ask: half of the cores and of the server's threads
# stay free for pages
_TURNS = Turns(max(1, available() // 2), 16)


@dataclass(frozen=True, slots=True)
class Account:
    """One person. `officer` is empty for those who sign nothing; `rests_until` is set after wrong passwords."""

    name: str
    role: Role
    officer: str
    made: str
    closed: bool = False
    failures: int = 0
    rests_until: dt.datetime | None = None

    def resting(self, now: dt.datetime) -> bool:
        """Whether sign-in is refused for a while."""
        return self.rests_until is not None and now < self.rests_until


class Accounts:
    """The accounts of one desk folder. `cost` is what one guess of a password costs."""

    __slots__ = ("_cost", "_decoy", "_folder", "_log")

    def __init__(self, folder: Folder, cost: Cost = STRONG) -> None:
        self._folder = folder
        self._cost = cost
        self._decoy: bytes | None = None
        own = keys(folder)
        self._log = Log(folder.engine(), own.sign, own.party)
        make_tables(folder.engine(), METADATA)

    def all(self) -> list[Account]:
        """All accounts by name, closed ones too."""
        with self._folder.engine().connect() as connection:
            found = [_account(row) for row in connection.execute(select(_ACCOUNTS))]
        return sorted(found, key=lambda one: one.name)

    def get(self, name: str) -> Account | None:
        """The account of that name, or None."""
        with self._folder.engine().connect() as connection:
            row = connection.execute(select(_ACCOUNTS).where(_ACCOUNTS.c.name == name)).first()
        return None if row is None else _account(row)

    def add(self, name: str, role: Role, password: str, officer: str, now: dt.datetime, by: str = "") -> Account:
        """Make an account; `by` is who did it (empty: the command line).

        Raises `InputError`: `account.name`, `account.password`, `account.exists`, `account.officer` (it is not there,
        may not do what the role needs, or is another account's).
        """
        if not _NAME.fullmatch(name):
            raise InputError("account.name", "a name is made of a-z, 0-9, '.' and '-'", "try maria or m.silva")
        lock = self._lock(password)
        made = Account(name, role, officer, now.isoformat(timespec="seconds"))
        with self._writing() as connection:
            others = [_account(row) for row in connection.execute(select(_ACCOUNTS))]
            if any(other.name == name for other in others):
                raise InputError("account.exists", f"there is an account {name} already", "choose another name")
            self._check_officer(role, officer, others)
            row = {"name": name, "role": (name, role.value), "officer": (name, officer), "lock": (name, lock)}
            connection.execute(insert(_ACCOUNTS).values(**row, made=made.made, closed=0, failures=0, rests_until=""))
            details = {"role": role.value, "officer": officer, "by": by}
            self._note(connection, "account-added", name, details, now)
        return made

    def can_approve(self) -> bool:
        """Whether somebody who may sign in may approve, too: then two persons can release."""
        return any(one.role is Role.APPROVER and one.officer and not one.closed for one in self.all())

    def close(self, name: str, now: dt.datetime, by: str = "") -> None:
        """Close an account for good; its officer's key is free for another one. Raises `InputError` `account.none`."""
        self._change(name, {"closed": 1}, "account-closed", {"by": by}, now)

    def set_password(self, name: str, password: str, now: dt.datetime, by: str = "") -> None:
        """Give an account another password and let it sign in again at once."""
        values = {"lock": (name, self._lock(password)), "failures": 0, "rests_until": ""}
        self._change(name, values, "account-password", {"by": by}, now)

    def check(self, name: str, password: str, now: dt.datetime) -> Account | None:
        """The account, if name and password fit and it is open and not resting; None otherwise, without the reason.

        A wrong password counts; after five in a row the account rests, and a right one is then refused, too. Raises
        `InputError` `desk.busy` when too many are checked at this moment, whichever account it is.
        """
        decoy = self._some_lock()
        with self._folder.engine().connect() as connection:
            row = connection.execute(select(_ACCOUNTS).where(_ACCOUNTS.c.name == name)).first()
        right = self._opens(decoy if row is None else row.lock(name), password)
        found = self.get(name)  # as it is by now: others may have tried while this password was checked
        if found is None or found.closed or found.resting(now):
            return None
        return found if right and not found.failures else self.count(name, right, now)

    def _lock(self, password: str) -> bytes:
        if not LEAST_PASSWORD <= len(password) <= _MOST_PASSWORD:
            remedy = "several words are easier to keep than signs"
            raise InputError(
                "account.password", f"a password has {LEAST_PASSWORD} to {_MOST_PASSWORD} characters", remedy
            )
        with _TURNS.taken():
            return wrap(_PROOF, password, self._cost)

    def _opens(self, lock: bytes, password: str) -> bool:
        if len(password) > _MOST_PASSWORD:
            return False
        try:
            with _TURNS.taken():
                return unwrap(lock, password) == _PROOF
        except TrustError:
            return False

    def _some_lock(self) -> bytes:
        """What an unknown name is checked against, so that it takes as long as a known one."""
        if self._decoy is None:
            self._decoy = self._lock("no account has this password")
        return self._decoy

    def _check_officer(self, role: Role, officer: str, others: list[Account]) -> None:
        needed = role.signs
        if not officer:
            return
        if needed is None:
            raise InputError("account.officer", f"an account of the role {role.value} signs nothing", "give no officer")
        known = {one.name: one for one in card(self._folder).officers}
        if officer not in known or needed not in known[officer].roles:
            fit = ", ".join(name for name, one in known.items() if needed in one.roles) or "none"
            raise InputError(
                "account.officer", f"{officer} is no officer of this desk who may {needed}", f"officers who may: {fit}"
            )
        if any(other.officer == officer and not other.closed for other in others):
            raise InputError(
                "account.officer", f"another account signs as {officer}", "one officer is one person: make another"
            )

    def count(self, name: str, right: bool, now: dt.datetime) -> Account | None:
        """Count a password or passkey, right or wrong, with those that were counted meanwhile.

        The account if it was right and the account neither rests nor is closed by now, None otherwise.
        """
        chosen = _ACCOUNTS.c.name == name
        with self._writing() as connection:
            account = _account(connection.execute(select(_ACCOUNTS).where(chosen)).one())
            if account.closed or account.resting(now):
                return None
            failures, rests = 0 if right else account.failures + 1, ""
            if failures >= _TRIES:
                often = min(failures - _TRIES, len(_REST_MINUTES) - 1)
                rests = (now + dt.timedelta(minutes=_REST_MINUTES[often])).isoformat()
                self._note(connection, "account-locked", name, {"failures": failures}, now)
            if failures != account.failures:
                connection.execute(update(_ACCOUNTS).where(chosen).values(failures=failures, rests_until=rests))
        return replace(account, failures=0, rests_until=None) if right else None

    def _change(
        self, name: str, values: dict[str, object], kind: str, details: Mapping[str, object], now: dt.datetime
    ) -> None:
        with self._writing() as connection:
            chosen = (_ACCOUNTS.c.name == name, _ACCOUNTS.c.closed == 0)
            if not connection.execute(update(_ACCOUNTS).where(*chosen).values(**values)).rowcount:
                raise InputError("account.none", f"there is no open account {name}", "see `accord desk account list`")
            self._note(connection, kind, name, details, now)

    def _note(
        self, connection: Connection, kind: str, name: str, details: Mapping[str, object], now: dt.datetime
    ) -> None:
        self._log.append(f"desk.{kind}", f"account {name}", details, at=now, within=connection)

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with self._folder.lock(), self._folder.engine().begin() as connection:
            yield connection


def _account(row: object) -> Account:
    values = row._mapping  # type: ignore[attr-defined]  # a row of SQLAlchemy
    name = values["name"]
    rests = dt.datetime.fromisoformat(values["rests_until"]) if values["rests_until"] else None
    return Account(
        name, Role(values["role"](name)), values["officer"](name), values["made"], bool(values["closed"]),
        values["failures"], rests,
    )  # fmt: skip
