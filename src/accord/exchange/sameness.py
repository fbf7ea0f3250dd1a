"""Whether an own record is still the one that matched, and still as a person compared it.

Ids are whatever a file calls its records: the number of a row, say, which is another person's next month. A possible
match and a request name the own record by its id; these checks say whether the id still stands for the same.

Invariants: what is kept is a digest of the fields that were compared, and keyed tags of eight bytes of the marks that
matched, in this desk's own rows; neither is sent. A row of an earlier version has none, and one whose marks were drawn
under another scheme, or for holdings of another size, cannot be compared: they let everything pass, as before.

>>> one = Entity("7", "Person", {"name": ("Amina Diallo", "A. Diallo")})
>>> as_compared(one) == as_compared(Entity("7", "Person", {"name": ("A. Diallo", "Amina Diallo")}))
True
>>> as_compared(one) == as_compared(Entity("7", "Person", {"name": ("Kwame Boateng",)}))
False
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import groupby

import orjson

from accord.arrangement import Request, Terms
from accord.errors import InputError
from accord.exchange import selection
from accord.exchange.facts import Role
from accord.exchange.marks import draw, scheme, strong_marks
from accord.exchange.party import Party
from accord.exchange.protocol import MARK_BYTES, Match
from accord.exchange.state import Hit, Wish
from accord.ledger import canonical, digest
from accord.oblivious.psi import split
from accord.records import Entity

_TAG_BYTES = 8
_MOST_JOINED = 1_000_000  # facts of an own record, when what was asked first is not what matched


def as_compared(entity: Entity) -> str:
    """The digest of what a person compares, and what may be released: schema and fields, in any order of values."""
    return digest(canonical([entity.schema, {name: sorted(values) for name, values in entity.properties.items()}]))


def check_compared(wish: Wish, entity: Entity) -> None:
    """Raise `InputError` `request.changed` when the own record is not as it was when a person compared it."""
    if wish.compared is not None and wish.compared != as_compared(entity):
        raise InputError(
            "request.changed",
            "the own record has changed since it was compared; nobody has looked at it as it is now",
            f"compare the records with `accord exchange identify {wish.id}`, then let it be approved anew",
        )


def noted(party: Party, hit: Hit, marks: Iterable[bytes]) -> Hit:
    """The possible match with the tags of these marks, which the own record gave for it."""
    tags = sorted({_tag(hit, mark) for mark in marks})
    return replace(hit, marks=b"".join((_drawn_under(party), *tags)))


def renewed(before: Hit, hit: Hit) -> Hit:
    """A match that was told before, with the marks that agree today; one that the partner found stays as it is."""
    return replace(before, marks=hit.marks or before.marks) if before.owner == hit.owner else before


def still_matches(party: Party, hit: Hit, entity: Entity, terms: Terms, purpose: str) -> bool:
    """Whether the own record under the id of a possible match still gives a mark that was noted for it.

    `purpose` is that of the question: the record is looked at whole, and as it takes part in such a one.
    """
    begin = _drawn_under(party)
    if hit.marks is None or not hit.marks.startswith(begin):
        return True
    known, asked = set(split(hit.marks[len(begin) :], _TAG_BYTES)), hit.owner == hit.party
    role: Role = "asker" if asked else "holder"
    action = selection.QUESTION if asked else selection.ANSWER
    gate = selection.Gate(party.accord, Request(action, party.id, hit.party, "", (), purpose), party.now)
    permit = gate.permit(entity, terms)
    looked_at = [entity] if permit is None else [selection.admitted(entity, permit), entity]
    first = {_tag(hit, mark) for _, given in draw(looked_at, role, party.largest) for _, mark in given}
    return not known.isdisjoint(first) or any(
        _tag(hit, mark) in known for one in looked_at for mark in strong_marks(one, role, party.largest, _MOST_JOINED)
    )


def pack_agreed(matches: Sequence[Match], groups: Mapping[int, str]) -> bytes:
    """For the asker's last step: which own record each group of matches is about, and the marks of it that agree."""
    marks = {group: b"".join(one.mark for one in some) for group, some in groupby(matches, lambda one: one.group)}
    return orjson.dumps({str(group): [record, marks[group].hex()] for group, record in groups.items()})


def unpack_agreed(data: bytes) -> dict[int, tuple[str, list[bytes] | None]]:
    """Read `pack_agreed`; of an earlier version, which has no marks, too."""
    kept: dict[str, str | list[str]] = orjson.loads(data)
    return {
        int(group): (one, None) if isinstance(one, str) else (one[0], list(split(bytes.fromhex(one[1]), MARK_BYTES)))
        for group, one in kept.items()
    }


def _tag(hit: Hit, mark: bytes) -> bytes:
    return hashlib.blake2b(mark, key=hit.id.encode(), digest_size=_TAG_BYTES).digest()


def _drawn_under(party: Party) -> bytes:
    """What marks depend on besides the record."""
    return bytes.fromhex(digest(canonical([scheme(), party.largest])))[:_TAG_BYTES]
