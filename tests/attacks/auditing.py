"""Desks under an accord with audits: what each test of them does to begin with, and other software than ours."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import orjson
import pytest

from accord import exchange
from accord.exchange import protocol
from accord.exchange.messages import Message, open_message, seal
from accord.exchange.state import Session
from accord.records import Entity

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


def silent_about(monkeypatch: pytest.MonkeyPatch, record: str) -> None:
    """The asker's desk does not tell of the matches of one record."""
    compare = protocol.Asking.compare

    def fewer(self: protocol.Asking, *given: Any) -> list[protocol.Match]:
        return [match for match in compare(self, *given) if self.record(match.group) != record]

    monkeypatch.setattr(protocol.Asking, "compare", fewer)


def opens(desks: Any, name: str, by: str = "interpol", of: str = "unodc") -> tuple[bytes, list[dict[str, Any]]]:
    """The opening as the audited side's honest software writes it, and its places."""
    message = exchange.receive(desks.of(of), exchange.audit(desks.of(by), name, of)).reply
    assert message is not None
    return message, orjson.loads(read(message, desks.of(by)).parts["opened"])


def judged(desks: Any, message: bytes, by: str = "interpol") -> str:
    said = exchange.receive(desks.of(by), message)
    assert said.reply is not None
    return exchange.audits(desks.of(by))[-1].found


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
