"""Does the document make sense? Contradictions, clauses that can never apply, missing people, opened sensitive data.

Invariants: all findings at once, each with its line; a *problem* stops a signature, a *note* is for a person to weigh.
"""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from accord.arrangement import handling
from accord.arrangement._audits import audits
from accord.arrangement._overlap import overlapping_clauses
from accord.arrangement._toml import Place, Report
from accord.arrangement.document import Read
from accord.arrangement.draft import AREAS, FUNCTIONS
from accord.arrangement.model import ANY, Accord, Clause, Level, Party
from accord.arrangement.rules import SENSITIVE
from accord.errors import InputError, Problem


@dataclass(frozen=True, slots=True)
class Findings:
    """What `check` found: `problems` must be mended before anybody signs, `notes` should be read."""

    problems: tuple[Problem, ...]
    notes: tuple[Problem, ...]


def check(
    document: Read,
    today: dt.date,
    vocabulary: Mapping[str, Collection[str]] | None = None,
    classes: Collection[str] | None = None,
) -> Findings:
    """Look for everything in a document that is wrong, or that its parties should know.

    `vocabulary`: the schemata that are known and the properties of each, to find words that no record will ever have;
    `classes`: the classes of marks that there are, to find limits that no mark counts against.
    """
    problems, notes = Report(document.file, document.text), Report(document.file, document.text)
    accord = document.accord
    problems.add_turned()
    for looked in (_term, _parties, _officers, _keys, _words, _letters, _limits, _third_bodies, _handling):
        looked(accord, today, problems, notes)
    for number, clause in enumerate(accord.clauses):
        _clause(accord, clause, (("clause", number),), problems, notes)
    overlapping_clauses(accord, problems, notes)
    if vocabulary is not None:
        _spelling(accord, vocabulary, notes)
    if classes is not None:
        for name in sorted(set(accord.quotas.marks_per_class) - set(classes)):
            notes.add(
                "quota",
                f"there is no class of marks {name}, so its limit holds nothing back",
                "give a rule of docs/reference/marks.md, or its class",
                (("quotas.marks_per_class", 0),),
                name,
            )
    return Findings(tuple(problems.problems), tuple(notes.problems))


def _term(accord: Accord, today: dt.date, problems: Report, notes: Report) -> None:
    if accord.ends < accord.begins:
        problems.add("term", "the accord ends before it begins", "put the later day in ends", key="ends")
    elif accord.ends < today:
        problems.add("term", "the term has ended, so everything is refused", "agree on a new term", key="ends")
    if accord.begins > today:
        notes.add("term", "the term has not begun, so everything is refused until then", "", key="begins")
    if not accord.begins <= accord.review <= accord.ends:
        problems.add("term", "the review is not within the term", "set review between begins and ends", key="review")
    elif accord.review < today:
        notes.add(
            "review", "the day of the review has passed", "review the accord, then set the next day", key="review"
        )
    if (accord.version == 1) != (accord.previous == ""):
        problems.add(
            "version",
            "version and previous do not fit",
            "version 1 has an empty previous, later ones name it",
            key="previous",
        )


def _parties(accord: Accord, today: dt.date, problems: Report, notes: Report) -> None:
    if len(accord.parties) < 2:
        problems.add("parties", "an accord has two parties or more", "add a [[party]]", key="title")
    for number, party in enumerate(accord.parties):
        place: Place = (("party", number),)
        if not (party.contact.email or party.contact.phone):
            notes.add(
                "contact",
                f"{party.id} has no e-mail address and no telephone number for a possible match",
                "add one to contact",
                place,
                "contact",
            )
        if party.handling not in handling.SCHEMES:
            problems.add(
                "handling",
                f"{party.id}: «{party.handling}» is no known scheme of handling codes",
                f"use one of: {', '.join(handling.SCHEMES)}",
                place,
                "handling",
            )
        for role, verb in (("request", "ask for a release"), ("approve", "approve a release")):
            if not any(role in officer.roles and officer.valid_on(today) for officer in party.officers):
                problems.add(
                    "officers",
                    f"{party.id} has nobody who may {verb}",
                    f'name an officer with the role "{role}"',
                    place,
                    "id",
                )
        if len({officer.name for officer in party.officers}) < len(party.officers):
            problems.add(
                "officers", f"{party.id} names two officers alike", "give each a name of their own", place, "id"
            )
        for word in sorted(set(party.mandates) - set(FUNCTIONS)):
            problems.add(
                "mandate", f"{party.id}: «{word}» is no function", f"use: {', '.join(FUNCTIONS)}", place, "mandates"
            )


