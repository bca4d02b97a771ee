"""Sending later: the moments that are offered, and the ones that people choose, on the account's clock."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from flexie import laterrules, presets
from flexie.models import Settings
from rules import moments


class NotLater(Exception):
    """A choice that is no moment, or one that has passed; with a sentence for the person."""


@dataclass(frozen=True)
class When:
    """Not before `at`; with `unless_reply`, not once the other side has written. `chosen` is how a form said so;
    `anyway`: also if it is quiet then where it goes.
    """

    at: datetime | None = None
    unless_reply: bool = False
    chosen: str = ""
    anyway: bool = False


NOW = When()


@dataclass(frozen=True)
class Offer:
    """A moment to pick (`at`, UTC). `value` is what a form sends: the clock time that was seen, so that none other is
    meant; or how much time from now, if `passes`.
    """

    label: str
    value: str
    at: datetime
    passes: bool


def offered(settings: Settings, now: datetime) -> list[Offer]:
    """What is offered at a moment: the account's presets, each with what it means now."""
    zone = ZoneInfo(settings.time_zone)
    return [_offer(preset, at, zone) for preset, at in presets.upcoming(settings, now)]


def _offer(preset: presets.Preset, at: datetime, zone: ZoneInfo) -> Offer:
    passes = isinstance(preset.rule, laterrules.In) and preset.rule.passes
    value = laterrules.written(preset.rule) if passes else at.astimezone(zone).strftime("%Y-%m-%dT%H:%M")
    return Offer(preset.label, value, at, passes)


def read(chosen: str, settings: Settings, now: datetime) -> datetime:
    """The moment (UTC) of a choice: so much time from now, or a day and a clock time in the account's zone.

    A clock time that a clock change skips is taken as rules take it, by the offset before the gap.

    Raises:
        NotLater: it is no moment, or has passed.
    """
    if chosen[:3].casefold() == "in ":
        return _from_now(chosen, settings, now)
    try:
        typed = datetime.fromisoformat(chosen.strip())
        at = moments.at(typed.date(), typed.time().replace(tzinfo=None), ZoneInfo(settings.time_zone))
    except (ValueError, moments.MomentError):
        raise NotLater("Write a date and a time as 2026-12-24 09:00.") from None
    if at <= now:
        raise NotLater("This time has passed. Choose a later one.")
    return at


def _from_now(chosen: str, settings: Settings, now: datetime) -> datetime:
    try:
        at = laterrules.next_of(laterrules.read(chosen), settings, now).at
    except laterrules.RuleProblem as problem:
        raise NotLater(str(problem)) from None
    if at is None:
        raise NotLater("This time has passed. Choose a later one.")
    return at
