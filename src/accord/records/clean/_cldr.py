"""What Babel has of a language: its names of territories and months, from Babel's own file.

`Locale` would merge in all data that a language inherits, which takes twice as long and adds no name; and
`localedata.load` would keep the unmerged data for everyone else.
"""

from __future__ import annotations

import pickle
from functools import cache
from typing import Any


@cache
def names(language: str) -> tuple[dict[str, str], list[dict[int, str]]]:
    """Territories by code; then months by number: whole names and abbreviations, in a date and by themselves."""
    from babel import localedata

    with open(localedata.resolve_locale_filename(language), "rb") as file:  # noqa: PTH123 - Babel gives a text path
        found: dict[str, Any] = pickle.load(file)  # noqa: S301 - a file of an installed package
    months = [
        found["months"].get(context, {}).get(width)
        for context in ("format", "stand-alone")
        for width in ("wide", "abbreviated")
    ]
    return found["territories"], [each for each in months if isinstance(each, dict)]  # others refer to one of these