def _officers(accord: Accord, today: dt.date, problems: Report, notes: Report) -> None:
    for number, party in enumerate(accord.parties):
        for index, officer in enumerate(party.officers):
            place: Place = (("party", number), ("party.officer", index))
            whose = f"the key of {party.id}/{officer.name}"
            if officer.ends is None:
                continue
            if officer.begins is not None and officer.ends < officer.begins:
                problems.add("key", f"{whose} ends before it begins", "put the later day in ends", place, "ends")
            elif officer.ends < today:
                notes.add("key", f"{whose} has expired", "renew it, or strike the officer out", place, "ends")
            elif officer.ends < accord.ends:
                notes.add("key", f"{whose} expires before the accord does", "renew it in time", place, "ends")


def _limits(accord: Accord, today: dt.date, problems: Report, notes: Report) -> None:  # noqa: ARG001 - one shape
    quotas = accord.quotas
    place: Place = (("quotas", 0),)
    if quotas.smallest_set > quotas.marks_per_session:
        problems.add(
            "quota",
            "a question is padded to more marks than it may have, so none can be asked",
            "lower smallest_set, or raise marks_per_session",
            place,
            "smallest_set",
        )
    for name in ("questions_per_day", "marks_per_session"):
        if getattr(quotas, name) == 0:
            problems.add("quota", f"{name} is 0, so nothing can be asked", f"raise {name}", place, name)
    for name, most in quotas.marks_per_class.items():
        if most == 0:
            notes.add("quota", f"marks of the class {name} are shut out", "", (("quotas.marks_per_class", 0),), name)
    audits(accord, problems, notes)
    for number, clause in enumerate(accord.clauses):
        if clause.use_days and clause.level < Level.RELEASE:
            notes.add(
                "idle", f"clause {clause.id}: use_days says nothing below the level release", "strike it out",
                (("clause", number),), "use_days",
            )  # fmt: skip
    for purpose in accord.purposes:
        if not any(purpose in clause.purposes for clause in accord.clauses):
            notes.add("purpose", f"no clause allows anything for «{purpose}»", "", (("purposes", 0),), purpose)


_NEAR = 0.75  # so alike are «nmae» and «name»


def _spelling(accord: Accord, vocabulary: Mapping[str, Collection[str]], notes: Report) -> None:
    """Words that no schema has: a clause with a slip of the pen never applies, and nobody would notice."""
    properties = {name for names in vocabulary.values() for name in names} | SENSITIVE
    for number, clause in enumerate(accord.clauses):
        for key, words, known in (
            ("schemata", clause.schemata, set(vocabulary)),
            ("properties", clause.properties, properties),
        ):
            for word in sorted(set(words) - known - {ANY}):
                near = get_close_matches(word, sorted(known), 1, cutoff=_NEAR)
                if not near:
                    continue  # a word of the parties' own: unknown properties are kept and may be meant
                notes.add(
                    "unknown-word",
                    f"clause {clause.id}: no record has «{word}», so this part never applies",
                    f"did you mean {near[0]}?",
                    (("clause", number),),
                    key,
                )


