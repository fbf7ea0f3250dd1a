"""The answer to somebody who asks what is held about them: the same for everybody, unless an officer discloses.

Invariants: without a disclosure the letter depends on the date and on who asks only, never on what the desk holds, so
it confirms nothing to the wrong asker; a disclosure is the act of an officer who states how the asker was identified,
names the records, and is logged; it never names a partner, an officer, a source or another person's record.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from accord.arrangement.rules import SENSITIVE
from accord.errors import InputError, PolicyError
from accord.exchange import Party


@dataclass(frozen=True, slots=True)
class Disclosure:
    """The decision to tell: which own records, which officer (role `approve`) decided, how the asker was identified."""

    records: Collection[str]
    officer: str
    identified_by: str


def answer(party: Party, asker: str, disclosure: Disclosure | None = None) -> str:
    """The letter. Raises `PolicyError` for an officer who may not approve, or a record that may not be told of."""
    if not asker.strip() or not asker.isprintable():
        raise InputError("subject.asker", "nobody is named to whom the answer goes", "give --asker")
    own = party.accord.party(party.id)
    lines = [
        own.name,
        str(own.contact),
        "",
        f"{party.now:%Y-%m-%d}",
        f"To: {asker}",
        "",
        "You asked whether this organisation processes data about you.",
        "",
    ]
    lines += _neutral() if disclosure is None else _told(party, disclosure)
    return "\n".join([*lines, "", "You may ask the supervisory authority to check this answer.", ""])


def _neutral() -> list[str]:
    return [
        "Your request was examined, and what it called for was done.",
        "This answer neither confirms nor denies that data about you are or were held; the same answer is given to",
        "everybody who asks, so that nobody can learn from it about another person.",
    ]


def _told(party: Party, disclosure: Disclosure) -> list[str]:
    signer = party.signer(disclosure.officer)
    officer = party.accord.party(party.id).officer(disclosure.officer)
    if officer is None or "approve" not in officer.roles or officer.key != signer.key.verify_key:
        raise PolicyError(
            "subject.role",
            "this officer may not disclose",
            "let an officer with the role `approve` decide",
            "two-person rule",
        )
    if not disclosure.identified_by.strip():
        raise InputError("subject.identity", "nothing says how the asker was identified", "give --identified-by")
    lines = ["The following is held about you:"]
    for record in disclosure.records:
        entity, terms = party.record(record)
        if terms.owners:
            raise PolicyError("subject.owner", "a record belongs to a third body", "refer the asker to that body")
        lines.append(f"  {entity.schema}")
        for name, values in sorted(entity.properties.items()):
            if name not in SENSITIVE:
                lines.append(f"    {name}: {'; '.join(values)}")
        lines.append(f"    used for: {', '.join(sorted(terms.purposes or party.accord.purposes))}")
    with party.writing() as connection:
        details = {"records": len(disclosure.records), "officer": signer.id, "identified_by": disclosure.identified_by}
        party.log.append("subject.disclosed", "subject", details | party.acting, at=party.now, within=connection)
    return lines
