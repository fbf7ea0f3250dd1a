"""Messages over HTTP: the whole path, broken lines, and files that take turns with it."""

from __future__ import annotations

import asyncio
import datetime as dt
import threading
from typing import Any

import pytest
from tests.courier.conftest import HURRIED, post

from accord import courier, exchange
from accord.cli import main
from accord.courier import Mailroom, carrying
from accord.errors import PeerError, UsageError
from accord.exchange import state
from accord.exchange.state import Session


def asked(desks: Any, case: str = "case-7") -> bytes:
    return exchange.ask(desks.unodc, "interpol", "investigation", case)


def test_a_question_is_answered_in_one_go(desks: Any, serve: Any) -> None:
    interpol = serve(desks.interpol)
    got = list(courier.carry(desks.unodc, asked(desks), "interpol", interpol.address, HURRIED))
    assert [one.kind for one in got] == ["answer", "contacts"]
    assert sorted(str(row["record"]) for row in exchange.hits(desks.unodc)) == ["u1", "u2", "u4"]
    assert {row["hit"] for row in exchange.hits(desks.unodc)} == {row["hit"] for row in exchange.hits(desks.interpol)}


def test_files_and_this_take_turns_in_one_conversation(desks: Any, serve: Any) -> None:
    m2 = exchange.receive(desks.interpol, asked(desks)).reply  # a file there and back
    m3 = exchange.receive(desks.unodc, m2).reply
    interpol = serve(desks.interpol)
    m4 = courier.deliver(desks.unodc, m3, "interpol", interpol.address, HURRIED)  # the third message over the line
    assert exchange.receive(desks.unodc, m4).kind == "contacts"


def test_only_one_of_two_desks_need_be_reachable(desks: Any, serve: Any) -> None:
    interpol = serve(desks.interpol)
    list(courier.carry(desks.unodc, asked(desks), "interpol", interpol.address, HURRIED))
    hit = desks.hit("u1")
    wish = exchange.request(desks.unodc, hit, ("birthDate",), "investigation")
    assert courier.deliver(desks.unodc, wish, "interpol", interpol.address, HURRIED) is None  # people must decide
    assert list(courier.fetch(desks.unodc, "interpol", interpol.address, HURRIED)) == []
    session = next(line.id for line in exchange.status(desks.interpol) if line.topic == "request")
    exchange.identify(desks.interpol, session, "same")
    exchange.approve(
        desks.interpol, session, "approver", dict.fromkeys(("political", "military", "religious", "racial"), "no")
    )
    exchange.release(desks.interpol, session)
    (released,) = courier.fetch(desks.unodc, "interpol", interpol.address, HURRIED)
    assert released.kind == "release"
    exchange.recall(desks.interpol, session, "investigation closed")
    (recalled,) = courier.fetch(desks.unodc, "interpol", interpol.address, HURRIED)
    assert recalled.kind == "recall"
    assert next(line for line in exchange.status(desks.interpol) if line.id == session).what.startswith("taken back")


def test_the_same_message_again_has_the_same_reply_and_does_nothing_twice(desks: Any, serve: Any) -> None:
    interpol, message = serve(desks.interpol), asked(desks)
    first = courier.deliver(desks.unodc, message, "interpol", interpol.address, HURRIED)
    entries = len(list(desks.interpol.log.entries()))
    assert courier.deliver(desks.unodc, message, "interpol", interpol.address, HURRIED) == first
    assert exchange.receive(desks.interpol, message).reply == first  # nor does the file do anything more
    assert len(list(desks.interpol.log.entries())) == entries


