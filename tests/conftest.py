"""Fixtures that more than one package uses."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data beside the checkout (ACCORD_SHARED_DATA); skips the test when it is absent."""
    folder = Path(os.environ.get("ACCORD_SHARED_DATA", Path(__file__).parents[2] / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip("the real data is not here: set ACCORD_SHARED_DATA, or keep it in ../shared/data")
    return folder
