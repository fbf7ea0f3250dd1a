"""What is made from released fields: kept at the desk under the union of its sources' restrictions (rule 4).

A report that an analyst writes from fields of partners is a derived item. It is registered with its sources, kept
encrypted here, and read through a use check; whoever takes a copy out of the desk is noted.

Invariants: an item may be used for no purpose, and no day longer, than each of its sources; a recall or the expiry of
any source erases what is kept of it, a correction withholds it until it is made anew; a copy is for this desk's own
people, since handing on needs the originator's consent; copies are beyond software, so a receipt counts them and a
person attests to them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from accord.arrangement import Refusal, Terms, decide, union
from accord.errors import InputError, PolicyError
from accord.exchange import state
from accord.exchange.conditions import terms_of, use_of
from accord.exchange.crosscheck import check_held
from accord.exchange.party import Party
from accord.exchange.state import Derived, Release
from accord.ledger import digest

if TYPE_CHECKING:
    from sqlalchemy import Connection

MOST_BYTES = 64 << 20  # a report, not a holding
_LONGEST_NAME = 200
_GONE = {
    "returned": "a source was taken back by its owner",
    "expired": "the time of a source is over",
    "erased": "a record in it was erased",
}


@dataclass(frozen=True, slots=True)
class Made:
    """A derived item as it is listed, without its content."""

    id: str
    name: str
    sources: tuple[str, ...]
    records: tuple[str, ...]
    purposes: tuple[str, ...]
    handling: tuple[str, ...]
    owners: tuple[str, ...]
    expires: str
    state: str
    officer: str
    since: str
    copies: tuple[Mapping[str, str], ...]
    data: bytes = field(default=b"", repr=False)

    def to_dict(self) -> dict[str, object]:
        """JSON-ready data without the content."""
        return {name: getattr(self, name) for name in self.__slots__ if name != "data"}


@dataclass(frozen=True, slots=True)
class Making:
    """What an item is made from, and for what: releases that this desk holds, own records, a name for it."""

    name: str
    purpose: str
    officer: str
    releases: tuple[str, ...]
    records: tuple[str, ...] = ()


def derive(party: Party, data: bytes, making: Making) -> Made:
    """Register something that was made from released fields, and keep it here; the original file is to be deleted.

    Raises `PolicyError` when a source may not be used for the purpose now, or the sources allow no common purpose, and
    `InputError` for an empty or oversize item and a name that is none.
    """
    if not data or len(data) > MOST_BYTES:
        raise InputError("derived.size", f"the item is empty or above {MOST_BYTES >> 20} MiB", "register the report")
    name = making.name.strip()
    if not name or not name.isprintable() or len(name) > _LONGEST_NAME:
        raise InputError("derived.name", "the item has no name that can be shown", "give a short --name, naming nobody")
    if not making.releases:
        raise InputError("derived.sources", "no release is named that it was made from", "give --from RELEASE")
    signer = party.signer(making.officer)
    own = [party.record(record)[1] for record in dict.fromkeys(making.records)]
    with party.writing() as connection:
        rows = [_held(connection, party, release) for release in dict.fromkeys(making.releases)]
        terms = union([*own, *map(terms_of, rows)])
        codes = sorted({code for row in rows for code in row.conditions["handling"]} | set(union(own).handling))
        item = Derived(
            party.new_id(), name, [row.id for row in rows], list(dict.fromkeys(making.records)), terms.to_dict(), codes,
            signer.id, "kept", party.stamp, digest(data), [], data,
        )  # fmt: skip
        answer = _answer(party, connection, item, making.purpose)
        details: dict[str, Any] = {"item": item.id, "sources": len(rows), "purpose": making.purpose}
        details |= {"by": signer.id, "granted": answer is None}
        for row in rows:
            party.note(connection, "derived", row.id, details)
        if answer is None:
            state.put(connection, item)
    _unless(answer)
    return _made(item)


def derived(party: Party) -> list[Made]:
    """The items of this desk, the oldest first; of those that are gone a stub."""
    with party.reading() as connection:
        return [_made(item) for item in state.find(connection, Derived)]


def use(party: Party, identity: str, purpose: str, officer: str = "", copy: bool = False) -> Made:
    """An item with its content, if it may be used for the purpose now; `copy`: it is written out, and noted.

    Raises `PolicyError` for a purpose or a day that a source does not allow, and when it is withheld or erased.
    """
    by = party.signer(officer).id if copy else ""
    with party.writing() as connection:
        item = state.get(connection, Derived, identity)
        if item is None:
            raise InputError("derived.unknown", "this desk has no such item", "see `accord exchange derived`")
        if item.data is None:
            raise PolicyError("derived.gone", f"it is erased: {_GONE[item.state]}", "ask the owner of the source again")
        answer = _answer(party, connection, item, purpose)
        details: dict[str, Any] = {"item": item.id, "purpose": purpose, "granted": answer is None, "copy": copy}
        for source in item.sources:
            party.note(connection, "used", source, details | ({"by": by} if copy else {}))
        if answer is None and copy:
            item = replace(item, copies=[*item.copies, {"at": party.stamp, "by": by}])
            state.put(connection, item)
    _unless(answer)
    return replace(_made(item), data=item.data or b"")


def erase_derived(connection: Connection, party: Party, release_id: str, why: str) -> tuple[Derived, ...]:
    """The items made from that release as they are once erased; `why` is the state of the source."""
    gone = [replace(item, data=None, state=why, since=party.stamp) for item in state.of_source(connection, release_id)]
    return tuple(gone)


def outdate_derived(connection: Connection, party: Party, release_id: str) -> tuple[Derived, ...]:
    """The items made from that release as they are once it was corrected: withheld until they are made anew."""
    found = state.of_source(connection, release_id)
    return tuple(replace(item, state="outdated", since=party.stamp) for item in found)


def over(connection: Connection) -> Iterator[tuple[Derived, dt.date]]:
    """The items that are still here, with the last day of each."""
    for item in state.find(connection, Derived):
        ends = Terms.from_dict(item.terms).until
        if item.data is not None and ends is not None:
            yield item, ends


def _answer(party: Party, connection: Connection, item: Derived, purpose: str) -> PolicyError | None:
    """What stands against using the item for this purpose now; every source is put to the accord again."""
    if item.state == "outdated":
        return PolicyError(
            "derived.outdated",
            "a source of it was corrected since it was made",
            "make it anew from the corrected fields and register it with `accord exchange derive`",
        )
    terms = union([Terms.from_dict(item.terms), *(party.record(record)[1] for record in item.records)])
    if terms.purposes is not None and purpose not in terms.purposes:
        allowed = ", ".join(sorted(terms.purposes)) or "none: its sources have no purpose in common"
        return PolicyError(
            "refused.purpose", f"it may not be used for «{purpose}»", f"its purposes: {allowed}", "purpose binding"
        )
    for source in item.sources:
        row = _held(connection, party, source)
        answer = decide(use_of(party, row, purpose), party.accord, party.now)
        if isinstance(answer, Refusal):
            return PolicyError(answer.code, answer.message, answer.remedy, answer.clause, answer.owner)
    if terms.restricted or (terms.until is not None and party.now.date() > terms.until):
        return PolicyError("refused.restricted", "an own record in it is restricted or over its date", "ask its owner")
    return None


def _unless(answer: PolicyError | None) -> None:
    if answer is not None:
        raise answer


def _held(connection: Connection, party: Party, release_id: str) -> Release:
    row = state.get(connection, Release, release_id)
    if row is None or row.role != "receiver":
        raise InputError("release.unknown", f"this desk received no release {release_id}", "see the status")
    if row.fields is None:
        raise PolicyError("release.gone", f"release {row.id} is {row.state}: nothing may be made from it", "ask again",
                          owner=row.party)  # fmt: skip
    check_held(connection, party.log, row)
    return row


def _made(item: Derived) -> Made:
    terms = Terms.from_dict(item.terms)
    return Made(
        item.id, item.name, tuple(item.sources), tuple(item.records), tuple(sorted(terms.purposes or ())),
        tuple(item.handling), tuple(sorted(terms.owners)), terms.until.isoformat() if terms.until else "", item.state,
        item.officer, item.since, tuple(item.copies),
    )  # fmt: skip


def summary(items: Sequence[Derived]) -> list[dict[str, object]]:
    """What a receipt says about items: their ids, and how many copies were written out of each."""
    return [{"item": item.id, "copies": len(item.copies)} for item in items]
