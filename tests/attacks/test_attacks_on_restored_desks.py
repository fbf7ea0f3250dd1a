"""A desk put back to an earlier day, by a restored backup, and a partner that sends it something else this time."""

from __future__ import annotations

import datetime as dt
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from accord import exchange
from accord.errors import InputError, TrustError
from accord.exchange import once
from accord.exchange.protocol import Asking, MarkSet

from .tampering import opened, sealed
from .test_attacks_by_partners import silent

PURPOSE = "investigation"


class Backup:
    """A copy of one desk's folder (or of its database alone), and the desk put back to it."""

    def __init__(self, desks: Any, name: str, part: str = "") -> None:
        self.desks, self.name, self.part = desks, name, part
        self.copied(desks.root / name, desks.root / f"{name}-backup")

    def copied(self, source: Path, to: Path) -> None:
        self.desks.of(self.name).folder.close()
        if self.part:
            to.mkdir(exist_ok=True)
            for file in source.glob(f"{self.part}*"):
                shutil.copy2(file, to / file.name)
        else:
            shutil.rmtree(to, ignore_errors=True)
            shutil.copytree(source, to)

    def restored(self) -> Any:
        for file in (self.desks.root / self.name).glob("state.db-*"):
            file.unlink()
        self.copied(self.desks.root / f"{self.name}-backup", self.desks.root / self.name)
        return self.desks.reopen()


def other_answer(desks: Any, m2: bytes) -> bytes:
    """The same answer, in which the holder asks back about other records."""
    message = opened(desks, m2, "unodc")
    size = len(message.parts["asked"]) // 32
    guesses = MarkSet.of({str(number): [number.to_bytes(32, "big")] for number in range(size)})
    asked = Asking(guesses, b"x" * 32, size).question()
    return sealed(desks, replace(message, parts={**message.parts, "asked": asked}), "unodc")


@pytest.mark.parametrize("part", ["", "state.db"])
def test_attack_two_questions_back_under_one_key_of_a_restored_asker(make: Any, part: str) -> None:
    """What a silent match is found by shows the asker's records under one key: it answers one question with that."""
    desks = make(edit=silent)
    m1 = exchange.ask(desks.unodc, "interpol", PURPOSE, "case-7")
    backup = Backup(desks, "unodc", part)
    desks = desks.reopen()
    m2 = exchange.receive(desks.interpol, m1).reply
    assert "evaluated" in opened(desks, exchange.receive(desks.unodc, m2).reply, "interpol").parts
    desks = backup.restored()
    with pytest.raises(InputError, match="another folder"):
        exchange.receive(desks.unodc, other_answer(desks, m2))
    assert [one.waits_for for one in exchange.status(desks.unodc)] == ["interpol"]


def test_a_question_that_stands_at_a_restored_desk_is_ended_and_set_up_anew(make: Any) -> None:
    desks = make(edit=silent)
    stands = exchange.stand(desks.unodc, "interpol", PURPOSE, "case-7")
    m1 = exchange.ask_again(desks.unodc, stands)
    backup = Backup(desks, "unodc")
    desks = backup.restored()
    with pytest.raises(InputError, match="another folder") as caught:
        exchange.receive(desks.unodc, exchange.receive(desks.interpol, m1).reply)
    assert "end a question that stands" in caught.value.remedy
    exchange.end_standing(desks.unodc, stands)
    anew = exchange.stand(desks.unodc, "interpol", PURPOSE, "case-7")
    desks.carry(exchange.ask_again(desks.unodc, anew), "interpol")
    assert "silent" in {row["state"] for row in exchange.hits(desks.interpol)}


@pytest.mark.parametrize("part", ["", "state.db"])
def test_attack_two_sets_counted_under_one_key_of_a_restored_asker(make: Any, part: str) -> None:
    desks = make()
    c1 = exchange.count_with(desks.unodc, "interpol", PURPOSE, "case-7")
    backup = Backup(desks, "unodc", part)
    desks = desks.reopen()
    c2 = exchange.receive(desks.interpol, c1).reply
    assert exchange.receive(desks.unodc, c2).kind == "count-marks"
    desks = backup.restored()
    message = opened(desks, c2, "unodc")
    groups = [message.parts["groups"][start : start + 768] for start in range(0, len(message.parts["groups"]), 768)]
    other = sealed(desks, replace(message, parts={"groups": b"".join(groups[::-1])}), "unodc")
    with pytest.raises(InputError, match="another folder"):
        exchange.receive(desks.unodc, other)


