"""Fifty people at each of two desks that are served over HTTP, all at work at the same moment, files carried between.

What was answered «done» stands in the diary exactly once and in the state; what was refused says why and what to do;
both diaries verify, also against what the partner saw of them; both desks tell the same of each conversation.
"""

from __future__ import annotations

import os
import re
import ssl
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

import httpx2
import pytest

from accord import exchange
from accord.desk import Office, Role
from accord.exchange.status import progress
from accord.ledger import verify
from accord.records import Entity

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Desks

MANY = 50
HALF = MANY // 2
DESK_PASSPHRASE = "correct horse battery staple"
PASSWORD = "seven wet stones by the ferry"
NEUTRAL = {f"neutral-{word}": "no" for word in ("political", "military", "religious", "racial")}
TOKEN = re.compile(r'name="token" value="([0-9a-f]+)"')
PLACE = re.compile(r"/exchange/([0-9a-f]{16})")
CODE = re.compile(r'<dt>What to do</dt><dd>\w[^<]+</dd>\s*<dt>Code</dt><dd class="code">([a-z.-]+)<')
LOGGED = {
    "asked": "ask", "requested": "request", "identified": "identify", "approved": "approve", "released": "release",
    "recalled": "recall",
    **dict.fromkeys(("answered", "compared", "told", "learned", "asked-for", "held", "returned", "receipt"), "receive"),
}  # fmt: skip


