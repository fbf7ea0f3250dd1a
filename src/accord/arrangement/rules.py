"""The rules, in the order in which `decide` asks them. Each says no with a reason, or nothing.

Invariants: a rule is pure and looks at the request, the accord and the time only; none can grant anything; what a rule
cannot make sense of is refused. Numbers are those of the list "Rules that must hold" in the design.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence

from accord.arrangement import handling
from accord.arrangement.model import Accord, Action, Clause, Level
from accord.arrangement.request import PROTECTED, Refusal, Request
from accord.arrangement.statement import QUESTIONS, Kind, Statement, read
from accord.errors import TrustError

# FollowTheMoney calls them religion, ethnicity and political; the others are common names for the same
SENSITIVE = frozenset({"religion", "ethnicity", "political", "health", "politicalOpinion", "medicalCondition"})
DEFAULT = "default: what is not permitted is refused"


def addressed(request: Request, accord: Accord) -> Refusal | None:
    """The request names two parties of the accord, something to do it with, and a purpose of the accord."""
    known = {party.id for party in accord.parties}
    if request.owner not in known or request.recipient not in known:
        stranger = request.owner if request.owner not in known else request.recipient
        return _no(
            request, "party", f"«{stranger}» is no party of this accord", "parties", "let it accede to the accord"
        )
    if request.owner == request.recipient:
        return _no(request, "party", "giver and receiver are the same party", "parties", "name two parties")
    if not request.properties or not request.schema:
        return _no(request, "empty", "nothing is named that would move", DEFAULT, "name a schema and its properties")
    if request.purpose not in accord.purposes:
        allowed = ", ".join(accord.purposes)
        return _no(
            request,
            "purpose",
            f"«{request.purpose}» is no purpose of this accord",
            "purposes",
            f"state one of: {allowed}",
        )
    return None


def not_withdrawn(request: Request, accord: Accord) -> Refusal | None:
    """Neither side has left the accord. A withdrawal counts from the moment at which this desk knows of it."""
    gone = next((name for name in (request.owner, request.recipient) if name in accord.withdrawn), None)
    if gone is None:
        return None
    since = f"{accord.withdrawn[gone]:%Y-%m-%d}"
    return _no(
        request, "withdrawn", f"{gone} left the accord on {since}", "withdrawal", "it may accede again, by an amendment"
    )


def in_term(request: Request, accord: Accord, now: dt.datetime) -> Refusal | None:
    """The accord is in force (its term includes today)."""
    if accord.in_force(now.date()):
        return None
    when = "has not begun" if now.date() < accord.begins else "has ended"
    return _no(request, "term", f"the term of the accord {when}", "term", "sign a version whose term covers today")


def not_sensitive(request: Request, accord: Accord) -> Refusal | None:  # noqa: ARG001 - rules share one shape
    """Religion, ethnicity, political opinion and health never move, whatever a clause says."""
    found = sorted(SENSITIVE & set(request.properties))
    if not found:
        return None
    return _no(
        request, "sensitive", f"{', '.join(found)} never moves under any accord", "sensitive properties", "leave it out"
    )


def clauses_for(request: Request, accord: Accord) -> tuple[Clause, ...] | Refusal:
    """The clause that permits each property. A prohibition beats every permission; without a clause: refused."""
    chosen: dict[str, Clause] = {}
    for prop in sorted(set(request.properties)):
        covering = [c for c in accord.clauses if c.covers(request.owner, request.recipient, request.schema, prop)]
        for clause in covering:
            if clause.level is Level.NEVER and (not clause.purposes or request.purpose in clause.purposes):
                return _no(
                    request,
                    "prohibited",
                    f"{clause.id} «{clause.title}» forbids {prop} of {request.schema}",
                    clause.id,
                    "leave it out, or agree on an amendment with the owner",
                )
        permitting = [clause for clause in covering if clause.level >= request.action.level]
        if not permitting:
            return _too_far(request, prop, covering)
        refusal: Refusal | None = None
        for clause in permitting:
            refusal = _within(request, accord, clause, prop)
            if refusal is None:
                chosen[prop] = clause
                break
        if refusal is not None:
            return refusal
    return tuple({clause.id: clause for clause in chosen.values()}.values())


def purpose_bound(request: Request, accord: Accord) -> Refusal | None:  # noqa: ARG001
    """Rule 1: the record's own purposes include the one declared."""
    if request.terms.purposes is None or request.purpose in request.terms.purposes:
        return None
    return _no(
        request,
        "purpose",
        f"the record may not be used for «{request.purpose}»",
        "purpose binding",
        "state a purpose that the record carries, or ask the owner to widen it",
    )


