"""Columnar tables at rest: Parquet with modular encryption, footers included.

Invariants: every table has data keys of its own, wrapped under a subkey of the folder and bound to the table's name,
so that a file put in another's place does not open; the key service lives in this process and nowhere else.
"""

from __future__ import annotations

import base64
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, TypeAlias

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from accord.errors import TrustError

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

    Rows: TypeAlias = NDArray[np.int64]

_NONCE_BYTES = 12
_GROUP_ROWS = 4_000  # rows that are decrypted together: few enough to read one record in milliseconds


def write_table(file: BinaryIO, name: str, table: pa.Table, key: bytes) -> None:
    """Write `table` to an open file, all columns and the footer encrypted."""
    import pyarrow.parquet as pq
    from pyarrow.parquet import encryption as pe

    factory, connection = _factory(key, name)
    how = pe.EncryptionConfiguration(footer_key="tables", uniform_encryption=True, data_key_length_bits=256)
    properties = factory.file_encryption_properties(connection, how)
    with pq.ParquetWriter(file, table.schema, compression="zstd", encryption_properties=properties) as writer:
        writer.write_table(table, row_group_size=_GROUP_ROWS)


def read_table(path: Path, name: str, columns: Sequence[str] | None, key: bytes) -> pa.Table:
    """Read a table back. Raises `TrustError` when the file was altered, swapped or cut short."""
    wanted = list(columns) if columns is not None else None
    with _opened(path, name, key) as file:
        # one thread: a worker that lets go of the Python key service while the interpreter ends aborts the process
        return file.read(columns=wanted, use_threads=False)


def read_rows(path: Path, name: str, rows: Rows, columns: Sequence[str], key: bytes) -> pa.Table:
    """Read some columns of one or more rows, decrypting little more than them. Raises `TrustError` as above."""
    import pyarrow as pa

    with _opened(path, name, key) as file:
        found, first = [], 0
        for group in range(file.num_row_groups):
            end = first + file.metadata.row_group(group).num_rows
            here = rows[(first <= rows) & (rows < end)] - first
            if len(here):
                found.append(file.read_row_group(group, columns=list(columns), use_threads=False).take(here))
            first = end
        return pa.concat_tables(found)


@contextmanager
def _opened(path: Path, name: str, key: bytes) -> Iterator[Any]:
    import pyarrow as pa
    import pyarrow.parquet as pq
    from pyarrow.parquet import encryption as pe

    factory, connection = _factory(key, name)
    try:
        properties = factory.file_decryption_properties(connection, pe.DecryptionConfiguration())
        with pq.ParquetFile(path, decryption_properties=properties, memory_map=False) as file:
            yield file
    except (OSError, pa.ArrowException, InvalidTag, ValueError):
        raise TrustError(
            "vault.table",
            f"the table {name} was altered, swapped or cut short",
            "restore the folder from a backup, or load the records again",
        ) from None


def _factory(key: bytes, name: str) -> tuple[Any, Any]:
    from pyarrow.parquet import encryption as pe

    class _KeyService(pe.KmsClient):  # type: ignore[misc]  # pyarrow has no types
        def wrap_key(self, key_bytes: bytes, master_key_identifier: str) -> str:
            nonce = os.urandom(_NONCE_BYTES)
            bound = f"{master_key_identifier}:{name}".encode()
            return base64.b64encode(nonce + AESGCM(key).encrypt(nonce, key_bytes, bound)).decode()

        def unwrap_key(self, wrapped_key: str, master_key_identifier: str) -> bytes:
            box = base64.b64decode(wrapped_key)
            bound = f"{master_key_identifier}:{name}".encode()
            return AESGCM(key).decrypt(box[:_NONCE_BYTES], box[_NONCE_BYTES:], bound)

    return pe.CryptoFactory(lambda _config: _KeyService()), pe.KmsConnectionConfig()
