"""FollowTheMoney lines: the entities of schema Activity, Training and Project are activities.

Invariant: other entities of the file are passed over; what they are is the business of `records`.
"""

from __future__ import annotations

from accord.coverage.activity import Activity, Money, Origin
from accord.coverage.places import COUNTRIES
from accord.coverage.plan import Source
from accord.coverage.read import _values
from accord.coverage.read.book import Book, Notes
from accord.errors import InputError
from accord.records import Entity, read_entities

_SCHEMATA = {"Activity", "Training", "Project"}


def read(source: Source) -> Book:
    """Read the file with `records.read_entities`; raises its `InputError` with every problem of the file."""
    notes = Notes(source.file.name)
    try:
        entities = [entity for entity in read_entities(source.file) if entity.schema in _SCHEMATA]
    except InputError as error:  # its remedies name options of `records load`, which a coverage.toml has not
        if error.code == "records.mapping":
            error.remedy = 'give format = "table" for a table'
        elif error.code == "records.invalid":
            error.remedy = "mend the lines named"
        raise
    return Book(tuple(_activity(entity, source, notes) for entity in entities), tuple(notes.problems))


def _activity(entity: Entity, source: Source, notes: Notes) -> Activity:
    places, possible, unread = _values.places_in("|".join(entity.get("country")))
    if unread or not (places or possible):
        possible = frozenset(COUNTRIES)
    start = _values.first_day(entity.first("startDate") or "")
    end = _values.last_day(entity.first("endDate") or "")
    if start and end and start > end:
        notes.add("dates", "it ends before it starts; both dates were set aside", "mend them", None, entity.id)
        start = end = None
    functions, _ = _values.functions_in("|".join(entity.get("functions")))
    if not functions and entity.schema == "Training":
        functions = ("capacity-building",)
    stated = entity.first(source.party_column) if source.party_column else None
    party = source.party or stated or entity.first("implementer") or entity.first("provider") or source.name
    money = _values.money_in(entity.first("amount") or "", entity.first("currency") or "")
    return Activity(
        id=entity.id,
        partners=(party,),
        title=entity.first("name") or entity.first("title") or "",
        description="\n".join((*entity.get("summary"), *entity.get("description"))),
        context=entity.first("goal") or "",
        areas=_values.areas_in("|".join(entity.get("areas")))[0],
        functions=functions,
        countries=places,
        possible=possible,
        start=start,
        end=end,
        money=(money,) if isinstance(money, Money) and money.cents else (),
        beneficiaries=entity.get("beneficiary"),
        updated=entity.first("modifiedAt") or "",
        origin=Origin(source.name, source.file.name, url=entity.first("sourceUrl") or ""),
    )
