"""`accord match`: are these two records the same thing? Works on plain files, without a desk.

Invariants: rows go to stdout or to `--out`, in an order that does not depend on `--threads`; `match` is always the
answer at the default threshold, while `--threshold` only chooses which rows are written; a file that is named appears
whole or not at all.
"""

from __future__ import annotations

import click

from accord.cli.match.files import dedupe_file, link_files
from accord.cli.match.pairs import evaluate_file, explain_pairs, score_file
from accord.cli.match.screen import screen_query

__all__ = ["match"]


@click.group("match")
def match() -> None:
    """Are these two records the same thing?

    \b
    accord match link ours.jsonl theirs.jsonl --report report.html
    """


for _command in (link_files, dedupe_file, score_file, evaluate_file, explain_pairs, screen_query):
    match.add_command(_command)
