"""Business hours as they are stored with the account or a group, and as rules use them."""

from collections.abc import Mapping
from datetime import date, time
from typing import Any
from zoneinfo import ZoneInfo

from rules import moments
from rules.moments import BusinessHours, Opening


def read(stored: Mapping[str, Any] | None) -> BusinessHours:
    """Business hours from their JSON (see Settings); None means Monday to Friday, 9 to 17."""
    if not stored:
        return moments.OFFICE
    openings = tuple(
        Opening(
            frozenset(moments.numbers(one["days"])), time.fromisoformat(one["opens"]), time.fromisoformat(one["closes"])
        )
        for one in stored.get("openings", ())
    )
    closed = frozenset(date.fromisoformat(day) for day in stored.get("closed", ()))
    zone = stored.get("zone")
    return BusinessHours(openings, closed=closed, zone=ZoneInfo(zone) if zone else None)
