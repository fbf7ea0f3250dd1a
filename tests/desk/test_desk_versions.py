"""Versions of the accord at the desk: each beside the one before it, with the lines that changed."""

from __future__ import annotations

import datetime as dt
import re
from html import unescape
from typing import TYPE_CHECKING

from accord.arrangement import adopt, keys
from accord.arrangement.amend import Changes, amend
from accord.arrangement.document import read_document
from accord.arrangement.show import page
from accord.arrangement.signatures import add_signature

if TYPE_CHECKING:
    from conftest import Desks


def amended(desks: Desks) -> None:
    """A second version, with another title and another end, signed and adopted by both."""
    from accord.arrangement._kept import load_kept

    old = read_document(load_kept(desks.unodc.folder).versions[-1].text)
    text = amend(old, Changes())
    ends = old.accord.ends
    text = text.replace(str(ends), str(ends - dt.timedelta(days=31)))
    document, signed = read_document(text), None
    for office in (desks.unodc, desks.interpol):
        signed = add_signature(document, signed, office.keys.party, keys(office.folder).sign)
    assert signed is not None
    for office in (desks.unodc, desks.interpol):
        adopt(office.folder, text, signed.to_bytes())


def test_accord_says_all_that_the_page_for_a_lawyer_says(desks: Desks) -> None:
    browser = desks.at("unodc", "mina")
    for path in ("/accord", "/accord/versions/1"):
        said = " ".join(unescape(re.sub(r"<[^>]+>", " ", browser.get(path))).split())
        for section in page(desks.unodc.party.accord, "lawyer").sections:
            cells = [cell for row in section.table[1:] for cell in row]
            for text in (section.title, *section.lines, *cells):
                assert said.count(" ".join(text.split())) >= [*section.lines, *cells].count(text), text


def test_versions_stand_side_by_side_with_what_changed(desks: Desks) -> None:
    browser = desks.at("unodc", "mina")
    first = desks.unodc.party.accord
    assert "Version 1" in browser.get("/accord")
    assert "The first version of this desk" in browser.get("/accord/versions/1")
    amended(desks)
    assert "What changed" in browser.get("/accord")
    second = browser.get("/accord/versions/2")
    assert "<del>" in second
    assert f"{first.ends}" in second
    assert f"{desks.unodc.party.accord.ends}" in second
    browser.get("/accord/versions/3", expect=404)
    browser.get("/accord/versions/..%2f..", expect=404)
