"""Review at the desk: by buttons without a script, with seconds, undo, second opinions, and nothing for others to see."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from accord.desk import Role
from accord.records import Entity

if TYPE_CHECKING:
    from conftest import Browser, Desks

PASSWORD = "seven wet stones by the ferry"
TWICE = [
    Entity("i1", "Person", {"name": ("TRAORE, Amina Diallo",), "birthDate": ("1980-05-17",), "nationality": ("sn",)}),
    Entity("i2", "Person", {"name": ("Amina B. Diallo-Traoré",), "birthDate": ("1980-05-17",)}),
    Entity("i3", "Person", {"name": ("Bodil Ingrid Fredriksen",), "birthDate": ("1971-01-09",)}),
    Entity("i4", "Person", {"name": ("Bodil Fredriksen",), "birthDate": ("1971-01-09",)}),
]


@pytest.fixture
def analyst(build: Callable[..., Desks]) -> Browser:
    desks = build(theirs=TWICE)
    browser = desks.at("interpol", "ana")
    browser.post("/review/search", {"do": "start"}, on="/review")
    desks.interpol.finder.join(30)
    desks.interpol.accounts.add("eva", Role.ANALYST, PASSWORD, "", desks.clock[0])
    browser.desks = desks  # type: ignore[attr-defined]
    return browser


def pair_at(page: str) -> str:
    found = re.search(r'action="/review/([0-9a-f]{16})"', page)
    assert found is not None, page
    return found[1]


def test_pairs_are_judged_one_after_the_other(analyst: Browser) -> None:
    desks = analyst.desks  # type: ignore[attr-defined]
    assert "All records were compared" in analyst.get("/review")
    page = analyst.get("/review/next")
    assert "<mark>" in page
    assert "Why they may be the same" in page
    first = pair_at(page)
    desks.clock[0] += dt.timedelta(seconds=14)
    second = pair_at(analyst.post(f"/review/{first}", {"verdict": "same"}, on=f"/review/{first}"))
    assert second != first
    assert "1 judged by you, 14 s a pair" in analyst.last
    assert "No pair waits for you" in analyst.post(f"/review/{second}", {"verdict": "split"}, on=f"/review/{second}")
    assert "to be split" in analyst.get("/review")
    assert "Taken back" in analyst.post("/review/undo", on="/review")
    assert pair_at(analyst.last) == second
    held = analyst.client.get("/review/judgements").text
    assert "positive" in held
    assert "Amina" not in held
    assert "same" in analyst.get("/records/i1")


def test_second_opinion_does_not_see_the_first(analyst: Browser) -> None:
    desks = analyst.desks  # type: ignore[attr-defined]
    first = pair_at(analyst.get("/review/next"))
    analyst.post(f"/review/{first}", {"verdict": "unsure", "second": "yes"}, on=f"/review/{first}")
    eva = desks.at("interpol", "eva")
    page = eva.get("/review/next")
    assert pair_at(page) == first
    assert "a second opinion is asked for" in page
    assert "What was said" not in page
    assert "set aside with both" in eva.post(f"/review/{first}", {"verdict": "same"}, on=f"/review/{first}")
    assert "What was said" in analyst.get(f"/review/{first}")


def test_pair_judged_meanwhile_and_unknown_ones_are_told(analyst: Browser) -> None:
    first = pair_at(analyst.get("/review/next"))
    analyst.post(f"/review/{first}", {"verdict": "same"}, on=f"/review/{first}")
    assert "judged meanwhile" in analyst.post(f"/review/{first}", {"verdict": "same"}, on="/review", expect=409)
    analyst.get("/review/0000000000000000", expect=404)
    second = pair_at(analyst.get("/review/next"))
    analyst.post(f"/review/{second}", {"verdict": "maybe"}, on="/review", expect=400)


def test_pair_of_a_record_that_is_gone_goes_too(analyst: Browser) -> None:
    first = pair_at(analyst.get("/review/next"))
    analyst.office.holding.remove(["i1", "i3"])
    assert "not held any more" in analyst.get(f"/review/{first}")
    analyst.get(f"/review/{first}", expect=404)


@pytest.mark.parametrize("name", ["paul", "mina", "root", "otto", "rita"])
def test_other_roles_see_no_pair(analyst: Browser, name: str) -> None:
    first = pair_at(analyst.get("/review/next"))
    other = analyst.desks.at("interpol", name)  # type: ignore[attr-defined]
    for path in ("/review", "/review/next", f"/review/{first}", "/review/judgements"):
        other.get(path, expect=403)
    assert "/review" not in other.get("/")


def test_api_tells_the_queue_and_no_token_judges(analyst: Browser) -> None:
    from accord.desk.roles import Can

    office = analyst.office
    account = office.accounts.get("ana")
    assert account is not None
    secret = office.tokens.make(account, frozenset({Can.REVIEW}), 5, office.now)
    client = analyst.client
    head = {"Authorization": f"Bearer {secret}"}
    found = client.get("/api/v1/review", headers=head).json()
    assert found["search"] == {"state": "finished", "percent": 100, "found": 2}
    assert {frozenset((one["left"], one["right"])) for one in found["pairs"]} == {
        frozenset({"i1", "i2"}),
        frozenset({"i3", "i4"}),
    }
    assert client.get("/api/v1/review/judgements", headers=head).json() == {"judgements": []}
    assert client.post(f"/api/v1/review/{found['pairs'][0]['id']}", headers=head, json={}).status_code == 404
    assert client.post("/api/v1/review/search", headers=head, json={"do": "dance"}).status_code == 400
