"""Made-up records and values: what normal forms and weights make of them is part of the mark scheme.

So a change of either that nobody thought to declare is another scheme: two parties refuse each other instead of missing
each other silently. Every fact of `accord.exchange.marks` has a value here. Tables that normal forms read whole are
whole in the scheme (`tables`): letters, months, countries, words that say there is no name. They come from libraries in
part, of which two desks may have different versions.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain

# countries whose lengths of telephone numbers are probed: phonenumbers
_CALLED = "1 7 20 33 34 39 44 49 52 55 57 62 63 86 90 91 92 93 98 212 218 221 234 254 380 381 961 963 964 971".split()  # noqa: SIM905
PROBES: tuple[tuple[str, Mapping[str, tuple[str, ...]]], ...] = (  # made up; they show what the normal forms do
    (
        "Person",
        {"name": ("Amina Diallo-Traoré", "DIALLO, Aminah"), "birthDate": ("17 May 1980",), "nationality": ("sn",)},
    ),
    ("Person", {"name": ("Муаммар Каддафи", "معمر القذافي"), "birthDate": ("1942",), "idNumber": ("AB 12-345",)}),
    ("Person", {"name": ("Nguyễn Văn Minh", "金正日", "김정일", "Þórður Jónsson"), "passportNumber": ("a 0774123",)}),
    (
        "Person",
        {
            "firstName": ("Jan",),
            "lastName": ("Novák",),
            "alias": ("Unknown Male",),
            "phone": ("00221 33 123 45 67",),
            "email": ("J@X.ORG",),
        },
    ),
    (
        "Person",
        {"name": ("Иванов Пётр", "עמוס עוז", "Ελένη Παπαδοπούλου", "ゴーン カルロス"), "birthDate": ("1980-01-01",)},
    ),
    ("Person", {"name": ("शरद पवार", "জিয়াউর রহমান", "රනිල් ගමගේ", "弗拉基米尔·伊万诺夫")}),
    ("Person", {"name": ("สมชาย วงศ์สวัสดิ์", "ທອງລຸນ ສີສຸລິດ", "ហេង សំរិន", "မောင်ဝင်းမြင့်", "Ευγενία Μπούρα")}),
    ("Person", {"name": ("Rustam Akhmedovich KALIMOV", "Jovan Marko Petrović", "Abdul Karim", "Abdurrahim Shah")}),
    (
        "Company",
        {"name": ("中国航天三江集团有限公司", "ATP Almaz Trade Plant", "Bank of Iran, P.L.C.", "Завод «Алмаз»")},
    ),
    ("Company", {"name": ("Quarzo Negro Trading S.A. de C.V.", "ООО «Ромашка 2»"), "jurisdiction": ("Panama",)}),
    (
        "Company",
        {
            "name": ("Müller & Söhne GmbH",),
            "registrationNumber": ("HRB 12 345",),
            "address": ("Hauptstr. 5, 10115 Berlin",),
        },
    ),
    ("Vessel", {"name": ("MV Bright Star",), "imoNumber": ("IMO 9074729",), "flag": ("lr", "st")}),
    ("CulturalObject", {"title": ("Head, bronze",), "inventoryNumber": ("NM-1938.4",)}),
    (  # numbers with a check digit, each right and wrong: python-stdnum
        "Company",
        {
            "leiCode": ("5493001KJTIIGC8Y1R12", "5493001KJTIIGC8Y1R13"),
            "swiftBic": ("AGRIFRPP882", "AGRIFRPP88"),
            "innCode": ("7707083893", "7707083894"),
            "ogrnCode": ("1022200525819", "1022200525818"),
            "uscCode": ("91110000600037341L", "91110000600037342L"),
            "iban": ("GR16 0110 1050 0000 1054 7023 795", "GR16 0110 1050 0000 1054 7023 796"),
        },
    ),
    ("Security", {"isin": ("US0378331005", "US0378331006"), "figiCode": ("BBG000BLNQ16", "BBG000BLNQ14")}),
    ("Vessel", {"imoNumber": ("9319466", "9319467"), "mmsi": ("311040700", "811040700")}),
    ("Person", {"phone": tuple(f"+{code}{'0201234567'[:most]}" for code in _CALLED for most in (8, 10))}),
)
WEIGHED = (  # values whose strength stands for the rules of `commonness`
    ("identifier", "imo 9074729"), ("number", "id 12345"), ("long number", "id 123456789"), ("full date", "1980-05-17"),
    ("full date", "1980-01-01"), ("year", "1980"), ("country", "sn"), ("postcode", "10115"), ("house number", "5"),
    ("name word", "mmt"), ("two name words", "=li =wei"), ("three name words", "a b c"), ("whole name", "kuarts nkr"),
    ("house number", "40"), ("whole body name", "kuarts nkr"), ("long number", "passport 123456789"),
    ("whole thing name", "kuarts nkr"), ("body name word", "anfstmnt"),
    ("spelled body name", "=quarzo =negro =trading"), ("spelled body name", "=real =estate =income =fund 2"),
    ("spelled body name", "=quarzo =quarzo"), ("about year", "1980"), ("no date at", "asker"), ("no IMO at", "holder"),
    ("whole name", "ktsltktl"), ("whole body name", "@bank @ke ktsltktl"), ("body name word", "@plant"),
)  # fmt: skip
_ALPHABETS = (  # Latin; Greek to Arabic; India and Southeast Asia; Georgian; Ethiopic; Khmer; Latin again; kana
    (0xC0, 0x24F), (0x370, 0x6FF), (0x900, 0x109F), (0x10A0, 0x10FF), (0x1200, 0x137F), (0x1780, 0x17FF),
    (0x1E00, 0x1EFF), (0x3040, 0x30FF),
)  # fmt: skip
_HAN, _HANGUL = range(0x4E00, 0xA000), range(0xAC00, 0xD7A4, 29)  # of Hangul each part in some syllable


def tables() -> Iterator[tuple[str, Iterator[str]]]:
    """The tables that normal forms read whole, by name, each as its lines in a fixed order."""
    from accord.match.v1 import chinese, lexicon, nameless
    from accord.match.v1.script import latin
    from accord.records import clean

    letters = (chr(point) for first, last in _ALPHABETS for point in range(first, last + 1))
    yield "letters", map(latin, (*letters, *map(chr, _HANGUL), "".join(map(chr, _HAN))))
    yield "months", (f"{name} {number}" for name, number in sorted(clean.month_names().items()))
    yield "countries", (f"{name} {code}" for name, code in sorted(clean.country_names().items()))
    yield "nameless", iter(nameless.listed())
    yield "words", chain(lexicon.listed(), (f"{word} {meaning}" for word, meaning in sorted(chinese.CONCEPTS.items())))
