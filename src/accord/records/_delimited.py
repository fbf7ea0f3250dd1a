"""Rows of a text file whose columns are divided by commas, semicolons, tabs or bars.

Invariants: encoding and delimiter are detected from the head of the file unless the mapping says them, and what was
taken is said; a script is never guessed without evidence (a wrong guess would turn every name into other letters): the
reader asks for it instead; a line longer than `LONGEST_LINE` stops the reading and is not held in memory.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import Any, cast

from accord.errors import InputError, Problem
from accord.records._source import LONGEST_LINE, Source
from accord.records.mapping import Cell, Layout
from accord.records.report import Report

_SAMPLE = 1 << 18
_GUESSED_BYTES = 1 << 16
_SAMPLE_ROWS = 50
_ALIKE = 0.6  # share of rows with the same number of columns; titles and totals have others
_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_NAMES = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
# Encodings of one byte a letter that office programs write, by the names of Python's codecs. Those of East Asia and
# Thailand are left out: their names are too short to be told apart, so they are asked for.
_WESTERN, _LATIN = "cp1252", {"cp1252", "cp1250", "cp1254"}
_CANDIDATES = [*sorted(_LATIN), "cp1251", "cp1253", "cp1255", "cp1256", "koi8_r"]
_EVIDENCE = 0.1  # least share of letter frequencies that fit a language; a short or odd text reaches 0
_CLEARLY = 0.05  # by how much another Latin encoding must fit better than the Western one
_FEW_ACCENTS = 0.1
_NOT_WESTERN = re.compile(r"[^\W\d_][³¹¿¼¾£¥][^\W\d_]")  # "Ma³gorzata": ł of windows-1250 read as windows-1252


def delimited_rows(
    source: Source, layout: Layout, wanted: frozenset[str], report: Report
) -> Iterator[tuple[int, list[Cell]]]:
    """All rows, numbered from 1; cells without spaces around them."""
    encoding, delimiter, _ = detect(source, layout, wanted)
    report.say(f"{source.name}: read as {encoding}, columns divided by {_NAMES.get(delimiter, delimiter)}")
    text = io.TextIOWrapper(io.BufferedReader(cast("Any", Raw(source))), encoding=encoding, newline="")
    reader = csv.reader(_bounded(text, source.name), delimiter=delimiter)
    number = 0
    while True:
        number += 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error:
            message, remedy = "a cell is too long or its quotes do not close", "close the quotes in this row"
            raise _unreadable("records.csv", message, remedy, source.name, reader.line_num) from None
        except UnicodeDecodeError:
            message, remedy = f"not {encoding}", 'say which encoding it has: [table] encoding = "…" in the mapping'
            raise _unreadable("records.encoding", message, remedy, source.name, reader.line_num + 1) from None
        yield number, [cell.strip() for cell in row]


def detect(source: Source, layout: Layout, wanted: frozenset[str]) -> tuple[str, str, str]:
    """Encoding, delimiter and the head of the text. Raises `InputError` `records.encoding`."""
    head = source.peek(_SAMPLE)
    encoding = layout.encoding or encoding_of(head, source.name)
    try:
        sample = head.decode(encoding, errors="ignore")
    except LookupError:
        raise InputError("records.encoding", f"no encoding is called {encoding}", "write utf-8, or its name") from None
    return encoding, layout.delimiter or _delimiter(sample, layout.header, wanted), sample


class Raw(io.RawIOBase):
    """A source as Python's text layer wants it."""

    def __init__(self, source: Source) -> None:
        self._source = source

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._source.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)


def _unreadable(code: str, message: str, remedy: str, file: str, line: int) -> InputError:
    problem = Problem(code, message, remedy, file, line)
    return InputError(code, f"{file} cannot be read to its end", remedy, [problem])


def _bounded(text: io.TextIOWrapper, name: str) -> Iterator[str]:
    number = 0
    while line := text.readline(LONGEST_LINE):
        number += 1
        if len(line) >= LONGEST_LINE:
            message = f"the line is longer than {LONGEST_LINE >> 20} MB"
            raise _unreadable("records.line", message, "check that it is a CSV file", name, number)
        yield line


def encoding_of(head: bytes, name: str) -> str:
    """The encoding of a text by its first bytes. Raises `InputError` `records.encoding` when it cannot be told."""
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return encoding
    try:
        # the sample may end inside a letter: its last bytes do not count
        (head[: head.rfind(b"\n") + 1] or head).decode("utf-8")
        return "utf-8"
    except UnicodeDecodeError:
        if b"\0" not in head and (found := _guess(head)):
            return found
    raise InputError(
        "records.encoding",
        f"{name} is not UTF-8, and its script cannot be told",
        'say which encoding it has: [table] encoding = "windows-1251" (or another) in the mapping',
    )


def _guess(head: bytes) -> str | None:
    """The candidate whose letters are as frequent as in some language; a Latin text with few accents needs no proof."""
    from charset_normalizer import from_bytes

    lines = head[: head.rfind(b"\n") + 1] or head
    accented = b"\n".join(line for line in lines.split(b"\n") if not line.isascii())  # the others tell nothing
    found = from_bytes(accented[:_GUESSED_BYTES], cp_isolation=_CANDIDATES, preemptive_behaviour=False)
    fit = {match.encoding: match.coherence for match in found}
    if not fit:
        return None  # no text in any of them
    best = max(fit, key=lambda name: fit[name])
    if best in _LATIN and fit[best] - fit.get(_WESTERN, 0.0) < _CLEARLY:
        western = not _NOT_WESTERN.search(accented.decode(_WESTERN, errors="ignore"))
        few = sum(byte > 127 for byte in head) < _FEW_ACCENTS * len(head)
        plausible = _WESTERN in fit and (few or fit[_WESTERN] >= _EVIDENCE)
        return ("windows-1252" if western else "windows-1250") if plausible else None
    return best.replace("cp", "windows-") if fit[best] >= _EVIDENCE else None


def _delimiter(sample: str, header: int, wanted: frozenset[str]) -> str:
    """The one that finds most of the wanted columns in the header; of all columns, if no one says which are wanted."""

    def found(delimiter: str) -> int:
        read = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter)
        try:
            rows = [row for row in islice(read, header - 1, header - 1 + _SAMPLE_ROWS) if row]
        except csv.Error:
            return 0
        if wanted:
            return len({cell.strip() for cell in rows[0]} & wanted) if rows else 0
        widths = Counter(len(row) for row in rows)
        width, alike = widths.most_common(1)[0] if widths else (0, 0)
        return width if alike >= _ALIKE * len(rows) else 0

    return max(_NAMES, key=found)
