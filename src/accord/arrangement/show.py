"""The accord in plain words, for three readers: the lawyer who reads all of it, the data-protection officer who keeps a
record of processing, the officer who works under it.

Invariants: everything shown is read from the document; what only people know is marked «[to be completed]»; text of a
party cannot steer a terminal or a browser.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import permutations

from accord.arrangement.model import ANY, Accord, Clause, Level, Party
from accord.errors import several

READERS = ("lawyer", "dpo", "officer")
OPEN = "[to be completed]"
_LEVELS = {
    Level.NEVER: "takes no part in anything",
    Level.BLIND: "may be asked about, without either side showing its records",
    Level.SILENT: "may be asked about; a possible match is told to the owner only",
    Level.COUNT: "may be counted: how many match is told, and not which",
    Level.CONTACT: "may be asked about; a possible match tells both sides whom to contact",
    Level.RELEASE: "may be handed over on request, with approval by a second person",
}


@dataclass(frozen=True, slots=True)
class Section:
    """A heading, sentences, and a table under them (its first row are the heads of its columns)."""

    title: str
    lines: tuple[str, ...] = ()
    table: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """What one reader sees."""

    title: str
    about: str
    sections: tuple[Section, ...]


def page(accord: Accord, reader: str) -> Page:
    """The accord for a reader of `READERS`."""
    made = {"lawyer": _lawyer, "dpo": _dpo, "officer": _officer}[reader](accord)
    title = {"dpo": f"Record of processing activities, draft from «{accord.title}»"}.get(reader, accord.title)
    about = (
        f"Version {accord.version}, fingerprint {accord.digest[:16]}, in force from {accord.begins} to {accord.ends}"
    )
    return Page(title, about, tuple(made))


def as_text(shown: Page) -> str:
    """The page for a terminal."""
    lines = [shown.title, shown.about]
    for section in shown.sections:
        lines += ["", section.title, *(f"  {line}" for line in section.lines)]
        heads = section.table[0] if section.table else ()
        for row in section.table[1:]:
            lines.append(f"  {row[0]}")
            lines += [f"      {head}: {cell}" for head, cell in zip(heads[1:], row[1:], strict=True) if cell]
    return "\n".join("".join(sign if sign.isprintable() else "�" for sign in line) for line in lines)


def _lawyer(accord: Accord) -> Iterator[Section]:
    replaced = (f"It replaces the version with fingerprint {accord.previous[:16]}.",) if accord.previous else ()
    yield Section("Term", (*replaced, f"To be reviewed by {accord.review}; after {accord.ends} everything is refused."))
    yield _parties(accord)
    yield Section("Crimes it is about", (", ".join(accord.areas),))
    yield _purposes(accord)
    yield Section(
        "Clauses",
        ("What none of them permits is refused; a prohibition beats a permission.",),
        (
            ("clause", "direction", "level", "kinds of record", "properties", "purposes", "limits"),
            *(_clause(clause, accord) for clause in accord.clauses),
        ),
    )
    yield Section("Limits", tuple(_limits(accord)))
    lossy = tuple((f"{r.scheme}:{r.code}", f"{r.to_scheme}:{r.to_code}", r.lost) for r in accord.translations if r.lost)
    if lossy:
        lines = ("What a code does not say in the other scheme travels as a condition in words.",)
        yield Section("Handling codes that lose something", lines, (("code", "becomes", "loses"), *lossy))
    if accord.third_bodies:
        bodies = tuple(
            (body.id, body.name, "signs its consent itself" if body.key else "an approver records its consent")
            for body in accord.third_bodies
        )
        yield Section("Bodies whose data a party may hold", (), (("id", "name", "consent"), *bodies))


def _officer(accord: Accord) -> Iterator[Section]:
    for giver, receiver in permutations(accord.parties, 2):
        reached = {level: _reach(accord, giver, receiver, level) for level in (Level.CONTACT, Level.RELEASE)}
        silent = any(c.level is Level.SILENT for c in _towards(accord, giver, receiver))
        lines = [
            f"A possible match shows whom to contact for: {_words(reached[Level.CONTACT][0])}; {receiver.name} is told "
            f"to contact {giver.contact}.",
            f"Handed over on request, for {_words(reached[Level.RELEASE][1])}: {_words(reached[Level.RELEASE][0])}.",
        ]
        if silent:
            lines.append(f"Some matches are told to {giver.name} only.")
        approvers = ", ".join(one.name for one in giver.officers if "approve" in one.roles)
        lines.append(f"Before anything is handed over, {approvers} of {giver.name} must approve, and nobody who asked.")
        yield Section(f"From {giver.name} to {receiver.name}", tuple(lines))
    yield _purposes(accord)
    yield Section(
        "What always holds",
        (
            "State a purpose and a case number with each question, and keep to them.",
            "A possible match is a reason to call, not a finding: a person compares before anything is handed over.",
            "Political, military, religious or racial character of a case: answer for each, or nothing moves.",
            "Hand nothing on to a third party without the consent of whose data it is.",
            "Records of minors, victims and witnesses stay out unless a clause says otherwise.",
            "Religion, ethnicity, political opinion and health never move.",
            "What is taken back is erased at once; say in the receipt what you attest yourself.",
        ),
    )
    yield Section("Limits", tuple(_limits(accord)))


def _dpo(accord: Accord) -> Iterator[Section]:
    opened = [clause for clause in accord.clauses if clause.level > Level.NEVER]
    never = [clause for clause in accord.clauses if clause.level is Level.NEVER]
    protected = [clause.id for clause in opened if clause.protected]
    controllers = tuple(
        (party.name, str(party.contact), str(party.data_protection or OPEN), OPEN) for party in accord.parties
    )
    yield Section(
        "1. Who is responsible", (), (("party", "contact point", "data protection", "representative"), *controllers)
    )
    yield Section("2. Why: purposes and legal basis", (f"Legal basis of each party: {OPEN}",), _purposes(accord).table)
    yield Section(
        "3. Whose data, and which",
        (
            f"Kinds of record: {_words(_all(c.schemata for c in opened))}.",
            f"Kinds of data: {_words(_all(c.properties for c in opened))}.",
            f"Left out: {_words(_all(c.properties for c in never))}.",
            "Minors, victims and witnesses: "
            + (f"take part under {', '.join(protected)}." if protected else "take no part."),
            f"Roles of the persons concerned (suspect, contact, …): {OPEN}",
        ),
    )
    yield Section(
        "4. Who receives it",
        ("Nobody else: handing on needs the consent of whose data it is.",),
        (("clause", "direction", "how far"), *((c.id, _direction(c, accord), c.level.word) for c in opened)),
    )
    yield Section("5. Transfers to other countries or bodies", (f"Seats of the parties, and safeguards: {OPEN}",))
    yield Section("6. How long it is kept", tuple(_kept(accord)))
    yield Section(
        "7. How it is protected",
        (
            "Blind comparison before anything is shown; limits on questions; a warning when many match.",
            "Two persons for each release, whose signatures the receiver checks again.",
            "Encryption at rest and to the recipient; a signed log that neither side can rewrite unseen.",
            f"Access, training, premises: {OPEN}",
        ),
    )
    yield Section(
        "8. Rights of the persons concerned",
        (
            "A person's data can be found, corrected, restricted and erased at both sides, with receipts.",
            "An answer does not confirm whether data are held, unless an officer decides to disclose.",
            f"How a person asks, who decides, by when, and who supervises: {OPEN}",
        ),
    )
    yield Section("9. Principles, and how the accord meets them", (), _principles(accord))


def _principles(accord: Accord) -> tuple[tuple[str, ...], ...]:
    purposes, review = several(len(accord.purposes), "purpose"), several(accord.retention.review_days, "day")
    return (
        ("principle", "what the accord provides", "what the party adds"),
        ("fair and legitimate", "every action states a purpose and a case; refusals name the clause", OPEN),
        ("bound to a purpose", f"{purposes}; a record carries its own, a use is checked", OPEN),
        ("necessary and proportionate", "most records never leave; a match shows a contact point only", OPEN),
        ("kept no longer than needed", f"review after {review}, else erased", OPEN),
        ("accurate", "a person compares before a release; corrections reach whoever has the data", OPEN),
        ("confidential and secure", "handling codes, encryption, two persons, recall with a receipt", OPEN),
        ("open to the person concerned", "data can be found, corrected, restricted, erased", OPEN),
        ("transferred with safeguards", "only under a signed version, only to its parties", OPEN),
        ("accounted for", "everything is logged; each party can prove its log to an auditor", OPEN),
    )


def _parties(accord: Accord) -> Section:
    rows = tuple(
        (
            f"{party.name} ({party.id})",
            str(party.contact),
            ", ".join(party.mandates) or "not said",
            party.handling,
            "; ".join(f"{one.name} may {' and '.join(one.roles)} (key {one.key.id})" for one in party.officers),
            party.sign.id,
        )
        for party in accord.parties
    )
    return Section("Parties", (), (("party", "contact", "does", "handling codes", "officers", "key"), *rows))


def _purposes(accord: Accord) -> Section:
    return Section("Purposes", (), (("purpose", "meaning"), *((w, m) for w, m in accord.purposes.items())))


def _clause(clause: Clause, accord: Accord) -> tuple[str, ...]:
    limits = [f"up to {clause.handling}"] if clause.handling else []
    if clause.level is not Level.NEVER:
        limits.append(f"minors, victims, witnesses {'take part' if clause.protected else 'take no part'}")
    if clause.use_days:
        limits.append(f"used for {several(clause.use_days, 'day')}")
    return (
        f"{clause.id} {clause.title}",
        _direction(clause, accord),
        f"{clause.level.word}: {_LEVELS[clause.level]}",
        _words(clause.schemata),
        _words(clause.properties),
        ", ".join(clause.purposes),
        "; ".join(limits),
    )


def _limits(accord: Accord) -> Iterator[str]:
    quotas = accord.quotas
    records, marks = several(quotas.questions_per_day, "record"), several(quotas.marks_per_session, "mark")
    yield f"Questions about {records} a day, {marks} in one."
    yield f"A question is padded to {several(quotas.smallest_set, 'mark')} at least."
    yield (
        f"A party answers with {several(quotas.records_per_answer, 'record')} at most. "
        "Up to 100,000, and more so up to 20,000, a whole name that is not common can be a possible match by itself."
    )
    exact = f"give or take about {quotas.count_blur}" if quotas.count_blur else "exactly"
    yield f"How many records match is told {several(quotas.counts_per_week, 'time')} a week at most, {exact}."
    yield f"A warning above {quotas.alarm_hit_percent:g} % possible matches."
    yield _audited(accord)
    yield from _kept(accord)


def _audited(accord: Accord) -> str:
    audit = accord.audit
    if not audit.days:
        return "No audit: that no match is kept back, and no record invented, is taken on trust."
    names = {party.id: party.name for party in accord.parties}
    whom = names.get(audit.auditor, audit.auditor)
    draws = f"{whom} draws, and each side opens" if audit.auditor else "The holder draws, and the asker opens"
    return (
        f"A question may be audited for {several(audit.days, 'day')}, in which its secrets are kept. "
        f"{draws} {several(audit.sample, 'place')} of it at most."
    )


def _kept(accord: Accord) -> Iterator[str]:
    retention = accord.retention
    yield f"What was handed over: {several(retention.released_days, 'day')}, or fewer where its clause says so."
    yield f"A request or question without an answer: {several(retention.unanswered_days, 'day')}."
    yield f"What was received and nobody reviewed: {several(retention.review_days, 'day')}."
    yield f"The accord itself: review by {accord.review}, end on {accord.ends}."


def _towards(accord: Accord, giver: Party, receiver: Party) -> list[Clause]:
    return [c for c in accord.clauses if c.giver in (giver.id, ANY) and c.receiver in (receiver.id, ANY)]


def _reach(accord: Accord, giver: Party, receiver: Party, level: Level) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The properties that go at least so far, and for which purposes."""
    found = [clause for clause in _towards(accord, giver, receiver) if clause.level >= level]
    return _all(clause.properties for clause in found), _all(clause.purposes for clause in found)


def _all(lists: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word for words in lists for word in words))


def _direction(clause: Clause, accord: Accord) -> str:
    names = {party.id: party.name for party in accord.parties} | {ANY: "anyone"}
    return f"{names.get(clause.giver, clause.giver)} → {names.get(clause.receiver, clause.receiver)}"


def _words(words: tuple[str, ...]) -> str:
    return "everything" if ANY in words else ", ".join(words) or "nothing"
