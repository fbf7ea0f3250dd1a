"""Marks: conjunctions that are strong alone; equal for equal things in any spelling; nothing weak among them."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
from anyascii import anyascii
from hypothesis import given, settings
from hypothesis import strategies as st

from accord.exchange import MILLION, marks
from accord.exchange.commonness import STRONG, strength
from accord.exchange.facts import Role
from accord.exchange.marks import MARKS_PER_RECORD, Mark, explain_marks, marks_of, scheme
from accord.exchange.probes import WEIGHED
from accord.exchange.rules import FAMILIES, THING
from accord.match import normal_forms
from accord.match.v1 import script
from accord.records import Entity
from accord.records.clean import _identifiers, identifier

ASKER: Role = "asker"
HOLDER: Role = "holder"


def marks_for(schema: str, **properties: str | tuple[str, ...]) -> tuple[Mark, ...]:
    values = {name: (value,) if isinstance(value, str) else value for name, value in properties.items()}
    return marks_of([Entity("x", schema, values)], "asker")["x"]


def meet(left: tuple[Mark, ...], right: tuple[Mark, ...]) -> bool:
    return bool({mark.digest for mark in left} & {mark.digest for mark in right})


WEAK = [
    ("Person", {"name": "Amina Diallo"}),
    ("Person", {"birthDate": "1980-05-17"}),
    ("Person", {"name": "Amina Diallo", "nationality": "sn"}),
    ("Person", {"name": "Amina Diallo", "birthDate": "1980"}),
    ("Person", {"name": "Amina", "birthDate": "1980-05-17"}),
    ("Person", {"address": "Rue des Baobabs 12, 10200 Dakar"}),
    ("Person", {"idNumber": "5304218"}),
    ("Company", {"name": "Diallo Trading"}),  # a founder's name, common among people, and a trade
    ("Company", {"name": "Second Real Estate Income Investment Fund of Luxembourg", "jurisdiction": "lu"}),
    ("Company", {"jurisdiction": "pa"}),
    ("Vessel", {"name": "Quarzo Negro Trading"}),
]


@pytest.mark.parametrize(("schema", "properties"), WEAK)
def test_a_weak_fact_alone_is_no_mark(schema: str, properties: dict[str, str]) -> None:
    assert marks_for(schema, **properties) == ()


SAME = [
    ("Person", {"name": "Муаммар Каддафи", "birthDate": "1942-06-07"}, {"name": "Muammar Qaddafi", "birthDate": "7 June 1942"}),
    ("Person", {"name": "Jan Novak", "idNumber": "530 421 8"}, {"lastName": "Novák", "idNumber": "5304218"}),
    ("Company", {"name": "Quarzo Negro Trading SA", "jurisdiction": "pa"}, {"name": "QUARZO NEGRO TRADING S.A.", "country": "Panama"}),
    ("Company", {"name": "Quarzo Negro Trading SA"}, {"name": ("Black Quartz", "TRADING QUARZO NEGRO, S.A.")}),
    ("Organization", {"name": "Parchin Chemical Industries", "incorporationDate": "1980-05-17"}, {"name": "CHEMICAL INDUSTRIES PARCHIN", "incorporationDate": "17 May 1980"}),
    ("Vessel", {"imoNumber": "IMO 9074729"}, {"imoNumber": "9074729"}),
    ("CryptoWallet", {"publicKey": "0x52908400098527886E0F7030069857D2E4169EE7"}, {"publicKey": "0x52908400098527886e0f7030069857d2e4169ee7"}),
    ("BankAccount", {"iban": "DE89 3704 0044 0532 0130 00"}, {"iban": "DE89370400440532013000"}),
    ("Person", {"phone": "+221 33 123 45 67"}, {"phone": "00221331234567"}),
    ("Person", {"name": "Amina Diallo", "passportNumber": "A0774123"}, {"name": "A. DIALLO", "passportNumber": "a 0774123"}),
    ("CulturalObject", {"name": "Bronze head", "inventoryNumber": "NM-1938.4"}, {"title": "Head, bronze", "inventoryNumber": "NM 1938 4"}),
]  # fmt: skip


@pytest.mark.parametrize(("schema", "left", "right"), SAME, ids=[str(n) for n in range(len(SAME))])
def test_two_spellings_of_one_thing_meet(schema: str, left: dict[str, str], right: dict[str, str]) -> None:
    assert meet(marks_for(schema, **left), marks_for(schema, **right))


DIFFERENT = [
    ({"name": "Amina Diallo", "birthDate": "1980-05-17"}, {"name": "Amina Diallo", "birthDate": "1980-05-18"}),
    ({"name": "Amina Diallo", "idNumber": "5304218"}, {"name": "Amina Diallo", "idNumber": "5304219"}),
    ({"name": "Amina Diallo", "idNumber": "5304218"}, {"name": "Kwame Boateng", "idNumber": "5304218"}),
]


@pytest.mark.parametrize(("left", "right"), DIFFERENT)
def test_two_things_that_share_one_weak_fact_do_not_meet(left: dict[str, str], right: dict[str, str]) -> None:
    assert not meet(marks_for("Person", **left), marks_for("Person", **right))


@settings(max_examples=30, deadline=None)
@given(st.lists(st.text(max_size=30), max_size=12), st.lists(st.text(max_size=20), max_size=6))
def test_any_text_gives_at_most_so_many_distinct_marks(names: list[str], numbers: list[str]) -> None:
    values = {"name": tuple(filter(str.strip, names)), "idNumber": tuple(filter(str.strip, numbers))}
    found = marks_of([Entity("x", "Person", {**values, "birthDate": ("1980-05-17",)})], "asker")["x"]
    assert len(found) == len({mark.digest for mark in found}) <= MARKS_PER_RECORD


def test_a_mark_does_not_depend_on_what_else_is_in_the_batch() -> None:
    one = Entity("x", "Person", {"name": ("Amina Diallo",), "birthDate": ("1980-05-17",)})
    other = Entity("y", "Person", {"name": ("Bodil Fredriksen",), "birthDate": ("1971-01-09",)})
    assert marks_of([one], "asker")["x"] == marks_of([other, one], "asker")["x"]


WORDS = (
    "Amina", "Diallo", "Traoré", "Xochitl", "Qadhafi", "Gaddafi", "Li", "Wu", "Bo", "Zbigniew", "2", "de", "Petrovich", "bank",
    "Kaltenbrunner", "Група", "Grupa", "Китай", "Kitay", "بنك", "BNK", "Абдулкарим", "Abdulkarim", "KZB",
)  # fmt: skip
PEOPLE = st.builds(
    lambda names, born, countries, numbers, streets: {
        "name": tuple(" ".join(words) for words in names),
        "birthDate": born,
        "nationality": countries,
        "idNumber": numbers,
        "address": streets,
    },
    st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=5), min_size=1, max_size=3),
    st.lists(st.sampled_from(("1980-05-17", "1980", "1971-01-01")), max_size=2).map(tuple),
    st.lists(st.sampled_from(("sn", "fr")), max_size=2).map(tuple),
    st.lists(st.sampled_from(("5304218", "530421887")), max_size=1).map(tuple),
    st.lists(st.sampled_from(("Rue 12, 10115 Dakar", "Hauptstr. 5, 10115 Berlin")), max_size=1).map(tuple),
)


HOLDINGS = (20_000, 100_000, MILLION)


@settings(max_examples=300, deadline=None)
@given(PEOPLE, PEOPLE, st.sampled_from(("Person", "Company", "Vessel")), st.sampled_from(HOLDINGS))
def test_a_mark_that_another_says_is_left_out_and_no_match_is_lost(
    left: Any, right: Any, schema: str, largest: int
) -> None:
    before, after = [], []
    for values, role in ((left, ASKER), (right, HOLDER)):
        (forms,) = normal_forms([Entity("x", schema, values)])
        strong = [mark for mark in marks._marks(forms, role, largest) if mark.strong]
        before.append({mark.digest for mark in strong[: marks.most_marks(role)]})
        after.append({mark.digest for mark in marks._strong(forms, role, largest)})
        assert len(after[-1]) <= marks.most_marks(role)
    assert not before[0] & before[1] or after[0] & after[1]


def test_a_name_with_a_date_is_asked_once() -> None:
    entity = Entity("x", "Person", {"name": ("Amina Diallo",), "birthDate": ("1980-05-17",), "nationality": ("sn",)})
    assert [mark.kind for mark in marks_of([entity], "asker")["x"]] == [
        "two name words + full date",
        "spelled name + year + country",  # for a partner that has the year only
    ]
    why = {kind: why for kind, _, why in explain_marks(entity, "asker")}
    assert why["two name words + full date"] == ""
    assert why["spelled name + full date"] == why["two name words + full date + country"] == "another mark says it"
    assert why["spelled name + year"] == "too common among 1,000,000 records"


def kinds(schema: str, largest: int = MILLION, **properties: str) -> list[str]:
    values = {name: (value,) for name, value in properties.items()}
    return [mark.kind for mark in marks_of([Entity("x", schema, values)], "asker", largest)["x"]]


def test_a_name_alone_is_a_mark_in_a_small_holding_unless_it_is_common() -> None:
    assert kinds("Person", 20_000, name="Amina Diallo") == ["spelled name + no date at"]
    assert kinds("Person", 100_000, name="Amina Diallo") == kinds("Person", name="Amina Diallo") == []
    assert kinds("Person", 20_000, name="Maria Kim") == []
    assert kinds("Company", 20_000, name="Quarzo Trading") == ["whole body name"] * 2  # also by what «Trading» means
    assert kinds("Company", 20_000, name="Trading") == []


def test_with_a_year_a_name_is_a_mark_in_a_larger_holding() -> None:
    assert kinds("Person", 100_000, name="Amina Diallo", birthDate="1980") == ["spelled name + about year"]
    assert kinds("Person", name="Amina Diallo", birthDate="1980") == []


def test_words_out_of_a_name_are_no_sooner_a_mark_in_a_small_holding() -> None:
    small, large = (
        kinds("Person", largest, name="Juan Carlos Perez", birthDate="1980") for largest in (20_000, MILLION)
    )
    assert {kind for kind in small if "words" in kind} <= set(large)


def test_two_words_of_a_name_with_the_date_of_birth_are_a_mark_in_a_small_holding() -> None:
    """A second given name, or a father's, that one list leaves out."""
    long, short = (
        {
            mark.digest
            for mark in marks_of(
                [Entity("x", "Person", {"name": (name,), "birthDate": ("1957-04-01",)})], "asker", 20_000
            )["x"]
        }
        for name in ("Juan Carlos Perez Molina", "Juan Molina")
    )
    assert long & short
    assert "two name words + full date" not in kinds("Person", name="Juan Molina", birthDate="1957-04-01")


