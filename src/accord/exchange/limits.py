"""What keeps a question from being a search: quotas, the set that an answer shows, and alarms.

Invariants: what is counted is what the wire shows (marks with their padding), never what the partner says it asked;
a question that was refused counts nothing, one that was answered counts whatever the asker then says; quotas are asked
again inside the transaction that takes the question, so that two at once cannot both pass; a conversation that the log
has and the rows do not stops the counting, as it would count nothing; what a refusal says is in the accord and in both
logs, nothing of it is in a record.

>>> share_alarm(found=60, marks=2400, percent=20), share_alarm(found=19, marks=256, percent=20)
(True, False)
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING

from accord.errors import PeerError, PolicyError, several
from accord.exchange import state
from accord.exchange.crosscheck import check_recent
from accord.exchange.marks import MARKS_HELD, MARKS_PER_RECORD, Drawn
from accord.exchange.messages import ERASING, Header, fits, largest
from accord.exchange.party import Party
from accord.exchange.protocol import bucket
from accord.exchange.rules import class_of
from accord.exchange.state import Session
from accord.oblivious.psi import ELEMENT_BYTES

if TYPE_CHECKING:
    from sqlalchemy import Connection

UNFINISHED = 12  # questions of one partner whose matches were never named; more, if small ones may be under way
_ALARM_FROM = 20  # possible matches; a share of fewer says nothing
_CHURN_PERCENT = 50  # between two answers of a partner within a day
_DAY, _WEEK = dt.timedelta(days=1), dt.timedelta(days=7)
_SIZE_OF = {"holder": "size", "asker": "asked_back"}  # a partner asks, or asks back within its answer
_OWN_SIZE_OF = {"asker": "size", "holder": "asked_back"}  # the same of this desk, as its partner counts it


def check_purpose(party: Party, partner: str, purpose: str) -> None:
    """Both are still in the accord, and the purpose is one of its. Raises `PolicyError`."""
    if gone := sorted(party.accord.withdrawn.keys() & {party.id, partner}):
        raise PolicyError(
            "refused.withdrawn", f"{gone[0]} left the accord", "it may accede again", "withdrawal", gone[0]
        )
    if purpose not in party.accord.purposes:
        raise PolicyError(
            "question.purpose",
            f"«{purpose}» is no purpose of this accord",
            f"state one of: {', '.join(party.accord.purposes)}",
            "purposes",
            partner,
        )


def barred(party: Party, partner: str, kind: str) -> PolicyError | None:
    """What stands against a message of this kind between the two today, in either direction: the accord is not in
    force, or one of them has left. Erasing needs no agreement."""
    accord = party.accord
    if kind in ERASING:
        return None
    if not accord.in_force(party.now.date()):
        return PolicyError(
            "refused.term",
            "the accord is not in force today, so no message under it is taken or given",
            "sign a version whose term covers today; a recall and its receipt still pass",
            "term",
        )
    if gone := sorted(accord.withdrawn.keys() & {partner, party.id}):
        return PolicyError(
            "refused.withdrawn",
            f"{gone[0]} left the accord on {accord.withdrawn[gone[0]]:%Y-%m-%d}, so no message is taken or given",
            "a recall and its receipt still pass",
            "withdrawal",
            gone[0],
        )
    return None


def check_in_force(party: Party, partner: str) -> None:
    """Nothing stands against a question between the two today (`barred`). Raises `PolicyError`."""
    if (over := barred(party, partner, "question")) is not None:
        raise over


def nothing_to_ask(party: Party, where: str | None) -> PolicyError:
    """Why a question has no mark: the accord lets none in of those that `where` chose, or of all, that gives one."""
    return PolicyError(
        "question.empty",
        f"none of the records {'chosen' if where else 'of this desk'} may be asked about, "
        "or those that may have too little in them to be recognised by",
        "see `accord arrangement may` for what the accord lets in, and `accord exchange marks ID` for a record",
        owner=party.id,
    )


def check_own(party: Party, to: str, marks: Drawn) -> None:
    """Refuse a question at home that the partner's copy of the accord would refuse. Raises `PolicyError`."""
    quotas = party.accord.quotas
    if len(marks) > quotas.questions_per_day:
        raise _quota(
            f"the question is about {len(marks):,} records; the accord allows {quotas.questions_per_day:,} a day",
            "choose fewer with --where, or agree on a higher quota",
            to,
        )
    classes = Counter(class_of(kind) for given in marks.values() for kind, _ in given)
    for kind, limit in quotas.marks_per_class.items():
        if (number := classes[class_of(kind)]) > limit:
            raise _quota(
                f"the question has {several(number, 'mark')} of the class «{kind}»; the accord allows {limit:,}",
                "choose fewer records with --where",
                to,
            )
    distinct = len({digest for given in marks.values() for _, digest in given})
    size = bucket(distinct, quotas.smallest_set)
    _check_session(party, to, size)
    with party.reading() as connection:
        _check_day(party, to, "we have asked", size, _today(connection, party, to, _OWN_SIZE_OF))


