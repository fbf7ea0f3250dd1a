"""Made-up records and values: what normal forms and weights make of them is part of the mark scheme.

So a change of either that nobody thought to declare is another scheme: two parties refuse each other instead of missing
each other silently. Every fact of `accord.exchange.marks` has a value here.
"""

from __future__ import annotations

from collections.abc import Mapping

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
    ("Company", {"name": ("中国航天三江集团有限公司",)}),
    ("Company", {"name": ("Quarzo Negro Trading S.A. de C.V.", "ООО «Ромашка 2»"), "jurisdiction": ("Panama",)}),
    (
        "Company",
        {
            "name": ("Müller & Söhne GmbH",),
            "registrationNumber": ("HRB 12 345",),
            "address": ("Hauptstr. 5, 10115 Berlin",),
        },
    ),
    ("Vessel", {"name": ("MV Bright Star",), "imoNumber": ("IMO 9074729",), "flag": ("lr",)}),
    ("CulturalObject", {"title": ("Head, bronze",), "inventoryNumber": ("NM-1938.4",)}),
)
WEIGHED = (  # values whose strength stands for the rules of `commonness`
    ("identifier", "imo 9074729"), ("number", "id 12345"), ("long number", "id 123456789"), ("full date", "1980-05-17"),
    ("full date", "1980-01-01"), ("year", "1980"), ("country", "sn"), ("postcode", "10115"), ("house number", "5"),
    ("name word", "mmt"), ("two name words", "=li =wei"), ("three name words", "a b c"), ("whole name", "kuarts nkr"),
    ("house number", "40"), ("whole body name", "kuarts nkr"), ("long number", "passport 123456789"),
    ("whole thing name", "kuarts nkr"), ("body name word", "anfstmnt"),
    ("spelled body name", "=quarzo =negro =trading"), ("spelled body name", "=real =estate =income =fund 2"),
    ("spelled body name", "=quarzo =quarzo"),
)  # fmt: skip
