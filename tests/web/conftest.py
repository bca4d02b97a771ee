"""A furnished account with people at their browsers."""

from collections.abc import Iterator

import pytest
from flask import Flask

from tests.house import House
from tests.moving_clock import MovingClock
from tests.standin import StandIn, serve
from tests.web.desk import Desk


@pytest.fixture(autouse=True)
def _fresh_limits(app: Flask) -> Iterator[None]:
    """Every test has its own minute of guesses."""
    app.extensions["guesses"].reset()
    yield
    app.extensions["guesses"].reset()


@pytest.fixture(scope="session")
def standin() -> Iterator[StandIn]:
    """One stand-in for Twilio for all tests of pages: they look at what is queued, not at what it answers."""
    standin = StandIn()
    server = serve(standin)
    yield standin
    server.shutdown()
    server.server_close()


@pytest.fixture
def desk(house: House, moving_clock: MovingClock) -> Desk:
    """The account, and Mira the administrator at her browser; nothing was posted to the stand-in yet."""
    house.standin.forget()
    return Desk(house, moving_clock)
