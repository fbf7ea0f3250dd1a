"""The next version of an accord, written from the one in force: its text with the changes asked for, and no others.

Invariants: comments and layout stay, since lawyers wrote them; what was written is read again and must hold exactly
what was meant, so an unusual layout is refused and never garbled; nothing is in force until every party has signed.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import Any

from accord.arrangement.document import Read
from accord.arrangement.draft import clause_block, party_block, quote, translation_line, translation_rows
from accord.arrangement.model import Accord, Party
from accord.errors import InputError, UsageError

_HEADER = re.compile(r"\s*\[\[?\s*([A-Za-z0-9_.-]+)\s*\]\]?\s*(#.*)?$")


@dataclass(frozen=True, slots=True)
class Changes:
    """What the next version changes: `cards` of parties that accede or have new keys or officers, `revoked` officers
    (`party/officer`), `left` parties that withdrew."""

    cards: Sequence[Party] = ()
    revoked: Sequence[str] = ()
    left: Sequence[str] = ()


def amend(document: Read, changes: Changes) -> str:
    """The text of the next version. Raises `UsageError` `arrangement.amend` for what cannot be meant, `InputError`
    `arrangement.layout` when the document is laid out so that it cannot be changed safely."""
    old = document.accord
    _sensible(old, changes)
    lines = document.text.splitlines()
    meant: dict[str, Any] = deepcopy(dict(old.content))
    _set(lines, "version", str(old.version + 1))
    _set(lines, "previous", quote(old.digest))
    meant |= {"version": old.version + 1, "previous": old.digest}
    others = [party for party in old.parties if party.id not in changes.left]
    for identity in changes.left:
        _leave(lines, meant, identity)
    for name in changes.revoked:
        _revoke(lines, meant, *name.split("/", 1))
    for card in changes.cards:
        before = next((party for party in old.parties if party.id == card.id), None)
        if before is None:
            _accede(lines, meant, card, others)
            others.append(card)
        else:
            _renewed(lines, meant, _joined(card, before, changes.revoked))
    text = "\n".join(lines) + "\n"
    try:
        written = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        written = {}
    if written != meant:
        raise _layout()
    return text


def _sensible(old: Accord, changes: Changes) -> None:
    known = {party.id: party for party in old.parties}
    for identity in changes.left:
        if identity not in known:
            raise UsageError("arrangement.amend", f"«{identity}» is no party of this accord", "name one that left")
    for name in changes.revoked:
        identity, _, officer = name.partition("/")
        if identity not in known or known[identity].officer(officer) is None:
            raise UsageError("arrangement.amend", f"«{name}» is no officer of this accord", "name PARTY/OFFICER")


def _joined(card: Party, before: Party, revoked: Sequence[str]) -> Party:
    """The party as the next version names it: keys and contact of the card, mandates of the accord; officers of both,
    with the end dates that the accord gives a key which stays."""
    officers = []
    for officer in card.officers:
        known = before.officer(officer.name)
        officers.append(known if known is not None and known.key == officer.key else officer)
    names = {officer.name for officer in card.officers}
    officers += [officer for officer in before.officers if officer.name not in names]
    struck = {name.partition("/")[2] for name in revoked if name.partition("/")[0] == card.id}
    kept = tuple(officer for officer in officers if officer.name not in struck)
    return replace(
        card,
        officers=kept,
        mandates=before.mandates or card.mandates,
        data_protection=before.data_protection or card.data_protection,
    )


def _accede(lines: list[str], meant: dict[str, Any], card: Party, others: Sequence[Party]) -> None:
    block = party_block(card)
    _, end = _tables(lines, "party")[-1]
    lines[end:end] = ["", *block.splitlines()]
    meant["party"].append(_parsed(block)["party"][0])
    number = 1 + max((int(found[0]) for c in meant["clause"] if (found := re.findall(r"^\d+", c["id"]))), default=0)
    for giver, receiver in [way for other in others for way in ((other, card), (card, other))]:
        block = clause_block(giver, receiver, number)
        lines += ["", *block.splitlines()]
        meant["clause"] += _parsed(block)["clause"]
        number += 1
    _translate(lines, meant, card)


def _translate(lines: list[str], meant: dict[str, Any], card: Party) -> None:
    """Lines that say what every handling code means in the scheme of a new party, where the accord has none yet."""
    stated = meant.setdefault("handling", {}).setdefault("translations", [])
    known = {(row["from"].lower(), row["to"].lower().partition(":")[0]) for row in stated}
    rows = [row for row in translation_rows([card]) if (f"{row.scheme}:{row.code}".lower(), row.to_scheme) not in known]
    if not rows:
        return
    written = [translation_line(row) for row in rows]
    place = next((n for n, line in enumerate(lines) if re.match(r"\s*translations\s*=\s*\[\s*$", line)), None)
    if place is None:
        raise _layout()
    lines[place + 1 : place + 1] = written
    stated[:0] = [_parsed(f"row = {line.strip().rstrip(',')}")["row"] for line in written]


def _renewed(lines: list[str], meant: dict[str, Any], party: Party) -> None:
    number = [each["id"] for each in meant["party"]].index(party.id)
    start, end = _tables(lines, "party")[number]
    block = party_block(party)
    lines[start:end] = block.splitlines()
    meant["party"][number] = _parsed(block)["party"][0]


def _revoke(lines: list[str], meant: dict[str, Any], party: str, officer: str) -> None:
    number = [each["id"] for each in meant["party"]].index(party)
    start, end = _tables(lines, "party")[number]
    inside = lines[start:end]
    place = [each["name"] for each in meant["party"][number]["officer"]].index(officer)
    first, last = _tables(inside, "party.officer")[place]
    del lines[start + first : start + last]
    del meant["party"][number]["officer"][place]
    if not meant["party"][number]["officer"]:
        del meant["party"][number]["officer"]


def _leave(lines: list[str], meant: dict[str, Any], party: str) -> None:
    for name, gone in (
        ("clause", [party in (each["from"], each["to"]) for each in meant["clause"]]),
        ("party", [each["id"] == party for each in meant["party"]]),
    ):
        for (start, end), strike in reversed(list(zip(_tables(lines, name), gone, strict=True))):
            if strike:
                del lines[start:end]
        meant[name] = [each for each, strike in zip(meant[name], gone, strict=True) if not strike]


def _tables(lines: Sequence[str], name: str) -> list[tuple[int, int]]:
    """Where each `[[name]]` begins and ends, tables inside it included; comments above the next header are not its."""
    heads = [(n, head.group(1)) for n, line in enumerate(lines) if (head := _HEADER.match(line))]
    found = []
    for n, title in heads:
        if title != name:
            continue
        stop = next((m for m, other in heads if m > n and not other.startswith(f"{name}.")), len(lines))
        above = takewhile(lambda line: not line.strip() or line.lstrip().startswith("#"), reversed(lines[n:stop]))
        found.append((n, stop - len(list(above))))
    return found


def _set(lines: list[str], key: str, value: str) -> None:
    """Put a value in the place of a key's at the top of the document; a comment behind it stays."""
    head = re.compile(rf"({key}\s*=\s*)(\"[^\"]*\"|\d+)(.*)$")
    for number, line in enumerate(lines):
        if _HEADER.match(line):
            break
        if found := head.match(line):
            lines[number] = f"{found.group(1)}{value}{found.group(3)}"
            return
    raise _layout()


def _parsed(block: str) -> dict[str, Any]:
    return tomllib.loads(block)


def _layout() -> InputError:
    return InputError(
        "arrangement.layout",
        "the document is laid out so that it cannot be changed safely",
        "write one key a line and [[party]], [[clause]] above each table, as `accord arrangement draft` does",
    )
