"""From a question to a receipt, all of it by two desks' pages; two persons for a release, whoever they are."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from accord.arrangement import QUESTIONS
from accord.desk import Office, Role
from accord.exchange import state
from accord.exchange.messages import open_message
from accord.ledger import verify

if TYPE_CHECKING:
    from conftest import Browser, Desks

pytestmark = pytest.mark.engines

PASSWORD = "seven wet stones by the ferry"
NEUTRAL = {f"neutral-{question}": "no" for question in QUESTIONS}


def test_how_many_both_hold_is_asked_and_told_at_the_desks(desks: Desks) -> None:
    ours, theirs = desks.at("unodc", "ana"), desks.at("interpol", "ana")
    wish = {"to": "interpol", "purpose": "investigation", "case": "case-7", "how": "count"}
    ours.post("/exchange/ask", wish, on="/exchange/ask")
    session = ours.conversation
    for giver, taker in ((ours, theirs), (theirs, ours), (ours, theirs), (theirs, ours)):
        taker.receive(giver.message(session))
    assert "Records that both hold" in ours.get(f"/exchange/{session}")


def test_what_was_made_of_fields_is_kept_copied_for_its_purpose_and_erased_by_a_recall(desks: Desks) -> None:
    ours, theirs, wish = desks.requested()
    theirs.post(f"/exchange/{wish}/identify", {"verdict": "same"}, on=f"/exchange/{wish}")
    paul = desks.at("interpol", "paul")
    paul.post(f"/exchange/{wish}/approve", NEUTRAL, on=f"/exchange/{wish}")
    paul.post(f"/exchange/{wish}/release", on=f"/exchange/{wish}")
    ours.receive(paul.message(wish))
    made = {"name": "weekly note", "purpose": "investigation"}
    page = ours.post(f"/exchange/{wish}/derive", made, on="/", files={"made": ("n.txt", b"made of it")})
    assert "weekly note" in page
    item = re.search(r"/exchange/derived/([0-9a-f]+)", page)
    assert item is not None
    copied = ours.post(f"/exchange/derived/{item[1]}", {"purpose": "investigation"}, on="/exchange/derived")
    assert copied == "made of it"
    ours.post(f"/exchange/derived/{item[1]}", {"purpose": "analysis"}, on="/exchange/derived", expect=403)
    paul.post(f"/exchange/{wish}/recall", {"reason": "x"}, on=f"/exchange/{wish}")
    ours.receive(paul.message(wish))
    assert "Take a copy" not in ours.get("/exchange/derived")
    desks.at("unodc", "rita").get("/exchange/derived", expect=403)


@pytest.mark.parametrize("said", ["nothing", "same", "approved"])
def test_request_whose_record_was_removed_is_declined_at_its_page(desks: Desks, said: str) -> None:
    """An approver saw an error in place of the page, and nobody a form."""
    ours, theirs, wish = desks.requested()
    path, paul = f"/exchange/{wish}", desks.at("interpol", "paul")
    if said != "nothing":
        theirs.post(f"{path}/identify", {"verdict": "same"}, on=path)
    if said == "approved":
        paul.post(f"{path}/approve", NEUTRAL, on=path)
    desks.interpol.holding.remove(["i1"])
    page = paul.get(path)
    assert "The record that they ask about is gone" in page
    assert "An analyst declines it." in page
    assert re.findall(rf'action="{path}/(\w+)"', page) == []
    assert re.findall(rf'action="{path}/(\w+)"', theirs.get(path)) == ["identify"]
    assert "Declined: carry the answer" in theirs.post(f"{path}/identify", {"verdict": "not-same"}, on=path)
    ours.receive(theirs.message(wish))
    assert "They declined" in ours.get(path)


def test_approval_that_does_not_suffice_any_more_is_given_anew_at_the_page(desks: Desks) -> None:
    """The record has got an owner since: the release was refused, and no page had a form for the owner's consent."""
    _, theirs, wish = desks.requested()
    path, paul, holding = f"/exchange/{wish}", desks.at("interpol", "paul"), desks.interpol.holding
    theirs.post(f"{path}/identify", {"verdict": "same"}, on=path)
    paul.post(f"{path}/approve", NEUTRAL, on=path)
    assert "Something has changed since it was approved" not in paul.get(path)
    held = holding.get("i1")
    holding.revise([replace(held, terms=replace(held.terms, owners=("bureau",)))])
    theirs.post(f"{path}/release", on=path, expect=403)
    assert "Something has changed since it was approved" in paul.get(path)
    letter = {"consent-bureau": ("letter.pdf", b"we agree")}
    paul.post(f"{path}/approve", NEUTRAL, on=path, files=letter)
    assert "Released: download" in theirs.post(f"{path}/release", on=path)


