"""Clauses beside each other: what a prohibition leaves of a permission, and permissions that another makes idle.

Invariants: a prohibition beats a permission; only pairs of clauses of one direction are compared.
"""

from __future__ import annotations

from accord.arrangement._toml import Place, Report
from accord.arrangement.model import ANY, Accord, Clause, Level


def overlapping_clauses(accord: Accord, problems: Report, notes: Report) -> None:
    """Permissions against prohibitions, and permissions that another one makes idle."""
    for number, clause in enumerate(accord.clauses):
        if clause.level is Level.NEVER:
            continue
        place: Place = (("clause", number),)
        forbidding = [c for c in accord.clauses if c.level is Level.NEVER and _same_way(c, clause)]
        forbidding = [c for c in forbidding if not c.purposes or set(clause.purposes) <= set(c.purposes)]
        cells = {(schema, prop) for schema in clause.schemata for prop in clause.properties}
        dead = {(s, p) for s, p in cells for c in forbidding if speaks(c, s, p)}
        if dead and dead == cells:
            problems.add(
                "never-applies",
                f"clause {clause.id} can never apply: {forbidding[0].id} forbids all of it",
                "strike one of them out",
                place,
                "id",
            )
        elif dead:
            words = ", ".join(sorted({prop for _, prop in dead}))
            problems.add(
                "contradiction",
                f"clause {clause.id} permits what {forbidding[0].id} forbids: {words}",
                "strike it out of one of them; the prohibition counts",
                place,
                "properties",
            )
        for earlier, other in enumerate(accord.clauses):
            if other is clause or not _goes_as_far(other, clause):
                continue
            if earlier < number or not _goes_as_far(clause, other):
                notes.add(
                    "idle",
                    f"clause {clause.id} adds nothing to {other.id}, which goes as far or further",
                    "",
                    place,
                    "id",
                )


def _goes_as_far(wide: Clause, narrow: Clause) -> bool:
    """Whether `wide` permits all that `narrow` does."""
    return (
        wide.level >= narrow.level > Level.NEVER
        and _same_way(wide, narrow)
        and set(narrow.purposes) <= set(wide.purposes)
        and all(speaks(wide, schema, prop) for schema in narrow.schemata for prop in narrow.properties)
        and wide.handling in ("", narrow.handling)
        and wide.protected >= narrow.protected
    )


def _same_way(wide: Clause, narrow: Clause) -> bool:
    return wide.giver in (narrow.giver, ANY) and wide.receiver in (narrow.receiver, ANY)


def speaks(clause: Clause, schema: str, prop: str) -> bool:
    """Whether a clause is about a property of a schema."""
    return bool({schema, ANY} & set(clause.schemata)) and bool({prop, ANY} & set(clause.properties))
