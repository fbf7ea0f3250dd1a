"""The baseline: a plain keyword list, one line per label, of the kind that anybody writes in a few minutes."""

from __future__ import annotations

import re
import unicodedata

AREAS = {
    "trafficking-in-persons": r"human trafficking|trafficking in (?:persons|human)|traite des|trata de|victims? of trafficking|trafico de pessoas|counter-?trafficking",
    "migrant-smuggling": r"smuggling of migrants?|migrants? smuggling|trafic (?:illicite )?de(?:s)? migrants|trafico (?:ilicito )?de migrantes",
    "wildlife-crime": r"wildlife (?:crime|trafficking|trade)|poach|illegal logging|iuu|environment(?:al)? crime|forest crime|braconnage|tala ilegal|delitos ambientales",
    "cultural-property": r"traffic\w* .{0,20}cultural|biens culturels|bienes culturales|antiquities|looting",
    "firearms": r"firearms?|small arms|light weapons|salw|ammunition|armes legeres|armas de fuego",
    "corruption": r"corrup|uncac|briber|soborno",
    "asset-recovery": r"asset recovery|confiscat|recouvrement des avoirs|recuperacion de activos|proceeds of crime|stolen assets",
    "drugs": r"\bdrugs?\b|drogue|droga|narcotic|narco|opium|stupefiant|harm reduction|alternative development",
    "cybercrime": r"cyber|ciber|online (?:child )?sexual|digital evidence",
    "money-laundering": r"launder|\baml\b|blanchiment|lavado de|lavagem de|\bfiu\b",
    "illicit-financial-flows": r"illicit financial|flux financiers illicites|flujos financieros ilicitos|\biffs?\b",
    "organised-crime": r"organi[sz]ed crime|crime organise|criminalite (?:transnationale )?organisee|crimen organizado|delincuencia organizada|maritime crime|container control|gangs?\b|piracy",
    "terrorism": r"terroris",
    "terrorism-financing": r"terroris\w+ financing|financing of terrorism|financement du terrorisme|financiamiento del terrorismo|\bcft\b",
    "foreign-terrorist-fighters": r"foreign (?:terrorist )?fighters?|\bftfs?\b|\bpnr\b",
    "violent-extremism": r"violent extremis|extremisme violent|extremismo violento|\bpve\b|\bcve\b|radicali[sz]",
    "explosives": r"explosive|\bieds?\b|explosif",
    "crime-terror-nexus": r"crime.terror\w* nexus|(?:links between|liens entre) .{0,40}(?:terror|crim)",
}

FUNCTIONS = {
    "legal": r"legislat|legal|\blaws?\b|polic(?:y|ies)|strateg|convention|juridi|\bley|\bloi",
    "capacity-building": r"capacit|train|strengthen|formation|renforc|fortalec|equip|capacidad",
    "e-learning": r"e-learning|online (?:course|training)|en ligne|virtual",
    "operations": r"operation|investigation|interdict|patrol|port control|enquete",
    "tools-and-databases": r"database|information system|software|forensic|laborator|base de donnees|sistema de",
    "research": r"research|stud(?:y|ies)|survey|assessment|analys|etude|estudio|data",
    "coordination": r"coordinat|cooperat|network|platform|coopera|coordina|reseau|partnership",
    "prevention": r"prevent|awareness|communit|victim|treatment|reintegrat|rehabilit|sensibilis|prevenci",
}

_AREAS = {label: re.compile(pattern) for label, pattern in AREAS.items()}
_FUNCTIONS = {label: re.compile(pattern) for label, pattern in FUNCTIONS.items()}


def classify(title: str, description: str) -> tuple[set[str], set[str]]:
    """Areas and functions by the list alone."""
    decomposed = unicodedata.normalize("NFKD", f"{title}\n{description}".lower())
    text = "".join(char for char in decomposed if not unicodedata.combining(char))
    areas = {label for label, pattern in _AREAS.items() if pattern.search(text)}
    return areas, {label for label, pattern in _FUNCTIONS.items() if pattern.search(text)} if areas else set()
