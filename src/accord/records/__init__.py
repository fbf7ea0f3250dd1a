"""What a party holds: entity model, readers, validation, and the encrypted columnar store."""

from accord.records._source import numbered_lines
from accord.records.model import Entity
from accord.records.read import merge, read_entities
from accord.records.report import Note, Report
from accord.records.write import write_table

__all__ = ["Entity", "Note", "Report", "merge", "numbered_lines", "read_entities", "write_table"]
