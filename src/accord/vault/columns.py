"""What stands in a column: in the encrypted file as it is, on a database server sealed before it leaves this process.

Invariants: on a server, `Sealed` and `Keyed` values are ciphertext, bound to their column, padded to 32 bytes; equal
`Keyed` values of one column are equal ciphertexts, so that they can be looked up, and nothing else about them shows;
`Tied` ones are bound to their row as well, and a `RowSeal` binds all values of a row to each other; an engine that has
no key stores none. `Sealed` cannot be compared, none can be ordered by. `Plain` is for what tells of nobody: random
names, digests, times.

What no column can tell is a whole row that was removed, or put back as it once was: that is for the log to show.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, AESSIV
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import JSON, LargeBinary, String
from sqlalchemy.sql import operators
from sqlalchemy.types import TypeDecorator, TypeEngine

from accord.errors import InternalError, TrustError

if TYPE_CHECKING:
    from sqlalchemy import Dialect

_NONCE_BYTES, _SEAL_BYTES, _SIV_BYTES, _ROW_BYTES = 12, 32, 64, 32
_BLOCK, _END = 32, b"\x80"
_EQUALITY = (operators.eq, operators.ne, operators.in_op, operators.not_in_op)
_ABSENCE = (operators.is_, operators.is_not)

TEXT, BYTES, DATA = String(), LargeBinary(), JSON(none_as_null=True)
Plain = String().with_variant(String(collation="C"), "postgresql")  # one order everywhere: that of the bytes


@dataclass(frozen=True, slots=True)
class _Ciphers:
    sealed: AESGCM
    keyed: AESSIV
    rows: bytes


_CIPHERS: WeakKeyDictionary[Dialect, _Ciphers] = WeakKeyDictionary()


def seal_columns(dialect: Dialect, key: bytes) -> None:
    """Let an engine's `Sealed` and `Keyed` columns be sealed under keys derived from `key`."""
    keys = HKDF(SHA256(), _SEAL_BYTES + _SIV_BYTES + _ROW_BYTES, salt=None, info=b"columns").derive(key)
    sealed, keyed, rows = keys[:_SEAL_BYTES], keys[_SEAL_BYTES:-_ROW_BYTES], keys[-_ROW_BYTES:]
    _CIPHERS[dialect] = _Ciphers(AESGCM(sealed), AESSIV(keyed), rows)


class _Column(TypeDecorator[Any]):
    impl = LargeBinary
    cache_ok = True
    compared: tuple[Callable[..., Any], ...] = _ABSENCE

    def __init__(self, label: str, plain: TypeEngine[Any] = TEXT) -> None:
        super().__init__()
        self.label = label
        self.plain = plain

    class comparator_factory(TypeDecorator.Comparator[Any]):  # noqa: N801 - SQLAlchemy looks for this name
        type: _Column

        def operate(self, op: Any, *other: Any, **more: Any) -> Any:
            if op not in self.type.compared:
                raise TypeError(f"{self.type.label} is sealed: it cannot be compared or ordered in this way")
            return super().operate(op, *other, **more)

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(self.plain if _ciphers(dialect) is None else LargeBinary())

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        ciphers = _ciphers(dialect)
        if ciphers is None or value is None:
            return value
        return self.closed(ciphers, value)

    def closed(self, ciphers: _Ciphers, value: Any, owner: str = "") -> bytes:
        """A value as it goes to the server."""
        if not isinstance(self.plain, LargeBinary):
            value = value.encode() if isinstance(self.plain, String) else orjson.dumps(value)
        return self.seal(ciphers, value + _END + bytes(-(len(value) + 1) % _BLOCK), self.bound(owner))

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        ciphers = _ciphers(dialect)
        return value if ciphers is None or value is None else self.opened(ciphers, value)

    def opened(self, ciphers: _Ciphers, value: Any, owner: str = "") -> Any:
        """A value as it was written. Raises `TrustError` `vault.state`."""
        try:
            opened = self.unseal(ciphers, bytes(value), self.bound(owner)).rstrip(b"\0")[:-1]
        except (InvalidTag, ValueError):
            raise _altered() from None
        if isinstance(self.plain, LargeBinary):
            return opened
        return opened.decode() if isinstance(self.plain, String) else orjson.loads(opened)

    def bound(self, owner: str) -> bytes:
        """What the ciphertext is bound to: its column, and the row that owns it, if it is one row's alone."""
        return f"{self.label}\0{owner}".encode() if owner else self.label.encode()

    def seal(self, ciphers: _Ciphers, value: bytes, bound: bytes) -> bytes:
        raise NotImplementedError

    def unseal(self, ciphers: _Ciphers, sealed: bytes, bound: bytes) -> bytes:
        raise NotImplementedError


