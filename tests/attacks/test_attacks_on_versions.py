"""Messages under a version that is over: outdated, withdrawn, expired, by a key that was replaced or revoked."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from accord import exchange
from accord.arrangement import adopted, card, leave, renew, take_notice
from accord.errors import AccordError, PolicyError, TrustError


def amended(desks: Any, only: str = "", **changes: Any) -> None:
    """Both parties sign the next version; both adopt it, or `only` one."""
    from exchange_desks import amend_all  # type: ignore[import-not-found]

    parties = amend_all({"unodc": desks.unodc, "interpol": desks.interpol}, desks.clock[0], only, **changes)
    desks.unodc, desks.interpol = parties["unodc"], parties["interpol"]


def refused(desks: Any, to: str, message: bytes) -> AccordError:
    entries = list(desks.of(to).log.entries())
    with pytest.raises(AccordError) as caught:
        exchange.receive(desks.of(to), message)
    assert [e for e in desks.of(to).log.entries() if e.kind != "exchange.refused"] == entries
    return caught.value


def question(desks: Any) -> bytes:
    return exchange.ask(desks.unodc, "interpol", "investigation", "case-7")


def test_attack_message_under_an_outdated_version(desks: Any) -> None:
    message = question(desks)
    amended(desks)
    error = refused(desks, "interpol", message)
    assert error.code == "message.outdated"
    assert "version 1, which version 2 has replaced" in error.message


def test_attack_downgrade_by_a_partner_that_does_not_adopt(desks: Any) -> None:
    amended(desks, only="interpol")
    assert refused(desks, "interpol", question(desks)).code == "message.outdated"


def test_a_message_under_a_version_not_adopted_here_yet(desks: Any) -> None:
    amended(desks, only="unodc")
    assert refused(desks, "interpol", question(desks)).code == "message.accord"


def test_attack_message_by_a_revoked_key(desks: Any) -> None:
    """A thief has the old key of unodc, and writes under the version in force."""
    stolen = desks.unodc
    renew(desks.unodc.folder)
    amended(desks, cards=[card(desks.unodc.folder)])
    forged = replace(stolen, accord=desks.unodc.accord)
    message = exchange.ask(forged, "interpol", "investigation", "case-7")
    error = refused(desks, "interpol", message)
    assert isinstance(error, TrustError)
    assert error.code == "message.key"


def test_both_sides_go_on_after_new_keys_and_the_log_is_still_one(desks: Any) -> None:
    from accord.arrangement import former_keys
    from accord.ledger import verify

    desks.ask()
    for name in ("unodc", "interpol"):
        renew(desks.of(name).folder)
    amended(desks, cards=[card(desks.unodc.folder), card(desks.interpol.folder)])
    assert [one.kind for one in desks.ask()] == ["question", "answer", "matches", "contacts"]
    for name in ("unodc", "interpol"):
        party = desks.of(name)
        former = former_keys(party.folder, name)
        assert len(former) == 2
        verify(party.folder.engine(), name, party.sign.verify_key, former=former)


def test_attack_message_of_a_party_that_left(desks: Any) -> None:
    message = question(desks)
    notice = leave(desks.unodc.folder, desks.clock[0], "")
    take_notice(desks.interpol.folder, notice)
    for name in ("unodc", "interpol"):
        setattr(desks, name, replace(desks.of(name), accord=adopted(desks.of(name).folder)))
    assert refused(desks, "interpol", message).code == "refused.withdrawn"
    with pytest.raises(PolicyError, match="left the accord"):
        question(desks)
    with pytest.raises(PolicyError, match="left the accord"):
        exchange.ask(desks.interpol, "unodc", "investigation", "case-8")


def test_attack_fields_fetched_after_the_party_left(asked: Any) -> None:
    """What was written before and nobody carried yet does not leave any more; a partner may not know that we left."""
    wish = asked.approved()
    exchange.release(asked.interpol, wish)
    leave(asked.interpol.folder, asked.clock[0], "")
    asked.interpol = replace(asked.interpol, accord=adopted(asked.interpol.folder))
    assert exchange.outbox(asked.interpol, "unodc", exchange.progress(asked.unodc, "interpol")) is None
    with pytest.raises(PolicyError, match="left the accord"):
        exchange.resend(asked.interpol, wish)
    message = exchange.recall(asked.interpol, wish)
    assert exchange.outbox(asked.interpol, "unodc", exchange.progress(asked.unodc, "interpol")) == message


def test_attack_an_old_question_brought_again_after_the_party_left(desks: Any) -> None:
    """The answer is kept so that it can be given again: not after the end."""
    message = question(desks)
    exchange.receive(desks.interpol, message)
    leave(desks.interpol.folder, desks.clock[0], "")
    desks.interpol = replace(desks.interpol, accord=adopted(desks.interpol.folder))
    assert refused(desks, "interpol", message).code == "refused.withdrawn"


def test_what_was_released_is_still_taken_back_after_a_withdrawal(asked: Any) -> None:
    wish = asked.released()
    take_notice(asked.unodc.folder, leave(asked.interpol.folder, asked.clock[0], ""))
    for name in ("unodc", "interpol"):
        setattr(asked, name, replace(asked.of(name), accord=adopted(asked.of(name).folder)))
    with pytest.raises(PolicyError, match="left the accord"):
        exchange.read(asked.unodc, wish, "investigation")
    assert [one.kind for one in asked.carry(exchange.recall(asked.interpol, wish), "unodc")] == ["recall", "receipt"]


def test_attack_message_under_an_expired_accord(desks: Any) -> None:
    message = question(desks)
    desks.clock[0] += dt.timedelta(days=3 * 365)
    error = refused(desks, "interpol", message)
    assert error.code == "refused.term"
    with pytest.raises(PolicyError, match="not in force"):
        question(desks)
    with pytest.raises(PolicyError, match="not in force"):
        exchange.count_with(desks.unodc, "interpol", "investigation", "case-7")
