"""One furnished account for all looks at every page."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests import databases
from tests.everypage import pages
from tests.everypage.clinic import Clinic
from tests.everypage.furniture import Furniture


@pytest.fixture(scope="session")
def clinic(redis_url: str) -> Iterator[Clinic]:
    """The demo account, served."""
    with tempfile.TemporaryDirectory(dir=databases.quick_folder()) as folder:
        clinic = Clinic(Path(folder), redis_url)
        with clinic.open():
            yield clinic


@pytest.fixture(scope="session")
def furniture(clinic: Clinic, browser: Browser) -> Furniture:
    """The demo account with one of everything; where there is no browser, none is made."""
    return Furniture(clinic)


@pytest.fixture(scope="session")
def places(furniture: Furniture) -> list[pages.Place]:
    """Every page."""
    return pages.all_of(furniture)
