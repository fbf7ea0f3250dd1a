"""`records_per_answer` of the accord: how many records a holding has, and so how rare a whole name must be to match."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace
from typing import Any

import pytest
from tests.attacks.tampering import opened, sealed
from tests.attacks.test_attacks_by_partners import silent

from accord import exchange
from accord.errors import PeerError, PolicyError
from accord.exchange import drawing, protocol
from accord.records import Entity


def person(identity: str, name: str, **properties: str) -> Entity:
    return Entity(identity, "Person", {"name": (name,), **{key: (value,) for key, value in properties.items()}})


OURS = [person("u1", "Amina Diallo"), person("u2", "Maria Kim"), Entity("u3", "Vessel", {"name": ("Hwang Gum San",)})]
THEIRS = [
    person("i1", "DIALLO, Amina"),
    person("i2", "Kim Maria"),
    Entity("i3", "Vessel", {"name": ("HWANG GUM SAN",)}),
]


ASKING = [exchange.ask, exchange.count_with]


def holding(records: int) -> Any:
    return lambda text: text.replace("records_per_answer = 1000000", f"records_per_answer = {records}")


def found(desks: Any) -> set[object]:
    desks.carry(exchange.ask(desks.unodc, "interpol", "investigation", "case-7"), "interpol")
    return {row["record"] for row in exchange.hits(desks.unodc)}


def test_names_alone_match_under_an_accord_for_small_holdings(make: Any) -> None:
    """All but the common one; under an accord for a million records no name here is rare enough."""
    also = [person("u9", "Ximena Kaltenbrunner", birthDate="1980-05-17")]
    theirs = [person("i9", "Kaltenbrunner Ximena", birthDate="1980-05-17")]
    small = make(ours=OURS + also, theirs=THEIRS + theirs, edit=holding(20_000))
    assert found(small) == {"u1", "u3", "u9"}
    assert found(make(ours=OURS + also, theirs=THEIRS + theirs)) == {"u9"}


def test_a_count_goes_by_the_same_marks(make: Any) -> None:
    counted = {}
    for records in (20_000, 1_000_000):
        desks = make(
            ours=[*OURS, person("u9", "Ximena Kaltenbrunner", birthDate="1980-05-17")],
            theirs=THEIRS,
            edit=lambda text, records=records: holding(records)(text).replace("count_blur = 10", "count_blur = 0"),
        )
        desks.carry(exchange.count_with(desks.unodc, "interpol", "investigation", "case-7"), "interpol")
        (one,) = exchange.counts(desks.unodc)
        counted[records] = one.told
    assert counted == {20_000: 2, 1_000_000: 0}


BORN = [person(f"u{year}", "Amina Diallo", birthDate=str(year)) for year in (1979, 1980, 1990)]
HELD = [person("i1", "DIALLO, Amina", birthDate="1980-05-17"), person("i2", "Jan Kowalczyk")]
UNDATED = [person("u0", "Amina Diallo"), person("u2", "Jan Kowalczyk", birthDate="1971")]


@pytest.mark.parametrize("edit", [str, silent])
def test_dates_years_apart_keep_namesakes_from_matching_also_where_silence_answers(make: Any, edit: Any) -> None:
    desks = make(ours=BORN + UNDATED, theirs=HELD, edit=lambda text: edit(holding(20_000)(text)))
    desks.carry(exchange.ask(desks.unodc, "interpol", "investigation", "case-7"), "interpol")
    told = {(row["record"], row["state"]) for row in exchange.hits(desks.interpol)}
    assert told == {(record, "silent" if edit is silent else "contact") for record in ("i1", "i2")}
    if edit is str:
        assert {row["record"] for row in exchange.hits(desks.unodc)} == {"u1979", "u1980", "u0", "u2"}


def test_a_count_leaves_namesakes_born_years_apart_out(make: Any) -> None:
    for born, told in (("1979", 1), ("1990", 0)):
        desks = make(
            ours=[person("u1", "Amina Diallo", birthDate=born)],
            theirs=HELD[:1],
            edit=lambda text: holding(20_000)(text).replace("count_blur = 10", "count_blur = 0"),
        )
        desks.carry(exchange.count_with(desks.unodc, "interpol", "investigation", "case-7"), "interpol")
        assert [one.told for one in exchange.counts(desks.unodc)] == [told]


@pytest.mark.parametrize(
    ("record", "shut_out"),
    [
        (UNDATED[0], "spelled name"),
        (UNDATED[0], "spelled name + no date at"),  # as `accord exchange marks` calls it: no limit was kept
        (person("u1", "Maria Lee", birthDate="1980"), "spelled name + year"),
        (person("u1", "Maria Lee", birthDate="1980"), "spelled name + about year"),
    ],
)
def test_a_class_of_marks_has_those_of_a_year_beside_or_without_a_date(
    make: Any, record: Entity, shut_out: str
) -> None:
    def edit(text: str) -> str:
        return holding(20_000)(text).replace("[quotas.marks_per_class]", f'[quotas.marks_per_class]\n"{shut_out}" = 0')

    desks = make(ours=[record], theirs=HELD, edit=edit)
    with pytest.raises(PolicyError, match=re.escape(f"1 mark of the class «{shut_out}»")):
        exchange.ask(desks.unodc, "interpol", "investigation", "case-7")


def test_what_a_record_shows_when_a_partner_asks_goes_by_what_may_be_answered(make: Any) -> None:
    """A date that may be asked about, and not be met: as shown to a person, the record had marks that it never gives."""

    def blind_only(text: str) -> str:
        first, *clauses = text.split("[[clause]]")
        found = []
        for clause in clauses:
            if 'from = "interpol"' in clause and 'level = "contact"' in clause:
                asked = clause.replace('level = "contact"', 'level = "blind"').replace('id = "', 'id = "asked-')
                found += [asked, clause.replace('"birthDate", ', "")]
            elif 'from = "interpol"' in clause and 'level = "release"' in clause:
                found.append(clause.replace('"birthDate", ', ""))
            else:
                found.append(clause)
        return "[[clause]]".join([first, *found])

    desks = make(ours=[], theirs=HELD[:1], edit=blind_only)
    shown = [sorted(exchange.askable(desks.interpol, "i1", held).properties) for held in (False, True)]
    assert shown == [["birthDate", "name"], ["name"]]


def test_a_holder_with_more_records_than_agreed_answers_nothing_and_does_not_say_how_many(make: Any) -> None:
    desks = make(ours=OURS, theirs=THEIRS, edit=holding(1))
    m1 = exchange.ask(desks.unodc, "interpol", "investigation", "case-7")
    got = exchange.receive(desks.interpol, m1)
    assert got.refusal is not None
    assert got.refusal.code == "answer.records"
    told = opened(desks, got.reply, "unodc").header.body
    assert (told["code"], "2" in str(told["message"])) == ("answer.records", False)
    exchange.receive(desks.unodc, got.reply)
    assert not exchange.hits(desks.unodc)


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Of how many records marks were drawn, each time; ten at a time."""
    monkeypatch.setattr(drawing, "_CHUNK", 10)
    monkeypatch.setattr(drawing, "_WORTH", 10)
    numbers: list[int] = []
    draw = drawing._draw

    def counted(party: Any, role: Any, entities: Any) -> Any:
        numbers.append(len(entities))
        return draw(party, role, entities)

    monkeypatch.setattr(drawing, "_draw", counted)
    return numbers


