"""Batches of work on worker processes: results in order, on so many cores as asked.

    spread(work, batches, workers)   work(batch) for each batch; work and batches must be picklable
    prepare(work, workers)           the workers start now, so that they are awake when the batches are ready

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


def spread(
    work: Callable[[_Item], _Result], batches: Sequence[_Item], workers: int, done: Callable[[int], None] | None = None
) -> list[_Result]:
    """The work on each batch, in order, on so many cores; here, without a process, when one is enough.

    The work itself, with what it holds, goes to each worker once. `done(number)` is told of each batch as it ends.

    Raises what the work raises, and `InternalError` `engine.lost` when a worker was ended from outside.
    """
    done = done or _unheard
    workers = min(workers, len(batches))
    if workers <= 1:
        return [_told(done, number, work(batch)) for number, batch in enumerate(batches)]
    return _crews.use(workers, lambda crew: crew.run(work, batches, done))


def available() -> int:
    """Cores that this process may use, which in a container are fewer than the machine has."""
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1


def prepare(work: Callable[..., Any], workers: int) -> None:
    """Start workers that import what `work`, a function of a module, needs, while the caller does something else."""
    if workers > 1:
        _crews.prepare(workers, work)


class _Crew:
    """Worker processes, each with a pipe of its own."""

    def __init__(self, workers: int, work: Callable[..., Any]) -> None:
        context = get_context("spawn")  # a forked worker would inherit every open pipe, key and database of the desk
        self.owner = os.getpid()
        self._pipes: list[Connection] = []
        self._processes = []
        for _ in range(workers):
            here, there = context.Pipe()
            process = context.Process(target=_work, args=(there, work), name="accord worker", daemon=True)
            process.start()
            there.close()
            self._pipes.append(here)
            self._processes.append(process)

    @property
    def size(self) -> int:
        return len(self._pipes)

    def run(
        self, work: Callable[[_Item], _Result], batches: Sequence[_Item], done: Callable[[int], None]
    ) -> list[_Result]:
        """The work on each batch: a worker gets the next one when it has given back the last."""
        waiting: Iterator[tuple[int, _Item]] = iter(enumerate(batches))
        found: dict[int, _Result] = {}
        busy: dict[Connection, int] = {}
        for pipe in self._pipes:
            _hand_on(pipe, work, waiting, busy)
        while busy:
            for pipe in _ready(busy):
                number = busy.pop(pipe)
                found[number] = _told(done, number, _taken(pipe))
                _hand_on(pipe, None, waiting, busy)
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
                found = run(self._staff(workers, _unheard))
            except BaseException:  # Ctrl-C too: what a worker still does is for nobody
                self._close(now=True)
                raise
            self._rest_a_while()
            return found

    def prepare(self, workers: int, work: Callable[..., Any]) -> None:
        """Have so many workers at hand; where others use some, nothing is to be gained by waiting."""
        if not self._lock.acquire(blocking=False):
            return
        try:
            self._stop_resting()
            self._staff(workers, work)
            self._rest_a_while()
        finally:
            self._lock.release()

    def close(self) -> None:
        """End the workers, if any."""
        with self._lock:
            self._stop_resting()
            self._close()

    def _staff(self, workers: int, work: Callable[..., Any]) -> _Crew:
        if self._crew is None or self._crew.owner != os.getpid() or self._crew.size < workers:
            self._close()
            self._crew = _Crew(workers, work)
        return self._crew

    def _rest_a_while(self) -> None:
        self._rest = threading.Timer(IDLE_SECONDS, self.close)
        self._rest.daemon = True
        self._rest.start()

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


def _unheard(_: int) -> None:
    """For a caller who does not ask how far the work is."""


def _told(done: Callable[[int], None], number: int, result: _Result) -> _Result:
    done(number)
    return result


def _ready(busy: Iterable[Connection]) -> list[Connection]:
    return cast("list[Connection]", connection.wait(list(busy)))


def _hand_on(
    pipe: Connection,
    work: Callable[[_Item], Any] | None,
    waiting: Iterator[tuple[int, _Item]],
    busy: dict[Connection, int],
) -> None:
    """Send a worker its next batch, if there is one; `work` is None when it is the same as before."""
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


def _work(pipe: Connection, work: Callable[..., Any]) -> None:
    """The life of a worker: until the pipe ends. Given `work` to start with, it has imported what that needs."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with suppress(EOFError, OSError):
        while True:
            given, batch = pipe.recv()
            work = given or work
            try:
                answer = (True, work(batch))
            except AccordError as error:
                answer = (False, error)
            except Exception as error:
                kind = type(error).__name__
                remedy = "please report it with the command you ran, without any data"
                answer = (False, InternalError("engine.failed", f"a worker process failed with {kind}", remedy))
            pipe.send(answer)
