"""The commands, as a person types them, between two folders."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path
from typing import Any

import pytest

from accord.cli import main
from accord.records import Entity
from accord.records.terms import RecordTerms


@pytest.fixture
def run(asked: Any, monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]) -> Any:
    asked.unodc.folder.close()
    asked.interpol.folder.close()
    monkeypatch.setenv("ACCORD_PASSPHRASE", "correct horse battery staple")
    monkeypatch.chdir(asked.root)

    def call(*words: str, code: int = 0) -> str:
        with pytest.raises(SystemExit) as ended:
            main(["exchange", *words])
        out = capsysbinary.readouterr()
        assert ended.value.code == code, out.err.decode()
        call.said.append(out.err.decode())  # type: ignore[attr-defined]
        return out.out.decode() or out.err.decode()

    call.said = []  # type: ignore[attr-defined]
    return call


def test_the_commands_from_request_to_receipt(run: Any) -> None:
    hits = [json.loads(line) for line in run("hits", "--json", "--desk", "unodc").splitlines()]
    assert set(hits[0]) >= {"hit", "record", "party", "contact", "state"}
    hit = next(row["hit"] for row in hits if row["record"] == "u1")
    run("request", hit, "--property", "passportNumber", "--purpose", "investigation", "--out", "r", "--desk", "unodc")
    got = json.loads(run("receive", "r", "--json", "--desk", "interpol").splitlines()[-1])
    wish = got["session"]
    assert json.loads(run("status", "--json", "--desk", "interpol").splitlines()[0])["waits_for"] == "us"
    assert "Amina Diallo-Traoré" in run("identify", wish, "--desk", "interpol")
    run("identify", wish, "same", "--desk", "interpol")
    run("approve", wish, "--as", "analyst", "--neutral", "--desk", "interpol", code=4)
    run("release", wish, "--out", "f", "--desk", "interpol", code=4)
    run("approve", wish, "--as", "approver", "--neutral", "--desk", "interpol")
    run("release", wish, "--out", "f", "--desk", "interpol")
    run("receive", "f", "--desk", "unodc")
    read = json.loads(run("read", wish, "--purpose", "investigation", "--json", "--desk", "unodc"))
    assert read["fields"] == {"passportNumber": ["A0774123"]}
    run("read", wish, "--purpose", "analysis", "--desk", "unodc", code=4)
    run("recall", wish, "--out", "b", "--desk", "interpol")
    run("receive", "b", "--out", "receipt", "--attest", "no notes", "--desk", "unodc")
    run("receive", "receipt", "--desk", "interpol")
    run("read", wish, "--purpose", "investigation", "--desk", "unodc", code=4)
    run("resend", wish, "--out", "again", "--desk", "unodc")
    assert Path("again").read_bytes() == Path("receipt").read_bytes()


def test_marks_of_a_record_are_shown_in_words(run: Any) -> None:
    rows = [json.loads(line) for line in run("marks", "u1", "--json", "--desk", "unodc").splitlines()]
    assert "two name words + full date" in {row["mark"] for row in rows}
    years = []
    for more in ((), ("--held",)):
        rows = [json.loads(line) for line in run("marks", "u1", "--json", "--desk", "unodc", *more).splitlines()]
        years.append(sorted(row["values"][1] for row in rows if row["mark"] == "whole name + about year"))
    assert years == [["1980"], ["1979", "1980", "1981"]]


def test_a_name_that_says_there_is_none_is_called_one(asked: Any, run: Any) -> None:
    names = {"name": ("Unknown Male", "Amina Diallo"), "firstName": ("Test",), "lastName": ("Test",)}
    party = asked.reopen().unodc
    party.holding.load([Entity("u9", "Person", names)], source="more.jsonl", at=asked.clock[0])
    party.folder.close()
    assert "spelled name" in run("marks", "u9", "--desk", "unodc")
    said = [line for line in run.said[-1].splitlines() if "not known" in line]
    assert said == [
        f"«{name}» stands for a name that is not known, and counts as none." for name in ("Unknown Male", "Test Test")
    ]
    run("marks", "u1", "--desk", "unodc")
    assert "not known" not in run.said[-1]


def test_marks_are_those_that_the_accord_lets_be_asked(run: Any, asked: Any) -> None:
    """All marks of a protected person were said to be asked, and those of properties that no clause lets go."""
    told = {"name": ("Kwame Boateng",), "birthDate": ("1990-12-01",), "notes": ("A",), "religion": ("B",)}
    for name, status in (("m1", ("minor",)), ("m2", ())):
        terms = RecordTerms(status=status)
        asked.unodc.holding.load([Entity(name, "Person", told)], source=name, at=asked.clock[0], terms=terms)
    assert "into no question today" in run("marks", "m1", "--desk", "unodc")
    assert "three name words" not in run("marks", "m1", "--json", "--desk", "unodc")
    shown = run("marks", "m2", "--desk", "unodc")
    assert "two name words + full date" in shown


@pytest.mark.parametrize("file", ["absent", "accord.toml"])
def test_a_file_that_is_no_message_is_refused(run: Any, file: str) -> None:
    Path("accord.toml").write_text("title = 1", encoding="utf-8")
    run("receive", file, "--desk", "unodc", code=1)


def test_a_slip_of_the_name_costs_nobody_a_file(run: Any) -> None:
    """`--out` once took the place of whatever was there: of the records that were to be loaded, too."""
    records, ask = Path("ours.jsonl"), ["ask", "--to", "interpol", "--purpose", "investigation", "--case", "case-8"]
    records.write_text('{"id": "u9"}', encoding="utf-8")
    before = run("status", "--json", "--desk", "unodc")
    assert "no message of Accord" in run(*ask, "--out", "ours.jsonl", "--desk", "unodc", code=2)
    assert records.read_text(encoding="utf-8") == '{"id": "u9"}'
    assert run("status", "--json", "--desk", "unodc") == before
    assert "no message of Accord" in run("receive", "q", "--out", "/dev/null", "--desk", "interpol", code=2)
    run(*ask, "--out", "q", "--desk", "unodc")
    run(*ask, "--out", "q", "--desk", "unodc")  # a message may be there: its desk has it


def test_a_message_that_finds_no_room_leaves_nothing_half_written(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_file: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("accord.cli._messages.os.fsync", full)
    before = sorted(Path().iterdir())
    said = run(
        "ask", "--to", "interpol", "--purpose", "investigation", "--case", "c", "--out", "q", "--desk", "unodc", code=1
    )
    assert "q cannot be written: No space left on device; the desk keeps the message" in said
    assert sorted(Path().iterdir()) == before


def test_the_commands_that_hand_fields_on(
    three: Any, monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    first = three.first()
    wish = three.requested("europol", "unodc", ("passportNumber",))
    for party in three.parties.values():
        party.folder.close()
    monkeypatch.setenv("ACCORD_PASSPHRASE", "correct horse battery staple")
    monkeypatch.chdir(three.root)

    def run(words: str, code: int = 0) -> list[dict[str, Any]]:
        with pytest.raises(SystemExit) as ended:
            main(["exchange", *words.split()])
        out = capsysbinary.readouterr()
        assert ended.value.code == code, out.err.decode()
        return [json.loads(line) for line in out.out.splitlines() if line.startswith(b"{")]

    run(f"onward {wish} --from {first} --out m1 --desk unodc")
    asked = run("receive m1 --json --desk interpol")[0]["session"]
    shown = run(f"consent {asked} --json --desk interpol")[0]
    assert (shown["recipient"], shown["fields"]) == ("europol", ["passportNumber"])
    run(f"consent {asked} yes --as analyst --out m2 --desk interpol", code=4)
    run(f"consent {asked} yes --as approver --out m2 --desk interpol")
    run("receive m2 --desk unodc")
    run(f"identify {wish} same --desk unodc")
    run(f"approve {wish} --as approver --neutral --desk unodc")
    run(f"release {wish} --out m3 --desk unodc")
    run("receive m3 --desk europol")
    (three.root / "note.txt").write_text("a note")
    item = run(f"derive note.txt --from {first} --purpose investigation --name note --json --desk unodc")[0]["id"]
    run(f"derived {item} --purpose prosecution --out copy --desk unodc", code=4)
    run(f"derived {item} --purpose investigation --out copy --desk unodc")
    assert (three.root / "copy").read_text() == "a note"
    run(f"recall {first} --out m4 --desk interpol")
    further = run("receive m4 --out m5 --json --desk unodc")[0]["further"]
    assert further == [{"kind": "recall", "session": wish, "party": "europol"}]
    run(f"resend {wish} --out m6 --desk unodc")
    run("receive m6 --out m7 --desk europol")
    run("receive m5 --desk interpol")
    run("receive m7 --desk unodc")
    run(f"resend {first} --out m8 --desk unodc")
    run("receive m8 --desk interpol")
    assert {one["waits_for"] for one in run("status --json --desk interpol") if one["id"] == first} == {"nobody"}
    assert run("derived --json --desk unodc")[0]["state"] == "returned"


def test_the_commands_that_stand_and_count(run: Any) -> None:
    wish = ("--to", "interpol", "--purpose", "investigation", "--case", "case-8", "--desk", "unodc")
    name = json.loads(run("stand", "--json", *wish))["id"]
    assert json.loads(run("standing", "--json", "--desk", "unodc"))["waiting"] == 4
    run("again", name, "--out", "m1", "--desk", "unodc")
    for number, desk in ((1, "interpol"), (2, "unodc"), (3, "interpol")):
        run("receive", f"m{number}", "--out", f"m{number + 1}", "--desk", desk)
    run("receive", "m4", "--desk", "unodc")
    assert "nothing was written" in run("again", name, "--out", "m5", "--desk", "unodc")
    assert not Path("m5").exists()
    run("count", *wish, "--out", "c1")
    for number, desk in ((1, "interpol"), (2, "unodc"), (3, "interpol")):
        run("receive", f"c{number}", "--out", f"c{number + 1}", "--desk", desk)
    run("receive", "c4", "--desk", "unodc")
    told = [json.loads(run("counts", "--json", "--desk", desk)) for desk in ("unodc", "interpol")]
    assert told[0]["told"] == told[1]["told"]
    assert (told[0]["exact"], told[1]["exact"]) == (None, 3)
    assert json.loads(run("sweep", "--json", "--desk", "unodc")) == {"now": {}, "sweeps": 0, "last": None}
    assert json.loads(run("standing", "--end", name, "--json", "--desk", "unodc"))["state"] == "ended"
