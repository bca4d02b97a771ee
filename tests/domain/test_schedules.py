"""Rules that clocks start: moments before and after dates of records, and schedules."""

from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from flexie import schedules
from flexie.db import db, transaction
from rules import syntax
from tests.domain.happening import change, look, not_started, rule, runs_of
from tests.house import ANA, House


def test_a_moment_before_a_date_fires_once_at_its_minute(house: House, moving_clock: Any) -> None:
    house.rules(rule("R", "when 2 days before appointment_at at 10:00"))
    house.record(mobile=ANA, appointment_at="2030-01-10T15:00:00+00:00")
    look(house)
    moving_clock.move(hours=23, minutes=59)
    look(house)
    assert runs_of(house, "R") == []
    moving_clock.move(minutes=1)
    look(house)
    moving_clock.move(hours=1)
    look(house)

    assert len(runs_of(house, "R")) == 1


def test_a_moment_moves_with_its_field_and_each_value_fires_once(house: House, moving_clock: Any) -> None:
    house.rules(rule("R", "when 1 hour before appointment_at"))
    contact = house.record(appointment_at="2030-01-07T12:00:00+00:00")
    change(house, contact, appointment_at="2030-01-07T14:00:00+00:00")
    moving_clock.move(hours=1)
    look(house)
    assert runs_of(house, "R") == []
    moving_clock.move(hours=2)
    look(house)
    assert len(runs_of(house, "R")) == 1
    change(house, contact, appointment_at="2030-01-08T14:00:00+00:00")
    change(house, contact, appointment_at="2030-01-07T14:00:00+00:00")
    moving_clock.move(hours=1)
    look(house)

    assert len(runs_of(house, "R")) == 1


def test_a_moment_that_is_past_when_the_field_is_filled_in_does_not_fire(house: House, moving_clock: Any) -> None:
    house.rules(rule("R", "when 2 days before appointment_at"))
    house.record(appointment_at="2030-01-08T10:00:00+00:00")
    moving_clock.move(hours=3)
    look(house)

    assert runs_of(house, "R") == []


def test_a_month_after_a_day_that_the_next_month_does_not_have(house: House, moving_clock: Any) -> None:
    house.rules(rule("R", "when 1 month after customer_since at 10:00"))
    house.record(customer_since="2030-01-31")
    look(house)
    moving_clock.move(days=51)  # 27 February
    look(house)
    assert runs_of(house, "R") == []
    moving_clock.move(days=1)
    look(house)

    assert len(runs_of(house, "R")) == 1


def test_a_moment_that_nobody_was_there_for_is_said_to_be_missed(house: House, moving_clock: Any) -> None:
    house.rules(rule("R", "when 1 hour before appointment_at"))
    house.record(appointment_at="2030-01-07T12:00:00+00:00")
    look(house)
    moving_clock.move(hours=2, minutes=1)
    look(house)

    assert runs_of(house, "R") == []
    assert any("missed" in words for words in not_started(house))


@pytest.mark.parametrize(
    ("line", "minutes"),
    [("every day at 10:30", 30), ("every monday, thursday at 12:00", 120), ("every tuesday at 10:00", 24 * 60)],
)
def test_a_schedule_starts_each_record_that_meets_only_if(
    house: House, moving_clock: Any, line: str, minutes: int
) -> None:
    house.rules(rule("R", line, head='  only if city is "Tirana"\n'))
    chosen = [house.record(city="Tirana"), house.record(city="Tirana")]
    house.record(city="Vlora")
    look(house)
    moving_clock.move(minutes=minutes - 1)
    look(house)
    assert runs_of(house, "R") == []
    moving_clock.move(minutes=1)
    look(house)
    look(house)

    assert sorted(run.record_id for run in runs_of(house, "R")) == chosen


def test_a_schedule_starts_again_at_its_next_moment(house: House, moving_clock: Any) -> None:
    house.rules(rule("R", "every day at 11:00", head='  only if city is "Tirana"\n'))
    house.record(city="Tirana")
    look(house)
    for _ in range(3):
        moving_clock.move(days=1)
        look(house)

    assert len(runs_of(house, "R")) == 0, "each moment had passed for 23 hours"
    assert sum("missed" in words for words in not_started(house)) == 3
    moving_clock.move(hours=1)
    look(house)
    assert len(runs_of(house, "R")) == 1


def test_a_schedule_keeps_its_pace_and_forgets_nobody(house: House, moving_clock: Any) -> None:
    house.rules(rule("R", "every day at 10:01", head='  only if city is "Tirana"\n'))
    with house.app.app_context(), transaction():
        db.session.connection().exec_driver_sql("UPDATE settings SET starts_per_hour = 120")
    ids = [house.record(city="Tirana") for _ in range(5)]
    look(house)
    seen = []
    for _ in range(4):
        moving_clock.move(minutes=1)
        look(house)
        seen.append(len(runs_of(house, "R")))

    assert seen == [2, 4, 5, 5]
    assert [run.record_id for run in runs_of(house, "R")] == ids


def test_a_schedule_over_a_clock_change_keeps_its_clock_time(house: House) -> None:
    zone = ZoneInfo("Europe/Berlin")
    every = syntax.Every(syntax.Daily(), time(2, 30))
    moment = datetime(2030, 3, 30, 12, tzinfo=zone)
    clocks = []
    for _ in range(3):
        moment = schedules.next_every(every, moment, zone)
        clocks.append(moment.astimezone(zone).strftime("%d %H:%M"))
    assert clocks == ["31 03:30", "01 02:30", "02 02:30"]
