"""The map of a desk, computed once from its coverage.toml and again when that file has changed."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from accord.errors import InputError

if TYPE_CHECKING:
    from accord.coverage import Map
    from accord.coverage.report.view import View


@dataclass(frozen=True, slots=True)
class Drawn:
    """A map and what its pages show."""

    made: Map
    view: View


@dataclass(slots=True)
class Maps:
    """The map that a plan makes; `plan` None: this desk was given none."""

    plan: Path | None
    _guard: threading.Lock = field(default_factory=threading.Lock)
    _drawn: tuple[int, Drawn] | None = None

    def drawn(self) -> Drawn | None:
        """The map now, None without a plan. Raises what `coverage.make` raises; the first call takes some seconds."""
        if self.plan is None:
            return None
        from accord.coverage import make
        from accord.coverage.report.view import view

        with self._guard:
            try:
                changed = self.plan.stat().st_mtime_ns
            except OSError:
                raise InputError(
                    "coverage.plan", "the plan of the map is gone", "serve the desk with --coverage"
                ) from None
            if self._drawn is None or self._drawn[0] != changed:
                made = make(self.plan)
                self._drawn = (changed, Drawn(made, view(made)))
            return self._drawn[1]
