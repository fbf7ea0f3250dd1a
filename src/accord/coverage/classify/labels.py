"""What a classification is: the labels that an activity can carry, and the words that decided for each.

Invariants: areas and functions stand in the order of `AREAS` and `FUNCTIONS`; no area means no function; the words of
an evidence are an exact substring of the field they come from.

>>> AREAS["cultural-property"]
'Trafficking in cultural property'
>>> Labels().areas
()
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

Field = Literal["title", "description", "context", "code", "correction"]

AREAS = MappingProxyType(
    {
        "trafficking-in-persons": "Trafficking in persons",
        "migrant-smuggling": "Smuggling of migrants",
        "wildlife-crime": "Wildlife and environmental crime",
        "cultural-property": "Trafficking in cultural property",
        "firearms": "Illicit firearms",
        "corruption": "Corruption",
        "asset-recovery": "Asset recovery",
        "drugs": "Illicit drugs",
        "cybercrime": "Cybercrime",
        "money-laundering": "Money laundering",
        "illicit-financial-flows": "Illicit financial flows",
        "organised-crime": "Organised crime",
        "terrorism": "Terrorism",
        "terrorism-financing": "Financing of terrorism",
        "foreign-terrorist-fighters": "Foreign terrorist fighters",
        "violent-extremism": "Violent extremism",
        "explosives": "Improvised explosive devices",
        "crime-terror-nexus": "Links between organised crime and terrorism",
    }
)
"""Crime areas, each with its plain title, in the order in which they are shown."""

FUNCTIONS = MappingProxyType(
    {
        "legal": "Law and policy",
        "capacity-building": "Capacity building",
        "e-learning": "E-learning",
        "operations": "Operations",
        "tools-and-databases": "Tools and databases",
        "research": "Research",
        "coordination": "Coordination",
        "prevention": "Prevention and assistance",
    }
)
"""Functions of an activity, each with its plain title, in the order in which they are shown."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Words of one field that speak for a label, or (`reason` is not empty) that look like it and were not counted.

    `words == text_of_the_field[start:end]`; for a code or a person's correction,
    `words` is the code or who corrected it, and `start` is 0. `weight` is what it
    adds: a label is given from 1 upwards; 0 for what was not counted. Evidence of one `group` counts once.
    """

    label: str
    words: str
    field: Field
    start: int
    end: int
    weight: float
    reason: str = ""
    group: str = ""

    def to_dict(self) -> dict[str, object]:
        """JSON-ready; `reason` and `group` only where there is one."""
        return {name: value for name in self.__slots__ if (value := getattr(self, name)) != ""}


@dataclass(frozen=True, slots=True)
class Labels:
    """Crime areas and functions of one activity, with the evidence for them and against those that were excluded."""

    areas: tuple[str, ...] = ()
    functions: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()

    def why(self, label: str) -> tuple[str, ...]:
        """The words that decided for a label, each once, in the order of the text."""
        return tuple(dict.fromkeys(found.words for found in self.evidence if found.label == label and found.weight))

    def to_dict(self) -> dict[str, object]:
        return {
            "areas": list(self.areas),
            "functions": list(self.functions),
            "evidence": [found.to_dict() for found in self.evidence],
        }
