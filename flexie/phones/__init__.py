"""Phone numbers: as people type them, as providers report them, as they are stored (E.164) and shown."""

from flexie.phones.places import time_zones
from flexie.phones.reading import Number, PhoneError, calling_code, normalise
from flexie.phones.showing import for_people
from flexie.phones.spellings import canonical, is_e164, match_keys, sender

__all__ = [
    "Number",
    "PhoneError",
    "calling_code",
    "canonical",
    "for_people",
    "is_e164",
    "match_keys",
    "normalise",
    "sender",
    "time_zones",
]
