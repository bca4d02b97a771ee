"""The account that tests of the API call."""

import pytest
from flask import Flask

from tests.api.office import Office


@pytest.fixture
def office(app: Flask) -> Office:
    """An account with an open line, a closed one, and three people."""
    return Office(app)
