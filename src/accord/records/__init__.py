"""What a party holds: entity model, readers, validation, and the encrypted columnar store."""

from typing import TYPE_CHECKING

from accord.records._source import numbered_lines
from accord.records.model import Entity
from accord.records.read import merge, read_entities
from accord.records.report import Note, Report
from accord.records.terms import RecordTerms
from accord.records.write import write_table

if TYPE_CHECKING:
    from accord.records.holding import Held, Holding, Loaded, Place

__all__ = [
    "Entity",
    "Held",
    "Holding",
    "Loaded",
    "Note",
    "Place",
    "RecordTerms",
    "Report",
    "merge",
    "numbered_lines",
    "read_entities",
    "write_table",
]


def __getattr__(name: str) -> object:
    """The holding comes late: it needs the vault and a database, which reading a file does not."""
    if name in ("Held", "Holding", "Loaded", "Place"):
        from accord.records import holding

        return getattr(holding, name)
    raise AttributeError(name)
