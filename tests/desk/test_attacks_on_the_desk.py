"""What a curious colleague, another web page, a counterparty with a pen and a guesser of passwords try at a desk."""

from __future__ import annotations

import datetime as dt
import re
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from accord.desk import Role
from accord.desk.accounts import Accounts
from accord.desk.pages import PAGES
from accord.errors import InputError
from accord.exchange import state
from accord.exchange.state import Session
from accord.records import Entity

if TYPE_CHECKING:
    from conftest import Desks

PASSWORD = "seven wet stones by the ferry"
TRICK = '<script>alert(1)</script><img src=x onerror=alert(1)>" onmouseover="alert(1)\' {{ 7*7 }} \u202egnp.exe\x1b[2J'
PLACES = {"id": "0" * 16, "hit": "0" * 16, "index": "0", "name": "ana", "id:path": "i1", "code": "KEN", "area": "drugs",
          "kind": "gaps", "number": "1"}  # fmt: skip


def filled(path: str) -> str:
    return re.sub(r"\{([^}]+)\}", lambda found: PLACES[found[1]], path)


# --- another web page (CSRF, DNS rebinding, framing) -----------------------------------------------------------------


@pytest.mark.parametrize("origin", ["https://evil.example", "http://desk.test:8471", "null", "http://127.0.0.1:8470"])
def test_forged_form_from_another_page_does_nothing(desks: Desks, origin: str) -> None:
    root = desks.at("unodc", "root")
    token = re.search(r'name="token" value="(\w+)"', root.get("/people"))
    assert token is not None
    sent = {"token": token[1]}
    answer = root.client.post("/people/ana/close", data=sent, headers={"Origin": origin})
    assert answer.status_code == 403
    answer = root.client.post("/people/ana/close", data=sent, headers={"Sec-Fetch-Site": "same-site"})
    assert answer.status_code == 403
    account = desks.unodc.accounts.get("ana")
    assert account is not None
    assert not account.closed


@pytest.mark.parametrize("token", ["", "0" * 64, "é"])
def test_form_without_its_sessions_token_does_nothing(desks: Desks, token: str) -> None:
    root = desks.at("unodc", "root")
    assert root.client.post("/people/ana/close", data={"token": token}).status_code == 403


def test_token_of_another_session_is_worth_nothing(desks: Desks) -> None:
    root, other = desks.at("unodc", "root"), desks.at("unodc", "root")
    token = re.search(r'name="token" value="(\w+)"', other.get("/people"))
    assert token is not None
    assert root.client.post("/people/ana/close", data={"token": token[1]}).status_code == 403


def test_attack_the_token_of_a_session_read_off_the_form_for_signing_in(desks: Desks) -> None:
    """Administrators see the names of sessions; a browser may call itself what it likes before it signs in."""
    desks.at("unodc", "ana")
    session = desks.unodc.sessions.all(desks.clock[0])[0].id
    guest = desks.browser("unodc")
    guest.client.cookies.set("accord-unodc-form", session)
    assert desks.unodc.sessions.token(session) not in guest.get("/sign-in")


def test_sign_in_form_of_another_page_does_not_sign_in(desks: Desks) -> None:
    browser = desks.browser("unodc")
    answer = browser.client.post("/sign-in", data={"name": "ana", "password": PASSWORD, "token": "0" * 64})
    assert answer.status_code == 403
    assert "Sign in" in browser.get("/")


@pytest.mark.parametrize("host", ["evil.example", "desk.test:81", "desk.test.evil.example", "", "127.0.0.1"])
def test_rebound_name_is_not_answered(desks: Desks, host: str) -> None:
    answer = desks.browser("unodc").client.get("/sign-in", headers={"Host": host})
    assert answer.status_code == 421
    assert "accord" not in answer.text


def test_every_answer_carries_the_strict_policy(desks: Desks) -> None:
    client = desks.at("unodc", "ana").client
    for path in ("/", "/exchange", "/nowhere", "/static/0/desk.css", "/people"):
        policy = client.get(path).headers["content-security-policy"]
        assert "unsafe" not in policy
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
    assert client.get("/").headers["cache-control"] == "no-store"
    assert client.get("/", headers={"Host": "evil.example"}).headers["x-content-type-options"] == "nosniff"


# --- sessions and passwords ------------------------------------------------------------------------------------------


def test_planted_session_cookie_is_not_taken_up(desks: Desks) -> None:
    """Session fixation: a name that the browser brought is never the session's name after sign-in."""
    browser = desks.browser("unodc")
    browser.client.cookies.set("accord-unodc", "planted")
    browser.sign_in("ana")
    assert browser.client.cookies.get("accord-unodc", domain="desk.test", path="/") != "planted"
    other = desks.browser("unodc")
    other.client.cookies.set("accord-unodc", "planted")
    assert "Sign in" in other.get("/")


