"""The desks of tests/exchange, for those who mean harm."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

_PATH = Path(__file__).parents[1] / "exchange" / "conftest.py"
_spec = importlib.util.spec_from_file_location("exchange_desks", _PATH)
assert _spec is not None
assert _spec.loader is not None
desks_module = importlib.util.module_from_spec(_spec)
sys.modules["exchange_desks"] = desks_module
_spec.loader.exec_module(desks_module)
make, desks, asked, neutral = desks_module.make, desks_module.desks, desks_module.asked, desks_module.neutral
three, amend_all = desks_module.three, desks_module.amend_all
