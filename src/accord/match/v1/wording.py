"""The words of a name as it was given: several names in one value, notes in brackets, joined and spelled-out words.

Invariants: pure; what is set aside is a note, never a word of the name.

>>> list(split_names("Acme Ltd; Acme Trading", Kind.BODY)), name_parts("JohnSmith", Kind.PERSON)
(['Acme Ltd', 'Acme Trading'], ['john', 'smith'])
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from accord.match.v1.chinese import words_of_a_body, words_of_a_person
from accord.match.v1.script import Script, script_of, words
from accord.match.v1.southeast import burmese_syllables
from accord.match.v1.vocabulary import COUNTRY_LETTERS, Kind
from accord.records import clean

_ABD = re.compile(r"^(abd)(?:[aeiou]l|[aeiou]([rsnzdt])(?=\2))?([a-z]{4,})$")
_TWO_IN_ONE = re.compile(r"(?<=[a-z]{3})(?=[A-Z][a-z]{3})")  # JohnSmith
_MAY_HOLD_SEVERAL = re.compile(r"[;/]|k\.?a\b", re.I)
_BETWEEN_NAMES = re.compile(  # blanks from their first on: whoever sends thousands of them would keep it busy
    r"(?:(?<!\s)\s+)?[;/]\s+|(?<!\s)\s+/\s*|(?<=[^\W\d_]{3})/(?=[^\W\d_]{3})|,?(?<!\s)\s+a\.?k\.?a(?:\.:?|:)?\s+",
    re.I,
)
_NOTE = re.compile(r"\(([^()]*)\)|\[([^\[\]]*)\]")
_NOTE_IS_NO_NAME = re.compile(
    r"\d{4}|\b(?:born|name|previous|former|name|list|alias|dob|date|section|branch|acronym)", re.I
)


def split_names(text: str, kind: Kind) -> Iterator[str]:
    """One value may hold several names: «A / B», «A; B», «Long Name (LN)»."""
    for piece in _BETWEEN_NAMES.split(text) if _MAY_HOLD_SEVERAL.search(text) else (text,):
        bare = _NOTE.sub(lambda note: f" {note[0][1:-1]} " if _names_a_place(note[0], kind) else " ", piece)
        if bare == piece:
            yield piece
            continue
        if bare.strip(" ,.-"):
            yield " ".join(bare.split())
        if kind is not Kind.PERSON:
            for note in _NOTE.findall(piece):
                inner = note[0] or note[1]
                if _names_a_place(inner, kind):
                    continue
                if len(words(inner)) > 1 and not _NOTE_IS_NO_NAME.search(inner):
                    yield inner


def _names_a_place(note: str, kind: Kind) -> bool:
    """A note of a body's name that tells it from its sisters: «(Pakistan)», «(Albanian branch)»."""
    return kind is Kind.BODY and any(clean.country(word) for word in words(note) if len(word) >= COUNTRY_LETTERS)


def name_parts(text: str, kind: Kind) -> list[str]:
    """The words of a name, with joined Arabic and Korean names opened up."""
    found: list[str] = []
    if _HAN.search(text):
        return words_of_a_person(text) if kind is Kind.PERSON else words_of_a_body(text)
    spelled = words(_TWO_IN_ONE.sub(" ", text) if kind is Kind.PERSON else text)
    if text.isascii() and not (kind is Kind.PERSON and any(word.startswith("abd") for word in spelled)):
        return spelled
    for word in spelled:
        script = script_of(word)
        if script is Script.ABJAD:
            if word.startswith("ال") and len(word) >= 5 and kind is Kind.PERSON:
                found += ["ال", word[2:]]
            elif word.startswith("عبدال") and len(word) > 6:
                found += ["عبد", word[5:]]
            else:
                found.append(word)
        elif script is Script.HANGUL and len(word) <= 4 and kind is Kind.PERSON:
            found += list(word)
        elif (
            kind is Kind.PERSON and "\u1000" <= word[0] <= "\u109f"
        ):  # Burmese, whose syllables are words in Latin letters
            found += burmese_syllables(word)
        else:
            found += part_abd(word) if kind is Kind.PERSON else [word]
    return found


def part_abd(word: str) -> list[str]:
    """The words that a joined Abd is of («Abdulkarim», «Abdurrahman»), of Latin letters; else the word itself."""
    joined = _ABD.match(word)
    return [word] if joined is None or _WHOLE_ABD.fullmatch(word) else ["abd", joined[3]]


_HAN = re.compile("[\u3400-\u9fff]")
_ALPHABETS = (Script.LATIN, Script.ALPHABET)
_WHOLE_ABD = re.compile(  # names of their own, and families' names of them: Abdullayev, Abdullazoda
    "abd(?:ou|ow|oul|[aeiou]l?la(?:h|hi|y?eva?|yi|zad[ae]h?|zoda|oglu|ogly)?)"
)


def single_letters(parts: list[str], start: int) -> int:
    """How many words from `start` on are one word spelled in single letters («A.B.C.»), at least 1."""
    end = start
    while end < len(parts) and len(parts[end]) == 1 and parts[end].isalpha() and script_of(parts[end]) in _ALPHABETS:
        end += 1
    return end - start if end - start >= 2 else 1
