"""People: accounts, their roles and officers, and who is signed in now; and everybody's own password."""

from __future__ import annotations

from starlette.responses import Response

from accord.arrangement import card
from accord.desk import render
from accord.desk.roles import Can, Role
from accord.desk.visit import Page, Visit, within
from accord.errors import InputError


def people(visit: Visit) -> Response:
    """Accounts and sessions."""
    office = visit.office
    accounts = office.accounts.all()
    taken = {one.officer for one in accounts if not one.closed}
    officers = [one for one in card(office.folder).officers if one.name not in taken]
    return render.page(
        visit, "people.html.j2", visit.words("People"), accounts=accounts, sessions=office.sessions.all(office.now),
        roles=list(Role), officers=officers, now=office.now,
        passkeys=office.passkeys.counts(),
    )  # fmt: skip


def add(visit: Visit) -> Response:
    """Make an account."""
    form, office = visit.form, visit.office
    try:
        role = Role(form.text("role"))
    except ValueError:
        raise InputError("account.role", "this role is not known", f"use one of: {', '.join(Role)}") from None
    made = office.accounts.add(
        form.text("name"), role, form.secret("password"), form.text("officer"), office.now, visit.who.name
    )
    said = visit.words("{name} can sign in now.", name=made.name)
    if role is Role.ANALYST and not office.accounts.can_approve():
        said += " " + visit.words("Nobody can approve yet: make an account for an approver who signs as an officer.")
    return visit.go("/people", said)


def close(visit: Visit) -> Response:
    """Close an account and end its sessions."""
    name = visit.place["name"]
    if name == visit.who.name:
        raise InputError("account.own", "nobody closes the own account", "let another administrator do it")
    visit.office.accounts.close(name, visit.office.now, visit.who.name)
    visit.office.sessions.end_all(name)
    return visit.go("/people", visit.words("The account {name} is closed.", name=name))


def without_passkeys(visit: Visit) -> Response:
    """Remove the passkeys of an account, as when a device is lost; its sessions end, its password stays."""
    name, passkeys = visit.place["name"], visit.office.passkeys
    for one in passkeys.of(name):
        passkeys.remove(name, one.id, visit.office.now, visit.who.name)
    visit.office.sessions.end_all(name, but=visit.session.id if visit.session else "")
    return visit.go("/people", visit.words("The passkeys of {name} are worth nothing any more.", name=name))


def end(visit: Visit) -> Response:
    """End a session."""
    visit.office.sessions.end(visit.form.text("session"))
    return visit.go("/people", visit.words("That session has ended."))


def own(visit: Visit) -> Response:
    """The own account."""
    return render.page(
        visit, "account.html.j2", visit.words("Your account"), passkeys=visit.office.passkeys.of(visit.who.name)
    )  # fmt: skip


def change(visit: Visit) -> Response:
    """Change the own password; all other sessions end."""
    form, office, name = visit.form, visit.office, visit.who.name
    if office.accounts.check(name, form.secret("old"), office.now) is None:
        raise InputError("account.old", "the present password is not right", "type it again")
    if form.secret("new") != form.secret("again"):
        raise InputError("account.again", "the two new passwords differ", "type them again")
    office.accounts.set_password(name, form.secret("new"), office.now, name)
    office.sessions.end_all(name, but=visit.session.id if visit.session else "")
    return visit.go("/account", visit.words("Your password is changed."))


def keys(visit: Visit) -> Response:
    """Let single letters act as keys for the own account, or not."""
    on = visit.form.text("keys") == "on"
    visit.office.choices.set_keys(visit.who.name, on)
    said = visit.words("Letters act as keys.") if on else visit.words("Letters no longer act as keys.")
    return visit.go(within(visit.form.text("then", "/")), said)


PAGES = (
    Page("/people", Can.PEOPLE, get=people, post=add),
    Page("/people/sessions", Can.PEOPLE, post=end),
    Page("/people/{name}/close", Can.PEOPLE, post=close),
    Page("/people/{name}/passkeys", Can.PEOPLE, post=without_passkeys),
    Page("/account", Can.ENTER, get=own, post=change),
    Page("/account/keys", Can.ENTER, post=keys),
)