def marks_left(party: Party, to: str) -> int:
    """How many marks, padded, one question of this desk to a partner may still have today."""
    quotas = party.accord.quotas
    with party.reading() as connection:
        today = _today(connection, party, to, _OWN_SIZE_OF)
    return min(quotas.marks_per_session, quotas.questions_per_day * MARKS_PER_RECORD - today)


def check_received(connection: Connection, party: Party, partner: str, size: int, back: bool = False) -> None:
    """The quotas of a partner that asks, or asks `back` when this desk asked it, with `size` marks.

    Raises `PolicyError`, and `TrustError` `ledger.rows` when a row that would count was removed or put back.
    """
    _check_session(party, party.id, size)
    check_recent(connection, party.log, party.now - max(_DAY, _interval(party)))
    _check_day(party, party.id, f"{partner} has asked", size, _today(connection, party, partner, _SIZE_OF))
    if not back:  # it does not choose when
        _check_interval(connection, party, partner)
    silent, refusing = _unfinished(connection, party, partner)
    unfinished = len(silent) + len(refusing)
    marks = size + sum(int(one.details["size"]) for one in silent)
    a_lot = marks > party.accord.quotas.questions_per_day * MARKS_PER_RECORD
    if unfinished >= UNFINISHED and (a_lot or len(refusing) >= UNFINISHED):
        raise PolicyError(
            "question.unfinished",
            f"{partner} has left {unfinished} of its questions unfinished: it learned the answer, "
            "and never said what matched",
            "receive the answers of the earlier questions and carry their third messages (`accord exchange resend`)",
            "quotas",
            party.id,
        )


def check_answer(party: Party, partner: str, shown: int) -> None:
    """The set that a partner answers with is padded, and no larger than the accord allows: it cannot be a dictionary.

    Raises `PeerError` `answer.size`.
    """
    quotas = party.accord.quotas
    most = min(quotas.marks_per_answer, bucket(MARKS_HELD * quotas.records_per_answer, quotas.smallest_set))
    if shown > most or bucket(shown, quotas.smallest_set) != shown:
        raise PeerError(
            "answer.size",
            f"{partner} answers with {shown:,} marks; the accord allows {most:,}, in padded sizes",
            "speak to the partner's contact point; marks_per_answer and records_per_answer are in the accord",
        )


def check_own_answer(party: Party, shown: int) -> None:
    """Refuse at home an answer with so many marks, padded, as the partner would. It is told so, therefore not how many
    there are. Raises `PolicyError` `answer.quota`."""
    if shown > party.accord.quotas.marks_per_answer:
        raise _too_many_marks(party)


def check_own_count(party: Party, records: int) -> None:
    """The same of a count of so many records, padded: each shows all places that a record may have. And it has to go
    into one message, which the partner would not take if it were larger than the quotas let a question be."""
    quotas, shown = party.accord.quotas, MARKS_HELD * bucket(records, fewest_groups(party.accord.quotas.smallest_set))
    check_own_answer(party, shown)
    if not fits(shown * ELEMENT_BYTES, largest(quotas.marks_per_session, quotas.marks_per_answer)):
        raise _too_many_marks(party)


def check_own_records(party: Party, records: int) -> None:
    """A holding with more records than the accord provides for would give chance matches. The partner is told so,
    therefore not how many there are. Raises `PolicyError` `answer.records`."""
    if records > party.largest:
        raise _too_many_records(party)


def check_own_back(party: Party, size: int, partner: str = "") -> None:
    """Refuse at home to ask back about so many silent marks, padded, as the partner would: of one question, and with
    `partner` of today. It is told so, therefore not how many there are. Raises `PolicyError` `answer.asked-back`."""
    quotas = party.accord.quotas
    most = min(quotas.marks_per_session, quotas.questions_per_day * MARKS_PER_RECORD)
    if size > (marks_left(party, partner) if partner else most):
        raise _too_many_back(party)


