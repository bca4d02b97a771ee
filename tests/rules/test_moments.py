"""Moments over clock changes, month ends and midnights."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules import moments
from rules.moments import DAYS, OFFICE, BusinessHours, MomentError, Opening

TIRANE = ZoneInfo("Europe/Tirane")
NEW_YORK = ZoneInfo("America/New_York")
ZONES = [ZoneInfo(name) for name in ("UTC", "Europe/Tirane", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata")]


def wall(written: str, zone: ZoneInfo = TIRANE, fold: int = 0) -> datetime:
    return datetime.fromisoformat(written).replace(tzinfo=zone, fold=fold)


def shown(moment: datetime, zone: ZoneInfo = TIRANE) -> str:
    assert moment.tzinfo is UTC
    return moment.astimezone(zone).strftime("%Y-%m-%d %H:%M %z")


@pytest.mark.parametrize(
    ("start", "duration", "back", "expected"),
    [
        ("2030-01-31 10:00", [(1, "month")], False, "2030-02-28 10:00 +0100"),
        ("2028-01-31 10:00", [(1, "month")], False, "2028-02-29 10:00 +0100"),
        ("2030-03-31 10:00", [(1, "month")], True, "2030-02-28 10:00 +0100"),
        ("2030-01-15 10:00", [(13, "month")], True, "2028-12-15 10:00 +0100"),
        # The clock goes forward on 31 March 2030 at 02:00 and back on 27 October at 03:00.
        ("2030-03-30 12:00", [(1, "day")], False, "2030-03-31 12:00 +0200"),
        ("2030-03-30 12:00", [(24, "hour")], False, "2030-03-31 13:00 +0200"),
        ("2030-10-26 12:00", [(1, "day")], False, "2030-10-27 12:00 +0100"),
        ("2030-10-26 12:00", [(24, "hour")], False, "2030-10-27 11:00 +0100"),
        ("2030-03-30 02:30", [(1, "day")], False, "2030-03-31 03:30 +0200"),
        ("2030-10-26 02:30", [(1, "day")], False, "2030-10-27 02:30 +0200"),
        ("2030-10-27 02:30", [(1, "hour")], False, "2030-10-27 02:30 +0100"),
        ("2030-03-24 02:30", [(1, "week")], False, "2030-03-31 03:30 +0200"),
        ("2030-03-31 12:00", [(1, "day")], True, "2030-03-30 12:00 +0100"),
        ("2030-01-01 00:00", [(1, "hour"), (30, "minute")], False, "2030-01-01 01:30 +0100"),
        ("2030-01-01 00:00", [(Decimal("2.5"), "hour")], False, "2030-01-01 02:30 +0100"),
        ("2030-01-31 23:30", [(1, "month"), (1, "day"), (1, "hour")], False, "2030-03-02 00:30 +0100"),
    ],
)
def test_a_duration_is_added(start: str, duration: list, back: bool, expected: str) -> None:
    assert shown(moments.add(wall(start), duration, TIRANE, back=back)) == expected


def test_the_second_half_past_two_stays_the_second_while_only_time_passes() -> None:
    second = wall("2030-10-27 02:30", fold=1)
    assert shown(moments.add(second, [(10, "minute")], TIRANE)) == "2030-10-27 02:40 +0100"


@given(st.datetimes(datetime(2000, 1, 1), datetime(2035, 1, 1)), st.integers(0, 10_000), st.sampled_from(ZONES))
def test_elapsed_time_is_elapsed_in_every_zone(naive: datetime, minutes: int, zone: ZoneInfo) -> None:
    start = naive.replace(tzinfo=UTC)
    assert moments.add(start, [(minutes, "minute")], zone) - start == timedelta(minutes=minutes)


@given(st.datetimes(datetime(2000, 1, 1), datetime(2035, 1, 1)), st.integers(1, 400), st.sampled_from(ZONES))
def test_days_keep_the_clock_unless_the_clock_change_skips_it(naive: datetime, days: int, zone: ZoneInfo) -> None:
    start = naive.replace(tzinfo=UTC)
    there = moments.add(start, [(days, "day")], zone).astimezone(zone)
    expected = start.astimezone(zone).replace(tzinfo=None, fold=0) + timedelta(days=days)
    gap = expected.replace(tzinfo=zone).utcoffset() != expected.replace(tzinfo=zone, fold=1).utcoffset()
    assert gap or there.replace(tzinfo=None, fold=0) == expected


def test_what_no_calendar_has_is_an_error_with_advice() -> None:
    with pytest.raises(MomentError, match="shorter"):
        moments.add(wall("2030-01-01 00:00"), [(999_999, "month")], TIRANE)
    with pytest.raises(MomentError, match="hours or minutes"):
        moments.add(wall("2030-01-01 00:00"), [(Decimal("1.5"), "day")], TIRANE)


@pytest.mark.parametrize(
    ("now", "clock", "days", "expected"),
    [
        ("2030-01-07 08:00", "09:00", DAYS, "2030-01-07 09:00 +0100"),
        ("2030-01-07 09:00:59", "09:00", DAYS, "2030-01-07 09:00 +0100"),
        ("2030-01-07 09:01", "09:00", DAYS, "2030-01-08 09:00 +0100"),
        ("2030-01-07 09:30", "09:30", ("monday",), "2030-01-07 09:30 +0100"),
        ("2030-01-07 09:31", "09:30", ("monday",), "2030-01-14 09:30 +0100"),
        ("2030-01-05 12:00", "09:00", ("weekday",), "2030-01-07 09:00 +0100"),
        ("2030-01-04 12:00", "09:00", ("weekday", "saturday"), "2030-01-05 09:00 +0100"),
        ("2030-03-31 01:00", "02:30", DAYS, "2030-03-31 03:30 +0200"),
        ("2030-03-31 03:10", "02:30", DAYS, "2030-03-31 03:30 +0200"),
        ("2030-10-27 00:00", "02:30", DAYS, "2030-10-27 02:30 +0200"),
    ],
)
def test_the_next_clock_time(now: str, clock: str, days: tuple[str, ...], expected: str) -> None:
    assert shown(moments.next_clock(wall(now), time.fromisoformat(clock), TIRANE, days)) == expected


def test_between_the_two_half_past_twos_the_next_one_is_tomorrow() -> None:
    now = wall("2030-10-27 02:10", fold=1)
    assert shown(moments.next_clock(now, time(2, 30), TIRANE)) == "2030-10-28 02:30 +0100"


def test_tomorrow_is_the_next_calendar_day_of_the_zone() -> None:
    late_in_utc = datetime(2030, 1, 7, 23, 30, tzinfo=UTC)
    assert shown(moments.tomorrow(late_in_utc, time(9), TIRANE)) == "2030-01-09 09:00 +0100"


@pytest.mark.parametrize(
    ("now", "day", "expected"),
    [
        ("2030-01-31 08:00", 31, "2030-01-31 09:00 +0100"),
        ("2030-01-31 09:01", 31, "2030-02-28 09:00 +0100"),
        ("2030-12-02 00:00", 1, "2031-01-01 09:00 +0100"),
        ("2028-02-10 00:00", 30, "2028-02-29 09:00 +0100"),
    ],
)
def test_a_month_without_the_day_uses_its_last(now: str, day: int, expected: str) -> None:
    assert shown(moments.next_in_month(wall(now), day, time(9), TIRANE)) == expected


@pytest.mark.parametrize(
    ("anchor", "duration", "side", "clock", "expected"),
    [
        (wall("2030-01-10 15:00"), [(2, "day")], "before", time(10), "2030-01-08 10:00 +0100"),
        (wall("2030-01-10 15:00"), [(2, "day")], "before", None, "2030-01-08 15:00 +0100"),
        (wall("2030-01-10 15:00"), [(2, "hour")], "before", None, "2030-01-10 13:00 +0100"),
        (date(2030, 1, 10), [(1, "day")], "after", time(10), "2030-01-11 10:00 +0100"),
        (date(2030, 1, 10), [(1, "day")], "after", None, "2030-01-11 00:00 +0100"),
        (datetime(2030, 1, 9, 23, 30, tzinfo=UTC), [(1, "day")], "before", time(9), "2030-01-09 09:00 +0100"),
        (datetime(2030, 1, 10, 15, 0), [(1, "day")], "before", None, "2030-01-09 15:00 +0100"),
        (date(2029, 12, 31), [(12, "month")], "after", time(11), "2030-12-31 11:00 +0100"),
    ],
)
def test_moments_relative_to_a_field(
    anchor: date, duration: list, side: str, clock: time | None, expected: str
) -> None:
    assert shown(moments.relative(anchor, duration, side, clock, TIRANE)) == expected


@pytest.mark.parametrize(
    ("now", "start", "end", "inside"),
    [
        ("2030-01-07 09:00", "09:00", "20:00", True),
        ("2030-01-07 19:59:59", "09:00", "20:00", True),
        ("2030-01-07 20:00", "09:00", "20:00", False),
        ("2030-01-07 23:00", "22:00", "07:00", True),
        ("2030-01-07 06:59", "22:00", "07:00", True),
        ("2030-01-07 07:00", "22:00", "07:00", False),
        ("2030-01-07 12:00", "09:00", "09:00", True),
    ],
)
def test_windows_of_the_day(now: str, start: str, end: str, inside: bool) -> None:
    opens, closes = time.fromisoformat(start), time.fromisoformat(end)
    assert moments.is_between(wall(now), opens, closes, TIRANE) is inside
    opened = moments.next_between(wall(now), opens, closes, TIRANE)
    assert (opened == wall(now)) is inside
    assert moments.is_between(opened, opens, closes, TIRANE)


@pytest.mark.parametrize(
    ("now", "start", "end", "opens"),
    [
        ("2030-03-31 01:00", "02:30", "02:45", "2030-03-31 03:30 +0200"),
        ("2030-03-31 03:45", "02:30", "02:45", "2030-04-01 02:30 +0200"),
        ("2030-03-31 01:00", "02:15", "03:10", "2030-04-01 02:15 +0200"),
    ],
)
def test_a_window_that_the_clock_change_skips(now: str, start: str, end: str, opens: str) -> None:
    found = moments.next_between(wall(now), time.fromisoformat(start), time.fromisoformat(end), TIRANE)
    assert shown(found) == opens
    assert moments.is_between(found, time.fromisoformat(start), time.fromisoformat(end), TIRANE)


@pytest.mark.parametrize(
    ("now", "opens"),
    [
        ("2030-01-07 09:00", None),
        ("2030-01-07 16:59", None),
        ("2030-01-07 17:00", "2030-01-08 09:00 +0100"),
        ("2030-01-04 18:00", "2030-01-07 09:00 +0100"),
        ("2030-01-07 03:00", "2030-01-07 09:00 +0100"),
    ],
)
def test_office_hours(now: str, opens: str | None) -> None:
    moment = wall(now)
    assert moments.is_open(moment, OFFICE, TIRANE) is (opens is None)
    found = moments.next_open(moment, OFFICE, TIRANE)
    assert found == moment if opens is None else shown(found) == opens


def test_business_hours_may_pass_midnight_have_days_off_and_a_zone_of_their_own() -> None:
    night = BusinessHours((Opening(frozenset({4}), time(22), time(2)),), frozenset({date(2030, 1, 11)}), NEW_YORK)
    assert moments.is_open(wall("2030-01-05 01:30", NEW_YORK), night, TIRANE)
    assert not moments.is_open(wall("2030-01-05 02:00", NEW_YORK), night, TIRANE)
    assert not moments.is_open(wall("2030-01-11 23:00", NEW_YORK), night, TIRANE)
    opens = moments.next_open(wall("2030-01-05 02:00", NEW_YORK), night, TIRANE)
    assert shown(opens, NEW_YORK) == "2030-01-18 22:00 -0500"


def test_hours_that_never_come_are_an_error() -> None:
    with pytest.raises(MomentError, match="business hours"):
        moments.next_open(wall("2030-01-07 09:00"), BusinessHours(()), TIRANE)