@pytest.mark.parametrize(
    "name",
    [
        "Unknown Male", "UNKNOWN", "Redacted, redacted", "Неизвестно", "Name unknown", "مجهول", "مجهولة", "N/A", "none",
        "FNU LNU", "No Name", "SIN NOMBRE", "Не установлено", "Test Test", "SURNAME, Name", "Not Known", "to be confirmed",
        "Nombre y Apellidos", "Nachname, Vorname", "Имя Фамилия", "Imię i nazwisko", "Adı Soyadı", "Ad Soyad", "Nom, Prénom",
    ],
)  # fmt: skip
@pytest.mark.parametrize("schema", ["Person", "Company", "Vessel"])
def test_a_name_that_says_there_is_none_is_no_name(schema: str, name: str) -> None:
    assert kinds(schema, 20_000, name=name, birthDate="1980-05-17", nationality="sn", country="sn") == []
    assert kinds(schema, 20_000, name=name, alias="Ximena Kaltenbrunner") == kinds(
        schema, 20_000, name="Ximena Kaltenbrunner"
    )


def test_of_names_in_one_value_no_more_are_read_than_of_values() -> None:
    names = [f"Ximena Kaltenbrunner{'abcdefghij'[one // 10]}{'abcdefghij'[one % 10]}" for one in range(100)]
    one, many = ({"name": names_given} for names_given in (("; ".join(names),), tuple(names)))
    (left, right) = (form.names for form in normal_forms([Entity("x", "Person", one), Entity("y", "Person", many)]))
    assert left == right
    assert len(left) == 60