def check_refused_today(connection: Connection, party: Party, partner: str, topic: str, purpose: str) -> None:
    """Refuse at once what was refused today (UTC), after the work of drawing marks, for how much this desk holds.

    Whatever changed here meanwhile: a refusal that takes long again would tell of a change. Raises `PolicyError`.
    """
    if (code := _refused_today(connection, party, partner, topic, purpose)) is not None:
        raise TOO_MUCH[code](party)


def is_new(connection: Connection, party: Party, header: Header, code: str) -> bool:
    """Whether a refusal is the first that `check_refused_today` is to know: that one is kept whatever else is not."""
    if code not in TOO_MUCH:
        return False
    purpose = str(header.body["purpose"])
    return _refused_today(connection, party, header.sender, header.kind, purpose) is None


def _refused_today(connection: Connection, party: Party, partner: str, topic: str, purpose: str) -> str | None:
    asked = (purpose, party.accord.digest, party.stamp[:10])
    for one in state.find(connection, Session, topic=topic, partner=partner, role="holder", state="refused"):
        if one.details.get("code") in TOO_MUCH and (one.purpose, one.details["accord"], one.since[:10]) == asked:
            return str(one.details["code"])
    return None


def check_matches(party: Party, partner: str, records: int) -> None:
    """A partner says of no more of its records that they matched than it may ask about. Raises `PeerError`."""
    most = party.accord.quotas.questions_per_day
    if records > most:
        raise PeerError(
            "matches.groups",
            f"{partner} claims matches for {records:,} records, more records than it may ask about in a day ({most:,})",
            "speak to the partner's contact point: nothing was told",
        )


def check_groups(party: Party, partner: str, records: int) -> None:
    """The set that a partner lets be counted, so many records padded, is as `check_answer` wants it.

    Raises `PeerError` `answer.size`.
    """
    quotas = party.accord.quotas
    shown, most = records * MARKS_HELD, bucket(quotas.records_per_answer, fewest_groups(quotas.smallest_set))
    if records > most or shown > quotas.marks_per_answer:
        raise PeerError(
            "answer.size",
            f"{partner} counts with {records:,} records, {shown:,} marks; the accord allows {most:,} records, padded, "
            f"and {quotas.marks_per_answer:,} marks",
            "speak to the partner's contact point; marks_per_answer and records_per_answer are in the accord",
        )


