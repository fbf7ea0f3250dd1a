"""Every field of every message, changed by its own signer: refused with a reason, or harmless; never a crash, never kept.

The partner holds its key, so a signature protects nothing here: each field stands or falls by its own check.
"""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest

from accord import exchange
from accord.errors import AccordError, InternalError, PolicyError
from accord.exchange import state
from accord.exchange.messages import Header, Message, open_message, seal
from accord.exchange.state import Hit, Letter, Onward, Release

NEUTRAL = {"political": "no", "military": "no", "religious": "no", "racial": "no"}
JUNK = (
    None,
    True,
    0,
    -1,
    10**30,
    float("inf"),
    "",
    "\x1b[2J",
    "../../etc/passwd",
    "0" * 16,
    [],
    [[]],
    {},
    {"a": {}},
    "x" * 600,
)
WORDS = {
    "case",
    "reason",
    "message",
    "remedy",
    "code",
    "contact",
    "not_reached",
    "erased_at",
    "said",
    "erased",
    "fields",
}


def the_whole_conversation(desks: Any) -> dict[str, tuple[bytes, str]]:
    """One true message of each kind, with its recipient, none of them received there yet but by a copy of the desk."""
    found: dict[str, tuple[bytes, str]] = {}

    def go(message: bytes | None, to: str) -> None:
        while message is not None:
            sender = desks.of("unodc" if to == "interpol" else "interpol")
            opened, _ = open_message(message, desks.of(to).decrypt, lambda _, s=sender: s.sign.verify_key, to, 10**8)
            hostile(desks, opened, to)
            found[opened.header.kind] = (message, to)
            message, to = exchange.receive(desks.of(to), message).reply, sender.id

    go(exchange.ask(desks.unodc, "interpol", "investigation", "case-7"), "interpol")
    go(exchange.count_with(desks.unodc, "interpol", "investigation", "case-7"), "interpol")
    go(exchange.request(desks.unodc, desks.hit("u1"), ("birthDate", "passportNumber"), "investigation"), "interpol")
    wish = next(line.id for line in exchange.status(desks.interpol) if line.topic == "request")
    exchange.identify(desks.interpol, wish, "same")
    exchange.approve(desks.interpol, wish, "approver", NEUTRAL)
    go(exchange.release(desks.interpol, wish), "unodc")
    go(exchange.correct(desks.interpol, wish), "unodc")
    go(exchange.recall(desks.interpol, wish), "unodc")
    return found


def hostile(desks: Any, true: Message, to: str) -> None:
    """Send every changed form of one message; what the desk holds afterwards is what it held before."""
    desk, sender = desks.of(to), desks.of(true.header.sender)
    before = kept(desk)
    for name, changed in (*headers(true), *bodies(true), *parts(true)):
        if changed == true:
            continue
        data = seal(changed, sender.sign, desk.decrypt.recipient).data
        outcome = taken(desk, data)
        if isinstance(outcome, AccordError):
            assert not isinstance(outcome, InternalError), (true.header.kind, name)
            assert outcome.remedy, (true.header.kind, name, outcome.code)
        else:
            assert harmless(true, name), (true.header.kind, name)
        assert kept(desk) == before, (true.header.kind, name)


def taken(desk: Any, data: bytes) -> AccordError | None:
    """What receiving says; a message that is taken is taken back again."""
    try:
        exchange.receive(undone(desk), data)
    except AccordError as error:
        return error
    except Undone:
        return None
    except Refused:
        return PolicyError("refused", "the accord refuses, and the log says so", "none")
    raise AssertionError("a message was taken without a transaction")


def harmless(true: Message, name: str) -> bool:
    """Words that the partner is free to choose; sets that it may show or leave out; refusals that are told."""
    kind = true.header.kind
    free = {
        ("answer", "outputs"),
        ("matches", "matches"),
        ("matches", "known"),
        ("contacts", "hits"),
        ("request", "shown"),
    }
    free |= {
        ("request", "session"),
        ("recall", "accord"),
        ("receipt", "accord"),
    }  # the last: erasing needs no agreement
    free |= {
        ("receipt", "passed"),
        ("count", "elements"),
        ("count-marks", "groups"),
        ("count-answer", "groups"),
        ("count-told", "count"),
        ("correction", "evidence"),
        ("onward-receipt", "accord"),
        *(("onward-receipt", name) for name in ("passed", "scheme")),
        *((kind, "scheme") for kind in ("onward", "consent")),
        ("onward", "session"),
        ("onward", "wish"),  # the name that the recipient's request has; a receipt that names another one is refused
        ("consent", "consent"),  # null is a no
        *((kind, "scheme") for kind in ("request", "release", "correction", "recall", "receipt")),
    }
    return (
        name in WORDS
        or name in ("at", "until", "purpose", "conditions")
        or kind in ("question", "count")
        or (kind, name) in free
    )


class Undone(Exception):
    """A message was taken."""


class Refused(Exception):
    """A refusal was logged."""


def undone(desk: Any) -> Any:
    """The same desk, except that whatever it would keep is rolled back."""
    from contextlib import contextmanager

    class Once(type(desk)):  # type: ignore[misc]
        __slots__ = ()

        @contextmanager
        def writing(self) -> Any:
            with desk.writing() as connection:
                before = len(state.find(connection, Letter))
                yield connection
                raise Undone if len(state.find(connection, Letter)) > before else Refused

    return Once(*(getattr(desk, item.name) for item in fields(desk)))


