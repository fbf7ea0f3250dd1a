"""Messages under a version that is over: outdated, withdrawn, expired, by a key that was replaced or revoked."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from accord import exchange
from accord.arrangement import adopt, adopted, card, keys, leave, renew, signing_keys, take_notice
from accord.arrangement.amend import Changes, amend
from accord.arrangement.document import read_document
from accord.arrangement.signatures import add_signature
from accord.errors import AccordError, PolicyError, TrustError


def amended(desks: Any, only: str = "", **changes: Any) -> None:
    """Both parties sign the next version; both adopt it, or `only` one."""
    from accord.arrangement._kept import load_kept

    parties = {"unodc": desks.unodc, "interpol": desks.interpol}
    text = amend(read_document(load_kept(desks.unodc.folder).versions[-1].text), Changes(**changes))
    document, signed = read_document(text), None
    for name, party in parties.items():
        own = signing_keys(party.folder, document.accord.party(name))
        signed = add_signature(document, signed, name, *own)
    for name, party in parties.items():
        if only in ("", name):
            accord, own = adopt(party.folder, text, signed.to_bytes()), keys(party.folder)  # type: ignore[union-attr]
            log = type(party.log)(party.folder.engine(), own.sign, name)
            log.append("accord-adopted", "accord", {"version": accord.version}, at=desks.clock[0])
            fresh = replace(party, accord=accord, sign=own.sign, decrypt=own.decrypt, log=log)
            setattr(desks, name, fresh)


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
    with pytest.raises(PolicyError):
        question(desks)
