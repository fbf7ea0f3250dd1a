"""The desk in a real Chromium: accessible, quiet, whole at every width, and worked by keyboard alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from accord import exchange
from accord.cli.demo.world import write_world
from accord.desk import words
from accord.records import Entity

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from accord.desk import Office
    from conftest import Desks, Seen, Serve

PASSWORD = "seven wet stones by the ferry"
TWINS = [
    Entity("t1", "Person", {"name": ("Bodil Ingrid Fredriksen",), "birthDate": ("1971-01-09",)}),
    Entity("t2", "Person", {"name": ("Bodil Fredriksen",), "birthDate": ("1971-01-09",)}),
    Entity("t3", "Person", {"name": ("João Batista Nogueira",), "birthDate": ("1966-11-02",)}),
    Entity("t4", "Person", {"name": ("NOGUEIRA, Joao Batista",), "birthDate": ("1966-11-02",)}),
]
LONG = "Donaudampfschifffahrtsgesellschaftskapitänswitwenrentenauszahlungsstelle von Hohenlohe-Schillingsfürst"
AWKWARD = [
    Entity(f"w{'0' * 80}1", "Person", {"name": (LONG, "محمد عبد الرحمن الفاروقي"), "birthDate": ("1969-03-02",)}),
    Entity("w2", "Person", {"name": (LONG,), "birthDate": ("1969-03-02",), "address": (LONG * 2,)}),
    Entity("w3", "Person", {"name": ("TRAORE, Amina",), "birthDate": ("17 May 1980",), "notes": ("משה הלוי",)}),
]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_every_page_is_accessible_quiet_and_whole(
    build: Callable[..., Desks], look: Callable[..., Seen], serve: Serve, tmp_path: Path, width: int, scheme: str
) -> None:
    """Also with names that are long or run from right to left; pages that refuse are pages, too."""
    desks = build()
    _, _, wish = desks.requested()
    office = desks.interpol
    office.holding.load(AWKWARD, source=f"{LONG}.jsonl", at=desks.clock[0])
    office.maps.plan = write_world(tmp_path / "map", ordinary=20).plan
    office.finder.start()
    office.finder.join(60)
    pair = office.queue.waiting("ana", 1)[0].id
    hit = next(str(row["hit"]) for row in exchange.hits(office.party) if row["state"] == "contact")
    visits = {
        "": ["/sign-in"],
        "ana": ["/", "/exchange", f"/exchange/{wish}", "/exchange/hits", f"/exchange/hits/{hit}/request", "/exchange/ask",
                "/exchange/derived", "/records", "/records?text=zzz", "/records/i1", f"/records/{AWKWARD[0].id}",
                "/load", "/review", f"/review/{pair}", "/ledger", "/ledger/0", "/accord/versions/1", "/account",
                "/accord?from=interpol&to=unodc&level=contact&schema=Person&property=religion&purpose=investigation",
                "/nowhere", "/people", "/records/none"],
        "mina": ["/coverage", "/coverage/country/KEN", "/coverage/area/firearms", "/coverage/gaps", "/coverage/overlaps",
                 "/coverage/squares?country=KEN", "/coverage/gaps?country=ISL", "/coverage/activity/0",
                 "/coverage/country/KEN/cybercrime", "/coverage/country/ISL/drugs"],
        "paul": ["/persons", f"/persons/correct/{AWKWARD[0].id}"],
        "root": ["/people", "/"],
    }  # fmt: skip
    with serve(office) as address:
        for name, paths in visits.items():
            seen = look(address, width, scheme)
            if name:
                seen.sign_in(name)
            for path in paths:
                seen.page.goto(address + path)
                assert not seen.overflows, path
                assert seen.violations() == [], path
            assert [one for one in seen.complaints if "status of 40" not in one] == []
            seen.context.close()


def test_paper_shows_what_the_page_said_and_no_button(world: tuple[Desks, str, str], look: Callable[..., Seen]) -> None:
    _, address, wish = world
    seen = look(address, scheme="dark")
    seen.sign_in("ana")
    seen.page.goto(f"{address}/exchange/{wish}")
    seen.page.emulate_media(media="print", color_scheme="dark")
    assert seen.page.locator("main >> text=TRAORE, Amina Diallo").first.is_visible()
    assert seen.page.locator(":is(button, nav, .button):visible").count() == 0
    assert seen.page.evaluate("getComputedStyle(document.body).color") == "rgb(23, 32, 44)", "dark ink on white paper"


def test_review_approval_and_coverage_by_keyboard_alone(
    world: tuple[Desks, str, str], look: Callable[..., Seen]
) -> None:
    desks, address, wish = world
    office = desks.interpol
    office.holding.load(TWINS, source="twins.jsonl", at=desks.clock[0])
    analyst, approver, manager = (look(address) for _ in range(3))
    analyst.sign_in("ana")
    review_pairs(analyst, office)
    analyst.enter("Exchange", "Conversations")
    analyst.enter("Two records are to be compared by a person", "Are these two the same?")
    analyst.told("Noted: the same", by="s")
    assert exchange.conversation(office.party, wish).state == "compared"

    approver.sign_in("paul")
    approve_the_release(approver)
    assert exchange.conversation(office.party, wish).state == "released"

    manager.sign_in("mina")
    assert manager.press("Tab") == "Skip to the page"
    manager.page.keyboard.press("Enter")
    manager.press("Tab")
    assert manager.page.evaluate("document.querySelector('main').contains(document.activeElement)")
    index = find_a_record_on_the_map(manager)
    assert office.maps.labels.count() == 0
    manager.enter("Put the labels right", "Why, in a few words")
    manager.tab_to("Explosives")
    manager.press("Space")
    manager.tab_to("Why, in a few words")
    manager.page.keyboard.type("read the project paper")
    manager.enter("Correct", "Put right by people")
    manager.told("Noted: the map uses your correction")
    drawn = office.maps.drawn("en")
    assert drawn is not None
    assert "explosives" in drawn.made.grid.labelled[index].areas
    assert office.maps.labels.of(drawn.made.grid.labelled[index].activity.id)[0].note == "read the project paper"
    assert analyst.complaints == approver.complaints == manager.complaints == []


def review_pairs(analyst: Seen, office: Office) -> None:
    """Search for pairs, say that one is the same, take it back, say it again by its button, set the other aside."""
    analyst.enter("Review", "Search for possible matches")
    analyst.enter("Begin", "The search")
    analyst.told("The search runs in the background")
    office.finder.join(60)
    analyst.shows("text=All records were compared")
    analyst.page.keyboard.press("j")
    analyst.shows("h2:text('What do you say?')")
    analyst.told("Noted: the same", by="s")
    assert office.queue.counts() == {"same": 1, "open": 1}
    analyst.told("Taken back", by="z")
    assert office.queue.counts() == {"open": 2}
    analyst.enter("Same", "Noted: the same")
    analyst.told("Noted: the same")
    analyst.told("Noted: unsure", by="u")
    assert office.queue.counts() == {"same": 1, "unsure": 1}


def approve_the_release(approver: Seen) -> None:
    """From Today: the four answers, the approval, the release."""
    approver.enter("Approve", "Approve this release?")
    for question in ("political", "military", "religious", "racial"):
        approver.tab_to("no")
        approver.press("Space")
        assert approver.page.evaluate("document.activeElement.name") == f"neutral-{question}"
    approver.enter("Approve", "Approved")
    approver.told("Approved. The fields can be handed over now.")
    approver.enter("Write the release", "Released")
    approver.told("Released: download the file")


def find_a_record_on_the_map(manager: Seen) -> int:
    """Filter a list, then the matrix; go over its squares by arrow keys, open one with a record, and open the record."""
    manager.enter("Coverage", "Who does what where")
    manager.enter("Gaps", "Download:")
    manager.choose("Area", "Illicit firearms")
    manager.tab_to("Show")
    manager.page.keyboard.press("Enter")
    manager.page.wait_for_url("**area=firearms**")
    assert manager.page.locator("tbody th:not(:text('Illicit firearms'))").count() == 0
    manager.enter("Coverage", "Who does what where")
    manager.choose("Region", "Eastern Africa")
    manager.tab_to("Show")
    manager.page.keyboard.press("Enter")
    manager.page.wait_for_url("**region=Eastern+Africa**")
    assert manager.page.locator(".matrix .region").count() == 1
    manager.tab_to("Trafficking in persons", most=4)  # the filter keeps its place, and the matrix is one stop
    seen = [manager.press("ArrowDown")]
    while seen[-1] not in ("1", "2+"):
        at = manager.page.url, seen
        before = manager.page.evaluate("document.activeElement.href")
        seen.append(manager.press("ArrowRight"))
        if manager.page.evaluate("document.activeElement.href") == before:
            manager.press("ArrowDown")
            seen.append(manager.press("Home"))
        assert len(seen) < 400, at
    manager.page.keyboard.press("Enter")
    manager.shows("h2:has-text('Records')")
    manager.tab_to("and poaching")
    manager.page.keyboard.press("Enter")
    manager.shows("text=Put the labels right")
    return int(manager.page.url.rsplit("/", 1)[1])


def test_script_of_a_record_never_runs(build: Callable[..., Desks], look: Callable[..., Seen], serve: Serve) -> None:
    trick = "<img src=x onerror=\"document.title='run'\"><script>document.title='run'</script>"
    desks = build(theirs=[Entity("i1", "Person", {"name": (trick,), "notes": (trick,), trick: (trick,)})])
    with serve(desks.interpol) as address:
        seen = look(address)
        seen.sign_in("ana")
        for path in ("/records", "/records/i1"):
            seen.page.goto(address + path)
            assert "run" not in seen.page.title()
            assert seen.page.locator("img[src=x]").count() == 0
        assert seen.complaints == []


def test_right_to_left_pages_stay_whole(
    world: tuple[Desks, str, str], look: Callable[..., Seen], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(words.LANGUAGES, "ar", "العربية")
    monkeypatch.setattr(words, "_catalogue", lambda _language: {"Today": "اليوم"})
    _, address, wish = world
    for width in (1280, 390):
        seen = look(address, width)
        seen.context.set_extra_http_headers({"Accept-Language": "ar"})
        seen.sign_in("ana")
        for path in ("/", "/exchange", f"/exchange/{wish}"):
            seen.page.goto(address + path)
            assert seen.page.evaluate("getComputedStyle(document.body).direction") == "rtl"
            assert not seen.overflows, (path, width)
            assert seen.violations() == [], (path, width)
        seen.context.close()
