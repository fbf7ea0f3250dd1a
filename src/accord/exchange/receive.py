"""`receive`: take any message of a partner, do what is due, and give the reply that is due, if any.

Invariants: a message is checked in this order, and the first that fails leaves the desk as it was: size, seal,
signature of a party of the accord, recipient, parts; whether the accord is in force between the two; whether it came
before; version of the accord; mark scheme; its place in the conversation; what it says. Policy refusals of a
well-signed message are logged, as many in a day as `refusing` keeps.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial

from accord.arrangement import outdated
from accord.engine import uncollected
from accord.errors import AccordError, InputError, PeerError, PolicyError, TrustError
from accord.exchange import once, preparing, refusing, state
from accord.exchange.audit import on_audit, on_opening, on_verdict
from accord.exchange.body import SEND_AGAIN
from accord.exchange.carrier import Incoming, Received, Step, busy, carry_on, taken
from accord.exchange.counting import on_count, on_count_answer, on_count_marks, on_count_told
from accord.exchange.limits import barred
from accord.exchange.marks import scheme
from accord.exchange.messages import ERASING, MARKED, Header, largest, open_message
from accord.exchange.onward import on_consent, on_onward
from accord.exchange.party import Party
from accord.exchange.question import on_answer, on_matches, on_question, on_refusal, refused
from accord.exchange.recall import on_onward_receipt, on_recall, on_receipt
from accord.exchange.receipt import Attestation
from accord.exchange.release import on_release
from accord.exchange.request import on_decline, on_request
from accord.exchange.standing import on_contacts
from accord.exchange.state import Session
from accord.ledger import VerifyKey

_NAME = re.compile(r"[0-9a-f]{16}")
Handler = Callable[[Party, Incoming, Session | None], Step]

_HANDLERS: dict[str, Handler] = {
    "question": on_question,
    "answer": on_answer,
    "matches": on_matches,
    "contacts": on_contacts,
    "refusal": on_refusal,
    "request": on_request,
    "decline": on_decline,
    "release": on_release,
    "correction": on_release,
    "recall": on_recall,
    "receipt": on_receipt,
    "onward-receipt": on_onward_receipt,
    "onward": on_onward,
    "consent": on_consent,
    "count": on_count,
    "count-marks": on_count_marks,
    "count-answer": on_count_answer,
    "count-told": on_count_told,
    "audit": on_audit,
    "opening": on_opening,
    "verdict": on_verdict,
}
_OPENING = frozenset({"question", "request", "onward", "count", "audit"})
_TOLD = frozenset(
    {"question", "answer", "count", "audit"}
)  # the partner is told when the accord refuses these: it waits for a reply
# what a conversation waits for: (topic, this desk's role, state) -> kinds of message that may come
_DUE: dict[tuple[str, str, str], frozenset[str]] = {
    ("question", "asker", "asked"): frozenset({"answer", "refusal"}),
    ("question", "holder", "answered"): frozenset({"matches", "refusal"}),
    ("question", "asker", "matched"): frozenset({"contacts"}),
    ("request", "asker", "requested"): frozenset({"release", "decline"}),
    ("request", "asker", "held"): frozenset({"recall", "correction"}),
    ("request", "asker", "declined"): frozenset({"release", "decline"}),  # by an erasure here, and they do not know
    ("request", "asker", "lapsed"): frozenset({"release", "decline"}),
    ("request", "asker", "expired"): frozenset({"recall", "correction"}),
    ("request", "holder", "recalled"): frozenset({"receipt"}),
    ("request", "holder", "passing"): frozenset({"onward-receipt"}),
    ("onward", "asker", "asked"): frozenset({"consent"}),
    ("count", "asker", "asked"): frozenset({"count-marks", "refusal"}),
    ("count", "holder", "answered"): frozenset({"count-answer"}),
    ("count", "asker", "mixed"): frozenset({"count-told"}),
    ("audit", "asker", "drawn"): frozenset({"opening", "refusal"}),
    ("audit", "holder", "opened"): frozenset({"verdict"}),
}


@uncollected()
def receive(
    party: Party, data: bytes, attestation: Attestation | None = None, *, carrier: str | None = None
) -> Received:
    """Take a message; the reply in what is returned is kept at this desk too, and comes again with the same message.

    `attestation` goes into the receipt of a recall. `carrier`: the party that is known to have brought the message,
    when one of another party is to be refused (`TrustError` `courier.sender`). Raises `TrustError`, `PeerError`,
    `InputError` or `PolicyError`, and then nothing has changed. A question that the accord refuses does not raise: the
    reply says so to the partner, and `refusal` in what is returned to this desk.
    """
    accord = party.accord
    message, digest = open_message(
        data,
        party.decrypt,
        partial(_signer, party),
        party.id,
        largest(accord.quotas.marks_per_session, accord.quotas.marks_per_answer),
    )
    if carrier not in (None, message.header.sender):
        raise TrustError(
            "courier.sender",
            f"{carrier} brings a message of another party",
            "let each desk carry its own messages",
        )
    if (over := barred(party, message.header.sender, message.header.kind)) is not None:
        raise over
    incoming = Incoming(message, digest)
    with party.reading() as connection:
        if (known := taken(connection, incoming)) is not None:
            return known
        session = state.get(connection, Session, message.header.session)
    _check_accord(party, message.header)
    try:
        _check_place(party, message.header, session)
    except PeerError as error:
        return _faster(party, incoming, error)
    try:
        return _taken_on(party, incoming, session, attestation)
    except PolicyError as refusal:
        refusing.check(party, message.header, refusal)
        if message.header.kind in _TOLD:
            return carry_on(party, incoming, session, refused(incoming, session, refusal))
        with party.writing() as connection:
            about = {"from": message.header.sender, "kind": message.header.kind, "code": refusal.code}
            party.note(connection, "refused", message.header.session, about)
        raise
    except InputError as error:
        if error.code != once.ELSEWHERE:
            raise
        return _faster(party, incoming, error)  # the file went with the answer


def _faster(party: Party, incoming: Incoming, error: AccordError) -> Received:
    """What another command did with this message meanwhile; raises the error when none did."""
    with party.reading() as connection:
        known = taken(connection, incoming)
    if known is None:
        raise error
    return known


def _taken_on(party: Party, incoming: Incoming, session: Session | None, attestation: Attestation | None) -> Received:
    """Do what a message asks for; anew each time that another question took the prepared answer chosen for this one."""
    for _ in range(preparing.MOST):  # each time one fewer waits, and without any the question gets its own
        if incoming.header.kind == "recall":
            step = on_recall(party, incoming, session, attestation)
        else:
            step = _HANDLERS[incoming.header.kind](party, incoming, session)
        try:
            got = carry_on(party, incoming, session, step)
        except InputError as error:
            if error.code != preparing.SPENT:
                raise
            continue
        if incoming.header.kind == "question" and not got.again:
            preparing.move_on(party, str(step.session.details["file"]))
        if incoming.header.kind in ("answer", "count-marks") and not got.again:
            once.lift(party, got.session)
        return got
    raise busy()


def _signer(party: Party, name: str) -> VerifyKey | None:
    """The key of a partner; none for this desk itself, so that its own messages cannot come back to it."""
    found = [one.sign for one in party.accord.parties if one.id == name and name != party.id]
    return found[0] if found else None


def _check_accord(party: Party, header: Header) -> None:
    if header.kind not in ERASING and header.accord != party.accord.digest:
        raise outdated(party.folder, header.accord)
    if header.kind in MARKED and header.scheme != scheme():
        raise PeerError(
            "message.scheme",
            "the partner's marks are made by another scheme, so matches would be missed silently",
            "install the same version of Accord, with the same libraries, at both desks (`accord doctor` names them)",
        )


def _check_place(party: Party, header: Header, session: Session | None) -> None:
    if not _NAME.fullmatch(header.session):
        raise PeerError("message.session", "the name of the conversation is none that a desk gives", SEND_AGAIN)
    if header.kind not in _HANDLERS:
        raise PeerError("message.kind", "this kind of message is not known", "install the same version of Accord")
    if header.kind in _OPENING:
        if session is not None or header.sequence != 1 or _is_named(party, header.session):
            raise PeerError("message.session", "a new conversation has the name of another one", SEND_AGAIN)
        if header.previous and header.kind != "request":  # a request names the last message of its question
            raise PeerError("message.order", "a new conversation names a message before it", SEND_AGAIN)
        return
    if session is None or session.partner != header.sender:
        raise PeerError(
            "message.session", "this message answers a conversation that this desk does not know", SEND_AGAIN
        )
    if header.sequence > session.sequence + 1:
        raise PeerError("message.order", "a message before this one has not come yet", "give the earlier message first")
    if header.sequence != session.sequence + 1 or header.previous != session.previous:
        raise PeerError("message.order", "this message does not follow the last one of its conversation", SEND_AGAIN)
    if header.kind not in _DUE.get((session.topic, session.role, session.state), frozenset()):
        raise PeerError("message.order", "this conversation does not wait for such a message", SEND_AGAIN)


def _is_named(party: Party, name: str) -> bool:
    """Whether the log has more than refusals under a name that a partner gives a conversation: that of an export, say,
    whose entry would be erased with a record that the conversation is about."""
    return any(entry.kind != "exchange.refused" for entry in party.log.entries(about=name))
