"""One organisation, one name: across spellings, acronyms, languages and registers.

A name is looked up by IATI identifier or DAC channel code, then as a whole, then without what stands around it: an
acronym in brackets, a country or an office behind it ("UNDP Kenya", "UNODC - Regional Office"). A list of several
("UNICEF, WFP, local authorities") is several. The known bodies stand in `bodies.toml`; the parties of an accord are
added with their mandates. Invariants: accents, case, "organisation" or "organization", `&` or "and" make no difference;
what is not known keeps its own name, in the spelling met first; two names are never joined because they look alike.

>>> known = Organisations()
>>> [known.name(text) for text in ("ONUDC", "UN Office on Drugs & Crime (UNODC)", "UNODC Kenya", "Ministry X")]
['UNODC', 'UNODC', 'UNODC', 'Ministry X']
>>> known.name("Some office", ref="XM-DAC-41121"), known.name("MINISTRY X")
('UNHCR', 'Ministry X')
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from accord.coverage import places
from accord.coverage.activity import Activity
from accord.coverage.classify.words import words

if TYPE_CHECKING:
    from accord.arrangement import Accord

_DAC = re.compile(r"^(?:XM-DAC-)?(\d{5})(?:-.*)?$", re.IGNORECASE)
_BRACKETS = re.compile(r"^(?P<before>[^()]*)\((?P<inside>[^()]+)\)\s*$")
_OFFICE = re.compile(r"\s+[-–—:|]\s*|\s*[–—|]\s*|,\s+(?!.*,)")
_LITTLE = frozenset(
    {"the", "of", "and", "for", "le", "la", "les", "l", "el", "los", "las", "de", "des", "du", "d", "et", "y", "s"}
)
_SAME = {
    "organisation": "organization",
    "organisations": "organization",
    "programme": "program",
    "cooperation": "cooperation",
}


class Organisations:
    """Names of organisations, learned from the table of bodies, an accord, and what was met before."""

    def __init__(self, accord: Accord | None = None) -> None:
        self._met: dict[str, str] = {}
        self._named: dict[str, str] = {}
        self._own: dict[str, str] = {}
        self.mandates: dict[str, tuple[str, ...]] = {}
        for party in accord.parties if accord else ():
            shown = self._known(party.name) or self._known(party.id) or party.name
            self._own |= {_key(party.name): shown, _key(party.id): shown}
            self.mandates[shown] = party.mandates

    def name(self, text: str, ref: str = "") -> str:
        """The one name of an organisation; `ref` is its identifier in a register, where the book gives one."""
        if ref and (found := by_identifier(ref)):
            return found
        if text not in self._named:
            self._named[text] = self._one(text)
        return self._named[text]

    def _one(self, text: str) -> str:
        if found := by_identifier(text) or self._known(text):
            return found
        shown = " ".join(text.split())
        return self._met.setdefault(_key(shown), shown) if _key(shown) else shown

    def names(self, text: str) -> tuple[str, ...]:
        """The names in a text that may list several organisations; one that is no list is one name."""
        pieces = [piece.strip() for piece in text.split(",") if piece.strip()]
        if sum(1 for piece in pieces if self._known(piece)) > 1:
            return tuple(dict.fromkeys(map(self.name, pieces)))
        return (self.name(text),)

    def in_activity(self, activity: Activity) -> Activity:
        """The activity with its organisations by their one name."""
        partners = tuple(dict.fromkeys(map(self.name, activity.partners)))
        others = dict.fromkeys(name for text in activity.joint_with for name in self.names(text))
        joint = tuple(name for name in others if name not in partners)
        if partners == activity.partners and joint == activity.joint_with:
            return activity
        return replace(activity, partners=partners, joint_with=joint)

    def in_all(self, activities: Iterable[Activity]) -> list[Activity]:
        """The same for every activity, in order."""
        return [self.in_activity(activity) for activity in activities]

    def _known(self, text: str) -> str | None:
        if found := self._look_up(text):
            return found
        if brackets := _BRACKETS.match(text):
            return self._look_up(brackets["inside"]) or self._known(brackets["before"])
        head, *tail = _OFFICE.split(text.strip(), maxsplit=1)
        if tail and (found := self._look_up(head)) and self._look_up(tail[0]) in (None, found):
            return found
        first, _, rest = text.strip().replace("-", " ").partition(" ")
        return self._look_up(first) if rest and (places.country(rest) or places.region(rest)) else None

    def _look_up(self, text: str) -> str | None:
        key = _key(text)
        return self._own.get(key) or _bodies()[0].get(key)


def by_identifier(ref: str) -> str | None:
    """The body of an IATI identifier ("XM-DAC-41128") or a DAC channel code ("41128")."""
    code = _DAC.match(ref.strip())
    return _bodies()[1].get(code.group(1)) if code else None


@cache
def one_name(text: str) -> str:
    """The one name of an organisation, as far as the table of bodies knows it.

    >>> one_name("Office des Nations Unies contre la drogue et le crime"), one_name("XM-DAC-47066")
    ('UNODC', 'IOM')
    """
    return Organisations().name(text)


def _key(text: str) -> str:
    """Letters and digits of the words that tell names apart."""
    found = words(text.replace("&", " and ")).folded
    return "".join(_SAME.get(word, word) for word in found if word not in _LITTLE or len(found) == 1)


@cache
def _bodies() -> tuple[Mapping[str, str], Mapping[str, str]]:
    """The table of bodies: folded name -> shown name, and DAC code -> shown name."""
    table = tomllib.loads((files("accord.coverage.read") / "bodies.toml").read_text(encoding="utf-8"))
    names: dict[str, str] = {}
    codes: dict[str, str] = {}
    for shown, body in table.items():
        names.update({_key(name): shown for name in (shown, *body["names"])})
        codes.update(dict.fromkeys(body.get("dac", ()), shown))
    return names, codes
