"""One request as a page sees it, and the pages' description of themselves.

Invariants: a page is a plain function from a `Visit` to a response; what it needs is declared in its `Page`, and was
checked before the function is called. Fields of a form are text; files are bytes in memory, never on the disk.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

from starlette.responses import RedirectResponse, Response

from accord.desk.accounts import Account
from accord.desk.office import Office
from accord.desk.passkeys import Place
from accord.desk.roles import Can
from accord.desk.sessions import Session
from accord.desk.words import Words
from accord.errors import InputError
from accord.exchange import Party

_HERE = re.compile(r"/(?!/)[A-Za-z0-9/_.-]*")


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that a browser sent: its name as claimed, good for showing only, and its bytes."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Form:
    """What a form sent. `fields` keeps every value of a name."""

    fields: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    files: Mapping[str, Upload] = field(default_factory=dict)

    def text(self, name: str, default: str = "") -> str:
        """The last value of a field, without blanks around it."""
        return self.fields.get(name, (default,))[-1].strip()

    def secret(self, name: str) -> str:
        """The value of a password field, as typed."""
        return self.fields.get(name, ("",))[-1]

    def all(self, name: str) -> tuple[str, ...]:
        """All values of a field that are not empty."""
        return tuple(value for value in self.fields.get(name, ()) if value.strip())

    def file(self, name: str) -> Upload:
        """The file of that field. Raises `InputError` `form.file` when none was chosen."""
        found = self.files.get(name)
        if found is None or not found.data:
            raise InputError("form.file", "no file was chosen", "choose the file, then send the form again")
        return found


@dataclass(frozen=True, slots=True)
class Visit:
    """One request. `account` and `session` are set unless the page is open to all."""

    office: Office
    words: Words
    path: str
    place: Mapping[str, str]
    query: Mapping[str, str]
    form: Form = field(default_factory=Form)
    account: Account | None = None
    session: Session | None = None
    browser: str = ""  # the cookie of a browser that is not signed in yet
    back: str = "/"  # the page to come back to after a small form in the frame of this one
    origin: str = ""  # scheme, host and port by which the browser calls this desk

    @property
    def who(self) -> Account:
        """Who is signed in; only for pages that need it."""
        assert self.account is not None
        return self.account

    @property
    def party(self) -> Party:
        """The party of this desk with whoever is signed in at work. Raises `UsageError` `arrangement.none`."""
        return self.office.acting(self.who)

    def may(self, what: Can) -> bool:
        """Whether the person may do that."""
        return self.account is not None and self.account.role.may(what)

    @property
    def door(self) -> Place:
        """From where this browser speaks, as a passkey sees it."""
        return Place(self.origin, bound(self.session, self.browser))

    @property
    def passkeys(self) -> bool:
        """Whether passkeys can be used here: there is a library, and a name with TLS, or localhost."""
        return self.office.passkeys.available and bool(self.door.site)

    @property
    def keys(self) -> bool:
        """Whether single letters act as keys for the person."""
        return self.account is None or self.office.choices.keys(self.account.name)

    @property
    def token(self) -> str:
        """The token for this page's forms."""
        return self.office.sessions.token(bound(self.session, self.browser))

    def go(self, path: str, said: str = "", **query: str) -> Response:
        """Send the browser on after a form, with one sentence to show there."""
        if said and self.session:
            self.office.sessions.leave_notice(self.session.id, said)
        return RedirectResponse(f"{path}?{urlencode(query)}" if query else path, status_code=303)


def within(path: str) -> str:
    """A path of this desk to go to afterwards, as a form or an address named it; Today for anything else."""
    return path if _HERE.fullmatch(path) and not path.startswith("/sign-") else "/"


def bound(session: Session | None, browser: str) -> str:
    """What the token of a form is bound to: a browser that is not signed in names itself, so never as a session."""
    return session.id if session else browser and f"browser {browser}"


@dataclass(frozen=True, slots=True)
class Page:
    """A page: its path, what a person must be allowed to do (None: open to all), and the functions that answer."""

    path: str
    needs: Can | None
    get: Callable[[Visit], Response] | None = None
    post: Callable[[Visit], Response] | None = None
    post_needs: Can | None = None  # what sending the form needs, when that is more than looking
