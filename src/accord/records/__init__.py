"""What a party holds: entity model, readers, validation, and the encrypted columnar store."""

from accord.records.model import Entity

__all__ = ["Entity"]
