"""What a desk folder keeps for the arrangement: the party's keys, its officers' keys, and the accord it works under.

Invariants: secret keys exist in the folder only sealed; an officer's key may need a passphrase of its own on top, so
that whoever opens the desk cannot approve; the accord is verified again each time it is read.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from accord.arrangement.document import read_card, read_document
from accord.arrangement.model import Accord, Contact, Officer, Party
from accord.arrangement.signatures import verified
from accord.arrangement.statement import Signer
from accord.errors import InputError, TrustError, UsageError
from accord.ledger import DecryptKey, Envelope, SigningKey
from accord.vault import STRONG, Cost, Folder, unwrap, wrap

CARD = "party.toml"
_SIGN, _DECRYPT, _OFFICERS, _ACCORD, _PARTY = "keys/sign", "keys/decrypt", "keys/officers/", "arrangement", "party"
_KEY_BYTES = 32  # an Ed25519 seed as it is


@dataclass(frozen=True, slots=True)
class NewParty:
    """What a new desk is told about its party; `officers` pairs a name with roles."""

    id: str
    name: str
    contact: Contact
    officers: Sequence[tuple[str, tuple[str, ...]]] = (("analyst", ("request",)), ("approver", ("approve",)))
    handling: str = "tlp"


@dataclass(frozen=True, slots=True)
class DeskKeys:
    """The party's own secret keys, in memory."""

    party: str
    sign: SigningKey
    decrypt: DecryptKey


def create_desk(
    path: Path, passphrase: str, party: NewParty, *, officer_passphrase: str = "", cost: Cost = STRONG
) -> Folder:
    """Make a desk folder with new keys and its public card `party.toml`.

    With `officer_passphrase`, the keys of officers who may approve need it on top of the desk's own. Raises as
    `Folder.create` does.
    """

    def fill(folder: Folder) -> None:
        sign, decrypt = SigningKey.generate(), DecryptKey.generate()
        folder.seal(_PARTY, party.id.encode())
        folder.seal(_SIGN, sign.to_bytes())
        folder.seal(_DECRYPT, decrypt.to_bytes())
        officers = []
        for name, roles in party.officers:
            key = SigningKey.generate()
            secret = key.to_bytes()
            if officer_passphrase and "approve" in roles:
                secret = wrap(secret, officer_passphrase, cost)
            folder.seal(f"{_OFFICERS}{name}", secret)
            officers.append(Officer(name, key.verify_key, roles))
        card = Party(
            party.id, party.name, party.contact, sign.verify_key, decrypt.recipient, tuple(officers), (), party.handling
        )
        (folder.path / CARD).write_text(card_text(card), encoding="utf-8")

    return Folder.create(path, passphrase, cost=cost, fill=fill)


def card(folder: Folder) -> Party:
    """The desk's public card. Raises `TrustError` `desk.card` when its signing key is not the desk's own."""
    found = read_card(folder.path / CARD)
    own = keys(folder)
    if (found.id, found.sign, found.decrypt) != (own.party, own.sign.verify_key, own.decrypt.recipient):
        raise TrustError("desk.card", "party.toml does not fit the keys of this desk", "restore it from a backup")
    return found


def keys(folder: Folder) -> DeskKeys:
    """The party's secret keys."""
    return DeskKeys(
        folder.unseal(_PARTY).decode(),
        SigningKey.from_bytes(folder.unseal(_SIGN)),
        DecryptKey.from_bytes(folder.unseal(_DECRYPT)),
    )


def officers(folder: Folder) -> list[str]:
    """The names of the officers whose keys this desk keeps."""
    return [name.removeprefix(_OFFICERS) for name in folder.sealed_names(_OFFICERS)]


def signer(folder: Folder, name: str, officer_passphrase: str = "") -> Signer:
    """An officer of this desk, ready to sign.

    Raises `UsageError` `desk.officer` when the desk keeps no such key, `InputError` `desk.officer-passphrase` when the
    key needs a passphrase and none is given, `TrustError` when it is the wrong one.
    """
    if name not in officers(folder):
        raise UsageError(
            "desk.officer",
            f"this desk keeps no key for an officer «{name}»",
            f"use one of: {', '.join(officers(folder))}",
        )
    secret = folder.unseal(f"{_OFFICERS}{name}")
    if len(secret) != _KEY_BYTES:  # a key of its own length, or a document that wraps one
        if not officer_passphrase:
            raise InputError(
                "desk.officer-passphrase",
                f"the key of {name} needs its own passphrase",
                "set ACCORD_OFFICER_PASSPHRASE, or let that officer run the command",
            )
        secret = unwrap(secret, officer_passphrase)
    return Signer(folder.unseal(_PARTY).decode(), name, SigningKey.from_bytes(secret))


def adopt(folder: Folder, text: str, signatures: bytes) -> Accord:
    """Let this desk work under the accord from now on.

    Raises `TrustError` when a signature is missing or broken (as `verified`), when the document names another key for
    this party (`arrangement.own-key`), or when it does not continue the accord in force (`arrangement.chain`).
    """
    accord = verified(read_document(text), Envelope.from_bytes(signatures))
    own = keys(folder)
    party = accord.party(own.party)
    if (party.sign, party.decrypt) != (own.sign.verify_key, own.decrypt.recipient):
        raise TrustError(
            "arrangement.own-key",
            f"the accord names keys for {own.party} that this desk does not hold",
            "adopt it at the desk that signed it",
        )
    with folder.lock():
        if folder.sealed(_ACCORD):
            _continues(accord, adopted(folder))
        kept = json.dumps({"text": text, "signatures": Envelope.from_bytes(signatures).to_dict()})
        folder.seal(_ACCORD, kept.encode())
    return accord


def adopted(folder: Folder) -> Accord:
    """The accord that this desk works under. Raises `UsageError` `arrangement.none` when there is none yet."""
    if not folder.sealed(_ACCORD):
        raise UsageError(
            "arrangement.none",
            "this desk works under no accord yet",
            "run `accord arrangement adopt accord.toml` when every party has signed",
        )
    kept = json.loads(folder.unseal(_ACCORD))
    return verified(read_document(kept["text"]), Envelope.from_dict(kept["signatures"]))


def _continues(new: Accord, old: Accord) -> None:
    if new.digest == old.digest:
        return
    if new.version <= old.version or new.previous != old.digest:
        raise TrustError(
            "arrangement.chain",
            f"this accord does not continue version {old.version}, under which the desk works",
            f'give it version = {old.version + 1} and previous = "{old.digest}", then let every party sign',
        )


def card_text(party: Party) -> str:
    """A party's public card as TOML."""
    from accord.arrangement.draft import in_comment, quote, word_list

    lines = [
        f"# Public card of {in_comment(party.name)}: give it to your partners. It holds no secret.",
        f"id = {quote(party.id)}",
        f"name = {quote(party.name)}",
        f"handling = {quote(party.handling)}",
        f"contact = {{ name = {quote(party.contact.name)}, email = {quote(party.contact.email)}, "
        f"phone = {quote(party.contact.phone)} }}",
        f"sign = {quote(str(party.sign))}",
        f"decrypt = {quote(str(party.decrypt))}",
    ]
    for officer in party.officers:
        lines += ["", "[[officer]]", f"name = {quote(officer.name)}", f"roles = {word_list(officer.roles)}"]
        lines += [f"key = {quote(str(officer.key))}"]
    return "\n".join(lines) + "\n"
