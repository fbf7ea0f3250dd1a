"""Where silence answers back: what a holder asks back counts as a question of its own, at both desks alike."""

from __future__ import annotations

import re
from typing import Any

import pytest
from tests.attacks.test_attacks_by_partners import silent

from accord import exchange
from accord.errors import PolicyError
from accord.records import Entity

from .conftest import THEIRS

OTHERS = [
    Entity(f"s{number}", "Person", {"birthDate": ("1980-05-17",), "passportNumber": (f"A{1000003 * number}",)})
    for number in range(300)
]


def allowing(**quotas: int) -> Any:
    def edit(text: str) -> str:
        for name, number in quotas.items():
            text = re.sub(rf"{name} = \d+", f"{name} = {number}", text)
        return silent(text)

    return edit


def both(text: str) -> str:
    """Each keeps its records silent towards the other."""
    return re.sub('level = "(contact|release)"', 'level = "silent"', text)


def test_a_holder_with_more_silent_marks_than_a_question_may_have_refuses_at_home(make: Any) -> None:
    """The asker refused instead, when it had learned the answer, and was told to ask about fewer of its own records."""
    desks = make(theirs=[*THEIRS, *OTHERS], edit=allowing(marks_per_session=256))
    said = desks.carry(exchange.ask(desks.unodc, "interpol", "investigation", "case-7"), "interpol")
    assert [one.kind for one in said] == ["question", "refusal"]
    assert "ask back" in said[0].refusal.message
    assert said[0].refusal.code == "answer.asked-back"


def test_what_was_asked_back_today_counts_at_home_as_at_the_partner(make: Any) -> None:
    desks = make(edit=lambda text: both(allowing(questions_per_day=22)(text)))  # 528 marks a day, two padded sets
    assert desks.ask()[-1].kind == "contacts"
    said = desks.carry(exchange.ask(desks.interpol, "unodc", "investigation", "case-8"), "unodc")
    assert said[-1].kind == "contacts"
    with pytest.raises(PolicyError, match="we have asked with 768 marks within a day"):
        exchange.ask(desks.unodc, "interpol", "investigation", "case-9")


def test_asking_back_is_no_question_too_soon(make: Any) -> None:
    """Each desk asks the other within the hour: what the second asks back was refused, as its question was the last."""
    desks = make(edit=lambda text: both(allowing(minutes_between=60)(text)))
    assert desks.ask()[-1].kind == "contacts"
    said = desks.carry(exchange.ask(desks.interpol, "unodc", "investigation", "case-8"), "unodc")
    assert [one.kind for one in said] == ["question", "answer", "matches", "contacts"]
