"""Where to go, for whoever sits at a page: errors and what the exchange says name commands and their options.

Invariants: words are only exchanged where a page does what the command does; everything else stays as it was said.

>>> at_the_desk("look at `accord exchange status`, then run this again")
'look at the page «Exchange», then try again'
>>> at_the_desk("choose fewer with --where, or agree on a higher quota")
'choose fewer, or agree on a higher quota'
>>> at_the_desk("run `accord doctor`")
'run `accord doctor`'
"""

from __future__ import annotations

import re

_POINTS = tuple(
    (re.compile(pattern), page)
    for pattern, page in (
        (r"(?:decide|go on|read it|compare the records) with `accord exchange [a-z]+ [^`]*`", "go on with it here"),
        (r"`accord exchange onward [^`]*` asks", "its page lets you ask"),
        (r"`accord exchange recall [^`]*`", "«Take back» on its page"),
        (r"`accord exchange status`", "the page «Exchange»"),
        (r"`accord exchange (?:hits|request)`", "the page «Possible matches»"),
        (r"`accord exchange derived?`", "the page «Made from released fields»"),
        (r"`accord exchange ask(?: --where)?`", "the page «Ask a partner»"),
        (r"`accord exchange resend`", "each has its file on its page"),
        (r"`accord exchange marks ID` for a record", "the page of a record"),
        (r"run `accord records show [^`]*`", "see the page of the record"),
        (r"`accord records list`", "the page «Records»"),
        (r"`accord arrangement may`", "the page «Accord»"),
        (r"`accord ledger verify`", "«Verify now» on the page «Ledger»"),
        (r"`accord desk account list`", "the page «People»"),
        (r"`accord coverage cells`", "the page «Coverage»"),
        (r", or leave them out with --skip-invalid", ""),
        (r"give that with --mapping", "give that as the mapping"),
        (r"give --asker", "say who asks"),
        (r"give --identified-by", "say how the person was identified"),
        (r"give --name, --number or --record", "give a name, a number or the id of a record"),
        (r"give --from RELEASE", "choose the fields that it was made from"),
        (r"give a short --name", "give a short name"),
        (r" with --(?:case|to|where)\b", ""),
        (r"\brun (?:this|the command) again", "try again"),
    )
)


def at_the_desk(text: str) -> str:
    """The same for somebody at a page, who has no command line."""
    for pattern, page in _POINTS:
        text = pattern.sub(page, text)
    return text
