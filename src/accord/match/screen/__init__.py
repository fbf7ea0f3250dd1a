"""Screening: one record, or a bare name, against a holding that was indexed once.

`keys` (what two records must share to be compared) -> `index` (built once, opened in milliseconds) -> `search`.
"""

from __future__ import annotations

from accord.match.screen.index import Index, build, open_index, write_index
from accord.match.screen.search import Hit, Query, named, screen

__all__ = ["Hit", "Index", "Query", "build", "named", "open_index", "screen", "write_index"]
