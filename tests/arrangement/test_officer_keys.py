"""The keys of officers in a desk folder."""

from __future__ import annotations

from pathlib import Path

from accord.arrangement import NewParty, create_desk, officers, signer
from accord.arrangement.model import Contact
from accord.ledger import SigningKey
from accord.vault import TESTS


def test_a_key_that_begins_like_a_document_is_still_a_key(tmp_path: Path) -> None:
    folder = create_desk(tmp_path / "desk", "pass", NewParty("unite", "UN office", Contact("Liaison")), cost=TESTS)
    name = officers(folder)[0]
    odd = SigningKey.from_bytes(b"{" + bytes(31))  # one key in 256 begins like this
    sealed = next(entry for entry in folder.sealed_names() if entry.endswith(f"/{name}"))
    folder.seal(sealed, odd.to_bytes())
    assert signer(folder, name).key.verify_key.id == odd.verify_key.id
