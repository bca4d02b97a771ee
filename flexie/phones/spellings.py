"""The spellings of one phone: countries whose numbers are written in two ways, and what a provider calls a sender.

Argentina puts a 9, Mexico until 2019 put a 1, between the country code and a mobile number; Brazil added a
ninth digit, 9, to mobile numbers by 2016. Providers and old address books still use both.
"""

import re
from functools import lru_cache

from flexie.phones.writing import plain

_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_DIGITS = re.compile(r"[0-9]+")
_DECORATED = re.compile(r"\+?[0-9 ().\-]+")

_TWO_WAYS = (
    (re.compile(r"\+549?([0-9]{10})"), r"+549\1", r"+54\1"),
    (re.compile(r"\+521?([0-9]{10})"), r"+52\1", r"+521\1"),
    (re.compile(r"\+55([1-9][0-9])9?([6-9][0-9]{7})"), r"+55\g<1>9\2", r"+55\1\2"),
)
"""For each country: the numbers with two spellings, the spelling in use today, and the other one."""


def is_e164(text: str) -> bool:
    """Whether the text is already a number in E.164 (by its form alone)."""
    return _E164.fullmatch(text) is not None


def canonical(e164: str) -> str:
    """The one spelling that stands for this phone, so that a conversation has one key."""
    for pattern, today, _ in _two_ways(e164):
        return pattern.sub(today, e164)
    return e164


def match_keys(e164: str) -> tuple[str, ...]:
    """Every spelling under which this phone may stand in a record, sorted; to be indexed and looked up."""
    for pattern, today, other in _two_ways(e164):
        return tuple(sorted((pattern.sub(today, e164), pattern.sub(other, e164))))
    return (e164,)


def _two_ways(e164: str) -> list[tuple[re.Pattern[str], str, str]]:
    if not e164.startswith("+5"):
        return []
    return [country for country in _TWO_WAYS if country[0].fullmatch(e164)]


def sender(raw: str) -> str:
    """Who a provider says a text is from: E.164 (some leave out the +), else the short code or name as it is.

    A short code or a name never gets a country code. Cheap for a string in E.164: it runs for every webhook.
    """
    return raw if _E164.fullmatch(raw) else _sender(raw)


@lru_cache(maxsize=4096)
def _sender(raw: str) -> str:
    text = plain(raw).strip()
    if not _DECORATED.fullmatch(text):
        return text
    digits = "".join(_DIGITS.findall(text))
    if digits.startswith("00") and len(digits) > 8:
        digits = digits[2:]
    written = f"+{digits}"
    return written if _E164.fullmatch(written) else digits
