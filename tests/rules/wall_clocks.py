"""A second way to work out moments, to hold `rules.moments` against.

It shares nothing with it but the tables of zoneinfo: a zone is read once into its changes of offset, and from
then on everything is whole seconds since 1970 and a calendar of its own (RFC 5545, 3.3.5).
"""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import pairwise
from zoneinfo import ZoneInfo

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
FIRST, LAST = 1969, 2041
"""Years that are read, one more at either end than are tested."""

DAY = 86_400
APART = 8 * DAY
"""No zone changes its offset and takes it back within this time; looking more often only takes longer."""

_LENGTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)

# Changes by half an hour, by a day, at midnight, a minute past it, in Ramadan, with a winter that is the exception,
# by two hours, ended for good, offsets of odd minutes and seconds.
ZONES = (
    "Africa/Cairo", "Africa/Casablanca", "Africa/El_Aaiun", "Africa/Juba", "Africa/Monrovia", "Africa/Windhoek",
    "America/Asuncion", "America/Caracas", "America/Goose_Bay", "America/Havana", "America/New_York", "America/Nuuk",
    "America/Sao_Paulo", "America/Scoresbysund", "America/St_Johns", "Antarctica/Casey", "Antarctica/Troll",
    "Asia/Amman", "Asia/Beirut", "Asia/Gaza", "Asia/Kathmandu", "Asia/Kolkata", "Asia/Pyongyang", "Asia/Singapore",
    "Asia/Tehran", "Atlantic/Azores", "Australia/Adelaide", "Australia/Eucla", "Australia/Lord_Howe",
    "America/Santiago", "Europe/Dublin", "Europe/Istanbul", "Europe/Lisbon", "Europe/London", "Europe/Moscow",
    "Europe/Tirane", "Europe/Volgograd", "Pacific/Apia", "Pacific/Chatham", "Pacific/Easter", "Pacific/Fakaofo",
    "Pacific/Kiritimati", "Pacific/Kwajalein", "Pacific/Norfolk", "UTC",
)  # fmt: skip


@dataclass(frozen=True)
class Change:
    """The second at which a zone's offset changes, and both offsets in seconds east."""

    at: int
    before: int
    after: int


def seconds(moment: datetime) -> int:
    """Whole seconds since 1970 of an aware moment."""
    return (moment - EPOCH) // timedelta(seconds=1)


def moment(second: int) -> datetime:
    """The other way round, in UTC."""
    return EPOCH + timedelta(seconds=second)


@cache
def wall_clock(name: str, apart: int = APART) -> "WallClock":
    """The zone of this name, read once, looking every so many seconds for a change of its offset."""
    return WallClock(name, apart)


class WallClock:
    """A clock on a wall in one zone. A wall time is counted in seconds like a moment, as if it were in UTC."""

    def __init__(self, name: str, apart: int) -> None:
        self.name, self.zone = name, ZoneInfo(name)
        self._only = self._read(0)
        self.changes = list(self._found(apart))
        self._at = [change.at for change in self.changes]

    def _found(self, apart: int) -> Iterator[Change]:
        """Closes in on each change by halves."""
        marks = range(seconds(datetime(FIRST, 1, 1, tzinfo=UTC)), seconds(datetime(LAST, 12, 31, tzinfo=UTC)), apart)
        for low, high in pairwise(marks):
            before, after = self._read(low), self._read(high)
            if before != after:
                while high - low > 1:
                    middle = (low + high) // 2
                    low, high = (middle, high) if self._read(middle) == before else (low, middle)
                yield Change(high, before, after)

    def _read(self, second: int) -> int:
        offset = moment(second).astimezone(self.zone).utcoffset()
        assert offset is not None
        return offset // timedelta(seconds=1)

    def offset(self, second: int) -> int:
        """Seconds east of UTC at a moment."""
        place = bisect_right(self._at, second)
        if place:
            return self.changes[place - 1].after
        return self.changes[0].before if self.changes else self._only

    def shown(self, second: int) -> int:
        """The wall time at a moment."""
        return second + self.offset(second)

    def first(self, wall: int) -> int:
        """The moment at which the clock first shows a wall time; a skipped one by the offset before the gap."""
        near = [change for change in self.changes if abs(change.at - wall) <= 3 * DAY]
        offsets = {self.offset(wall), *(change.before for change in near), *(change.after for change in near)}
        showing = [wall - offset for offset in offsets if self.shown(wall - offset) == wall]
        if showing:
            return min(showing)
        (gap,) = [change for change in near if change.at + change.before <= wall < change.at + change.after]
        return wall - gap.before

    def plus(self, second: int, months: int, days: int, elapsed: int) -> int:
        """Months and days on the wall, then elapsed seconds; all may be negative."""
        if not months and not days:
            return second + elapsed
        return self.first(moved(self.shown(second), months, days)) + elapsed

    def next_clock(self, now: int, clock: int, weekdays: frozenset[int]) -> int:
        """The earliest moment of a clock time (seconds into the day) that is not before the present minute."""
        today, since = self.shown(now) // DAY, now - self.shown(now) % 60
        # 1 January 1970 was a Thursday.
        days = [day for day in range(today - 4, today + 14) if (day + 3) % 7 in weekdays]
        return min(found for day in days if (found := self.first(day * DAY + clock)) >= since)

    def next_in_month(self, now: int, day: int, clock: int) -> int:
        """The earliest such moment on this day of a month, or on its last if it has no such day."""
        year, month, _ = calendar_day(self.shown(now) // DAY)
        months = [divmod(year * 12 + month - 1 + step, 12) for step in range(-2, 4)]
        days = [days_until(year, month + 1, min(day, length(year, month + 1))) for year, month in months]
        since = now - self.shown(now) % 60
        return min(found for day in days if (found := self.first(day * DAY + clock)) >= since)


def moved(wall: int, months: int, days: int) -> int:
    """A wall time some months and days further, on the last day of a month that lacks the day."""
    year, month, day = calendar_day(wall // DAY)
    year, month = divmod(year * 12 + month - 1 + months, 12)
    day = min(day, length(year, month + 1))
    return (days_until(year, month + 1, day) + days) * DAY + wall % DAY


def is_leap(year: int) -> bool:
    """Gregorian."""
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def length(year: int, month: int) -> int:
    """Days of a month."""
    return _LENGTHS[month - 1] + (month == 2 and is_leap(year))


def days_until(year: int, month: int, day: int) -> int:
    """Days from 1 January 1970 to a date, year by year."""
    years = sum(365 + is_leap(one) for one in range(1970, year)) - sum(365 + is_leap(one) for one in range(year, 1970))
    return years + sum(length(year, one) for one in range(1, month)) + day - 1


def calendar_day(days: int) -> tuple[int, int, int]:
    """The year, month and day that lie so many days after 1 January 1970."""
    year, month = 1970, 1
    while days < 0:
        year -= 1
        days += 365 + is_leap(year)
    while days >= 365 + is_leap(year):
        days -= 365 + is_leap(year)
        year += 1
    while days >= length(year, month):
        days -= length(year, month)
        month += 1
    return year, month, days + 1
