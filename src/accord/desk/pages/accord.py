"""The accord: its clauses in plain words, who signed, and «may I?»."""

from __future__ import annotations

from starlette.responses import Response

from accord.arrangement import Action, Refusal, Request
from accord.arrangement.decide import permitted_by_clauses
from accord.arrangement.show import as_text, page
from accord.desk import render
from accord.desk.roles import Can
from accord.desk.visit import Page, Visit
from accord.errors import InputError, UsageError
from accord.records.schemata import schemata

_LEVELS = ("blind", "silent", "count", "contact", "release")


def accord(visit: Visit) -> Response:
    """The accord that this desk works under; with a request in the address, also what it answers to that."""
    title = visit.words("Accord")
    try:
        party = visit.office.party
    except UsageError as error:
        return render.page(visit, "no_accord.html.j2", title, error=error)
    return render.page(
        visit, "accord.html.j2", title, accord=party.accord, own=party.id, text=as_text(page(party.accord, "lawyer")),
        answer=_answer(visit), levels=_LEVELS, schemata=sorted(schemata()), now=visit.office.now,
    )  # fmt: skip


def _answer(visit: Visit) -> dict[str, object] | None:
    """«May I?»: permitted with its clauses, or refused with clause, owner and remedy; None when not asked."""
    query, party = visit.query, visit.office.party
    if "level" not in query:
        return None
    if query["level"] not in _LEVELS:
        raise InputError("arrangement.level", "this level is not known", f"use one of: {', '.join(_LEVELS)}")
    properties = tuple(query.get("property", "").replace(",", " ").split())
    request = Request(
        Action(query["level"]), query.get("from", ""), query.get("to", ""), query.get("schema", ""), properties,
        query.get("purpose", ""),
    )  # fmt: skip
    found = permitted_by_clauses(request, party.accord, visit.office.now)
    if isinstance(found, Refusal):
        return found.to_dict()
    needs = request.action is Action.RELEASE
    return {"answer": "permitted", "clauses": [(one.id, one.title) for one in found], "needs": needs}


PAGES = (Page("/accord", Can.ENTER, get=accord),)
