"""The marks of the own records that take part, drawn once: they are kept, sealed, beside the holding.

    drawn(party, role, admitted)      chunk after chunk, however many records there are
    marked(party, role, admitted)     all in one; gathered(chunks): as the protocol takes them

Invariants: what a record gives follows from its row in a part of the holding, which never changes, from the properties
admitted, from the role of this desk, and from the scheme and the size of holdings agreed on. Marks are kept under all
of these: those of a property that may not enter now are never found. They end with the part, so none outlives its
record on the disk. What is kept and cannot be read is drawn again.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, suppress
from functools import cache, partial
from importlib.metadata import version
from itertools import groupby, islice
from typing import TypeAlias

from accord.engine import spread
from accord.errors import InputError, TrustError
from accord.exchange import flat
from accord.exchange.facts import Role
from accord.exchange.flat import Lists
from accord.exchange.marks import Drawn, draw, scheme
from accord.exchange.party import Party
from accord.exchange.protocol import MARK_BYTES, MarkSet
from accord.exchange.selection import Admitted
from accord.ledger import canonical, digest
from accord.oblivious.psi import split
from accord.records import Entity

_Marks: TypeAlias = tuple[tuple[str, bytes], ...]
_Row: TypeAlias = tuple[int, tuple[str, ...]]  # a row of a part, and which properties of the record there are admitted
_Given: TypeAlias = tuple[
    Sequence[str], tuple[int, ...], bytes
]  # all kinds, the numbers of those given, the marks joined

_BATCH, _BATCHES_FOR_CORES = 500, 4  # records analysed at once; from how many batches a second core pays
_CHUNK = 20_000  # records whose marks are in memory at once
_WORTH = 500  # records; fewer are drawn sooner than what is kept of their part is read
_FORM = 2  # of what is packed; what has another one is drawn again
_READERS = ("accord", "anyascii", "phonenumberslite", "python-stdnum")  # another version may read otherwise


def drawn(
    party: Party,
    role: Role,
    admitted: Iterable[Admitted],
    check: Callable[[int], None] | None = None,
    at_once: int = _CHUNK,
) -> Iterator[Drawn]:
    """The marks of the records that give any, by record id; of some `at_once` at a time.

    `check` is told after each chunk how many records gave marks so far; what it raises ends the work.
    """
    # the time of a refusal is that of no more records than need be
    at_once = max(min(at_once, _CHUNK, party.largest), _WORTH)
    records = 0
    for part, group in groupby(admitted, key=lambda one: one.place.part if one.place else ""):
        kept: _Kept | None = None
        while chunk := list(islice(group, at_once)):
            if part and len(chunk) >= _WORTH:
                kept = kept or _Kept(party, role, part)
                given = kept.marks(chunk)
            else:
                given = _draw(party, role, [one.entity for one in chunk])
            some = {one.entity.id: marks for one, marks in zip(chunk, given, strict=True) if marks}
            records += len(some)
            if check is not None:
                check(records)
            yield some


def marked(
    party: Party,
    role: Role,
    admitted: Iterable[Admitted],
    check: Callable[[int], None] | None = None,
    at_once: int = _CHUNK,
) -> Drawn:
    """The same of all records together."""
    chunks = drawn(party, role, admitted, check, at_once)
    return {record: marks for some in chunks for record, marks in some.items()}


def gathered(chunks: Iterable[Drawn], most: int | None = None) -> MarkSet:
    """What `drawn` gives as the protocol takes it; nothing more is drawn when there are more than `most` marks."""
    return MarkSet.gathered(map(_digests, chunks), most)


def mark_set(marks: Drawn) -> MarkSet:
    """Marks that are drawn as the protocol takes them."""
    return MarkSet.of(_digests(marks))


class _Kept:
    """What was drawn of one part, in files of its own; each has what was not in those before it."""

    def __init__(self, party: Party, role: Role, part: str) -> None:
        self._party, self._role, self._part = party, role, part
        self._of_scheme = party.holding.derived(f"marks-{_stamp(party.largest)}-", part)
        self._begin = f"{self._of_scheme}{role}-"
        self._known: dict[_Row, _Given] = {}
        for name in party.folder.paged_files(self._begin):
            with suppress(InputError):  # gone, since the records were changed
                self._known |= self._read(name)

    def marks(self, chunk: Sequence[Admitted]) -> list[_Marks]:
        """The marks of records of the part; those that are new are kept, if it is worth it."""
        rows: list[_Row] = [(one.place.row, tuple(one.entity.properties)) for one in chunk if one.place]
        lacking = [number for number, row in enumerate(rows) if row not in self._known]
        drawn = _draw(self._party, self._role, [chunk[number].entity for number in lacking])
        fresh = dict(zip(lacking, drawn, strict=True))
        if len(fresh) >= _WORTH:
            self._keep(_packed({rows[number]: marks for number, marks in fresh.items()}))
        return [fresh[number] if number in fresh else self._of(row) for number, row in enumerate(rows)]

    def _read(self, name: str) -> dict[_Row, _Given]:
        folder = self._party.folder
        try:
            with closing(folder.open_pages(name)) as pages:
                return _unpacked(pages[:])
        except TrustError:  # rotten, or put there by somebody
            folder.remove(name)
            return {}

    def _of(self, row: _Row) -> _Marks:
        kinds, numbers, digests = self._known[row]
        return tuple(zip((kinds[number] for number in numbers), split(digests, MARK_BYTES), strict=True))

    def _keep(self, data: bytes) -> None:
        name, folder = self._begin + digest(data)[:16], self._party.folder
        with suppress(InputError, OSError):  # another command writes, or the disk is full: they are drawn again
            with folder.write_pages(name) as file:
                file.write(data)
            if self._part not in self._party.holding.parts():  # a change of the records was faster
                folder.remove(name)
            for one in folder.paged_files(self._party.holding.derived("marks-", self._part)):
                if not one.startswith(self._of_scheme):  # of another scheme
                    folder.remove(one)


def _draw(party: Party, role: Role, entities: Sequence[Entity]) -> list[_Marks]:
    batches = [entities[start : start + _BATCH] for start in range(0, len(entities), _BATCH)]
    workers = party.workers if len(batches) >= _BATCHES_FOR_CORES else 1
    work = partial(draw, role=role, largest=party.largest)
    return [marks for batch in spread(work, batches, workers) for _, marks in batch]


def _packed(given: dict[_Row, _Marks]) -> bytes:
    kinds = sorted({kind for marks in given.values() for kind, _ in marks})
    admitted = sorted({names for _, names in given})
    of_kind, of_names = ({one: number for number, one in enumerate(listed)} for listed in (kinds, admitted))
    rows = Lists.of([[row for row, _ in given], [of_names[names] for _, names in given]])
    marks = Lists.of([[of_kind[kind] for kind, _ in marks] for marks in given.values()])
    digests = b"".join(mark for marks in given.values() for _, mark in marks)
    return flat.pack(kinds, marks, flat.pack([json.dumps(names) for names in admitted], rows, digests))


def _unpacked(data: bytes) -> dict[_Row, _Given]:
    named, marks, rest = flat.unpack(data)
    listed, (rows, numbers), first = flat.unpack(data := data[rest:])
    kinds, admitted = list(named), [tuple(json.loads(names)) for names in listed]
    known: dict[_Row, _Given] = {}
    for row, number, given in zip(rows, numbers, marks, strict=True):
        last = first + MARK_BYTES * len(given)
        known[row, admitted[number]] = kinds, given, data[first:last]
        first = last
    return known


@cache
def _stamp(largest: int) -> str:
    """What marks depend on besides the record, and how they are packed."""
    return digest(canonical([_FORM, scheme(), largest, *map(version, _READERS)]))[:16]


def _digests(marks: Drawn) -> dict[str, list[bytes]]:
    return {record: [digest for _, digest in given] for record, given in marks.items()}
