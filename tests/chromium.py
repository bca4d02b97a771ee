"""The browsers of a test process. Two Playwrights in one process get in each other's way, so all walks share one.

Walks go in Chromium's headless shell where it is installed: the same engine without what a window needs, which costs
half the time. It cannot show PDFs; whatever has to do with them asks for the whole Chromium.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Playwright

CHROMIUM = os.environ.get("CHROMIUM") or "/usr/bin/chromium"
SHELL = os.environ.get("CHROMIUM_SHELL") or shutil.which("chromium-headless-shell") or CHROMIUM


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """Where there is no Chromium, tests that need one are skipped. Playwright is loaded only where it is used."""
    if not Path(CHROMIUM).exists():
        pytest.skip("no Chromium on this machine")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """The one that walks."""
    browser = launched(playwright, SHELL)
    yield browser
    browser.close()


@pytest.fixture
def whole_browser(playwright: Playwright) -> Iterator[Browser]:
    """One that shows PDFs."""
    browser = launched(playwright, CHROMIUM)
    yield browser
    browser.close()


def launched(playwright: Playwright, program: str) -> Browser:
    """A browser without a window, by the path of its program."""
    return playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
