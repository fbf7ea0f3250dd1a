"""Large books: what is kept per square stays small, and nothing that is told depends on what was left out."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from accord.coverage import cell_rows, make
from accord.coverage.cells import POSSIBLE_KEPT, Grid
from accord.coverage.places import COUNTRIES, EVERYWHERE
from accord.coverage.plan import read_plan
from accord.coverage.read import read_activities
from accord.coverage.summary import summarise

HEAD = "id,partner,title,areas,functions,start,end,countries\n"


def grid_of(folder: Path, lines: str) -> Grid:
    (folder / "book.csv").write_text(HEAD + lines, encoding="utf-8")
    path = folder / "coverage.toml"
    path.write_text(
        "[period]\nfrom = 2024\nto = 2024\n"
        '[[source]]\nfile = "book.csv"\nformat = "table"\nparty_column = "partner"\nreports = "all"\n',
        encoding="utf-8",
    )
    return make(path).grid


def test_a_flood_of_records_without_a_country_costs_no_more_than_five_a_square(tmp_path: Path) -> None:
    lines = "".join(f"A{at},UNODC,Programme,drugs,legal,2024,2024,\n" for at in range(40))
    grid = grid_of(tmp_path, lines)
    drugs = grid.areas.index("drugs")
    per_square = np.diff(grid.possible.starts).reshape(grid.shape)
    legal = grid.functions.index("legal")
    assert set(per_square[drugs, :, legal, 0]) == {POSSIBLE_KEPT}
    assert len(grid.possible.cell) == POSSIBLE_KEPT * len(COUNTRIES)
    row = next(row for row in cell_rows(grid) if row["area"] == "drugs" and row["function"] == "legal")
    assert row["state"] == "unknown"
    assert row["evidence"] == [f"possible:A{at}" for at in range(POSSIBLE_KEPT)]


def test_a_summary_tells_of_a_record_that_others_crowd_out(tmp_path: Path) -> None:
    lines = "".join(f"A{at},UNODC,Programme,drugs,legal,2024,2024,\n" for at in range(9))
    grid = grid_of(tmp_path, lines + "B1,INTERPOL,Our programme,drugs,legal,2024,2024,West Africa\n")
    told = {square[1] for square in summarise(grid, "INTERPOL", "states").possible}
    assert "SEN" in told
    assert "KEN" not in told


def test_records_that_may_be_anywhere_share_one_set_of_countries(tmp_path: Path) -> None:
    grid_of(tmp_path, "A1,UNODC,One,drugs,legal,2024,2024,\nA2,UNODC,Two,drugs,legal,2024,2024,nowhere known\n")
    found = read_activities(read_plan(tmp_path / "coverage.toml")).activities
    assert all(one.possible is EVERYWHERE for one in found)


def test_texts_in_letters_that_nobody_reads_are_told(tmp_path: Path) -> None:
    lines = (
        "A1,UNODC,打击人口贩运的培训,,,2024,2024,KEN\n"
        "A2,UNODC,مكافحة الاتجار بالبشر,,,2024,2024,KEN\n"
        "A3,UNODC,打击毒品,drugs,legal,2024,2024,KEN\n"
        "A4,UNODC,Lutte contre la traite à Abéché,,,2024,2024,KEN\n"
    )
    grid_of(tmp_path, lines)
    told = [one for one in make(tmp_path / "coverage.toml").problems if one.code == "coverage.unread-text"]
    assert [one.message.split(" texts")[0] for one in told] == ["1", "1"]
    assert "only the plain terms" in told[0].message
    assert "not read" in told[1].message
