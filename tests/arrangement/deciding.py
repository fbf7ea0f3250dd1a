"""What `decide` says of a request, for the tests that ask it."""

from __future__ import annotations

import datetime as dt

from accord.arrangement import (
    Accord,
    Permit,
    Refusal,
    Request,
    decide,
)
from accord.arrangement.document import read_document

NOW = dt.datetime(2026, 11, 25, 12, tzinfo=dt.UTC)


def refused(request: Request, accord: Accord, now: dt.datetime = NOW) -> Refusal:
    answer = decide(request, accord, now)
    assert isinstance(answer, Refusal), answer
    assert answer.clause
    assert answer.owner
    return answer


def permitted(request: Request, accord: Accord, now: dt.datetime = NOW) -> Permit:
    answer = decide(request, accord, now)
    assert isinstance(answer, Permit), answer
    return answer


def with_text(world, old: str, new: str) -> Accord:
    assert old in world.text
    return read_document(world.text.replace(old, new)).accord
