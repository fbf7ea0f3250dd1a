"""A partner's cell summary as a source: every square becomes a record that says no more than that somebody works there.

Invariants: a summary that is signed is read only when the `card` of its party fits; one that is not says so in a note.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from accord.coverage.activity import Activity, Origin, Place
from accord.coverage.plan import Source
from accord.coverage.read.book import Book, Notes
from accord.errors import InputError, TrustError, several

if TYPE_CHECKING:
    from accord.coverage.summary import Square, Summary


def read(source: Source) -> Book:
    """Read the summary; raises `InputError` when it is none, `TrustError` when its signature does not hold."""
    notes = Notes(source.file.name)
    found = _opened(source, notes)
    partners = (source.party or found.party,)
    origin = Origin(source.name, source.file.name)
    sure = [_activity(square, partners, origin, count, True) for square, count in found.squares]
    possible = [_activity(square, partners, origin, 1, False) for square in found.possible]
    return Book((*sure, *possible), tuple(notes.problems))


def _opened(source: Source, notes: Notes) -> Summary:
    from accord.arrangement import read_card
    from accord.coverage.summary import TYPE, parse
    from accord.ledger import Envelope

    try:
        data = source.file.read_bytes()
    except OSError as error:
        raise InputError("coverage.unreadable", f"{source.file.name} cannot be read", "check the file") from error
    try:
        envelope = Envelope.from_bytes(data)
    except TrustError:
        notes.add("unsigned", "this summary is not signed", "ask its party to make it at its desk (--desk)")
        return parse(data)
    if source.card is None:
        raise TrustError(
            "coverage.card",
            f"nobody can tell who signed {source.file.name}",
            'add card = "partner.toml", the public card of that party, to this [[source]]',
        )
    card = read_card(source.card)
    found = parse(envelope.open(TYPE, card.sign))
    if found.party not in (card.id, card.name):
        raise TrustError(
            "coverage.card", "the summary speaks for another party than the one that signed it", "ask its party"
        )
    return found


def _activity(square: Square, partners: tuple[str, ...], origin: Origin, count: int, sure: bool) -> Activity:
    area, country, function, year = square
    return Activity(
        id=f"summary:{partners[0]}:{area}:{country}:{function}:{year}" + ("" if sure else ":possible"),
        partners=partners,
        title=f"{several(count, 'record')}, known from a summary alone",
        areas=(area,),
        functions=(function,),
        countries=(Place(country),) if sure else (),
        possible=frozenset() if sure else frozenset({country}),
        start=date(year, 1, 1),
        end=date(year, 12, 31),
        origin=origin,
    )
