"""Ask a partner without telling, and keep the word given: question → possible match → request → release → recall.

    ask → receive … receive → hits → request → identify → approve → release → read → recall → receive (the receipt)

Invariants: messages are files (or bytes), signed, sealed and hash-linked; every function through which data leaves puts
its wish to the accord first; each step is durable before its message can be read. Read `protocol` for the blind
question itself, and `docs/explanation/threat-model.md` for who learns what.
"""

from accord.arrangement.model import MILLION
from accord.exchange.audit import Audited, audit, audits
from accord.exchange.carrier import Further, Received
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
    count_conversations,
    expiring,
    given,
    happenings,
    outgoing,
    waiting,
)
from accord.exchange.counting import Count, count_with, counts
from accord.exchange.crosscheck import Contradiction, check_desk, check_rows, contradictions, refuse
from accord.exchange.decision import Comparison, Consent, approve, approved, changed, compare, identify, owners
from accord.exchange.derived import Made, Making, derive, derived, use
from accord.exchange.marks import Mark, explain_marks, marks_of
from accord.exchange.marks import scheme as mark_scheme
from accord.exchange.onward import Asking, Source, ask_onward, asked_onward, consent, sources
from accord.exchange.party import Party
from accord.exchange.preparing import Prepared, prepare, prepared
from accord.exchange.question import ask
from accord.exchange.recall import recall
from accord.exchange.receipt import Attestation
from accord.exchange.receive import receive
from accord.exchange.release import Reading, correct, read, release
from accord.exchange.request import request
from accord.exchange.selection import askable
from accord.exchange.standing import Stands, ask_again, end_standing, stand, standing
from accord.exchange.status import (
    Waiting,
    addressee,
    count_hits,
    hits,
    latest_hits,
    outbox,
    progress,
    resend,
    status,
)
from accord.exchange.sweep import sweep, sweep_daily

__all__ = [
    "MILLION",
    "Asked",
    "Asking",
    "Attestation",
    "Audited",
    "Comparison",
    "Consent",
    "Contradiction",
    "Conversation",
    "Count",
    "Further",
    "Given",
    "Happening",
    "Made",
    "Making",
    "Mark",
    "Outgoing",
    "Party",
    "Prepared",
    "Reading",
    "Received",
    "Said",
    "Source",
    "Stands",
    "Waiting",
    "addressee",
    "approve",
    "approved",
    "ask",
    "ask_again",
    "ask_onward",
    "askable",
    "asked",
    "asked_onward",
    "audit",
    "audits",
    "changed",
    "check_desk",
    "check_rows",
    "compare",
    "consent",
    "contradictions",
    "conversation",
    "conversations",
    "correct",
    "count_conversations",
    "count_hits",
    "count_with",
    "counts",
    "derive",
    "derived",
    "end_standing",
    "expiring",
    "explain_marks",
    "given",
    "happenings",
    "hits",
    "identify",
    "latest_hits",
    "mark_scheme",
    "marks_of",
    "outbox",
    "outgoing",
    "owners",
    "prepare",
    "prepared",
    "progress",
    "read",
    "recall",
    "receive",
    "refuse",
    "release",
    "request",
    "resend",
    "sources",
    "stand",
    "standing",
    "status",
    "sweep",
    "sweep_daily",
    "use",
    "waiting",
]
