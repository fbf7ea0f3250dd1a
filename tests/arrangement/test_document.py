"""The document: a draft is fit to sign, and every flaw is found with its line."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accord.arrangement import adopt, adopted, card, keys, officers, signer
from accord.arrangement.check import check
from accord.arrangement.desk import CARD, NewParty, create_desk
from accord.arrangement.document import read_card, read_document
from accord.arrangement.draft import draft
from accord.arrangement.model import Contact
from accord.arrangement.show import as_text, page
from accord.arrangement.signatures import add_signature, standing, verified
from accord.errors import InputError, TrustError, UsageError
from accord.ledger import Envelope, SigningKey
from accord.vault import TESTS, Folder

TODAY = dt.date(2026, 11, 24)
NEVER = '\n[[clause]]\nid = "no"\ntitle = "No"\nfrom = "*"\nto = "*"\nschemata = ["*"]\nproperties = [%s]\nlevel = "never"\n'


def findings(text: str) -> list[tuple[str, int | None]]:
    found = check(read_document(text, "accord.toml"), TODAY)
    return [(problem.code.removeprefix("arrangement."), problem.line) for problem in found.problems]


def line_of(text: str, words: str) -> int:
    return next(number for number, line in enumerate(text.splitlines(), start=1) if words in line)


def test_a_draft_has_no_problem_and_asks_for_nothing_sensitive(world) -> None:
    found = check(read_document(world.text, "accord.toml"), TODAY)
    assert found.problems == ()
    assert found.notes == ()
    assert world.accord.quotas.questions_per_day == 10_000


def test_a_draft_needs_two_different_parties(world) -> None:
    one = card(world.folders["unit-a"])
    for cards in ([], [one], [one, one]):
        with pytest.raises(InputError):
            draft(cards, TODAY)


@settings(max_examples=40, deadline=None)
@given(
    st.text(min_size=1).filter(lambda text: text.strip() and not any(0xD800 <= ord(sign) <= 0xDFFF for sign in text))
)
def test_attack_name_that_would_write_toml(name: str) -> None:
    key = SigningKey.from_bytes(bytes(32))
    base = read_party()
    from dataclasses import replace

    hostile = replace(base, name=name, contact=Contact(name))
    other = replace(base, id="other", sign=key.verify_key)
    accord = read_document(draft([hostile, other], TODAY)).accord
    assert accord.parties[0].name == name
    assert len(accord.clauses) == 5


def read_party():
    from accord.arrangement.model import Party
    from accord.ledger import DecryptKey

    sign = SigningKey.from_bytes(bytes([1]) * 32)
    return Party("one", "One", Contact("Office"), sign.verify_key, DecryptKey.generate().recipient, ())


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ('level = "contact"', 'level = "contract"', "shape"),
        ("questions_per_day", "question_per_day", "unknown"),
        ("begins = 2026-11-24", 'begins = "soon"', "shape"),
        ('to = "unit-b"', 'too = "unit-b"', "unknown"),
        ("protected = false", 'protected = "no"', "shape"),
        ("marks_per_session = 500000", "marks_per_session = -1", "shape"),
        ('roles = ["approve"]', 'roles = ["admin"]', "shape"),
        ("version = 1", "version = 1.5", "shape"),
    ],
)
def test_a_document_that_cannot_be_read_says_where(world, old: str, new: str, code: str) -> None:
    text = world.text.replace(old, new, 1)
    with pytest.raises(InputError) as caught:
        read_document(text, "accord.toml")
    first = caught.value.problems[0]
    assert first.code == f"arrangement.{code}"
    assert first.line == line_of(text, new) if code != "unknown" or "too" not in new else first.line


@pytest.mark.parametrize("number", ["inf", "-inf", "nan", "1e400"])
def test_attack_a_quota_that_is_no_number(world, number: str) -> None:
    text = world.text.replace("records_per_answer = 1000000", f"records_per_answer = {number}", 1)
    with pytest.raises(InputError):
        read_document(text)


def test_all_problems_at_once(world) -> None:
    text = world.text.replace('level = "contact"', 'level = "all"').replace("version = 1", "version = 0")
    with pytest.raises(InputError) as caught:
        read_document(text)
    assert len(caught.value.problems) >= 7


@pytest.mark.parametrize("text", ["", "a =", "[[party]]", "party = 1", "x" * 1000, "title = '\x00'"])
def test_what_is_no_accord(text: str) -> None:
    with pytest.raises(InputError):
        read_document(text, "accord.toml")


@settings(max_examples=150, deadline=None)
@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    with pytest.raises(InputError):
        read_document(text, "accord.toml")


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("ends = 2028-11-24", "ends = 2026-11-01", "term"),
        ("review = 2027-11-24", "review = 2029-11-24", "term"),
        ("version = 1", "version = 2", "version"),
        ('"trafficking-in-persons"', '"jaywalking"', "area"),
        ('mandates = ["legal"', 'mandates = ["spying"', "mandate"),
        ('handling = "tlp" ', 'handling = "own" ', "handling"),
        ('from = "unit-a"', 'from = "unit-z"', "never-applies"),
        ('from = "unit-a"', 'from = "unit-b"', "never-applies"),
        ('purposes = ["investigation"', 'purposes = ["curiosity"', "purpose"),
        ('properties = ["name"', 'properties = ["religion", "name"', "sensitive"),
        ('id = "1.2"', 'id = "1.1"', "twice"),
        ('handling = "tlp:AMBER+STRICT"', 'handling = "tlp:PINK"', "handling"),
        ('handling = "tlp:AMBER+STRICT"', 'handling = "europol:H1"', "handling"),
        (', lost = "no action that the subject could notice"', "", "handling"),
        ('id = "bureau-y"', 'id = "unit-a"', "third-body"),
        ('roles = ["approve"]', 'roles = ["request"]', "officers"),
        ('schemes = ["4x4"', 'schemes = ["5x5x5"', "evaluation"),
        ('handling = "tlp" ', 'handling = "un" ', "handling"),
    ],
)
def test_check_finds(world, old: str, new: str, code: str) -> None:
    assert old in world.text
    found = findings(world.text.replace(old, new, 1))
    assert code in [each for each, _ in found]
    assert all(line is not None for _, line in found)


@pytest.mark.parametrize("place", ['properties = ["', 'schemata = ["', "[purposes]\n"])
def test_attack_a_word_with_a_letter_of_another_script(world, place: str) -> None:
    """«investigation» twice, one with a Cyrillic letter: a lawyer reads one purpose, or a prohibition that is none."""
    word = 'nаme", "' if place != "[purposes]\n" else '"investigatiоn" = "as before"\n'
    text = world.text.replace(place, place + word, 1)
    assert text != world.text
    assert [code for code, _ in findings(text)] == ["letters"]


@pytest.mark.parametrize("sign", ["\u202e", "\u2066"])
def test_attack_a_line_that_reads_the_other_way_around(world, sign: str) -> None:
    """«levels blind to release», read in an editor, may be «release to blind»; comments are read, too."""
    text = world.text.replace("# The crimes it is about", f"# {sign}The crimes it is about", 1)
    assert findings(text) == [("turned", line_of(text, "The crimes"))]


def test_check_names_the_line_of_an_opened_sensitive_property(world) -> None:
    text = world.text.replace('properties = ["name"', 'properties = ["religion", "name"', 1)
    assert findings(text)[0] == ("sensitive", line_of(text, '"religion", "name"'))


def test_check_finds_a_contradiction_and_a_clause_that_can_never_apply(world) -> None:
    assert ("contradiction") in [code for code, _ in findings(world.text + NEVER % '"name"')]
    assert ("never-applies") in [code for code, _ in findings(world.text + NEVER % '"*"')]


def test_check_finds_one_key_for_two_persons(world) -> None:
    a, b = (str(each.key.verify_key) for each in (world.analyst_a, world.approver_a))
    assert [code for code, _ in findings(world.text.replace(a, b))] == ["key", "key"]


def test_check_finds_an_expired_key(world) -> None:
    text = world.text.replace('roles = ["approve"]', 'roles = ["approve"]\n  ends = 2026-11-01', 1)
    found = check(read_document(text), TODAY)
    assert [note.code for note in found.notes] == ["arrangement.key"]
    assert [problem.code for problem in found.problems] == ["arrangement.officers"]


def test_check_notes_a_missing_contact_an_idle_clause_and_an_opened_everything(world) -> None:
    text = world.text.replace('email = "o@unit-a.example"', 'email = ""')
    assert [note.code for note in check(read_document(text), TODAY).notes] == ["arrangement.contact"]
    wide = NEVER.replace('"never"', '"release"\npurposes = ["investigation", "prosecution", "protection"]') % '"*"'
    notes = {note.code for note in check(read_document(world.text + wide), TODAY).notes}
    assert {"arrangement.wide", "arrangement.idle"} <= notes


def signed(world, text: str, *parties: str) -> Envelope | None:
    envelope = None
    for party in parties:
        envelope = add_signature(read_document(text), envelope, party, keys(world.folders[party]).sign)
    return envelope


ALL = ("unit-a", "unit-b", "unit-c")


def test_signatures_of_all_and_of_some(world) -> None:
    document = read_document(world.text)
    assert verified(document, signed(world, world.text, *ALL)).digest == world.accord.digest
    for some in ((), ("unit-a",), ("unit-a", "unit-c")):
        with pytest.raises(TrustError) as caught:
            verified(document, signed(world, world.text, *some))
        assert caught.value.code == "arrangement.unsigned"
        assert "unit-b" in caught.value.message


def test_comments_and_layout_may_change_after_signing_and_nothing_else(world) -> None:
    envelope = signed(world, world.text, *ALL)
    verified(read_document("# a note in the margin\n" + world.text.replace("  [[", "[[")), envelope)
    for old, new in (('"contact"', '"release"'), ("10000", "10001"), ("2028", "2029"), ("Bureau X", "Bureau Z")):
        with pytest.raises(TrustError) as caught:
            verified(read_document(world.text.replace(old, new, 1)), envelope)
        assert caught.value.code == "arrangement.altered"


def test_attack_signature_by_another_key_under_the_partys_name(world) -> None:
    envelope = signed(world, world.text, *ALL)
    assert envelope is not None
    forged = [(name, bytes(64) if number == 1 else value) for number, (name, value) in enumerate(envelope.signatures)]
    broken = Envelope(envelope.payload_type, envelope.payload, tuple(forged))
    assert [each.state for each in standing(read_document(world.text), broken)] == ["valid", "broken", "valid"]
    with pytest.raises(TrustError) as caught:
        verified(read_document(world.text), broken)
    assert caught.value.code == "arrangement.signature"


def test_attack_keys_in_the_document_replaced_before_we_sign(world) -> None:
    text = world.text.replace(str(card(world.folders["unit-a"]).sign), str(SigningKey.generate().verify_key))
    with pytest.raises(TrustError) as caught:
        signed(world, text, "unit-a")
    assert caught.value.code == "arrangement.own-key"


def test_attack_whole_accord_forged_with_the_attackers_own_keys(world) -> None:
    """Valid in itself, signed by all the keys that it names, but not by this desk."""
    attackers = SigningKey.generate()
    text = world.text.replace(str(card(world.folders["unit-a"]).sign), str(attackers.verify_key))
    envelope = signed(world, text, "unit-b", "unit-c")
    envelope = add_signature(read_document(text), envelope, "unit-a", attackers)
    verified(read_document(text), envelope)
    with pytest.raises(TrustError) as caught:
        adopt(world.folders["unit-a"], text, envelope.to_bytes())
    assert caught.value.code == "arrangement.own-key"


def test_adopt_keeps_the_accord_and_follows_the_chain(world, tmp_path: Path) -> None:
    names = ("left", "right")
    folders = {
        name: create_desk(tmp_path / name, "pass", NewParty(name, name, Contact(name)), cost=TESTS) for name in names
    }

    def sign(text: str, parties: tuple[str, ...] = names) -> bytes:
        envelope = None
        for party in parties:
            envelope = add_signature(read_document(text), envelope, party, keys(folders[party]).sign)
        assert envelope is not None
        return envelope.to_bytes()

    desk = folders["left"]
    with pytest.raises(UsageError):
        adopted(desk)
    text = draft([card(folder) for folder in folders.values()], TODAY)
    with pytest.raises(TrustError):
        adopt(desk, text, sign(text, ("left",)))
    first = adopt(desk, text, sign(text))
    assert adopted(Folder.open(desk.path, "pass")).digest == first.digest
    assert adopt(desk, text, sign(text)).digest == first.digest
    for old, new in (("version = 1", "version = 1"), ("version = 1", "version = 2")):
        unlinked = text.replace(old, new).replace("10000", "20000")
        with pytest.raises(TrustError) as caught:
            adopt(desk, unlinked, sign(unlinked))
        assert caught.value.code == "arrangement.chain"
    amended = text.replace("version = 1", "version = 2").replace('previous = ""', f'previous = "{first.digest}"')
    assert adopt(desk, amended, sign(amended)).version == 2
    with pytest.raises(TrustError):
        adopt(desk, text, sign(text))  # back to an older version


def test_attack_card_edited(world, tmp_path: Path) -> None:
    desk = create_desk(tmp_path / "desk", "pass", NewParty("one", "One", Contact("Office")), cost=TESTS)
    path = desk.path / CARD
    assert read_card(path) == card(desk)
    path.write_text(path.read_text().replace(str(keys(desk).sign.verify_key), str(SigningKey.generate().verify_key)))
    with pytest.raises(TrustError):
        card(desk)


def test_attack_the_desk_opened_without_the_approvers_passphrase(tmp_path: Path) -> None:
    new = NewParty("one", "One", Contact("Office"))
    desk = create_desk(tmp_path / "desk", "pass", new, officer_passphrase="only mine", cost=TESTS)
    assert officers(desk) == ["analyst", "approver"]
    signer(desk, "analyst")
    with pytest.raises(InputError):
        signer(desk, "approver")
    with pytest.raises(TrustError) as caught:
        signer(desk, "approver", "a guess")
    assert "a guess" not in str(caught.value)
    named = card(desk).officer("approver")
    assert named is not None
    assert signer(desk, "approver", "only mine").key.verify_key == named.key
    with pytest.raises(UsageError):
        signer(desk, "director")


def test_the_accord_in_words(world) -> None:
    words = as_text(page(world.accord, "lawyer"))
    for needed in (
        "UNIT-A → UNIT-B",
        "investigation",
        "o@unit-b.example",
        "10,000",
        "loses:",
        world.approver_a.key.verify_key.id,
    ):
        assert needed in words
    record = as_text(page(world.accord, "dpo"))
    assert "Left out: ethnicity, health" in record
    assert "[to be completed" in record


def test_attack_party_name_that_steers_the_terminal(world) -> None:
    accord = read_document(world.text.replace('name = "UNIT-A"', r'name = "A\u001b[2Jowned"')).accord
    assert "\x1b" not in as_text(page(accord, "lawyer")) + as_text(page(accord, "dpo"))
