"""Moments around changes of the clock in odd zones, held against a second way to work them out.

The long version looks at every change from 1970 to 2040:  python -m tests.rules.long_runs zones
"""

import random
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from rules import moments
from rules.conditions import holds
from rules.facts import Facts
from rules.moments import DAYS, WEEKDAY, MomentError
from rules.parser import parse
from rules.templates import TemplateError
from tests.rules.wall_clocks import DAY, ZONES, Change, WallClock, moment, moved, seconds, wall_clock

HOUR = 3_600
YEARS = range(1970, 2041)
DURATIONS = [
    [(1, "day")],
    [(24, "hour")],
    [(1, "week")],
    [(1, "month")],
    [(13, "month")],
    [(2, "day"), (3, "hour")],
    [(1, "month"), (1, "day"), (90, "minute")],
    [(40, "minute")],
    [(59, "second")],
    [(12, "month"), (2, "week")],
]
WEEKDAYS = [DAYS, (WEEKDAY,), ("saturday", "sunday"), *((day,) for day in DAYS)]

Case = tuple[str, datetime, int]
"""What was asked, the answer, and the second that it should be."""


def cases_around(clock: WallClock, change: Change, rounds: int) -> Iterator[Case]:
    """Questions whose answers lie about a change."""
    chance = random.Random(f"{clock.name} {change.at}")
    for _ in range(rounds):
        for asked in ASKED:
            yield asked(clock, change, chance)


def near(change: Change, chance: random.Random) -> int:
    """A second before, at or after a change, often on its edge."""
    width = abs(change.after - change.before)
    return change.at + chance.choice(
        [-1, 0, 1, -width, width, chance.randint(-2 * width, 2 * width), chance.randint(-2 * DAY, 2 * DAY)]
    )


def wall_near(change: Change, chance: random.Random) -> int:
    """A wall time that the change skips, shows twice, or nearly so."""
    return near(change, chance) + chance.choice([change.before, change.after])


def split(wall: int) -> tuple[date, time]:
    """A wall time as a day and a time."""
    shown = moment(wall)
    return shown.date(), shown.time()


def ask_at(clock: WallClock, change: Change, chance: random.Random) -> Case:
    wall = wall_near(change, chance)
    return f"at {moment(wall):%F %T}", moments.at(*split(wall), clock.zone), clock.first(wall)


def ask_add(clock: WallClock, change: Change, chance: random.Random) -> Case:
    duration, back = chance.choice(DURATIONS), chance.random() < 0.5
    months, days, elapsed = amounts(duration, back)
    start = near(change, chance)
    if chance.random() < 0.7:  # so that it ends there
        start = clock.first(moved(clock.shown(start), -months, -days)) - elapsed
    answer = moments.add(moment(start), duration, clock.zone, back=back)
    return f"{duration} {back=} from {moment(start)}", answer, clock.plus(start, months, days, elapsed)


def amounts(duration: list[tuple[int, str]], back: bool) -> tuple[int, int, int]:
    """Months, days and elapsed seconds."""
    in_days, in_seconds = {"day": 1, "week": 7}, {"second": 1, "minute": 60, "hour": HOUR}
    sign = -1 if back else 1
    months = sum(amount for amount, unit in duration if unit == "month")
    days = sum(amount * in_days.get(unit, 0) for amount, unit in duration)
    elapsed = sum(amount * in_seconds.get(unit, 0) for amount, unit in duration)
    return sign * months, sign * days, sign * elapsed


