"""Moving the state of a desk between its folder and a server: whole or not at all.

Invariants: all rows are copied in one transaction, and numbers go on where they were; the state is where the folder's
seal says, from one moment to the next; what a kill leaves at the other place is nobody's state.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from accord.errors import InternalError

if TYPE_CHECKING:
    from sqlalchemy import Column, Connection, Engine, Table

_AT_A_TIME = 1_000  # rows


def copy_state(source: Engine, target: Engine, tables: Sequence[Table]) -> None:
    """Make the tables that `source` has at `target`, and fill them.

    Raises `InternalError` `vault.state` for a table that is not in `tables`, `TrustError` for a row that was altered.
    """
    from sqlalchemy import insert, inspect, select

    from accord.vault._state import make_tables
    from accord.vault.columns import RowSeal, Tied

    there = set(inspect(source).get_table_names())
    for metadata in {id(table.metadata): table.metadata for table in tables if table.name in there}.values():
        make_tables(source, metadata)  # what an earlier version left may lack a column
    there = set(inspect(source).get_table_names())
    if unknown := there - {table.name for table in tables}:
        raise InternalError("vault.state", f"no way to move {', '.join(sorted(unknown))}", "report it")
    with source.connect() as old, target.begin() as new:
        for table in (table for table in tables if table.name in there):
            table.create(new)
            tied = [(column.name, column.type) for column in table.c if isinstance(column.type, Tied)]
            sealed = [column.name for column in table.c if isinstance(column.type, RowSeal)]
            for some in old.execute(select(table)).mappings().partitions(_AT_A_TIME):
                rows = [dict(row) for row in some]
                for row in rows:
                    row |= {name: (kind.owner(row), row[name](kind.owner(row))) for name, kind in tied}
                    for name in sealed:
                        values = {other: row[other] for other in row if other != name}
                        row[name](values)  # what was altered is not sealed anew
                        row[name] = values
                new.execute(insert(table), rows)
            if (counter := table.autoincrement_column) is not None:
                _go_on(new, table, counter, _last(old, table, counter))


def _last(connection: Connection, table: Table, counter: Column[Any]) -> int:
    """The last number that a table gave: where one never comes back, its row may be gone."""
    from sqlalchemy import func, inspect, select, text

    last = int(connection.execute(select(func.max(counter))).scalar_one() or 0)
    if connection.dialect.name != "sqlite":
        sequence = connection.execute(select(func.pg_get_serial_sequence(table.name, counter.name))).scalar_one()
        query = f"SELECT last_value - CASE WHEN is_called THEN 0 ELSE 1 END FROM {sequence}"  # noqa: S608 - its own name
        return max(last, int(connection.execute(text(query)).scalar_one()))
    if "sqlite_sequence" not in inspect(connection).get_table_names(sqlite_include_internal=True):
        return last
    kept = text("SELECT max(seq) FROM sqlite_sequence WHERE name = :name")
    return max(last, int(connection.execute(kept, {"name": table.name}).scalar_one() or 0))


def _go_on(connection: Connection, table: Table, counter: Column[Any], last: int) -> None:
    """Let the next number of a table be the one after `last`."""
    from sqlalchemy import func, select, text

    if connection.dialect.name != "sqlite":
        sequence = func.pg_get_serial_sequence(table.name, counter.name)
        connection.execute(select(func.setval(sequence, last + 1, False)))
    elif table.dialect_options["sqlite"]["autoincrement"]:
        connection.execute(text("DELETE FROM sqlite_sequence WHERE name = :name"), {"name": table.name})
        connection.execute(
            text("INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :last)"), {"name": table.name, "last": last}
        )
