"""The log as a diary that a person reads: one sentence an entry.

Invariants: a sentence says only what the entry says; an entry of a kind that is not known here is shown as it is.

>>> sentence("exchange.asked", {"to": "interpol", "purpose": "investigation", "case": "7", "marks": 256})
'asked interpol for «investigation», case 7, with 256 marks'
>>> sentence("subject.sought", {"records": 1}), sentence("subject.sought", {"records": 0})
('looked for a person: 1 record was alike', 'looked for a person: 0 records were alike')
>>> sentence("exchange.asked", None)
'(erased with the record)'
"""

from __future__ import annotations

from collections.abc import Mapping

# of several, the first whose words the entry has; «{n:one|many}» is a number with the noun that fits it
_SENTENCES: Mapping[str, str | tuple[str, ...]] = {
    "accord-adopted": "took up version {version} of the accord, fingerprint {fingerprint}",
    "accord-left": "left the accord at version {version}",
    "partner-left": "took note that {party} left the accord",
    "records.load": "loaded {entities:record|records}: {added} new, {changed} changed; {removed} removed",
    "exchange.asked": (
        "asked {to} about {records:record|records} for «{purpose}», case {case}, with {marks:mark|marks}",
        "asked {to} for «{purpose}», case {case}, with {marks:mark|marks}",
    ),
    "exchange.answered": "answered a question of {to} for «{purpose}», case {case}, with {marks:mark|marks}",
    "exchange.prepared": "prepared an answer to a question of {for} for «{purpose}», with {marks:mark|marks}",
    "exchange.damaged": "ended a prepared answer that was damaged",
    "exchange.spent": "used the prepared answer up for question {question}",
    "exchange.compared": "compared with the answer of {with}: {matches:record has|records have} possible matches",
    "exchange.told": "told {to} of {matches:possible match|possible matches}, and kept {silent} silent",
    "exchange.learned": "learned from {from} whom to contact for {matches:possible match|possible matches}",
    "exchange.alarm": (
        "ALARM: {matches} of {of:record matches|records match}, which is unusually many",
        "ALARM: {matches:record matches|records match}, which is unusually many",
        "ALARM: fields were handed on {handed_on_without_consent:time|times} without our consent",
        "ALARM: the audit of {of} found: {found}",
    ),
    "exchange.no-alarm": "{matches:record matches|records match}, which is not unusually many",
    "exchange.churn": "ALARM: the partner's set changed by half within a day, to {shown:mark|marks}",
    "exchange.requested": "asked {of} for {fields:field|fields} for «{purpose}»",
    "exchange.asked-for": "was asked by {by} for {fields:field|fields}",
    "exchange.refused": ("refused a {kind} of {from}: {code}", "{by} refused: {code}"),
    "exchange.identified": "{officer} compared the records: {verdict}",
    "exchange.assessed": "{officer} found that the case is not neutral",
    "exchange.approved": "{officer} approved",
    "exchange.released": "released {fields} to {to}, until {expires}",
    "exchange.held": "received {fields} from {from}",
    "exchange.corrected": "sent corrected {fields} to {to}",
    "exchange.read": "read for «{purpose}», permitted: {granted}",
    "exchange.recalled": "took the fields back from {from}",
    "exchange.returned": "erased the fields that {to} took back",
    "exchange.receipt": "got the receipt of {from}",
    "exchange.erased": "erased the fields: {why}",
    "exchange.declined": (
        "{by} declined: {code}",
        "declined: {code}",
        "{by} did not let the fields go on to {to}",
        "{by} did not let its fields go on",
    ),
    "exchange.onward-asked": (
        "asked {of} whether its fields may go on to {for}, for «{purpose}»",
        "{by} asked whether our fields may go on to {for}, for «{purpose}»",
    ),
    "exchange.consented": ("{by} let our fields go on to {to}", "{by} let its fields go on"),
    "exchange.passed": "handed the receipt of a third party on to {to}",
    "exchange.derived": "{by} registered what was made from the fields ({item}) for «{purpose}», permitted: {granted}",
    "exchange.used": "used what was made from the fields ({item}) for «{purpose}», permitted: {granted}; copy: {copy}",
    "exchange.stands": "lets a question to {to} stand, for «{purpose}», case {case}",
    "exchange.stands-no-more": "the question to {to} stands no more",
    "exchange.count-asked": "asked {to} how many, for «{purpose}», case {case}",
    "exchange.count-answered": "answered how many to {to}, for «{purpose}», case {case}",
    "exchange.count-mixed": "counted together with {with}",
    "exchange.count-told": "told {to} a number: {told}, blurred by {blur}",
    "exchange.count-learned": "learned a number from {from}: {told}",
    "exchange.audit-drawn": "drew a sample of a question for {of} to open",
    "exchange.audit-opened": "opened {places} of {of:place|places} of a question to {to}",
    "exchange.audit-shown": "showed the record to {to}, which audits question {question}",
    "exchange.audited": ("audited {of}: {verdict}, {found}", "was audited by {by}: {verdict}, {found}"),
    "exchange.audit-over": "destroyed {destroyed}",
    "subject.sought": "looked for a person: {records:record was|records were} alike",
    "subject.corrected": "corrected {records:record|records}",
    "subject.restricted": "stopped the use of {records:record|records}",
    "subject.unrestricted": "let {records:record|records} be used again",
    "subject.erased": "erased {records:record|records} ({schemata})",
    "subject.reviewed": "{officer} affirmed {records:record|records} until {until}: {reason}",
    "subject.purged": "purged {record:record|records}, {received} received, {request:request|requests}, "
    "{question:question|questions}",
    "subject.exported": "{officer} exported {records:record|records} to {to} under {code} for «{purpose}»",
    "subject.disclosed": "{officer} told a person of {records:record|records}; identified by: {identified_by}",
    "ledger.erased": "destroyed the keys of entries {entries}",
    "ledger.proven": "wrote a proof of entry {entry}, details shown: {details}",
}


def sentence(kind: str, details: Mapping[str, object] | None) -> str:
    """What an entry says, in words."""
    if details is None:
        return "(erased with the record)"
    forms, said = _SENTENCES.get(kind, ()), {name: _Said(_value(value)) for name, value in details.items()}
    for form in (forms,) if isinstance(forms, str) else forms:
        try:
            return form.format_map(said)
        except KeyError:
            continue
    known = ", ".join(f"{name.replace('_', ' ')} {_value(value)}" for name, value in details.items())
    return f"{kind.replace('.', ' ').replace('-', ' ')}{': ' if known else ''}{known}"


class _Said(str):
    """A value of an entry in a sentence, by itself or before the noun that fits it."""

    __slots__ = ()

    def __format__(self, nouns: str) -> str:
        one, _, many = nouns.partition("|")
        return f"{self!s} {one if self == '1' else many}" if nouns else str(self)


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(_value(each) for each in value) or "nothing"
    text = str(value)
    return text[:16] + "…" if len(text) == 64 and all(sign in "0123456789abcdef" for sign in text) else text
