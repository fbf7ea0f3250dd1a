"""How many refusals are kept: each has rows and an entry in both logs, which a partner could let fill the disk.

Invariants: of one partner and day (UTC), `MOST` refusals are logged, those that wait for a reply are told, and one more
entry says that there were more; what comes then changes nothing here, so no log grows by it, and its conversation
lapses at the partner like one that nobody answered. A message that the accord lets in is taken as before; but of what
waits for a person here, no more than `UNDECIDED` of one partner.
"""

from __future__ import annotations

from accord.errors import PolicyError
from accord.exchange import limits, state
from accord.exchange.messages import Header
from accord.exchange.party import Party
from accord.exchange.state import Session

MOST = 100  # more than people make by mistake; some megabytes, when all are questions
UNDECIDED = 1_000  # more than the people of a desk decide in the days after which a request lapses
_MANY = "refused.many"
_FOR_PEOPLE = (*(("request", moved) for moved in state.UNDECIDED), ("onward", "asked"))


def check(party: Party, header: Header, refusal: PolicyError) -> None:
    """Raise `PolicyError` `refused.many` when a refusal of this message is not to be kept any more today."""
    midnight = party.now.replace(hour=0, minute=0, second=0, microsecond=0)
    with party.writing() as connection:
        start = party.log.since(midnight, connection)
        entries = party.log.entries(start, kinds=("exchange.refused",), within=connection)
        # of another day: written when the clock was ahead
        told = [entry.details for entry in entries if entry.details and entry.at.date() == midnight.date()]
        codes = [said["code"] for said in told if said.get("from") == header.sender]
        if len(codes) < MOST or limits.is_new(connection, party, header, refusal.code):
            return
        if _MANY not in codes:
            about = {"from": header.sender, "kind": header.kind, "code": _MANY}
            party.note(connection, "refused", header.session, about)
    raise PolicyError(
        _MANY,
        f"the accord refuses this message of {header.sender}; {MOST} were today, so it is neither answered nor logged",
        "speak to the partner's contact point; after midnight (UTC) refusals are told again",
        refusal.clause,
        refusal.owner,
    )


def check_undecided(party: Party, partner: str) -> None:
    """Raise `PolicyError` `request.many` when as much of a partner waits for a person here as can be decided."""
    with party.reading() as connection:
        waiting = sum(
            state.count(connection, Session, topic=topic, role="holder", partner=partner, state=moved)
            for topic, moved in _FOR_PEOPLE
        )
    if waiting >= UNDECIDED:
        raise PolicyError(
            "request.many",
            f"{waiting:,} requests of {partner} wait for a decision: no more are taken until some are decided or lapse",
            "decide those that wait (`accord exchange status`), and speak to the partner's contact point",
            owner=party.id,
        )
