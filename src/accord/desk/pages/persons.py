"""Persons: somebody asks what is held about them. Find, correct, restrict, erase, answer; for approvers only.

Invariants: every look and act goes through `accord.subjects`, which logs it without a name; what partners hold is taken
back or corrected by a message to carry; the letter says the same whether there is a record or not.
"""

from __future__ import annotations

from dataclasses import replace

from starlette.responses import Response

from accord import subjects
from accord.desk import render
from accord.desk.roles import Can
from accord.desk.visit import Page, Visit
from accord.errors import InputError
from accord.records.model import ERASED
from accord.subjects import Appearance, Receipt, Sought


def persons(visit: Visit) -> Response:
    """Whom to look for."""
    return _page(visit)


def _page(
    visit: Visit,
    sought: Sought = Sought(),  # noqa: B008 - immutable
    found: list[Appearance] | None = None,
    letter: str = "",
    receipt: Receipt | None = None,
) -> Response:
    return render.page(
        visit, "persons.html.j2", visit.words("A person asks"), accord=visit.office.has_accord, sought=sought,
        found=found, choices=_choices(visit, found or []), letter=letter, receipt=receipt,
    )  # fmt: skip


def _choices(visit: Visit, found: list[Appearance]) -> dict[int, str]:
    """The lines, by number, at which a record can be chosen: its own; of one that was removed its first."""
    lines = {number: one.id for number, one in enumerate(found) if one.kind == "record"}
    first = {one.record: number for number, one in reversed([*enumerate(found)])}
    elsewhere = first.keys() - {*lines.values(), "", ERASED}
    removed = elsewhere - {own.entity.id for own in visit.party.among(elsewhere)} if elsewhere else set()
    return lines | {first[record]: record for record in removed}


def find(visit: Visit) -> Response:
    """Everywhere that the person may appear; that somebody looked is logged, and never for whom."""
    form = visit.form
    sought = Sought(form.text("record"), form.text("name"), form.text("birth-date"), form.text("number"))
    return _page(visit, sought, subjects.find(visit.party, sought))


def act(visit: Visit) -> Response:
    """Restrict, lift or erase the records chosen; the receipt tells what software did and what people must attest."""
    form, party = visit.form, visit.party
    records, reason, what = form.all("chosen"), form.text("reason"), form.text("do")
    if not records or not reason:
        raise InputError("subject.chosen", "no record was chosen, or no reason given", "choose records and say why")
    if what == "erase" and form.text("sure") != "yes":
        raise InputError("subject.sure", "erasing cannot be undone", "tick that you are sure")
    done: Receipt
    if what == "erase":
        done = subjects.erase(party, records, reason)
    elif what in ("restrict", "lift"):
        done = subjects.restrict(party, records, reason, lift=what == "lift")
    else:
        raise InputError("subject.act", "there is no such act", "choose restrict, lift or erase")
    return _page(visit, receipt=done)


def answer(visit: Visit) -> Response:
    """The letter to whoever asked, the same for everybody."""
    return _page(visit, letter=subjects.answer(visit.party, visit.form.text("asker")))


def record(visit: Visit) -> Response:
    """The fields of one record, to be corrected."""
    held = visit.office.holding.get(visit.place["id"])
    return render.page(visit, "correct.html.j2", visit.words("Correct a record"), held=held)


def correct(visit: Visit) -> Response:
    """Put the corrected fields in the place of the old, here and at partners."""
    held, form = visit.office.holding.get(visit.place["id"]), visit.form
    fields = {name: _values(form.text(f"field-{name}")) for name in held.entity.properties}
    if (added := form.text("new-name")) and (values := _values(form.text("new-values"))):
        fields[added] = values
    mended = replace(held.entity, properties={name: values for name, values in fields.items() if values})
    if not mended.properties:
        raise InputError("subject.empty", "nothing would be left of the record", "erase it instead")
    return _page(visit, receipt=subjects.correct(visit.party, mended))


def _values(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))


PAGES = (
    Page("/persons", Can.SUBJECTS, get=persons, post=find),
    Page("/persons/act", Can.SUBJECTS, post=act),
    Page("/persons/answer", Can.SUBJECTS, post=answer),
    Page("/persons/correct/{id:path}", Can.SUBJECTS, get=record, post=correct),
)
