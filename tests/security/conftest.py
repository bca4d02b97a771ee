"""People at their browsers, as for tests of the pages."""

from tests.web.conftest import _fresh_limits, desk

__all__ = ["_fresh_limits", "desk"]
