"""What the sizes of messages tell whoever carries them: of hidden data, of weak agreement, of exact numbers.

Compared are the frames inside age's seal, which itself adds a few random bytes. Nothing here looks at a clock.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from tests.attacks.conftest import desks_module
from tests.attacks.test_attacks_on_hidden_data import HIDING, SECRET

from accord import exchange
from accord.errors import PolicyError
from accord.exchange import limits
from accord.exchange.marks import MARKS_HELD
from accord.exchange.messages import Header, Message, largest, open_message, seal
from accord.exchange.protocol import bucket
from accord.oblivious.psi import ELEMENT_BYTES
from accord.records import Entity
from accord.records.terms import RecordTerms

OURS, THEIRS = desks_module.OURS, desks_module.THEIRS


class Carrier:
    """Hands messages over, and notes the kind and the size of each, as a courier could weigh them."""

    def __init__(self, desks: Any) -> None:
        self.desks, self.weighed = desks, list[tuple[str, int]]()
        self.seen: list[Any] = []

    def carry(self, message: bytes | None, to: str) -> str:
        session = ""
        while message is not None:
            party, sender = self.desks.of(to), self.desks.of("interpol" if to == "unodc" else "unodc")
            key = sender.sign.verify_key
            opened, _ = open_message(message, party.decrypt, lambda _, key=key: key, to, 10**8)
            self.weighed.append((opened.header.kind, len(party.decrypt.decrypt(message))))
            self.seen.append(opened)
            got = exchange.receive(party, message)
            session, message, to = got.session, got.reply, "interpol" if to == "unodc" else "unodc"
        return session


def whole_path(desks: Any) -> Carrier:
    """Question, count, request, release, correction, recall and receipt; and a request that is declined."""
    carrier, ours, theirs = Carrier(desks), desks.unodc, desks.interpol
    carrier.carry(exchange.ask(ours, "interpol", "investigation", "case-7"), "interpol")
    carrier.carry(exchange.count_with(ours, "interpol", "investigation", "case-7"), "interpol")
    wish = carrier.carry(exchange.request(ours, desks.hit("u1"), ("passportNumber",), "investigation"), "interpol")
    exchange.identify(theirs, wish, "same")
    exchange.approve(theirs, wish, "approver", desks_module.NEUTRAL)
    carrier.carry(exchange.release(theirs, wish), "unodc")
    carrier.carry(exchange.correct(theirs, wish), "unodc")
    carrier.carry(exchange.recall(theirs, wish), "unodc")
    other = carrier.carry(exchange.request(ours, desks.hit("u2"), ("phone",), "investigation"), "interpol")
    carrier.carry(exchange.identify(theirs, other, "not-same"), "unodc")
    return carrier


@pytest.mark.parametrize("ask", [exchange.ask, exchange.count_with])
def test_an_answer_that_the_partner_would_refuse_is_refused_at_home(make: Any, ask: Any) -> None:
    """Else the question would wait for ever, after all the work; and not how large the holding is, is said."""
    desks = make(edit=lambda text: text.replace("marks_per_answer = 12000000", "marks_per_answer = 200"))
    got = exchange.receive(desks.interpol, ask(desks.unodc, "interpol", "investigation", "case-7"))
    assert got.refusal is not None
    assert got.refusal.code == "answer.quota"
    assert "256" not in got.refusal.message
    assert "more marks than the accord allows (200)" in exchange.receive(desks.unodc, got.reply).said


def test_a_count_that_goes_into_no_message_is_refused_at_home(make: Any) -> None:
    """The asker refused it as too large, told to ask in several questions, and the week's count was spent."""

    def edit(text: str) -> str:
        text = text.replace("marks_per_answer = 12000000", "marks_per_answer = 600000")
        return text.replace("marks_per_session = 500000", "marks_per_session = 500")

    party = make(edit=edit).interpol
    quotas, fewest = party.accord.quotas, limits.fewest_groups(party.accord.quotas.smallest_set)
    limit, refused = largest(quotas.marks_per_session, quotas.marks_per_answer), []
    header = Header("count-marks", "0" * 16, 2, "", "interpol", "unodc", party.stamp, party.accord.digest, "", {}, {})
    for records in sorted({bucket(number, fewest) for number in range(1, 14_001, 100)}):
        try:
            limits.check_own_count(party, records)
        except PolicyError:
            refused.append(records)
            continue
        groups = Message(header, {"groups": bytes(records * MARKS_HELD * ELEMENT_BYTES)})
        assert len(seal(groups, party.sign, party.decrypt.recipient).data) <= limit
    assert 8_000 < min(refused) < max(refused) == bucket(14_000, fewest)


def test_attack_hidden_data_seen_in_the_size_of_any_message(make: Any) -> None:
    """Two holders that differ in hidden records (of the very persons, too) and hidden properties only."""
    secret = dict.fromkeys(SECRET, ("Amina Diallo-Traoré and much more of the same",) * 3)
    plain = make()
    hiding = make(theirs=[Entity(one.id, one.schema, {**secret, **one.properties}) for one in THEIRS])
    for number, terms in enumerate(HIDING):
        more = [Entity(f"h{number}-{one.id}", one.schema, one.properties) for one in (*OURS, *THEIRS)]
        hiding.interpol.holding.load(more, source="hidden.jsonl", at=hiding.clock[0], terms=terms)
    assert len(hiding.interpol.holding) > 60
    first, second = whole_path(plain), whole_path(hiding)
    assert first.weighed == second.weighed
    assert [kind for kind, _ in first.weighed] == [
        "question", "answer", "matches", "contacts", "count", "count-marks", "count-answer", "count-told", "request",
        "release", "correction", "recall", "receipt", "request", "decline",
    ]  # fmt: skip
    assert len(plain.interpol.log) == len(hiding.interpol.log)


