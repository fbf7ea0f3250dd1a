"""The map for people: one self-contained page (.html) or a workbook (.xlsx).

Invariants: the page holds everything it needs, runs no script and asks no other host (its policy forbids both); the
same map gives the same bytes.
"""

from __future__ import annotations

import base64
import hashlib
from importlib.resources import files
from pathlib import Path

from accord.coverage._make import Map
from accord.errors import InputError, UsageError

__all__ = ["check_name", "render", "write_report"]

_SUFFIXES = (".html", ".xlsx")


def check_name(path: Path) -> None:
    """Raise `UsageError` (`coverage.report-name`) before any work when the name says no known kind of report."""
    if path.suffix.lower() not in _SUFFIXES:
        raise UsageError("coverage.report-name", "a report is .html or .xlsx", "name it such as map.html")


def write_report(made: Map, path: Path, language: str = "en") -> None:
    """Write the report in a language, whole or not at all; raises `InputError` when it cannot be."""
    check_name(path)
    if path.suffix.lower() == ".xlsx":
        from accord.coverage.report.workbook import write_sheets
        from accord.coverage.words import words

        write_sheets(made, path, words(language))
        return
    draft = path.with_name(f".{path.name}.part")
    try:
        draft.write_text(render(made, language), encoding="utf-8")
        draft.replace(path)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise InputError(
            "coverage.write", f"{path} cannot be written: {error.strerror}", "give another place"
        ) from error


def render(made: Map, language: str = "en") -> str:
    """The page as text."""
    from jinja2 import Environment, StrictUndefined, select_autoescape
    from jinja2.loaders import FunctionLoader

    from accord.coverage.horizon import MAY_GO_ON
    from accord.coverage.report.view import KIND_KEYS, view
    from accord.coverage.words import words

    folder = files(__package__)
    style = folder.joinpath("page.css").read_text("utf-8")
    environment = Environment(
        loader=FunctionLoader(lambda name: folder.joinpath(name).read_text("utf-8")),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    said = words(language)
    return environment.get_template("page.html.j2").render(
        view=view(made, said), t=said, kinds=KIND_KEYS, may_go_on=MAY_GO_ON, style=style, style_digest=digest
    )
