"""Errors at a page send nobody to a command line where a page does the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from accord.desk.pointing import at_the_desk

if TYPE_CHECKING:
    from conftest import Desks


@pytest.mark.parametrize(
    ("said", "page"),
    [
        ("see `accord exchange status`", "see the page «Exchange»"),
        ("see `accord exchange hits`", "see the page «Possible matches»"),
        ("see `accord exchange derived`", "see the page «Made from released fields»"),
        ("ask again tomorrow (`accord exchange ask`)", "ask again tomorrow (the page «Ask a partner»)"),
        ("run `accord records show p-7`", "see the page of the record"),
        ("see `accord arrangement may` for what the accord lets in, and `accord exchange marks ID` for a record",
         "see the page «Accord» for what the accord lets in, and the page of a record"),
        ("ask in several questions (`accord exchange ask --where`), or agree on a higher quota",
         "ask in several questions (the page «Ask a partner»), or agree on a higher quota"),
        ("give one with --case", "give one"),
        ("ask a partner with --to: interpol", "ask a partner: interpol"),
        ("mend the lines named, or leave them out with --skip-invalid", "mend the lines named"),
        ("bo lets its fields go to eu: go on with `accord exchange identify 0123456789abcdef`",
         "bo lets its fields go to eu: go on with it here"),
        ("serve the desk with --coverage", "serve the desk with --coverage"),
    ],
)  # fmt: skip
def test_words_for_a_command_line_point_to_the_page(said: str, page: str) -> None:
    assert at_the_desk(said) == page


def test_an_error_at_a_page_names_the_page(desks: Desks) -> None:
    ours = desks.at("unodc", "ana")
    wish = {"to": "interpol", "purpose": "investigation", "case": "\t"}
    said = ours.post("/exchange/ask", wish, on="/exchange/ask", expect=400)
    assert "give one" in said
    assert "--case" not in said
    wish |= {"case": "7", "where": "id = nobody"}
    said = ours.post("/exchange/ask", wish, on="/exchange/ask", expect=403)
    assert "the page of a record" in said
    assert "accord exchange" not in said
