"""The conditions under which released fields are held, and what every use of them is decided on.

Invariants: a receiver computes the conditions from its own copy of the accord, so a giver may be stricter in time and
never looser; whoever hands fields over is an owner of them from then on (originator control); what is made from several
sources is held under the union of their terms.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from accord.arrangement import Action, Permit, Request, Terms
from accord.errors import PeerError
from accord.exchange import body as body_
from accord.exchange.body import SEND_AGAIN
from accord.exchange.party import Party
from accord.exchange.state import Release

ONWARD = "no onward transfer without the giver's consent"


def conditions(permit: Permit, sources: Sequence[str] = ()) -> dict[str, Any]:
    """What goes with the fields that this permit lets out; `sources`: the releases that some of them came from."""
    found: dict[str, Any] = {
        "purposes": [permit.request.purpose],
        "handling": list(permit.handling),
        "conditions": list(permit.conditions),
        "expires": permit.expires.isoformat(),
        "onward": ONWARD,
        "clauses": list(permit.clauses),
    }
    return found | ({"sources": list(sources)} if sources else {})


def agreed(claimed: object, permit: Permit) -> dict[str, Any]:
    """The conditions that both sides' accord gives, with the earlier of both ends. Raises `PeerError`."""
    if not isinstance(claimed, dict):
        raise PeerError("message.body", "the message has no readable conditions", SEND_AGAIN)
    ends = body_.day(claimed, "expires")
    if ends is None:
        raise PeerError("message.body", "the message does not say when the fields expire", SEND_AGAIN)
    return conditions(permit) | {"expires": min(ends, permit.expires).isoformat()}


def reading_terms(wanted: Request) -> dict[str, object]:
    """What a reading is decided on: the request, with the giver among the owners and its purpose as the only one."""
    terms = replace(
        wanted.terms,
        purposes=frozenset({wanted.purpose}),
        owners=wanted.terms.owners | {wanted.owner},
        restricted=False,
    )
    return replace(wanted, action=Action.READ, terms=terms, evidence=()).to_dict()


def terms_of(row: Release) -> Terms:
    """The terms under which received fields are held; restricted once they are gone."""
    kept, ends = Request.from_dict(row.conditions["request"]).terms, dt.date.fromisoformat(row.expires)
    return replace(kept, until=min(filter(None, (kept.until, ends))), restricted=row.fields is None)


def use_of(party: Party, row: Release, purpose: str) -> Request:
    """The use of received fields for a purpose, as it is put to the accord."""
    kept, ends = Request.from_dict(row.conditions["request"]), dt.date.fromisoformat(row.expires)
    terms = replace(kept.terms, until=min(filter(None, (kept.terms.until, ends))))
    return replace(kept, purpose=purpose, recipient=party.id, terms=terms)
