"""What a desk remembers of its conversations: rows in the encrypted database of its folder.

Invariants: a row is a frozen dataclass, replaced as a whole inside the caller's transaction, the same in which the
log entry is written; a message that was sent stays as it was sent (so that it can be written out again) and a message
that was received leaves its digest only; secrets and nominal fields are columns of their own, so that forgetting them
is one update; on a server, the values of a row are sealed together, so that none is taken from another row.

>>> import tempfile, pathlib
>>> from accord.vault import Folder, TESTS
>>> folder = Folder.create(pathlib.Path(tempfile.mkdtemp()) / "desk", "a long passphrase", cost=TESTS)
>>> hit = Hit("h1", "s1", "unodc", "case-7", "unodc", "desk@example.org", "contact", "2026-01-01T00:00:00Z")
>>> with opened(folder).begin() as connection:
...     put(connection, hit)
...     get(connection, Hit, "h1") == hit, get(connection, Hit, "h2"), len(find(connection, Hit, state="contact"))
(True, None, 1)
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from sqlalchemy import Column, Integer, MetaData, Table, delete, func, select

from accord.errors import several
from accord.vault import Folder, make_tables, put_rows
from accord.vault.columns import BYTES, DATA, TEXT, Keyed, Plain, RowSeal, Sealed

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine, RowMapping, Select
    from sqlalchemy.types import TypeEngine


@dataclass(frozen=True, slots=True)
class Session:
    """One conversation: a question with its answer, or a request with what follows from it.

    `topic` is `question` or `request`; `role` is this desk's: `asker` or `holder`; `after` is the session that it grew
    out of; `previous` and `sequence` are those of its last message; `secret` what only this session needs, None once
    it is over.
    """

    id: str
    topic: str
    role: str
    partner: str
    state: str
    purpose: str
    case: str
    after: str
    sequence: int
    previous: str
    since: str
    secret: bytes | None = None
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Letter:
    """A message that came in (`data` None, `reply` the digest of what was answered) or went out (`data` as sent)."""

    id: str
    session: str
    kind: str
    sequence: int
    incoming: int
    at: str
    data: bytes | None = None
    reply: str = ""


@dataclass(frozen=True, slots=True)
class Hit:
    """A possible match: this desk's own `record` and a record of `party`; `owner` is whose desk answered.

    `marks`: tags of the marks that the own record gave for it (see `sameness`).
    """

    id: str
    session: str
    owner: str
    record: str
    party: str
    contact: str
    state: str
    since: str
    marks: bytes | None = None


@dataclass(frozen=True, slots=True)
class Wish:
    """A request for named fields. `shown` holds the asker's fields for comparison until the request is decided;

    `compared` until then the digest of the own record as it was compared; `evidence` the signed statements about it
    (DSSE as data); `box` the secret (asker) or public (holder) half of the one-time key that the released fields are
    encrypted to.
    """

    id: str
    hit: str
    role: str
    party: str
    properties: list[str]
    purpose: str
    requester: str
    until: str
    state: str
    since: str
    evidence: list[Mapping[str, Any]]
    box: str | None = None
    shown: Mapping[str, Any] | None = None
    compared: str | None = None


@dataclass(frozen=True, slots=True)
class Release:
    """Fields that were handed over, at the giver (`fields` None) or at the receiver, under signed conditions."""

    id: str
    wish: str
    role: str
    party: str
    record: str
    state: str
    expires: str
    since: str
    conditions: Mapping[str, Any]
    fields: Mapping[str, Any] | None = None
    receipt: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Onward:
    """A wish to hand on what `release` brought: kept by the middle party and by the originator (`role`).

    `party` is the other of those two; `wish` the name that the request of `recipient` has; `request` what was asked
    for, `demand` who asked; `consent` the originator's signed word; `receipt` the recipient's, once it has erased.
    """

    id: str
    role: str
    party: str
    release: str
    wish: str
    recipient: str
    state: str
    since: str
    request: Mapping[str, Any]
    demand: Mapping[str, Any]
    consent: Mapping[str, Any] | None = None
    receipt: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Derived:
    """Something made from released fields (`sources`) and own `records`, under the union of their restrictions.

    `data` is what is kept of it here, None once it is erased; `copies` the files that were written out of it.
    """

    id: str
    name: str
    sources: list[str]
    records: list[str]
    terms: Mapping[str, Any]
    handling: list[str]
    officer: str
    state: str
    since: str
    sha256: str
    copies: list[Mapping[str, Any]]
    data: bytes | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """A question that is asked again: `chosen` is its choice of records, `asked` the tags of those asked about, made
    with `secret`."""

    id: str
    partner: str
    purpose: str
    case: str
    chosen: str
    state: str
    since: str
    last: str
    secret: bytes
    asked: bytes


@dataclass(frozen=True, slots=True)
class Kept:
    """What an audit of a question rests on, for as long as the accord says: its signed messages and its secrets.

    `name` is the kind of message, or `OPENING`.
    """

    id: str
    session: str
    name: str
    data: bytes

    @classmethod
    def of(cls, session: str, name: str, data: bytes) -> Kept:
        return cls(f"{session}/{name}", session, name, data)


UNDECIDED = ("requested", "compared", "approved")  # a request that waits for the people of its holder
OPENING = "opening"
AnyRow: TypeAlias = Session | Letter | Hit | Wish | Release | Onward | Derived | Standing | Kept
Row = TypeVar("Row", bound=AnyRow)

METADATA = MetaData()
_SEAL = "seal"  # of the whole row
_LATER = ("marks", "compared")  # columns that rows of an earlier version came without
_AT_ONCE = 500  # ids in one query
_READ_AHEAD = 1_000  # rows in memory when all are read
_LOOKED_UP = ("session", "hit", "wish", "record")  # what pages ask for among many rows
_PLAIN = ("id", "session", "hit", "wish", "release", "after", "previous", "since", "at")  # random names, digests, times
_KEYED = ("topic", "role", "partner", "party", "owner", "record", "state", "data")  # by which rows are looked up
_KINDS_OF_VALUE: dict[str, TypeEngine[Any]] = {"bytes": BYTES, "str": TEXT, "Mapping": DATA, "list": DATA}


def _table(kind: type[Any]) -> Table:
    name = f"exchange_{kind.__name__.lower()}"
    columns = []
    for item in fields(kind):
        annotation = str(item.type)
        columns.append(
            Column(
                item.name,
                _type(f"{name}.{item.name}", item.name, re.split(r"\W", annotation, maxsplit=1)[0]),
                primary_key=item.name == "id",
                index=item.name in _LOOKED_UP,
                nullable=annotation.endswith("None"),
            )
        )
    return Table(name, METADATA, *columns, Column(_SEAL, RowSeal(name, _LATER), nullable=False))


def _type(label: str, name: str, kind: str) -> TypeEngine[Any]:
    if kind == "int":
        return Integer()
    if label == "exchange_kept.id":
        return Keyed(label)  # it says which kind of message is kept
    if name in _PLAIN:
        return Plain
    return (Keyed if name in _KEYED else Sealed)(label, _KINDS_OF_VALUE[kind])


_KINDS: tuple[type[Any], ...] = (Session, Letter, Hit, Wish, Release, Onward, Derived, Standing, Kept)
_TABLES: dict[type[Any], Table] = {kind: _table(kind) for kind in _KINDS}


def opened(folder: Folder) -> Engine:
    """The folder's database with the tables of the exchange in it."""
    engine = folder.engine()
    make_tables(engine, METADATA)
    return engine