def _keys(accord: Accord, today: dt.date, problems: Report, notes: Report) -> None:  # noqa: ARG001 - one shape
    held: Counter[str] = Counter()
    for party in accord.parties:
        held.update([str(party.sign), str(party.decrypt), *(str(officer.key) for officer in party.officers)])
    for number, party in enumerate(accord.parties):
        for key, word in ((str(party.sign), "sign"), (str(party.decrypt), "decrypt")):
            if held[key] > 1:
                problems.add(
                    "key", f"the key «{word}» of {party.id} stands twice", _OWN_KEY, (("party", number),), word
                )
        for index, officer in enumerate(party.officers):
            if held[str(officer.key)] > 1:
                place: Place = (("party", number), ("party.officer", index))
                problems.add("key", f"the key of {party.id}/{officer.name} stands twice", _OWN_KEY, place, "key")


_OWN_KEY = "each party and each officer needs a key of their own; with one key, two persons are one"


def _words(accord: Accord, today: dt.date, problems: Report, notes: Report) -> None:  # noqa: ARG001
    for what, names, place, key in (
        ("party id", [party.id for party in accord.parties], "party", "id"),
        ("clause id", [clause.id for clause in accord.clauses], "clause", "id"),
    ):
        for number, name in enumerate(names):
            if name in names[:number]:
                problems.add("twice", f"the {what} «{name}» stands twice", "give each its own", ((place, number),), key)
    for area in sorted(set(accord.areas) - set(AREAS)):
        problems.add("area", f"«{area}» is no crime area", f"use: {', '.join(AREAS)}", key="areas")
    if not accord.areas:
        problems.add("area", "no crime area is named", f"use: {', '.join(AREAS)}", key="areas")
    if not accord.purposes:
        problems.add("purpose", "no purpose is named, so everything is refused", 'add [purposes] with word = "meaning"')
    if not accord.clauses:
        problems.add("clause", "there is no clause, so everything is refused", "add a [[clause]]", key="title")
    for scheme in sorted(set(accord.evaluation) - set(handling.EVALUATION)):
        problems.add(
            "evaluation",
            f"«{scheme}» is no known evaluation scheme",
            f"use: {', '.join(handling.EVALUATION)}",
            (("evaluation", 0),),
            "schemes",
        )


_ALIKE = {"LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE"}  # scripts with letters that look the same


def _letters(accord: Accord, today: dt.date, problems: Report, notes: Report) -> None:  # noqa: ARG001
    """Words are compared letter by letter, and a reader does not see that one of them is of another script."""
    words: list[tuple[str, Place, str]] = [(purpose, (("purposes", 0),), purpose) for purpose in accord.purposes]
    for number, clause in enumerate(accord.clauses):
        for key, given in (("schemata", clause.schemata), ("properties", clause.properties)):
            words += [(word, (("clause", number),), key) for word in given]
    for word, place, key in words:
        scripts = _ALIKE & {unicodedata.name(letter, "-").split()[0] for letter in word}
        if len(scripts) > 1:
            both = " and ".join(sorted(script.capitalize() for script in scripts))
            problems.add("letters", f"«{word}» mixes {both} letters", "type it anew in one script", place, key)


def _third_bodies(accord: Accord, today: dt.date, problems: Report, notes: Report) -> None:  # noqa: ARG001
    taken = {party.id for party in accord.parties}
    for number, body in enumerate(accord.third_bodies):
        if body.id in taken:
            problems.add(
                "third-body",
                f"«{body.id}» is named already",
                "give it an id of its own",
                (("third_body", number),),
                "id",
            )
        taken.add(body.id)