def test_sign_in_again_ends_the_session_before(desks: Desks) -> None:
    browser = desks.at("unodc", "ana")
    before = dict(browser.client.cookies)["accord-unodc"]
    browser.post("/sign-out")
    browser.client.cookies.set("accord-unodc", before)
    assert "Sign in" in browser.get("/")


def test_cookie_is_hidden_from_scripts_and_other_sites(desks: Desks) -> None:
    browser = desks.browser("unodc")
    token = re.search(r'name="token" value="(\w+)"', browser.get("/sign-in"))
    assert token is not None
    sent = {"name": "ana", "password": PASSWORD, "token": token[1]}
    answer = browser.client.post("/sign-in", data=sent, follow_redirects=False)
    cookie = next(each for each in answer.headers.get_list("set-cookie") if each.startswith("accord-unodc="))
    assert "HttpOnly" in cookie
    assert "samesite=strict" in cookie.lower()


def test_session_ends_when_idle_and_when_old(desks: Desks) -> None:
    browser = desks.at("unodc", "ana")
    for _ in range(30):
        desks.clock[0] += dt.timedelta(minutes=25)
        if "Sign in" in browser.get("/"):
            break
    assert "Sign in" in browser.get("/"), "twelve hours are the end"
    browser.sign_in("ana")
    desks.clock[0] += dt.timedelta(minutes=31)
    assert "Sign in" in browser.get("/")


@pytest.mark.engines
def test_guessing_locks_the_account_even_for_the_right_password(desks: Desks) -> None:
    browser = desks.browser("unodc")
    answers = {browser.post("/sign-in", {"name": "ana", "password": f"wrong {n}"}, on="/sign-in", expect=403)
               .replace(browser.last, "") for n in range(5)}  # fmt: skip
    assert len(answers) == 1
    browser.sign_in("ana", expect=403)
    desks.clock[0] += dt.timedelta(minutes=2)
    browser.sign_in("ana")
    assert "Today" in browser.get("/")


def test_attack_many_passwords_guessed_at_the_same_moment(desks: Desks, monkeypatch: pytest.MonkeyPatch) -> None:
    """All look at the account before one of them is counted."""
    accounts, many, opens = desks.unodc.accounts, 8, Accounts._opens
    looked = threading.Barrier(many)

    def together(self: Accounts, lock: bytes, password: str) -> bool:
        looked.wait(30)
        return opens(self, lock, password)

    monkeypatch.setattr(Accounts, "_opens", together)
    with ThreadPoolExecutor(many) as pool:
        list(pool.map(lambda number: accounts.check("ana", f"wrong number {number}", desks.clock[0]), range(many)))
    ana = accounts.get("ana")
    assert ana is not None
    assert (ana.failures, ana.resting(desks.clock[0])) == (5, True)


def test_attack_the_right_password_among_guesses_that_made_the_account_rest(
    desks: Desks, monkeypatch: pytest.MonkeyPatch
) -> None:
    accounts, opens = desks.unodc.accounts, Accounts._opens

    def meanwhile(self: Accounts, lock: bytes, password: str) -> bool:
        monkeypatch.setattr(Accounts, "_opens", opens)
        for number in range(5):
            accounts.check("ana", f"wrong number {number}", desks.clock[0])
        return opens(self, lock, password)

    monkeypatch.setattr(Accounts, "_opens", meanwhile)
    assert accounts.check("ana", PASSWORD, desks.clock[0]) is None


@pytest.mark.engines
def test_attack_secrets_kept_beyond_their_days_by_a_desk_that_stays_open(desks: Desks) -> None:
    """People who work in a browser only: what nobody answered ends there as well, by the first page of a day."""
    ours = desks.at("unodc", "ana")
    ours.post("/exchange/ask", {"to": "interpol", "purpose": "investigation", "case": "case-7"}, on="/exchange/ask")
    desks.clock[0] += dt.timedelta(days=31)
    desks.at("unodc", "ana").get("/exchange")
    with desks.unodc.party.reading() as connection:
        assert [(one.state, one.secret) for one in state.find(connection, Session)] == [("lapsed", None)]


def test_answer_does_not_tell_which_names_exist(desks: Desks) -> None:
    def refused(name: str) -> str:
        browser = desks.browser("unodc")
        text = browser.post("/sign-in", {"name": name, "password": "not the password"}, on="/sign-in", expect=403)
        return re.sub(r'value="\w{64}"', "", text)

    assert refused("ana") == refused("nobody")


def test_then_leads_nowhere_else(desks: Desks) -> None:
    for there in ("//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)"):
        browser = desks.browser("unodc")
        token = re.search(r'name="token" value="(\w+)"', browser.get("/sign-in"))
        assert token is not None
        sent = {"name": "ana", "password": PASSWORD, "then": there, "token": token[1]}
        answer = browser.client.post("/sign-in", data=sent, follow_redirects=False)
        assert answer.headers["location"] == "/"


