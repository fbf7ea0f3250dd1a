"""The example that newcomers read runs to its end, and says what it is there to show."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

EXAMPLE = Path(__file__).parents[2] / "examples" / "two_parties.py"


def test_the_example_goes_from_question_to_receipt(capsys: pytest.CaptureFixture[str]) -> None:
    runpy.run_path(str(EXAMPLE), run_name="__main__")
    told = capsys.readouterr().out.splitlines()
    came = [line.split()[2] for line in told if "<-" in line]
    assert came == ["question", "answer", "matches", "contacts", "request", "release", "recall", "receipt"]
    assert "read for investigation: {'passportNumber': ['A0774123']}" in told
    assert "read for analysis: refused, the record may not be used for «analysis»" in told
    assert "unodc has erased passportNumber" in told[-1]
