"""The JSON interface: the same verbs, one error shape, tokens with scopes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
from starlette.testclient import TestClient

from accord.cli.demo.world import write_world
from accord.cli.desk import token_add
from accord.desk import Office, application
from accord.desk.api import ENDPOINTS, ROOT, openapi
from accord.desk.roles import Can
from accord.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Desks

EVERY = frozenset(
    {Can.ENTER, Can.RECORDS, Can.EXCHANGE, Can.COMPARE, Can.ACT, Can.COVERAGE, Can.LEDGER, Can.REVIEW, Can.LOAD, Can.LABEL}
)  # fmt: skip


class Program:
    """A program with a token at one desk."""

    def __init__(self, office: Office, account: str = "ana", scopes: frozenset[Can] = EVERY) -> None:
        found = office.accounts.get(account)
        assert found is not None
        self.secret = office.tokens.make(found, scopes, 30, office.now)
        self.client = TestClient(application(office, {"desk.test"}), base_url="http://desk.test")
        self.client.headers["Authorization"] = f"Bearer {self.secret}"

    def get(self, path: str, expect: int = 200, **query: str) -> Any:
        answer = self.client.get(f"{ROOT}{path}", params=query)
        assert answer.status_code == expect, answer.text
        return answer.json()

    def post(self, path: str, body: object = None, data: bytes = b"", expect: int = 200) -> bytes:
        answer = self.client.post(f"{ROOT}{path}", content=data or json.dumps(body or {}).encode())
        assert answer.status_code == expect, answer.text
        return answer.content


@pytest.fixture
def approver(desks: Desks) -> Program:
    return Program(desks.unodc, "paul", frozenset({Can.SUBJECTS}))


@pytest.fixture
def program(desks: Desks) -> Program:
    return Program(desks.unodc)


def test_a_question_and_a_request_by_programs(desks: Desks) -> None:
    ours, theirs = Program(desks.unodc), Program(desks.interpol)
    message = ours.post("/exchange/ask", {"to": "interpol", "purpose": "investigation", "case": "case-7"})
    for giver, taker in ((ours, theirs), (theirs, ours), (ours, theirs), (theirs, ours)):
        got = json.loads(taker.post("/exchange/receive", data=message))
        message = taker.client.get(f"{ROOT}/conversations/{got['conversation']}/message").content
        assert giver is not taker
    hits = ours.get("/hits")["hits"]
    assert {hit["record"] for hit in hits} == {"u1", "u2"}
    hit = next(hit["hit"] for hit in hits if hit["record"] == "u1")
    asked = ours.post(f"/hits/{hit}/request", {"properties": ["birthDate"], "purpose": "investigation"})
    wish = json.loads(theirs.post("/exchange/receive", data=asked))["conversation"]
    assert theirs.get(f"/conversations/{wish}")["state"] == "requested"
    refused = json.loads(theirs.post(f"/conversations/{wish}/release", expect=403))
    assert refused["error"]["clause"]


def test_records_accord_and_ledger_can_be_read(desks: Desks) -> None:
    program = Program(desks.unodc)
    assert [row["id"] for row in program.get("/records", text="amina")["records"]] == ["u1"]
    assert program.get("/records/u1")["entity"]["schema"] == "Person"
    assert program.get("/records/nobody", expect=404)["error"]["code"] == "records.absent"
    wish = {"from": "unodc", "to": "interpol", "level": "blind", "schema": "Person", "purpose": "investigation"}
    assert program.get("/accord/may", **wish, property="name")["answer"] == "permitted"
    assert program.get("/accord/may", **wish, property="religion")["answer"] == "refused"
    assert json.loads(program.post("/ledger/verify"))["entries"] > 0


def test_attack_a_row_removed_is_found_by_who_verifies_in_the_browser_or_by_program(desks: Desks) -> None:
    desks.requested()
    program, browser = Program(desks.unodc), desks.at("unodc", "otto")
    assert "none altered" in browser.post("/ledger", {}, on="/ledger")
    with desks.unodc.folder.engine().begin() as connection:
        connection.exec_driver_sql("DELETE FROM exchange_session")
    assert json.loads(program.post("/ledger/verify", expect=422))["error"]["code"] == "ledger.rows"
    assert "its row is gone" in browser.post("/ledger", {}, on="/ledger")


@pytest.mark.engines
def test_token_does_what_its_scopes_name_and_no_more(desks: Desks) -> None:
    program = Program(desks.unodc, scopes=frozenset({Can.LEDGER}))
    for one in ENDPOINTS:
        path = ROOT + one.path.replace("{id}", "0" * 16).replace("{id:path}", "u1").replace("{kind}", "gaps")
        answer = program.client.request(one.method, path)
        assert (answer.status_code == 403) == (one.needs is not Can.LEDGER), (path, answer.text)


@pytest.mark.engines
def test_answers_of_a_desk_at_work_are_as_described(desks: Desks, tmp_path: Path) -> None:
    places = {"records": "u1", "activities": "unite-002", "conversations": desks.requested()[2]}
    desks.unodc.maps.plan = write_world(tmp_path, ordinary=20).plan
    program, tried = Program(desks.unodc), 0
    program.post("/load", data=b'{"id": "n1", "schema": "Person", "properties": {"name": ["New"]}}')
    desks.unodc.loading.join(60)
    described: Any = openapi()["paths"]
    for path, operations in described.items():
        answer = (
            operations.get("get", {}).get("responses", {}).get("200", {}).get("content", {}).get("application/json")
        )
        if answer and not path.endswith(("/may", "/onward")):
            identity = next((one for word, one in places.items() if word in path), "")
            got = program.get(path.removeprefix(ROOT).replace("{kind}", "gaps").replace("{id}", identity))
            jsonschema.validate(got, answer["schema"])
            tried += 1
    assert tried > 12


def test_token_cannot_be_given_what_the_role_lacks(desks: Desks) -> None:
    for name, scope in (("root", Can.RECORDS), ("mina", Can.EXCHANGE), ("otto", Can.COMPARE), ("ana", Can.APPROVE)):
        with pytest.raises(InputError, match="does not allow"):
            Program(desks.unodc, name, frozenset({scope}))


@pytest.mark.engines
def test_token_dies_with_its_account_its_day_and_its_closing(desks: Desks) -> None:
    first, second, third = (
        Program(desks.unodc),
        Program(desks.unodc, "otto", frozenset({Can.LEDGER})),
        Program(desks.unodc),
    )
    desks.unodc.accounts.close("otto", desks.clock[0])
    assert second.get("/ledger", expect=401)["error"]["code"] == "api.token"
    desks.unodc.tokens.close(next(one.id for one in desks.unodc.tokens.all() if one.account == "ana"), desks.clock[0])
    answers = [program.client.get(f"{ROOT}/status").status_code for program in (first, third)]
    assert sorted(answers) == [200, 401]
    desks.clock[0] = desks.clock[0].replace(year=desks.clock[0].year + 1)
    assert first.client.get(f"{ROOT}/accord").status_code == 401


def test_signed_in_browser_has_no_way_in_without_a_token(desks: Desks) -> None:
    """A web page can make a browser send cookies; it cannot make it send a token."""
    browser = desks.at("unodc", "ana")
    for one in ENDPOINTS:
        assert browser.client.request(one.method, ROOT + one.path).status_code == 401


def test_what_there_is_no_path_or_method_for_is_told_in_the_same_shape(program: Program) -> None:
    assert program.get("/nowhere", expect=404)["error"]["code"] == "api.path"
    answer = program.client.delete(f"{ROOT}/load")
    assert (answer.status_code, answer.json()["error"]["code"]) == (405, "api.method")
    assert {"GET", "POST"} <= set(answer.headers["allow"].split(", "))


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/records", {"limit": "1001"}),
        ("/records", {"limit": "-1"}),
        ("/ledger", {"from": "x"}),
        ("/hits", {"more": "1"}),
    ],
)
def test_field_that_is_not_as_described_is_refused(program: Program, path: str, query: dict[str, str]) -> None:
    assert program.get(path, expect=400, **query)["error"]["code"] == "api.field"


def test_help_for_making_a_token_names_every_scope_that_a_call_needs() -> None:
    told = " ".join((token_add.help or "").split()).partition("Scopes: ")[2].partition(", as far")[0]
    assert set(told.split(", ")) == {one.needs.value for one in ENDPOINTS}


def test_secret_of_a_token_is_kept_nowhere(desks: Desks) -> None:
    program = Program(desks.unodc)
    with desks.unodc.folder.engine().connect() as connection:
        rows = connection.exec_driver_sql("SELECT * FROM desk_token").all()
    assert not any(program.secret in str(row) for row in rows)


def test_approving_comparing_and_consenting_are_for_people() -> None:
    assert not any(word in one.path for one in ENDPOINTS for word in ("approve", "identify", "consent"))


def test_person_is_found_corrected_restricted_and_erased_by_a_program(desks: Desks, approver: Program) -> None:
    found = json.loads(approver.post("/persons/find", {"name": "Amina Diallo-Traoré"}))["found"]
    assert [one["id"] for one in found if one["kind"] == "record"] == ["u1"]
    holding = desks.unodc.holding
    mended = {"id": "u1", "schema": "Person", "properties": {"name": ["Amina Diallo"]}}
    approver.post("/persons/correct", data=json.dumps(mended).encode())
    assert holding.get("u1").entity.get("name") == ("Amina Diallo",)
    for verb, restricted in (("restrict", True), ("lift", False)):
        approver.post(f"/persons/{verb}", {"records": ["u1"], "reason": "contested"})
        assert holding.get("u1").terms.restricted is restricted
    erase = {"records": ["u1"], "reason": "unlawful", "sure": "no"}
    assert json.loads(approver.post("/persons/erase", erase, expect=400))["error"]["code"] == "api.field"
    receipt = json.loads(approver.post("/persons/erase", erase | {"sure": "yes"}))
    assert receipt["software_did"]
    assert "u1" not in holding.named({"u1"})
    letters = [json.loads(approver.post("/persons/answer", {"asker": "N N"}))["letter"] for _ in range(2)]
    assert letters[0] == letters[1]
    Program(desks.unodc).post("/persons/find", {"name": "Amina"}, expect=403)


def test_label_is_corrected_and_told_by_a_program(desks: Desks, program: Program, tmp_path: Path) -> None:
    path = "/coverage/activities/unite-002"
    assert program.get(path, expect=404)["error"]["code"] == "coverage.none"
    desks.unodc.maps.plan = write_world(tmp_path, ordinary=20).plan
    assert program.get(path)["said"] == []
    program.post(path, {"areas": ["explosives"], "functions": ["operations"], "note": "read the paper"})
    told = program.get(path)
    assert (told["areas"], told["functions"]) == (["explosives"], ["operations"])
    assert told["said"][0]["account"] == "ana"
    program.post(path, {"areas": ["nothing"]}, expect=422)
    program.get("/coverage/activities/none", expect=404)


def test_count_loads_versions_and_things_made_by_a_program(desks: Desks, program: Program) -> None:
    wish = {"to": "interpol", "purpose": "investigation", "case": "case-7"}
    assert program.get("/counts") == {"counts": []}
    asked = program.post("/exchange/count", wish)
    got = json.loads(Program(desks.interpol).post("/exchange/receive", data=asked))
    assert [(one["session"], one["told"]) for one in program.get("/counts")["counts"]] == [(got["conversation"], None)]
    assert program.get("/derived") == {"derived": []}
    made = {"name": "a note", "purpose": "investigation", "releases": "0" * 16}
    answer = program.client.post(f"{ROOT}/derived", params=made, content=b"text")
    assert answer.status_code == 404, answer.text
    assert program.get("/loads")["loads"][0]["source"] == "ours.jsonl"
    assert program.get("/accord/versions")["versions"][0]["version"] == 1
