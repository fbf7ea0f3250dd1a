"""The map at the desk: its pages, filters that can be cited, files in which no text runs as a formula."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from accord.cli.demo.world import write_world

if TYPE_CHECKING:
    from conftest import Browser, Desks


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("map")
    world = write_world(folder, ordinary=20)
    book = world.unite_activities
    lines = list(csv.DictReader(book.read_text("utf-8").splitlines()))
    lines[0]["title"] = '=HYPERLINK("http://evil.example")<script>alert(1)</script>'
    with book.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(lines[0]))
        writer.writeheader()
        writer.writerows(lines)
    return world.plan


@pytest.fixture
def manager(desks: Desks, plan: Path) -> Browser:
    desks.unodc.maps.plan = plan
    return desks.at("unodc", "mina")


def test_without_a_plan_it_says_what_to_do(desks: Desks) -> None:
    assert "--coverage" in desks.at("unodc", "mina").get("/coverage")


def test_matrix_leads_to_country_area_and_activity(manager: Browser) -> None:
    page = manager.get("/coverage")
    assert page.count("<td class=") > 3000
    assert "Need" in manager.get("/coverage/country/KEN")
    assert "Firearms" in manager.get("/coverage/area/firearms") or "firearms" in manager.last
    assert "&lt;script&gt;" in manager.get("/coverage/activity/0")
    assert "<script>alert" not in manager.last


def test_square_of_the_matrix_leads_to_its_records(manager: Browser) -> None:
    assert 'href="/coverage/country/KEN/cybercrime"' in manager.get("/coverage")
    page = manager.get("/coverage/country/KEN/cybercrime")
    assert page.count('href="/coverage/activity/') >= 2  # both train the same people
    assert "What would settle it" not in page
    page = manager.get("/coverage/country/FRA/drugs")
    assert "What would settle it" in page
    assert "No record of either partner" in page


def test_filters_stand_in_the_address_and_choose(manager: Browser) -> None:
    page = manager.get("/coverage/squares?country=KEN&state=covered")
    assert "/coverage/country/KEN" in page
    assert "/coverage/country/UGA" not in page


def test_downloads_say_the_same_and_run_nothing(manager: Browser) -> None:
    answer = manager.client.get("/coverage/overlaps?as=csv")
    assert answer.headers["content-disposition"].startswith("attachment")
    rows = list(csv.reader(io.StringIO(answer.text)))
    assert rows[0][:3] == ["rank", "area", "country"]
    assert not any(cell.startswith(("=", "+", "@")) for row in rows for cell in row)
    assert manager.client.get("/coverage/gaps?as=xlsx").content.startswith(b"PK")


@pytest.mark.parametrize(
    "path",
    [
        "country/XXX",
        "country/XXX/drugs",
        "country/KEN/nothing",
        "area/nothing",
        "activity/999999",
        "activity/-1",
        "elsewhere",
    ],
)
def test_what_is_not_on_the_map_is_not_found(manager: Browser, path: str) -> None:
    manager.get(f"/coverage/{path}", expect=404)


def test_unknown_filter_or_file_is_refused(manager: Browser) -> None:
    manager.get("/coverage/gaps?area=nothing", expect=400)
    manager.get("/coverage/gaps?as=exe", expect=400)


@pytest.mark.engines
def test_correction_of_a_label_is_used_at_once_and_says_who(manager: Browser) -> None:
    def squares() -> int:
        rows = manager.get("/coverage/squares?area=explosives&as=jsonl").splitlines()
        return sum('"covered"' in row or '"overlapping"' in row for row in rows)

    before = squares()
    page = manager.get("/coverage/activity/1")
    assert "Put right by people" not in page
    given = {"area": ["explosives"], "function": ["operations"], "note": "read the <b>project</b> paper"}
    said = manager.post("/coverage/activity/1", given, on="/coverage/activity/1")
    assert "uses your correction" in said
    assert "mina" in said
    assert "corrected by mina" in said
    assert "<b>project" not in said
    assert squares() > before
    manager.post("/coverage/activity/1", {"area": ["drugs"], "function": []}, on="/coverage/activity/1")
    assert squares() == before  # the last correction holds; the first stays to be seen
    assert manager.get("/coverage/activity/1").count("mina ·") == 2
    assert [entry.kind for entry in manager.office.log.entries()].count("coverage.corrected") == 2


def test_label_that_is_none_and_roles_that_may_not_are_refused(manager: Browser, desks: Desks) -> None:
    manager.post("/coverage/activity/1", {"area": ["no-such"]}, on="/coverage/activity/1", expect=400)
    for name in ("paul", "otto", "rita"):
        other = desks.at("unodc", name)
        assert "Put the labels right" not in other.get("/coverage/activity/1")
        other.post("/coverage/activity/1", {"area": ["drugs"]}, on="/", expect=403)
