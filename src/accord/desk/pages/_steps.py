"""What each state of a conversation is called on the pages, and the one thing to do about it.

Invariants: words only; who must act comes from `accord.exchange`.
"""

from __future__ import annotations

from accord.desk.render import in_words
from accord.desk.roles import Can
from accord.desk.visit import Visit
from accord.exchange import Conversation

# (topic, this desk's role, state) -> (what is going on, what to do about it here, what that needs)
_STEPS: dict[tuple[str, str, str], tuple[str, str, Can | None]] = {
    ("question", "asker", "asked"): ("We asked; their answer is due", "Receive the answer", Can.ACT),
    ("question", "asker", "matched"): ("Matches found; their contacts are due", "Receive the contacts", Can.ACT),
    ("question", "asker", "closed"): ("Answered", "", None),
    ("question", "holder", "answered"): ("We answered; they say next what matched", "Receive their next file", Can.ACT),
    ("question", "holder", "closed"): ("Answered", "", None),
    ("question", "asker", "lapsed"): ("Nobody answered in time", "", None),
    ("question", "asker", "refused"): ("Their copy of the accord refused our question", "", None),
    ("question", "holder", "lapsed"): ("Nobody answered in time", "", None),
    ("question", "holder", "refused"): ("The accord refused their question; they were told", "", None),
    ("request", "asker", "requested"): ("We asked for fields; they decide", "Receive their decision", Can.ACT),
    ("request", "asker", "declined"): ("They declined", "", None),
    ("request", "asker", "lapsed"): ("Nobody answered in time", "", None),
    ("request", "asker", "held"): ("We hold released fields", "Read", Can.COMPARE),
    ("request", "asker", "returned"): ("Taken back by them; erased here", "", None),
    ("request", "asker", "expired"): ("Expired; erased here", "", None),
    ("request", "holder", "requested"): ("Two records are to be compared by a person", "Compare", Can.REVIEW),
    ("request", "holder", "compared"): ("Compared; a second person is to approve", "Approve", Can.APPROVE),
    ("request", "holder", "approved"): ("Approved; the fields can be handed over", "Hand over", Can.ACT),
    ("request", "holder", "declined"): ("We declined", "", None),
    ("request", "holder", "lapsed"): ("Nobody answered in time", "", None),
    ("request", "holder", "released"): ("We released fields", "", None),
    ("request", "holder", "recalled"): ("We took it back; their receipt is due", "Receive the receipt", Can.ACT),
    ("request", "holder", "returned"): ("Taken back; their receipt is here", "", None),
    ("request", "holder", "passing"): ("Taken back; receipts of third parties are due", "Receive the receipt", Can.ACT),
    ("count", "asker", "asked"): ("We asked how many we share; their marks are due", "Receive the answer", Can.ACT),
    ("count", "asker", "mixed"): ("They count; their number is due", "Receive the answer", Can.ACT),
    ("count", "asker", "closed"): ("Counted", "", None),
    ("count", "asker", "lapsed"): ("Nobody answered in time", "", None),
    ("count", "asker", "refused"): ("Their copy of the accord refused to count", "", None),
    ("count", "holder", "answered"): ("They asked how many we share", "Receive their next file", Can.ACT),
    ("count", "holder", "closed"): ("Counted", "", None),
    ("count", "holder", "lapsed"): ("Nobody answered in time", "", None),
    ("count", "holder", "refused"): ("The accord refused to count; they were told", "", None),
    ("audit", "asker", "drawn"): ("We drew a sample; they open it", "Receive what they opened", Can.ACT),
    ("audit", "asker", "closed"): ("Audited", "", None),
    ("audit", "asker", "lapsed"): ("They did not open what we drew", "", None),
    ("audit", "asker", "refused"): ("They refused to open what we drew", "", None),
    ("audit", "holder", "opened"): ("We opened a sample; their finding is due", "Receive their finding", Can.ACT),
    ("audit", "holder", "closed"): ("Audited", "", None),
    ("audit", "holder", "lapsed"): ("Nobody answered in time", "", None),
    ("audit", "holder", "refused"): ("The accord refused the audit; they were told", "", None),
    ("onward", "asker", "asked"): ("We asked whether fields may go on; they decide", "Receive their decision", Can.ACT),
    ("onward", "asker", "consented"): ("They let the fields go on", "", None),
    ("onward", "asker", "lapsed"): ("Nobody answered in time", "", None),
    ("onward", "asker", "refused"): ("They do not let the fields go on", "", None),
    ("onward", "holder", "asked"): ("They ask whether our fields may go on to a third party", "Decide", Can.APPROVE),
    ("onward", "holder", "consented"): ("We let the fields go on", "", None),
    ("onward", "holder", "lapsed"): ("Nobody answered in time", "", None),
    ("onward", "holder", "refused"): ("We did not let the fields go on", "", None),
}  # fmt: skip
_HAPPENED = {
    "asked": "We asked them blind",
    "answered": "We answered their blind question",
    "compared": "Their answer was compared with our marks",
    "matched": "The possible matches were told",
    "contacts": "Contacts were exchanged",
    "closed": "The question is answered",
    "alarm": "Unusually many possible matches",
    "no-alarm": "Not unusually many possible matches",
    "requested": "We asked for fields",
    "asked-for": "They ask for fields",
    "identified": "A person compared the two records",
    "approved": "A second person approved",
    "declined": "Declined",
    "refused": "Refused by the accord",
    "released": "Fields were handed over",
    "corrected": "The fields were sent again, corrected",
    "held": "Fields came in",
    "read": "The fields were read",
    "recalled": "The release was taken back",
    "returned": "The fields were erased here",
    "erased": "The fields were erased",
    "receipt": "Their receipt came in",
    "consented": "The originator let them go on",
    "passed": "A third party's receipt was handed on",
    "derived": "Something was made from the fields",
    "used": "Something made from the fields was read",
    "told": "They were told whom to contact",
    "learned": "We learned whom to contact",
    "assessed": "The case was found not to be neutral",
    "onward-asked": "It was asked whether fields may go on to a third party",
    "count-asked": "We asked how many we share",
    "count-answered": "We answered how many we share, in marks that show nothing",
    "count-mixed": "Their marks were mixed with ours",
    "count-told": "The number was told, blurred as the accord says",
    "count-learned": "We learned the number",
    "churn": "Their records changed by half within a day",
    "stands": "The question stands: it is asked again of new records",
    "stands-no-more": "The question stands no more",
    "audit-drawn": "A sample was drawn, to be opened",
    "audit-opened": "A sample of the question was opened",
    "audited": "The question was audited",
    "audit-shown": "A record was shown to whoever audits the question",
    "prepared": "An answer was prepared for a question to come",
    "spent": "A prepared answer was used up",
    "damaged": "A prepared answer that was damaged was ended",
    "audit-over": "The secrets of the question were destroyed; it can no longer be audited",
}
# kinds of log entries that belong to no conversation
_NOTED = {
    "accord-adopted": "An accord was adopted",
    "accord-left": "This party left the accord",
    "partner-left": "A partner left the accord",
    "coverage.corrected": "The labels of an activity were put right",
    "desk.account-added": "An account was made",
    "desk.account-closed": "An account was closed",
    "desk.account-locked": "An account rests after wrong passwords",
    "desk.account-password": "A password was changed",
    "desk.passkey-added": "A passkey was added",
    "desk.passkey-copied": "A copied passkey was refused",
    "desk.passkey-removed": "A passkey was removed",
    "desk.token-closed": "A program's token was closed",
    "desk.token-made": "A program was given a token",
    "exchange.swept": "What was over by its date was destroyed",
    "ledger.erased": "What entries said was erased",
    "ledger.proven": "An entry was proven to somebody",
    "records.load": "Records were loaded",
    "review.judged": "Two records were compared",
    "review.undone": "A comparison was taken back",
    "subject.corrected": "A record was corrected for a person",
    "subject.disclosed": "What is held was told to a person",
    "subject.erased": "Records were erased for a person",
    "subject.exported": "An export was registered",
    "subject.unrestricted": "Records may be used again",
    "subject.purged": "Records whose time was over were erased",
    "subject.restricted": "The use of records was stopped",
    "subject.reviewed": "Records were reviewed and kept",
    "subject.sought": "A person was looked for",
}


def going_on(visit: Visit, one: Conversation) -> str:
    """One sentence on where a conversation stands."""
    return visit.words(_step(one)[0])


def to_do(visit: Visit, one: Conversation) -> tuple[str, bool]:
    """What to do about it here (empty: nothing), and whether this person may."""
    _, what, needs = _step(one)
    return (visit.words(what) if what else ""), needs is None or visit.may(needs)


def happened(visit: Visit, kind: str) -> str:
    """A kind of log entry as a sentence."""
    return visit.words(_HAPPENED.get(kind, kind.replace("-", " ")))


def noted(visit: Visit, kind: str) -> str:
    """A kind of log entry of whatever part of the desk, as a sentence."""
    topic, _, rest = kind.partition(".")
    if kind in _NOTED:
        return visit.words(_NOTED[kind])
    return happened(visit, rest) if topic == "exchange" else in_words(kind.replace(".", " "))


def _step(one: Conversation) -> tuple[str, str, Can | None]:
    return _STEPS.get((one.topic, one.role, one.state), (one.state.replace("-", " "), "", None))
