"""Screening: one record, or a bare name, against a holding that was indexed once.

`keys` (what two records must share to be compared) and `rows` (analysed records as bytes) -> `index` (built once,
opened in milliseconds) -> `search`.
"""

from __future__ import annotations

from accord.match.screen.index import Index, build, open_file, open_index, write_file, write_index
from accord.match.screen.search import Hit, Query, candidates, named, screen

__all__ = [
    "Hit",
    "Index",
    "Query",
    "build",
    "candidates",
    "named",
    "open_file",
    "open_index",
    "screen",
    "write_file",
    "write_index",
]