def test_record_that_changed_since_it_was_compared_is_compared_again_at_the_page(desks: Desks) -> None:
    _, theirs, wish = desks.requested()
    path, paul, holding = f"/exchange/{wish}", desks.at("interpol", "paul"), desks.interpol.holding
    held = holding.get("i1")

    def moved(to: str) -> None:
        entity = replace(held.entity, properties=held.entity.properties | {"address": (to,)})
        holding.revise([replace(held, entity=entity)])

    seen = re.search(r'name="seen" value="([0-9a-f]{64})"', theirs.get(path))
    assert seen is not None
    moved("Accra")
    theirs.post(f"{path}/identify", {"verdict": "same", "seen": seen[1]}, on=path, expect=409)
    theirs.post(f"{path}/identify", {"verdict": "same"}, on=path)
    paul.post(f"{path}/approve", NEUTRAL, on=path)
    moved("Dakar")
    assert "go on with it here" in theirs.post(f"{path}/release", on=path, expect=409)
    for person, forms in ((theirs, ["identify"]), (paul, [])):
        page = person.get(path)
        assert "Your record has changed since it was compared" in page
        assert re.findall(rf'action="{path}/(\w+)"', page) == forms
    theirs.post(f"{path}/identify", {"verdict": "same"}, on=path)
    paul.post(f"{path}/approve", NEUTRAL, on=path)
    assert "Released: download" in theirs.post(f"{path}/release", on=path)


def test_who_compared_and_who_approved_may_think_again_until_the_fields_are_gone(desks: Desks) -> None:
    ours, theirs, wish = desks.requested()
    path, paul = f"/exchange/{wish}", desks.at("interpol", "paul")
    theirs.post(f"{path}/identify", {"verdict": "same"}, on=path)
    paul.post(f"{path}/approve", NEUTRAL, on=path)
    page = theirs.get(path)
    assert "Compare again" in page
    assert "data-key" not in page  # where the buttons are not in sight, a letter must not press them
    paul.post(f"{path}/approve", NEUTRAL, on=path, expect=409)
    paul.post(f"{path}/approve", NEUTRAL | {"neutral-political": "yes"}, on=path, expect=403)
    theirs.post(f"{path}/release", on=path, expect=403)
    theirs.post(f"{path}/identify", {"verdict": "not-same"}, on=path)
    ours.receive(theirs.message(wish))
    assert "They declined" in ours.get(path)


def test_a_release_is_approved_read_and_taken_back(desks: Desks) -> None:
    ours, theirs, wish = desks.requested()
    page = theirs.get(f"/exchange/{wish}")
    assert "TRAORE, Amina Diallo" in page
    assert "Amina Diallo-Traoré" in page
    assert "hidden" in page, "the owner sees its own record whole"
    theirs.post(f"/exchange/{wish}/identify", {"verdict": "same"}, on=f"/exchange/{wish}")

    approver = desks.at("interpol", "paul")
    assert "Approve this release?" in approver.get(f"/exchange/{wish}")
    approver.post(f"/exchange/{wish}/approve", NEUTRAL, on=f"/exchange/{wish}")
    approver.post(f"/exchange/{wish}/release", on=f"/exchange/{wish}")

    ours.receive(approver.message(wish))
    read = ours.post(f"/exchange/{wish}/read", {"purpose": "investigation"}, on=f"/exchange/{wish}")
    assert "A0774123" in read
    refused = ours.post(f"/exchange/{wish}/read", {"purpose": "prevention"}, on=f"/exchange/{wish}", expect=403)
    assert "A0774123" not in refused
    reads = [entry for entry in desks.unodc.log.entries(about=wish) if entry.kind == "exchange.read"]
    assert [(one.details or {}).get("account") for one in reads] == ["ana", "ana"], "the log says who read, or tried to"

    approver.post(f"/exchange/{wish}/recall", {"reason": "source at risk"}, on=f"/exchange/{wish}")
    ours.receive(approver.message(wish), attest="No notes were taken.")
    approver.receive(ours.message(wish))
    assert "their receipt is here" in approver.get(f"/exchange/{wish}")
    ours.post(f"/exchange/{wish}/read", {"purpose": "investigation"}, on="/", expect=403)
    for office in (desks.unodc, desks.interpol):
        assert verify(office.folder.engine(), office.keys.party, office.keys.sign.verify_key) is not None


def test_nothing_is_released_before_a_second_person_approves(desks: Desks) -> None:
    _, theirs, wish = desks.requested()
    theirs.post(f"/exchange/{wish}/identify", {"verdict": "same"}, on=f"/exchange/{wish}")
    assert "An approver decides next" in theirs.get(f"/exchange/{wish}") or "another person" in theirs.last.lower()
    theirs.post(f"/exchange/{wish}/approve", NEUTRAL, on="/", expect=403)
    theirs.post(f"/exchange/{wish}/release", on="/", expect=403)


def test_an_unneutral_or_unanswered_case_is_not_approved(desks: Desks) -> None:
    _, theirs, wish = desks.requested()
    theirs.post(f"/exchange/{wish}/identify", {"verdict": "same"}, on=f"/exchange/{wish}")
    approver = desks.at("interpol", "paul")
    approver.post(f"/exchange/{wish}/approve", {**NEUTRAL, "neutral-racial": "yes"}, on="/", expect=403)
    approver.post(f"/exchange/{wish}/approve", {}, on="/", expect=400)
    assert "Approve this release?" in approver.get(f"/exchange/{wish}")


