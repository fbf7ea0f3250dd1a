"""Coverage: the matrix, the world as tiles, a country, an area, gaps and overlaps, one activity; and all as files.

Invariants: what is shown is chosen by the address alone, so that it can be cited; every picture has its table; a square
without a record says what would settle it, and never that there is nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice

from starlette.responses import Response

from accord.coverage import STATES, Filter, Grid, cell_rows, gap_rows, overlap_rows, places
from accord.coverage.label import Labelled
from accord.coverage.rows import COLUMNS
from accord.desk import render
from accord.desk.maps import Drawn
from accord.desk.office import Office
from accord.desk.roles import Can
from accord.desk.visit import Page, Visit
from accord.errors import InputError
from accord.records.write import table_bytes

_ROWS = 200
_FORMATS = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "jsonl": "application/x-ndjson",
}
_FEW, _SOME, _MANY = 3, 6, 9  # how many areas with a record shade a tile


def coverage(visit: Visit) -> Response:
    """The matrix of areas and countries, and the world."""
    drawn = visit.office.maps.drawn(visit.words.language)
    title = visit.words("Who does what where")
    if drawn is None:
        return render.page(visit, "no_coverage.html.j2", title)
    view, region = drawn.view, visit.query.get("region", "")
    matrix = {name: rows for name, rows in view.matrix.items() if region in ("", name)}
    shades = {code: sum(worked >= least for least in (1, _FEW, _SOME, _MANY)) for code, worked in view.worked.items()}
    return render.page(
        visit,
        "coverage.html.j2",
        title,
        view=view,
        matrix=matrix,
        region=region,
        shades=shades,
        states=STATES,
        areas=drawn.areas,
    )


def country(visit: Visit) -> Response:
    """One country: every area that there is something to say about."""
    drawn, code = _drawn(visit.office, visit.words.language), visit.place["code"]
    if code not in places.COUNTRIES:
        raise InputError("coverage.unknown", "this is no country of the map", "give its alpha-3 code")
    said = {one.area: one for one in drawn.view.by_country.get(code, [])}
    rows = [(area, name, drawn.view.state_of[area, code], said.get(area)) for area, name in drawn.areas.items()]
    return render.page(
        visit,
        "country.html.j2",
        drawn.view.name(code),
        view=drawn.view,
        code=code,
        rows=rows,
        functions=drawn.functions,
    )


def area(visit: Visit) -> Response:
    """One crime area: the world by its states, and the countries as a table."""
    drawn, name = _drawn(visit.office, visit.words.language), visit.place["area"]
    if name not in drawn.areas:
        raise InputError("coverage.unknown", "this is no area of the map", "choose one of the matrix")
    squares = [one for some in drawn.view.by_country.values() for one in some if one.area == name]
    order = {state: number for number, state in enumerate(("gap", "overlapping", "covered", "unknown", "not-needed"))}
    squares.sort(key=lambda one: (order[one.state], drawn.view.name(one.country)))
    return render.page(
        visit, "area.html.j2", drawn.areas[name], view=drawn.view, area=name, squares=squares, states=STATES
    )


def square(visit: Visit) -> Response:
    """One area in one country, with its records."""
    drawn, at = _drawn(visit.office, visit.words.language), (visit.place["area"], visit.place["code"])
    if at not in drawn.view.square_of:
        raise InputError("coverage.unknown", "this is no square of the map", "choose one of the matrix")
    title = f"{drawn.areas[at[0]]} · {drawn.view.name(at[1])}"
    return render.page(
        visit, "square.html.j2", title, view=drawn.view, one=drawn.view.square_of[at], areas=drawn.areas,
        functions=drawn.functions,
    )  # fmt: skip


def listed(visit: Visit) -> Response:
    """Gaps, overlaps or all squares that a filter takes, as a table; with `as`, as a file."""
    drawn, kind = _drawn(visit.office, visit.words.language), visit.place["kind"]
    rows = filtered(visit.office, kind, visit.query)
    wanted = visit.query.get("as", "")
    if wanted:
        return _file(kind, wanted, rows)
    shown = list(islice(rows, _ROWS + 1))
    names = {"gaps": "Gaps", "overlaps": "Overlaps", "squares": "Squares"}
    return render.page(
        visit, "squares.html.j2", visit.words(names[kind]), view=drawn.view, areas=drawn.areas,
        functions=drawn.functions, kind=kind, rows=shown[:_ROWS],
        more=len(shown) > _ROWS, states=STATES, countries={code: drawn.view.name(code) for code in places.COUNTRIES},
    )  # fmt: skip


def activity(visit: Visit) -> Response:
    """One activity: what its book states, how it was labelled and by which words, where it was read."""
    drawn = _drawn(visit.office, visit.words.language)
    one = _labelled(visit, drawn)
    return render.page(
        visit,
        "activity.html.j2",
        visit.words("Activity"),
        one=one,
        view=drawn.view,
        names=drawn.areas | drawn.functions,
        areas=drawn.areas,
        functions=drawn.functions,
        said=visit.office.maps.labels.of(one.activity.id),
        money=[(f"{each.cents / 100:,.0f} {each.currency}".strip(), each.kind) for each in one.activity.money],
    )


def label(visit: Visit) -> Response:
    """Say what an activity is; the map uses it at once."""
    one, form = _labelled(visit, _drawn(visit.office, visit.words.language)), visit.form
    areas, functions = form.all("area"), form.all("function")
    visit.office.maps.labels.correct(one.activity.id, areas, functions, visit.who.name, form.text("note"))
    said = visit.words("Noted: the map uses your correction from now on.")
    return visit.go(f"/coverage/activity/{visit.place['index']}", said)


def _labelled(visit: Visit, drawn: Drawn) -> Labelled:
    labelled, text = drawn.made.grid.labelled, visit.place["index"]
    index = int(text) if text.isascii() and text.isdigit() and len(text) < 9 else len(labelled)
    if index >= len(labelled):
        raise InputError("coverage.unknown", "there is no such activity in the map", "choose one of a country's page")
    return labelled[index]


def _drawn(office: Office, language: str) -> Drawn:
    drawn = office.maps.drawn(language)
    if drawn is None:
        raise InputError("coverage.none", "this desk was given no map", "serve it with --coverage coverage.toml")
    return drawn


def filtered(office: Office, kind: str, query: Mapping[str, str]) -> Iterable[Mapping[str, object]]:
    """The gaps, overlaps or squares that a query chooses. Raises `InputError` `coverage.unknown`, `coverage.filter`."""
    grid = _drawn(office, "en").made.grid
    chosen = _filter(query, grid)
    if kind == "gaps":
        return gap_rows(grid, chosen)
    if kind == "overlaps":
        return overlap_rows(grid, chosen)
    if kind == "squares":
        return cell_rows(grid, chosen)
    raise InputError("coverage.unknown", "there is no such list", "choose gaps, overlaps or squares")


def _filter(query: Mapping[str, str], grid: Grid) -> Filter:
    """The filter that the address states. Raises `InputError` `coverage.filter` for a word that is not known."""

    def chosen(name: str, known: Sequence[str]) -> frozenset[str]:
        word = query.get(name, "")
        if word and word not in known:
            raise InputError("coverage.filter", f"this {name} is not known", "choose one of the list")
        return frozenset({word} if word else ())

    years = chosen("year", [str(year) for year in grid.years])
    return Filter(
        chosen("area", grid.areas), chosen("country", grid.countries), chosen("function", grid.functions),
        frozenset(map(int, years)), chosen("state", STATES),
    )  # fmt: skip


def _file(kind: str, wanted: str, rows: Iterable[Mapping[str, object]]) -> Response:
    if wanted not in _FORMATS:
        raise InputError("coverage.format", "there is no such kind of file", f"choose one of: {', '.join(_FORMATS)}")
    ranked = ("rank",) if kind != "squares" else ()
    data = table_bytes(f".{wanted}", rows, (*ranked, *COLUMNS))
    headers = {"Content-Disposition": f'attachment; filename="{kind}.{wanted}"'}
    return Response(data, media_type=_FORMATS[wanted], headers=headers)


PAGES = (
    Page("/coverage", Can.COVERAGE, get=coverage),
    Page("/coverage/country/{code}", Can.COVERAGE, get=country),
    Page("/coverage/country/{code}/{area}", Can.COVERAGE, get=square),
    Page("/coverage/area/{area}", Can.COVERAGE, get=area),
    Page("/coverage/activity/{index}", Can.COVERAGE, get=activity, post=label, post_needs=Can.LABEL),
    Page("/coverage/{kind}", Can.COVERAGE, get=listed),
)
