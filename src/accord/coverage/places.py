"""Places of the map: countries by ISO 3166 alpha-3, regions named in activity books, and the tile grid.

Invariants: every country of `COUNTRIES` stands exactly once in the tile grid; a region is a set of those countries;
a word that names no country and no region gives nothing, never a guess.

>>> country("KE"), country("Kenya"), country("Atlantis")
('KEN', 'KEN', None)
>>> sorted(region("Southern Africa"))
['BWA', 'LSO', 'NAM', 'SWZ', 'ZAF']
>>> name("CIV")
'Côte d’Ivoire'
"""

from __future__ import annotations

from functools import cache

# UN M49 subregions, each `alpha-3:alpha-2`. Members and observers of the United Nations, and the other places
# that public indicator tables report on (CLDR names them; a tile says nothing about a legal status).
_SUBREGIONS: dict[str, str] = {
    "Northern Africa": "DZA:DZ EGY:EG LBY:LY MAR:MA SDN:SD TUN:TN",
    "Eastern Africa": "BDI:BI COM:KM DJI:DJ ERI:ER ETH:ET KEN:KE MDG:MG MWI:MW MUS:MU MOZ:MZ RWA:RW SYC:SC SOM:SO "
    "SSD:SS UGA:UG TZA:TZ ZMB:ZM ZWE:ZW",
    "Middle Africa": "AGO:AO CMR:CM CAF:CF TCD:TD COG:CG COD:CD GNQ:GQ GAB:GA STP:ST",
    "Southern Africa": "BWA:BW SWZ:SZ LSO:LS NAM:NA ZAF:ZA",
    "Western Africa": "BEN:BJ BFA:BF CPV:CV CIV:CI GMB:GM GHA:GH GIN:GN GNB:GW LBR:LR MLI:ML MRT:MR NER:NE NGA:NG "
    "SEN:SN SLE:SL TGO:TG",
    "Caribbean": "ATG:AG BHS:BS BRB:BB CUB:CU DMA:DM DOM:DO GRD:GD HTI:HT JAM:JM KNA:KN LCA:LC VCT:VC TTO:TT",
    "Central America": "BLZ:BZ CRI:CR SLV:SV GTM:GT HND:HN MEX:MX NIC:NI PAN:PA",
    "South America": "ARG:AR BOL:BO BRA:BR CHL:CL COL:CO ECU:EC GUY:GY PRY:PY PER:PE SUR:SR URY:UY VEN:VE",
    "Northern America": "CAN:CA USA:US",
    "Central Asia": "KAZ:KZ KGZ:KG TJK:TJ TKM:TM UZB:UZ",
    "Eastern Asia": "CHN:CN HKG:HK MAC:MO PRK:KP JPN:JP MNG:MN KOR:KR TWN:TW",
    "South-Eastern Asia": "BRN:BN KHM:KH IDN:ID LAO:LA MYS:MY MMR:MM PHL:PH SGP:SG THA:TH TLS:TL VNM:VN",
    "Southern Asia": "AFG:AF BGD:BD BTN:BT IND:IN IRN:IR MDV:MV NPL:NP PAK:PK LKA:LK",
    "Western Asia": "ARM:AM AZE:AZ BHR:BH CYP:CY GEO:GE IRQ:IQ ISR:IL JOR:JO KWT:KW LBN:LB OMN:OM QAT:QA SAU:SA "
    "PSE:PS SYR:SY TUR:TR ARE:AE YEM:YE",
    "Eastern Europe": "BLR:BY BGR:BG CZE:CZ HUN:HU POL:PL MDA:MD ROU:RO RUS:RU SVK:SK UKR:UA",
    "Northern Europe": "DNK:DK EST:EE FIN:FI ISL:IS IRL:IE LVA:LV LTU:LT NOR:NO SWE:SE GBR:GB",
    "Southern Europe": "ALB:AL AND:AD BIH:BA HRV:HR GRC:GR XKX:XK ITA:IT MLT:MT MNE:ME MKD:MK PRT:PT SMR:SM SRB:RS "
    "SVN:SI ESP:ES VAT:VA",
    "Western Europe": "AUT:AT BEL:BE FRA:FR DEU:DE LIE:LI LUX:LU MCO:MC NLD:NL CHE:CH",
    "Australia and New Zealand": "AUS:AU NZL:NZ",
    "Pacific islands": "COK:CK FJI:FJ KIR:KI MHL:MH FSM:FM NRU:NR NIU:NU PLW:PW PNG:PG WSM:WS SLB:SB TON:TO TUV:TV "
    "VUT:VU",
}

