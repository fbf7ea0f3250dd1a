"""Seconds from the UN INFO and INTERPOL tables to the report: `python benchmarks/coverage/report.py [DATA]`.

DATA is the folder of real data (default ../shared/data). Target: under 15 s, and a page under 5 MB.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from accord.coverage import make, write_report


def main() -> None:
    data = Path(sys.argv[1] if len(sys.argv) > 1 else "../shared/data").resolve() / "coverage"
    with tempfile.TemporaryDirectory() as folder:
        plan = Path(folder) / "coverage.toml"
        plan.write_text(
            f'[period]\nfrom = 2023\nto = 2025\n[[source]]\nfile = "{data}/uninfo_projects.csv.gz"\nformat = "uninfo"\n'
            f'[[source]]\nfile = "{data}/interpol_activities.csv"\nformat = "table"\nparty_column = "partner"\n'
            f'[[need]]\nfile = "{data}/need/global_oc_index_2023_dataset.xlsx"\nformat = "oc-index"\nyear = 2023\n',
            encoding="utf-8",
        )
        start = time.perf_counter()
        made = make(plan)
        computed = time.perf_counter()
        page = Path(folder) / "map.html"
        write_report(made, page)
        done = time.perf_counter()
        print(f"{'activities':<12}{len(made.grid.labelled):>10,}")
        print(f"{'squares':<12}{made.grid.state.size:>10,}")
        print(f"{'map':<12}{computed - start:>9.1f} s")
        print(f"{'page':<12}{done - computed:>9.1f} s  {page.stat().st_size / 1e6:.1f} MB")
        print(f"{'total':<12}{done - start:>9.1f} s  (target: under 15 s)")


if __name__ == "__main__":
    main()
