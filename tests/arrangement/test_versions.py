"""Versions of an accord: amendment, accession, withdrawal, new keys; and who tries to get round them."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest

from accord.arrangement import (
    NewParty,
    Refusal,
    adopt,
    adopted,
    card,
    create_desk,
    decide,
    draft,
    former_keys,
    keys,
    leave,
    outdated,
    protect,
    renew,
    signer,
    signing_keys,
    take_notice,
    versions,
)
from accord.arrangement import document as document_module
from accord.arrangement._kept import _in_force
from accord.arrangement.amend import Changes, amend
from accord.arrangement.check import check
from accord.arrangement.document import read_document
from accord.arrangement.model import Action, Contact
from accord.arrangement.request import Request
from accord.arrangement.signatures import add_signature
from accord.arrangement.withdrawal import withdraw
from accord.cli import main
from accord.errors import AccordError, InputError, TrustError, UsageError
from accord.ledger import Envelope, SigningKey
from accord.vault import TESTS, Folder

NOW = dt.datetime(2026, 11, 25, 12, tzinfo=dt.UTC)


class Desks:
    """Desks that sign and adopt texts."""

    def __init__(self, root: Path, *names: str) -> None:
        self.root, self.folders = root, {}
        for name in names:
            self.add(name)
        self.text = draft([card(self.folders[name]) for name in names], NOW.date())
        self.adopt(self.text, *names)

    def add(self, name: str, handling: str = "tlp") -> Folder:
        party = NewParty(name, name.upper(), Contact("Office", f"o@{name}.example"), handling=handling)
        self.folders[name] = create_desk(self.root / name, "pass", party, cost=TESTS)
        return self.folders[name]

    def signed(self, text: str, *names: str, old_keys: bool = True) -> bytes:
        document, envelope = read_document(text), None
        for name in names:
            party = document.accord.party(name)
            own = [key for key in signing_keys(self.folders[name], party) if old_keys or key.verify_key == party.sign]
            envelope = add_signature(document, envelope, name, *own)
        assert envelope is not None
        return envelope.to_bytes()

    def adopt(self, text: str, *names: str) -> None:
        signatures = self.signed(text, *names)
        for name in names:
            adopt(self.folders[name], text, signatures)

    def next(self, **changes: object) -> str:
        return amend(read_document(self.text), Changes(**changes))  # type: ignore[arg-type]

    def refuses(self, name: str, text: str, signatures: bytes) -> str:
        before = adopted(self.folders[name]).digest
        with pytest.raises(AccordError) as caught:
            adopt(self.folders[name], text, signatures)
        assert adopted(self.folders[name]).digest == before
        return caught.value.code


@pytest.fixture
def desks(tmp_path: Path) -> Desks:
    return Desks(tmp_path, "unit-a", "unit-b")


def ask(accord: object, owner: str = "unit-a", to: str = "unit-b") -> object:
    request = Request(Action.CONTACT, owner, to, "Person", ("name",), "investigation")
    return decide(request, accord, NOW)  # type: ignore[arg-type]


def test_a_new_version_changes_two_lines_and_keeps_every_comment(desks: Desks) -> None:
    old, new = desks.text.splitlines(), desks.next().splitlines()
    changed = [(a, b) for a, b in zip(old, new, strict=True) if a != b]
    assert [b.split(" = ")[0] for _, b in changed] == ["version", "previous"]
    assert changed[1][1].endswith("# the fingerprint of the version that this one replaces; empty in the first")
    desks.adopt("\n".join(new) + "\n", "unit-a", "unit-b")
    assert [accord.version for accord in versions(desks.folders["unit-a"])] == [1, 2]


def test_an_accord_in_force_from_before_a_number_had_a_bound_is_read_and_amended(
    desks: Desks, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The desk of a version of Accord that takes no two weeks between questions any more opens, and says what to write."""
    text = desks.next().replace("minutes_between = 0 ", "minutes_between = 20160 ")
    with monkeypatch.context() as before:
        before.setattr(document_module, "_MOST_MINUTES", 10**6)
        desks.adopt(text, "unit-a", "unit-b")
    _in_force.cache_clear()
    folder = desks.folders["unit-a"]
    assert (adopted(folder).version, adopted(folder).quotas.minutes_between) == (2, 20160)
    assert [one.version for one in versions(folder)] == [1, 2]

    (tmp_path / "accord.toml").write_text(text, encoding="utf-8")
    for verb in (["show", "accord.toml"], ["amend", "accord.toml", "--out", "next.toml"]):
        monkeypatch.chdir(tmp_path)
        with pytest.raises(SystemExit) as ended:
            main(["arrangement", *verb])
        assert ended.value.code == 0
    following = (tmp_path / "next.toml").read_text(encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_document(following)
    assert "minutes_between must be a number from 0 to 10,080" in str(caught.value.problems[0])
    desks.adopt(following.replace("= 20160 ", "= 10080 "), "unit-a", "unit-b")
    assert (adopted(folder).version, adopted(folder).quotas.minutes_between) == (3, 10080)


def test_attack_a_next_version_with_a_number_above_its_bound(desks: Desks, monkeypatch: pytest.MonkeyPatch) -> None:
    text = desks.next().replace("minutes_between = 0 ", "minutes_between = 20160 ")
    with monkeypatch.context() as other:
        other.setattr(document_module, "_MOST_MINUTES", 10**6)
        signatures = desks.signed(text, "unit-a", "unit-b")
    assert desks.refuses("unit-a", text, signatures) == "arrangement.document"


def test_a_third_party_accedes_with_clauses_both_ways_and_its_handling_codes(desks: Desks) -> None:
    desks.add("unit-c", handling="europol")
    text = desks.next(cards=[card(desks.folders["unit-c"])])
    document = read_document(text)
    assert not check(document, NOW.date()).problems
    ways = {(clause.giver, clause.receiver) for clause in document.accord.clauses}
    assert {("unit-c", "unit-a"), ("unit-a", "unit-c"), ("unit-b", "unit-c"), ("unit-c", "unit-b")} <= ways
    assert len({clause.id for clause in document.accord.clauses}) == len(document.accord.clauses)
    assert desks.refuses("unit-a", text, desks.signed(text, "unit-a", "unit-b")) == "arrangement.unsigned"
    desks.adopt(text, "unit-a", "unit-b", "unit-c")
    assert not isinstance(ask(adopted(desks.folders["unit-c"]), "unit-c", "unit-a"), Refusal)


def test_attack_older_version_brought_back(desks: Desks) -> None:
    first = desks.signed(desks.text, "unit-a", "unit-b")
    desks.adopt(desks.next(), "unit-a", "unit-b")
    assert desks.refuses("unit-a", desks.text, first) == "arrangement.chain"


def test_attack_version_that_skips_one_or_continues_another_text(desks: Desks) -> None:
    following = desks.next()
    for lie in (
        following.replace("version = 2", "version = 3"),
        following.replace(adopted(desks.folders["unit-a"]).digest, "0" * 64),
    ):
        assert desks.refuses("unit-a", lie, desks.signed(lie, "unit-a", "unit-b")) == "arrangement.chain"


def test_attack_signer_outside_the_accord(desks: Desks) -> None:
    text, stranger = desks.next(), SigningKey.generate()
    document = read_document(text)
    signed = Envelope.from_bytes(desks.signed(text, "unit-a")).add(stranger)
    assert desks.refuses("unit-a", text, signed.to_bytes()) == "arrangement.unsigned"
    with pytest.raises(TrustError):
        add_signature(document, signed, "unit-b", stranger)


def test_attack_partner_left_out_behind_its_back(tmp_path: Path) -> None:
    desks = Desks(tmp_path, "unit-a", "unit-b", "unit-c")
    text = desks.next(left=["unit-c"])
    assert desks.refuses("unit-a", text, desks.signed(text, "unit-a", "unit-b")) == "arrangement.expelled"


def test_withdrawal_stops_everything_at_once_here_and_there_when_known(tmp_path: Path) -> None:
    desks = Desks(tmp_path, "unit-a", "unit-b", "unit-c")
    a, b, c = desks.folders.values()
    notice = leave(c, NOW, "the mandate ended")
    assert leave(c, NOW, "again") == notice
    for owner, to in (("unit-c", "unit-a"), ("unit-a", "unit-c")):
        refusal = ask(adopted(c), owner, to)
        assert isinstance(refusal, Refusal)
        assert refusal.code == "refused.withdrawn"
        assert not isinstance(ask(adopted(a), owner, to), Refusal)  # not known there yet
    for folder in (a, b):
        assert take_notice(folder, notice).reason == "the mandate ended"
        assert isinstance(ask(adopted(folder), "unit-a", "unit-c"), Refusal)
        assert not isinstance(ask(adopted(folder)), Refusal)  # the others go on
    stays = desks.next()
    assert desks.refuses("unit-a", stays, desks.signed(stays, "unit-a", "unit-b", "unit-c")) == "arrangement.returned"
    text = desks.next(left=["unit-c"])
    assert "unit-c" not in {party.id for party in read_document(text).accord.parties}
    assert not check(read_document(text), NOW.date()).problems
    desks.adopt(text, "unit-a", "unit-b")
    desks.text = text
    back = desks.next(cards=[card(c)])  # it may accede again
    desks.adopt(back, "unit-a", "unit-b", "unit-c")
    assert not isinstance(ask(adopted(c), "unit-a", "unit-c"), Refusal)
    for folder in (a, b, c):  # attack: the old notice shown again
        with pytest.raises(TrustError):
            take_notice(folder, notice)


def test_reading_what_a_party_released_stops_when_it_leaves(desks: Desks) -> None:
    a, b = desks.folders.values()
    take_notice(b, leave(a, NOW, ""))
    read = Request(Action.READ, "unit-a", "unit-b", "Person", ("name",), "investigation")
    refusal = decide(read, adopted(b), NOW)
    assert isinstance(refusal, Refusal)
    assert refusal.code == "refused.withdrawn"


@pytest.mark.parametrize("forge", ["another key", "another accord", "a stranger", "no notice", "a long reason"])
def test_attack_forged_notice_of_withdrawal(desks: Desks, forge: str) -> None:
    a, b = desks.folders.values()
    digest, own = adopted(a).digest, keys(a).sign
    lies = {
        "another key": lambda: withdraw("unit-a", digest, SigningKey.generate(), NOW, ""),
        "another accord": lambda: withdraw("unit-a", "0" * 64, own, NOW, ""),
        "a stranger": lambda: withdraw("unit-x", digest, own, NOW, ""),
        "no notice": lambda: replace(withdraw("unit-a", digest, own, NOW, ""), payload=b"{}"),
        "a long reason": lambda: withdraw("unit-a", digest, own, NOW, "x" * 501),
    }
    with pytest.raises((TrustError, InputError)):
        take_notice(b, lies[forge]())
    assert not adopted(b).withdrawn


def test_after_all_left_a_new_accord_may_begin_and_old_notices_do_not_end_it(desks: Desks) -> None:
    a, b = desks.folders.values()
    notice = leave(a, NOW, "")
    take_notice(b, notice)
    fresh = desks.text.replace("questions_per_day = 10000", "questions_per_day = 9999")
    desks.adopt(fresh, "unit-a", "unit-b")
    assert not adopted(b).withdrawn
    with pytest.raises(TrustError):
        take_notice(b, notice)


def test_new_keys_count_from_the_version_that_names_them(desks: Desks) -> None:
    a, b = desks.folders.values()
    before = keys(a)
    fresh = renew(a)
    assert keys(a).sign.verify_key == before.sign.verify_key
    assert card(a).sign == fresh.sign != before.sign.verify_key
    text = desks.next(cards=[card(a)])
    desks.adopt(text, "unit-a", "unit-b")
    after = keys(Folder.open(a.path, "pass"))
    assert (after.sign.verify_key, after.decrypt.recipient) == (fresh.sign, fresh.decrypt)
    assert former_keys(b, "unit-a") == [fresh.sign, before.sign.verify_key]
    sealed = b"".join(a.unseal(name) for name in a.sealed_names("keys/"))
    assert before.sign.to_bytes() not in sealed  # the old secret is gone
    assert before.decrypt.to_bytes() not in sealed


def test_attack_new_key_that_the_former_key_does_not_vouch_for(desks: Desks, tmp_path: Path) -> None:
    """Somebody between the parties puts a key of their own into the next version, and unit-b signs in good faith."""
    thief = create_desk(tmp_path / "thief", "pass", NewParty("unit-a", "A", Contact("x", "x@x.example")), cost=TESTS)
    text = desks.next(cards=[card(thief)])
    document = read_document(text)
    signed = add_signature(document, None, "unit-a", keys(thief).sign)
    signed = add_signature(document, signed, "unit-b", keys(desks.folders["unit-b"]).sign)
    assert desks.refuses("unit-b", text, signed.to_bytes()) == "arrangement.new-key"


def test_a_lost_key_is_replaced_when_a_person_compared_the_new_one(desks: Desks) -> None:
    renew(desks.folders["unit-a"])
    text = desks.next(cards=[card(desks.folders["unit-a"])])
    signatures = desks.signed(text, "unit-a", "unit-b", old_keys=False)
    assert desks.refuses("unit-b", text, signatures) == "arrangement.new-key"
    assert adopt(desks.folders["unit-b"], text, signatures, ["unit-a"]).version == 2


def test_a_revoked_officer_signs_for_nothing_any_more(desks: Desks) -> None:
    text = desks.next(revoked=["unit-a/approver"])
    assert [p.property or p.code for p in check(read_document(text), NOW.date()).problems] == ["arrangement.officers"]
    renew(desks.folders["unit-a"], [("maria", ("approve",))])
    text = desks.next(cards=[card(desks.folders["unit-a"])], revoked=["unit-a/approver"])
    assert not check(read_document(text), NOW.date()).problems
    desks.adopt(text, "unit-a", "unit-b")
    accord = adopted(desks.folders["unit-b"])
    assert {officer.name for officer in accord.party("unit-a").officers} == {"analyst", "maria"}
    assert signer(desks.folders["unit-a"], "maria").key.verify_key == accord.party("unit-a").officer("maria").key  # type: ignore[union-attr]


def test_a_kill_between_adoption_and_the_change_of_keys_is_mended_at_the_next_use(
    desks: Desks, monkeypatch: pytest.MonkeyPatch
) -> None:
    a = desks.folders["unit-a"]
    fresh = renew(a)
    text = desks.next(cards=[card(a)])
    signatures = desks.signed(text, "unit-a", "unit-b")
    monkeypatch.setattr("accord.arrangement.adoption.promote", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        adopt(a, text, signatures)
    assert keys(Folder.open(a.path, "pass")).sign.verify_key == fresh.sign


def test_messages_under_an_outdated_or_unknown_version_are_told_apart(desks: Desks) -> None:
    a = desks.folders["unit-a"]
    first = adopted(a).digest
    desks.adopt(desks.next(), "unit-a", "unit-b")
    assert outdated(a, first).code == "message.outdated"
    assert "version 1, which version 2 has replaced" in outdated(a, first).message
    assert outdated(a, "0" * 64).code == "message.accord"


@pytest.mark.parametrize("changes", [{"left": ["nobody"]}, {"revoked": ["unit-a/nobody"]}, {"revoked": ["x"]}])
def test_changes_that_cannot_be_meant(desks: Desks, changes: dict[str, list[str]]) -> None:
    with pytest.raises(UsageError):
        desks.next(**changes)


def test_an_unusual_layout_is_refused_and_never_garbled(desks: Desks) -> None:
    for text in (
        desks.text.replace("version = 1", '"version" = 1'),
        desks.text.replace("version = 1", "# version = 1\nversion=1 # x").replace('previous = ""', "previous = ''"),
    ):
        with pytest.raises(InputError) as caught:
            amend(read_document(text), Changes())
        assert caught.value.code == "arrangement.layout"


def test_an_officer_takes_a_passphrase_of_their_own_and_changes_it(desks: Desks) -> None:
    a = desks.folders["unit-a"]
    key = signer(a, "approver").key.verify_key
    protect(a, "approver", "", "heron", cost=TESTS)
    with pytest.raises(InputError):
        signer(a, "approver")
    with pytest.raises(TrustError):
        protect(a, "approver", "crane", "stork", cost=TESTS)
    protect(a, "approver", "heron", "stork", cost=TESTS)
    assert signer(a, "approver", "stork").key.verify_key == key
    with pytest.raises(InputError):
        protect(a, "approver", "stork", "", cost=TESTS)
    assert signer(a, "analyst").officer == "analyst"