def many(number: int) -> list[Entity]:
    return [person(f"i{each}", f"Amina Diallo{each:04}", birthDate="1980-05-17") for each in range(number)]


@pytest.mark.parametrize("ask", ASKING)
def test_attack_the_time_of_a_refusal_tells_no_more_records_than_agreed(make: Any, drawn: list[int], ask: Any) -> None:
    """A holder stops drawing marks when there are too many records, however many more there are."""
    for held in (60, 200):
        desks = make(ours=OURS, theirs=many(held), edit=holding(20))
        m1 = ask(desks.unodc, "interpol", "investigation", "case-7")
        drawn.clear()
        assert exchange.receive(desks.interpol, m1).refusal.code == "answer.records"
        assert sum(drawn) == 30


def passport(number: int) -> dict[str, str]:
    return {"birthDate": "1980-05-17", "passportNumber": f"A{1000003 * number}"}


def test_attack_the_time_of_a_refusal_tells_no_more_silent_records_than_may_be_asked_back(
    make: Any, drawn: list[int]
) -> None:
    """A holder stops drawing the marks of silent records when they are more than a question may have."""

    def few(text: str) -> str:
        return silent(text).replace("marks_per_session = 500000", "marks_per_session = 256")

    for held in (400, 600):
        desks = make(theirs=[person(f"i{one}", "", **passport(one)) for one in range(held)], edit=few)
        m1 = exchange.ask(desks.unodc, "interpol", "investigation", "case-7")
        drawn.clear()
        assert exchange.receive(desks.interpol, m1).refusal.code == "answer.asked-back"
        assert sum(drawn) == 260