@pytest.mark.parametrize("name", ["Fnu Singh", "Unknown Mann", "Na Man", "Noname Singh", "Hotelito Desconocido", "John Doe", "Max Mustermann",
                                  "Frederick Test", "Test Given", "First Last", "Priya LNU", "FNU", "Ruth First"])  # fmt: skip
def test_a_name_with_a_word_that_is_none_is_a_name(name: str) -> None:
    (forms,) = normal_forms([Entity("x", "Person", {"name": (name,)})])
    assert [" ".join(sorted(name.lower().split()))] == [" ".join(one.latin) for one in forms.names]


def met_small(schema: str, left: dict[str, str], right: dict[str, str]) -> bool:
    given = [
        marks_of([Entity("x", schema, {name: (value,) for name, value in values.items()})], role, 20_000)["x"]
        for values, role in ((left, ASKER), (right, HOLDER))
    ]
    return meet(*given)


UNDATED, BORN = {"name": "Amina Diallo"}, {"name": "Amina Diallo", "birthDate": "1980"}


@pytest.mark.parametrize(
    ("left", "right", "meet"),
    [
        (UNDATED, UNDATED, True), (BORN, UNDATED, True), (UNDATED, BORN, True), (BORN, BORN, True),
        (BORN, BORN | {"birthDate": "1981-02-03"}, True), (BORN | {"birthDate": "1981-02-03"}, BORN, True),
        (BORN, BORN | {"birthDate": "1982"}, False), (BORN | {"birthDate": "1971-02-03"}, BORN, False),
    ],
)  # fmt: skip
def test_in_a_small_holding_a_name_is_enough_unless_two_were_born_years_apart(
    left: dict[str, str], right: dict[str, str], meet: bool
) -> None:
    assert met_small("Person", left, right) is meet


