"""How often a square is called a gap (or not needed) although an agency whose whole book is hidden worked there.

`python benchmarks/coverage/false_gaps.py [DATA]`; DATA is the folder of real data (default ../shared/data). Each agency
with five records in the map is hidden in turn, every source still claims to report everything, and the squares that
only this agency had are looked at: once with the agency among the parties that the map is made for, as an accord or a
`[[party]]` names them, and once as if nobody had ever heard of it. Beside it the naive rule: no record, so a gap.
Target: at most 5 % each year.
"""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from pathlib import Path

import numpy as np

from accord.coverage import make
from accord.coverage.cells import GAP, NOT_NEEDED, Grid, compute
from accord.coverage.spending import read_spending

_LEAST_RECORDS = 5


def plan(data: Path, folder: Path) -> Path:
    """The UN INFO and INTERPOL tables, both declared complete, spending of 2022 to 2024, need by the index."""
    tables = "".join(f'[[spending]]\nfile = "{data}/country-expenses-{year}.json"\n' for year in (2022, 2023, 2024))
    path = folder / "coverage.toml"
    path.write_text(
        f'[period]\nfrom = 2022\nto = 2025\n[[source]]\nfile = "{data}/uninfo_projects.csv.gz"\nformat = "uninfo"\n'
        f'reports = "all"\n[[source]]\nfile = "{data}/interpol_activities.csv"\nformat = "table"\nreports = "all"\n'
        f'party_column = "partner"\n{tables}[[need]]\nfile = "{data}/need/global_oc_index_2023_dataset.xlsx"\n',
        encoding="utf-8",
    )
    return path


def hide(grid: Grid, agency: str, spending: list[object]) -> tuple[np.ndarray, list[np.ndarray]]:
    """Years (numbers) of the squares that only this agency had, and whether each is called empty without it.

    The second is given for the agency as a party and for the agency unheard of.
    """
    theirs = np.array([agency in one.activity.partners for one in grid.labelled])
    rest = [one for one in grid.labelled if agency not in one.activity.partners]
    maps = [
        compute(grid.plan, rest, grid.need.indicators, spending, mandates)  # type: ignore[arg-type]
        for mandates in ({agency: ()}, {})
    ]
    cells = np.unique(grid.sure.cell[theirs[grid.sure.activity]])
    cells = cells[maps[0].partners[cells] == 0]
    return cells % len(grid.years), [np.isin(one.state[cells], [GAP, NOT_NEEDED]) for one in maps]


def main() -> None:
    data = Path(sys.argv[1] if len(sys.argv) > 1 else "../shared/data").resolve() / "coverage"
    with tempfile.TemporaryDirectory() as folder:
        grid = make(plan(data, Path(folder))).grid
    spending: list[object] = list(read_spending(grid.plan))
    counts = Counter(partner for one in grid.labelled if one.areas for partner in one.activity.partners)
    squares, wrong = np.zeros(len(grid.years), int), np.zeros((2, len(grid.years)), int)
    print(f"{'hidden':<12}{'records':>8}  squares called empty of those that only it had, by year (unheard of)")
    for agency, records in counts.most_common():
        if records < _LEAST_RECORDS:
            break
        years, empty = hide(grid, agency, spending)
        mine = np.bincount(years, minlength=len(grid.years))
        called = np.array([np.bincount(years[each], minlength=len(grid.years)) for each in empty])
        squares += mine
        wrong += called
        cells = (f"{a:>3}/{b:<4}({c:>2})" for a, b, c in zip(called[0], mine, called[1], strict=True))
        print(f"{agency:<12}{records:>8}  " + "  ".join(cells))
    print("year        squares  called empty   unheard of   naive rule")
    for number, year in enumerate(grid.years):
        party, unheard = (each[number] / max(1, squares[number]) for each in wrong)
        print(f"{year:<12}{squares[number]:>7}{party:>13.1%}{unheard:>13.1%}{1:>13.0%}")
    print(f"gaps when nothing is hidden: {int((grid.state == GAP).sum()):,} of {grid.state.size:,} squares")


if __name__ == "__main__":
    main()
