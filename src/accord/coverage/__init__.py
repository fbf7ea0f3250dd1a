"""Who does what where: from the partners' own activity books to gaps and overlaps, and to what nobody can know.

The way through: `plan` (coverage.toml) → `read` → `label` → `need` and `reporting` → `cells` → `rows` and `report`.

>>> from accord.coverage import STATES
>>> STATES
('covered', 'overlapping', 'gap', 'unknown', 'not-needed')
"""

from __future__ import annotations

from typing import TYPE_CHECKING

STATES = ("covered", "overlapping", "gap", "unknown", "not-needed")

if TYPE_CHECKING:
    from accord.coverage._make import Map, make
    from accord.coverage.cells import Grid
    from accord.coverage.horizon import horizon_rows
    from accord.coverage.plan import Plan, read_plan
    from accord.coverage.report import write_report
    from accord.coverage.rows import Filter, cell_rows, duplicate_rows, gap_rows, nearest_rows, overlap_rows

__all__ = [
    "STATES",
    "Filter",
    "Grid",
    "Map",
    "Plan",
    "cell_rows",
    "duplicate_rows",
    "gap_rows",
    "horizon_rows",
    "make",
    "nearest_rows",
    "overlap_rows",
    "read_plan",
    "write_report",
]

_HOMES = {
    "Grid": "cells", "Map": "_make", "make": "_make", "Plan": "plan", "read_plan": "plan", "write_report": "report",
    "Filter": "rows", "cell_rows": "rows", "gap_rows": "rows", "overlap_rows": "rows",
    "duplicate_rows": "rows", "nearest_rows": "rows", "horizon_rows": "horizon",
}  # fmt: skip


def __getattr__(name: str) -> object:
    """Names come when they are used: `accord coverage classify` needs neither numpy nor a plan."""
    if name in _HOMES:
        from importlib import import_module

        return getattr(import_module(f"accord.coverage.{_HOMES[name]}"), name)
    raise AttributeError(name)
