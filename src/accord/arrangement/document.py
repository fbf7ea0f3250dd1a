"""`accord.toml` and `party.toml`, from text to the model, with every problem at once.

Invariants: what is signed is the canonical form of the data, so comments and layout may be changed and nothing else;
a document with an unknown key or a value out of range is not read at all; dates are dates, times do not occur.
"""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from accord.arrangement._toml import Report, Table
from accord.arrangement.model import (
    MILLION,
    Accord,
    Audit,
    Clause,
    Contact,
    Level,
    Officer,
    Party,
    Quotas,
    Retention,
    ThirdBody,
    Translation,
)
from accord.errors import InputError, Problem
from accord.ledger import Recipient, VerifyKey, canonical, digest

ROLES = ("request", "approve")
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
_FINGERPRINT = re.compile(r"(?:[0-9a-f]{64})?")
_ENDLESS = re.compile(r"[0-9][0-9_]{4000}")
_FAR_PAST, _FAR_FUTURE = dt.date.min, dt.date.max
# what no accord needs more of: so dates stay dates (a hundred years), and marks have room for their places (32 bits)
_MOST_DAYS, _MOST_MINUTES, _MOST_TIMES = 36_500, 10_080, 10_000
_MOST_RECORDS, _MOST_MARKS = 100 * MILLION, 2_400 * MILLION
_CONTACT, _OFFICER = ("name", "email", "phone"), ("name", "roles", "key", "begins", "ends")
_PARTY = ("id", "name", "mandates", "handling", "sign", "decrypt", "contact", "data_protection", "officer")


@dataclass(frozen=True, slots=True)
class Read:
    """A document as it was read: its text, where it came from, and the accord in it."""

    accord: Accord
    text: str
    file: str


def load(path: Path) -> Accord:
    """Read an accord that may be in force from a file. Raises `InputError` `arrangement.document` with all problems."""
    return read_document(read_text(path), str(path), bounded=False).accord


def read_text(path: Path) -> str:
    """The text of a document. Raises `InputError` `arrangement.file` when it cannot be read."""
    try:
        return path.read_bytes().decode("utf-8")
    except OSError as error:
        raise InputError("arrangement.file", f"{path}: {error.strerror}", "check the name of the file") from None
    except UnicodeDecodeError:
        raise InputError("arrangement.file", f"{path} is not UTF-8 text", "save it as UTF-8") from None


def read_document(text: str, file: str = "", *, bounded: bool = True) -> Read:
    """Read an accord from its text. Raises `InputError` `arrangement.document` with all problems.

    `bounded` False: of one that may be in force, numbers hold that no accord may have any more, as they were signed.
    """
    report = Report(file, text, bounded)
    data = _parse(text, file)
    accord = _accord(Table(report, data), data)
    if report.problems:
        raise _unreadable(file, report)
    return Read(accord, text, file)


def read_card(path: Path) -> Party:
    """Read a party's public card. Raises `InputError` `arrangement.document` with all problems."""
    text = read_text(path)
    report = Report(str(path), text)
    party = _party(Table(report, _parse(text, str(path))))
    if report.problems:
        raise _unreadable(str(path), report)
    return party


def content_bytes(content: Mapping[str, object]) -> bytes:
    """The canonical bytes of a document: what the parties sign."""
    return canonical(_plain(content))


def _accord(top: Table, data: Mapping[str, object]) -> Accord:
    top.only(
        *("title", "version", "previous", "begins", "review", "ends", "areas", "purposes", "party", "clause"),
        *("third_body", "handling", "evaluation", "quotas", "retention", "audit"),
    )
    purposes = top.table("purposes")
    translations = top.table("handling")
    translations.only("translations")
    evaluation = top.table("evaluation")
    evaluation.only("schemes")
    return Accord(
        title=top.text("title"),
        version=top.whole("version", 1, least=1, most=MILLION),
        previous=_fingerprint(top, "previous"),
        begins=top.day("begins") or _FAR_FUTURE,
        ends=top.day("ends") or _FAR_PAST,
        review=top.day("review") or _FAR_PAST,
        areas=top.words("areas"),
        purposes={name: purposes.text(name) for name in purposes.data},
        parties=tuple(_party(table) for table in top.tables("party")),
        clauses=tuple(_clause(table) for table in top.tables("clause")),
        third_bodies=tuple(_third_body(table) for table in top.tables("third_body")),
        translations=tuple(_translation(table) for table in translations.tables("translations")),
        evaluation=evaluation.words("schemes"),
        quotas=_quotas(top.table("quotas")),
        retention=_retention(top.table("retention")),
        audit=_audit(top.table("audit")),
        digest="" if top.report.problems else digest(content_bytes(data)),  # what has some may have no canonical form
        content=data,
    )


