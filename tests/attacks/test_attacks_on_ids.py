"""Another person stands under the id of a record that matched, or that was compared: a row number of the next list.

What a person compared is what may be approved and released; what matched is what may be asked about.
"""

from __future__ import annotations

import datetime as dt
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa

from accord import exchange, subjects
from accord.errors import AccordError, InputError, TrustError
from accord.exchange import sameness, state
from accord.exchange.messages import open_message
from accord.exchange.state import Hit, Wish
from accord.records import Entity

NEUTRAL = {"political": "no", "military": "no", "religious": "no", "racial": "no"}
ANOTHER = {"name": ("Kwame Boateng",), "birthDate": ("1990-12-01",), "passportNumber": ("G9999999",)}


def listed_anew(party: Any, record: str, properties: dict[str, tuple[str, ...]] = ANOTHER) -> None:
    """The record is removed, and another one is loaded under its id."""
    party.holding.remove({record})
    load(party, record, properties)


def load(party: Any, record: str, properties: dict[str, tuple[str, ...]] = ANOTHER) -> None:
    """Over the record that is there, if any: a list loaded anew says what it says."""
    party.holding.load([Entity(record, "Person", properties)], source="next", at=party.now)


def changed(party: Any, record: str, **properties: tuple[str, ...]) -> None:
    """The record with other values of these properties."""
    held = party.holding.get(record)
    entity = replace(held.entity, properties=held.entity.properties | properties)
    party.holding.revise([replace(held, entity=entity)])


def get(party: Any, kind: type[Any], identity: str) -> Any:
    with party.reading() as connection:
        return state.get(connection, kind, identity)


def put(party: Any, row: Any) -> None:
    with party.writing() as connection:
        state.put(connection, row)


def opened(desks: Any, data: bytes) -> str:
    """All of a message, whoever it is for."""
    keys = {party.id: party.sign.verify_key for party in (desks.unodc, desks.interpol)}
    for party in (desks.unodc, desks.interpol):
        with suppress(AccordError):
            return repr(open_message(data, party.decrypt, keys.get, party.id, 10**7))
    raise AssertionError


def refused(act: Any) -> str:
    with pytest.raises(InputError) as caught:
        act()
    return caught.value.code


@pytest.mark.parametrize("put_there", [listed_anew, load])
def test_attack_another_person_under_the_id_after_the_approval(asked: Any, put_there: Any) -> None:
    """Fields of a person whom nobody compared were released."""
    wish, before = asked.approved(), len(asked.carried)
    put_there(asked.interpol, "i1")
    for act in (
        lambda: exchange.release(asked.interpol, wish),
        lambda: exchange.approve(asked.interpol, wish, "approver", NEUTRAL),
    ):
        assert refused(act) == "request.changed"
    assert exchange.changed(asked.interpol, wish)
    exchange.identify(asked.interpol, wish, "not-same")
    assert len(asked.carried) == before


def test_attack_another_person_under_the_id_between_comparison_and_approval(asked: Any) -> None:
    wish = asked.requested()
    exchange.identify(asked.interpol, wish, "same")
    listed_anew(asked.interpol, "i1")
    assert refused(lambda: exchange.approve(asked.interpol, wish, "approver", NEUTRAL)) == "request.changed"


def test_attack_another_person_under_the_id_between_the_look_and_the_verdict(asked: Any) -> None:
    wish = asked.requested()
    both = exchange.compare(asked.interpol, wish)
    listed_anew(asked.interpol, "i1")
    assert refused(lambda: exchange.identify(asked.interpol, wish, "same", seen=both.seen)) == "request.changed"
    assert get(asked.interpol, Wish, wish).state == "requested"


def test_a_record_that_was_corrected_is_compared_and_approved_once_more(asked: Any) -> None:
    wish = asked.approved()
    changed(asked.interpol, "i1", address=("Rue des Baobabs 14, Dakar",))
    assert refused(lambda: exchange.release(asked.interpol, wish)) == "request.changed"
    exchange.identify(asked.interpol, wish, "same", seen=exchange.compare(asked.interpol, wish).seen)
    exchange.approve(asked.interpol, wish, "approver", NEUTRAL)
    asked.carry(exchange.release(asked.interpol, wish), "unodc")
    assert exchange.read(asked.unodc, wish, "investigation").fields["passportNumber"] == ["A0774123"]
    changed(asked.interpol, "i1", passportNumber=("B1",))
    asked.carry(exchange.correct(asked.interpol, wish), "unodc")
    assert exchange.read(asked.unodc, wish, "investigation").fields["passportNumber"] == ["B1"]


