"""Ready definitions of public tables of need: how each is recognised, and what its series say of which area.

Invariants: a table is recognised by its own columns; what measures enforcement is marked so; nothing is said of areas
that a table does not measure.

>>> [ready.name for ready in READY if ready.signs <= {"Participant", "Signature", "Ratification"}]
['treaty-status']
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from accord.coverage.classify import AREAS


@dataclass(frozen=True, slots=True)
class Series:
    """One series of a ready definition: `columns` (the largest of them counts), the rows `where` it stands.

    `counts`: the values count events.
    """

    name: str
    areas: tuple[str, ...]
    columns: tuple[str, ...]
    higher_is_worse: bool = True
    measures: str = "need"
    where: Mapping[str, str] = field(default_factory=dict)
    counts: bool = False


@dataclass(frozen=True, slots=True)
class Ready:
    """A ready definition: recognised when all its `signs` are columns. Without `year` column the plan says the year;
    with `years_across` each year is a column. `grades` are words (without spaces) that stand for a place on a scale."""

    name: str
    signs: frozenset[str]
    country: str
    series: tuple[Series, ...]
    year: str | None = None
    years_across: bool = False
    missing: frozenset[str] = frozenset()
    breaks: tuple[int, ...] = ()  # years from which on the scale is another one
    grades: Mapping[str, float] = field(default_factory=dict)


def _statistic(name: str, area: str, measures: str, **where: str) -> Series:
    return Series(name, (area,), ("VALUE", "txtVALUE"), measures=measures, where=where)


_TOTAL = {"Dimension": "Total", "Category": "Total"}
_RATE = {"Unit of measurement": "Rate per 100,000 population"}

_DRUG_TRADES = ("Heroin trade", "Cocaine trade", "Cannabis trade", "Synthetic drug trade")

_EVERYBODY = {"sex": "Total", "age": "Total"}

# Conventions of the UN Treaty Collection by the chapter in the file's name, and the areas that they are about.
TREATIES: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "18-12": ("Convention against organised crime", ("organised-crime",)),
    "18-12-a": ("Trafficking in persons protocol", ("trafficking-in-persons",)),
    "18-12-b": ("Smuggling of migrants protocol", ("migrant-smuggling",)),
    "18-12-c": ("Firearms protocol", ("firearms",)),
    "18-14": ("Convention against corruption", ("corruption", "asset-recovery")),
    "18-11": ("Financing of terrorism convention", ("terrorism-financing",)),
    "18-9": ("Terrorist bombings convention", ("terrorism", "explosives")),
    "18-15": ("Nuclear terrorism convention", ("terrorism",)),
    "6-15": ("Single convention on narcotic drugs", ("drugs",)),
    "6-16": ("Convention on psychotropic substances", ("drugs",)),
    "6-19": ("Convention against illicit traffic in drugs", ("drugs",)),
}

READY: tuple[Ready, ...] = (
    Ready(
        "oc-index",
        frozenset({"Continent", "Country", "Human trafficking", "Arms trafficking", "Flora crimes"}),
        "Country",
        (
            Series("Human trafficking", ("trafficking-in-persons",), ("Human trafficking",)),
            Series("Human smuggling", ("migrant-smuggling",), ("Human smuggling",)),
            Series("Arms trafficking", ("firearms",), ("Arms trafficking",)),
            Series("Flora and fauna crimes", ("wildlife-crime",), ("Flora crimes", "Fauna crimes")),
            Series("Drug trades", ("drugs",), _DRUG_TRADES),
            Series("Cyber-dependent crimes", ("cybercrime",), ("Cyber-dependent crimes",)),
            Series("Financial crimes", ("illicit-financial-flows",), ("Financial crimes",)),
            Series("Criminality", ("organised-crime",), ("Criminality", "Criminality avg,")),
            Series("Anti-money laundering (resilience)", ("money-laundering",), ("Anti-money laundering",), False),
            Series("Resilience", tuple(AREAS), ("Resilience", "Resilience avg,"), False, "resilience"),
        ),
    ),
    Ready(
        "basel-aml",
        frozenset({"ISO2", "score", "mltf"}),
        "ISO2",
        (Series("Basel AML index", ("money-laundering",), ("score",)),),
    ),
    Ready(
        "ti-cpi",
        frozenset({"country", "2011", "2012"}),
        "country",
        (Series("Corruption perceptions", ("corruption",), (), higher_is_worse=False),),
        years_across=True,
        missing=frozenset({"0.0", "0"}),
        breaks=(2012,),  # from 2012 on the index is made by another method
    ),
    Ready(
        "owid-terrorism-methods",
        frozenset({"Entity", "Code", "Year", "Terrorist attacks Bombing/Explosion"}),
        "Code",
        (Series("Bombings and explosions", ("explosives",), ("Terrorist attacks Bombing/Explosion",), counts=True),),
        year="Year",
    ),
    Ready(
        "owid-terrorism",
        frozenset({"Entity", "Code", "Year", "Terrorist attacks"}),
        "Code",
        (Series("Terrorist attacks", ("terrorism",), ("Terrorist attacks",), counts=True),),
        year="Year",
    ),
    Ready(
        "owid-terrorism-deaths",
        frozenset({"Entity", "Code", "Year", "Terrorism deaths"}),
        "Code",
        (Series("Terrorism deaths", ("terrorism",), ("Terrorism deaths",), counts=True),),
        year="Year",
    ),
    Ready(
        "unodc-statistics",
        frozenset({"Iso3_code", "Indicator", "Dimension", "Category", "Year"}),
        "Iso3_code",
        (
            _statistic(
                "Detected victims", "trafficking-in-persons", "detected",
                **{"Indicator": "Detected trafficking victims", "Sex": "Total", "Age": "Total", **_TOTAL},
            ),
            _statistic("Arms seized", "firearms", "enforcement", **{"Indicator": "Arms seized", **_TOTAL}),
            _statistic("Smuggling of migrants, offences", "migrant-smuggling", "detected",
                       **{"Category": "Smuggling of migrants", **_RATE}),
            _statistic("Corruption, offences", "corruption", "detected", **{"Category": "Corruption", **_RATE}),
            _statistic("Money laundering, offences", "money-laundering", "detected",
                       **{"Category": "Money laundering", **_RATE}),
            _statistic("Unlawful access to a computer system, offences", "cybercrime", "detected",
                       **{"Category": "Unlawful access to a computer system", **_RATE}),
        ),
        year="Year",
    ),
    Ready(
        "tip-tiers",
        frozenset({"countryname", "iso", "year", "tier"}),
        "iso",
        (Series("Trafficking in Persons report tier", ("trafficking-in-persons",), ("tier",)),),
        year="year",
        grades={"Tier1": 1.0, "Tier2": 2.0, "Watchlist": 3.0, "Tier3": 4.0},  # the watch list is of tier 2
    ),
    Ready(
        "sdg-indicators",
        frozenset({"goal", "indicator", "series", "iso3_code", "year", "value", "sex", "age"}),
        "iso3_code",
        (
            Series("Bribery prevalence (16.5.2)", ("corruption",), ("value",),
                   where={"indicator": "16.5.2", **_EVERYBODY}),
            Series("Detected trafficking victims (16.2.2)", ("trafficking-in-persons",), ("value",), True, "detected",
                   {"series": "Victims of human trafficking per 100,000 population", **_EVERYBODY}),
            Series("Seized arms traced (16.4.2)", ("firearms",), ("value",), False, "enforcement",
                   {"indicator": "16.4.2"}),
        ),
        year="year",
    ),
    Ready("treaty-status", frozenset({"Participant"}), "Participant", ()),
)  # fmt: skip
