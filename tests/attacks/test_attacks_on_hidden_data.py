"""Rule 9, non-interference: two stores that differ in hidden data only give byte-identical answers.

Random pairs of stores: both hold the same visible records; one holds hidden ones beside them (also copies of the very
persons that are asked about) and hidden properties on the visible ones. The whole conversation is compared byte by byte,
with the same randomness: what is said, how many, in which order, which errors, and how far the log grew.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accord import exchange
from accord.arrangement import Action, Request, demand
from accord.errors import AccordError
from accord.exchange import state
from accord.exchange.carrier import Incoming, Step
from accord.exchange.messages import Message, open_message
from accord.exchange.question import on_answer, on_matches, on_question
from accord.exchange.request import on_request
from accord.exchange.state import Session
from accord.oblivious.psi import PROOF_BYTES
from accord.records import Entity, Held
from accord.records.terms import RecordTerms

HIDING = [
    RecordTerms(restricted=True),
    RecordTerms(until=dt.date(2020, 1, 1)),
    RecordTerms(purposes=("prosecution",)),
    RecordTerms(purposes=()),
    RecordTerms(status=("minor",)),
    RecordTerms(status=("witness", "victim")),
    RecordTerms(handling=("tlp:RED",)),
    RecordTerms(handling=("europol:H3",), owners=("bureau-x",), restricted=True),
]
SECRET = ["religion", "ethnicity", "political", "health", "notes", "deathDate", "gender", "position"]


@dataclass(frozen=True)
class Store:
    """A holding in memory."""

    held: tuple[Held, ...]

    def iterate(self, where: str | None = None) -> Iterator[Held]:
        assert where is None
        return iter(self.held)

    def among(self, ids: Iterable[str]) -> Iterator[Held]:
        wanted = set(ids)
        return (held for held in self.iterate() if held.entity.id in wanted)

    def get(self, identity: str) -> Held:
        return next(one for one in self.held if one.entity.id == identity)


def seeded() -> Callable[[int], bytes]:
    count = iter(range(10**6))
    return lambda size: hashlib.shake_256(f"seed {next(count)}".encode()).digest(size)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Any, Incoming, Session]]:
    import exchange_desks  # type: ignore[import-not-found]

    desks = exchange_desks.make_desks(tmp_path_factory.mktemp("hidden"), edit=lambda text: text.replace(
        "smallest_set = 256", "smallest_set = 32"))  # fmt: skip
    yield from _asked(desks)


def _asked(desks: Any) -> Iterator[tuple[Any, Incoming, Session]]:
    data = exchange.ask(desks.unodc, "interpol", "investigation", "case-7")
    key = desks.unodc.sign.verify_key
    incoming = Incoming(*open_message(data, desks.interpol.decrypt, lambda *_: key, "interpol", 10**7))
    with desks.unodc.reading() as connection:
        session = state.get(connection, Session, incoming.header.session)
    assert session is not None
    yield desks, incoming, session
    desks.unodc.folder.close()
    desks.interpol.folder.close()


def conversation(world: tuple[Any, Incoming, Session], held: list[Held]) -> list[object]:
    """Everything that the asker gets to see of the holder, and how much each step adds to the holder's log."""
    desks, question, asking = world
    holder = replace(desks.interpol, holding=Store(tuple(held)), randomness=seeded())
    asker = replace(desks.unodc, randomness=seeded())
    seen: list[object] = []

    def carried(kind: str, step: Step) -> Incoming:
        assert step.reply is not None
        parts = dict(step.reply.parts)
        if kind == "answer":  # the proof under the evaluations has a random nonce, and depends on nothing else but them
            parts["evaluated"] = parts["evaluated"][:-PROOF_BYTES]
        seen.append((kind, dict(step.reply.body), parts, len(step.entries)))
        header = replace(question.header, kind=kind, body=dict(step.reply.body))
        return Incoming(Message(header, dict(step.reply.parts)), "0" * 64)

    try:
        answering = on_question(holder, question, None)
        matched = on_answer(asker, carried("answer", answering), asking)
        matches = carried("matches", matched)
        carried("contacts", on_matches(holder, matches, answering.session))
    except AccordError as error:
        seen.append((error.code, error.message, error.remedy))
    return seen


def _stores() -> st.SearchStrategy[tuple[list[Held], list[Held]]]:
    import exchange_desks

    people = [*exchange_desks.OURS, *exchange_desks.THEIRS]
    visible = st.lists(st.sampled_from(exchange_desks.THEIRS), unique_by=lambda one: one.id, max_size=4)
    hidden = st.lists(st.tuples(st.sampled_from(people), st.sampled_from(HIDING)), max_size=5)
    added = st.dictionaries(st.sampled_from(SECRET), st.just(("Amina Diallo-Traoré", "1980-05-17")), max_size=3)

    def pair(drawn: tuple[list[Entity], list[tuple[Entity, RecordTerms]], dict[str, tuple[str, ...]], bool]) -> Any:
        shown, secret, properties, first = drawn
        plain = [Held(one, RecordTerms(), "s") for one in shown]
        more = [Held(replace(one, properties={**properties, **one.properties}), RecordTerms(), "s") for one in shown]
        kept = [Held(replace(one, id=f"h{number}"), terms, "s") for number, (one, terms) in enumerate(secret)]
        return plain, (kept + more if first else more + kept)

    return st.tuples(visible, hidden, added, st.booleans()).map(pair)


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_attack_hidden_data_seen_through_answers(world: Any, data: st.DataObject) -> None:
    plain, hiding = data.draw(_stores())
    assert conversation(world, plain) == conversation(world, hiding)


