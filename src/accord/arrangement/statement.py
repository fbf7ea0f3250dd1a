"""What officers sign about one request: the demand, the identity comparison, the assessment, the consent, the approval.

Invariants: a statement names the accord and the request it is about by their digests, so it fits no other; `read`
takes the signer's key from the accord and from nowhere else, so that editing a database gains nothing; an officer
whose key is not valid, or who lacks the role, has said nothing.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from accord.arrangement.model import Accord
from accord.arrangement.request import Request
from accord.errors import InputError, TrustError
from accord.ledger import Envelope, SigningKey, VerifyKey, canonical

QUESTIONS = ("political", "military", "religious", "racial")  # character of the case (rule 8), each answered yes or no
VERDICTS = ("same", "not-same", "unsure")
_CLOCK_SKEW = dt.timedelta(minutes=10)


class Kind(StrEnum):
    """What a statement is."""

    DEMAND = "demand"  # «I ask for these fields, for this purpose»: an officer with the role `request`
    IDENTITY = "identity"  # «this is the same person or thing»: an officer of the owner
    ASSESSMENT = "assessment"  # «the case has no political, military, religious or racial character»
    CONSENT = "consent"  # «the body that owns the record agrees»
    APPROVAL = "approval"  # «I approve exactly this»: an officer of the owner with the role `approve`

    @property
    def payload_type(self) -> str:
        """The DSSE payload type."""
        return f"application/vnd.accord.{self.value}+json"


@dataclass(frozen=True, slots=True)
class Signer:
    """A person about to sign: `party` and `officer` as the accord names them, and the secret key."""

    party: str
    officer: str
    key: SigningKey

    @property
    def id(self) -> str:
        """`party/officer`."""
        return f"{self.party}/{self.officer}"


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement whose signature was checked. `signer` is `party/officer`, or the id of a third body."""

    kind: Kind
    signer: str
    key: VerifyKey
    roles: tuple[str, ...]
    about: str
    at: dt.datetime
    says: Mapping[str, str]


def demand(request: Request, accord: Accord, signer: Signer, at: dt.datetime) -> Envelope:
    """Ask for what the request says."""
    return _sign(Kind.DEMAND, request.wish, accord, signer, at, {})


def identify(request: Request, accord: Accord, signer: Signer, at: dt.datetime, verdict: str) -> Envelope:
    """Say whether the two records are the same thing: `same`, `not-same` or `unsure`."""
    if verdict not in VERDICTS:
        raise InputError("arrangement.verdict", f"«{verdict}» is no verdict", f"use one of: {', '.join(VERDICTS)}")
    return _sign(Kind.IDENTITY, request.wish, accord, signer, at, {"verdict": verdict})


def assess(request: Request, accord: Accord, signer: Signer, at: dt.datetime, answers: Mapping[str, str]) -> Envelope:
    """Answer for each of `QUESTIONS` whether the case has that character: `yes` or `no`."""
    if set(answers) != set(QUESTIONS) or not set(answers.values()) <= {"yes", "no"}:
        raise InputError(
            "arrangement.assessment",
            "the assessment is not complete",
            f"answer yes or no for each of: {', '.join(QUESTIONS)}",
        )
    return _sign(Kind.ASSESSMENT, request.wish, accord, signer, at, dict(answers))


@dataclass(frozen=True, slots=True)
class Agreement:
    """That the body `of` agrees; `reference` names the document in which it does; `until` ends what it agrees to."""

    of: str
    reference: str
    until: dt.date | None = None


def consent(request: Request, accord: Accord, signer: Signer, at: dt.datetime, given: Agreement) -> Envelope:
    """Record that a body agrees.

    A party or a third body with a key in the accord signs itself; for another body an approver of the owner records it.
    """
    says = {"of": given.of, "reference": given.reference}
    says |= {"until": given.until.isoformat()} if given.until else {}
    return _sign(Kind.CONSENT, request.wish, accord, signer, at, says)


def approve(request: Request, accord: Accord, signer: Signer, at: dt.datetime) -> Envelope:
    """Approve exactly this request under exactly these terms."""
    return _sign(Kind.APPROVAL, request.digest, accord, signer, at, {})


def read(envelope: Envelope, accord: Accord, now: dt.datetime) -> Statement:
    """Check a statement against the accord.

    Raises `TrustError`: `statement.form`, `statement.accord` (made under another version), `statement.signer` (no
    officer of the accord, or a key that is not valid), `statement.time`, or what the signature check raises.
    """
    try:
        kind = next(kind for kind in Kind if kind.payload_type == envelope.payload_type)
        claim = json.loads(envelope.payload)
        signer, about, says = claim["signer"], claim["about"], claim["says"]
        at = dt.datetime.fromisoformat(claim["at"])
        if at.tzinfo is None or not all(isinstance(text, str) for text in (signer, about, *says, *says.values())):
            raise ValueError
    except (StopIteration, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise TrustError("statement.form", "this is no statement that Accord knows", "ask for it again") from None
    if at > now + _CLOCK_SKEW:
        raise TrustError("statement.time", "a statement is dated in the future", "check both clocks, then sign again")
    key, roles = _authority(signer, accord, at, now)
    envelope.open(kind.payload_type, key)
    if claim.get("accord") != accord.digest:
        raise TrustError(
            "statement.accord",
            "a statement was made under another version of the accord",
            "sign it again under the accord in force",
        )
    return Statement(kind, signer, key, roles, about, at, says)


def _authority(signer: str, accord: Accord, at: dt.datetime, now: dt.datetime) -> tuple[VerifyKey, tuple[str, ...]]:
    identity, _, name = signer.partition("/")
    for body in accord.third_bodies:
        if body.id == signer and body.key is not None:
            return body.key, ("consent",)
    for party in accord.parties:
        officer = party.officer(name) if party.id == identity else None
        if officer is not None and officer.valid_on(at.astimezone(dt.UTC).date()) and officer.valid_on(now.date()):
            return officer.key, officer.roles
    raise TrustError(
        "statement.signer",
        "a statement is signed by nobody whom the accord names, or by a key that is no longer valid",
        "have it signed by an officer of the accord",
    )


def _sign(kind: Kind, about: str, accord: Accord, signer: Signer, at: dt.datetime, says: Mapping[str, str]) -> Envelope:
    claim = {
        "accord": accord.digest,
        "about": about,
        "signer": signer.id if signer.officer else signer.party,
        "at": at.astimezone(dt.UTC).isoformat(timespec="seconds"),
        "says": dict(says),
    }
    return Envelope.sign(kind.payload_type, canonical(claim), signer.key)
