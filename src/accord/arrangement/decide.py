"""May this data move? The one place where the accord is applied, and the only mint of a `Permit`.

Invariants: `decide` is pure; deny is the default; a prohibition beats a permission; rules are asked in a fixed order
and the first that says no is the answer. Every function through which data leaves a party takes a `Permit` and calls
`permit.honour` with what it is about to do.

How far the guard of `Permit` goes: no call of its constructor, copy, pickle, subclass or assignment makes or changes
one, so a permit cannot come about by mistake or by a careless shortcut. Code that runs in the same process and wants
to cheat can reach any object of Python; against that stands the receiver, who decides again from signed evidence.
"""

from __future__ import annotations

import datetime as dt
from typing import Final, NoReturn, SupportsIndex, final

from accord.arrangement import handling, rules
from accord.arrangement.model import Accord, Action, Clause
from accord.arrangement.request import Refusal, Request
from accord.errors import InternalError, PolicyError

_MINT: Final = object()


@final
class Permit:
    """Leave to do exactly what `request` says, until `expires` (a day, included), under `conditions`.

    `clauses` are the ids of the clauses that allow it, `handling` the codes in the receiver's own scheme.
    """

    __slots__ = ("accord", "clauses", "conditions", "expires", "handling", "request")

    request: Request
    accord: str
    clauses: tuple[str, ...]
    expires: dt.date
    handling: tuple[str, ...]
    conditions: tuple[str, ...]

    def __init__(self, mint: object, **fields: object) -> None:
        if mint is not _MINT:
            raise InternalError("permit.forged", "only decide() makes a permit", "call decide(request, accord, now)")
        for name in self.__slots__:
            object.__setattr__(self, name, fields[name])

    def __init_subclass__(cls) -> NoReturn:
        raise TypeError("a Permit has no subclasses")

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError("a Permit does not change")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError("a Permit does not change")

    def __reduce_ex__(self, protocol: SupportsIndex) -> NoReturn:
        raise TypeError("a Permit is neither copied nor stored: decide again")

    def __repr__(self) -> str:
        return f"Permit({self.request.action.value}, {', '.join(self.clauses)}, until {self.expires})"

    def honour(self, request: Request, now: dt.datetime) -> None:
        """Return when this permit is for exactly this request and still holds; raise `PolicyError` otherwise."""
        if request.digest != self.request.digest:
            raise PolicyError(
                "permit.other",
                "this permit was given for something else",
                "ask for a permit for this",
                ", ".join(self.clauses),
                request.owner,
            )
        if now.astimezone(dt.UTC).date() > self.expires:
            raise PolicyError(
                "permit.expired", "this permit has expired", "ask again", ", ".join(self.clauses), request.owner
            )

    def to_dict(self) -> dict[str, object]:
        """JSON-ready data, for people and the log; nothing reads it back into a permit."""
        return {
            "answer": "permitted",
            "action": self.request.action.value,
            "owner": self.request.owner,
            "recipient": self.request.recipient,
            "clauses": list(self.clauses),
            "expires": self.expires.isoformat(),
            "handling": list(self.handling),
            "conditions": list(self.conditions),
        }


def decide(request: Request, accord: Accord, now: dt.datetime) -> Permit | Refusal:
    """Put a request to the accord. `now` is an aware time; the accord's days are days in UTC.

    The owner's side calls it before data leaves; the receiver's side calls it again with what it was sent, and so
    checks every signature against its own copy of the accord.
    """
    now = now.astimezone(dt.UTC)
    clauses = permitted_by_clauses(request, accord, now)
    if isinstance(clauses, Refusal):
        return clauses
    refusal = rules.originators_agree(request, accord, now)
    if refusal is None and request.action is Action.RELEASE:
        refusal = (
            rules.same_identity(request, accord, now)
            or rules.neutral(request, accord, now)
            or rules.two_persons(request, accord, now)
        )
    return refusal or _mint(request, accord, clauses, now)


def permitted_by_clauses(request: Request, accord: Accord, now: dt.datetime) -> tuple[Clause, ...] | Refusal:
    """The half of `decide` that needs no signed statement: the clauses that allow the request. Grants nothing."""
    now = now.astimezone(dt.UTC)
    refusal = (
        rules.addressed(request, accord)
        or rules.not_withdrawn(request, accord)
        or rules.in_term(request, accord, now)
        or rules.not_sensitive(request, accord)
        or rules.purpose_bound(request, accord)
        or rules.not_restricted(request, accord, now)
    )
    return refusal or rules.clauses_for(request, accord)


def require(request: Request, accord: Accord, now: dt.datetime) -> Permit:
    """`decide`, with a refusal raised as `PolicyError` (exit code 4 on the command line)."""
    answer = decide(request, accord, now)
    if isinstance(answer, Refusal):
        raise PolicyError(answer.code, answer.message, answer.remedy, answer.clause, answer.owner)
    return answer


def _mint(request: Request, accord: Accord, clauses: tuple[Clause, ...], now: dt.datetime) -> Permit:
    days = min((clause.use_days or accord.retention.released_days) for clause in clauses)
    ends = [day for day in (request.until, request.terms.until) if day is not None]
    expires = min([*ends, now.date() + dt.timedelta(days=days), accord.ends])
    owner, recipient = accord.party(request.owner), accord.party(request.recipient)
    codes, conditions = [], []
    for text in sorted(request.terms.handling):
        received = handling.translate(text, owner.handling, recipient.handling, accord)
        if received is not None:
            codes.append(f"{received.to_scheme}:{received.to_code}")
            if received.lost:
                conditions.append(received.lost)
    return Permit(
        _MINT,
        request=request,
        accord=accord.digest,
        clauses=tuple(clause.id for clause in clauses),
        expires=expires,
        handling=tuple(codes),
        conditions=tuple(conditions),
    )
