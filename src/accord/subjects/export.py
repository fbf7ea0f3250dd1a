"""Records leave the desk as a file for somebody who is no party: under a code, to a named recipient, and registered.

Invariants: the line in the register is on the disk before a byte of the file exists; a party of the accord gets nothing
this way, since the exchange is there for it; records that are restricted, over their date, bound to other purposes, of
a third body, or of a minor, victim or witness stay out; terms travel with each record.
"""

from __future__ import annotations

from dataclasses import dataclass

import orjson
from sqlalchemy import insert, select

from accord.arrangement import handling
from accord.errors import InputError, PolicyError
from accord.exchange import Party
from accord.ledger import digest
from accord.subjects import _register


@dataclass(frozen=True, slots=True)
class Export:
    """A line of the register, and (when it is new) the file: one entity a line, with its terms."""

    id: str
    at: str
    recipient: str
    code: str
    purpose: str
    officer: str
    records: tuple[str, ...]
    sha256: str
    left_out: int = 0
    data: bytes = b""

    def to_dict(self) -> dict[str, object]:
        """JSON-ready data, without the file."""
        names = ("id", "at", "recipient", "code", "purpose", "officer", "sha256", "left_out")
        return {name: getattr(self, name) for name in names} | {"records": len(self.records)}


def export(party: Party, recipient: str, code: str, purpose: str, officer: str, where: str | None = None) -> Export:
    """Write the records that `where` chooses for a recipient; registers it, and returns the file as bytes.

    Raises `PolicyError` for a party of the accord or an unknown purpose, `InputError` for a handling code, a recipient
    or an officer that is none, and when nothing is left to export.
    """
    accord, signer = party.accord, party.signer(officer)
    if recipient.strip().casefold() in {name.casefold() for one in accord.parties for name in (one.id, one.name)}:
        raise PolicyError(
            "export.party", "a party of the accord gets data by the exchange only", "ask, request, release"
        )
    if purpose not in accord.purposes:
        raise PolicyError("refused.purpose", f"«{purpose}» is no purpose of this accord", ", ".join(accord.purposes))
    if not recipient.strip() or not recipient.isprintable():
        raise InputError("export.recipient", "the recipient is not named", "give --to with who gets the file")
    scheme, level = handling.parse(code, accord.party(party.id).handling)
    _register.ready(party.folder)
    chosen, left_out = _chosen(party, purpose, where)
    if not chosen:
        raise InputError(
            "export.empty", f"no record may be exported ({left_out} stay out)", "see `accord records list`"
        )
    identity = party.new_id()
    mark = {"export": identity, "recipient": recipient, "code": f"{scheme}:{level}", "purpose": purpose}
    lines = [orjson.dumps({**data, "export": mark}) for data in chosen.values()]
    made = Export(
        identity, party.stamp, recipient, f"{scheme}:{level}", purpose, signer.id, tuple(chosen),
        digest(b"\n".join(lines) + b"\n"), left_out, b"\n".join(lines) + b"\n",
    )  # fmt: skip
    with party.writing() as connection:
        line = {name: getattr(made, name) for name in ("id", "at", "recipient", "code", "purpose", "officer", "sha256")}
        connection.execute(insert(_register.EXPORTS).values(**line, records=list(made.records)))
        details = {"to": recipient, "code": made.code, "records": len(chosen), "purpose": purpose, "officer": signer.id}
        party.log.append("subject.exported", identity, details | party.acting, at=party.now, within=connection)
    return made


def exports(party: Party) -> list[Export]:
    """The register, the oldest first."""
    _register.ready(party.folder)
    with party.reading() as connection:
        rows = connection.execute(select(_register.EXPORTS).order_by(_register.EXPORTS.c.at)).mappings().all()
    return [Export(**{**row, "records": tuple(row["records"])}) for row in rows]


def _chosen(party: Party, purpose: str, where: str | None) -> tuple[dict[str, dict[str, object]], int]:
    chosen: dict[str, dict[str, object]] = {}
    left_out = 0
    for entity, terms, _ in party.records(where):
        over = terms.until is not None and terms.until < party.now.date()
        bound = terms.purposes is not None and purpose not in terms.purposes
        if terms.restricted or over or bound or terms.owners or terms.status:
            left_out += 1
        else:
            chosen[entity.id] = {**entity.to_dict(), "accord": terms.to_dict()}
    return chosen, left_out
