"""What kind of file an input is, by its content; the name decides only where the content does not.

>>> import io
>>> format_of(Source("list", io.BytesIO(b'{"id": "p1"}').read), "list", mapped=False)
'entities'
>>> format_of(Source("people", io.BytesIO(b"No;Name\\n").read), "people.csv", mapped=True)
'table'
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from accord.errors import InputError
from accord.records._ofac import is_ofac
from accord.records._rows import OLD_WORKBOOK, PARQUET, ZIP
from accord.records._source import Source
from accord.records._un import is_un

Format = Literal["entities", "table", "un", "ofac"]

_HEAD = 1 << 16
_TABLES = frozenset({".csv", ".tsv", ".tab", ".txt", ".xlsx", ".xls", ".parquet"})
_LINES = frozenset({".json", ".jsonl", ".ndjson", ".ijson"})
_PACKED = frozenset({".gz", ".zst"})
_MARKS = b"\xef\xbb\xbf\xff\xfe\0"
_KNOWN = "FollowTheMoney lines, CSV, TSV, XLSX, Parquet, the UN Security Council's XML list and OFAC's SDN list"


def format_of(source: Source, path: str | Path, *, mapped: bool) -> Format:
    """Tell the kind of an input; `mapped` says whether there is a mapping for it.

    Raises `InputError` `records.empty` for a file without any content, `records.mapping` for a table without a
    mapping, `records.xml` for an XML file of another kind.
    """
    head = source.peek(_HEAD)
    text = head.lstrip(_MARKS).lstrip()
    if not text:
        raise InputError("records.empty", f"{source.name} is empty", "check that it was copied or downloaded whole")
    if head.startswith((PARQUET, ZIP, OLD_WORKBOOK)):
        return _table(source, mapped)
    if text.startswith(b"<"):
        if is_un(head):
            return "un"
        raise InputError("records.xml", f"{source.name} is XML, but no list that Accord reads", f"it reads {_KNOWN}")
    suffixes = [suffix.lower() for suffix in Path(path).suffixes if suffix.lower() not in _PACKED]
    suffix = suffixes[-1] if suffixes else ""
    if text.startswith(b"{") or suffix in _LINES:
        return "entities"
    if not mapped and is_ofac(head, source.name):
        return "ofac"
    return _table(source, mapped) if mapped or suffix in _TABLES else "entities"


def _table(source: Source, mapped: bool) -> Format:
    if not mapped:
        raise InputError(
            "records.mapping",
            f"{source.name} is a table, and nothing says what its columns mean",
            f"run `accord records draft-mapping {source.name}`, look through what it proposes, and give that with "
            "--mapping (see docs/reference/mapping.md)",
        )
    return "table"
