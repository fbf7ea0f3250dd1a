"""`accord exchange prepare | prepared`, and what `status` and `doctor` say of what waits, as a person types and reads."""

from __future__ import annotations

import json
from typing import Any

import pytest

from accord import exchange
from accord.cli import main
from accord.exchange import preparing


@pytest.mark.engines
def test_the_commands_of_preparing(
    desks: Any, monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    question = exchange.ask(desks.unodc, "interpol", "investigation", "case-7")
    (desks.root / "question.age").write_bytes(question)
    desks.unodc.folder.close()
    desks.interpol.folder.close()
    monkeypatch.setenv("ACCORD_PASSPHRASE", "correct horse battery staple")
    monkeypatch.chdir(desks.root)

    def run(words: str, code: int = 0) -> str:
        with pytest.raises(SystemExit) as ended:
            main([*words.split(), "--desk", "interpol"])
        out = capsysbinary.readouterr()
        assert ended.value.code == code, out.err.decode()
        return (out.out + out.err).decode()

    assert "add --purpose with one of: " in run("exchange prepare --with unodc", code=2)
    assert "2 answers prepared for unodc, good until " in run(
        "exchange prepare --with unodc --purpose investigation --count 2"
    )
    rows = [json.loads(line) for line in run("exchange prepared --json").splitlines() if line.startswith("{")]
    assert [(row["partner"], row["purpose"]) for row in rows] == [("unodc", "investigation")] * 2
    assert {"key", "seed"} & set(rows[0]) == set()
    assert "Prepared answers: 2; the first ends on " in run("exchange status")
    assert "2 prepared answers" in run("doctor")
    with monkeypatch.context() as later:
        later.setattr(preparing, "scheme", lambda: "another")  # a new version of Accord: they fit no question now
        assert "prepared answer" not in run("doctor")
    run("exchange receive question.age --out answer.age")
    assert "Prepared answers: 1; the first ends on " in run("exchange status")
    assert "used the prepared answer up" in run("ledger show")
