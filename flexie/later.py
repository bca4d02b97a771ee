"""Sending later: the moments that are offered, and the ones that people choose, on the account's clock."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from flexie import hours
from flexie.models import Settings
from rules import moments
from rules.moments import BusinessHours

HOUR = "hour"
MORNING = time(9)
"""When a morning begins on a day that has no business hours."""


class NotLater(Exception):
    """A choice that is no moment, or one that has passed; with a sentence for the person."""


@dataclass(frozen=True)
class When:
    """Not before `at`; with `unless_reply`, not once the other side has written. `chosen` is how a form said so."""

    at: datetime | None = None
    unless_reply: bool = False
    chosen: str = ""


NOW = When()


@dataclass(frozen=True)
class Preset:
    """A moment to pick. `value` is what a form sends: the clock time that was seen, so that none other is meant."""

    label: str
    value: str
    at: datetime


def presets(settings: Settings, now: datetime) -> list[Preset]:
    """What is offered at a moment: an hour on, and the next mornings, at which business hours begin."""
    zone, opening_hours = ZoneInfo(settings.time_zone), hours.read(settings.business_hours)
    today = now.astimezone(zone).date()
    monday = today + timedelta(days=7 - today.weekday())
    found = [Preset("In an hour", HOUR, now + timedelta(hours=1))]
    mornings = {today + timedelta(days=1): "Tomorrow morning"}
    mornings.setdefault(monday, "Monday morning")
    for day, label in mornings.items():
        at = morning(day, opening_hours, zone)
        found.append(Preset(label, at.astimezone(zone).strftime("%Y-%m-%dT%H:%M"), at))
    return found


def morning(day: date, opening_hours: BusinessHours, zone: ZoneInfo) -> datetime:
    """When business hours begin on a day (UTC), or 09:00 where they do not."""
    if day not in opening_hours.closed:
        opens = [one.opens for one in opening_hours.openings if day.weekday() in one.days]
        if opens:
            return moments.at(day, min(opens), opening_hours.zone or zone)
    return moments.at(day, MORNING, zone)


def read(chosen: str, settings: Settings, now: datetime) -> datetime:
    """The moment (UTC) of a choice: an hour on, or a day and a clock time in the account's zone.

    A clock time that a clock change skips is taken as rules take it, by the offset before the gap.

    Raises:
        NotLater: it is no moment, or has passed.
    """
    if chosen == HOUR:
        return now + timedelta(hours=1)
    try:
        typed = datetime.fromisoformat(chosen.strip())
        at = moments.at(typed.date(), typed.time().replace(tzinfo=None), ZoneInfo(settings.time_zone))
    except (ValueError, moments.MomentError):
        raise NotLater("Write a date and a time as 2026-12-24 09:00.") from None
    if at <= now:
        raise NotLater("This time has passed. Choose a later one.")
    return at
