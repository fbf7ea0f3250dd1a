"""What stands in a column: in the encrypted file as it is, on a database server sealed before it leaves this process.

Invariants: on a server, `Sealed` and `Keyed` values are ciphertext, bound to their column, padded to 32 bytes; equal
`Keyed` values of one column are equal ciphertexts, so that they can be looked up, and nothing else about them shows;
`Tied` ones are bound to their row as well; an engine that has no key stores none. `Sealed` cannot be compared, none can
be ordered by. `Plain` is for what tells of nobody: random names, digests, times.
"""

from __future__ import annotations

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

_NONCE_BYTES, _SEAL_BYTES, _SIV_BYTES = 12, 32, 64
_BLOCK, _END = 32, b"\x80"
_EQUALITY = (operators.eq, operators.ne, operators.in_op, operators.not_in_op)
_ABSENCE = (operators.is_, operators.is_not)

TEXT, BYTES, DATA = String(), LargeBinary(), JSON(none_as_null=True)
Plain = String().with_variant(String(collation="C"), "postgresql")  # one order everywhere: that of the bytes


@dataclass(frozen=True, slots=True)
class _Ciphers:
    sealed: AESGCM
    keyed: AESSIV


_CIPHERS: WeakKeyDictionary[Dialect, _Ciphers] = WeakKeyDictionary()


def seal_columns(dialect: Dialect, key: bytes) -> None:
    """Let an engine's `Sealed` and `Keyed` columns be sealed under keys derived from `key`."""
    both = HKDF(SHA256(), _SEAL_BYTES + _SIV_BYTES, salt=None, info=b"columns").derive(key)
    _CIPHERS[dialect] = _Ciphers(AESGCM(both[:_SEAL_BYTES]), AESSIV(both[_SEAL_BYTES:]))


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
            raise TrustError(
                "vault.state",
                "a value in the database of this desk was altered or moved",
                "restore the database and the folder from a backup",
            ) from None
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
