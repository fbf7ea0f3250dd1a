"""One file that is being loaded at a desk, in the background: checked whole, then loaded whole, or not at all.

Invariants: the file stays in memory and never touches the disk unencrypted; with one problem nothing is loaded; when it
is stopped nothing is half loaded, and the same file can be begun again without sending it again.
"""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from accord.errors import AccordError, InputError, Problem
from accord.records import Entity, Holding, Report
from accord.records.loading import Wish, load
from accord.records.read import read_bytes

if TYPE_CHECKING:
    from accord.ledger import Log
    from accord.records import Loaded
    from accord.records.report import Note

_EVERY = 200  # records between two looks at whether to stop


@dataclass(frozen=True, slots=True)
class Sent:
    """A file as it was sent, by which account, and how it is to be loaded."""

    name: str
    data: bytes = field(repr=False)
    mapping: str | None
    wish: Wish
    by: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """`state`: checking, loading, stopped, failed or done; `read` counts records so far in this step."""

    state: str
    name: str
    by: str
    read: int = 0
    loaded: Loaded | None = None
    error: AccordError | None = None
    problems: tuple[Problem, ...] = ()
    problem_count: int = 0
    notes: tuple[Note, ...] = ()

    @property
    def running(self) -> bool:
        return self.state in ("checking", "loading")


class _StoppedError(Exception):
    """Somebody asked to stop."""


class Loading:
    """The one load that a desk works at; the last outcome stays until the next."""

    __slots__ = ("_guard", "_holding", "_log", "_now", "_sent", "_stop", "_thread", "outcome")

    def __init__(self, holding: Holding, log: Log, now: Callable[[], dt.datetime]) -> None:
        self._holding, self._log, self._now = holding, log, now
        self._guard, self._stop = threading.Lock(), threading.Event()
        self._sent: Sent | None = None
        self._thread: threading.Thread | None = None
        self.outcome: Outcome | None = None

    @property
    def can_begin_again(self) -> bool:
        """Whether the file of a stopped or failed load is still here."""
        return self._sent is not None and self.outcome is not None and not self.outcome.running

    def begin(self, sent: Sent) -> None:
        """Check and load a file. Raises `InputError` `load.busy` while another one is at work."""
        with self._guard:
            if self.outcome is not None and self.outcome.running:
                raise InputError("load.busy", "another file is being loaded", "wait until it is done, or stop it")
            self._sent, self.outcome = sent, Outcome("checking", sent.name, sent.by)
            self._stop.clear()
            self._thread = threading.Thread(target=self._run, args=(sent,), name="accord-load", daemon=True)
        self._thread.start()

    def again(self) -> None:
        """Begin once more with the file that is here. Raises `InputError` `load.none` when there is none."""
        if self._sent is None:
            raise InputError("load.none", "there is no file to begin again with", "send the file once more")
        self.begin(self._sent)

    def stop(self) -> None:
        """Stop soon; nothing of the file stays in the desk."""
        self._stop.set()

    def join(self, seconds: float | None = None) -> None:
        """Wait until it has ended."""
        if self._thread is not None:
            self._thread.join(seconds)

    def _run(self, sent: Sent) -> None:
        report = Report()
        try:
            for _ in self._read(sent, report):
                pass
            report.raise_problems(sent.name)
            self._tell(state="loading", read=0)
            loaded = load(self._holding, self._log, self._read(sent, Report()), sent.wish, self._now(), sent.by)
            self._sent = None
            self._tell(state="done", loaded=loaded)
        except _StoppedError:
            self._tell(state="stopped")
        except AccordError as error:
            self._tell(state="failed", error=error, problems=tuple(getattr(error, "problems", ())))
        except Exception as error:
            from accord.desk.failures import unforeseen

            self._tell(state="failed", error=unforeseen(error))
        finally:
            self._tell(notes=tuple(report.notes), problem_count=report.problem_count)

    def _read(self, sent: Sent, report: Report) -> Iterator[Entity]:
        for number, entity in enumerate(read_bytes(sent.data, sent.name, sent.mapping, report), 1):
            if number % _EVERY == 0 or number == 1:
                self._tell(read=number)
            yield entity

    def _tell(self, **changes: object) -> None:
        if self._stop.is_set() and "read" in changes:
            raise _StoppedError
        assert self.outcome is not None
        self.outcome = replace(self.outcome, **changes)  # type: ignore[arg-type]  # fields of Outcome, from this class
