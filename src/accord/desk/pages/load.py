"""Load: a file of records from a browser, checked and loaded in the background, with every problem told."""

from __future__ import annotations

from starlette.responses import Response

from accord.desk import render
from accord.desk.loading import Sent
from accord.desk.roles import Can
from accord.desk.visit import Page, Visit
from accord.errors import InputError
from accord.records import RecordTerms
from accord.records.loading import Wish

_LONGEST_SOURCE = 200


def load(visit: Visit) -> Response:
    """The form, or how far the load is, or what became of it."""
    office = visit.office
    purposes = office.party.accord.purposes if office.has_accord else {}
    return render.page(
        visit, "load.html.j2", visit.words("Load records"), outcome=office.loading.outcome, purposes=purposes,
        again=office.loading.can_begin_again, held=len(office.holding),
    )  # fmt: skip


def begin(visit: Visit) -> Response:
    """Take a file; it is checked whole before anything is loaded."""
    form, office = visit.form, visit.office
    upload, mapping = form.file("records"), form.files.get("mapping")
    source = form.text("source") or upload.name or "file"
    if len(source) > _LONGEST_SOURCE or not source.isprintable():
        raise InputError("load.source", "the name of the source is too long or not printable", "give a short name")
    terms = RecordTerms(purposes=_purposes(visit))
    wish = Wish(source, terms, bool(form.text("complete")), bool(form.text("remove-many")))
    text = mapping.data.decode("utf-8", "replace") if mapping and mapping.data else None
    office.loading.begin(Sent(upload.name or "file", upload.data, text, wish, visit.who.name))
    return visit.go("/load")


def _purposes(visit: Visit) -> tuple[str, ...] | None:
    chosen = visit.form.all("purpose")
    known = visit.party.accord.purposes if chosen else {}
    if any(one not in known for one in chosen):
        raise InputError("records.purpose", "the accord of this desk knows no such purpose", "choose of the list")
    return chosen or None


def stop(visit: Visit) -> Response:
    """Stop the load; nothing of the file stays."""
    visit.office.loading.stop()
    return visit.go("/load", visit.words("The load stops; nothing of the file stays in the desk."))


def again(visit: Visit) -> Response:
    """Begin again with the file that was sent."""
    visit.office.loading.again()
    return visit.go("/load")


PAGES = (
    Page("/load", Can.LOAD, get=load, post=begin),
    Page("/load/stop", Can.LOAD, post=stop),
    Page("/load/again", Can.LOAD, post=again),
)
