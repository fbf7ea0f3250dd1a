"""Tables of indicators in: ready definitions for public ones, and any table with named columns.

Invariants: a ready definition is recognised by the table's own columns, so that a renamed file reads the same; the
plan's `area`, `direction`, `year`, `missing`, `measures` and `where` win over it; one year per series, said.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import chain, islice

from accord.coverage import places
from accord.coverage._declared import below
from accord.coverage._ready import READY, TREATIES, Ready, Series
from accord.coverage._tables import read_rows
from accord.coverage.need import Indicator, Interval
from accord.coverage.plan import NeedSource, Plan
from accord.coverage.read.book import Notes
from accord.errors import InputError, Problem

Row = Mapping[str, str]
NOTHING = frozenset({"", "na", "n/a", "nan", "-", "..", "…", "null", "none"})
_COUNTRY = (
    "iso3",
    "iso3_code",
    "iso3code",
    "alpha3",
    "iso_a3",
    "iso",
    "code",
    "iso2",
    "country",
    "countryname",
    "entity",
)
_VALUE = ("value", "score", "index", "rate", "txtvalue")
_RECENT_YEARS = 5


def read_indicators(plan: Plan) -> tuple[list[Indicator], list[Problem]]:
    """Read every [[need]] table of the plan; raises `InputError` when one cannot be used at all."""
    found: list[Indicator] = []
    problems: list[Problem] = []
    last = max(plan.years, default=None)
    for source in plan.need:
        notes = Notes(source.file.name)
        series = _read(source, last, notes)
        if not series and not notes.problems:
            notes.add("need", "no value could be taken from this table", "check its area, year, value and where")
        found.extend(series)
        problems.extend(notes.problems)
    return found, problems


def _read(source: NeedSource, last: int | None, notes: Notes) -> list[Indicator]:
    rows = iter(read_rows(source.file))
    head = list(islice(rows, 1))
    if not head:
        return []
    columns = set(head[0][1])
    ready = next((one for one in READY if one.signs <= columns), None)
    if ready is None or source.value:
        ready = _generic(source, columns)
    table = [row for _, row in chain(head, rows)]
    if ready.name == "treaty-status":
        return _treaty(source, table, notes)
    found = []
    for series in _wanted(ready, source):
        if indicator := _indicator(source, ready, series, table, last, notes):
            found.append(indicator)
    return found


def _treaty(source: NeedSource, table: Sequence[Row], notes: Notes) -> list[Indicator]:
    """Who takes part in a convention: 1 a party, 0.5 signed only; resilience, whose lack adds to need.

    Who is not in the table takes no part (0), as long as every name in it is understood; else nothing is known of them.
    """
    name, areas = TREATIES.get(source.file.stem, (source.name, ()))
    areas = source.areas or areas
    values: dict[str, Interval] = {}
    unknown = 0
    for row in table:
        code = places.country(row["Participant"])
        ratified = next((text for column, text in row.items() if "Ratification" in column), "")
        unknown += code is None and "union" not in row["Participant"].lower()
        if code:
            stands = 1.0 if ratified else 0.5
            values[code] = (stands, stands)
    if not areas or not values:
        return []
    if unknown:
        notes.add("need", f"{unknown} participants are not understood, so who is absent is not known", "mend the names")
    else:
        values = {code: values.get(code, (0.0, 0.0)) for code in places.COUNTRIES}
    return [
        Indicator(
            f"{source.name}: {name}", areas, values, source.year, False, source.measures or "resilience",
            source.weight, source.name, source.file.name, source.licence,
        )
    ]  # fmt: skip


def _wanted(ready: Ready, source: NeedSource) -> Sequence[Series]:
    """The series that the plan's `area` and `where` leave of a ready definition."""
    if source.where:
        first = ready.series[0]
        return [Series(source.name, first.areas, first.columns, first.higher_is_worse, first.measures, source.where)]
    if source.areas and len(ready.series) > 1:
        return [
            replace(series, areas=kept)
            for series in ready.series
            if (kept := tuple(area for area in series.areas if area in source.areas))
        ]
    return [replace(series, areas=source.areas or series.areas) for series in ready.series]


def _generic(source: NeedSource, columns: set[str]) -> Ready:
    plain = {column.lower(): column for column in columns}
    country = source.country or next((plain[name] for name in _COUNTRY if name in plain), None)
    value = source.value or next((plain[name] for name in _VALUE if name in plain), None)
    if country not in columns or value not in columns or not source.areas or value is None or country is None:
        raise InputError(
            "coverage.need",
            f"{source.file.name} is no table that is known here, and the plan does not say enough about it",
            "give `area`, `country` and `value` (names of columns) and `direction` in its [[need]]",
        )
    return Ready("table", frozenset(), country, (Series(source.name, source.areas, (value,)),), plain.get("year"))


