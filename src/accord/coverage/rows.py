"""The map as rows: every square, the ranked gaps, the ranked overlaps; each with its evidence and its reasoning.

Rows have `area`, `country` (alpha-3), `function`, `year`, `state`, `partners`, `need` ([low, high] or null),
`evidence`, `why` and `settle` (what would change the state). Evidence is a list of texts: ids of records;
`possible:ID` of records that may belong here; `spent:PARTY`, `reports:SOURCE` and `indicator:NAME` for what else
decided. Overlapping squares also say which kind (`overlap`); squares whose records state money that can be placed have
a `budget` per currency; squares known from partners' summaries alone say so (`rests_on`).
Invariant: a state other than unknown always has evidence.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from accord.coverage import STATES
from accord.coverage.cells import COVERED, GAP, NOT_NEEDED, OVERLAPPING, Grid
from accord.coverage.duplicates import Nearest, find_duplicates
from accord.coverage.label import Labelled
from accord.coverage.need import Indicator, parts, rank_stability
from accord.coverage.overlaps import COMPLEMENTARY, DUPLICATE, JOINT, KINDS, Overlap, overlapping_cells
from accord.coverage.reasons import Reason, open_reason, settle, spent_unseen
from accord.coverage.spending import party_key
from accord.coverage.words import Words, words
from accord.errors import UsageError

COLUMNS = ("area", "country", "function", "year", "state", "partners", "need", "evidence", "why", "settle")
_WHY = {JOINT: "joint", DUPLICATE: "duplicate", COMPLEMENTARY: "complementary"}
_ENGLISH = words("en")


@dataclass(frozen=True, slots=True)
class Filter:
    """Which squares to take; an empty field takes all. `partners` are keys (`spending.party_key`)."""

    areas: frozenset[str] = frozenset()
    countries: frozenset[str] = frozenset()
    functions: frozenset[str] = frozenset()
    years: frozenset[int] = frozenset()
    states: frozenset[str] = frozenset()
    partners: frozenset[str] = frozenset()

    def takes_square(self, area: str, country: str) -> bool:
        """Whether the filter takes an area in a country."""
        return (not self.areas or area in self.areas) and (not self.countries or country in self.countries)

    def takes_work(self, functions: Sequence[str], partners: Sequence[str]) -> bool:
        """Whether the filter takes work of these functions by these partners."""
        return (not self.functions or bool(self.functions & {*functions})) and (
            not self.partners or bool(self.partners & {party_key(name) for name in partners})
        )


def cell_rows(grid: Grid, chosen: Filter | None = None, said: Words = _ENGLISH) -> Iterator[dict[str, object]]:
    """Rows of all squares, or of those chosen, in the order of area, country, function, year.

    `said` is the language of `why` and `settle`, here and in the other rows.
    """
    overlaps = dict(overlapping_cells(grid))
    for cell in _cells(grid, chosen or Filter()):
        yield _row(grid, cell, overlaps.get(cell), said)


def gap_rows(grid: Grid, chosen: Filter | None = None, said: Words = _ENGLISH) -> list[dict[str, object]]:
    """The gaps, the surest and highest need first: by the lower end of need, then by how narrow it is.

    `top` is how surely the country is among the twenty of highest need in that area (`need.rank_stability`), `need_by`
    its place by each indicator, of resilience by its lack. With partners chosen: the gaps in areas on which one of them
    works.
    """
    cells = [cell for cell in _cells(grid, chosen or Filter()) if grid.state[cell] == GAP]
    places = {grid.at(cell)[:2] for cell in cells}
    need_by = {at: parts(grid.need, grid.areas[at[0]], grid.countries[at[1]]) for at in places}
    top = rank_stability(grid.need, grid.areas, grid.countries)
    rows = []
    for cell in cells:
        area, country, _, year = grid.at(cell)
        row = _row(grid, cell, None, said)
        doubt = round(float(grid.reporting.doubt[area, country, year]), 3)
        by = {_part(one): [round(low, 3), round(high, 3)] for one, (low, high) in need_by[area, country]}
        stable = round(float(top[area, country]), 2)
        rows.append({**row, "doubt": doubt, "top": stable, "sure": sure_of(row["need"]), "need_by": by})
    rows.sort(key=lambda row: (*(-end for end in _need(row)), -float(str(row["top"])), float(str(row["doubt"]))))
    return [{"rank": rank, **row} for rank, row in enumerate(rows, start=1)]


def _part(one: Indicator) -> str:
    return f"lack of {one.name}" if one.measures == "resilience" else one.name


def overlap_rows(grid: Grid, chosen: Filter | None = None, said: Words = _ENGLISH) -> list[dict[str, object]]:
    """The overlaps: possible duplicates first, then declared joint, then complementary; the likest first.

    `likeness` is how likely the two likest records are one project, `score` how much of place, time, function and
    beneficiary they share, each in `shares`.
    """
    overlaps = dict(overlapping_cells(grid))
    cells = [cell for cell in _cells(grid, chosen or Filter()) if cell in overlaps]
    cells.sort(key=lambda cell: (*_rank(overlaps[cell]), -int(grid.partners[cell]), cell))
    return [
        {
            "rank": rank,
            **_row(grid, cell, overlaps[cell], said),
            "likeness": round(overlaps[cell].likeness, 3),
            "score": round(overlaps[cell].score, 3),
            "shares": {name: round(share, 3) for name, share in (overlaps[cell].shares or {}).items()},
        }
        for rank, cell in enumerate(cells, start=1)
    ]


def _rank(overlap: Overlap) -> tuple[int, float, float]:
    return KINDS.index(overlap.kind), -overlap.likeness, -overlap.score


def duplicate_rows(grid: Grid, chosen: Filter | None = None, said: Words = _ENGLISH) -> list[dict[str, object]]:
    """Pairs of records in two partners' books that may be one project, likest first, each with what decided.

    Every record takes part, also one without a crime area, unless areas or functions are chosen.
    """
    wanted = chosen or Filter()
    kept = [one for one in grid.labelled if _takes(wanted, one)]
    rows = []
    for rank, pair in enumerate(find_duplicates([one.activity for one in kept]), start=1):
        one, other = kept[pair.first], kept[pair.second]
        levels = pair.likeness.levels
        decided = {field: level for field, level in levels.items() if level not in ("absent", "different")}
        rows.append(
            {
                "rank": rank,
                "left": one.activity.id,
                "right": other.activity.id,
                "partners": [list(one.activity.partners), list(other.activity.partners)],
                "score": round(pair.likeness.score, 3),
                "areas": sorted({*one.areas} | {*other.areas}),
                "countries": sorted({place.country for place in (*one.activity.countries, *other.activity.countries)}),
                "titles": [one.activity.title, other.activity.title],
                "levels": dict(levels),
                "why": "; ".join(_likeness(said, field, level) for field, level in decided.items()),
                "evidence": [one.activity.id, other.activity.id],
            }
        )
    return rows


def _likeness(said: Words, field: str, level: str) -> str:
    return said(f"likeness.{field}", level=said(f"level.{level.replace(', ', '-')}"))


def nearest_rows(grid: Grid, record: str, most: int = 10) -> list[dict[str, object]]:
    """The records that most likely belong together with one; raises `UsageError` when no record has that id."""
    activities = [one.activity for one in grid.labelled]
    number = next((at for at, one in enumerate(activities) if one.id == record), None)
    if number is None:
        raise UsageError("coverage.record", "no record has this id", "give an id as `accord coverage cells` shows it")
    return [
        {
            "rank": rank,
            "left": record,
            "right": activities[other].id,
            "partners": [list(activities[number].partners), list(activities[other].partners)],
            "score": round(near / 2, 3),
            "titles": [activities[number].title, activities[other].title],
        }
        for rank, (other, near) in enumerate(Nearest(activities).of(number, most), start=1)
    ]


def _takes(chosen: Filter, one: Labelled) -> bool:
    countries = {place.country for place in one.activity.countries}
    years = {*one.activity.years(sorted(chosen.years))[0]} if chosen.years else set()
    return (
        (not chosen.areas or bool(chosen.areas & {*one.areas}))
        and (not chosen.countries or bool(chosen.countries & countries))
        and (not chosen.years or bool(years))
        and chosen.takes_work(one.functions, one.activity.partners)
    )


def _cells(grid: Grid, chosen: Filter) -> list[int]:
    axes: Sequence[tuple[Sequence[object], frozenset[object]]] = (
        (grid.areas, frozenset(chosen.areas)),
        (grid.countries, frozenset(chosen.countries)),
        (grid.functions, frozenset(chosen.functions)),
        (grid.years, frozenset(chosen.years)),
    )
    taken = [np.array([not wanted or value in wanted for value in axis], dtype=bool) for axis, wanted in axes]
    mask = taken[0][:, None, None, None] & taken[1][:, None, None] & taken[2][:, None] & taken[3]
    flat = mask.ravel()
    if chosen.partners:
        flat = flat & _of_partners(grid, chosen.partners)
    if chosen.states:
        flat = flat & np.isin(grid.state, [STATES.index(state) for state in chosen.states])
    return [int(cell) for cell in np.flatnonzero(flat)]


def _of_partners(grid: Grid, partners: frozenset[str]) -> npt.NDArray[np.bool_]:
    """Squares in which one of the partners has a record; of the silent ones, those in areas that one works on."""
    works = [grid.reporting.works[key] > 0 for key in partners if key in grid.reporting.works]
    areas = np.any(works, axis=0) if works else np.zeros(len(grid.areas), dtype=bool)
    mask = np.repeat(areas, int(np.prod(grid.shape[1:]))) & (grid.partners == 0)
    theirs = np.array([any(party_key(name) in partners for name in one.activity.partners) for one in grid.labelled])
    if len(theirs):
        mask[grid.sure.cell[theirs[grid.sure.activity]]] = True
    return np.asarray(mask)


def _row(grid: Grid, cell: int, overlap: Overlap | None, said: Words) -> dict[str, object]:
    area, country, function, year = grid.at(cell)
    records = [grid.labelled[index].activity for index in grid.sure.of(cell)]
    state = int(grid.state[cell])
    row: dict[str, object] = {
        "area": grid.areas[area],
        "country": grid.countries[country],
        "function": grid.functions[function],
        "year": grid.years[year],
        "state": STATES[state],
        "partners": sorted({partner for record in records for partner in record.partners}),
        "need": need_of(grid, area, country),
    }
    if state in (COVERED, OVERLAPPING):
        row["evidence"] = [record.id for record in records]
        reason = _met(overlap) if overlap else Reason("one", {"party": records[0].partners[0]})
    else:
        row["evidence"], reason = _silent(grid, cell, (area, country, year))
    row["why"], row["settle"] = reason.text(said, "why"), settle(grid, cell).text(said, "settle")
    if overlap:
        row["overlap"] = overlap.kind
    if records and all(record.origin.source in summaries(grid) for record in records):
        row["rests_on"] = "summary"
    if money := grid.money.get(cell):
        row["budget"] = {currency or "currency not stated": cents / 100 for currency, cents in money.items()}
    return row


def summaries(grid: Grid) -> frozenset[str]:
    """The sources that are a partner's summary of squares, not its book."""
    return frozenset(source.name for source in grid.plan.sources if source.format == "summary")


