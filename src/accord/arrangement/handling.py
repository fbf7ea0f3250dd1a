"""Handling codes: what a receiver may do with what it was given, in each party's own scheme.

Invariants: codes of different schemes are compared only through the translations that the accord states, never by
guesswork; what cannot be translated may not move; every loss in translation is said in words and becomes a condition.
Evaluation schemes (how reliable, how credible) are something else; they are named here and never combined.

>>> parse("TLP:AMBER", "europol"), parse("h1", "europol")
(('tlp', 'AMBER'), ('europol', 'H1'))
>>> default_translation("europol", "H1", "tlp").to_code
'AMBER'
"""

from __future__ import annotations

from dataclasses import dataclass

from accord.arrangement.model import Accord, Translation
from accord.errors import InputError


@dataclass(frozen=True, slots=True)
class Code:
    """One code of a scheme: its strictness on a common scale of 0 to 4, used for proposals only, and its demands."""

    code: str
    strictness: int
    demands: tuple[str, ...]


_NO_EVIDENCE = "not as evidence in court without the owner's leave"
_NO_ONWARD = "not handed on without the owner's leave"
_OWN_STAFF = "own staff only"
_NEED = "only who needs to know"
_NAMED = "named persons only"
_UNPUBLISHED = "not published"
_ASK = "other limits: ask the owner first"
_QUIET = "no action that the subject could notice"

SCHEMES: dict[str, tuple[Code, ...]] = {
    "europol": (  # Europol handling codes, as on the SIENA form
        Code("H0", 1, (_UNPUBLISHED,)),
        Code("H1", 2, (_UNPUBLISHED, _NO_EVIDENCE)),
        Code("H2", 3, (_UNPUBLISHED, _NO_EVIDENCE, _NO_ONWARD)),
        Code("H3", 4, (_UNPUBLISHED, _NO_EVIDENCE, _NO_ONWARD, _ASK)),
    ),
    "tlp": (  # FIRST, Traffic Light Protocol 2.0
        Code("CLEAR", 0, ()),
        Code("GREEN", 1, (_UNPUBLISHED,)),
        Code("AMBER", 2, (_UNPUBLISHED, _NEED)),
        Code("AMBER+STRICT", 3, (_UNPUBLISHED, _NEED, _OWN_STAFF, _NO_ONWARD)),
        Code("RED", 4, (_UNPUBLISHED, _NEED, _OWN_STAFF, _NO_ONWARD, _NAMED)),
    ),
    "pap": (  # Permissible Actions Protocol: what may be done, beside who may know
        Code("CLEAR", 0, ()),
        Code("GREEN", 1, (_UNPUBLISHED,)),
        Code("AMBER", 2, (_UNPUBLISHED, _QUIET)),
        Code("RED", 4, (_UNPUBLISHED, _QUIET, _NAMED)),
    ),
    "un": (  # levels as in the Secretary-General's bulletin ST/SGB/2007/6
        Code("UNCLASSIFIED", 0, ()),
        Code("CONFIDENTIAL", 3, (_UNPUBLISHED, _NEED, _NO_ONWARD)),
        Code("STRICTLY-CONFIDENTIAL", 4, (_UNPUBLISHED, _NEED, _NO_ONWARD, _NAMED)),
    ),
    "interpol": (  # levels in the style of INTERPOL's Rules on the Processing of Data, article 112
        Code("OFFICIAL-USE", 2, (_UNPUBLISHED, _OWN_STAFF)),
        Code("RESTRICTED", 3, (_UNPUBLISHED, _OWN_STAFF, _NEED, _NO_ONWARD)),
        Code("CONFIDENTIAL", 4, (_UNPUBLISHED, _OWN_STAFF, _NEED, _NO_ONWARD, _NAMED)),
    ),
}

EVALUATION: dict[str, str] = {
    "4x4": "source A-B-C-X and information 1-2-3-4 (Europol)",
    "3x5x2": "source 1-3, intelligence A-E, handling P or C (United Kingdom police)",
    "admiralty": "source A-F and information 1-6 (Admiralty, NATO)",
}


def parse(text: str, own_scheme: str) -> tuple[str, str]:
    """`scheme:CODE`, or a bare code of the party's own scheme. Raises `InputError` `arrangement.handling`."""
    scheme, colon, code = text.partition(":")
    scheme, code = (scheme.strip().lower(), code) if colon else (own_scheme, text)
    code = code.strip().upper().replace(" ", "-")
    if code not in {each.code for each in SCHEMES.get(scheme, ())}:
        known = ", ".join(f"{name}:{each.code}" for name, codes in SCHEMES.items() for each in codes)
        raise InputError("arrangement.handling", f"«{text}» is no handling code", f"use one of: {known}")
    return scheme, code


def translate(text: str, own_scheme: str, to_scheme: str, accord: Accord) -> Translation | None:
    """The code in another scheme, as the accord states it; None when it states nothing.

    Raises `InputError` `arrangement.handling` for an unknown code.
    """
    scheme, code = parse(text, own_scheme)
    if scheme == to_scheme:
        return Translation(scheme, code, scheme, code)
    stated = (t for t in accord.translations if (t.scheme, t.code, t.to_scheme) == (scheme, code, to_scheme))
    return next(stated, None)


def above(text: str, ceiling: str, owner_scheme: str, receiver_scheme: str, accord: Accord) -> str | None:
    """Why a record with this code may not move under this ceiling; None when it may."""
    try:
        received = translate(text, owner_scheme, receiver_scheme, accord)
        if received is None:
            return f"the accord does not say what {text} means in the receiver's scheme {receiver_scheme}"
        if not ceiling:
            return None
        top_scheme, top = parse(ceiling, owner_scheme)
        measured = translate(text, owner_scheme, top_scheme, accord)
    except InputError as error:
        return error.message
    if measured is None:
        return f"the accord does not say how {text} compares with the ceiling {ceiling}"
    order = [each.code for each in SCHEMES[top_scheme]]
    if order.index(measured.to_code) > order.index(top):
        return f"the handling code {text} is above the ceiling {ceiling}"
    return None


def default_translation(scheme: str, code: str, to_scheme: str) -> Translation:
    """A proposal for the draft: the mildest code that is at least as strict, and which demands it does not state."""
    source = next(each for each in SCHEMES[scheme] if each.code == code)
    target = next((each for each in SCHEMES[to_scheme] if each.strictness >= source.strictness), SCHEMES[to_scheme][-1])
    lost = "; ".join(demand for demand in source.demands if demand not in target.demands)
    return Translation(scheme, code, to_scheme, target.code, lost)
