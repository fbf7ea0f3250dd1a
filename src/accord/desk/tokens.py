"""Tokens for programs: each acts as one account, within scopes, until a day.

Invariants: a token's secret is shown once and kept as its digest; what it may do is what its account's role allows now
*and* its scopes name; a closed account's tokens are worth nothing; making and closing one is written to the ledger.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import Column, Integer, MetaData, Table, insert, select, update

from accord.arrangement import keys
from accord.desk.accounts import Account, Accounts
from accord.desk.roles import Can
from accord.errors import InputError
from accord.ledger import Log
from accord.vault import Folder, make_tables
from accord.vault.columns import Keyed, Plain, Tied

if TYPE_CHECKING:
    from sqlalchemy import Row

LONGEST_DAYS = 365
_PREFIX = "accord_"
_SCOPES, _ENDS = (Tied(f"desk_token.{name}", of=("account", "digest")) for name in ("scopes", "ends"))
METADATA = MetaData()
_TOKENS = Table(
    "desk_token",
    METADATA,
    Column("id", Plain, primary_key=True),
    Column("account", Keyed("desk_token.account"), nullable=False),
    Column("scopes", _SCOPES, nullable=False),
    Column("digest", Keyed("desk_token.digest"), nullable=False, unique=True),
    Column("ends", _ENDS, nullable=False),
    Column("closed", Integer, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Token:
    """A token without its secret. `ends` is the last day on which it is good."""

    id: str
    account: str
    scopes: frozenset[Can]
    ends: dt.date
    closed: bool


class Tokens:
    """The tokens of one desk folder."""

    __slots__ = ("_accounts", "_folder", "_log")

    def __init__(self, folder: Folder, accounts: Accounts) -> None:
        own = keys(folder)
        self._folder = folder
        self._accounts = accounts
        self._log = Log(folder.engine(), own.sign, own.party)
        make_tables(folder.engine(), METADATA)

    def make(self, account: Account, scopes: frozenset[Can], days: int, now: dt.datetime) -> str:
        """A new token of an account; its secret, to be shown once.

        Raises `InputError` `token.scopes` for scopes that the role does not allow, or none; `token.days`.
        """
        if not scopes or not all(account.role.may(scope) for scope in scopes):
            allowed = ", ".join(scope.value for scope in Can if account.role.may(scope))
            raise InputError(
                "token.scopes", f"the role {account.role.value} does not allow this", f"take of: {allowed}"
            )
        if not 1 <= days <= LONGEST_DAYS:
            raise InputError("token.days", f"a token is good for 1 to {LONGEST_DAYS} days", "choose fewer days")
        secret, identity = _PREFIX + secrets.token_urlsafe(32), secrets.token_hex(8)
        ends = (now + dt.timedelta(days=days)).date()
        names = " ".join(sorted(scope.value for scope in scopes))
        with self._folder.lock(), self._folder.engine().begin() as connection:
            row = {"id": identity, "account": account.name, "digest": _digest(secret)}
            tied = {"scopes": (_SCOPES.owner(row), names), "ends": (_ENDS.owner(row), ends.isoformat())}
            connection.execute(insert(_TOKENS).values(**row, **tied, closed=0))
            details = {"account": account.name, "scopes": names, "ends": ends.isoformat()}
            self._log.append("desk.token-made", f"token {identity}", details, at=now, within=connection)
        return secret

    def close(self, identity: str, now: dt.datetime) -> None:
        """Close a token at once. Raises `InputError` `token.none`."""
        with self._folder.lock(), self._folder.engine().begin() as connection:
            chosen = (_TOKENS.c.id == identity, _TOKENS.c.closed == 0)
            if not connection.execute(update(_TOKENS).where(*chosen).values(closed=1)).rowcount:
                raise InputError("token.none", "there is no such open token", "see `accord desk token list`")
            self._log.append("desk.token-closed", f"token {identity}", {}, at=now, within=connection)

    def all(self) -> list[Token]:
        """All tokens, closed ones too."""
        with self._folder.engine().connect() as connection:
            found = [_token(row) for row in connection.execute(select(_TOKENS))]
        return sorted(found, key=lambda one: (one.account, one.id))

    def of(self, secret: str, now: dt.datetime) -> tuple[Account, frozenset[Can]] | None:
        """Whose token this is, and what it may do; None when it is not good."""
        with self._folder.engine().connect() as connection:
            row = connection.execute(select(_TOKENS).where(_TOKENS.c.digest == _digest(secret))).first()
        found = _token(row) if row is not None else None
        account = self._accounts.get(found.account) if found else None
        if found is None or found.closed or now.date() > found.ends or account is None or account.closed:
            return None
        return account, frozenset(scope for scope in found.scopes if account.role.may(scope))


def _token(row: Row[tuple[object, ...]]) -> Token:
    values = row._mapping
    scopes = frozenset(Can(name) for name in values["scopes"](_SCOPES.owner(values)).split())
    ends = dt.date.fromisoformat(values["ends"](_ENDS.owner(values)))
    return Token(values["id"], values["account"], scopes, ends, bool(values["closed"]))


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
