"""SQLite chooses indexes by how rows are spread; the clock tells it, once a table is large."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import text

from flexie import survey
from flexie.db import db, is_postgresql, transaction
from flexie.timekeeper import Timekeeper
from tests.house import ANA, House


@pytest.fixture
def surveyed(house: House) -> Iterator[Flask]:
    """The application; statistics are forgotten afterwards."""
    yield house.app
    with house.app.app_context(), transaction():
        if not is_postgresql():
            db.session.execute(text("DROP TABLE IF EXISTS sqlite_stat1"))
            db.session.execute(text("DROP TABLE IF EXISTS sqlite_stat4"))


def known() -> set[str]:
    """The tables that there are statistics of."""
    with transaction():
        kept = db.session.scalar(text("SELECT count(*) FROM sqlite_schema WHERE name = 'sqlite_stat1'"))
        return set(db.session.scalars(text("SELECT tbl FROM sqlite_stat1"))) if kept else set()


def test_the_clock_surveys_large_tables_at_once_and_then_by_the_hour(
    surveyed: Flask, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.record(first_name="Ana", mobile=ANA)
    with surveyed.app_context():
        timekeeper = Timekeeper(surveyed)
        timekeeper.tick()
        if is_postgresql():
            return
        assert known() == set()  # nothing is large yet
        monkeypatch.setattr(survey, "FEWEST_ROWS", 1)
        timekeeper.tick()
        assert known() == set()  # and nobody looks again so soon
        Timekeeper(surveyed).tick()
        assert {"records", "phone_keys"} <= known()
