"""Who lies within a blind question is found when a sample is opened; and those who lie in the opening, or in the draw."""

from __future__ import annotations

import datetime as dt
import math
import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import pytest

from accord import exchange
from accord.errors import InputError, PolicyError, TrustError
from accord.exchange import opening, protocol, question, state
from accord.exchange.marks import draw, marks_of
from accord.exchange.messages import Message, open_message, seal
from accord.exchange.opening import ANOTHER, NO_RECORD, WITHHELD, detection
from accord.exchange.protocol import MarkSet
from accord.exchange.state import Kept, Session
from accord.oblivious import psi
from accord.records import Entity

from .conftest import amend_all, desks_module

DAYS = 5
INVENTED = Entity("x1", "Person", {"name": ("Bodil Ingrid Fredriksen",), "birthDate": ("1971-01-09",)})


def audited(auditor: str = "", sample: int = 256) -> Callable[[str], str]:
    """An accord with audits; all places of a small question are drawn unless `sample` says fewer."""

    def edit(text: str) -> str:
        said = {"\ndays = 0 ": f"\ndays = {DAYS} ", "sample = 100": f"sample = {sample}"}
        said['auditor = ""'] = f'auditor = "{auditor}"'
        for before, after in said.items():
            assert before in text
            text = text.replace(before, after)
        return text

    return edit


@pytest.fixture
def pair(make: Any) -> Any:
    """Two desks; the holder may audit the asker."""
    return make(edit=audited())


@pytest.fixture
def three(tmp_path: Path) -> Iterator[Any]:
    """unodc asks interpol; europol is the auditor of both."""
    holdings = {"interpol": desks_module.THEIRS, "unodc": desks_module.OURS, "europol": []}
    parties, clock = desks_module.make_parties(tmp_path / "three", holdings, audited("europol"))
    yield desks_module.Three(tmp_path / "three", parties, clock)
    for party in parties.values():
        party.folder.close()


def asks(desks: Any) -> str:
    """A whole blind question from unodc to interpol; its name."""
    said = desks.carry(exchange.ask(desks.unodc, "interpol", "investigation", "case-7"), "interpol")
    return str(said[0].session)


def audits(desks: Any, name: str, by: str = "interpol", of: str = "unodc") -> exchange.Audited:
    """What the auditor knows after it drew and the other side opened."""
    desks.carry(exchange.audit(desks.of(by), name, of), of)
    drawn, told = (
        next(
            one
            for one in exchange.audits(desks.of(side))
            if (one.question, one.party, one.state) == (name, other, "closed")
        )
        for side, other in ((by, of), (of, by))
    )
    assert (drawn.verdict, drawn.found) == (told.verdict, told.found)  # both know, and both logs say so
    assert [entry.kind for entry in desks.of(of).log.entries(about=name)][-1] == "exchange.audited"
    return drawn


def read(message: bytes, by: Any) -> Message:
    keys = {party.id: party.sign for party in by.accord.parties}
    return open_message(message, by.decrypt, keys.get, by.id, 10**8)[0]


def altered(message: bytes, sender: Any, to: Any, **parts: bytes) -> bytes:
    """The same message of a sender that writes other things into its parts."""
    true = read(message, to)
    return seal(replace(true, parts={**true.parts, **parts}), sender.sign, to.decrypt.recipient).data


# --- the two attacks -------------------------------------------------------------------------------------------------


def silent_about(monkeypatch: pytest.MonkeyPatch, record: str) -> None:
    """The asker's desk does not tell of the matches of one record."""
    compare = protocol.Asking.compare

    def fewer(self: protocol.Asking, *given: Any) -> list[protocol.Match]:
        return [match for match in compare(self, *given) if self.record(match.group) != record]

    monkeypatch.setattr(protocol.Asking, "compare", fewer)


