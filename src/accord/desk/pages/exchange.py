"""Exchange: what is under way, files in and out, possible matches, a new question, a new request."""

from __future__ import annotations

import datetime as dt

from starlette.responses import Response

from accord import exchange
from accord.desk import render
from accord.desk.pages import _steps
from accord.desk.pointing import at_the_desk
from accord.desk.roles import Can
from accord.desk.visit import Page, Visit
from accord.errors import InputError
from accord.exchange.messages import largest, oversize
from accord.exchange.request import IDENTIFYING
from accord.records.schemata import schema

_MOST_ROWS = 200


def under_way(visit: Visit) -> Response:
    """All conversations, the files to carry, and where to put a file that came."""
    party = visit.party
    latest = exchange.conversations(party, _MOST_ROWS)
    rows = [(one, _steps.going_on(visit, one), *_steps.to_do(visit, one)) for one in latest]
    carry = exchange.outgoing(party) if visit.may(Can.ACT) else []
    return render.page(
        visit, "exchange.html.j2", visit.words("Exchange"), rows=rows, carry=carry, hits=exchange.count_hits(party)[0],
        all=exchange.count_conversations(party),
    )  # fmt: skip


def receive(visit: Visit) -> Response:
    """Take a file that a partner sent."""
    party, upload = visit.party, visit.form.file("message")
    quotas = party.accord.quotas
    limit = largest(quotas.marks_per_session, quotas.marks_per_answer)
    if len(upload.data) > limit:
        raise oversize(limit)
    attested = visit.form.text("attest")
    attestation = None
    if attested:
        party, officer = visit.office.signing(visit.who, visit.form.secret("passphrase"))
        attestation = exchange.Attestation(officer, attested)
    got = exchange.receive(party, upload.data, attestation)
    words = visit.words
    said = words("A file of {partner} was taken: {said}.", partner=got.partner, said=_plain(got.said))
    if got.reply is not None:
        said += " " + words("A reply is due: download it here and carry it to {partner}.", partner=got.partner)
    return visit.go(f"/exchange/{got.session}", said)


def _plain(said: str) -> str:
    """What the exchange says, without the command that it proposes: the page has its button."""
    said = said.split(": compare the records with", maxsplit=1)[0].split("; read it with", maxsplit=1)[0]
    return at_the_desk(said).rstrip(".")


def hits(visit: Visit) -> Response:
    """Possible matches: the own record, and whom to contact about it."""
    party, start = visit.party, visit.query.get("from", "")
    first = int(start) if start.isascii() and start.isdigit() and len(start) < 10 else 0
    rows = exchange.latest_hits(party, first, _MOST_ROWS)
    names = {}
    if visit.may(Can.RECORDS):
        wanted = {str(row["record"]) for row in rows}
        names = {key: one.caption for key, one in visit.office.holding.named(wanted).items()}
    return render.page(
        visit, "hits.html.j2", visit.words("Possible matches"), rows=rows, names=names, first=first, step=_MOST_ROWS,
        all=exchange.count_hits(party)[0],
    )  # fmt: skip


def new_question(visit: Visit) -> Response:
    """The form for a blind question."""
    party = visit.party
    partners = [one for one in party.accord.parties if one.id != party.id]
    return render.page(
        visit, "ask.html.j2", visit.words("Ask a partner"), partners=partners, purposes=party.accord.purposes,
        records=len(visit.office.holding),
    )  # fmt: skip


def ask(visit: Visit) -> Response:
    """Ask a partner blind, which records both hold or only how many."""
    form, party = visit.form, visit.party
    where = form.text("where") or None
    verb = exchange.count_with if form.text("how") == "count" else exchange.ask
    latest = _sent(party, verb(party, form.text("to"), form.text("purpose"), form.text("case"), where))
    said = visit.words("The question is ready: download it and carry it to {partner}.", partner=latest.partner)
    return visit.go(f"/exchange/{latest.conversation}", said)


def new_request(visit: Visit) -> Response:
    """The form that asks for named fields after a possible match."""
    party, hit = visit.party, _hit(visit)
    own = party.holding.get(str(hit["record"])).entity
    known = schema(own.schema)
    names = [name for name, one in known.properties.items() if not one.sensitive] if known else list(own.properties)
    usual = [name for name in names if name in IDENTIFYING or name in ("summary", "notes", "topics", "status")]
    return render.page(
        visit, "request.html.j2", visit.words("Ask for fields"), hit=hit, own=own, usual=usual,
        further=sorted(set(names) - set(usual)), purposes=party.accord.purposes,
        asks_passphrase=visit.office.asks_passphrase(visit.who),
    )  # fmt: skip


def request(visit: Visit) -> Response:
    """Ask for named fields."""
    form, hit = visit.form, _hit(visit)
    party, officer = visit.office.signing(visit.who, form.secret("passphrase"))
    fields = form.all("property")
    if not fields:
        raise InputError("request.fields", "no field was chosen", "choose at least one")
    until = _day(form.text("until"))
    latest = _sent(party, exchange.request(party, str(hit["hit"]), fields, form.text("purpose"), officer, until=until))
    said = visit.words("The request is signed: download it and carry it to {partner}.", partner=latest.partner)
    return visit.go(f"/exchange/{latest.conversation}", said)


def _sent(party: exchange.Party, message: bytes) -> exchange.Outgoing:
    """The conversation of a message that was just written; others may have written theirs meanwhile."""
    latest = exchange.outgoing(party)
    return next((one for one in latest if exchange.resend(party, one.conversation) == message), latest[0])


def _hit(visit: Visit) -> dict[str, object]:
    for row in exchange.hits(visit.party, id=visit.place["hit"]):
        return row
    raise InputError("hit.unknown", "there is no such possible match at this desk", "see the list of possible matches")


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text) if text else None
    except ValueError:
        raise InputError("request.until", "the last day of use is no date", "write it like 2027-01-31") from None


PAGES = (
    Page("/exchange", Can.EXCHANGE, get=under_way),
    Page("/exchange/receive", Can.EXCHANGE, post=receive, post_needs=Can.ACT),
    Page("/exchange/hits", Can.EXCHANGE, get=hits),
    Page("/exchange/ask", Can.ACT, get=new_question, post=ask),
    Page("/exchange/hits/{hit}/request", Can.ACT, get=new_request, post=request),
)
