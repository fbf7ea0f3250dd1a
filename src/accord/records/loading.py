"""A load as an act of the desk: into the holding and into the ledger at once, or not at all.

Invariants: the entry in the ledger tells how many records, never whom they are about; a load that would take away most
of its source is stopped before anything happened.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from accord.errors import InputError
from accord.records.terms import RecordTerms

if TYPE_CHECKING:
    import datetime

    from sqlalchemy import Connection

    from accord.ledger import Log
    from accord.records.holding import Holding, Loaded
    from accord.records.model import Entity

_FEW = 10


@dataclass(frozen=True, slots=True)
class Wish:
    """How to load: under which `source` and `terms`; `whole`: the file is all that the source has; `remove_many`: also
    when most of what the source had goes."""

    source: str
    terms: RecordTerms
    whole: bool = False
    remove_many: bool = False


def load(
    holding: Holding, log: Log, entities: Iterable[Entity], wish: Wish, at: datetime.datetime, account: str = ""
) -> Loaded:
    """Load entities and note it in the ledger, with the account that did it where people sign in.

    Raises as `Holding.load`, and `InputError` `records.removal`.
    """
    by = {"account": account} if account else {}

    def then(connection: Connection, loaded: Loaded) -> None:
        if not wish.remove_many:
            _check_removal(loaded)
        log.append("records.load", loaded.id, loaded.to_dict() | by, at=at, within=connection)

    return holding.load(entities, source=wish.source, at=at, terms=wish.terms, whole=wish.whole, then=then)


def _check_removal(loaded: Loaded) -> None:
    """Stop a load that removes most of its source: more likely the file was cut short than the list."""
    if loaded.removed > max(loaded.changed + loaded.unchanged, _FEW):
        message = (
            f"{loaded.removed:,} records of this source are no longer in the file, more than stay; nothing was done"
        )
        remedy = "see that the file is whole and of this source; if it is, add --remove-many"
        raise InputError("records.removal", message, remedy)
