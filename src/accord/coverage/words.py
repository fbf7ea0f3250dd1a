"""What people read, in their language: every sentence of the map by its key, with its values put in.

Invariants: the catalogues of all languages have the same keys and the same values in them (a test holds them
together); a key that is not there is an error, never an empty text.

>>> words("en")("settle.need-unknown", area="Firearms")
'Give a table of need for Firearms.'
>>> sorted(LANGUAGES)
['en']
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from accord.errors import UsageError

LANGUAGES = {"en": "English"}


@dataclass(frozen=True, slots=True)
class Words:
    """One language's catalogue; call it with a key such as `settle.gap` and the values of that sentence."""

    language: str
    texts: Mapping[str, str]

    def __call__(self, key: str, **values: object) -> str:
        """The sentence; raises KeyError for a key or a value that is missing."""
        return self.texts[key].format(**values)


@cache
def words(language: str) -> Words:
    """The catalogue of a language; raises `UsageError` (`coverage.language`) when there is none."""
    if language not in LANGUAGES:
        raise UsageError("coverage.language", "this language is not there", f"one of: {', '.join(LANGUAGES)}")
    text = files(__package__).joinpath("words", f"{language}.toml").read_text("utf-8")
    texts = {
        f"{section}.{key}": value for section, entries in tomllib.loads(text).items() for key, value in entries.items()
    }
    return Words(language, texts)
