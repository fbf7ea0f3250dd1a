"""What a desk folder keeps of its party: its own keys, its officers' keys, and its public card.

Invariants: secret keys exist in the folder only sealed; an officer's key may need a passphrase of its own on top, so
that whoever opens the desk cannot approve; new keys change nothing until a version of the accord names them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from accord.arrangement import _renewal
from accord.arrangement._kept import load_kept
from accord.arrangement._renewal import DECRYPT, OFFICERS, PARTY, SIGN
from accord.arrangement.document import read_card
from accord.arrangement.model import Contact, Officer, Party
from accord.arrangement.statement import Signer
from accord.errors import InputError, TrustError, UsageError
from accord.ledger import DecryptKey, SigningKey, VerifyKey
from accord.vault import STRONG, Cost, Folder, unwrap, wrap, write_file

CARD = "party.toml"
Own = str | Mapping[str, str]  # one passphrase for every approver, or one by the officer's name
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
    path: Path, passphrase: str, party: NewParty, *, officer_passphrase: Own = "", cost: Cost = STRONG, state: str = ""
) -> Folder:
    """Make a desk folder with new keys and its public card `party.toml`.

    With `officer_passphrase` (one, or one by name), the keys of officers who may approve need it on top of the desk's
    own. `state`: the URL of a PostgreSQL database, as `Folder.create` takes it; raises as that does.
    """

    def fill(folder: Folder) -> None:
        sign, decrypt = SigningKey.generate(), DecryptKey.generate()
        folder.seal(PARTY, party.id.encode())
        folder.seal(SIGN, sign.to_bytes())
        folder.seal(DECRYPT, decrypt.to_bytes())
        officers = []
        for name, roles in party.officers:
            key = SigningKey.generate()
            folder.seal(f"{OFFICERS}{name}", _protected(key, name, roles, officer_passphrase, cost))
            officers.append(Officer(name, key.verify_key, roles))
        card = Party(
            party.id, party.name, party.contact, sign.verify_key, decrypt.recipient, tuple(officers), (), party.handling
        )
        (folder.path / CARD).write_text(card_text(card), encoding="utf-8")

    return Folder.create(path, passphrase, cost=cost, fill=fill, state=state)


def card(folder: Folder) -> Party:
    """The desk's public card, with the keys made ready for the next version when there are any.

    Raises `TrustError` `desk.card` when its keys are not the desk's own.
    """
    found = read_card(folder.path / CARD)
    own, ready = keys(folder), _renewal.pending(folder)
    sign = (ready and ready.sign) or own.sign.verify_key
    decrypt = (ready and ready.decrypt) or own.decrypt.recipient
    if (found.id, found.sign, found.decrypt) != (own.party, sign, decrypt):
        raise TrustError("desk.card", "party.toml does not fit the keys of this desk", "restore it from a backup")
    return found


def keys(folder: Folder) -> DeskKeys:
    """The party's secret keys."""
    if folder.sealed(_renewal.NAME) and (kept := load_kept(folder)).versions:
        _renewal.promote(folder, kept.accord())  # finishes what a kill during an adoption left
    return DeskKeys(
        folder.unseal(PARTY).decode(),
        SigningKey.from_bytes(folder.unseal(SIGN)),
        DecryptKey.from_bytes(folder.unseal(DECRYPT)),
    )


def signing_keys(folder: Folder, party: Party) -> list[SigningKey]:
    """The keys with which this desk signs a document that names `party`: its own, and a new one that it names."""
    ready, own = _renewal.pending(folder), keys(folder).sign
    new = ready.signing_key() if ready else None
    return [own, new] if new is not None and new.verify_key == party.sign else [own]


def renew(
    folder: Folder,
    officers: Sequence[tuple[str, tuple[str, ...]]] = (),
    *,
    officer_passphrase: Own = "",
    cost: Cost = STRONG,
) -> Party:
    """Make new keys ready, for the party itself or (when any are given) for these officers; returns the new card.

    An officer is a name with roles; without roles they keep those of the card. The card is rewritten; the keys are used
    once a version of the accord names them. Raises `UsageError` `desk.officer` for a new officer without roles.
    """
    found = card(folder)
    if not officers:
        sign, decrypt = SigningKey.generate(), DecryptKey.generate()
        _renewal.prepare(folder, {SIGN: sign.to_bytes(), DECRYPT: decrypt.to_bytes()}, {})
        found = replace(found, sign=sign.verify_key, decrypt=decrypt.recipient)
    for name, given in officers:
        before = found.officer(name)
        roles = given or (before.roles if before else ())
        if not roles:
            raise UsageError("desk.officer", f"«{name}» is no officer of this desk yet", f"give {name}:ROLE")
        key = SigningKey.generate()
        secret = _protected(key, name, roles, officer_passphrase, cost)
        _renewal.prepare(folder, {f"{OFFICERS}{name}": secret}, {name: key.verify_key})
        others = [one for one in found.officers if one.name != name]
        found = replace(found, officers=(*others, Officer(name, key.verify_key, roles)))
    write_file(folder.path / CARD, card_text(found).encode())
    return found


def protect(folder: Folder, name: str, old: str, new: str, *, cost: Cost = STRONG) -> VerifyKey:
    """Put an officer's key under a passphrase of its own (`new`), known to that officer only; returns its public half.

    `old`: the one it has now, if any. Raises as `signer` does, and `InputError` `vault.passphrase` for an empty one.
    """
    with folder.lock():
        key = signer(folder, name, old).key
        folder.seal(f"{OFFICERS}{name}", wrap(key.to_bytes(), new, cost))
    return key.verify_key


def protected(folder: Folder, name: str) -> bool:
    """Whether an officer's key needs a passphrase of its own."""
    return len(_secret(folder, name)) != _KEY_BYTES


def officers(folder: Folder) -> list[str]:
    """The names of the officers whose keys this desk keeps."""
    return [name.removeprefix(OFFICERS) for name in folder.sealed_names(OFFICERS)]


def signer(folder: Folder, name: str, officer_passphrase: str = "") -> Signer:
    """An officer of this desk, ready to sign.

    Raises `UsageError` `desk.officer` when the desk keeps no such key, `InputError` `desk.officer-passphrase` when the
    key needs a passphrase and none is given, `TrustError` when it is the wrong one.
    """
    secret = _secret(folder, name)
    if len(secret) != _KEY_BYTES:  # a key of its own length, or a document that wraps one
        if not officer_passphrase:
            raise InputError(
                "desk.officer-passphrase",
                f"the key of {name} needs its own passphrase",
                "let that officer run the command on a terminal, or set ACCORD_OFFICER_PASSPHRASE",
            )
        secret = unwrap(secret, officer_passphrase)
    return Signer(folder.unseal(PARTY).decode(), name, SigningKey.from_bytes(secret))


def _secret(folder: Folder, name: str) -> bytes:
    if name not in officers(folder):
        known = ", ".join(officers(folder))
        raise UsageError("desk.officer", f"this desk keeps no key for an officer «{name}»", f"use one of: {known}")
    return folder.unseal(f"{OFFICERS}{name}")


def _protected(key: SigningKey, name: str, roles: Sequence[str], own: Own, cost: Cost) -> bytes:
    """The secret of an officer as it is sealed: wrapped once more for who may approve, when there is a passphrase."""
    secret, passphrase = key.to_bytes(), own if isinstance(own, str) else own.get(name, "")
    return wrap(secret, passphrase, cost) if passphrase and "approve" in roles else secret


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
