"""Flat tables: one record a row, one value a cell, many rows.

Read in the order of the pipeline: `read`, `words` and `levels` (what is compared), `block` (candidates), `model`,
`pairs`, `explain`.

Where `match.v1` knows scripts and languages and scores each pair of records for itself, this part learns from the table
what is rare in it, and compares columns. It is for tables of a thousand rows and more in one alphabet; see
`docs/explanation/flat-tables.md`.
"""

from __future__ import annotations

from accord.match.table.columns import Sort, Table, table_of
from accord.match.table.explain import explain_rows
from accord.match.table.pairs import Matched, match_table
from accord.match.table.read import read_table

__all__ = ["Matched", "Sort", "Table", "explain_rows", "match_table", "read_table", "table_of"]
