"""New keys of a desk, made ready beside the ones in use until a version of the accord names them.

Invariants: new keys are used for nothing but the signature on the version that names them; when that version is
adopted they take the place of the old ones, whose secret halves are destroyed; a kill between leaves either all old
keys in use or all new ones.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from accord.arrangement.model import Accord
from accord.ledger import DecryptKey, Recipient, SigningKey, VerifyKey
from accord.vault import Folder

NAME = "keys/next"
SIGN, DECRYPT, OFFICERS, PARTY = "keys/sign", "keys/decrypt", "keys/officers/", "party"


@dataclass(frozen=True, slots=True)
class Pending:
    """What was made ready: public halves, and the secrets as they will be sealed, by the name of their place."""

    sign: VerifyKey | None
    decrypt: Recipient | None
    officers: Mapping[str, VerifyKey]
    secrets: Mapping[str, bytes] = field(repr=False)

    def signing_key(self) -> SigningKey | None:
        """The new signing key of the party."""
        return SigningKey.from_bytes(self.secrets[SIGN]) if SIGN in self.secrets else None

    def named_in(self, accord: Accord, party: str) -> bool:
        """Whether the accord names every one of these keys."""
        own = accord.party(party)
        listed = {officer.name: officer.key for officer in own.officers}
        return (
            self.sign in (None, own.sign)
            and self.decrypt in (None, own.decrypt)
            and all(listed.get(name) == key for name, key in self.officers.items())
        )


def pending(folder: Folder) -> Pending | None:
    """The keys that wait for a version that names them; None when there are none."""
    if not folder.sealed(NAME):
        return None
    data = json.loads(folder.unseal(NAME))
    secrets = {place: bytes.fromhex(secret) for place, secret in data["secrets"].items()}
    return Pending(
        SigningKey.from_bytes(secrets[SIGN]).verify_key if SIGN in secrets else None,
        DecryptKey.from_bytes(secrets[DECRYPT]).recipient if DECRYPT in secrets else None,
        {name: VerifyKey.parse(key) for name, key in data["officers"].items()},
        secrets,
    )


def prepare(folder: Folder, secrets: Mapping[str, bytes], officers: Mapping[str, VerifyKey]) -> None:
    """Make keys ready, in the place of others of the same name that were ready before."""
    with folder.lock():
        before = pending(folder)
        secrets = {**(before.secrets if before else {}), **secrets}
        officers = {**(before.officers if before else {}), **officers}
        data = {
            "secrets": {place: secret.hex() for place, secret in secrets.items()},
            "officers": {name: str(key) for name, key in officers.items()},
        }
        folder.seal(NAME, json.dumps(data).encode())


def promote(folder: Folder, accord: Accord) -> None:
    """Put the new keys in the place of the old ones when the accord in force names them. Repeating it does no harm."""
    ready = pending(folder)
    if ready is None or not ready.named_in(accord, folder.unseal(PARTY).decode()):
        return
    with folder.lock():
        for place, secret in ready.secrets.items():
            folder.seal(place, secret)
        folder.remove(NAME)
