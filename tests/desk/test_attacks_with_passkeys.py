"""What a thief of answers, another page, a colleague and a copied key try at the door for passkeys."""

from __future__ import annotations

import datetime as dt
import hashlib
import html
import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from starlette.testclient import TestClient

from accord.desk import application
from accord.desk.passkeys import MOST

if TYPE_CHECKING:
    from conftest import Browser, Desks

cbor2 = pytest.importorskip("cbor2", reason="the extra passkeys is not installed (make test installs it)")

PASSWORD = "seven wet stones by the ferry"
ORIGIN = "https://desk.test"
PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


def text(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def data(value: str) -> bytes:
    return urlsafe_b64decode(value + "=" * (-len(value) % 4))


@dataclass
class Authenticator:
    """A key that can be told to lie. `count` grows with each answer."""

    id: bytes = b"key number one"
    secret: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    handle: bytes = b""
    count: int = 0

    def make(self, options: dict[str, Any], origin: str = ORIGIN, flags: int = PRESENT | VERIFIED) -> str:
        self.handle = data(options["user"]["id"])
        key = cbor2.dumps({1: 1, 3: -8, -1: 6, -2: self.secret.public_key().public_bytes_raw()})
        attested = b"\x01" * 16 + len(self.id).to_bytes(2, "big") + self.id + key
        about = self._about(options["rp"]["id"], flags | ATTESTED) + attested
        said = self._said("webauthn.create", options["challenge"], origin)
        statement = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": about})
        return self._answer({"clientDataJSON": text(said), "attestationObject": text(statement)})

    def sign(self, options: dict[str, Any], origin: str = ORIGIN, flags: int = PRESENT | VERIFIED, site: str = "",
             kind: str = "webauthn.get", steps: int = 1) -> str:  # fmt: skip
        self.count += steps
        about = self._about(site or options["rpId"], flags)
        said = self._said(kind, options["challenge"], origin)
        signature = self.secret.sign(about + hashlib.sha256(said).digest())
        return self._answer({"clientDataJSON": text(said), "authenticatorData": text(about),
                             "signature": text(signature), "userHandle": text(self.handle)})  # fmt: skip

    def _about(self, site: str, flags: int) -> bytes:
        return hashlib.sha256(site.encode()).digest() + bytes([flags]) + self.count.to_bytes(4, "big")

    def _said(self, kind: str, challenge: str, origin: str) -> bytes:
        return json.dumps({"type": kind, "challenge": challenge, "origin": origin, "crossOrigin": False}).encode()

    def _answer(self, response: dict[str, str]) -> str:
        return json.dumps({"id": text(self.id), "rawId": text(self.id), "type": "public-key", "response": response,
                           "clientExtensionResults": {}, "authenticatorAttachment": "platform"})  # fmt: skip


@dataclass
class Door:
    """Interpol's desk over TLS."""

    desks: Desks

    def guest(self) -> Browser:
        browser = self.desks.browser("interpol")
        app = application(self.desks.interpol, {"desk.test"}, secure=True)
        browser.client = TestClient(app, base_url=ORIGIN)
        self.desks.open.append(browser.client)
        return browser

    def options(self, guest: Browser) -> dict[str, Any]:
        guest.get("/sign-in")
        return dict(guest.client.get("/sign-in/passkey").json())

    def to_make(self, name: str) -> tuple[Browser, dict[str, Any]]:
        browser = self.guest().sign_in(name)
        page = browser.post("/account/passkeys", {"name": "red stick", "old": PASSWORD}, on="/account")
        found = re.search(r'data-options="([^"]+)"', page)
        assert found is not None
        return browser, json.loads(html.unescape(found[1]))

    def add(self, name: str, key: Authenticator) -> Browser:
        browser, options = self.to_make(name)
        sent = {"name": "red stick", "credential": key.make(options)}
        assert "red stick" in browser.post("/account/passkeys/add", sent, on="/account")
        return browser

    def enter(self, guest: Browser, answer: str, expect: int = 200) -> str:
        return guest.post("/sign-in/passkey", {"credential": answer}, on="/sign-in", expect=expect)

    def kinds(self) -> list[str]:
        return [one.kind for one in self.desks.interpol.log.entries(about="account ana")]


@pytest.fixture
def door(desks: Desks) -> Door:
    return Door(desks)


@pytest.mark.engines
def test_passkey_signs_in_is_listed_and_removed(door: Door) -> None:
    key = Authenticator()
    owner = door.add("ana", key)
    guest = door.guest()
    assert "Today" in door.enter(guest, key.sign(door.options(guest)))
    assert "last used" in owner.get("/account")
    owner.post("/account/passkeys/remove", {"passkey": text(key.id)}, on="/account")
    assert "red stick" not in owner.get("/account")
    guest = door.guest()
    door.enter(guest, key.sign(door.options(guest)), expect=403)
    assert door.kinds()[-2:] == ["desk.passkey-added", "desk.passkey-removed"]


def test_attack_an_answer_sent_again(door: Door) -> None:
    key = Authenticator()
    door.add("ana", key)
    guest = door.guest()
    answer = key.sign(door.options(guest))
    door.enter(guest, answer)
    guest.post("/sign-out")
    door.enter(guest, answer, expect=403)


def test_attack_a_challenge_answered_twice_by_a_key_that_counts_on(door: Door) -> None:
    key = Authenticator()
    door.add("ana", key)
    guest = door.guest()
    options = door.options(guest)
    door.enter(guest, "{}", expect=403)
    door.enter(guest, key.sign(options, origin="https://evil.example"), expect=403)
    door.enter(guest, key.sign(options), expect=403)


def test_attack_an_answer_for_another_browser_or_an_hour_ago(door: Door) -> None:
    key = Authenticator()
    door.add("ana", key)
    victim, thief = door.guest(), door.guest()
    options = door.options(victim)
    thief.get("/sign-in")
    door.enter(thief, key.sign(options), expect=403)
    door.desks.clock[0] += dt.timedelta(minutes=6)
    door.enter(victim, key.sign(options), expect=403)
    assert "Today" in door.enter(victim, key.sign(door.options(victim)))


@pytest.mark.parametrize(
    "lie",
    [
        {"origin": "https://evil.example"},
        {"origin": "http://desk.test"},
        {"origin": "https://desk.test:8470"},
        {"site": "evil.example"},
        {"flags": PRESENT},
        {"flags": VERIFIED},
        {"kind": "webauthn.create"},
    ],
)
def test_attack_an_answer_made_elsewhere_or_without_its_person(door: Door, lie: dict[str, Any]) -> None:
    key = Authenticator()
    door.add("ana", key)
    guest = door.guest()
    door.enter(guest, key.sign(door.options(guest), **lie), expect=403)
    account = door.desks.interpol.accounts.get("ana")
    assert account is not None
    assert account.failures == 1, "it counts as a wrong password does"


def test_attack_a_copied_key_whose_counter_does_not_grow(door: Door) -> None:
    key = Authenticator()
    door.add("ana", key)
    copy = Authenticator(key.id, key.secret, key.handle, key.count)
    guest = door.guest()
    door.enter(guest, key.sign(door.options(guest), steps=5))
    thief = door.guest()
    door.enter(thief, copy.sign(door.options(thief)), expect=403)
    assert door.kinds()[-1] == "desk.passkey-copied"


def test_attack_a_colleagues_key_named_as_ones_own(door: Door) -> None:
    """Paul signs with his key under the id of Ana's, and names Ana's account with his own key."""
    hers, his = Authenticator(), Authenticator(b"key number two")
    door.add("ana", hers)
    door.add("paul", his)
    guest = door.guest()
    door.enter(guest, Authenticator(hers.id, his.secret, hers.handle).sign(door.options(guest)), expect=403)
    guest = door.guest()
    door.enter(guest, Authenticator(his.id, his.secret, hers.handle).sign(door.options(guest)), expect=403)
    ana = door.add("ana", Authenticator(b"key number three"))
    ana.post("/account/passkeys/remove", {"passkey": text(his.id)}, on="/account", expect=404)
    assert [one.id for one in door.desks.interpol.passkeys.of("paul")] == [text(his.id)]


@pytest.mark.parametrize("state", ["postgresql"], indirect=True)
@pytest.mark.parametrize("column", ["account", "key"])
def test_attack_a_value_of_a_key_moved_to_another_on_the_server(door: Door, column: str) -> None:
    his = Authenticator(b"key number two")
    door.add("ana", Authenticator())
    door.add("paul", his)
    other = f"(SELECT {column} FROM desk_passkey AS other WHERE other.id <> desk_passkey.id)"
    with door.desks.interpol.folder.engine().begin() as connection:
        connection.exec_driver_sql(f"UPDATE desk_passkey SET {column} = {other}")
    guest = door.guest()
    assert "vault.state" in door.enter(guest, his.sign(door.options(guest)), expect=422)


def test_administrator_takes_the_keys_of_a_lost_device_away(door: Door) -> None:
    key = Authenticator()
    owner = door.add("ana", key)
    root = door.guest().sign_in("root")
    assert "Remove passkeys: 1" in root.get("/people")
    root.post("/people/ana/passkeys", on="/people")
    assert "Remove passkeys" not in root.get("/people")
    assert "Sign in" in owner.get("/account"), "sessions end, too"
    guest = door.guest()
    door.enter(guest, key.sign(door.options(guest)), expect=403)
    guest.sign_in("ana")
    said = [one.details or {} for one in door.desks.interpol.log.entries(about="account ana")]
    assert said[-1]["by"] == "root"


@pytest.mark.parametrize("how", ["closed", "resting"])
def test_attack_the_key_of_an_account_that_is_shut(door: Door, how: str) -> None:
    key, accounts, now = Authenticator(), door.desks.interpol.accounts, door.desks.clock[0]
    door.add("ana", key)
    if how == "closed":
        accounts.close("ana", now)
    for _ in range(5):
        accounts.check("ana", "a wrong password", now)
    guest = door.guest()
    door.enter(guest, key.sign(door.options(guest)), expect=403)


def test_attack_guesses_by_passkey_make_the_account_rest(door: Door) -> None:
    key = Authenticator()
    door.add("ana", key)
    for _ in range(5):
        guest = door.guest()
        door.enter(guest, key.sign(door.options(guest), origin="https://evil.example"), expect=403)
    door.guest().sign_in("ana", expect=403)


@pytest.mark.parametrize(
    "answer",
    ["", "[]", "null", "{}", '{"id": 1}', '{"id": "AA"}', '{"id": "AA", "response": {"clientDataJSON": "e30"}}',
     "[" * 50_000, '{"id": "' + "A" * 70_000 + '"}'],
)  # fmt: skip
def test_attack_rubbish_for_an_answer(door: Door, answer: str) -> None:
    browser, _ = door.to_make("ana")
    browser.post("/account/passkeys/add", {"name": "x", "credential": answer}, on="/account", expect=400)
    door.enter(door.guest(), answer, expect=403)


@pytest.mark.parametrize("name", ["\ud800", "\0", "", "AA=", "A" * 1365, 7, None])
def test_attack_a_key_by_a_name_that_is_none_over_a_good_challenge(door: Door, name: Any) -> None:
    guest = door.guest()
    answer = json.loads(Authenticator().sign(door.options(guest)))
    door.enter(guest, json.dumps(answer | {"id": name, "rawId": name}), expect=403)


def test_answer_does_not_tell_which_keys_are_known(door: Door) -> None:
    key = Authenticator()
    door.add("ana", key)

    def refused(one: Authenticator) -> str:
        guest = door.guest()
        answer = one.sign(door.options(guest), origin="https://evil.example")
        return re.sub(r'value="\w{64}"', "", door.enter(guest, answer, expect=403))

    assert refused(key) == refused(Authenticator(b"never seen"))


@pytest.mark.parametrize("lie", [{"origin": "https://evil.example"}, {"flags": PRESENT}])
def test_attack_a_key_made_elsewhere_or_without_its_person(door: Door, lie: dict[str, Any]) -> None:
    browser, options = door.to_make("ana")
    sent = {"name": "x", "credential": Authenticator().make(options, **lie)}
    browser.post("/account/passkeys/add", sent, on="/account", expect=400)
    assert door.desks.interpol.passkeys.of("ana") == []


def test_attack_a_key_slipped_into_a_session_without_its_password(door: Door) -> None:
    """Who finds a signed-in browser cannot add a key: neither by a wrong password nor by a challenge from elsewhere."""
    browser = door.guest().sign_in("ana")
    browser.post("/account/passkeys", {"name": "x", "old": "not the password"}, on="/account", expect=400)
    _, elsewhere = door.to_make("ana")
    sign_in = door.options(door.guest()) | {"rp": {"id": "desk.test"}, "user": {"id": elsewhere["user"]["id"]}}
    for options in (elsewhere, sign_in):
        sent = {"name": "x", "credential": Authenticator().make(options)}
        browser.post("/account/passkeys/add", sent, on="/account", expect=400)
    assert door.desks.interpol.passkeys.of("ana") == []


def test_key_is_kept_once_and_an_account_has_few(door: Door) -> None:
    door.add("ana", Authenticator())
    browser, options = door.to_make("paul")
    sent = {"name": "x", "credential": Authenticator().make(options)}
    assert "kept already" in browser.post("/account/passkeys/add", sent, on="/account", expect=400)
    for number in range(MOST - 1):
        door.add("ana", Authenticator(f"key {number}".encode()))
    browser, options = door.to_make("ana")
    sent = {"name": "x", "credential": Authenticator(b"one too many").make(options)}
    assert "at most" in browser.post("/account/passkeys/add", sent, on="/account", expect=400)


def test_address_without_a_name_or_tls_offers_none(desks: Desks) -> None:
    browser = desks.at("interpol", "ana")
    assert "as localhost" in browser.get("/account")
    browser.get("/sign-in/passkey", expect=404)
