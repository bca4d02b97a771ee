"""Clock arithmetic of histories, written for them alone: instants by zones and wall clocks by the calendar."""

import calendar
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock_time
from zoneinfo import ZoneInfo

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def at(day: date, clock: clock_time, zone: ZoneInfo) -> datetime:
    """When a wall clock shows this; the first time if twice, by the offset before the gap if never."""
    return datetime.combine(day, clock, zone).astimezone(UTC)


def later(now: datetime, count: int, unit: str, zone: ZoneInfo) -> datetime:
    """So many units from now: seconds, minutes and hours elapse, the others keep the wall clock."""
    if unit in ("second", "minute", "hour"):
        return now + timedelta(**{f"{unit}s": count})
    local = now.astimezone(zone)
    day = local.date()
    if unit == "month":
        months = day.year * 12 + day.month - 1 + count
        year, month = divmod(months, 12)
        day = date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
    else:
        day += timedelta(days=count * (7 if unit == "week" else 1))
    return at(day, local.time().replace(fold=0), zone)


def coming(now: datetime, clock: clock_time, zone: ZoneInfo, weekday: str | None = None, skip: int = 0) -> datetime:
    """The next time that the wall clock shows this, on such a day; the present minute counts as next."""
    day = now.astimezone(zone).date() + timedelta(days=skip)
    minute = now.replace(second=0, microsecond=0)
    while True:
        found = at(day, clock, zone)
        if found >= minute and (weekday is None or DAYS[day.weekday()] == weekday):
            return found
        day += timedelta(days=1)
