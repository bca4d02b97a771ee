"""Rules of Send later in words, such as "Tomorrow 9:00", "Monday 8:30" or "In 2 hours", and the moments they mean.

A rule is taken on the account's clock, each time anew. A time that the clock skips on that day is taken by the offset
before the gap, as rules take it (02:30 becomes 03:30); of one that comes twice, the first is meant.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from flexie import hours
from flexie.models import Settings
from rules import moments
from rules.moments import DAYS, BusinessHours

MORNING = "morning"
OPENING = time(9)
"""When a morning begins on a day that has no business hours."""

UNITS = ("minute", "hour", "day", "week")
MOST_UNITS = 999
WORKING_DAY = "next working day"
_DAYS = ("today", "tomorrow", WORKING_DAY, *DAYS)
_FURTHEST = 370  # days within which a working day is looked for

_IN = re.compile(rf"in (?P<amount>an?|\d+) (?P<unit>{'|'.join(UNITS)})s?(?: (?:at )?(?P<clock>.+))?")
_ON = re.compile(rf"(?P<day>{'|'.join(_DAYS)})(?: (?:at )?(?P<clock>.+))?")
_CLOCK = re.compile(r"(?P<hour>\d{1,2})(?:[:.](?P<minute>\d{2}))?(?: ?(?P<half>[ap])\.?m\.?)?")
_EXAMPLES = "Write it as Tomorrow 9:00, Monday 8:30 or In 2 hours."


class RuleProblem(Exception):
    """Words that are no rule, with a sentence that says what to write."""


@dataclass(frozen=True)
class In:
    """So much time from now: minutes and hours as they pass, days and weeks of the calendar (at a time, if given)."""

    amount: int
    unit: str
    clock: time | str | None = None

    @property
    def passes(self) -> bool:
        """Whether it counts from the moment of the click, so that no clock time is meant."""
        return self.unit in ("minute", "hour")


@dataclass(frozen=True)
class On:
    """The next such day, at a time, or in the morning (`MORNING`): when business hours begin."""

    day: str
    clock: time | str


Rule = In | On


@dataclass(frozen=True)
class Next:
    """What a rule means now: `at` (UTC), or nothing while there is no such time.

    `skipped` is the clock time that was meant where the clock does not show it that day; `is_twice`: it shows it twice.
    """

    at: datetime | None
    skipped: time | None = None
    is_twice: bool = False


def read(words: str) -> Rule:
    """The rule that words mean.

    Raises:
        RuleProblem: they mean none.
    """
    plain = " ".join(words.casefold().split())
    if found := _IN.fullmatch(plain):
        return _read_in(found)
    if found := _ON.fullmatch(plain):
        if not found["clock"]:
            raise RuleProblem(f"Write a time behind it, as {found['day'].capitalize()} 9:00, or morning.")
        return On(found["day"], _read_clock(found["clock"]))
    raise RuleProblem(_EXAMPLES)


def _read_in(found: re.Match[str]) -> In:
    amount = 1 if found["amount"].startswith("a") else int(found["amount"][:9])
    if not 1 <= amount <= MOST_UNITS:
        raise RuleProblem(f"Write a number from 1 to {MOST_UNITS}.")
    clock = _read_clock(found["clock"]) if found["clock"] else None
    if clock is not None and found["unit"] in ("minute", "hour"):
        raise RuleProblem("Minutes and hours count from now: write no time behind them.")
    return In(amount, found["unit"], clock)


def _read_clock(words: str) -> time | str:
    if words == MORNING:
        return MORNING
    found = _CLOCK.fullmatch({"noon": "12:00", "midnight": "0:00"}.get(words, words))
    hour = int(found["hour"]) if found else 24
    if found and found["half"]:
        hour = hour % 12 + (12 if found["half"] == "p" else 0) if 1 <= hour <= 12 else 24
    minute = int(found["minute"] or 0) if found else 0
    if hour > 23 or minute > 59:
        raise RuleProblem(f"“{words[:20]}” is no time of the day. Write it as 9:00 or 17:30, or write morning.")
    return time(hour, minute)


def written(rule: Rule) -> str:
    """A rule in the words that it is kept in: Tomorrow 9:00, In 2 hours."""
    if isinstance(rule, In):
        told = f"In {rule.amount} {rule.unit}{'' if rule.amount == 1 else 's'}"
    else:
        told = rule.day.capitalize()
    clock = rule.clock if isinstance(rule.clock, str | None) else f"{rule.clock.hour}:{rule.clock.minute:02}"
    return f"{told} {clock}" if clock else told


def next_of(rule: Rule, settings: Settings, now: datetime) -> Next:
    """What a rule means at a moment, on the account's clock."""
    zone, opening_hours = ZoneInfo(settings.time_zone), hours.read(settings.business_hours)
    if isinstance(rule, In) and rule.clock is None:
        return Next(moments.add(now, ((rule.amount, rule.unit),), zone))
    for day in _days(rule, now.astimezone(zone).date(), opening_hours):
        found = _on(day, rule.clock or OPENING, opening_hours, zone)
        if found.at and found.at > now:
            return found
    return Next(None)


def _days(rule: Rule, today: date, opening_hours: BusinessHours) -> Sequence[date]:
    """The days that may be meant, from the nearest on."""
    if isinstance(rule, In):
        return [today + timedelta(days=rule.amount * (7 if rule.unit == "week" else 1))]
    coming = [today + timedelta(days=number) for number in range(8)]
    if rule.day in ("today", "tomorrow"):
        return [coming[_DAYS.index(rule.day)]]
    if rule.day == WORKING_DAY:
        further = (today + timedelta(days=number) for number in range(1, _FURTHEST))
        return [day for day in further if _opens(day, opening_hours)][:1]
    return [day for day in coming if DAYS[day.weekday()] == rule.day]


def _opens(day: date, opening_hours: BusinessHours) -> list[time]:
    """When business hours begin on a day."""
    if day in opening_hours.closed:
        return []
    return sorted(one.opens for one in opening_hours.openings if day.weekday() in one.days)


def _on(day: date, clock: time | str, opening_hours: BusinessHours, zone: ZoneInfo) -> Next:
    if isinstance(clock, str):
        opens = _opens(day, opening_hours)
        clock, zone = (opens[0], opening_hours.zone or zone) if opens else (OPENING, zone)
    at = moments.at(day, clock, zone)
    wall = datetime.combine(day, clock, zone)
    is_skipped = at.astimezone(zone).replace(tzinfo=None) != wall.replace(tzinfo=None)
    is_twice = not is_skipped and wall.utcoffset() != wall.replace(fold=1).utcoffset()
    return Next(at, clock if is_skipped else None, is_twice)