def ask_next_clock(clock: WallClock, change: Change, chance: random.Random) -> Case:
    now, days = near(change, chance), chance.choice(WEEKDAYS)
    wanted = wall_near(change, chance) % DAY // 60 * 60
    if chance.random() < 0.5:  # about the minute itself
        now = clock.first(clock.shown(now) // DAY * DAY + wanted) + chance.randint(-70, 130)
    answer = moments.next_clock(moment(now), split(wanted)[1], clock.zone, days)
    expected = clock.next_clock(now, wanted, moments.numbers(days))
    return f"next {moment(wanted):%T} on {days} at {moment(now)}", answer, expected


def ask_next_in_month(clock: WallClock, change: Change, chance: random.Random) -> Case:
    now, wall = near(change, chance) - chance.choice([0, 0, 20 * DAY]), wall_near(change, chance)
    day = chance.choice([split(wall)[0].day, split(wall)[0].day, 1, 28, 29, 30, 31])
    wanted = wall % DAY // 60 * 60
    answer = moments.next_in_month(moment(now), day, split(wanted)[1], clock.zone)
    return f"day {day} {moment(wanted):%T} at {moment(now)}", answer, clock.next_in_month(now, day, wanted)


def ask_tomorrow(clock: WallClock, change: Change, chance: random.Random) -> Case:
    now, wanted = near(change, chance) - chance.choice([0, DAY]), wall_near(change, chance) % DAY
    answer = moments.tomorrow(moment(now), split(wanted)[1], clock.zone)
    day = clock.shown(now) // DAY + 1
    return f"tomorrow {moment(wanted):%T} at {moment(now)}", answer, clock.first(day * DAY + wanted)


def ask_relative(clock: WallClock, change: Change, chance: random.Random) -> Case:
    """Of a date: on the wall from its midnight, also where the clock never shows that."""
    duration, side = chance.choice([[], *DURATIONS]), chance.choice(["before", "after"])
    months, days, elapsed = amounts(duration, side == "before")
    wall = moved(wall_near(change, chance), chance.choice([0, -months]), chance.choice([0, -days]))
    is_date = chance.random() < 0.5
    start = wall // DAY * DAY if is_date else clock.shown(clock.first(wall))
    anchor = split(start)[0] if is_date else moment(clock.first(wall))
    at = chance.choice([None, wall_near(change, chance) % DAY])
    wanted = None if at is None else split(at)[1]
    answer = moments.relative(anchor, duration, side, wanted, clock.zone)
    ends = moved(start, months, days)
    expected = clock.first(ends) + elapsed if months or days or is_date else clock.first(wall) + elapsed
    if at is not None:
        ends = clock.shown(expected) if elapsed else ends
        expected = clock.first(ends // DAY * DAY + at)
    return f"{duration} {side} {anchor} at {wanted}", answer, expected


ASKED: list[Callable[[WallClock, Change, random.Random], Case]] = [
    ask_at,
    ask_add,
    ask_next_clock,
    ask_next_in_month,
    ask_tomorrow,
    ask_relative,
]


def differences(clock: WallClock, change: Change, rounds: int) -> list[str]:
    """Where the two ways differ, in words."""
    return [
        f"{clock.name}: {asked}: {answer}, not {moment(expected)}"
        for asked, answer, expected in cases_around(clock, change, rounds)
        if answer != moment(expected)
    ]


def changes_of(clock: WallClock) -> list[Change]:
    """The changes that lie in the years of the test."""
    return [change for change in clock.changes if moment(change.at).year in YEARS]


@pytest.mark.parametrize("name", ZONES)
def test_both_ways_agree_about_changes_of_the_clock(name: str) -> None:
    clock = wall_clock(name)
    changes = changes_of(clock) or [Change(seconds(datetime(2028, 2, 29, tzinfo=UTC)), 0, 0)]
    for change in random.Random(name).sample(changes, min(8, len(changes))):
        assert differences(clock, change, rounds=10) == []


@pytest.mark.parametrize(
    ("anchor", "duration", "side", "clock", "zone", "expected"),
    [
        # The clock skips the midnight with which 8 September 2030 begins in Santiago.
        (date(2030, 9, 8), [(1, "day")], "before", None, "America/Santiago", "2030-09-07 00:00 -0400"),
        (date(2030, 9, 8), [], "after", None, "America/Santiago", "2030-09-08 01:00 -0300"),
        # It skips 23:00 to 24:00 of 25 March 2034 in Nuuk: a week before 1 April is still the 25th.
        (datetime(2034, 4, 2, 0, 15, tzinfo=UTC), [(1, "week")], "before", time(9), "America/Nuuk",
         "2034-03-25 09:00 -0200"),
        # There was no 30 December 2011 in Apia.
        (date(2011, 12, 31), [(1, "day")], "before", time(9), "Pacific/Apia", "2011-12-31 09:00 +1400"),
        (date(2011, 12, 31), [(2, "day")], "before", time(9), "Pacific/Apia", "2011-12-29 09:00 -1000"),
    ],
)  # fmt: skip
def test_a_moment_relative_to_a_day_that_a_clock_change_shortens(
    anchor: date, duration: list, side: str, clock: time | None, zone: str, expected: str
) -> None:
    found = moments.relative(anchor, duration, side, clock, ZoneInfo(zone))
    assert found.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M %z") == expected


EARLIER, LATER = (datetime(2030, 10, 27, hour, 50 - hour * 30, tzinfo=UTC) for hour in (0, 1))
"""02:50 summer time and 02:20 winter time in Tirana: later, though the clock shows less."""

REPEATED = Facts(now=LATER, zone=ZoneInfo("Europe/Tirane"), fields={"earlier": EARLIER, "later": LATER})


@pytest.mark.parametrize(
    ("written", "expected"),
    [("earlier < later", True), ("earlier is before now", True), ("later <= earlier", False)],
)
def test_moments_of_the_hour_that_comes_twice_are_put_in_their_real_order(written: str, expected: bool) -> None:
    parsed = parse(f'version 1\n\nrule "R":\n  for contact\n  when created\n  only if {written}\n\n  stop\n')
    assert holds(parsed.file.rules[0].only_if[0].condition, REPEATED) is expected


def test_texts_put_them_in_their_real_order_too() -> None:
    assert REPEATED.fill("{% if earlier < later %}right{% else %}wrong{% endif %}").text == "right"


def test_a_date_at_the_end_of_the_calendar_is_an_error_with_advice() -> None:
    """Some programs write the year 1 for no date; west of Greenwich that lies in no year."""
    nowhere = datetime(1, 1, 1, tzinfo=UTC)
    about = Facts(now=LATER, zone=ZoneInfo("America/New_York"), fields={"due": nowhere, "later": LATER})
    with pytest.raises(MomentError, match="outside the calendar"):
        moments.relative(nowhere, [], "after", time(9), about.zone)
    with pytest.raises(MomentError, match="outside the calendar"):
        moments.at(date(9999, 12, 31), time(23), about.zone)
    with pytest.raises(TemplateError, match="outside the calendar"):
        about.fill("{{ due }}")
