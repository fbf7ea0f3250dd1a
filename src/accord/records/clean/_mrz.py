"""The machine-readable zone of a passport, identity card or visa (ICAO Doc 9303), with its check digits.

>>> zone = mrz("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\\nL898902C36UTO7408122F1204159ZE184226B<<<<<10")
>>> zone.number, zone.checked, zone.surname, zone.given, zone.sex
('L898902C3', True, 'ERIKSSON', 'ANNA MARIA', 'F')
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_WEIGHTS = (7, 3, 1)
_LINES = re.compile(r"[A-Z0-9<]+")


@dataclass(frozen=True, slots=True)
class Mrz:
    """What a zone says. `born` is YYMMDD, whose century it does not say; `checked`: all its check digits hold."""

    kind: str
    number: str
    nationality: str
    born: str
    sex: str
    surname: str
    given: str
    checked: bool


def mrz(text: str) -> Mrz | None:
    """Read a zone of 2 × 44 (passport), 2 × 36 or 3 × 30 characters; None if the text is none."""
    packed = "".join(text.split()).upper()
    if not _LINES.fullmatch(packed) or packed.count("<") < 2:
        return None
    if len(packed) in (88, 72):
        half = len(packed) // 2
        first, second = packed[:half], packed[half:]
        number, own, nationality, born, born_check, sex, ends, ends_check = _cut(second, 9, 1, 3, 6, 1, 1, 6, 1)
        covered = second[:10] + second[13:20] + second[21:-1]  # number, dates and optional data with their digits
        names = first[5:]
    elif len(packed) == 90:
        first, second, names = packed[:30], packed[30:60], packed[60:]
        number, own = first[5:14], first[14]
        born, born_check, sex, ends, ends_check, nationality = _cut(second, 6, 1, 1, 6, 1, 3)
        covered = first[5:] + second[:7] + second[8:15] + second[18:29]
    else:
        return None
    checked = _holds(number, own) and _holds(born, born_check) and _holds(ends, ends_check)
    checked = checked and (_holds(covered, second[-1]) or (len(packed) == 88 and first.startswith("V")))
    surname, _, given = names.partition("<<")
    bare = (value.replace("<", " ").strip() for value in (first[:2], number, nationality, born, sex, surname, given))
    kind, number, nationality, born, sex, surname, given = bare
    return Mrz(kind, number, nationality, born, sex, surname, given, checked) if number else None


def _cut(line: str, *lengths: int) -> list[str]:
    ends = [sum(lengths[: place + 1]) for place in range(len(lengths))]
    return [line[end - length : end] for end, length in zip(ends, lengths, strict=True)]


def _holds(text: str, digit: str) -> bool:
    """The check digit of Doc 9303-3, 4.9: weights 7, 3, 1 over digits, letters from 10 on and fillers as 0."""
    total = sum(_WEIGHTS[place % 3] * (0 if c == "<" else int(c, 36)) for place, c in enumerate(text))
    return str(total % 10) == (digit if digit != "<" else "0")
