"""Fixtures that more than one package uses."""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, NoReturn

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data beside the checkout (ACCORD_SHARED_DATA); skips the test when it is absent."""
    folder = Path(os.environ.get("ACCORD_SHARED_DATA", Path(__file__).parents[2] / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip("the real data is not here: set ACCORD_SHARED_DATA, or keep it in ../shared/data")
    return folder


QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]  # fmt: skip


def absent(reason: str, required: str = "ACCORD_REQUIRE_BROWSER") -> NoReturn:
    """Skip, or fail where such tests must run."""
    if os.environ.get(required):
        pytest.fail(reason)
    pytest.skip(reason)


def _beside(name: str) -> ModuleType:
    """A module of this folder: pytest puts none of them on the path."""
    spec = importlib.util.spec_from_file_location(f"accord_tests_{name}", Path(__file__).with_name(f"{name}.py"))
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Any]:
    """A PostgreSQL server of this run's own (see `tests/postgresql.py`)."""
    module, required = _beside("postgresql"), "ACCORD_REQUIRE_POSTGRESQL"
    where = module.programs()
    if where is None:
        absent("no PostgreSQL on this machine: install its server to run these tests", required)
    if importlib.util.find_spec("psycopg") is None:
        absent("psycopg is not installed (make test installs it)", required)
    with module.running(where) as server:
        yield server


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Tests marked `engines` run once for each engine that can hold the state of their desks."""
    if "state" in metafunc.fixturenames and metafunc.definition.get_closest_marker("engines"):
        metafunc.parametrize("state", ["folder", "postgresql"], indirect=True)


@pytest.fixture
def state(request: pytest.FixtureRequest) -> str:
    """Where desks keep their state: empty for the folder, or the URL of a PostgreSQL database (`alone`: a fresh one)."""
    engine = getattr(request, "param", "folder")
    if engine == "folder":
        return ""
    server = request.getfixturevalue("postgresql")
    return str(server.new_database() if engine == "alone" else server.url())


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium (or any on the PATH), driven by Playwright."""
    program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if program is None:
        absent("no Chromium on this machine: install it to run the browser tests")
    sync_api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed (make test installs it)")
    with sync_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=QUIET)
        yield chromium
        chromium.close()
