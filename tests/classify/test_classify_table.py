"""The table of terms is checked as a whole: what is written in the wrong place is refused, never passed over."""

from __future__ import annotations

import pytest

from accord.coverage.classify._table import _collect
from accord.errors import InternalError


def test_languages_written_below_an_exception_are_refused() -> None:
    """In TOML they belong to the exception, and would be lost in silence."""
    section: dict[str, object] = {"except": [{"why": "no", "terms": ["x"], "fr": ["operations"]}]}
    with pytest.raises(InternalError, match="other keys"):
        _collect("operations", section, {}, "functions.toml")