def not_restricted(request: Request, accord: Accord, now: dt.datetime) -> Refusal | None:  # noqa: ARG001
    """Rule 2: the owner has not stopped the use, and no end date has passed. Asked at every use, so it acts late."""
    if request.terms.restricted:
        return _no(request, "restricted", "the owner has restricted this record", "late restriction", "ask the owner")
    ends = [day for day in (request.terms.until, request.until) if day is not None]
    if ends and now.date() > min(ends):
        return _no(
            request, "expired", "the time for which this may be used is over", "retention", "ask the owner again"
        )
    return None


def originators_agree(request: Request, accord: Accord, now: dt.datetime) -> Refusal | None:
    """Rules 3 and 10: every other body whose data it is has consented to this recipient and purpose.

    For a body that is a party (data received under the accord) every step onward needs consent; for a third body that
    lent its data to the owner, showing or releasing it does.
    """
    if request.action in (Action.READ, Action.CORRECT):  # nobody learns more than was agreed to before
        return None
    parties = {party.id for party in accord.parties}
    for body in sorted(request.terms.owners - {request.owner, request.recipient}):
        if body not in parties and request.action not in (Action.COMPARE, Action.RELEASE):
            continue
        if body in accord.withdrawn:
            return _no(request, "originator", f"{body} left the accord", "withdrawal", f"ask {body} itself", body)
        if body in parties and (forbidding := _forbidding(request, accord, body)):
            return _no(
                request, "originator", f"{body} forbids this to {request.recipient}", forbidding, f"ask {body}", body
            )
        if not any(_consents(said, body, request, accord) for said in _said(request, accord, now, Kind.CONSENT)):
            return _no(
                request,
                "originator",
                f"{body} owns this record and has not consented",
                "originator control",
                f"get the consent of {body} for {request.recipient} and «{request.purpose}», and record it",
                body,
            )
    return None


def same_identity(request: Request, accord: Accord, now: dt.datetime) -> Refusal | None:
    """Rule 10: a person of the owner has compared the records and found them to be the same."""
    said = _latest_of_owner(request, accord, now, Kind.IDENTITY)
    if said and all(one.says.get("verdict") == "same" for one in said):
        return None
    found = "nobody has compared the two records" if not said else "the comparison did not find them to be the same"
    return _no(request, "identity", found, "identity check", "let an officer of the owner compare them (identify)")


def neutral(request: Request, accord: Accord, now: dt.datetime) -> Refusal | None:
    """Rule 8: an officer of the owner has found the case free of the characters that `QUESTIONS` names."""
    said = _latest_of_owner(request, accord, now, Kind.ASSESSMENT)
    if not said:
        return _no(
            request,
            "neutrality",
            "the neutrality assessment is unanswered",
            "neutrality",
            f"let an officer of the owner answer: {', '.join(QUESTIONS)}",
        )
    open_questions = [q for q in QUESTIONS if any(one.says.get(q) != "no" for one in said)]
    if open_questions:
        return _no(
            request,
            "neutrality",
            f"the case was not found free of {', '.join(open_questions)} character",
            "neutrality",
            "it may not be released; the owner's officers decide what else to do",
        )
    return None


def two_persons(request: Request, accord: Accord, now: dt.datetime) -> Refusal | None:
    """Rule 6: one officer asked, another officer of the owner approved exactly this. Nobody is exempt."""
    demands = [one for one in _said(request, accord, now, Kind.DEMAND) if one.signer == request.requester]
    asked = [one for one in demands if "request" in one.roles and _party(one) in (request.owner, request.recipient)]
    if not asked:
        return _no(
            request,
            "requester",
            "no officer who may request has signed this request",
            "two-person rule",
            "let an officer with the role `request` sign it",
        )
    approvals = [one for one in _said(request, accord, now, Kind.APPROVAL) if _party(one) == request.owner]
    involved = {one.signer for one in asked} | {one.signer for one in _said(request, accord, now, Kind.IDENTITY)}
    keys = {one.key for one in asked} | {one.key for one in _said(request, accord, now, Kind.IDENTITY)}
    for one in approvals:
        if "approve" in one.roles and one.signer not in involved and one.key not in keys:
            return None
    reason = "nobody who may approve has approved exactly this request"
    if any("approve" in one.roles for one in approvals):
        reason = "whoever asked, or compared the records, may not approve too"
    elif approvals:
        reason = f"{approvals[-1].signer} signed an approval and has no right to approve"
    return _no(request, "approval", reason, "two-person rule", "let a second officer with the role `approve` sign it")


