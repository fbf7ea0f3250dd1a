"""What the holder's people do with a request: compare by eye, then approve as a second person.

    requested --identify same--> compared --approve--> approved --release--> released
         \\--identify not-same--> declined       (unsure: stays, and nothing may be released)

Invariants: every statement is signed by an officer whose key the accord names and is bound to this one request, so the
receiver of a release checks all of them again; only whoever said something takes it back; a new verdict voids an
approval that rests on the old one; a verdict and an approval are about the own record as it was compared; what is
approved is not approved twice; two people who act at once cannot both have their way; fields are shown side by side
only while the request is undecided.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from accord.arrangement import Permit, Request, decide, require, statement
from accord.arrangement.statement import Kind
from accord.errors import InputError, TrustError
from accord.exchange.carrier import Step, settle
from accord.exchange.crosscheck import check_doubts
from accord.exchange.party import Party
from accord.exchange.request import (
    DECLINE,
    declined,
    full_request,
    hit_of,
    holder_wish,
    session_of,
    withheld,
    without_record,
)
from accord.exchange.sameness import as_compared, check_compared
from accord.exchange.state import UNDECIDED, Wish
from accord.ledger import Envelope, digest


@dataclass(frozen=True, slots=True)
class Comparison:
    """Both sides of a possible match, for a person to look at: the own record and the fields the asker showed.

    `seen`: what `identify` holds the verdict against, so that it is about the own record as it is here.
    """

    request: str
    party: str
    asked: tuple[str, ...]
    purpose: str
    ours: Mapping[str, list[str]]
    theirs: Mapping[str, list[str]]
    seen: str


@dataclass(frozen=True, slots=True)
class Consent:
    """That a body which owns the record agrees: its own signed envelope, or the document in which it does."""

    of: str
    document: bytes
    name: str


def compare(party: Party, wish_id: str) -> Comparison:
    """Both sides' fields, for the person who identifies. Raises `InputError` when the request is not at that point."""
    wish = _undecided(party, wish_id)
    entity, _ = party.record(hit_of(party, wish).record, DECLINE)
    return Comparison(
        wish.id,
        wish.party,
        tuple(wish.properties),
        wish.purpose,
        {name: list(values) for name, values in entity.properties.items()},
        dict(wish.shown or {}),
        as_compared(entity),
    )


def identify(
    party: Party, wish_id: str, verdict: str, officer: str = "analyst", *, seen: str | None = None
) -> bytes | None:
    """Record a person's verdict: `same`, `not-same` (returns the message that declines) or `unsure` (nothing moves).

    It is about the own record as it is now: what others said of it as it was, "same" that is, is void. `seen`: of the
    `Comparison` that the person looked at; raises `InputError` `request.changed` when the record has changed since, and
    `request.compared` when the officer has said so already.
    When the own record is gone there is nothing to compare: then `not-same` declines, and says nothing of a comparison.
    """
    before = _undecided(party, wish_id)
    session = session_of(party, before)
    if verdict == "not-same" and without_record(party, [wish_id]):
        return settle(party, replace(withheld(session, before), seen=(before, session)))
    wanted, entity = full_request(party, before), party.record(hit_of(party, before).record, DECLINE)[0]
    check_compared(replace(before, compared=seen), entity)
    now = as_compared(entity)
    other = before.compared not in (None, now)  # and so were the verdicts
    said = _said(party, before)
    before_now = {one.says["verdict"] for _, one in said if _again(one, Kind.IDENTITY, party, officer)}
    if not other and verdict in before_now and not _doubted(party, before):
        raise InputError("request.compared", f"{officer} has said so already", "see `accord exchange status`")
    signed = statement.identify(wanted, party.accord, party.signer(officer), party.now, verdict)
    voided = [
        each
        for each, one in said
        if one.kind is Kind.APPROVAL
        or _again(one, Kind.IDENTITY, party, officer)
        or (other and one.kind is Kind.IDENTITY and one.says["verdict"] == "same")
    ]
    verdicts = {verdict} | {
        one.says["verdict"] for each, one in said if one.kind is Kind.IDENTITY and each not in voided
    }
    kept = [each for each in before.evidence if each not in voided]
    moved = "compared" if verdicts == {"same"} else "requested"
    wish, rested_on = replace(before, evidence=[*kept, signed.to_dict()], state=moved, compared=now), (before, session)
    entry = ("identified", wish.id, {"verdict": verdict, "officer": f"{party.id}/{officer}"})
    if verdict == "not-same":
        step = declined(session, wish, "request.not-same", "a person compared the records: they are not the same")
        return settle(party, replace(step, entries=(entry, *step.entries), seen=rested_on))
    return settle(party, Step(replace(session, state=wish.state), "", (entry,), rows=(wish,), seen=rested_on))


