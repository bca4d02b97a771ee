"""What tests stand on: real databases, a real Redis, an application over each, and a clock that a test moves."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import flask_migrate
import pytest
import redis
from flask import Flask
from sqlalchemy import text

from app import create_app
from flexie import clock, config, ruleset
from flexie.db import Base, db
from flexie.models import WORD_TABLES
from tests import databases
from tests.chromium import browser as browser
from tests.chromium import playwright as playwright
from tests.chromium import whole_browser as whole_browser
from tests.house import House
from tests.moving_clock import MovingClock
from tests.standin import StandIn, serve
from tests.stretches import Stretches, in_order

POSTGRESQL = databases.postgresql()
ALL_DATABASES = ["sqlite", *(["postgresql"] if POSTGRESQL else [])]


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> Stretches:
    """How tests are shared out among processes."""
    return Stretches(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What waits longest is begun first."""
    items[:] = in_order(items)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Tests of the domain, and those marked so, run on every database that is there; the others on SQLite."""
    if "app" in metafunc.fixturenames:
        is_marked = metafunc.definition.get_closest_marker("every_database") is not None
        everywhere = is_marked or "domain" in Path(str(metafunc.definition.path)).parts
        metafunc.parametrize("app", ALL_DATABASES if everywhere else ["sqlite"], indirect=True, scope="function")


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Redis of this test process alone: a database of the server that is there, else an embedded Valkey."""
    if server := databases.redis_server():
        number = 1 + int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:]) % 15
        yield f"{server}/{number}"
        return
    data = tmp_path_factory.mktemp("valkey")
    process = subprocess.Popen([sys.executable, "-m", "flexie.embedded"], env={**os.environ, "FLEXIE_DATA": str(data)})
    url = f"unix://{config.embedded_socket(data)}"
    client = redis.Redis.from_url(url, retry=redis.retry.Retry(redis.backoff.ConstantBackoff(0.05), 200))
    client.ping()
    yield url
    process.terminate()
    process.wait()


@pytest.fixture(scope="session")
def applications(redis_url: str) -> Iterator[dict[str, Flask]]:
    """An application over each database, migrated once."""
    settings = {"REDIS_URL": redis_url, "TESTING": True, "PUBLIC_URL": "https://sms.example.test"}
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=databases.quick_folder())))
        made = {"sqlite": _application({**settings, "FLEXIE_DATA": folder})}
        if POSTGRESQL:
            url = stack.enter_context(databases.scratch(POSTGRESQL))
            made["postgresql"] = _application({**settings, "FLEXIE_DATA": folder, "SQLALCHEMY_DATABASE_URI": url})
            stack.callback(_let_go, made["postgresql"])
        yield made


def _application(settings: dict[str, object]) -> Flask:
    app = create_app(settings)
    with app.app_context():
        flask_migrate.upgrade()
    return app


def _let_go(app: Flask) -> None:
    with app.app_context():
        db.engine.dispose()
    app.extensions["intake"].engine.dispose()


@pytest.fixture
def app(request: pytest.FixtureRequest, applications: dict[str, Flask]) -> Flask:
    """The application over one database, empty but for the settings."""
    app = applications[request.param]
    with app.app_context():
        _empty()
    return app


def _empty() -> None:
    ruleset.forget()
    is_sqlite = db.engine.dialect.name == "sqlite"
    circles = [
        "UPDATE messages SET run_id = NULL",
        "UPDATE runs SET asking_id = NULL, reply_id = NULL, answer_id = NULL",
        "UPDATE rules SET version_id = NULL",
    ]
    for statement in ["PRAGMA defer_foreign_keys = ON"] if is_sqlite else circles:
        db.session.execute(text(statement))
    for name in WORD_TABLES:
        db.session.execute(text(f"DELETE FROM {name}"))
    for table in reversed(Base.metadata.sorted_tables):
        if table.name != "settings":
            db.session.execute(table.delete())
    db.session.execute(text("UPDATE settings SET prefix = NULL, name = '', time_zone = 'UTC', rules_revision = 0"))
    db.session.execute(text("UPDATE settings SET starts_before_pause = 500, starts_per_hour = 3000, send_later = NULL"))
    db.session.execute(text("UPDATE settings SET quiet_from = NULL, quiet_until = NULL, quiet_answers = true"))
    db.session.execute(text("UPDATE settings SET most_to_number = 20, most_of_rule = 5, most_of_line = 3000"))
    db.session.commit()


@pytest.fixture
def standin() -> Iterator[StandIn]:
    """A stand-in for Twilio."""
    standin = StandIn()
    server = serve(standin)
    yield standin
    server.shutdown()
    server.server_close()


@pytest.fixture
def moving_clock() -> Iterator[MovingClock]:
    """The application's clock, in the test's hand."""
    moving = MovingClock()
    with clock.injected(moving):
        yield moving


@pytest.fixture
def house(app: Flask, standin: StandIn, moving_clock: MovingClock) -> Iterator[House]:
    """A furnished account."""
    house = House(app, standin)
    yield house
    house.senders.close()
