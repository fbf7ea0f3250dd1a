"""Who lies within a blind question is found when a sample of it is opened; and how likely that is."""

from __future__ import annotations

import math
import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import pytest

from accord import exchange
from accord.exchange import drawing, opening, question, state
from accord.exchange.marks import MARKS_HELD, draw, marks_of
from accord.exchange.opening import NO_RECORD, WITHHELD, detection
from accord.exchange.state import Session
from accord.records import Entity, Holding

from .auditing import INVENTED, asks, audited, audits, opens, read, silent_about
from .conftest import desks_module


def test_attack_an_asker_that_stays_silent_about_its_hits(pair: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as lying:
        silent_about(lying, "u1")
        name = asks(pair)
    assert {row["record"] for row in exchange.hits(pair.interpol)} == {"i2", "i4"}
    found = audits(pair, name)
    assert (found.verdict, found.side, found.opened) == ("unsound", "asker", 256)
    hidden = marks_of([desks_module.OURS[0]], "asker")["u1"] + marks_of([desks_module.THEIRS[0]], "holder")["i1"]
    both = len(hidden) - len({mark.digest for mark in hidden})
    assert found.found == f"{WITHHELD} ({both}×)"
    assert [entry.kind for entry in pair.interpol.log.entries(about=name)][-2:] == [
        "exchange.audited",
        "exchange.alarm",
    ]


def test_attack_an_asker_that_stays_silent_is_found_by_a_third_party(
    audited_three: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as lying:
        silent_about(lying, "u4")
        name = asks(audited_three)
    found = audits(audited_three, name, "europol")
    assert (found.verdict, WITHHELD in found.found) == ("unsound", True)
    assert audits(audited_three, name, "europol", "interpol").verdict == "sound"  # the holder did nothing wrong


def test_attack_a_holder_that_answers_for_records_it_does_not_have(
    audited_three: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It puts the marks of somebody of whom it holds nothing among its own, and learns that the asker does."""
    with monkeypatch.context() as lying:
        true, invented = drawing.drawn, dict(draw([INVENTED], "holder"))

        def more(party: Any, *given: Any) -> Any:
            yield from true(party, *given)
            if party.id == "interpol":
                yield invented

        lying.setattr(drawing, "drawn", more)
        said = audited_three.carry(exchange.ask(audited_three.unodc, "interpol", "investigation", "case-7"), "interpol")
    assert "u3" not in {row["record"] for row in exchange.hits(audited_three.unodc)}
    name = said[0].session
    with audited_three.interpol.reading() as connection:
        assert state.get(connection, Session, name).details["matches"] == 4  # and it did learn it
    found = audits(audited_three, name, "europol", "interpol")
    assert (found.verdict, found.side) == ("unsound", "holder")
    assert found.found == f"{NO_RECORD} ({len(invented['x1'])}×)"


def test_attack_an_asker_that_asks_about_records_it_does_not_have(
    audited_three: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as lying:
        true = drawing.mark_set
        lying.setattr(drawing, "mark_set", lambda marks: true({**marks, **dict(draw([INVENTED], "asker"))}))
        name = asks(audited_three)
    found = audits(audited_three, name, "europol").found
    assert NO_RECORD not in found  # the marks are those of u3, which it does hold …
    with monkeypatch.context() as lying:
        other = replace(INVENTED, properties={"name": ("Kwame Boateng",), "birthDate": ("1990-12-01",)})
        lying.setattr(drawing, "mark_set", lambda marks: true({**marks, **dict(draw([other], "asker"))}))
        name = asks(audited_three)
    assert NO_RECORD in audits(audited_three, name, "europol").found  # … and these are nobody's


def test_a_record_without_a_date_is_sound_on_either_side(tmp_path: Any) -> None:
    """Names that match since one date is not known: the auditor draws the marks of each side as that side did."""
    named = {"name": ("Amina Diallo",)}
    dated = {**named, "birthDate": ("1980-05-17",)}
    holdings = {"unodc": [Entity("u1", "Person", named), Entity("u2", "Person", dated)], "europol": []}
    holdings["interpol"] = [Entity("i1", "Person", named), Entity("i2", "Person", dated)]

    def small(text: str) -> str:
        return audited("europol")(text).replace("records_per_answer = 1000000", "records_per_answer = 20000")

    parties, clock = desks_module.make_parties(tmp_path, holdings, small)
    three = desks_module.Three(tmp_path, parties, clock)
    name = asks(three)
    assert len(exchange.hits(three.unodc)) == 4
    for side in ("unodc", "interpol"):
        assert audits(three, name, "europol", side).verdict == "sound"
    for party in parties.values():
        party.folder.close()


def test_who_told_the_truth_is_found_sound_and_shows_the_partner_no_record(pair: Any) -> None:
    found = audits(pair, asks(pair))
    assert (found.verdict, found.found) == ("sound", "nothing wrong was found")
    draws = exchange.audit(pair.interpol, asks(pair), "unodc")
    sent = read(exchange.receive(pair.unodc, draws).reply, pair.interpol)
    assert {frozenset(row) for row in orjson.loads(sent.parts["opened"])} == {frozenset({"mark", "blind"})}


def test_an_auditor_sees_the_records_of_the_sample_and_both_logs_say_so(audited_three: Any) -> None:
    name = asks(audited_three)
    for of in ("unodc", "interpol"):
        assert audits(audited_three, name, "europol", of).verdict == "sound"
    shown = [entry.about for entry in audited_three.interpol.log.entries() if entry.kind == "exchange.audit-shown"]
    assert shown == sorted(str(entity.id) for entity in desks_module.THEIRS)


def test_the_records_of_a_sample_are_looked_up_at_once(audited_three: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many places are opened: looking one up means to look through the ids of the whole holding."""
    name, real, looked = asks(audited_three), Holding.among, []
    monkeypatch.setattr(Holding, "among", lambda self, ids: looked.append(self) or real(self, ids))
    _, rows = opens(audited_three, name, "europol", "interpol")
    assert {row["id"] for row in rows if "properties" in row} == {entity.id for entity in desks_module.THEIRS}
    assert len(looked) == 1


def test_an_auditor_sees_of_a_record_what_the_mark_needs_and_no_more(audited_three: Any) -> None:
    told = [Entity("i5", "Person", {**INVENTED.properties, "position": ("PLANTED",), "religion": ("PLANTED",)})]
    audited_three.interpol.holding.load(told, source="more.jsonl", at=audited_three.clock[0])
    message, rows = opens(audited_three, asks(audited_three), "europol", "interpol")
    shown = [row["properties"] for row in rows if row.get("id") == "i5"]
    assert shown
    assert all(set(properties) <= {"name", "birthDate"} for properties in shown)
    assert b"PLANTED" not in audited_three.europol.decrypt.decrypt(message)


@pytest.mark.parametrize("between", ["; ", ";", "\n", "\t", "\u3000", "、"])
def test_an_honest_record_with_many_names_in_one_value_is_found_sound(audited_three: Any, between: str) -> None:
    """An auditor reads 500 characters of a value: more was taken for a record that does not give the mark."""
    others = (f"B. Fredriksen the {number}th".replace(" ", " " if between.strip() else between) for number in range(40))
    names = between.join([*others, "Bodil Ingrid Fredriksen"])
    told = [Entity("i5", "Person", {**INVENTED.properties, "name": (names,)})]
    audited_three.interpol.holding.load(told, source="more.jsonl", at=audited_three.clock[0])
    found = audits(audited_three, asks(audited_three), "europol", "interpol")
    assert (found.verdict, found.found) == ("sound", "nothing wrong was found")


def test_an_honest_record_whose_mark_joins_words_far_apart_in_one_value_is_found_sound(audited_three: Any) -> None:
    """No 500 characters in a row have both words: what lies between them is left out, too."""
    names = " - ".join(["Boateng", *["Maria José"] * 60, "Fredriksen"])
    told = [Entity("i5", "Person", {**INVENTED.properties, "name": (names,)})]
    audited_three.interpol.holding.load(told, source="more.jsonl", at=audited_three.clock[0])
    found = audits(audited_three, asks(audited_three), "europol", "interpol")
    assert (found.verdict, found.found) == ("sound", "nothing wrong was found")


def test_attack_a_record_of_a_public_list_that_keeps_the_audited_desk_busy_for_days(audited_three: Any) -> None:
    """What a mark needs was sought by drawing all marks of the record, anew without each of its values."""
    told = {"name": ("Amina Diallo",), "birthDate": tuple(f"{1900 + number}-02-03" for number in range(60))}
    told["address"] = tuple(f"Street {number}, {10_000 + number} City" for number in range(1, 301))
    audited_three.interpol.holding.load([Entity("i5", "Person", told)], source="list", at=audited_three.clock[0])
    name = asks(audited_three)
    _, rows = opens(audited_three, name, "europol", "interpol")
    shown = [row["properties"] for row in rows if row.get("id") == "i5"]
    assert len(shown) == MARKS_HELD
    assert all(sum(map(len, properties.values())) <= 4 for properties in shown)


def test_a_record_that_no_clause_shows_the_auditor_is_named_and_not_shown(tmp_path: Path) -> None:
    def edit(text: str) -> str:
        head, *clauses = text.split("[[clause]]")
        kept = [each for each in clauses if 'to = "europol"' not in each]
        return "[[clause]]".join([head, *kept[:-1], clauses[-1]])

    holdings = {"interpol": desks_module.THEIRS, "unodc": desks_module.OURS, "europol": []}
    parties, clock = desks_module.make_parties(tmp_path / "w", holdings, lambda text: audited("europol")(edit(text)))
    desks = desks_module.Three(tmp_path / "w", parties, clock)
    name = asks(desks)
    sent = read(exchange.receive(desks.interpol, exchange.audit(desks.europol, name, "interpol")).reply, desks.europol)
    assert not any("properties" in row for row in orjson.loads(sent.parts["opened"]))
    for party in parties.values():
        party.folder.close()


# --- how likely it is ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("size", "cheated", "opened"), [(10, 1, 1), (256, 6, 100), (60_000, 600, 100), (7, 7, 1)])
def test_detection_is_the_exact_hypergeometric_probability(size: int, cheated: int, opened: int) -> None:
    missed = math.prod((size - cheated - drawn) / (size - drawn) for drawn in range(opened))
    assert math.isclose(detection(size, cheated, opened), 1 - missed, rel_tol=1e-9)


def test_draws_find_as_often_as_the_page_says() -> None:
    page = (Path(__file__).parents[2] / "docs" / "explanation" / "threat-model.md").read_text(encoding="utf-8")
    rows = [line.split("|")[1:-1] for line in page.splitlines() if line.startswith("| 1 in ")]
    assert len(rows) == 4
    for share, *likely in rows:
        cheated = 100_000 // int(share.split()[-1].replace(",", ""))
        said = [detection(100_000, cheated, opened) for opened in (100, 300, 1000, 3000)]
        assert [f"{each:.0%}" for each in said] == [each.strip().replace(" ", "") for each in likely]


def test_every_place_is_drawn_equally_often() -> None:
    chance = random.Random(5)
    counted = [0] * 40
    for _ in range(2000):
        for place in opening.draw(chance.randbytes(32), bytes(32), 40, 10):
            counted[place] += 1
    assert sum(counted) == 20_000
    assert sum((each - 500) ** 2 / 500 for each in counted) < 80  # chi square with 39 degrees: 73 once in a thousand


def test_limit_marks_that_an_asker_made_up_are_found_by_a_named_auditor_only(
    pair: Any, audited_three: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A holder is shown no record, so it can hold no mark against one; the threat model says so."""
    true = question.chosen_marks

    def more(*given: Any) -> Any:
        return true(*given) | {"x1": tuple(("spelled name", bytes([number]) * 32) for number in range(20))}

    with monkeypatch.context() as lying:
        lying.setattr(question, "chosen_marks", more)
        names = [asks(desks) for desks in (pair, audited_three)]
    assert audits(pair, names[0]).verdict == "sound"
    assert audits(audited_three, names[1], "europol").found == f"{NO_RECORD} (20×)"