def _doubted(party: Party, wish: Wish) -> bool:
    """Whether the log has a doubt that the row has lost: then whoever had it may say anew what they say."""
    try:
        with party.reading() as connection:
            check_doubts(connection, party.log, party.accord, party.now, wish)
    except TrustError:
        return True
    return False


def approve(
    party: Party,
    wish_id: str,
    officer: str,
    answers: Mapping[str, str],
    consents: tuple[Consent, ...] = (),
) -> None:
    """A second person approves: signs the neutrality assessment, records the consents, approves exactly this release.

    `answers`: yes or no for each of `arrangement.statement.QUESTIONS`. Raises `PolicyError` with what is wanting when
    the accord would not permit the release now; then nothing is kept but an assessment that stands in the way, which
    no other officer can talk away. Raises `InputError` when nothing is left to approve, and `request.changed` when the
    own record is not as it was compared.
    """
    before, now = _undecided(party, wish_id), party.now
    with party.reading() as connection:
        check_doubts(connection, party.log, party.accord, now, before)
    session, wanted, signer = session_of(party, before), full_request(party, before), party.signer(officer)
    assessed, said = statement.assess(wanted, party.accord, signer, now, answers), _said(party, before)
    kept = [each for each, one in said if not _again(one, Kind.ASSESSMENT, party, officer)]
    if "yes" in answers.values():
        barred = replace(before, evidence=[*kept, assessed.to_dict()], state="compared")
        entry = ("assessed", before.id, {"officer": signer.id, "neutral": False})
        settle(party, Step(replace(session, state="compared"), "", (entry,), rows=(barred,), seen=(before, session)))
        require(full_request(party, barred), party.accord, now)
    check_compared(before, party.record(hit_of(party, before).record, DECLINE)[0])
    if approved(party, before.id):
        raise InputError("request.approved", "this request is approved already", "hand over: `exchange release`")
    added = [assessed]
    for given in consents:
        added.append(_consent(party, wanted, signer, given))
    added.append(statement.approve(wanted, party.accord, signer, now))
    wish = replace(before, evidence=[*kept, *(each.to_dict() for each in added)], state="approved")
    require(full_request(party, wish), party.accord, now)
    entry = ("approved", wish.id, {"officer": signer.id})
    settle(party, Step(replace(session, state="approved"), "", (entry,), rows=(wish,), seen=(before, session)))


def approved(party: Party, wish_id: str) -> bool:
    """Whether a request is approved and may be answered as things are now: its record's terms may have changed since,
    or the time of a key be over; then it is to be approved anew."""
    wish = holder_wish(party, wish_id)
    return wish.state == "approved" and isinstance(decide(full_request(party, wish), party.accord, party.now), Permit)


def changed(party: Party, wish_id: str) -> bool:
    """Whether the own record is not as it was when it was compared: then it is to be compared anew."""
    wish = holder_wish(party, wish_id)
    own = next(party.among([hit_of(party, wish).record]), None)
    return wish.compared is not None and own is not None and wish.compared != as_compared(own.entity)


def owners(party: Party, wish_id: str) -> list[str]:
    """The third bodies whose consent a release of this request still needs."""
    wish = holder_wish(party, wish_id)
    given = {one.says.get("of") for _, one in _said(party, wish) if one.kind is Kind.CONSENT}
    return sorted(full_request(party, wish, gone=True).terms.owners - given)


def _said(party: Party, wish: Wish) -> list[tuple[Mapping[str, object], statement.Statement]]:
    """The statements about a request that hold today; one by an officer whose key has ended has not been said."""
    found = []
    for each in wish.evidence:
        try:
            found.append((each, statement.read(Envelope.from_dict(each), party.accord, party.now)))
        except TrustError:
            continue
    return found


def _again(one: statement.Statement, kind: Kind, party: Party, officer: str) -> bool:
    """Whether the officer has spoken on this before: only they themselves may think again."""
    return one.kind is kind and one.signer == f"{party.id}/{officer}"


def _undecided(party: Party, wish_id: str) -> Wish:
    wish = holder_wish(party, wish_id)
    if wish.state not in UNDECIDED:
        raise InputError("request.decided", f"this request is {wish.state} already", "see `accord exchange status`")
    return wish


def _consent(party: Party, wanted: Request, signer: statement.Signer, given: Consent) -> Envelope:
    """The body's own signed consent as it is, or its document recorded by the approver with name and SHA-256."""
    if given.document.lstrip().startswith(b"{"):
        signed = Envelope.from_bytes(given.document)
        if signed.payload_type == Kind.CONSENT.payload_type:
            return signed
    reference = f"{given.name} sha256:{digest(given.document)}"
    return statement.consent(wanted, party.accord, signer, party.now, statement.Agreement(given.of, reference))
