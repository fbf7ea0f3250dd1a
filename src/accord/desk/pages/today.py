"""Today: what waits for me, what waits for others, and the dates that are near; each item one action away."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from starlette.responses import Response

from accord import exchange
from accord.desk import render
from accord.desk.pages import _steps
from accord.desk.roles import Can
from accord.desk.visit import Page, Visit
from accord.exchange import Party

_SOON_DAYS = 60
_EXPIRES_SOON_DAYS = 14


@dataclass(frozen=True, slots=True)
class Item:
    """One line: what it is, with whom, since when, where it leads, and whether this person can do it."""

    what: str
    about: str
    since: str
    path: str
    action: str
    mine: bool


def today(visit: Visit) -> Response:
    """The first page after sign-in."""
    title = visit.words("Today")
    if not visit.office.has_accord:
        return render.page(visit, "today.html.j2", title, accord=None)
    party = visit.party
    waiting: list[Item] = []
    others: list[Item] = []
    carry: list[exchange.Outgoing] = []
    if visit.may(Can.EXCHANGE):
        for one in exchange.waiting(party):
            (waiting if one.waits_for == "us" else others).append(_item(visit, one))
        carry = exchange.outgoing(party) if visit.may(Can.ACT) else []
    waiting.sort(key=lambda item: (not item.mine, item.since))
    return render.page(
        visit, "today.html.j2", title, accord=party.accord, waiting=waiting, others=others,
        carry=[one for one in carry if one.waits], dates=_dates(visit, party), new=_new(visit, party),
        records=len(visit.office.holding), pairs=visit.office.queue.count_waiting(visit.who.name)
        if visit.may(Can.REVIEW) else 0, in_force=party.accord.in_force(visit.office.now.date()),
    )  # fmt: skip


def _item(visit: Visit, one: exchange.Conversation) -> Item:
    action, mine = _steps.to_do(visit, one)
    about = f"{one.partner} · {one.case}" if one.case else one.partner
    return Item(_steps.going_on(visit, one), about, one.since, f"/exchange/{one.id}", action, mine)


def _new(visit: Visit, party: Party) -> int:
    """How many possible matches nobody has asked about yet."""
    if not visit.may(Can.EXCHANGE):
        return 0
    return exchange.count_hits(party)[1]


def _dates(visit: Visit, party: Party) -> list[tuple[dt.date, str, str]]:
    """(day, what, path) of what comes up soon or is past, the nearest first."""
    day, accord, words = visit.office.now.date(), party.accord, visit.words
    found = []
    if accord.review - day <= dt.timedelta(days=_SOON_DAYS):
        found.append((accord.review, words("The accord is to be reviewed"), "/accord"))
    if accord.ends - day <= dt.timedelta(days=_SOON_DAYS):
        found.append((accord.ends, words("The accord ends"), "/accord"))
    if visit.may(Can.EXCHANGE):
        for given in exchange.expiring(party, day + dt.timedelta(days=_EXPIRES_SOON_DAYS)):
            text = words("Released fields expire ({partner})", partner=given.party)
            found.append((dt.date.fromisoformat(given.expires), text, f"/exchange/{given.id}"))
    return sorted(found)


PAGES = (Page("/", Can.ENTER, get=today),)
