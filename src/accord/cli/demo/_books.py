"""The activity books of the two organisations of the demo, and a table of need.

Invariants: what an activity is about can be read from its title, in English, French, Spanish or Portuguese; in
`GAPS` there is high need and no activity of either, in `OVERLAPS` both train the same people in the same year.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

YEARS = (2023, 2024, 2025)
_UNKNOWN = 0.1  # share of scores that nobody has
COUNTRIES = ("KEN", "SEN", "MOZ", "NER", "TUN", "JOR", "LBN", "COL", "PER", "BRA", "TLS", "GHA")
LANGUAGE = {"SEN": "fr", "NER": "fr", "TUN": "fr", "COL": "es", "PER": "es", "MOZ": "pt", "BRA": "pt", "TLS": "pt"}
GAPS = (("cultural-property", "LBN"), ("firearms", "NER"))  # high need, nobody there
OVERLAPS = (("cybercrime", "KEN", 2025), ("trafficking-in-persons", "GHA", 2024))  # both train the same people

_AREAS: dict[str, dict[str, str]] = {
    "cultural-property": {
        "en": "illicit trafficking in cultural property",
        "fr": "le trafic illicite de biens culturels",
        "es": "el tráfico ilícito de bienes culturales",
        "pt": "o tráfico ilícito de bens culturais",
    },
    "firearms": {
        "en": "illicit trafficking in firearms",
        "fr": "le trafic illicite d'armes à feu",
        "es": "el tráfico ilícito de armas de fuego",
        "pt": "o tráfico ilícito de armas de fogo",
    },
    "trafficking-in-persons": {
        "en": "trafficking in persons",
        "fr": "la traite des personnes",
        "es": "la trata de personas",
        "pt": "o tráfico de pessoas",
    },
    "terrorism-financing": {
        "en": "the financing of terrorism",
        "fr": "le financement du terrorisme",
        "es": "la financiación del terrorismo",
        "pt": "o financiamento do terrorismo",
    },
    "cybercrime": {"en": "cybercrime", "fr": "la cybercriminalité", "es": "la ciberdelincuencia", "pt": "o cibercrime"},
    "corruption": {"en": "corruption", "fr": "la corruption", "es": "la corrupción", "pt": "a corrupção"},
    "wildlife-crime": {
        "en": "wildlife crime and poaching",
        "fr": "le braconnage et le trafic d'espèces sauvages",
        "es": "la caza furtiva y el tráfico de vida silvestre",
        "pt": "a caça furtiva e o tráfico de animais selvagens",
    },
    "foreign-terrorist-fighters": {
        "en": "foreign terrorist fighters",
        "fr": "les combattants terroristes étrangers",
        "es": "los combatientes terroristas extranjeros",
        "pt": "os combatentes terroristas estrangeiros",
    },
    "violent-extremism": {
        "en": "violent extremism online",
        "fr": "l'extrémisme violent en ligne",
        "es": "el extremismo violento en internet",
        "pt": "o extremismo violento na internet",
    },
    "explosives": {
        "en": "improvised explosive devices",
        "fr": "les engins explosifs improvisés",
        "es": "los artefactos explosivos improvisados",
        "pt": "os artefatos explosivos improvisados",
    },
}
_FUNCTIONS: dict[str, dict[str, str]] = {
    "legal": {
        "en": "Drafting legislation against {}",
        "fr": "Appui à la rédaction de la législation contre {}",
        "es": "Asistencia legislativa: redacción de leyes contra {}",
        "pt": "Apoio à redação de legislação contra {}",
    },
    "capacity-building": {
        "en": "Training of investigators on {}",
        "fr": "Formation des enquêteurs : {}",
        "es": "Capacitación de investigadores sobre {}",
        "pt": "Formação de investigadores sobre {}",
    },
    "research": {
        "en": "Assessment and survey of {}",
        "fr": "Étude et analyse sur {}",
        "es": "Estudio y análisis de {}",
        "pt": "Estudo e análise: {}",
    },
    "operations": {
        "en": "Joint operation against {}",
        "fr": "Opération conjointe contre {}",
        "es": "Operaciones conjuntas contra {}",
        "pt": "Operações conjuntas contra {}",
    },
    "tools-and-databases": {
        "en": "Database access and case management system against {}",
        "fr": "Base de données et système d'information contre {}",
        "es": "Base de datos y sistema de información contra {}",
        "pt": "Base de dados e sistema de informação contra {}",
    },
}
_OWN = {
    "unite": ("legal", "capacity-building", "research"),
    "ipol": ("operations", "capacity-building", "tools-and-databases"),
}
_NEEDED = {  # area -> the countries where its need is highest; those of OVERLAPS share their place with another
    "cultural-property": ("LBN",),
    "firearms": ("NER",),
    "cybercrime": ("KEN", "COL"),
    "trafficking-in-persons": ("GHA", "MOZ"),
}
COLUMNS = ("id", "partner", "title", "areas", "functions", "country", "start", "end", "beneficiaries")
NEED_COLUMNS = ("country", *_NEEDED)


@dataclass(frozen=True, slots=True)
class Activity:
    """One line of an activity book; `area` and `function` are what it truly is about."""

    id: str
    party: str
    title: str
    area: str
    function: str
    country: str
    year: int

    def row(self, states_areas: bool) -> dict[str, object]:
        """The line in the book; a book that states no areas leaves them to its titles."""
        return {
            "id": self.id,
            "partner": self.party,
            "title": self.title,
            "areas": self.area if states_areas else "",
            "functions": self.function if states_areas else "",
            "country": self.country,
            "start": f"{self.year}-02-01",
            "end": f"{self.year}-11-30",
            "beneficiaries": "investigators" if self.function == "capacity-building" else "",
        }


def activities(source: random.Random, party: str, number: int) -> list[Activity]:
    """An activity book: the overlaps first, then others at random, none of them in a gap."""
    found = [_activity(party, at, area, "capacity-building", *rest) for at, (area, *rest) in enumerate(OVERLAPS)]
    seen = {(one.area, one.function, one.country, one.year) for one in found}
    while len(found) < number:
        wanted = (
            source.choice(list(_AREAS)),
            source.choice(_OWN[party]),
            source.choice(COUNTRIES),
            source.choice(YEARS),
        )
        area, function, country, year = wanted
        both = function == "capacity-building" and party == "ipol"  # further overlaps would blur those that are meant
        if wanted in seen or (area, country) in GAPS or both:
            continue
        seen.add(wanted)
        found.append(_activity(party, len(found), area, function, country, year))
    return found


def _activity(party: str, at: int, area: str, function: str, *place: object) -> Activity:
    country, year = str(place[0]), int(str(place[1]))
    language = LANGUAGE.get(country, "en")
    title = _FUNCTIONS[function][language].format(_AREAS[area][language])
    return Activity(f"{party}-{at + 1:03d}", party, title, area, function, country, year)


def need(source: random.Random) -> Iterator[dict[str, object]]:
    """A score of 0 to 10 by country and area, highest in the gaps; some are not known."""
    for country in COUNTRIES:
        row: dict[str, object] = {"country": country}
        for area, highest in _NEEDED.items():
            unknown = source.random() < _UNKNOWN
            row[area] = 9.4 if country in highest else "" if unknown else round(8 * source.random(), 1)
        yield row


def plan() -> str:
    """The `coverage.toml` of the two books and the need table."""
    lines = ["# The activity books of two partners, and how much need there is. Paths are relative to this file."]
    lines += ["", "[period]", f"from = {YEARS[0]}", f"to = {YEARS[-1]}"]
    for party in _OWN:
        lines += ["", "[[source]]", f'file = "{party}/activities.csv"', 'format = "table"', f'party = "{party}"']
        lines.append(f'name = "activities of {party}"')
        countries = ", ".join(f'"{code}"' for code in COUNTRIES)
        lines.append(f'reports = {{ countries = [{countries}], years = "{YEARS[0]}-{YEARS[-1]}" }}')
    for area in _NEEDED:
        lines += ["", "[[need]]", 'file = "need.csv"', f'area = "{area}"', 'country = "country"', f'value = "{area}"']
        lines += [f"year = {YEARS[-1]}", 'direction = "higher-is-worse"', 'source = "made-up indicator of the demo"']
    return "\n".join(lines) + "\n"
