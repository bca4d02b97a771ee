"""Runs and schedules over the two nights of 2030 on which the clocks in Tirana change.

On 31 March the clock goes from 02:00 to 03:00, on 27 October from 03:00 back to 02:00.
"""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.domain.happening import look, rule, runs_of
from tests.house import ANA, House

TIRANE = ZoneInfo("Europe/Tirane")
SETTINGS = 'version 1\n\nsettings:\n  time zone "Europe/Tirane"\n\n'
SECOND = timedelta(seconds=1)


def moment(written: str) -> datetime:
    """Of "2030-03-31 03:30 +0200"."""
    return datetime.strptime(written, "%Y-%m-%d %H:%M %z").astimezone(UTC)


@pytest.mark.parametrize(
    ("start", "step", "goes_on"),
    [
        ("2030-03-30 12:00 +0100", "wait 1 day", "2030-03-31 12:00 +0200"),
        ("2030-03-30 12:00 +0100", "wait 24 hours", "2030-03-31 13:00 +0200"),
        ("2030-03-30 02:30 +0100", "wait 1 day", "2030-03-31 03:30 +0200"),
        ("2030-03-30 12:00 +0100", "wait until 02:30", "2030-03-31 03:30 +0200"),
        ("2030-03-31 01:59 +0100", "wait 1 minute", "2030-03-31 03:00 +0200"),
        ("2030-10-26 12:00 +0200", "wait 1 day", "2030-10-27 12:00 +0100"),
        ("2030-10-26 12:00 +0200", "wait 24 hours", "2030-10-27 11:00 +0100"),
        ("2030-10-26 02:30 +0200", "wait 1 day", "2030-10-27 02:30 +0200"),
        ("2030-10-26 12:00 +0200", "wait until 02:30", "2030-10-27 02:30 +0200"),
        ("2030-10-27 02:31 +0200", "wait until 02:30", "2030-10-28 02:30 +0100"),
        ("2030-10-27 02:10 +0100", "wait until 02:30", "2030-10-28 02:30 +0100"),
    ],
)
def test_a_wait_over_a_clock_change(house: House, moving_clock: Any, start: str, step: str, goes_on: str) -> None:
    moving_clock.moment = moment(start)
    house.record(mobile=ANA)
    house.rules(SETTINGS + rule("R", 'when incoming sms matches "go"', f'{step}\nsend sms "On"'))
    house.text("go")
    house.work()
    assert house.runs()[0].due_at == moment(goes_on)

    moving_clock.moment = moment(goes_on) - SECOND
    house.work()
    assert house.standin.posts == []
    moving_clock.moment = moment(goes_on)
    house.work()

    assert [post.one("Body") for post in house.standin.posts] == ["On"]


@pytest.mark.parametrize(
    ("first_day", "expected"),
    [
        ("2030-03-30 12:00 +0100", ["2030-03-31 03:30 +0200", "2030-04-01 02:30 +0200", "2030-04-02 02:30 +0200"]),
        ("2030-10-26 12:00 +0200", ["2030-10-27 02:30 +0200", "2030-10-28 02:30 +0100", "2030-10-29 02:30 +0100"]),
    ],
)
def test_a_daily_schedule_starts_once_a_day_over_a_clock_change(
    house: House, moving_clock: Any, first_day: str, expected: list[str]
) -> None:
    moving_clock.moment = moment(first_day)
    midnight = moving_clock.moment.replace(hour=0)
    house.rules(SETTINGS + rule("R", "every day at 02:30", head='  only if city is "Tirana"\n'))
    house.record(city="Tirana")
    look(house)
    for night in range(1, 4):
        for half_hours in range(-3, 9):  # from half past ten in the evening, UTC
            moving_clock.moment = midnight + timedelta(days=night, minutes=30 * half_hours)
            look(house)

    starts = [run.started_at for run in runs_of(house, "R")]
    assert starts == [moment(written) for written in expected]


@pytest.mark.parametrize(
    ("appointment", "starts"),
    [
        # 23 hours before, at the same time of the day; a clock time of the day before that was skipped
        ("2030-03-31 12:00 +0200", "2030-03-30 12:00 +0100"),
        ("2030-04-01 02:30 +0200", "2030-03-31 03:30 +0200"),
        ("2030-10-28 02:30 +0100", "2030-10-27 02:30 +0200"),
        ("2030-10-27 12:00 +0100", "2030-10-26 12:00 +0200"),
    ],
)
def test_a_moment_before_a_date_over_a_clock_change(
    house: House, moving_clock: Any, appointment: str, starts: str
) -> None:
    moving_clock.moment = moment(starts) - timedelta(hours=5)
    house.rules(SETTINGS + rule("R", "when 1 day before appointment_at"))
    house.record(appointment_at=moment(appointment).isoformat())
    look(house)
    moving_clock.moment = moment(starts) - SECOND
    look(house)
    assert runs_of(house, "R") == []
    moving_clock.moment = moment(starts)
    look(house)

    assert len(runs_of(house, "R")) == 1
