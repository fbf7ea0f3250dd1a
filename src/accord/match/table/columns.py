"""A flat table as columns of codes: one record a row, one value a cell.

Invariants: `codes[row]` is a position in `values`, -1 for an empty cell; values are in one normal form (Latin letters,
no case, no accents, single spaces), so equal codes mean equal text; each unique value is looked at once.

>>> column = Column.of(["Ana", "ANA ", None, "Eva"])
>>> column.values, column.codes.tolist(), [round(share, 2) for share in column.share.tolist()]
(['ana', 'eva'], [0, 0, -1, 1], [0.67, 0.33])
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import numpy as np
from anyascii import anyascii
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


class Sort(IntEnum):
    """How a column is compared."""

    NAME = 0  # a whole name, or one part of it
    DATE = 1
    CODE = 2  # numbers and codes: an identifier, a postcode, a phone
    TEXT = 3  # anything else: a street, a city, an occupation, a gender


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table."""

    values: list[str]
    codes: Ints
    share: Floats  # of the filled cells that hold each value

    @classmethod
    def of(cls, cells: Any) -> Column:
        """From a sequence of texts or an Arrow array; empty and missing cells are the same."""
        import pyarrow as pa
        import pyarrow.compute as pc

        array = cells if isinstance(cells, pa.Array | pa.ChunkedArray) else pa.array(cells, pa.string())
        if isinstance(array, pa.ChunkedArray):
            array = array.combine_chunks()
        if not pa.types.is_string(array.type):
            array = pc.cast(array, pa.string())
        packed = array.dictionary_encode()
        raw = np.asarray(packed.indices.fill_null(-1).to_numpy(zero_copy_only=False), dtype=np.int64)
        numbers: dict[str, int] = {}
        again = [numbers.setdefault(form, len(numbers)) if (form := normal(text)) else -1
                 for text in packed.dictionary.to_pylist()]  # fmt: skip
        codes = np.array([*again, -1], dtype=np.int64)[raw]
        counts = np.bincount(codes[codes >= 0], minlength=len(numbers))
        return cls(list(numbers), codes, counts / max(int(counts.sum()), 1))

    @property
    def filled(self) -> float:
        """Share of the rows with a value."""
        return float((self.codes >= 0).mean()) if len(self.codes) else 0.0


@dataclass(frozen=True, slots=True)
class Field:
    """A column with what it means: its `label` for people, and of a name which `part` it is: given, family or whole."""

    label: str
    sort: Sort
    column: Column
    part: str = ""
    group: str = ""  # the property that it is a part of, when several columns make one


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of one or two files: the first `split` rows are the left file (all rows when one file is deduplicated)."""

    ids: Sequence[str]
    fields: tuple[Field, ...]
    schema: str
    split: int | None = None
    captions: Sequence[str] = ()  # what to call each row

    def __len__(self) -> int:
        return len(self.ids)


def normal(text: str | None) -> str:
    """The normal form of a cell: Latin letters without case, single spaces."""
    if not text:
        return ""
    plain = text if text.isascii() else anyascii(text)
    return " ".join(plain.lower().split())


def table_of(ids: Sequence[str], cells: Mapping[str, Any], sorts: Mapping[str, tuple[Sort, str]], schema: str) -> Table:
    """A table from cells by label; `sorts` gives the sort of each label and, for names, its part."""
    fields = tuple(Field(label, sorts[label][0], Column.of(column), sorts[label][1]) for label, column in cells.items())
    return Table(ids, fields, schema)