@pytest.mark.parametrize("ask", ASKING)
def test_attack_the_time_of_a_refusal_tells_no_more_marks_than_an_answer_may_show(
    make: Any, drawn: list[int], ask: Any
) -> None:
    """Nor when the limit is that of marks: all records that the accord provides for were drawn first."""
    times = set()
    for held in (400, 600):
        desks = make(
            theirs=[person(f"i{one}", "", **passport(one)) for one in range(held)],
            edit=lambda text: text.replace("marks_per_answer = 12000000", "marks_per_answer = 256"),
        )
        m1 = ask(desks.unodc, "interpol", "investigation", "case-7")
        drawn.clear()
        assert exchange.receive(desks.interpol, m1).refusal.code == "answer.quota"
        times.add(sum(drawn))
    assert len(times) == 1


@pytest.mark.parametrize("quota", ["records_per_answer = 1000000", "marks_per_answer = 12000000"])
@pytest.mark.parametrize("ask", ASKING)
def test_attack_a_refused_question_asked_again_and_again(make: Any, drawn: list[int], ask: Any, quota: str) -> None:
    """It takes the holder's work once a day; the others get the same refusal at once, also when records changed."""
    few = quota.partition(" = ")[0] + " = 20"
    desks = make(ours=many(1), theirs=many(25), edit=lambda text: text.replace(quota, few))
    desks.clock[0] = desks.clock[0].replace(hour=9) + dt.timedelta(days=1)

    def refusal() -> tuple[object, int]:
        m1 = ask(desks.unodc, "interpol", "investigation", "case-7")
        drawn.clear()
        got = exchange.receive(desks.interpol, m1)
        told = opened(desks, got.reply, "unodc").header.body
        exchange.receive(desks.unodc, got.reply)
        desks.clock[0] += dt.timedelta(minutes=1)
        return told, sum(drawn)

    first, taken = refusal()
    assert taken > 0
    desks.interpol.holding.remove(["i1"])
    assert [refusal() for _ in range(3)] == [(first, 0)] * 3
    desks.clock[0] += dt.timedelta(days=1)
    assert refusal()[1] > 0


@pytest.mark.parametrize("wrong", ["blinded", "outputs", "public"])
def test_attack_a_question_that_is_none_takes_no_work(make: Any, drawn: list[int], wrong: str) -> None:
    """It is refused before the holder draws a mark, as nothing of it would count against a quota."""
    desks = make(edit=silent)
    m1 = opened(desks, exchange.ask(desks.unodc, "interpol", "investigation", "case-7"), "interpol")
    parts = {**m1.parts, "blinded": bytes(len(m1.parts["blinded"]))} if wrong == "blinded" else dict(m1.parts)
    if wrong == "outputs":
        parts["outputs"] = parts["outputs"][:10]
    header = replace(m1.header, body={**m1.header.body, "public": "no key"}) if wrong == "public" else m1.header
    drawn.clear()
    with pytest.raises(PeerError):
        exchange.receive(desks.interpol, sealed(desks, replace(m1, header=header, parts=parts), "interpol"))
    assert drawn == []


def test_where_silence_answers_back_a_question_has_no_more_records_than_a_holding(make: Any) -> None:
    desks = make(ours=OURS, theirs=THEIRS, edit=lambda text: silent(holding(1)(text)))
    with pytest.raises(PolicyError, match=r"provides for \(1\)"):
        exchange.ask(desks.unodc, "interpol", "investigation", "case-7")
    assert exchange.ask(desks.unodc, "interpol", "investigation", "case-7", "id = u3")


def test_a_question_that_stands_asks_of_as_many_records_at_a_time_as_a_holding_has(make: Any) -> None:
    """Where silence answers back: else the question of all of them would be refused for ever."""
    desks = make(ours=OURS, theirs=THEIRS[:1], edit=lambda text: silent(holding(1)(text)))
    stands = exchange.stand(desks.unodc, "interpol", "investigation", "case-7")
    for waiting in (1, 0):  # the third name is no mark
        desks.carry(exchange.ask_again(desks.unodc, stands), "interpol")
        assert [one.waiting for one in exchange.standing(desks.unodc)] == [waiting]


def test_attack_a_dictionary_of_names_as_the_holding_of_a_small_desk(make: Any) -> None:
    """Where names alone match, a holder that shows more marks than so many records can have is refused."""
    desks = make(ours=OURS, theirs=THEIRS[:2], edit=holding(20))
    m1 = exchange.ask(desks.unodc, "interpol", "investigation", "case-7")
    m2 = opened(desks, exchange.receive(desks.interpol, m1).reply, "unodc")
    size = protocol.bucket(1000, 256)
    guesses = b"".join(number.to_bytes(protocol.SHOWN_BYTES, "big") for number in range(size))
    with pytest.raises(PeerError, match="the accord allows 725"):
        exchange.receive(desks.unodc, sealed(desks, replace(m2, parts={**m2.parts, "outputs": guesses}), "unodc"))