def _party(table: Table) -> Party:
    table.only(*_PARTY)
    return Party(
        id=_identity(table, "id"),
        name=table.text("name"),
        contact=_contact(table, "contact"),
        sign=_verify_key(table, "sign"),
        decrypt=_recipient(table, "decrypt"),
        officers=tuple(_officer(each) for each in table.tables("officer")),
        mandates=table.words("mandates"),
        handling=table.text("handling", "tlp"),
        data_protection=_contact(table, "data_protection") if "data_protection" in table.data else None,
    )


def _contact(table: Table, key: str) -> Contact:
    given = table.data.get(key)
    if not isinstance(given, dict):
        table.wrong(key, f"{key} is missing", f'write {key} = {{ name = "…", email = "…", phone = "…" }}', "contact")
        given = {"name": "-"}
    whom = Table(table.report, given, table.place)
    whom.only(*_CONTACT)
    return Contact(whom.text("name"), whom.text("email", ""), whom.text("phone", ""))


def _officer(table: Table) -> Officer:
    table.only(*_OFFICER)
    roles = table.words("roles", required=True)
    for role in roles:
        if role not in ROLES:
            table.wrong("roles", f"«{role}» is no role", f"use: {', '.join(ROLES)}")
    begins, ends = table.day("begins", required=False), table.day("ends", required=False)
    return Officer(_identity(table, "name"), _verify_key(table, "key"), roles, begins, ends)


def _clause(table: Table) -> Clause:
    table.only(
        *(
            "id",
            "title",
            "from",
            "to",
            "schemata",
            "properties",
            "level",
            "purposes",
            "handling",
            "protected",
            "use_days",
        )
    )
    try:
        level = Level.parse(table.text("level"))
    except InputError as error:
        table.wrong("level", error.message, error.remedy)
        level = Level.NEVER
    return Clause(
        id=table.text("id"),
        title=table.text("title"),
        giver=table.text("from"),
        receiver=table.text("to"),
        schemata=table.words("schemata", required=True),
        properties=table.words("properties", required=True),
        level=level,
        purposes=table.words("purposes", required=level is not Level.NEVER),
        handling=table.text("handling", ""),
        protected=table.flag("protected"),
        use_days=table.whole("use_days", 0, most=_MOST_DAYS),
    )


def _third_body(table: Table) -> ThirdBody:
    table.only("id", "name", "key")
    key = _verify_key(table, "key") if "key" in table.data else None
    return ThirdBody(_identity(table, "id"), table.text("name"), key)


def _translation(table: Table) -> Translation:
    from accord.arrangement.handling import parse

    table.only("from", "to", "lost")
    try:
        scheme, code = parse(table.text("from"), "")
        to_scheme, to_code = parse(table.text("to"), "")
    except InputError as error:
        table.wrong("from", error.message, error.remedy, "handling")
        return Translation("", "", "", "")
    return Translation(scheme, code, to_scheme, to_code, table.text("lost", ""))


