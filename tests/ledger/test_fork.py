"""A desk folder that was copied and goes two ways: both copies hold the true key, and partners notice."""

from __future__ import annotations

import shutil
from dataclasses import replace
from typing import Any

import pytest

from accord import exchange
from accord.errors import TrustError
from accord.ledger import Envelope, LogAlteredError, verify
from accord.ledger.head import PAYLOAD_TYPE
from accord.vault import TESTS, Folder


def copied(desks: Any, name: str) -> Any:
    """The same party at a copy of its folder."""
    from exchange_desks import open_desk  # type: ignore[import-not-found]

    shutil.copytree(desks.root / name, desks.root / f"{name}-copy")
    return open_desk(desks.root / f"{name}-copy", desks.clock)


@pytest.mark.parametrize("said", [b"no JSON", b"[" * 100_000, b"[]", b"{}"])
def test_attack_a_head_that_is_signed_nonsense(desks: Any, said: bytes) -> None:
    head = Envelope.sign(PAYLOAD_TYPE, said, desks.unodc.sign).to_dict()
    with pytest.raises(TrustError, match="no signed state"):
        desks.interpol.log.accept("unodc", desks.unodc.sign.verify_key, {"head": head, "proofs": {}})


def test_attack_desk_folder_that_goes_two_ways(desks: Any) -> None:
    desks.ask()
    desks.unodc.folder.close()
    copy = copied(desks, "unodc")
    desks = desks.reopen()
    desks.carry(exchange.ask(desks.unodc, "interpol", "investigation", "case-8"), "interpol")  # the one way
    hidden = exchange.ask(copy, "interpol", "investigation", "case-9")  # the other
    before = list(desks.interpol.log.entries())
    with pytest.raises(TrustError) as caught:
        exchange.receive(desks.interpol, hidden)
    assert caught.value.code in ("ledger.forked", "ledger.unproven")
    assert list(desks.interpol.log.entries()) == before
    copy.folder.close()


def test_attack_old_backup_put_back_goes_on_as_if_nothing_was(desks: Any) -> None:
    """As long as the copy is shorter, and also when it has grown past what the partner saw."""
    desks.unodc.folder.close()
    copy = copied(desks, "unodc")
    desks = desks.reopen()
    desks.ask()
    for number in range(6):
        message = exchange.ask(copy, "interpol", "investigation", f"case-{number}")
        with pytest.raises(TrustError):
            exchange.receive(desks.interpol, message)
    copy.folder.close()


def test_the_partners_last_seen_state_names_the_rewritten_log_at_home(desks: Any) -> None:
    desks.unodc.folder.close()
    copy = copied(desks, "unodc")
    desks = desks.reopen()
    desks.ask()
    seen = desks.interpol.log.witnesses()["unodc"].envelope
    verify(desks.unodc.folder.engine(), "unodc", desks.unodc.sign.verify_key, [seen])
    for number in range(3):
        exchange.ask(copy, "interpol", "investigation", f"case-{number}")
    with pytest.raises(LogAlteredError):
        verify(copy.folder.engine(), "unodc", desks.unodc.sign.verify_key, [seen])
    copy.folder.close()


def test_a_fork_towards_two_partners_is_found_when_they_compare(desks: Any, tmp_path: Any) -> None:
    """A party shows one history to interpol and another to a third party; either's last seen head convicts it."""
    from accord.ledger import Log, SigningKey

    desks.unodc.folder.close()
    copy = copied(desks, "unodc")
    desks = desks.reopen()
    desks.ask()
    exchange.ask(copy, "interpol", "investigation", "case-9")
    third = Log(Folder.create(tmp_path / "third", "pass", cost=TESTS).engine(), SigningKey.generate(), "unit-c")
    third.accept("unodc", desks.unodc.sign.verify_key, copy.log.report("unit-c"))
    told = [third.witnesses()["unodc"].envelope, desks.interpol.log.witnesses()["unodc"].envelope]
    for party in (desks.unodc, replace(copy)):
        with pytest.raises(LogAlteredError):
            verify(party.folder.engine(), "unodc", party.sign.verify_key, told)
    copy.folder.close()
