"""A party leaves: a notice that it signs with its own key, to be carried to the others.

Invariants: a notice names the version it leaves by its digest, so that it fits no other accord; it is checked with the
key that the accord in force names for the party; leaving needs nobody's agreement, and nothing but an amendment that
every party signs takes it back.

>>> from accord.ledger import SigningKey
>>> key = SigningKey.from_bytes(bytes(32))
>>> import datetime
>>> notice = withdraw("unit-a", "0" * 64, key, datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC), "mandate ended")
>>> notice.payload_type
'application/vnd.accord.withdrawal+json'
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass

from accord.arrangement.model import Accord
from accord.errors import InputError, TrustError
from accord.ledger import Envelope, SigningKey, canonical

PAYLOAD_TYPE = "application/vnd.accord.withdrawal+json"
_LONGEST_REASON = 500  # letters


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """A checked notice: who left, which version (its digest), when, and why in the party's words."""

    party: str
    accord: str
    at: dt.datetime
    reason: str


def withdraw(party: str, accord: str, key: SigningKey, at: dt.datetime, reason: str) -> Envelope:
    """The signed notice that `party` leaves the version with digest `accord`. Raises `InputError` for the reason."""
    if len(reason) > _LONGEST_REASON or not reason.isprintable():
        raise InputError("arrangement.reason", "the reason is too long or not printable", "say it in a short sentence")
    stamp = at.astimezone(dt.UTC).isoformat(timespec="seconds")
    claim = {"party": party, "accord": accord, "at": stamp, "reason": reason}
    return Envelope.sign(PAYLOAD_TYPE, canonical(claim), key)


def read_withdrawal(notice: Envelope, accord: Accord, chain: Sequence[Accord]) -> Withdrawal:
    """Check a notice against the accord in force and the versions that this desk adopted, oldest first.

    It must leave a version since which the party was named without a break: an old notice does not end a new accession.

    Raises `TrustError`: `withdrawal.form`, `withdrawal.party` (no party of the accord), `withdrawal.accord` (it leaves
    another accord, or a version that this desk does not know), or what the signature check raises.
    """
    try:
        claim = json.loads(notice.payload)
        found = Withdrawal(claim["party"], claim["accord"], dt.datetime.fromisoformat(claim["at"]), claim["reason"])
        if found.at.tzinfo is None or not all(isinstance(each, str) for each in (found.party, found.reason)):
            raise ValueError
        if len(found.reason) > _LONGEST_REASON or not found.reason.isprintable():
            raise ValueError
    except (ValueError, KeyError, TypeError, RecursionError):
        raise TrustError("withdrawal.form", "this is no notice of withdrawal", "ask the party for it again") from None
    party = next((one for one in accord.parties if one.id == found.party), None)
    if party is None:
        raise TrustError(
            "withdrawal.party", "this notice is of nobody whom the accord names as a party", "nothing changes"
        )
    notice.open(PAYLOAD_TYPE, party.sign)
    if found.accord not in _since_accession(chain, found.party):
        raise TrustError(
            "withdrawal.accord",
            f"{found.party} leaves another accord, or a version that this desk has not adopted",
            "adopt that version first, or ask for a notice that names the version in force",
        )
    return found


def _since_accession(chain: Sequence[Accord], party: str) -> list[str]:
    """The digests of the versions that name the party, back from the last one, as far as they follow each other."""
    found: list[str] = []
    linked = ""
    for accord in reversed(chain):
        if party not in {one.id for one in accord.parties} or (found and accord.digest != linked):
            break
        found.append(accord.digest)
        linked = accord.previous
    return found
