"""The words on the pages: English in the code and the templates, other languages from a catalogue beside them.

Invariants: the English sentence is its own key, so English is always whole; a sentence that a catalogue lacks is shown
in English; values go in by name, after translation. Right-to-left is a matter of the language alone.

>>> Words.of("fr")("Sign in")
'Se connecter'
>>> words = Words.of("en")
>>> [words("{count} wait", one="1 waits", count=count) for count in (1, 3)]
['1 waits', '3 wait']
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

LANGUAGES = {"en": "English", "fr": "Français", "es": "Español"}
_KEPT = re.compile(r" (?=[%:;?!»])|(?<=«) ")  # blanks at which no line may end
_RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur"})


@dataclass(frozen=True, slots=True)
class Words:
    """One language. Call it with an English sentence and the values to put in."""

    language: str
    catalogue: Mapping[str, str]

    @classmethod
    def of(cls, language: str) -> Words:
        """The words of a language of `LANGUAGES`; English for any other."""
        known = language if language in LANGUAGES else "en"
        return cls(known, _catalogue(known))

    @property
    def direction(self) -> str:
        """`rtl` or `ltr`, for the page."""
        return "rtl" if self.language in _RIGHT_TO_LEFT else "ltr"

    def __call__(self, sentence: str, *, one: str = "", **values: object) -> str:
        """The sentence in this language; `one` is the sentence for a `count` of one."""
        if one and str(values.get("count")) == "1":
            sentence = one
        text = _whole(self.catalogue.get(sentence, sentence))
        return text.format(**values) if values else text


def chosen(cookie: str, accepted: str) -> str:
    """The language of a visit: what was chosen before, else the first that the browser accepts and that there is."""
    if cookie in LANGUAGES:
        return cookie
    for part in accepted.split(","):
        code = part.split(";")[0].strip().lower().split("-")[0]
        if code in LANGUAGES:
            return code
    return "en"


@cache
def _whole(text: str) -> str:
    return _KEPT.sub("\u00a0", text)


@cache
def _catalogue(language: str) -> Mapping[str, str]:
    if language == "en":
        return {}
    text = files(__package__).joinpath("languages", f"{language}.json").read_text("utf-8")
    return dict(json.loads(text))
