"""Pages as HTML: the templates of this package, everything escaped, names of others shown so that they cannot trick.

Invariants: autoescape is on for every template and nothing is marked safe; text of a record goes through `clear`, in
which control characters and direction overrides become `�`; a page never holds a script, a style or an event handler
of its own.
"""

from __future__ import annotations

import datetime as dt
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from jinja2 import Environment, FunctionLoader, StrictUndefined
from starlette.responses import HTMLResponse

from accord import __version__
from accord.desk.pointing import at_the_desk
from accord.desk.roles import Can
from accord.desk.static import address
from accord.desk.visit import Visit
from accord.desk.words import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Mapping

_HIDDEN = dict.fromkeys(
    (*range(0x20), *range(0x7F, 0xA0), 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)), "�"
)
# what the navigation shows: (path, title, what it needs)
MENU = (
    ("/", "Today", Can.ENTER),
    ("/exchange", "Exchange", Can.EXCHANGE),
    ("/records", "Records", Can.RECORDS),
    ("/review", "Review", Can.REVIEW),
    ("/persons", "A person asks", Can.SUBJECTS),
    ("/coverage", "Coverage", Can.COVERAGE),
    ("/accord", "Accord", Can.ENTER),
    ("/ledger", "Ledger", Can.LEDGER),
    ("/people", "People", Can.PEOPLE),
)

# messages whose kind in the protocol is no word for people
FILES = {
    "count": "question how many",
    "count-marks": "marks to be counted",
    "count-answer": "marks that were mixed",
    "count-told": "how many",
    "onward": "question of handing on",
    "onward-receipt": "receipt of a third party",
    "opening": "opened sample",
    "verdict": "finding of the audit",
}

_UNDER = {"/load": "/records"}  # pages that belong to another place of the menu


def page(visit: Visit, template: str, title: str, status: int = 200, **values: object) -> HTMLResponse:
    """Render a template with what every page needs: the words, the menu, the token for forms, a notice."""
    notice = visit.session.notice if visit.session else ""
    if notice and visit.session:
        visit.office.sessions.leave_notice(visit.session.id, "")
    base: Mapping[str, object] = {
        "visit": visit,
        "title": title,
        "notice": notice,
        "menu": [(path, name) for path, name, needs in MENU if visit.may(needs)],
        "here": _UNDER.get(place := "/" + visit.path.strip("/").split("/")[0], place),
        "t": visit.words,
        "languages": LANGUAGES,
        "version": __version__,
        "address": address,
        "Can": Can,
    }
    text = environment().get_template(template).render({**base, **values})
    return HTMLResponse(text, status_code=status)


@cache
def environment() -> Environment:
    """The templates, compiled once."""
    folder = files(__package__).joinpath("templates")
    made = Environment(
        loader=FunctionLoader(lambda name: folder.joinpath(name).read_text("utf-8")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.filters.update(
        clear=clear,
        at_desk=at_the_desk,
        minute=minute,
        day=day,
        estimated=estimated,
        zip=zip,
        number=lambda value: f"{value:,}",
        file=lambda kind: FILES.get(kind, kind),
        words=in_words,
        pairs=lambda values: [(value, in_words(str(value))) for value in values],
    )
    return made


def clear(text: object) -> str:
    """Text of a record or a partner, safe to read: nothing in it moves the eye or turns the reading order around."""
    return str(text).translate(_HIDDEN)


def estimated(score: float) -> str:
    """A probability in percent, never as if it were certain.

    >>> estimated(0.9999), estimated(0.874), estimated(0.001)
    ('> 99', '87', '< 1')
    """
    percent = round(score * 100)
    return "> 99" if percent == 100 else "< 1" if percent == 0 else str(percent)


def minute(moment: dt.datetime | str) -> str:
    """A time to the minute, in UTC."""
    at = dt.datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    return at.astimezone(dt.UTC).strftime("%Y-%m-%d %H:%M")


def day(moment: dt.datetime | dt.date | str) -> str:
    """The day of a time."""
    return str(moment)[:10]


def in_words(name: str) -> str:
    """A property or a code as words: `passportNumber` is "passport number".

    >>> in_words("passportNumber"), in_words("not-same")
    ('passport number', 'not same')
    """
    spaced = "".join(f" {sign.lower()}" if sign.isupper() else sign for sign in name)
    return clear(spaced.replace("-", " ").replace("_", " ").strip())
