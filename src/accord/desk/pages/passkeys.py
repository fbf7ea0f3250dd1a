"""Passkeys: signing in with one, and adding or removing the own.

Invariants: a passkey is added right after the password was typed once more; an answer that fails at sign-in gets the
sentence that a wrong password gets.
"""

from __future__ import annotations

from starlette.responses import Response

from accord.desk import render
from accord.desk.pages.sign_in import begin_session, refused
from accord.desk.passkeys import Passkeys
from accord.desk.roles import Can
from accord.desk.visit import Page, Visit
from accord.errors import InputError


def ask(visit: Visit) -> Response:
    """What the browser hands to an authenticator for signing in."""
    return Response(_able(visit).to_sign(visit.door, visit.office.now), media_type="application/json")


def sign_in(visit: Visit) -> Response:
    """Check what an authenticator answered; a new session begins."""
    account = _able(visit).check(visit.form.text("credential"), visit.door, visit.office.now)
    return refused(visit) if account is None else begin_session(visit, account)


def begin(visit: Visit) -> Response:
    """After the password: the page on which the browser makes the key."""
    passkeys, office, name = _able(visit), visit.office, visit.form.text("name")
    if office.accounts.check(visit.who.name, visit.form.secret("old"), office.now) is None:
        raise InputError("account.old", "the present password is not right", "type it again")
    options = passkeys.to_make(visit.who, visit.door, office.now)
    return render.page(visit, "passkey.html.j2", visit.words("Add a passkey"), name=name, options=options)


def add(visit: Visit) -> Response:
    """Keep the key that the browser made."""
    form = visit.form
    made = _able(visit).add(visit.who, form.text("name"), form.text("credential"), visit.door, visit.office.now)
    return visit.go("/account", visit.words("The passkey {name} can be used to sign in now.", name=made.name))


def remove(visit: Visit) -> Response:
    """Remove one of the own passkeys."""
    visit.office.passkeys.remove(visit.who.name, visit.form.text("passkey"), visit.office.now)
    return visit.go("/account", visit.words("That passkey is worth nothing here any more."))


def _able(visit: Visit) -> Passkeys:
    if not visit.passkeys:
        raise InputError(
            "passkey.none", "passkeys cannot be used at this address",
            "install accord[passkeys], and open the desk by a name over TLS, or as localhost",
        )  # fmt: skip
    return visit.office.passkeys


PAGES = (
    Page("/sign-in/passkey", None, get=ask, post=sign_in),
    Page("/account/passkeys", Can.ENTER, post=begin),
    Page("/account/passkeys/add", Can.ENTER, post=add),
    Page("/account/passkeys/remove", Can.ENTER, post=remove),
)
