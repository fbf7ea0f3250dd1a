"""What people read, in their language: every sentence of the map by its key, with its values put in.

Invariants: the catalogues of all languages have the same keys and the same values in them (a test holds them
together); a key that is not there is an error, never an empty text.

>>> words("en")("settle.need-unknown", area="Firearms")
'Give a table of need for Firearms.'
>>> words("fr").number(1234.5, 1), words("es").dollars(2_500_000)
('1\\u202f234,5', '2,5 millones USD')
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from accord.errors import UsageError

LANGUAGES: Mapping[str, str] = {"en": "English", "fr": "Français", "es": "Español"}


@dataclass(frozen=True, slots=True)
class Words:
    """One language's catalogue; call it with a key such as `settle.gap` and the values of that sentence."""

    language: str
    texts: Mapping[str, str]

    def __call__(self, key: str, **values: object) -> str:
        """The sentence; raises KeyError for a key or a value that is missing."""
        return self.texts[key].format(**values)

    def names(self, section: str) -> dict[str, str]:
        """All entries of a section: key -> text."""
        return {key.partition(".")[2]: text for key, text in self.texts.items() if key.startswith(f"{section}.")}

    def number(self, value: float, digits: int = 0) -> str:
        """A number as this language writes it, with exactly so many digits after the point."""
        from babel.numbers import format_decimal

        return str(format_decimal(value, format="#,##0" + ("." + "0" * digits if digits else ""), locale=self.language))

    def percent(self, share: float) -> str:
        """A share for reading, with a space that does not break; what is not certain is never 100 %."""
        if 0.995 <= share < 1:
            return f">\xa0{self.number(99)}\xa0%"
        return f"{self.number(share * 100, 1 if 0 < share < 0.01 else 0)}\xa0%"

    def dollars(self, amount: float) -> str:
        """An amount for reading."""
        if amount >= 1e6:
            return self("report.period-million", amount=self.number(amount / 1e6, 1))
        return self("report.period-dollars", amount=self.number(amount))


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
