"""Counting, and fields handed on through a middle party, over HTTPS on 127.0.0.1 with the certificates of the accord.

Nothing is carried as a file: each desk serves, brings what it writes to whom it is for, or fetches what waits for it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.courier.conftest import HURRIED, Served, desks_module

from accord import courier, exchange
from accord.errors import AccordError, PolicyError
from accord.exchange import Party, Received
from accord.records import Entity

EUROPOLS = [Entity("e1", "Person", {"name": ("Diallo-Traore Amina",), "birthDate": ("1980-05-17",)})]


@pytest.fixture
def three(tmp_path: Path) -> Iterator[Any]:
    holdings = {"interpol": desks_module.THEIRS, "unodc": desks_module.OURS, "europol": EUROPOLS}
    parties, clock = desks_module.make_parties(tmp_path / "three", holdings)
    yield desks_module.Three(tmp_path / "three", parties, clock)
    for party in parties.values():
        party.folder.close()


class Line:
    """Each of the desks serves; `bring` and `fetch` speak TLS with the certificates of both."""

    def __init__(self, parties: dict[str, Party], serve: Callable[[Party], Served]) -> None:
        self.parties = parties
        self.served = {name: serve(party) for name, party in parties.items()}

    def bring(self, by: str, message: bytes, to: str) -> list[Received]:
        return list(courier.carry(self.parties[by], message, to, self.served[to].address, HURRIED))

    def fetch(self, by: str, of: str) -> list[str]:
        got = courier.fetch(self.parties[by], of, self.served[of].address, HURRIED)
        return [one.kind for one in got]

    def asks(self, by: str, of: str, record: str) -> str:
        """A blind question and a request for the passport number of the match with that record; the request's id."""
        party = self.parties[by]
        assert [one.kind for one in self.bring(by, exchange.ask(party, of, "investigation", "case-7"), of)] == [
            "answer",
            "contacts",
        ]
        rows = [row for row in exchange.hits(party) if (row["party"], row["record"]) == (of, record)]
        wish = exchange.request(party, str(rows[0]["hit"]), ("passportNumber",), "investigation")
        self.bring(by, wish, of)
        return next(one.id for one in exchange.conversations(party) if one.topic == "request")

    def releases(self, by: str, wish: str, to: str) -> None:
        party = self.parties[by]
        exchange.identify(party, wish, "same")
        exchange.approve(party, wish, "approver", desks_module.NEUTRAL)
        self.bring(by, exchange.release(party, wish), to)

    def consents(self, first: str, wish: str, yes: bool) -> None:
        self.bring("unodc", exchange.ask_onward(self.parties["unodc"], wish, first), "interpol")
        asked = next(one.id for one in exchange.waiting(self.parties["interpol"]) if one.topic == "onward")
        self.bring("interpol", exchange.consent(self.parties["interpol"], asked, yes, "approver"), "unodc")


def test_how_many_is_asked_and_told_on_the_line(desks: Any, serve: Any) -> None:
    line = Line({"unodc": desks.unodc, "interpol": desks.interpol}, serve)
    got = line.bring("unodc", exchange.count_with(desks.unodc, "interpol", "investigation", "case-7"), "interpol")
    assert [one.kind for one in got] == ["count-marks", "count-told"]
    (ours,), (theirs,) = exchange.counts(desks.unodc), exchange.counts(desks.interpol)
    assert (theirs.exact, ours.exact, ours.told) == (3, None, theirs.told)
    assert exchange.hits(desks.unodc) == exchange.hits(desks.interpol) == []


def test_fields_are_handed_on_once_and_refused_once_and_taken_back_on_the_line(three: Any, serve: Any) -> None:
    line = Line(three.parties, serve)
    first = line.asks("unodc", "interpol", "u1")
    line.releases("interpol", first, "unodc")
    second = line.asks("europol", "unodc", "e1")
    line.consents(first, second, yes=True)
    line.releases("unodc", second, "europol")
    assert exchange.read(three.europol, second, "investigation").fields == {"passportNumber": ["A0774123"]}

    three.clock[0] += dt.timedelta(hours=1)
    third = line.asks("europol", "unodc", "e1")
    line.consents(first, third, yes=False)
    exchange.identify(three.unodc, third, "same")
    exchange.approve(three.unodc, third, "approver", desks_module.NEUTRAL)
    line.bring("unodc", exchange.release(three.unodc, third), "europol")  # from its own record, which has no such field
    assert exchange.read(three.europol, third, "investigation").fields == {}

    assert [one.kind for one in line.bring("interpol", exchange.recall(three.interpol, first), "unodc")] == ["receipt"]
    assert line.fetch("europol", "unodc") == ["recall"]
    assert line.fetch("interpol", "unodc") == ["onward-receipt"]
    assert {one.state for one in exchange.conversations(three.interpol) if one.id == first} == {"returned"}
    for desk, wish in (("unodc", first), ("europol", second)):
        with pytest.raises(PolicyError, match="taken back"):
            exchange.read(three.of(desk), wish, "investigation")


def test_attack_a_third_party_brings_the_originators_consent_itself(three: Any, serve: Any) -> None:
    line = Line(three.parties, serve)
    first = line.asks("unodc", "interpol", "u1")
    line.releases("interpol", first, "unodc")
    second = line.asks("europol", "unodc", "e1")
    line.bring("unodc", exchange.ask_onward(three.unodc, second, first), "interpol")
    asked = next(one.id for one in exchange.waiting(three.interpol) if one.topic == "onward")
    consent = exchange.consent(three.interpol, asked, True, "approver")
    with pytest.raises(AccordError) as caught:
        line.bring("europol", consent, "unodc")
    assert "of another party" in caught.value.message
    line.bring("interpol", consent, "unodc")  # who wrote it may
