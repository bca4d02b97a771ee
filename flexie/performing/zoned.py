"""Days and moments on the clock of a file of rules, which need not be the account's."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flexie import fields
from flexie.models import Settings
from rules import moments, syntax


def zoned(kind: str, values: Mapping[str, Any], defaults: syntax.Settings) -> dict[str, Any]:
    """The values for a record of this kind, with days and moments as the file means them.

    In a field with a time a day is its first minute, and a text without a zone is on the file's clock; in a field
    without one a moment is the day that it falls on there.
    """
    zone = ZoneInfo(defaults.zone.value if defaults.zone else Settings.get().time_zone)
    types = {definition.name: definition.type for definition in fields.definitions(kind)}
    return {name: _fitting(types.get(name), value, zone) for name, value in values.items()}


def _fitting(kept: str | None, value: Any, zone: ZoneInfo) -> Any:
    """A value outside the calendar stays, and the field refuses it."""
    try:
        return _on_the_clock(kept, value, zone)
    except moments.MomentError:
        return value


def _on_the_clock(kept: str | None, value: Any, zone: ZoneInfo) -> Any:
    if kept == "date" and isinstance(value, datetime):
        return moments.local(value, zone).date()
    if kept != "datetime":
        return value
    if isinstance(value, date) and not isinstance(value, datetime):
        return moments.local(value, zone)
    return _read(value, zone) if isinstance(value, str) else value


def _read(text: str, zone: ZoneInfo) -> datetime | str:
    """The moment that a text names; a text that names none stays, and the field refuses it."""
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        return text
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)
