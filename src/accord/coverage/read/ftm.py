"""FollowTheMoney lines, or a table that a mapping file of `records` turns into them: the entities of schema Activity,
Training and Project are activities.

Invariants: fragments of one id are one entity; an organisation is shown by its name where the file has it, else as the
property states it; several implementers make a declared joint project; other entities of the file are passed over.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from accord.coverage.activity import Activity, Money, Origin
from accord.coverage.places import EVERYWHERE
from accord.coverage.plan import Source
from accord.coverage.read import _values
from accord.coverage.read.book import Book, Notes
from accord.errors import InputError
from accord.records import Entity, merge, read_entities

_SCHEMATA = {"Activity", "Training", "Project"}
_AMOUNTS = (("amount", ""), ("amountUsd", "USD"), ("amountEur", "EUR"))  # the first that is there counts


def read(source: Source) -> Book:
    """Read the file with `records.read_entities`; raises its `InputError` with every problem of file or mapping."""
    notes = Notes(source.file.name)
    try:
        entities = merge(read_entities(source.file, source.entities))
    except InputError as error:  # its remedies name options of `records load`, which a coverage.toml has not
        if error.code == "records.mapping" and source.entities is None:
            error.remedy = 'give format = "table" for a table, or a mapping file'
        elif error.code == "records.invalid":
            error.remedy = "mend the lines named"
        raise
    names = {
        entity.id: name for entity in entities if (name := entity.first("name")) and entity.schema not in _SCHEMATA
    }
    joint: dict[str, list[str]] = {}
    for entity in entities:
        if entity.schema == "ProjectParticipant":
            for project in entity.get("project"):
                joint.setdefault(project, []).extend(names.get(who, who) for who in entity.get("participant"))
    found = [
        _activity(entity, source, notes, names, tuple(joint.get(entity.id, ())))
        for entity in entities
        if entity.schema in _SCHEMATA
    ]
    return Book(tuple(found), tuple(notes.problems))


def _activity(
    entity: Entity, source: Source, notes: Notes, names: Mapping[str, str], joint: tuple[str, ...]
) -> Activity:
    places, possible, unread = _values.places_in("|".join(entity.get("country")))
    if unread or not (places or possible):
        possible = EVERYWHERE
    start, end = _dates(entity, notes)
    stated_areas, stated_functions = "|".join(entity.get("areas")), "|".join(entity.get("functions"))
    areas, other = _values.areas_in(stated_areas)
    if other:
        notes.add("area", f"{len(other)} word(s) for an area are not known", "use our names", None, entity.id)
    functions, others = _values.functions_in(stated_functions)
    if others:
        notes.add("function", f"{len(others)} word(s) for a function are not known", "use our names", None, entity.id)
    if not functions and entity.schema == "Training":
        functions = ("capacity-building",)
    return Activity(
        id=entity.id,
        partners=_partners(entity, source, names),
        title=entity.first("name") or "",
        description="\n".join((*entity.get("summary"), *entity.get("description"))),
        context=entity.first("goal") or "",
        areas=areas,
        functions=functions,
        countries=places,
        possible=possible,
        start=start,
        end=end,
        money=_money(entity, notes),
        joint_with=joint,
        beneficiaries=entity.get("beneficiary"),
        area_shares=_values.area_shares_in(stated_areas),
        function_shares=_values.function_shares_in(stated_functions),
        updated=entity.first("modifiedAt") or "",
        origin=Origin(source.name, source.file.name, url=entity.first("sourceUrl") or ""),
    )


def _dates(entity: Entity, notes: Notes) -> tuple[date | None, date | None]:
    start = _values.first_day(entity.first("startDate") or "")
    end = _values.last_day(entity.first("endDate") or "")
    if start and end and start > end:
        notes.add("dates", "it ends before it starts; both dates were set aside", "mend them", None, entity.id)
        return None, None
    return start, end


def _partners(entity: Entity, source: Source, names: Mapping[str, str]) -> tuple[str, ...]:
    if source.party:
        return (source.party,)
    stated = entity.get(source.party_column) if source.party_column else ()
    found = stated or entity.get("implementer") or entity.get("provider")
    return tuple(dict.fromkeys(names.get(who, who) for who in found)) or (source.name,)


def _money(entity: Entity, notes: Notes) -> tuple[Money, ...]:
    for prop, currency in _AMOUNTS:
        if text := entity.first(prop):
            money = _values.money_in(text, currency or entity.first("currency") or "")
            if money is None:
                notes.add("money", "the amount is no single number", "write it as 250000", None, entity.id)
            return (money,) if money and money.cents else ()
    return ()
