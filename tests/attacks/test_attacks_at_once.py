"""Two commands at the same desk at once: what one of them decided on may not be pulled away from under it."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from typing import Any

import pytest

from accord import exchange, subjects
from accord.errors import InputError, PolicyError
from accord.exchange import limits, state
from accord.exchange.state import Session, Wish

NEUTRAL = {"political": "no", "military": "no", "religious": "no", "racial": "no"}


@pytest.fixture
def meanwhile(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], Any]], None]:
    """Let something happen once between the decision of the next step and its transaction."""

    def arrange(happens: Callable[[], Any]) -> None:
        waiting, writing = [happens], exchange.Party.writing

        def first(self: Any) -> Any:
            if waiting:
                waiting.pop()()
            return writing(self)

        monkeypatch.setattr(exchange.Party, "writing", first)

    return arrange


def other(desks: Any, name: str) -> Any:
    """The same desk as another command opens it."""
    desk = desks.of(name)
    return exchange.Party.open(desk.folder.path, "correct horse battery staple", clock=desk.clock)


def test_attack_approval_while_another_officer_becomes_unsure(asked: Any, meanwhile: Any) -> None:
    wish, desk = asked.requested(), asked.interpol
    exchange.identify(desk, wish, "same")
    second = other(asked, "interpol")
    meanwhile(lambda: exchange.identify(second, wish, "unsure"))
    with pytest.raises(InputError, match="another command"):
        exchange.approve(desk, wish, "approver", NEUTRAL)
    with desk.reading() as connection:
        assert state.get(connection, Wish, wish).state == "requested"
    with pytest.raises(PolicyError):
        exchange.release(desk, wish)
    second.folder.close()


def test_attack_release_while_an_officer_becomes_unsure(asked: Any, meanwhile: Any) -> None:
    wish, second = asked.approved(), other(asked, "interpol")
    meanwhile(lambda: exchange.identify(second, wish, "unsure"))
    with pytest.raises(InputError, match="another command"):
        exchange.release(asked.interpol, wish)
    second.folder.close()


@pytest.mark.parametrize("verb", ["release", "correct"])
def test_attack_fields_handed_over_while_their_record_is_restricted(asked: Any, meanwhile: Any, verb: str) -> None:
    """Whoever restricts takes back what was released before; what is being released must not slip through."""
    wish, second = asked.approved() if verb == "release" else asked.released(), other(asked, "interpol")
    meanwhile(lambda: subjects.restrict(second, ["i1"], "its owner said so"))
    with pytest.raises(InputError, match="another command"):
        getattr(exchange, verb)(asked.interpol, wish)
    with pytest.raises((InputError, PolicyError)):
        getattr(exchange, verb)(asked.interpol, wish)
    second.folder.close()


def test_attack_two_questions_at_once_that_together_are_above_the_quota(
    make: Any, monkeypatch: pytest.MonkeyPatch, meanwhile: Any
) -> None:
    few = make(edit=lambda text: text.replace("questions_per_day = 10000", "questions_per_day = 12"))
    monkeypatch.setattr(limits, "check_own", lambda *_: None)
    first, second = (exchange.ask(few.unodc, "interpol", "investigation", f"case-{n}") for n in range(2))
    desk = other(few, "interpol")
    taken: list[Any] = []
    meanwhile(lambda: taken.append(exchange.receive(desk, first)))
    late = exchange.receive(few.interpol, second)
    assert taken[0].refusal is None
    assert late.refusal is not None
    assert late.refusal.code == "question.quota"
    desk.folder.close()


def test_attack_read_while_the_fields_are_recalled(asked: Any, meanwhile: Any) -> None:
    """A recall that comes in just before the reading is logged: nothing is read any more."""
    wish, second = asked.released(), other(asked, "unodc")
    recall = exchange.recall(asked.interpol, wish)
    meanwhile(lambda: exchange.receive(second, recall))
    with pytest.raises(PolicyError, match="taken back"):
        exchange.read(asked.unodc, wish, "investigation")
    second.folder.close()


def test_a_question_that_another_command_takes_between_two_looks_gives_its_reply(
    desks: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The slower one found its name in the log, and said that another conversation has it."""
    module = sys.modules["accord.exchange.receive"]
    message, check, said = exchange.ask(desks.unodc, "interpol", "investigation", "case-7"), module._check_accord, []

    def late(party: Any, header: Any) -> None:
        monkeypatch.setattr(module, "_check_accord", check)
        said.append(exchange.receive(party, message))
        check(party, header)

    monkeypatch.setattr(module, "_check_accord", late)
    slower = exchange.receive(desks.interpol, message)
    assert (slower.again, slower.reply) == (True, said[0].reply)


def test_attack_many_threads_take_one_message(desks: Any) -> None:
    """One message received by several commands at once is taken once; the others get the same reply."""
    message = exchange.ask(desks.unodc, "interpol", "investigation", "case-7")
    parties = [other(desks, "interpol") for _ in range(3)]
    got: list[Any] = []

    def take(party: Any) -> None:
        try:
            got.append(exchange.receive(party, message).reply)
        except InputError as error:
            got.append(error.code)

    threads = [threading.Thread(target=take, args=(party,)) for party in parties]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({reply for reply in got if isinstance(reply, bytes)}) == 1
    assert {reply for reply in got if isinstance(reply, str)} <= {"exchange.busy"}
    with desks.interpol.reading() as connection:
        assert len(state.find(connection, Session)) == 1
    for party in parties:
        party.folder.close()
