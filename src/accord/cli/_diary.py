"""The log as a diary that a person reads: one sentence an entry.

Invariants: a sentence says only what the entry says; an entry of a kind that is not known here is shown as it is.

>>> sentence("exchange.asked", {"to": "interpol", "purpose": "investigation", "case": "7", "marks": 256})
'asked interpol for «investigation», case 7, with 256 marks'
>>> sentence("exchange.asked", None)
'(erased with the record)'
"""

from __future__ import annotations

from collections.abc import Mapping

_SENTENCES = {
    "accord-adopted": "took up version {version} of the accord, fingerprint {fingerprint}",
    "accord-left": "left the accord at version {version}",
    "partner-left": "took note that {party} left the accord",
    "records.load": "loaded {entities} records: {added} new, {changed} changed; {removed} removed",
    "exchange.asked": "asked {to} for «{purpose}», case {case}, with {marks} marks",
    "exchange.answered": "answered a question of {to} for «{purpose}», case {case}, with {marks} marks",
    "exchange.compared": "compared with the answer of {with}: {matches} possible matches",
    "exchange.told": "told {to} of {matches} possible matches, and kept {silent} silent",
    "exchange.learned": "learned from {from} whom to contact for {matches} possible matches",
    "exchange.alarm": "ALARM: {matches} of {of} records match",
    "exchange.requested": "asked {of} for {fields} fields for «{purpose}»",
    "exchange.asked-for": "was asked by {by} for {fields} fields",
    "exchange.refused": "refused a {kind} of {from}: {code}",
    "exchange.identified": "{officer} compared the records: {verdict}",
    "exchange.approved": "{officer} approved",
    "exchange.released": "released {fields} to {to}, until {expires}",
    "exchange.held": "received {fields} from {from}",
    "exchange.corrected": "sent corrected {fields} to {to}",
    "exchange.read": "read for «{purpose}», permitted: {granted}",
    "exchange.recalled": "took the fields back from {from}",
    "exchange.returned": "erased the fields that {to} took back",
    "exchange.receipt": "got the receipt of {from}",
    "exchange.erased": "erased the fields: {why}",
    "exchange.declined": "declined: {code}",
    "subject.sought": "looked for a person: {records} records were alike",
    "subject.corrected": "corrected {records} records",
    "subject.restricted": "stopped the use of {records} records",
    "subject.unrestricted": "let {records} records be used again",
    "subject.erased": "erased {records} records ({schemata})",
    "subject.reviewed": "{officer} affirmed {records} records until {until}: {reason}",
    "subject.purged": "purged {record} records, {received} received, {request} requests, {question} questions",
    "subject.exported": "{officer} exported {records} records to {to} under {code} for «{purpose}»",
    "subject.disclosed": "{officer} told a person of {records} records; identified by: {identified_by}",
    "ledger.proven": "wrote a proof of entry {entry}, details shown: {details}",
}


def sentence(kind: str, details: Mapping[str, object] | None) -> str:
    """What an entry says, in words."""
    if details is None:
        return "(erased with the record)"
    form = _SENTENCES.get(kind)
    if form is not None:
        try:
            return form.format_map({name: _value(value) for name, value in details.items()})
        except KeyError:
            pass
    known = ", ".join(f"{name.replace('_', ' ')} {_value(value)}" for name, value in details.items())
    return f"{kind.replace('.', ' ').replace('-', ' ')}{': ' if known else ''}{known}"


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(_value(each) for each in value) or "nothing"
    text = str(value)
    return text[:16] + "…" if len(text) == 64 and all(sign in "0123456789abcdef" for sign in text) else text