def test_attack_hidden_data_seen_in_the_size_of_an_audit(tmp_path: Any) -> None:
    from tests.attacks.auditing import asks, audited

    sizes = []
    for name in ("plain", "hiding"):
        holdings = {"interpol": THEIRS, "unodc": OURS, "europol": []}
        parties, clock = desks_module.make_parties(tmp_path / name, holdings, audited("europol"))
        three = desks_module.Three(tmp_path / name, parties, clock)
        if name == "hiding":
            more = [Entity(f"h-{one.id}", one.schema, one.properties) for one in OURS]
            three.interpol.holding.load(more, source="h.jsonl", at=clock[0], terms=RecordTerms(status=("minor",)))
        question = asks(three)
        three.carried.clear()
        three.carry(exchange.audit(three.europol, question, "interpol"), "interpol")
        keepers = (three.interpol, three.europol, three.interpol)
        sizes.append([len(to.decrypt.decrypt(each)) for to, each in zip(keepers, three.carried, strict=True)])
        for party in parties.values():
            party.folder.close()
    assert sizes[0] == sizes[1]


def test_what_an_asker_opens_does_not_grow_with_its_question(make: Any) -> None:
    """Its `evaluated` has the size of the question, which tells nothing: filled up with it, `opened` had megabytes."""
    from tests.attacks.auditing import asks, audited, read

    desks = make(edit=audited(sample=4))
    draw = exchange.audit(desks.interpol, asks(desks), "unodc")
    parts = read(exchange.receive(desks.unodc, draw).reply, desks.interpol).parts
    assert len(parts["evaluated"]) > 256 * 32
    assert len(parts["opened"]) == 4 * 512


WEAK = {  # who shares with Amina Diallo-Traoré, born 1980-05-17, of Senegal, what many share
    "one word of the name, and the nationality": {"name": ("Amina Wolfschläger",), "nationality": ("sn",)},
    "the date of birth": {"name": ("Ingeborg Wolfschläger",), "birthDate": ("1980-05-17",)},
    "the nationality": {"name": ("Ingeborg Wolfschläger",), "nationality": ("sn",)},
    "one word and the year": {"name": ("Amina Wolfschläger",), "birthDate": ("1980",)},
}
STRANGER = {"name": ("Ingeborg Wolfschläger",), "birthDate": ("1961-02-03",), "nationality": ("de",)}


@pytest.mark.parametrize("weak", WEAK.values(), ids=WEAK.keys())
def test_attack_a_weak_agreement_seen_in_any_message(make: Any, weak: dict[str, tuple[str, ...]]) -> None:
    """An asker learns no more of a record that agrees weakly than of one that does not agree at all."""
    told = []
    for properties in (weak, STRANGER):
        desks = make(theirs=[Entity("i1", "Person", properties)])
        carrier = Carrier(desks)
        carrier.carry(exchange.ask(desks.unodc, "interpol", "investigation", "case-7"), "interpol")
        assert exchange.hits(desks.unodc) == exchange.hits(desks.interpol) == []
        m3, m4 = carrier.seen[2:]
        assert (m3.parts, m4.parts) == ({"matches": b"", "known": b""}, {"hits": b""})
        told.append((carrier.weighed, [one.header.body for one in carrier.seen if one.header.kind != "answer"]))
    assert told[0] == told[1]


def test_attack_the_exact_number_of_records_read_off_a_message(make: Any) -> None:
    """Three records against thirty at either side, below the smallest set: the same sizes, and no message names one."""
    weighed = []
    for number in (3, 30):
        people = [
            Entity(
                f"p{n}", "Person", {"name": (f"Wulfhild{n} Quast{n}",), "birthDate": (f"19{50 + n}-03-0{1 + n % 9}",)}
            )
            for n in range(number)
        ]
        others = [Entity(one.id, one.schema, {**one.properties, "birthDate": ("1939-01-01",)}) for one in people]
        desks = make(ours=people, theirs=others)
        carrier = Carrier(desks)
        carrier.carry(exchange.ask(desks.unodc, "interpol", "investigation", "case-7"), "interpol")
        weighed.append(carrier.weighed)
        sizes = [one.header.body.get("size") for one in carrier.seen[:1]]
        assert sizes == [desks.unodc.accord.quotas.smallest_set]
    assert weighed[0] == weighed[1]


def test_attack_an_oversize_question_by_other_software(make: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """More marks than a session may have, padded and signed as they should be: refused before anything is computed."""
    few = make(edit=lambda text: text.replace("marks_per_session = 500000", "marks_per_session = 300"))
    many = [
        Entity(f"p{n}", "Person", {"name": (f"Namesake Number{n}",), "email": (f"person{n}@example.org",)})
        for n in range(400)
    ]
    few.unodc.holding.load(many, source="dictionary.jsonl", at=few.clock[0])
    from accord.exchange import limits, preparing

    monkeypatch.setattr(limits, "check_own", lambda *_: None)
    message = exchange.ask(few.unodc, "interpol", "investigation", "case-7")
    monkeypatch.setattr(preparing, "Answering", None)  # nothing is evaluated
    got = exchange.receive(few.interpol, message)
    assert got.refusal is not None
    assert "the accord allows 300 in one" in got.refusal.message
    few.clock[0] += dt.timedelta(minutes=5)
    exchange.receive(few.unodc, got.reply)
    assert {line.waits_for for line in exchange.status(few.unodc)} == {"nobody"}
