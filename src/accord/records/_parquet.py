"""Rows of a Parquet file, a batch at a time.

Invariants: only the columns that are used are read; a batch is small whatever the size of the file's row groups; a file
whose columns unpack to far more than its size is refused before any of them is read.
"""

from __future__ import annotations

import io
from collections.abc import Iterator

from accord.errors import InputError
from accord.records._source import Source
from accord.records._workbook import text_of
from accord.records.mapping import Cell

_BATCH_ROWS = 2_000
_MOST_BYTES_HELD = 256 << 20
_BOMB_BYTES, _BOMB_RATIO = 64 << 20, 250  # as for archives, see _source


def parquet_rows(source: Source, header: int, wanted: frozenset[str]) -> Iterator[tuple[int, list[Cell]]]:
    """The column names, as row number `header`, then the rows; a list column has several values in a cell.

    Raises `InputError` `records.parquet` when the file is damaged or encrypted.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    file = source.whole(_MOST_BYTES_HELD)
    try:
        table = pq.ParquetFile(file, pre_buffer=False)
        groups = range(table.metadata.num_row_groups)
        # of each group only its size: to ask for the columns makes Arrow abort on some damaged files
        unpacked = sum(table.metadata.row_group(number).total_byte_size for number in groups)
        if unpacked > _BOMB_BYTES and unpacked > _BOMB_RATIO * file.seek(0, io.SEEK_END):
            message = f"{source.name} unpacks to more than {_BOMB_RATIO} times its size, as no real data does"
            raise InputError("records.bomb", message, "if you trust it, save it without compression and give that")
        names = [name for name in table.schema_arrow.names if not wanted or name in wanted]
        number = header
        yield number, [*(names if wanted <= set(names) else table.schema_arrow.names)]
        for batch in table.iter_batches(_BATCH_ROWS, columns=names, use_threads=False):
            for row in zip(*(batch.column(name).to_pylist() for name in names), strict=True):
                number += 1
                yield number, [_cell(value) for value in row]
    except (pa.ArrowException, OSError, ValueError, OverflowError):
        raise InputError(
            "records.parquet",
            f"{source.name} is no Parquet file that can be read",
            "copy or write it again; unencrypted",
        ) from None


def _cell(value: object) -> Cell:
    if isinstance(value, list | tuple):
        return tuple(text for one in value if (text := text_of(one)))
    return value.decode(errors="replace") if isinstance(value, bytes) else text_of(value)
