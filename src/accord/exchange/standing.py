"""A question that stands: asked again when the holding grows, about what is new or changed, as far as the quotas go.

Invariants: a record is asked about again only when its marks have changed; what was asked is kept as keyed tags of
eight bytes, from which no record can be read, and only until the record is gone; a question that was refused or never
answered has not been asked; one conversation of a standing question at a time.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from accord.errors import InputError
from accord.exchange import limits, question, selection, state
from accord.exchange.carrier import Incoming, Step, start
from accord.exchange.marks import Drawn
from accord.exchange.party import Party
from accord.exchange.protocol import bucket
from accord.exchange.question import check_wish, chosen_marks, compose
from accord.exchange.rules import class_of
from accord.exchange.state import Session, Standing

if TYPE_CHECKING:
    from sqlalchemy import Connection

_TAG_BYTES, _SECRET_BYTES = 8, 32
_UNDER_WAY = ("asked", "matched")


@dataclass(frozen=True, slots=True)
class Stands:
    """A standing question: whom it asks what for, how many records were asked about, how many wait, and since when."""

    id: str
    party: str
    purpose: str
    case: str
    where: str
    state: str
    asked: int
    waiting: int
    last: str

    def to_dict(self) -> dict[str, object]:
        return {name: getattr(self, name) for name in self.__slots__}


def stand(party: Party, to: str, purpose: str, case: str, where: str = "") -> str:
    """Let a question stand; returns its id. `ask_again` asks it. Raises what `ask` raises for the wish."""
    check_wish(party, to, purpose, case)
    row = Standing(
        party.new_id(), to, purpose, case, where, "stands", party.stamp, "", party.randomness(_SECRET_BYTES), b""
    )
    with party.writing() as connection:
        state.put(connection, row)
        party.note(connection, "stands", row.id, {"to": to, "purpose": purpose, "case": case})
    return row.id


def ask_again(party: Party, identity: str) -> bytes | None:
    """Ask about what is new or changed, as far as today's quota goes; None when there is nothing to ask about.

    Raises `InputError` for a question that does not stand or is under way, `PolicyError` when today's quota is used up.
    """
    row = _standing(party, identity)
    if row.state != "stands":
        raise InputError("standing.ended", "this question does not stand any more", "let a new one stand")
    check_wish(party, row.partner, row.purpose, row.case)
    with party.reading() as connection:
        if _under_way(connection, row):
            raise InputError("standing.busy", "its last question is not answered yet", "see `accord exchange status`")
    fresh, tags = _fresh(party, row)
    if not fresh:
        return None
    now = _within_quota(party, row.partner, fresh)
    step = compose(party, row.partner, row.purpose, row.case, now)
    told = {"standing": row.id, "tags": [tags[record].hex() for record in now], "left": len(fresh) - len(now)}
    asked = replace(step.session, details={**step.session.details, **told})
    moved = replace(row, last=party.stamp)
    return start(party, replace(step, session=asked, rows=(*step.rows, moved), seen=(*step.seen, row)))


def standing(party: Party, counted: bool = True) -> list[Stands]:
    """The questions that stand or stood, the oldest first; `waiting` is 0 unless `counted`, which takes a while."""
    with party.reading() as connection:
        found = state.find(connection, Standing)
    listed = []
    for row in found:
        waiting = len(_fresh(party, row)[0]) if counted and row.state == "stands" else 0
        listed.append(
            Stands(row.id, row.partner, row.purpose, row.case, row.chosen, row.state, len(row.asked) // _TAG_BYTES,
                   waiting, row.last)
        )  # fmt: skip
    return listed


def end_standing(party: Party, identity: str) -> None:
    """Let a question stand no more; what it kept of the records it asked about is forgotten."""
    row = _standing(party, identity)
    with party.writing() as connection:
        state.put(connection, replace(row, state="ended", secret=b"", asked=b""))
        party.note(connection, "stands-no-more", row.id, {"to": row.partner})


def on_contacts(party: Party, incoming: Incoming, session: Session | None) -> Step:
    """m4 at the asker: what any question does, and what a standing one keeps of the records it asked about."""
    step = question.on_contacts(party, incoming, session)
    tags = step.session.details.get("tags")
    if tags is None:
        return step
    details = {name: value for name, value in step.session.details.items() if name != "tags"}
    step = replace(step, session=replace(step.session, details=details))
    with party.reading() as connection:
        row = state.get(connection, Standing, str(details["standing"]))
    if row is None or row.state != "stands":
        return step
    held = set(_tags(row, _chosen(party, row)).values())
    kept = sorted((_asked(row) & held) | {bytes.fromhex(tag) for tag in tags})
    return replace(step, rows=(*step.rows, replace(row, asked=b"".join(kept))), seen=(*step.seen, row))


def _asked(row: Standing) -> set[bytes]:
    return {row.asked[place : place + _TAG_BYTES] for place in range(0, len(row.asked), _TAG_BYTES)}


def _fresh(party: Party, row: Standing) -> tuple[Drawn, Mapping[str, bytes]]:
    """The records that were not asked about as they are, with the tag of each. One that alone has more marks of a class
    than a question may is never asked about, and keeps no other waiting."""
    marks = _chosen(party, row)
    tags = _tags(row, marks)
    known, limits_ = _asked(row), party.accord.quotas.marks_per_class
    new = {record: given for record, given in marks.items() if tags[record] not in known}
    return {record: given for record, given in new.items() if not _over(_classes(given), limits_)}, tags


def _classes(given: Iterable[tuple[str, bytes]]) -> Counter[str]:
    return Counter(class_of(kind) for kind, _ in given)


def _over(classes: Counter[str], limits_: Mapping[str, int]) -> bool:
    return any(classes[class_of(kind)] > limit for kind, limit in limits_.items())


def _chosen(party: Party, row: Standing) -> Drawn:
    return chosen_marks(party, row.partner, row.purpose, row.chosen or None)


def _tags(row: Standing, marks: Drawn) -> Mapping[str, bytes]:
    def tag(record: str, digests: list[bytes]) -> bytes:
        content = b"".join((len(record).to_bytes(4, "big"), record.encode(), *sorted(digests)))
        return hashlib.blake2b(content, key=row.secret, digest_size=_TAG_BYTES).digest()

    return {record: tag(record, [digest for _, digest in given]) for record, given in marks.items()}


def _within_quota(party: Party, to: str, fresh: Drawn) -> Drawn:
    """As many of the records, from the first, as one question may still hold today; at least one, which is refused."""
    quotas, most, records = party.accord.quotas, limits.marks_left(party, to), party.accord.quotas.questions_per_day
    if selection.speaks_of_silence(party.accord, to, party.id):  # what is asked about is an answer, too
        records = min(records, party.largest)
    distinct: set[bytes] = set()
    classes: Counter[str] = Counter()
    chosen: dict[str, tuple[tuple[str, bytes], ...]] = {}
    for record, given in fresh.items():
        distinct |= {digest for _, digest in given}
        classes += _classes(given)
        full = len(chosen) >= records or bucket(len(distinct), quotas.smallest_set) > most
        if chosen and (full or _over(classes, quotas.marks_per_class)):
            break
        chosen[record] = tuple(given)
    return chosen


def _standing(party: Party, identity: str) -> Standing:
    with party.reading() as connection:
        row = state.get(connection, Standing, identity)
    if row is None:
        raise InputError("standing.unknown", "no such question stands", "see `accord exchange standing`")
    return row


def _under_way(connection: Connection, row: Standing) -> bool:
    found = state.find(connection, Session, topic="question", role="asker", partner=row.partner)
    return any(one.state in _UNDER_WAY and one.details.get("standing") == row.id for one in found)
