"""The whole path on real lists, with nothing but files carried: UN and OFAC, from a question to the receipt."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from accord import exchange
from accord.ledger import verify
from accord.records import Entity

from .conftest import NEUTRAL


def read(path: Path, most: int) -> list[Entity]:
    with path.open(encoding="utf-8") as lines:
        said = [json.loads(line) for _, line in zip(range(most), lines, strict=False)]
    return [
        Entity(one["id"], one["schema"], {name: tuple(values) for name, values in one["properties"].items()})
        for one in said
    ]


def test_two_desks_from_question_to_recall_on_the_cross_list(make: Any, shared_data: Path, tmp_path: Path) -> None:
    lists = shared_data / "match" / "lists"
    desks = make(ours=read(lists / "un.ftm.jsonl", 1000), theirs=read(lists / "ofac.ftm.jsonl", 2500))
    files = iter(range(99))

    def carry(message: bytes | None, to: str) -> str:
        """Each message is a file that is written, carried and read; nothing else passes between the two."""
        session = ""
        while message is not None:
            file = tmp_path / f"{next(files)}.accord"
            file.write_bytes(message)
            got = exchange.receive(desks.of(to), file.read_bytes())
            session, message, to = got.session, got.reply, "interpol" if to == "unodc" else "unodc"
        return session

    carry(exchange.ask(desks.unodc, "interpol", "investigation", "2026-17"), "interpol")
    found = exchange.hits(desks.unodc)
    assert len(found) > 50
    assert {row["hit"] for row in found} == {row["hit"] for row in exchange.hits(desks.interpol)}
    hit = next(row for row in found if desks.unodc.record(str(row["record"]))[0].get("birthDate"))
    wish = carry(exchange.request(desks.unodc, str(hit["hit"]), ("birthDate",), "investigation"), "interpol")
    exchange.identify(desks.interpol, wish, "same")
    exchange.approve(desks.interpol, wish, "approver", NEUTRAL)
    carry(exchange.release(desks.interpol, wish), "unodc")
    assert set(exchange.read(desks.unodc, wish, "investigation").fields) <= {"birthDate"}
    carry(exchange.recall(desks.interpol, wish), "unodc")
    assert {line.waits_for for desk in (desks.unodc, desks.interpol) for line in exchange.status(desk)} == {"nobody"}
    for party in (desks.unodc, desks.interpol):
        assert verify(party.folder.engine(), party.id, party.sign.verify_key) is not None
        with party.reading() as connection:
            exchange.check_rows(connection, party.log, party.accord, party.now)