@pytest.mark.engines
def test_closed_account_is_out_at_once(desks: Desks) -> None:
    browser = desks.at("unodc", "ana")
    desks.at("unodc", "root").post("/people/ana/close", on="/people")
    assert "Sign in" in browser.get("/")
    browser.sign_in("ana", expect=403)


# --- colleagues (forced browsing, two persons) -----------------------------------------------------------------------


@pytest.mark.parametrize("name", ["ana", "paul", "mina", "root", "otto", "rita"])
def test_forced_browsing_gives_no_page_that_the_role_lacks(desks: Desks, name: str) -> None:
    browser = desks.at("unodc", name)
    role = browser.office.accounts.get(name)
    assert role is not None
    tried = 0
    for page in PAGES:
        for method, do in (("GET", page.get), ("POST", page.post)):
            needs = [page.needs, page.post_needs if method == "POST" else None]
            if do is None or all(what is None or role.role.may(what) for what in needs):
                continue
            tried += 1
            token = re.search(r'name="token" value="(\w+)"', browser.get("/"))
            assert token is not None
            sent = {"token": token[1]} if method == "POST" else None
            answer = browser.client.request(method, filled(page.path), data=sent)
            assert answer.status_code == 403, (name, method, page.path, answer.status_code)
    assert tried or name == "ana"


def test_nobody_gets_anything_without_signing_in(desks: Desks) -> None:
    browser = desks.browser("unodc")
    for page in PAGES:
        if page.needs is None:
            continue
        for method, do in (("GET", page.get), ("POST", page.post)):
            if do is not None:
                answer = browser.client.request(method, filled(page.path), follow_redirects=False)
                assert answer.status_code == 303, page.path
                assert answer.headers["location"].startswith("/sign-in")


def test_auditor_and_administrator_see_no_field_of_a_record(desks: Desks) -> None:
    _, _, wish = desks.requested()
    auditor = desks.at("interpol", "otto")
    page = auditor.get(f"/exchange/{wish}")
    for value in ("Diallo", "A0774123", "1980"):
        assert value not in page
        assert value not in auditor.get("/ledger")
    desks.at("interpol", "root").get(f"/exchange/{wish}", expect=403)


@pytest.mark.engines
def test_one_officer_is_one_account(desks: Desks) -> None:
    """An administrator cannot give a second account the approver's key, nor sign as one."""
    accounts = desks.unodc.accounts
    with pytest.raises(InputError, match="signs as approver"):
        accounts.add("second", Role.APPROVER, PASSWORD, "approver", desks.clock[0])
    with pytest.raises(InputError, match="signs nothing"):
        accounts.add("admin2", Role.ADMINISTRATOR, PASSWORD, "approver", desks.clock[0])
    with pytest.raises(InputError, match="may approve"):
        accounts.add("third", Role.APPROVER, PASSWORD, "analyst", desks.clock[0])


@pytest.mark.engines
def test_each_change_of_accounts_stands_in_the_ledger(desks: Desks) -> None:
    desks.at("unodc", "root").post("/people/ana/close", on="/people")
    last = list(desks.unodc.log.entries())[-1]
    assert (last.kind, last.about, last.details) == ("desk.account-closed", "account ana", {"by": "root"})


def test_the_page_says_when_an_analyst_is_made_and_nobody_can_approve(desks: Desks) -> None:
    root, fields = desks.at("unodc", "root"), {"role": "analyst", "password": PASSWORD, "officer": ""}
    assert "Nobody can approve yet" not in root.post("/people", {"name": "bo", **fields}, on="/people")
    root.post("/people/paul/close", on="/people")
    assert "Nobody can approve yet" in root.post("/people", {"name": "jo", **fields}, on="/people")


# --- counterparties with a pen (XSS through records and messages) ----------------------------------------------------


def tricky(kind: str, identity: str, **more: str) -> Entity:
    known = {"Person": ("name", "alias", "birthPlace", "position", "notes", "address", "summary", "passportNumber")}
    fields = {name: (f"{TRICK} {name}",) for name in known[kind]} | {name: (text,) for name, text in more.items()}
    return Entity(identity, kind, {**fields, TRICK: (TRICK,)})