def test_two_deliveries_at_once_are_worked_on_once(desks: Any, serve: Any) -> None:
    interpol, message = serve(desks.interpol), asked(desks)
    replies: list[bytes | None] = []

    def bring() -> None:
        replies.append(courier.deliver(desks.unodc, message, "interpol", interpol.address, HURRIED))

    callers = [threading.Thread(target=bring) for _ in range(4)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join(60)
    assert len(replies) == 4
    assert len(set(replies)) == 1
    answered = [entry for entry in desks.interpol.log.entries() if entry.kind == "exchange.answered"]
    assert len(answered) == 1


def test_a_line_that_breaks_before_the_reply_costs_nothing(
    desks: Any, serve: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    interpol, message = serve(desks.interpol), asked(desks)
    once = carrying._Line._once
    broken: list[int] = []

    def breaking(line: Any, path: str, body: bytes) -> tuple[int, bytes]:
        found = once(line, path, body)
        if not broken:
            broken.append(found[0])
            raise ConnectionResetError
        return found

    monkeypatch.setattr(carrying._Line, "_once", breaking)
    kinds = [one.kind for one in courier.carry(desks.unodc, message, "interpol", interpol.address, HURRIED)]
    assert (broken, kinds) == ([200], ["answer", "contacts"])


def test_a_caller_waits_for_long_work_without_holding_a_line(
    desks: Any, serve: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("accord.courier.mailroom.LONGEST_WAIT_SECONDS", 0.0)
    interpol, message, paths = serve(desks.interpol), asked(desks), []
    once = carrying._Line._once
    monkeypatch.setattr(
        carrying._Line, "_once", lambda line, path, body: (paths.append(path), once(line, path, body))[1]
    )
    assert courier.deliver(desks.unodc, message, "interpol", interpol.address, HURRIED)
    assert paths[0].endswith("/message")
    assert set(paths[1:]) == {"/accord/v1/reply"}


def test_a_reply_that_the_desk_no_longer_remembers_is_had_by_bringing_again(desks: Any, serve: Any) -> None:
    interpol = serve(desks.interpol)
    got = interpol.ask(desks.unodc, post("/accord/v1/reply", b"0" * 64))
    assert got.startswith(b"HTTP/1.1 404")
    assert b"courier.unknown" in got


def test_a_refused_message_is_told_and_the_desk_goes_on(desks: Any, serve: Any) -> None:
    interpol = serve(desks.interpol)
    with pytest.raises(PeerError, match=r"message\.form"):
        courier.deliver(desks.unodc, b"no message at all", "interpol", interpol.address, HURRIED)
    assert courier.deliver(desks.unodc, asked(desks), "interpol", interpol.address, HURRIED)


def test_a_desk_that_does_not_answer_loses_nothing(desks: Any) -> None:
    message = asked(desks)
    with pytest.raises(Exception, match="does not answer") as caught:
        courier.deliver(desks.unodc, message, "interpol", courier.Address("127.0.0.1", 1), HURRIED)
    assert "carry the file" in caught.value.remedy
    session = exchange.status(desks.unodc)[0].id
    assert exchange.resend(desks.unodc, session) == message


@pytest.mark.parametrize(
    "text",
    ["http://desk.example", "desk.example:8471", "https://", "https://d:99999", "https://d/x?y=1", "https://u@d"],
)
def test_addresses_that_no_message_is_carried_to(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        courier.Address.parse(text)
    assert caught.value.code == "courier.address"


def test_the_commands_carry_and_fetch(
    desks: Any, serve: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    interpol, file = serve(desks.interpol), desks.root / "question.age"
    monkeypatch.setenv("ACCORD_PASSPHRASE", "correct horse battery staple")
    monkeypatch.chdir(desks.root)
    at = f"https://{interpol.address.host}:{interpol.address.port}"
    file.write_bytes(asked(desks))

    def run(*words: str) -> tuple[int, str]:
        with pytest.raises(SystemExit) as ended:
            main(["exchange", *words, "--desk", "unodc"])
        out = capsys.readouterr()
        return int(ended.value.code or 0), out.out + out.err

    code, said = run("carry", file.name, "--at", at)
    assert (code, "3 possible matches" in said) == (0, True), said
    code, said = run("carry", file.name, "--at", at)
    assert (code, "no message that this desk has to send" in said) == (1, True), said  # its conversation is over
    asked(desks, "case-8")
    waiting = next(line.id for line in exchange.status(desks.unodc) if line.waits_for == "interpol")
    code, said = run("carry", waiting, "--at", at)
    assert (code, "3 possible matches" in said) == (0, True), said
    code, said = run("fetch", "--from", "interpol", "--at", at)
    assert (code, "nothing for this desk" in said) == (0, True), said
    code, said = run("fetch", "--from", "unodc", "--at", at)
    assert (code, "unodc is this desk itself" in said, "name the partner: interpol" in said) == (1, True, True), said
    code, said = run("carry", file.name, "--at", at.replace("https", "http"))
    assert (code, "never travel over plain http" in said) == (2, True), said


def test_a_desk_that_serves_for_weeks_ends_what_is_over(desks: Any) -> None:
    mailroom = Mailroom(desks.interpol, lambda said: None)
    asyncio.run(mailroom.hand_in("unodc", asked(desks)))
    desks.clock[0] += dt.timedelta(days=31)
    assert asyncio.run(mailroom.waiting("unodc", {})) is None
    with desks.interpol.reading() as connection:
        assert [(one.state, one.secret) for one in state.find(connection, Session)] == [("lapsed", None)]
