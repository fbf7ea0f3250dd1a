"""Where the messages of partners are handed in: one at a time from each, worked on in a thread, the reply kept at hand.

Invariants: who hands in is known by its certificate, and only its own messages are taken; a message that is handed in
twice, at once or later, is worked on once and has one reply (`receive` sees to that; a caller that returns while the
work goes on is told to wait for it); at most one message of a partner is in this desk's memory, so a partner cannot
fill it; the accord is looked up again for each message; what is said to this desk's own log names the kind of a
message, its partner and its conversation, and nothing else.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import hashlib
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from accord.arrangement import adopted
from accord.courier.terms import AGAIN_SECONDS, TOLD, limit
from accord.errors import AccordError, PeerError
from accord.exchange import Party, Received, outbox, receive, sweep_daily

LONGEST_WAIT_SECONDS = 20.0  # after which a caller is told to ask again, so that no connection stands idle for long


@dataclass(slots=True)
class Job:
    """A message that was handed in: the digest of its file, and the work on it."""

    digest: str
    work: asyncio.Task[Received]


@dataclass(slots=True)
class Mailroom:
    """The place of one desk. `party` as it was opened; `say` takes one line for the operator of this desk."""

    opened: Party
    say: Callable[[str], None]
    _jobs: dict[str, Job] = field(default_factory=dict)
    _reading: set[str] = field(default_factory=set)
    _one_at_a_time: threading.Lock = field(default_factory=threading.Lock)
    _swept: dt.date | None = None

    @property
    def party(self) -> Party:
        """This desk under the accord that it works under now."""
        accord = adopted(self.opened.folder)
        if accord.digest != self.opened.accord.digest:
            self.opened = replace(self.opened, accord=accord)
        return self.opened

    def tidy(self) -> Party:
        """This desk, after what is over by its date has ended, which is looked at once a day."""
        self._swept = sweep_daily(self.party, self._swept)
        return self.party

    @contextmanager
    def room(self, partner: str) -> Iterator[None]:
        """Room to read one message of that partner. Raises `PeerError` `courier.busy` while another one has it."""
        self._check_free(partner)
        self._reading.add(partner)
        try:
            yield
        finally:
            self._reading.discard(partner)

    def _check_free(self, partner: str) -> None:
        job = self._jobs.get(partner)
        if partner in self._reading or (job is not None and not job.work.done()):
            raise PeerError(
                "courier.busy",
                "this desk still works on a message of yours",
                f"ask for its reply, or bring the next one in {AGAIN_SECONDS} seconds",
            )

    async def hand_in(self, partner: str, data: bytes) -> Received | None:
        """Take a message; what became of it, or None while the work goes on. Raises what `receive` raises."""
        digest = hashlib.sha256(data).hexdigest()
        job = self._jobs.get(partner)
        if job is None or job.digest != digest or job.work.done():
            self._check_free(partner)
            job = Job(digest, asyncio.create_task(asyncio.to_thread(self._take, partner, data)))
            self._jobs[partner] = job
        return await self._result(job)

    async def reply(self, partner: str, digest: str) -> Received | None:
        """The same for a message that was handed in before, by the SHA-256 of its bytes.

        Raises `PeerError` `courier.unknown` when this desk does not remember it: then it is to be handed in again.
        """
        job = self._jobs.get(partner)
        if job is None or job.digest != digest:
            raise PeerError("courier.unknown", "this desk does not remember that message", "bring it again")
        return await self._result(job)

    async def waiting(self, partner: str, seen: Mapping[str, int]) -> bytes | None:
        """The oldest message to that partner that it has not seen: `seen` is its last step of each conversation."""
        return await asyncio.to_thread(lambda: outbox(self.tidy(), partner, seen))

    async def _result(self, job: Job) -> Received | None:
        await asyncio.wait({job.work}, timeout=LONGEST_WAIT_SECONDS)
        return job.work.result() if job.work.done() else None

    def _take(self, partner: str, data: bytes) -> Received:
        with self._one_at_a_time:  # the work takes all cores
            try:
                got = receive(self.tidy(), data, carrier=partner)
            except AccordError as error:
                self.say(f"{partner}: refused ({error.code})")
                raise
            again = ", as before" if got.again else ""
            self.say(f"{partner}: {got.kind} of {got.session}{again}")
            return got

    @property
    def limit(self) -> int:
        """The most bytes of a message."""
        return limit(self.party.accord)


def told(error: AccordError) -> dict[str, object]:
    """What a partner may know of a failure: only what is about its own message, and never why this desk holds what."""
    if error.code in TOLD:
        return {"code": error.code, "message": error.message, "remedy": error.remedy}
    return {
        "code": "courier.refused",
        "message": "the desk did not take this message",
        "remedy": "speak to its contact point, which finds the reason in its own log",
    }
