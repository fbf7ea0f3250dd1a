"""Names that say only that there is none: «Unknown Male», «Redacted», «N/A».

Invariants: one word that says who it is keeps a name.

>>> says_no_name(["unknown", "male"]), says_no_name(["fnu", "lnu"]), says_no_name(["fnu", "singh"])
(True, True, False)
"""

from __future__ import annotations

from collections.abc import Sequence

# words in place of a name, in Latin letters; and words that beside one of these are no name either
_UNKNOWN_WORDS = """
unknown unidentified unnamed redacted withheld undisclosed unspecified unavailable noname inconnu inconnue desconocido
desconocida desconhecido desconhecida sconosciuto sconosciuta unbekannt neizvestno neizvestnyy neizvestnaya neizvesten
nevidomo nevidomiy agnostos mjhwl mjhwla
"""
_NOBODY_WORDS = """
male female man woman boy girl child person persons individual subject suspect victim witness passenger driver adult
minor juvenile name first last given family surname not yet of the and or company entity body vessel ship party owner
sender recipient beneficiary caller user homme femme personne nom hombre mujer persona nombre frau
"""
_UNKNOWN, _NOBODY = frozenset(_UNKNOWN_WORDS.split()), frozenset(_NOBODY_WORDS.split())
# none as a whole, of words that can be part of one: «Na Man» and «Fnu Singh» are names
_WHOLE = frozenset(
    (
        "n a", "none", "null", "no name", "fnu lnu", "lnu fnu", "sin nombre", "sem nome", "senza nome",
        "sans nom", "no identificado", "no identificada", "non identifie", "non identifiee", "ne ustanovlen",
        "ne ustanovlena", "ne ustanovleno", "ghyr marwf",
    )
)  # fmt: skip


def says_no_name(words: Sequence[str]) -> bool:
    """Whether a name, in Latin letters, says only that there is none."""
    if " ".join(words) in _WHOLE:
        return True
    return not _UNKNOWN.isdisjoint(words) and all(word in _UNKNOWN or word in _NOBODY for word in words)
