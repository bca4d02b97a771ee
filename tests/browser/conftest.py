"""One running system for all walks, and three hands to walk with."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser import customers
from tests.browser.hands import HANDS, Hand
from tests.browser.installation import Installation


@pytest.fixture(scope="session", autouse=True)
def _needs_a_browser(browser: Browser) -> None:
    """Where there is no browser, no system is started either."""


@pytest.fixture(scope="session")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    running = Installation(tmp_path_factory.mktemp("data"))
    running.start()
    yield running
    running.interrupt()


@pytest.fixture(params=HANDS, ids=lambda kind: kind.__name__)
def hand(request: pytest.FixtureRequest, browser: Browser, installation: Installation) -> Hand:
    """The same deeds by mouse, by keys alone, and by a finger on a phone's screen."""
    return request.param(browser, installation)


@pytest.fixture(autouse=True)
def _no_page_stays_open(browser: Browser, installation: Installation) -> Iterator[None]:
    """Pages that stay open go on listening and looking, and take time from the tests after them.

    What made-up customers wrote is put away, so that the demo's own conversations stay where a list begins.
    """
    yield
    for context in browser.contexts:
        context.close()
    installation.put_away(f"{customers.AREA}%")
