"""What a person chose for the own account at this desk: whether single letters act as keys.

Invariants: keys act until somebody switches them off (WCAG 2.1.4); a choice is of one account and no secret.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Column, Integer, MetaData, Table, select

from accord.vault import make_tables, put_rows
from accord.vault.columns import Keyed

if TYPE_CHECKING:
    from accord.vault import Folder

METADATA = MetaData()
_CHOICES = Table(
    "desk_choice",
    METADATA,
    Column("account", Keyed("desk_choice.account"), primary_key=True),
    Column("keys", Integer, nullable=False),
)


class Choices:
    """The choices of one desk, kept in memory too: every page asks for them."""

    __slots__ = ("_folder", "_keys")

    def __init__(self, folder: Folder) -> None:
        self._folder = folder
        make_tables(folder.engine(), METADATA)
        with folder.engine().connect() as connection:
            self._keys = {row.account: bool(row.keys) for row in connection.execute(select(_CHOICES))}

    def keys(self, account: str) -> bool:
        """Whether single letters act as keys for that account."""
        return self._keys.get(account, True)

    def set_keys(self, account: str, on: bool) -> None:
        """Switch them on or off."""
        with self._folder.lock(), self._folder.engine().begin() as connection:
            put_rows(connection, _CHOICES, [{"account": account, "keys": int(on)}])
        self._keys[account] = on
