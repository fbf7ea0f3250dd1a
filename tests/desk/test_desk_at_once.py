"""Several people at both desks at the same time: nobody's work is lost or taken for another's, both ledgers verify."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from accord.desk import Role, crosscheck
from accord.desk.accounts import Turns
from accord.errors import TrustError
from accord.exchange import crosscheck as rows
from accord.ledger import verify

if TYPE_CHECKING:
    from conftest import Browser, Desks

pytestmark = pytest.mark.engines

PASSWORD = "seven wet stones by the ferry"
MANY = 5


def together(do: Callable[[int], object], many: int = MANY) -> list[object]:
    with ThreadPoolExecutor(many) as people:
        return list(people.map(do, range(many)))


def analysts(desks: Desks, party: str) -> list[Browser]:
    for number in range(MANY):
        desks.office(party).accounts.add(f"a{number}", Role.ANALYST, PASSWORD, "", desks.clock[0])
    return [desks.at(party, f"a{number}") for number in range(MANY)]


def test_people_ask_receive_approve_and_recall_at_once(desks: Desks) -> None:
    ours, theirs = analysts(desks, "unodc"), analysts(desks, "interpol")

    def ask(number: int) -> str:
        browser = ours[number]
        given = {"to": "interpol", "purpose": "investigation", "case": f"case-{number}"}
        page = browser.post("/exchange/ask", given, on="/exchange/ask")
        assert f"case-{number}<" in page  # everybody is led to the own conversation
        return browser.conversation

    asked = [str(one) for one in together(ask)]
    assert len(set(asked)) == MANY
    for givers, takers in ((ours, theirs), (theirs, ours), (ours, theirs), (theirs, ours)):
        together(lambda n, g=givers, t=takers: t[n].receive(g[n].message(asked[n])))

    hits = re.findall(r"/exchange/hits/([0-9a-f]{16})/request", ours[0].get("/exchange/hits"))
    ana, paul = desks.at("interpol", "ana"), desks.at("interpol", "paul")
    lead = desks.at("unodc", "ana")
    path = f"/exchange/hits/{hits[0]}/request"
    lead.post(path, {"property": ["birthDate"], "purpose": "investigation"}, on=path)
    wish = lead.conversation
    ana.receive(lead.message(wish))
    ana.post(f"/exchange/{wish}/identify", {"verdict": "same"}, on=f"/exchange/{wish}")
    neutral = {f"neutral-{word}": "no" for word in ("political", "military", "religious", "racial")}
    pauls = [paul, *(desks.at("interpol", "paul") for _ in range(2))]
    tokens = [re.search(r'name="token" value="(\w+)"', each.get(f"/exchange/{wish}")) for each in pauls]

    def send(number: int, verb: str, fields: dict[str, str]) -> int:
        token = tokens[number]
        assert token is not None
        answer = pauls[number].client.post(f"/exchange/{wish}/{verb}", data={"token": token[1], **fields})
        return answer.status_code

    for verb, fields in (("approve", neutral), ("release", {}), ("recall", {"reason": "over"})):
        answers = together(lambda n, v=verb, f=fields: send(n, v, f), 3)
        assert 200 in answers
        assert not [one for one in answers if isinstance(one, int) and one >= 500]
    assert "We took it back" in paul.get(f"/exchange/{wish}")
    for office in (desks.unodc, desks.interpol):
        head = verify(office.folder.engine(), office.keys.party, office.keys.sign.verify_key)
        assert head is not None
        kinds = [entry.kind for entry in office.log.entries()]
        if office is desks.interpol:
            assert kinds.count("exchange.approved") == kinds.count("exchange.released") == 1
            assert kinds.count("exchange.recalled") == 1
        else:
            assert kinds.count("exchange.asked") == MANY


def test_attack_a_flood_of_passwords_keeps_no_other_page_waiting(desks: Desks, monkeypatch: pytest.MonkeyPatch) -> None:
    """One password is checked, slowly, and nobody may wait in line: the next is sent away, and pages go on."""
    analyst, guest = desks.at("unodc", "ana"), desks.browser("unodc")
    monkeypatch.setattr("accord.desk.accounts._TURNS", Turns(1, 0))
    inside, go_on = threading.Event(), threading.Event()

    def slow(_lock: bytes, _password: str) -> bytes:
        inside.set()
        assert go_on.wait(60)
        raise TrustError("vault.passphrase", "wrong", "")

    monkeypatch.setattr("accord.desk.accounts.unwrap", slow)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(desks.unodc.accounts.check, "ana", "wrong", desks.clock[0])
        try:
            assert inside.wait(60)
            for name in ("paul", "nobody"):
                page = guest.post("/sign-in", {"name": name, "password": PASSWORD}, on="/sign-in", expect=503)
                assert "desk.busy" in page
            answer = guest.client.post(
                "/sign-in",
                data={"name": "paul", "token": re.findall(r'name="token" value="(\w+)"', guest.get("/sign-in"))[0]},
            )
            assert answer.headers["retry-after"] == "5"
            assert "Conversations" in analyst.get("/exchange")
        finally:
            go_on.set()
        assert first.result() is None
    monkeypatch.undo()
    guest.sign_in("paul")


def test_what_is_done_while_the_diary_is_verified_is_no_contradiction(
    desks: Desks, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody is held up: somebody is let in, and fields are asked for, after the log was read and before its rows are."""
    done = []

    def late(part: Any, do: Callable[[], object]) -> None:
        read = getattr(*part)

        def slowly(*given: Any) -> object:
            said = read(*given)
            if part not in done:
                done.append(part)
                do()
            return said

        monkeypatch.setattr(*part, slowly)

    late((rows, "_told"), desks.requested)
    accounts, now = desks.unodc.accounts, desks.clock[0]
    late((crosscheck, "_said"), lambda: accounts.add("new", Role.ANALYST, PASSWORD, "", now))
    said = desks.at("unodc", "ana").post("/ledger", {}, on="/ledger")
    assert (len(done), "none altered" in said) == (2, True)
