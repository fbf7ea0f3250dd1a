"""What people see of the two reports, in a real browser: accessible, quiet, and whole at every width."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from accord.cli import cli
from accord.cli.demo.world import write_world

if TYPE_CHECKING:
    from conftest import Visit

Open = Callable[..., "Visit"]


def run(*words: str) -> None:
    result = CliRunner().invoke(cli, list(words), catch_exceptions=False)
    assert result.exit_code == 0, result.output


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The match report and the coverage report of a made-up world in six scripts."""
    folder = tmp_path_factory.mktemp("reports")
    world = write_world(folder, ordinary=300)
    made = {"match": folder / "match.html", "coverage": folder / "coverage.html"}
    run(
        "match",
        "link",
        str(world.unite),
        str(world.ipol),
        "--report",
        str(made["match"]),
        "--out",
        str(folder / "m.csv"),
    )
    run("coverage", "report", str(world.plan), "--out", str(made["coverage"]))
    return made


@pytest.mark.parametrize("name", ["match", "coverage"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_accessibility_rules_hold(reports: dict[str, Path], visit: Open, name: str, scheme: str) -> None:
    assert visit(reports[name], scheme=scheme).violations() == []


@pytest.mark.parametrize("name", ["match", "coverage"])
def test_no_console_error_and_no_request_elsewhere(reports: dict[str, Path], visit: Open, name: str) -> None:
    seen = visit(reports[name])
    assert seen.errors == []
    assert seen.requests == []


@pytest.mark.parametrize("name", ["match", "coverage"])
@pytest.mark.parametrize("width", [390, 640, 1280])  # 640: a laptop's 1280 at 200 % zoom
def test_the_page_never_scrolls_sideways(reports: dict[str, Path], visit: Open, name: str, width: int) -> None:
    assert not visit(reports[name], width=width).overflows()


@pytest.mark.parametrize("name", ["match", "coverage"])
def test_it_reads_without_script(reports: dict[str, Path], visit: Open, name: str) -> None:
    page = visit(reports[name], script=False).page
    assert page.locator("h1").count() == 1
    assert page.locator("table").count() >= 1


def test_what_a_director_prints_is_short_unless_all_of_it_is_asked_for(reports: dict[str, Path], visit: Open) -> None:
    page = visit(reports["coverage"], script=False).page

    def sheets() -> int:
        return page.pdf(prefer_css_page_size=True).count(b"/Type /Page\n")

    page.emulate_media(media="print")
    assert page.locator("#method").is_visible()
    assert not page.locator("#records").is_visible()
    assert not page.locator("#countries").is_visible()
    short = sheets()
    page.emulate_media(media="screen")
    assert page.locator("#records").is_visible(), "on the screen nothing is left out"
    page.get_by_label("Print in full").check()
    page.emulate_media(media="print")
    assert page.locator("#records").is_visible()
    assert page.locator("#countries").is_visible()
    assert 0 < short < sheets()