SHIP, NUMBERED = {"name": "Hwang Gum San"}, {"name": "Hwang Gum San", "imoNumber": "IMO 9074729"}


@pytest.mark.parametrize(
    ("left", "right", "meet"),
    [
        (SHIP, SHIP, True), (NUMBERED, SHIP, True), (SHIP, NUMBERED, True), (NUMBERED, NUMBERED, True),
        (NUMBERED, SHIP | {"imoNumber": "IMO 9319466"}, False),
        (NUMBERED | {"flag": "kp"}, SHIP | {"imoNumber": "IMO 9319466", "flag": "kp"}, False),
    ],
)  # fmt: skip
def test_in_a_small_holding_a_name_is_enough_unless_two_ships_have_other_numbers(
    left: dict[str, str], right: dict[str, str], meet: bool
) -> None:
    assert met_small("Vessel", left, right) is meet


def test_one_word_that_a_person_is_called_by_is_no_mark() -> None:
    assert kinds("Person", 20_000, name="Kaltenbrunner", nationality="at") == []
    assert kinds("Person", 20_000, name="Kaltenbrunner", birthDate="1980") == ["spelled name + about year"]


def test_a_ship_is_known_by_its_name_in_a_small_holding_and_no_other_thing_is() -> None:
    assert kinds("Vessel", 20_000, name="Hwang Gum San") == ["spelled thing name + no IMO at"]
    assert kinds("Vessel", name="Hwang Gum San") == []
    assert kinds("CulturalObject", 20_000, title="Buddha head, bronze") == []


@pytest.mark.parametrize("largest", HOLDINGS)
def test_a_larger_holding_never_has_a_mark_that_a_smaller_has_not(largest: int) -> None:
    entity = Entity("x", "Person", {"name": ("Amina Diallo", "Kim Yong Ho"), "birthDate": ("1980-05-17",)})
    for role in (ASKER, HOLDER):
        assert marks.strong_marks(entity, role, MILLION) <= marks.strong_marks(entity, role, largest)


def test_common_facts_are_joined_with_one_more_until_they_are_strong() -> None:
    assert kinds("Person", name="Ahmad Kim", idNumber="53042188") == ["number + two name words"]
    assert kinds("Person", name="Ximena Kaltenbrunner", idNumber="53042188") == ["number + name word"] * 2


def test_a_high_house_number_says_more_than_a_low_one() -> None:
    there = {"birthDate": "1980-05-17", "postalCode": "1010"}
    assert kinds("Person", **there, address="Hauptstr. 2, Wien") == []
    assert kinds("Person", **there, address="Hauptstr. 85, Wien") == ["full date + postcode + house number"]


def test_a_passport_and_its_holder_meet_by_number_and_country() -> None:
    lost = marks_for("Passport", passportNumber="MX8864587", country="jo")
    assert meet(lost, marks_for("Person", name="Tariq al-Mazuni", passportNumber="MX 8864587", nationality="jo"))
    assert not meet(lost, marks_for("Person", name="Tariq al-Mazuni", passportNumber="MX8864587", nationality="eg"))
    assert not meet(lost, marks_for("Person", name="Tariq al-Mazuni", idNumber="MX8864587", nationality="jo"))


def test_a_name_of_a_body_is_worth_a_mark_only_with_a_word_that_no_table_lists() -> None:
    common = "=real =estate =income =investment =fund =luxembourg =second"
    assert strength("spelled body name", common) < STRONG - strength("country", "lu")
    assert strength("spelled body name", f"{common} =quarzo") > STRONG
    assert strength("spelled body name", "=kim =trading") < strength("spelled body name", "=quarzo =trading") < STRONG
    assert strength("spelled body name", "=quarzo =negro") == STRONG
    assert strength("spelled body name", "=quarzo =quarzo") == strength("spelled body name", "=quarzo")
    assert strength("spelled body name", "=quarzo 3 4 5 6 7 8") < strength(
        "spelled body name", "=quarzo =negro =blanco"
    )


