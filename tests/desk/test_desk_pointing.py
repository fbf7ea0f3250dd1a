"""Errors at a page, or in the JSON interface, send nobody to a command line where a page or an endpoint does the same."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.desk.test_desk_api import Program

import accord
from accord.desk import pointing
from accord.desk.api import ENDPOINTS, ROOT
from accord.desk.pointing import at_the_desk, in_a_call

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
        ("see `accord exchange status` and `accord records subject find`",
         "see the page «Exchange» and the page «A person asks»"),
        ("if it is, add --remove-many", "if it is, tick «… even when that is most of it»"),
        ("see the properties with `accord records stats`", "see the properties on the page of a record"),
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


@pytest.mark.parametrize(
    ("said", "call"),
    [
        ("see `accord exchange status`", "see `GET /api/v1/status`"),
        ("read it with `accord exchange read 0123456789abcdef`",
         "read it with `POST /api/v1/conversations/0123456789abcdef/read`"),
        ("interpol asks for a name: compare the records with `accord exchange identify 0123456789abcdef`; name came "
         "from bo, whom `accord exchange onward 0123456789abcdef --from 89ab` asks whether it may go on",
         "interpol asks for a name: a person goes on with it at its page; name came "
         "from bo, whom `POST /api/v1/conversations/0123456789abcdef/onward` asks whether it may go on"),
        ("fields held: `exchange read`", "fields held: `POST /api/v1/conversations/{id}/read`"),
        ("choose fewer with --where, or agree on a higher quota", "choose fewer with `where`, or agree on a higher quota"),
        ("see `accord desk account list`", "see the page «People»"),
        ("serve the desk with --coverage", "serve the desk with --coverage"),
    ],
)  # fmt: skip
def test_words_for_a_command_line_point_a_program_to_the_endpoint(said: str, call: str) -> None:
    assert in_a_call(said) == call


def test_every_endpoint_that_is_pointed_to_is_there() -> None:
    known = {f"{one.method} {ROOT}{re.sub(r'{.*?}', '*', one.path)}" for one in ENDPOINTS}
    calls = "\n".join(call for *_, call in pointing._POINTS).replace(r"{id}/\1", "{id}/read")
    named = {re.sub(r"{id}|\\1", "*", one) for one in re.findall(r"`((?:GET|POST) [^`]*)`", calls)}
    assert len(named) > 15
    assert {one.replace("/squares", "/*") for one in named} <= known


def test_what_the_json_interface_says_names_endpoints(desks: Desks) -> None:
    program = Program(desks.unodc)
    wish = {"to": "interpol", "purpose": "investigation", "case": "\t"}
    assert b"give one with `case`" in program.post("/exchange/ask", wish, expect=422)
    said = program.post("/exchange/ask", wish | {"case": "7", "where": "id = nobody"}, expect=403)
    assert b"see `GET /api/v1/accord/may`" in said
    desks.requested()
    whats = {one["what"] for one in Program(desks.interpol).get("/status")["conversations"]}
    assert whats == {"answered: see `GET /api/v1/hits`", "compare the two records: a person does it at its page"}


# what no page and no endpoint does: whoever runs the desk, draws up the accord or makes an audit has a command line
COMMANDS = {
    "arrangement adopt", "arrangement draft", "arrangement notice", "arrangement sign", "coverage summary", "desk state",
    "desk token add", "desk token list", "doctor", "exchange audits", "exchange carry", "exchange standing", "init",
    "ledger proof", "records draft-mapping",
}  # fmt: skip
OPTIONS = {"--coverage", "--desk", "--learn", "--move", "--new-key", "--of", "--party", "--set", "--to", "--with"}
ELSEWHERE = ("cli/", "desk/pointing.py", "match/report/", "records/draft/_toml.py")  # not said at a desk


@pytest.mark.parametrize("point", [at_the_desk, in_a_call])
def test_every_command_in_the_source_has_a_page_unless_there_is_none(point: Callable[[str], str]) -> None:
    pointed = "\n".join(point(text) for text in said_in_the_source())
    groups = "exchange|records|arrangement|coverage|desk|ledger"
    commands = re.findall(rf"`(?:accord )?((?:{groups})(?: [a-z][a-z-]*(?![.\w-]))+|init|doctor)", pointed)
    options = re.findall(r"(?<![\w-])--[a-z][a-z-]+", pointed)
    assert set(commands) == COMMANDS
    assert set(options) == OPTIONS


def said_in_the_source() -> Iterator[str]:
    """Every text of the package that is no docstring; `ID` stands for what is put into it."""
    root = Path(accord.__file__).parent
    for file in root.rglob("*.py"):
        if file.relative_to(root).as_posix().startswith(ELSEWHERE):
            continue
        tree = ast.parse(file.read_text("utf-8"))
        inside = {id(part) for one in ast.walk(tree) if isinstance(one, ast.JoinedStr) for part in one.values}
        inside |= {id(one.value) for one in ast.walk(tree) if isinstance(one, ast.Expr)}
        for one in ast.walk(tree):
            if isinstance(one, ast.JoinedStr):
                yield "".join(str(part.value) if isinstance(part, ast.Constant) else "ID" for part in one.values)
            elif isinstance(one, ast.Constant) and isinstance(one.value, str) and id(one) not in inside:
                yield one.value
