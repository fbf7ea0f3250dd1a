"""What both ends of the HTTP lane agree on: paths, sizes, patience, and what may be told of a failure.

Invariants: nothing that a message holds, and no name of a conversation, stands in a path, a header or a log; bodies
are never compressed, so there is nothing to inflate.
"""

from __future__ import annotations

from dataclasses import dataclass

from accord.arrangement import Accord
from accord.exchange.messages import largest

MESSAGE, REPLY, WAITING = "/accord/v1/message", "/accord/v1/reply", "/accord/v1/waiting"
MEDIA_TYPE = "application/vnd.accord.message"
DIGEST_DIGITS = 64
LARGEST_LIST = 1 << 20  # bytes of a list of conversations
DONE, NOTHING_DUE, WORKING, UNKNOWN, BUSY = 200, 204, 202, 404, 503
AGAIN_SECONDS = 2  # after which a caller asks again

# what a partner may be told of a failure: it is about the message it sent, never about what this desk holds
TOLD = frozenset(
    {
        "message.oversize", "message.form", "message.cut", "message.header", "message.version", "message.stranger",
        "message.key", "message.recipient", "message.part", "message.session", "message.order", "message.kind",
        "message.scheme", "ledger.forked", "ledger.unproven", "ledger.report", "ledger.head", "psi.element",
        "psi.answer", "psi.length", "psi.proof", "question.size", "answer.size", "answer.order", "matches.evidence",
        "matches.order", "matches.groups",
        "message.outdated", "message.accord", "message.body", "contacts.group", "contacts.many", "exchange.busy",
        "refused.term", "refused.withdrawn", "refused.many", "request.many",
        "ledger.signature", "ledger.envelope", "ledger.unsigned",
        "courier.stranger", "courier.sender", "courier.oversize", "courier.slow", "courier.form", "courier.busy",
        "courier.length", "courier.compressed", "courier.unknown",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Pace:
    """How long an end waits for the other: `grace_seconds`, and what so many bytes take at `bytes_per_second`."""

    grace_seconds: float = 15.0
    bytes_per_second: float = 32_768.0

    def seconds(self, size: int) -> float:
        """For a body of that size."""
        return self.grace_seconds + size / self.bytes_per_second


def limit(accord: Accord) -> int:
    """The most bytes of a message under that accord."""
    return largest(accord.quotas.marks_per_session, accord.quotas.marks_per_answer)