def test_the_same_list_loaded_anew_changes_nothing(asked: Any) -> None:
    """Also with its values in another order."""
    changed(asked.interpol, "i1", alias=("Amina", "Mina"))
    wish = asked.approved()
    entity = asked.interpol.holding.get("i1").entity
    listed_anew(asked.interpol, "i1", dict(entity.properties) | {"alias": ("Mina", "Amina")})
    asked.carry(exchange.release(asked.interpol, wish), "unodc")


def test_attack_a_colleagues_verdict_on_the_person_before_counts_for_the_next(asked: Any) -> None:
    """What the analyst said of the one record is not among what the receiver is shown about the other; a doubt stays."""
    wish = asked.requested()
    exchange.identify(asked.interpol, wish, "same", "analyst")
    listed_anew(asked.interpol, "i1")
    exchange.identify(asked.interpol, wish, "unsure", "approver")
    says = [one.says for one in exchange.asked(asked.interpol, wish).statements]
    assert [one["verdict"] for one in says if "verdict" in one] == ["unsure"]
    changed(asked.interpol, "i1", address=("Accra",))
    exchange.identify(asked.interpol, wish, "same", "analyst")
    assert get(asked.interpol, Wish, wish).state == "requested"


def test_attack_the_row_of_an_approval_put_back_after_the_record_was_replaced(asked: Any) -> None:
    wish = asked.approved()
    before = get(asked.interpol, Wish, wish)
    listed_anew(asked.interpol, "i1")
    exchange.identify(asked.interpol, wish, "unsure", "analyst")
    put(asked.interpol, before)
    with pytest.raises((TrustError, InputError)):
        exchange.release(asked.interpol, wish)
    exchange.identify(asked.interpol, wish, "same", "analyst")
    put(asked.interpol, before)
    assert refused(lambda: exchange.release(asked.interpol, wish)) == "request.changed"


@pytest.mark.parametrize("state", ["postgresql"], indirect=True)
def test_attack_what_was_compared_taken_out_of_its_row(make: Any, state: str) -> None:
    desks = make()
    desks.ask()
    wish = desks.approved()
    for table, name in (("exchange_wish", "compared"), ("exchange_hit", "marks")):
        with desks.interpol.folder.engine().begin() as connection:
            connection.execute(sa.text(f"UPDATE {table} SET {name} = NULL"))
        with pytest.raises(TrustError) as caught:
            exchange.release(desks.interpol, wish)
        assert caught.value.code == "vault.state"


def test_attack_the_asker_shows_another_person_than_the_one_who_matched(asked: Any) -> None:
    """Name, birth date and nationality of somebody who matched nothing went to the partner with a request."""
    hit = asked.hit("u1")
    listed_anew(asked.unodc, "u1")
    assert refused(lambda: exchange.request(asked.unodc, hit, ("birthDate",), "investigation")) == "hit.changed"
    listed_anew(asked.unodc, "u1", {"name": ("Amina Diallo Traoré",), "birthDate": ("17 May 1980",)})
    assert exchange.request(asked.unodc, hit, ("birthDate",), "investigation")


def test_attack_another_person_at_the_asker_before_the_contacts_come(desks: Any) -> None:
    """The match was found with the record before; the name of it comes a message later."""
    first = exchange.receive(desks.interpol, exchange.ask(desks.unodc, "interpol", "investigation", "case-7"))
    second = exchange.receive(desks.unodc, first.reply)
    third = exchange.receive(desks.interpol, second.reply)
    listed_anew(desks.unodc, "u1")
    exchange.receive(desks.unodc, third.reply)
    hit = desks.hit("u1")
    assert refused(lambda: exchange.request(desks.unodc, hit, ("birthDate",), "investigation")) == "hit.changed"


def test_a_record_that_still_gives_what_matched_may_be_asked_about(asked: Any) -> None:
    aliases = tuple(f"Amina Traore the {number}th" for number in range(40))
    changed(asked.unodc, "u1", nationality=("ml",), alias=aliases, email=("a@example.org",), phone=("+221331234567",))
    changed(asked.interpol, "i1", alias=aliases, address=("Accra",), email=("b@example.org",))
    assert asked.requested("u1")