@dataclass
class Answers:
    """What the people of one desk were answered: verb and conversation; verb, status and code of a refusal."""

    done: list[tuple[str, str]] = field(default_factory=list)
    refused: list[tuple[str, int, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Person:
    """Somebody signed in at a served desk."""

    client: httpx2.Client
    token: str
    answers: Answers

    def act(self, verb: str, path: str, fields: dict[str, str], file: bytes = b"") -> str | None:
        """Send a form. Returns the conversation that it led to, None when it was refused."""
        files = {"message": ("m", file)} if file else None
        answer = self.client.post(path, data={"token": self.token, **fields}, files=files)
        if answer.status_code == 303:
            place = PLACE.search(answer.headers["location"])
            assert place is not None
            self.answers.done.append((verb, place[1]))
            return place[1]
        code = CODE.search(answer.text)
        self.answers.refused.append((verb, answer.status_code, code[1] if code else answer.text))
        return None

    def carry(self, conversation: str, to: Person) -> None:
        """Bring the last message of a conversation to somebody at the other desk."""
        message = self.client.get(f"/exchange/{conversation}/message")
        assert message.status_code == 200, message.text
        assert to.act("receive", "/exchange/receive", {}, message.content) == conversation, to.answers.refused


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The desk of a folder in a process of its own; its address."""
    command = [sys.executable, "-m", "accord.cli", "desk", "serve", str(folder), "--port", "0"]
    environment = os.environ | {"ACCORD_PASSPHRASE": DESK_PASSPHRASE}
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        try:
            address = re.search(r"http://\S+:\d+", process.stderr.readline())
            assert address is not None
            yield address[0]
        finally:
            process.terminate()
            assert "accord desk:" not in process.stderr.read()  # no fault on the operator's terminal


def signed_in(client: httpx2.Client, name: str, answers: Answers) -> Person:
    token = TOKEN.search(client.get("/sign-in").text)
    assert token is not None
    assert client.post("/sign-in", data={"name": name, "password": PASSWORD, "token": token[1]}).status_code == 303
    token = TOKEN.search(client.get("/exchange/ask").text)
    assert token is not None
    return Person(client, token[1], answers)


def together(acts: list[Callable[[], str | None]]) -> list[str | None]:
    with ThreadPoolExecutor(len(acts)) as people:
        return [each.result() for each in [people.submit(act) for act in acts]]


def case(ours: list[Person], theirs: list[Person], number: int) -> str:
    """One case, from the question to the receipt, while others are at work on theirs; returns the request's name.

    Its approval, release and recall are wanted by several people at the same moment.
    """
    asker, analyst, approver = ours[number], theirs[number % HALF], theirs[HALF + number % HALF]
    colleague, second = theirs[(number + 1) % HALF], theirs[HALF + (number + 1) % HALF]
    given = {"to": "interpol", "purpose": "investigation", "case": f"case-{number}", "where": f"id = u{number}"}
    question = asker.act("ask", "/exchange/ask", given)
    assert question is not None, asker.answers.refused
    for giver, taker in ((asker, analyst), (analyst, asker)) * 2:
        giver.carry(question, taker)
    row = rf'"/records/u{number}".*?(/exchange/hits/[0-9a-f]{{16}}/request)'
    hit = re.search(row, asker.client.get("/exchange/hits").text)
    assert hit is not None
    wish = asker.act("request", hit[1], {"property": "passportNumber", "purpose": "investigation"})
    assert wish is not None, asker.answers.refused
    asker.carry(wish, analyst)
    path = f"/exchange/{wish}"
    assert analyst.act("identify", f"{path}/identify", {"verdict": "same"}) == wish
    assert wish in together([partial(one.act, "approve", f"{path}/approve", NEUTRAL) for one in (approver, second)])
    assert wish in together([partial(one.act, "release", f"{path}/release", {}) for one in (analyst, approver)])
    analyst.carry(wish, asker)
    wanting, why = (analyst, colleague, approver), {"reason": "over"}
    assert wish in together([partial(one.act, "recall", f"{path}/recall", why) for one in wanting])
    analyst.carry(wish, asker)
    asker.carry(wish, analyst)
    return wish


def person(side: str, number: int) -> Entity:
    names = {"name": (f"Person{number} Of{number}",), "birthDate": (f"19{50 + number % 50}-05-17",)}
    return Entity(f"{side}{number}", "Person", {**names, "passportNumber": (f"A07{number:05}",)})


def with_people(build: Callable[..., Desks]) -> tuple[Path, Path]:
    """Two desks with fifty records in common; fifty analysts here, twenty-five and as many approvers there."""
    analysts, approvers = [f"a{n}" for n in range(MANY)], [f"p{n}" for n in range(HALF)]
    desks = build(
        ours=[person("u", n) for n in range(MANY)], theirs=[person("i", n) for n in range(MANY)],
        more=[*((name, ("request",)) for name in analysts), *((name, ("approve",)) for name in approvers)],
    )  # fmt: skip
    for name in analysts:
        desks.unodc.accounts.add(name, Role.ANALYST, PASSWORD, name, desks.clock[0])
    for name in analysts[:HALF]:
        desks.interpol.accounts.add(name, Role.ANALYST, PASSWORD, name, desks.clock[0])
    for name in approvers:
        desks.interpol.accounts.add(name, Role.APPROVER, PASSWORD, name, desks.clock[0])
    return desks.unodc.folder.path, desks.interpol.folder.path


@pytest.mark.engines
def test_fifty_people_ask_approve_and_recall_at_once(build: Callable[..., Desks]) -> None:
    folders, ours, theirs = with_people(build), Answers(), Answers()
    context = ssl.create_default_context()  # each client would read the certificates again, for addresses without TLS
    fresh = httpx2.Limits(max_keepalive_connections=0)  # an idle connection may be closed just when it is used again
    with ExitStack() as stack:
        places = [stack.enter_context(served(folder)) for folder in folders]

        def at(place: str, name: str, answers: Answers) -> Person:
            client = stack.enter_context(httpx2.Client(base_url=place, timeout=120, verify=context, limits=fresh))
            return signed_in(client, name, answers)

        here = [at(places[0], f"a{n}", ours) for n in range(MANY)]
        there = [at(places[1], f"{kind}{n}", theirs) for kind in "ap" for n in range(HALF)]
        with ThreadPoolExecutor(MANY) as people:
            wishes = list(people.map(partial(case, here, there), range(MANY)))

    assert ours.refused == []
    done, refused = (Counter(verb for verb, *_ in each) for each in (theirs.done, theirs.refused))
    assert (done["release"], refused["release"], done["recall"], refused["recall"]) == (MANY, MANY, MANY, 2 * MANY)
    assert (done["approve"], refused["approve"]) == (MANY, MANY)
    told = {"exchange.busy", "request.approved", "request.decided", "release.state"}
    assert {(status, code) for _, status, code in theirs.refused} <= {(409, code) for code in told}
    one, two = (Office.open(folder, DESK_PASSPHRASE) for folder in folders)
    for office, other, answers in ((one, two, ours), (two, one, theirs)):
        seen = other.log.witnesses()[office.keys.party].envelope
        assert verify(office.folder.engine(), office.keys.party, office.keys.sign.verify_key, [seen]) is not None
        entries = [(entry.kind.removeprefix("exchange."), entry.about) for entry in office.log.entries()]
        assert Counter((LOGGED[kind], about) for kind, about in entries if kind in LOGGED) == Counter(answers.done)
        stands = {each.id: each.state for each in exchange.conversations(office.party)}
        assert {stands[wish] for wish in wishes} == {"returned"}
        assert sorted(stands.values()) == ["closed"] * MANY + ["returned"] * MANY
    assert progress(one.party, "interpol") == progress(two.party, "unodc")
    for office in (one, two):
        office.folder.close()
