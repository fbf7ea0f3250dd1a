"""The report as one HTML file that asks nothing of anyone: no script, no request, no other file.

Invariants: everything from a record goes through autoescape and stands inside `<bdi>`, its controls and
direction overrides shown as `�` (so that no name is read backwards); the content security policy
allows exactly the one style sheet of the page, by its SHA-256, and nothing else (so there are no style attributes:
bars are drawn with the width attributes of SVG); equal reports give identical bytes.

>>> from accord.match.report.content import Source, build
>>> html = render(build("link", Source("a", []), Source("b", []), [], explain=None, threshold=0.5))
>>> "default-src 'none'; style-src 'sha256-" in html, "<script" in html
(True, False)
"""

from __future__ import annotations

import base64
import hashlib
import shlex
from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING

from accord import __version__
from accord.errors import several
from accord.match.report import content, words
from accord.records.model import Entity

if TYPE_CHECKING:
    from jinja2 import Template

OTHER_NAMES = 6
_HIDDEN = dict.fromkeys((*range(0x20), *range(0x7F, 0xA0), *range(0x202A, 0x202F), *range(0x2066, 0x206A)), "�")
_BAR_WIDTH, _MOST_LOG_ODDS = 60, 6.0


def render(report: content.Report) -> str:
    """Write the page of one report."""
    from markupsafe import Markup

    style = _read("report.css")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode("ascii")
    return _template().render(
        report=report,
        style=Markup(style),  # noqa: S704 - our own file, hashed above
        policy=Markup(f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"),  # noqa: S704
        version=__version__,
        command=_command(report),
        near=content.NEAR,
        most=max((band.pairs for band in report.bands), default=0),
    )


@lru_cache(maxsize=1)
def _template() -> Template:
    from jinja2 import BaseLoader, Environment, StrictUndefined  # late: most runs write no report

    environment = Environment(
        loader=BaseLoader(), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters.update(
        clear=lambda text: text.translate(_HIDDEN),
        percent=words.percent,
        effect=words.effect,
        odds=words.odds,
        verdict=words.verdict,
        prior=words.prior,
        reasons=words.reasons,
        compared=words.compared,
        missing=words.missing,
        other_names=_other_names,
        share=_share,
        bar=_bar,
        number=lambda value: f"{value:,}",
        several=several,
    )
    return environment.from_string(_read("report.html.j2"))


def _read(name: str) -> str:
    return resources.files("accord.match.report").joinpath(name).read_text(encoding="utf-8")


def _command(report: content.Report) -> str:
    """The command that writes every match to a workbook, with file names quoted for a shell."""
    names = [report.left.name] if report.kind == "dedupe" else [report.left.name, report.right.name]
    return f"accord match {report.kind} {shlex.join(names)} --out matches.xlsx"


def _other_names(entity: Entity) -> tuple[list[str], int]:
    """Further names to show, and how many more there are."""
    names = [*entity.get("name"), *entity.get("alias"), *entity.get("weakAlias"), *entity.get("previousName")]
    others = [name for name in dict.fromkeys(names) if name != entity.caption]
    return others[:OTHER_NAMES], max(0, len(others) - OTHER_NAMES)


def _share(part: int, whole: int) -> str:
    """Part of a whole as a percentage that says 0 and 100 only when it is exactly that; empty without a whole."""
    if not whole:
        return ""
    return f"{100 * part // whole} %" if part in (0, whole) else words.percent(part / whole)


def _bar(log_odds: float) -> tuple[float, float]:
    """Start and width of the bar of an effect, out from the middle of `2 × _BAR_WIDTH`."""
    width = round(min(abs(log_odds) / _MOST_LOG_ODDS, 1.0) * _BAR_WIDTH, 1)
    return (_BAR_WIDTH, width) if log_odds >= 0 else (round(_BAR_WIDTH - width, 1), width)
