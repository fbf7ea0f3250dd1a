"""What clauses let go by docs/reference/protocol.md: another reading of that page says yes and no where `decide` does."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

from tests.arrangement.deciding import NOW

from accord.arrangement import Accord, Action, Request, Terms
from accord.arrangement.decide import permitted_by_clauses
from accord.arrangement.model import Clause, Level
from accord.exchange.request import IDENTIFYING

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "protocol.md").read_text(encoding="utf-8")
SECTION = PAGE.partition("**What a clause lets go.**")[2].partition("**The ledger.**")[0]
CODES = {line.split()[0]: line.split()[1:] for line in SECTION.split("```")[1].splitlines()[1:]}
LEVELS = re.findall(r"`(\w+)`", SECTION.partition("as a level (")[2].partition(")")[0])
NOWHERE = re.findall(r"`(\w+)`", SECTION.partition("none of")[2].partition(";")[0])
CODE_TEXTS = [f"{scheme}:{code}" for scheme, codes in CODES.items() for code in codes]


def translated(code: str, to: str, accord: Accord) -> str | None:
    scheme, _, name = code.partition(":")
    stated = [one.to_code for one in accord.translations if (one.scheme, one.code, one.to_scheme) == (scheme, name, to)]
    known = [name] if scheme == to and name in CODES[scheme] else stated
    return known[0] if known else None


def lets_code_go(clause: Clause, code: str, own: str, to: str, accord: Accord) -> bool:
    full, most = (text if not text or ":" in text else f"{own}:{text}" for text in (code, clause.handling))
    scheme, _, top = most.partition(":")
    measured = translated(full, scheme, accord)
    below = not most or (measured is not None and CODES[scheme].index(measured) <= CODES[scheme].index(top))
    return translated(full, to, accord) is not None and below


def lets_go(request: Request, accord: Accord) -> str | None:
    """The id of the clause by which the one property of the request goes as far as it says; None when none lets it."""
    (prop,), terms, level = request.properties, request.terms, LEVELS.index(request.action.value)
    own, to = (accord.party(name).handling for name in (request.owner, request.recipient))
    wanted = (request.owner, request.recipient, request.schema, prop)
    covering = [
        clause
        for clause in accord.clauses
        if all(
            {one, "*"} & set(names)
            for one, names in zip(
                wanted, ([clause.giver], [clause.receiver], clause.schemata, clause.properties), strict=True
            )
        )
    ]
    forbidden = [
        one for one in covering if one.level.word == "never" and request.purpose in (one.purposes or accord.purposes)
    ]
    mine = terms.purposes is None or request.purpose in terms.purposes
    past = terms.until is not None and terms.until < NOW.date()
    if prop in NOWHERE or forbidden or not mine or past or terms.restricted:
        return None
    for clause in covering:
        if LEVELS.index(clause.level.word) < level or request.purpose not in clause.purposes:
            continue
        if terms.status - {"minor", "victim", "witness"} or (terms.status and not clause.protected):
            continue
        if all(lets_code_go(clause, code, own, to, accord) for code in terms.handling):
            return clause.id
    return None


BOTH = ("investigation", "prosecution")


def a_clause(r: Random) -> Clause:
    return Clause(
        r.choice("abcdef"), "title", r.choice(["*", "*", "unit-a", "unit-b"]), r.choice(["*", "*", "unit-b", "unit-a"]),
        r.choice([("*",), ("Person",), ("LegalEntity",)]), r.choice([("*",), ("name",), ("phone", "name")]),
        r.choice([Level.RELEASE, Level.CONTACT, *Level]), r.choice([BOTH, BOTH[:1], BOTH[1:], ()]),
        r.choice(["", "tlp:AMBER", *CODE_TEXTS]), r.random() < 0.5,
    )  # fmt: skip


def some_terms(r: Random) -> Terms:
    return Terms(
        r.choice([None, None, frozenset(BOTH), frozenset(BOTH[1:])]),
        frozenset(r.sample([*CODE_TEXTS, "GREEN", "RED"], r.choice([0, 0, 1, 2]))),
        status=frozenset(r.choice([(), (), (), ("minor",), ("witness", "odd")])),
        restricted=r.random() < 0.1,
        until=r.choice([None, None, NOW.date(), NOW.date().replace(day=1)]),
    )


def test_clauses_let_go_what_the_page_says(world: Any) -> None:
    r, said = Random(1), Counter[bool]()
    for _ in range(20_000):
        owner, receiver, *_ = world.accord.parties
        schemes = r.choice(["tlp", "europol", "un"]), r.choice(["tlp", "tlp", "pap"])
        parties = tuple(replace(one, handling=own) for one, own in zip((owner, receiver), schemes, strict=True))
        clauses = tuple(a_clause(r) for _ in range(r.randrange(6)))
        accord = replace(world.accord, clauses=clauses, parties=parties)
        action = r.choice([Action.BLIND, Action.SILENT, Action.COUNT, Action.CONTACT])
        schema, prop = r.choice(["Person", "Company"]), r.choice(["name", "name", "name", "phone", "religion"])
        request = Request(action, owner.id, receiver.id, schema, (prop,), BOTH[0], terms=some_terms(r))
        answer = permitted_by_clauses(request, accord, NOW)
        assert lets_go(request, accord) == (answer[0].id if isinstance(answer, tuple) else None)
        said[isinstance(answer, tuple)] += 1
    assert min(said.values()) > 400


def test_the_identifying_fields_are_those_of_the_page() -> None:
    listed = PAGE.partition("a holder refuses a request with others. ")[2].partition(".\n")[0]
    assert tuple(re.findall(r"`(\w+)`", listed)) == IDENTIFYING
