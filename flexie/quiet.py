"""Quiet hours, on the clock of whoever gets a text: what machines send then waits until they end."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time
from zoneinfo import ZoneInfo

from flexie import phones, zones
from flexie.models import Record, Settings
from rules import moments

ZONE_FIELD = "time_zone"
"""The field of records that says where somebody is, by an IANA name."""


@dataclass(frozen=True)
class Quiet:
    """It is quiet there: the clock shows `there` (in its zone), and the hours end at `until` (UTC)."""

    there: datetime
    until: datetime

    @property
    def words(self) -> str:
        """Why a text waits, for people."""
        ends, where = self.until.astimezone(self.there.tzinfo), zones.spoken(str(self.there.tzinfo))
        return f"quiet hours: it is {self.there:%H:%M} there, and it goes at {ends:%H:%M} ({where})"


def hours(settings: Settings) -> tuple[time, time] | None:
    """From when until when it is quiet on each day, or None where no hours are set. They may pass midnight."""
    if settings.quiet_from is None or settings.quiet_until is None:
        return None
    return time.fromisoformat(settings.quiet_from), time.fromisoformat(settings.quiet_until)


def at(moment: datetime, number: str, records: Iterable[Record], settings: Settings) -> Quiet | None:
    """Whether it is quiet at a moment for whoever has this E.164 number, and until when."""
    window = hours(settings)
    if window is None:
        return None
    zone = zone_of(number, records, settings, moment)
    if not moments.is_between(moment, *window, zone):
        return None
    begins, ends = window
    return Quiet(moment.astimezone(zone), moments.next_between(moment, ends, begins, zone))


def zone_of(number: str, records: Iterable[Record], settings: Settings, moment: datetime) -> ZoneInfo:
    """Where somebody is: by the field `time_zone` of a record of theirs; else by the number, where all the zones that
    it may be in show the same time; else in the account's zone.
    """
    for record in records:
        if (told := zones.zone(str(record.fields.get(ZONE_FIELD) or "").strip())) is not None:
            return told
    known = [zone for name in phones.time_zones(number) if (zone := zones.zone(name)) is not None]
    if len({moment.astimezone(zone).utcoffset() for zone in known}) == 1:
        return known[0]
    return ZoneInfo(settings.time_zone)