def test_a_record_that_was_corrected_so_that_nothing_matches_is_asked_about_again(asked: Any) -> None:
    """The same match keeps its name, and is about the record as it is now, at both desks."""
    hit = asked.hit("u1")
    corrected = {"name": ("Aminata Sow",), "birthDate": ("1981-02-03",)}
    for party, record in ((asked.unodc, "u1"), (asked.interpol, "i1")):
        listed_anew(party, record, corrected)
    assert refused(lambda: exchange.request(asked.unodc, hit, ("birthDate",), "investigation")) == "hit.changed"
    asked.ask()
    assert asked.hit("u1") == hit
    wish = asked.requested("u1")
    assert get(asked.interpol, Wish, wish).state == "requested"


def test_attack_a_request_finds_another_person_under_the_id_that_matched(asked: Any) -> None:
    """Declined like one whose record is gone: nobody compares the stranger, and the partner is not told why."""
    hit = asked.hit("u1")
    listed_anew(asked.interpol, "i1")
    message = exchange.request(asked.unodc, hit, ("birthDate",), "investigation")
    taken = exchange.receive(asked.interpol, message)
    assert "not what matched" in taken.said
    told = exchange.receive(asked.unodc, taken.reply).said
    assert "may not release" in told
    assert "match" not in told
    assert refused(lambda: exchange.compare(asked.interpol, taken.session)) == "request.decided"


def test_attack_fields_received_about_the_person_before_go_on_as_the_next_ones(three: Any) -> None:
    """What was released about a record lies under its id, and another person has it now."""
    first = three.first()
    wish, later = (three.requested("europol", "unodc", ("passportNumber",)) for _ in range(2))
    asked = three.carry(exchange.ask_onward(three.unodc, wish, first), "interpol")[0].session
    three.carry(exchange.consent(three.interpol, asked, True, "approver"), "unodc")
    listed_anew(three.unodc, "u1")
    assert refused(lambda: exchange.ask_onward(three.unodc, later, first)) == "hit.changed"
    three.approved("unodc", wish)
    assert refused(lambda: exchange.release(three.unodc, wish)) == "hit.changed"


def test_attack_what_was_compared_is_kept_after_the_request_or_sent(asked: Any) -> None:
    wish = asked.approved()
    compared = get(asked.interpol, Wish, wish).compared
    assert compared == sameness.as_compared(asked.interpol.holding.get("i1").entity)
    asked.carry(exchange.release(asked.interpol, wish), "unodc")
    assert get(asked.interpol, Wish, wish).compared is None
    sent = [opened(asked, data) for data in asked.carried]
    assert len(sent) == 6
    assert not any(compared in one for one in sent)


@pytest.mark.parametrize("ended", ["erased", "declined", "lapsed"])
def test_attack_what_was_compared_outlives_the_person(asked: Any, ended: str) -> None:
    wish, hit = asked.approved(), asked.hit("i1", "interpol")
    assert get(asked.interpol, Hit, hit).marks
    if ended == "erased":
        subjects.erase(asked.interpol, ["i1"], "asked")
        assert get(asked.interpol, Hit, hit).marks is None
    elif ended == "declined":
        exchange.identify(asked.interpol, wish, "not-same")
    else:
        asked.clock[0] += dt.timedelta(days=90)
        asked = asked.reopen()
    assert get(asked.interpol, Wish, wish).compared is None


def test_rows_of_an_earlier_version_go_on_as_before(asked: Any) -> None:
    for party, record in ((asked.unodc, "u1"), (asked.interpol, "i1")):
        hit = get(party, Hit, asked.hit(record, party.id))
        put(party, replace(hit, marks=None))
        changed(party, record, birthDate=("1980",))
    wish = asked.approved()
    put(asked.interpol, replace(get(asked.interpol, Wish, wish), compared=None))
    changed(asked.interpol, "i1", address=("Accra",))
    assert not exchange.changed(asked.interpol, wish)
    asked.carry(exchange.release(asked.interpol, wish), "unodc")
    assert sameness.unpack_agreed(b'{"0":"u1"}') == {0: ("u1", None)}


def test_marks_of_another_scheme_are_not_compared(asked: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    hit = asked.hit("u1")
    listed_anew(asked.unodc, "u1")
    monkeypatch.setattr(sameness, "scheme", lambda: "f" * 64)
    assert exchange.request(asked.unodc, hit, ("birthDate",), "investigation")
