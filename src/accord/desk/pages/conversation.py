"""One conversation: where it stands, the one thing to do now, the file to carry, and what happened so far."""

from __future__ import annotations

import re
from typing import Any

from starlette.responses import Response

from accord import exchange
from accord.arrangement import QUESTIONS, Kind
from accord.desk import render
from accord.desk.pages import _steps
from accord.desk.pages._sides import side_by_side
from accord.desk.roles import Can
from accord.desk.visit import Page, Visit
from accord.errors import InputError
from accord.exchange import Comparison, Consent
from accord.exchange.state import UNDECIDED
from accord.match import Explanation, explain
from accord.records import Entity

_UNSAFE = re.compile(r"[^a-z0-9.-]+")


def show(visit: Visit) -> Response:
    """The page of a conversation."""
    return _page(visit)


def _page(visit: Visit, reading: exchange.Reading | None = None) -> Response:
    party, identity = visit.party, visit.place["id"]
    one = exchange.conversation(party, identity)
    asked = exchange.asked(party, identity) if one.topic == "request" else None
    both, why = _comparison(visit, one)
    mine = exchange.outgoing(party, identity)
    gone = asked is not None and asked.gone
    changed = asked is not None and _decidable(one) and exchange.changed(party, identity)
    approvable = _approvable(visit, one) and not gone and not changed
    again = (one.role, one.state) == ("holder", "approved") and not gone and not changed
    again = again and not exchange.approved(party, identity)
    compared_by = next((said.signer for said in asked.statements if said.kind is Kind.IDENTITY), "") if asked else ""
    values: dict[str, Any] = {
        "one": one,
        "going_on": _going_on(visit, one, gone, again),
        "asked": asked,
        "given": exchange.given(party, identity) if asked else None,
        "rows": side_by_side(both.ours, both.theirs, why) if both else [],
        "why": why,
        "message": mine[0] if mine and visit.may(Can.ACT) else None,
        "happened": [(entry, _steps.happened(visit, entry.kind)) for entry in exchange.happenings(party, identity)],
        "questions": QUESTIONS,
        "seen": both.seen if both else "",
        "changed": changed,
        "approvable": approvable,
        "again": again,
        "owners": exchange.owners(party, identity) if approvable else [],
        "own_comparison": compared_by == f"{party.id}/{visit.who.officer}",
        "asks_passphrase": visit.office.asks_passphrase(visit.who),
        "purposes": party.accord.purposes,
        "reading": reading,
        "count": next((each for each in exchange.counts(party) if each.session == identity), None),
        "onward": exchange.asked_onward(party, identity) if one.topic == "onward" else None,
        "sources": exchange.sources(party, identity) if _answerable(visit, one) else [],
        "hits": exchange.hits(party, session=identity) if one.topic == "question" else [],
    }
    return render.page(
        visit, "conversation.html.j2", visit.words("Conversation with {partner}", partner=one.partner), **values
    )


def _going_on(visit: Visit, one: exchange.Conversation, gone: bool, again: bool) -> str:
    if gone:
        return visit.words("The record that they ask about is gone")
    if again:
        return visit.words("Something has changed since it was approved: it is to be approved again")
    return _steps.going_on(visit, one)


def message(visit: Visit) -> Response:
    """The last message of ours, as a file for the courier."""
    party, identity = visit.party, visit.place["id"]
    one = exchange.conversation(party, identity)
    data = exchange.resend(party, identity)
    kind = next((each.kind for each in exchange.outgoing(party, identity)), "message")
    name = _UNSAFE.sub("-", f"{party.id}-to-{one.partner}-{kind}-{one.id[:8]}.accord".lower())
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(data, media_type="application/octet-stream", headers=headers)


def identify(visit: Visit) -> Response:
    """Say whether the two records are the same."""
    party, officer = visit.office.signing(visit.who, visit.form.secret("passphrase"))
    verdict, gone = visit.form.text("verdict"), exchange.asked(party, visit.place["id"]).gone
    reply = exchange.identify(party, visit.place["id"], verdict, officer, seen=visit.form.text("seen") or None)
    words = visit.words
    said = {
        "same": words("Noted: the same. A second person may approve now."),
        "not-same": words("Declined: carry the answer to the partner.")
        if gone
        else words("Noted: not the same. The request is declined; carry the answer to the partner."),
        "unsure": words("Noted: unsure. Nothing may be released."),
    }[verdict]
    assert (reply is not None) == (verdict == "not-same")
    return visit.go(f"/exchange/{visit.place['id']}", said)


