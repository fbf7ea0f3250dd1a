"""The desks of tests/exchange, for those who mean harm."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from . import auditing

_PATH = Path(__file__).parents[1] / "exchange" / "conftest.py"
_spec = importlib.util.spec_from_file_location("exchange_desks", _PATH)
assert _spec is not None
assert _spec.loader is not None
desks_module = importlib.util.module_from_spec(_spec)
sys.modules["exchange_desks"] = desks_module
_spec.loader.exec_module(desks_module)
make, desks, asked, neutral = desks_module.make, desks_module.desks, desks_module.asked, desks_module.neutral
three, amend_all = desks_module.three, desks_module.amend_all


@pytest.fixture
def pair(make: Any) -> Any:
    """Two desks; the holder may audit the asker."""
    return make(edit=auditing.audited())


@pytest.fixture
def audited_three(tmp_path: Path) -> Iterator[Any]:
    """unodc asks interpol; europol is the auditor of both."""
    holdings = {"interpol": desks_module.THEIRS, "unodc": desks_module.OURS, "europol": []}
    parties, clock = desks_module.make_parties(tmp_path / "three", holdings, auditing.audited("europol"))
    yield desks_module.Three(tmp_path / "three", parties, clock)
    for party in parties.values():
        party.folder.close()


@pytest.fixture
def url(postgresql: Any) -> str:
    """A database of the tests' own PostgreSQL server."""
    return str(postgresql.url())