ALPHA2: dict[str, str] = {
    code: short for members in _SUBREGIONS.values() for code, short in (pair.split(":") for pair in members.split())
}
SUBREGION: dict[str, str] = {
    pair.split(":")[0]: label for label, members in _SUBREGIONS.items() for pair in members.split()
}
COUNTRIES: tuple[str, ...] = tuple(sorted(ALPHA2))
_ALPHA3 = {short: code for code, short in ALPHA2.items()}


def _members(*labels: str) -> frozenset[str]:
    return frozenset(code for code, label in SUBREGION.items() if label in labels)


_AFRICA = ("Northern Africa", "Eastern Africa", "Middle Africa", "Southern Africa", "Western Africa")
_LATIN = ("Caribbean", "Central America", "South America")
_ASIA = ("Central Asia", "Eastern Asia", "South-Eastern Asia", "Southern Asia", "Western Asia")
_EUROPE = ("Eastern Europe", "Northern Europe", "Southern Europe", "Western Europe")
EVERYWHERE = frozenset(COUNTRIES)
"""One object for all records that may be anywhere."""
_MEKONG = frozenset(["KHM", "CHN", "LAO", "MMR", "THA", "VNM"])
_AMAZON = frozenset(["BOL", "BRA", "COL", "ECU", "GUY", "PER", "SUR", "VEN"])

# lower-case words as activity books write them -> countries; M49 labels themselves are added below
_REGIONS: dict[str, frozenset[str]] = {
    "africa": _members(*_AFRICA),
    "north africa": _members("Northern Africa"),
    "east africa": _members("Eastern Africa"),
    "central africa": _members("Middle Africa"),
    "west africa": _members("Western Africa"),
    "west & central africa": _members("Western Africa", "Middle Africa"),
    "west and central africa": _members("Western Africa", "Middle Africa"),
    "sub-saharan africa": _members(*_AFRICA) - _members("Northern Africa") | {"SDN"},
    "sahel": frozenset(["BFA", "TCD", "MLI", "MRT", "NER"]),
    "latin america": _members("Central America", "South America"),
    "latin america and the caribbean": _members(*_LATIN),
    "central & south america": _members("Central America", "South America"),
    "central and south america": _members("Central America", "South America"),
    "north america": _members("Northern America") | {"MEX"},
    "americas": _members("Northern America", *_LATIN),
    "asia": _members(*_ASIA),
    "east asia": _members("Eastern Asia"),
    "south asia": _members("Southern Asia"),
    "south-east asia": _members("South-Eastern Asia"),
    "southeast asia": _members("South-Eastern Asia"),
    "middle east": _members("Western Asia") - frozenset(["ARM", "AZE", "CYP", "GEO"]) | {"EGY", "IRN"},
    "asia and the pacific": _members("Pacific islands", "Australia and New Zealand", *_ASIA) - _members("Western Asia"),
    "europe": _members(*_EUROPE),
    "western balkans": frozenset(["ALB", "BIH", "MKD", "MNE", "SRB", "XKX"]),
    "pacific": _members("Pacific islands"),
    "pacific islands": _members("Pacific islands"),
    "oceania": _members("Pacific islands", "Australia and New Zealand"),
    "amazon basin": _AMAZON,
    "mekong basin": _MEKONG,
    "amazon and mekong basins": _AMAZON | _MEKONG,
    "global": EVERYWHERE,
    "worldwide": EVERYWHERE,
    "world": EVERYWHERE,
    **{label.lower(): _members(label) for label in _SUBREGIONS},
}

