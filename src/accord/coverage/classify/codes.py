"""Explicit codes as evidence of their own weight: what a register's code says about an area.

DAC purpose codes and SDG targets are too coarse to decide alone in most cases (15113 is corruption, but also money
laundering and organised crime; no code means trafficking), so most weigh half: they complete a weak term.
A code that names the area itself weighs 1.

>>> [(found.label, found.weight) for found in code_evidence(["DAC:16063", "SDG:16.5", "DAC:11110"])]
[('drugs', 1.0), ('corruption', 1.0)]
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from types import MappingProxyType

from accord.coverage.classify.labels import Evidence

CODES = MappingProxyType(
    {
        "DAC:15113": {"corruption": 1.0, "asset-recovery": 0.5, "money-laundering": 0.5, "organised-crime": 0.5},
        "DAC:15240": {"firearms": 1.0},  # reintegration and small arms control
        "DAC:16063": {"drugs": 1.0},  # narcotics control
        "DAC:31165": {"drugs": 1.0},  # agricultural alternative development
        "DAC:43050": {"drugs": 1.0},  # non-agricultural alternative development
        "SDG:3.5": {"drugs": 0.5},  # substance abuse, alcohol included
        "SDG:5.2": {"trafficking-in-persons": 0.5},
        "SDG:8.7": {"trafficking-in-persons": 0.5},
        "SDG:14.4": {"wildlife-crime": 0.5},
        "SDG:15.7": {"wildlife-crime": 1.0},
        "SDG:15.c": {"wildlife-crime": 1.0},
        "SDG:16.2": {"trafficking-in-persons": 0.5},
        "SDG:16.4": {
            "illicit-financial-flows": 0.5,
            "firearms": 0.5,
            "asset-recovery": 0.5,
            "organised-crime": 0.5,
        },
        "SDG:16.5": {"corruption": 1.0},
        "SDG:16.a": {"terrorism": 0.5, "organised-crime": 0.5},
    }
)
"""Code with its vocabulary -> area -> weight. Sources: OECD DAC CRS purpose codes 2024; SDG targets as adopted."""

_FOLDED = {code.casefold(): code for code in CODES}


def code_evidence(codes: Iterable[str]) -> Iterator[Evidence]:
    """The evidence of the codes that are known, in the order given; vocabulary and code in any case."""
    for given in codes:
        code = _FOLDED.get(given.strip().casefold())
        for label, weight in CODES[code].items() if code else ():
            yield Evidence(label, given, "code", 0, len(given), weight, group="code")


@cache
def area_of(code: str) -> str | None:
    """The one area that a code names by itself; None for a code that lumps several, or only hints at one.

    >>> area_of("DAC:16063"), area_of("DAC:15113"), area_of("SDG:16.4")
    ('drugs', None, None)
    """
    areas = CODES.get(code, {})
    return next(iter(areas)) if len(areas) == 1 and 1.0 in areas.values() else None