def approve(visit: Visit) -> Response:
    """Approve as a second person, with the neutrality assessment."""
    form, identity = visit.form, visit.place["id"]
    party, officer = visit.office.signing(visit.who, form.secret("passphrase"))
    answers = {question: form.text(f"neutral-{question}") for question in QUESTIONS}
    consents = tuple(
        Consent(body, form.files[f"consent-{body}"].data, form.files[f"consent-{body}"].name)
        for body in exchange.owners(party, identity)
        if f"consent-{body}" in form.files and form.files[f"consent-{body}"].data
    )
    exchange.approve(party, identity, officer, answers, consents)
    return visit.go(f"/exchange/{identity}", visit.words("Approved. The fields can be handed over now."))


def release(visit: Visit) -> Response:
    """Hand over the approved fields."""
    exchange.release(visit.party, visit.place["id"])
    return visit.go(f"/exchange/{visit.place['id']}", visit.words("Released: download the file and carry it to them."))


def recall(visit: Visit) -> Response:
    """Take a release back."""
    exchange.recall(visit.party, visit.place["id"], visit.form.text("reason"))
    said = visit.words("Taken back: carry the file to them; their receipt comes back.")
    return visit.go(f"/exchange/{visit.place['id']}", said)


def correct(visit: Visit) -> Response:
    """Send the fields again as the own record has them now."""
    exchange.correct(visit.party, visit.place["id"])
    return visit.go(f"/exchange/{visit.place['id']}", visit.words("Corrected: carry the file to them."))


def ask_onward(visit: Visit) -> Response:
    """Ask whoever released fields to this desk whether a partner's request may be answered from them."""
    party, identity, release_id = visit.party, visit.place["id"], visit.form.text("release")
    exchange.ask_onward(party, identity, release_id)
    there = next(one.conversation for one in exchange.sources(party, identity) if one.release == release_id)
    said = visit.words("Asked: carry the file to them. Nothing goes on before their consent is here.")
    return visit.go(f"/exchange/{there}", said)


def consent(visit: Visit) -> Response:
    """As originator: let released fields go on to a third party, or not; for this request alone."""
    party, officer = visit.office.signing(visit.who, visit.form.secret("passphrase"))
    yes, identity = visit.form.text("answer") == "yes", visit.place["id"]
    exchange.consent(party, identity, yes, officer, "" if yes else visit.form.text("reason"))
    words = visit.words
    said = words("You let the fields go on.") if yes else words("You do not let the fields go on.")
    return visit.go(f"/exchange/{identity}", f"{said} {words('Carry the answer to the partner.')}")


def read(visit: Visit) -> Response:
    """Read released fields for a purpose; granted or not, it is logged."""
    reading = exchange.read(visit.party, visit.place["id"], visit.form.text("purpose"))
    return _page(visit, reading)


def _approvable(visit: Visit, one: exchange.Conversation) -> bool:
    """Whether this person may approve, also what the approval does not suffice for any more, or say no after all."""
    return _decidable(one) and one.state in ("compared", "approved") and visit.may(Can.APPROVE)


def _decidable(one: exchange.Conversation) -> bool:
    return one.topic == "request" and one.role == "holder" and one.state in UNDECIDED


def _answerable(visit: Visit, one: exchange.Conversation) -> bool:
    """Whether a partner's request could still be answered, and by this person."""
    return _decidable(one) and visit.may(Can.ACT)


def _comparison(visit: Visit, one: exchange.Conversation) -> tuple[Comparison | None, Explanation | None]:
    """Both sides' fields and why they may be the same, while a person is to look at them."""
    if not _decidable(one) or not visit.may(Can.COMPARE):
        return None, None
    party = visit.party
    try:
        both = exchange.compare(party, one.id)
        own = party.record(exchange.asked(party, one.id).record)[0]
    except InputError:
        return None, None
    theirs = Entity("theirs", own.schema, {name: tuple(values) for name, values in both.theirs.items()})
    return both, explain(own, theirs) if both.theirs else None


PAGES = (
    Page("/exchange/{id}", Can.EXCHANGE, get=show),
    Page("/exchange/{id}/message", Can.ACT, get=message),
    Page("/exchange/{id}/identify", Can.COMPARE, post=identify, post_needs=Can.REVIEW),
    Page("/exchange/{id}/approve", Can.APPROVE, post=approve),
    Page("/exchange/{id}/onward", Can.ACT, post=ask_onward),
    Page("/exchange/{id}/consent", Can.APPROVE, post=consent),
    Page("/exchange/{id}/release", Can.ACT, post=release),
    Page("/exchange/{id}/recall", Can.ACT, post=recall),
    Page("/exchange/{id}/correct", Can.ACT, post=correct),
    Page("/exchange/{id}/read", Can.COMPARE, post=read),
)
