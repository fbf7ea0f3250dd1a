"""Signing in and out, and choosing a language.

Invariants: the answer to a sign-in that fails is one sentence, the same whatever was wrong; where to go afterwards is
a path of this desk, never an address.
"""

from __future__ import annotations

from starlette.responses import RedirectResponse, Response

from accord.desk import render
from accord.desk.accounts import Account
from accord.desk.roles import Can
from accord.desk.visit import Page, Visit, within
from accord.desk.words import LANGUAGES


def show(visit: Visit) -> Response:
    """The form; somebody who is signed in is sent on."""
    if visit.account is not None:
        return visit.go("/")
    return _form(visit, visit.query.get("then", "/"), "")


def sign_in(visit: Visit) -> Response:
    """Check name and password; a new session begins, and the one before it ends."""
    accounts, form = visit.office.accounts, visit.form
    account = accounts.check(form.text("name"), form.secret("password"), visit.office.now)
    return refused(visit) if account is None else begin_session(visit, account)


def refused(visit: Visit) -> Response:
    """The form again, with one sentence for whatever was wrong."""
    wrong = visit.words("This does not fit, or the account rests for a while.")
    return _form(visit, visit.form.text("then", "/"), wrong)


def begin_session(visit: Visit, account: Account) -> Response:
    """Sign somebody in who was checked; the session before it ends."""
    office = visit.office
    if visit.session is not None:
        office.sessions.end(visit.session.id)
    response = RedirectResponse(within(visit.form.text("then", "/")), status_code=303)
    response.begun = office.sessions.begin(account.name, office.now)  # type: ignore[attr-defined]  # read by the door
    return response


def sign_out(visit: Visit) -> Response:
    """End this session."""
    if visit.session is not None:
        visit.office.sessions.end(visit.session.id)
    response = RedirectResponse("/sign-in", status_code=303)
    response.ended = True  # type: ignore[attr-defined]  # read by the door
    return response


def language(visit: Visit) -> Response:
    """Keep the language that was chosen."""
    response = visit.go(within(visit.form.text("then", "/")))
    wanted = visit.form.text("language")
    if wanted in LANGUAGES:
        response.language = wanted  # type: ignore[attr-defined]  # read by the door
    return response


def _form(visit: Visit, then: str, wrong: str) -> Response:
    none_yet = not any(not one.closed for one in visit.office.accounts.all())
    title = visit.words("Sign in")
    return render.page(
        visit, "sign_in.html.j2", title, 403 if wrong else 200, then=within(then), wrong=wrong, none_yet=none_yet,
        desk=visit.office.folder.path.name,
    )  # fmt: skip


PAGES = (
    Page("/sign-in", None, get=show, post=sign_in),
    Page("/sign-out", Can.ENTER, post=sign_out),
    Page("/language", None, post=language),
)
