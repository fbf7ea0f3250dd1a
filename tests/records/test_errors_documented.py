"""Every code that records may raise stands on the page of errors, and the page names no other."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
_NOT_ERRORS = {"records.load", "records.jsonl"}  # an entry of the ledger; a file's name in an example
_BY_TYPE = {"records.country", "records.identifier", "records.phone", "records.email"}  # f"records.{type}"


def test_the_page_of_errors_names_every_code_and_no_other() -> None:
    sources = [*(ROOT / "src/accord/records").rglob("*.py"), *(ROOT / "src/accord/cli").glob("*.py")]
    raised = {code for path in sources for code in re.findall(r'"(records\.[a-z]+)"', path.read_text("utf-8"))}
    page = (ROOT / "docs/reference/records-errors.md").read_text("utf-8")
    documented = set(re.findall(r"`(records\.[a-z]+)`", page))
    assert documented == (raised - _NOT_ERRORS) | _BY_TYPE
