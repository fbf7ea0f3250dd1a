"""Passkeys: signing in with a key that a person's authenticator keeps, beside the password (WebAuthn level 2).

Invariants: only the public key is kept here, and it is tied to its account; every answer must come from a page of this
desk (origin and relying party), over a challenge that is used once, with the person verified by the authenticator; a
counter that does not grow tells of a copied key and is refused; whatever cannot be verified is refused without a
reason, and counts as a wrong password does. Each key that is added, removed or refused as a copy stands in the ledger.

The library comes with the extra `passkeys`; without it a desk offers none.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import ipaddress
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from sqlalchemy import Column, Integer, MetaData, Table, delete, insert, select, update

from accord.desk.challenges import Challenges
from accord.errors import InputError
from accord.vault import make_tables
from accord.vault.columns import BYTES, Keyed, Plain, Tied

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from accord.desk.accounts import Account, Accounts
    from accord.ledger import Log
    from accord.vault import Folder

MOST = 10  # passkeys of one account
LONGEST_NAME = 60
_SIGN_IN = "sign in"
_ID = re.compile(r"[A-Za-z0-9_-]{1,1364}")  # base64url of at most 1023 bytes (WebAuthn, section 4)
_LONGEST_ANSWER = 1 << 16  # characters of what a browser sends; attestations are a few thousand

METADATA = MetaData()
_PASSKEYS = Table(
    "desk_passkey",
    METADATA,
    Column("id", Keyed("desk_passkey.id"), primary_key=True),
    Column("account", Tied("desk_passkey.account", of=("id",)), nullable=False),
    Column("name", Tied("desk_passkey.name", of=("id",)), nullable=False),
    Column("key", Tied("desk_passkey.key", BYTES, of=("id",)), nullable=False),
    Column("count", Integer, nullable=False),
    Column("made", Plain, nullable=False),
    Column("used", Plain, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Passkey:
    """One key: its id (base64url), whose it is, what that person calls it, when it was made and last used.

    `key` is the public key (COSE), `count` the authenticator's counter (0: it has none).
    """

    id: str
    account: str
    name: str
    key: bytes
    count: int
    made: str
    used: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where an answer must come from: the origin of the page, and which browser or session asked."""

    origin: str
    bound: str

    @property
    def site(self) -> str:
        """The relying party: the name of the host; empty where browsers allow no passkey (an address, or no TLS)."""
        parts = urlsplit(self.origin)
        name = parts.hostname or ""
        try:
            ipaddress.ip_address(name)
        except ValueError:
            return name if parts.scheme == "https" or name == "localhost" else ""
        return ""