def test_no_text_of_a_record_becomes_markup(build: object) -> None:
    ours = tricky("Person", 'u"><script>1', name="Amina Diallo-Traoré", birthDate="1980-05-17")
    theirs = tricky("Person", "i1", name="TRAORE Amina Diallo", birthDate="1980-05-17")
    desks: Desks = build(ours=[ours], theirs=[theirs])  # type: ignore[operator]
    browser, other = desks.asked()
    path = re.search(r"(/exchange/hits/[0-9a-f]{16}/request)", browser.get("/exchange/hits"))
    assert path is not None
    browser.post(path[1], {"property": "summary", "purpose": "investigation"}, on=path[1])
    wish = browser.conversation
    other.receive(browser.message(wish))
    record = re.search(r'href="(/records/[^"]+)"', browser.get("/records"))
    assert record is not None
    for page in (browser.get(record[1]), browser.get("/records"), browser.get(path[1]), other.get(f"/exchange/{wish}"),
                 browser.get("/records?text=%22%3E%3Cscript%3Ealert(1)%3C/script%3E"), browser.get("/exchange/hits")):  # fmt: skip
        assert "<script>" not in page
        assert "<img src=x" not in page
        assert 'onmouseover="alert' not in page
        assert "\u202e" not in page
        assert "\x1b" not in page


def test_attack_script_in_a_name_that_is_called_none(build: object) -> None:
    ours = tricky("Person", "u1", name="N/A<script>", alias="Redacted \u202e")
    desks: Desks = build(ours=[ours])  # type: ignore[operator]
    page = desks.at("unodc", "ana").get("/records/u1")
    assert "stands for a name that is not known" in page
    assert "<script>" not in page
    assert "\u202e" not in page


def test_case_number_of_a_partner_is_only_text(desks: Desks) -> None:
    ours, theirs = desks.at("unodc", "ana"), desks.at("interpol", "ana")
    case = '<script>alert(1)</script>"onload="x'
    ours.post("/exchange/ask", {"to": "interpol", "purpose": "investigation", "case": case}, on="/exchange/ask")
    page = theirs.receive(ours.message(ours.conversation))
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


# --- files from outside ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["../../party.toml", "/etc/passwd", "..\\..\\vault.json", "a\x00b", "x" * 5000])
def test_name_of_an_upload_is_never_a_path(desks: Desks, name: str) -> None:
    browser = desks.at("unodc", "ana")
    before = {path: path.stat().st_mtime_ns for path in desks.unodc.folder.path.rglob("*") if path.is_file()}
    token = re.search(r'name="token" value="(\w+)"', browser.get("/exchange"))
    assert token is not None
    answer = browser.client.post(
        "/exchange/receive", data={"token": token[1]}, files={"message": (name, b"no message")}
    )
    assert answer.status_code == 400
    after = {path: path.stat().st_mtime_ns for path in desks.unodc.folder.path.rglob("*") if path.is_file()}
    assert set(after) == set(before)


def test_path_of_a_page_or_file_never_reaches_the_disk(desks: Desks) -> None:
    browser = desks.at("unodc", "ana")
    for path in ("/static/../party.toml", "/static/0/..%2f..%2fparty.toml", "/records/..%2f..%2fvault.json",
                 "/exchange/..%2fparty.toml", "/exchange/%00"):  # fmt: skip
        assert browser.client.get(path).status_code == 404


def test_huge_file_is_refused_while_it_comes(desks: Desks, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("accord.desk.forms.MOST_BYTES", 1 << 20)
    browser = desks.at("unodc", "ana")
    answer = browser.client.post("/exchange/receive", files={"message": ("m", b"0" * (2 << 20))})
    assert answer.status_code == 413


def test_upload_leaves_nothing_in_the_temporary_folder(
    desks: Desks, tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    import tempfile

    def refuse(*_args: object, **_more: object) -> None:
        raise AssertionError("a form reached the disk")

    monkeypatch.setattr(tempfile.SpooledTemporaryFile, "rollover", refuse)
    desks.at("unodc", "ana").receive(b"planted name " * 400_000, expect=400)


def test_fault_of_ours_shows_no_value(
    desks: Desks, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(*_given: object) -> None:
        raise ValueError("Amina Diallo, born 1980")

    browser = desks.at("unodc", "ana")
    monkeypatch.setattr("accord.exchange.conversations", broken)
    page = browser.get("/exchange", expect=500)
    printed = capsys.readouterr()
    assert "Amina" not in page + printed.out + printed.err
    assert "ValueError" in printed.err


@pytest.mark.parametrize("name", ["mina", "root"])
def test_who_may_not_see_records_cannot_tell_what_is_held(desks: Desks, name: str) -> None:
    """Rule 9 at the desk: pages of roles without records are the same bytes before and after a load."""
    browser = desks.at("interpol", name)
    paths = ("/", "/accord", "/coverage", "/records", "/records?text=amina", "/records/i1", "/records/p9", "/account")

    def seen() -> list[tuple[int, bytes]]:
        answers = [browser.client.get(path) for path in paths]
        return [(answer.status_code, answer.content) for answer in answers]

    before = seen()
    more = [Entity(f"p{number}", "Person", {"name": (f"Amina Number {number}",)}) for number in range(60)]
    desks.interpol.holding.load(more, source="more.jsonl", at=desks.clock[0])
    assert seen() == before
