"""Whoever can touch the files on their way, or holds a key that the accord does not name."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from accord import exchange
from accord.errors import AccordError, PeerError, PolicyError, TrustError
from accord.exchange.messages import Message, largest, open_message, seal
from accord.ledger import DecryptKey, SigningKey, canonical


def state_of(party: Any) -> tuple[Any, ...]:
    """Everything that a rejected message must leave as it was."""
    return exchange.status(party), exchange.hits(party), list(party.log.entries())


def rejected(party: Any, data: bytes) -> AccordError:
    before = state_of(party)
    with pytest.raises(AccordError) as refused:
        exchange.receive(party, data)
    assert state_of(party) == before
    assert refused.value.code
    return refused.value


def forged(desks: Any, data: bytes, to: str, key: SigningKey | None = None, **changes: Any) -> bytes:
    """A message as its sender might have written it otherwise: opened with the recipient's key, changed, sealed again."""
    recipient, sender = desks.of(to), desks.of("interpol" if to == "unodc" else "unodc")
    opened, _ = open_message(data, recipient.decrypt, lambda _: sender.sign.verify_key, to, len(data))
    parts = changes.pop("parts", opened.parts)
    header = replace(opened.header, **changes)
    return seal(Message(header, parts), key or sender.sign, recipient.decrypt.recipient).data


def the_four(desks: Any) -> list[tuple[bytes, str]]:
    """m1 to m4 of a question, each with its recipient; nothing was received by the last one's recipient yet."""
    message, to, found = exchange.ask(desks.unodc, "interpol", "investigation", "case-7"), "interpol", []
    for _ in range(4):
        found.append((message, to))
        reply = exchange.receive(desks.of(to), message).reply
        message, to = reply or b"", "unodc" if to == "interpol" else "interpol"
    return found