def kept(desk: Any) -> Any:
    with desk.reading() as connection:
        rows = [state.find(connection, kind) for kind in (Hit, Release, Onward)]
    return rows, exchange.status(desk), len(list(desk.log.entries()))


def headers(true: Message) -> list[tuple[str, Message]]:
    names = [item.name for item in fields(Header) if item.name not in ("body", "ledger")]
    changed = [
        (name, replace(true, header=replace(true.header, **{name: junk}))) for name in names for junk in JUNK[:11]
    ]
    changed += [("ledger", replace(true, header=replace(true.header, ledger=junk))) for junk in ({}, {"a": 1})]
    return [(name, message) for name, message in changed if writable(message)]


def bodies(true: Message) -> list[tuple[str, Message]]:
    body = true.header.body
    changed = [(name, {**body, name: junk}) for name in body for junk in JUNK]
    changed += [(name, {key: value for key, value in body.items() if key != name}) for name in body]
    found = [(name, replace(true, header=replace(true.header, body=one))) for name, one in changed]
    return [(name, message) for name, message in found if writable(message)]


def parts(true: Message) -> list[tuple[str, Message]]:
    found = []
    for name, data in true.parts.items():
        flipped = [
            bytes([*data[:place], data[place] ^ 1, *data[place + 1 :]])
            for place in {0, len(data) // 2, len(data) - 1}
            if data
        ]
        for other in (b"", b"x", data + data, data[:-1], data + b"\0", *flipped):
            if other != data:
                found.append((name, replace(true, parts={**true.parts, name: other})))
        found.append((name, replace(true, parts={key: value for key, value in true.parts.items() if key != name})))
    return found


def writable(message: Message) -> bool:
    """Whether canonical JSON can say it at all."""
    from accord.ledger import canonical

    try:
        canonical({item.name: getattr(message.header, item.name) for item in fields(Header)})
    except Exception:
        return False
    return True


def test_attack_every_field_of_every_message(desks: Any) -> None:
    found = the_whole_conversation(desks)
    assert set(found) == {
        *("count", "count-marks", "count-answer", "count-told"),
        *("question", "answer", "matches", "contacts", "request", "release", "correction", "recall", "receipt"),
    }


def test_attack_every_field_of_what_hands_fields_on(three: Any) -> None:
    found: list[str] = []

    def go(message: bytes | None, sender: str, to: str) -> None:
        if message is None:
            return
        key = three.of(sender).sign.verify_key
        opened, _ = open_message(message, three.of(to).decrypt, lambda _: key, to, 10**8)
        hostile(three, opened, to)
        found.append(opened.header.kind)
        got = exchange.receive(three.of(to), message)
        for each in ((got.partner, got.reply), *((one.partner, one.data) for one in got.further)):
            go(each[1], to, each[0])

    first = three.first()
    wish = three.requested("europol", "unodc", ("passportNumber",))
    go(exchange.ask_onward(three.unodc, wish, first), "unodc", "interpol")
    asked = next(line.id for line in exchange.status(three.interpol) if line.topic == "onward")
    go(exchange.consent(three.interpol, asked, True, "approver"), "interpol", "unodc")
    three.carry(exchange.release(three.unodc, three.approved("unodc", wish)), "europol")
    go(exchange.recall(three.interpol, first), "interpol", "unodc")
    assert sorted(found) == ["consent", "onward", "onward-receipt", "recall", "recall", "receipt", "receipt"]


def test_attack_path_traversal_in_the_names_of_parts(desks: Any, tmp_path: Path) -> None:
    message = exchange.ask(desks.unodc, "interpol", "investigation", "case-7")
    true, _ = open_message(message, desks.interpol.decrypt, lambda _: desks.unodc.sign.verify_key, "interpol", 10**8)
    before = {path for path in tmp_path.rglob("*") if path.is_file()}
    named = replace(true, parts={"../../planted": b"x", "/etc/planted": b"x", **true.parts})
    exchange.receive(desks.interpol, seal(named, desks.unodc.sign, desks.interpol.decrypt.recipient).data)
    new = {path for path in tmp_path.rglob("*") if path.is_file()} - before
    (kept,) = new  # the outputs that the answer shows, sealed, under a name that this desk drew
    assert kept.parent == desks.root / "interpol" / "pages" / "prepared"
    assert not Path("/etc/planted").exists()


@pytest.mark.parametrize("size", [1 << 20, 3 << 20])
def test_attack_header_that_is_a_bomb_of_json(desks: Any, size: int) -> None:
    message = exchange.ask(desks.unodc, "interpol", "investigation", "case-7")
    true, _ = open_message(message, desks.interpol.decrypt, lambda _: desks.unodc.sign.verify_key, "interpol", 10**8)
    bomb = replace(true, header=replace(true.header, body={"a": [[]] * (size // 3)}))
    with pytest.raises(AccordError, match="larger than any needs to be"):
        exchange.receive(desks.interpol, seal(bomb, desks.unodc.sign, desks.interpol.decrypt.recipient).data)
