"""The coverage.toml as text: which line a table or a key stands on, so that a problem can name it.

`tomllib` keeps no positions; table headers and keys stand on lines of their own, so a scan of the text finds them.

>>> lines = Lines('[period]\\nfrom = 2023\\n[[source]]\\nfile = "a.csv"\\n')
>>> lines.of("period", 0, "from"), lines.of("source", 0), lines.of("source", 0, "party")
(2, 3, 3)
"""

from __future__ import annotations

import re

_HEADER = re.compile(r"^\s*\[\[?\s*([A-Za-z_-]+)\s*\]\]?")
_KEY = re.compile(r"^\s*([A-Za-z_-]+)(?:\.[A-Za-z_.-]+)?\s*=")


class Lines:
    """Positions of the tables and keys of one TOML text."""

    def __init__(self, text: str) -> None:
        self._at: dict[tuple[str, int, str], int] = {}
        counts: dict[str, int] = {}
        table = ""
        for number, line in enumerate(text.splitlines(), start=1):
            if header := _HEADER.match(line):
                table = header.group(1)
                counts[table] = counts.get(table, -1) + 1
                self._at[table, counts[table], ""] = number
            elif key := _KEY.match(line):
                self._at.setdefault((table, counts.get(table, 0), key.group(1)), number)

    def of(self, table: str, index: int = 0, key: str = "") -> int | None:
        """The line of a key; of its table's header when the key is absent; None when the table is absent too."""
        return self._at.get((table, index, key)) or self._at.get((table, index, ""))
