"""The queue of possible matches, and what people said of them.

Invariants: what a pair's state is follows from its judgements alone (`state_of`); a judgement is written with its
ledger entry or not at all; two people who judge one pair at once do not overwrite each other: the later is told.

>>> state_of([("same", False)]), state_of([("same", True)]), state_of([("same", True), ("not-same", False)])
('same', 'second', 'differ')
>>> state_of([("same", True), ("not-same", False), ("not-same", False)]), state_of([])
('not-same', 'open')
"""

from __future__ import annotations

import secrets
import statistics
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, delete, exists, func, insert, or_, select, update

from accord.errors import InputError
from accord.review._store import COMPARED, JUDGEMENTS, METADATA, PAIRS
from accord.vault import make_tables, put_rows

if TYPE_CHECKING:
    import datetime as dt

    from sqlalchemy import ColumnElement, Connection

    from accord.ledger import Log
    from accord.match import Match
    from accord.vault import Folder

LONGEST_SECONDS = 3600  # somebody who was away is not somebody who looked
_ASIDE = ("unsure", "split", "differ")  # judged, and judged again by whoever knows more
_AT_ONCE = 400


class Verdict(StrEnum):
    """What a person says: `split` is for a record that mixes several things and has to be taken apart at its source."""

    SAME = "same"
    NOT_SAME = "not-same"
    UNSURE = "unsure"
    SPLIT = "split"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A pair: `state` is open, second (a second opinion is asked for), differ, or the verdict that holds."""

    id: str
    left: str
    right: str
    score: float
    state: str


@dataclass(frozen=True, slots=True)
class Judgement:
    """What one person said, and how many seconds the pair was shown."""

    pair: str
    account: str
    verdict: str
    seconds: int
    at: str


@dataclass(frozen=True, slots=True)
class Judged:
    """A settled pair in the words of `match`: `judgement` is positive, negative, or no_judgement."""

    left: str
    right: str
    judgement: str
    score: float

    def to_dict(self) -> dict[str, object]:
        return {name: getattr(self, name) for name in self.__slots__}


def state_of(said: Iterable[tuple[str, bool]]) -> str:
    """The state of a pair after (verdict, second opinion asked for), in order."""
    state, first = "open", ""
    for verdict, second in said:
        if state == "open" and second:
            state, first = "second", verdict
        elif state == "second" and verdict != first:
            state = "differ"
        else:
            state = verdict
    return state


class Queue:
    """The pairs of one desk folder."""

    __slots__ = ("_folder", "_log", "_now")

    def __init__(self, folder: Folder, log: Log, now: Callable[[], dt.datetime]) -> None:
        self._folder = folder
        self._log = log
        self._now = now
        make_tables(folder.engine(), METADATA)

    def counts(self) -> dict[str, int]:
        """How many pairs there are in each state."""
        query = select(PAIRS.c.state, func.count()).group_by(PAIRS.c.state)
        with self._folder.engine().connect() as connection:
            return {str(state): int(number) for state, number in connection.execute(query)}

    def states(self) -> dict[str, str]:
        """The state of each pair that somebody judged, by its id."""
        with self._folder.engine().connect() as connection:
            query = select(PAIRS.c.id, PAIRS.c.state).where(PAIRS.c.state != "open")
            return {row.id: row.state for row in connection.execute(query)}

    def waiting(self, account: str, most: int) -> list[Waiting]:
        """What waits for a person, second opinions first, then the likeliest; never what they judged themselves."""
        likeliest = select(PAIRS).order_by(PAIRS.c.score.desc(), PAIRS.c.id)
        second = self._pairs(likeliest.where(PAIRS.c.state == "second", _waits_for(account)).limit(most))
        return second + self._pairs(likeliest.where(PAIRS.c.state == "open").limit(most - len(second)))

    def count_waiting(self, account: str) -> int:
        """How many pairs wait for a person."""
        with self._folder.engine().connect() as connection:
            return int(connection.execute(select(func.count()).where(_waits_for(account))).scalar_one())

    def aside(self, most: int) -> list[Waiting]:
        """Pairs that were judged and are not settled: unsure, to be split, or judged differently by two."""
        query = select(PAIRS).where(PAIRS.c.state.in_(_ASIDE)).order_by(PAIRS.c.since.desc(), PAIRS.c.id).limit(most)
        return self._pairs(query)

    def pair(self, identity: str) -> Waiting:
        """One pair. Raises `InputError` `review.unknown`."""
        found = self._pairs(select(PAIRS).where(PAIRS.c.id == identity))
        if not found:
            raise _unknown()
        return found[0]

    def said(self, identity: str, account: str) -> list[Judgement]:
        """What was said of a pair, as far as this person may know it: a first opinion is hidden from the second."""
        waiting = self.pair(identity)
        with self._folder.engine().connect() as connection:
            rows = _standing(connection, identity)
        return [
            Judgement(row.pair, row.account, row.verdict, row.seconds, row.at)
            for row in rows
            if waiting.state != "second" or row.account == account
        ]

    def of_record(self, record: str) -> list[Waiting]:
        """The pairs that a record is in."""
        return self._pairs(select(PAIRS).where(or_(PAIRS.c.left == record, PAIRS.c.right == record)))

    def judge(self, identity: str, account: str, verdict: str, seconds: int, second: bool = False) -> Waiting:
        """Say what two records are; with `second`, ask for another person's opinion before it counts.

        Raises `InputError`: `review.verdict`, `review.unknown`, `review.judged` when somebody was faster.
        """
        if verdict not in list(Verdict):
            raise InputError("review.verdict", "this is no answer to a pair", f"say one of: {', '.join(Verdict)}")
        shown = min(max(seconds, 0), LONGEST_SECONDS)
        with self._writing() as connection:
            pair = connection.execute(select(PAIRS).where(PAIRS.c.id == identity)).first()
            if pair is None:
                raise _unknown()
            said = _standing(connection, identity)
            again = pair.state in _ASIDE
            if not again and (pair.state not in ("open", "second") or any(row.account == account for row in said)):
                raise InputError(
                    "review.judged", "this pair was judged meanwhile; nothing was changed", "go on with the next one"
                )
            row = {"pair": identity, "account": account, "verdict": verdict, "second": int(second), "seconds": shown}
            connection.execute(insert(JUDGEMENTS).values(**row, at=self._stamp, undone=0))
            details = {"verdict": verdict, "account": account, "seconds": shown, "second": second}
            self._settle(connection, identity, "judged", details)
        return self.pair(identity)

    def undo(self, account: str) -> str:
        """Take the own last judgement back; the pair it was about. Raises `InputError` `review.nothing`."""
        with self._writing() as connection:
            query = select(JUDGEMENTS).where(JUDGEMENTS.c.account == account, JUDGEMENTS.c.undone == 0)
            last = connection.execute(query.order_by(JUDGEMENTS.c.number.desc()).limit(1)).first()
            if last is None:
                raise InputError("review.nothing", "there is no judgement of yours to take back", "judge a pair first")
            connection.execute(update(JUDGEMENTS).where(JUDGEMENTS.c.number == last.number).values(undone=1))
            self._settle(connection, last.pair, "undone", {"verdict": last.verdict, "account": account})
            return str(last.pair)

    def pace(self, account: str) -> tuple[int, float]:
        """How many pairs a person has judged, and the median of seconds that each was shown."""
        query = select(JUDGEMENTS.c.seconds).where(JUDGEMENTS.c.account == account, JUDGEMENTS.c.undone == 0)
        with self._folder.engine().connect() as connection:
            times = [int(seconds) for seconds in connection.execute(query).scalars()]
        return len(times), float(statistics.median(times)) if times else 0.0

    def judged(self) -> Iterator[Judged]:
        """Every pair that is settled or set aside, as `match evaluate` calls it, by ids."""
        words = {"same": "positive", "not-same": "negative", "unsure": "unsure", "split": "no_judgement"}
        settled = self._pairs(select(PAIRS).where(PAIRS.c.state.in_(words)))
        for one in sorted(settled, key=lambda one: (one.left, one.right)):
            yield Judged(one.left, one.right, words[one.state], one.score)

    def put(self, found: Iterable[Match], compared: tuple[str, str] | None = None) -> int:
        """Add possible matches that are not here yet, and note which two parts were compared; how many were new."""
        rows = {(min(one.left, one.right), max(one.left, one.right)): one.score for one in found}
        with self._writing() as connection:
            new = {pair: score for pair, score in rows.items() if not _known(connection, pair)}
            values = [
                {"id": secrets.token_hex(8), "left": left, "right": right, "score": score, "state": "open",
                 "since": self._stamp}
                for (left, right), score in new.items()
            ]  # fmt: skip
            if values:
                connection.execute(insert(PAIRS), values)
            if compared is not None:
                put_rows(connection, COMPARED, [{"left": compared[0], "right": compared[1]}])
        return len(new)

    def compared(self, parts: Sequence[str]) -> set[tuple[str, str]]:
        """Which two parts of the holding were compared already."""
        with self._folder.engine().connect() as connection:
            rows = connection.execute(select(COMPARED.c.left, COMPARED.c.right)).all()
        return {(row.left, row.right) for row in rows if row.left in parts and row.right in parts}

    def records(self) -> set[str]:
        """The ids of all records that are in a pair."""
        with self._folder.engine().connect() as connection:
            return {record for row in connection.execute(select(PAIRS.c.left, PAIRS.c.right)) for record in row}

    def forget(self, records: Collection[str], within: Connection | None = None) -> int:
        """Drop the pairs of records that are gone, and destroy the keys of what the ledger says of them."""
        if within is None:
            with self._writing() as connection:
                return self.forget(records, connection)
        gone: set[str] = set()
        listed = sorted(records)
        for start in range(0, len(listed), _AT_ONCE):
            some = listed[start : start + _AT_ONCE]
            query = select(PAIRS.c.id).where(or_(PAIRS.c.left.in_(some), PAIRS.c.right.in_(some)))
            gone.update(within.execute(query).scalars())
        for identity in gone:
            within.execute(delete(JUDGEMENTS).where(JUDGEMENTS.c.pair == identity))
            within.execute(delete(PAIRS).where(PAIRS.c.id == identity))
        self._log.forget(*map(_about, gone), at=self._now(), within=within)
        return len(gone)

    def _settle(self, connection: Connection, identity: str, kind: str, details: dict[str, object]) -> None:
        state = state_of((row.verdict, bool(row.second)) for row in _standing(connection, identity))
        changed = update(PAIRS).where(PAIRS.c.id == identity).values(state=state, since=self._stamp)
        connection.execute(changed)
        self._log.append(f"review.{kind}", _about(identity), details, at=self._now(), within=connection)

    def _pairs(self, query: Any) -> list[Waiting]:
        with self._folder.engine().connect() as connection:
            return [Waiting(row.id, row.left, row.right, row.score, row.state) for row in connection.execute(query)]

    @property
    def _stamp(self) -> str:
        return self._now().isoformat(timespec="seconds")

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with self._folder.lock(), self._folder.engine().begin() as connection:
            yield connection


def _waits_for(account: str) -> ColumnElement[bool]:
    own = exists().where(JUDGEMENTS.c.pair == PAIRS.c.id, JUDGEMENTS.c.account == account, JUDGEMENTS.c.undone == 0)
    return or_(PAIRS.c.state == "open", and_(PAIRS.c.state == "second", ~own))


def _standing(connection: Connection, identity: str) -> list[Any]:
    query = select(JUDGEMENTS).where(JUDGEMENTS.c.pair == identity, JUDGEMENTS.c.undone == 0)
    return list(connection.execute(query.order_by(JUDGEMENTS.c.number)))


def _known(connection: Connection, pair: tuple[str, str]) -> bool:
    query = select(PAIRS.c.id).where(PAIRS.c.left == pair[0], PAIRS.c.right == pair[1])
    return connection.execute(query).first() is not None


def _about(identity: str) -> str:
    return f"pair {identity}"


def _unknown() -> InputError:
    return InputError("review.unknown", "there is no such pair at this desk", "see the queue")
