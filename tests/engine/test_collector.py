"""Bulk work without the collector of cycles."""

from __future__ import annotations

import gc
import threading

import pytest

from accord.engine import uncollected


@uncollected()
def works(fails: bool) -> bool:
    if fails:
        raise ValueError("fails")
    return gc.isenabled()


def test_the_collector_is_as_it_was_however_work_ends() -> None:
    assert not works(fails=False)
    assert gc.isenabled()
    with pytest.raises(ValueError, match="fails"):
        works(fails=True)
    assert gc.isenabled()


def test_within_such_work_it_stays_off_and_where_it_was_off_it_stays_so() -> None:
    with uncollected():
        assert not works(fails=False)
        assert not gc.isenabled()
    gc.disable()
    try:
        works(fails=False)
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_work_that_begins_while_other_work_ends_leaves_the_collector_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another thread turned it on after this one had looked, and before it turned it off, so it stayed off for good."""
    first, second, off = uncollected(), uncollected(), gc.disable
    ends = threading.Thread(target=lambda: first.__exit__(None, None, None))

    def late() -> None:
        ends.start()
        ends.join(0.1)
        off()

    first.__enter__()
    monkeypatch.setattr(gc, "disable", late)
    second.__enter__()
    ends.join()
    second.__exit__(None, None, None)
    assert gc.isenabled()
