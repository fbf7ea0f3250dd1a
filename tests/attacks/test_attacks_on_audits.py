"""Who lies in the opening of a sample, or in its draw; and what an accord without audits, or with old ones, lets happen."""

from __future__ import annotations

import datetime as dt
import sys
from dataclasses import replace
from typing import Any

import orjson
import pytest

from accord import exchange
from accord.errors import InputError, PolicyError, TrustError
from accord.exchange import opening, question, state
from accord.exchange.messages import Message, seal
from accord.exchange.opening import ANOTHER, NO_RECORD
from accord.exchange.protocol import MarkSet
from accord.exchange.state import Kept, Session
from accord.oblivious import psi
from accord.records import Entity

from .auditing import DAYS, altered, asks, audited, audits, forced, judged, opens, read, silent_about
from .conftest import amend_all, desks_module

# --- lies in the opening ---------------------------------------------------------------------------------------------


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


def test_attack_padding_that_is_said_to_be_none_and_none_that_is_said_to_be_padding(audited_three: Any) -> None:
    message, rows = opens(audited_three, asks(audited_three), "europol", "interpol")
    real = next(place for place, row in enumerate(rows) if "mark" in row)
    rows[real] = {"salt": "cd" * 32}
    marks = [bytes.fromhex(row["mark"]) for row in rows if "mark" in row]
    with audited_three.interpol.reading() as connection:
        kept = question.unbundle(next(row.data for row in state.find(connection, Kept) if row.name == state.OPENING))
    evaluated = psi.HolderKey(kept["seed"]).evaluate(b"".join(map(psi.hash_to_group, marks)))
    lie = altered(
        message, audited_three.interpol, audited_three.europol, opened=orjson.dumps(rows), evaluated=evaluated
    )
    assert judged(audited_three, lie, "europol") == f"{ANOTHER} (1×)"


def test_attack_the_holder_opens_under_another_key(audited_three: Any) -> None:
    message, rows = opens(audited_three, asks(audited_three), "europol", "interpol")
    marks = [bytes.fromhex(row["mark"]) for row in rows if "mark" in row]
    evaluated = psi.HolderKey(bytes(range(32))).evaluate(b"".join(map(psi.hash_to_group, marks)))
    lie = altered(message, audited_three.interpol, audited_three.europol, evaluated=evaluated)
    assert "not computed with the key" in judged(audited_three, lie, "europol")


# --- lies in the draw ------------------------------------------------------------------------------------------------


def test_attack_a_draw_by_the_audited_side_itself(pair: Any) -> None:
    name = asks(pair)
    with pytest.raises(InputError, match="does not audit itself"):
        exchange.audit(pair.unodc, name, "unodc")
    with pytest.raises(PolicyError, match="may not audit"):
        exchange.audit(pair.unodc, name, "interpol")  # the asker audits nobody without an auditor's office


def test_attack_a_nonce_drawn_before_the_question_is_over(pair: Any) -> None:
    m1 = exchange.ask(pair.unodc, "interpol", "investigation", "case-7")
    m2 = exchange.receive(pair.interpol, m1)
    m3 = exchange.receive(pair.unodc, m2.reply)
    for name in (m2.session, "0" * 16):
        with pytest.raises(PolicyError, match="no question of that name that is over"):  # not: that it may not
            exchange.audit(pair.interpol, name, "unodc")
    got = forced(pair, "interpol", "unodc", m2.session)
    assert got.refusal.code == "audit.question"
    exchange.receive(pair.interpol, got.reply)
    pair.carry(m3.reply, "interpol")
    assert audits(pair, m2.session).verdict == "sound"


@pytest.mark.parametrize(("by", "of"), [("unodc", "interpol"), ("interpol", "unodc")])
def test_attack_a_party_that_draws_in_the_place_of_the_auditor(audited_three: Any, by: str, of: str) -> None:
    name = asks(audited_three)
    with pytest.raises(PolicyError, match="europol may"):
        exchange.audit(audited_three.of(by), name, of)
    got = forced(audited_three, by, of, name)
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


def test_an_audit_after_its_days_finds_the_keys_destroyed(audited_three: Any) -> None:
    name = asks(audited_three)
    for of in ("unodc", "interpol"):
        with audited_three.of(of).reading() as connection:
            assert {row.name for row in state.find(connection, Kept)} == {*opening.KINDS, state.OPENING}
    audited_three.clock[0] += dt.timedelta(days=DAYS + 1)
    assert forced(audited_three, "europol", "unodc", name).refusal.code == "audit.window"  # also before anybody swept
    for of in ("unodc", "interpol"):
        assert exchange.sweep(audited_three.of(of))["audit"] == 1
        with audited_three.of(of).reading() as connection:
            assert state.find(connection, Kept) == []
        assert [entry.kind for entry in audited_three.of(of).log.entries(about=name)][-1] == "exchange.audit-over"
    draws = exchange.audit(audited_three.europol, name, "interpol")
    got = exchange.receive(audited_three.interpol, draws)
    assert got.refusal.code == "audit.window"
    exchange.receive(audited_three.europol, got.reply)
    assert exchange.audits(audited_three.europol)[-1].state == "refused"


