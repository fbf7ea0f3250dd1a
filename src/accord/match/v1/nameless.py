"""Names that say only that there is none: «Unknown Male», «Redacted», «N/A», «Name Surname», «Test Test».

Invariants: one word that says who it is keeps a name.

>>> says_no_name(["unknown", "male"]), says_no_name(["fnu", "lnu"]), says_no_name(["fnu", "singh"])
(True, True, False)
>>> says_no_name(["test", "test"]), says_no_name(["frederick", "test"]), says_no_name(["john", "doe"])
(True, False, False)
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
# none as a whole, of words that can be part of one: «Na Man» and «Fnu Singh» are names. Left out is what people or
# bodies are called: «John Doe», «Max Mustermann», «FNU» alone (a university). «not» is what a person's «not known»
# leaves, «soyad» what «ad soyad» does, «be confirmed» what a body's «to be confirmed» does.
_WHOLE_NAMES = """
n a, none, null, no name, no first name, no given name, no middle name, no last name, no family name, no surname,
not, name not, not known, name not known, not applicable, not available, not disclosed, not given, not identified,
not provided, not recorded, not specified, not stated, to be advised, to be announced, to be confirmed,
to be determined, to be identified, be advised, be announced, be confirmed, be determined, be identified, fnu lnu,
lnu fnu, fnu mnu lnu, fnu nmn lnu, sin nombre, sin apellido, sin apellidos, no identificado, no identificada,
sans nom, sans prenom, non identifie, non identifiee, sem nome, sem sobrenome, senza nome, ohne name, ohne namen,
ne ustanovlen, ne ustanovlena, ne ustanovleno, ghyr marwf, tidak diketahui,

full name, first name, given name, last name, family name, surname, name surname, surname name, name name,
forename surname, first name last name, last name first name, firstname lastname, lastname firstname,
given name family name, given name surname, nombre apellido, nombre apellidos, apellido nombre, apellidos nombre,
nom prenom, prenom nom, nome sobrenome, sobrenome nome, nome apelido, nome cognome, cognome nome, vorname nachname,
nachname vorname, vorname name, name vorname, voornaam achternaam, achternaam voornaam, fornavn etternavn,
fornavn efternavn, fornamn efternamn, imie nazwisko, imie i nazwisko, nazwisko imie, jmeno prijmeni, prijmeni jmeno,
imya familiya, familiya imya, familiya imya otchestvo, onoma eponymo, eponymo onoma, soyad, ad soyad, adi soyadi,
nama lengkap,

test test, test test test, test name, test person, test user, dummy dummy, dummy name, essai essai, prova prova,
prueba prueba, teste teste, xxxx, xxx xxx, xxxx xxxx, asdf asdf
"""
_WHOLE = frozenset(" ".join(name.split()) for name in _WHOLE_NAMES.split(","))


def says_no_name(words: Sequence[str]) -> bool:
    """Whether a name, in Latin letters, says only that there is none."""
    if " ".join(words) in _WHOLE:
        return True
    return not _UNKNOWN.isdisjoint(words) and all(word in _UNKNOWN or word in _NOBODY for word in words)


def listed() -> list[str]:
    """All of these words and names in a fixed order, each with what it is."""
    kinds = {"unknown": _UNKNOWN, "nobody": _NOBODY, "whole": _WHOLE}
    return [f"{kind} {words}" for kind, found in kinds.items() for words in sorted(found)]
