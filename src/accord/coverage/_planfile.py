"""Reads the parsed TOML of a plan, collecting every problem with the line it stands on.

Used by `plan.read_plan` only; what a table *declares* (reports, direction, censored values …) is read in `_declared`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from accord.coverage import _declared
from accord.coverage._toml import Lines
from accord.coverage.plan import (
    DOUBT_AT_MOST,
    NEED_AT_LEAST,
    SOURCE_FORMATS,
    SPENDING_AT_LEAST,
    Body,
    NeedSource,
    Plan,
    Source,
    Spending,
)
from accord.errors import Problem

_LONGEST_PERIOD = 60

_DESCRIBED = ("name", "source", "licence", "url", "note")  # kept for the reader of the file, any table may have them
_KEYS: dict[str, tuple[str, ...]] = {
    "source": ("file", "format", "party", "party_column", "reports", "mapping", "places", "card", *_DESCRIBED),
    "spending": ("file", "format", "year", "parties", *_DESCRIBED),
    "need": (
        *("file", "format", "area", "year", "direction", "censored", "missing", "measures"),
        *("country", "value", "where", "weight", *_DESCRIBED),
    ),
    "period": ("from", "to"),
    "money": ("currency", "rates", *_DESCRIBED),
    "party": ("name", "areas", *_DESCRIBED),
    "method": ("need_at_least", "spending_at_least", "doubt_at_most"),
}
_FILES = ("corrections", "accord")  # single files, named above the tables


class Reader:
    """Turns the parsed TOML into a `Plan`, collecting problems instead of stopping at the first."""

    def __init__(self, path: Path, text: str) -> None:
        self.path, self.lines = path, Lines(text)
        self.problems: list[Problem] = []
        self.doubts: list[Problem] = []

    def problem(self, message: str, remedy: str, table: str, index: int = 0, key: str = "") -> None:
        line = self.lines.of(table, index, key)
        self.problems.append(
            Problem("coverage.plan", message, remedy, file=self.path.name, line=line, property=key or None)
        )

    def doubt(self, message: str, remedy: str, table: str, index: int = 0, key: str = "") -> None:
        line = self.lines.of(table, index, key)
        self.doubts.append(
            Problem("coverage.doubt", message, remedy, file=self.path.name, line=line, property=key or None)
        )

    def plan(self, data: Mapping[str, object]) -> Plan:
        for key in data:
            if key not in _KEYS and key not in _FILES:
                known = ", ".join((*_KEYS, *_FILES))
                self.doubt(f"`{key}` is not known here and was passed over", f"known: {known}", key)
        sources = tuple(self.source(row, at) for at, row in enumerate(self.tables(data, "source")))
        if not sources:
            self.problem("no [[source]] is given", "add one for each activity book", "source")
        spending = tuple(self.spending(row, at) for at, row in enumerate(self.tables(data, "spending")))
        need = tuple(self.need(row, at) for at, row in enumerate(self.tables(data, "need")))
        method = self.single(data, "method")
        currency, rates = self.money(self.single(data, "money"))
        return Plan(
            file=self.path,
            sources=sources,
            spending=spending,
            need=need,
            parties=tuple(self.body(row, at) for at, row in enumerate(self.tables(data, "party"))),
            years=self.period(self.single(data, "period")),
            need_at_least=self.number(method, "method", 0, "need_at_least", NEED_AT_LEAST, (0.0, 1.0)),
            spending_at_least=self.number(
                method, "method", 0, "spending_at_least", SPENDING_AT_LEAST, (0.0, float("inf"))
            ),
            currency=currency,
            rates=rates,
            corrections=self.file(data, "", 0, "corrections") if "corrections" in data else None,
            accord=self.file(data, "", 0, "accord") if "accord" in data else None,
            doubt_at_most=self.number(method, "method", 0, "doubt_at_most", DOUBT_AT_MOST, (0.0, 1.0)),
            doubts=tuple(self.doubts),
        )

    def tables(self, data: Mapping[str, object], table: str) -> list[Mapping[str, object]]:
        raw = data.get(table, [])
        rows = [raw] if isinstance(raw, Mapping) else raw
        if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
            self.problem(f"`{table}` must be tables", f"write [[{table}]] above each", table)
            return []
        for at, row in enumerate(rows):
            self.known(row, table, at)
        return rows

    def single(self, data: Mapping[str, object], table: str) -> Mapping[str, object]:
        raw = data.get(table, {})
        if not isinstance(raw, Mapping):
            self.problem(f"`{table}` must be a table", f"write [{table}] above its keys", table)
            return {}
        self.known(raw, table, 0)
        return raw

    def known(self, row: Mapping[str, object], table: str, at: int) -> None:
        for key in row:
            if key not in _KEYS[table] and not (table == "period" and key in {"start", "end"}):
                self.doubt(
                    f"`{key}` is not known in {table} and was passed over",
                    f"known: {', '.join(_KEYS[table])}",
                    table,
                    at,
                    key,
                )

    def text(self, row: Mapping[str, object], table: str, at: int, key: str) -> str | None:
        value = row.get(key)
        if value is None:
            return None
        if not isinstance(value, str) or not value.strip():
            self.problem(f"`{key}` must be text", f'write {key} = "…"', table, at, key)
            return None
        return value.strip()

    def number(
        self, row: Mapping[str, object], table: str, at: int, key: str, default: float, limits: tuple[float, float]
    ) -> float:
        value = row.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int | float) or not limits[0] <= value <= limits[1]:
            self.problem(f"`{key}` is out of range", f"give a number from {limits[0]} to {limits[1]}", table, at, key)
            return default
        return float(value)

    def year(self, row: Mapping[str, object], table: str, at: int, key: str) -> int | None:
        value = row.get(key)
        if isinstance(value, date):
            return value.year
        if isinstance(value, str) and value[:4].isdigit():
            return int(value[:4])
        if value is None or (isinstance(value, int) and not isinstance(value, bool) and 1900 <= value <= 2200):
            return value if isinstance(value, int) else None
        self.problem(f"`{key}` is not a year", f"write {key} = 2024", table, at, key)
        return None

    def words(self, row: Mapping[str, object], table: str, at: int, key: str) -> tuple[str, ...]:
        value = row.get(key, ())
        items = [value] if isinstance(value, str) else value
        if not isinstance(items, Sequence) or not all(isinstance(item, str) for item in items):
            self.problem(f"`{key}` must be text or a list of texts", f'write {key} = ["…"]', table, at, key)
            return ()
        return tuple(item.strip() for item in items)

    def file(self, row: Mapping[str, object], table: str, at: int, key: str = "file") -> Path:
        given = self.text(row, table, at, key)
        if given is None:
            if key not in row:
                self.problem(f"`{key}` is missing", "say which file to read", table, at)
            return self.path
        found = self.path.parent / Path(given).expanduser()
        if not found.is_file():
            self.problem("the file is not there", "check the path; it is relative to this file", table, at, key)
        return found

    def money(self, row: Mapping[str, object]) -> tuple[str, Path | None]:
        """`[money]`: the currency into which amounts are converted, and the table of dated rates."""
        if not row:
            return "", None
        currency = (self.text(row, "money", 0, "currency") or "").upper()
        if len(currency) != 3 or not currency.isalpha():
            self.problem("`currency` is no currency", 'write currency = "USD"', "money", 0, "currency")
        return currency, self.file(row, "money", 0, "rates")

    def source(self, row: Mapping[str, object], at: int) -> Source:
        file = self.file(row, "source", at)
        form = self.text(row, "source", at, "format") or ""
        if form not in SOURCE_FORMATS:
            self.problem("this format is not known", f"one of: {', '.join(SOURCE_FORMATS)}", "source", at, "format")
        return Source(
            file=file,
            format=form,
            name=self.text(row, "source", at, "name") or file.name,
            party=self.text(row, "source", at, "party"),
            party_column=self.text(row, "source", at, "party_column"),
            reports=_declared.reports(self, row, at),
            mapping=_declared.mapping(self, row, at),
            entities=_declared.entity_mapping(self, row),
            places=_declared.places_of(self, row, at),
            card=self.file(row, "source", at, "card") if "card" in row else None,
        )

    def spending(self, row: Mapping[str, object], at: int) -> Spending:
        file = self.file(row, "spending", at)
        form = self.text(row, "spending", at, "format") or ("country-expenses" if file.suffix == ".json" else "table")
        return Spending(
            file=file,
            format=form,
            name=self.text(row, "spending", at, "source") or file.name,
            year=self.year(row, "spending", at, "year"),
            parties=self.words(row, "spending", at, "parties"),
        )

    def body(self, row: Mapping[str, object], at: int) -> Body:
        name = self.text(row, "party", at, "name")
        if name is None or "areas" not in row:
            remedy = 'write name = "UPU" and areas = [], or the crime areas that it works on'
            self.problem("a party needs `name` and `areas`", remedy, "party", at)
        areas = _declared.areas_of(self, self.words(row, "party", at, "areas"), "party", at, "areas")
        return Body(name or "", frozenset(areas))

    def need(self, row: Mapping[str, object], at: int) -> NeedSource:
        file = self.file(row, "need", at)
        return NeedSource(
            file=file,
            format=self.text(row, "need", at, "format") or "auto",
            name=self.text(row, "need", at, "name") or self.text(row, "need", at, "source") or file.name,
            areas=_declared.areas_of(self, self.words(row, "need", at, "area"), "need", at, "area"),
            year=self.year(row, "need", at, "year"),
            higher_is_worse=_declared.direction(self, row, at),
            censored=_declared.censored(self, row, at),
            missing=frozenset(str(item) for item in _declared.as_list(row.get("missing"))),
            measures=_declared.measures(self, row, at),
            country=self.text(row, "need", at, "country"),
            value=self.text(row, "need", at, "value"),
            where=_declared.where(self, row, at),
            licence=self.text(row, "need", at, "licence") or "",
            weight=self.number(row, "need", at, "weight", 1.0, (0.0, 100.0)),
        )

    def period(self, row: Mapping[str, object]) -> tuple[int, ...]:
        """`from`/`to`; `start`/`end` mean the same."""
        first = self.year(row, "period", 0, "from" if "from" in row else "start")
        last = self.year(row, "period", 0, "to" if "to" in row else "end")
        if not row or first is None or last is None:
            if row and not self.problems:
                self.problem("a period needs both ends", "write from = 2023 and to = 2025", "period")
            return ()
        if first > last or last - first >= _LONGEST_PERIOD:
            self.problem("the period is reversed or too long", "`from` is the earlier year", "period", 0, "from")
            return ()
        return tuple(range(first, last + 1))
