"""Loading at the desk: whole or not at all, every problem told, and files that are sent to harm it."""

from __future__ import annotations

import gzip
import io
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from accord.desk import loading as module
from accord.ledger import verify
from accord.match import Match
from accord.records import Entity

if TYPE_CHECKING:
    from conftest import Browser, Desks

GOOD = b"".join(
    b'{"id": "n%d", "schema": "Person", "properties": {"name": ["New Person %d"]}}\n' % (n, n) for n in range(30)
)
MAPPING = b'[[entity]]\nschema = "Person"\nid = "s-{no}"\nproperties.name = "Full name"\n'


def sent(browser: Browser, data: bytes, name: str = "new.jsonl", expect: int = 200, mapping: bytes = b"",
         **fields: str) -> str:  # fmt: skip
    files = {"records": (name, data)} | ({"mapping": ("m.toml", mapping)} if mapping else {})
    page = browser.post("/load", fields, on="/load", files=files, expect=expect)
    browser.office.loading.join(60)
    return browser.get("/load") if expect == 200 else page


def held(browser: Browser) -> set[str]:
    return {row.id for row in browser.office.holding.listed()}


def test_file_is_checked_and_loaded_under_its_source(desks: Desks) -> None:
    browser = desks.at("interpol", "ana")
    assert "30 new, 0 changed" in sent(browser, GOOD, purpose="investigation", source="field office")
    one = browser.office.holding.get("n7")
    assert (one.source, one.terms.purposes) == ("field office", ("investigation",))
    assert "records.load" in {entry.kind for entry in browser.office.log.entries()}
    again = sent(browser, GOOD.replace(b'Person 3"', b'Person Three"'), source="field office")
    assert "0 new, 1 changed, 29 unchanged" in again
    assert "not loaded" in sent(browser, GOOD[:80], source="field office", complete="yes")  # most of it would go
    assert "n29" in held(browser)


def test_table_is_loaded_with_its_mapping(desks: Desks) -> None:
    browser = desks.at("interpol", "ana")
    assert "nothing says what its columns mean" in sent(browser, b"no,Full name\n1,Ana\n", "staff.csv")
    assert "2 new" in sent(browser, b"no,Full name\n1,Ana\n2,Eva\n", "staff.csv", mapping=MAPPING)
    assert {"s-1", "s-2"} <= held(browser)


def test_every_problem_is_told_with_line_and_remedy_and_nothing_is_loaded(desks: Desks) -> None:
    browser = desks.at("interpol", "ana")
    before = held(browser)
    page = sent(browser, GOOD + b'{"id": "x"}\nnot json <script>\n')
    assert "not loaded" in page
    assert ">31<" in page
    assert ">32<" in page
    assert "write one JSON object a line" in page
    assert "<script>" not in page.replace('<script type="module"', "")
    assert held(browser) == before
    assert browser.office.loading.can_begin_again


def test_load_that_is_stopped_leaves_nothing_and_begins_again(desks: Desks, monkeypatch: pytest.MonkeyPatch) -> None:
    browser, before = desks.at("interpol", "ana"), held(desks.at("interpol", "ana"))
    reached, go_on, read = threading.Event(), threading.Event(), module.read_bytes
    monkeypatch.setattr(module, "_EVERY", 1)

    def slow(*given: object) -> Iterator[Entity]:
        for number, entity in enumerate(read(*given)):  # type: ignore[arg-type]
            if number == 10 and browser.office.loading.outcome.state == "loading":  # type: ignore[union-attr]
                reached.set()
                go_on.wait(30)
            yield entity

    monkeypatch.setattr(module, "read_bytes", slow)
    browser.post("/load", on="/load", files={"records": ("new.jsonl", GOOD)})
    assert reached.wait(30)
    assert "Loading:" in browser.get("/load")
    assert "another file is being loaded" in browser.post(
        "/load", on="/", files={"records": ("b.jsonl", GOOD)}, expect=409
    )
    browser.post("/load/stop", on="/load")
    go_on.set()
    browser.office.loading.join(30)
    assert "Nothing of the file is in the desk" in browser.get("/load")
    assert held(browser) == before
    assert not list(browser.office.folder.path.rglob("*unfinished*"))
    browser.post("/load/again", on="/load")
    browser.office.loading.join(30)
    assert "30 new" in browser.get("/load")