def fewest_groups(smallest_set: int) -> int:
    """The least number of records that a holder shows, each as a group of marks, when it counts."""
    return -(-smallest_set // MARKS_HELD)


def check_count(connection: Connection, party: Party, partner: str, role: str) -> None:
    """How often a number was asked for within a week; asking twice, with one record more, would tell of that record.

    `role` is this desk's: `holder` when the partner asks. Raises `PolicyError` `count.quota`, and `TrustError`
    `ledger.rows` when a row that would count was removed or put back.
    """
    most = party.accord.quotas.counts_per_week
    since = (party.now - _WEEK).isoformat(timespec="seconds")
    check_recent(connection, party.log, party.now - _WEEK)
    found = state.find(connection, Session, topic="count", partner=partner, role=role)
    told = sum(one.state != "refused" and one.details["begun"] > since for one in found)
    if told >= most:
        raise PolicyError(
            "count.quota",
            f"as many numbers were asked for within a week as the accord allows ({most})",
            "wait until a week has passed, or ask which records match (`accord exchange ask`)",
            "quotas",
            partner if role == "asker" else party.id,
        )


def share_alarm(found: int, marks: int, percent: float) -> bool:
    """Whether `found` possible matches are an unusual share of what `marks` marks can have asked about."""
    return found >= _ALARM_FROM and found * 100 > percent * max(-(-marks // MARKS_PER_RECORD), 1)


def alarming(connection: Connection, party: Party, session: Session, found: int) -> bool:
    """Whether this conversation and the others of the same direction within a day have too large a share of matches.

    `found`: distinct records of this desk that matched now. Many small questions alarm as one large one does.
    """
    others = [one for one in _recent(connection, party, session.partner, session.role) if one.id != session.id]
    total = found + sum(int(one.details.get("matches", 0)) for one in others)
    marks = sum(int(one.details.get("size", 0)) for one in (session, *others))
    return share_alarm(total, marks, party.accord.quotas.alarm_hit_percent)


def churning(connection: Connection, party: Party, session: Session, shown: int) -> bool:
    """Whether the set that a partner answers with (`shown` marks) changed by half since its last answer of this day."""
    others = _recent(connection, party, session.partner, "asker")
    before = [int(one.details["shown"]) for one in others if "shown" in one.details and one.id != session.id]
    return bool(before) and abs(shown - before[-1]) * 100 > _CHURN_PERCENT * before[-1]


def _recent(
    connection: Connection, party: Party, partner: str, role: str, within: dt.timedelta = _DAY
) -> list[Session]:
    since = (party.now - within).isoformat(timespec="seconds")
    found = state.find(connection, Session, topic="question", partner=partner, role=role)
    return [one for one in found if _counts(one) and one.details["begun"] > since]


def _counts(one: Session) -> bool:
    """Whether it was answered, or may still be: what this desk refused has no beginning here."""
    return "begun" in one.details and (one.role == "holder" or one.state != "refused")


def _unfinished(connection: Connection, party: Party, partner: str) -> tuple[list[Session], list[Session]]:
    """The questions of a partner that were answered, and not followed by what matched but by silence or a refusal.

    Silence may be a message under way, and ends by itself after `unanswered_days`; a refusal counts for as long.
    """
    silent, refusing = (
        state.find(connection, Session, topic="question", role="holder", partner=partner, state=moved)
        for moved in ("answered", "refused")
    )
    since = (party.now - dt.timedelta(days=party.accord.retention.unanswered_days)).isoformat(timespec="seconds")
    return silent, [one for one in refusing if _counts(one) and one.since > since]


def _today(connection: Connection, party: Party, partner: str, sizes: Mapping[str, str]) -> int:
    return sum(
        int(one.details.get(size, 0))
        for role, size in sizes.items()
        for one in _recent(connection, party, partner, role)
    )


def _check_session(party: Party, owner: str, size: int) -> None:
    most = party.accord.quotas.marks_per_session
    if size > most:
        raise _quota(
            f"the question has {size:,} marks; the accord allows {most:,} in one",
            "ask in several questions (`accord exchange ask --where`), or agree on a higher quota",
            owner,
        )


def _check_day(party: Party, owner: str, who: str, size: int, before: int) -> None:
    today, most = size + before, party.accord.quotas.questions_per_day * MARKS_PER_RECORD
    if today > most:
        raise _quota(
            f"{who} with {today:,} marks within a day; the accord allows {most:,}",
            "ask again tomorrow (`accord exchange ask`), or agree on a higher quota",
            owner,
        )


def _check_interval(connection: Connection, party: Party, partner: str) -> None:
    minutes = several(party.accord.quotas.minutes_between, "minute")
    if _recent(connection, party, partner, "holder", _interval(party)):
        raise _quota(
            f"{partner} asks again within {minutes} of its last question",
            f"wait {minutes}, then ask again (`accord exchange ask`)",
            party.id,
        )


def _interval(party: Party) -> dt.timedelta:
    return dt.timedelta(minutes=party.accord.quotas.minutes_between)


def _quota(message: str, remedy: str, owner: str) -> PolicyError:
    return PolicyError("question.quota", message, remedy, "quotas", owner)


def _too_many_marks(party: Party) -> PolicyError:
    return PolicyError(
        "answer.quota",
        f"an answer would show more marks than the accord allows ({party.accord.quotas.marks_per_answer:,}), "
        "or a count more than a message may have",
        "agree on a higher quota marks_per_answer",
        "quotas",
        party.id,
    )


def _too_many_records(party: Party) -> PolicyError:
    return PolicyError(
        "answer.records",
        f"more records would take part in an answer than the accord provides for ({party.largest:,}), "
        "so names that only seem to be the same could match",
        "agree on a higher quota records_per_answer",
        "quotas",
        party.id,
    )


def _too_many_back(party: Party) -> PolicyError:
    return PolicyError(
        "answer.asked-back",
        "an answer would ask back in silence about more marks than the accord allows in a question, or in a day",
        "agree on higher quotas marks_per_session and questions_per_day, or ask again tomorrow",
        "quotas",
        party.id,
    )


# refusals that say how much this desk holds, each by its code: found only when the marks are drawn
TOO_MUCH = {
    "answer.quota": _too_many_marks, "answer.records": _too_many_records, "answer.asked-back": _too_many_back,
}  # fmt: skip
