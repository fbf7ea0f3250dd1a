"""Any table of activities (CSV, TSV, XLSX), our template workbook among them.

Invariants: a column is found by the plan's mapping, else by the names that such tables use; what the table states
about areas and functions wins over what its text suggests; lines of one partner with one id are one activity; what can
be read in two ways (250.000, a day as a number) is read as the rest of its column says, or set aside and told.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from accord.coverage._tables import read_rows
from accord.coverage.activity import Activity, Money, Origin, Place
from accord.coverage.places import EVERYWHERE
from accord.coverage.plan import Source
from accord.coverage.read import _values
from accord.coverage.read.book import Book, Notes
from accord.errors import InputError

# our field -> names of columns, in lower case, the first that is there wins
FIELDS: dict[str, tuple[str, ...]] = {
    "id": ("id", "identifier", "code", "reference", "project id", "activity id"),
    "party": ("partner", "party", "organisation", "organization", "agency"),
    "title": ("title", "name", "activity", "project", "project name"),
    "description": ("description", "summary", "objective"),
    "areas": ("areas", "area", "crime areas", "crime area", "topics", "themes"),
    "functions": ("functions", "function", "type", "activity type"),
    "start": ("start", "start date", "begins", "from"),
    "end": ("end", "end date", "ends", "until", "to"),
    "countries": ("countries", "country", "iso3", "places", "beneficiary countries", "location"),
    "country_count": ("n countries", "number of countries"),
    "joint_with": ("joint with", "partners", "implementing partners", "with"),
    "beneficiaries": ("beneficiaries", "beneficiary", "target group"),
    "budget": ("budget", "amount", "value"),
    "currency": ("currency",),
    "url": ("url", "source url", "link", "source"),
}
_KIND = {"project", "programme", "program", "activity", "initiative"}  # a column `type` may say these, no function
_SAYS_WHAT = ("title", "description", "areas", "functions")


@dataclass(frozen=True, slots=True)
class _Habits:
    """How a table writes what can be read in two ways.

    `grouped`: whether points stand between thousands, None when nothing decides; `serial`: the fields whose days are
    numbers, as spreadsheets count them.
    """

    grouped: bool | None
    serial: frozenset[str]


def read(source: Source) -> Book:
    """Read the table; raises `InputError` (`coverage.columns`) when it has no column for a title or a partner."""
    notes = Notes(source.file.name)
    columns: dict[str, str] = {}
    lines: list[tuple[int, dict[str, str]]] = []
    for line, row in read_rows(source.file):
        if not columns:
            columns = _columns(row, source)
        lines.append((line, {key: row.get(column, "") for key, column in columns.items()}))
    habits = _habits([row for _, row in lines])
    found: list[Activity] = []
    for line, row in lines:
        if any(row.get(key) for key in _SAYS_WHAT):
            found.append(_activity(line, row, source, notes, habits))
        elif any(row.values()):
            remedy = "give its title, or take the line out (totals, remarks)"
            notes.add("title", "this line says of no activity what it is, and was passed over", remedy, line)
    return Book(tuple(_joined(found)), tuple(notes.problems))


def _habits(rows: Sequence[Mapping[str, str]]) -> _Habits:
    columns = {name: [row.get(name, "") for row in rows] for name in ("budget", "start", "end")}
    serial = frozenset(name for name in ("start", "end") if _values.are_serials(columns[name]))
    return _Habits(_values.points_group(columns["budget"]), serial)


def _columns(row: Mapping[str, str], source: Source) -> dict[str, str]:
    plain = {" ".join(name.lower().replace("_", " ").split()): name for name in row}
    columns = {}
    for key, names in FIELDS.items():
        if key in source.mapping:
            columns[key] = source.mapping[key]
        elif name := next((name for name in names if name in plain), None):
            columns[key] = plain[name]
    if source.party_column:
        columns["party"] = source.party_column
    absent = [column for column in columns.values() if column not in row]
    missing = [key for key in ("title",) if key not in columns]
    if not source.party and "party" not in columns:
        missing.append("party")
    if absent or missing:
        raise InputError(
            "coverage.columns",
            f"{source.file.name}: no column for {', '.join((*missing, *absent))}",
            'name the columns in the source, such as mapping = { title = "Project name" }, and the party',
        )
    return columns


def _activity(line: int, row: Mapping[str, str], source: Source, notes: Notes, habits: _Habits) -> Activity:
    identity = row.get("id") or f"{source.file.stem}:{line}"
    places, possible, unread = _values.places_in(row.get("countries", ""))
    if unread:
        notes.add("place", f"{unread} place(s) are not known", "give ISO alpha-3 codes or names", line, identity)
        possible = EVERYWHERE  # it runs somewhere that we cannot read
    if office := next((source.places[place.country] for place in places if place.country in source.places), None):
        places, possible = (), office
    if not places and not possible:
        possible = EVERYWHERE  # "116 countries, not named": it may be any
    start, end = _dates(line, row, identity, notes, habits)
    areas, other = _values.areas_in(row.get("areas", ""))
    if other:
        notes.add("area", f"{len(other)} word(s) for an area are not known", "use our names", line, identity)
    functions, others = _values.functions_in(row.get("functions", ""))
    if others and not _KIND.intersection(word.lower() for word in others):
        notes.add("function", f"{len(others)} word(s) for a function are not known", "use our names", line, identity)
    if "party" in row and not (source.party or row["party"]):
        remedy = "name it on each line: of merged cells only the first holds it"
        notes.add("party", "no partner is named, and the name of the source stands for it", remedy, line, identity)
    money = _money(line, row, identity, notes, habits)
    return Activity(
        id=identity,
        partners=(source.party or row.get("party", "") or source.name,),
        title=row.get("title", ""),
        description=row.get("description", ""),
        areas=areas,
        functions=functions,
        area_shares=_values.area_shares_in(row.get("areas", "")),
        function_shares=_values.function_shares_in(row.get("functions", "")),
        countries=_checked(places, line, identity, notes),
        possible=possible,
        start=start,
        end=end,
        money=(money,) if money and money.cents else (),
        joint_with=tuple(_values.pieces(row.get("joint_with", ""))),
        beneficiaries=tuple(_values.pieces(row.get("beneficiaries", ""))),
        origin=Origin(source.name, source.file.name, line, row.get("url", "")),
    )


def _money(line: int, row: Mapping[str, str], identity: str, notes: Notes, habits: _Habits) -> Money | None:
    """The budget, if it is one amount that can be read in one way; told if not."""
    text = row.get("budget", "")
    if habits.grouped is None and _values.is_ambiguous(text):
        message = "the budget can be thousands or a fraction (as 250.000), no other budget here says which: set aside"
        notes.add("money", message, "write it as 250000 or 250.00", line, identity)
        return None
    money = _values.money_in(text, row.get("currency", ""), grouped=bool(habits.grouped))
    if text and money is None:
        notes.add("money", "the budget is no single amount", "write it as EUR 250000", line, identity)
    return money


def _dates(
    line: int, row: Mapping[str, str], identity: str, notes: Notes, habits: _Habits
) -> tuple[date | None, date | None]:
    read_start = _values.serial_day if "start" in habits.serial else _values.first_day
    read_end = _values.serial_day if "end" in habits.serial else _values.last_day
    start, end = read_start(row.get("start", "")), read_end(row.get("end", ""))
    if (row.get("start") and not start) or (row.get("end") and not end):
        notes.add("dates", "a date is not understood and was set aside", "write it as 2024-05-31", line, identity)
    if start and end and start > end:
        notes.add("dates", "it ends before it starts; both dates were set aside", "mend them", line, identity)
        return None, None
    return start, end


def _checked(places: tuple[Place, ...], line: int, identity: str, notes: Notes) -> tuple[Place, ...]:
    """Shares as stated; told when they do not sum to 100 (see `cells` for what is done with the rest)."""
    stated = [place.percent for place in places if place.percent is not None]
    if stated and abs(sum(stated) - 100) > 0.5:
        notes.add("percent", f"the percentages sum to {sum(stated):g}", "make them sum to 100", line, identity)
    return places


def _joined(found: list[Activity]) -> list[Activity]:
    """Several partners' lines with one id are one joint activity; its money is counted once when it repeats."""
    kept: dict[str, Activity] = {}
    for activity in found:
        earlier = kept.get(activity.id)
        if earlier is None:
            kept[activity.id] = activity
            continue
        extra = () if set(activity.money) <= set(earlier.money) else activity.money
        kept[activity.id] = replace(
            earlier,
            partners=tuple(dict.fromkeys((*earlier.partners, *activity.partners))),
            money=(*earlier.money, *extra),
            countries=tuple({place.country: place for place in (*activity.countries, *earlier.countries)}.values()),
            possible=earlier.possible | activity.possible,
        )
    return list(kept.values())
