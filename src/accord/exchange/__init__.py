"""Ask a partner without telling, and keep the word given: question → possible match → request → release → recall.

    ask → receive … receive → hits → request → identify → approve → release → read → recall → receive (the receipt)

Invariants: messages are files (or bytes), signed, sealed and hash-linked; every function through which data leaves puts
its wish to the accord first; each step is durable before its message can be read. Read `protocol` for the blind
question itself, and `docs/explanation/threat-model.md` for who learns what.
"""

from accord.exchange.carrier import Received
from accord.exchange.conversation import (
    Asked,
    Conversation,
    Given,
    Happening,
    Outgoing,
    Said,
    asked,
    conversation,
    conversations,
    given,
    happenings,
    outgoing,
)
from accord.exchange.decision import Comparison, Consent, approve, compare, identify, owners
from accord.exchange.marks import Mark, explain_marks, marks_of
from accord.exchange.party import Party
from accord.exchange.question import ask
from accord.exchange.recall import Attestation, recall
from accord.exchange.receive import receive
from accord.exchange.release import Reading, correct, read, release
from accord.exchange.request import request
from accord.exchange.status import Waiting, hits, resend, status

__all__ = [
    "Asked",
    "Attestation",
    "Comparison",
    "Consent",
    "Conversation",
    "Given",
    "Happening",
    "Mark",
    "Outgoing",
    "Party",
    "Reading",
    "Received",
    "Said",
    "Waiting",
    "approve",
    "ask",
    "asked",
    "compare",
    "conversation",
    "conversations",
    "correct",
    "explain_marks",
    "given",
    "happenings",
    "hits",
    "identify",
    "marks_of",
    "outgoing",
    "owners",
    "read",
    "recall",
    "receive",
    "release",
    "request",
    "resend",
    "status",
]