def test_the_comparison_would_notice_a_record_that_is_not_hidden(world: Any) -> None:
    import exchange_desks

    one, more = ([Held(each, RecordTerms(), "s") for each in exchange_desks.THEIRS[:n]] for n in (1, 2))
    assert conversation(world, one) != conversation(world, more)
    assert len(conversation(world, one)) == 3


# --- requests --------------------------------------------------------------------------------------------------------


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_attack_hidden_data_seen_through_a_request(asked_world: Any, data: st.DataObject) -> None:
    """The same request at two holders that differ in hidden properties of the record and in hidden records beside it."""
    _, hiding = data.draw(_stores())
    secret = data.draw(st.dictionaries(st.sampled_from(SECRET), st.just(("Amina Diallo-Traoré", "1980-05-17"))))
    wanted = data.draw(st.lists(st.sampled_from(["passportNumber", "birthDate", *SECRET]), min_size=1, unique=True))
    desks, incoming = asked_world
    record = desks.interpol.holding.get("i1")
    more = replace(record, entity=replace(record.entity, properties={**secret, **record.entity.properties}))
    beside = [one for one in hiding if one.entity.id != "i1"]
    incoming = replace(incoming, message=replace(incoming.message, header=demanded(desks, incoming.header, wanted)))

    def answered(held: list[Held]) -> object:
        holder = replace(desks.interpol, holding=Store(tuple(held)), randomness=seeded())
        try:
            step = on_request(holder, incoming, None)
        except AccordError as error:
            return error.code, error.message, error.remedy
        return step.reply, step.session, step.rows, len(step.entries), step.said

    assert answered([record]) == answered([more, *beside]) == answered([*beside, more])


def demanded(desks: Any, header: Any, wanted: list[str]) -> Any:
    """The header of a request for other fields, signed by the officer as it must be."""
    body = dict(header.body)
    about = Request(
        Action.RELEASE, "interpol", "unodc", "Person", tuple(sorted(wanted)), body["purpose"], record=body["hit"],
        requester=body["requester"],
    )  # fmt: skip
    signed = demand(about, desks.unodc.accord, desks.unodc.signer("analyst"), desks.unodc.now)
    return replace(header, body={**body, "properties": sorted(wanted), "demand": signed.to_dict()})


def test_attack_a_silent_match_told_apart_from_none_by_a_request(asked_world: Any) -> None:
    """Whoever guesses the name of a silent match hears what whoever guesses any name hears."""
    desks, incoming = asked_world
    said = []
    silent = state.Hit(
        "a" * 16, incoming.header.session, "interpol", "i3", "unodc", "c", "silent", desks.interpol.stamp
    )
    with desks.interpol.writing() as connection:
        state.put(connection, silent)
    for name in ("a" * 16, "b" * 16):
        header = replace(incoming.header, body={**incoming.header.body, "hit": name})
        with pytest.raises(AccordError) as error:
            on_request(desks.interpol, replace(incoming, message=replace(incoming.message, header=header)), None)
        said.append((error.value.code, error.value.message, error.value.remedy))
    assert said[0] == said[1]


@pytest.fixture(scope="module")
def asked_world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Any, Incoming]]:
    import exchange_desks

    desks = exchange_desks.make_desks(tmp_path_factory.mktemp("asked"))
    desks.ask()
    data = exchange.request(desks.unodc, desks.hit("u1"), ("passportNumber",), "investigation")
    key = desks.unodc.sign.verify_key
    yield desks, Incoming(*open_message(data, desks.interpol.decrypt, lambda *_: key, "interpol", 10**7))
    desks.unodc.folder.close()
    desks.interpol.folder.close()


# --- silence ---------------------------------------------------------------------------------------------------------


@settings(deadline=None, max_examples=15, suppress_health_check=[HealthCheck.too_slow])
@given(chosen=st.lists(st.integers(0, 3), unique=True))
def test_attack_silent_matches_seen_in_any_byte_that_the_asker_gets(silent_world: Any, chosen: list[int]) -> None:
    """All the asker gets is the same bytes, whatever is silent; but for the blinded silent marks, whose size is the same."""
    import exchange_desks

    held = [Held(exchange_desks.THEIRS[number], RecordTerms(), "s") for number in chosen]

    def shown(store: list[Held]) -> list[object]:
        seen = conversation(silent_world, store)
        answer = seen[0][2]  # type: ignore[index]
        answer["asked"] = len(answer["asked"])
        return [*seen[:1], *seen[2:]]  # the second is the asker's own message

    assert shown(held) == shown([])


@pytest.fixture(scope="module")
def silent_world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Any, Incoming, Session]]:
    import exchange_desks

    def silent(text: str) -> str:
        before, _, after = text.rpartition("lets UNODC learn")
        text = before + "lets UNODC learn" + after.replace('"contact"', '"silent"').replace('"release"', '"silent"')
        return text.replace("smallest_set = 256", "smallest_set = 64")

    desks = exchange_desks.make_desks(tmp_path_factory.mktemp("silent"), edit=silent)
    yield from _asked(desks)
