"""Ledger: the diary of the desk, verified on demand; the proof of one entry; the partners' last heads."""

from __future__ import annotations

import json

from starlette.responses import Response

from accord.desk import crosscheck, render
from accord.desk.pages import _steps
from accord.desk.roles import Can
from accord.desk.visit import Page, Visit
from accord.errors import InputError, TrustError
from accord.ledger import Head
from accord.ledger.head import stated_head
from accord.ledger.merkle import leaf_hash

_ROWS = 100


def ledger(visit: Visit) -> Response:
    """The entries, the newest first, and what each partner's log looked like when last heard of."""
    return _page(visit, None, None)


def check(visit: Visit) -> Response:
    """Verify the whole log now."""
    try:
        return _page(visit, crosscheck.verified(visit.office), None)
    except TrustError as error:
        return _page(visit, None, error)


def _page(visit: Visit, head: Head | None, altered: TrustError | None) -> Response:
    log = visit.office.log
    size = _size(visit)
    before = _number(visit.query.get("before", ""), size)
    entries = [one for one in log.entries(max(before - _ROWS, 0)) if one.index < before]
    return render.page(
        visit, "ledger.html.j2", visit.words("Ledger"), size=size, head=head, altered=altered,
        entries=[(one, _steps.noted(visit, one.kind)) for one in entries[::-1]], first=max(before - _ROWS, 0),
        partners=_partners(visit), party=visit.office.keys.party,
    )  # fmt: skip


def entry(visit: Visit) -> Response:
    """One entry with the proof that it is in the log."""
    index = _number(visit.place["index"], -1)
    log = visit.office.log
    proof = log.prove(index)
    head = stated_head(proof.head, visit.office.keys.party)
    found = next(log.entries(index))
    return render.page(
        visit, "entry.html.j2", visit.words("Entry {number}", number=index), entry=found,
        what=_steps.noted(visit, found.kind), claim=json.loads(proof.body),
        leaf=leaf_hash(proof.body).hex(), steps=[step.hex() for step in proof.steps], head=head,
    )  # fmt: skip


def _size(visit: Visit) -> int:
    try:
        return visit.office.log.head().size
    except InputError:
        return 0


def _partners(visit: Visit) -> list[tuple[str, Head]]:
    if not visit.office.has_accord:
        return []
    accord, found = visit.party.accord, []
    for party, report in visit.office.log.witnesses().items():
        known = next((one for one in accord.parties if one.id == party), None)
        if known is not None:
            found.append((party, stated_head(report.envelope, party)))  # checked when it came
    return found


def _number(text: str, default: int) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else default


PAGES = (
    Page("/ledger", Can.LEDGER, get=ledger, post=check),
    Page("/ledger/{index}", Can.LEDGER, get=entry),
)