@pytest.mark.parametrize("step", [0, 1, 2, 3])
def test_attack_a_bit_flipped_in_each_message(desks: Any, step: int) -> None:
    message, to = exchange.ask(desks.unodc, "interpol", "investigation", "case-7"), "interpol"
    for _ in range(step):
        message, to = exchange.receive(desks.of(to), message).reply, "unodc" if to == "interpol" else "interpol"
    for place in (10, len(message) // 2, len(message) - 1):
        flipped = bytearray(message)
        flipped[place] ^= 1
        rejected(desks.of(to), bytes(flipped))
    exchange.receive(desks.of(to), message)  # the true one is still taken


@pytest.mark.parametrize(
    "field", ["session", "previous", "accord", "scheme", "sender", "recipient", "kind", "sequence"]
)
def test_attack_each_signed_field_changed_without_the_key(desks: Any, field: str) -> None:
    message = exchange.ask(desks.unodc, "interpol", "investigation", "case-7")
    changed: Any = 2 if field == "sequence" else "0" * 16
    rejected(desks.interpol, forged(desks, message, "interpol", key=SigningKey.generate(), **{field: changed}))


def test_attack_truncated(desks: Any) -> None:
    message = exchange.ask(desks.unodc, "interpol", "investigation", "case-7")
    for size in (0, 1, 30, len(message) // 2, len(message) - 1):
        rejected(desks.interpol, message[:size])


def test_attack_replay_of_an_old_answer_into_a_new_question(desks: Any) -> None:
    old = the_four(desks)
    exchange.ask(desks.unodc, "interpol", "investigation", "case-8")
    again = exchange.receive(desks.unodc, old[1][0])
    assert again.again
    session = next(line.id for line in exchange.status(desks.unodc) if line.waits_for == "interpol")
    error = rejected(desks.unodc, forged(desks, old[1][0], "unodc", session=session))
    assert error.code == "message.order"


@pytest.mark.parametrize("step", [0, 1, 2, 3])
def test_attack_replay_changes_nothing(desks: Any, step: int) -> None:
    message, to = the_four(desks)[step]
    before = state_of(desks.of(to))
    assert exchange.receive(desks.of(to), message).again
    assert state_of(desks.of(to)) == before


def test_attack_reordered_messages(desks: Any, make: Any) -> None:
    m1 = exchange.ask(desks.unodc, "interpol", "investigation", "case-7")
    m2 = exchange.receive(desks.interpol, m1).reply
    m3 = exchange.receive(desks.unodc, m2).reply
    late = forged(desks, m3, "interpol", sequence=5)
    assert "not come yet" in rejected(desks.interpol, late).message
    assert rejected(desks.unodc, forged(desks, m2, "unodc", kind="contacts")).code == "message.order"


def test_attack_signer_outside_the_accord(desks: Any) -> None:
    message = exchange.ask(desks.unodc, "interpol", "investigation", "case-7")
    stranger = SigningKey.generate()
    assert isinstance(rejected(desks.interpol, forged(desks, message, "interpol", key=stranger)), TrustError)
    error = rejected(desks.interpol, forged(desks, message, "interpol", key=stranger, sender="ghost"))
    assert error.code == "message.stranger"


def test_attack_own_message_reflected(desks: Any) -> None:
    message = exchange.ask(desks.unodc, "interpol", "investigation", "case-7")
    rejected(desks.unodc, message)


def test_attack_message_resealed_for_another_recipient(desks: Any) -> None:
    """A partner passes a message on to a third desk as if it had been sent there."""
    message = exchange.ask(desks.unodc, "interpol", "investigation", "case-7")
    third = DecryptKey.generate()
    opened, _ = open_message(message, desks.interpol.decrypt, lambda _: desks.unodc.sign.verify_key, "interpol", 10**7)
    passed_on = seal(opened, desks.unodc.sign, third.recipient).data
    with pytest.raises(TrustError, match="another party"):
        open_message(passed_on, third, lambda _: desks.unodc.sign.verify_key, "third", 10**7)


def test_attack_oversize_is_refused_unread(desks: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    quotas = desks.interpol.accord.quotas
    limit = largest(quotas.marks_per_session, quotas.marks_per_answer)
    assert rejected(desks.interpol, bytes(limit + 1)).code == "message.oversize"


def test_attack_decompression_bomb(desks: Any) -> None:
    """Nothing in a message is ever decompressed: a compressed part is bytes of its own size, and not a question."""
    import gzip

    message = exchange.ask(desks.unodc, "interpol", "investigation", "case-7")
    bomb = gzip.compress(bytes(10_000_000))
    error = rejected(desks.interpol, forged(desks, message, "interpol", parts={"blinded": bomb}))
    assert error.code == "question.size"


def test_attack_part_longer_than_signed(desks: Any) -> None:
    message = exchange.ask(desks.unodc, "interpol", "investigation", "case-7")
    frame = desks.interpol.decrypt.decrypt(message)
    for changed in (frame + b"more", frame[:-1], frame[:-1] + bytes([frame[-1] ^ 1])):
        rejected(desks.interpol, desks.interpol.decrypt.recipient.encrypt(changed))


def test_attack_message_under_an_expired_accord(desks: Any) -> None:
    message = exchange.ask(desks.unodc, "interpol", "investigation", "case-7")
    desks.clock[0] += dt.timedelta(days=365 * 3)
    with pytest.raises(PolicyError, match="not in force"):
        exchange.receive(desks.interpol, message)
    assert exchange.status(desks.interpol) == []


def test_attack_message_under_another_version_of_the_accord(desks: Any) -> None:
    message = exchange.ask(desks.unodc, "interpol", "investigation", "case-7")
    assert rejected(desks.interpol, forged(desks, message, "interpol", accord="0" * 64)).code == "message.accord"


SCHEME_2 = "cbcd979288e37afbd55df582b308c3bfa8991ee5196f3d605914e54ff263857b"  # asked marks that others say, too


@pytest.mark.parametrize("scheme", ["0" * 64, SCHEME_2])
def test_attack_downgraded_mark_scheme(desks: Any, scheme: str) -> None:
    message = exchange.ask(desks.unodc, "interpol", "investigation", "case-7")
    assert rejected(desks.interpol, forged(desks, message, "interpol", scheme=scheme)).code == "message.scheme"


def test_attack_fork_of_the_ledger(desks: Any) -> None:
    """The head of another history, signed by the true key, is noticed at the next message."""
    desks.ask()
    message = exchange.ask(desks.unodc, "interpol", "investigation", "case-8")
    opened, _ = open_message(message, desks.interpol.decrypt, lambda _: desks.unodc.sign.verify_key, "interpol", 10**7)
    from accord.ledger import Log
    from accord.vault import TESTS, Folder

    other = Folder.create(desks.root / "other", "a long passphrase", cost=TESTS)
    rewritten = Log(other.engine(), desks.unodc.sign, "unodc")
    for _ in range(20):
        rewritten.append("exchange.asked", "x", {}, at=desks.clock[0])
    assert opened.header.ledger != rewritten.report("interpol")
    error = rejected(desks.interpol, forged(desks, message, "interpol", ledger=rewritten.report("interpol")))
    assert isinstance(error, TrustError)
    other.close()


def test_attack_body_of_the_wrong_shape(desks: Any) -> None:
    message = exchange.ask(desks.unodc, "interpol", "investigation", "case-7")
    for body in ({}, {"purpose": 1}, {"purpose": "investigation", "case": "\x1b[2J", "size": 256}, {"size": -1}):
        assert isinstance(rejected(desks.interpol, forged(desks, message, "interpol", body=body)), PeerError)


def test_nothing_of_a_record_is_readable_on_the_wire(desks: Any) -> None:
    """Not even the recipient, who opens the messages, finds a value, a mark's digest or an exact size in them."""
    own = [
        mark.digest
        for given in exchange.marks_of([one.entity for one in desks.unodc.records()], "asker").values()
        for mark in given
    ]
    the_messages = the_four(desks)
    for message, to in the_messages:
        sender = desks.of("interpol" if to == "unodc" else "unodc")
        opened, _ = open_message(message, desks.of(to).decrypt, lambda _, key=sender.sign.verify_key: key, to, 10**7)
        seen = canonical({"body": opened.header.body, "ledger": opened.header.ledger}) + b"".join(opened.parts.values())
        for secret in (b"Amina", b"Traor", b"1980-05-17", b"Quarzo", b"Baobab", b"A0774123", b"0x5290", *own):
            assert secret not in seen
        if opened.header.kind == "question":
            assert opened.header.body["size"] == desks.unodc.accord.quotas.smallest_set