def _handling(accord: Accord, today: dt.date, problems: Report, notes: Report) -> None:  # noqa: ARG001
    place: Place = (("handling", 0),)
    used = {party.handling for party in accord.parties if party.handling in handling.SCHEMES}
    for source in sorted(used):
        for target in sorted(used - {source}):
            stated = {t.code for t in accord.translations if (t.scheme, t.to_scheme) == (source, target)}
            missing = [code.code for code in handling.SCHEMES[source] if code.code not in stated]
            if missing:
                problems.add(
                    "handling",
                    f"nothing says what {source} {', '.join(missing)} means in {target}",
                    f'add {{ from = "{source}:…", to = "{target}:…" }} to translations',
                    place,
                    "translations",
                )
    pairs = Counter((t.scheme, t.code, t.to_scheme) for t in accord.translations)
    for scheme, code, target in sorted(pair for pair, count in pairs.items() if count > 1):
        problems.add(
            "handling", f"{scheme}:{code} is translated into {target} twice", "keep one", place, "translations"
        )
    for row in accord.translations:
        lost = _lost(row.scheme, row.code, row.to_scheme, row.to_code)
        if lost and not row.lost:
            problems.add(
                "handling",
                f"{row.scheme}:{row.code} as {row.to_scheme}:{row.to_code} loses «{lost}» without saying so",
                f'add lost = "{lost}"',
                place,
                "translations",
            )


def _lost(scheme: str, code: str, to_scheme: str, to_code: str) -> str:
    source = next(each for each in handling.SCHEMES[scheme] if each.code == code)
    target = next(each for each in handling.SCHEMES[to_scheme] if each.code == to_code)
    return "; ".join(demand for demand in source.demands if demand not in target.demands)


def _clause(accord: Accord, clause: Clause, place: Place, problems: Report, notes: Report) -> None:
    known = {party.id for party in accord.parties} | {ANY}
    for word, identity in (("from", clause.giver), ("to", clause.receiver)):
        if identity not in known:
            problems.add(
                "never-applies",
                f"clause {clause.id}: «{identity}» is no party, so it can never apply",
                f"use one of: {', '.join(sorted(known))}",
                place,
                word,
            )
    if clause.giver == clause.receiver != ANY:
        problems.add(
            "never-applies", f"clause {clause.id} can never apply: giver and receiver are one", "", place, "to"
        )
    strange = sorted(set(clause.purposes) - set(accord.purposes))
    if strange:
        problems.add(
            "purpose",
            f"clause {clause.id}: «{strange[0]}» stands not under [purposes]",
            f"use one of: {', '.join(accord.purposes)}",
            place,
            "purposes",
        )
    opened = sorted(SENSITIVE & set(clause.properties))
    if clause.level > Level.NEVER:
        if opened:
            problems.add(
                "sensitive",
                f"clause {clause.id} opens sensitive data: {', '.join(opened)}",
                "strike it out; it is refused in any case",
                place,
                "properties",
            )
        if ANY in clause.properties:
            notes.add(
                "wide",
                f"clause {clause.id} opens every property",
                "name the properties that are needed",
                place,
                "properties",
            )
        if clause.protected:
            notes.add(
                "protected",
                f"clause {clause.id} lets in records of minors, victims and witnesses",
                "",
                place,
                "protected",
            )
    _ceiling(accord, clause, place, problems)


def _ceiling(accord: Accord, clause: Clause, place: Place, problems: Report) -> None:
    for giver in _givers(accord, clause):
        if not clause.handling or giver.handling not in handling.SCHEMES:
            continue
        try:
            scheme, _ = handling.parse(clause.handling, giver.handling)
        except InputError as error:
            problems.add("handling", f"clause {clause.id}: {error.message}", error.remedy, place, "handling")
            return
        stated = {t.code for t in accord.translations if (t.scheme, t.to_scheme) == (giver.handling, scheme)}
        if scheme != giver.handling and stated != {code.code for code in handling.SCHEMES[giver.handling]}:
            problems.add(
                "handling",
                f"clause {clause.id}: nothing says how codes of {giver.id} compare with {clause.handling}",
                f"state the ceiling in {giver.handling}, or add the translations",
                place,
                "handling",
            )


def _givers(accord: Accord, clause: Clause) -> Iterator[Party]:
    return (party for party in accord.parties if clause.giver in (party.id, ANY))