@pytest.mark.parametrize("edit", [silent, str])
def test_attack_two_answers_under_one_key_of_an_asker_killed_after_the_first(
    make: Any, monkeypatch: pytest.MonkeyPatch, edit: Any
) -> None:
    """Killed when the answer was taken and its file still lay there, it takes the file away when it starts again."""
    desks = make(edit=edit)
    verb = exchange.ask if edit is silent else exchange.count_with
    m1 = verb(desks.unodc, "interpol", PURPOSE, "case-7")
    backup = Backup(desks, "unodc", "state.db")
    desks = desks.reopen()
    m2 = exchange.receive(desks.interpol, m1).reply
    with monkeypatch.context() as killed:
        killed.setattr(once, "lift", lambda *_: None)
        exchange.receive(desks.unodc, m2)
    desks.reopen()
    desks = backup.restored()
    with pytest.raises(InputError, match="another folder"):
        exchange.receive(desks.unodc, m2)


@pytest.mark.parametrize("edit", [silent, str])
def test_attack_the_same_question_to_a_restored_holder(make: Any, edit: Any) -> None:
    """Put back to the day before, it answers again, under another key; so the two answers cannot be joined."""
    desks = make(edit=edit)
    backup = Backup(desks, "interpol")
    desks = desks.reopen()
    m1 = exchange.ask(desks.unodc, "interpol", PURPOSE, "case-7")
    first = opened(desks, exchange.receive(desks.interpol, m1).reply, "unodc")
    desks = backup.restored()
    second = opened(desks, exchange.receive(desks.interpol, m1).reply, "unodc")
    assert first.header.body["public"] != second.header.body["public"]
    for part in first.parts:
        width = 10 if part == "outputs" else 32
        shown = [{each.parts[part][start : start + width] for start in range(0, len(each.parts[part]), width)}
                 for each in (first, second)]  # fmt: skip
        assert not shown[0] & shown[1]


def test_attack_other_matches_to_a_holder_restored_after_its_answer(make: Any) -> None:
    """It has its key again, and uses it for nothing but to check evidence: what was not found is told of to nobody."""
    desks = make(edit=silent)
    m1 = exchange.ask(desks.unodc, "interpol", PURPOSE, "case-7")
    m2 = exchange.receive(desks.interpol, m1).reply
    backup = Backup(desks, "interpol")
    desks = desks.reopen()
    m3 = exchange.receive(desks.unodc, m2).reply
    exchange.receive(desks.interpol, m3)
    desks = backup.restored()
    message = opened(desks, m3, "interpol")
    other = exchange.ask(desks.unodc, "interpol", PURPOSE, "case-8")
    blinded = opened(desks, other, "interpol").parts["blinded"]
    parts = {**message.parts, "evaluated": blinded + message.parts["evaluated"][-64:]}
    with pytest.raises(TrustError, match="key that it signed"):
        exchange.receive(desks.interpol, sealed(desks, replace(message, parts=parts), "interpol"))
    assert exchange.receive(desks.interpol, m3).kind == "matches"


@pytest.mark.parametrize("edit", [silent, str])
def test_an_answer_that_two_commands_take_at_once_is_no_sign_of_a_restored_desk(
    make: Any, monkeypatch: pytest.MonkeyPatch, edit: Any
) -> None:
    """One that was slower found the file gone, and said that the desk was put back to an earlier day."""
    desks, real = make(edit=edit), once.check
    verb = exchange.ask if edit is silent else exchange.count_with
    answer = exchange.receive(desks.interpol, verb(desks.unodc, "interpol", PURPOSE, "case-7")).reply
    said = []

    def late(party: Any, session: str, place: bytes) -> None:
        monkeypatch.setattr(once, "check", real)
        said.append(exchange.receive(party, answer))
        real(party, session, place)

    monkeypatch.setattr(once, "check", late)
    slower = exchange.receive(desks.unodc, answer)
    assert (slower.again, slower.reply) == (True, said[0].reply)


def test_what_was_laid_for_a_question_goes_with_it(make: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(once, "_IDLE_SECONDS", 0.0)
    desks = make(edit=silent)
    folder = desks.root / "unodc" / "pages" / "once"
    desks.ask()
    desks.carry(exchange.count_with(desks.unodc, "interpol", PURPOSE, "case-7"), "interpol")
    assert not list(folder.iterdir())
    exchange.ask(desks.unodc, "interpol", PURPOSE, "case-8")
    exchange.sweep(desks.unodc)
    assert len(list(folder.iterdir())) == 1
    desks.clock[0] += dt.timedelta(days=40)
    for _ in range(2):  # the first ends the question
        exchange.sweep(desks.unodc)
    assert not list(folder.iterdir())
