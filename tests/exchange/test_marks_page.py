"""Marks by docs/reference/marks.md: a second implementation draws the same, and the vectors are what both draw.

`python -m tests.exchange.test_marks_page` writes docs/reference/marks-vectors.json again.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from decimal import Decimal
from itertools import accumulate, product
from pathlib import Path
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from accord.exchange.commonness import TABLES, table_bytes
from accord.exchange.facts import Role
from accord.exchange.marks import explain_marks, marks_of, most_marks, scheme
from accord.exchange.probes import PROBES
from accord.match import normal_forms
from accord.match.v1 import lexicon
from accord.match.v1.script import skeleton
from accord.records import Entity, clean

from . import other_names, other_values
from .other_marks import Forms, Name, Tables, bones, marks

FILE = Path(__file__).parents[2] / "docs" / "reference" / "marks-vectors.json"
SIZES = (20_000, 100_000, 1_000_000)
ROLES: tuple[Role, ...] = ("asker", "holder")
TABLE = Tables.read(*(table_bytes(name).decode() for name in TABLES))
WHY = {"": "", "said": "another mark says it"}
RECORDS: tuple[tuple[str, dict[str, tuple[str, ...]]], ...] = (  # made up
    ("Person", {"name": ("Kasim ORAZOV", "Касим Оразов"), "birthDate": ("14 March 1979",), "nationality": ("Kyrgyzstan",),
                "passportNumber": ("AC 4410927",), "phone": ("00996 555 010203",), "address": ("Chüy 12, 720010 Bishkek",)}),
    ("Company", {"name": ("Quarzo Negro Trading S.A.",), "jurisdiction": ("Panama",), "registrationNumber": ("155-612-2",)}),
    ("Person", {"name": ("Rustam Akhmedovich KALIMOV", "Abdul-Rustam Kalimov"), "birthDate": ("1981",)}),
    ("Company", {"name": ("ATP Almaz Trade Plant", "Завод «Алмаз»", "Bank Rafa P.L.C.")}),
    ("Vessel", {"name": ("MV Blue Heron II",), "imoNumber": ("IMO 9074729",), "flag": ("pa",), "buildDate": ("1994",)}),
    ("CulturalObject", {"title": ("Head, bronze",), "inventoryNumber": ("NM-1938.4",), "country": ("Nigeria",)}),
    ("Person", {"name": ("Tarwick, S. M.",), "birthDate": ("1 January 1930",)}),  # groups with single letters
    ("Person", {"alias": ("Tarwickson",)}),  # one word is worth little
    ("Vessel", {"name": ("Merowe",), "flag": ("Liberia",)}),  # of a vessel it is worth more
)  # fmt: skip


def forms_of(schema: str, properties: dict[str, tuple[str, ...]]) -> Forms:
    """The normal forms of a record, as the second implementation takes them."""
    (found,) = normal_forms([Entity("x", schema, properties)])
    names, shorter = (
        [Name(name.latin, name.skeleton, name.numbers) for name in each] for each in (found.names, found.shorter)
    )
    return Forms(
        schema, names, shorter, [str(date) for date in found.dates], found.countries, found.identifiers, found.addresses,
        found.postcodes,
    )  # fmt: skip


def drawn(forms: Forms, role: str, records: int) -> list[tuple[str, tuple[str, ...], bytes, str]]:
    return list(marks(forms, role, bytes.fromhex(scheme()), TABLE, records))


# --- random records --------------------------------------------------------------------------------------------------

SPELLED = sorted(word[1:] for word in (*TABLE.people, *TABLE.bodies) if word.startswith("=") and word[1:].isalpha())
WORDS = (
    st.sampled_from(SPELLED)
    | st.text("abcdefghiklmnoprstuvwxyz", min_size=1, max_size=9)
    | st.sampled_from(["2", "2000", "Abdul", "Petrovich", "bank", "Iranian", "zavod"])
)
NAMES = st.lists(WORDS, min_size=1, max_size=5).map(" ".join)
DATES = st.sampled_from(["1980-01-01", "1980-05-17", "1980", "May 1980", "circa 1975"])
NUMBERS = st.text("0123456789ABC", min_size=4, max_size=18)
ADDRESSES = st.sampled_from(
    ["Rue des Baobabs 12, 10200 Dakar", "Hauptstr. 5, 10115 Berlin", "Berlin", "Main Road 4711"]
)


def some(values: st.SearchStrategy[str], most: int) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(values, max_size=most).map(tuple)


PROPERTIES = st.fixed_dictionaries({
    "name": some(NAMES, 3), "birthDate": some(DATES, 2), "country": some(st.sampled_from(["sn", "Panama", "fr"]), 2),
    "passportNumber": some(NUMBERS, 1), "idNumber": some(NUMBERS, 2), "address": some(ADDRESSES, 2),
    "imoNumber": some(st.sampled_from(["9074729", "9074728"]), 1), "email": some(st.just("a@x.org"), 1),
})  # fmt: skip


@settings(deadline=None, max_examples=300)
@given(
    st.sampled_from(["Person", "Company", "Vessel", "CulturalObject"]), PROPERTIES, st.sampled_from(ROLES),
    st.sampled_from(SIZES),
)  # fmt: skip
def test_the_second_implementation_draws_the_same_marks(schema: str, properties: Any, role: Role, records: int) -> None:
    other, entity = drawn(forms_of(schema, properties), role, records), Entity("x", schema, properties)
    ours = [(mark.kind, mark.values, mark.digest) for mark in marks_of([entity], role, records)["x"]]
    assert ours == [each[:3] for each in other if not each[3]][: most_marks(role)]
    explained = [(kind, why) for kind, _, why in explain_marks(entity, role, records)]
    common = f"too common among {records:,} records"
    asked = accumulate(not fate for *_, fate in other)
    assert explained == [
        (
            kind,
            WHY.get(fate, common)
            if fate or number <= most_marks(role)
            else f"{most_marks(role)} others are asked before it",
        )
        for (kind, _, _, fate), number in zip(other, asked, strict=True)
    ]


def test_nats_that_reach_a_limit_exactly_reach_it() -> None:
    """4.6, 5.1, 3.1 and 2 are below 14.5 as floats, if they are added one after the other."""
    company = ("Company", {"name": ("Express Engineering Industries",), "country": ("pa",)})
    by_name = ("spelled body name + country", ("=engineering =express =industries", "pa"))
    nats = [TABLE.nats(*fact) for fact in zip(by_name[0].split(" + "), by_name[1], strict=True)]
    assert sum(nats) == Decimal("14.5")
    ours = {(mark.kind, mark.values) for mark in marks_of([Entity("x", *company)], "asker", 100_000)["x"]}
    other = {each[:2] for each in drawn(forms_of(*company), "asker", 100_000) if not each[3]}
    assert by_name in ours & other


@given(st.text("abcdefghijklmnopqrstuvwxyz0", max_size=12) | st.sampled_from(SPELLED))
def test_skeletons_as_the_page_says(word: str) -> None:
    assert bones(word) == skeleton(word)


OF_TABLES = sorted(
    word
    for word in (*lexicon.HONORIFICS, *lexicon.PARTICLES, *lexicon.FUNCTION_WORDS, *map(" ".join, other_names.FORMS))
    if max(word) < "\u0530"  # letters that `anyascii` writes
)
ODD = (
    "Abdulrahman", "Abdurrahman", "Abdulhai", "abdallah", "abdou", "AbdElKader", "JohnSmith", "McDonald", "S.A.", "A.B.C.",
    "II", "Ⅳ", "XV", "V", "77th", "27-й", "007", "0", "Unknown", "male", "N/A", "test", "fnu", "Iran", "Müller", "O'Neill",
    "Ma’alim", "Иванов", "ﬁ", "２０", "under_score", "&", "é", "q", "(Pakistan)", "(the Iran branch)", "(born 1960)",
    "(House of Acme)", "[Acme]", "((a) b)", "EP-ABC", "27й", "3я", "5o", "(born in Rome)", "(formerly Acme)", "(since 1960)",
    "Abdul", "abdush", "Abdel", "Petrovich", "Ivanovna", "Petrović", "bank", "заводы", "Iranian", "Kenya", "industries",
    "p l c", "gts", "nii", "stb", "Абдулкарим", "Abdullayev", "Abdül", "Abdoel", "aabdul", "abdurrahmanov", "Ukraine", "Россия",
    "Malkovich", "Группа", "Rossi", "Unknown 17 Petrovich",
)  # fmt: skip
BETWEEN = (*[" "] * 8, "-", ", ", "; ", ";", " / ", "/", "/ ", " a.k.a. ", ", AKA: ", "  ")
NAMED = ("name", "alias", "firstName", "lastName", "middleName", "full", "city")


def a_name(r: Random) -> str:
    pieces = (r.choice((r.choice(ODD), r.choice(OF_TABLES), r.choice(SPELLED))) for _ in range(r.randrange(1, 6)))
    return "".join(r.choice((piece, piece, piece.title())) + r.choice(BETWEEN) for piece in pieces)


def test_the_second_implementation_reads_the_same_names() -> None:
    r, records = Random(1), []
    for number in range(4_000):
        properties = {prop: tuple(a_name(r) for _ in range(r.choice((0, 0, 1, 2)))) for prop in NAMED}
        schema = r.choice(("Person", "Person", "Company", "Security", "Vessel", "Airplane", "Address"))
        records.append(Entity(str(number), schema, properties))
    for entity, theirs in zip(records, normal_forms(records), strict=True):
        ours, shorter = other_names.names(entity)
        if all(len(name.latin) + len(name.numbers) <= 10 for name in ours):
            assert ours == [Name(name.latin, name.skeleton, name.numbers) for name in theirs.names]
            assert shorter == [Name(name.latin, name.skeleton, name.numbers) for name in theirs.shorter]


MONTHS = "Jan january März mai 5月 августа декабря ماه may sept Sep. dez".split()  # noqa: SIM905
BESIDE = (
    "5.1980 - 5.1980",
    "1962-03/1962-05",
    "circa ",
    "ca. ",
    "between ",
    " and ",
    " to ",
    "of ",
    "г.",
    "th ",
    "00",
    "0",
    " 12:30",
    "T12:30",
    "Z",
    "年",
    "月",
    "日",
)
SIGNS = (" ", " ", "-", "/", ".", ". ", ", ")


def test_the_second_implementation_reads_the_same_dates() -> None:
    r, read = Random(1), 0
    for _ in range(30_000):
        pieces = (
            r.choice(
                (
                    str(r.randrange(1, 40)),
                    str(r.randrange(1490, 2110)),
                    r.choice(MONTHS),
                    r.choice(SIGNS),
                    r.choice(SIGNS),
                )
            )
            if r.random() < 0.8
            else r.choice(BESIDE)
            for _ in range(r.randrange(1, 8))
        )
        text = "".join(pieces)
        found = clean.date(text)
        assert other_values.date(text) == (str(found) if found else None), text
        read += found is not None
    assert read > 1_000


COUNTRIES = sorted(clean.country_names())
SAID = (
    "citizen of ", "Republic of ", "the ", "possibly ", "St. ", "st", "ST", "u.s.", "UK", "US", "IL", "USA", "gb-sct", "GB-SCT",
    "xx-1", "12", "Korea, North", "Iran (Islamic Republic of)", "Kosovo (UNSCR 1244)", "Côte d'Ivoire", "türkıye", "Hong_Kong",
    "DEUTSCH", "AFGHAN",
)  # fmt: skip
APART = (", ", " and ", " / ", "; ", " (", ") ", " ", " et ", "-", " & ", ". ", "\n", " и ")


def test_the_second_implementation_reads_the_same_countries() -> None:
    r = Random(1)
    for _ in range(10_000):
        pieces = (r.choice((r.choice(COUNTRIES), r.choice(SAID))) + r.choice(APART) for _ in range(r.randrange(1, 4)))
        text = "".join(pieces).strip(r.choice((" ", " ,;.-(/&")))
        text = r.choice((text, text, text.upper(), text.title()))
        assert other_values.country(text) == clean.country(text), text
        assert other_values.countries(text) == list(clean.countries(text)), text
        assert other_values.country_of_place(text) == clean.country_of_place(text), text


NUMBERS = {
    "imoNumber": "9074729", "mmsi": "311040700", "iban": "GR1601101050000010547023795", "swiftBic": "AGRIFRPP882",
    "leiCode": "5493001KJTIIGC8Y1R12", "vin": "1M8GDM9AXKP042788", "isin": "US0378331005", "innCode": "7707083893",
    "ogrnCode": "1022200525819", "imei": "490154203237518", "uscCode": "91110000600037341L", "figiCode": "BBG000BLNQ16",
    "casNumber": "64175", "passportNumber": "АВ1234567", "idNumber": "12345", "serialNumber": "AB1277", "unscId": "QDi001",
}  # fmt: skip
AROUND = (
    "Passport No: ",
    "No. ",
    "IMO ",
    "№ ",
    "паспорт ",
    "(Iran) ",
    "[old] ",
    "serial: ",
    ", ",
    "; ",
    " / ",
    " on ",
    " issued ",
    " expired ",
    " КПП ",
    "-",
    " ",
    "?",
)


def test_the_second_implementation_reads_the_same_identifiers() -> None:
    r, kinds = Random(1), set()
    for _ in range(10_000):
        prop, number = r.choice(tuple(NUMBERS.items()))
        place = r.randrange(len(number))
        number = r.choice(
            (number, number[:place] + r.choice("0123456789AZИ२-. ") + number[place + 1 :], number[:place])
        )
        text = r.choice(("", *AROUND)) + number + r.choice(("", *AROUND)) + r.choice(("", "", number, "x"))
        found = clean.identifier(prop, text)
        assert other_values.identifier(prop, text) == found, (prop, text)
        kinds |= {found[0]} if found else set()
    assert len(kinds) == 31  # 14 kinds right and wrong, 3 that nothing checks


# --- vectors ---------------------------------------------------------------------------------------------------------


def plain(forms: Forms) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(json.dumps(asdict(forms)))
    return {name: value for name, value in said.items() if name != "schema"}


def vectors() -> dict[str, Any]:
    by_role = {role: [_listed(forms_of(*one), role) for one in RECORDS] for role in ROLES}
    return {
        "scheme": scheme(),
        "forms": [
            {"schema": schema, "properties": values, "forms": plain(forms_of(schema, dict(values)))}
            for schema, values in (*RECORDS, *PROBES)
        ],
        "marks": by_role,
    }


def _listed(forms: Forms, role: str) -> list[dict[str, Any]]:
    found = {records: drawn(forms, role, records) for records in SIZES}
    return [
        {
            "rule": kind,
            "values": values,
            "mark": mark.hex(),
            "nats": str(sum(TABLE.nats(*fact) for fact in zip(kind.split(" + "), values, strict=True))),
            "fate": [found[records][place][3] or "asked" for records in SIZES],
        }
        for place, (kind, values, mark, _) in enumerate(found[SIZES[0]])
    ]


def test_the_published_vectors_are_what_both_draw() -> None:
    said = json.loads(FILE.read_text(encoding="utf-8"))
    assert said == json.loads(json.dumps(vectors()))
    for role, (one, place) in product(ROLES, product(range(len(RECORDS)), range(len(SIZES)))):
        ours = marks_of([Entity("x", *RECORDS[one])], role, SIZES[place])["x"]
        asked = [each["mark"] for each in said["marks"][role][one] if each["fate"][place] == "asked"]
        assert [mark.digest.hex() for mark in ours] == asked[: most_marks(role)]


if __name__ == "__main__":
    FILE.write_text(json.dumps(vectors(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
