"""The accord in plain words: for the lawyer who reads all of it, and as a draft of the processing record for the DPO.

Invariants: everything shown is read from the document and nothing is added; text of a party cannot steer a terminal.
"""

from __future__ import annotations

from collections.abc import Iterator

from accord.arrangement.model import ANY, Accord, Clause, Level

_LEVELS = {
    Level.NEVER: "takes no part in anything",
    Level.BLIND: "may be asked about blind",
    Level.SILENT: "may be asked about blind; a possible match is told to the owner only",
    Level.CONTACT: "may be asked about blind; a possible match tells both sides whom to contact",
    Level.RELEASE: "may be handed over on request, with approval by a second person",
}


def show(accord: Accord) -> str:
    """The whole accord in plain words."""
    return _printable("\n".join(_whole(accord)))


def processing_record(accord: Accord) -> str:
    """A draft of the record of processing activities that each party keeps; what only people know is left open."""
    return _printable("\n".join(_record(accord)))


def _whole(accord: Accord) -> Iterator[str]:
    yield accord.title
    yield f"Version {accord.version}, fingerprint {accord.digest[:16]}"
    if accord.previous:
        yield f"It replaces the version with fingerprint {accord.previous[:16]}."
    yield f"In force from {accord.begins} to {accord.ends}; to be reviewed by {accord.review}."
    yield ""
    yield "Parties"
    for party in accord.parties:
        yield f"  {party.name} ({party.id}), key {party.sign.id}"
        yield f"    contact: {party.contact}"
        yield f"    does: {', '.join(party.mandates) or 'not said'} · handling codes: {party.handling}"
        for officer in party.officers:
            yield f"    {officer.name} may {' and '.join(officer.roles)}, key {officer.key.id}"
    yield ""
    yield f"About: {', '.join(accord.areas)}"
    yield "Purposes"
    for word, meaning in accord.purposes.items():
        yield f"  {word}: {meaning}"
    yield ""
    yield "Clauses (what none of them permits is refused; a prohibition beats a permission)"
    for clause in accord.clauses:
        yield from _clause(clause, accord)
    yield ""
    quotas, retention = accord.quotas, accord.retention
    yield f"Limits: {quotas.questions_per_day:,} records a day; {quotas.marks_per_session:,} marks a question,"
    yield f"  {quotas.marks_per_answer:,} marks an answer; {quotas.minutes_between} minutes between two questions,"
    yield f"  padded to {quotas.smallest_set} at least; a warning above {quotas.alarm_hit_percent:g} % possible matches"
    yield f"Kept: released data {retention.released_days} days; an unanswered request {retention.unanswered_days} days."
    lossy = [row for row in accord.translations if row.lost]
    if lossy:
        yield ""
        yield "Handling codes that lose something in translation; it then travels as a condition in words"
        for row in lossy:
            yield f"  {row.scheme}:{row.code} → {row.to_scheme}:{row.to_code} loses: {row.lost}"


def _clause(clause: Clause, accord: Accord) -> Iterator[str]:
    who = f"{_name(clause.giver, accord)} → {_name(clause.receiver, accord)}"
    yield f"  {clause.id}  {clause.title}"
    yield f"      {who}: {clause.level.word} — {_LEVELS[clause.level]}"
    yield f"      of: {_words(clause.schemata)}"
    yield f"      properties: {_words(clause.properties)}"
    if clause.purposes:
        yield f"      for: {', '.join(clause.purposes)}"
    if clause.handling:
        yield f"      up to handling code {clause.handling}"
    if clause.level is not Level.NEVER:
        protected = "take part" if clause.protected else "take no part"
        yield f"      records of minors, victims and witnesses {protected}"


def _record(accord: Accord) -> Iterator[str]:
    yield f"Record of processing activities (draft from «{accord.title}», version {accord.version})"
    yield ""
    yield "1. Controllers and contact points"
    for party in accord.parties:
        yield f"   {party.name}: {party.contact}. Data-protection officer: [to be completed]"
    yield "2. Purposes"
    for word, meaning in accord.purposes.items():
        yield f"   {word}: {meaning}"
    yield "3. Categories of data subjects and of data"
    open_clauses = [clause for clause in accord.clauses if clause.level > Level.NEVER]
    yield f"   About: {_words(tuple(dict.fromkeys(s for clause in open_clauses for s in clause.schemata)))}"
    yield f"   Data: {_words(tuple(dict.fromkeys(p for clause in open_clauses for p in clause.properties)))}"
    never = [clause for clause in accord.clauses if clause.level is Level.NEVER]
    yield f"   Excluded: {_words(tuple(dict.fromkeys(p for clause in never for p in clause.properties)))}"
    protected = [clause.id for clause in open_clauses if clause.protected]
    yield f"   Minors, victims, witnesses: {'clauses ' + ', '.join(protected) if protected else 'excluded'}"
    yield "4. Recipients"
    for clause in open_clauses:
        way = f"{_name(clause.giver, accord)} → {_name(clause.receiver, accord)}"
        yield f"   {way} as far as {clause.level.word} (clause {clause.id})"
    yield "5. Time limits"
    yield f"   released data {accord.retention.released_days} days; requests {accord.retention.unanswered_days} days;"
    yield f"   review by {accord.review}; end {accord.ends}"
    yield "6. Security measures"
    yield "   blind comparison before any disclosure; two persons for each release; signed append-only log;"
    yield "   encryption at rest and to the recipient; recall with a receipt"
    yield "7. Legal basis, transfers, impact assessment: [to be completed by the data-protection officer]"


def _name(identity: str, accord: Accord) -> str:
    if identity == ANY:
        return "anyone"
    return next((party.name for party in accord.parties if party.id == identity), identity)


def _words(words: tuple[str, ...]) -> str:
    return "everything" if ANY in words else ", ".join(words) or "nothing"


def _printable(text: str) -> str:
    return "".join(sign if sign == "\n" or sign.isprintable() else "�" for sign in text)
