"""People at their browsers, as for tests of the pages; and what is logged meanwhile."""

import io
import logging
import sys
from collections.abc import Iterator

import pytest

from flexie import logs
from tests.web.conftest import _fresh_limits, desk

__all__ = ["_fresh_limits", "desk"]


@pytest.fixture
def logged() -> Iterator[io.StringIO]:
    """Everything that any logger writes, as `logs.set_up` has it written, our own loggers from their debugging on."""
    written, before = io.StringIO(), sys.stderr
    sys.stderr = written
    logs.set_up(logging.DEBUG)
    yield written
    sys.stderr = before
    logs.set_up()
