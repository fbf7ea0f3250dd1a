"""The registers of a desk: what was exported to whom under which code, and the stubs of what is gone.

Invariants: a stub holds nothing that a person could be known by: no id, no name, no source; the ids in an export's line
are struck out when their record is erased, and the line stays.
"""

from __future__ import annotations

from sqlalchemy import Column, Connection, Integer, MetaData, Table, insert, select, update

from accord.records.model import ERASED
from accord.vault import Folder, make_tables
from accord.vault.columns import DATA, Plain, Sealed

METADATA = MetaData()
GONE = ERASED

EXPORTS = Table(
    "subjects_export",
    METADATA,
    Column("id", Plain, primary_key=True),
    Column("at", Plain, nullable=False),
    Column("recipient", Sealed("subjects_export.recipient"), nullable=False),
    Column("code", Sealed("subjects_export.code"), nullable=False),
    Column("purpose", Sealed("subjects_export.purpose"), nullable=False),
    Column("officer", Sealed("subjects_export.officer"), nullable=False),
    Column("records", Sealed("subjects_export.records", DATA), nullable=False),
    Column("sha256", Sealed("subjects_export.sha256"), nullable=False),
)
STUBS = Table(
    "subjects_stub",
    METADATA,
    Column("number", Integer, primary_key=True),
    Column("schema", Sealed("subjects_stub.schema"), nullable=False),
    Column("at", Plain, nullable=False),
    Column("why", Sealed("subjects_stub.why"), nullable=False),
)


def ready(folder: Folder) -> None:
    """See that the registers are there."""
    make_tables(folder.engine(), METADATA)


def with_record(connection: Connection, record: str) -> list[tuple[str, str, str]]:
    """The exports that a record was in: id, recipient, code."""
    rows = connection.execute(select(EXPORTS).order_by(EXPORTS.c.at))
    return [(row.id, row.recipient, row.code) for row in rows if record in row.records]


def strike_out(connection: Connection, records: set[str]) -> None:
    """Replace the ids of erased records in every export's line."""
    for row in connection.execute(select(EXPORTS)).all():
        if records & set(row.records):
            left = [GONE if record in records else record for record in row.records]
            connection.execute(update(EXPORTS).where(EXPORTS.c.id == row.id).values(records=left))


def leave_stubs(connection: Connection, schemata: list[str], at: str, why: str) -> None:
    """One stub for each record that is gone."""
    if schemata:
        connection.execute(insert(STUBS), [{"schema": schema, "at": at, "why": why} for schema in schemata])


def stubs(folder: Folder) -> list[dict[str, str]]:
    """The stubs: schema, when it went, and why."""
    ready(folder)
    with folder.engine().connect() as connection:
        rows = connection.execute(select(STUBS).order_by(STUBS.c.number))
        return [{"schema": row.schema, "at": row.at, "why": row.why} for row in rows]