@pytest.mark.engines
def test_people_ask_compare_approve_and_review_while_a_file_is_loaded(
    desks: Desks, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours, theirs, wish = desks.requested()
    reached, go_on, read = threading.Event(), threading.Event(), module.read_bytes

    def slow(*given: object) -> Iterator[Entity]:
        yield from read(*given)  # type: ignore[arg-type]
        if theirs.office.loading.outcome.state == "loading":  # type: ignore[union-attr]
            reached.set()
            go_on.wait(120)

    monkeypatch.setattr(module, "read_bytes", slow)
    theirs.post("/load", on="/load", files={"records": ("new.jsonl", GOOD)})
    assert reached.wait(60)
    desks.release(ours, theirs, wish)
    theirs.post("/exchange/ask", {"to": "unodc", "purpose": "investigation", "case": "c-1"}, on="/exchange/ask")
    queue = theirs.office.queue
    queue.put([Match("i1", "i3", 0.9)])
    assert queue.judge(queue.waiting("ana", 1)[0].id, "ana", "same", 3).state == "same"
    assert theirs.office.loading.outcome.running  # type: ignore[union-attr]
    assert "n1" not in held(theirs)
    go_on.set()
    theirs.office.loading.join(60)
    assert "30 new" in theirs.get("/load")
    assert {"i1", "i3", "n1", "n29"} <= held(theirs)
    kinds = [entry.kind for entry in theirs.office.log.entries()]
    assert kinds.index("exchange.approved") < kinds.index("exchange.asked") < kinds.index("records.load")
    assert verify(theirs.office.folder.engine(), "interpol", theirs.office.keys.sign.verify_key) is not None


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "..\\..\\sdn.csv", "/etc/sdn.csv", "sdn.csv", "a\x00b\n.jsonl", ""]
)
def test_path_in_a_name_is_never_followed(
    desks: Desks, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """OFAC's list looks for files beside it: not for one that was sent, whatever it is called."""
    (tmp_path / "alt.csv").write_text('36,1,"aka","PLANTED NAME",-0- \n')
    (tmp_path / "add.csv").write_text('36,1,"Planted street",-0- ,-0- ,-0- \n')
    monkeypatch.chdir(tmp_path)
    browser = desks.at("interpol", "ana")
    row = b'36,"AEROCARIBBEAN AIRLINES",-0- ,"CUBA",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- \r\n'
    page = sent(browser, row, name) if name else sent(browser, row, "x")
    assert "etc" not in "".join(str(path) for path in browser.office.folder.path.rglob("*"))
    assert "PLANTED" not in page
    assert not any("PLANTED" in str(one.entity.to_dict()) for one in browser.office.holding.iterate())


def zip_bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"<row/>" * (8 << 20))
    return out.getvalue()


LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    b"<CONSOLIDATED_LIST><INDIVIDUALS><INDIVIDUAL><FIRST_NAME>&b;</FIRST_NAME></INDIVIDUAL></INDIVIDUALS></CONSOLIDATED_LIST>"
)


@pytest.mark.parametrize(
    ("name", "data", "told"),
    [
        ("bomb.jsonl.gz", gzip.compress(b'{"id": "' + b"a" * (80 << 20)), "unpacks to more than"),
        ("bomb.xlsx", zip_bomb(), "unpacks to far more"),
        ("laughs.xml", LAUGHS, ""),
        ("deep.jsonl", b'{"id":' + b"[" * 100_000, ""),
        ("cut.jsonl.gz", gzip.compress(GOOD)[:60], "cut short"),
        ("empty.jsonl", b"   ", "is empty"),
        ("old.xls", b"\xd0\xcf\x11\xe0" + b"0" * 100, ""),
        ("noise.parquet", b"PAR1" + b"\xff" * 200 + b"PAR1", ""),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_bomb_or_broken_file_is_refused_and_nothing_is_loaded(desks: Desks, name: str, data: bytes, told: str) -> None:
    browser = desks.at("interpol", "ana")
    before = held(browser)
    mapping = MAPPING if name.endswith((".xlsx", ".xls", ".parquet")) else b""
    page = sent(browser, data, name, mapping=mapping)
    assert "not loaded" in page
    assert told in page
    assert held(browser) == before


def test_huge_file_is_refused_while_it_comes(desks: Desks, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("accord.desk.forms.MOST_BYTES", 1 << 20)
    browser = desks.at("interpol", "ana")
    assert "too large" in sent(browser, GOOD * 1000, expect=413)
    assert browser.office.loading.outcome is None


def test_planted_name_never_lies_on_the_disk_in_the_open(desks: Desks, tmp_path: Path) -> None:
    browser = desks.at("interpol", "ana")
    data = GOOD.replace(b"New Person 4", b"Planted Xanthippe")
    assert "30 new" in sent(browser, data)
    for root in (tmp_path, browser.office.folder.path):
        for path in root.rglob("*"):
            if path.is_file():
                assert b"Xanthippe" not in path.read_bytes()


@pytest.mark.parametrize("name", ["paul", "mina", "root", "otto", "rita"])
def test_other_roles_load_nothing(desks: Desks, name: str) -> None:
    browser = desks.at("interpol", name)
    browser.get("/load", expect=403)
    browser.post("/load", on="/", files={"records": ("a.jsonl", GOOD)}, expect=403)
    assert "/load" not in browser.get("/")


def test_program_loads_lines_with_a_token(desks: Desks) -> None:
    from accord.desk.roles import Can

    browser = desks.at("interpol", "ana")
    office = browser.office
    account = office.accounts.get("ana")
    assert account is not None
    head = {"Authorization": f"Bearer {office.tokens.make(account, frozenset({Can.LOAD}), 5, office.now)}"}
    assert browser.client.get("/api/v1/load", headers=head).json() == {"state": "none"}
    assert browser.client.post("/api/v1/load", headers=head, content=GOOD).status_code == 200
    office.loading.join(30)
    told = browser.client.get("/api/v1/load", headers=head).json()
    assert (told["state"], told["loaded"]["added"]) == ("done", 30)
