"""The map of a desk, computed from its coverage.toml once and when that file or a label changes; in each language."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from accord.desk.labels import Labels
from accord.errors import InputError

if TYPE_CHECKING:
    from accord.coverage import Map
    from accord.coverage.report.view import View


@dataclass(frozen=True, slots=True)
class Drawn:
    """A map and what its pages show."""

    made: Map
    view: View

    @property
    def areas(self) -> dict[str, str]:
        """The crime areas, as the language calls them."""
        return self.view.words.names("area")

    @property
    def functions(self) -> dict[str, str]:
        """The kinds of work, as the language calls them."""
        return self.view.words.names("function")


@dataclass(slots=True)
class Maps:
    """The map that a plan makes; `plan` None: this desk was given none."""

    plan: Path | None
    labels: Labels
    _guard: threading.Lock = field(default_factory=threading.Lock)
    _drawn: dict[str, Drawn] = field(default_factory=dict)
    _changed: tuple[int, int] = (0, 0)

    def drawn(self, language: str) -> Drawn | None:
        """The map now, None without a plan. Raises what `coverage.make` raises; the first call takes some seconds."""
        if self.plan is None:
            return None
        from accord.coverage import make
        from accord.coverage.report.view import view
        from accord.coverage.words import words

        with self._guard:
            try:
                changed = (self.plan.stat().st_mtime_ns, self.labels.count())
            except OSError:
                remedy = "serve the desk with --coverage"
                raise InputError("coverage.plan", "the plan of the map is gone", remedy) from None
            if self._changed != changed:
                self._drawn, self._changed = {}, changed
            if language not in self._drawn:
                made = next((one.made for one in self._drawn.values()), None) or make(
                    self.plan, corrected=self.labels.holding()
                )
                self._drawn[language] = Drawn(made, view(made, words(language)))
            return self._drawn[language]
