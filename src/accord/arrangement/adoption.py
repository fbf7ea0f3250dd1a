"""Under which version a desk works: the first, its amendments, and what follows when a party leaves.

Invariants: a version is adopted when every party it names has signed it and it continues the one in force by number and
digest, so that nobody can bring an older one back; a party that is no longer named has signed its own leaving; a party
whose key changes has said so with the key it had before, or a person at this desk has compared the new one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace

from accord.arrangement._kept import Kept, Version, load_kept, save_kept
from accord.arrangement._renewal import pending, promote
from accord.arrangement.desk import keys
from accord.arrangement.document import read_document
from accord.arrangement.model import Accord, Party
from accord.arrangement.signatures import PAYLOAD_TYPE, add_signature, verified
from accord.arrangement.withdrawal import Withdrawal, read_withdrawal, withdraw
from accord.errors import TrustError
from accord.ledger import Envelope, VerifyKey
from accord.vault import Folder


def adopt(
    folder: Folder,
    text: str,
    signatures: bytes,
    accept_keys: Collection[str] = (),
    note: Callable[[Accord], object] | None = None,
) -> Accord:
    """Let this desk work under the accord from now on.

    `accept_keys`: parties whose new key a person has compared with them by telephone. `note` is called when all is
    found to be in order, before anything changes: the log is written there, so that nothing happens unlogged.

    Raises `TrustError` when a signature is missing or broken (as `verified`), when the document names another key for
    this party (`arrangement.own-key`), when it does not continue the accord in force (`arrangement.chain`), or when a
    partner's key changed and nobody vouches for that (`arrangement.new-key`).
    """
    signed = Envelope.from_bytes(signatures)
    accord = verified(read_document(text), signed)
    with folder.lock():
        _holds(folder, accord)
        kept = load_kept(folder)
        if kept.versions:
            old = kept.accord()
            if accord.digest == old.digest:
                promote(folder, accord)
                return old
            over = _over(old, keys(folder).party)
            if not over or (accord.previous and keys(folder).party not in old.withdrawn):
                continues(accord, old)
                _nobody_expelled(accord, old)
                _vouched(accord, old, signed, {*accept_keys, keys(folder).party})
                named = {party.id for party in accord.parties}
                stay = [n for n, one in zip(kept.notices, kept.withdrawals(old), strict=True) if one.party in named]
                kept = Kept(kept.versions, tuple(stay))
            else:
                kept = Kept(kept.versions)  # the old accord binds nobody here any more: another may begin
        if note is not None:
            note(accord)
        save_kept(folder, Kept((*kept.versions, Version(text, signed)), kept.notices))
        promote(folder, accord)
    return adopted(folder)


def conclude(folders: Sequence[Folder], text: str) -> Accord:
    """Sign a document with the keys of all these desks and adopt it at each: for parties that sit at one machine.

    Elsewhere each party signs at its own desk, and carries the signatures on. Raises as `add_signature` and `adopt`.
    """
    document, signed = read_document(text), None
    for folder in folders:
        own = keys(folder)
        signed = add_signature(document, signed, own.party, own.sign)
    for folder in folders:
        adopt(folder, text, signed.to_bytes() if signed else b"")
    return document.accord


def adopted(folder: Folder) -> Accord:
    """The accord that this desk works under, with those who left. Raises `UsageError` `arrangement.none`."""
    return load_kept(folder).accord()


def versions(folder: Folder) -> list[Accord]:
    """Every version that this desk has adopted, oldest first."""
    return [version.accord() for version in load_kept(folder).versions]


def former_keys(folder: Folder, party: str) -> list[VerifyKey]:
    """The signing keys that a party had under the versions of this desk, newest first, each once."""
    found = [one.sign for accord in reversed(versions(folder)) for one in accord.parties if one.id == party]
    return list(dict.fromkeys(found))


def leave(folder: Folder, now: dt.datetime, reason: str, note: Callable[[Accord], object] | None = None) -> Envelope:
    """Withdraw this desk's party, at once; returns the notice to carry to the others, the same if it left before.

    `note` is called before anything changes, as in `adopt`. Raises `UsageError` `arrangement.none`.
    """
    own = keys(folder)
    with folder.lock():
        kept = load_kept(folder)
        accord = kept.accord()
        for notice, one in zip(kept.notices, kept.withdrawals(accord), strict=True):
            if one.party == own.party:
                return notice
        notice = withdraw(own.party, accord.digest, own.sign, now, reason)
        if note is not None:
            note(accord)
        save_kept(folder, replace(kept, notices=(*kept.notices, notice)))
    return notice


def take_notice(folder: Folder, notice: Envelope, note: Callable[[Withdrawal], object] | None = None) -> Withdrawal:
    """Take note that a partner left: from now on nothing goes to it or comes from it.

    `note` is called before anything changes, as in `adopt`. Raises as `read_withdrawal`.
    """
    with folder.lock():
        kept = load_kept(folder)
        accord = kept.accord()
        found = read_withdrawal(notice, accord, kept.accords())
        if found.party not in accord.withdrawn:
            if note is not None:
                note(found)
            save_kept(folder, replace(kept, notices=(*kept.notices, notice)))
    return found


def outdated(folder: Folder, digest: str) -> TrustError:
    """Why a message that names the version `digest` is not taken: it was replaced, or this desk does not know it."""
    known = versions(folder)
    now = known[-1]
    for accord in known[:-1]:
        if accord.digest == digest:
            return TrustError(
                "message.outdated",
                f"this message was written under version {accord.version}, which version {now.version} has replaced",
                f"let the partner adopt version {now.version}, then send again",
            )
    return TrustError(
        "message.accord",
        "this message was written under another version of the accord, which this desk has not adopted",
        "see that both desks have adopted the same version, then let the partner send again",
    )


def _holds(folder: Folder, accord: Accord) -> None:
    """This desk has the secret half of every key that the accord names for its party, or is about to."""
    own, ready = keys(folder), pending(folder)
    party = accord.party(own.party)
    held = [(own.sign.verify_key, own.decrypt.recipient)]
    if ready and ready.sign and ready.decrypt:
        held.append((ready.sign, ready.decrypt))
    if (party.sign, party.decrypt) not in held:
        raise TrustError(
            "arrangement.own-key",
            f"the accord names keys for {own.party} that this desk does not hold",
            "adopt it at the desk that signed it",
        )


def _over(old: Accord, own: str) -> bool:
    """Whether the accord in force binds nobody here any more: this party left, or all others did."""
    return own in old.withdrawn or all(party.id in old.withdrawn for party in old.parties if party.id != own)


def continues(new: Accord, old: Accord) -> None:
    """Return when `new` is the version after `old`; raise `TrustError` `arrangement.chain` when it is not."""
    if new.version != old.version + 1 or new.previous != old.digest:
        raise TrustError(
            "arrangement.chain",
            f"this accord does not continue version {old.version}, under which the desk works",
            f'give it version = {old.version + 1} and previous = "{old.digest}", then let every party sign',
        )


def _nobody_expelled(new: Accord, old: Accord) -> None:
    named = {party.id for party in new.parties}
    if expelled := sorted({party.id for party in old.parties} - named - set(old.withdrawn)):
        raise TrustError(
            "arrangement.expelled",
            f"this version leaves out {', '.join(expelled)}, who neither signed it nor withdrew",
            "keep it in, or take note of its withdrawal first (`accord arrangement notice FILE`)",
        )
    if returned := sorted(named & set(old.withdrawn)):
        raise TrustError(
            "arrangement.returned",
            f"{', '.join(returned)} has withdrawn and is still named",
            "leave it out of the next version; it may accede by a later one",
        )


def _vouched(new: Accord, old: Accord, signed: Envelope, accepted: Collection[str]) -> None:
    """A partner's new signing key is vouched for by its former key, or by a person at this desk who compared it."""
    for party in new.parties:
        before = next((one for one in old.parties if one.id == party.id), None)
        if before is None or before.sign == party.sign or party.id in accepted or _signed_by(signed, before):
            continue
        raise TrustError(
            "arrangement.new-key",
            f"{party.id} has a new key, {party.sign.id}, and its former key does not vouch for it",
            f"compare the new key with {party.id} by telephone, then adopt with --new-key {party.id}",
        )


def _signed_by(signed: Envelope, party: Party) -> bool:
    try:
        signed.open(PAYLOAD_TYPE, party.sign)
    except TrustError:
        return False
    return True
