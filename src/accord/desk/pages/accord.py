"""The accord: its clauses in plain words, who signed, and «may I?»."""

from __future__ import annotations

from difflib import SequenceMatcher
from itertools import zip_longest

from starlette.responses import Response

from accord.arrangement import Action, Refusal, Request
from accord.arrangement.adoption import versions
from accord.arrangement.decide import permitted_by_clauses
from accord.arrangement.model import Accord
from accord.arrangement.show import as_text, page
from accord.desk import render
from accord.desk.roles import Can
from accord.desk.visit import Page, Visit
from accord.errors import InputError, UsageError
from accord.records.schemata import schemata

_AROUND = 2  # lines shown around those that changed
_LEVELS = ("blind", "silent", "count", "contact", "release")


def accord(visit: Visit) -> Response:
    """The accord that this desk works under; with a request in the address, also what it answers to that."""
    title = visit.words("Accord")
    try:
        party = visit.party
    except UsageError as error:
        return render.page(visit, "no_accord.html.j2", title, error=error)
    return render.page(
        visit, "accord.html.j2", title, accord=party.accord, own=party.id, shown=page(party.accord, "lawyer"),
        answer=_answer(visit), levels=_LEVELS, schemata=sorted(schemata()), now=visit.office.now,
        versions=versions(visit.office.folder)[::-1],
    )  # fmt: skip


def version(visit: Visit) -> Response:
    """One version beside the one before it: the lines that changed, with a few around them."""
    text = visit.place["number"]
    found = {str(one.version): one for one in versions(visit.office.folder)}
    if text not in found:
        raise InputError("arrangement.unknown", "this desk has worked under no such version", "see the accord's page")
    one = found[text]
    before = next((each for each in found.values() if each.digest == one.previous), None)
    rows = _compared(_lines(before), _lines(one)) if before else []
    title = visit.words("Version {number}", number=one.version)
    return render.page(
        visit, "version.html.j2", title, one=one, before=before, rows=rows, shown=page(one, "lawyer")
    )  # fmt: skip


def _lines(accord: Accord | None) -> list[str]:
    return as_text(page(accord, "lawyer")).splitlines() if accord else []


def _compared(old: list[str], new: list[str]) -> list[tuple[str, str, str]]:
    """(before, now, kind) line by line; kind is same, changed, added, removed, or gap for lines left out."""
    rows: list[tuple[str, str, str]] = []
    for group in SequenceMatcher(None, old, new, autojunk=False).get_grouped_opcodes(_AROUND):
        if rows:
            rows.append(("", "", "gap"))
        for kind, a, b, c, d in group:
            word = {"equal": "same", "replace": "changed", "insert": "added", "delete": "removed"}[kind]
            for left, right in zip_longest(old[a:b], new[c:d]):
                rows.append(
                    (left or "", right or "", "added" if left is None else "removed" if right is None else word)
                )
    return rows


def _answer(visit: Visit) -> dict[str, object] | None:
    """«May I?»: permitted with its clauses, or refused with clause, owner and remedy; None when not asked."""
    query, party = visit.query, visit.party
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


PAGES = (
    Page("/accord", Can.ENTER, get=accord),
    Page("/accord/versions/{number}", Can.ENTER, get=version),
)