def test_attack_an_asker_that_stays_silent_about_its_hits(pair: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as lying:
        silent_about(lying, "u1")
        name = asks(pair)
    assert {row["record"] for row in exchange.hits(pair.interpol)} == {"i2", "i4"}
    found = audits(pair, name)
    assert (found.verdict, found.side, found.opened) == ("unsound", "asker", 256)
    hidden = marks_of([desks_module.OURS[0]])["u1"] + marks_of([desks_module.THEIRS[0]])["i1"]
    both = len(hidden) - len({mark.digest for mark in hidden})
    assert found.found == f"{WITHHELD} ({both}×)"
    assert [entry.kind for entry in pair.interpol.log.entries(about=name)][-2:] == [
        "exchange.audited",
        "exchange.alarm",
    ]


def test_attack_an_asker_that_stays_silent_is_found_by_a_third_party(
    three: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as lying:
        silent_about(lying, "u4")
        name = asks(three)
    found = audits(three, name, "europol")
    assert (found.verdict, WITHHELD in found.found) == ("unsound", True)
    assert audits(three, name, "europol", "interpol").verdict == "sound"  # the holder did nothing wrong


def test_attack_a_holder_that_answers_for_records_it_does_not_have(three: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """It puts the marks of somebody of whom it holds nothing among its own, and learns that the asker does."""
    with monkeypatch.context() as lying:
        true = question.selection.mark_set
        invented = dict(draw([INVENTED]))

        def more(marks: Any) -> MarkSet:
            return true({**marks, **invented}) if "i1" in marks else true(marks)

        lying.setattr(question.selection, "mark_set", more)
        said = three.carry(exchange.ask(three.unodc, "interpol", "investigation", "case-7"), "interpol")
    assert "u3" not in {row["record"] for row in exchange.hits(three.unodc)}
    name = said[0].session
    with three.interpol.reading() as connection:
        assert state.get(connection, Session, name).details["matches"] == 4  # and it did learn it
    found = audits(three, name, "europol", "interpol")
    assert (found.verdict, found.side) == ("unsound", "holder")
    assert found.found == f"{NO_RECORD} ({len(invented['x1'])}×)"


def test_attack_an_asker_that_asks_about_records_it_does_not_have(three: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as lying:
        true = question.selection.mark_set
        lying.setattr(question.selection, "mark_set", lambda marks: true({**marks, **dict(draw([INVENTED]))}))
        name = asks(three)
    found = audits(three, name, "europol").found
    assert NO_RECORD not in found  # the marks are those of u3, which it does hold …
    with monkeypatch.context() as lying:
        other = replace(INVENTED, properties={"name": ("Kwame Boateng",), "birthDate": ("1990-12-01",)})
        lying.setattr(question.selection, "mark_set", lambda marks: true({**marks, **dict(draw([other]))}))
        name = asks(three)
    assert NO_RECORD in audits(three, name, "europol").found  # … and these are nobody's


def test_who_told_the_truth_is_found_sound_and_shows_the_partner_no_record(pair: Any) -> None:
    found = audits(pair, asks(pair))
    assert (found.verdict, found.found) == ("sound", "nothing wrong was found")
    draws = exchange.audit(pair.interpol, asks(pair), "unodc")
    sent = read(exchange.receive(pair.unodc, draws).reply, pair.interpol)
    assert {frozenset(row) for row in orjson.loads(sent.parts["opened"])} == {frozenset({"mark", "blind"})}


def test_an_auditor_sees_the_records_of_the_sample_and_both_logs_say_so(three: Any) -> None:
    name = asks(three)
    for of in ("unodc", "interpol"):
        assert audits(three, name, "europol", of).verdict == "sound"
    shown = [entry.about for entry in three.interpol.log.entries() if entry.kind == "exchange.audit-shown"]
    assert shown == sorted(str(entity.id) for entity in desks_module.THEIRS)


def test_an_auditor_sees_of_a_record_what_the_mark_needs_and_no_more(three: Any) -> None:
    told = [Entity("i5", "Person", {**INVENTED.properties, "position": ("PLANTED",), "religion": ("PLANTED",)})]
    three.interpol.holding.load(told, source="more.jsonl", at=three.clock[0])
    message, rows = opens(three, asks(three), "europol", "interpol")
    shown = [row["properties"] for row in rows if row.get("id") == "i5"]
    assert shown
    assert all(set(properties) <= {"name", "birthDate"} for properties in shown)
    assert b"PLANTED" not in three.europol.decrypt.decrypt(message)


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


# --- lies in the opening ---------------------------------------------------------------------------------------------


def opens(desks: Any, name: str, by: str = "interpol", of: str = "unodc") -> tuple[bytes, list[dict[str, Any]]]:
    """The opening as the audited side's honest software writes it, and its places."""
    message = exchange.receive(desks.of(of), exchange.audit(desks.of(by), name, of)).reply
    assert message is not None
    return message, orjson.loads(read(message, desks.of(by)).parts["opened"])


def judged(desks: Any, message: bytes, by: str = "interpol") -> str:
    said = exchange.receive(desks.of(by), message)
    assert said.reply is not None
    return exchange.audits(desks.of(by))[-1].found


def test_attack_another_mark_opened_than_was_sent(pair: Any) -> None:
    message, rows = opens(pair, asks(pair))
    rows[7]["mark"] = "ab" * 32
    assert judged(pair, altered(message, pair.unodc, pair.interpol, opened=orjson.dumps(rows))) == f"{ANOTHER} (1×)"


@pytest.mark.parametrize("blind", ["00" * 32, "ff" * 32, "01", "no number"])
def test_attack_a_blind_that_is_none(pair: Any, blind: str) -> None:
    message, rows = opens(pair, asks(pair))
    rows[0]["blind"] = blind
    judged(pair, altered(message, pair.unodc, pair.interpol, opened=orjson.dumps(rows)))
    assert exchange.audits(pair.interpol)[-1].verdict == "unsound"


def test_attack_places_opened_in_another_order(pair: Any) -> None:
    message, rows = opens(pair, asks(pair))
    rows[0], rows[1] = rows[1], rows[0]
    assert judged(pair, altered(message, pair.unodc, pair.interpol, opened=orjson.dumps(rows))) == f"{ANOTHER} (2×)"


@pytest.mark.parametrize("cut", [slice(0, 255), slice(0, 0)])
def test_attack_fewer_places_opened_than_were_drawn(pair: Any, cut: slice) -> None:
    message, rows = opens(pair, asks(pair))
    assert "other places" in judged(pair, altered(message, pair.unodc, pair.interpol, opened=orjson.dumps(rows[cut])))


@pytest.mark.parametrize("part", ["blinded", "evaluated", "outputs", "matches"])
def test_attack_a_part_of_the_question_shown_otherwise_than_it_was_sent(pair: Any, part: str) -> None:
    message, _ = opens(pair, asks(pair))
    lie = bytearray(read(message, pair.interpol).parts[part])
    lie[-1] ^= 1
    assert "not what was sent" in judged(pair, altered(message, pair.unodc, pair.interpol, **{part: bytes(lie)}))


def test_attack_the_third_message_signed_anew_with_the_match_in_it(pair: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """After the draw the silent asker signs another third message; but the holder signed that it took the first."""
    with monkeypatch.context() as lying:
        silent_about(lying, "u1")
        name = asks(pair)
    message, _ = opens(pair, name)
    sent = read(message, pair.interpol).parts
    envelopes = [each.encode() for each in orjson.loads(sent["messages"])]
    keys = {party.id: party.sign for party in pair.unodc.accord.parties}
    m3 = opening.read_signed(envelopes[2], keys.get)
    whole = seal(Message(m3.header, {"matches": b"", "known": b""}), pair.unodc.sign, pair.interpol.decrypt.recipient)
    envelopes[2] = whole.signed
    lie = orjson.dumps([each.decode() for each in envelopes])
    found = judged(pair, altered(message, pair.unodc, pair.interpol, messages=lie, matches=b""))
    assert "not the four messages" in found


def test_attack_the_messages_of_another_question_shown(pair: Any) -> None:
    first, second = asks(pair), asks(pair)
    message, _ = opens(pair, first)
    other = read(opens(pair, second)[0], pair.interpol).parts
    with pair.interpol.reading() as connection:
        drawn = state.find(connection, Session, topic="audit", after=first)[0]
    exchange.receive(pair.interpol, altered(message, pair.unodc, pair.interpol, **other))
    with pair.interpol.reading() as connection:
        assert "not the four messages" in state.get(connection, Session, drawn.id).details["found"]


def test_attack_padding_that_is_said_to_be_none_and_none_that_is_said_to_be_padding(three: Any) -> None:
    message, rows = opens(three, asks(three), "europol", "interpol")
    real = next(place for place, row in enumerate(rows) if "mark" in row)
    rows[real] = {"salt": "cd" * 32}
    marks = [bytes.fromhex(row["mark"]) for row in rows if "mark" in row]
    with three.interpol.reading() as connection:
        kept = question.unbundle(next(row.data for row in state.find(connection, Kept) if row.name == state.OPENING))
    evaluated = psi.HolderKey(kept["seed"]).evaluate(b"".join(map(psi.hash_to_group, marks)))
    lie = altered(message, three.interpol, three.europol, opened=orjson.dumps(rows), evaluated=evaluated)
    assert judged(three, lie, "europol") == f"{ANOTHER} (1×)"


def test_attack_the_holder_opens_under_another_key(three: Any) -> None:
    message, rows = opens(three, asks(three), "europol", "interpol")
    marks = [bytes.fromhex(row["mark"]) for row in rows if "mark" in row]
    evaluated = psi.HolderKey(bytes(range(32))).evaluate(b"".join(map(psi.hash_to_group, marks)))
    lie = altered(message, three.interpol, three.europol, evaluated=evaluated)
    assert "not computed with the key" in judged(three, lie, "europol")


# --- lies in the draw ------------------------------------------------------------------------------------------------


def test_attack_a_draw_by_the_audited_side_itself(pair: Any) -> None:
    name = asks(pair)
    with pytest.raises(InputError, match="does not audit itself"):
        exchange.audit(pair.unodc, name, "unodc")
    with pytest.raises(PolicyError, match="may not audit"):
        exchange.audit(pair.unodc, name, "interpol")  # the asker audits nobody without an auditor's office


def forced(desks: Any, by: str, of: str, name: str, nonce: str = "ab" * 32, session: str = "c" * 16) -> Any:
    """A draw by other software, which asks nobody; what the audited desk says."""
    from accord.exchange.carrier import Draft, Step, start

    party = desks.of(by)
    drawn = Session(
        session, "audit", "asker", of, "drawn", "audit", name, name, 0, "", party.stamp, None, {"nonce": nonce}
    )
    body = {"question": name, "nonce": nonce, "sample": 10_000}
    return exchange.receive(
        desks.of(of), start(party, Step(drawn, "", (("audit-drawn", name, {}),), reply=Draft("audit", body)))
    )


def test_attack_a_nonce_drawn_before_the_question_is_over(pair: Any) -> None:
    m1 = exchange.ask(pair.unodc, "interpol", "investigation", "case-7")
    m2 = exchange.receive(pair.interpol, m1)
    m3 = exchange.receive(pair.unodc, m2.reply)
    with pytest.raises(PolicyError):
        exchange.audit(pair.interpol, m2.session, "unodc")
    got = forced(pair, "interpol", "unodc", m2.session)
    assert got.refusal.code == "audit.question"
    exchange.receive(pair.interpol, got.reply)
    pair.carry(m3.reply, "interpol")
    assert audits(pair, m2.session).verdict == "sound"


@pytest.mark.parametrize(("by", "of"), [("unodc", "interpol"), ("interpol", "unodc")])
def test_attack_a_party_that_draws_in_the_place_of_the_auditor(three: Any, by: str, of: str) -> None:
    name = asks(three)
    with pytest.raises(PolicyError, match="europol may"):
        exchange.audit(three.of(by), name, of)
    got = forced(three, by, of, name)
    assert (got.refusal.code, got.refusal.exit_code) == ("audit.who", 4)


@pytest.mark.parametrize("auditor", ["interpol", "unodc"])
def test_attack_an_auditor_that_is_a_side_of_the_question_itself(make: Any, auditor: str) -> None:
    """As an auditor it would see records of its partner that match nothing: what blind questions are there to avoid."""
    desks = make(edit=audited(auditor))
    name, of = asks(desks), {"interpol": "unodc", "unodc": "interpol"}[auditor]
    with pytest.raises(PolicyError, match="no side itself"):
        exchange.audit(desks.of(auditor), name, of)
    assert forced(desks, auditor, of, name).refusal.code == "audit.who"
    for side in ("unodc", "interpol"):  # nobody may ever draw, so no secret of the question is kept
        with desks.of(side).reading() as connection:
            assert {row.name for row in state.find(connection, Kept)} == set(opening.KINDS)


def test_attack_an_auditor_who_asks_for_more_than_the_sample(make: Any) -> None:
    few = make(edit=audited(sample=10))
    name = asks(few)
    assert exchange.receive(few.interpol, forced(few, "interpol", "unodc", name).reply).kind == "opening"
    assert exchange.audits(few.interpol)[-1].opened == 10  # «sample = 10,000» in the message changed nothing
    again = forced(few, "interpol", "unodc", name, "cd" * 32, "d" * 16)
    assert again.refusal.code == "audit.again"
    with pytest.raises(InputError, match="has drawn"):
        exchange.audit(few.interpol, name, "unodc")


def test_attack_a_replayed_nonce_opens_nothing_new(make: Any) -> None:
    few = make(edit=audited(sample=10))
    first, second = asks(few), asks(few)
    draws = exchange.audit(few.interpol, first, "unodc")
    opened = exchange.receive(few.unodc, draws)
    assert exchange.receive(few.unodc, draws).again
    assert exchange.receive(few.unodc, draws).reply == opened.reply
    nonce = str(read(draws, few.unodc).header.body["nonce"])
    rows = read(forced(few, "interpol", "unodc", second, nonce).reply, few.interpol).parts["opened"]
    assert orjson.loads(rows) != orjson.loads(read(opened.reply, few.interpol).parts["opened"])
    assert opening.draw(bytes(32), b"a" * 32, 1000, 10) != opening.draw(bytes(32), b"b" * 32, 1000, 10)


def test_an_audit_after_its_days_finds_the_keys_destroyed(three: Any) -> None:
    name = asks(three)
    for of in ("unodc", "interpol"):
        with three.of(of).reading() as connection:
            assert {row.name for row in state.find(connection, Kept)} == {*opening.KINDS, state.OPENING}
    three.clock[0] += dt.timedelta(days=DAYS + 1)
    assert forced(three, "europol", "unodc", name).refusal.code == "audit.window"  # also before anybody swept
    for of in ("unodc", "interpol"):
        assert exchange.sweep(three.of(of))["audit"] == 1
        with three.of(of).reading() as connection:
            assert state.find(connection, Kept) == []
        assert [entry.kind for entry in three.of(of).log.entries(about=name)][-1] == "exchange.audit-over"
    draws = exchange.audit(three.europol, name, "interpol")
    got = exchange.receive(three.interpol, draws)
    assert got.refusal.code == "audit.window"
    exchange.receive(three.europol, got.reply)
    assert exchange.audits(three.europol)[-1].state == "refused"


def test_a_side_that_does_not_open_is_seen(pair: Any) -> None:
    name = asks(pair)
    exchange.audit(pair.interpol, name, "unodc")
    waits = [line for line in exchange.status(pair.interpol) if line.topic == "audit"]
    assert [(line.waits_for, line.what) for line in waits] == [("unodc", "the places that we drew, opened")]
    pair.clock[0] += dt.timedelta(days=31)
    exchange.sweep(pair.interpol)
    assert exchange.audits(pair.interpol)[-1].state == "lapsed"


# --- the accord ------------------------------------------------------------------------------------------------------


def test_without_an_audit_in_the_accord_nothing_is_kept_and_nobody_draws(desks: Any) -> None:
    name = asks(desks)
    for of in ("unodc", "interpol"):
        with desks.of(of).reading() as connection:
            assert state.find(connection, Kept) == []
    with pytest.raises(PolicyError, match="has no audit"):
        exchange.audit(desks.interpol, name, "unodc")
    assert forced(desks, "interpol", "unodc", name).refusal.code == "audit.none"


def test_the_holder_keeps_no_key_where_nobody_audits_the_holder(pair: Any) -> None:
    asks(pair)
    with pair.interpol.reading() as connection:
        assert {row.name for row in state.find(connection, Kept)} == set(opening.KINDS)


def test_attack_a_question_under_the_version_before_audits(make: Any) -> None:
    """A partner asks under the version that had no audit, so that nothing of it could be opened later."""
    from accord.arrangement._kept import load_kept
    from accord.arrangement.document import read_document

    desks = make()
    old = exchange.ask(desks.unodc, "interpol", "investigation", "case-7")
    text = load_kept(desks.unodc.folder).versions[-1].text
    assert read_document(text).accord.audit.days == 0
    changed = amend_all({"unodc": desks.unodc, "interpol": desks.interpol}, desks.clock[0], edit=audited())
    assert changed["interpol"].accord.audit.days == DAYS
    with pytest.raises(TrustError, match="version"):
        exchange.receive(changed["interpol"], old)


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