# The tile grid: one line of the map per line, one place per token, `.` is sea. Typed by us after the usual look of
# the world, small states as large as big ones; nothing is measured on it.
_GRID = """
.   .   .   .   .   .   .   .   .   .   ISL .   .   .   NOR SWE FIN .   .   .   .   .   .   .   .   .   .   .   .
.   .   CAN .   .   .   .   .   .   .   IRL GBR .   .   DNK .   EST LVA RUS .   .   .   .   .   .   .   .   .   .
.   .   USA .   .   .   .   .   .   .   .   BEL NLD DEU POL LTU BLR .   .   .   .   .   .   MNG .   .   .   .   .
.   .   MEX .   .   .   .   .   .   .   .   FRA LUX CHE CZE SVK UKR MDA .   KAZ .   .   .   CHN PRK JPN .   .   .
.   .   GTM BLZ .   CUB BHS .   .   PRT ESP AND MCO LIE AUT HUN ROU .   GEO UZB KGZ .   .   HKG KOR .   .   .   .
.   .   SLV HND .   JAM HTI DOM KNA .   .   .   ITA SMR SVN HRV SRB BGR ARM AZE TKM TJK .   MAC TWN .   .   .   .
.   .   .   NIC .   .   .   .   ATG DMA .   .   VAT .   BIH MNE XKX MKD TUR IRN AFG PAK NPL BTN .   .   .   .   .
.   .   .   CRI PAN .   .   .   LCA BRB .   .   MLT .   .   ALB GRC CYP SYR IRQ .   IND BGD MMR LAO VNM PHL .   .
.   .   .   .   COL VEN .   .   VCT GRD MAR DZA TUN LBY EGY PSE ISR LBN JOR KWT BHR .   .   THA KHM .   .   PLW FSM
.   .   .   .   ECU GUY SUR .   TTO MRT MLI NER TCD SDN ERI .   .   .   SAU QAT ARE LKA .   MYS BRN .   PNG NRU MHL
.   .   .   .   PER BRA .   .   CPV SEN BFA NGA CAF SSD ETH DJI .   .   YEM OMN .   MDV .   SGP IDN TLS SLB KIR TUV
.   .   .   .   BOL PRY .   .   .   GMB GHA BEN CMR UGA KEN SOM .   .   .   .   .   .   .   .   .   .   VUT FJI WSM
.   .   .   .   CHL ARG URY .   .   GNB CIV TGO GNQ RWA TZA SYC .   .   .   .   .   .   .   .   AUS .   .   TON NIU
.   .   .   .   .   .   .   .   .   GIN .   STP GAB BDI MWI COM .   .   .   .   .   .   .   .   .   .   NZL .   COK
.   .   .   .   .   .   .   .   .   SLE .   .   COG ZMB MOZ MDG .   .   .   .   .   .   .   .   .   .   .   .   .
.   .   .   .   .   .   .   .   .   LBR .   .   COD ZWE SWZ MUS .   .   .   .   .   .   .   .   .   .   .   .   .
.   .   .   .   .   .   .   .   .   .   .   .   AGO BWA LSO .   .   .   .   .   .   .   .   .   .   .   .   .   .
.   .   .   .   .   .   .   .   .   .   .   .   NAM ZAF .   .   .   .   .   .   .   .   .   .   .   .   .   .   .
"""

TILES: dict[str, tuple[int, int]] = {
    code: (column, row)
    for row, line in enumerate(_GRID.strip().splitlines())
    for column, code in enumerate(line.split())
    if code != "."
}
GRID_COLUMNS = 1 + max(column for column, _ in TILES.values())
GRID_ROWS = 1 + max(row for _, row in TILES.values())


@cache
def name(code: str, language: str = "en") -> str:
    """What people call the country (CLDR); the code itself when nobody calls it anything."""
    from babel import Locale

    return str(Locale(language).territories.get(ALPHA2.get(code, code), code))


@cache
def country(text: str) -> str | None:
    """ISO alpha-3 of a code or a name in one of many languages; None when it names no country of the map."""
    word = text.strip()
    upper = word.upper()
    if upper in ALPHA2:
        return upper
    if upper in _ALPHA3:
        return _ALPHA3[upper]
    if upper in {"XK", "KOSOVO"}:
        return "XKX"
    from accord.records import clean

    found = clean.country3(word)
    return found if found in ALPHA2 else None


def region(text: str) -> frozenset[str]:
    """The countries of a region named in words ("West Africa", "Latin America"); empty when unknown."""
    return _REGIONS.get(" ".join(text.lower().split()).removeprefix("the "), frozenset())


# UN M49 codes of the subregions, by which CLDR names them in each language
_M49 = {
    "Northern Africa": "015", "Eastern Africa": "014", "Middle Africa": "017", "Southern Africa": "018",
    "Western Africa": "011", "Caribbean": "029", "Central America": "013", "South America": "005",
    "Northern America": "021", "Central Asia": "143", "Eastern Asia": "030", "South-Eastern Asia": "035",
    "Southern Asia": "034", "Western Asia": "145", "Eastern Europe": "151", "Northern Europe": "154",
    "Southern Europe": "039", "Western Europe": "155", "Australia and New Zealand": "053", "Pacific islands": "009",
}  # fmt: skip


def region_name(code: str, language: str = "en") -> str:
    """The subregion of a country in a language; in English as M49 writes it.

    >>> region_name("KEN"), region_name("KEN", "fr")
    ('Eastern Africa', 'Afrique orientale')
    """
    from babel import Locale

    label = SUBREGION[code]
    return label if language == "en" else str(Locale(language).territories.get(_M49[label], label))
