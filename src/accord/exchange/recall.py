"""Taking a release back: the giver recalls, the receiver purges and proves it with a signed receipt.

    originator --recall--> middle --recall--> third      (the middle one's recall follows by itself)
    originator <-receipt-- middle <-receipt-- third
    originator <-onward-receipt-- middle                 (the third's own receipt, handed on)

Invariants: a recall is obeyed without asking a person, reaches what was made from the fields and whoever they were
handed on to; a receipt says what the software erased apart from what a person attests, and that nobody can know of
copies made outside; the originator waits until everybody whom it let have the fields has signed for their end; what
stays is a stub without personal data.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from accord.errors import InputError, PeerError
from accord.exchange import body as body_
from accord.exchange import state
from accord.exchange.body import SEND_AGAIN
from accord.exchange.carrier import Draft, Incoming, Step, known, start
from accord.exchange.derived import erase_derived, summary
from accord.exchange.party import Party
from accord.exchange.receipt import (
    ERASED,
    NOT_REACHED,
    Attestation,
    about,
    attest,
    attesting,
    read_receipt,
    rows,
    sign_receipt,
    told,
)
from accord.exchange.release import passed_on, release_of
from accord.exchange.request import session_of, wish_of
from accord.exchange.state import AnyRow, Onward, Release, Session
from accord.ledger import Envelope

if TYPE_CHECKING:
    from sqlalchemy import Connection

_BACK = "the originator takes its fields back"


def recall(party: Party, release_id: str, reason: str = "") -> bytes:
    """Take back what was released; returns the message to carry. It may be repeated until a receipt has come."""
    row = release_of(party, release_id)
    if row.role != "giver" or row.state != "released":
        raise InputError(
            "release.state",
            f"this release is {row.state}; only fields that were given can be recalled",
            "see `accord exchange status`",
        )
    return start(party, _recalling(party, row, reason))


def on_recall(
    party: Party, incoming: Incoming, session: Session | None, attestation: Attestation | None = None
) -> Step:
    """At the receiver: erase the fields, what was made from them and the key; recall what was handed on; sign."""
    row = release_of(party, incoming.header.session)
    if row.role != "receiver":
        raise PeerError("recall.role", "a release can be recalled by its giver only", SEND_AGAIN)
    with party.reading() as connection:
        wish = wish_of(connection, row.wish)
        gone, given = erase_derived(connection, party, row.id, "returned"), passed_on(connection, row.id)
        ended = list(_never_handed(connection, row, {one.wish for one in given}))
    erased = list(ERASED) if row.fields is not None else [f"nothing: the fields were {row.state} already"]
    erased += [f"derived item {item.id}, as this desk kept it" for item in gone]
    receipt: dict[str, Any] = {
        "release": row.id,
        "fields": sorted(row.fields or {}),
        "erased": erased,
        "erased_at": party.stamp,
        "derived": summary(gone),
        "onward": [{"release": one.id, "party": one.party, "state": one.state} for one in given]
        + [{"release": one.wish, "party": one.recipient, "state": "never"} for one in ended if isinstance(one, Onward)],
        "attested": attest(party, row, attestation).to_dict() if attestation else None,
        "not_reached": NOT_REACHED,
    }
    signed = sign_receipt(party, receipt).to_dict()
    onward = [one for one in given if one.state == "released"]
    there = [one.receipt["signed"] for one in given if one.receipt and "signed" in one.receipt]
    to = f"; carry the recall to {', '.join(sorted({one.party for one in onward}))}, too" if onward else ""
    return Step(
        replace(known(session), state="returned"),
        f"{incoming.header.sender} took its fields back: they are erased, and the receipt says so{to}",
        (("returned", row.wish, {"to": row.party, "attested": attestation is not None, "derived": len(gone),
                                 "onward": len(onward)}),),
        rows=(
            replace(row, state="returned", fields=None, receipt=receipt | {"signed": signed}),
            replace(wish, state="returned", box=None, shown=None),
            *gone,
            *ended,
        ),
        reply=Draft("receipt", {"receipt": signed, "passed": there}),
        also=tuple(_recalling(party, one, _BACK) for one in onward),
    )  # fmt: skip


def on_receipt(party: Party, incoming: Incoming, session: Session | None) -> Step:
    """At the giver: check who signed for what, keep the receipt, and hand it on to whose fields they were."""
    row, body, accord = release_of(party, incoming.header.session), incoming.header.body, party.accord
    signed = body_.envelope(body, "receipt")
    said = read_receipt(accord, signed, row.party, row.id)
    sentence, attested = told(accord, row.party, said), attesting(accord, row.party, said)
    with party.reading() as connection:
        wish = wish_of(connection, row.wish)
        agreed = state.find(connection, Onward, role="originator", release=row.id, state="consented")
        sources = [state.get(connection, Release, each) for each in row.conditions.get("sources", ())]
    entries: list[tuple[str, str, Mapping[str, Any]]] = [
        ("receipt", row.id, {"from": row.party, "attested": attested != "nobody"})
    ]
    handed = {str(one.get("release")): str(one.get("state")) for one in rows(said, "onward")}
    if {one.wish for one in agreed} - handed.keys():
        raise PeerError(
            "receipt.onward", "this receipt is silent about a party that we let have the fields", SEND_AGAIN
        )
    strange = {release for release, state_ in handed.items() if state_ != "never"} - {one.wish for one in agreed}
    if strange:
        entries.append(("alarm", row.id, {"handed_on_without_consent": len(strange)}))
    filled, sentences = _signed_onward(party, agreed, body)
    waiting = [one for one in agreed if handed[one.wish] != "never" and one.wish not in {each.wish for each in filled}]
    if waiting:
        sentence += f". Its receipt for {', '.join(one.recipient for one in waiting)} is still due"
    moved = "passing" if waiting else "returned"
    return Step(
        replace(known(session), state=moved),
        ". ".join([sentence, *sentences]),
        tuple(entries),
        rows=(replace(row, state="returned", receipt=said | {"signed": signed.to_dict()}),
              replace(wish, state="returned", box=None), *filled),
        also=tuple(_handing_on(party, source, signed) for source in sources if source and source.state == "returned"),
    )  # fmt: skip


def on_onward_receipt(party: Party, incoming: Incoming, session: Session | None) -> Step:
    """At the originator: the receipt of a third party, handed on by the middle one and signed by itself."""
    row = release_of(party, incoming.header.session)
    with party.reading() as connection:
        agreed = state.find(connection, Onward, role="originator", release=row.id, state="consented")
    handed = {str(one.get("release")) for one in rows(row.receipt or {}, "onward") if one.get("state") != "never"}
    filled, sentences = _signed_onward(party, [one for one in agreed if one.receipt is None], incoming.header.body)
    if not filled:
        raise PeerError("receipt.other", "this hands on no receipt that is still due", SEND_AGAIN)
    done = {one.wish for one in agreed if one.receipt is not None} | {one.wish for one in filled}
    left = [one for one in agreed if one.wish in handed - done]
    return Step(
        replace(known(session), state="passing" if left else "returned"),
        ". ".join(sentences),
        tuple(("receipt", row.id, {"from": one.recipient, "through": row.party}) for one in filled),
        rows=tuple(filled),
    )


def _recalling(party: Party, row: Release, reason: str) -> Step:
    with party.reading() as connection:
        wish = wish_of(connection, row.wish)
    session = session_of(party, wish)
    return Step(
        replace(session, state="recalled"),
        "",
        (("recalled", row.id, {"from": row.party, "reason": reason}),),
        rows=(replace(row, state="recalled"),),
        reply=Draft("recall", {"reason": reason}),
        seen=(row, session),
    )


def _handing_on(party: Party, source: Release, signed: Envelope) -> Step:
    """The message that hands a third party's receipt on to whose fields they were."""
    with party.reading() as connection:
        session = session_of(party, wish_of(connection, source.wish))
    entry = ("passed", source.id, {"to": source.party})
    return Step(session, "", (entry,), reply=Draft("onward-receipt", {"passed": [signed.to_dict()]}), seen=(session,))


def _never_handed(connection: Connection, row: Release, given: set[str]) -> list[AnyRow]:
    """Consents that were asked or given and not used: they end, and with them what was said for the request."""
    ended: list[AnyRow] = []
    for one in state.find(connection, Onward, role="middle", release=row.id):
        if one.wish not in given and one.state in ("asked", "consented"):
            ended.append(replace(one, state="over"))
            if one.consent is not None and (wish := wish_of(connection, one.wish)):
                ended.append(replace(wish, evidence=[each for each in wish.evidence if each != one.consent]))
    return ended


def _signed_onward(
    party: Party, agreed: Sequence[Onward], body: Mapping[str, object]
) -> tuple[list[Onward], list[str]]:
    """The receipts of third parties that a message hands on: kept with the consents they end, each checked."""
    filled, sentences = [], []
    for signed in body_.envelopes(body, "passed"):
        for one in agreed:
            if one.wish == about(signed):
                said = read_receipt(party.accord, signed, one.recipient, one.wish)
                filled.append(replace(one, receipt=said | {"signed": signed.to_dict()}))
                sentences.append(told(party.accord, one.recipient, said))
    return filled, sentences