def test_not_the_same_declines_and_tells_the_partner(desks: Desks) -> None:
    ours, theirs, wish = desks.requested()
    theirs.post(f"/exchange/{wish}/identify", {"verdict": "not-same"}, on=f"/exchange/{wish}")
    ours.receive(theirs.message(wish))
    assert "They declined" in ours.get(f"/exchange/{wish}")


def test_an_officers_own_passphrase_is_asked_used_and_not_kept(build: object) -> None:
    desks: Desks = build(officer="the approver's own words")  # type: ignore[operator]
    _, theirs, wish = desks.requested()
    theirs.post(f"/exchange/{wish}/identify", {"verdict": "same"}, on=f"/exchange/{wish}")
    approver = desks.at("interpol", "paul")
    assert "Passphrase of your officer" in approver.get(f"/exchange/{wish}")
    approver.post(f"/exchange/{wish}/approve", {**NEUTRAL, "passphrase": "wrong"}, on="/", expect=422)
    approver.post(f"/exchange/{wish}/approve", NEUTRAL, on="/", expect=400)
    approver.post(f"/exchange/{wish}/approve", {**NEUTRAL, "passphrase": "the approver's own words"}, on="/")
    assert desks.interpol.party.officer_passphrase == ""


def test_today_shows_what_waits_and_for_whom(desks: Desks) -> None:
    _, theirs, _ = desks.requested()
    assert "Compare" in theirs.get("/")
    assert "for somebody else" in desks.at("interpol", "paul").get("/")


def test_own_log_names_the_account_that_did_each_thing_and_the_partner_learns_none(desks: Desks) -> None:
    for party, name in (("unodc", "wilhelmina"), ("interpol", "xanthippe")):
        desks.office(party).accounts.add(name, Role.ANALYST, PASSWORD, "", desks.clock[0])
    ours, theirs = desks.at("unodc", "wilhelmina"), desks.at("interpol", "xanthippe")
    ours.post("/exchange/ask", {"to": "interpol", "purpose": "investigation", "case": "c-7"}, on="/exchange/ask")
    asked = ours.conversation
    sent: list[tuple[Office, bytes]] = []

    def carry(giver: Browser, taker: Browser, conversation: str) -> None:
        sent.append((taker.office, giver.message(conversation)))
        taker.receive(sent[-1][1])

    for giver, taker in ((ours, theirs), (theirs, ours), (ours, theirs), (theirs, ours)):
        carry(giver, taker, asked)
    path = re.search(r"/exchange/hits/[0-9a-f]{16}/request", ours.get("/exchange/hits"))
    assert path is not None
    ana, paul = desks.at("unodc", "ana"), desks.at("interpol", "paul")
    ana.post(path[0], {"property": ["birthDate"], "purpose": "investigation"}, on=path[0])
    wish = ana.conversation
    carry(ana, theirs, wish)
    desks.at("interpol", "ana").post(f"/exchange/{wish}/identify", {"verdict": "same"}, on=f"/exchange/{wish}")
    paul.post(f"/exchange/{wish}/approve", NEUTRAL, on=f"/exchange/{wish}")
    theirs.post(f"/exchange/{wish}/release", on=f"/exchange/{wish}")
    carry(theirs, ours, wish)
    theirs.post(f"/exchange/{wish}/recall", {"reason": "over"}, on=f"/exchange/{wish}")

    def told(office: Office) -> dict[str, object]:
        entries = [one for one in office.log.entries() if one.kind.startswith("exchange.")]
        return {one.kind.partition(".")[2]: (one.details or {}).get("account") for one in entries}

    assert {"asked": "wilhelmina", "requested": "ana", "held": "wilhelmina"}.items() <= told(desks.unodc).items()
    assert {"answered": "xanthippe", "asked-for": "xanthippe", "identified": "ana", "approved": "paul",
            "released": "xanthippe", "recalled": "xanthippe"}.items() <= told(desks.interpol).items()  # fmt: skip
    assert all(told(desks.unodc).values())
    assert all(told(desks.interpol).values())
    assert "xanthippe" in theirs.get(f"/exchange/{wish}")
    for here, foreign in ((desks.unodc, "xanthippe"), (desks.interpol, "wilhelmina")):
        with here.party.reading() as connection:
            kept = [row for kind in state._KINDS for row in state.find(connection, kind)]
        assert kept
        assert foreign not in str(kept) + str([(one.about, one.details) for one in here.log.entries()])
    accord = desks.unodc.party.accord
    for office, letter in sent:
        opened = open_message(
            letter, office.keys.decrypt, lambda name: accord.party(name).sign, office.keys.party, 10**8
        )
        assert not re.search("xanthippe|wilhelmina", str(opened))
