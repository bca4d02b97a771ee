"""Moments of the rules language: durations over clock changes, the next clock time, windows, business hours.

Everything is worked out on the wall clock of a zone and handed back in UTC. Second, minute and hour are
elapsed time; day, week and month keep the clock time. A clock time that a clock change skips is taken by the
offset before the gap, one that occurs twice is the first (RFC 5545, 3.3.5; in Python `fold=0`).
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
WEEKDAY = "weekday"
"""Stands for Monday to Friday where a day is named."""

_ELAPSED = {"second": 1, "minute": 60, "hour": 3600}
_DAYS_IN = {"day": 1, "week": 7}
_OUTSIDE = "This moment lies outside the calendar; use a shorter time."

Amounts = Iterable[tuple[int | Decimal, str]]
"""A duration: (amount, unit) pairs, the unit one of second, minute, hour, day, week, month."""


class MomentError(Exception):
    """A moment that cannot be worked out; the message is a sentence for a person."""


@dataclass(frozen=True, slots=True)
class Opening:
    """One stretch of open hours on each of `days` (0 is Monday), on the wall clock.

    It ends before `closes`; where that is not after `opens`, on the next day.
    """

    days: frozenset[int]
    opens: time
    closes: time


@dataclass(frozen=True, slots=True)
class BusinessHours:
    """When a company or a group works. `closed` are days off, on which no stretch begins.

    `zone` is where the clock hangs; None means the zone of the rule's file.
    """

    openings: tuple[Opening, ...] = (Opening(frozenset(range(5)), time(9), time(17)),)
    closed: frozenset[date] = frozenset()
    zone: ZoneInfo | None = None


OFFICE = BusinessHours()
"""Monday to Friday, 09:00 to 17:00: the hours of tests, and of an account that has set none."""


def at(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """The moment (UTC) at which a clock in the zone shows this day and time.

    Raises MomentError at the ends of the calendar, where that moment has no year.
    """
    try:
        return datetime.combine(day, clock, zone).replace(fold=0).astimezone(UTC)
    except OverflowError as error:
        raise MomentError(_OUTSIDE) from error


def local(value: date | datetime, zone: ZoneInfo) -> datetime:
    """A field's value on the zone's clock: a date is its first moment, one without a zone is read in this.

    Raises MomentError like `at`.
    """
    if not isinstance(value, datetime):
        value = at(value, time(), zone)
    try:
        return value.replace(tzinfo=zone) if value.tzinfo is None else value.astimezone(zone)
    except OverflowError as error:
        raise MomentError(_OUTSIDE) from error


def day_of(value: date | datetime, zone: ZoneInfo) -> date:
    """The calendar day of a value in the zone; a date is its own day wherever one is."""
    return local(value, zone).date() if isinstance(value, datetime) else value


def add(moment: datetime, duration: Amounts, zone: ZoneInfo, *, back: bool = False) -> datetime:
    """The moment (UTC) that lies the duration after `moment`, or before it.

    Months, weeks and days first, on the wall clock; then the elapsed time. A month without the day uses its
    last. Raises MomentError for a fraction of a month and for years that no calendar has.
    """
    try:
        return _reached(moment, duration, zone, back).astimezone(UTC)
    except (OverflowError, ValueError) as error:
        raise MomentError(_OUTSIDE) from error


def _reached(moment: datetime, duration: Amounts, zone: ZoneInfo, back: bool) -> datetime:
    """The end of the duration on the zone's clock, perhaps at a time that a clock change skips."""
    sign = -1 if back else 1
    months, days, seconds = _amounts(duration)
    here = moment.astimezone(zone)
    if months or days:
        day = _months_on(here.date(), sign * months) + timedelta(days=sign * days)
        here = datetime.combine(day, here.time().replace(fold=0), zone)
    return (here.astimezone(UTC) + timedelta(seconds=sign * seconds)).astimezone(zone) if seconds else here


def _amounts(duration: Amounts) -> tuple[int, int, float]:
    months, days, seconds = 0, 0, 0.0
    for amount, unit in duration:
        if unit in _ELAPSED:
            seconds += float(amount * _ELAPSED[unit])
        elif amount != int(amount):
            raise MomentError(f"A {unit} cannot be divided here. Write hours or minutes instead.")
        elif unit in _DAYS_IN:
            days += int(amount) * _DAYS_IN[unit]
        else:
            months += int(amount)
    return months, days, seconds


