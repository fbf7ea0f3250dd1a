"""Handing fields on by people at their desks: who asks, who decides, who approves, and who may do none of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import pytest
from starlette.testclient import TestClient

from accord import exchange
from accord.desk import Office, Role, application
from accord.vault import TESTS

from .conftest import NEUTRAL, PASSPHRASE

pytestmark = pytest.mark.engines

PEOPLE = {"ana": (Role.ANALYST, "analyst"), "paul": (Role.APPROVER, "approver"), "root": (Role.ADMINISTRATOR, ""),
          "otto": (Role.AUDITOR, ""), "rita": (Role.READ_ONLY, ""), "mina": (Role.PROGRAMME_MANAGER, "")}  # fmt: skip
TOKEN = re.compile(r'name="token" value="([0-9a-f]+)"')


@dataclass
class People:
    """The desks of the middle and of the originator, with people at them."""

    three: Any
    offices: dict[str, Office]

    def client(self, desk: str, name: str) -> TestClient:
        client = TestClient(application(self.offices[desk], {"desk.test"}), base_url="http://desk.test")
        token = TOKEN.search(client.get("/sign-in").text)
        assert token is not None
        client.post("/sign-in", data={"name": name, "password": PASSPHRASE, "token": token[1]})
        return client

    def get(self, desk: str, name: str, path: str) -> str:
        return self.client(desk, name).get(path).text

    def post(self, desk: str, name: str, path: str, **fields: str) -> tuple[int, str, str]:
        """The status, the page where it leads and that page's text."""
        client = self.client(desk, name)
        token = TOKEN.search(client.get("/account").text)
        assert token is not None
        answer = client.post(path, data={"token": token[1], **fields})
        return answer.status_code, answer.url.path, answer.text

    def asked(self) -> tuple[str, str, str]:
        """europol's request at unodc, what interpol released to unodc, and the conversation in which unodc asks."""
        wish, first = self.three.requested("europol", "unodc", ("passportNumber",)), self.three.first()
        status, there, _ = self.post("unodc", "ana", f"/exchange/{wish}/onward", release=first)
        assert status == 200
        return wish, first, there.rpartition("/")[2]


@pytest.fixture
def people(three: Any) -> Iterator[People]:
    with ExitStack() as stack:
        offices = {}
        for desk in ("unodc", "interpol"):
            office = Office.open(three.root / desk, PASSPHRASE, clock=lambda: three.clock[0], cost=TESTS)
            stack.callback(office.folder.close)
            for name, (role, officer) in PEOPLE.items():
                office.accounts.add(name, role, PASSPHRASE, officer, three.clock[0])
            offices[desk] = office
        yield People(three, offices)


def test_fields_go_on_from_page_to_page_with_consent_and_a_second_person(people: People) -> None:
    three = people.three
    wish, first = three.requested("europol", "unodc", ("passportNumber",)), three.first()
    page = people.get("unodc", "ana", f"/exchange/{wish}")
    assert "Ask interpol whether they may go on" in page
    status, there, page = people.post("unodc", "ana", f"/exchange/{wish}/onward", release=first)
    assert status == 200
    asked = there.rpartition("/")[2]
    assert "Carry this file to interpol" in page
    assert f'href="/exchange/{asked}"' in people.get("unodc", "ana", f"/exchange/{wish}")
    assert people.post("unodc", "ana", f"/exchange/{wish}/onward", release=first)[0] == 400  # not twice
    people.post("unodc", "ana", f"/exchange/{wish}/identify", verdict="same")
    neutral = {f"neutral-{name}": answer for name, answer in NEUTRAL.items()}
    status, _, page = people.post("unodc", "paul", f"/exchange/{wish}/approve", **neutral)
    assert status == 403, "without the consent nobody can approve"

    three.carry(exchange.resend(people.offices["unodc"].party, asked), "interpol")
    assert people.post("interpol", "paul", f"/exchange/{asked}/consent", answer="yes")[0] == 200
    three.carry(exchange.resend(three.interpol, asked), "unodc")
    assert f'href="/exchange/{wish}"' in people.get("unodc", "ana", there)
    page = people.get("unodc", "paul", f"/exchange/{wish}")
    assert "They let the fields go on" in page
    assert 'type="file"' not in page, "the consent is here: no paper is asked for"
    assert people.post("unodc", "ana", f"/exchange/{wish}/approve", **neutral)[0] == 403  # who compared never approves
    assert people.post("unodc", "paul", f"/exchange/{wish}/approve", **neutral)[0] == 200
    assert people.post("unodc", "ana", f"/exchange/{wish}/release")[0] == 200
    three.carry(exchange.resend(three.unodc, wish), "europol")
    assert exchange.read(three.europol, wish, "investigation").fields == {"passportNumber": ["A0774123"]}


def test_a_no_is_told_and_the_originator_can_be_asked_again(people: People) -> None:
    wish, first, asked = people.asked()
    people.three.carry(exchange.resend(people.three.unodc, asked), "interpol")
    assert people.post("interpol", "ana", f"/exchange/{asked}/consent", answer="yes")[0] == 403
    status, _, page = people.post("interpol", "paul", f"/exchange/{asked}/consent", answer="no", reason="not for this")
    assert (status, "europol" in page) == (200, True)
    people.three.carry(exchange.resend(people.three.interpol, asked), "unodc")
    page = people.get("unodc", "ana", f"/exchange/{wish}")
    assert "They do not let the fields go on" in page
    assert "Ask interpol whether they may go on" in page
    status, there, _ = people.post("unodc", "ana", f"/exchange/{wish}/onward", release=first)
    assert status == 200
    assert not there.endswith(asked)


@pytest.mark.parametrize("name", ["root", "otto", "rita", "mina"])
def test_forced_browsing_who_may_not_act_asks_nobody_and_sees_no_source(people: People, name: str) -> None:
    wish, first = people.three.requested("europol", "unodc", ("passportNumber",)), people.three.first()
    assert people.post("unodc", name, f"/exchange/{wish}/onward", release=first)[0] == 403
    assert "interpol" not in people.get("unodc", name, f"/exchange/{wish}")
    assert exchange.sources(people.three.unodc, wish)[0].state == ""


def test_attack_release_of_another_record_or_of_the_one_who_asks(people: People) -> None:
    wish, first, asked = people.asked()
    for release in (wish, asked, "0" * 16, "", "../" + first):
        assert people.post("unodc", "ana", f"/exchange/{wish}/onward", release=release)[0] in (400, 404), release
    for path in (first, asked, "0" * 16):  # no request of a partner's
        assert people.post("unodc", "ana", f"/exchange/{path}/onward", release=first)[0] in (400, 404)
    assert len([one for one in exchange.status(people.three.unodc) if one.topic == "onward"]) == 1
