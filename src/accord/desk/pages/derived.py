"""Things made from released fields: registered from a conversation, listed, and copied out for a purpose.

Invariants: the content stays in the desk's folder; each copy is checked against all sources then, and noted; a file
goes out under a name of ours, never under the one that it came with.
"""

from __future__ import annotations

from starlette.responses import Response

from accord import exchange
from accord.desk import render
from accord.desk.roles import Can
from accord.desk.visit import Page, Visit


def listed(visit: Visit) -> Response:
    """What was made from released fields, with the restrictions of all sources together."""
    party = visit.party
    return render.page(
        visit, "derived.html.j2", visit.words("Made from released fields"), made=exchange.derived(party)[::-1],
        purposes=party.accord.purposes, asks_passphrase=visit.office.asks_passphrase(visit.who),
    )  # fmt: skip


def copy(visit: Visit) -> Response:
    """A copy for a purpose; granted or not, it is noted."""
    party, officer = visit.office.signing(visit.who, visit.form.secret("passphrase"))
    made = exchange.use(party, visit.place["id"], visit.form.text("purpose"), officer, copy=True)
    headers = {"Content-Disposition": f'attachment; filename="made-{made.id[:8]}.bin"'}
    return Response(made.data, media_type="application/octet-stream", headers=headers)


def register(visit: Visit) -> Response:
    """Keep at this desk what was made from the fields of a release."""
    form = visit.form
    party, officer = visit.office.signing(visit.who, form.secret("passphrase"))
    making = exchange.Making(form.text("name"), form.text("purpose"), officer, (visit.place["id"],))
    exchange.derive(party, form.file("made").data, making)
    said = visit.words("Kept at this desk. Delete your file: what lies outside the desk, no recall can reach.")
    return visit.go("/exchange/derived", said)


PAGES = (
    Page("/exchange/derived", Can.COMPARE, get=listed),
    Page("/exchange/derived/{id}", Can.COMPARE, post=copy),
    Page("/exchange/{id}/derive", Can.COMPARE, post=register),
)