def put(connection: Connection, *rows: AnyRow) -> None:
    """Keep rows, each in the place of the one with its id."""
    by_kind: dict[type[AnyRow], list[dict[str, Any]]] = {}
    for row in rows:
        values = {item.name: getattr(row, item.name) for item in fields(row)}
        by_kind.setdefault(type(row), []).append(values | {_SEAL: values})
    for kind, listed in by_kind.items():
        put_rows(connection, _TABLES[kind], listed)


def get(connection: Connection, kind: type[Row], identity: str) -> Row | None:
    """The row of that id, or None."""
    found = find(connection, kind, id=identity)
    return found[0] if found else None


def named(connection: Connection, kind: type[Row], identities: Iterable[str]) -> dict[str, Row]:
    """Those of the rows that there are, by id."""
    return {row.id: row for row in among(connection, kind, "id", identities)}


def among(connection: Connection, kind: type[Row], column: str, values: Iterable[str]) -> list[Row]:
    """The rows whose column has one of the values."""
    listed, table = sorted(values), _TABLES[kind]
    found: list[Row] = []
    for start in range(0, len(listed), _AT_ONCE):
        query = select(table).where(table.c[column].in_(listed[start : start + _AT_ONCE]))
        found += [_opened(kind, row) for row in connection.execute(query).mappings()]
    return found


def states(connection: Connection, kind: type[Session | Release | Standing]) -> dict[str, str]:
    """The state of every row of a kind, by id. At a server each row is read whole, to check that it is one."""
    query = select(_TABLES[kind]).execution_options(yield_per=_READ_AHEAD)
    if connection.dialect.name == "sqlite":  # in the encrypted file no value can be another row's
        query = query.with_only_columns(_TABLES[kind].c.id, _TABLES[kind].c.state)
        return {row.id: row.state for row in connection.execute(query)}
    opened = (_opened(kind, row) for row in connection.execute(query).mappings())
    return {row.id: row.state for row in opened}