def _within(request: Request, accord: Accord, clause: Clause, prop: str) -> Refusal | None:
    """Whether one permitting clause allows this purpose, this handling code and this status."""
    if request.purpose not in clause.purposes:
        return _no(
            request,
            "purpose",
            f"{clause.id} «{clause.title}» does not allow {prop} for «{request.purpose}»",
            clause.id,
            f"state one of: {', '.join(clause.purposes) or 'none; the clause names no purpose'}",
        )
    protected = sorted(PROTECTED & request.terms.status)
    if protected and not clause.protected:
        return _no(
            request,
            "protected",
            f"a record of a {protected[0]} stays out unless a clause says otherwise",
            clause.id,
            "leave it out, or agree on an amendment with the owner",
        )
    unknown = sorted(request.terms.status - PROTECTED)
    if unknown:
        return _no(
            request, "status", f"the status «{unknown[0]}» is not known", clause.id, "use minor, victim or witness"
        )
    for code in sorted(request.terms.handling):
        schemes = accord.party(request.owner).handling, accord.party(request.recipient).handling
        if (reason := handling.above(code, clause.handling, *schemes, accord)) is not None:
            return _no(request, "handling", reason, clause.id, "ask the owner for a lower handling code")
    return None


def _too_far(request: Request, prop: str, covering: Sequence[Clause]) -> Refusal:
    what = f"{prop} of {request.schema} from {request.owner} to {request.recipient}"
    if not covering:
        return _no(
            request, "default", f"no clause speaks of {what}", DEFAULT, "agree on a clause for it, or leave it out"
        )
    best = max(covering, key=lambda clause: clause.level)
    return _no(
        request,
        "level",
        f"{best.id} «{best.title}» lets {what} go as far as «{best.level.word}», not «{request.action.value}»",
        best.id,
        f"ask for «{best.level.word}» only, or agree on an amendment with the owner",
    )


def _forbidding(request: Request, accord: Accord, body: str) -> str | None:
    for clause in accord.clauses:
        if clause.level is Level.NEVER and any(
            clause.covers(body, request.recipient, request.schema, prop) for prop in request.properties
        ):
            return clause.id
    return None


def _consents(said: Statement, body: str, request: Request, accord: Accord) -> bool:
    if said.says.get("of") != body or not _within_term(said, request):
        return False
    if any(party.id == body for party in accord.parties):
        return _party(said) == body and "approve" in said.roles
    third = next((one for one in accord.third_bodies if one.id == body), None)
    if third is not None and third.key is not None:
        return said.key == third.key
    return _party(said) == request.owner and "approve" in said.roles and bool(said.says.get("reference"))


def _within_term(said: Statement, request: Request) -> bool:
    """Whether what is asked for ends no later than the consent does, if it names a day."""
    until, ends = said.says.get("until"), [day for day in (request.until, request.terms.until) if day is not None]
    try:
        return until is None or (bool(ends) and min(ends) <= dt.date.fromisoformat(until))
    except ValueError:
        return False


def _said(request: Request, accord: Accord, now: dt.datetime, kind: Kind) -> Iterator[Statement]:
    """The statements of one kind about this request that hold; whatever does not hold has not been said."""
    about = request.digest if kind is Kind.APPROVAL else request.wish
    for envelope in request.evidence:
        if envelope.payload_type != kind.payload_type:
            continue
        try:
            statement = read(envelope, accord, now)
        except TrustError:
            continue
        if statement.about == about:
            yield statement


def _latest_of_owner(request: Request, accord: Accord, now: dt.datetime, kind: Kind) -> list[Statement]:
    """What each officer of the owner said last: a person may think again, and then the later word counts."""
    said = sorted(_said(request, accord, now, kind), key=lambda one: one.at)
    return list({one.signer: one for one in said if _party(one) == request.owner}.values())


def _party(statement: Statement) -> str:
    return statement.signer.partition("/")[0]


def _no(request: Request, code: str, message: str, clause: str, remedy: str, owner: str = "") -> Refusal:
    return Refusal(f"refused.{code}", message, clause, owner or request.owner, remedy)
