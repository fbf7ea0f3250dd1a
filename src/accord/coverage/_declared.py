"""What a table of the plan declares: complete reporting, column names, direction, censored and missing values.

Each function reads one key of one table and reports what is wrong through the reader; none guesses.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from accord.coverage import places
from accord.coverage.classify import AREAS
from accord.coverage.plan import Reports

if TYPE_CHECKING:
    from accord.coverage._planfile import Reader

MEASURES = ("need", "detected", "enforcement", "resilience")
_ALL = frozenset({"all", "complete", "*"})
_REPORTS = (
    'write reports = "unknown", or { areas = ["drugs"], countries = ["KEN"], years = [2023, 2024] }; "all" is allowed'
)


def as_list(value: object) -> list[object]:
    """A list of one for a single value, nothing for None."""
    if value is None:
        return []
    return list(value) if isinstance(value, list | tuple) else [value]


def reports(reader: Reader, row: Mapping[str, object], at: int) -> tuple[Reports, ...]:
    """`reports`: "unknown" (the default), "all", one table, or several tables each with a `party`."""
    found: list[Reports | None] = []
    for value in as_list(row.get("reports")):
        if isinstance(value, str) and value in _ALL:
            found.append(Reports())
        elif isinstance(value, Mapping) and value:
            found.append(_one(reader, value, at))
        elif value != "unknown":
            reader.problem("`reports` is neither a table nor a known word", _REPORTS, "source", at, "reports")
    return tuple(entry for entry in found if entry is not None)


def _one(reader: Reader, value: Mapping[str, object], at: int) -> Reports | None:
    for key in value:
        if key not in {"areas", "countries", "years", "party"}:
            reader.problem("`reports` has a key that is not known", _REPORTS, "source", at, "reports")
    if "unknown" in value.values():
        return None  # one dimension unknown means that no square is known to be complete
    areas = countries = years = None
    if not _is_all(value.get("areas")):
        given = tuple(str(item) for item in as_list(value["areas"]))
        areas = frozenset(areas_of(reader, given, "source", at, "reports"))
    if not _is_all(value.get("countries")):
        countries = frozenset(_codes(reader, value["countries"], at, "reports"))
    if not _is_all(value.get("years")):
        years = _years(reader, value["years"], at)
    party = value.get("party")
    return Reports(areas, countries, years, str(party) if party is not None else None)


def _is_all(value: object) -> bool:
    return value is None or (isinstance(value, str) and value in _ALL)


def _codes(reader: Reader, value: object, at: int, key: str) -> set[str]:
    found: set[str] = set()
    for item in as_list(value):
        code = places.country(str(item))
        members = frozenset({code}) if code else places.region(str(item))
        if not members:
            remedy = "give ISO alpha-3 codes, names, or a region such as West Africa"
            reader.problem("a country or region is not known", remedy, "source", at, key)
        found |= members
    return found


def _years(reader: Reader, value: object, at: int) -> frozenset[int]:
    found: set[int] = set()
    for item in as_list(value):
        first, _, last = str(item).partition("-")
        if first.strip().isdigit() and (not last or last.strip().isdigit()):
            found.update(range(int(first), int(last or first) + 1))
        else:
            reader.problem("a year is not known", 'write [2023, 2024] or "2023-2025"', "source", at, "reports")
    return frozenset(found)


def mapping(reader: Reader, row: Mapping[str, object], at: int) -> Mapping[str, str]:
    """`mapping`: a table here, or a TOML file of the same, from our field names to the table's column names."""
    value = row.get("mapping")
    if isinstance(value, str):
        value = _mapping_file(reader, value)
        if value is None:
            reader.problem("the mapping file cannot be read", "give a TOML file", "source", at, "mapping")
            return {}
        if "entity" in value:
            return {}  # see `entity_mapping`
        value = value.get("columns", value.get("properties", value))
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        reader.problem("`mapping` is not a table", 'write { title = "Project name" }', "source", at, "mapping")
        return {}
    return {str(key): str(column) for key, column in value.items() if isinstance(column, str)}