def window(connection: Connection, kind: type[Row], first: int, most: int, **equal: object) -> list[Row]:
    """Those of `find` from the `first` on, the newest first."""
    query = _query(kind, equal, newest=True).offset(first).limit(most)
    return [_opened(kind, row) for row in connection.execute(query).mappings()]


def count(connection: Connection, kind: type[AnyRow], **equal: object) -> int:
    """How many rows `find` would give."""
    query = select(func.count()).select_from(_TABLES[kind])
    return int(connection.execute(_narrowed(query, kind, equal)).scalar_one())


def count_unasked(connection: Connection) -> int:
    """How many possible matches with a contact nobody has asked about yet."""
    hit, wish = _TABLES[Hit], _TABLES[Wish]
    asked = select(wish.c.id).where(wish.c.hit == hit.c.id).exists()
    query = select(func.count()).select_from(hit).where(hit.c.state == "contact", ~asked)
    return int(connection.execute(query).scalar_one())


def last_words(connection: Connection, most: int, session: str | None = None) -> list[Letter]:
    """Letters of ours (without their bytes) that are the last of their session, the newest first."""
    letter, sessions = _TABLES[Letter], _TABLES[Session]
    light = [column for column in letter.c if column.name not in ("data", _SEAL)]  # shown only: nothing rests on it
    query = select(*light).join(sessions, (sessions.c.id == letter.c.session) & (sessions.c.previous == letter.c.id))
    query = query.where(letter.c.incoming == 0, letter.c.data.is_not(None))
    if session is not None:
        query = query.where(letter.c.session == session)
    query = query.order_by(letter.c.at.desc(), letter.c.id.desc()).limit(most)
    return [Letter(**row) for row in connection.execute(query).mappings()]


def find(connection: Connection, kind: type[Row], **equal: object) -> list[Row]:
    """The rows whose columns equal the values given, oldest first."""
    return [_opened(kind, row) for row in connection.execute(_query(kind, equal)).mappings()]


def _opened(kind: type[Row], row: RowMapping) -> Row:
    """The row that was read. Raises `TrustError` `vault.state` when its values do not belong together."""
    values = {name: value for name, value in row.items() if name != _SEAL}
    row[_SEAL](values)
    return kind(**values)


def _query(kind: type[Any], equal: Mapping[str, object], newest: bool = False) -> Select[Any]:
    table = _TABLES[kind]
    order = [table.c[name] for name in ("since", "at", "sequence", "id") if name in table.c]
    by = [column.desc() for column in order] if newest else order
    return _narrowed(select(table), kind, equal).order_by(*by)


def _narrowed(query: Select[Any], kind: type[Any], equal: Mapping[str, object]) -> Select[Any]:
    for name, value in equal.items():
        query = query.where(_TABLES[kind].c[name] == value)
    return query


def drop(connection: Connection, kind: type[Row], identity: str) -> None:
    """Remove a row; the database overwrites its place."""
    connection.execute(delete(_TABLES[kind]).where(_TABLES[kind].c.id == identity))


def of_source(connection: Connection, release: str) -> list[Derived]:
    """What was made from the fields of a release and is still here."""
    return [row for row in find(connection, Derived) if release in row.sources and row.data is not None]


def written(connection: Connection) -> frozenset[str]:
    """The conversations of which something that was sent can be written out again."""
    letter = _TABLES[Letter]
    query = select(letter.c.session).where(letter.c.incoming == 0, letter.c.data.is_not(None)).distinct()
    return frozenset(connection.execute(query).scalars())


def audited_questions(connection: Connection) -> frozenset[str]:
    """The questions of which something is kept for an audit."""
    kept = _TABLES[Kept]
    return frozenset(connection.execute(select(kept.c.session).distinct()).scalars())


def forget_kept(connection: Connection, session: str) -> None:
    """Destroy what an audit of a question would rest on; the database overwrites its place."""
    connection.execute(delete(_TABLES[Kept]).where(_TABLES[Kept].c.session == session))


def forget_letters(connection: Connection, session: str) -> None:
    """Drop the bytes of what was sent in a session; digests stay, so that nothing of it is accepted again."""
    for letter in find(connection, Letter, session=session, incoming=0):
        put(connection, replace(letter, data=None))


def counted(hits: Collection[Hit]) -> str:
    """How many possible matches; and of how many own records, if one of them has several."""
    records = len({hit.record for hit in hits})
    matches = several(len(hits), "possible match", "possible matches")
    return matches + (f" for {several(records, 'record')}" if records < len(hits) else "")
