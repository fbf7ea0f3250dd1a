"""The desk folder of one party, encrypted at rest: what a stolen laptop does not reveal.

Invariants: nothing that a party holds reaches the disk unencrypted, not even in a temporary file; a file is either
whole or absent after a kill at any moment; whatever was altered, swapped or cut short on the disk raises `TrustError`
and yields nothing. What it does not hide: file names, file sizes, times, and the public card `party.toml`.

>>> import tempfile, pathlib
>>> place = pathlib.Path(tempfile.mkdtemp()) / "desk"
>>> folder = Folder.create(place, "a long passphrase", cost=TESTS)
>>> folder.seal("notes", b"Amina Diallo")
>>> Folder.open(place, "a long passphrase").unseal("notes")
b'Amina Diallo'
"""

from accord.vault._files import write as write_file
from accord.vault._pages import Pages, PageWriter
from accord.vault._state import make_tables, open_cursor, put_rows
from accord.vault.folder import Folder
from accord.vault.passphrase import STRONG, TESTS, Cost, unwrap, wrap

__all__ = [
    "STRONG", "TESTS", "Cost", "Folder", "PageWriter", "Pages", "make_tables", "open_cursor", "put_rows", "unwrap",
    "wrap", "write_file",
]  # fmt: skip