def _months_on(day: date, months: int) -> date:
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def relative(anchor: date | datetime, duration: Amounts, side: str, clock: time | None, zone: ZoneInfo) -> datetime:
    """The moment (UTC) of `2 days before FIELD at 09:00`; side is `before` or `after`.

    With a clock time only the day counts that the duration leads to. A date is counted from its midnight, also
    from one that a clock change skips.
    """
    start = local(anchor, zone) if isinstance(anchor, datetime) else datetime.combine(anchor, time(), zone)
    try:
        there = _reached(start, duration, zone, side == "before")
        return at(there.date(), clock, zone) if clock is not None else there.astimezone(UTC)
    except (OverflowError, ValueError) as error:
        raise MomentError(_OUTSIDE) from error


def next_clock(now: datetime, clock: time, zone: ZoneInfo, days: Collection[str] = DAYS) -> datetime:
    """The next moment (UTC) at which the clock shows this time on one of the days; the present minute counts.

    So the moment may lie up to a minute back: then it is now.
    """
    minute = _minute_of(now, zone)
    wanted = numbers(days)
    for day in _days_from(now.astimezone(zone).date() - timedelta(days=1)):
        moment = at(day, clock, zone)
        if day.weekday() in wanted and moment >= minute:
            return moment
    raise MomentError("There is no such day. Name a day of the week.")


def tomorrow(now: datetime, clock: time, zone: ZoneInfo) -> datetime:
    """Tomorrow at this clock time (UTC); tomorrow is the next calendar day in the zone."""
    return at(now.astimezone(zone).date() + timedelta(days=1), clock, zone)


def next_in_month(now: datetime, day: int, clock: time, zone: ZoneInfo) -> datetime:
    """The next moment (UTC) on this day of a month, 1 to 31; a month without the day uses its last."""
    first = now.astimezone(zone).date().replace(day=1)
    for months in range(-1, 3):
        start = _months_on(first, months)
        moment = at(start.replace(day=min(day, monthrange(start.year, start.month)[1])), clock, zone)
        if moment >= _minute_of(now, zone):
            return moment
    raise MomentError("There is no such day in a month.")


def numbers(days: Collection[str]) -> frozenset[int]:
    """Names of days as numbers, Monday 0; `weekday` is the first five."""
    named = {DAYS.index(day) for day in days if day != WEEKDAY}
    return frozenset(named | set(range(5)) if WEEKDAY in days else named)


def is_between(now: datetime, start: time, end: time, zone: ZoneInfo) -> bool:
    """Whether now lies in the day's window, its end not included; it may pass midnight.

    A window whose ends are the same is the whole day.
    """
    return is_open(now, _window(start, end), zone)


def next_between(now: datetime, start: time, end: time, zone: ZoneInfo) -> datetime:
    """Now if it lies in the day's window, else the moment (UTC) at which the window opens."""
    return next_open(now, _window(start, end), zone)


def _window(start: time, end: time) -> BusinessHours:
    return BusinessHours((Opening(frozenset(range(7)), start, end),))


def is_open(now: datetime, hours: BusinessHours, zone: ZoneInfo) -> bool:
    """Whether it is business hours."""
    today = now.astimezone(hours.zone or zone).date()
    return any(opens <= now < closes for opens, closes in _openings(today, hours, zone, days=2))


def next_open(now: datetime, hours: BusinessHours, zone: ZoneInfo) -> datetime:
    """Now if it is business hours, else the moment (UTC) at which they begin.

    Raises MomentError if they do not begin within a year.
    """
    if is_open(now, hours, zone):
        return now
    today = now.astimezone(hours.zone or zone).date()
    coming = (opens for opens, closes in _openings(today, hours, zone, days=370) if opens >= now and closes > opens)
    found = next(coming, None)
    if found is None:
        raise MomentError("There are no business hours within a year. Set them, or wait for a clock time.")
    return found


def _openings(today: date, hours: BusinessHours, zone: ZoneInfo, *, days: int) -> Iterator[tuple[datetime, datetime]]:
    """The stretches that begin yesterday or later, by their beginning."""
    for day in _days_from(today - timedelta(days=1), days):
        if day in hours.closed:
            continue
        for opening in sorted(hours.openings, key=lambda one: one.opens):
            if day.weekday() in opening.days:
                last = day if opening.opens < opening.closes else day + timedelta(days=1)
                where = hours.zone or zone
                yield at(day, opening.opens, where), at(last, opening.closes, where)


def _days_from(day: date, count: int = 10) -> Iterator[date]:
    return (day + timedelta(days=offset) for offset in range(count))


def _minute_of(moment: datetime, zone: ZoneInfo) -> datetime:
    """The beginning of the minute (UTC) that the zone's clock shows."""
    here = moment.astimezone(zone)
    return moment.astimezone(UTC) - timedelta(seconds=here.second, microseconds=here.microsecond)