class Passkeys:
    """The passkeys of one desk."""

    __slots__ = ("_accounts", "_challenges", "_folder", "_log", "available")

    def __init__(self, folder: Folder, accounts: Accounts, log: Log) -> None:
        self._folder, self._accounts, self._log = folder, accounts, log
        self._challenges = Challenges()
        self.available = find_spec("webauthn") is not None
        make_tables(folder.engine(), METADATA)

    def of(self, account: str) -> list[Passkey]:
        """Those of an account, the oldest first."""
        return sorted((one for one in self.all() if one.account == account), key=lambda one: (one.made, one.id))

    def counts(self) -> Mapping[str, int]:
        """How many each account has that has any."""
        return Counter(one.account for one in self.all())

    def to_make(self, account: Account, place: Place, now: dt.datetime) -> str:
        """What the browser asks an authenticator that makes a key (JSON). The password was checked just before."""
        import webauthn
        from webauthn.helpers import structs

        options = webauthn.generate_registration_options(
            rp_id=place.site,
            rp_name="Accord",
            user_name=account.name,
            user_id=_handle(account),
            challenge=self._challenges.make(f"make {account.name}", place.bound, now),
            authenticator_selection=structs.AuthenticatorSelectionCriteria(
                resident_key=structs.ResidentKeyRequirement.REQUIRED,
                user_verification=structs.UserVerificationRequirement.REQUIRED,
            ),
            exclude_credentials=[
                structs.PublicKeyCredentialDescriptor(id=webauthn.base64url_to_bytes(one.id))
                for one in self.of(account.name)
            ],
        )
        return webauthn.options_to_json(options)

    def add(self, account: Account, name: str, answer: str, place: Place, now: dt.datetime) -> Passkey:
        """Keep the key that an authenticator made.

        Raises `InputError`: `passkey.name`, `passkey.many`, `passkey.exists`, `passkey.answer` (not verified).
        """
        import webauthn

        if not 0 < len(name) <= LONGEST_NAME:
            raise InputError("passkey.name", f"a passkey has a name of 1 to {LONGEST_NAME} characters", "name it")
        given = _read(answer)
        if given is None or not self._asked(given, f"make {account.name}", place, now):
            raise _unverified()
        try:
            made = webauthn.verify_registration_response(
                credential=given, expected_challenge=_challenge(given), expected_rp_id=place.site,
                expected_origin=place.origin, require_user_verification=True,
            )  # fmt: skip
        except Exception:  # whatever a library makes of what a browser sent: it was not verified
            raise _unverified() from None
        moment = now.isoformat(timespec="seconds")
        key = Passkey(
            webauthn.helpers.bytes_to_base64url(made.credential_id), account.name, name, made.credential_public_key,
            made.sign_count, moment, "",
        )  # fmt: skip
        with self._writing() as connection:
            kept = list(_rows(connection))
            if any(one.id == key.id for one in kept):
                raise InputError("passkey.exists", "this passkey is kept already", "make another one")
            if sum(one.account == account.name for one in kept) >= MOST:
                raise InputError("passkey.many", f"an account has at most {MOST} passkeys", "remove one first")
            row = {"account": (key.id, key.account), "name": (key.id, name), "key": (key.id, key.key)}
            connection.execute(insert(_PASSKEYS).values(id=key.id, **row, count=key.count, made=moment, used=""))
            self._note(connection, "added", key, now)
        return key

    def remove(self, account: str, identity: str, now: dt.datetime, by: str = "") -> None:
        """Remove one of an account's keys. Raises `InputError` `passkey.none`."""
        with self._writing() as connection:
            found = _find(connection, identity)
            if found is None or found.account != account:
                raise InputError("passkey.none", "this account has no such passkey", "open the page again")
            connection.execute(delete(_PASSKEYS).where(_PASSKEYS.c.id == identity))
            self._note(connection, "removed", found, now, by)

    def to_sign(self, place: Place, now: dt.datetime) -> str:
        """What the browser asks an authenticator for signing in (JSON): any key that it keeps for this desk."""
        import webauthn
        from webauthn.helpers import structs

        options = webauthn.generate_authentication_options(
            rp_id=place.site,
            challenge=self._challenges.make(_SIGN_IN, place.bound, now),
            user_verification=structs.UserVerificationRequirement.REQUIRED,
        )
        return webauthn.options_to_json(options)

    def check(self, answer: str, place: Place, now: dt.datetime) -> Account | None:
        """The account whose key answered, if it is open and not resting; None otherwise, without the reason.

        A wrong answer by the name of a key counts as a wrong password of its account.
        """
        given = _read(answer)
        if given is None or not self._asked(given, _SIGN_IN, place, now):
            return None
        with self._folder.engine().connect() as connection:
            key = _find(connection, str(given["id"]))
        account = self._accounts.get(key.account) if key else None
        if key is None or account is None or account.closed or account.resting(now):
            return None
        count = _signed(key, _handle(account), given, place)
        right = count is not None and self._counted(key, count, now)
        return self._accounts.count(account.name, right, now)

    def _counted(self, key: Passkey, count: int, now: dt.datetime) -> bool:
        """Whether the counter grew since the last answer, whoever answered meanwhile; keeps it."""
        with self._writing() as connection:
            kept = _find(connection, key.id)
            if kept is None:
                return False
            if count <= kept.count and (count, kept.count) != (0, 0):
                self._note(connection, "copied", key, now)
                return False
            values = {"count": count, "used": now.isoformat(timespec="seconds")}
            connection.execute(update(_PASSKEYS).where(_PASSKEYS.c.id == key.id).values(**values))
        return True

    def _asked(self, given: dict[str, Any], purpose: str, place: Place, now: dt.datetime) -> bool:
        return bool(place.site) and self._challenges.use(_challenge(given), purpose, place.bound, now)

    def all(self) -> list[Passkey]:
        """Those of all accounts."""
        with self._folder.engine().connect() as connection:
            return list(_rows(connection))

    def _note(self, connection: Connection, kind: str, key: Passkey, now: dt.datetime, by: str = "") -> None:
        details = {"passkey": key.id[:8], **({"by": by} if by else {})}
        self._log.append(f"desk.passkey-{kind}", f"account {key.account}", details, at=now, within=connection)

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with self._folder.lock(), self._folder.engine().begin() as connection:
            yield connection


def _signed(key: Passkey, handle: bytes, given: dict[str, Any], place: Place) -> int | None:
    """The counter of an answer that this key signed for this desk, None for any other. `handle`: the account's."""
    import webauthn
    from webauthn.helpers import parse_authentication_credential_json

    try:
        answer = parse_authentication_credential_json(given)
        if answer.response.user_handle != handle:
            return None
        # the counter is compared where it is kept, so that two answers at the same moment are told apart
        return webauthn.verify_authentication_response(
            credential=answer, expected_challenge=_challenge(given), expected_rp_id=place.site,
            expected_origin=place.origin, credential_public_key=key.key, credential_current_sign_count=0,
            require_user_verification=True,
        ).new_sign_count  # fmt: skip
    except Exception:  # whatever a library makes of what a stranger sent: it was not verified
        return None


def _read(answer: str) -> dict[str, Any] | None:
    """What a browser sent, if it is an object that names a key."""
    try:
        given = json.loads(answer) if len(answer) <= _LONGEST_ANSWER else None
    except (ValueError, RecursionError):
        return None
    named = isinstance(given, dict) and isinstance(given.get("id"), str) and _ID.fullmatch(given["id"])
    return given if named else None


def _challenge(given: dict[str, Any]) -> bytes:
    """The challenge that an answer says it is about; empty if it says none."""
    from webauthn.helpers import base64url_to_bytes, parse_client_data_json

    try:
        return parse_client_data_json(base64url_to_bytes(given["response"]["clientDataJSON"])).challenge
    except Exception:  # as above
        return b""


def _handle(account: Account) -> bytes:
    """The name by which authenticators know an account: one for all its keys, and not the person's name."""
    return hashlib.sha256(f"accord-desk-passkey\0{account.name}\0{account.made}".encode()).digest()


def _find(connection: Connection, identity: str) -> Passkey | None:
    return next(_rows(connection, identity), None)


def _rows(connection: Connection, identity: str = "") -> Iterator[Passkey]:
    query = select(_PASSKEYS).where(_PASSKEYS.c.id == identity) if identity else select(_PASSKEYS)
    for row in connection.execute(query):
        own = row.id
        yield Passkey(own, row.account(own), row.name(own), row.key(own), row._mapping["count"], row.made, row.used)


def _unverified() -> InputError:
    return InputError("passkey.answer", "the passkey could not be verified; it was not added", "try again")
