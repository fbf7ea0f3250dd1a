"""A person asks, at the desk: found, corrected, stopped and erased here and at partners, by the role that may."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Desks


def test_person_is_found_everywhere_and_erased_here_and_at_partners(desks: Desks) -> None:
    ours, theirs, wish = desks.requested()
    paul = desks.release(ours, theirs, wish)
    page = paul.post("/persons", {"name": "Amina Diallo-Traoré"}, on="/persons")
    assert 'value="i1"' in page
    assert f'href="/exchange/{wish}"' in page
    unsure = {"chosen": ["i1"], "reason": "unlawful", "do": "erase"}
    assert "cannot be undone" in paul.post("/persons/act", unsure, on="/persons", expect=400)
    page = paul.post("/persons/act", unsure | {"sure": "yes"}, on="/persons")
    assert "1 record, from the disk too" in page
    assert f'href="/exchange/{wish}"' in page
    paul.get("/records/i1", expect=404)
    assert "Nothing here is like" in paul.post("/persons", {"name": "Amina Diallo-Traoré"}, on="/persons")
    ours.receive(paul.message(wish))
    assert "erased here" in ours.get(f"/exchange/{wish}")


def test_record_that_was_removed_is_chosen_and_erased_where_it_is_named_first(desks: Desks) -> None:
    ours, theirs, wish = desks.requested()
    paul = desks.release(ours, theirs, wish)
    desks.interpol.holding.remove(["i1"])
    page = paul.post("/persons", {"record": "i1", "name": "Kwame Boateng"}, on="/persons")
    boxes = re.findall(r'name="chosen" value="([^"]+)"', page)
    assert boxes.count("i1") == 1
    assert len(boxes) == len(set(boxes)) > 1
    done = {"chosen": ["i1"], "reason": "unlawful", "do": "erase", "sure": "yes"}
    assert "0 records, from the disk too" in paul.post("/persons/act", done, on="/persons")
    ours.receive(paul.message(wish))
    assert "erased here" in ours.get(f"/exchange/{wish}")


def test_correction_goes_to_whoever_holds_the_fields(desks: Desks) -> None:
    ours, theirs, wish = desks.requested()
    paul = desks.release(ours, theirs, wish)
    path = "/persons/correct/i1"
    names = re.findall(r'name="field-(\w+)"', paul.get(path))
    kept = {f"field-{name}": " ".join(desks.interpol.holding.get("i1").entity.get(name)) for name in names}
    page = paul.post(path, kept | {"field-passportNumber": "B1234567\nB7654321", "field-religion": ""}, on=path)
    assert "Receipt" in page
    one = desks.interpol.holding.get("i1").entity
    assert one.get("passportNumber") == ("B1234567", "B7654321")
    assert one.get("religion") == ()
    ours.receive(paul.message(wish))
    assert "B7654321" in ours.post(f"/exchange/{wish}/read", {"purpose": "investigation"}, on=f"/exchange/{wish}")


def test_restricted_record_is_out_of_use_until_it_is_lifted(desks: Desks) -> None:
    paul = desks.at("interpol", "paul")
    for do, restricted in (("restrict", True), ("lift", False)):
        paul.post("/persons/act", {"chosen": ["i1"], "reason": "contested", "do": do}, on="/persons")
        assert desks.interpol.holding.get("i1").terms.restricted is restricted
    paul.post("/persons/act", {"reason": "x", "do": "restrict"}, on="/persons", expect=400)
    paul.post("/persons/act", {"chosen": ["i1"], "reason": "x", "do": "sell"}, on="/persons", expect=400)


def test_letter_is_the_same_whether_there_is_a_record_or_not(desks: Desks) -> None:
    paul = desks.at("interpol", "paul")

    def letter(name: str) -> str:
        page = paul.post("/persons/answer", {"asker": name}, on="/persons")
        found = re.search(r'<pre class="text">(.*?)</pre>', page, re.S)
        assert found is not None
        return found[1].replace(name, "NAME")

    assert letter("Kwame Boateng") == letter("Nobody Atall")


@pytest.mark.parametrize("name", ["ana", "mina", "root", "otto", "rita"])
def test_other_roles_may_not_look_for_a_person(desks: Desks, name: str) -> None:
    browser = desks.at("interpol", name)
    for path in ("/persons", "/persons/correct/i1"):
        browser.get(path, expect=403)
    browser.post("/persons", {"name": "Amina"}, on="/", expect=403)
    browser.post("/persons/act", {"chosen": ["i1"], "reason": "x", "do": "erase", "sure": "yes"}, on="/", expect=403)
    assert desks.interpol.holding.get("i1")


def test_a_form_in_the_frame_of_a_page_that_a_form_made_leads_to_one_that_is_there(desks: Desks) -> None:
    ours, theirs, wish = desks.requested()
    paul = desks.release(ours, theirs, wish)
    for browser, page, path, fields in (
        (paul, "/persons", "/persons/act", {"chosen": ["i1"], "reason": "asked", "do": "restrict"}),
        (ours, f"/exchange/{wish}", f"/exchange/{wish}/read", {"purpose": "investigation"}),
    ):
        made = browser.post(path, fields, on=page)
        back = re.search(r'name="then" value="([^"]*)"', made)
        assert back is not None
        assert back[1] == page
        browser.post("/language", {"then": back[1], "language": "fr"}, on=page)
        assert '<html lang="fr"' in browser.last
