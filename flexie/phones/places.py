"""Where a number is at home: the time zones that its prefix tells of (libphonenumber's table)."""

from functools import lru_cache

import phonenumbers
from phonenumbers import timezone

_UNKNOWN = "Etc/Unknown"


@lru_cache(maxsize=4096)
def time_zones(e164: str) -> tuple[str, ...]:
    """The IANA names of the zones that a number may be in; none where the prefix tells nothing."""
    try:
        number = phonenumbers.parse(e164)
    except phonenumbers.NumberParseException:
        return ()
    return tuple(zone for zone in timezone.time_zones_for_number(number) if zone != _UNKNOWN)
