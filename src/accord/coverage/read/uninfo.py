"""The UN INFO project table: one line per project and agency, so a joint project stands on several lines.

`code` is the place in the country's own work plan ("1.1.49"), kept as `UNINFO:1.1.49`. Invariants: lines of one id
become one activity whose partners are all its agencies. Each line's money is that agency's share and is added, unless
the lines repeat the very same figures: then they are one total, counted once (in the public table 13 of 1,123 joint
projects do so).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from accord.coverage import places
from accord.coverage._tables import read_rows
from accord.coverage.activity import Activity, Money, Origin, Place
from accord.coverage.plan import Source
from accord.coverage.read import _values
from accord.coverage.read.book import Book, Notes
from accord.errors import InputError

Row = Mapping[str, str]
_COLUMNS = ("iso3", "id", "agency", "name", "start", "end")
_CURRENCY = "USD"


def read(source: Source) -> Book:
    """Read the table; raises `InputError` (`coverage.columns`) when it is another one."""
    notes = Notes(source.file.name)
    groups: dict[str, list[tuple[int, Row]]] = {}
    for line, row in read_rows(source.file):
        if not groups and (absent := [column for column in _COLUMNS if column not in row]):
            raise InputError(
                "coverage.columns",
                f"{source.file.name} is no UN INFO table: it lacks {', '.join(absent)}",
                'give format = "table" and a mapping, or the UN INFO table',
            )
        groups.setdefault(row["id"], []).append((line, row))
    activities = [_activity(rows, source, notes) for rows in groups.values()]
    _doubt_offices(activities, notes)
    return Book(tuple(activities), tuple(notes.problems))


def _activity(rows: Sequence[tuple[int, Row]], source: Source, notes: Notes) -> Activity:
    line, row = rows[0]
    column = source.party_column or "agency"
    partners = (source.party,) if source.party else tuple(dict.fromkeys(each.get(column, "") for _, each in rows))
    code = row["iso3"]
    office = source.places.get(code.upper())
    country = places.country(code)
    if not office and country is None:
        notes.add("place", "the country is not known", "give its ISO alpha-3 code", line, row["id"])
    start, end = _values.first_day(row["start"]), _values.last_day(row["end"])
    if start and end and start > end:
        notes.add("dates", "it ends before it starts; both dates were set aside", "mend them", line, row["id"])
        start = end = None
    return Activity(
        id=row["id"],
        partners=tuple(partner for partner in partners if partner),
        title=row["name"],
        description=row.get("description", ""),
        context=row.get("outcome", ""),
        codes=tuple(dict.fromkeys(f"UNINFO:{each['code']}" for _, each in rows if each.get("code"))),
        countries=(Place(country),) if country and not office else (),
        possible=office or frozenset(),
        start=start,
        end=end,
        money=_money([each for _, each in rows]),
        origin=Origin(source.name, source.file.name, line),
    )


def _money(rows: Sequence[Row]) -> tuple[Money, ...]:
    """Budget (`available`, else `required`) and spent, in cents, each agency's share added once."""
    shares = [(row.get("required", ""), row.get("available", ""), row.get("spent", "")) for row in rows]
    if len(set(shares)) == 1:
        shares = shares[:1]  # one total repeated per agency
    budget = spent = 0
    for required, available, paid in shares:
        budget += _cents(available) or _cents(required)
        spent += _cents(paid)
    found = (Money(budget, _CURRENCY, "budget"), Money(spent, _CURRENCY, "spent"))
    return tuple(money for money in found if money.cents)


def _cents(text: str) -> int:
    money = _values.money_in(text, _CURRENCY)
    return money.cents if money else 0


def _doubt_offices(activities: Sequence[Activity], notes: Notes) -> None:
    """A country that holds many times the usual number of records may be the seat of an office for several."""
    counts: dict[str, int] = {}
    for activity in activities:
        for place in activity.countries:
            counts[place.country] = counts.get(place.country, 0) + 1
    if len(counts) < 20:
        return
    usual = sorted(counts.values())[len(counts) // 2]
    for country, count in counts.items():
        if count >= 5 * usual:
            notes.add(
                "office",
                f"{places.name(country)} has {count:,} records where most countries have about {usual}: "
                "it may stand for an office that works for several",
                f'if so, list them in the source: places = {{ {country} = ["{country}", …] }}',
            )
