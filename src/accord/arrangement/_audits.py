"""Who audits whom, and whether the auditor can see what it needs.

Invariants: a note never stops a signature; what stops one is an auditor that is no party.
"""

from __future__ import annotations

from accord.arrangement._overlap import speaks
from accord.arrangement._toml import Place, Report
from accord.arrangement.model import ANY, Accord, Level


def audits(accord: Accord, problems: Report, notes: Report) -> None:
    """An auditor that is none, and one to whom no clause shows what a mark may rest on."""
    audit = accord.audit
    place: Place = (("audit", 0),)
    if audit.auditor and audit.auditor not in {party.id for party in accord.parties}:
        problems.add(
            "audit",
            f"the auditor «{audit.auditor}» is no party of this accord",
            "name a party: it needs keys and a desk, and no clause but those that show it records",
            place,
            "auditor",
        )
    elif audit.auditor and not audit.days:
        notes.add("idle", "an auditor is named, and days = 0 rules audits out", "raise days", place, "days")
    elif audit.auditor and len(accord.parties) == 2:
        notes.add("idle", "the auditor is a side of every question", "name a third party, or none", place, "auditor")
    elif audit.days and not audit.auditor:
        notes.add(
            "audit",
            "the holder audits the asker: it may guess whom the asker asked about at the places that are opened, "
            "and nobody audits the holder",
            "name a third party as the auditor",
            place,
            "auditor",
        )
    elif audit.auditor:
        for giver in (party.id for party in accord.parties if party.id != audit.auditor):
            if hidden := _hidden(accord, giver, audit.auditor):
                notes.add(
                    "audit",
                    f"no clause lets {giver} show {audit.auditor} {', '.join(hidden)}, which it may be asked about by: "
                    "where a mark rests on one of them, it looks as if no record gave it, and an honest desk unsound",
                    f"let a clause of the level release towards {audit.auditor} name them, or ask about fewer",
                    place,
                    "auditor",
                )


def _hidden(accord: Accord, giver: str, auditor: str) -> list[str]:
    """Properties that take part in questions of a party, or in its answers, and that the auditor is not shown."""
    own = [clause for clause in accord.clauses if clause.giver in (giver, ANY)]
    shown = [one for one in own if one.level is Level.RELEASE and one.receiver in (auditor, ANY)]
    taking_part = [one for one in own if one.level > Level.NEVER and one.receiver != auditor]
    cells = {(schema, name) for one in taking_part for schema in one.schemata for name in one.properties}
    return sorted({name for schema, name in cells if not any(speaks(one, schema, name) for one in shown)})