def entity_mapping(reader: Reader, row: Mapping[str, object]) -> Path | None:
    """The same file where it is a mapping file of `records`, which makes entities of rows."""
    value = row.get("mapping")
    loaded = _mapping_file(reader, value) if isinstance(value, str) else None
    return reader.path.parent / str(value) if loaded and "entity" in loaded else None


def _mapping_file(reader: Reader, name: str) -> dict[str, object] | None:
    try:
        return tomllib.loads((reader.path.parent / name).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        return None


def places_of(reader: Reader, row: Mapping[str, object], at: int) -> Mapping[str, frozenset[str]]:
    """`places`: a country code of the book -> the countries that the office behind it works for."""
    value = row.get("places") or {}
    if not isinstance(value, Mapping):
        reader.problem("`places` is not a table", 'write { COK = ["COK", "FJI"] }', "source", at, "places")
        return {}
    return {str(key).upper(): frozenset(_codes(reader, members, at, "places")) for key, members in value.items()}


def areas_of(reader: Reader, given: tuple[str, ...], table: str, at: int, key: str) -> tuple[str, ...]:
    """The areas given, those unknown reported."""
    for area in given:
        if area not in AREAS:
            reader.problem("a crime area is not known", f"one of: {', '.join(AREAS)}", table, at, key)
    return tuple(area for area in given if area in AREAS)


def direction(reader: Reader, row: Mapping[str, object], at: int) -> bool | None:
    """`direction`: do higher values mean more need? "higher-is-worse", "lower-is-worse" and the like."""
    value = row.get("direction")
    if value is None:
        return None
    word = str(value).strip().lower()
    if word.startswith(("high", "up", "more", "+", "pos", "asc", "1", "worse")):
        return "better" not in word
    if word.startswith(("low", "down", "less", "-", "neg", "desc", "inv", "better")):
        return "better" in word and not word.startswith("better")
    remedy = 'write direction = "higher-is-worse" or "lower-is-worse"'
    reader.problem("`direction` is not understood", remedy, "need", at, "direction")
    return None


def censored(reader: Reader, row: Mapping[str, object], at: int) -> Mapping[str, tuple[float, float]]:
    """`censored`: texts that stand for a range, `["<5"]` or `{ "few" = [1, 4] }`. `<n` is always understood."""
    value = row.get("censored")
    found: dict[str, tuple[float, float]] = {}
    if isinstance(value, Mapping):
        for text, limits in value.items():
            pair = as_list(limits)
            if len(pair) == 2 and all(isinstance(end, int | float) for end in pair):
                found[str(text)] = (float(str(pair[0])), float(str(pair[1])))
            else:
                remedy = 'write { "few" = [1, 4] }'
                reader.problem("a censored value needs two limits", remedy, "need", at, "censored")
        return found
    for item in as_list(value):
        text = str(item).replace(" ", "")
        if isinstance(item, bool):
            continue  # true: "<n" occurs, which is understood anyway
        if text.startswith("<") and text[1:].replace(".", "", 1).isdigit():
            found[text] = (0.0, below(text))
        elif text:
            remedy = 'write "<5", or { "few" = [1, 4] }'
            reader.problem("a censored value needs its limits", remedy, "need", at, "censored")
    return found


def below(text: str) -> float:
    """The largest value that `<n` can stand for: n - 1 for a count, n itself for a fraction.

    >>> below("<5"), below("<0.5")
    (4.0, 0.5)
    """
    limit = float(text.replace(" ", "")[1:])
    return limit - 1 if limit >= 1 and limit.is_integer() else limit


def measures(reader: Reader, row: Mapping[str, object], at: int) -> str | None:
    """`measures`: need · detected (a lower bound) · enforcement (never counted) · resilience (its lack adds)."""
    value = row.get("measures")
    if value is None or value in MEASURES:
        return None if value is None else str(value)
    reader.problem("`measures` is not known", f"one of: {', '.join(MEASURES)}", "need", at, "measures")
    return None


def where(reader: Reader, row: Mapping[str, object], at: int) -> Mapping[str, str]:
    """`where`: the rows of the table to take, by column and value."""
    value = row.get("where") or {}
    if not isinstance(value, Mapping):
        reader.problem("`where` is not a table", 'write { Sex = "Total" }', "need", at, "where")
        return {}
    return {str(column): str(wanted) for column, wanted in value.items()}