@pytest.mark.parametrize("of", ["unodc", "interpol"])
def test_a_question_that_the_version_before_kept_is_opened(audited_three: Any, of: str) -> None:
    """Its marks lie in the form of then: a JSON head with its length before it, then the marks."""
    name = asks(audited_three)
    with audited_three.of(of).writing() as connection:
        (row,) = [one for one in state.find(connection, Kept, session=name) if one.name == state.OPENING]
        secrets = question.unbundle(row.data)
        now = MarkSet.from_bytes(secrets["marks"])
        head = orjson.dumps([list(now.records), [list(owners) for owners in now.owners]])
        secrets["marks"] = len(head).to_bytes(8, "big") + head + bytes(now.marks)
        state.put(connection, replace(row, data=question.bundle(secrets)))
    assert audits(audited_three, name, "europol", of).verdict == "sound"


def test_a_question_of_another_mark_scheme_is_not_held_against_the_marks_of_today(
    audited_three: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Honest records would seem to give none of their marks."""
    name = asks(audited_three)
    monkeypatch.setattr(sys.modules["accord.exchange.audit"], "scheme", lambda: "of the next version")
    got = exchange.receive(audited_three.unodc, exchange.audit(audited_three.europol, name, "unodc"))
    assert got.refusal.code == "audit.scheme"
    exchange.receive(audited_three.europol, got.reply)
    assert exchange.audits(audited_three.europol)[-1].state == "refused"


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


def test_attack_a_record_that_an_auditor_would_compute_on_for_days(
    audited_three: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Few values of few words, whose facts join to millions of marks: so many are looked at as one mark can need."""
    said = {
        "name": [" ".join(f"b{first}na{word}ko" for word in "abcdefghijklmnopqrstuvwxyz") for first in "aeiou"],
        "birthDate": [f"19{year}-05-17" for year in range(60, 70)],
        "address": [
            f"{' '.join(map(str, range(1, 90)))} Rue des Baobabs, {code} Dakar" for code in range(10115, 10125)
        ],
    }
    message, rows = opens(audited_three, asks(audited_three), "europol")
    next(row for row in rows if row.get("schema") == "Person")["properties"] = said
    module, looked = sys.modules["accord.exchange.marks"], [0]
    joined = module._joined

    def counted(*given: Any) -> Any:
        for one in joined(*given):
            looked[0] += 1
            yield one

    monkeypatch.setattr(module, "_joined", counted)
    lie = altered(message, audited_three.unodc, audited_three.europol, opened=orjson.dumps(rows))
    assert judged(audited_three, lie, "europol") == f"{NO_RECORD} (1×)"
    assert 10_000 <= looked[0] <= 11_000


@pytest.mark.parametrize("of", ["unodc", "interpol"])
def test_attack_an_auditor_who_was_none_when_the_question_was_asked(tmp_path: Any, of: str) -> None:
    """What the two agreed then is what is opened: the holder may still audit the asker, and nobody the holder."""
    holdings = {"interpol": desks_module.THEIRS, "unodc": desks_module.OURS, "europol": []}
    desks = desks_module.Three(tmp_path, *desks_module.make_parties(tmp_path, holdings, audited()))
    name = asks(desks)
    desks.amended(edit=lambda text: text.replace('auditor = ""', 'auditor = "europol"'))
    got = exchange.receive(desks.of(of), exchange.audit(desks.europol, name, of))
    assert got.refusal.code == "audit.who"
    exchange.receive(desks.europol, got.reply)
    assert exchange.audits(desks.europol)[-1].state == "refused"
    assert audits(desks, asks(desks), "europol", of).verdict == "sound"


def test_a_question_is_audited_by_the_names_that_matched_under_its_version(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Under an accord for small holdings a name alone was a mark; under the next version it is none."""
    holdings = {
        name: [Entity(f"{name}-1", "Person", {"name": ("Amina Diallo",)})] for name in ("interpol", "unodc", "europol")
    }
    edit = audited("europol")
    parties, clock = desks_module.make_parties(
        tmp_path, holdings, lambda text: edit(text).replace("answer = 1000000", "answer = 20000")
    )
    desks = desks_module.Three(tmp_path, parties, clock)
    name = asks(desks)
    assert exchange.hits(desks.unodc)
    desks.amended(edit=lambda text: text.replace("answer = 20000", "answer = 1000000"))
    assert audits(desks, name, "europol", "unodc").verdict == "sound"
    module = sys.modules["accord.exchange.audit"]
    known = module.versions
    monkeypatch.setattr(module, "versions", lambda folder: known(folder)[folder is desks.europol.folder :])
    found = audits(desks, name, "europol", "interpol").found
    assert "does not know" in found  # an auditor that does not know that version says so, and holds no mark against it
