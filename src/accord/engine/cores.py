"""Batches of work on worker processes: results in order, on so many cores as asked.

    spread(work, batches, workers)   work(batch) for each batch; work and batches must be picklable

Invariants: results are those of `[work(batch) for batch in batches]`, whatever the number of workers. What is worked
on, keys included, goes to a worker through a pipe that only the two hold, never through a file, an argument or the
environment. A worker ends when its pipe does, so with the process that started it, however that ends; it rests for
`IDLE_SECONDS` at most, so that keys do not stay in the memory of a resting process. Ctrl-C reaches the caller only,
who ends the workers. An error crosses as it is if it is one of Accord's; any other is told by its kind alone, since
its words could hold a value.

>>> spread(abs, [-1, 2, -3], workers=1)
[1, 2, 3]
"""

from __future__ import annotations

import atexit
import os
import signal
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from multiprocessing import connection, get_context
from typing import TYPE_CHECKING, Any, TypeVar, cast

from accord.errors import AccordError, InternalError

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

IDLE_SECONDS = 10.0
_END_SECONDS = 5.0
_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


def spread(work: Callable[[_Item], _Result], batches: Sequence[_Item], workers: int) -> list[_Result]:
    """The work on each batch, in order, on so many cores; here, without a process, when one is enough.

    Raises what the work raises, and `InternalError` `engine.lost` when a worker was ended from outside.
    """
    workers = min(workers, len(batches))
    if workers <= 1:
        return [work(batch) for batch in batches]
    return _crews.use(workers, lambda crew: crew.run(work, batches))


class _Crew:
    """Worker processes, each with a pipe of its own."""

    def __init__(self, workers: int) -> None:
        context = get_context("spawn")  # a forked worker would inherit every open pipe, key and database of the desk
        self.owner = os.getpid()
        self._pipes: list[Connection] = []
        self._processes = []
        for _ in range(workers):
            here, there = context.Pipe()
            process = context.Process(target=_work, args=(there,), name="accord worker", daemon=True)
            process.start()
            there.close()
            self._pipes.append(here)
            self._processes.append(process)

    @property
    def size(self) -> int:
        return len(self._pipes)

    def run(self, work: Callable[[_Item], _Result], batches: Sequence[_Item]) -> list[_Result]:
        """The work on each batch: a worker gets the next one when it has given back the last."""
        waiting: Iterator[tuple[int, _Item]] = iter(enumerate(batches))
        found: dict[int, _Result] = {}
        busy: dict[Connection, int] = {}
        for pipe in self._pipes:
            _hand_on(pipe, work, waiting, busy)
        while busy:
            for pipe in _ready(busy):
                number = busy.pop(pipe)
                found[number] = _taken(pipe)
                _hand_on(pipe, work, waiting, busy)
        return [found[number] for number in range(len(batches))]

    def close(self, now: bool = False) -> None:
        """Let the workers end; at once when `now`, whatever they do."""
        for pipe in self._pipes:
            pipe.close()
        for process in self._processes:
            if now:
                process.terminate()
            process.join(_END_SECONDS)
            if process.is_alive():
                process.kill()


class _Crews:
    """The one crew of this process, kept between uses for a while; one use at a time, since cores are what is short."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._crew: _Crew | None = None
        self._rest: threading.Timer | None = None

    def use(self, workers: int, run: Callable[[_Crew], list[_Result]]) -> list[_Result]:
        with self._lock:
            self._stop_resting()
            try:
                if self._crew is None or self._crew.owner != os.getpid() or self._crew.size < workers:
                    self._close()
                    self._crew = _Crew(workers)
                found = run(self._crew)
            except BaseException:  # Ctrl-C too: what a worker still does is for nobody
                self._close(now=True)
                raise
            self._rest = threading.Timer(IDLE_SECONDS, self.close)
            self._rest.daemon = True
            self._rest.start()
            return found

    def close(self) -> None:
        """End the workers, if any."""
        with self._lock:
            self._stop_resting()
            self._close()

    def _stop_resting(self) -> None:
        if self._rest is not None:
            self._rest.cancel()
            self._rest = None

    def _close(self, now: bool = False) -> None:
        crew, self._crew = self._crew, None
        if crew is not None and crew.owner == os.getpid():
            crew.close(now)


_crews = _Crews()
atexit.register(_crews.close)


def _ready(busy: Iterable[Connection]) -> list[Connection]:
    return cast("list[Connection]", connection.wait(list(busy)))


def _hand_on(
    pipe: Connection, work: Callable[[_Item], Any], waiting: Iterator[tuple[int, _Item]], busy: dict[Connection, int]
) -> None:
    following = next(waiting, None)
    if following is None:
        return
    number, batch = following
    try:
        pipe.send((work, batch))
    except OSError:
        raise _lost() from None
    busy[pipe] = number


def _taken(pipe: Connection) -> Any:
    try:
        done, result = pipe.recv()
    except (EOFError, OSError):
        raise _lost() from None
    if not done:
        raise result
    return result


def _lost() -> InternalError:
    return InternalError(
        "engine.lost",
        "a worker process was ended from outside; nothing was changed",
        "see that the machine has memory left, and run this again",
    )


def _work(pipe: Connection) -> None:
    """The life of a worker: until the pipe ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with suppress(EOFError, OSError):
        while True:
            work, batch = pipe.recv()
            try:
                answer = (True, work(batch))
            except AccordError as error:
                answer = (False, error)
            except Exception as error:
                kind = type(error).__name__
                remedy = "please report it with the command you ran, without any data"
                answer = (False, InternalError("engine.failed", f"a worker process failed with {kind}", remedy))
            pipe.send(answer)