def _indicator(
    source: NeedSource, ready: Ready, series: Series, table: Sequence[Row], last: int | None, notes: Notes
) -> Indicator | None:
    rows = [row for row in table if all(row.get(column) == wanted for column, wanted in series.where.items())]
    missing = {text.lower() for text in (source.missing or ready.missing)} | NOTHING
    words = {**{word: (place, place) for word, place in ready.grades.items()}, **source.censored}
    by_year: dict[int | None, dict[str, Interval]] = {}
    repeated = 0
    for row in rows:
        code = places.country(row.get(source.country or ready.country, ""))
        if code is None:
            continue
        for year, cells in _cells(row, ready, series):
            values = [value for cell in cells if (value := _value(cell, missing, words))]
            if values:
                seen = by_year.setdefault(year, {})
                repeated += code in seen
                low, high = max(low for low, _ in values), max(high for _, high in values)
                before = seen.get(code, (low, high))
                seen[code] = (max(low, before[0]), max(high, before[1]))
    year = _year(by_year, source.year, last)
    values_of_year = by_year.get(year, {})
    if not values_of_year:
        if known := sorted(one for one in by_year if one is not None):
            wanted = source.year or "the map's years"
            notes.add("need", f"no value of {wanted}: the table has {known[0]} to {known[-1]}", "name such a year")
        return None
    if repeated:
        notes.add("need", "several rows of one country and year; the largest counts", "narrow them with `where`")
    return Indicator(
        name=series.name if ready.name == "table" else f"{source.name}: {series.name}",
        areas=source.areas if source.where and source.areas else series.areas,
        values=values_of_year,
        year=year or source.year,
        higher_is_worse=series.higher_is_worse if source.higher_is_worse is None else source.higher_is_worse,
        measures=source.measures or series.measures,
        weight=source.weight,
        source=source.name,
        file=source.file.name,
        licence=source.licence,
        history=_history(by_year, ready.breaks),
        counts=series.counts,
    )


def _history(
    by_year: Mapping[int | None, Mapping[str, Interval]], breaks: Sequence[int]
) -> dict[int, Mapping[str, Interval]]:
    """The first and last of the recent years that share one scale, for how need moved; empty with one year only."""
    years = sorted(year for year in by_year if year is not None)
    if not years:
        return {}
    first = max([years[-1] - _RECENT_YEARS, *(year for year in breaks if year <= years[-1])])
    kept = [year for year in years if year >= first]
    return {year: by_year[year] for year in (kept[0], kept[-1])} if len(kept) > 1 else {}


def _cells(row: Row, ready: Ready, series: Series) -> Iterable[tuple[int | None, list[str]]]:
    if ready.years_across:
        return [(int(column), [cell]) for column, cell in row.items() if column.isdigit() and len(column) == 4]
    year = row.get(ready.year, "")[:4] if ready.year else ""
    cells = [row[column] for column in series.columns if column in row]
    return [(int(year) if year.isdigit() else None, cells)]


def _value(cell: str, missing: set[str], words: Mapping[str, Interval]) -> Interval | None:
    """The range that a cell stands for, by its number or by `words`; None when it stands for nothing.

    >>> _value("<5", set(), {}), _value("0.0", {"0.0"}, {}), _value("few", set(), {"few": (1, 4)})
    ((0.0, 4.0), None, (1, 4))
    """
    text = cell.replace(" ", "")
    if text.lower() in missing:
        return None
    if cell in words or text in words:
        return words.get(cell) or words[text]
    try:
        if text.startswith("<"):
            return 0.0, below(text)
        if text.startswith(">"):
            return float(text[1:]), float("inf")
        value = float(text.replace(",", ""))
    except ValueError:
        return None
    return value, value


def _year(by_year: Mapping[int | None, Mapping[str, Interval]], wanted: int | None, last: int | None) -> int | None:
    """The year asked for; else, of the last five years up to the period's end, the one with the most countries."""
    years = sorted(year for year in by_year if year is not None and (last is None or year <= last))
    if wanted in by_year or not years:
        return wanted if wanted in by_year else None
    if wanted is not None:
        return wanted
    return max(
        (year for year in years if year > years[-1] - _RECENT_YEARS), key=lambda year: (len(by_year[year]), year)
    )