def _quotas(table: Table) -> Quotas:
    usual = Quotas()
    table.only(
        *("questions_per_day", "marks_per_session", "marks_per_answer", "records_per_answer"),
        *("minutes_between", "marks_per_class", "smallest_set", "counts_per_week", "count_blur", "alarm_hit_percent"),
    )
    classes = table.table("marks_per_class")
    return Quotas(
        questions_per_day=table.whole("questions_per_day", usual.questions_per_day, most=_MOST_RECORDS),
        marks_per_session=table.whole("marks_per_session", usual.marks_per_session, most=_MOST_MARKS),
        marks_per_answer=table.whole("marks_per_answer", usual.marks_per_answer, most=_MOST_MARKS),
        records_per_answer=table.whole("records_per_answer", usual.records_per_answer, least=1, most=_MOST_RECORDS),
        minutes_between=table.whole("minutes_between", usual.minutes_between, most=_MOST_MINUTES),
        marks_per_class={name: classes.whole(name, 0, most=_MOST_MARKS) for name in classes.data},
        smallest_set=table.whole("smallest_set", usual.smallest_set, least=1, most=MILLION),
        counts_per_week=table.whole("counts_per_week", usual.counts_per_week, most=_MOST_TIMES),
        count_blur=table.whole("count_blur", usual.count_blur, most=MILLION),
        alarm_hit_percent=table.number("alarm_hit_percent", usual.alarm_hit_percent),
    )


def _retention(table: Table) -> Retention:
    usual = Retention()
    table.only("released_days", "unanswered_days", "review_days")
    return Retention(
        released_days=table.whole("released_days", usual.released_days, least=1, most=_MOST_DAYS),
        unanswered_days=table.whole("unanswered_days", usual.unanswered_days, least=1, most=_MOST_DAYS),
        review_days=table.whole("review_days", usual.review_days, least=1, most=_MOST_DAYS),
    )


def _audit(table: Table) -> Audit:
    usual = Audit()
    table.only("days", "sample", "auditor")
    return Audit(
        days=table.whole("days", usual.days, most=_MOST_DAYS),
        sample=table.whole("sample", usual.sample, least=1, most=MILLION),
        auditor=table.text("auditor", usual.auditor),
    )


def _identity(table: Table, key: str) -> str:
    value = table.text(key)
    if value and not _NAME.fullmatch(value):
        table.wrong(key, f"{key} «{value}» is not made of a-z, 0-9 and '-'", f'write {key} = "some-name"')
    return value


def _fingerprint(table: Table, key: str) -> str:
    value = table.text(key, default="")
    if not _FINGERPRINT.fullmatch(value):
        table.wrong(
            key, f"{key} is no fingerprint of a version", "write 64 of 0-9 and a-f; nothing in the first version"
        )
    return value


def _verify_key(table: Table, key: str) -> VerifyKey:
    try:
        return VerifyKey.parse(table.text(key))
    except InputError as error:
        table.wrong(key, f"{key}: {error.message}", error.remedy, "key")
        return VerifyKey(bytes(32))


def _recipient(table: Table, key: str) -> Recipient:
    try:
        return Recipient.parse(table.text(key))
    except InputError as error:
        table.wrong(key, f"{key}: {error.message}", error.remedy, "key")
        return Recipient("")


def _parse(text: str, file: str) -> dict[str, object]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r" \(at line (\d+), column \d+\)$", str(error))
        said, line = (str(error)[: found.start()], int(found[1])) if found else (str(error), len(text.splitlines()))
        raise _no_toml(said, file, line) from None
    except ValueError:  # Python's own limit, of which tomllib says no line
        lines = enumerate(text.splitlines(), start=1)
        line = next((number for number, each in lines if _ENDLESS.search(each)), 1)
        raise _no_toml("a number has too many digits", file, line) from None
    except RecursionError:
        raise InputError("arrangement.toml", f"{file}: nested too deep", "this is no accord") from None


def _no_toml(said: str, file: str, line: int) -> InputError:
    remedy = "mend the TOML at that place; see https://toml.io"
    problem = Problem("arrangement.toml", said, remedy, file=file or None, line=line)
    return InputError("arrangement.toml", f"{problem}", remedy, [problem])


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    return value


def _unreadable(file: str, report: Report) -> InputError:
    count = len(report.problems)
    return InputError(
        "arrangement.document",
        f"{file or 'the document'} has {count} problem{'s' if count != 1 else ''}",
        "mend them, then run the command again",
        report.problems,
    )
