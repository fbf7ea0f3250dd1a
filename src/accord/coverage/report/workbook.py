"""The map as a workbook: the first page, and a sheet for each thing that one sorts, filters and counts.

Invariants: every sheet says the same as the page and the commands; headings, names and reasons are in the language
asked for, ids and ISO codes are kept beside them; numbers and days are cells of their kind; squares that nobody can
know are counted on the first page and not listed (there are tens of thousands); every number leads to records by id.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from accord.coverage import STATES
from accord.coverage._make import Map
from accord.coverage.horizon import MAY_GO_ON
from accord.coverage.label import STATED, Labelled
from accord.coverage.report.view import KIND_KEYS, Square, View, view
from accord.coverage.rows import Filter, cell_rows, duplicate_rows, gap_rows, overlap_rows
from accord.coverage.words import Words
from accord.records.workbook import Sheet, write_workbook

_KNOWN = Filter(states=frozenset(STATES) - {"unknown"})
_FIRST, _LONG, _TEXT, _NAME = 5, 70, 40, 22  # how many of each list stand on the first page; widths in characters
_MOST_IDS = 50


def write_sheets(made: Map, path: Path, words: Words) -> None:
    """Write the workbook; raises `InputError` (`records.write`, `records.rows`) when it cannot be."""
    shown = view(made, words)
    sheets = _Sheets(shown, words)
    write_workbook(
        path,
        [
            sheets.first(),
            sheets.squares("workbook.squares", cell_rows(shown.grid, _KNOWN, words)),
            sheets.squares("report.gaps", gap_rows(shown.grid, said=words), ("rank", "top", "doubt")),
            sheets.squares("report.overlaps", overlap_rows(shown.grid, said=words), ("rank", "overlap", "likeness")),
            sheets.duplicates(duplicate_rows(shown.grid, Filter(areas=frozenset(shown.grid.areas)), words)),
            sheets.countries(),
            sheets.areas(),
            sheets.endings(),
            sheets.records(),
            sheets.method(made),
        ],
    )


@dataclass(frozen=True, slots=True)
class _Sheets:
    view: View
    t: Words

    def first(self) -> Sheet:
        """The one-minute page: how the squares stand, and what to do first."""
        t, shown = self.t, self.view
        head = t("report.title", period=shown.period)
        columns = (head, t("report.area"), t("report.country"), t("workbook.number"), t("report.settle"))
        number, settle = columns[3:]
        rows: list[dict[str, object]] = [
            {head: t(f"count.{state}"), number: shown.counts[state]} for state in ("covered", *STATES[1:])
        ]
        rows.append({head: t("report.squares", squares=t.number(shown.squares))})
        rows += [{}, {head: t("report.close"), number: len(shown.gaps)}]
        rows += [self._where({"area": one.area, "country": one.country}) for one in shown.gaps[:_FIRST]]
        rows += [{}, {head: t("report.ask-these"), number: len(shown.asks)}]
        for ask in shown.asks[:_FIRST]:
            areas = [t(f"area.{one.area}") for one in ask.squares]
            rows.append({columns[1]: areas, columns[2]: shown.name(ask.country), settle: ask.question})
        rows += [{}, {head: t("report.talk"), number: len(shown.duplicates)}]
        for pair in shown.duplicates[:_FIRST]:
            rows.append({head: _sides(pair["titles"]), settle: f"{pair['left']} · {pair['right']}"})
        rows += [{}, {head: t("report.ends-first"), number: len(shown.endings)}]
        for row in shown.first_endings[:_FIRST]:
            rows.append({**self._where(row), number: _day(row["ends"])})
        return Sheet(t("report.minute"), columns, rows, {head: _LONG, settle: _LONG, **self._widths(columns[1:3])})

    def squares(self, name: str, found: Iterable[Mapping[str, object]], more: Sequence[str] = ()) -> Sheet:
        """A row per square; `more` are further fields of the rows, shown before the square."""
        t = self.t
        heads = {field: t(f"workbook.{field}") for field in more}
        columns = [*heads.values(), *(t(f"workbook.{key}") for key in _SQUARE)]
        widths = dict(zip(columns[len(heads) :], _SQUARE.values(), strict=True))
        return Sheet(t(name), columns, self._square_rows(found, heads), widths)

    def _square_rows(
        self, found: Iterable[Mapping[str, object]], heads: Mapping[str, str]
    ) -> Iterator[dict[str, object]]:
        t = self.t
        for row in found:
            low, high = _ends(row["need"])
            shown = {head: row[field] for field, head in heads.items()}
            if "overlap" in heads:
                shown[heads["overlap"]] = t(f"kind.{KIND_KEYS[str(row['overlap'])]}")
            values = (
                t(f"area.{row['area']}"), row["country"], self.view.name(str(row["country"])),
                t(f"function.{row['function']}"), row["year"], t(f"state.{row['state']}"), row["partners"], low, high,
                _some(row["evidence"]), row["why"], row["settle"],
            )  # fmt: skip
            yield {**shown, **dict(zip((t(f"workbook.{key}") for key in _SQUARE), values, strict=True))}

    def duplicates(self, found: Iterable[Mapping[str, object]]) -> Sheet:
        """A row per pair of records that may be one project."""
        columns = [self.t(f"workbook.{key}") for key in _DUPLICATE]
        rows = []
        for row in found:
            titles, partners = _pair(row["titles"]), _pair(row["partners"])
            first, second = (row["left"], partners[0], titles[0]), (row["right"], partners[1], titles[1])
            rows.append(dict(zip(columns, (row["rank"], row["score"], *first, *second, row["why"]), strict=True)))
        widths = dict(zip(columns, _DUPLICATE.values(), strict=True))
        return Sheet(self.t("report.duplicates"), columns, rows, widths)

    def countries(self) -> Sheet:
        """A row per country and area that is worth one: records, a gap, or high need that nobody can place."""
        t = self.t
        columns = [t(f"workbook.{key}") for key in _SUMMARY]
        rows = [
            dict(zip(columns, self._summary(one), strict=True))
            for squares in self.view.by_country.values()
            for one in squares
        ]
        return Sheet(t("report.countries"), columns, rows, dict(zip(columns, _SUMMARY.values(), strict=True)))

    def _summary(self, one: Square) -> tuple[object, ...]:
        t, labelled = self.t, self.view.grid.labelled
        functions = [t(f"function.{function}") for function in one.functions]
        ids = [labelled[index].activity.id for index in one.records]
        return (
            one.country, self.view.name(one.country), t(f"area.{one.area}"), t(f"state.{one.state}"),
            *_ends(one.need), list(one.partners), functions, len(ids), _some(ids), one.settle,
        )  # fmt: skip

    def areas(self) -> Sheet:
        """A row per crime area: how its countries stand, who works on it, and where need is highest."""
        t = self.t
        columns = [t("report.area"), *(t(f"state.{state}") for state in STATES), t("report.records")]
        columns += [t("report.partners"), t("workbook.highest")]
        rows = []
        for area, one in self.view.by_area.items():
            highest = [self.view.name(square.country) for square in one.highest]
            counts = [one.counts[state] for state in STATES]
            values = [t(f"area.{area}"), *counts, len(one.records), list(one.partners), highest]
            rows.append(dict(zip(columns, values, strict=True)))
        return Sheet(t("report.areas"), columns, rows, {columns[0]: _TEXT, columns[-2]: _TEXT, columns[-1]: _LONG})

    def endings(self) -> Sheet:
        """A row per area of a country whose last record is about to end."""
        t = self.t
        columns = [t(f"workbook.{key}") for key in ("area", "code", "country", "low", "high")]
        columns += [t("report.ends"), t("report.partners"), t("workbook.evidence"), t("report.sure")]
        rows = []
        for row in self.view.endings:
            place = (t(f"area.{row['area']}"), row["country"], self.view.name(str(row["country"])))
            sure = t("report.may-go-on") if row["sure"] == MAY_GO_ON else t("report.all-end")
            values = (*place, *_ends(row["need"]), _day(row["ends"]), row["partners"], _some(row["evidence"]), sure)
            rows.append(dict(zip(columns, values, strict=True)))
        return Sheet(t("report.horizon"), columns, rows, {columns[0]: _TEXT, columns[2]: _NAME, columns[-1]: _TEXT})

    def records(self) -> Sheet:
        """Every record that the map counts, with the words that decided its labels and where it was read."""
        t = self.t
        columns = [t(f"workbook.{key}") for key in _RECORD]
        rows = (dict(zip(columns, self._record(one), strict=True)) for _, one in self.view.records)
        return Sheet(t("report.records"), columns, rows, dict(zip(columns, _RECORD.values(), strict=True)))

    def _record(self, one: Labelled) -> tuple[object, ...]:
        activity = one.activity
        labels = [(name, self.t(f"area.{name}")) for name in one.areas]
        labels += [(name, self.t(f"function.{name}")) for name in one.functions]
        why = [f"{title}: {', '.join(self._words(one.why[name]))}" for name, title in labels]
        areas, functions = ([title for name, title in labels if name in group] for group in (one.areas, one.functions))
        places = [place.country for place in activity.countries]
        return (
            activity.id, activity.title, list(activity.partners), places, activity.start, activity.end, areas,
            functions, why, list(activity.codes), activity.origin.file, activity.origin.line,
        )  # fmt: skip

    def _words(self, why: Sequence[str]) -> Sequence[str]:
        return [self.t("report.stated") if word == STATED else word for word in why]

    def method(self, made: Map) -> Sheet:
        """How the map was made, what it rests on, and what was odd in the input: nothing left out."""
        t, plan = self.t, made.grid.plan
        head, detail = t("report.method"), t("workbook.detail")
        need = t("report.method-need", limit=t.number(plan.need_at_least, 1))
        unknown = t(
            "report.method-unknown",
            doubt=t.percent(plan.doubt_at_most),
            spending=t.number(plan.spending_at_least),
            undated=t.number(self.view.undated),
        )
        rows = [
            {head: t("report.method-square-head"), detail: t("report.method-square")},
            {head: t("report.method-unknown-head"), detail: unknown},
            {
                head: t("report.method-need-head"),
                detail: need,
            },
            {head: t("report.method-labels-head"), detail: t("report.method-labels")},
            {head: t("report.method-overlaps-head"), detail: t("report.method-overlaps")},
        ]
        rows += [{head: t("workbook.source"), detail: f"{one.name} ({one.file.name})"} for one in plan.sources]
        for one in made.grid.need.indicators:
            rows.append({head: t("workbook.indicator"), detail: f"{one.name}, {one.licence or t('report.no-licence')}"})
        for seen in self.view.reported:
            share = f"{seen.party}, {seen.year}: {t.percent(seen.reported)} ({seen.recorded_too}/{seen.spent_in})"
            rows.append({head: t("report.p-reported"), detail: share})
        rows += [{head: t("report.odd-head"), detail: f"{problem}: {problem.remedy}"} for problem in made.problems]
        rows.append({head: "", detail: t("report.neutral")})
        return Sheet(t("report.method"), (head, detail), rows, {head: _TEXT, detail: 2 * _LONG})

    def _where(self, row: Mapping[str, object]) -> dict[str, object]:
        t = self.t
        return {
            t("report.area"): t(f"area.{row['area']}"),
            t("report.country"): self.view.name(str(row["country"])),
        }

    def _widths(self, columns: Sequence[str]) -> dict[str, int]:
        return dict.fromkeys(columns, _TEXT)


# keys of the catalogue (workbook.KEY) with the width of the column, in the order of the columns
_SQUARE = {
    "area": _TEXT, "code": 7, "country": _NAME, "function": _NAME, "year": 7, "state": 14, "partners": _NAME,
    "low": 9, "high": 9, "evidence": _NAME, "why": _LONG, "settle": _LONG,
}  # fmt: skip
_DUPLICATE = {
    "rank": 7, "likeness": 9, "left": 14, "left-partners": _NAME, "left-title": _LONG,
    "right": 14, "right-partners": _NAME, "right-title": _LONG, "why": _TEXT,
}  # fmt: skip
_SUMMARY = {
    "code": 7, "country": _NAME, "area": _TEXT, "state": 14, "low": 9, "high": 9, "partners": _NAME,
    "functions": _TEXT, "number": 9, "evidence": _NAME, "settle": _LONG,
}  # fmt: skip
_RECORD = {
    "id": 14, "title": _LONG, "partners": _NAME, "countries": _NAME, "start": 12, "end": 12, "areas": _TEXT,
    "functions": _TEXT, "why": _LONG, "codes": 14, "file": _NAME, "line": 8,
}  # fmt: skip


def _ends(need: object) -> tuple[object, object]:
    return (need[0], need[1]) if isinstance(need, list) else (None, None)


def _some(ids: object) -> list[object]:
    """The first of many ids; a cell of thousands helps nobody."""
    listed = list(ids) if isinstance(ids, list | tuple) else []
    return listed if len(listed) <= _MOST_IDS else [*listed[:_MOST_IDS], "…"]


def _pair(value: object) -> tuple[object, object]:
    return (value[0], value[1]) if isinstance(value, list | tuple) else ("", "")


def _sides(titles: object) -> str:
    return " · ".join(str(title)[:_LONG] for title in _pair(titles))


def _day(text: object) -> date:
    return date.fromisoformat(str(text))
