"""`accord exchange audit | audits` and what the accord's lawyers are shown, as a person types and reads it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from accord.arrangement.check import check
from accord.arrangement.document import read_document
from accord.arrangement.show import as_text, page
from accord.cli import main


def with_audit(text: str) -> str:
    return text.replace("\ndays = 0 ", "\ndays = 14 ").replace("sample = 100", "sample = 20")


@pytest.mark.engines
def test_the_commands_of_an_audit(
    make: Any, monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    desks = make(edit=with_audit)
    question = desks.ask()[0].session
    desks.unodc.folder.close()
    desks.interpol.folder.close()
    monkeypatch.setenv("ACCORD_PASSPHRASE", "correct horse battery staple")
    monkeypatch.chdir(desks.root)

    def run(words: str, code: int = 0) -> list[dict[str, Any]]:
        with pytest.raises(SystemExit) as ended:
            main(["exchange", *words.split()])
        out = capsysbinary.readouterr()
        assert ended.value.code == code, out.err.decode()
        return [json.loads(line) for line in out.out.splitlines() if line.startswith(b"{")]

    run(f"audit {question} --of interpol --out m0 --desk unodc", code=4)
    run(f"audit {question} --of unodc --out m1 --desk interpol")
    assert run("status --json --desk interpol")[0]["topic"] == "audit"
    run("receive m1 --out m2 --desk unodc")
    run("receive m2 --out m3 --desk interpol")
    run("receive m3 --desk unodc")
    for desk, role in (("unodc", "audited"), ("interpol", "auditor")):
        (row,) = run(f"audits --json --desk {desk}")
        assert (row["question"], row["role"], row["side"], row["verdict"]) == (question, role, "asker", "sound")
        assert (row["opened"], row["size"]) == (20, 256)


def test_the_accord_says_who_audits_whom(make: Any) -> None:
    shown = as_text(page(make(edit=with_audit).unodc.accord, "lawyer"))
    assert "may be audited for 14 days" in shown
    assert "The holder draws, and the asker opens 20 places" in shown


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"auditor": '"nobody"', "days": "3"}, "is no party of this accord"),
        ({"auditor": '"interpol"'}, "rules audits out"),
        ({"days": "3"}, "nobody audits the holder"),
    ],
)
def test_check_says_what_is_wrong_with_an_audit(desks: Any, changes: dict[str, str], said: str) -> None:
    from accord.arrangement._kept import load_kept

    text = load_kept(desks.unodc.folder).versions[-1].text
    for name, value in changes.items():
        before = {"auditor": 'auditor = ""', "days": "\ndays = 0"}[name]
        assert before in text
        text = text.replace(before, f"{before.split('=')[0]}= {value}")
    found = check(read_document(text), desks.clock[0].date())
    assert any(said in str(each) for each in (*found.problems, *found.notes))


def test_check_names_what_an_auditor_is_not_shown_of_what_is_asked_about(three: Any) -> None:
    """Marks that rest on it count as ones that no record gives: an honest desk was found unsound, and nothing had said so."""
    from accord.arrangement._kept import load_kept

    text = load_kept(three.unodc.folder).versions[-1].text
    text = text.replace('auditor = ""', 'auditor = "europol"').replace("\ndays = 0", "\ndays = 3")
    head, *clauses = text.split("[[clause]]")
    shown = [one.replace('"contact"', '"release"') if 'to = "europol"' in one else one for one in clauses]

    def notes(given: str) -> list[str]:
        found = check(read_document(given), three.clock[0].date())
        return [one.message for one in found.notes if one.code == "arrangement.audit"]

    assert [note.partition(" show ")[0] for note in notes(text)] == [
        f"no clause lets {one}" for one in ("interpol", "unodc")
    ]
    assert all("postalCode" in note and "birthDate" not in note for note in notes(text))
    assert notes("[[clause]]".join([head, *shown])) == []
