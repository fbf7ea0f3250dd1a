"""Where to go, for whoever has no command line: errors and what the exchange says name commands and their options.

Somebody at a page is pointed to a page, a program to an endpoint of the JSON interface.

Invariants: words are only exchanged where a page or an endpoint does what the command does; everything else stays as it
was said, so that whoever runs the desk can act on it.

>>> at_the_desk("look at `accord exchange status`, then run this again")
'look at the page «Exchange», then try again'
>>> in_a_call("look at `accord exchange status`, then run this again")
'look at `GET /api/v1/status`, then call again'
>>> at_the_desk("run `accord doctor`") == in_a_call("run `accord doctor`")
True
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_POINTS = tuple(
    (re.compile(pattern), page, page if call is None else call)
    for pattern, page, call in (  # None: a program has no endpoint for it, and is pointed to the page
        (r"read it with `accord exchange read ([^`]*)`", "go on with it here",
         r"read it with `POST /api/v1/conversations/\1/read`"),
        (r"(?:decide|go on|compare the records) with `accord exchange [a-z]+ [^`]*`", "go on with it here",
         "a person goes on with it at its page"),
        (r"`accord exchange onward ([^` ]*) [^`]*` asks", "its page lets you ask",
         r"`POST /api/v1/conversations/\1/onward` asks"),
        (r"`accord exchange recall ([^`]*)`", "«Take back» on its page", r"`POST /api/v1/conversations/\1/recall`"),
        (r"`exchange (read|release|recall)`", "its page", r"`POST /api/v1/conversations/{id}/\1`"),
        (r"`exchange (?:identify|approve|consent)`", "its page", "a person does it at its page"),
        (r"`exchange counts`", "the page «Exchange»", "`GET /api/v1/counts`"),
        (r"`accord exchange status`", "the page «Exchange»", "`GET /api/v1/status`"),
        (r"`(?:accord )?exchange hits`", "the page «Possible matches»", "`GET /api/v1/hits`"),
        (r"`accord exchange request`", "the page «Possible matches»", "`POST /api/v1/hits/{id}/request`"),
        (r"`accord exchange derived`", "the page «Made from released fields»", "`GET /api/v1/derived`"),
        (r"`accord exchange derive`", "the page «Made from released fields»", "`POST /api/v1/derived`"),
        (r"`accord exchange ask(?: --where)?`", "the page «Ask a partner»", "`POST /api/v1/exchange/ask`"),
        (r"`accord exchange resend`", "each has its file on its page", "`GET /api/v1/conversations/{id}/message`"),
        (r"`accord exchange marks ID` for a record", "the page of a record", None),
        (r"run `accord records show ([^`]*)`", "see the page of the record", r"see `GET /api/v1/records/\1`"),
        (r"`accord records list`", "the page «Records»", "`GET /api/v1/records`"),
        (r"with `accord records stats`", "on the page of a record", "with `GET /api/v1/records/{id}`"),
        (r"`accord records subject find`", "the page «A person asks»", "`POST /api/v1/persons/find`"),
        (r"`accord arrangement may`", "the page «Accord»", "`GET /api/v1/accord/may`"),
        (r"`accord ledger verify`", "«Verify now» on the page «Ledger»", "`POST /api/v1/ledger/verify`"),
        (r"`accord desk account list`", "the page «People»", None),
        (r"`accord coverage cells`", "the page «Coverage»", "`GET /api/v1/coverage/squares`"),
        (r"run (`accord records draft-mapping) [^`]*`, look through what it proposes, and give that with --mapping",
         r"give a mapping with it; \1` proposes one", None),
        (r", or leave them out with --skip-invalid", "", None),
        (r"add --remove-many", "tick «… even when that is most of it»", None),
        (r"give --asker", "say who asks", "give `asker`"),
        (r"give --identified-by", "say how the person was identified", None),
        (r"give --name, --number or --record", "give a name, a number or the id of a record",
         "give `name`, `number` or `record`"),
        (r"give --from RELEASE", "choose the fields that it was made from", "give `releases`"),
        (r"give a short --name", "give a short name", "give a short `name`"),
        (r" with --(case|to|where)\b", "", r" with `\1`"),
        (r"\brun (?:this|the command) again", "try again", "call again"),
    )
)  # fmt: skip
_WORDS = ("message", "remedy")


def at_the_desk(text: str) -> str:
    """The same for somebody at a page."""
    for pattern, page, _ in _POINTS:
        text = pattern.sub(page, text)
    return text


def in_a_call(text: str) -> str:
    """The same for a program that calls the JSON interface."""
    for pattern, _, call in _POINTS:
        text = pattern.sub(call, text)
    return text


def told_in_a_call(error: Mapping[str, object]) -> dict[str, object]:
    """The same of an error, or of a problem in one, as JSON-ready data."""
    told = {name: in_a_call(str(value)) if name in _WORDS else value for name, value in error.items()}
    if isinstance(problems := error.get("problems"), list):
        told["problems"] = [told_in_a_call(one) for one in problems]
    return told
