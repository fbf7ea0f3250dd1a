"""Labels of activities that people at this desk put right: who, when, and what it is instead.

Invariants: nothing is overwritten, the last correction of an activity holds; each stands in the ledger; the map uses it
from the next page on, before any file of corrections that is older.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import Column, Integer, MetaData, Table, func, insert, select

from accord.coverage.classify import AREAS, FUNCTIONS
from accord.coverage.corrections import Correction
from accord.errors import InputError
from accord.vault import make_tables
from accord.vault.columns import DATA, Keyed, Plain, Sealed

if TYPE_CHECKING:
    from accord.ledger import Log
    from accord.vault import Folder

LONGEST_NOTE = 500
METADATA = MetaData()
_CORRECTIONS = Table(
    "desk_label",
    METADATA,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("activity", Keyed("desk_label.activity"), nullable=False, index=True),
    Column("areas", Sealed("desk_label.areas", DATA), nullable=False),
    Column("functions", Sealed("desk_label.functions", DATA), nullable=False),
    Column("account", Sealed("desk_label.account"), nullable=False),
    Column("at", Plain, nullable=False),
    Column("note", Sealed("desk_label.note"), nullable=False),
)


@dataclass(frozen=True, slots=True)
class Said:
    """One correction: by which account, when, the areas and functions that hold, and why."""

    activity: str
    areas: tuple[str, ...]
    functions: tuple[str, ...]
    account: str
    at: str
    note: str


class Labels:
    """The corrections of one desk."""

    __slots__ = ("_folder", "_log", "_now")

    def __init__(self, folder: Folder, log: Log, now: Callable[[], dt.datetime]) -> None:
        self._folder, self._log, self._now = folder, log, now
        make_tables(folder.engine(), METADATA)

    def correct(
        self, activity: str, areas: tuple[str, ...], functions: tuple[str, ...], account: str, note: str
    ) -> None:
        """Say what an activity is. Raises `InputError` `coverage.label`."""
        if not set(areas) <= set(AREAS) or not set(functions) <= set(FUNCTIONS) or len(note) > LONGEST_NOTE:
            raise InputError("coverage.label", "a label is not known, or the note is too long", "choose of the list")
        now = self._now()
        row = {"activity": activity, "areas": list(areas), "functions": list(functions), "account": account}
        with self._folder.lock(), self._folder.engine().begin() as connection:
            connection.execute(insert(_CORRECTIONS).values(**row, at=now.isoformat(timespec="seconds"), note=note))
            details = {"areas": list(areas), "functions": list(functions), "account": account}
            self._log.append("coverage.corrected", f"activity {activity}", details, at=now, within=connection)

    def of(self, activity: str) -> list[Said]:
        """What was said of an activity, the last first."""
        query = select(_CORRECTIONS).where(_CORRECTIONS.c.activity == activity).order_by(_CORRECTIONS.c.number.desc())
        with self._folder.engine().connect() as connection:
            return [
                Said(row.activity, tuple(row.areas), tuple(row.functions), row.account, row.at, row.note)
                for row in connection.execute(query)
            ]

    def count(self) -> int:
        """How many corrections there are."""
        with self._folder.engine().connect() as connection:
            return int(connection.execute(select(func.count()).select_from(_CORRECTIONS)).scalar_one())

    def holding(self) -> dict[str, Correction]:
        """The correction that holds of each activity, as the map takes it."""
        query = select(_CORRECTIONS).order_by(_CORRECTIONS.c.number)
        with self._folder.engine().connect() as connection:
            return {
                row.activity: Correction(
                    tuple(row.areas), tuple(row.functions), row.account, dt.datetime.fromisoformat(row.at).date()
                )
                for row in connection.execute(query)
            }