def _met(overlap: Overlap) -> Reason:
    """Why an overlap is of its kind."""
    if overlap.mandates:
        return Reason("mandate-accord" if overlap.in_accord else "mandate", {"mandates": overlap.mandates})
    return Reason(_WHY[overlap.kind])


def need_of(grid: Grid, area: int, country: int) -> list[float] | None:
    """Need as [low, high], 0 (least) to 1 (most); None where no table says anything."""
    if not grid.need.known[area, country]:
        return None
    return [round(float(grid.need.low[area, country]), 3), round(float(grid.need.high[area, country]), 3)]


def _silent(grid: Grid, cell: int, at: tuple[int, int, int]) -> tuple[list[str], Reason]:
    """Evidence and reasoning of a square without records."""
    area, country, year = at
    indicators = [f"indicator:{one.name}" for one in grid.need.speaking.get(grid.areas[area], ())]
    state = int(grid.state[cell])
    if state in (GAP, NOT_NEEDED):
        declared = [f"reports:{source.name}" for source in grid.plan.sources]
        doubt = float(grid.reporting.doubt[area, country, year])
        return [*indicators, *declared], Reason(STATES[state], {"doubt": doubt})
    reason = open_reason(grid, cell)
    evidence: list[str] = []
    if reason.key in ("absent", "spent", "spent-evenly"):
        evidence = [f"spent:{one.party} {one.amount:,.0f} USD" for one in spent_unseen(grid, area, country, year)]
    elif reason.key == "possible":
        evidence = [f"possible:{grid.labelled[at].activity.id}" for at in grid.possible.of(cell)]
    elif reason.key == "need-wide":
        evidence = indicators
    return evidence, reason


def _need(row: Mapping[str, object]) -> tuple[float, float]:
    need = row["need"]
    return (float(need[0]), float(need[1])) if isinstance(need, list) else (0.0, 0.0)


def sure_of(need: object) -> str:
    """How sure: by how wide the need's interval is."""
    if not isinstance(need, list):
        return "need not known"
    width = float(need[1]) - float(need[0])
    return "well known" if width <= 0.15 else "fairly known" if width <= 0.4 else "loosely known"