class Sealed(_Column):
    """A value that is read and written only. `label` names the column (`table.column`), `plain` what it holds."""

    cache_ok = True

    def seal(self, ciphers: _Ciphers, value: bytes, bound: bytes) -> bytes:
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + ciphers.sealed.encrypt(nonce, value, bound)

    def unseal(self, ciphers: _Ciphers, sealed: bytes, bound: bytes) -> bytes:
        return ciphers.sealed.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], bound)


class Tied(Sealed):
    """A `Sealed` value that is good in one row only: written as (owner, value), read by calling it with the owner.

    `of`: the columns of its row that make up the owner.
    """

    cache_ok = True

    def __init__(self, label: str, plain: TypeEngine[Any] = TEXT, of: tuple[str, ...] = ()) -> None:
        super().__init__(label, plain)
        self.of = of

    def owner(self, row: Mapping[Any, Any]) -> str:
        """Whose value it is in that row."""
        return " ".join(row[name] for name in self.of)

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        owner, plain = value
        ciphers = _ciphers(dialect)
        return plain if ciphers is None else self.closed(ciphers, plain, owner)

    def process_result_value(self, value: Any, dialect: Dialect) -> Callable[[str], Any]:
        ciphers = _ciphers(dialect)
        return lambda owner: value if ciphers is None else self.opened(ciphers, value, owner)


class Keyed(_Column):
    """A value that is also looked up: deterministic encryption (AES-SIV, RFC 5297), so that equal ones are found."""

    cache_ok = True
    compared = (*_ABSENCE, *_EQUALITY)

    def seal(self, ciphers: _Ciphers, value: bytes, bound: bytes) -> bytes:
        return ciphers.keyed.encrypt(value, [bound])

    def unseal(self, ciphers: _Ciphers, sealed: bytes, bound: bytes) -> bytes:
        return ciphers.keyed.decrypt(sealed, [bound])


class RowSeal(TypeDecorator[Any]):
    """That the values of a row belong together: written as the row (by column), checked by calling it with the row.

    Nothing in such a row can be given another row's value, a number or a time included. `label` names the table,
    `later` columns that it got when there were rows already: these were sealed without, and have no value there.
    """

    impl = LargeBinary
    cache_ok = True

    def __init__(self, label: str, later: tuple[str, ...] = ()) -> None:
        super().__init__()
        self.label = label
        self.later = later

    def process_bind_param(self, value: Any, dialect: Dialect) -> bytes:
        ciphers = _ciphers(dialect)
        return b"" if ciphers is None else self._seal(ciphers, value)

    def process_result_value(self, value: Any, dialect: Dialect) -> Callable[[Mapping[str, Any]], None]:
        ciphers = _ciphers(dialect)

        def check(row: Mapping[str, Any]) -> None:
            if ciphers is not None and not hmac.compare_digest(bytes(value), self._seal(ciphers, row)):
                raise _altered()

        return check

    def _seal(self, ciphers: _Ciphers, row: Mapping[str, Any]) -> bytes:
        values = sorted((name, value) for name, value in row.items() if value is not None or name not in self.later)
        said = orjson.dumps([self.label, values], default=_plainly, option=orjson.OPT_SORT_KEYS)
        return hmac.digest(ciphers.rows, said, hashlib.sha256)


def _plainly(value: Any) -> Any:
    """What JSON has no word for, in a row: bytes by their digest, and mappings of other types."""
    return hashlib.sha256(value).hexdigest() if isinstance(value, bytes) else dict(value)


def _altered() -> TrustError:
    return TrustError(
        "vault.state",
        "a value in the database of this desk was altered or moved",
        "restore the database and the folder from a backup",
    )


def _ciphers(dialect: Dialect) -> _Ciphers | None:
    """None where the whole file is encrypted."""
    if dialect.name == "sqlite":
        return None
    try:
        return _CIPHERS[dialect]
    except KeyError:
        raise InternalError(
            "vault.state", "this database was opened without the desk's key", "open it through the desk's folder"
        ) from None
