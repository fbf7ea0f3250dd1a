"""A real headless Chromium for what people will see; skipped with a reason where there is none."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


@dataclass
class Visit:
    """A page that was opened, and what it tried: console errors and requests that were not for the file itself."""

    page: Page
    errors: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def violations(self) -> list[str]:
        """What axe-core finds wrong, as `rule: number of places`."""
        from axe_playwright_python.sync_playwright import Axe

        found = Axe().run(self.page).response["violations"]
        return [f"{rule['id']}: {len(rule['nodes'])} ({rule['nodes'][0]['html'][:120]})" for rule in found]

    def overflows(self) -> bool:
        """Whether the page itself scrolls sideways."""
        return bool(self.page.evaluate("document.documentElement.scrollWidth > window.innerWidth + 1"))


@pytest.fixture
def visit(browser: Browser) -> Iterator[object]:
    """`visit(file, width=…, scheme=…)` opens a file and records what the page does."""
    contexts = []

    def open_page(file: Path, *, width: int = 1280, scheme: str = "light", script: bool = True) -> Visit:
        context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, java_script_enabled=script
        )
        contexts.append(context)
        seen = Visit(context.new_page())
        seen.page.on("console", lambda entry: seen.errors.append(entry.text) if entry.type == "error" else None)
        seen.page.on("pageerror", lambda error: seen.errors.append(str(error)))
        address = file.as_uri()
        seen.page.on("request", lambda request: None if request.url == address else seen.requests.append(request.url))
        seen.page.goto(address)
        return seen

    yield open_page
    for context in contexts:
        context.close()
