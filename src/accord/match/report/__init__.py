"""The report of `match link` and `match dedupe`: one HTML file that a person can read, print and pass on.

`build` arranges scored pairs (pure), `render` writes the page; `words` says scores and reasons to people.

>>> report = build("dedupe", Source("people.jsonl", []), Source("people.jsonl", []), [], explain=None, threshold=0.5)
>>> "nothing to compare" in render(report)
True
"""

from accord.match.report.content import NEAR, Report, Source, build
from accord.match.report.page import render

__all__ = ["NEAR", "Report", "Source", "build", "render"]