def test_a_word_of_a_body_is_as_common_as_among_people_at_least() -> None:
    for word in ("mohammad", "kim", "maria"):
        assert strength("body name word", f"={word}") <= strength("two name words", f"={word}")


def test_words_that_no_table_lists_say_less_of_a_thing() -> None:
    assert strength("thing name word", "=quarzo") < strength("name word", "=quarzo")
    assert strength("thing name word", "=kim") == strength("name word", "=kim")


def test_every_fact_is_weighed_in_the_scheme() -> None:
    rules = {rule for family in (*FAMILIES.values(), THING) for rule in family}
    weighed = {fact for fact, _ in WEIGHED}
    names = {fact for rule in rules for fact in rule if "name" in fact}  # weighed alike, but of bodies less
    assert {fact for rule in rules for fact in rule} - names <= weighed
    assert {"name word", "whole name", "whole body name", "spelled body name", "whole thing name"} <= weighed


def test_another_rule_is_another_scheme(monkeypatch: pytest.MonkeyPatch) -> None:
    before = scheme()
    monkeypatch.setattr(marks, "MARKS_PER_RECORD", 23)
    scheme.cache_clear()
    assert scheme() != before
    monkeypatch.undo()
    scheme.cache_clear()
    assert scheme() == before


def fresh_scheme() -> str:
    """The scheme as a process computes it that has read nothing yet."""
    for one in (scheme, script.latin, identifier, _identifiers._checks):
        one.cache_clear()
    return scheme()


@pytest.mark.parametrize(
    ("place", "other"),
    [
        ("accord.match.v1.nameless._NOBODY", frozenset({"male"})),
        ("accord.match.v1.nameless._WHOLE", frozenset({"n a"})),
        ("accord.match.v1.script.anyascii", lambda text: anyascii(text).replace("shch", "sc")),
        ("accord.match.v1.script.anyascii", lambda text: anyascii(text).replace("Zhang", "Chang")),
        ("accord.records.clean._countries._other_languages", lambda: {"турция": "tr"}),
        ("accord.records.clean.month_names", lambda: {"may": 5}),
        ("phonenumbers.is_possible_number", lambda number: number.country_code != 221),
        ("stdnum.lei.is_valid", lambda _: True),
        ("stdnum.iban.is_valid", lambda _: False),
    ],
)
def test_another_table_is_another_scheme(monkeypatch: pytest.MonkeyPatch, place: str, other: Any) -> None:
    """As another version of Accord, anyascii, phonenumbers or python-stdnum at a partner may have it."""
    before = fresh_scheme()
    monkeypatch.setattr(place, other)
    after = fresh_scheme()
    monkeypatch.undo()
    assert (fresh_scheme(), after == before) == (before, False)


def test_the_scheme_is_the_same_whatever_babel_a_desk_has() -> None:
    """Two desks that had installed Accord some months apart refused each other for names of countries."""
    without = "import sys; sys.modules['babel'] = None; from accord.exchange.marks import scheme; print(scheme())"
    told = subprocess.run([sys.executable, "-c", without], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == scheme()


def test_a_name_longer_than_a_mark_can_say_stops_no_question() -> None:
    """The length of a value is hashed in two bytes: one record with a longer word stopped every question and answer."""
    long = "kz" * 40_000
    assert marks_for("Person", name=f"{long} Bcdf Zxcq Qwrt", birthDate="1980-05-17")
    assert not any(long in value for mark in marks_for("Person", name=long) for value in mark.values)


def test_an_address_of_megabytes_is_read_in_one_go() -> None:
    """To look for a postcode from each of its words to the end would take hours."""
    assert [mark.kind for mark in marks_for("Person", address="A " * 2_000_000, email="a@x.org")] == ["identifier"]


def test_no_more_marks_are_said_to_be_asked_than_are() -> None:
    entity = Entity("x", "Person", {"email": tuple(f"a{number}@x.org" for number in range(36))})
    for role, most in ((ASKER, 24), (HOLDER, 32)):
        why = [why for *_, why in explain_marks(entity, role)]
        assert why == [""] * most + [f"{most} others are asked before it"] * (36 - most)
        assert len(marks_of([entity], role)["x"]) == most


def test_a_record_whose_marks_take_days_is_explained_as_far_as_a_person_reads() -> None:
    many = [str(10_000 + number) for number in range(3_000)]
    record = {"birthDate": tuple(f"{1900 + number}-02-03" for number in range(100)), "postalCode": tuple(many)}
    record |= {"name": ("Amina Diallo",), "address": tuple(f"Street {number}" for number in range(1, 3_000))}
    assert len(explain_marks(Entity("x", "Person", record), "asker", most=500)) == 500
