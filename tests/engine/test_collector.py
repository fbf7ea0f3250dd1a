"""Bulk work without the collector of cycles."""

from __future__ import annotations

import gc

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
