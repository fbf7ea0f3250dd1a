"""How a desk keeps the chain of versions it has adopted, and the notices of those who left: one sealed file.

Invariants: the file changes as a whole or not at all; every version and every notice in it is verified again when
what was read is not what was verified before; versions stand oldest first, each naming the digest of the one before.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from functools import lru_cache

from accord.arrangement.document import read_document
from accord.arrangement.model import Accord
from accord.arrangement.signatures import verified
from accord.arrangement.withdrawal import Withdrawal, read_withdrawal
from accord.errors import UsageError
from accord.ledger import Envelope
from accord.vault import Folder

_NAME = "arrangement"


@dataclass(frozen=True, slots=True)
class Version:
    """One signed version, as it was adopted: the text and the parties' signatures."""

    text: str
    signatures: Envelope

    def accord(self) -> Accord:
        """The accord in it. Raises `TrustError` when a signature does not hold."""
        return verified(read_document(self.text, bounded=False), self.signatures)


@dataclass(frozen=True, slots=True)
class Kept:
    """What the desk keeps: the versions, oldest first, and the notices of withdrawal as they were signed."""

    versions: tuple[Version, ...] = ()
    notices: tuple[Envelope, ...] = ()

    def accord(self) -> Accord:
        """The version in force, with those who left. Raises `UsageError` `arrangement.none` when there is none yet."""
        if not self.versions:
            raise UsageError(
                "arrangement.none",
                "this desk works under no accord yet",
                "run `accord arrangement adopt accord.toml` when every party has signed",
            )
        return _in_force(self)

    def withdrawals(self, accord: Accord) -> list[Withdrawal]:
        """The notices, each checked against the key of its party."""
        chain = self.accords()
        return [read_withdrawal(notice, accord, chain) for notice in self.notices]

    def accords(self) -> list[Accord]:
        """The versions as data, oldest first, their signatures not checked."""
        return [read_document(version.text, bounded=False).accord for version in self.versions]


@lru_cache(maxsize=8)
def _in_force(kept: Kept) -> Accord:
    """What a desk of many people asks for with every page; the same bytes verify the same."""
    accord = kept.versions[-1].accord()
    gone = kept.withdrawals(accord)
    return replace(accord, withdrawn={one.party: one.at for one in gone}) if gone else accord


def load_kept(folder: Folder) -> Kept:
    """What the desk keeps; nothing when it has adopted nothing yet."""
    if not folder.sealed(_NAME):
        return Kept()
    data = json.loads(folder.unseal(_NAME))
    versions = tuple(Version(each["text"], Envelope.from_dict(each["signatures"])) for each in data["versions"])
    return Kept(versions, tuple(Envelope.from_dict(each) for each in data["withdrawals"]))


def save_kept(folder: Folder, kept: Kept) -> None:
    """Keep it, in the place of what was kept before."""
    versions = [{"text": each.text, "signatures": each.signatures.to_dict()} for each in kept.versions]
    data = {"versions": versions, "withdrawals": [notice.to_dict() for notice in kept.notices]}
    folder.seal(_NAME, json.dumps(data).encode())
